/** What a workload cluster says of itself outweighs what is said about it elsewhere. */
import { describe, expect, it } from 'vitest';
import { attentionNow } from '../../../src/domain/explain/attention.ts';
import { explain } from '../../../src/domain/explain/explain.ts';
import { createFleet } from '../../../src/domain/fleet/index.ts';
import type { ObjectRef } from '../../../src/domain/fleet/rows.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { type Raw, set, T0 } from '../fixtures.ts';
import { liveWorkload, rawDaemonSet, rawNode, rawRelease } from '../workloads.ts';
import { cases, objectsOf } from './cases.ts';

const HOUR = 3_600_000;
const PROD: ObjectRef = { kind: 'cluster', uid: 'Cluster/prod', name: 'prod' };
const caseOf = (id: string) => cases.find((one) => one.id === id)!;

function fleetOf(raws: readonly Raw[], workload: Workload, details: Readonly<Record<string, object>> = {}) {
  const index = createFleet();
  index.apply(raws.map(set));
  for (const [name, detail] of Object.entries(details)) {
    index.setPlanDetail(`Secret/${name}`, { resourceVersion: '1', instructions: ['install'], ...detail });
  }
  index.setWorkload('prod', workload);
  return index.snapshot();
}

const words = (found: ReturnType<typeof explain>) =>
  found?.evidence.map(({ says, message }) => `${says} ${message ?? ''}`).join('\n');

describe('the network plugin', () => {
  const failed = caseOf('kube-ovn-failed');
  const quiet = objectsOf({ ...failed, put: [] });

  it.each(['DownloadFailed', 'DeployFailed', 'NotReady'])('is seen to be %s without any Event', (phase) => {
    const fleet = fleetOf(quiet, liveWorkload({ releases: [rawRelease(phase, 'v4.4.0')] }));
    const found = explain(fleet, PROD, T0 + 60_000);
    expect(found).toMatchObject({ id: 'kube-ovn-failed', mode: 'F16', since: T0 });
    expect(words(found)).toMatch(/v4\.4\.0 -> v4\.4\.1/);
    expect(attentionNow(fleet, T0 + 60_000).map(({ ref }) => ref.uid)).toEqual([PROD.uid]);
  });

  it('is no longer failed where its own word is Success, whatever an Event said', () => {
    const fleet = fleetOf(objectsOf(failed), liveWorkload({ releases: [rawRelease('Success', 'v4.4.1')] }));
    expect(explain(fleet, PROD, T0 + 60_000)).toBeUndefined();
  });

  it('is told by Events where the cluster was never seen', () => {
    const silent: Workload = { ...liveWorkload(), access: 'forbidden', why: 'Secret prod-kubeconfig may not be read' };
    const found = explain(fleetOf(objectsOf(failed), silent), PROD, T0 + 60_000);
    expect(found).toMatchObject({ id: 'kube-ovn-failed' });
    expect(words(found)).toMatch(/FORBIDDEN: Secret prod-kubeconfig may not be read/);
  });

  it('stays on its way only once that takes too long, and says how old that word is', () => {
    const release = rawRelease('HealthChecking', 'v4.4.1');
    const fleet = fleetOf(quiet, liveWorkload({ releases: [release] }));
    expect(explain(fleet, PROD, T0 + 60_000)).toBeUndefined();
    const stale = {
      ...liveWorkload({ releases: [release] }),
      freshness: {
        ...liveWorkload().freshness,
        appRelease: { phase: 'stale', synced: true, verifiedAt: T0 + 5, error: 'no answer' },
      },
    } as const;
    const found = explain(fleetOf(quiet, stale), PROD, T0 + HOUR);
    expect(found).toMatchObject({ id: 'kube-ovn-not-converging', mode: 'F17' });
    expect(words(found)).toMatch(/STALE: no answer/);
  });
});

describe('a DaemonSet that every Node needs', () => {
  const raws = objectsOf({ ...caseOf('daemons-short'), put: [] });
  const nodes = ['node-c1', 'node-w1', 'node-w2', 'node-w3'].map((name) => rawNode(name));
  const down = rawNode('node-w3', {}, { status: 'Unknown' });
  const cni = (status: Raw) => rawDaemonSet('kube-ovn-cni', status);
  const minutes = 60_000;

  it.each<[string, Parameters<typeof liveWorkload>[0], number, string | undefined]>([
    ['lacks a Pod', { nodes, daemonSets: [cni({ numberAvailable: 4 })] }, 11, 'kube-ovn-cni 4 of 5 available'],
    ['has lacked it for a while only', { nodes, daemonSets: [cni({ numberAvailable: 4 })] }, 9, undefined],
    ['is not replaced', { nodes, daemonSets: [cni({ updatedNumberScheduled: 2 })] }, 11, 'kube-ovn-cni 2 of 5 updated'],
    [
      'lacks it on a Node that is not Ready',
      { nodes: [...nodes.slice(0, 3), down], daemonSets: [cni({ numberAvailable: 4 })] },
      11,
      undefined,
    ],
    [
      'is of somebody else',
      { nodes, daemonSets: [rawDaemonSet('node-exporter', { numberAvailable: 4 }, { template: {} })] },
      11,
      undefined,
    ],
  ])('%s', (_what, workload, after, short) => {
    const found = explain(fleetOf(raws, liveWorkload(workload)), PROD, T0 + after * minutes);
    expect(found?.id === 'daemons-short' ? found.short : undefined).toBe(short);
  });
});

describe('a machine that does not come up', () => {
  const absent = caseOf('never-joins');
  const machine: ObjectRef = { kind: 'machine', uid: 'Machine/w4', name: 'w4' };

  it('has no Node in its cluster, and which Nodes belong to nobody is said', () => {
    const nodes = [rawNode('node-w1'), rawNode('stranger')];
    const found = explain(fleetOf(objectsOf(absent), liveWorkload({ nodes }), absent.details), machine, T0 + HOUR);
    expect(found).toMatchObject({ id: 'never-joins', mode: 'F11' });
    expect(words(found)).toMatch(/own Nodes: 2, and none is/);
    expect(words(found)).toMatch(/belong to no Machine: stranger Ready/);
  });

  it('is not said to have no Node where the cluster cannot be asked', () => {
    const found = explain(
      fleetOf(objectsOf(absent), { ...liveWorkload(), access: 'no secret', why: 'there is no Secret' }, absent.details),
      machine,
      T0 + HOUR,
    );
    expect(words(found)).toMatch(/its own API: NO KUBECONFIG/);
    expect(words(found)).not.toMatch(/own Nodes:/);
  });
});

it('an import that does not end tells which Nodes are not ready', () => {
  const nodes = [rawNode('n1'), rawNode('n2', {}, { status: 'False', reason: 'KubeletNotReady' })];
  const found = explain(fleetOf(objectsOf(caseOf('import-incomplete')), liveWorkload({ nodes })), PROD, T0 + 60_000);
  expect(found).toMatchObject({ id: 'import-incomplete', mode: 'F19' });
  expect(words(found)).toMatch(/1 of 2 Nodes are Ready n2 NotReady KubeletNotReady/);
});
