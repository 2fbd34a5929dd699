/** Where a story is played: a fake clock and the embedded API, or the wall clock and a real API server. */

import { deleteAnnotation } from '../../../src/simulator/controllers/capi/delete-order.ts';
import type { Client } from '../../../src/simulator/controllers/client.ts';
import { isConflict } from '../../../src/simulator/controllers/client.ts';
import type { Faults } from '../../../src/simulator/controllers/faults.ts';
import { type Kind, kinds } from '../../../src/simulator/controllers/kinds.ts';
import type { Runtime } from '../../../src/simulator/controllers/runtime.ts';
import type { Machine, MachineDeployment } from '../../../src/simulator/controllers/shapes/capi.ts';
import type { KubeObject } from '../../../src/simulator/controllers/shapes/meta.ts';
import { planKind } from '../plan-rule.ts';

export const second = 1000;
export const minute = 60 * second;

/** All a story may use. Times are those of the simulated world, in ms. */
export interface Stage {
  runtime: Runtime;
  client: Client;
  faults: Faults;
  /** Lets time pass until `done` holds; throws when it does not within `limit`. */
  until(done: () => boolean, limit: number, what: string): Promise<void>;
}

/** The world every story begins in: one cluster of three and three, one free worker. */
export const world = { hosts: 7, clusters: 1, pools: 1 };
export const group = 'prod-workers';
export const plane = 'prod-control-plane';
export const pool = 'prod-worker-pool';

/** Throws unless something holds that must be so at this point of a story. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`it does not hold that ${what}`);
}

/** Two lists as a sentence for `must`. */
export function mustBe(what: string, found: readonly unknown[], wanted: readonly unknown[]): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  must(a === b, `${what} are ${b}: they are ${a}`);
}

/** Changes an object as an operator does: what is there now, again where somebody else was quicker. */
export async function edit<T extends KubeObject>(
  stage: Stage,
  kind: Kind<T>,
  name: string,
  change: (draft: T) => void,
) {
  for (let tries = 0; ; tries++) {
    const found = await stage.client.get(kind, name);
    must(found !== undefined, `there is a ${kind.kind} ${name}`);
    try {
      return await stage.client.change(kind, found, change);
    } catch (error) {
      if (!isConflict(error) || tries === 20) throw error;
    }
  }
}

/** Sets the replicas of the group. */
export const scale = (stage: Stage, replicas: number) =>
  edit(stage, kinds.MachineDeployment, group, (draft) => {
    draft.spec!.replicas = replicas;
  });

/** Marks a Machine as one to be deleted first. */
export const mark = (stage: Stage, machine: string) =>
  edit(stage, kinds.Machine, machine, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [deleteAnnotation]: 'true' };
  });

/** Whether the controllers know of the mark: what is asked of the group from now on is done with it in mind. */
export const isMarked = ({ runtime }: Stage, machine: string): boolean =>
  runtime.informer(kinds.Machine).get(machine)?.metadata.annotations?.[deleteAnnotation] !== undefined;

/** The group's Machines by name. */
export function workers({ runtime }: Stage): Machine[] {
  return runtime.informer(kinds.Machine).by('deployment', group);
}

export const nameOf = ({ metadata }: KubeObject): string => metadata.name;

/** The host of a Machine; empty where it has none. */
export function hostOf({ runtime }: Stage, machine: string): string {
  return runtime.informer(kinds.BaremetalMachine).get(machine)?.status?.machineInventoryRef?.name ?? '';
}

/** The members of a pool, in the order in which they are to be taken. */
export function membersOf({ runtime }: Stage, name: string): string[] {
  const found = runtime.informer(kinds.MachineInventoryPool).get(name);
  return (found?.spec?.machineInventories ?? []).map((member) => member.name);
}

/** What a host is doing. */
export function stateOf({ runtime }: Stage, host: string): string {
  const { annotations } = runtime.informer(kinds.MachineInventory).get(host)?.metadata ?? {};
  return annotations?.['baremetal.alauda.io/allocation-state'] ?? '';
}

/** What kind of plan a host has. */
export async function planOf({ client }: Stage, host: string): Promise<string> {
  const secret = await client.get(kinds.Secret, host);
  return secret ? planKind(secret) : 'none';
}

/** The first free host of a pool. */
export function firstFree(stage: Stage, name: string): string {
  const host = membersOf(stage, name).find((member) => stateOf(stage, member) === 'Available');
  must(host !== undefined, `${name} has a free host`);
  return host;
}

const complete = ({ metadata, spec, status }: MachineDeployment): boolean =>
  status?.observedGeneration === metadata.generation &&
  [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas].every(
    (count) => count === spec?.replicas,
  );

/** Whether the group is all that it is asked to be, and no host of any pool is busy. */
export function isSettled(stage: Stage): boolean {
  const { runtime } = stage;
  const deployment = runtime.informer(kinds.MachineDeployment).get(group);
  const machines = workers(stage);
  return (
    deployment !== undefined &&
    complete(deployment) &&
    machines.length === deployment.spec?.replicas &&
    machines.every(({ metadata }) => !metadata.deletionTimestamp) &&
    poolsAtRest(stage)
  );
}

/** Whether every pool counts nothing but free and allocated hosts. */
function poolsAtRest({ runtime }: Stage): boolean {
  return runtime
    .informer(kinds.MachineInventoryPool)
    .list()
    .every(({ spec, status }) => {
      const { total = 0, available = 0, allocated = 0 } = status ?? {};
      return total === spec?.machineInventories?.length && available + allocated === total;
    });
}

/** Waits until the group is settled. */
export const settle = (stage: Stage, what: string, limit = 90 * minute) =>
  stage.until(() => isSettled(stage), limit, what);
