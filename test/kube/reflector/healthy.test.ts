/** A server that does what it should: each step against what the store held and which phases were shown. */
import { afterEach, describe, expect, it } from 'vitest';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

/** For a server that should be asked as little as can be. */
const LONG = { watchTimeoutMs: [300_000, 600_000], idleMs: 75_000 } as const;

const asksFor = (what: 'watch' | 'list', query: Readonly<Record<string, unknown>> = {}) =>
  what === 'watch' ? query['watch'] === true : query['watch'] === undefined && query['limit'] !== 1;

describe('a healthy server', () => {
  it('goes from waiting over syncing to live, and follows additions, changes and deletions', async () => {
    world = new World();
    expect(world.freshness).toMatchObject({ phase: 'waiting', synced: false, count: 0 });
    world.reflector.start();
    await world.run(2_000);
    expect(world.phases).toEqual(['waiting', 'syncing', 'live']);
    expect(world.asked).toEqual(['peek', 'list rv=0', 'watch rv=102']);
    expect(world.freshness).toMatchObject({ synced: true, count: 2, version: 'v1', resourceVersion: '102' });

    world.api.put(PATH, 'c');
    world.api.put(PATH, 'a', { changed: true });
    world.api.remove(PATH, 'b');
    await world.run(10);
    world.expectTruth();
    expect(world.held.names).toEqual(['a', 'c']);
    expect(world.freshness.resourceVersion).toBe('105');
  });

  it('is live only after the watch has stood for a second', async () => {
    world = new World();
    world.reflector.start();
    await world.run(990);
    expect(world.freshness).toMatchObject({ phase: 'syncing', synced: true, count: 2 });
    expect(world.freshness.verifiedAt).toBeUndefined();
    await world.run(20);
    expect(world.phase).toBe('live');
  });

  it('is live at once on the first event after a fresh list', async () => {
    world = new World();
    world.reflector.start();
    await world.run(10);
    world.api.put(PATH, 'c');
    await world.run(1);
    expect(world.freshness).toMatchObject({ phase: 'live', verifiedAt: world.clock.now() - 1 });
  });

  it('says how many objects there will be, and delivers the first ones before the last is there', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `n${String(i).padStart(2, '0')}`);
    world = new World({ names });
    world.transport.onConnection = (connection) => asksFor('list', connection.request.query) && halfOf(connection);
    world.reflector.start();
    await world.run(10);
    expect(world.freshness).toMatchObject({ phase: 'syncing', synced: false, expected: 40 });
    expect(world.freshness.count).toBeGreaterThan(5);
    expect(world.freshness.count).toBeLessThan(40);
    expect(world.held.objects.size).toBe(world.freshness.count);
  });

  it('survives the end of a watch by its timeout without a flicker', async () => {
    world = await new World({ settings: { ...LONG, watchTimeoutMs: [20_000, 20_000] } }).live();
    await world.run(60_000);
    expect(world.asked).toEqual(['watch rv=102', 'watch rv=102', 'watch rv=102']);
    expect(world.phases).toEqual(['live']);
  });

  it('proves a quiet watch every few seconds, by one request of some bytes, without a flicker', async () => {
    world = await new World().live();
    let oldest = 0;
    world.clock.onStep = () => {
      oldest = Math.max(oldest, world.clock.now() - world.freshness.verifiedAt!);
    };
    await world.run(300_000);
    expect(world.phases).toEqual(['live']);
    expect(oldest).toBeLessThan(15_000);
    expect(new Set(world.asked.map((request) => request.split(' ')[0]))).toEqual(new Set(['watch']));
    expect(world.asked.length).toBeLessThanOrEqual(300 / 9);
  });

  it('does not touch a quiet watch that bookmarks keep warm, where watches may be long', async () => {
    world = await new World({ settings: LONG }).live();
    world.api.revision = 500;
    await world.run(290_000);
    expect(world.asked).toEqual([]);
    expect(world.phases).toEqual(['live']);
    expect(world.freshness.resourceVersion).toBe('500');
    expect(world.clock.now() - world.freshness.verifiedAt!).toBeLessThan(60_000);
  });

  it('reopens a watch that is silent for too long, on a server without bookmarks, and stays live', async () => {
    world = new World({ settings: LONG });
    world.api.bookmarkMs = undefined;
    await world.live();
    await world.run(160_000);
    expect(world.asked).toEqual(['peek', 'watch rv=102', 'peek', 'watch rv=102']);
    expect(world.phases).toEqual(['live']);
    world.api.put(PATH, 'c');
    await world.run(10);
    world.expectTruth();
  });
});

/** Lets half of a body through and holds the rest. */
function halfOf(connection: { send(text: string): void }): void {
  const send = connection.send.bind(connection);
  connection.send = (text) => send(text.slice(0, text.length / 2));
  (connection as { end?: () => void }).end = () => {};
}
