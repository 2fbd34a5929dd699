/** An operation lived from its plan to its end in the simulated datacenter. */
import { expect } from 'vitest';
import type { GroupRow, ObjectRef } from '../../../src/domain/fleet/rows.ts';
import type { Operation, Plan, Request, Sent, World } from '../../../src/operations/contract.ts';
import { type Lab, minute } from '../../simulator/harness.ts';
import { carryOut, pictureOf, withNeeds } from './datacenter.ts';
import { sentOf } from './world.ts';

/** What was planned, written, and seen. */
export interface Lived {
  plan: Plan;
  sent: Sent;
  /** Names of the machines of the fleet in the order in which they were seen to go. */
  gone: string[];
  after: World;
}

/** The row of a group. */
export const groupIn = (world: World, name: string): GroupRow =>
  world.fleet.groups.list.find((each) => each.name === name)!;

/** A reference to a group. */
export const groupRef = ({ object }: GroupRow): ObjectRef => ({
  kind: object.kind,
  uid: object.uid,
  name: object.name,
});

/** The names of the machines of a group. */
export const machineNames = (world: World, name: string): string[] =>
  groupIn(world, name).machines.map((uid) => world.fleet.machines.byUid.get(uid)!.name);

/** The first word behind `start` in each of the expectations that begin so. */
export const told = (plan: Plan, start: string): string[] =>
  plan.expected.flatMap(({ text }) => (text.startsWith(start) ? text.slice(start.length).split(/, | /)[0]! : []));

/** Plans, writes, and looks every half minute until it is done. Fails where it is refused, fails, or does not end. */
export async function live(lab: Lab, operation: Operation, request: Omit<Request, 'operation'>): Promise<Lived> {
  const asked = { ...request, operation: operation.id };
  const world = await withNeeds(lab, await pictureOf(lab), operation, asked);
  expect(operation.refuse(world, asked)).toBeUndefined();
  const plan = operation.plan(world, asked);
  const sent = sentOf(asked, plan);
  await carryOut(lab, plan);
  const gone: string[] = [];
  let before = world;
  for (let looks = 0; looks < 400; looks++) {
    const now = await pictureOf(lab);
    const left = new Set(now.fleet.machines.list.filter(({ deleting }) => !deleting).map(({ uid }) => uid));
    for (const { uid, name, deleting } of before.fleet.machines.list) {
      if (!deleting && !left.has(uid)) gone.push(name);
    }
    before = now;
    const { outcome } = operation.done(now, sent);
    if (outcome === 'failed') throw new Error(JSON.stringify(operation.done(now, sent)));
    if (outcome === 'done') return { plan, sent, gone, after: now };
    await lab.run(minute / 2);
  }
  throw new Error(`not done: ${JSON.stringify(operation.done(await pictureOf(lab), sent))}`);
}
