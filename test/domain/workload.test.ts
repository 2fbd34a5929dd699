/** Nodes and releases of workload clusters: as they are read, joined and judged. */
import { describe, expect, it } from 'vitest';
import type { FleetIndex } from '../../src/domain/fleet/index.ts';
import { projectAppRelease } from '../../src/domain/project/app-release.ts';
import { projectNode } from '../../src/domain/project/node.ts';
import { isLive, type Node, reachOf, releaseLacks, unasked, type Workload } from '../../src/domain/workload.ts';
import { drainText, nodeCount, nodeText, nodeTextSince } from '../../src/domain/workload-text.ts';
import { at, fleetOf, machine, type Raw } from './fixtures.ts';
import { rawNode } from './workloads.ts';

const node = (...given: Parameters<typeof rawNode>) => projectNode(rawNode(...given))!;

const release = (charts: unknown, status: Raw) =>
  projectAppRelease({ metadata: { name: 'cni-kube-ovn', uid: 'r' }, spec: { source: { charts } }, status })!;
const DONE = [
  { type: 'Sync', status: 'True' },
  { type: 'Health', status: 'True' },
];
const charts = [{ name: 'acp/chart-kube-ovn', targetRevision: 'v4.4.1' }];

function workload(more: Partial<Workload> = {}): Workload {
  const live = { phase: 'live', synced: true } as const;
  return {
    ...unasked('prod', 0),
    access: 'open',
    freshness: { node: live, appRelease: live, daemonSet: live },
    ...more,
  };
}

describe('a Node', () => {
  it('keeps what matters of it, and no heartbeat', () => {
    const read = node('n1');
    expect(read).toMatchObject({ roles: ['control-plane'], addresses: ['10.0.0.1'], kubeletVersion: 'v1.33.7-2' });
    expect(JSON.stringify(read)).not.toContain(at(9));
    expect(read).not.toHaveProperty('resourceVersion');
  });

  it.each([
    ['Ready', {}, {}],
    ['Ready, cordoned', { unschedulable: true }, {}],
    ['NotReady KubeletNotReady', {}, { status: 'False', reason: 'KubeletNotReady' }],
    ['Unknown NodeStatusUnknown', {}, { status: 'Unknown', reason: 'NodeStatusUnknown' }],
  ])('is told as %s', (text, spec, ready) => {
    expect(nodeText(node('n1', spec, { status: 'True', ...ready }))).toBe(text);
  });

  it.each([undefined, null, 3, {}, { metadata: { name: 'n' } }, { metadata: 1, status: { conditions: 'x' } }])(
    'is nothing without uid or name: %j',
    (raw) => expect(projectNode(raw)).toBeUndefined(),
  );
});

function fleetWith(machines: readonly Raw[], act: (fleet: FleetIndex) => void) {
  const { index } = fleetOf(...machines);
  act(index);
  return index.snapshot();
}

describe('joined to machines', () => {
  const rows = (nodes: Workload['nodes'], machines: Raw[]) =>
    fleetWith(machines, (fleet) => fleet.setWorkload('prod', workload({ nodes }))).machines.list;

  it('by nodeRef, or else by provider id', () => {
    const joined = machine('m1', 'Running', { status: { nodeRef: { kind: 'Node', name: 'n1' } } });
    const joining = machine('m2', 'Provisioned', { spec: { clusterName: 'prod', providerID: 'baremetal:///n2' } });
    const found = rows([node('n1'), node('n2')], [joined, joining]);
    expect(found.map(({ nodeObject }) => nodeObject?.name)).toEqual(['n1', 'n2']);
  });

  it('and to none whose name is another one, or whose cluster is', () => {
    const gone = machine('m1', 'Running', { status: { nodeRef: { kind: 'Node', name: 'gone' } } });
    expect(rows([node('n1')], [gone])[0]?.nodeObject).toBeUndefined();
  });

  it('says when it is cordoned by somebody, and when it is drained', () => {
    const row = rows(
      [node('n1', { unschedulable: true })],
      [machine('m1', 'Running', { status: { nodeRef: { kind: 'Node', name: 'n1' } } })],
    )[0]!;
    expect(drainText(row)).toMatch(/by somebody/);
    expect(drainText({ ...row, deleting: true })).toBe('cordoned, being drained');
  });

  it('dates what is said of it only where that is one thing', () => {
    const ready = { type: 'Ready', status: 'True', since: 5, generation: 'plain' as const };
    const told = (more: Partial<Node>) => nodeTextSince({ ...node('n1'), conditions: [ready], ...more });
    expect(told({})).toBe(5);
    // It has been ready for long, and was cordoned just now.
    expect(told({ unschedulable: true })).toBeUndefined();
    expect(told({ deleting: 9 })).toBeUndefined();
  });

  it('keeps rows whose Node is the same, and forgets Nodes with their cluster', () => {
    const known = node('n1');
    const raw = machine('m1', 'Running', { status: { nodeRef: { kind: 'Node', name: 'n1' } } });
    let before: unknown;
    const fleet = fleetWith([raw], (each) => {
      each.setWorkload('prod', workload({ nodes: [known] }));
      before = each.snapshot().machines.list[0];
      each.setWorkload('prod', workload({ nodes: [known], freshness: { ...workload().freshness } }));
    });
    expect(fleet.machines.list[0]).toBe(before);
    const after = fleetWith([raw], (each) => {
      each.setWorkload('prod', workload({ nodes: [known] }));
      each.snapshot();
      each.setWorkload('prod', undefined);
    });
    expect(after.machines.list[0]?.nodeObject).toBeUndefined();
    expect(after.workloads.size).toBe(0);
  });
});

describe('an AppRelease', () => {
  it.each([
    [undefined, 'list', [{ name: 'acp/chart-kube-ovn', installedRevision: 'v4.4.1' }], 'Success', DONE],
    [undefined, 'map', { 'acp/chart-kube-ovn': { installedRevision: 'v4.4.1' } }, 'Success', DONE],
    [
      'its phase is HealthChecking',
      'phase',
      [{ name: 'acp/chart-kube-ovn', installedRevision: 'v4.4.1' }],
      'HealthChecking',
      DONE,
    ],
    [
      'v4.4.1 is wanted and v4.4.0 is installed',
      'revision',
      [{ name: 'acp/chart-kube-ovn', installedRevision: 'v4.4.0' }],
      'Success',
      DONE,
    ],
    ['v4.4.1 is wanted and nothing is installed', 'nothing', 'garbage', 'Success', DONE],
    [
      'Health is not reported',
      'health',
      [{ name: 'acp/chart-kube-ovn', installedRevision: 'v4.4.1' }],
      'Success',
      DONE.slice(0, 1),
    ],
    ['its phase is not reported', 'no phase', [], undefined, DONE],
  ])('lacks %j (%s)', (lacks, _what, installed, phase, conditions) => {
    expect(releaseLacks(release(charts, { charts: installed, phase, conditions }))).toBe(lacks);
  });

  it('has the phase that its chart reports, where it has none itself', () => {
    const told = (phase: string) =>
      release(charts, { charts: { 'acp/chart-kube-ovn': { installedRevision: 'v4.4.1', phase } }, conditions: DONE });
    expect(releaseLacks(told('Success'))).toBeUndefined();
    expect(releaseLacks(told('HealthChecking'))).toBe('its phase is HealthChecking');
  });

  it('is held against the revision that is asked for', () => {
    const done = release(charts, {
      charts: { 'acp/chart-kube-ovn': { installedRevision: 'v4.4.1' } },
      phase: 'Success',
      conditions: DONE,
    });
    expect(releaseLacks(done, 'v4.4.1')).toBeUndefined();
    expect(releaseLacks(done, 'v4.4.2')).toBe('it wants v4.4.1, not v4.4.2');
    expect(releaseLacks(release([], {}))).toBe('it names no chart');
  });
});

describe('how far a cluster can be trusted', () => {
  const fresh = (phase: Workload['freshness']['node']['phase'], error?: string, synced = phase === 'live') =>
    workload({ freshness: { ...workload().freshness, node: { phase, synced, error } } });

  it('has a word of its own for each state', () => {
    const states: (Workload | undefined)[] = [
      undefined,
      workload({ access: 'connecting' }),
      workload({ access: 'no secret' }),
      workload({ access: 'forbidden' }),
      workload({ access: 'unusable' }),
      fresh('waiting', 'refused'),
      fresh('syncing'),
      fresh('live'),
      fresh('stale', 'silent', true),
      fresh('auth', 'refused'),
      fresh('absent'),
    ];
    const words = states.map((each) => reachOf(each, 'node').word);
    expect(new Set(words).size).toBe(words.length);
    expect(states.filter((each) => isLive(each, 'node'))).toEqual([fresh('live')]);
  });

  it('counts no Nodes where they were never all seen', () => {
    expect(nodeCount(fresh('syncing'))).toBeUndefined();
    expect(nodeCount(workload({ access: 'forbidden' }))).toBeUndefined();
    expect(nodeCount(workload({ nodes: [] }))).toEqual({ ready: 0, total: 0 });
  });
});
