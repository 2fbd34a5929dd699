/** Stories in which a group or a control plane is replaced, one Machine after the other. */

import { registerHost } from '../../../src/simulator/controllers/elemental/register.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import type { MachineSpec } from '../../../src/simulator/controllers/shapes/capi.ts';
import { machineInventoryPool, machineTemplate } from '../../../src/simulator/world/blueprint.ts';
import { hardwareAt } from '../../../src/simulator/world/hardware.ts';
import {
  edit,
  group,
  hostOf,
  membersOf,
  minute,
  must,
  mustBe,
  nameOf,
  plane,
  pool,
  type Stage,
  settle,
  stateOf,
  workers,
} from './stage.ts';

const otherPool = 'prod-worker-b-pool';
const versions = { patch: 'v1.33.7-3', minor: 'v1.34.5' };

/** Changes the template of the group's Machines. */
const editTemplate = (stage: Stage, change: (spec: MachineSpec) => void) =>
  edit(stage, kinds.MachineDeployment, group, (draft) => change(draft.spec!.template!.spec!));

/** Three more hosts register and make a second pool. */
async function secondPool(stage: Stage): Promise<void> {
  const { runtime, client } = stage;
  const registration = runtime.informer(kinds.MachineRegistration).list()[0];
  must(registration !== undefined, 'there is a registration');
  const members: { name: string }[] = [];
  for (const index of [101, 102, 103]) {
    members.push({ name: await registerHost(runtime, client, registration, hardwareAt('story', index)) });
  }
  const inventories = runtime.informer(kinds.MachineInventory);
  const isReady = (name: string) =>
    inventories.get(name)?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  await stage.until(() => members.every(({ name }) => isReady(name)), 20 * minute, 'the registrations');
  await client.create(kinds.MachineInventoryPool, machineInventoryPool(otherPool, 'prod', members));
  const isUsable = () => runtime.informer(kinds.MachineInventoryPool).get(otherPool)?.status?.available === 3;
  await stage.until(isUsable, 5 * minute, 'a usable second pool');
}

function mustUse(stage: Stage, used: string, free: string): void {
  const hosts = workers(stage).map((machine) => hostOf(stage, nameOf(machine)));
  must(
    hosts.every((host) => membersOf(stage, used).includes(host)),
    `every worker is on a host of ${used}`,
  );
  must(
    membersOf(stage, free).every((host) => stateOf(stage, host) === 'Available'),
    `every host of ${free} is free`,
  );
}

/** The group moves to another pool by a new template, and back: with v1beta1 the first MachineSet is used again. */
export async function templateSwap(stage: Stage): Promise<void> {
  const sets = () => stage.runtime.informer(kinds.MachineSet).by('deployment', group).map(nameOf);
  const first = sets();
  await secondPool(stage);
  await stage.client.create(kinds.BaremetalMachineTemplate, machineTemplate('prod-worker-b-template', otherPool));
  const swap = async (template: string) => {
    await editTemplate(stage, (spec) => {
      spec.infrastructureRef!.name = template;
    });
    await settle(stage, `the move to ${template}`);
  };
  await swap('prod-worker-b-template');
  mustUse(stage, otherPool, pool);
  const both = sets();
  await swap('prod-worker-template');
  mustUse(stage, pool, otherPool);
  // Controllers of v1beta2 keep no old MachineSet when a rollout is complete.
  const isKept = stage.runtime.clusterApi === 'v1beta1';
  if (isKept) mustBe('the MachineSets', sets(), both);
  else must(sets().length === 1 && !both.includes(sets()[0]!), 'there is one MachineSet, a new one');
  const set = stage.runtime.informer(kinds.MachineSet).get(isKept ? first[0] : sets()[0]);
  mustBe('the replicas of the MachineSet in use', [set?.spec?.replicas], [3]);
}

/** The group gets another bootstrap template. */
export async function bootstrapRollout(stage: Stage): Promise<void> {
  const before = workers(stage).map(nameOf);
  const old = await stage.client.get(kinds.KubeadmConfigTemplate, `${group}-bootstrap`);
  must(old?.spec !== undefined, 'the group has a bootstrap template');
  const spec = structuredClone(old.spec);
  spec.template!.spec!.preKubeadmCommands = [...(spec.template!.spec!.preKubeadmCommands ?? []), 'echo story'];
  const { apiVersion, kind } = old;
  const metadata = { name: `${group}-bootstrap-2` };
  await stage.client.create(kinds.KubeadmConfigTemplate, { apiVersion, kind, metadata, spec });
  await editTemplate(stage, (template) => {
    template.bootstrap!.configRef!.name = metadata.name;
  });
  await settle(stage, 'the rollout');
  must(!workers(stage).some((machine) => before.includes(nameOf(machine))), 'every Machine is new');
  for (const machine of workers(stage)) {
    const name = machine.spec?.bootstrap?.configRef?.name;
    const config = stage.runtime.informer(kinds.KubeadmConfig).get(name);
    must(config?.spec?.preKubeadmCommands?.includes('echo story') === true, `${name} is made from the new template`);
  }
}

/** The workers go to the next patch version. */
export async function workerUpgrade(stage: Stage): Promise<void> {
  await editTemplate(stage, (spec) => {
    spec.version = versions.patch;
  });
  await settle(stage, 'the rollout');
  const found = workers(stage).map(({ status }) => status?.nodeInfo?.kubeletVersion);
  mustBe('the kubelets', found, Array(3).fill(versions.patch));
}

/** The control plane goes to the next minor version, the oldest Machine first. */
export async function planeUpgrade(stage: Stage): Promise<void> {
  const { runtime } = stage;
  const machines = runtime.informer(kinds.Machine);
  const born = (name: string) => machines.get(name)?.metadata.creationTimestamp ?? '';
  const old = machines
    .by('controlPlane', plane)
    .map(nameOf)
    .sort((a, b) => (born(a) === born(b) ? (a < b ? -1 : 1) : born(a) < born(b) ? -1 : 1));
  const gone: string[] = [];
  let most = 0;
  machines.onChange((machine, change) => {
    if (change === 'deleted') gone.push(nameOf(machine));
    most = Math.max(most, machines.by('controlPlane', plane).length);
  });
  await edit(stage, kinds.KubeadmControlPlane, plane, (draft) => {
    draft.spec!.version = versions.minor;
  });
  const done = () => {
    const { status, metadata } = runtime.informer(kinds.KubeadmControlPlane).get(plane)!;
    const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
    const all = counts.every((count) => count === 3) && status?.version === versions.minor;
    return all && status?.observedGeneration === metadata.generation;
  };
  await stage.until(done, 180 * minute, 'the upgrade');
  mustBe('the Machines that went', gone, old);
  mustBe('Machines at most', [most], [3]);
}

/** A control plane that loses a Machine by hand waits until it is replaced before it begins its upgrade. */
export async function planeUpgradeAfterLoss(stage: Stage): Promise<void> {
  const { runtime } = stage;
  const machines = () => runtime.informer(kinds.Machine).by('controlPlane', plane);
  const byAge = (a: string, b: string) => (a < b ? -1 : 1);
  const [lost] = machines().sort((a, b) =>
    byAge(`${b.metadata.creationTimestamp} ${nameOf(b)}`, `${a.metadata.creationTimestamp} ${nameOf(a)}`),
  );
  must(lost !== undefined, 'there is a control plane');
  await stage.client.remove(kinds.Machine, nameOf(lost));
  await edit(stage, kinds.KubeadmControlPlane, plane, (draft) => {
    draft.spec!.version = versions.patch;
  });
  const done = () => {
    const { status } = runtime.informer(kinds.KubeadmControlPlane).get(plane)!;
    const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
    return counts.every((count) => count === 3) && status?.version === versions.patch && machines().length === 3;
  };
  await stage.until(done, 180 * minute, 'the upgrade');
  must(!machines().some((machine) => nameOf(machine) === nameOf(lost)), 'the lost Machine is gone');
}

/** A whole upgrade by one minor: the control plane, then the workers. */
export async function upgrade(stage: Stage): Promise<void> {
  await planeUpgrade(stage);
  await editTemplate(stage, (spec) => {
    spec.version = versions.minor;
  });
  await settle(stage, 'the rollout of the workers');
  const found = workers(stage).map(({ status }) => status?.nodeInfo?.kubeletVersion);
  mustBe('the kubelets', found, Array(3).fill(versions.minor));
}
