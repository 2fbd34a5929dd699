/** Lists and WatchLists that are refused, cut, expired or older than what is held. */
import { afterEach, describe, expect, it } from 'vitest';
import { refusal } from './support/fake-api.ts';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

const asksFor = (what: 'watch' | 'list', query: Readonly<Record<string, unknown>> = {}) =>
  what === 'watch' ? query['watch'] === true : query['watch'] === undefined && query['limit'] !== 1;

describe('lists', () => {
  it('falls back to a list where WatchList is refused', async () => {
    world = new World({ settings: { strategy: 'watchlist' } });
    world.api.watchList = 'refused';
    world.api.pageSize = 1;
    world.reflector.start();
    await world.run(2_000);
    expect(world.asked.filter((what) => what !== 'peek')).toEqual([
      'watchlist',
      'list rv=0',
      'list continue',
      'watch rv=102',
    ]);
    expect(world.phase).toBe('live');
    world.expectTruth();
  });

  it('uses WatchList where it is served, and replaces what is held only when the first state is complete', async () => {
    world = await new World({ settings: { strategy: 'watchlist' } }).live();
    world.expectTruth();
    world.transport.refuse();
    world.api.remove(PATH, 'a');
    world.api.put(PATH, 'c');
    world.api.compact();
    await world.run(100);
    world.transport.heal();
    world.forget();
    let held: (() => void) | undefined;
    world.transport.onConnection = (connection) => {
      if (!connection.request.query?.['sendInitialEvents']) return;
      connection.freeze();
      held = () => connection.thaw();
    };
    await world.run(5_000);
    expect(world.asked).toEqual(['peek', 'watch rv=102', 'watchlist rv=102']);
    expect(world.held.names).toEqual(['a', 'b']);
    held?.();
    await world.run(10);
    expect(world.held.names).toEqual(['b', 'c']);
    expect(world.deliveries).toEqual([['-a', '+c']]);
    expect(world.phase).toBe('live');
  });

  it('gives up a WatchList that is never completed', async () => {
    world = new World({ settings: { strategy: 'watchlist' } });
    world.api.watchList = 'ignored';
    world.reflector.start();
    await world.run(9_000);
    expect(world.freshness).toMatchObject({ phase: 'syncing', synced: false, count: 2 });
    await world.run(3_000);
    expect(world.asked).toEqual(['peek', 'watchlist', 'peek', 'list rv=0', 'watch rv=102']);
    expect(world.phase).toBe('live');
    world.expectTruth();
  });

  it('does not take the end of a slow first state for having caught up', async () => {
    world = new World({ settings: { strategy: 'watchlist' } });
    world.transport.onConnection = (connection) => {
      if (!connection.request.query?.['sendInitialEvents']) return;
      const send = connection.send.bind(connection);
      let due = world.clock.elapsed;
      connection.send = (text) => {
        due += text.includes('"n":') ? 50 : 8_000;
        world.clock.setTimeout(() => send(text), due - world.clock.elapsed);
      };
    };
    world.reflector.start();
    await world.run(1_000);
    for (let n = 0; n < 20; n += 1) world.api.put(PATH, 'a', { n });
    const live: boolean[] = [];
    world.clock.onStep = () => {
      if (world.phase === 'live')
        live.push(world.held.objects.get('uid-1')?.state === world.api.truth(PATH).get('uid-1'));
    };
    await world.run(40_000);
    expect(live).toContain(true);
    expect(live).not.toContain(false);
  });

  it('starts over in one piece when the pages expire', async () => {
    world = new World();
    world.api.pageSize = 1;
    world.api.pagesExpire = true;
    world.reflector.start();
    await world.run(10);
    expect(world.phase).not.toBe('live');
    world.api.pageSize = undefined;
    await world.run(20_000);
    expect(world.transport.requests.filter(({ query }) => asksFor('list', query)).at(-1)?.query).toMatchObject({
      resourceVersion: undefined,
      limit: undefined,
    });
    expect(world.phase).toBe('live');
    world.expectTruth();
  });

  it('reads the newest state when the watch cache is behind what it holds', async () => {
    world = await new World().live();
    world.api.put(PATH, 'c');
    await world.run(10);
    world.api.cacheLag = 2;
    world.transport.fault = ({ query }) =>
      query?.['watch'] && query['resourceVersion'] === '103' ? refusal(410, 'Expired', 'too old') : undefined;
    world.api.endWatches();
    world.forget();
    await world.run(500);
    expect(world.asked).toEqual(['watch rv=103', 'list rv=103']);
    await world.run(5_000);
    expect(world.asked.slice(2, 3)).toEqual(['list']);
    expect(world.transport.requests[2]?.query).toMatchObject({ limit: 500 });
    world.expectTruth();
  });

  it('reads the newest state when the watch cache lists what it can no longer watch', async () => {
    world = new World();
    world.api.put(PATH, 'c');
    world.api.compact();
    world.api.cacheLag = 2;
    world.reflector.start();
    await world.run(3_000);
    expect(world.asked.filter((what) => what !== 'peek')).toEqual([
      'list rv=0',
      'watch rv=102',
      'list',
      'watch rv=104',
    ]);
    expect(world.phase).toBe('live');
    world.expectTruth();
  });

  it('never goes back to an older list while it syncs', async () => {
    world = new World();
    world.transport.onConnection = (connection) => {
      if (!asksFor('list', connection.request.query)) return;
      world.transport.onConnection = () => {};
      connection.send('{"metadata":{"resourceVersion":"102"},"items":[');
      connection.send(
        `${JSON.stringify({ metadata: { uid: 'uid-2', name: 'b', resourceVersion: '102' }, spec: {} })},`,
      );
      connection.cut();
    };
    world.api.cacheLag = 1;
    world.reflector.start();
    await world.run(500);
    expect(world.held.names).toEqual(['b']);
    await world.run(5_000);
    expect(world.asked.filter((what) => what.startsWith('list'))).toEqual(['list rv=0', 'list rv=0', 'list']);
    expect(world.phases).toEqual(['waiting', 'syncing', 'stale', 'syncing', 'stale', 'syncing', 'live']);
    world.expectTruth();
  });

  it('takes a list that is not one for a failure', async () => {
    world = new World();
    world.transport.fault = ({ query }) =>
      asksFor('list', query) ? { status: 200, body: '<html>sign in</html>' } : undefined;
    world.reflector.start();
    await world.run(60_000);
    expect([...new Set(world.phases)]).toEqual(['waiting', 'syncing']);
    expect(world.phase).toBe('waiting');
    expect(world.freshness).toMatchObject({ synced: false, count: 0 });
    expect(world.freshness.error).toMatch(/list/);
  });
});
