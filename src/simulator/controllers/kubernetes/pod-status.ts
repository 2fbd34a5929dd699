/** What a kubelet says of a Pod as a whole, by what its containers do. After k8s.io/kubernetes/pkg/kubelet/status. */

import { timestamp } from '../time.ts';
import { ableOf, withObserved, withSpec } from './container-status.ts';
import { isOver } from './container-steps.ts';
import { podAddress } from './pod-address.ts';
import type { ContainerStatus, WorkCondition, WorkPod } from './shapes.ts';
import type { Picture } from './turn.ts';

/** The containers of a Pod: those that prepare it, one after the other, and those that do its work. */
export interface Containers {
  init: readonly ContainerStatus[];
  main: readonly ContainerStatus[];
}

const hasBegun = ({ state, lastState }: ContainerStatus): boolean =>
  state.running !== undefined || state.terminated !== undefined || lastState.terminated !== undefined;
/** Whether its turn has come: there is a sandbox then. */
const isTried = ({ state }: ContainerStatus): boolean =>
  /^(ErrImage|ImagePull|CreateContainerConfig)/.test(state.waiting?.reason ?? '');

/** Whether what prepares a Pod stays beside it. */
export const isStaying = ({ spec }: WorkPod, { name }: ContainerStatus): boolean =>
  spec.initContainers?.find((one) => one.name === name)?.['restartPolicy'] === 'Always';

/** Whether what prepares a Pod is through: it has ended well, or is one that stays beside it and has started. */
export const isPrepared = (pod: WorkPod, status: ContainerStatus): boolean =>
  status.state.terminated?.exitCode === 0 || (status.started && isStaying(pod, status));

/** What is looked at beside the Pod itself. */
export type Around = Pick<Picture, 'now' | 'nodes' | 'network' | 'pods' | 'others'>;

interface More {
  hostIP?: string;
  ephemeralContainerStatuses?: ContainerStatus[];
}

/** The status of a Pod. `going`: it was deleted or stopped, and nothing begins again; with the phase that it has for that. */
export function podStatus(
  picture: Around,
  pod: WorkPod,
  { init, main }: Containers,
  more: object,
  going: boolean | 'Failed' = false,
) {
  const { status = {}, spec } = pod;
  const policy = going ? 'Never' : (spec.restartPolicy ?? 'Always');
  const at = timestamp(picture.now);
  const begun = main.some(hasBegun);
  // Once one of the others has begun, all was prepared.
  const incomplete = begun ? [] : init.filter((one) => !isPrepared(pod, one));
  const stays = init.some((one) => isStaying(pod, one) && one.state.running);
  const spoilt = incomplete.some((one) => isOver(one, policy) && !going);
  const over = going === 'Failed' || spoilt || (main.length > 0 && !stays && main.every((one) => isOver(one, policy)));
  const failed = going === 'Failed' || spoilt || main.some(({ state }) => (state.terminated?.exitCode ?? 0) !== 0);
  const sandbox = begun || [...init, ...main].some((one) => hasBegun(one) || isTried(one));
  const phase = over ? (failed ? 'Failed' : 'Succeeded') : begun ? 'Running' : 'Pending';
  const counted = [...init.filter((one) => isStaying(pod, one)), ...main];
  const bad = counted.filter(({ ready }) => !ready).map(({ name }) => name);
  const why = over ? { reason: failed ? 'PodFailed' : 'PodCompleted' } : lacking('ContainersNotReady', 'unready', bad);
  const set = (type: string, good: boolean, reason: object = {}): WorkCondition => {
    const wanted = good ? 'True' : 'False';
    const last = status.conditions?.find((one) => one.type === type);
    const since = last?.status === wanted ? last.lastTransitionTime : at;
    return { type, status: wanted, lastProbeTime: null, lastTransitionTime: since, ...(good ? {} : reason) };
  };
  const names = incomplete.map(({ name }) => name);
  const shut = gateOf(pod);
  const conditions = [
    set('PodReadyToStartContainers', sandbox && !over),
    set('Initialized', names.length === 0, lacking('ContainersNotInitialized', 'incomplete', names)),
    set('Ready', bad.length === 0 && shut === undefined, bad.length === 0 && shut ? shut : why),
    set('ContainersReady', bad.length === 0, why),
    set('PodScheduled', true),
  ];
  // What others say of it stays.
  const own = new Set(conditions.map(({ type }) => type));
  conditions.push(...(status.conditions ?? []).filter(({ type }) => !own.has(type)));
  const { hostIP, ephemeralContainerStatuses: added } = more as More;
  const address = spec.hostNetwork ? hostIP : sandbox ? addressIn(picture, pod) : undefined;
  const podIP = status.podIP ?? address;
  const able = ableOf(picture.nodes.find(({ metadata }) => metadata.name === spec.nodeName));
  const told = (containers: readonly ContainerStatus[]) => containers.map((one) => withSpec(spec, one, able));
  const whole = {
    ...status,
    ...{ phase, conditions, ...more, containerStatuses: told(main) },
    ...(init.length > 0 ? { initContainerStatuses: told(init) } : {}),
    ...(added ? { ephemeralContainerStatuses: told(added) } : {}),
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
  };
  return withObserved(whole, pod.metadata, able);
}

/** A condition that somebody else has to bring first. */
function gateOf({ spec, status }: WorkPod): { reason: string; message: string } | undefined {
  const gates = (spec['readinessGates'] ?? []) as { conditionType: string }[];
  const messages = gates.flatMap(({ conditionType: type }) => {
    const found = status?.conditions?.find((one) => one.type === type);
    if (!found) return [`corresponding condition of pod readiness gate "${type}" does not exist.`];
    const why = `the status of pod readiness gate "${type}" is not "True", but ${found.status}`;
    return found.status === 'True' ? [] : [why];
  });
  return messages.length > 0 ? { reason: 'ReadinessGatesNotReady', message: messages.join(', ') } : undefined;
}

const lacking = (reason: string, what: string, names: readonly string[]) => ({
  ...{ reason, message: `containers with ${what} status: [${names.join(' ')}]` },
});

/** Where Kube-OVN's controller notes the address that it has given a Pod. */
const given = 'ovn.kubernetes.io/ip_address';

/** The address that a Pod was given, or one of the Pod network that no other Pod has. */
function addressIn({ network, pods, others }: Around, { metadata }: WorkPod): string | undefined {
  const own = metadata.annotations?.[given];
  if (own) return own;
  const taken = new Set([...pods, ...others].flatMap((one) => [one.status?.podIP, one.metadata.annotations?.[given]]));
  for (let turn = 0; turn < 64; turn += 1) {
    const address = podAddress(network, `${metadata.uid}/${turn}`);
    if (address === undefined || !taken.has(address)) return address;
  }
  return undefined;
}
