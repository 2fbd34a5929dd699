/**
 * Who has written what of an object that was put into the world ready made: the writers that a real cluster would name.
 * Those of Cluster API are its own field managers; controllers that name none are called after their program, `manager`.
 */

import { schemaOf } from '../api/kinds/schemas.ts';
import { apiVersionOf, type Resource } from '../api/resources.ts';
import { type FieldSet, isRecord, type KubeObject, type ManagedFields } from '../api/types.ts';
import { fieldsOf } from '../api/write/fields.ts';
import { lastApplied, planSecretType } from '../controllers/plan-secret.ts';
import type { Secret } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { Writes } from './stamp.ts';

type Section = 'spec' | 'labels' | 'annotations' | 'finalizers' | 'ownerReferences' | 'data' | 'status';
/** The writer of a field `key` in a section of the object; with an asterisk where it applies what it wants. */
type Writer = (section: Section, key: string, object: KubeObject) => string;

const manager = 'manager';
const operator = 'elemental-operator';
const agent = 'elemental-system-agent';
const cluster = 'kube-controller-manager';
const person = 'kubectl-create';
const chart = 'helm';

const controllers = (section: Section): boolean => section === 'finalizers' || section === 'ownerReferences';
const minded = /^(\w+\.)?cluster\.x-k8s\.io\/|^machinedeployment\.|^capi\.cpaas\.io\/(imported|alauda-cluster)$/;
/** What a person or a chart asked for, and a controller minds. */
const asked =
  (by: string, minder: string): Writer =>
  (section, key) =>
    section === 'status' || controllers(section) || minded.test(key) ? minder : by;
const one =
  (name: string): Writer =>
  () =>
    name;

/** Who made a Machine and what belongs to it. */
const maker = ({ metadata, kind }: KubeObject): string => {
  const plane = 'cluster.x-k8s.io/control-plane' in (metadata.labels ?? {});
  if (kind === 'MachineSet') return 'capi-machinedeployment*';
  return plane ? 'capi-kubeadmcontrolplane*' : 'capi-machineset*';
};
const machine: Writer = (section, _key, object) =>
  section === 'status' || section === 'finalizers' ? manager : maker(object);
/** Made from a template by the controller, whose labels and annotations it goes on to apply. */
const cloned: Writer = (section, _key, object) =>
  section === 'labels' || section === 'annotations' ? maker(object) : manager;

const inventory: Writer = (section, key) =>
  (section === 'annotations' && key.startsWith('baremetal.alauda.io/')) || (section === 'status' && key === 'storage')
    ? manager
    : operator;

const secret: Writer = (section, key, { type, metadata }) => {
  if (type === 'cluster.x-k8s.io/secret') return manager;
  if (type === 'kubernetes.io/service-account-token') return section === 'data' ? cluster : operator;
  if (type !== 'elemental.cattle.io/plan') return metadata.ownerReferences ? manager : chart;
  if (section === 'annotations') return key.startsWith('baremetal.') ? manager : operator;
  if (section !== 'data') return operator;
  return key === 'plan' || key === 'max-failures' || key === 'probe-period-seconds' ? manager : agent;
};

const pod: Writer = (section, _key, { metadata }) => {
  const owner = metadata.ownerReferences?.[0]?.kind;
  if (section === 'status' || owner === 'Node') return 'kubelet';
  return owner === 'SeedImage' ? operator : owner === undefined ? person : cluster;
};

/** A kubelet registers its Node; kubeadm, the controllers of its cluster and Cluster API write on it what is theirs. */
const node: Writer = (section, key) => {
  if (section === 'status') return 'kubelet';
  if (section === 'spec') return key.startsWith('podCIDR') ? cluster : 'kubelet';
  if (key === 'node.alpha.kubernetes.io/ttl') return cluster;
  if (/^kubeadm\.|^node-role\.|^node\.kubernetes\.io\/exclude-/.test(key)) return 'kubeadm';
  return /(^|\.)cluster\.x-k8s\.io\//.test(key) ? manager : 'kubelet';
};

/** Who holds it writes it, by the name of his program. */
const lease: Writer = (_section, _key, { metadata: { namespace, name } }) => {
  if (namespace === 'kube-node-lease') return 'kubelet';
  if (name.startsWith('apiserver-')) return 'kube-apiserver';
  if (name.startsWith('elemental-')) return operator;
  return name.includes('leader-election') ? manager : name;
};

/** The programs of those that tell Events under another name. */
const tellers: Readonly<Record<string, string>> = {
  'default-scheduler': 'kube-scheduler',
  kubelet: 'kubelet',
  'kube-proxy': 'kube-proxy',
  'sim-elemental-operator': operator,
};

/** By `plural`, and for core kinds that several write, by who owns the object. */
const writers: Readonly<Record<string, Writer>> = {
  clusters: asked(person, manager),
  kubeadmcontrolplanes: asked(person, manager),
  machinedeployments: asked(person, manager),
  machinehealthchecks: asked(person, manager),
  kubeadmconfigtemplates: asked(person, manager),
  baremetalclusters: asked(person, manager),
  baremetalmachinetemplates: asked(person, manager),
  machineinventorypools: asked(person, manager),
  machineregistrations: asked(person, operator),
  seedimages: asked(person, operator),
  machinesets: machine,
  machines: machine,
  baremetalmachines: cloned,
  kubeadmconfigs: cloned,
  machineinventories: inventory,
  secrets: secret,
  pods: pod,
  nodes: node,
  leases: lease,
  namespaces: one('kube-apiserver'),
  events: (_section, _key, { source, reportingComponent }) =>
    tellers[String((isRecord(source) && source['component']) || reportingComponent)] ?? manager,
  deployments: asked(chart, cluster),
  daemonsets: asked(chart, cluster),
  replicasets: one(cluster),
  appreleases: asked(chart, 'sentry'),
  customresourcedefinitions: asked(chart, 'kube-apiserver'),
  mutatingwebhookconfigurations: one(chart),
  validatingwebhookconfigurations: one(chart),
};
const fallback: Writer = (_section, _key, { metadata: { namespace, ownerReferences, name } }) => {
  if (ownerReferences) return operator;
  if (name === 'kube-root-ca.crt' || (name === 'default' && namespace)) return cluster;
  if (namespace === 'kube-system') return 'kubeadm';
  return namespace === 'default' ? 'kube-apiserver' : chart;
};

/** Gives managedFields to an object that has none yet. */
export type Ownership = (resource: Resource, object: KubeObject) => ManagedFields[];

const unknown: Writes = { last: () => undefined, by: () => undefined };

/**
 * managedFields of an object that has none yet. Kubelets, and subresources, have entries of their own. The time of an entry
 * is that of `writes`, or what the object itself tells of it, or its birth.
 */
export const ownershipOf =
  (writes: Writes = unknown): Ownership =>
  (resource, object) => {
    const told = writes.by(object.metadata.uid ?? '');
    const born = object.metadata.creationTimestamp ?? '';
    return [...entriesOf(resource, object)].map(([name, fieldsV1]) => {
      const status = name.endsWith('/status');
      const applies = name.replace('/status', '').endsWith('*');
      const manager = name.replace('/status', '').replace('*', '');
      const noted = told?.[status ? `${manager}/status` : manager];
      const said = (status ? lastSaid(object) : ranAt(object, manager)) ?? born;
      const time = noted === undefined ? said : latest(timestamp(noted), status ? said : '');
      return {
        manager,
        operation: applies ? 'Apply' : 'Update',
        apiVersion: apiVersionOf(resource),
        time: latest(time, born),
        fieldsType: 'FieldsV1',
        fieldsV1: applies ? withoutContainers(fieldsV1) : fieldsV1,
        ...(status ? { subresource: 'status' } : {}),
      };
    });
  };

const latest = (a: string, b: string): string => (a > b ? a : b);

/** When an object was last written, Unix time in ms, by all that is known of it. */
export function lastWritten(object: KubeObject, writes: Writes = unknown): number {
  const { uid = '', creationTimestamp } = object.metadata;
  const { spec, lastTimestamp, eventTime, type } = object;
  const renewed = String(spec?.['renewTime'] ?? lastTimestamp ?? eventTime ?? '');
  let last = Date.parse(latest(latest(creationTimestamp ?? '', lastSaid(object) ?? ''), renewed));
  const ran = type === planSecretType ? lastApplied(object as unknown as Secret) : Number.NaN;
  if (ran > last) last = ran;
  const told = writes.last(uid);
  return told !== undefined && told > last ? told : last;
}

/** What each writer, with its subresource, owns of an object. */
function entriesOf(resource: Resource, object: KubeObject): Map<string, FieldSet> {
  const writer = writers[resource.plural] ?? fallback;
  const entries = new Map<string, FieldSet>();
  const give = (section: Section, key: string, path: readonly string[], set: FieldSet) => {
    const subresource = section === 'status' && resource.status ? '/status' : '';
    const name = `${writer(section, key, object)}${subresource}`;
    let at = entries.get(name) ?? {};
    entries.set(name, at);
    for (const step of path.slice(0, -1)) at = at[step] ??= {};
    at[path.at(-1)!] = set;
  };
  for (const [step, inner] of Object.entries(fieldsOf(object, schemaOf(resource), { containers: true }))) {
    const field = step.slice(2);
    if (step === 'f:metadata') {
      for (const [part, below] of Object.entries(inner)) {
        const section = part.slice(2) as Section;
        if (section !== 'labels' && section !== 'annotations') give(section, '', [step, part], below);
        else each(below, (key, set) => give(section, key.slice(2), [step, part, key], set));
      }
    } else if (field === 'data' || field === 'status' || (field === 'spec' && resource.plural === 'nodes')) {
      each(inner, (key, set) => give(field, key.slice(2), [step, key], set));
    } else give('spec', field, [step], inner);
  }
  return entries;
}

function each(set: FieldSet, give: (key: string, inner: FieldSet) => void): void {
  for (const [key, inner] of Object.entries(set)) if (key !== '.') give(key, inner);
}

/** Who applies owns what it names, and not the maps that it is in; members of keyed lists it does own. */
function withoutContainers(set: FieldSet, member = false): FieldSet {
  const rest: FieldSet = {};
  for (const [step, inner] of Object.entries(set)) {
    if (step !== '.' || member) rest[step] = withoutContainers(inner, step.startsWith('k:'));
  }
  return rest;
}

/** The youngest transition, heartbeat or report that the status tells of. */
function lastSaid({ status }: KubeObject): string | undefined {
  if (!status) return undefined;
  let last = '';
  const { conditions, observedStorage, v1beta2 } = status;
  const lists = [conditions, isRecord(v1beta2) ? v1beta2['conditions'] : undefined];
  for (const list of lists) {
    if (!Array.isArray(list)) continue;
    for (const one of list) {
      if (!isRecord(one)) continue;
      for (const at of [one['lastHeartbeatTime'], one['lastTransitionTime']]) {
        if (typeof at === 'string' && at > last) last = at;
      }
    }
  }
  const observed = isRecord(observedStorage) ? observedStorage['observedAt'] : undefined;
  return latest(last, typeof observed === 'string' ? observed : '') || undefined;
}

/** When the agent of a host last ran the plan of a Secret. */
function ranAt({ type, ...secret }: KubeObject, manager: string): string | undefined {
  if (type !== planSecretType || manager !== agent) return undefined;
  const at = lastApplied(secret as Secret);
  return Number.isNaN(at) ? undefined : timestamp(at);
}

const programs: Readonly<Record<string, string>> = {
  builders: 'kubelet',
  host: agent,
  rack: operator,
  machineinventory: operator,
  machineregistration: operator,
  'machineregistration-objects': operator,
  'plan-secret': operator,
  seedimage: operator,
  'seedimage-objects': operator,
  scenario: 'kubectl-edit',
  traffic: 'kubectl-edit',
};

/** What the program is called that a controller is part of. */
export const programOf = (controller: string | undefined): string => programs[controller ?? ''] ?? manager;
