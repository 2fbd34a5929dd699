import { describe, expect, it } from 'vitest';
import { createFleet } from '../../../src/domain/fleet/index.ts';
import type { Fleet } from '../../../src/domain/fleet/rows.ts';
import type { Change } from '../../../src/domain/objects.ts';
import * as raw from '../fixtures.ts';

const HOSTS = 10_000;
const POOL_SIZE = 1_000;
const poolName = (index: number) => `pool-${Math.floor(index / POOL_SIZE)}`;
const members = (from: number, to = from + POOL_SIZE) =>
  Array.from({ length: to - from }, (_, index) => `h${from + index}`);
const host = (index: number, state = 'Allocated', version = '1') =>
  raw.host(`h${index}`, state, { pool: poolName(index), bmm: `w${index}`, meta: { resourceVersion: version } });

/** Ten thousand hosts in ten pools, all but the first pool's running. */
function bigFleet() {
  const index = createFleet();
  const changes: Change[] = [
    raw.cluster('prod'),
    raw.baremetalCluster('prod'),
    raw.template('workers-template', 'pool-1'),
    raw.bootstrapTemplate('workers-bootstrap'),
    raw.deployment('workers', HOSTS - POOL_SIZE, raw.settled(HOSTS - POOL_SIZE)),
  ].map(raw.set);
  for (let at = 0; at < HOSTS; at += POOL_SIZE) changes.push(raw.set(raw.pool(poolName(at), members(at))));
  for (let at = 0; at < HOSTS; at += 1) {
    changes.push(
      raw.set(host(at, at < POOL_SIZE ? 'Available' : 'Allocated')),
      raw.set(raw.plan(`h${at}`, 'reprovision')),
    );
    if (at >= POOL_SIZE)
      changes.push(
        raw.set(raw.bmm(`w${at}`, `h${at}`, 'Running', { pool: poolName(at) })),
        raw.set(raw.machine(`w${at}`, 'Running')),
      );
  }
  index.apply(changes);
  index.snapshot();
  const cost = (...then: Change[]): { rows: number; before: Fleet; after: Fleet } => {
    const before = index.snapshot();
    const started = index.stats.recomputed;
    index.apply(then);
    const after = index.snapshot();
    return { rows: index.stats.recomputed - started, before, after };
  };
  return { index, cost };
}

describe('in a fleet of ten thousand hosts', () => {
  const { index, cost } = bigFleet();
  const changedRows = (before: Fleet, after: Fleet) => {
    const sorts = ['hosts', 'plans', 'machines', 'groups', 'pools', 'clusters'] as const;
    return Object.fromEntries(
      sorts.map((sort) => [sort, after[sort].list.filter((row) => before[sort].byUid.get(row.uid) !== row).length]),
    );
  };

  it('the beginning computes every row once or twice', () => {
    expect(index.stats.recomputed).toBeLessThan(2.5 * 4 * HOSTS);
    expect(index.snapshot().counters).toMatchObject({
      hosts: HOSTS,
      free: POOL_SIZE,
      inUse: HOSTS - POOL_SIZE,
      bad: 0,
    });
  });

  it('one changed host costs a handful of rows', () => {
    const { rows, before, after } = cost(raw.set(host(5_000, 'Unavailable', '2')));
    expect(rows).toBeLessThan(10);
    expect(changedRows(before, after)).toEqual({ hosts: 1, plans: 1, machines: 0, groups: 0, pools: 1, clusters: 0 });
    expect(after.counters).toMatchObject({ bad: 1, inUse: HOSTS - POOL_SIZE - 1 });
    expect(after.pools.list.find(({ name }) => name === 'pool-5')?.counted).toMatchObject({
      allocated: POOL_SIZE - 1,
      unavailable: 1,
    });
    cost(raw.set(host(5_000, 'Allocated', '3')));
  });

  it('one changed machine costs a handful of rows', () => {
    const { rows, before, after } = cost(
      raw.set(raw.machine('w5000', 'Running', { annotations: { 'cluster.x-k8s.io/delete-machine': '' } })),
    );
    expect(rows).toBeLessThan(10);
    expect(changedRows(before, after)).toMatchObject({ machines: 1, groups: 1, clusters: 1, hosts: 0, pools: 0 });
  });

  it('a pool’s new figures cost the pool', () => {
    const { rows, before, after } = cost(raw.set(raw.pool('pool-3', members(3_000), { status: { total: 1_000 } })));
    expect(rows).toBe(1);
    expect(changedRows(before, after)).toMatchObject({ pools: 1, hosts: 0 });
  });

  it('a pool’s new member costs the pool and that member', () => {
    index.apply([raw.set(raw.host('h-new', 'Available'))]);
    const { rows, before, after } = cost(
      raw.set(raw.pool('pool-3', [...members(3_000), 'h-new'], { status: { total: 1_000 } })),
    );
    expect(rows).toBeLessThan(6);
    expect(changedRows(before, after)).toMatchObject({ pools: 1, hosts: 1 });
    expect(after.hosts.list.find(({ name }) => name === 'h-new')).toMatchObject({
      pool: 'pool-3',
      position: POOL_SIZE,
      use: 'free',
    });
  });

  it('a pool’s lost member costs no other member', () => {
    const { rows } = cost(raw.set(raw.pool('pool-3', members(3_000), { status: { total: 1_000 } })));
    expect(rows).toBeLessThan(6);
  });

  it('the data of a plan costs the rows that show it', () => {
    const before = index.stats.recomputed;
    index.setPlanDetail('Secret/h5000', {
      resourceVersion: '1',
      planType: 'reprovision',
      checksum: 's',
      appliedChecksum: 's',
      instructions: [],
    });
    index.snapshot();
    expect(index.stats.recomputed - before).toBeLessThan(8);
  });

  it('the same object again changes nothing', () => {
    const before = index.snapshot();
    index.apply([{ type: 'set', object: before.hosts.list[0]!.object }]);
    expect(index.snapshot()).toBe(before);
  });
});
