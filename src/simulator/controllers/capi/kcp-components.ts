/** What a KubeadmControlPlane says about the components on its Machines, on each of them and in sum. */

import { find, type Saying, saySorted } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { type LegacySaying, no, sayLegacy, yes } from '../legacy-conditions.ts';
import { bullet, names } from '../messages.ts';
import type { KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import type { LegacyCondition } from '../shapes/meta.ts';
import { deleting, hasNode } from './common.ts';
import { componentConditions, kubeadmNodeCondition } from './component-conditions.ts';

const member = 'EtcdMemberHealthy';
const etcd = componentConditions.filter((type) => type.startsWith('Etcd'));
const controllers = componentConditions.filter((type) => !type.startsWith('Etcd'));
/** What is told of static Pods: that of etcd among them, where the control plane looks after it. */
const podsOf = (stacked: boolean): readonly string[] =>
  stacked ? componentConditions.filter((type) => type !== member) : controllers;

/** Whether a control plane looks after its etcd: not where etcd is external. */
export function managesEtcd(plane: KubeadmControlPlane): boolean {
  const etcd = plane.spec?.kubeadmConfigSpec?.clusterConfiguration?.['etcd'] as { external?: unknown } | undefined;
  return etcd?.external === undefined;
}

/** The conditions a control plane sets on its Machines, and makes them wait for. */
export function componentsOf(plane: KubeadmControlPlane, clusterApi: ClusterApiVersion): string[] {
  const components = managesEtcd(plane) ? [...componentConditions] : controllers;
  return clusterApi === 'v1beta2' ? [kubeadmNodeCondition, ...components] : [...components];
}

/** Those of them that a Machine waits for. */
const gatesOf = (machine: Machine, of: readonly string[]): string[] =>
  of.filter((type) => machine.spec?.readinessGates?.some(({ conditionType }) => conditionType === type) ?? true);

/** Why nobody can look at a Machine's components. */
export interface Unseen {
  reason: 'ConnectionDown' | 'InspectionFailed';
  message: string;
}

/**
 * Writes the component conditions of one Machine into `draft`, in both generations. `node` is its Node, where there is
 * one; `unseen` what is said while nobody can look: of all Machines before the control plane is initialized, of those
 * with a Node while its API server cannot be reached.
 */
export function setComponents(
  draft: Machine,
  at: string,
  types: readonly string[],
  node: Node | undefined,
  clusterApi: ClusterApiVersion = 'v1beta1',
  unseen?: Unseen,
): void {
  draft.status ??= {};
  const status = draft.status;
  const components = types.filter((type) => type !== kubeadmNodeCondition);
  const say = (of: (type: string) => Omit<Saying, 'type'>): Saying[] => types.map((type) => ({ type, ...of(type) }));
  const ready = find(status.v1beta2?.conditions, 'NodeReady');
  let sayings: Saying[];
  let legacy: LegacySaying[] = [];
  const missing = hasNode(draft) && !node && ready?.reason === 'NodeDeleted';
  if (unseen && (hasNode(draft) || unseen.reason === 'InspectionFailed')) {
    sayings = say(() => ({ status: 'Unknown', ...unseen }));
  } else if (missing && clusterApi === 'v1beta1') {
    const message = `Node ${draft.status.nodeRef?.name ?? ''} does not exist`;
    sayings = say(() => ({ status: 'Unknown', reason: 'InspectionFailed', message }));
    legacy = components.map((type) => no(type, 'PodFailed', 'Error', 'Missing Node'));
  } else if (deleting(draft)) {
    sayings = say(() => ({ status: 'False', reason: 'Deleting', message: 'Machine is deleting' }));
    legacy = components.map((type) => no(type, 'Deleting', 'Info'));
  } else if (!hasNode(draft) || !ready) {
    const message = ready?.message ?? 'Waiting for BaremetalMachine to report spec.providerID';
    sayings = say(() => ({ status: 'Unknown', reason: 'InspectionFailed', message }));
  } else if (ready.status === 'True') {
    const lack = node && kubeadmLack(node);
    sayings = say((type) =>
      type === kubeadmNodeCondition && lack ? { status: 'False', reason: 'NotSet', message: lack } : wellSaying(type),
    );
    legacy = components.map(yes);
  } else if (ready.status === 'False') {
    const message = 'Waiting for startup or readiness probes';
    sayings = say((type) =>
      type === member ? wellSaying(type) : { status: 'False', reason: 'Provisioning', message },
    );
    legacy = components.map((type) => (type === member ? yes(type) : no(type, 'PodProvisioning', 'Info', message)));
  } else {
    // Of its members etcd itself is asked, by whichever of them answers: a kubelet that is silent has no say in that.
    const message = `Node ${draft.status?.nodeRef?.name ?? ''} is unreachable`;
    sayings = say((type) =>
      type === member ? wellSaying(type) : { status: 'Unknown', reason: 'InspectionFailed', message },
    );
    const unknown = { status: 'Unknown', reason: 'PodInspectionFailed', message: 'Node is unreachable' } as const;
    legacy = components.map((type) => (type === member ? yes(type) : { type, ...unknown }));
  }
  if (legacy.length > 0) status.conditions = sayLegacy(status.conditions, legacy, at);
  const old = status.v1beta2;
  const generation = draft.metadata.generation;
  const said = sayings.filter(({ type, status: is, reason, message = '' }) => {
    const known = find(old?.conditions, type);
    return known?.status !== is || known.reason !== reason || known.message !== message;
  });
  if (said.length > 0) status.v1beta2 = { ...old, conditions: saySorted(old?.conditions, said, at, generation) };
}

const role = 'node-role.kubernetes.io/control-plane';

/** Which of kubeadm's marks a Node of a control plane lacks. */
function kubeadmLack(node: Node): string | undefined {
  const name = `Node ${node.metadata.name} does not have the ${role}`;
  if (node.metadata.labels?.[role] === undefined) return `${name} label`;
  const tainted = node.spec?.taints?.some(({ key, effect }) => key === role && effect === 'NoSchedule');
  return tainted ? undefined : `${name}:NoSchedule taint`;
}

/** Reasons of True; all other components are `Running`. */
const wellReasons: Readonly<Record<string, string>> = { EtcdMemberHealthy: 'Healthy', [kubeadmNodeCondition]: 'Set' };

const wellSaying = (type: string): Omit<Saying, 'type'> => ({ status: 'True', reason: wellReasons[type] ?? 'Running' });

const allTrue = (machine: Machine, types: readonly string[]): boolean =>
  gatesOf(machine, types).every((type) => find(machine.status?.v1beta2?.conditions, type)?.status === 'True');

export const planeHealthy = (machine: Machine): boolean => allTrue(machine, controllers);
export const etcdHealthy = (machine: Machine): boolean => allTrue(machine, etcd);
/** Whether a Machine's member of etcd is well, whatever is known of its Pod. */
export const memberHealthy = (machine: Machine): boolean => allTrue(machine, [member]);

/** What is told of some conditions of all Machines together; `note` is what they are of. */
function sumUp(type: string, machines: readonly Machine[], of: readonly string[], note: string): Saying {
  const groups = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const { metadata, status } of machines) {
    const found = of.flatMap((name) => find(status?.v1beta2?.conditions, name) ?? []);
    for (const one of found) seen.add(one.status);
    const bad = found.filter((one) => one.status !== 'True');
    if (bad.length === 0) continue;
    const words = ({ message, status: is }: (typeof bad)[number]) => message || `condition is ${is}`;
    const alike = found.length > 1 && new Set(found.map(({ message }) => message)).size === 1;
    const message = alike
      ? `* Control plane components: ${found[0]!.message}`
      : bad.map((one) => `* ${one.type}: ${words(one)}`).join('\n');
    groups.set(message, [...(groups.get(message) ?? []), metadata.name].sort());
  }
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length || (a.join() < b.join() ? -1 : 1));
  const message = sorted
    .map(([said, of]) => bullet(`Machine${of.length > 1 ? 's' : ''} ${names(of)}`, said))
    .join('\n');
  if (seen.has('False')) return { type, status: 'False', reason: 'NotHealthy', message };
  if (seen.has('Unknown')) return { type, status: 'Unknown', reason: 'HealthUnknown', message };
  if (seen.has('True')) return { type, status: 'True', reason: 'Healthy' };
  return { type, status: 'Unknown', reason: 'HealthUnknown', message: `No Machines reporting ${note} status` };
}

/**
 * `EtcdClusterHealthy`, where the control plane has a say, and `ControlPlaneComponentsHealthy` in the second generation;
 * `awaits` is what has to be there before anything can be said of them.
 */
export function componentSayings(
  all: readonly Machine[],
  stacked: boolean,
  clusterApi: ClusterApiVersion = 'v1beta1',
  awaits?: string,
): Saying[] {
  if (awaits !== undefined) {
    const unknown = { status: 'Unknown', reason: 'InspectionFailed', message: awaits } as const;
    const types = ['EtcdClusterHealthy', 'ControlPlaneComponentsHealthy'];
    return types.flatMap((type) => (stacked || !type.startsWith('Etcd') ? [{ type, ...unknown }] : []));
  }
  // Since v1beta2 a Machine that is still on its way has nothing to be unhealthy.
  const machines = clusterApi === 'v1beta2' ? all.filter(hasNode) : all;
  return [
    ...(stacked ? [sumUp('EtcdClusterHealthy', machines, [member], 'etcd member')] : []),
    sumUp('ControlPlaneComponentsHealthy', machines, podsOf(stacked), 'control plane'),
  ];
}

/**
 * The same two in the first generation: the gravest of what is said, and who says so. What is unknown is told only where
 * nothing is known to be well.
 */
export function legacyComponents(machines: readonly Machine[], stacked = true): LegacySaying[] {
  const sum = (type: string, reason: string, of: readonly string[], what: string): LegacySaying => {
    const who = (is: (condition: LegacyCondition) => boolean): string =>
      machines
        .filter(({ status }) => of.some((name) => status?.conditions?.some((one) => one.type === name && is(one))))
        .map(({ metadata }) => metadata.name)
        .sort()
        .join(', ');
    for (const [severity, words] of severities) {
      const those = who((one) => one.status === 'False' && one.severity === severity);
      if (those) return no(type, reason, severity, `Following Machines are reporting ${what} ${words}: ${those}`);
    }
    const unsure = who((one) => one.status === 'Unknown');
    if (!unsure || who((one) => one.status === 'True')) return yes(type);
    const message = `Following Machines are reporting unknown ${what} status: ${unsure}`;
    return { type, status: 'Unknown', reason: `${type.replace(/Healthy$/, '')}Unknown`, message };
  };
  return [
    sum('ControlPlaneComponentsHealthy', 'ControlPlaneComponentsUnhealthy', podsOf(stacked), 'control plane'),
    sum('EtcdClusterHealthy', 'EtcdClusterUnhealthy', [member], 'etcd member'),
  ];
}

const severities = [
  ['Error', 'errors'],
  ['Warning', 'warnings'],
  ['Info', 'info'],
] as const;
