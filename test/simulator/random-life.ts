/** A life by chance: operators do what operators do, hosts fail, and the world must hold together and come back. */

import { deleteAnnotation } from '../../src/simulator/controllers/capi/delete-order.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { planSecrets, planTypeOf } from '../../src/simulator/controllers/plan-secret.ts';
import { marks, stateOf } from '../../src/simulator/controllers/provider/inventory.ts';
import { countMembers } from '../../src/simulator/controllers/provider/pool.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { watchInvariants } from './invariants.ts';

const versions = ['v1.33.7-2', 'v1.33.7-3', 'v1.33.7-4'];

type Act = (lab: Lab, random: Random) => Promise<unknown>;

const deployments = (lab: Lab) => lab.runtime.informer(kinds.MachineDeployment).list();
const machines = (lab: Lab) => lab.runtime.informer(kinds.Machine).list();

const acts: Record<string, Act> = {
  async scale(lab, random) {
    const deployment = random.pick(deployments(lab));
    await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.replicas = random.integer(1, 5);
    });
  },
  async mark(lab, random) {
    const machine = random.pick(machines(lab).filter((one) => !one.metadata.deletionTimestamp));
    await lab.client.change(kinds.Machine, machine, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [deleteAnnotation]: '' };
    });
  },
  async replace(lab, random) {
    const busy = lab.runtime
      .informer(kinds.Machine)
      .list()
      .some((one) => one.metadata.deletionTimestamp);
    if (!busy) await lab.client.remove(kinds.Machine, random.pick(machines(lab)).metadata.name);
  },
  async upgradeWorkers(lab, random) {
    const deployment = random.pick(deployments(lab));
    const minor = deployment.spec?.template?.spec?.version?.slice(0, 5);
    const fitting = versions.filter((version) => version.startsWith(minor ?? ''));
    if (fitting.length === 0) return;
    await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.template!.spec!.version = random.pick(fitting);
    });
  },
  async upgradePlane(lab, random) {
    const plane = lab.runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
    await lab.client.change(kinds.KubeadmControlPlane, plane, (draft) => {
      draft.spec!.version = random.pick(versions);
    });
  },
  async pause(lab, random) {
    const cluster = random.pick(lab.runtime.informer(kinds.Cluster).list());
    await lab.client.change(kinds.Cluster, cluster, (draft) => {
      draft.spec!.paused = !draft.spec!.paused;
    });
  },
  async breakHost(lab, random) {
    const host = random.pick(lab.runtime.informer(kinds.MachineInventory).list());
    const type = random.pick(['clean', 'reprovision']);
    lab.faults.plan(host.metadata.name, type, { instruction: 1, output: 'broken\n', times: random.integer(1, 2) });
  },
  async hangDrain(lab, random) {
    lab.faults.hangDrain(random.pick(machines(lab)).metadata.name, true);
  },
};

export interface Life {
  /** What did not hold, with the acts that led there. */
  broken: string[];
  errors: string[];
  acts: string[];
}

/** Lives through `count` acts and then waits for the world to come to rest. */
export async function liveThrough(seed: number, count: number): Promise<Life> {
  const lab = await openLab({ seed, hosts: 16, clusters: 2 });
  const random = new Random('life', seed);
  const watch = watchInvariants(lab.runtime);
  const done: string[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const name = random.pick(Object.keys(acts));
      done.push(name);
      await acts[name]!(lab, random);
      await lab.run(random.integer(1, 8) * minute);
    }
    await comeToRest(lab);
    return { broken: [...watch.broken, ...unrest(lab)], errors: lab.errors, acts: done };
  } finally {
    await lab.stop();
  }
}

/** Ends all trouble and gives the world the time to finish what it has begun. */
async function comeToRest(lab: Lab): Promise<void> {
  for (const host of lab.runtime.informer(kinds.MachineInventory).list()) {
    for (const type of ['clean', 'reprovision']) lab.faults.plan(host.metadata.name, type, undefined);
  }
  for (const machine of machines(lab)) lab.faults.hangDrain(machine.metadata.name, false);
  for (const cluster of lab.runtime.informer(kinds.Cluster).list()) {
    await lab.client.change(kinds.Cluster, cluster, (draft) => {
      draft.spec!.paused = false;
    });
  }
  for (const deployment of deployments(lab)) {
    await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.replicas = 2;
    });
  }
  await lab.run(4 * 60 * minute);
}

/** What is not at rest. */
function unrest(lab: Lab): string[] {
  const found: string[] = [];
  for (const { metadata, spec, status } of deployments(lab)) {
    const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
    if (counts.some((count) => count !== spec?.replicas))
      found.push(`${metadata.name} has ${counts} of ${spec?.replicas}`);
  }
  for (const { metadata, spec, status } of lab.runtime.informer(kinds.KubeadmControlPlane).list()) {
    const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
    if (counts.some((count) => count !== spec?.replicas))
      found.push(`${metadata.name} has ${counts} of ${spec?.replicas}`);
    if (status?.version !== spec?.version)
      found.push(`${metadata.name} is at ${status?.version}, not ${spec?.version}`);
  }
  const infras = lab.runtime.informer(kinds.BaremetalMachine);
  for (const infra of infras.list()) {
    if (infra.status?.phase !== 'Running') found.push(`${infra.metadata.name} is ${infra.status?.phase}`);
  }
  const secrets = planSecrets(lab.runtime);
  for (const inventory of lab.runtime.informer(kinds.MachineInventory).list()) {
    const { name, annotations } = inventory.metadata;
    const owner = annotations?.[marks.baremetalMachine];
    if (owner && !infras.get(owner)) found.push(`${name} belongs to ${owner}, which is gone`);
    const type = planTypeOf(secrets.get(name)!);
    if (!owner && annotations?.[marks.pool] && stateOf(inventory) !== 'Available')
      found.push(`${name} is not released`);
    if (!owner && type === 'reprovision') found.push(`${name} is free and not cleaned`);
  }
  for (const pool of lab.runtime.informer(kinds.MachineInventoryPool).list()) {
    const members = pool.spec!.machineInventories!.map(({ name }) =>
      lab.runtime.informer(kinds.MachineInventory).get(name),
    );
    const counted = countMembers(members);
    for (const [what, count] of Object.entries(counted)) {
      const said = pool.status?.[what as keyof typeof counted];
      if (said !== count) found.push(`${pool.metadata.name} says ${said} ${what}, not ${count}`);
    }
  }
  return found;
}
