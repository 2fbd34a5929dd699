/** How often what is wanted of a Pod has been written: servers count that since 1.33. */
import { expect, it } from 'vitest';
import { kubernetesAdmission } from '../../src/simulator/api/admission/index.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { workloadResources } from '../../src/simulator/workload/kinds.ts';

interface Pod {
  metadata: { name: string; generation?: number; labels?: object };
  spec: object;
  status?: object;
}

const pods = '/api/v1/namespaces/default/pods';
const resources = { requests: { cpu: '100m' }, limits: { cpu: '200m' } };
const pod = (name: string) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', generation: 7 } },
  spec: { containers: [{ name: 'c', image: 'nginx', resources }] },
});
const strategic = 'application/strategic-merge-patch+json';

function served(version: string) {
  let gitVersion = version;
  const api = createApi({
    ...{ gitVersion: () => gitVersion, resources: workloadResources, plugins: kubernetesAdmission },
    endsPods: () => true,
    podsCountedSince: () => '2026-11-01T00:00:00Z',
  });
  api.load([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } }]);
  const transport = apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] } });
  const send = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: object) =>
    transport.json<Pod>({ method, path, body, ...(method === 'PATCH' ? { contentType: strategic } : {}) });
  const generation = async (name: string) => (await send('GET', `${pods}/${name}`)).metadata.generation;
  const upgrade = (next: string) => {
    gitVersion = next;
  };
  return { api, send, generation, upgrade };
}

const image = (name: string) => ({ spec: { containers: [{ name: 'c', image: name }] } });

it('counts what is wanted of a Pod, and nothing else', async () => {
  const { send, generation } = served('v1.33.7');
  expect((await send('POST', pods, pod('a'))).metadata.generation).toBe(1);
  const node = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n1' } };
  await send('POST', `${pods}/a/binding`, node);
  await send('PATCH', `${pods}/a`, { metadata: { labels: { tier: 'web' }, generation: 9 } });
  await send('PATCH', `${pods}/a/status`, { status: { phase: 'Running' } });
  expect(await generation('a')).toBe(1);

  await send('PATCH', `${pods}/a`, image('nginx:2'));
  expect(await generation('a')).toBe(2);
  const more = { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '150m' } } }] } };
  await send('PATCH', `${pods}/a/resize`, more);
  expect(await generation('a')).toBe(3);
  const debuggers = { spec: { ephemeralContainers: [{ name: 'd', image: 'busybox' }] } };
  await send('PATCH', `${pods}/a/ephemeralcontainers`, debuggers);
  expect(await generation('a')).toBe(4);
  // That it is to go is wanted of it, too: once.
  await send('DELETE', `${pods}/a`);
  await send('DELETE', `${pods}/a`, { gracePeriodSeconds: 5 });
  expect(await generation('a')).toBe(5);
});

it('counts nothing before 1.33, and an older Pod from the first write after that', async () => {
  const { send, generation, upgrade } = served('v1.32.11');
  await send('POST', pods, pod('a'));
  const { spec, ...rest } = pod('b');
  await send('POST', pods, { ...rest, spec: { ...spec, nodeName: 'n1' } });
  await send('PATCH', `${pods}/a`, image('nginx:2'));
  expect(await generation('a')).toBeUndefined();
  upgrade('v1.33.7');
  expect(await generation('a')).toBeUndefined();
  await send('PATCH', `${pods}/a`, image('nginx:3'));
  expect(await generation('a')).toBe(1);
  await send('DELETE', `${pods}/b`);
  expect(await generation('b')).toBeUndefined();
});

it('has counted what was made ready since it does, and forgets nothing when that is told anew', async () => {
  const { api, send, generation } = served('v1.33.7');
  const { metadata, ...rest } = pod('a');
  const made = (name: string, creationTimestamp: string, more: object = {}) => {
    const { generation: _own, ...own } = metadata;
    return { ...rest, metadata: { ...own, name, uid: `uid-${name}`, creationTimestamp, ...more } };
  };
  const [before, after] = ['2026-10-31T23:59:59Z', '2026-11-01T00:00:00Z'];
  api.load([made('old', before), made('new', after)]);
  expect(await generation('old')).toBeUndefined();
  expect(await generation('new')).toBe(1);
  await send('PATCH', `${pods}/new`, image('nginx:2'));
  api.load([made('new', after)]);
  expect(await generation('new')).toBe(2);
  api.load([made('new', after, { deletionTimestamp: '2026-11-02T00:00:00Z' })]);
  expect(await generation('new')).toBe(3);
});
