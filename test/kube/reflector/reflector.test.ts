/** What a reflector promises beyond following one server: hostile objects and callbacks, moving paths, and the end. */
import { afterEach, describe, expect, it } from 'vitest';
import { Loop } from '../../../src/kube/reflector/loop.ts';
import type { Source } from '../../../src/kube/reflector/source.ts';
import { refusal } from './support/fake-api.ts';
import { settle } from './support/fake-clock.ts';
import { PATH, THINGS, type Thing, thingOf, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

const picky: Source<Thing> = {
  ...THINGS,
  project(raw) {
    const thing = thingOf(raw);
    if ((thing.spec as { bad?: boolean }).bad) throw new TypeError('hostile');
    return thing;
  },
};

describe('hostile objects', () => {
  it('are reported and counted, and cost no other object', async () => {
    world = await new World({ source: picky }).live();
    world.api.put(PATH, 'evil', { bad: true });
    world.api.put(PATH, 'c');
    await world.run(10);
    expect(world.held.names).toEqual(['a', 'b', 'c']);
    expect(world.broken).toMatchObject([{ name: 'evil' }]);
    expect(world.freshness).toMatchObject({ phase: 'live', count: 3, broken: 1 });
    world.api.put(PATH, 'evil', {});
    await world.run(10);
    expect(world.freshness.broken).toBeUndefined();
    world.expectTruth();
  });

  it('replace the readable state they had before: that is no longer true', async () => {
    world = await new World({ source: picky }).live();
    world.api.put(PATH, 'a', { bad: true });
    await world.run(10);
    expect(world.deliveries).toEqual([['-a']]);
    expect(world.freshness).toMatchObject({ count: 1, broken: 1 });
  });

  it('may be anything at all', async () => {
    world = new World();
    world.transport.onConnection = (connection) => {
      if (connection.request.query?.['watch'] || connection.request.query?.['limit']) return;
      connection.send('{"metadata":{"resourceVersion":"102"},"items":[null,7,"x",[],{},{"metadata":null},');
      connection.send('{"metadata":{"uid":{},"name":[]}},{"metadata":{"name":"nobody"}},');
      connection.send('{"metadata":{"uid":"u","name":"a\\u001b[2J","resourceVersion":"9"}}]}');
      connection.end();
    };
    world.reflector.start();
    await world.run(2_000);
    expect(world.freshness).toMatchObject({ phase: 'live', count: 1, broken: 8 });
    expect(world.held.names).toEqual(['a\u001b[2J']);
  });

  it('beyond the cap are left out, the oldest first, and that is said', async () => {
    world = await new World({ source: { ...THINGS, cap: 2 }, names: ['a', 'b', 'c'] }).live();
    expect(world.held.names).toEqual(['b', 'c']);
    expect(world.freshness).toMatchObject({ count: 2, capped: true });
    world.api.put(PATH, 'd');
    await world.run(10);
    expect(world.held.names).toEqual(['c', 'd']);
  });
});

describe('callbacks that throw', () => {
  it('are given the same changes again, and the kind is not live until they are taken', async () => {
    let failures = 3;
    world = new World({
      onChanges() {
        if (failures-- > 0) throw new Error('full');
      },
    });
    world.reflector.start();
    await world.run(500);
    expect(world.phase).not.toBe('live');
    expect(world.freshness).toMatchObject({ error: 'the changes were not taken in: full' });
    await world.run(30_000);
    expect(world.phase).toBe('live');
    world.expectTruth();
  });

  it('lose no deletion, not even when the kind is forbidden meanwhile', async () => {
    let full = false;
    world = new World({
      onChanges() {
        if (full) throw new Error('full');
      },
    });
    await world.live();
    full = true;
    world.api.denied = { status: 403, reason: 'Forbidden' };
    world.api.endWatches();
    await world.run(5_000);
    expect(world.held.names).toEqual(['a', 'b']);
    full = false;
    await world.run(70_000);
    expect(world.phase).toBe('forbidden');
    expect(world.held.names).toEqual([]);
  });

  it('do not end the loop when they only listen', async () => {
    world = new World();
    const errors: unknown[] = [];
    const other = new Loop<Thing>({
      source: picky,
      transport: world.transport,
      clock: world.clock,
      onChanges() {},
      onFreshness() {
        throw new Error('listener');
      },
      onBroken() {
        throw new Error('listener');
      },
      onError: (error) => errors.push(error),
    });
    world.api.put(PATH, 'evil', { bad: true });
    other.start();
    await world.run(3_000);
    expect(other.freshness()).toMatchObject({ phase: 'live', count: 2, broken: 1 });
    expect(errors.length).toBeGreaterThan(2);
    await other.stop();
  });
});

describe('a source that is looked up', () => {
  const OLD = '/apis/test/v1beta1/namespaces/ns/things';
  const sourceAt = (path: string): Source<Thing> => ({ ...THINGS, path });

  it('is absent until it is found, and joins by itself', async () => {
    let served = false;
    const hints: boolean[] = [];
    world = new World({
      source: async ({ fresh }) => {
        hints.push(fresh);
        return served ? THINGS : undefined;
      },
    });
    world.reflector.start();
    await world.run(100_000);
    expect(world.phases).toEqual(['absent']);
    expect(world.freshness.error).toBe('thing is not served');
    expect(hints[0]).toBe(false);
    expect(hints.slice(1).every(Boolean)).toBe(true);
    served = true;
    await world.run(62_000);
    expect(world.phases).toEqual(['absent', 'syncing', 'live']);
    world.expectTruth();
  });

  it('moves to another version without ever being empty', async () => {
    let path = OLD;
    world = new World({ source: async () => sourceAt(path) });
    world.api.serve(OLD);
    for (const name of ['a', 'b']) world.api.put(OLD, name);
    await world.live();
    expect(world.freshness.version).toBe('v1beta1');
    const sizes = new Set<number>();
    world.clock.onStep = () => sizes.add(world.held.objects.size);
    path = PATH;
    world.api.withdraw(OLD);
    await world.run(5_000);
    expect(world.phases).toEqual(['stale', 'live']);
    expect(world.freshness.version).toBe('v1');
    expect([...sizes]).toEqual([2]);
    world.expectTruth();
  });

  it('is absent when it is nowhere else', async () => {
    let asked = 0;
    world = new World({
      source: async () => {
        asked += 1;
        return THINGS;
      },
    });
    await world.live();
    world.api.withdraw(PATH);
    await world.run(500);
    expect(world.phase).toBe('absent');
    expect(world.held.names).toEqual([]);
    expect(asked).toBe(2);
    world.api.serve(PATH);
    await world.run(62_000);
    expect(world.phase).toBe('live');
  });

  it('is not asked for without end by a server that lists it and does not know it', async () => {
    world = new World({ source: async () => THINGS });
    world.transport.fault = ({ query }) => (query?.['watch'] ? refusal(404, 'NotFound', 'no such thing') : undefined);
    world.reflector.start();
    await world.run(120_000);
    expect(world.transport.requests.length).toBeLessThan(25);
    expect(world.phases).not.toContain('live');
    expect(world.phase).toBe('absent');
  });

  it('waits with an error, not as absent, when it cannot be looked up', async () => {
    let failing = true;
    world = new World({
      source: async () => {
        if (failing) throw new Error('no discovery');
        return THINGS;
      },
    });
    world.reflector.start();
    await world.run(5_000);
    expect(world.freshness).toMatchObject({ phase: 'waiting', error: 'no discovery' });
    failing = false;
    await world.run(30_000);
    expect(world.phase).toBe('live');
  });

  it('can be stopped while it is looked up', async () => {
    world = new World({ source: () => new Promise(() => {}) });
    world.reflector.start();
    await world.run(1_000);
    expect(world.phase).toBe('waiting');
  });
});

describe('the end', () => {
  const moments: [string, (w: World) => Promise<void> | void][] = [
    ['before it began', () => {}],
    [
      'while it waits for the list',
      (w) => {
        w.transport.swallow();
        w.reflector.start();
        return settle();
      },
    ],
    [
      'in the middle of the list',
      (w) => {
        w.transport.onConnection = (connection) => connection.freeze();
        w.reflector.start();
        return settle();
      },
    ],
    ['while live', async (w) => void (await w.live())],
    [
      'while it backs off',
      (w) => {
        w.transport.fault = () => refusal(503, 'ServiceUnavailable', 'later');
        w.reflector.start();
        return w.run(10_000);
      },
    ],
    [
      'while the watch is reopened',
      async (w) => {
        await w.live();
        w.transport.fault = () => 'hang';
        w.api.endWatches();
        await settle();
      },
    ],
  ];
  it.each(moments)('leaves nothing behind %s', async (_, reach) => {
    world = new World();
    await reach(world);
    await world.reflector.stop();
    expect(world.transport.open).toBe(0);
  });

  it('is final', async () => {
    world = await new World().live();
    await world.reflector.stop();
    world.reflector.start();
    world.reflector.poke('again');
    world.reflector.doubt('again');
    await world.run(1_000);
    expect(world.asked).toEqual([]);
  });
});
