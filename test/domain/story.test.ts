/** A host's story: the strip of its life, one line of time out of four sources, and the tree it hangs in. */
import { describe, expect, it } from 'vitest';
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { lifecycleOf } from '../../src/domain/story/lifecycle.ts';
import { changesBetween, keepObserved, type Observed } from '../../src/domain/story/observed.ts';
import { retryAdvice, storageMeaning } from '../../src/domain/story/storage.ts';
import { subjectsOf } from '../../src/domain/story/subjects.ts';
import { timelineOf } from '../../src/domain/story/timeline.ts';
import { treeOf } from '../../src/domain/story/tree.ts';
import { bmm, condition, fleetOf, host, machine, plan, type Raw, set, smallFleet } from './fixtures.ts';

const T = Date.parse('2026-11-21T02:00:00Z');
const at = (minutes: number) => ({ lastTransitionTime: new Date(T + minutes * 60_000).toISOString() });
const hostRef: ObjectRef = { kind: 'host', uid: 'MachineInventory/h1', name: 'h1' };

function storyOf(
  phase: string,
  conditions: Raw[],
  more: Parameters<typeof bmm>[3] = {},
  inventory: string | undefined = 'h1',
) {
  const { fleet } = fleetOf(
    host('h1', 'Reprovisioning', { pool: 'p', bmm: 'w1' }),
    plan('h1', 'reprovision'),
    bmm('w1', inventory, phase, {
      ...more,
      conditions,
      meta: { creationTimestamp: new Date(T).toISOString(), ...more.meta },
    }),
    machine('w1', 'Provisioning'),
  );
  const uid = fleet.hosts.list[0]!.uid;
  return { fleet, ref: { kind: 'host' as const, uid, name: 'h1' } };
}
const stages = (fleet: Fleet, ref: ObjectRef, seen: Observed[] = []) =>
  lifecycleOf(subjectsOf(fleet, ref), seen).map(({ name, state, since, took }) => [
    name,
    state,
    since === undefined ? undefined : (since - T) / 60_000,
    took === undefined ? undefined : took / 60_000,
  ]);
const READY = [
  { ...condition('InventoryAllocated', 'True'), ...at(1) },
  { ...condition('BootstrapReady', 'True'), ...at(4) },
  { ...condition('ImageResolved', 'True'), ...at(2) },
];

describe('the strip of a life', () => {
  it('takes its times from what let each stage begin', () => {
    const { fleet, ref } = storyOf('Reprovisioning', READY);
    expect(stages(fleet, ref)).toEqual([
      ['Pending', 'done', 0, 1],
      ['Allocated', 'done', 1, 3],
      ['Reprovisioning', 'now', 4, undefined],
      ['Running', 'ahead', undefined, undefined],
    ]);
  });

  it('believes what was seen before what is concluded', () => {
    const { fleet, ref } = storyOf('Reprovisioning', READY);
    const uid = fleet.machines.list[0]!.uid;
    const seen = [{ at: T + 300_000, uid, ref, text: '', stage: 'Reprovisioning' }];
    expect(stages(fleet, ref, seen)[2]).toEqual(['Reprovisioning', 'now', 5, undefined]);
  });

  it('puts a failure at the stage it happened in', () => {
    const noImage = { ...condition('ImageResolved', 'False', 'ImageCatalogMiss'), ...at(2) };
    const missing = storyOf('Failed', [READY[0]!, noImage]);
    expect(stages(missing.fleet, missing.ref)[1]?.slice(0, 2)).toEqual(['Allocated', 'failed']);
    const failed = storyOf('Failed', READY, { status: { planSecretRef: { name: 'h1' } } });
    expect(stages(failed.fleet, failed.ref)[2]?.slice(0, 2)).toEqual(['Reprovisioning', 'failed']);
  });

  it('says of stages that a deleted machine never came to that they were passed by', () => {
    const { fleet, ref } = storyOf('Preparing', [READY[0]!], {
      meta: { deletionTimestamp: new Date(T + 600_000).toISOString() },
    });
    expect(stages(fleet, ref).map(([name, state]) => [name, state])).toEqual([
      ['Pending', 'done'],
      ['Allocated', 'done'],
      ['Reprovisioning', 'passed by'],
      ['Running', 'passed by'],
      ['Preparing', 'now'],
    ]);
  });

  it('leads to the cleaning of its host only where the machine is to go', () => {
    const running = storyOf('Running', READY);
    expect(stages(running.fleet, running.ref).at(-1)?.slice(0, 2)).toEqual(['Running', 'now']);
    const going = storyOf('Running', READY, { meta: { deletionTimestamp: new Date(T + 600_000).toISOString() } });
    expect(stages(going.fleet, going.ref).at(-1)?.slice(0, 2)).toEqual(['Preparing', 'ahead']);
  });

  it('is empty for a host that no machine has, and for a phase nobody knows', () => {
    const spare = fleetOf(host('h9', 'Available'), plan('h9', 'clean')).fleet;
    expect(stages(spare, { kind: 'host', uid: spare.hosts.list[0]!.uid, name: 'h9' })).toEqual([]);
    const odd = storyOf('Dreaming', READY);
    expect(stages(odd.fleet, odd.ref)).toEqual([]);
  });
});

describe('what is seen to change', () => {
  it('tells of uses, phases, machines, plans and of what comes and goes, once each', () => {
    const { index, fleet: before } = fleetOf(...smallFleet());
    index.apply([
      set(host('h4', 'Reprovisioning', { pool: 'workers-pool', bmm: 'w4' })),
      set(bmm('w1', 'h1', 'Preparing')),
      set(bmm('w4', 'h4', 'Reprovisioning')),
    ]);
    const after = index.snapshot();
    const said = changesBetween(before, after, T).map(({ ref, text, stage }) => [ref.name, text, stage]);
    expect(said).toContainEqual(['h4', 'use: free -> reprovisioning', undefined]);
    expect(said).toContainEqual(['w1', 'provider phase: Running -> Preparing', 'Preparing']);
    expect(said).toContainEqual(['w4', 'appeared', undefined]);
    expect(changesBetween(after, after, T)).toEqual([]);
    expect(changesBetween(after, before, T).map(({ ref, text }) => [ref.name, text])).toContainEqual(['w4', 'is gone']);
  });

  it('does not take a Secret that was read, or is no longer read, for a change of its plan', () => {
    const { index, fleet: before } = fleetOf(...smallFleet());
    const uid = before.plans.list[0]!.uid;
    index.setPlanDetail(uid, { resourceVersion: '1', checksum: 'a', failedChecksum: 'a', instructions: [] });
    const read = index.snapshot();
    expect(read.plans.byUid.get(uid)?.state.word).toBe('retrying');
    expect(changesBetween(before, read, T).filter(({ text }) => text.startsWith('plan'))).toEqual([]);
  });

  it('keeps the newest, and no more than a bounded number', () => {
    const one = (n: number): Observed => ({ at: n, uid: 'u', ref: hostRef, text: `${n}` });
    const many = keepObserved(
      [],
      Array.from({ length: 5_000 }, (_, n) => one(n)),
    );
    expect(many).toHaveLength(4_000);
    expect(many.at(-1)?.at).toBe(4_999);
    expect(keepObserved(many, [])).toBe(many);
  });
});

describe('the timeline', () => {
  it('merges conditions, sightings, operations and births of all objects of a host, newest first', () => {
    const { fleet, ref } = storyOf('Reprovisioning', READY);
    const seen: Observed = { at: T + 360_000, uid: ref.uid, ref, text: 'use: free -> reprovisioning' };
    const other: Observed = { at: T + 360_000, uid: 'another', ref, text: 'of another host' };
    const told = { id: 'op', at: T + 420_000, title: 'Replace w1', status: 'done', by: 'ann', targets: [ref] };
    const moments = timelineOf(fleet, ref, { observed: [seen, other], told: [told] });
    expect(moments.map(({ at: time }) => time)).toEqual(moments.map(({ at: time }) => time).sort((a, b) => b - a));
    const texts = moments.map(({ about, source, text }) => `${about} ${source} ${text}`);
    expect(texts).toContain('host done Replace w1: done, by ann');
    expect(texts).toContain('host seen use: free -> reprovisioning');
    expect(texts.find((text) => text.startsWith('provider condition BootstrapReady became True'))).toBeDefined();
    expect(texts).toContain('provider object was created');
    expect(texts.join()).not.toContain('another host');
    expect(new Set(moments.map(({ id }) => id)).size).toBe(moments.length);
  });

  it('tells what the provider did to the disks of a host, and how that ended', () => {
    const iso = (ms: number) => new Date(T + ms).toISOString();
    const storage = {
      phase: 'Failed',
      conditions: [condition('StoragePrepared', 'False', 'X', { message: 'write error' })],
      operation: {
        type: 'Prepare',
        phase: 'Failed',
        mutationState: 'DurableStateChanged',
        startedAt: iso(0),
        updatedAt: iso(9_000),
      },
    };
    const { fleet } = fleetOf(host('h1', undefined, { status: { storage } }));
    const { uid, name } = fleet.hosts.list[0]!;
    const texts = timelineOf(fleet, { kind: 'host', uid, name }, { observed: [], told: [] }).map(({ text }) => text);
    expect(texts).toContain('storage Prepare began');
    expect(texts).toContain('storage Prepare: Failed, mutationState DurableStateChanged');
    expect(texts).toContain('StoragePrepared became False: X write error');
  });

  it('tells Events of its objects by uid, and not those of a namesake', () => {
    const { fleet, ref } = storyOf('Reprovisioning', READY);
    const event = (name: string, uid: string): Raw => ({
      kind: 'Event',
      metadata: { name, uid: `event-${name}`, namespace: 'cpaas-system' },
      type: 'Warning',
      reason: name,
      message: 'm',
      count: 3,
      lastTimestamp: new Date(T + 500_000).toISOString(),
      involvedObject: { kind: 'MachineInventory', name: 'h1', uid },
    });
    const { index } = fleetOf(
      host('h1', 'Reprovisioning', { pool: 'p', bmm: 'w1' }),
      event('Ours', fleet.hosts.list[0]!.uid),
      event('Namesake', 'an older h1'),
    );
    const texts = timelineOf(index.snapshot(), ref, { observed: [], told: [] }).map(({ text }) => text);
    expect(texts).toContain('Ours: m (3 times)');
    expect(texts.join()).not.toContain('Namesake');
  });

  it('says once what both generations of conditions say at the same second', () => {
    const same = { ...condition('Ready', 'True'), ...at(3) };
    const { fleet } = fleetOf(
      bmm('w1', undefined, 'Pending'),
      machine('w1', 'Provisioning', { conditions: [same], status: { v1beta2: { conditions: [same] } } }),
    );
    const ref = { kind: 'machine' as const, uid: fleet.machines.list[0]!.uid, name: 'w1' };
    const ready = timelineOf(fleet, ref, { observed: [], told: [] }).filter(({ text }) =>
      text.startsWith('Ready became'),
    );
    expect(ready).toHaveLength(1);
  });
});

describe('managed storage', () => {
  it('explains the phases that are documented, and none that are not', () => {
    expect(storageMeaning('Prepared')).toMatch(/can be allocated/);
    expect(storageMeaning('constructor')).toBeUndefined();
  });

  it.each([
    [{ phase: 'Failed', mutationState: 'None' }, false, /may be retried/],
    [{ phase: 'Failed', mutationState: 'None' }, true, /do not retry/],
    [{ phase: 'Failed', mutationState: 'Unknown' }, false, /do not retry/],
    [{ phase: 'Running', mutationState: 'None' }, false, undefined],
  ])('allows a retry only where nothing changed and nothing is pending: %j', (operation, pendingSpecHash, says) => {
    const advice = retryAdvice({ operation, pendingSpecHash, volumes: [], conditions: [] });
    if (says) expect(advice).toMatch(says);
    else expect(advice).toBeUndefined();
  });

  it('reads the journal and the volumes of a host, and nothing from one without', () => {
    const status = {
      storage: {
        phase: 'Preparing',
        operation: {
          type: 'Prepare',
          phase: 'Running',
          startedAt: new Date(T).toISOString(),
          volumes: [
            { name: 'data', mountPath: '/var/cpaas', phase: 'Preparing', effectiveRequired: true },
            { broken: 1 },
          ],
        },
        pendingSpecHash: 'x',
      },
    };
    const { fleet } = fleetOf(host('h1', undefined, { status }), host('h2', undefined));
    const [one, two] = fleet.hosts.list;
    expect(one?.object.storage).toMatchObject({
      operation: { type: 'Prepare', phase: 'Running', started: T },
      volumes: [{ name: 'data', mountPath: '/var/cpaas', required: true }],
      pendingSpecHash: true,
    });
    expect(two?.object.storage).toBeUndefined();
  });
});

describe('the tree', () => {
  const names = (fleet: Fleet, folds = {}) =>
    treeOf(fleet, folds).map(({ depth, kind, name, open }) => `${depth} ${kind} ${name}${open ? ' -' : ''}`);

  it('is one line a cluster while all is at rest', () => {
    expect(names(fleetOf(...smallFleet()).fleet)).toEqual(['0 cluster prod']);
  });

  it('opens down to what deviates, and only there', () => {
    const { index } = fleetOf(...smallFleet());
    const labels = { 'cluster.x-k8s.io/set-name': 'workers-abc' };
    index.apply([
      ...['w1', 'w2', 'w3'].map((name) => set(machine(name, 'Running', { labels }))),
      set(bmm('w2', 'h2', 'Failed', { conditions: [condition('ImageResolved', 'False', 'ImageCatalogMiss')] })),
    ]);
    const shown = names(index.snapshot());
    expect(shown).toContain('2 machine set workers-abc -');
    expect(shown.some((line) => line.startsWith('3 machine w2'))).toBe(true);
    expect(shown).toContain('3 machine w1');
    expect(shown.filter((line) => line.includes('host')).length).toBeLessThan(2);
  });

  it('does as it is told: opened and folded by hand', () => {
    const { fleet } = fleetOf(...smallFleet());
    const [cluster] = treeOf(fleet, {});
    const opened = treeOf(fleet, { [cluster!.id]: true });
    expect(opened.map(({ kind }) => kind)).toEqual(['cluster', 'group']);
    expect(treeOf(fleet, { [cluster!.id]: false })).toHaveLength(1);
  });

  it('shows what belongs to no cluster, every machine once, and ids that differ', () => {
    const { fleet } = fleetOf(...smallFleet().filter(({ kind }) => kind !== 'Cluster'));
    const all = (folds: Record<string, boolean>): ReturnType<typeof treeOf> => {
      const rows = treeOf(fleet, folds);
      const shut = rows.filter(({ children, open }) => children > 0 && !open);
      return shut.length === 0 ? rows : all({ ...folds, ...Object.fromEntries(shut.map(({ id }) => [id, true])) });
    };
    const rows = all({});
    expect(rows[0]).toMatchObject({ kind: 'rest', depth: 0 });
    expect(rows.filter(({ kind }) => kind === 'machine').map(({ name }) => name)).toEqual(['w1', 'w2', 'w3']);
    expect(rows.filter(({ kind }) => kind === 'plan')).toHaveLength(3);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });
});
