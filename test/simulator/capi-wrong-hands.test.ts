/** What the simulated Cluster API makes of what an operator does wrongly, and of what takes too long. */

import { afterEach, describe, expect, it } from 'vitest';
import { availableSaying } from '../../src/simulator/controllers/capi/kcp-availability.ts';
import { lateMachines } from '../../src/simulator/controllers/capi/late-deletion.ts';
import { rollingOut } from '../../src/simulator/controllers/capi/machines-conditions.ts';
import { nodeHealth } from '../../src/simulator/controllers/capi/node-health.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Cluster, KubeadmControlPlane, Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import type { Condition, KubeObject, LegacyCondition } from '../../src/simulator/controllers/shapes/meta.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab?.errors ?? []).toEqual([]);
  await lab?.stop();
});

const group = 'prod-workers';
const now = {
  machines: () => lab.runtime.informer(kinds.Machine).by('deployment', group),
  machine: (name: string) => lab.runtime.informer(kinds.Machine).get(name),
  sets: () => lab.runtime.informer(kinds.MachineSet).by('deployment', group),
  group: () => lab.runtime.informer(kinds.MachineDeployment).get(group)!,
  plane: () => lab.runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!,
  members: () => lab.runtime.informer(kinds.Machine).by('controlPlane', 'prod-control-plane'),
  cluster: () => lab.runtime.informer(kinds.Cluster).get('prod')!,
};
type Reported = KubeObject & { status?: { v1beta2?: { conditions?: Condition[] }; conditions?: LegacyCondition[] } };
const fresh = (object: Reported | undefined, type: string) =>
  object?.status?.v1beta2?.conditions?.find((condition) => condition.type === type);
const legacy = (object: Reported | undefined, type: string) =>
  object?.status?.conditions?.find((condition) => condition.type === type);
const names = (list: readonly Machine[]) => list.map(({ metadata }) => metadata.name).sort();
const template = async (name: string) => {
  const [known] = lab.runtime.informer(kinds.BaremetalMachineTemplate).list();
  const pool = now.machines().length > 0 ? 'prod-worker-pool' : '';
  const spec = { template: { spec: { machineInventoryPoolRef: { name: pool } } } };
  await lab.client.create(kinds.BaremetalMachineTemplate, { ...known!, metadata: { name }, spec });
};

describe('a template that does not exist', () => {
  it('begins no rollout of a group: nobody goes before it is there', async () => {
    lab = await openLab();
    const before = names(now.machines());
    await lab.client.change(kinds.MachineDeployment, now.group(), (draft) => {
      draft.spec!.template!.spec!.infrastructureRef!.name = 'typo';
    });
    await lab.run(10 * minute);
    expect(names(now.machines())).toEqual(before);
    expect(now.sets()).toHaveLength(1);
    const { metadata, status } = now.group();
    expect(fresh(now.group(), 'ScalingUp')).toMatchObject({
      status: 'False',
      message: 'Scaling up would be blocked because BaremetalMachineTemplate does not exist',
    });
    expect(fresh(now.group(), 'RollingOut')).toMatchObject({ status: 'True' });
    // What fails is not seen through.
    expect(status!.observedGeneration).toBeLessThan(metadata.generation!);
    await template('typo');
    await lab.until(() => now.sets().length === 2, 20 * minute, 'the rollout');
    await lab.run(minute);
    expect(now.group().status!.observedGeneration).toBe(now.group().metadata.generation);
  });

  it('stops a control plane altogether', async () => {
    lab = await openLab();
    const before = names(now.members());
    await lab.client.change(kinds.KubeadmControlPlane, now.plane(), (draft) => {
      draft.spec!.machineTemplate!.infrastructureRef!.name = 'typo';
      draft.spec!.replicas = 5;
    });
    await lab.run(10 * minute);
    expect(names(now.members())).toEqual(before);
    expect(fresh(now.plane(), 'ScalingUp')).toMatchObject({
      status: 'True',
      message: 'Scaling up from 3 to 5 replicas is blocked because:\n* BaremetalMachineTemplate does not exist',
    });
  });

  it('keeps a set that is made already from cloning it', async () => {
    lab = await openLab();
    const { name } = now.group().spec!.template!.spec!.infrastructureRef!;
    await lab.client.remove(kinds.BaremetalMachineTemplate, name!);
    // Templates are not watched: it is seen with the next look.
    await lab.client.change(kinds.MachineSet, now.sets()[0]!, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, look: '' };
    });
    await lab.run(minute);
    expect(fresh(now.sets()[0], 'ScalingUp')).toMatchObject({
      status: 'False',
      message: 'Scaling up would be blocked because BaremetalMachineTemplate does not exist',
    });
    await lab.client.change(kinds.MachineDeployment, now.group(), (draft) => {
      draft.spec!.replicas = draft.spec!.replicas! + 1;
    });
    await lab.run(minute);
    expect(legacy(now.sets()[0], 'MachinesCreated')).toMatchObject({
      reason: 'InfrastructureTemplateCloningFailed',
      severity: 'Error',
      message:
        `failed to retrieve BaremetalMachineTemplate cpaas-system/${name}: ` +
        `baremetalmachinetemplates.infrastructure.cluster.x-k8s.io "${name}" not found`,
    });
    expect(fresh(now.sets()[0], 'ScalingUp')?.message).toMatch(
      / is blocked because:\n\* BaremetalMachineTemplate does not exist$/,
    );
  });
});

describe('what is taken from under a Machine', () => {
  it('is its infrastructure: it has failed for good, and its group says so', async () => {
    lab = await openLab();
    const { name } = now.machines()[0]!.metadata;
    // Else its health check would have it replaced, as having failed.
    await lab.client.change(kinds.Machine, now.machine(name)!, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, 'cluster.x-k8s.io/skip-remediation': '' };
    });
    await lab.client.remove(kinds.BaremetalMachine, name);
    await lab.run(10 * minute);
    const machine = now.machine(name)!;
    expect(machine.status).toMatchObject({
      phase: 'Failed',
      failureReason: 'InvalidConfiguration',
      failureMessage:
        'Machine infrastructure resource infrastructure.cluster.x-k8s.io/v1beta1, Kind=BaremetalMachine with name ' +
        `"${name}" has been deleted after being ready`,
    });
    expect(fresh(machine, 'InfrastructureReady')).toMatchObject({
      reason: 'ObjectDeleted',
      message: 'BaremetalMachine has been deleted while the Machine still exists',
    });
    await lab.client.remove(kinds.Machine, name);
    await lab.until(() => now.machine(name) === undefined, 10 * minute, 'the end');
  });

  it('is a Secret of its cluster: its control plane makes it again with its next look', async () => {
    lab = await openLab();
    const read = async (name: string) => (await lab.client.get(kinds.Secret, name))?.data;
    const before = [await read('prod-kubeconfig'), await read('prod-ca')];
    await lab.client.remove(kinds.Secret, 'prod-kubeconfig');
    await lab.client.remove(kinds.Secret, 'prod-ca');
    await lab.run(11 * minute);
    expect([await read('prod-kubeconfig'), await read('prod-ca')]).toEqual(before);
  });

  it('is its MachineSet: the next one is made once that and its Machines are gone', async () => {
    lab = await openLab();
    const [set] = now.sets();
    const count = now.machines().length;
    let most = 0;
    lab.runtime.informer(kinds.Machine).onChange(() => {
      most = Math.max(most, now.machines().length);
    });
    await lab.client.remove(kinds.MachineSet, set!.metadata.name);
    await lab.run(minute);
    expect(now.sets()).toHaveLength(1);
    const isNew = () => now.sets()[0]?.metadata.name !== set!.metadata.name && now.machines().length === count;
    await lab.until(isNew, 20 * minute, 'the next set');
    expect(most).toBe(count);
  });

  it('is its bootstrap object: it runs on, and is not ready', async () => {
    lab = await openLab();
    const { name } = now.machines()[0]!.metadata;
    await lab.client.remove(kinds.KubeadmConfig, name);
    await lab.run(minute);
    expect(now.machine(name)?.status?.phase).toBe('Running');
    expect(fresh(now.machine(name), 'Ready')).toMatchObject({
      status: 'False',
      message: '* BootstrapConfigReady: KubeadmConfig does not exist',
    });
  });
});

it('a control plane that is deleted alone waits for the workers, and its members need no leave then', async () => {
  lab = await openLab();
  await lab.client.remove(kinds.KubeadmControlPlane, 'prod-control-plane');
  await lab.run(minute);
  expect(now.members()).toHaveLength(3);
  expect(fresh(now.plane(), 'Deleting')).toMatchObject({
    reason: 'WaitingForWorkersDeletion',
    message: expect.stringMatching(/deletion blocked because following objects still exist:\n\* Machines: prod-/),
  });
  expect(fresh(now.plane(), 'Available')).toMatchObject({
    status: 'False',
    message: '* Control plane metadata.deletionTimestamp is set',
  });
  expect(legacy(now.plane(), 'Resized')).toMatchObject({
    reason: 'Deleting',
    message: 'Waiting for worker nodes to be deleted first',
  });
  const said = new Set<string>();
  lab.runtime.informer(kinds.Cluster).onChange((cluster) => {
    const { message = '' } = cluster.metadata.name === 'prod' ? (fresh(cluster, 'Available') ?? {}) : {};
    if (message) said.add(message.split('\n')[0]!);
  });
  const hooks = new Set<string>();
  lab.runtime.informer(kinds.Machine).onChange((machine) => {
    const { reason } = fresh(machine, 'Deleting') ?? {};
    if (reason && machine.metadata.name.startsWith('prod-control-plane')) hooks.add(reason);
  });
  await lab.client.remove(kinds.Cluster, 'prod');
  await lab.until(() => now.cluster() === undefined, 60 * minute, 'the end');
  expect([...said]).toContain('* Deleting: Waiting for KubeadmControlPlane to be deleted');
  expect([...hooks]).not.toContain('WaitingForPreTerminateHook');
});

describe('what takes long', () => {
  it('is told with its cause after a quarter of an hour', async () => {
    lab = await openLab();
    await lab.client.change(kinds.MachineDeployment, now.group(), (draft) => {
      draft.spec!.template!.spec!.nodeDrainTimeout = '0s';
    });
    const count = now.group().spec!.replicas!;
    const victim = now.machines().sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))[0]!.metadata.name;
    lab.faults.hangDrain(victim, true);
    await lab.client.change(kinds.MachineDeployment, now.group(), (draft) => {
      draft.spec!.replicas = count - 1;
    });
    await lab.run(14 * minute);
    const ready = () => fresh(now.machine(victim), 'Ready')?.message;
    expect(ready()).toBe('* Deleting: Machine deletion in progress, stage: DrainingNode');
    await lab.run(2 * minute);
    const why = 'delay likely due to Pods not terminating';
    expect(ready()).toBe(`* Deleting: Machine deletion in progress since more than 15m, stage: DrainingNode, ${why}`);
    const late = `Machine ${victim} is in deletion since more than 15m, ${why}`;
    const down = `Scaling down from ${count} to ${count - 1} replicas\n* ${late}`;
    expect(fresh(now.sets()[0], 'ScalingDown')?.message).toBe(down);
    expect(fresh(now.group(), 'ScalingDown')?.message).toBe(down);
  });

  it('is told of all together, by name, and without a cause where none is known', () => {
    const machine = (name: string, deletionTimestamp?: string): Machine => ({
      apiVersion: kinds.Machine.apiVersion,
      kind: 'Machine',
      metadata: { name, ...(deletionTimestamp ? { deletionTimestamp } : {}) },
    });
    const since = (at: string | undefined) => (at === 'long ago' ? 16 * minute : 15 * minute);
    const all = [machine('b', 'long ago'), machine('a', 'long ago'), machine('c', 'just now'), machine('d')];
    expect(lateMachines(all, since)).toBe('Machines a, b are in deletion since more than 15m');
    expect(lateMachines(all.slice(2), since)).toBeUndefined();
  });

  it('is why a control plane does not shrink, and one that goes keeps the next from going', async () => {
    lab = await openLab();
    const first = names(now.members());
    for (const name of first) lab.faults.hangDrain(name, true);
    await lab.client.change(kinds.KubeadmControlPlane, now.plane(), (draft) => {
      draft.spec!.rolloutStrategy!.rollingUpdate!.maxSurge = 1;
      draft.spec!.replicas = 1;
    });
    await lab.run(2 * minute);
    expect(now.members().filter(({ metadata }) => metadata.deletionTimestamp)).toHaveLength(1);
    expect(fresh(now.plane(), 'ScalingDown')?.message).toBe(
      'Scaling down from 3 to 1 replicas is blocked because:\n* waiting for a control plane Machine to complete deletion',
    );
  });
});

it('names the version first of what a rollout changes', () => {
  const machine = (message: string): Machine => ({
    apiVersion: kinds.Machine.apiVersion,
    kind: 'Machine',
    metadata: { name: 'm' },
    status: {
      v1beta2: {
        conditions: [{ type: 'UpToDate', status: 'False', reason: 'NotUpToDate', message, lastTransitionTime: '' }],
      },
    },
  });
  const version = '* Version v1.33.7-2, v1.34.5 required';
  const found = [
    machine(`* KubeadmConfig is not up-to-date\n${version}`),
    machine('* BaremetalMachine is not up-to-date'),
  ];
  expect(rollingOut(found).message).toBe(
    `Rolling out 2 not up-to-date replicas\n${version}\n* BaremetalMachine is not up-to-date\n* KubeadmConfig is not up-to-date`,
  );
});

it('a Node whose kubelet is silent is unwell in one sentence', () => {
  const unknown = (type: string, message = 'Kubelet stopped posting node status.') => ({
    ...{ type, status: 'Unknown', reason: 'NodeStatusUnknown', message },
  });
  const node = (conditions: object[]) => ({ metadata: { name: 'n' }, status: { conditions } }) as Node;
  const all = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => unknown(type));
  expect(nodeHealth(node(all))).toMatchObject({
    status: 'Unknown',
    message: '* Node.AllConditions: Kubelet stopped posting node status.',
  });
  expect(nodeHealth(node([unknown('Ready', 'other'), ...all.slice(1)])).message?.split('\n')).toHaveLength(4);
});

describe('whether a control plane is available', () => {
  const well = ['APIServerPodHealthy', 'ControllerManagerPodHealthy', 'SchedulerPodHealthy', 'EtcdPodHealthy'];
  const member = (name: string, ill: readonly string[], lastTransitionTime = 'long ago'): Machine => ({
    apiVersion: kinds.Machine.apiVersion,
    kind: 'Machine',
    metadata: { name },
    spec: { providerID: name },
    status: {
      nodeRef: { name },
      v1beta2: {
        conditions: [...well, 'EtcdMemberHealthy'].map((type) => ({
          ...{ type, reason: 'x', message: '', lastTransitionTime },
          status: ill.includes(type) ? 'False' : 'True',
        })),
      },
    },
  });
  const plane: KubeadmControlPlane = {
    apiVersion: kinds.KubeadmControlPlane.apiVersion,
    kind: 'KubeadmControlPlane',
    metadata: { name: 'cp' },
  };
  const since = (at: string | undefined) => (at === 'long ago' ? minute : 0);
  const said = (...machines: Machine[]) => availableSaying(plane, machines, true, since);

  it('is told in the words of its members and its components, what is new only once it lasts', () => {
    const fine = member('a', []);
    const etcd = 'at least 2 healthy member required for etcd quorum';
    const some = 'healthy control plane components, at least 1 required';
    expect(said(fine, member('b', []), member('c', ['EtcdMemberHealthy']))).toMatchObject({
      status: 'True',
      message: `* 2 of 3 etcd members are healthy, ${etcd}\n* 2 of 3 Machines have ${some}`,
    });
    expect(said(fine, member('b', []), member('c', ['EtcdMemberHealthy'], 'just now')).message).toBe('');
    expect(said(fine, member('b', well), member('c', well)).message).toBe(`* 1 of 3 Machines has ${some}`);
    const lost = ['EtcdMemberHealthy'];
    expect(said(fine, member('b', lost), member('c', lost))).toMatchObject({
      status: 'False',
      message: `* 1 of 3 etcd members is healthy, ${etcd}`,
    });
    expect(said(member('a', lost), member('b', lost), member('c', lost)).message).toBe(
      `* There are no healthy etcd member, ${etcd}\n* There are no Machines with ${some}`,
    );
  });

  it('does not count those that have not come yet, or have taken their leave', () => {
    const young: Machine = { ...member('c', well), spec: {}, status: {} };
    const gone = member('c', [...well, 'EtcdMemberHealthy']);
    gone.metadata.deletionTimestamp = 'long ago';
    expect(said(member('a', []), member('b', []), young).message).toBe('');
    expect(said(member('a', []), member('b', []), gone).message).toBe(
      '* 2 of 3 Machines have healthy control plane components, at least 1 required',
    );
  });
});

it('a Cluster that names no infrastructure waits for none', async () => {
  lab = await openLab();
  const bare: Cluster = { apiVersion: kinds.Cluster.apiVersion, kind: 'Cluster', metadata: { name: 'bare' }, spec: {} };
  await lab.client.create(kinds.Cluster, bare);
  await lab.run(30_000);
  const { status } = lab.runtime.informer(kinds.Cluster).get('bare')!;
  expect(status).toMatchObject({ infrastructureReady: true, phase: 'Pending' });
  expect(status?.conditions?.find(({ type }) => type === 'InfrastructureReady')?.status).toBe('True');
  expect(status?.v1beta2?.conditions?.find(({ type }) => type === 'InfrastructureReady')).toMatchObject({
    ...{ status: 'Unknown', reason: 'InternalError', message: 'Please check controller logs for errors' },
  });
});
