/** The configuration that kubeadm keeps in a cluster: whoever writes it anew is told by it, and its revision is of then. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { type ClusterSettings, settingsOf } from '../../../src/simulator/workload/settings.ts';
import { Beginning } from '../../../src/simulator/world/beginning.ts';
import { minute, openLab } from '../harness.ts';
import { nodeNamed } from './node.ts';

const born = '2026-11-01T00:00:00Z';
const start = Date.parse('2026-11-21T02:00:00Z');
const time = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');
let now = start;
let workloads: Workloads;
let settings: ClusterSettings;

beforeEach(async () => {
  now = start;
  workloads = new Workloads({ now: () => now, faults: new Faults() });
  workloads.settings = () => settings;
  workloads.of('prod').since(new Beginning({ born: Date.parse(born) }));
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true, joined: born })]);
  await workloads.serve({ tls: false });
});
afterEach(() => workloads.close());

async function kept(place = 'kube-system/configmaps/kubeadm-config') {
  const { url, token } = workloads.access('prod')!;
  const path = `/api/v1/namespaces/${place}`;
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const { metadata } = (await answer.json()) as {
    metadata: { resourceVersion: string; managedFields: { manager: string; time: string; fieldsV1: object }[] };
  };
  const writers = metadata.managedFields.map((entry) => `${entry.manager} ${entry.time}`);
  const fields = metadata.managedFields.map(({ fieldsV1 }) => fieldsV1);
  return { revision: Number(metadata.resourceVersion), writers, fields };
}
const made = '2026-11-01T00:00:01Z';

it("is kubeadm's until the control plane writes it anew, and then has a new revision and a new writer", async () => {
  settings = { tokens: [], configuration: 'kubernetesVersion: v1.33.7-2\n' };
  const before = await kept();
  expect(before.writers).toEqual([`kubeadm ${made}`]);
  expect(before.revision).toBeLessThan(1000);
  now += 3600_000;
  const at = time(now - 20_000);
  settings = { tokens: [], configuration: 'kubernetesVersion: v1.33.7-3\n', rewritten: at };
  const after = await kept();
  expect(after.writers).toEqual([`kubeadm ${made}`, `manager ${at}`]);
  expect(after.fields).toEqual([{ 'f:data': { '.': {} } }, { 'f:data': { 'f:ClusterConfiguration': {} } }]);
  expect(after.revision).toBeGreaterThan(workloads.of('prod').api.revision - 100);
  // As long as it stays as it is nobody has written it, whatever is reckoned of when that was.
  now += 60_000;
  settings = { ...settings, rewritten: time(now - 1000) };
  expect(await kept()).toEqual(after);
  now += 60_000;
  settings = { ...settings, configuration: 'dns: {}\nkubernetesVersion: v1.33.7-3\n' };
  const last = await kept();
  expect(last.writers[1]).toBe(`manager ${time(now - 61_000)}`);
  expect(last.revision).toBeGreaterThan(after.revision);
});

it('signs what joining Machines read with each token, and leaves it as it was once they are gone', async () => {
  const joining = { tokens: [], endpoint: '10.20.1.230:6443', ca: 'pem' };
  const read = () => kept('kube-public/configmaps/cluster-info');
  settings = joining;
  const before = await read();
  expect(before.writers).toEqual([`kubeadm ${made}`]);
  const since = now - 60_000;
  settings = { ...joining, tokens: [{ token: 'abcdef.0123456789abcdef', since, expires: since + 900_000 }] };
  const during = await read();
  expect(during.writers).toEqual([`kubeadm ${made}`, `kube-controller-manager ${time(since)}`]);
  expect(during.fields[1]).toEqual({ 'f:data': { 'f:jws-kubeconfig-abcdef': {} } });
  // Whoever signs has seen the token before.
  const token = await kept('kube-system/secrets/bootstrap-token-abcdef');
  expect(token.revision).toBeLessThan(during.revision);
  settings = joining;
  const after = await read();
  expect(after.writers).toEqual(before.writers);
  expect(after.revision).toBeGreaterThan(during.revision);
});

it('is signed after the token is there, also where nobody has looked before', async () => {
  const since = now - 60_000;
  const tokens = [{ token: 'abcdef.0123456789abcdef', since, expires: since + 900_000 }];
  settings = { tokens, endpoint: '10.20.1.230:6443', ca: 'pem' };
  const signed = await kept('kube-public/configmaps/cluster-info');
  const token = await kept('kube-system/secrets/bootstrap-token-abcdef');
  expect(token.revision).toBeLessThan(signed.revision);
});

it('is signed after a token that is made while somebody looks on, and has it from the controller of its Machine', async () => {
  settings = { tokens: [], endpoint: '10.20.1.230:6443', ca: 'pem' };
  const before = await kept('kube-public/configmaps/cluster-info');
  // Whoever has written to it has Kubernetes' own controllers there.
  const { url, token: bearer } = workloads.access('prod')!;
  const labels = { app: 'mine' };
  const spec = {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  };
  const body = JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'mine' }, spec });
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/apis/apps/v1/namespaces/default/deployments`, { method: 'POST', headers, body });
  expect(answer.status).toBe(201);
  now += 60_000;
  settings = { ...settings, tokens: [{ token: 'abcdef.0123456789abcdef', since: now, expires: now + 900_000 }] };
  const signed = await kept('kube-public/configmaps/cluster-info');
  const token = await kept('kube-system/secrets/bootstrap-token-abcdef');
  expect(token.revision).toBeGreaterThan(before.revision);
  expect(token.revision).toBeLessThan(signed.revision);
  expect(token.writers).toEqual([`manager ${time(now)}`]);
});

it('has the revision of when it was written where nobody has looked before', async () => {
  const at = '2026-11-11T00:00:00Z';
  settings = { tokens: [], configuration: 'kubernetesVersion: v1.33.7-3\n', rewritten: at };
  const found = await kept();
  expect(found.writers).toEqual([`kubeadm ${made}`, `manager ${at}`]);
  const { revision } = workloads.of('prod').api;
  expect(found.revision / revision).toBeGreaterThan(0.4);
  expect(found.revision / revision).toBeLessThan(0.6);
});

it('is written anew by a control plane as soon as one of its Machines is out of date, and by none that is as it began', async () => {
  const lab = await openLab();
  try {
    const { runtime, client, clock } = lab;
    const written = () => settingsOf(runtime, 'prod', clock.now()).rewritten;
    const plane = () => runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!;
    expect(written()).toBeUndefined();
    const asked = clock.now();
    await client.change(kinds.KubeadmControlPlane, plane(), (draft) => {
      draft.spec!.version = 'v1.33.7-3';
    });
    await lab.run(minute);
    expect(Date.parse(written()!)).toBeGreaterThanOrEqual(asked);
    expect(Date.parse(written()!)).toBeLessThan(asked + minute);
    const done = () => plane().status?.updatedReplicas === 3 && plane().status?.replicas === 3;
    await lab.until(done, 240 * minute, 'rolled');
    expect(Date.parse(written()!)).toBeGreaterThan(asked);
    expect(Date.parse(written()!)).toBeLessThan(asked + 60 * minute);
  } finally {
    await lab.stop();
  }
});

it('is not written anew because somebody has deleted the Machine that began the cluster', async () => {
  const lab = await openLab();
  try {
    const { runtime, client, clock } = lab;
    const written = () => settingsOf(runtime, 'prod', clock.now()).rewritten;
    const begins = () =>
      runtime
        .informer(kinds.KubeadmConfig)
        .list()
        .filter(({ metadata, spec }) => metadata.name.startsWith('prod-') && spec?.initConfiguration !== undefined);
    const first = runtime.informer(kinds.Machine).get(begins()[0]!.metadata.name)!;
    await client.remove(kinds.Machine, first.metadata.name);
    const ready = () => runtime.informer(kinds.KubeadmControlPlane).get('prod-control-plane')!.status?.readyReplicas;
    await lab.until(() => begins().length === 0 && ready() === 3, 60 * minute, 'replaced');
    expect(written()).toBeUndefined();
  } finally {
    await lab.stop();
  }
});
