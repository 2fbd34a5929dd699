/** Rollouts that cannot end: not enough hosts to go on with. */

import { kinds } from '../controllers/kinds.ts';
import { machineInventoryPool, machineTemplate } from '../world/blueprint.ts';
import { createOnce, edit, type Group, groupAtRest, scaleFor, swapTemplate, takeGroup } from './operator.ts';
import { minute, type Plot, type Scenario, type Stage } from './scenario.ts';

const surgeStalls: Scenario = {
  name: 'surge-stalls',
  failureMode: 'F14',
  about: 'A group with maxSurge 1 rolls while its pool has nothing to surge with.',
  lookFor:
    'a rollout with PoolExhausted from its start: the new Machine waits, and no old one may go before it is ready',
  async *start(stage) {
    const group = await takeGroup(stage);
    const pool = await stage.operator.get(kinds.MachineInventoryPool, group.pool);
    const available = pool?.status?.available ?? 0;
    const template = `${group.template}-sim-copy`;
    await createOnce(stage, kinds.BaremetalMachineTemplate, machineTemplate(template, group.pool));
    if (available > 0) {
      await scaleFor(stage, group, group.replicas + available);
      const after = 40 * minute;
      const until = () => groupAtRest(stage, group.name);
      yield { did: `${group.name} took the last ${available} free hosts`, next: 'it is rolled', after, until };
    }
    await surge(stage, group);
    await swapTemplate(stage, group, template);
    yield { did: `${group.name} rolls with maxSurge 1, and its pool is empty` };
  },
};

/** Sets maxSurge 1 and maxUnavailable 0 until the scenario is healed. */
async function surge(stage: Stage, { name, deployment }: Group): Promise<void> {
  const before = deployment.spec?.strategy?.rollingUpdate;
  stage.onHeal(() =>
    edit(stage, kinds.MachineDeployment, name, (draft) => {
      draft.spec!.strategy = { ...draft.spec!.strategy, rollingUpdate: { ...before } };
    }),
  );
  await edit(stage, kinds.MachineDeployment, name, (draft) => {
    const old = draft.spec!.strategy;
    draft.spec!.strategy = { ...old, rollingUpdate: { ...old?.rollingUpdate, maxSurge: 1, maxUnavailable: 0 } };
  });
}

const exhaustedMidRollout: Scenario = {
  name: 'exhausted-mid-rollout',
  failureMode: 'F15',
  about: 'A group is moved to a pool that has fewer hosts than the group needs.',
  lookFor: 'a rollout that begins well and stops: a new BaremetalMachine Pending with PoolExhausted in the new pool',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1, replicas: 2 });
    const small = `${group.pool}-sim-small`;
    const host = group.free[0]!;
    const members = (await stage.operator.get(kinds.MachineInventoryPool, group.pool))?.spec?.machineInventories ?? [];
    stage.onHeal(() => giveBack(stage, group, small, members));
    await setMembers(stage, group.pool, (list) => list.filter(({ name }) => name !== host));
    const member = members.find(({ name }) => name === host) ?? { name: host };
    await createOnce(
      stage,
      kinds.MachineInventoryPool,
      machineInventoryPool(small, group.cluster.name, [{ ...member }]),
    );
    const template = `${group.template}-sim-small`;
    await createOnce(stage, kinds.BaremetalMachineTemplate, machineTemplate(template, small));
    await swapTemplate(stage, group, template);
    yield { did: `${group.name} was moved to ${small}, which has one host` };
  },
};

type Members = { name: string; hostname?: string }[];

function setMembers(stage: Stage, pool: string, change: (members: Members) => Members) {
  return edit(stage, kinds.MachineInventoryPool, pool, (draft) => {
    draft.spec!.machineInventories = change(draft.spec!.machineInventories ?? []);
  });
}

/** Waits until the group is back in its pool, and then gives the pool its hosts back, in their order. */
async function* giveBack(stage: Stage, group: Group, small: string, members: Members): Plot {
  const until = () => groupAtRest(stage, group.name);
  yield { did: `${group.name} was moved back`, next: `${small} is dissolved`, after: 120 * minute, until };
  await stage.operator.remove(kinds.MachineInventoryPool, small);
  await setMembers(stage, group.pool, (list) => {
    const known = new Set(members.map(({ name }) => name));
    return [...members, ...list.filter(({ name }) => !known.has(name))];
  });
}

export const rolloutScenarios: readonly Scenario[] = [surgeStalls, exhaustedMidRollout];
