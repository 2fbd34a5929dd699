/**
 * Compares two resourceVersions: negative where `a` is the older. Undefined where they cannot be compared: the API
 * promises an order only for decimal numbers ("Resource Version Semantics", comparable since Kubernetes 1.35 and in
 * practice always so for etcd).
 */
export function compareRevisions(a: string | undefined, b: string | undefined): number | undefined {
  if (a === undefined || b === undefined || !isNumber(a) || !isNumber(b)) return undefined;
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Whether `a` is surely older than `b`. */
export function isOlder(a: string | undefined, b: string | undefined): boolean {
  return (compareRevisions(a, b) ?? 0) < 0;
}

/** The newer of the two; `b` where they cannot be compared. */
export function newer(a: string | undefined, b: string): string {
  return a !== undefined && isOlder(b, a) ? a : b;
}

function isNumber(text: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(text);
}
