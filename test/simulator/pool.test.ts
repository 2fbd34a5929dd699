import { afterEach, beforeEach, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { marks } from '../../src/simulator/controllers/provider/inventory.ts';
import type { PoolMember } from '../../src/simulator/controllers/shapes/provider.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const pool = (name = 'prod-worker-pool') => lab.runtime.informer(kinds.MachineInventoryPool).get(name)!;
const host = (name: string) => lab.runtime.informer(kinds.MachineInventory).get(name);
const condition = (type: string) => pool().status?.conditions?.find((one) => one.type === type);

async function addMember(member: PoolMember): Promise<void> {
  await lab.client.change(kinds.MachineInventoryPool, pool(), (draft) => {
    draft.spec!.machineInventories = [...draft.spec!.machineInventories!, member];
  });
  await lab.run(1000);
}

/** The host that is in no pool. */
function newHost(): string {
  return lab.runtime
    .informer(kinds.MachineInventory)
    .list()
    .find(({ metadata }) => metadata.annotations?.[marks.pool] === undefined)!.metadata.name;
}

it('a new member is claimed, counted, and taken after those declared before it, under its hostname', async () => {
  const before = pool().status!;
  const name = newHost();
  await addMember({ name, hostname: 'extra-01' });
  expect(pool().status).toMatchObject({ total: before.total! + 1, available: before.available! + 1 });
  expect(host(name)?.metadata.annotations).toMatchObject({
    [marks.pool]: 'prod-worker-pool',
    [marks.state]: 'Available',
  });
  const deployment = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
  await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
    draft.spec!.replicas = 5;
  });
  await lab.run(minute);
  expect(host(name)?.metadata.annotations?.[marks.state]).toBe('Available');
  await lab.client.change(
    kinds.MachineDeployment,
    lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!,
    (draft) => {
      draft.spec!.replicas = 6;
    },
  );
  await lab.run(15 * minute);
  expect((await lab.runtime.nodes('prod')).informer.get('extra-01')?.spec?.providerID).toBe(`baremetal:///${name}`);
});

it("a member that does not exist, or is another pool's, is unavailable and named", async () => {
  await addMember({ name: 'nobody' });
  expect(pool().status?.unavailable).toBe(1);
  expect(condition('MembersValid')).toMatchObject({ status: 'False', message: 'inventory nobody not found' });
  expect(condition('Ready')?.status).toBe('False');
  const others = pool('edge-a-worker-pool').spec!.machineInventories![0]!.name;
  await addMember({ name: others });
  expect(pool().status?.unavailable).toBe(2);
  expect(condition('MembersValid')?.message).toContain(`inventory ${others} belongs to pool edge-a-worker-pool`);
  expect(host(others)?.metadata.annotations?.[marks.pool]).toBe('edge-a-worker-pool');
});

it('a host that is named twice is one host', async () => {
  const before = pool().status!;
  const name = newHost();
  await addMember({ name });
  await addMember({ name });
  expect(pool().spec?.machineInventories?.filter((member) => member.name === name)).toHaveLength(2);
  expect(pool().status).toMatchObject({ total: before.total! + 1, available: before.available! + 1 });
});

it('a member that is not Ready is unavailable until it is', async () => {
  const name = newHost();
  const secret = (await lab.client.get(kinds.Secret, name))!;
  await lab.client.change(kinds.Secret, secret, (draft) => {
    draft.data = { plan: draft.data!['plan']! };
  });
  await addMember({ name });
  expect(condition('MembersValid')?.message).toBe(`inventory ${name} is not Ready`);
  await lab.run(minute);
  expect(condition('MembersValid')?.status).toBe('True');
  expect(pool().status?.unavailable).toBe(0);
});

it('miscounts only while told to', async () => {
  lab.faults.miscount('prod-worker-pool', true);
  const deployment = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
  const { available } = pool().status!;
  await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
    draft.spec!.replicas = 5;
  });
  await lab.run(minute);
  expect(pool().status).toMatchObject({ available, total: 5, allocated: 4, reprovisioning: 1 });
  lab.faults.miscount('prod-worker-pool', false);
  await lab.run(1000);
  expect(pool().status?.available).toBe(0);
});
