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

/** Since 1.33 Services may have more than one network, and who keeps the first begins behind this. */
const NETWORKS = {
  behind: 'poststarthook/bootstrap-controller',
  name: 'poststarthook/start-kubernetes-service-cidr-controller',
};

/** What is looked at for one of the endpoints, by a server of a minor version. */
export const checksOf = (endpoint: string, minor: number): string[] => {
  const ready = endpoint === 'readyz';
  const first = ['ping', 'log', 'etcd', ...(ready ? ['etcd-readiness', 'informer-sync'] : [])];
  const hooks =
    minor < 33 ? HOOKS : HOOKS.flatMap((hook) => (hook === NETWORKS.behind ? [hook, NETWORKS.name] : [hook]));
  return [...first, ...hooks, ...LATE, ...(ready ? ['shutdown'] : [])];
};
const PATH = /^\/(healthz|livez|readyz)(?:\/(.+))?$/;

/** Where health can be asked for. */
export const healthPaths = (minor: number): string[] =>
  ['healthz', 'livez', 'readyz'].flatMap((endpoint) => [
    `/${endpoint}`,
    ...checksOf(endpoint, minor).map((check) => `/${endpoint}/${check}`),
  ]);

/** What the health endpoints say in plain text; undefined for other paths, and for checks that do not exist. */
export function health(path: string, query: URLSearchParams, minor: number): string | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, endpoint = '', check] = match;
  const excluded = new Set(query.getAll('exclude'));
  const checks = checksOf(endpoint, minor);
  if (check !== undefined) return checks.includes(check) ? 'ok' : undefined;
  if (!query.has('verbose')) return 'ok';
  const lines = checks.map((name) => (excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`));
  const unknown = [...excluded].filter((name) => !checks.includes(name)).sort();
  const quoted = unknown.map((name) => JSON.stringify(name)).join(', ');
  const warned = quoted === '' ? '' : `warn: some health checks cannot be excluded: no matches for ${quoted}\n`;
  return `${lines.join('\n')}\n${warned}${endpoint} check passed\n`;
}
