/** Which Pods the drain of a Machine evicts, waits for and leaves, and what it says meanwhile. */

import { afterEach, describe, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import { managementResources } from '../../src/simulator/world/management/kinds.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const rules = '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machinedrainrules';
const pods = '/api/v1/namespaces/shop/pods';
let victim: Machine;
const now = () => lab.runtime.informer(kinds.Machine).get(victim.metadata.name);
const message = () =>
  now()
    ?.status?.v1beta2?.conditions?.find(({ type }) => type === 'Deleting')
    ?.message.split('\n');
const lines = () => message()?.filter((line) => !line.startsWith('Drain not completed yet')) ?? [];
const run = (name: string, metadata: object = {}, more: object = {}, path = pods) =>
  lab.workload('prod').json({
    method: 'POST',
    path,
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...metadata },
      spec: {
        nodeName: victim.status!.nodeRef!.name,
        containers: [{ name: 'c', image: 'registry.test/c:1' }],
        ...more,
      },
    },
  });
const left = async (path = pods) =>
  (await lab.workload('prod').json<{ items: { metadata: { name: string } }[] }>({ path })).items
    .map(({ metadata }) => metadata.name)
    .sort();
const end = (name: string) =>
  lab.workload('prod').json({
    method: 'PATCH',
    path: `${pods}/${name}/status`,
    body: { status: { phase: 'Succeeded' } },
    contentType: 'application/merge-patch+json',
  });
const rule = (name: string, spec: object) =>
  lab.management.json({
    method: 'POST',
    path: rules,
    body: { apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'MachineDrainRule', metadata: { name }, spec },
  });

async function begin(): Promise<void> {
  lab = await openLab({ even: true, resources: managementResources('v1beta1') });
  victim = lab.runtime.informer(kinds.Machine).by('deployment', 'prod-workers')[0]!;
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'shop' } } };
  await lab.workload('prod').json({ method: 'POST', path: '/api/v1/namespaces', body: space });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  const path = '/api/v1/namespaces/shop/serviceaccounts';
  await lab.workload('prod').json({ method: 'POST', path, body: account });
}
const going = 'deletionTimestamp set, but still not removed from the Node';

describe('a drain', () => {
  it('leaves what a DaemonSet would bring back, and evicts its Pods that are over or have no DaemonSet any more', async () => {
    await begin();
    const selector = { matchLabels: { app: 'agent' } };
    const template = { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'c', image: 'a:1' }] } };
    const body = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: { selector, template },
    };
    const path = '/apis/apps/v1/namespaces/shop/daemonsets';
    await lab.workload('prod').json({ method: 'POST', path, body });
    const owned = (name: string) => ({
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: 'x', controller: true }],
    });
    await run('kept', owned('agent'));
    await run('over', owned('agent'));
    await end('over');
    await run('orphan', owned('gone'));
    await run('static', { annotations: { 'kubernetes.io/config.mirror': 'x' } });
    await lab.client.remove(kinds.Machine, victim.metadata.name);
    await lab.until(() => now() === undefined, 20 * minute, 'the end');
    expect(await left()).toEqual(['kept', 'static']);
  });

  it('evicts again and again what minds no taint and comes back, until its time is over', async () => {
    await begin();
    const group = victim.metadata.labels!['cluster.x-k8s.io/deployment-name']!;
    const owner = lab.runtime.informer(kinds.MachineDeployment).get(group)!;
    await lab.client.change(kinds.MachineDeployment, owner, (draft) => {
      draft.spec!.template!.spec!.nodeDrainTimeout = '5m0s';
    });
    await lab.run(minute);
    const tolerations = [{ operator: 'Exists' }];
    const path = '/api/v1/namespaces/kube-system/pods';
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    await lab.workload('prod').json({ method: 'POST', path: path.replace('pods', 'serviceaccounts'), body: account });
    const again = () => run('stubborn', {}, { tolerations }, path);
    await again();
    await lab.client.remove(kinds.Machine, victim.metadata.name);
    let evictions = 0;
    const over = () => now()?.status?.deletion?.waitForNodeVolumeDetachStartTime !== undefined;
    for (let passed = 0; passed < 8 * minute && !over(); passed += 500) {
      await lab.run(500);
      if ((await left(path)).length > 0 || over()) continue;
      evictions += 1;
      await again();
    }
    expect(over()).toBe(true);
    expect(evictions).toBeGreaterThan(3);
    expect(evictions).toBeLessThan(20);
    expect(await left(path)).toEqual(['stubborn']);
  });

  it('leaves, waits for and evicts as the label on a Pod says', async () => {
    await begin();
    const label = (value: string) => ({ labels: { 'cluster.x-k8s.io/drain': value } });
    await run('stays', label('skip'));
    await run('ends', label('wait-completed'));
    await run('goes');
    await lab.client.remove(kinds.Machine, victim.metadata.name);
    await lab.run(2 * minute);
    expect(lines()).toEqual(['* Pod shop/ends: waiting for completion']);
    expect(await left()).toEqual(['ends', 'stays']);
    await end('ends');
    await lab.until(() => now() === undefined, 20 * minute, 'the end');
    expect(await left()).toEqual(['ends', 'stays']);
  });

  it('goes by the rules that speak of the Machine and of the Pod, one order after the other', async () => {
    await begin();
    const of = (app: string) => ({ pods: [{ selector: { matchLabels: { app } } }] });
    const labels = { matchLabels: { team: 'shop' } };
    await rule('a-late', {
      drain: { behavior: 'Drain', order: 5 },
      pods: [{ selector: { matchLabels: { app: 'db' } }, namespaceSelector: labels }],
    });
    await rule('b-never', { drain: { behavior: 'Skip' }, ...of('db') });
    await rule('c-never', { drain: { behavior: 'Skip' }, ...of('cache') });
    const other = [{ selector: { matchLabels: { 'pool.name': 'another' } } }];
    await rule('d-others', { drain: { behavior: 'Skip' }, machines: other });
    await run('db', { labels: { app: 'db' } });
    await run('cache', { labels: { app: 'cache' } });
    await run('job', { labels: { 'cluster.x-k8s.io/drain': 'wait-completed' } });
    await run('web', { labels: { app: 'web' }, finalizers: ['example.com/stay'] });
    await lab.client.remove(kinds.Machine, victim.metadata.name);
    await lab.run(2 * minute);
    expect(lines()).toEqual([
      `* Pod shop/web: ${going}`,
      '* Pod shop/job: waiting for completion',
      'After above Pods have been removed from the Node, the following Pods will be evicted: shop/db',
    ]);
    await end('job');
    await lab.workload('prod').json({
      method: 'PATCH',
      path: `${pods}/web`,
      body: { metadata: { finalizers: null } },
      contentType: 'application/merge-patch+json',
    });
    await lab.until(() => now() === undefined, 20 * minute, 'the end');
    expect(await left()).toEqual(['cache', 'job']);
  });
});

describe('certificates of a control plane', () => {
  const members = () => lab.runtime.informer(kinds.Machine).by('controlPlane', 'prod-control-plane');
  const year = 365 * 24 * 60 * minute;
  const ends = ({ status, metadata }: Machine) =>
    Date.parse(status?.certificatesExpiryDate ?? '') - Date.parse(metadata.creationTimestamp!);

  it('end a year after they were made, and are told of Machines of the control plane alone', async () => {
    lab = await openLab();
    for (const machine of members()) expect(Math.abs(ends(machine) - year)).toBeLessThan(10 * minute);
    const workers = lab.runtime.informer(kinds.Machine).by('deployment', 'prod-workers');
    expect(workers.filter(({ status }) => status?.certificatesExpiryDate)).toEqual([]);
    const old = members().map(({ metadata }) => metadata.name);
    await lab.client.remove(kinds.Machine, old[0]!);
    const young = () => members().find(({ metadata }) => !old.includes(metadata.name));
    await lab.until(() => young()?.status?.certificatesExpiryDate !== undefined, 40 * minute, 'the certificates');
    expect(ends(young()!) - year).toBeGreaterThan(0);
  });

  it('end when somebody says so on the Machine, and it is replaced in time', async () => {
    lab = await openLab();
    const plane = lab.runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
    await lab.client.change(kinds.KubeadmControlPlane, plane, (draft) => {
      draft.spec!.rolloutBefore = { certificatesExpiryDays: 21 };
    });
    await lab.run(2 * minute);
    const before = members().map(({ metadata }) => metadata.name);
    expect(before).toHaveLength(3);
    const soon = new Date(lab.clock.now() + 20 * 24 * 60 * minute).toISOString();
    const marked = members()[0]!;
    await lab.client.change(kinds.Machine, marked, (draft) => {
      draft.metadata.annotations!['machine.cluster.x-k8s.io/certificates-expiry'] = soon;
    });
    await lab.until(() => members().every(({ metadata }) => metadata.name !== marked.metadata.name), 40 * minute, 'it');
    expect(members().filter(({ metadata }) => before.includes(metadata.name))).toHaveLength(2);
  });
});
