/**
 * The stories of test/simulator/stories, told by the simulator's controllers on a real API server: the same end, the
 * same that always holds, and nothing they write is refused or dropped by the real schemas.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds, pathOf } from '../../src/simulator/controllers/kinds.ts';
import { type StoryName, stories } from '../simulator/stories/index.ts';
import { type Cluster, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';
import { watchKept } from './stories/kept.ts';
import { openStage } from './stories/stage.ts';

const { assets, crds, clusterApi } = clusterEnvironment();

let cluster: Cluster;
beforeAll(async () => {
  // Several worlds at once ask for more than its limit on requests in flight.
  cluster = await startCluster({ assets, crds, flags: ['--enable-priority-and-fairness=false'] });
});
afterAll(() => cluster?.stop());

// An upgrade contains that of the control plane.
const told = (Object.keys(stories) as StoryName[]).filter((name) => name !== 'control plane upgrade');

it('a field that the schema does not know is missed', async () => {
  const { transport, complaints } = watchKept(cluster.transport());
  const { apiVersion, kind } = kinds.BaremetalMachineTemplate;
  const spec = { template: { spec: { machineInventoryPoolRef: { name: 'pool' }, sizeOfPool: 4 } } };
  const body = { apiVersion, kind, metadata: { name: 'unknown-field' }, spec };
  await transport.json({ method: 'POST', path: pathOf(kinds.BaremetalMachineTemplate, cluster.namespace), body });
  expect([...complaints]).toEqual(['BaremetalMachineTemplate.spec.template.spec.sizeOfPool']);
});

describe(`the simulator's controllers on kube-apiserver, Cluster API ${clusterApi}`, () => {
  it.concurrent.each(told)('%s', async (name) => {
    const stage = await openStage(cluster.transport(), `story-${name.replaceAll(' ', '-')}`, clusterApi);
    try {
      await stories[name](stage);
      expect(stage.broken).toEqual([]);
      expect(stage.errors).toEqual([]);
      expect(stage.lost()).toEqual([]);
    } finally {
      await stage.close();
    }
  });
});
