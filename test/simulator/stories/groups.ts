/** Stories of a group of workers that grows, shrinks, and has a Machine replaced. */

import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import {
  firstFree,
  hostOf,
  isMarked,
  mark,
  minute,
  must,
  mustBe,
  nameOf,
  planOf,
  pool,
  type Stage,
  scale,
  settle,
  stateOf,
  workers,
} from './stage.ts';

/** One worker more: the first free host of the pool becomes a Node. */
export async function scaleUp(stage: Stage): Promise<void> {
  const host = firstFree(stage, pool);
  const before = workers(stage).map(nameOf);
  await scale(stage, 4);
  await settle(stage, 'the scale-up');
  const made = workers(stage).find((machine) => !before.includes(nameOf(machine)));
  must(made !== undefined, 'there is a fourth Machine');
  mustBe(
    'host, phase and Node of the new Machine',
    [hostOf(stage, nameOf(made)), made.status?.phase],
    [host, 'Running'],
  );
  const node = (await stage.runtime.nodes('prod')).informer.get(made.status?.nodeRef?.name);
  must(node?.spec?.providerID === `baremetal:///${host}`, `the Node of ${host} is its own`);
  mustBe('state and plan of the host', [stateOf(stage, host), await planOf(stage, host)], ['Allocated', 'reprovision']);
}

/** One worker less, nobody marked: the lowest name goes, and its host is cleaned and free. */
export async function scaleDown(stage: Stage): Promise<void> {
  const before = workers(stage).map(nameOf).sort();
  const host = hostOf(stage, before[0]!);
  await scale(stage, 2);
  await settle(stage, 'the scale-down');
  mustBe('the Machines that are left', workers(stage).map(nameOf).sort(), before.slice(1));
  mustBe('state and plan of the host', [stateOf(stage, host), await planOf(stage, host)], ['Available', 'clean']);
  const nodes = (await stage.runtime.nodes('prod')).informer.list();
  must(!nodes.some(({ spec }) => spec?.providerID === `baremetal:///${host}`), `${host} has no Node any more`);
}

/** Exactly the marked worker goes. */
export async function targetedRemoval(stage: Stage): Promise<void> {
  const before = workers(stage).map(nameOf).sort();
  const marked = before.at(-1)!;
  const host = hostOf(stage, marked);
  await mark(stage, marked);
  await stage.until(() => isMarked(stage, marked), minute, 'the sight of the mark');
  await scale(stage, 2);
  await settle(stage, 'the removal');
  mustBe('the Machines that are left', workers(stage).map(nameOf).sort(), before.slice(0, -1));
  mustBe('state and plan of the host', [stateOf(stage, host), await planOf(stage, host)], ['Available', 'clean']);
}

/** A deleted Machine is replaced, but only when it is gone. */
export async function replacement(stage: Stage): Promise<void> {
  const before = workers(stage).map(nameOf);
  const victim = before[1]!;
  let most = 0;
  stage.runtime.informer(kinds.Machine).onChange(() => {
    most = Math.max(most, workers(stage).length);
  });
  await stage.client.remove(kinds.Machine, victim);
  await stage.until(() => !workers(stage).some((machine) => nameOf(machine) === victim), 20 * minute, 'the deletion');
  await settle(stage, 'the replacement');
  const after = workers(stage).map(nameOf);
  must(before.filter((name) => after.includes(name)).length === 2, 'the two others are still there');
  mustBe('Machines at the end and at most', [after.length, most], [3, 3]);
}
