import { afterEach, describe, expect, it } from 'vitest';
import { deleteAnnotation } from '../../src/simulator/controllers/capi/delete-order.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { planSecrets, planTypeOf, text } from '../../src/simulator/controllers/plan-secret.ts';
import { stateOf } from '../../src/simulator/controllers/provider/inventory.ts';
import type { KubeObject } from '../../src/simulator/controllers/shapes/meta.ts';
import { type Lab, type LabOptions, minute, openLab } from './harness.ts';
import { watchInvariants } from './invariants.ts';

let lab: Lab | undefined;
afterEach(async () => {
  expect(lab?.errors).toEqual([]);
  await lab?.stop();
  lab = undefined;
});

async function open(options: LabOptions = {}): Promise<Lab> {
  lab = await openLab(options);
  return lab;
}

const group = 'prod-workers';

function machinesOf(of: Lab, deployment: string) {
  return of.runtime.informer(kinds.Machine).by('deployment', deployment);
}

const nameOf = (object: KubeObject): string => object.metadata.name;

async function scale(of: Lab, deployment: string, replicas: number): Promise<void> {
  const found = of.runtime.informer(kinds.MachineDeployment).get(deployment)!;
  await of.client.change(kinds.MachineDeployment, found, (draft) => {
    draft.spec!.replicas = replicas;
  });
}

/** The first free host of a pool. */
function freeHost(of: Lab, pool: string): string {
  const inventories = of.runtime.informer(kinds.MachineInventory);
  const members = of.runtime.informer(kinds.MachineInventoryPool).get(pool)!.spec!.machineInventories!;
  return members.find(({ name }) => stateOf(inventories.get(name)!) === 'Available')!.name;
}

const settled = (of: Lab, deployment: string) => () => {
  const { spec, status, metadata } = of.runtime.informer(kinds.MachineDeployment).get(deployment)!;
  const all = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
  return status?.observedGeneration === metadata.generation && all.every((count) => count === spec?.replicas);
};

describe('the life of a host', () => {
  it('goes from free to running and back to free, through exactly the documented phases', async () => {
    const { runtime } = await open();
    const phases: string[] = [];
    const states: string[] = [];
    const host = runtime
      .informer(kinds.MachineInventory)
      .list()
      .find(
        (inventory) =>
          stateOf(inventory) === 'Available' &&
          inventory.metadata.annotations?.['baremetal.alauda.io/pool'] === 'prod-worker-pool',
      )!;
    const note = (list: string[], what: string) => list.at(-1) !== what && list.push(what);
    runtime.informer(kinds.BaremetalMachine).onChange((infra, change) => {
      const mine = infra.status?.machineInventoryRef?.name === nameOf(host) || !infra.status?.machineInventoryRef;
      if (mine) note(phases, change === 'deleted' ? 'gone' : (infra.status?.phase ?? ''));
    });
    runtime.informer(kinds.MachineInventory).onChange((inventory) => {
      if (nameOf(inventory) === nameOf(host)) note(states, stateOf(inventory));
    });

    await scale(lab!, group, 5);
    await lab!.until(settled(lab!, group), 15 * minute, 'the scale-up');
    expect(phases).toEqual(['', 'Pending', 'Allocated', 'Reprovisioning', 'Running']);
    const machine = machinesOf(lab!, group).find((one) => one.spec?.providerID === `baremetal:///${nameOf(host)}`)!;
    expect(machine.status).toMatchObject({ phase: 'Running', nodeRef: { kind: 'Node', name: nameOf(host) } });
    expect(machine.status?.nodeInfo?.kubeletVersion).toBe('v1.33.7-2');
    const infra = runtime.informer(kinds.BaremetalMachine).get(nameOf(machine))!;
    const secret = planSecrets(runtime).get(nameOf(host))!;
    expect(planTypeOf(secret)).toBe('reprovision');
    expect(text(secret, 'applied-checksum')).toBe(infra.status?.lastAppliedPlanChecksum);
    // The empty plan, this one, and its forced rerun after the reboot.
    expect(text(secret, 'success-count')).toBe('3');

    await lab!.client.change(kinds.Machine, machine, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [deleteAnnotation]: 'true' };
    });
    await scale(lab!, group, 4);
    await lab!.until(settled(lab!, group), 5 * minute, 'the scale-down');
    expect(phases.slice(5)).toEqual(['Preparing', 'gone']);
    expect(states).toEqual(['Available', 'Allocated', 'Reprovisioning', 'Allocated', 'Preparing', 'Available']);
    const free = runtime.informer(kinds.MachineInventory).get(nameOf(host))!;
    const owners = Object.keys(free.metadata.annotations ?? {}).filter((key) => key.includes('/owner-'));
    expect(owners).toEqual([]);
    expect(free.metadata.annotations?.['baremetal.alauda.io/pool']).toBe('prod-worker-pool');
    expect(planTypeOf(planSecrets(runtime).get(nameOf(host))!)).toBe('clean');
    expect((await runtime.nodes('prod')).informer.get(nameOf(host))).toBeUndefined();
  });

  it('shows Applied on the inventory while a new plan waits, as the real operator does', async () => {
    const { runtime } = await open();
    await scale(lab!, group, 5);
    await lab!.run(minute);
    const infra = runtime
      .informer(kinds.BaremetalMachine)
      .list()
      .find((one) => one.status?.phase === 'Reprovisioning')!;
    const inventory = runtime.informer(kinds.MachineInventory).get(infra.status?.machineInventoryRef?.name)!;
    expect(inventory.status?.plan?.state).toBe('Applied');
    expect(inventory.status?.plan?.checksum).not.toBe(infra.status?.lastAppliedPlanChecksum);
  });

  it('may be tried again, and its Machine has not failed while there are tries left', async () => {
    const { runtime, faults } = await open();
    const host = freeHost(lab!, 'prod-worker-pool');
    faults.plan(host, 'reprovision', { instruction: 1, output: 'registry refused (443)\n', times: 2 });
    const outcomes: string[] = [];
    runtime.informer(kinds.BaremetalMachine).onChange((infra) => {
      if (infra.status?.machineInventoryRef?.name !== host) return;
      const state = stateOf(runtime.informer(kinds.MachineInventory).get(host)!);
      const now = `${infra.status.phase} ${state}`;
      if (outcomes.at(-1) !== now) outcomes.push(now);
    });
    await scale(lab!, group, 5);
    await lab!.until(settled(lab!, group), 40 * minute, 'the recovery');
    expect(outcomes.filter((one) => /Failed|Unavailable/.test(one))).toEqual([]);
    expect(text(planSecrets(runtime).get(host)!, 'failure-count')).toBe('0');
    expect(outcomes.at(-1)).toBe('Running Allocated');
  });

  it('gives up after max-failures, and replacing the Machine frees the host', async () => {
    const { runtime, faults } = await open();
    const unchecked = 'edge-a-workers';
    const pools = runtime.informer(kinds.MachineInventoryPool);
    const host = freeHost(lab!, 'edge-a-worker-pool');
    faults.plan(host, 'reprovision', { instruction: 1, output: 'no space left on device\n' });
    await scale(lab!, unchecked, 4);
    await lab!.run(40 * minute);
    const secret = planSecrets(runtime).get(host)!;
    expect(text(secret, 'failure-count')).toBe('3');
    expect(text(secret, 'max-failures')).toBe('3');
    const infra = runtime
      .informer(kinds.BaremetalMachine)
      .list()
      .find((one) => one.status?.phase === 'Failed')!;
    const machine = runtime.informer(kinds.Machine).get(nameOf(infra))!;
    expect(machine.status?.phase).toBe('Failed');
    expect(pools.get('edge-a-worker-pool')?.status?.unavailable).toBe(1);
    faults.plan(host, 'reprovision', undefined);
    await lab!.client.remove(kinds.Machine, nameOf(machine));
    await lab!.until(settled(lab!, unchecked), 20 * minute, 'the replacement');
    expect(pools.get('edge-a-worker-pool')?.status?.unavailable).toBe(0);
  });

  it('is replaced by itself where a health check looks after it', async () => {
    const { runtime, faults } = await open();
    const host = freeHost(lab!, 'prod-worker-pool');
    faults.plan(host, 'reprovision', { instruction: 1, output: 'no space left on device\n', times: 3 });
    const reasons = new Set<string | undefined>();
    runtime.informer(kinds.Machine).onChange(({ status }) => {
      const succeeded = status?.conditions?.find(({ type }) => type === 'HealthCheckSucceeded');
      if (succeeded?.status === 'False') reasons.add(succeeded.reason);
    });
    await scale(lab!, group, 5);
    await lab!.until(settled(lab!, group), 60 * minute, 'the replacement');
    expect([...reasons]).toEqual(['MachineHasFailure']);
    const check = runtime.informer(kinds.MachineHealthCheck).get('prod-workers')!;
    expect(check.status).toMatchObject({ expectedMachines: 5, currentHealthy: 5, remediationsAllowed: 2 });
  });

  it('waits for an image the catalog misses, and goes on when it is added', async () => {
    const { runtime } = await open();
    const catalog = (await lab!.client.get(kinds.ConfigMap, 'elemental-image-catalog'))!;
    const version = 'v1.33.7-2';
    const image = catalog.data![version]!;
    const without = await lab!.client.change(kinds.ConfigMap, catalog, (draft) => {
      delete draft.data![version];
    });
    await scale(lab!, group, 5);
    await lab!.run(5 * minute);
    const infra = runtime
      .informer(kinds.BaremetalMachine)
      .list()
      .find((one) => !one.status?.ready)!;
    expect(infra.status?.phase).toBe('Failed');
    expect(infra.status?.conditions?.find(({ type }) => type === 'ImageResolved')?.reason).toBe('ImageCatalogMiss');
    expect(infra.status?.planSecretRef).toBeUndefined();
    await lab!.client.change(kinds.ConfigMap, without, (draft) => {
      draft.data![version] = image;
    });
    await lab!.until(settled(lab!, group), 15 * minute, 'the recovery');
  });

  it('waits where the pool is exhausted or missing', async () => {
    const { runtime } = await open();
    await scale(lab!, group, 7);
    await lab!.run(10 * minute);
    const waiting = runtime
      .informer(kinds.BaremetalMachine)
      .list()
      .filter((one) => one.status?.phase === 'Pending');
    expect(waiting).toHaveLength(2);
    expect(waiting[0]!.status?.conditions?.[0]).toMatchObject({
      type: 'InventoryAllocated',
      status: 'False',
      reason: 'PoolExhausted',
    });
    await scale(lab!, group, 4);
    await lab!.until(settled(lab!, group), 5 * minute, 'the way back');
  });
});

describe('groups', () => {
  it('a scale-down takes the marked Machine', async () => {
    await open();
    const marked = machinesOf(lab!, group).map(nameOf).sort().at(-1)!;
    const machine = lab!.runtime.informer(kinds.Machine).get(marked)!;
    await lab!.client.change(kinds.Machine, machine, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [deleteAnnotation]: 'true' };
    });
    const others = machinesOf(lab!, group)
      .map(nameOf)
      .filter((name) => name !== marked);
    await scale(lab!, group, others.length);
    await lab!.until(settled(lab!, group), 5 * minute, 'the scale-down');
    expect(machinesOf(lab!, group).map(nameOf)).toEqual(others);
  });

  it('a scale-down with nobody marked takes the lowest name', async () => {
    await open();
    const names = machinesOf(lab!, group).map(nameOf).sort();
    await scale(lab!, group, names.length - 1);
    await lab!.until(settled(lab!, group), 5 * minute, 'the scale-down');
    expect(machinesOf(lab!, group).map(nameOf)).toEqual(names.slice(1));
  });

  it('a deleted Machine is replaced only when it is gone', async () => {
    const { runtime } = await open();
    let most = 0;
    const { broken } = watchInvariants(runtime);
    runtime.informer(kinds.Machine).onChange(() => {
      most = Math.max(most, machinesOf(lab!, group).length);
    });
    const victim = machinesOf(lab!, group)[0]!;
    await lab!.client.remove(kinds.Machine, nameOf(victim));
    await lab!.until(
      () => settled(lab!, group)() && !runtime.informer(kinds.Machine).get(nameOf(victim)),
      15 * minute,
      'it',
    );
    expect(most).toBe(4);
    expect(broken).toEqual([]);
  });

  it('a version change rolls through the group, deleting before making, and keeps one old MachineSet', async () => {
    const { runtime } = await open();
    const { broken } = watchInvariants(runtime);
    const deployment = runtime.informer(kinds.MachineDeployment).get(group)!;
    await lab!.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.template!.spec!.version = 'v1.33.7-3';
    });
    let fewest = 4;
    runtime.onStep(() => {
      const available = runtime.informer(kinds.MachineDeployment).get(group)?.status?.availableReplicas ?? 0;
      fewest = Math.min(fewest, available);
    });
    await lab!.until(settled(lab!, group), 60 * minute, 'the rollout');
    expect(machinesOf(lab!, group).map((machine) => machine.spec?.version)).toEqual(Array(4).fill('v1.33.7-3'));
    expect(runtime.informer(kinds.MachineSet).by('deployment', group)).toHaveLength(2);
    expect(fewest).toBe(3);
    expect(broken).toEqual([]);
  });

  it('a swap back to an earlier template takes the earlier MachineSet again', async () => {
    const { runtime } = await open();
    const names = () => runtime.informer(kinds.MachineSet).by('deployment', group).map(nameOf);
    const first = names();
    const set = async (version: string) => {
      const deployment = runtime.informer(kinds.MachineDeployment).get(group)!;
      await lab!.client.change(kinds.MachineDeployment, deployment, (draft) => {
        draft.spec!.template!.spec!.version = version;
      });
      await lab!.until(settled(lab!, group), 60 * minute, version);
    };
    await set('v1.33.7-3');
    const both = names();
    await set('v1.33.7-2');
    expect(names()).toEqual(both);
    const again = runtime.informer(kinds.MachineSet).get(first[0])!;
    expect(again.spec?.replicas).toBe(4);
    expect(again.metadata.annotations).toMatchObject({ 'machinedeployment.clusters.x-k8s.io/revision': '3' });
  });

  it('a control plane is upgraded one Machine at a time, the oldest first, and finishes', async () => {
    const { runtime } = await open();
    const plane = runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
    const machines = runtime.informer(kinds.Machine);
    const old = machines
      .by('controlPlane', nameOf(plane))
      .sort((a, b) => (a.metadata.creationTimestamp! < b.metadata.creationTimestamp! ? -1 : 1));
    const gone: string[] = [];
    let most = 0;
    const { broken } = watchInvariants(runtime);
    machines.onChange((machine, change) => {
      if (change === 'deleted') gone.push(nameOf(machine));
      most = Math.max(most, machines.by('controlPlane', nameOf(plane)).length);
    });
    await lab!.client.change(kinds.KubeadmControlPlane, plane, (draft) => {
      draft.spec!.version = 'v1.34.5';
    });
    const done = () => {
      const { status } = runtime.informer(kinds.KubeadmControlPlane).get(nameOf(plane))!;
      return status?.version === 'v1.34.5' && status.updatedReplicas === 3 && status.readyReplicas === 3;
    };
    await lab!.until(done, 90 * minute, 'the upgrade');
    await lab!.run(minute);
    expect(gone).toEqual(old.map(nameOf));
    expect(most).toBe(3);
    expect(broken).toEqual([]);
    const ready = runtime.informer(kinds.KubeadmControlPlane).get(nameOf(plane))!.status?.conditions?.[0];
    expect(ready).toMatchObject({ type: 'Ready', status: 'True' });

    // Workers a minor behind can no longer be made: kubeadm joins only its own minor version.
    await scale(lab!, group, 5);
    await lab!.run(10 * minute);
    expect(machinesOf(lab!, group)).toHaveLength(4);
    const set = runtime.informer(kinds.MachineSet).by('deployment', group)[0]!;
    expect(set.status?.conditions?.find(({ type }) => type === 'MachinesCreated')).toMatchObject({
      status: 'False',
      reason: 'PreflightCheckFailed',
    });
    const deployment = runtime.informer(kinds.MachineDeployment).get(group)!;
    expect(deployment.status).toMatchObject({ phase: 'ScalingUp' });
    expect(deployment.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'Ready=True',
      'Available=True',
      'MachineSetReady=False',
    ]);
  });

  it('a paused cluster stands still until it is resumed', async () => {
    const { runtime } = await open();
    const setPaused = (paused: boolean) =>
      lab!.client.change(kinds.Cluster, runtime.informer(kinds.Cluster).get('prod')!, (draft) => {
        draft.spec!.paused = paused;
      });
    await setPaused(true);
    await scale(lab!, group, 3);
    await lab!.run(10 * minute);
    expect(machinesOf(lab!, group).filter((machine) => machine.metadata.deletionTimestamp)).toEqual([]);
    const paused = machinesOf(lab!, group)[0]!.status?.v1beta2?.conditions?.find(({ type }) => type === 'Paused');
    expect(paused).toMatchObject({ status: 'True', message: 'Cluster spec.paused is set to true' });
    await setPaused(false);
    await lab!.until(settled(lab!, group), 5 * minute, 'the scale-down');
    expect(machinesOf(lab!, group)).toHaveLength(3);
  });
});
