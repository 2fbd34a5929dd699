/** What `kubectl get` shows of kinds that nobody here works on: k8s.io/kubernetes/pkg/printers/internalversion. */

import { isRecord, type KubeObject } from '../types.ts';
import { ageOf } from './age.ts';
import { at, column, records } from './cells.ts';
import { age, type Column, NAME } from './columns.ts';

const AGE = age('string');
const none = '<none>';
const unset = '<unset>';

/** A text of an object. */
export const text = (name: string, path: string, empty = none): Column =>
  column(name, (object) => {
    const value = at(object, path);
    return typeof value === 'string' && value !== '' ? value : empty;
  });

const number = (name: string, path: string): Column =>
  column(name, (object) => Number(at(object, path) ?? 0), 0, 'integer');
const flag = (name: string, path: string, otherwise: boolean): Column =>
  column(name, (object) => (at(object, path) ?? otherwise) === true, 0, 'boolean');
const told = (name: string, path: string, otherwise: boolean): Column => ({
  ...flag(name, path, otherwise),
  type: 'string',
  cell: (object) => String(at(object, path) ?? otherwise),
});
const wide = (one: Column): Column => ({ ...one, priority: 1 });
const createdAt: Column = {
  ...{ ...NAME, name: 'Created At', type: 'date', format: '' },
  cell: ({ metadata }) => metadata.creationTimestamp ?? null,
};

/** `a=b,c in (d)`; undefined where nothing is asked for. */
function selectorOf(value: unknown): string | undefined {
  const { matchLabels, matchExpressions } = isRecord(value) ? value : {};
  const labels = pairs(matchLabels);
  const others = records(matchExpressions).map(({ key, operator, values }) => {
    const list = Array.isArray(values) ? ` (${values.join(',')})` : '';
    return operator === 'Exists'
      ? `${key}`
      : operator === 'DoesNotExist'
        ? `!${key}`
        : `${key} ${String(operator).toLowerCase()}${list}`;
  });
  const all = [...labels, ...others].sort();
  return all.length > 0 ? all.join(',') : undefined;
}
const pairs = (map: unknown): string[] =>
  isRecord(map) ? Object.entries(map).map(([key, value]) => `${key}=${value}`) : [];
const named = (path: string, key: string) => (object: KubeObject) =>
  records(at(object, path))
    .map((one) => String(one[key] ?? ''))
    .join(',');
const containersOf = (path: string, priority: number): Column[] => [
  column('Containers', named(`${path}.containers`, 'name'), priority),
  column('Images', named(`${path}.containers`, 'image'), priority),
];

const SHORT: Readonly<Record<string, string>> = {
  ...{ ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' },
};
const modesOf = ({ spec }: KubeObject): string =>
  (Array.isArray(spec?.['accessModes']) ? spec['accessModes'] : [])
    .map((mode) => SHORT[mode] ?? String(mode))
    .join(',');

const hostsOf = ({ spec }: KubeObject): string => {
  const hosts = records(spec?.['rules']).flatMap(({ host }) => (typeof host === 'string' && host ? [host] : []));
  return hosts.length === 0
    ? '*'
    : hosts.length > 3
      ? `${hosts.slice(0, 3).join(',')} + ${hosts.length - 3} more...`
      : hosts.join(',');
};
const ingressAddress = ({ status }: KubeObject): string =>
  records(at(status, 'loadBalancer.ingress'))
    .map(({ ip, hostname }) => String(ip ?? hostname ?? ''))
    .join(',');

/** How a request for a certificate stands: `Approved,Issued`. */
function requestState({ status }: KubeObject): string {
  const types = new Set(records(status?.['conditions']).map(({ type }) => String(type)));
  const verdict = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending';
  return `${verdict}${types.has('Failed') ? ',Failed' : ''}${status?.['certificate'] ? ',Issued' : ''}`;
}

/** `requests.cpu: 1/2` of a quota; those of limits in their own column. */
const quota =
  (limits: boolean) =>
  (object: KubeObject): string => {
    const hard = at(object, 'status.hard') ?? at(object, 'spec.hard');
    const used = at(object, 'status.used');
    return Object.entries(isRecord(hard) ? hard : {})
      .filter(([name]) => name.startsWith('limits.') === limits)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, most]) => `${name}: ${isRecord(used) ? (used[name] ?? 0) : 0}/${most}`)
      .join(', ');
  };

const subjects =
  (kind: string): Column['cell'] =>
  (object) =>
    records(object['subjects'])
      .filter((one) => one['kind'] === kind)
      .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : String(name)))
      .join(', ');

const durationOf: Column['cell'] = ({ spec }) => {
  const seconds = spec?.['expirationSeconds'];
  return typeof seconds === 'number' ? ageOf(new Date(0).toISOString(), seconds * 1000) : none;
};
const count =
  (path: string): Column['cell'] =>
  (object) =>
    records(at(object, path)).length;

export const ORDINARY_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  certificatesigningrequests: [
    NAME,
    AGE,
    text('SignerName', 'spec.signerName'),
    text('Requestor', 'spec.username', ''),
    column('RequestedDuration', durationOf),
    column('Condition', requestState),
  ],
  clusterrolebindings: [
    NAME,
    column('Role', (object) => `${at(object, 'roleRef.kind')}/${at(object, 'roleRef.name')}`),
    AGE,
    ...['User', 'Group', 'ServiceAccount'].map((kind) => column(`${kind}s`, subjects(kind), 1)),
  ],
  csidrivers: [
    NAME,
    flag('AttachRequired', 'spec.attachRequired', true),
    flag('PodInfoOnMount', 'spec.podInfoOnMount', false),
    flag('StorageCapacity', 'spec.storageCapacity', false),
    column(
      'TokenRequests',
      (o) =>
        records(at(o, 'spec.tokenRequests'))
          .map(({ audience }) => audience)
          .join(',') || unset,
    ),
    flag('RequiresRepublish', 'spec.requiresRepublish', false),
    column('Modes', (o) => {
      const modes = at(o, 'spec.volumeLifecycleModes');
      return Array.isArray(modes) ? modes.join(',') : 'Persistent';
    }),
    AGE,
  ],
  csinodes: [NAME, column('Drivers', count('spec.drivers'), 0, 'integer'), AGE],
  csistoragecapacities: [NAME, text('StorageClassName', 'storageClassName', ''), text('Capacity', 'capacity', '')],
  ingressclasses: [
    NAME,
    text('Controller', 'spec.controller', ''),
    column('Parameters', (object) => {
      const { apiGroup, kind, name } = (at(object, 'spec.parameters') ?? {}) as Record<string, unknown>;
      return name === undefined ? none : `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`;
    }),
    AGE,
  ],
  ingresses: [
    NAME,
    text('Class', 'spec.ingressClassName'),
    column('Hosts', hostsOf),
    column('Address', ingressAddress),
    column('Ports', (object) => (count('spec.tls')(object, 0) === 0 ? '80' : '80, 443')),
    AGE,
  ],
  limitranges: [NAME, createdAt],
  networkpolicies: [NAME, column('Pod-Selector', ({ spec }) => selectorOf(spec?.['podSelector']) ?? none), AGE],
  persistentvolumes: [
    NAME,
    text('Capacity', 'spec.capacity.storage', ''),
    column('Access Modes', modesOf),
    text('Reclaim Policy', 'spec.persistentVolumeReclaimPolicy', 'Retain'),
    text('Status', 'status.phase', ''),
    column('Claim', ({ spec }) => {
      const claim = spec?.['claimRef'];
      return isRecord(claim) ? `${claim['namespace']}/${claim['name']}` : '';
    }),
    text('StorageClass', 'spec.storageClassName', ''),
    text('VolumeAttributesClass', 'spec.volumeAttributesClassName', unset),
    text('Reason', 'status.reason', ''),
    AGE,
    wide(text('VolumeMode', 'spec.volumeMode', 'Filesystem')),
  ],
  podtemplates: [
    NAME,
    ...containersOf('template.spec', 0),
    column('Pod Labels', (object) => pairs(at(object, 'template.metadata.labels')).sort().join(',') || none),
  ],
  replicationcontrollers: [
    NAME,
    number('Desired', 'spec.replicas'),
    number('Current', 'status.replicas'),
    number('Ready', 'status.readyReplicas'),
    AGE,
    ...containersOf('spec.template.spec', 1),
    column('Selector', ({ spec }) => pairs(spec?.['selector']).sort().join(',') || none, 1),
  ],
  resourcequotas: [NAME, AGE, column('Request', quota(false)), column('Limit', quota(true))],
  runtimeclasses: [NAME, text('Handler', 'handler', ''), AGE],
  storageclasses: [
    {
      ...NAME,
      cell: ({ metadata }) =>
        metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
          ? `${metadata.name} (default)`
          : metadata.name,
    },
    text('Provisioner', 'provisioner', ''),
    text('ReclaimPolicy', 'reclaimPolicy', 'Delete'),
    text('VolumeBindingMode', 'volumeBindingMode', 'Immediate'),
    told('AllowVolumeExpansion', 'allowVolumeExpansion', false),
    AGE,
  ],
  validatingadmissionpolicies: [
    NAME,
    column('Validations', count('spec.validations'), 0, 'integer'),
    column('ParamKind', ({ spec }) => {
      const kind = spec?.['paramKind'];
      return isRecord(kind) ? `${kind['apiVersion']}/${kind['kind']}` : unset;
    }),
    AGE,
  ],
  validatingadmissionpolicybindings: [
    NAME,
    text('PolicyName', 'spec.policyName', ''),
    text('ParamRef', 'spec.paramRef.name', unset),
    AGE,
  ],
  volumeattachments: [
    NAME,
    text('Attacher', 'spec.attacher', ''),
    text('PV', 'spec.source.persistentVolumeName', ''),
    text('Node', 'spec.nodeName', ''),
    flag('Attached', 'status.attached', false),
    AGE,
  ],
};
