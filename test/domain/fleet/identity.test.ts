import { describe, expect, it } from 'vitest';
import { fleetOf, gone, host, plan, pool, projected, set, smallFleet } from '../fixtures.ts';

describe('a snapshot', () => {
  it('is the same object while nothing changes', () => {
    const { index, fleet } = fleetOf(...smallFleet());
    expect(index.snapshot()).toBe(fleet);
    index.apply([]);
    index.apply([gone(host('never', 'Available'))]);
    index.setPlanDetail('no such plan', { resourceVersion: '1', instructions: [] });
    expect(index.snapshot()).toBe(fleet);
  });

  it('keeps the rows that say the same, and the sorts of rows in which none changed', () => {
    const { index, fleet } = fleetOf(...smallFleet());
    index.apply([set(host('h4', 'Available', { pool: 'workers-pool', meta: { resourceVersion: '2' } }))]);
    const next = index.snapshot();
    expect(next.revision).toBeGreaterThan(fleet.revision);
    expect(next.hosts.revision).toBeGreaterThan(fleet.hosts.revision);
    expect(next.hosts.list.filter((row, at) => row !== fleet.hosts.list[at]).map(({ name }) => name)).toEqual(['h4']);
    expect(next.machines).toBe(fleet.machines);
    expect(next.groups).toBe(fleet.groups);
    expect(next.clusters).toBe(fleet.clusters);
    expect(next.counters).toBe(fleet.counters);
    expect(next.attention).toBe(fleet.attention);
  });

  it('does not change afterwards', () => {
    const { index, fleet } = fleetOf(...smallFleet());
    const before = {
      list: [...fleet.hosts.list],
      h4: fleet.hosts.byUid.get('MachineInventory/h4'),
      members: [...fleet.pools.list[0]!.members],
    };
    index.apply([
      gone(host('h1', 'x')),
      set(host('h5', 'Available')),
      set(host('h4', 'Unavailable', { pool: 'workers-pool' })),
      set(pool('workers-pool', ['h5', 'h4'])),
    ]);
    const next = index.snapshot();
    expect(fleet.hosts.list).toEqual(before.list);
    expect(fleet.hosts.byUid.get('MachineInventory/h4')).toBe(before.h4);
    expect(fleet.hosts.byUid.has('MachineInventory/h5')).toBe(false);
    expect(fleet.hosts.byUid.size).toBe(4);
    expect(fleet.pools.list[0]?.members).toEqual(before.members);
    expect([...next.hosts.byUid.keys()].sort()).toEqual([
      'MachineInventory/h2',
      'MachineInventory/h3',
      'MachineInventory/h4',
      'MachineInventory/h5',
    ]);
    expect(next.hosts.byUid.get('MachineInventory/h4')?.use).toBe('unavailable');
  });

  it('lists rows by name in code-unit order', () => {
    const names = ['b', 'B', 'a-10', 'a-2', 'Ä', 'a'];
    const { fleet } = fleetOf(...names.map((name) => host(name, 'Available')));
    expect(fleet.hosts.list.map(({ name }) => name)).toEqual([...names].sort());
  });

  it('forgets what was read of a plan with the plan', () => {
    const { index } = fleetOf(host('h1', 'Available'), plan('h1', 'clean'));
    index.setPlanDetail('Secret/h1', {
      resourceVersion: '1',
      planType: 'clean',
      checksum: 's',
      appliedChecksum: 's',
      instructions: [],
    });
    expect(index.snapshot().plans.list[0]?.state).toEqual({ word: 'applied', source: 'checksum' });
    index.setPlanDetail('Secret/h1', undefined);
    expect(index.snapshot().plans.list[0]?.state).toEqual({ word: 'applied', source: 'reported' });
    index.setPlanDetail('Secret/h1', { resourceVersion: '1', planType: 'clean', checksum: 's', instructions: [] });
    index.apply([gone(plan('h1', 'clean')), set(plan('h1', 'clean'))]);
    expect(index.snapshot().plans.list[0]).toMatchObject({ state: { source: 'reported' }, detail: undefined });
  });

  it('holds the newest thousand events, the newest first', () => {
    const events = Array.from({ length: 1_200 }, (_, at) => ({
      kind: 'Event',
      metadata: { name: `e${at}`, uid: `e${at}` },
      lastTimestamp: new Date(1e12 + ((at * 7) % 1_200) * 1000).toISOString(),
    }));
    const { index, fleet } = fleetOf(...events);
    expect(fleet.events.list).toHaveLength(1_000);
    expect(fleet.events.list[0]?.lastSeen).toBe(1e12 + 1_199_000);
    expect(fleet.events.list.at(-1)?.lastSeen).toBe(1e12 + 200_000);
    index.apply([
      {
        type: 'set',
        object: projected({
          kind: 'Event',
          metadata: { name: 'new', uid: 'new' },
          lastTimestamp: new Date(2e12).toISOString(),
        }),
      },
    ]);
    expect(index.snapshot().events.list[0]?.name).toBe('new');
    expect(index.snapshot().events.list).toHaveLength(1_000);
  });
});
