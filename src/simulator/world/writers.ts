/** The programs that a real cluster would name as the writers of what was put into the world ready made, section by section. */

import { isRecord, type KubeObject } from '../api/types.ts';
import { managers } from '../controllers/capi/machine-create.ts';
import { type Step, stepOf } from './beginning.ts';

export type Section = 'spec' | 'labels' | 'annotations' | 'finalizers' | 'ownerReferences' | 'data' | 'status';
/** The writer of a field `key` in a section of the object; with an asterisk where it applies what it wants. */
export type Writer = (section: Section, key: string, object: KubeObject) => string;

export const manager = 'manager';
/** What admission adds is nobody's. */
export const nobody = '';
export const operator = 'elemental-operator';
export const agent = 'elemental-system-agent';
export const cluster = 'kube-controller-manager';
const person = 'kubectl-create';
const chart = 'helm';
const server = 'kube-apiserver';
const aggregator = 'clusterrole-aggregation-controller';
export const network = 'kube-ovn-controller';
/** Of kube-ovn-cni: on each Node. */
export const networkDaemon = 'kube-ovn-daemon';

const controllers = (section: Section): boolean => section === 'finalizers' || section === 'ownerReferences';
const minded = /^(\w+\.)?cluster\.x-k8s\.io\/|^machinedeployment\.|^capi\.cpaas\.io\/(imported|alauda-cluster)$/;
/** What a person or a chart asked for, and a controller minds. */
const asked =
  (by: string, minder: string): Writer =>
  (section, key) =>
    section === 'status' || controllers(section) || minded.test(key) || key === 'controlPlaneEndpoint' ? minder : by;
const one =
  (name: string): Writer =>
  () =>
    name;

const ofPlane = ({ metadata }: KubeObject): boolean => 'cluster.x-k8s.io/control-plane' in (metadata.labels ?? {});
/** As whom Cluster API applies Machines, and what belongs to them. */
const maker = (object: KubeObject): string => (ofPlane(object) ? managers.plane : managers.set);
/** It is made of no size, and scaled by a patch. */
const machineSet: Writer = (section, key) =>
  section === 'status' || section === 'finalizers' || key === 'replicas' ? manager : `${managers.deployment}*`;
/** A control plane leaves the finalizer to the controller of Machines, who also notes what has come of it. */
const machine: Writer = (section, key, object) => {
  if (section === 'status' || (section === 'finalizers' && ofPlane(object))) return manager;
  if (section === 'annotations' && key.startsWith('machine.cluster.x-k8s.io/')) return manager;
  const found = section === 'spec' && (key === 'providerID' || key === 'bootstrap.dataSecretName');
  return found ? manager : `${maker(object)}*`;
};
/**
 * Made from a template by the controller, whose labels and annotations it goes on to apply; since 1.12 under another name, for
 * it applies the rest too, but for what others find out.
 */
const cloned: Writer = (section, key, object) => {
  const newest = object.metadata.ownerReferences?.[0]?.apiVersion.endsWith('/v1beta2');
  if (key === 'machine.cluster.x-k8s.io/certificates-expiry') return manager;
  if (section === 'labels' || section === 'annotations') return `${maker(object)}${newest ? managers.marks : ''}*`;
  const later = /^(providerID|joinConfiguration\.discovery|clusterConfiguration\.controlPlaneEndpoint)$/.test(key);
  return newest && section === 'spec' && !later ? `${maker(object)}*` : manager;
};

/** The operator writes what a host says as it registers; what is new of each boot and report the host writes itself. */
const inventory: Writer = (section, key) => {
  if (section === 'annotations') return key.startsWith('baremetal.alauda.io/') ? manager : operator;
  if (section !== 'status') return operator;
  if (/^observedStorage\.(bootID|observedAt|reportEpoch|sequence)$/.test(key)) return agent;
  return key === 'storage' ? manager : operator;
};

const secret: Writer = (section, key, { type, metadata }) => {
  if (type === 'cluster.x-k8s.io/secret' || type === 'bootstrap.kubernetes.io/token') return manager;
  if (type === 'kubernetes.io/service-account-token') return section === 'data' ? cluster : operator;
  if (type !== 'elemental.cattle.io/plan') return metadata.ownerReferences ? manager : chart;
  if (section === 'annotations') return key.startsWith('baremetal.') ? manager : operator;
  if (section !== 'data') return operator;
  return key === 'plan' || key === 'max-failures' || key === 'probe-period-seconds' ? manager : agent;
};

/** Whether Kube-OVN has noted it on what others have made. */
const isOfNetwork = (section: Section, key: string): boolean =>
  (section === 'annotations' || section === 'labels') && key.startsWith('ovn.kubernetes.io/');

const pod: Writer = (section, key, { metadata }) => {
  if (isOfNetwork(section, key)) return network;
  const owner = metadata.ownerReferences?.[0]?.kind;
  if (section === 'status' || owner === 'Node') return 'kubelet';
  return owner === 'SeedImage' ? operator : owner === undefined ? person : cluster;
};

/**
 * A kubelet registers its Node; kubeadm, the controllers of its cluster, Cluster API and Kube-OVN write on it what is theirs. Its taints
 * are as they were left by who took off the last that it began with. Source of Kube-OVN's: kubeovn/kube-ovn, cmd/daemon (its chassis)
 * and pkg/controller/node.go.
 */
const node: Writer = (section, key, { metadata }) => {
  if (isOfNetwork(section, key)) return key === 'ovn.kubernetes.io/chassis' ? networkDaemon : network;
  if (section === 'status') return 'kubelet';
  if (section === 'spec') return /^podCIDR|^taints$/.test(key) ? cluster : 'kubelet';
  if (key === 'node.alpha.kubernetes.io/ttl') return cluster;
  const ofMachine = metadata.annotations?.['cluster.x-k8s.io/labels-from-machine']?.split(',');
  if (section === 'labels' && ofMachine?.includes(key)) return manager;
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

/** Who takes a step writes what is made in it. */
const stepWriters: Readonly<Partial<Record<Step, string>>> = {
  ...{ services: server, endpoint: server, roles: server, trust: server, levels: server },
  ...{ accounts: cluster, sets: cluster, chartSets: cluster },
  ...{ config: 'kubeadm', addons: 'kubeadm', kept: network },
};

/** By `plural`, and for core kinds that several write, by who owns the object. */
const writers: Readonly<Record<string, Writer>> = {
  clusters: asked(person, manager),
  kubeadmcontrolplanes: asked(person, manager),
  // Its webhook labels it.
  machinedeployments: (section, key, object) =>
    section === 'labels' && minded.test(key) ? nobody : asked(person, manager)(section, key, object),
  machinehealthchecks: asked(person, manager),
  kubeadmconfigtemplates: asked(person, manager),
  baremetalclusters: asked(person, manager),
  baremetalmachinetemplates: asked(person, manager),
  machineinventorypools: asked(person, manager),
  machineregistrations: asked(person, operator),
  seedimages: asked(person, operator),
  machinesets: machineSet,
  machines: machine,
  baremetalmachines: cloned,
  kubeadmconfigs: cloned,
  machineinventories: inventory,
  secrets: secret,
  pods: pod,
  nodes: node,
  leases: lease,
  namespaces: (section, key) => (isOfNetwork(section, key) ? network : server),
  events: (_section, _key, { source, reportingComponent }) =>
    tellers[String((isRecord(source) && source['component']) || reportingComponent)] ?? manager,
  deployments: (section, _key, object) => (section === 'status' ? cluster : madeBy(object)),
  daemonsets: (section, _key, object) => (section === 'status' ? cluster : madeBy(object)),
  replicasets: one(cluster),
  controllerrevisions: one(cluster),
  endpoints: (_section, _key, object) => (isOfServer(object) ? server : cluster),
  endpointslices: (_section, _key, object) => (isOfServer(object) ? server : cluster),
  csinodes: one('kubelet'),
  ips: one(network),
  servicecidrs: one(server),
  ipaddresses: one(server),
  apiservices: one(server),
  flowschemas: (section) => `api-priority-and-fairness-config-${section === 'status' ? 'consumer' : 'producer'}-v1`,
  prioritylevelconfigurations: one('api-priority-and-fairness-config-producer-v1'),
  appreleases: asked(manager, 'sentry'),
  clusterroles: (section, key, object) =>
    key === 'rules' && isAggregated(object) ? `${aggregator}*` : fallback(section, key, object),
  customresourcedefinitions: asked(chart, 'kube-apiserver'),
  mutatingwebhookconfigurations: one(chart),
  validatingwebhookconfigurations: one(chart),
};
/** Whether its rules are those of others. */
const isAggregated = (role: KubeObject): boolean => isRecord(role['aggregationRule']);
/**
 * Who writes to what every cluster has when a server of another version starts: of roles and of its own endpoints; undefined of others,
 * which say so themselves. Source: k8s.io/kubernetes, pkg/registry/rbac/rest and pkg/controller/clusterroleaggregation.
 */
export function renewerOf(object: KubeObject): string | undefined {
  if (object.kind === 'ClusterRole') return isAggregated(object) ? aggregator : server;
  return /^Endpoint/.test(object.kind) ? server : undefined;
}
const isOfServer = ({ metadata: { namespace, name } }: KubeObject): boolean =>
  namespace === 'default' && name === 'kubernetes';
/** Who makes what every cluster has; `alive` is the platform's. */
const madeBy = (object: KubeObject): string =>
  object.metadata.name === 'alive' ? chart : (stepWriters[stepOf(object) ?? 'chart'] ?? chart);
const fallback: Writer = (_section, _key, object) => {
  const { namespace, ownerReferences, name } = object.metadata;
  const step = stepOf(object);
  if (step && stepWriters[step]) return stepWriters[step];
  if (ownerReferences) return operator;
  if (name === 'kube-root-ca.crt' || (name === 'default' && namespace)) return cluster;
  if (namespace === 'kube-system') return step === undefined ? 'kubeadm' : chart;
  return namespace === 'default' ? server : chart;
};

/** Who writes the objects of a kind. */
export const writerOf = (plural: string): Writer => writers[plural] ?? fallback;
