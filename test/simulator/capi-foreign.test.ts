/**
 * The provider, its hosts and the elemental operator beside a Cluster API that is not ours: they must live on what its
 * contract promises alone. Here a test writes that, and nothing else, as any Cluster API would.
 */

import { afterEach, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { ownerReference } from '../../src/simulator/controllers/owners.ts';
import { stateOf } from '../../src/simulator/controllers/provider/inventory.ts';
import type { Cluster, Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab | undefined;
afterEach(() => lab?.stop());

const clusterLabel = { 'cluster.x-k8s.io/cluster-name': 'prod' };

/** A Machine with its infrastructure object and its bootstrap data, with no status and no conditions at all. */
async function foreignMachine({ client, runtime }: Lab, name: string): Promise<Machine> {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels: clusterLabel } };
  await client.create(kinds.Secret, { ...secret, data: { value: Buffer.from('#cloud-config\n').toString('base64') } });
  const machine = await client.create(kinds.Machine, {
    apiVersion: kinds.Machine.apiVersion,
    kind: 'Machine',
    metadata: { name, labels: clusterLabel },
    spec: {
      clusterName: 'prod',
      version: 'v1.33.7-2',
      bootstrap: { dataSecretName: name },
      infrastructureRef: {
        apiVersion: kinds.BaremetalMachine.apiVersion,
        kind: 'BaremetalMachine',
        name,
        namespace: runtime.namespace,
      },
    },
  });
  await client.create(kinds.BaremetalMachine, {
    apiVersion: kinds.BaremetalMachine.apiVersion,
    kind: 'BaremetalMachine',
    metadata: { name, labels: clusterLabel, ownerReferences: [ownerReference(machine)] },
    spec: { machineInventoryPoolRef: { name: 'prod-worker-pool' } },
  });
  return machine;
}

it.each(['v1beta1', 'v1beta2'] as const)('a host is provisioned and let go again: %s', async (clusterApi) => {
  lab = await openLab({ clusterApi, groups: ['provider', 'hosts', 'elemental'] });
  const { client, runtime } = lab;
  await foreignMachine(lab, 'foreign');
  const infra = () => runtime.informer(kinds.BaremetalMachine).get('foreign');
  await lab.until(() => infra()?.status?.ready === true, 30 * minute, 'the host');
  const host = infra()!.status!.machineInventoryRef!.name;
  expect(infra()).toMatchObject({ spec: { providerID: `baremetal:///${host}` }, status: { phase: 'Running' } });
  const nodes = (await runtime.nodes('prod')).informer;
  expect(nodes.by('provider', `baremetal:///${host}`)).toHaveLength(1);

  await client.remove(kinds.BaremetalMachine, 'foreign');
  await lab.until(() => infra() === undefined, 10 * minute, 'the release');
  expect(stateOf(runtime.informer(kinds.MachineInventory).get(host)!)).toBe('Available');
  expect(lab.errors).toEqual([]);
});

it('waits for bootstrap data, and stands still while the Cluster is paused', async () => {
  lab = await openLab({ groups: ['provider', 'hosts', 'elemental'] });
  const { client, runtime } = lab;
  const pause = (paused: boolean) =>
    client.change<Cluster>(kinds.Cluster, runtime.informer(kinds.Cluster).get('prod')!, (draft) => {
      draft.spec!.paused = paused;
    });
  await pause(true);
  await foreignMachine(lab, 'foreign');
  await lab.run(10 * minute);
  const infra = () => runtime.informer(kinds.BaremetalMachine).get('foreign');
  expect(infra()?.status).toBeUndefined();
  await pause(false);
  await lab.until(() => infra()?.status?.ready === true, 30 * minute, 'the host');
  expect(lab.errors).toEqual([]);
});
