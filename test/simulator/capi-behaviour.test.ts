/** How the simulated Cluster API behaves where operators meet it: counting, pausing, deleting, remediating. */

import { afterEach, describe, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Cluster, Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import { type Lab, minute, openLab } from './harness.ts';
import { GROUP, lookAt, nameOf } from './prod.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const { get, edit, mark } = lookAt(() => lab);
const scale = (replicas: number) =>
  edit((spec) => {
    spec.replicas = replicas;
  });
const unmark = (machine: Machine, key: string) =>
  lab.client.change(kinds.Machine, get.machine(nameOf(machine))!, (draft) => {
    const { [key]: _gone, ...rest } = draft.metadata.annotations ?? {};
    draft.metadata.annotations = rest;
  });
const legacy = (machine: Machine | undefined, type: string) =>
  machine?.status?.conditions?.find((condition) => condition.type === type);
const fresh = (machine: Machine | undefined, type: string) =>
  machine?.status?.v1beta2?.conditions?.find((condition) => condition.type === type);
const rest = () =>
  get.group().status?.readyReplicas === get.group().spec?.replicas &&
  get.machines().length === get.group().spec?.replicas;

describe('counting', () => {
  it('a Machine that is already going counts towards a scale-down', async () => {
    lab = await openLab();
    const before = get.machines().map(nameOf);
    const victim = before.at(-1)!;
    lab.faults.hangDrain(victim, true);
    await lab.client.remove(kinds.Machine, victim);
    await scale(before.length - 1);
    await lab.run(2 * minute);
    expect(
      get
        .machines()
        .filter(({ metadata }) => metadata.deletionTimestamp)
        .map(nameOf),
    ).toEqual([victim]);
    lab.faults.hangDrain(victim, false);
    await lab.until(rest, 10 * minute, 'the scale-down');
    expect(get.machines().map(nameOf)).toEqual(before.filter((name) => name !== victim));
  });

  it('keeps as many old MachineSets as the history limit says', async () => {
    lab = await openLab();
    await edit((spec) => {
      spec.revisionHistoryLimit = 0;
    });
    await edit((spec) => {
      spec.template!.spec!.version = 'v1.33.7-3';
    });
    await lab.until(() => rest() && get.group().status?.updatedReplicas === 4, 60 * minute, 'the rollout');
    await lab.run(minute);
    expect(lab.runtime.informer(kinds.MachineSet).by('deployment', GROUP)).toHaveLength(1);
  });

  it('rolloutAfter replaces every Machine once its time has come', async () => {
    lab = await openLab();
    const before = get.machines().map(nameOf);
    await edit((spec) => {
      spec.rolloutAfter = new Date(lab.clock.now() + 5 * minute).toISOString();
    });
    await lab.run(4 * minute);
    expect(get.machines().map(nameOf)).toEqual(before);
    const replaced = () => rest() && get.machines().every((machine) => !before.includes(nameOf(machine)));
    await lab.until(replaced, 90 * minute, 'the rollout');
  });

  it('rolloutBefore replaces control-plane Machines whose certificates end soon', async () => {
    lab = await openLab();
    const before = get.planes().map(nameOf);
    await lab.client.change(kinds.KubeadmControlPlane, get.plane(), (draft) => {
      draft.spec!.rolloutBefore = { certificatesExpiryDays: 364 };
    });
    const replaced = () => get.planes().every((machine) => !before.includes(nameOf(machine)));
    await lab.until(replaced, 120 * minute, 'the rollout');
  });
});

describe('pausing', () => {
  it('one Machine by annotation: it stays while the others go', async () => {
    lab = await openLab();
    const [first] = get.machines();
    await mark(first!, { 'cluster.x-k8s.io/paused': '' });
    await lab.client.remove(kinds.Machine, nameOf(first!));
    await lab.run(5 * minute);
    expect(get.machine(nameOf(first!))?.status?.phase).toBe('Running');
    expect(fresh(get.machine(nameOf(first!)), 'Paused')).toMatchObject({
      status: 'True',
      message: 'Machine has the cluster.x-k8s.io/paused annotation',
    });
    await unmark(first!, 'cluster.x-k8s.io/paused');
    await lab.until(() => get.machine(nameOf(first!)) === undefined, 10 * minute, 'the deletion');
  });

  it('a rollout by MachineDeployment.spec.paused: sizes still follow, templates do not', async () => {
    lab = await openLab();
    await edit((spec) => {
      spec.paused = true;
      spec.template!.spec!.version = 'v1.33.7-3';
    });
    await lab.run(10 * minute);
    expect(get.machines().map(({ spec }) => spec?.version)).toEqual(Array(4).fill('v1.33.7-2'));
    await edit((spec) => {
      spec.paused = false;
    });
    const rolled = () => get.machines().every(({ spec }) => spec?.version === 'v1.33.7-3');
    await lab.until(rolled, 60 * minute, 'the rollout');
  });
});

/** What every Pod runs as that says nothing else. */
const account = {
  method: 'POST',
  path: '/api/v1/namespaces/default/serviceaccounts',
  body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
} as const;

/** A worker that is being deleted, whose drain hangs, and its Node. */
async function goingWith(annotations: Record<string, string>) {
  const victim = get.machines()[0]!;
  const name = nameOf(victim);
  await mark(victim, annotations);
  lab.faults.hangDrain(name, true);
  await lab.client.remove(kinds.Machine, name);
  await lab.run(minute);
  const nodes = await lab.runtime.nodes('prod');
  const node = victim.status!.nodeRef!.name!;
  const now = () => nodes.informer.get(node);
  return { name, node: now, at: node };
}

/** What the Machine controller has told of its end. */
async function toldOf(machine: string): Promise<string[]> {
  const events = await lab.client.list(kinds.Event);
  return events
    .filter(({ involvedObject: of }) => of.kind === 'Machine' && of.name === machine)
    .filter(({ reason }) => /Drain|Detach/.test(reason))
    .map(({ reason, message }) => `${reason}: ${message}`)
    .sort()
    .reverse();
}

describe('the end of a Machine', () => {
  it('waits for hooks before the drain and before the infrastructure goes', async () => {
    lab = await openLab();
    const victim = get.machines()[0]!;
    const before = 'pre-drain.delete.hook.machine.cluster.x-k8s.io/backup';
    const after = 'pre-terminate.delete.hook.machine.cluster.x-k8s.io/inventory';
    await mark(victim, { [before]: 'me', [after]: 'me' });
    await lab.client.remove(kinds.Machine, nameOf(victim));
    await lab.run(5 * minute);
    const now = () => get.machine(nameOf(victim));
    expect(fresh(now(), 'Deleting')).toMatchObject({ reason: 'WaitingForPreDrainHook' });
    expect(legacy(now(), 'PreDrainDeleteHookSucceeded')).toMatchObject({
      status: 'False',
      reason: 'WaitingExternalHook',
    });
    await unmark(victim, before);
    await lab.run(5 * minute);
    expect(fresh(now(), 'Deleting')).toMatchObject({ reason: 'WaitingForPreTerminateHook' });
    expect(legacy(now(), 'DrainingSucceeded')).toMatchObject({ status: 'True' });
    expect(
      lab.runtime.informer(kinds.BaremetalMachine).get(nameOf(victim))?.metadata.deletionTimestamp,
    ).toBeUndefined();
    await unmark(victim, after);
    await lab.until(() => now() === undefined, 10 * minute, 'the end');
  });

  it('a drain that hangs ends at its timeout, or never without one', async () => {
    lab = await openLab();
    const [victim] = get.machines();
    const timeout = (text: string) =>
      edit((spec) => {
        spec.template!.spec!.nodeDrainTimeout = text;
      });
    await timeout('0s');
    lab.faults.hangDrain(nameOf(victim!), true);
    await lab.client.remove(kinds.Machine, nameOf(victim!));
    await lab.run(60 * minute);
    const now = () => get.machine(nameOf(victim!));
    expect(now()?.spec?.nodeDrainTimeout).toBe('0s');
    expect(fresh(now(), 'Deleting')).toMatchObject({ reason: 'DrainingNode' });
    expect(legacy(now(), 'DrainingSucceeded')).toMatchObject({ reason: 'Draining', severity: 'Info' });
    // A timeout set on the group reaches a Machine that is already going.
    await timeout('6m0s');
    await lab.until(() => now() === undefined, 5 * minute, 'the end of the drain');
  });

  it('waits for what somebody runs on its Node, as far as a budget lets it go', async () => {
    lab = await openLab();
    const victim = get.machines()[0]!;
    const nodeName = victim.status?.nodeRef?.name;
    const workload = lab.runtime.workload('prod');
    const shop = '/api/v1/namespaces/default/pods';
    const labels = { app: 'db' };
    const spec = { nodeName, containers: [{ name: 'db', image: 'registry.test/db:1' }] };
    await workload.json(account);
    await workload.json({
      ...{
        method: 'POST',
        path: shop,
        body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db-0', labels }, spec },
      },
    });
    const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'db' } };
    await workload.json({
      ...{
        method: 'POST',
        path: budgets,
        body: { ...budget, spec: { minAvailable: 1, selector: { matchLabels: labels } } },
      },
    });
    const status = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 };
    await workload.json({
      ...{
        method: 'PATCH',
        path: `${budgets}/db/status`,
        body: { status },
        contentType: 'application/merge-patch+json',
      },
    });
    await lab.client.remove(kinds.Machine, nameOf(victim));
    await lab.run(3 * minute);
    const now = () => get.machine(nameOf(victim));
    expect(fresh(now(), 'Deleting')?.message).toContain(
      "* Pod default/db-0: cannot evict pod as it would violate the pod's disruption budget. The disruption budget db needs 1 healthy pods and has 1 currently",
    );
    await workload.json({ method: 'DELETE', path: `${budgets}/db` });
    await lab.until(() => now() === undefined, 15 * minute, 'the end');
    expect((await workload.json<{ items: unknown[] }>({ path: shop })).items).toEqual([]);
  });

  it('does not wait for Pods whose kubelet is silent: they never end', async () => {
    lab = await openLab();
    const victim = get.machines()[0]!;
    await mark(victim, { 'cluster.x-k8s.io/skip-remediation': '' });
    await edit((draft) => {
      draft.template!.spec!.nodeDrainTimeout = '0s';
    });
    const nodeName = victim.status!.nodeRef!.name!;
    const cluster = lab.workload('prod');
    // As where somebody writes: a Pod ends by its kubelet alone.
    cluster.hasKubelets = true;
    const shop = '/api/v1/namespaces/default/pods';
    const spec = { nodeName, containers: [{ name: 'db', image: 'registry.test/db:1' }] };
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db-0' }, spec };
    await cluster.json(account);
    await cluster.json({ method: 'POST', path: shop, body });
    lab.faults.host(nodeName, { silentKubelet: true });
    await lab.run(2 * minute);
    await lab.client.remove(kinds.Machine, nameOf(victim));
    await lab.until(() => get.machine(nameOf(victim)) === undefined, 10 * minute, 'the end');
  });

  it('closes its Node before it drains it, and says at the end of both waits that they are over', async () => {
    lab = await openLab();
    const { name, node, at } = await goingWith({});
    expect(node()?.spec?.unschedulable).toBe(true);
    lab.faults.hangDrain(name, false);
    await lab.until(() => get.machine(name) === undefined, 10 * minute, 'the end');
    expect(await toldOf(name)).toEqual([
      `SuccessfulDrainNode: success draining Machine's node "${at}"`,
      `NodeVolumesDetached: success waiting for node volumes detaching Machine's node "${at}"`,
    ]);
  });

  it.each([
    ['node-draining', ['NodeVolumesDetached']],
    ['wait-for-node-volume-detach', ['SuccessfulDrainNode']],
  ])('leaves out what it is told to: exclude-%s', async (what, said) => {
    lab = await openLab();
    const { name, node } = await goingWith({ [`machine.cluster.x-k8s.io/exclude-${what}`]: '' });
    if (what === 'node-draining') expect(node()?.spec?.unschedulable).toBeUndefined();
    else lab.faults.hangDrain(name, false);
    await lab.until(() => get.machine(name) === undefined, 10 * minute, 'the end');
    expect((await toldOf(name)).map((line) => line.split(':')[0])).toEqual(said);
  });

  it('drains nothing where the whole cluster goes', async () => {
    lab = await openLab();
    for (const machine of get.machines()) lab.faults.hangDrain(nameOf(machine), true);
    const names = [...get.machines(), ...get.planes()].map(nameOf);
    await lab.client.remove(kinds.Cluster, 'prod');
    await lab.until(() => get.cluster() === undefined, 60 * minute, 'the end');
    for (const name of names) expect(await toldOf(name)).toEqual([]);
  });
});

describe('remediation', () => {
  const remediate = { 'cluster.x-k8s.io/remediate-machine': '' };

  it('replaces a worker that somebody marks, where a health check looks after it', async () => {
    lab = await openLab();
    const [victim] = get.machines();
    const said = new Set<string>();
    lab.runtime.informer(kinds.Machine).onChange((machine) => {
      if (nameOf(machine) !== nameOf(victim!)) return;
      for (const type of ['HealthCheckSucceeded', 'OwnerRemediated']) {
        const condition = fresh(machine, type);
        if (condition?.status === 'False') said.add(`${type} ${condition.reason}`);
      }
    });
    await mark(victim!, remediate);
    await lab.until(() => rest() && !get.machine(nameOf(victim!)), 30 * minute, 'the replacement');
    expect([...said]).toEqual([
      'HealthCheckSucceeded HasRemediateAnnotation',
      'OwnerRemediated WaitingForRemediation',
      'OwnerRemediated MachineDeleting',
    ]);
  });

  it('leaves alone what is to be skipped, and everybody where too many are unwell', async () => {
    lab = await openLab();
    const [skipped, ...others] = get.machines();
    await mark(skipped!, { ...remediate, 'cluster.x-k8s.io/skip-remediation': '' });
    await lab.run(10 * minute);
    const check = () => lab.runtime.informer(kinds.MachineHealthCheck).get('prod-workers')!;
    // Nobody looks after it any more: it is not even counted.
    expect(fresh(get.machine(nameOf(skipped!)), 'HealthCheckSucceeded')?.status).toBe('True');
    expect(check().status).toMatchObject({ expectedMachines: others.length, targets: others.map(nameOf).sort() });
    expect(get.machine(nameOf(skipped!))?.metadata.deletionTimestamp).toBeUndefined();
    for (const machine of others) await mark(machine, remediate);
    await lab.run(10 * minute);
    expect(check().status?.v1beta2?.conditions?.[0]).toMatchObject({ status: 'False', reason: 'TooManyUnhealthy' });
    for (const machine of others) {
      expect(get.machine(nameOf(machine))?.metadata.deletionTimestamp).toBeUndefined();
      expect(fresh(get.machine(nameOf(machine)), 'HealthCheckSucceeded')?.status).toBe('False');
    }
    const restricted = (await lab.client.list(kinds.Event)).filter(({ reason }) => reason === 'RemediationRestricted');
    expect(restricted.length).toBeGreaterThan(0);
  });

  it('leaves it to somebody else where a check says so, and deletes nothing', async () => {
    lab = await openLab();
    const [victim] = get.machines();
    const check = () => lab.runtime.informer(kinds.MachineHealthCheck).get('prod-workers')!;
    const version = 'infrastructure.cluster.x-k8s.io/v1beta1';
    await lab.client.change(kinds.MachineHealthCheck, check(), (draft) => {
      draft.spec!.remediationTemplate = { apiVersion: version, kind: 'OtherRemediationTemplate', name: 'other' };
    });
    await mark(victim!, remediate);
    await lab.run(10 * minute);
    const now = get.machine(nameOf(victim!));
    expect(now?.metadata.deletionTimestamp).toBeUndefined();
    expect(fresh(now, 'OwnerRemediated')).toBeUndefined();
    expect(fresh(now, 'ExternallyRemediated')).toMatchObject({
      reason: 'RemediationTemplateNotFound',
      message: 'Error retrieving remediation template OtherRemediationTemplate cpaas-system/other',
    });
    expect(check().status?.conditions?.[0]).toMatchObject({
      type: 'ExternalRemediationTemplateAvailable',
      reason: 'ExternalRemediationTemplateNotFound',
    });
  });

  it('only while as many are unwell as the range says', async () => {
    lab = await openLab();
    await lab.client.change(
      kinds.MachineHealthCheck,
      lab.runtime.informer(kinds.MachineHealthCheck).get('prod-workers')!,
      (draft) => {
        delete draft.spec!.maxUnhealthy;
        draft.spec!.unhealthyRange = '[2-3]';
      },
    );
    const [first, second] = get.machines();
    await mark(first!, remediate);
    await lab.run(5 * minute);
    expect(get.machine(nameOf(first!))?.metadata.deletionTimestamp).toBeUndefined();
    await mark(second!, remediate);
    await lab.until(() => rest() && !get.machine(nameOf(first!)) && !get.machine(nameOf(second!)), 40 * minute, 'both');
  });

  it('of a control plane: one at a time, remembered on the replacement and in the status', async () => {
    lab = await openLab();
    const victim = get.planes()[0]!;
    await mark(victim, remediate);
    const replaced = () =>
      !get.machine(nameOf(victim)) && get.planes().length === 3 && get.plane().status?.readyReplicas === 3;
    await lab.until(replaced, 40 * minute, 'the replacement');
    const annotations = get
      .planes()
      .map(({ metadata }) => metadata.annotations?.['controlplane.cluster.x-k8s.io/remediation-for']);
    expect(annotations.filter(Boolean).map((text) => JSON.parse(text!))).toMatchObject([
      { machine: nameOf(victim), retryCount: 0 },
    ]);
    expect(get.plane().status?.lastRemediation).toMatchObject({ machine: nameOf(victim), retryCount: 0 });
    expect(get.plane().metadata.annotations?.['controlplane.cluster.x-k8s.io/remediation-in-progress']).toBeUndefined();
  });

  it('of a control plane waits for what is going, says so once, and is forgotten when it is not needed', async () => {
    lab = await openLab();
    const [victim, going] = get.planes();
    const now = () => get.machine(nameOf(victim!));
    // One that goes counts as unwell: with one allowed nobody would be asked.
    const check = lab.runtime.informer(kinds.MachineHealthCheck).get('prod-control-plane')!;
    await lab.client.change(kinds.MachineHealthCheck, check, (draft) => {
      draft.spec!.maxUnhealthy = 2;
    });
    lab.faults.hangDrain(nameOf(going!), true);
    await lab.client.remove(kinds.Machine, nameOf(going!));
    await mark(victim!, remediate);
    await lab.run(minute);
    const message = expect.stringMatching(/waiting for control plane Machine deletion/);
    expect(fresh(now(), 'OwnerRemediated')).toMatchObject({ reason: 'RemediationDeferred', message });
    const words = expect.stringMatching(/waiting for control plane machine deletion/);
    expect(legacy(now(), 'OwnerRemediated')).toMatchObject({ reason: 'WaitingForRemediation', message: words });
    // Health check and control plane agree: nothing is written any more.
    const version = now()?.metadata.resourceVersion;
    await lab.run(minute);
    expect(now()?.metadata.resourceVersion).toBe(version);
    await unmark(victim!, 'cluster.x-k8s.io/remediate-machine');
    await lab.run(minute);
    expect(fresh(now(), 'HealthCheckSucceeded')).toMatchObject({ status: 'True' });
    expect([fresh(now(), 'OwnerRemediated'), legacy(now(), 'OwnerRemediated')]).toEqual([undefined, undefined]);
    expect(now()?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('of a control plane is tried again when its retry period is over', async () => {
    lab = await openLab();
    await lab.client.change(kinds.KubeadmControlPlane, get.plane(), (draft) => {
      draft.spec!.remediationStrategy = { retryPeriod: '40m0s' };
    });
    const victim = get.planes()[0]!;
    const at = new Date(lab.clock.now()).toISOString();
    const chain = JSON.stringify({ machine: 'before', timestamp: at, retryCount: 0 });
    await mark(victim, { ...remediate, 'controlplane.cluster.x-k8s.io/remediation-for': chain });
    await lab.run(39 * minute);
    expect(fresh(get.machine(nameOf(victim)), 'OwnerRemediated')?.message).toMatch(/RetryPeriod/);
    const goes = () => get.machine(nameOf(victim))?.metadata.deletionTimestamp !== undefined;
    await lab.until(goes, 2 * minute, 'the next try');
  });
});

describe('a workload cluster that cannot be reached', () => {
  const said = (type: string) =>
    get.cluster().status?.v1beta2?.conditions?.find((condition) => condition.type === type);

  it('is told by the Cluster after some probes, by its Machines after their grace, and forgotten when it is back', async () => {
    lab = await openLab();
    lab.faults.cluster('prod', { unreachable: true });
    await lab.run(30_000);
    expect(said('RemoteConnectionProbe')).toMatchObject({ status: 'True' });
    await lab.run(30_000);
    expect(said('RemoteConnectionProbe')).toMatchObject({ status: 'False', reason: 'ProbeFailed' });
    expect(said('Available')).toMatchObject({ status: 'False', reason: 'NotAvailable' });
    expect(fresh(get.machines()[0], 'NodeReady')).toMatchObject({ status: 'True' });
    await lab.run(5 * minute);
    expect(fresh(get.machines()[0], 'NodeReady')).toMatchObject({ status: 'Unknown', reason: 'ConnectionDown' });
    expect(fresh(get.planes()[0], 'EtcdMemberHealthy')).toMatchObject({ status: 'Unknown', reason: 'ConnectionDown' });
    const [victim] = get.machines();
    await lab.client.remove(kinds.Machine, nameOf(victim!));
    await lab.run(2 * minute);
    expect(fresh(get.machine(nameOf(victim!)), 'Deleting')).toMatchObject({ reason: 'DrainingNode' });
    lab.faults.cluster('prod', undefined);
    await lab.run(minute);
    expect(said('RemoteConnectionProbe')).toMatchObject({ status: 'True' });
    expect(fresh(get.planes()[0], 'EtcdMemberHealthy')).toMatchObject({ status: 'True' });
    await lab.until(rest, 30 * minute, 'the replacement');
  });
});

describe('a control plane one of whose kubelets is silent', () => {
  it('hears of its Pods nothing, and of its etcd from the other members', async () => {
    lab = await openLab();
    const [victim] = get.planes();
    await mark(victim!, { 'cluster.x-k8s.io/skip-remediation': '' });
    const node = victim!.status!.nodeRef!.name!;
    lab.faults.host(victim!.spec!.providerID!.replace('baremetal:///', ''), { silentKubelet: true });
    await lab.run(2 * minute);
    const now = get.planes().find((machine) => nameOf(machine) === nameOf(victim!));
    expect(fresh(now, 'EtcdPodHealthy')).toMatchObject({ status: 'Unknown', message: `Node ${node} is unreachable` });
    expect(legacy(now, 'EtcdPodHealthy')).toMatchObject({ status: 'Unknown', message: 'Node is unreachable' });
    expect(fresh(now, 'EtcdMemberHealthy')).toMatchObject({ status: 'True', reason: 'Healthy' });
    expect(legacy(now, 'EtcdMemberHealthy')).toMatchObject({ status: 'True' });
    const { status } = lab.runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
    const of = (type: string) => [
      status?.v1beta2?.conditions?.find((one) => one.type === type),
      status?.conditions?.find((one) => one.type === type),
    ];
    expect(of('EtcdClusterHealthy')).toMatchObject([{ status: 'True' }, { status: 'True' }]);
    expect(of('ControlPlaneComponentsHealthy')).toMatchObject([
      {
        ...{ status: 'Unknown', reason: 'HealthUnknown' },
        message: `* Machine ${nameOf(victim!)}:\n  * Control plane components: Node ${node} is unreachable`,
      },
      { status: 'True' },
    ]);
    expect(of('Available')[0]).toMatchObject({
      status: 'True',
      message: '* 2 of 3 Machines have healthy control plane components, at least 1 required',
    });
  });
});

describe('the end of a Cluster', () => {
  it('begins with owning the templates that are in use: they go with it', async () => {
    lab = await openLab();
    const cluster = lab.runtime.informer(kinds.Cluster).get(get.group().spec?.clusterName)!;
    const metadata = { name: 'another-template' };
    const [known] = lab.runtime.informer(kinds.BaremetalMachineTemplate).list();
    await lab.client.create(kinds.BaremetalMachineTemplate, { ...known!, metadata });
    const owners = async () =>
      (await lab.client.get(kinds.BaremetalMachineTemplate, metadata.name))?.metadata.ownerReferences;
    await lab.run(minute);
    expect(await owners()).toBeUndefined();
    await edit((spec) => {
      spec.template!.spec!.infrastructureRef!.name = metadata.name;
    });
    await lab.run(minute);
    const { name, uid } = cluster.metadata;
    expect(await owners()).toEqual([{ apiVersion: cluster.apiVersion, kind: 'Cluster', name, uid }]);
  });

  it('takes workers first, then the control plane, then the infrastructure', async () => {
    lab = await openLab();
    const order: string[] = [];
    for (const kind of [kinds.MachineDeployment, kinds.KubeadmControlPlane, kinds.BaremetalCluster, kinds.Cluster]) {
      lab.runtime
        .informer<never>(kind as never)
        .onChange((object: { kind: string; metadata: { name: string } }, change) => {
          if (change === 'deleted' && object.metadata.name.startsWith('prod')) order.push(object.kind);
        });
    }
    const waits = new Set<string>();
    lab.runtime.informer(kinds.Cluster).onChange((cluster: Cluster) => {
      const condition = cluster.status?.v1beta2?.conditions?.find(({ type }) => type === 'Deleting');
      if (condition?.status === 'True') waits.add(condition.reason);
    });
    await lab.client.remove(kinds.Cluster, 'prod');
    await lab.until(() => get.cluster() === undefined, 60 * minute, 'the end');
    expect(order).toEqual(['MachineDeployment', 'KubeadmControlPlane', 'BaremetalCluster', 'Cluster']);
    expect([...waits].slice(0, 2)).toEqual(['WaitingForWorkersDeletion', 'WaitingForControlPlaneDeletion']);
    for (const machine of lab.runtime.informer(kinds.Machine).list())
      expect(machine.spec?.clusterName).not.toBe('prod');
    const templates = lab.runtime.informer(kinds.BaremetalMachineTemplate).list();
    expect(templates.filter(({ metadata }) => metadata.name.startsWith('prod'))).toEqual([]);
  });
});
