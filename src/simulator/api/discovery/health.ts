const CHECKS = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
];
const PATH = /^\/(healthz|livez|readyz)(?:\/(.+))?$/;

/** What the health endpoints say in plain text; undefined for other paths, and for checks that do not exist. */
export function health(path: string, query: URLSearchParams): string | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, endpoint = '', check] = match;
  const excluded = new Set(query.getAll('exclude'));
  const checks = [...CHECKS, ...(endpoint === 'readyz' ? ['informer-sync', 'shutdown'] : [])];
  if (check !== undefined) return checks.includes(check) ? 'ok' : undefined;
  if (!query.has('verbose')) return 'ok';
  const lines = checks.map((name) => (excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`));
  return `${lines.join('\n')}\n${endpoint} check passed\n`;
}
