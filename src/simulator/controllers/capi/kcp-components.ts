/** What a KubeadmControlPlane says about the components on its Machines, on each of them and in sum. */

import { find, type Saying, saySorted } from '../conditions.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { type LegacySaying, no, sayLegacy, yes } from '../legacy-conditions.ts';
import { type MachineMessage, machineMessages } from '../messages.ts';
import type { KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import type { LegacyCondition } from '../shapes/meta.ts';
import { deleting, hasNode } from './common.ts';
import { componentConditions, kubeadmNodeCondition } from './component-conditions.ts';

const etcd = componentConditions.filter((type) => type.startsWith('Etcd'));
const controllers = componentConditions.filter((type) => !type.startsWith('Etcd'));

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
      type === kubeadmNodeCondition && lack
        ? { status: 'False', reason: 'NotSet', message: lack }
        : { status: 'True', reason: wellReasons[type] ?? 'Running' },
    );
    legacy = components.map(yes);
  } else {
    const message = `Node ${draft.status?.nodeRef?.name ?? ''} is unreachable`;
    sayings = say(() => ({ status: 'Unknown', reason: 'InspectionFailed', message }));
    legacy = components.map((type) => ({ type, status: 'Unknown', reason: 'PodInspectionFailed', message }));
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

const allTrue = (machine: Machine, types: readonly string[]): boolean =>
  gatesOf(machine, types).every((type) => find(machine.status?.v1beta2?.conditions, type)?.status === 'True');

export const planeHealthy = (machine: Machine): boolean => allTrue(machine, controllers);
export const etcdHealthy = (machine: Machine): boolean => allTrue(machine, etcd);

function sumUp(type: string, machines: readonly Machine[], of: readonly string[], title: string): Saying {
  let status: Saying['status'] = 'True';
  const messages: MachineMessage[] = [];
  for (const machine of machines) {
    const bad = of
      .map((name) => find(machine.status?.v1beta2?.conditions, name))
      .find((condition) => condition?.status !== 'True');
    if (of.every((name) => find(machine.status?.v1beta2?.conditions, name)?.status === 'True')) continue;
    const grave = bad?.status === 'False';
    if (grave) status = 'False';
    else if (status === 'True') status = 'Unknown';
    const message = `* ${title}: ${bad?.message ?? 'Conditions not yet reported'}`;
    messages.push({ name: machine.metadata.name, message, grave });
  }
  const reason = status === 'True' ? 'Healthy' : status === 'False' ? 'NotHealthy' : 'HealthUnknown';
  return { type, status, reason, message: machineMessages(messages) };
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
    ...(stacked ? [sumUp('EtcdClusterHealthy', machines, etcd, 'EtcdMemberHealthy')] : []),
    sumUp('ControlPlaneComponentsHealthy', machines, controllers, 'Control plane components'),
  ];
}

/** The same two in the first generation: the gravest of what is said, and who says so. */
export function legacyComponents(machines: readonly Machine[]): LegacySaying[] {
  const sum = (type: string, reason: string, of: readonly string[], what: string): LegacySaying => {
    const who = (is: (condition: LegacyCondition) => boolean): string =>
      machines
        .filter(({ status }) => of.some((name) => status?.conditions?.some((one) => one.type === name && is(one))))
        .map(({ metadata }) => metadata.name)
        .sort()
        .join(', ');
    for (const [severity, words] of severities) {
      const names = who((one) => one.status === 'False' && one.severity === severity);
      if (names) return no(type, reason, severity, `Following Machines are reporting ${what} ${words}: ${names}`);
    }
    const names = who((one) => one.status === 'Unknown');
    if (!names) return yes(type);
    const message = `Following Machines are reporting unknown ${what} status: ${names}`;
    return { type, status: 'Unknown', reason: `${type.replace(/Healthy$/, '')}Unknown`, message };
  };
  return [
    sum('ControlPlaneComponentsHealthy', 'ControlPlaneComponentsUnhealthy', controllers, 'control plane'),
    sum('EtcdClusterHealthy', 'EtcdClusterUnhealthy', etcd, 'etcd member'),
  ];
}

const severities = [
  ['Error', 'errors'],
  ['Warning', 'warnings'],
  ['Info', 'info'],
] as const;
