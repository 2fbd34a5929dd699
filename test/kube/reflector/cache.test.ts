import { afterEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/kube/reflector/batch.ts';
import { type CacheOptions, createResourceCache, type ResourceCache } from '../../../src/kube/reflector/cache.ts';
import { DEFAULTS, type Settings } from '../../../src/kube/reflector/settings.ts';
import { FakeApi } from './support/fake-api.ts';
import { FakeClock, seededRandom } from './support/fake-clock.ts';
import { FakeTransport } from './support/fake-transport.ts';
import { Held, type Thing, thingOf } from './support/world.ts';

const pathOf = (kind: string) => `/apis/test/v1/namespaces/ns/${kind}`;

/** A cache of some kinds, and all it said. */
class Fleet {
  readonly clock = new FakeClock();
  readonly api = new FakeApi(this.clock);
  readonly transport = new FakeTransport(this.api, this.clock);
  readonly held = new Map<string, Held>();
  readonly batches: Batch<Thing>[] = [];
  readonly broken: string[] = [];
  readonly errors: unknown[] = [];
  readonly cache: ResourceCache;
  onChange: (batch: Batch<Thing>) => void = () => {};

  constructor(kinds: readonly string[], settings: Partial<Settings> = {}, resolve?: CacheOptions<Thing>['resolve']) {
    for (const kind of kinds) this.held.set(kind, new Held());
    this.cache = createResourceCache<Thing>({
      kinds,
      resolve: resolve ?? (async (kind) => ({ kind, path: pathOf(kind), project: thingOf })),
      transport: this.transport,
      clock: this.clock,
      settings: { ...DEFAULTS, ...settings },
      random: seededRandom(7),
      onChange: (batch) => {
        this.onChange(batch);
        this.batches.push(batch);
        for (const [kind, changes] of batch.changes) this.held.get(kind)?.take(changes);
      },
      onBroken: (kind, ref) => this.broken.push(`${kind}/${ref.name}`),
      onError: (error) => this.errors.push(error),
    });
  }

  serve(...kinds: string[]): this {
    for (const kind of kinds) {
      this.api.serve(pathOf(kind));
      this.api.put(pathOf(kind), `${kind}-1`);
    }
    return this;
  }

  async live(): Promise<this> {
    this.cache.start();
    await this.clock.advance(2_000);
    this.batches.length = 0;
    this.transport.requests.length = 0;
    return this;
  }

  get phases(): string[] {
    return Object.values(this.cache.freshness()).map(({ phase }) => phase);
  }
}

let fleet: Fleet;
afterEach(async () => {
  await fleet.cache.stop();
  expect(fleet.transport.open).toBe(0);
  expect(fleet.api.watches).toBe(0);
  expect(fleet.clock.pending).toBe(0);
});

describe('ResourceCache', () => {
  it('delivers all kinds, and their freshness with them', async () => {
    fleet = new Fleet(['x', 'y']).serve('x', 'y');
    expect(fleet.phases).toEqual(['waiting', 'waiting']);
    await fleet.live();
    expect(fleet.phases).toEqual(['live', 'live']);
    expect(fleet.held.get('x')?.names).toEqual(['x-1']);
    expect(fleet.held.get('y')?.names).toEqual(['y-1']);
  });

  it('gathers what happens within 100 ms into one batch, each object once', async () => {
    fleet = await new Fleet(['x', 'y']).serve('x', 'y').live();
    fleet.api.put(pathOf('x'), 'first');
    await fleet.clock.advance(1);
    expect(fleet.batches).toHaveLength(1);
    for (let n = 0; n < 50; n += 1) {
      fleet.api.put(pathOf('x'), 'x-1', { n });
      fleet.api.put(pathOf('y'), 'y-2', { n });
      fleet.api.remove(pathOf('y'), 'y-1');
      await fleet.clock.advance(1);
    }
    expect(fleet.batches).toHaveLength(1);
    await fleet.clock.advance(100);
    expect(fleet.batches).toHaveLength(2);
    const { changes, freshness } = fleet.batches[1]!;
    expect(changes.get('x')).toMatchObject([{ type: 'set', name: 'x-1', object: { spec: { n: 49 } } }]);
    expect(changes.get('y')).toMatchObject([
      { type: 'delete', name: 'y-1' },
      { type: 'set', name: 'y-2', object: { spec: { n: 49 } } },
    ]);
    expect([...freshness.keys()]).toEqual(['x', 'y']);
  });

  it('never speaks of objects that it has not delivered', async () => {
    fleet = new Fleet(['x']).serve('x');
    fleet.clock.onStep = () => {
      expect(fleet.cache.freshness()['x']?.count).toBe(fleet.held.get('x')?.objects.size);
    };
    await fleet.live();
    for (let n = 0; n < 20; n += 1) {
      fleet.api.put(pathOf('x'), `n${n}`);
      await fleet.clock.advance(30);
    }
    expect(fleet.held.get('x')?.objects.size).toBeGreaterThan(15);
  });

  it('delivers a batch again when the consumer throws, with what came since', async () => {
    fleet = await new Fleet(['x']).serve('x').live();
    fleet.onChange = () => {
      throw new Error('full');
    };
    fleet.api.put(pathOf('x'), 'a');
    await fleet.clock.advance(500);
    fleet.api.remove(pathOf('x'), 'x-1');
    await fleet.clock.advance(500);
    expect(fleet.errors.length).toBeGreaterThan(0);
    expect(fleet.held.get('x')?.names).toEqual(['x-1']);
    fleet.onChange = () => {};
    await fleet.clock.advance(1_000);
    expect(fleet.held.get('x')?.names).toEqual(['a']);
  });

  it('lets a kind whose CRD comes later go from absent over syncing to live', async () => {
    const asked: boolean[] = [];
    fleet = new Fleet(['x', 'late'], {}, async (kind, { fresh }) => {
      if (kind === 'late') asked.push(fresh);
      return kind === 'x' || asked.length > 2 ? { kind, path: pathOf(kind), project: thingOf } : undefined;
    }).serve('x', 'late');
    await fleet.live();
    expect(fleet.phases).toEqual(['live', 'absent']);
    expect(fleet.cache.freshness()['late']).toMatchObject({ synced: false, error: 'late is not served' });
    await fleet.clock.advance(125_000);
    expect(asked).toEqual([false, true, true]);
    const told = fleet.batches.flatMap(({ freshness }) => freshness.get('late')?.phase ?? []);
    expect(told.filter((phase, i) => phase !== told[i - 1])).toEqual(['absent', 'syncing', 'live']);
    expect(fleet.held.get('late')?.names).toEqual(['late-1']);
  });

  it('reports objects that cannot be read, by kind', async () => {
    fleet = new Fleet(['x'], {}, async (kind) => ({
      kind,
      path: pathOf(kind),
      project() {
        throw new Error('hostile');
      },
    })).serve('x');
    await fleet.live();
    expect(fleet.broken).toEqual(['x/x-1']);
    expect(fleet.cache.freshness()['x']).toMatchObject({ phase: 'live', count: 0, broken: 1 });
  });
});

describe('the probe', () => {
  it('keeps verifiedAt young for quiet kinds', async () => {
    fleet = new Fleet(['x']).serve('x');
    fleet.api.bookmarkMs = undefined;
    await fleet.live();
    let oldest = 0;
    fleet.clock.onStep = () => {
      oldest = Math.max(oldest, fleet.clock.now() - fleet.cache.freshness()['x']!.verifiedAt!);
    };
    await fleet.clock.advance(600_000);
    expect(oldest).toBeLessThanOrEqual(11_100);
    expect(new Set(fleet.batches.flatMap(({ freshness }) => freshness.get('x')?.phase))).toEqual(new Set(['live']));
  });

  it('makes all kinds stale within 15 s of a cut, and all live again by new watches', async () => {
    fleet = await new Fleet(['x', 'y']).serve('x', 'y').live();
    fleet.transport.swallow();
    await fleet.clock.advance(15_100);
    expect(fleet.phases).toEqual(['stale', 'stale']);
    expect(fleet.cache.freshness()['x']?.error).toBe('the API did not answer within 5 s');
    fleet.api.put(pathOf('x'), 'unseen');
    fleet.transport.heal('died');
    await fleet.clock.advance(10_000);
    expect(fleet.phases).toEqual(['live', 'live']);
    expect(fleet.held.get('x')?.names).toEqual(['unseen', 'x-1']);
  });

  it('is called for by the first kind that fails, and brings all back together', async () => {
    const kinds = Array.from({ length: 17 }, (_, n) => `k${n}`);
    fleet = await new Fleet(kinds).serve(...kinds).live();
    await fleet.clock.advance(1_000);
    // Down and up again between two of the probe's own questions, and long enough for backoffs to grow.
    fleet.transport.refuse();
    await fleet.clock.advance(200);
    expect(new Set(Object.values(fleet.cache.freshness()).map(({ error }) => error))).toEqual(
      new Set(['connect ECONNREFUSED']),
    );
    await fleet.clock.advance(5_800);
    fleet.transport.heal();
    await fleet.clock.advance(3_500);
    expect(new Set(fleet.phases)).toEqual(new Set(['live']));
  });

  it('makes them stale when etcd is down, although the watches stand', async () => {
    fleet = await new Fleet(['x']).serve('x').live();
    fleet.api.readyz = { status: 500, body: '[-]etcd failed: reason withheld' };
    await fleet.clock.advance(10_100);
    expect(fleet.phases).toEqual(['stale']);
    expect(fleet.cache.freshness()['x']?.error).toMatch(/not ready/);
    fleet.api.readyz = { status: 200, body: 'ok' };
    await fleet.clock.advance(4_000);
    expect(fleet.phases).toEqual(['live']);
  });

  it('makes them sign in again on a 401', async () => {
    fleet = await new Fleet(['x']).serve('x').live();
    fleet.api.token = 'rotated';
    await fleet.clock.advance(10_100);
    expect(fleet.cache.freshness()['x']).toMatchObject({ phase: 'auth', synced: true, count: 1 });
    fleet.api.token = undefined;
    await fleet.clock.advance(6_000);
    expect(fleet.phases).toEqual(['live']);
  });
});

describe('a clock that jumps', () => {
  it.each([3_600_000, -3_600_000])('by %i ms makes all kinds unverified, and verifies them', async (ms) => {
    fleet = await new Fleet(['x', 'y']).serve('x', 'y').live();
    // What a sleep does to connections: the server gave up on them, and nobody told us.
    for (const connection of fleet.transport.watches()) connection.die();
    fleet.api.put(pathOf('x'), 'unseen');
    fleet.clock.jump(ms);
    await fleet.clock.advance(1_150);
    const told = fleet.batches.flatMap(({ freshness }) => freshness.get('x')?.error ?? []);
    expect(told).toContain(`the clock jumped by ${ms / 1000} s`);
    await fleet.clock.advance(2_000);
    expect(fleet.phases).toEqual(['live', 'live']);
    expect(fleet.held.get('x')?.names).toEqual(['unseen', 'x-1']);
    const { verifiedAt } = fleet.cache.freshness()['x']!;
    expect(Math.abs(fleet.clock.now() - verifiedAt!)).toBeLessThan(3_000);
  });
});

describe('poke and doubt', () => {
  it('reconnects at once, and asks the API', async () => {
    fleet = await new Fleet(['x']).serve('x').live();
    fleet.transport.refuse();
    await fleet.clock.advance(100_000);
    fleet.transport.heal();
    fleet.cache.poke();
    await fleet.clock.advance(1_500);
    expect(fleet.phases).toEqual(['live']);
  });

  it('does not lift a doubt that the API has not dispelled', async () => {
    fleet = await new Fleet(['x']).serve('x').live();
    fleet.api.readyz = { status: 500, body: '' };
    await fleet.clock.advance(11_000);
    fleet.cache.poke();
    await fleet.clock.advance(5_000);
    expect(fleet.phases).toEqual(['stale']);
  });

  it('doubts and verifies all when told to', async () => {
    fleet = await new Fleet(['x']).serve('x').live();
    fleet.cache.doubt('an unhandled error');
    await fleet.clock.advance(3_000);
    const told = fleet.batches.flatMap(({ freshness }) => freshness.get('x') ?? []);
    expect(told.some(({ phase, error }) => phase === 'stale' && error === 'an unhandled error')).toBe(true);
    expect(fleet.phases).toEqual(['live']);
    expect(fleet.transport.requests.map(({ path }) => path)).toContain('/readyz');
  });
});

describe('many lists at once', () => {
  const kinds = Array.from({ length: 17 }, (_, n) => `k${n}`);

  it('are six at a time', async () => {
    fleet = new Fleet(kinds).serve(...kinds);
    const lists = new Set<object>();
    fleet.transport.onConnection = (connection) => {
      const { query = {}, path } = connection.request;
      if (query['watch'] || query['limit'] || path === '/readyz') return;
      connection.freeze();
      lists.add(connection);
    };
    fleet.cache.start();
    await fleet.clock.advance(1_000);
    expect(lists.size).toBe(6);
  });

  it('do not let the big starve the small', async () => {
    fleet = new Fleet(kinds, { bigList: 20 }).serve(...kinds);
    const big = kinds.slice(0, 8);
    for (const kind of big) for (let n = 0; n < 30; n += 1) fleet.api.put(pathOf(kind), `n${n}`);
    fleet.transport.onConnection = (connection) => {
      const { query = {}, path } = connection.request;
      if (query['watch'] || query['limit'] || !big.some((kind) => path === pathOf(kind))) return;
      // Nearly all of it arrives, and then nothing more.
      const send = connection.send.bind(connection);
      connection.send = (text) => send(text.slice(0, -20));
      connection.end = () => {};
    };
    fleet.cache.start();
    await fleet.clock.advance(3_000);
    const { k0, k7, k8, k16 } = fleet.cache.freshness();
    expect([k0, k7].map((one) => one?.phase)).toEqual(['syncing', 'syncing']);
    expect([k8, k16].map((one) => one?.phase)).toEqual(['live', 'live']);
    expect(k0?.expected).toBe(31);
  });
});
