/** The simulated Cluster API lives through the story real controllers were recorded in, and must say what they said. */

import { expect, it } from 'vitest';
import { type Kind, kinds } from '../../src/simulator/controllers/kinds.ts';
import type { MachineDeployment } from '../../src/simulator/controllers/shapes/capi.ts';
import type { KubeObject } from '../../src/simulator/controllers/shapes/meta.ts';
import { machineTemplate } from '../../src/simulator/world/blueprint.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { fields, recordedObjects, sayings } from './recorded.ts';

/** What the simulator does not say, and why that is right. */
const recordedOnly = [
  // The stand-in's Nodes in the recording never reported their pressures; a kubelet does.
  /Pressure: Condition not yet reported/,
  /(Available|WorkersAvailable) \| False \| NotAvailable .* available replicas, at least N required/s,
  // Its etcd was external, so only the components had a say.
  /\* N of N Machines have healthy control plane components/,
  // Moments of some milliseconds, between two writes of real controllers.
  /Waiting for a Node with spec\.providerID/,
  /Control plane components: Condition not yet reported/,
  /stage: DeletionCompleted/,
  /ControlPlane\w* \| v1beta2 \| (ControlPlane)?MachinesReady .* DrainingNode/s,
  /Cluster \| v1beta2 \| ControlPlaneMachinesReady .* stage: DrainingNode/s,
  // Components asked after the Node had gone.
  /Missing Node|control plane errors|Node HOST does not exist/,
  // Static pods hung in a drain, as no kubelet was there to end them.
  /Drain not completed yet/,
  // A condition frozen by the first reconcile of all, before the recording.
  /EtcdClusterHealthy \| Unknown \| InspectionFailed/,
];

/** What the simulator says and the recording does not, and why that is right. */
const simulatedOnly = [
  // Its etcd is stacked, as in the provider's documentation.
  /[Ee]tcd/,
  // The seeded clusters have health checks.
  /HealthCheckSucceeded \| True/,
  // Workers have something to drain.
  /\* Pod sim-workload\//,
  /^(Cluster|MachineDeployment|MachineSet) \| v1beta2 \| (Worker)?MachinesReady .*stage: DrainingNode$/s,
  /^(MachineDeployment|MachineSet) \| v1beta1 \| (Ready|MachineSetReady) \| False \| Draining @ /,
  // A Machine's first moments are judged in another order.
  /Control plane components: Waiting for BaremetalMachine/,
  /stage: DeletionCompleted\n\* Control plane components: Machine is deleting/,
];

const told: Kind[] = [
  kinds.Cluster,
  kinds.KubeadmControlPlane,
  kinds.MachineDeployment,
  kinds.MachineSet,
  kinds.Machine,
  kinds.KubeadmConfig,
] as unknown as Kind[];

const group = 'prod-workers';

/** The story of the recording, told to a simulated datacenter. */
async function tellStory(lab: Lab): Promise<void> {
  const { runtime, client } = lab;
  const edit = (change: (draft: MachineDeployment) => void) =>
    client.change(kinds.MachineDeployment, runtime.informer(kinds.MachineDeployment).get(group)!, change);
  const scale = (replicas: number) =>
    edit((draft) => {
      draft.spec!.replicas = replicas;
    });
  const pause = (paused: boolean) =>
    client.change(kinds.Cluster, runtime.informer(kinds.Cluster).get('prod')!, (draft) => {
      draft.spec!.paused = paused;
    });
  await scale(3);
  await lab.run(5 * minute);
  await scale(2);
  await lab.run(5 * minute);
  await scale(3);
  await lab.run(15 * minute);
  await client.remove(kinds.Machine, runtime.informer(kinds.Machine).by('deployment', group)[0]!.metadata.name);
  await lab.run(15 * minute);
  await client.create(kinds.BaremetalMachineTemplate, machineTemplate('prod-worker-template-2', 'prod-worker-pool'));
  await edit((draft) => {
    draft.spec!.template!.spec!.infrastructureRef!.name = 'prod-worker-template-2';
  });
  await lab.run(60 * minute);
  const plane = runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
  await client.change(kinds.KubeadmControlPlane, plane, (draft) => {
    draft.spec!.version = 'v1.34.5';
  });
  await lab.run(90 * minute);
  await scale(4);
  await lab.run(5 * minute);
  await edit((draft) => {
    draft.spec!.replicas = 3;
    draft.spec!.template!.spec!.version = 'v1.34.5';
  });
  await lab.run(60 * minute);
  const member = runtime.informer(kinds.Machine).by('controlPlane', plane.metadata.name)[0]!.metadata.name;
  await client.remove(kinds.Machine, member);
  await lab.run(20 * minute);
  await pause(true);
  await scale(2);
  await lab.run(2 * minute);
  await pause(false);
  await lab.run(20 * minute);
}

it('says in every condition what the real controllers said, in the same words and fields', async () => {
  const real = { sayings: new Set<string>(), fields: new Set<string>() };
  for (const object of recordedObjects()) {
    if (!told.some(({ kind }) => kind === object.kind)) continue;
    for (const line of sayings(object)) real.sayings.add(line);
    for (const field of fields(object.status)) real.fields.add(`${object.kind}.status${field}`);
  }
  const lab = await openLab();
  const simulated = { sayings: new Set<string>(), fields: new Set<string>() };
  for (const kind of told) {
    lab.runtime.informer(kind).onChange((object: KubeObject) => {
      if (object.metadata.name.startsWith('edge-a')) return;
      for (const line of sayings(object)) simulated.sayings.add(line);
      for (const field of fields((object as { status?: unknown }).status)) {
        simulated.fields.add(`${object.kind}.status${field}`);
      }
    });
  }
  await tellStory(lab);
  await lab.stop();
  expect(lab.errors).toEqual([]);
  const missing = [...real.sayings].filter((line) => !simulated.sayings.has(line));
  const extra = [...simulated.sayings].filter((line) => !real.sayings.has(line));
  expect(missing.filter((line) => !recordedOnly.some((reason) => reason.test(line)))).toEqual([]);
  expect(extra.filter((line) => !simulatedOnly.some((reason) => reason.test(line)))).toEqual([]);
  expect(real.sayings.size - missing.length).toBeGreaterThan(120);
  // The stand-in's API servers showed nobody their certificates.
  real.fields.add('Machine.status.certificatesExpiryDate');
  expect([...real.fields].sort()).toEqual([...simulated.fields].sort());
});
