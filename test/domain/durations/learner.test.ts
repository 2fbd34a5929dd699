import { describe, expect, it } from 'vitest';
import { createLearner } from '../../../src/domain/durations/learner.ts';
import type { Sample } from '../../../src/domain/durations/learnt.ts';
import type { Freshness } from '../../../src/domain/freshness.ts';
import { KINDS, type Kind } from '../../../src/domain/kinds.ts';
import { networkChart } from '../../../src/domain/network-release.ts';
import { projectAppRelease } from '../../../src/domain/project/app-release.ts';
import {
  bmm,
  cluster,
  condition,
  fleetOf,
  gone,
  host,
  machine,
  plan,
  pool,
  type Raw,
  set,
  smallFleet,
  T0,
} from '../fixtures.ts';

const live: Freshness = { phase: 'live', synced: true, since: T0, count: 1 };
const allLive = Object.fromEntries(KINDS.map((kind) => [kind, live])) as Record<Kind, Freshness>;

/** Looks on at a small fleet; `wait` lets both clocks run. */
function watch() {
  const { index, fleet } = fleetOf(...smallFleet());
  const learner = createLearner();
  const clock = { wall: T0, steady: 5 };
  let revision = 10;
  const found: Sample[] = [];
  const look = (freshness = allLive, now = index.snapshot()) => {
    found.push(...learner.look({ fleet: now, freshness, ...clock }));
  };
  look(allLive, fleet);
  const self = {
    index,
    found,
    clock,
    look,
    learner,
    wait(seconds: number) {
      clock.wall += seconds * 1000;
      clock.steady += seconds * 1000;
    },
    put(...raws: Raw[]) {
      index.apply(raws.map(set));
      look();
    },
    drop(...raws: Raw[]) {
      index.apply(raws.map(gone));
      look();
    },
    /** The Secret of h1 is written: its metadata arrives, and a moment later what was read of it. */
    secret(type: string, of: { sum: string; applied?: string; failed?: string; state?: string }, name = 'h1') {
      revision += 1;
      const resourceVersion = `${revision}`;
      self.put(plan(name, type, { meta: { resourceVersion } }));
      clock.wall += 100;
      clock.steady += 100;
      index.setPlanDetail(`Secret/${name}`, {
        resourceVersion,
        planType: type,
        checksum: of.sum,
        appliedChecksum: of.applied,
        failedChecksum: of.failed,
        agentState: of.state,
        maxFailures: 3,
        failureCount: of.failed ? 1 : 0,
        instructions: [],
      });
      look();
    },
  };
  return self;
}

const short = (samples: readonly Sample[]) => samples.map(({ cluster, what, ms }) => [cluster, what, ms]);

describe('the learner', () => {
  it('takes Kube-OVN from asked for to its AppRelease settled, where the cluster itself tells', () => {
    const { index, look, put, wait, found } = watch();
    const ask = (revision: string) =>
      put(cluster('prod', { meta: { annotations: { 'cpaas.io/kube-ovn-version': revision } } }));
    const tell = (revision: string, phase: Freshness['phase'] = 'live') => {
      const release = projectAppRelease({
        metadata: { name: 'cni-kube-ovn', namespace: 'n', uid: 'r', resourceVersion: '1' },
        spec: { source: { charts: [{ name: networkChart(revision), targetRevision: revision }] } },
        status: {
          installedRevision: revision,
          phase: 'Success',
          conditions: ['Sync', 'Health'].map((type) => ({ type, status: 'True' })),
        },
      })!;
      const freshness = { node: { ...live, phase }, appRelease: { ...live, phase }, daemonSet: { ...live, phase } };
      index.setWorkload('prod', {
        cluster: 'prod',
        access: 'open',
        since: T0,
        freshness,
        nodes: [],
        daemonSets: [],
        releases: [release],
      });
      look();
    };
    ask('v4.3.3');
    tell('v4.3.3');
    expect(found).toEqual([]);
    ask('v4.3.11');
    wait(90);
    tell('v4.3.11');
    expect(short(found)).toEqual([['prod', 'kube-ovn', 90_000]]);
    ask('v4.4.3');
    wait(10);
    tell('v4.3.11', 'stale');
    wait(10);
    tell('v4.4.3');
    expect(found).toHaveLength(1);
  });

  it('takes a plan from written to applied, by type and cluster', () => {
    const { secret, wait, found } = watch();
    secret('clean', { sum: 'c1', applied: 'old' });
    wait(40);
    secret('clean', { sum: 'c1', applied: 'c1' });
    wait(60);
    secret('reprovision', { sum: 'r1', applied: 'c1' });
    wait(300);
    secret('reprovision', { sum: 'r1', applied: 'r1' });
    // From the first sight of the write to the first sight of the result, a reading each.
    expect(short(found)).toEqual([
      ['prod', 'clean', 40_200],
      ['prod', 'reprovision', 300_200],
    ]);
  });

  it('takes a host from registered to its first plan applied, and not one that was there before or fails', () => {
    const { put, wait, found, index, look } = watch();
    const ready = (reason: string, status = 'False') => condition('Ready', status, reason);
    const comes = (name: string, how: Raw) => put(host(name, undefined, { ready: how }));
    comes('h8', ready('WaitingForPlan'));
    comes('h9', ready('WaitingForPlan'));
    wait(400);
    comes('h8', ready('PlanSuccessfullyApplied', 'True'));
    comes('h9', ready('PlanFailure'));
    wait(10);
    comes('h9', ready('PlanSuccessfullyApplied', 'True'));
    expect(short(found)).toEqual([['', 'first-plan', 400_000]]);
    // A plan that is waited for by a host that was Ready is no first one.
    comes('h8', ready('WaitingForPlan'));
    wait(60);
    comes('h8', ready('PlanSuccessfullyApplied', 'True'));
    index.apply([set(host('h7', undefined, { ready: ready('WaitingForPlan') }))]);
    look({ ...allLive, host: { ...live, phase: 'stale' } });
    wait(60);
    look();
    comes('h7', ready('PlanSuccessfullyApplied', 'True'));
    expect(found).toHaveLength(1);
  });

  it('is not misled by what newer agents write in between', () => {
    const { secret, wait, found } = watch();
    secret('clean', { sum: 'c1', state: 'pending' });
    wait(5);
    secret('clean', { sum: 'c1', state: 'in-progress' });
    wait(35);
    secret('clean', { sum: 'c1', state: 'succeeded' });
    expect(short(found)).toEqual([['prod', 'clean', 40_300]]);
  });

  it('learns nothing of a plan that was under way when it was first seen', () => {
    const { index } = fleetOf(...smallFleet());
    const detail = { planType: 'clean', checksum: 'c1', instructions: [] };
    index.apply([set(host('h1', 'Preparing', { pool: 'workers-pool', bmm: 'w1' })), set(plan('h1', 'clean'))]);
    const learner = createLearner();
    const look = (seconds: number) =>
      learner.look({
        fleet: index.snapshot(),
        freshness: allLive,
        wall: T0 + seconds * 1000,
        steady: seconds * 1000,
      });
    look(0);
    index.setPlanDetail('Secret/h1', { ...detail, resourceVersion: '1', agentState: 'pending' });
    look(1);
    index.apply([set(plan('h1', 'clean', { meta: { resourceVersion: '2' } }))]);
    index.setPlanDetail('Secret/h1', { ...detail, resourceVersion: '2', agentState: 'in-progress' });
    look(2);
    index.apply([set(plan('h1', 'clean', { meta: { resourceVersion: '3' } }))]);
    index.setPlanDetail('Secret/h1', { ...detail, resourceVersion: '3', agentState: 'succeeded' });
    expect(look(30)).toEqual([]);
  });

  it('learns nothing of a plan that failed on its way, or was replaced', () => {
    const { secret, wait, found } = watch();
    secret('clean', { sum: 'c1', applied: 'old' });
    wait(10);
    secret('clean', { sum: 'c1', applied: 'old', failed: 'c1' });
    wait(10);
    secret('clean', { sum: 'c1', applied: 'c1' });
    secret('reprovision', { sum: 'r1', applied: 'c1' });
    wait(10);
    secret('reprovision', { sum: 'r2', applied: 'c1' });
    wait(10);
    secret('reprovision', { sum: 'r2', applied: 'r2' });
    expect(short(found)).toEqual([]);
  });

  it.each<[string, Kind]>([
    ['plans', 'plan'],
    ['machines', 'machine'],
  ])('forgets what it was watching when %s were not live in between', (_, kind) => {
    const { secret, wait, look, found } = watch();
    secret('clean', { sum: 'c1', applied: 'old' });
    wait(5);
    look({ ...allLive, [kind]: { ...live, phase: 'stale' } });
    wait(5);
    look();
    secret('clean', { sum: 'c1', applied: 'c1' });
    expect(found).toEqual([]);
  });

  it.each([
    ['was set back', -3_600_000, 0],
    ['was set forward', 3_600_000, 0],
    ['went on while the other slept', 3_600_000, 0],
  ])('learns nothing where the clock %s', (_, wall, steady) => {
    const { secret, wait, clock, found } = watch();
    secret('clean', { sum: 'c1', applied: 'old' });
    wait(40);
    clock.wall += wall;
    clock.steady += steady;
    secret('clean', { sum: 'c1', applied: 'c1' });
    expect(found).toEqual([]);
    secret('reprovision', { sum: 'r1', applied: 'c1' });
    wait(40);
    secret('reprovision', { sum: 'r1', applied: 'r1' });
    expect(short(found)).toEqual([['prod', 'reprovision', 40_200]]);
  });

  it('takes a machine from its creation to Running, its join, and from its deletion to its being gone', () => {
    const { put, drop, secret, wait, found } = watch();
    put(machine('w4', 'Provisioning'), bmm('w4', 'h4', 'Reprovisioning'), host('h4', 'Reprovisioning', { bmm: 'w4' }));
    wait(20);
    secret('reprovision', { sum: 'r1', applied: 'old' }, 'h4');
    wait(100);
    secret('reprovision', { sum: 'r1', applied: 'r1' }, 'h4');
    wait(80);
    put(machine('w4', 'Running'), bmm('w4', 'h4', 'Running'));
    expect(short(found)).toEqual([
      ['prod', 'reprovision', 100_200],
      ['prod', 'machine-running', 200_200],
      ['prod', 'join', 80_000],
    ]);
    wait(1_000);
    put(machine('w4', 'Deleting', { meta: { deletionTimestamp: '2026-11-21T01:30:00Z' } }));
    wait(90);
    drop(machine('w4', 'Deleting'), bmm('w4', 'h4', 'Running'));
    expect(short(found).at(-1)).toEqual(['prod', 'machine-gone', 90_000]);
  });

  it('learns nothing of a machine that failed, or whose deletion failed', () => {
    const { put, drop, wait, found } = watch();
    put(machine('w4', 'Provisioning'), bmm('w4', 'h4', 'Reprovisioning'));
    put(machine('w4', 'Failed'), bmm('w4', 'h4', 'Failed'));
    wait(60);
    put(machine('w4', 'Running'), bmm('w4', 'h4', 'Running'));
    put(machine('w1', 'Deleting', { meta: { deletionTimestamp: '2026-11-21T01:30:00Z' } }));
    put(bmm('w1', 'h1', 'Failed'));
    wait(60);
    drop(machine('w1', 'Deleting'), bmm('w1', 'h1', 'Failed'));
    expect(found).toEqual([]);
  });

  it('takes only types that are types, and nothing of objects without fields', () => {
    const { secret, wait, found, put } = watch();
    for (const type of ['CLEAN it', 'x'.repeat(60), 'empty', '']) {
      secret(type, { sum: `s${type}`, applied: 'old' });
      wait(5);
      secret(type, { sum: `s${type}`, applied: `s${type}` });
    }
    put(pool('workers-pool', []), { kind: 'Machine', metadata: { name: 'x', uid: 'x', resourceVersion: '1' } });
    expect(found).toEqual([]);
  });
});
