import { isRecord, type KubeObject } from '../types.ts';
import { ageOf } from './age.ts';
import { age, type Column, NAME } from './columns.ts';

const plain = (
  name: string,
  description: string,
  cell: Column['cell'],
  type: Column['type'] = 'string',
  priority = 0,
): Column => ({ name, type, format: '', description, priority, cell });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const size = (value: unknown): number => (isRecord(value) ? Object.keys(value).length : 0);
const nested = (value: unknown, key: string): string => (isRecord(value) ? text(value[key]) : '');

const wide = (name: string, description: string, cell: Column['cell']): Column =>
  plain(name, description, cell, 'string', 1);

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []);
const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const fieldOf = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
const orNone = (value: string): string => value || '<none>';
const labelsOf = (value: unknown): string =>
  isRecord(value) && Object.keys(value).length > 0
    ? Object.entries(value)
        .map(([key, part]) => `${key}=${part}`)
        .join(',')
    : '<none>';
const named = (value: unknown, key = 'name'): string =>
  records(value)
    .map((item) => text(item[key]))
    .join(',');
const subjects = (value: unknown, kind: string, name: (subject: Record<string, unknown>) => string): string =>
  records(value)
    .filter((subject) => subject['kind'] === kind)
    .map(name)
    .join(', ');

/** `80/TCP,443:30443/TCP` */
const portsOf = (value: unknown): string =>
  orNone(
    records(value)
      .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`)
      .join(','),
  );

function externalIps({ spec, status }: { spec?: Record<string, unknown>; status?: Record<string, unknown> }): string {
  if (spec?.['type'] === 'ExternalName') return text(spec['externalName']);
  const given = texts(spec?.['externalIPs']);
  if (spec?.['type'] !== 'LoadBalancer') return orNone(given.join(','));
  const ingress = records(fieldOf(status?.['loadBalancer'], 'ingress'));
  const ips = [...ingress.map(({ ip, hostname }) => text(ip) || text(hostname)), ...given];
  return ips.length > 0 ? ips.join(',') : '<pending>';
}

/** What prepares a Pod and stays beside it: such containers count as the others do, since 1.29. */
const staying = (spec: Record<string, unknown> | undefined): Set<unknown> =>
  new Set(records(spec?.['initContainers']).flatMap((one) => (one['restartPolicy'] === 'Always' ? [one['name']] : [])));

/** How far it is with what prepares it; undefined where that is done, or was not asked for. */
function preparing(spec: Record<string, unknown> | undefined, status: Record<string, unknown> | undefined) {
  const wanted = records(spec?.['initContainers']);
  const all = records(status?.['initContainerStatuses']);
  const stays = staying(spec);
  for (const [at, { name, state, started }] of all.entries()) {
    const terminated = fieldOf(state, 'terminated');
    if (fieldOf(terminated, 'exitCode') === 0 || (stays.has(name) && started === true)) continue;
    const why = isRecord(terminated) ? text(terminated['reason']) : text(fieldOf(fieldOf(state, 'waiting'), 'reason'));
    return why && why !== 'PodInitializing' ? `Init:${why}` : `Init:${at}/${wanted.length}`;
  }
  return undefined;
}

/** What a pod is doing in one word, as far as k8s.io/kubernetes/pkg/printers/internalversion.printPod says more. */
function podStatus(object: Parameters<Column['cell']>[0]): string {
  const { status, metadata, spec } = object;
  const reasonOf = ({ state }: Record<string, unknown>) => {
    const waiting = text(fieldOf(fieldOf(state, 'waiting'), 'reason'));
    return waiting || text(fieldOf(fieldOf(state, 'terminated'), 'reason'));
  };
  const main = records(status?.['containerStatuses']);
  const first = main.map(reasonOf).find((reason) => reason !== '');
  const runs = main.some(({ ready, state }) => ready === true && isRecord(fieldOf(state, 'running')));
  const waits = preparing(spec, status) ?? (first === 'Completed' && runs ? 'Running' : first);
  const over = status?.['phase'] === 'Succeeded' || status?.['phase'] === 'Failed';
  if (metadata.deletionTimestamp && !over) return 'Terminating';
  return waits ?? (text(status?.['reason']) || text(status?.['phase']));
}

/** How often its containers have been restarted, and how long ago the last time was. */
const restartsOf: Column['cell'] = ({ status, spec }, now) => {
  const prepares = preparing(spec, status) !== undefined;
  const stays = staying(spec);
  const init = records(status?.['initContainerStatuses']).filter(({ name }) => prepares || stays.has(name));
  const all = [...init, ...(prepares ? [] : records(status?.['containerStatuses']))];
  const sum = all.reduce((total, one) => total + count(one['restartCount']), 0);
  const last = all
    .map(({ lastState }) => text(fieldOf(fieldOf(lastState, 'terminated'), 'finishedAt')))
    .sort()
    .at(-1);
  return sum > 0 && last ? `${sum} (${ageOf(last, now)} ago)` : String(sum);
};

const POD: Column[] = [
  NAME,
  plain('Ready', 'How many of its containers are ready.', ({ spec, status }) => {
    const stays = staying(spec);
    const beside = records(status?.['initContainerStatuses']).filter(
      ({ name, started }) => stays.has(name) && started === true,
    );
    const counted = [...beside, ...records(status?.['containerStatuses'])];
    const ready = counted.filter((one) => one['ready'] === true).length;
    return `${ready}/${stays.size + records(spec?.['containers']).length}`;
  }),
  plain('Status', 'What it is doing.', podStatus),
  plain('Restarts', 'How often its containers have been restarted.', restartsOf),
  age('string'),
  wide('IP', 'Its address.', ({ status }) => orNone(text(status?.['podIP']))),
  wide('Node', 'Where it runs.', ({ spec }) => orNone(text(spec?.['nodeName']))),
  wide('Nominated Node', 'Where it may run once others are gone.', ({ status }) =>
    orNone(text(status?.['nominatedNodeName'])),
  ),
  wide('Readiness Gates', 'What else must be so for it to be ready.', ({ spec }) => {
    const gates = records(spec?.['readinessGates']).length;
    return gates === 0 ? '<none>' : `0/${gates}`;
  }),
];

const DEPLOYMENT: Column[] = [
  NAME,
  plain('Ready', 'How many of the wanted pods are ready.', ({ spec, status }) => {
    return `${count(status?.['readyReplicas'])}/${count(spec?.['replicas'])}`;
  }),
  plain('Up-to-date', 'Pods of the newest template.', ({ status }) => count(status?.['updatedReplicas']), 'string'),
  plain('Available', 'Pods that have been ready for long enough.', ({ status }) =>
    count(status?.['availableReplicas']),
  ),
  age('string'),
  wide('Containers', 'What runs in its pods.', ({ spec }) =>
    named(fieldOf(fieldOf(spec?.['template'], 'spec'), 'containers')),
  ),
  wide('Images', 'Their images.', ({ spec }) =>
    named(fieldOf(fieldOf(spec?.['template'], 'spec'), 'containers'), 'image'),
  ),
  wide('Selector', 'The labels of its pods.', ({ spec }) => labelsOf(fieldOf(spec?.['selector'], 'matchLabels'))),
];

const ROLE_BINDING: Column[] = [
  NAME,
  plain('Role', 'Which rights.', ({ roleRef }) => `${nested(roleRef, 'kind')}/${nested(roleRef, 'name')}`),
  age('string'),
  wide('Users', 'To which users.', (o) => subjects(o['subjects'], 'User', ({ name }) => text(name))),
  wide('Groups', 'To which groups.', (o) => subjects(o['subjects'], 'Group', ({ name }) => text(name))),
  wide('ServiceAccounts', 'To which service accounts.', (o) =>
    subjects(o['subjects'], 'ServiceAccount', ({ namespace, name }) => `${text(namespace)}/${text(name)}`),
  ),
];

/** When an event happened first, and last: k8s.io/kubernetes/pkg/printers/internalversion.printEvent. */
const firstOf = (event: KubeObject): unknown => event['firstTimestamp'] || event['eventTime'] || undefined;
const lastOf = (event: KubeObject): unknown =>
  fieldOf(event['series'], 'lastObservedTime') || event['lastTimestamp'] || firstOf(event);

/** Who told of an event, and where: `kubelet, node-1`. */
function sourceOf({ source, reportingComponent, reportingInstance }: KubeObject): string {
  const host = nested(source, 'host') || text(reportingInstance);
  return `${nested(source, 'component') || text(reportingComponent)}${host ? `, ${host}` : ''}`;
}

/** The columns that the server itself knows for the core kinds. */
export const CORE_COLUMNS: Record<string, readonly Column[]> = {
  pods: POD,
  deployments: DEPLOYMENT,
  rolebindings: ROLE_BINDING,
  services: [
    NAME,
    plain('Type', 'How it is reached.', ({ spec }) => text(spec?.['type'])),
    plain('Cluster-IP', 'Its address in the cluster.', ({ spec }) => orNone(text(spec?.['clusterIP']))),
    plain('External-IP', 'Its address outside.', externalIps),
    plain('Port(s)', 'Its ports.', ({ spec }) => portsOf(spec?.['ports'])),
    age('string'),
    wide('Selector', 'The labels of its pods.', ({ spec }) => labelsOf(spec?.['selector'])),
  ],
  serviceaccounts: [
    NAME,
    plain('Secrets', 'How many secrets it has.', (o) => records(o['secrets']).length),
    age('string'),
  ],
  roles: [NAME, plain('Created At', 'When it was made.', ({ metadata }) => metadata.creationTimestamp ?? null, 'date')],
  namespaces: [NAME, plain('Status', 'The phase of the namespace.', (o) => text(o.status?.['phase'])), age('string')],
  secrets: [
    NAME,
    plain('Type', 'The type of the secret.', (o) => text(o['type'])),
    plain('Data', 'The number of keys.', (o) => size(o['data'])),
    age('string'),
  ],
  configmaps: [
    NAME,
    plain('Data', 'The number of keys.', (o) => size(o['data']) + size(o['binaryData'])),
    age('string'),
  ],
  events: [
    plain('Last Seen', 'Time since it last happened.', (o, now) => ageOf(lastOf(o), now)),
    plain('Type', 'Normal or Warning.', (o) => text(o['type'])),
    plain('Reason', 'Why, in one word.', (o) => text(o['reason'])),
    plain('Object', 'What it is about.', (o) => {
      const about = o['involvedObject'];
      const kind = nested(about, 'kind').toLowerCase();
      return nested(about, 'name') ? `${kind}/${nested(about, 'name')}` : kind;
    }),
    plain('Subobject', 'Which part of it.', (o) => nested(o['involvedObject'], 'fieldPath'), 'string', 1),
    plain('Source', 'Who reported it.', sourceOf, 'string', 1),
    plain('Message', 'What happened.', (o) => text(o['message']).trim()),
    plain('First Seen', 'Time since it first happened.', (o, now) => ageOf(firstOf(o), now), 'string', 1),
    plain('Count', 'How often.', (o) => count(fieldOf(o['series'], 'count') ?? o['count']) || 1, 'string', 1),
    { ...NAME, priority: 1 },
  ],
};
