/** What users run on Nodes: it stays as it was made, and tells why and how it ends. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import type { ApplicationPod } from '../../../src/simulator/workload/settings.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
let now = start;
let workloads: Workloads;
let applications: ApplicationPod[];

beforeEach(async () => {
  now = start;
  workloads = new Workloads({ now: () => now, faults: new Faults() });
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true }), nodeNamed('w-1')]);
  applications = [
    { namespace: 'sim-workload', name: 'app-x1', node: 'w-1' },
    { namespace: 'sim-workload', name: 'app-x2', node: 'cp-1' },
  ];
  workloads.settings = () => ({ tokens: [], applications });
  await workloads.serve({ tls: false });
});
afterEach(() => workloads.close());

async function ask<T>(path: string, body?: object): Promise<T> {
  const { url, token } = workloads.access('prod') ?? {};
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' };
  const answer = await fetch(
    `${url}${path}`,
    body ? { method: 'PATCH', headers, body: JSON.stringify(body) } : { headers },
  );
  return (await answer.json()) as T;
}
const path = '/api/v1/namespaces/sim-workload/pods';
const pods = async () => (await ask<{ items: KubeObject[] }>(path)).items;
const keysOf = ({ spec }: KubeObject) => ((spec?.['tolerations'] ?? []) as { key: string }[]).map(({ key }) => key);

const role = 'node-role.kubernetes.io/control-plane';
const usual = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

it.each([true, false])(
  'tolerates what its Node was made with, and no taint that somebody gives it: read before %s',
  async (before) => {
    applications[0]!.taints = [{ key: 'ours', effect: 'NoSchedule' }];
    if (before) await pods();
    for (const name of ['cp-1', 'w-1']) {
      const { spec } = await ask<KubeObject>(`/api/v1/nodes/${name}`);
      const taints = [...((spec?.['taints'] ?? []) as object[]), { key: 'foo', value: 'bar', effect: 'NoSchedule' }];
      await ask(`/api/v1/nodes/${name}`, { spec: { taints } });
    }
    const [worker, plane] = await pods();
    expect(keysOf(worker!)).toEqual(['ours', ...usual]);
    expect(keysOf(plane!)).toEqual([role, ...usual]);
  },
);

it('tolerates no role that the Node of its control plane was asked to be made without', async () => {
  applications[1]!.taints = [];
  expect(keysOf((await pods())[1]!)).toEqual(usual);
});

it('says that it was evicted, and tells its end before it goes', async () => {
  await pods();
  const told: KubeObject[] = [];
  workloads.of('prod').api.follow({ apiVersion: 'v1', kind: 'Pod' }, ({ after, last }) => {
    const object = after?.object ?? last?.object;
    if (object?.metadata.name === 'app-x1') told.push(object);
  });
  now += 10_000;
  applications[0]!.since = '2026-11-21T02:00:08Z';
  const [going] = await pods();
  const reason = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' };
  const target = { ...reason, message: 'Eviction API: evicting', lastTransitionTime: '2026-11-21T02:00:08Z' };
  expect(going?.status).toMatchObject({
    phase: 'Running',
    conditions: expect.arrayContaining([expect.objectContaining(target)]),
  });
  now += 10_000;
  applications.shift();
  expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(['app-x2']);
  expect(told.map(({ status }) => status?.['phase'])).toEqual(['Running', 'Succeeded', 'Succeeded']);
  expect(told.at(-1)?.status).toMatchObject({
    conditions: expect.arrayContaining([
      expect.objectContaining(target),
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'PodCompleted' }),
    ]),
    containerStatuses: [
      { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: '2026-11-21T02:00:20Z' } } },
    ],
  });
});

it('of a Node that is silent nobody hears how it has ended', async () => {
  await pods();
  applications[0]!.since = '2026-11-21T01:59:58Z';
  await pods();
  const told: unknown[] = [];
  workloads.of('prod').api.follow({ apiVersion: 'v1', kind: 'Pod' }, ({ after, last }) => {
    const object = after?.object ?? last?.object;
    if (object?.metadata.name === 'app-x1') told.push(object.status?.['phase']);
  });
  const silent = nodeNamed('w-1');
  Object.assign(silent.status!.conditions!.find(({ type }) => type === 'Ready')!, { status: 'Unknown' });
  workloads.of('prod').load([silent]);
  await pods();
  applications.shift();
  await pods();
  expect(told).not.toContain('Succeeded');
});
