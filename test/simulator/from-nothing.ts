/** A cluster that somebody makes in an empty lab. */

import { registerHost } from '../../src/simulator/controllers/elemental/register.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { blueprintOf, machineInventoryPool } from '../../src/simulator/world/blueprint.ts';
import { hardwareAt } from '../../src/simulator/world/hardware.ts';
import { planLayout } from '../../src/simulator/world/layout.ts';
import { machineRegistration } from '../../src/simulator/world/onboarding.ts';
import { imageCatalog } from '../../src/simulator/world/releases.ts';
import { type Lab, minute } from './harness.ts';

/** Applies everything an operator applies for one cluster, by the book. */
export async function createCluster(lab: Lab): Promise<string[]> {
  const { client, runtime } = lab;
  const cluster = planLayout({ hosts: 8, clusters: 1 }).clusters[0]!;
  await client.create(kinds.ConfigMap, imageCatalog());
  await client.create(kinds.MachineRegistration, machineRegistration('prod', 'rack'));
  await lab.run(1000);
  const registration = runtime.informer(kinds.MachineRegistration).get('prod-registration')!;
  const names: string[] = [];
  for (let host = 0; host < 8; host++) {
    names.push(await registerHost(runtime, client, registration, hardwareAt('creation', host)));
  }
  await lab.run(10 * minute);
  for (const { pool, hosts } of [cluster.plane, ...cluster.workers]) {
    const members = hosts.map((host) => ({ name: names[host]! }));
    await client.create(kinds.MachineInventoryPool, machineInventoryPool(pool, 'prod', members));
  }
  const blueprint = blueprintOf(cluster);
  await client.create(kinds.BaremetalMachineTemplate, blueprint.planeTemplate);
  await client.create(kinds.KubeadmControlPlane, blueprint.plane);
  await client.create(kinds.Cluster, blueprint.cluster);
  // Last, so that what waits for it says so.
  await lab.run(2000);
  await client.create(kinds.BaremetalCluster, blueprint.infra);
  for (const { template, bootstrap, deployment } of blueprint.groups) {
    await client.create(kinds.BaremetalMachineTemplate, template);
    await client.create(kinds.KubeadmConfigTemplate, bootstrap);
    await client.create(kinds.MachineDeployment, deployment);
  }
  return names;
}
