/** As kube-apiserver 1.32 lists them. */
const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`);
const LATE = [
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];

/** What is looked at for one of the endpoints. */
export const checksOf = (endpoint: string): string[] => {
  const ready = endpoint === 'readyz';
  const first = ['ping', 'log', 'etcd', ...(ready ? ['etcd-readiness', 'informer-sync'] : [])];
  return [...first, ...HOOKS, ...LATE, ...(ready ? ['shutdown'] : [])];
};
const PATH = /^\/(healthz|livez|readyz)(?:\/(.+))?$/;

/** Where health can be asked for. */
export const healthPaths = (): string[] =>
  ['healthz', 'livez', 'readyz'].flatMap((endpoint) => [
    `/${endpoint}`,
    ...checksOf(endpoint).map((check) => `/${endpoint}/${check}`),
  ]);

/** What the health endpoints say in plain text; undefined for other paths, and for checks that do not exist. */
export function health(path: string, query: URLSearchParams): string | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, endpoint = '', check] = match;
  const excluded = new Set(query.getAll('exclude'));
  const checks = checksOf(endpoint);
  if (check !== undefined) return checks.includes(check) ? 'ok' : undefined;
  if (!query.has('verbose')) return 'ok';
  const lines = checks.map((name) => (excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`));
  return `${lines.join('\n')}\n${endpoint} check passed\n`;
}
