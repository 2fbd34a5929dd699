/** A Machine's way out, stage by stage (domain: hooks, drain, volumes, hooks, infrastructure, bootstrap, Node). */

import { durations } from '../durations.ts';
import { isLost } from '../hosts/node-lifecycle.ts';
import { kinds } from '../kinds.ts';
import { no, sayLegacy, yes } from '../legacy-conditions.ts';
import type { NodeAccess } from '../node-access.ts';
import { clusterOf, ownerName, removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster, Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import { durationMs, machineFinalizer } from './common.ts';
import { drainBegins, evictFrom, nothingLeft, simulatedPod } from './drain.ts';
import { rulesFor } from './drain-rules.ts';
import { cleanupHook } from './kcp-machines.ts';
import { tellDrain, tellSkipped } from './machine-log.ts';
import type { Deletion, MachineFacts } from './machine-status.ts';

const component = 'machine-controller';
const preDrain = 'pre-drain.delete.hook.machine.cluster.x-k8s.io';
const preTerminate = 'pre-terminate.delete.hook.machine.cluster.x-k8s.io';

/** A drain that has just begun is looked at again so soon. */
const pace = 1000;

export interface DeletionStep extends Deletion {
  /** Simulated ms until the next look; undefined where a change will come. */
  again?: number;
}

/** Does the next thing and says where the deletion stands; writes drain times and conditions into `draft`. */
export async function deletionStep(
  rt: Runtime,
  draft: Machine,
  facts: MachineFacts,
  cluster: Cluster | undefined,
  nodes: NodeAccess | undefined,
): Promise<DeletionStep> {
  const goesAlone = !facts.planeGoes && !cluster?.metadata.deletionTimestamp;
  if (!goesAlone || !draft.status?.nodeRef) {
    const cause = cluster?.metadata.deletionTimestamp
      ? 'cluster is being deleted'
      : facts.planeGoes
        ? 'control plane is being deleted'
        : 'noderef is nil';
    const skips = 'Skipping deletion of Kubernetes Node associated with Machine as it is not allowed';
    rt.log(draft, 'machine_controller.go:430', skips, { Node: draft.status?.nodeRef?.name ?? '', cause });
  }
  // Where its Node is not deleted, nothing is drained, and nobody waits for hooks before that.
  if (draft.status?.nodeRef && goesAlone) {
    const before = hooks(draft, preDrain);
    if (before.length > 0) {
      say(rt, draft, no('PreDrainDeleteHookSucceeded', 'WaitingExternalHook', 'Info'));
      rt.log(draft, 'machine_controller.go:448', 'Waiting for pre-drain hooks to succeed', { hooks: before.join(',') });
      const message = `Waiting for pre-drain hooks to succeed (hooks: ${before.join(',')})`;
      return { stage: 'WaitingForPreDrainHook', message };
    }
    say(rt, draft, yes('PreDrainDeleteHookSucceeded'));
    const drain = await drained(rt, draft, facts, cluster, nodes);
    if (drain) return drain;
  }

  const after = hooks(draft, preTerminate);
  if (after.length > 0) {
    say(rt, draft, no('PreTerminateDeleteHookSucceeded', 'WaitingExternalHook', 'Info'));
    rt.log(draft, 'machine_controller.go:531', 'Waiting for pre-terminate hooks to succeed', {
      hooks: after.join(','),
    });
    const message = `Waiting for pre-terminate hooks to succeed (hooks: ${after.join(',')})`;
    return { stage: 'WaitingForPreTerminateHook', message };
  }
  say(rt, draft, yes('PreTerminateDeleteHookSucceeded'));

  const { infra, config, node } = facts;
  if (infra) {
    if (!infra.metadata.deletionTimestamp) await rt.client.remove(kinds.BaremetalMachine, infra.metadata.name);
    const ref = { BaremetalMachine: `${rt.namespace}/${infra.metadata.name}` };
    rt.log(draft, 'machine_controller.go:565', 'Waiting for infrastructure to be deleted', ref);
    return { stage: 'WaitingForInfrastructureDeletion', message: 'Waiting for BaremetalMachine to be deleted' };
  }
  if (config) {
    if (!config.metadata.deletionTimestamp) await rt.client.remove(kinds.KubeadmConfig, config.metadata.name);
    const ref = { KubeadmConfig: `${rt.namespace}/${config.metadata.name}` };
    rt.log(draft, 'machine_controller.go:578', 'Waiting for bootstrap to be deleted', ref);
    return { stage: 'WaitingForBootstrapDeletion', message: 'Waiting for KubeadmConfig to be deleted' };
  }
  const Node = draft.status?.nodeRef?.name;
  if (goesAlone && Node) rt.log(draft, 'machine_controller.go:601', 'Deleting node', { Node });
  if (node) {
    await nodes?.as('manager').client.remove(kinds.Node, node.metadata.name);
    facts.node = undefined;
  }
  removeFinalizer(draft, machineFinalizer);
  return { stage: 'DeletionCompleted', message: 'Deletion completed' };
}

function hooks(machine: Machine, prefix: string): string[] {
  return Object.keys(machine.metadata.annotations ?? {})
    .filter((key) => key.startsWith(prefix))
    .sort();
}

function say(rt: Runtime, draft: Machine, ...sayings: Parameters<typeof sayLegacy>[1]): void {
  draft.status ??= {};
  draft.status.conditions = sayLegacy(draft.status.conditions, sayings, rt.timestamp());
}

const excluded = (machine: Machine, what: string): boolean =>
  machine.metadata.annotations?.[`machine.cluster.x-k8s.io/exclude-${what}`] !== undefined;

/** Empties the Node and waits for its volumes; says what it waits for, or tells, with every look, that it is done. */
async function drained(
  rt: Runtime,
  draft: Machine,
  { node, outage }: MachineFacts,
  cluster: Cluster | undefined,
  nodes: NodeAccess | undefined,
): Promise<DeletionStep | undefined> {
  const name = draft.status?.nodeRef?.name ?? '';
  // A control plane has taken its member out of etcd by then: the kubelet there hears of nothing any more.
  const left = ownerName(draft, 'KubeadmControlPlane') && draft.metadata.annotations?.[cleanupHook] === undefined;
  if (left) return undefined;
  if (!excluded(draft, 'node-draining')) {
    // Cordoned before anything is evicted, as `kubectl drain` does; the taint comes from the cluster's own controller.
    if (node && nodes && outage === undefined && node.spec?.unschedulable !== true) {
      await nodes.as('manager').client.change(kinds.Node, node, (one) => {
        one.spec = { ...one.spec, unschedulable: true };
      });
    }
    if (!node) draft.status!.deletion = { nodeDrainStartTime: rt.timestamp(), ...draft.status?.deletion };
    const drain = node && (await drainStep(rt, draft, node, cluster, outage !== undefined));
    if (drain) return drain;
    // Where its time is over nobody says that it succeeded; where somebody has deleted the Node it does.
    if (!drainIsOver(rt, draft)) {
      if (node) tellDrain(rt, draft, undefined);
      else tellSkipped(rt, draft, 'drain', 'gone');
      say(rt, draft, yes('DrainingSucceeded'));
      await rt.event(draft, 'Normal', 'SuccessfulDrainNode', `success draining Machine's node "${name}"`, component);
    }
  }
  if (!excluded(draft, 'wait-for-node-volume-detach')) {
    draft.status!.deletion = { waitForNodeVolumeDetachStartTime: rt.timestamp(), ...draft.status?.deletion };
    if (!node) tellSkipped(rt, draft, 'volumes', 'gone');
    else if (isLost(node)) tellSkipped(rt, draft, 'volumes', 'lost');
    say(rt, draft, yes('VolumeDetachSucceeded'));
    const detached = `success waiting for node volumes detaching Machine's node "${name}"`;
    await rt.event(draft, 'Normal', 'NodeVolumesDetached', detached, component);
  }
  return undefined;
}

function drainIsOver(rt: Runtime, { spec, status }: Machine): boolean {
  const limit = durationMs(spec?.nodeDrainTimeout);
  return limit > 0 && rt.since(status?.deletion?.nodeDrainStartTime) >= limit;
}

async function drainStep(
  rt: Runtime,
  draft: Machine,
  node: Node,
  cluster: Cluster | undefined,
  cutOff: boolean,
): Promise<DeletionStep | undefined> {
  const name = draft.metadata.name;
  draft.status ??= {};
  const status = draft.status;
  status.deletion ??= {};
  const times = status.deletion;
  if (times.waitForNodeVolumeDetachStartTime) return undefined;
  const begun = times.nodeDrainStartTime;
  times.nodeDrainStartTime ??= rt.timestamp();
  const left = rt.delays.left(name, 'drain', () => rt.random('drain', name).around(durations.drain, 0.5));
  const over = drainIsOver(rt, draft);
  if (!over && cutOff) {
    const message = 'Requeuing drain Node because connection to the workload cluster is down';
    say(rt, draft, no('DrainingSucceeded', 'DrainingFailed', 'Warning', message));
    return { stage: 'DrainingNode', message, again: 20_000 };
  }
  const hangs = left > 0 || rt.faults.drainHangs(name);
  const workload = rt.workload(clusterOf(draft) ?? '', 'manager');
  // On a Node that is silent it is evicted at the first look, and not waited for at the next.
  const going = hangs && !(begun && isLost(node)) ? [simulatedPod(rt, name)] : [];
  const pods = nothingLeft();
  const rules = over ? undefined : await rulesFor(rt, draft, cluster, workload);
  const lines = over ? [] : await evictFrom(workload, node, rt.clock.now(), { rules, going, left: pods });
  if (lines.length > 0) {
    tellDrain(rt, draft, pods);
    const message = `Drain not completed yet (started at ${times.nodeDrainStartTime}):\n${lines.join('\n')}`;
    const first = drainBegins;
    say(rt, draft, no('DrainingSucceeded', 'Draining', 'Info', begun ? message : first));
    // A drain that hangs is looked at again as Cluster API does, every 20 s.
    const again = left > 0 ? (begun ? left : Math.min(left, pace)) : 20_000;
    return { stage: 'DrainingNode', message, again };
  }
  return undefined;
}
