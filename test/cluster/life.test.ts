/** Every operation from its plan to its end on a real API server, on which simulated controllers carry it out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { NAMESPACE } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';
import { type Played, startPlayed } from './harness/played.ts';

const { clusterApi } = clusterEnvironment();
const CAPI = `/apis/cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}`;
const BOOTSTRAP = `/apis/bootstrap.cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}`;
const PROVIDER = `/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/${NAMESPACE}`;
const ELEMENTAL = `/apis/elemental.cattle.io/v1beta1/namespaces/${NAMESPACE}`;

interface Thing {
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  spec: Record<string, unknown>;
  status?: Record<string, unknown>;
}

let played: Played;
let { api, home, lived } = {} as Played;

const list = async (path: string) => (await api.json<{ items: Thing[] }>({ path })).items;
const get = (path: string) => api.json<Thing>({ path });
const patch = (path: string, body: unknown) =>
  api.json<Thing>({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
const machines = async (group: string) =>
  (await list(`${CAPI}/machines`))
    .filter(({ metadata }) => metadata.labels?.['cluster.x-k8s.io/deployment-name'] === group)
    .map(({ metadata }) => metadata.name)
    .sort();

beforeAll(async () => {
  played = await startPlayed({ hosts: 20, seed: 'life' });
  ({ api, home, lived } = played);
});
afterAll(() => played?.stop());

describe(`operations on kube-apiserver, Cluster API ${clusterApi}`, () => {
  it('pause holds a group, resume lets it go on', async () => {
    await lived('pause', 'deployment/prod-workers');
    const from = (await machines('prod-workers')).length;
    expect((await home.run('run', 'scale', 'deployment/prod-workers', '--replicas', '3', '--dry-run')).code).toBe(0);
    const held = await home.run(
      'run',
      'scale',
      'deployment/prod-workers',
      '--replicas=3',
      '--confirm=prod-workers',
      '--wait',
      '--timeout=4',
    );
    expect(held.code).toBe(4);
    expect(await machines('prod-workers')).toHaveLength(from);
    const out = await lived('resume', 'deployment/prod-workers', '--confirm=prod-workers');
    expect(out).toMatch(/goes: /);
    expect((await home.run('journal')).out).toMatch(/ (done|written) .*Scale prod-workers/);
  });

  it('pause and resume a whole cluster', async () => {
    await lived('pause', 'cluster/edge-a');
    expect((await get(`${CAPI}/clusters/edge-a`)).spec['paused']).toBe(true);
    await lived('resume', 'cluster/edge-a');
  });

  it('unmark takes a mark off', async () => {
    const [name] = await machines('prod-workers');
    const mark = 'cluster.x-k8s.io/delete-machine';
    await patch(`${CAPI}/machines/${name}`, { metadata: { annotations: { [mark]: '' } } });
    await lived('unmark', `machine/${name}`);
    expect((await get(`${CAPI}/machines/${name}`)).metadata.annotations?.[mark]).toBeUndefined();
  });

  it('pool-add takes a host in, pool-order lets it serve first', async () => {
    const pools = await list(`${PROVIDER}/machineinventorypools`);
    const membersOf = ({ spec }: Thing) => (spec['machineInventories'] as { name: string }[]).map(({ name }) => name);
    const pooled = new Set(pools.flatMap(membersOf));
    const spare = (await list(`${ELEMENTAL}/machineinventories`)).find(({ metadata }) => !pooled.has(metadata.name))!;
    const { name } = spare.metadata;
    await lived('pool-add', 'pool/prod-worker-pool', '--host', `${name} extra-1`);
    const members = membersOf(await get(`${PROVIDER}/machineinventorypools/prod-worker-pool`));
    const order = [name, ...members.filter((each) => each !== name)];
    await lived('pool-order', 'pool/prod-worker-pool', ...order.flatMap((each) => ['--order', each]));
    expect(membersOf(await get(`${PROVIDER}/machineinventorypools/prod-worker-pool`))).toEqual(order);
  });

  it('catalog writes an image, and takes it out again', async () => {
    const image = 'registry.dc1.example/tkestack/baremetal-base-image:test';
    await lived('catalog', 'catalog/elemental-image-catalog', '--kubernetes=v1.33.9', `--image=${image}`);
    const config = `/api/v1/namespaces/${NAMESPACE}/configmaps/elemental-image-catalog`;
    const read = async () => (await api.json<{ data: Record<string, string> }>({ path: config })).data['v1.33.9'];
    expect(await read()).toBe(image);
    await lived('catalog', 'catalog/elemental-image-catalog', '--kubernetes=v1.33.9', '--confirm=v1.33.9');
    expect(await read()).toBeUndefined();
  });

  it('rebuild builds an image again', async () => {
    const [image] = await list(`${ELEMENTAL}/seedimages`);
    const before = image!.status?.['downloadURL'];
    await lived('rebuild', `seedimage/${image!.metadata.name}`);
    const after = await get(`${ELEMENTAL}/seedimages/${image!.metadata.name}`);
    expect(after.status?.['downloadURL']).toEqual(expect.any(String));
    expect(after.status?.['downloadURL']).not.toBe(before);
  });

  it.each(['replace', 'remediate'])('%s replaces one machine', async (operation) => {
    const [name, ...others] = await machines('prod-workers');
    await lived(operation, `machine/${name}`, `--confirm=${name}`);
    const after = await machines('prod-workers');
    expect(after).toHaveLength(others.length + 1);
    expect(after).toEqual(expect.arrayContaining(others));
    expect(after).not.toContain(name);
  });

  it('restart replaces all of a group', async () => {
    const before = await machines('prod-db');
    await lived('restart', 'deployment/prod-db', '--confirm=prod-db');
    const after = await machines('prod-db');
    expect(after).toHaveLength(before.length);
    expect(after.filter((name) => before.includes(name))).toEqual([]);
  });

  it('bootstrap rolls out another template', async () => {
    const { metadata: _metadata, ...template } = await get(`${BOOTSTRAP}/kubeadmconfigtemplates/prod-db-bootstrap`);
    const { template: inner } = template.spec as { template: { spec: Record<string, unknown> } };
    const spec = { template: { ...inner, spec: { ...inner.spec, verbosity: 3 } } };
    const name = 'prod-db-bootstrap-2';
    const file = home.file('template.yaml', stringify({ ...template, metadata: { name }, spec }));
    await lived('bootstrap', 'deployment/prod-db', '--document', `@${file}`, '--confirm=prod-db');
    const made = await get(`${BOOTSTRAP}/kubeadmconfigtemplates/${name}`);
    expect(made.spec).toMatchObject({ template: { spec: { verbosity: 3 } } });
  });

  it('move takes a group to the hosts of another pool', async () => {
    await lived('move', 'deployment/prod-db', '--pool=prod-worker-pool', '--confirm=prod-db');
    const infra = await list(`${PROVIDER}/baremetalmachines`);
    const of = new Set(await machines('prod-db'));
    const pools = infra
      .filter(({ metadata }) => of.has(metadata.name))
      .map(({ spec }) => (spec['machineInventoryPoolRef'] as { name: string }).name);
    expect(new Set(pools)).toEqual(new Set(['prod-worker-pool']));
  });
});
