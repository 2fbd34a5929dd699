/** Machines in a rack that boot the ISO somebody builds. */
import { afterEach, expect, it } from 'vitest';
import { find } from '../../src/simulator/controllers/conditions.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { Rack } from '../../src/simulator/rack.ts';
import { hardwareAt } from '../../src/simulator/world/hardware.ts';
import { machineRegistration, seedImage } from '../../src/simulator/world/onboarding.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab | undefined;
afterEach(() => lab?.stop());

it('register one after the other, some minutes after an ISO is built that was not there before', async () => {
  let rack: Rack | undefined;
  const waiting = [501, 502, 503].map((index) => hardwareAt('rack', index));
  lab = await openLab({
    prepare: (runtime) => {
      rack = new Rack(runtime, waiting);
    },
  });
  rack?.start();
  const inventories = lab.runtime.informer(kinds.MachineInventory);
  const image = () => lab?.runtime.informer(kinds.SeedImage).get('fresh-registration-iso');
  const before = inventories.list().map(({ metadata }) => metadata.name);
  await lab.run(20 * minute);
  expect(inventories.list()).toHaveLength(before.length);
  await lab.client.create(kinds.MachineRegistration, machineRegistration('fresh', 'uuid'));
  await lab.client.create(kinds.SeedImage, seedImage('fresh', 'v1.33.7-2'));
  const built = () => find(image()?.status?.conditions, 'SeedImageReady')?.status === 'True';
  await lab.until(built, 20 * minute, 'the ISO');
  // Power, the firmware's own tests, and an ISO that comes over the network.
  await lab.run(119_000);
  expect(inventories.list()).toHaveLength(before.length);
  await lab.until(() => inventories.list().length === before.length + 1, 4 * minute, 'the first registration');
  expect(rack?.waiting).toBe(2);
  await lab.until(() => rack?.waiting === 0, 3.1 * minute, 'the last registration');
  const fresh = inventories.list().filter(({ metadata }) => !before.includes(metadata.name));
  expect(fresh.map(({ metadata }) => metadata.name).sort()).toEqual(waiting.map(({ uuid }) => `fresh-${uuid}`).sort());
  const count = inventories.size;
  await lab.client.create(kinds.SeedImage, { ...seedImage('fresh', 'v1.33.7-2'), metadata: { name: 'second' } });
  await lab.run(20 * minute);
  expect(inventories.size).toBe(count);
});
