/** What kubelets write of themselves all the time, and holders of Leases: revisions follow the times. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { Informer } from '../../../src/simulator/controllers/informer.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';
import { WorkloadApi } from '../../../src/simulator/workload/api.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { WorkloadView } from '../../../src/simulator/workload/view.ts';
import { Beginning } from '../../../src/simulator/world/beginning.ts';
import { nodeNamed } from './node.ts';

const start = Date.parse('2026-11-21T02:00:00Z');
const names = ['cp-1', 'w-1', 'w-2', 'w-3', 'w-4', 'w-5', 'w-6', 'w-7'];
const nodes = () => names.map((name) => nodeNamed(name, { controlPlane: name === 'cp-1' }));

/** When the kubelet of a Node has told that it lives, Unix time in ms. */
const beatOf = ({ status }: KubeObject): number => {
  const conditions = (status?.['conditions'] ?? []) as { type: string; lastHeartbeatTime: string }[];
  return Date.parse(conditions.find(({ type }) => type === 'Ready')!.lastHeartbeatTime);
};
const revision = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion);

describe('read now and then', () => {
  let now = start;
  let workloads: Workloads;
  beforeEach(async () => {
    now = start;
    workloads = new Workloads({ now: () => now, faults: new Faults() });
    workloads.of('prod').load(nodes());
    await workloads.serve({ tls: false });
  });
  afterEach(() => workloads.close());

  async function ask<T>(path: string, body?: object): Promise<T> {
    const { url, token } = workloads.access('prod') ?? {};
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const how = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    return (await (await fetch(`${url}${path}`, { ...how, headers })).json()) as T;
  }
  const list = async (path: string) => (await ask<{ items: KubeObject[] }>(path)).items;
  const leases = '/apis/coordination.k8s.io/v1/leases';

  it.each([false, true])(
    'a Node says when it was written, and the one that told last has the highest revision: pods read %s',
    async (looked) => {
      await list(looked ? '/api/v1/pods' : '/api/v1/nodes');
      for (const later of [55_000, 250_000, 400_000]) {
        now += later;
        const found = await list('/api/v1/nodes');
        for (const { metadata, status } of found) {
          const entry = metadata.managedFields?.find(
            ({ manager, subresource }) => manager === 'kubelet' && subresource === 'status',
          );
          expect(Date.parse(entry!.time!)).toBe(beatOf({ metadata, status } as KubeObject));
        }
        const told = [...found].sort((a, b) => revision(a) - revision(b)).map(beatOf);
        expect(told).toEqual([...told].sort((a, b) => a - b));
      }
    },
  );

  it('Leases are among the Nodes, and among whatever else is written, in order of time', async () => {
    await list('/api/v1/pods');
    await list(leases);
    now += 290_000;
    const { metadata } = await ask<KubeObject>('/api/v1/namespaces/default/configmaps', {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine' } },
    });
    const written = now;
    now += 4000;
    const all = [
      ...(await list(leases)).map((lease) => [revision(lease), Date.parse(String(lease.spec?.['renewTime']))]),
      ...(await list('/api/v1/nodes')).map((node) => [revision(node), beatOf(node)]),
      [Number(metadata.resourceVersion), written],
    ] as [number, number][];
    const recent = all.filter(([, at]) => at > start + 1000).sort(([a], [b]) => a - b);
    const times = recent.map(([, at]) => Math.floor(at / 1000));
    expect(times.length).toBeGreaterThan(names.length);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(recent.some(([, at]) => at < written) && recent.some(([, at]) => at > written)).toBe(true);
  });
});

describe('followed', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: start });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('each Node is written when its kubelet tells of it', async () => {
    let uid = 0;
    const api = new WorkloadApi(Date.now, () => `uid-${uid++}`);
    api.load(nodes());
    const view = new WorkloadView(api, Date.now);
    await view.refresh();
    const late: number[] = [];
    api.api.follow({ apiVersion: 'v1', kind: 'Node' }, ({ after }) => {
      if (after) late.push(Date.now() - beatOf(after.object));
    });
    await vi.advanceTimersByTimeAsync(310_000);
    view.stop();
    expect(late.length).toBeGreaterThanOrEqual(names.length);
    expect(Math.max(...late)).toBeLessThanOrEqual(1000);
  });
});

it('whoever has read Nodes already hears of what their kubelets had written before the start', async () => {
  const cluster = new WorkloadApi(
    () => start,
    () => 'u',
  );
  cluster.load(nodes());
  cluster.since(new Beginning({ born: Date.parse('2026-11-01T00:00:00Z') }));
  const informer = new Informer<Node>(cluster, kinds.Node, '');
  await informer.start();
  const versions = (all: { metadata: { name?: string; resourceVersion?: string } }[]) =>
    all.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort();
  const stored = () => versions(cluster.api.all({ apiVersion: 'v1', kind: 'Node' }));
  const before = stored();
  const view = new WorkloadView(cluster, () => start);
  try {
    await view.refresh();
    expect(stored()).not.toEqual(before);
    await vi.waitFor(() => expect(versions(informer.list())).toEqual(stored()));
    // Nothing is read a second time because of what was told late.
    expect(informer.hasRead(String(cluster.api.revision))).toBe(true);
  } finally {
    informer.stop();
    view.stop();
    cluster.close();
  }
});
