/** Trouble with pools: missing, exhausted, with members that cannot serve. */

import { registeredInventory } from '../controllers/elemental/register.ts';
import { kinds } from '../controllers/kinds.ts';
import { machineTemplate } from '../world/blueprint.ts';
import { createOnce, edit, scaleFor, swapTemplate, takeGroup } from './operator.ts';
import { NotHere, type Scenario, type Stage } from './scenario.ts';

const poolMissing: Scenario = {
  name: 'pool-missing',
  failureMode: 'F1',
  about: 'An operator swaps a group to a template with a typing error in the name of its pool.',
  lookFor: 'a BaremetalMachine that stays Pending with InventoryAllocated=False/PoolMissing; the rollout waits for it',
  async *start(stage) {
    const group = await takeGroup(stage);
    const template = `${group.template}-sim-typo`;
    const pool = `${group.pool}-sim-typo`;
    await createOnce(stage, kinds.BaremetalMachineTemplate, machineTemplate(template, pool));
    await swapTemplate(stage, group, template);
    yield { did: `${group.name} was swapped to template ${template}, whose pool ${pool} does not exist` };
  },
};

const poolExhausted: Scenario = {
  name: 'pool-exhausted',
  failureMode: 'F2',
  about: 'A group is scaled beyond the free hosts of its pool.',
  lookFor:
    'a BaremetalMachine that stays Pending with InventoryAllocated=False/PoolExhausted; its pool has available=0',
  async *start(stage) {
    const group = await takeGroup(stage);
    const pool = await stage.operator.get(kinds.MachineInventoryPool, group.pool);
    const wanted = group.replicas + (pool?.status?.available ?? 0) + 2;
    await scaleFor(stage, group, wanted);
    yield { did: `${group.name} was scaled from ${group.replicas} to ${wanted}` };
  },
};

/** Adds a member to a pool until the scenario is healed. */
async function addMember(stage: Stage, pool: string, member: string): Promise<void> {
  stage.onHeal(() =>
    edit(stage, kinds.MachineInventoryPool, pool, (draft) => {
      draft.spec!.machineInventories = draft.spec!.machineInventories?.filter(({ name }) => name !== member);
    }),
  );
  await edit(stage, kinds.MachineInventoryPool, pool, (draft) => {
    draft.spec!.machineInventories = [...(draft.spec!.machineInventories ?? []), { name: member }];
  });
}

const memberMissing: Scenario = {
  name: 'pool-member-missing',
  failureMode: 'F3',
  about: 'A pool names a host that does not exist.',
  lookFor: 'the pool with MembersValid=False and Ready=False, naming the host, and unavailable=1',
  async *start(stage) {
    const { pool } = await takeGroup(stage);
    const member = `sim-typo-r${stage.random.integer(1, 9)}-u${stage.random.integer(10, 40)}`;
    await addMember(stage, pool, member);
    yield { did: `${member} was added to ${pool}, and there is no such host` };
  },
};

const hostWithoutPlan: Scenario = {
  name: 'host-without-plan',
  failureMode: 'F4',
  about: 'A host registers while a quota keeps the elemental operator from creating its plan Secret.',
  lookFor: 'a MachineInventory without status.plan.secretRef, and its pool with MembersValid=False naming it',
  needsServer: true,
  async *start(stage) {
    const { operator, server, visitors } = stage;
    const { pool } = await takeGroup(stage);
    const [registration] = await operator.list(kinds.MachineRegistration);
    const known = new Set((await operator.list(kinds.MachineInventory)).map(({ metadata }) => metadata.name));
    const hosts = registration
      ? visitors.map((one) => registeredInventory(registration, one, stage.clock.now()))
      : undefined;
    const host = hosts?.find(({ metadata }) => !known.has(metadata.name));
    if (!host) throw new NotHere('there is no server left that could register');
    const { name } = host.metadata;
    stage.onHeal(() => operator.remove(kinds.MachineInventory, name));
    const quota = server!.exceedQuota('secrets');
    stage.onHeal(async () => quota());
    await operator.create(kinds.MachineInventory, host);
    await addMember(stage, pool, name);
    yield { did: `${name} registered and was added to ${pool}, but it gets no plan Secret` };
  },
};

const miscount: Scenario = {
  name: 'miscount',
  about: 'The provider loses count of the free hosts of a pool while a group of it grows.',
  lookFor: 'a pool whose counters do not add up to its total',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1 });
    stage.onHeal(async () => stage.faults.miscount(group.pool, false));
    stage.faults.miscount(group.pool, true);
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${group.name} was scaled to ${group.replicas + 1}, and ${group.pool} still counts its host as free` };
  },
};

export const poolScenarios: readonly Scenario[] = [
  poolMissing,
  poolExhausted,
  memberMissing,
  hostWithoutPlan,
  miscount,
];
