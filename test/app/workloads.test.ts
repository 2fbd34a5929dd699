/** Which workload clusters are asked, and when their connections end. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MOST, wantedWorkloads } from '../../src/app/wanted-workloads.ts';
import { followWorkloads } from '../../src/app/workloads.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { unasked, type Workload } from '../../src/domain/workload.ts';
import type { Transport } from '../../src/kube/types.ts';
import type { WorkloadOptions } from '../../src/kube/workload/follow.ts';
import { newPlace } from '../../src/store/state.ts';
import { commit, createAppStore } from '../../src/store/store.ts';
import { changesOf, NOW, raw } from '../views/fixtures.ts';
import { live } from '../views/screen.tsx';

const session = { context: 'prod', cluster: 'c', host: 'api:6443', namespace: 'cpaas-system', demo: false };
const names = Array.from({ length: 50 }, (_, at) => `c${String(at).padStart(2, '0')}`);

const clusterRaw = (name: string, paused = false) =>
  raw('Cluster', name, {
    spec: { controlPlaneEndpoint: { host: '10.0.0.1', port: 6443 }, paused },
    status: { phase: 'Provisioned' },
  });

function world(raws = names.map((name) => clusterRaw(name))) {
  const fleet = createFleet();
  fleet.apply(changesOf({ cluster: raws }));
  const store = createAppStore(session, fleet.snapshot(), NOW);
  commit(store, { fleet: fleet.snapshot(), freshness: live(fleet.snapshot()), now: NOW });
  return { fleet, store };
}

const detailOf = (name: string) => newPlace('detail', { kind: 'cluster', uid: `uid-Cluster-${name}`, name });

it('asks nobody while nothing calls for it, nor before the lists have arrived', () => {
  const { store } = world();
  expect(wantedWorkloads(store.getState())).toEqual([]);
  store.setState({ places: [detailOf('c07')] });
  expect(wantedWorkloads(store.getState())).toEqual(['c07']);
  store.setState({ settledAt: undefined });
  expect(wantedWorkloads(store.getState())).toEqual([]);
});

it('asks those in trouble, and of a screen of clusters no more than it may', () => {
  const { store } = world(names.map((name) => clusterRaw(name, name === 'c33')));
  expect(wantedWorkloads(store.getState())).toEqual(['c33']);
  store.setState({ places: [newPlace('clusters')] });
  const wanted = wantedWorkloads(store.getState());
  expect(wanted).toHaveLength(MOST);
  expect(wanted[0]).toBe('c33');
  store.setState({ places: [{ ...newPlace('clusters'), cursor: 'uid-Cluster-c40' }] });
  expect(wantedWorkloads(store.getState())).toContain('c40');
});

it('asks no cluster that has no endpoint yet', () => {
  const { store } = world([raw('Cluster', 'new', { status: { phase: 'Pending' } })]);
  store.setState({ places: [detailOf('new')] });
  expect(wantedWorkloads(store.getState())).toEqual([]);
});

const TRANSPORT = { json: () => Promise.reject(new Error('not asked')) } as unknown as Transport;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function followed() {
  const open = new Map<string, (workload: Workload) => void>();
  const all: string[] = [];
  const { fleet, store } = world();
  const follow = ({ cluster, onChange }: WorkloadOptions) => {
    all.push(cluster);
    open.set(cluster, onChange);
    return { stop: async () => void open.delete(cluster) };
  };
  const onError = (error: unknown) => expect(error).toBeUndefined();
  const workloads = followWorkloads({
    ...{ store, fleet, transport: TRANSPORT, namespace: 'n', onError, follow, now: () => Date.now() },
    publish: () => commit(store, { fleet: fleet.snapshot(), now: NOW }),
  });
  const show = async (name: string, ms: number) => {
    store.setState({ places: [detailOf(name)] });
    await vi.advanceTimersByTimeAsync(ms);
  };
  return { open, all, store, fleet, workloads, show };
}

it('opens what is looked at, keeps it for a minute, and then lets go of it and of what it said', async () => {
  const { open, store, show } = followed();
  await show('c01', 10);
  expect([...open.keys()]).toEqual(['c01']);
  open.get('c01')!({ ...unasked('c01', NOW), access: 'forbidden' });
  expect(store.getState().fleet.workloads.get('c01')?.access).toBe('forbidden');
  await show('c02', 30_000);
  expect([...open.keys()].sort()).toEqual(['c01', 'c02']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([...open.keys()]).toEqual(['c02']);
  expect(store.getState().fleet.workloads.has('c01')).toBe(false);
});

it('never has more than it may, however fast somebody goes through fifty clusters, and opens none twice', async () => {
  const { open, all, show } = followed();
  for (const name of names) {
    await show(name, 10);
    expect(open.size).toBeLessThanOrEqual(MOST);
    expect(open.has(name)).toBe(true);
  }
  expect(all).toEqual(names);
});

it('opens one although the fleet changes all the time', async () => {
  const { open, store } = followed();
  store.setState({ tray: [] });
  const ref = { kind: 'cluster' as const, uid: 'uid-Cluster-c05', name: 'c05' };
  const running = {
    id: '1',
    title: 't',
    at: NOW,
    state: 'running' as const,
    progress: { milestones: [] },
    target: ref,
  };
  for (let at = 0; at < 20; at += 1) {
    store.setState({ tray: [{ ...running }] });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect([...open.keys()]).toEqual(['c05']);
});

it('closes everything at the end, and takes in nothing more', async () => {
  const { open, show, workloads, fleet } = followed();
  await show('c01', 10);
  const late = open.get('c01')!;
  await workloads.stop();
  expect(open.size).toBe(0);
  late({ ...unasked('c01', NOW), access: 'open' });
  expect(fleet.snapshot().workloads.size).toBe(0);
});
