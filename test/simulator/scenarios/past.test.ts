/** Trouble that is an age: a datacenter that begins with it has lived through it. */
import { afterEach, expect, it } from 'vitest';
import { ManualClock } from '../../../src/simulator/controllers/clock.ts';
import { type Datacenter, startDatacenter } from '../../../src/simulator/datacenter.ts';
import { catalog } from '../../../src/simulator/scenarios/catalog.ts';
import { start } from '../harness.ts';
import { explained, explainedIn, readFleet } from './explained.ts';

let datacenter: Datacenter | undefined;
afterEach(async () => {
  await datacenter?.stop();
  datacenter = undefined;
});

const late = catalog.flatMap(({ name, late: after }) => (after === undefined ? [] : [name]));
const speeds = [1, 15, 1, 15, 1];

interface Dated {
  kind: string;
  metadata: { name: string; creationTimestamp: string };
  status?: { conditions?: { type: string; lastTransitionTime: string }[] };
}
const resources = [
  '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machines',
  '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/baremetalmachines',
  '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machineinventorypools',
];

it.each(late.map((name, at) => ({ name, speed: speeds[at % speeds.length]! })))(
  '$name is told from the beginning, at speed $speed, and nothing is dated wrongly',
  async ({ name, speed }) => {
    const clock = new ManualClock(start);
    datacenter = await startDatacenter({ hosts: 16, scenario: name, speed, clock, traffic: false });
    const { transport: kubectl, layout, workloads, faults } = datacenter;
    const clusters = layout.clusters.map((cluster) => cluster.name);
    const fleet = await readFleet({ kubectl, clusters, workload: workloads.transport, faults });
    const told = explainedIn(fleet, clock.now());
    expect(told.map(({ id, root }) => ({ id, at: root.kind }))).toEqual([
      { id: explained[name]!.id, at: explained[name]!.at },
    ]);
    expect(clock.now()).toBe(start);
    for (const path of resources) {
      const { items } = await kubectl.json<{ items: Dated[] }>({ path });
      for (const { metadata, status } of items) {
        const created = Date.parse(metadata.creationTimestamp);
        expect(created).toBeLessThanOrEqual(start);
        for (const { type, lastTransitionTime } of status?.conditions ?? []) {
          const changed = Date.parse(lastTransitionTime);
          expect(changed, `${metadata.name} ${type}`).toBeGreaterThanOrEqual(created);
          expect(changed, `${metadata.name} ${type}`).toBeLessThanOrEqual(start);
        }
      }
    }
  },
);
