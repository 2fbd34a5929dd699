/** Kubernetes versions, as far as Cluster API compares them. */

/** Major and minor of a version such as `v1.34.5-1`; undefined where it is none. */
export function minorOf(version: string | undefined): { major: number; minor: number } | undefined {
  const match = /^v?(\d{1,6})\.(\d{1,6})\./.exec(version ?? '');
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}
