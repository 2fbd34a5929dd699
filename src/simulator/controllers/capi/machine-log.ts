/**
 * What the controller of Machines writes into its log of the way of a Machine to its Node, and of its drain. Source: Cluster
 * API 1.10, machine_controller.go, its phases and its noderef.
 */

import type { ClusterApiVersion } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { Machine } from '../shapes/capi.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { hasNode } from './common.ts';
import type { Drain } from './drain.ts';
import type { MachineFacts } from './machine-status.ts';

const reports = 'Infrastructure provider reporting spec.providerID';

/** Where in the source, and what, is said. */
export type Words = readonly [place: string, message: string];

/** What is said on the way of a Machine to its Node, step by step. */
export function progressWords(clusterApi: ClusterApiVersion) {
  const newer = clusterApi === 'v1beta2';
  const phase = (line: number, message: string): Words => [`machine_controller_phases.go:${line}`, message];
  const node = (line: number, message: string): Words => [`machine_controller_noderef.go:${line}`, message];
  // The provider's kinds keep the contract that they had.
  const [secret, provisioned] = newer
    ? ['set status.initialization.dataSecretCreated', 'set status.ready']
    : ['report status.ready', 'report status.ready'];
  const done = newer ? 'provisioning' : 'machine infrastructure provisioning and reports status.ready';
  return {
    awaitsData: phase(155, `Waiting for bootstrap provider to generate data secret and ${secret}`),
    hasData: phase(176, `Bootstrap provider generated data secret${newer ? '' : ' and reports status.ready'}`),
    awaitsHost: phase(265, `Waiting for infrastructure provider to create machine infrastructure and ${provisioned}`),
    hasHost: phase(291, `Infrastructure provider has completed ${done}`),
    awaitsNode: node(89, `${reports}, matching Kubernetes node is not yet available`),
    hasNode: node(114, `${reports}, Kubernetes node is now available`),
  };
}

/** Says what a Machine waits for, or what has come: `before` as it was, `draft` as it is to be. */
export function tellProgress(
  rt: Runtime,
  before: Machine,
  draft: Machine,
  { infra, config, node }: MachineFacts,
): void {
  // One that has come all the way says nothing any more.
  if (hasNode(before)) return;
  const of = (ref: { kind?: string; name?: string } | undefined) => ({
    [ref?.kind ?? '']: `${draft.metadata.namespace}/${ref?.name ?? ''}`,
  });
  const [boot, machine] = [of(draft.spec?.bootstrap?.configRef), of(draft.spec?.infrastructureRef)];
  const say = (words: Words, values: Record<string, unknown>) => rt.log(before, ...words, values);
  const words = progressWords(rt.clusterApi);
  if (!config?.status?.ready) {
    say(words.awaitsData, boot);
  } else if (!before.status?.bootstrapReady) {
    say(words.hasData, { ...boot, Secret: `${draft.metadata.namespace}/${config.status.dataSecretName ?? ''}` });
  }
  if (!infra?.status?.ready) {
    say(words.awaitsHost, machine);
    return;
  }
  if (!before.status?.infrastructureReady) say(words.hasHost, machine);
  const providerID = draft.spec?.providerID;
  if (!node) say(words.awaitsNode, { ...machine, providerID });
  else say(words.hasNode, { ...machine, providerID, Node: node.metadata.name });
}

/** Says that there is nothing to drain, or no volume to wait for, as the Node is gone; or that it is out of reach. */
export function tellSkipped(rt: Runtime, machine: Machine, what: 'drain' | 'volumes', node: 'gone' | 'lost'): void {
  const Node = machine.status?.nodeRef?.name;
  const skips = what === 'drain' ? 'skipping Node drain.' : 'skip waiting for volume detachment.';
  const why = node === 'gone' ? 'Could not find Node from Machine.status.nodeRef' : 'Node is unreachable';
  const line = what === 'drain' ? 661 : node === 'gone' ? 954 : 966;
  rt.log(machine, `machine_controller.go:${line}`, `${why}, ${skips}`, { Node });
}

/** A drain goes on no more than once in so many ms, whatever changes in between. */
const drainPace = 20_000;
/** When drains were told of last, in simulated ms, by Machine. */
const tellings = new WeakMap<Runtime, Map<string, number>>();

/** Says how far a drain has come: what is left, none where it is done. */
export function tellDrain(rt: Runtime, machine: Machine, left: Required<Drain>['left'] | undefined): void {
  const Node = machine.status?.nodeRef?.name;
  const told = tellings.get(rt) ?? new Map<string, number>();
  tellings.set(rt, told);
  const { name } = machine.metadata;
  const now = rt.clock.now() * rt.speed;
  if (left && now - (told.get(name) ?? 0) < drainPace) return;
  const begins = !told.has(name);
  told.set(name, now);
  if (!left) {
    told.delete(name);
    rt.log(machine, 'machine_controller.go:697', 'Drain completed', { Node });
    return;
  }
  if (begins) rt.log(machine, 'drain.go:74', 'Cordoning Node', { Node });
  rt.log(machine, 'machine_controller.go:897', 'Draining Node', { Node });
  // Said before anything is evicted: the first time all of them are still to be.
  const [evicted, deleted] = begins ? [[...left.failed, ...left.gone], []] : [left.failed, left.gone];
  rt.log(machine, 'drain.go:290', 'Drain not completed yet, there are still Pods on the Node that have to be drained', {
    Node,
    podsToTriggerEvictionNow: podList(evicted),
    podsToTriggerEvictionLater: podList(left.later),
    podsWithDeletionTimestamp: podList(deleted),
    podsToWaitCompletedNow: podList(left.awaited),
    podsToWaitCompletedLater: podList(left.awaitedLater),
  });
  rt.log(machine, 'machine_controller.go:920', 'Drain not completed yet, requeuing in 20s', {
    Node,
    podsFailedEviction: podList(left.failed),
    podsWithDeletionTimestamp: podList(left.gone),
    podsToTriggerEvictionLater: podList(left.later),
    podsToWaitCompletedNow: podList(left.awaited),
    podsToWaitCompletedLater: podList(left.awaitedLater),
  });
}

/** Names of objects, as the logs tell them: of many the first. */
export const listOf = (objects: readonly KubeObject[]): string => podList(objects.map(({ metadata }) => metadata.name));

function podList(names: readonly string[]): string {
  const more = names.length - 5;
  return more > 0 ? `${names.slice(0, 5).join(', ')}, ... (${more} more)` : names.join(', ');
}
