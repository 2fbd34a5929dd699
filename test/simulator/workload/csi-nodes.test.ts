/** What kubelets say of the drivers of volumes on their Nodes, and when. */
import { afterEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
const core = '/api/v1';
let now = start;
let workloads: Workloads;
afterEach(() => workloads.close());

interface Thing {
  metadata: { name: string; uid: string; resourceVersion: string; creationTimestamp: string };
}

const ask = (method: string, path: string, body?: object) =>
  workloads.of('prod').json<Thing>({ method, path, ...(body ? { body } : {}) } as never);
const revisionOf = ({ metadata }: Thing) => Number(metadata.resourceVersion);
async function look(path: string): Promise<{ items: Thing[] }> {
  const { url, token } = workloads.access('prod')!;
  return (await (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json()) as never;
}
const settings = (name: string) =>
  ask('POST', `${core}/namespaces/default/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const register = async (name: string) => {
  const { metadata, ...rest } = nodeNamed(name);
  const { uid: _uid, creationTimestamp: _at, ...own } = metadata;
  return ask('POST', `${core}/nodes`, { ...rest, metadata: own });
};

it('they are written as kubelets register, in a cluster that somebody looks at, and not when they are read', async () => {
  now = start;
  workloads = new Workloads({ now: () => now, faults: new Faults(), follows: () => true });
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true })]);
  await workloads.serve({ tls: false });
  await look(`${core}/pods`);
  const before = await settings('before');
  const node = await register('w-1');
  await workloads.idle('prod');
  const after = await settings('after');
  now += 60_000;
  const { items } = await look('/apis/storage.k8s.io/v1/csinodes');
  const [old, made] = ['cp-1', 'w-1'].map((wanted) => items.find(({ metadata }) => metadata.name === wanted)!);
  expect(revisionOf(old!)).toBeLessThan(revisionOf(before));
  expect(revisionOf(made!)).toBeGreaterThan(revisionOf(node));
  expect(revisionOf(made!)).toBeLessThan(revisionOf(after));
  expect(made!.metadata.creationTimestamp).toBe(node.metadata.creationTimestamp);
  expect(made!.metadata).toMatchObject({ ownerReferences: [{ kind: 'Node', name: 'w-1', uid: node.metadata.uid }] });
  // One made anew under the same name has its own.
  await ask('DELETE', `${core}/nodes/w-1`);
  now += 10_000;
  const again = await register('w-1');
  await settings('last');
  const { items: last } = await look('/apis/storage.k8s.io/v1/csinodes');
  const [, second] = last.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  expect(second!.metadata).toMatchObject({ ownerReferences: [{ uid: again.metadata.uid }] });
  expect(second!.metadata.uid).not.toBe(made!.metadata.uid);
  expect(revisionOf(second!)).toBeLessThan(revisionOf(await ask('GET', `${core}/namespaces/default/configmaps/last`)));
});
