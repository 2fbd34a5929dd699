/** The scripts of a server's life, each against what the store held and which phases were shown. */
import { afterEach, describe, expect, it } from 'vitest';
import { KubeError } from '../../../src/kube/types.ts';
import { refusal, statusBody } from './support/fake-api.ts';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

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
    world = await new World({ settings: { watchTimeoutMs: [20_000, 20_000] } }).live();
    await world.run(60_000);
    expect(world.asked).toEqual(['watch rv=102', 'watch rv=102', 'watch rv=102']);
    expect(world.phases).toEqual(['live']);
  });

  it('does not touch a quiet watch that bookmarks keep warm', async () => {
    world = await new World().live();
    world.api.revision = 500;
    await world.run(290_000);
    expect(world.asked).toEqual([]);
    expect(world.phases).toEqual(['live']);
    expect(world.freshness.resourceVersion).toBe('500');
    expect(world.clock.now() - world.freshness.verifiedAt!).toBeLessThan(60_000);
  });

  it('reopens a watch that is silent for too long, on a server without bookmarks, and stays live', async () => {
    world = new World();
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

describe('an expired revision', () => {
  it.each(['status', 'event'] as const)('by %s: lists again, keeps the old until the new is complete', async (how) => {
    world = await new World().live();
    world.api.expireBy = how;
    world.transport.refuse();
    world.api.remove(PATH, 'a');
    world.api.put(PATH, 'c');
    world.api.put(PATH, 'b', { changed: true });
    world.api.compact();
    await world.run(10);
    world.transport.heal();
    const sizes = new Set<number>();
    world.clock.onStep = () => sizes.add(world.held.objects.size);
    await world.run(5_000);
    expect(world.asked).toEqual(['peek', 'watch rv=102', 'list rv=102', 'watch rv=106']);
    expect([...sizes]).toEqual([2]);
    expect(world.deliveries).toEqual([['-a', '+b', '+c']]);
    expect(world.phases).toEqual(['stale', 'live']);
    world.expectTruth();
  });

  it('is never live in the moment before the ERROR event', async () => {
    world = await new World().live();
    world.api.expireBy = 'event';
    world.transport.refuse();
    world.api.compact();
    world.transport.heal();
    world.transport.onConnection = (connection) => {
      if (connection.request.query?.['resourceVersion'] !== '102' || !connection.request.query['watch']) return;
      connection.freeze();
      world.clock.setTimeout(() => connection.thaw(), 900);
    };
    await world.run(10_000);
    expect(world.phases).toEqual(['stale', 'live']);
    expect(world.asked).toContain('list rv=102');
  });

  it('tells a deletion and a creation under one name from a change', async () => {
    world = await new World().live();
    const before = [...world.held.objects.keys()];
    world.transport.refuse();
    world.api.remove(PATH, 'a');
    world.api.put(PATH, 'a', { second: true });
    world.api.compact();
    await world.run(10);
    world.transport.heal();
    await world.run(5_000);
    expect(world.deliveries).toEqual([['-a', '+a']]);
    expect([...world.held.objects.keys()]).not.toEqual(before);
    world.expectTruth();
  });

  it('delivers nothing for objects that are as they were', async () => {
    world = await new World().live();
    world.transport.refuse();
    world.api.compact();
    world.transport.heal();
    await world.run(5_000);
    expect(world.phase).toBe('live');
    expect(world.deliveries).toEqual([]);
  });
});

describe('outages', () => {
  it('freezes verifiedAt while the server is down, keeps what is held, and catches up', async () => {
    world = await new World().live();
    world.api.put(PATH, 'c');
    await world.run(10);
    const { verifiedAt } = world.freshness;
    world.transport.refuse();
    await world.run(2_000);
    expect(world.freshness).toMatchObject({ phase: 'stale', synced: true, count: 3, verifiedAt });
    expect(world.freshness.error).toMatch(/ECONNREFUSED/);
    expect(world.freshness.retryAt).toBeGreaterThan(world.clock.now());
    world.api.put(PATH, 'd');
    world.transport.heal();
    await world.run(10_000);
    expect(world.phases).toEqual(['live', 'stale', 'live']);
    expect(world.freshness.error).toBeUndefined();
    world.expectTruth();
  });

  it('asks less and less often', async () => {
    world = await new World().live();
    world.transport.refuse();
    const times: number[] = [];
    world.transport.fault = () => void times.push(world.clock.elapsed);
    await world.run(300_000);
    const gaps = times.map((at, i) => at - (times[i - 1] ?? 2_000));
    for (const [i, gap] of gaps.entries()) {
      const base = Math.min(30_000, 800 * 2 ** i);
      expect(gap).toBeGreaterThanOrEqual(base);
      expect(gap).toBeLessThanOrEqual(2 * base);
    }
    expect(gaps.length).toBeGreaterThan(6);
  });

  it('waits as long as a 503 asks for', async () => {
    world = await new World().live();
    world.transport.fault = () => ({
      status: 503,
      headers: { 'retry-after': '20' },
      body: statusBody(503, 'ServiceUnavailable', 'the server is overloaded'),
    });
    world.api.endWatches();
    await world.run(19_000);
    expect(world.asked).toEqual(['watch rv=102']);
    expect(world.freshness).toMatchObject({ phase: 'stale', error: 'the server is overloaded', count: 2 });
    world.transport.fault = () => undefined;
    await world.run(3_000);
    expect(world.asked).toEqual(['watch rv=102', 'peek', 'watch rv=102']);
    expect(world.phase).toBe('live');
  });

  it('does not wait for days when a 503 asks for it', async () => {
    world = await new World().live();
    world.transport.fault = () => ({ status: 503, headers: { 'retry-after': '999999' }, body: '' });
    world.api.endWatches();
    await world.run(1_000);
    world.transport.fault = () => undefined;
    await world.run(122_000);
    expect(world.phase).toBe('live');
  });

  it('finds a half-open connection by its silence, and loses nothing', async () => {
    world = await new World().live();
    world.transport.watches()[0]?.die();
    world.api.put(PATH, 'c');
    await world.run(72_000);
    expect(world.held.names).toEqual(['a', 'b']);
    await world.run(2_000);
    expect(world.held.names).toEqual(['a', 'b', 'c']);
    expect(world.phase).toBe('live');
  });

  it('gives up a watch whose headers never come', async () => {
    world = await new World().live();
    world.transport.fault = ({ query }) => (query?.['watch'] ? 'hang' : undefined);
    world.api.endWatches();
    await world.run(1_100);
    expect(world.phase).toBe('stale');
    world.transport.fault = () => undefined;
    await world.run(12_000);
    expect(world.phases).toEqual(['stale', 'live']);
  });

  it('takes the end of a watch for staleness when the next one is not open within a second', async () => {
    world = await new World().live();
    world.transport.fault = ({ query }) => (query?.['watch'] ? 'hang' : undefined);
    world.api.endWatches();
    await world.run(900);
    expect(world.phases).toEqual([]);
    await world.run(200);
    expect(world.phases).toEqual(['stale']);
  });

  it('backs off from a server that ends each watch at once', async () => {
    world = new World();
    world.transport.onConnection = (connection) => {
      if (connection.request.query?.['watch']) world.clock.setTimeout(() => connection.end(), 1);
    };
    world.reflector.start();
    await world.run(60_000);
    const watches = world.asked.filter((what) => what.startsWith('watch')).length;
    expect(watches).toBeGreaterThan(3);
    expect(watches).toBeLessThan(10);
    expect(world.phases).not.toContain('live');
    expect(world.freshness.error).toMatch(/ended the watch at once/);
    world.transport.onConnection = () => {};
    await world.run(60_000);
    expect(world.phase).toBe('live');
  });

  it('does not hammer a server that ends each watch after its first event', async () => {
    world = await new World().live();
    let n = 0;
    world.transport.onConnection = (connection) => {
      if (!connection.request.query?.['watch']) return;
      world.clock.setTimeout(() => {
        n += 1;
        world.api.put(PATH, 'a', { n });
        connection.end();
      }, 1);
    };
    world.api.endWatches();
    await world.run(10_000);
    expect(world.asked.length).toBeGreaterThan(10);
    expect(world.asked.length).toBeLessThanOrEqual(21);
  });

  it('stays live with a server that ends each watch after a second or two of changes', async () => {
    world = await new World().live();
    let n = 0;
    const churn = () => {
      world.api.put(PATH, `n${n % 5}`, { n: ++n });
      if (n % 15 === 0) world.api.endWatches();
      if (n < 300) world.clock.setTimeout(churn, 100);
    };
    churn();
    await world.run(40_000);
    expect(world.phases).toEqual(['live']);
    expect(world.asked.length).toBeGreaterThanOrEqual(20);
    expect(world.asked.every((what) => what.startsWith('watch'))).toBe(true);
    world.expectTruth();
  });
});

describe('what a watch may send', () => {
  it('goes on from the same revision after an ERROR event that is no expiry', async () => {
    world = await new World().live();
    world.transport
      .watches()[0]
      ?.send(
        `${JSON.stringify({ type: 'ERROR', object: JSON.parse(statusBody(500, 'InternalError', 'etcd leader changed')) })}\n`,
      );
    await world.run(10);
    expect(world.freshness).toMatchObject({ phase: 'stale', error: 'etcd leader changed', count: 2 });
    await world.run(4_000);
    expect(world.asked).toEqual(['peek', 'watch rv=102']);
    expect(world.phases).toEqual(['stale', 'live']);
  });

  it('loses no event with a line that was cut', async () => {
    world = await new World().live();
    const [watch] = world.transport.watches();
    watch?.send('{"type":"ADDED","object":{"metadata":{"na');
    watch?.end();
    world.api.put(PATH, 'c');
    await world.run(5_000);
    expect(world.asked).toEqual(['peek', 'watch rv=102']);
    expect(world.phases).toEqual(['stale', 'live']);
    world.expectTruth();
  });

  it.each([
    ['no JSON', '{"type":"MODIFIED","object":{{'],
    ['no known type', '{"type":"RENAMED","object":{}}'],
    ['null', 'null'],
    ['a deletion of nobody knows what', '{"type":"DELETED","object":{"metadata":null}}'],
  ])('lists again after a line that is %s', async (_, line) => {
    world = await new World().live();
    world.transport.watches()[0]?.send(`${line}\n`);
    world.api.put(PATH, 'c');
    await world.run(5_000);
    expect(world.asked).toEqual(['list rv=102', 'watch rv=103']);
    expect(world.phases).toEqual(['stale', 'live']);
    world.expectTruth();
  });

  it('does not call a backlog live before it has run dry', async () => {
    world = await new World().live();
    world.transport.swallow();
    await world.run(80_000);
    expect(world.phase).toBe('stale');
    for (let n = 0; n < 40; n += 1) world.api.put(PATH, 'a', { n });
    world.transport.onConnection = (connection) => {
      if (!connection.request.query?.['watch']) return;
      // The backlog trickles in, a piece every 50 ms.
      const send = connection.send.bind(connection);
      let delay = 0;
      connection.send = (text) => {
        delay += 50;
        world.clock.setTimeout(() => send(text), delay);
      };
    };
    world.transport.heal('died');
    world.forget();
    const live: boolean[] = [];
    world.clock.onStep = () => {
      if (world.phase === 'live')
        live.push(world.held.objects.get('uid-1')?.state === world.api.truth(PATH).get('uid-1'));
    };
    await world.run(90_000);
    expect(live).toContain(true);
    expect(live).not.toContain(false);
  });

  it('notices an etcd that was restored from a backup, where one revision stands for two states', async () => {
    world = await new World().live();
    const restore = world.api.backup();
    world.api.put(PATH, 'b', { lost: true });
    world.api.remove(PATH, 'a');
    world.api.put(PATH, 'c');
    await world.run(10);
    world.transport.refuse();
    restore();
    world.api.put(PATH, 'b', { written: 'after the restore' });
    await world.run(100);
    world.transport.heal();
    world.forget();
    await world.run(5_000);
    expect(world.asked).toEqual(['peek', 'list', 'watch rv=103']);
    expect(world.held.names).toEqual(['a', 'b']);
    world.expectTruth();
    expect(world.phase).toBe('live');
  });
});

describe('rights and credentials', () => {
  it('is forbidden, then granted, and is never taken for empty', async () => {
    world = new World();
    world.api.denied = { status: 403, reason: 'Forbidden', message: 'cannot list things' };
    world.reflector.start();
    await world.run(100);
    expect(world.freshness).toMatchObject({ phase: 'forbidden', synced: false, error: 'cannot list things' });
    const retryIn = world.freshness.retryAt! - world.clock.now();
    expect(retryIn).toBeGreaterThan(29_000);
    expect(retryIn).toBeLessThanOrEqual(60_000);
    await world.run(200_000);
    expect(world.phases).toEqual(['waiting', 'forbidden']);
    expect(world.asked.filter((what) => what === 'list rv=0').length).toBeLessThanOrEqual(7);
    world.api.denied = undefined;
    await world.run(62_000);
    expect(world.phases).toEqual(['waiting', 'forbidden', 'syncing', 'live']);
    world.expectTruth();
  });

  it('gives up what it holds when it is forbidden while live', async () => {
    world = await new World().live();
    world.api.denied = { status: 403, reason: 'Forbidden' };
    world.api.endWatches();
    await world.run(100);
    expect(world.held.names).toEqual([]);
    expect(world.deliveries).toEqual([['-a', '-b']]);
    expect(world.freshness).toMatchObject({ phase: 'forbidden', synced: false, count: 0, verifiedAt: undefined });
    world.api.denied = undefined;
    await world.run(62_000);
    expect(world.phases).toEqual(['forbidden', 'syncing', 'live']);
    world.expectTruth();
  });

  it('is absent, then installed', async () => {
    world = new World();
    world.api.withdraw(PATH);
    world.reflector.start();
    await world.run(90_000);
    expect(world.phases).toEqual(['waiting', 'absent']);
    expect(world.freshness.synced).toBe(false);
    world.api.serve(PATH);
    await world.run(62_000);
    expect(world.phases).toEqual(['waiting', 'absent', 'syncing', 'live']);
    expect(world.freshness).toMatchObject({ synced: true, count: 0 });
  });

  it('signs in again on a 401, keeps what it holds, and goes on', async () => {
    world = await new World().live();
    world.api.token = 'rotated';
    world.api.endWatches();
    await world.run(3_000);
    expect(world.freshness).toMatchObject({ phase: 'auth', synced: true, count: 2, error: 'Unauthorized' });
    world.api.token = undefined;
    await world.run(10_000);
    expect(world.phases).toEqual(['auth', 'live']);
    world.expectTruth();
  });

  it('says why credentials cannot be had, and goes on when they can', async () => {
    world = new World();
    world.transport.fault = () => new KubeError(0, 'Credentials', 'SSO session expired\u001b[31m\nrun login');
    world.reflector.start();
    await world.run(5_000);
    expect(world.freshness).toMatchObject({
      phase: 'auth',
      synced: false,
      error: 'SSO session expired [31m run login',
    });
    world.transport.fault = () => undefined;
    await world.run(30_000);
    expect(world.phases).toEqual(['waiting', 'auth', 'syncing', 'live']);
  });
});

/** Lets half of a body through and holds the rest. */
function halfOf(connection: { send(text: string): void }): void {
  const send = connection.send.bind(connection);
  connection.send = (text) => send(text.slice(0, text.length / 2));
  (connection as { end?: () => void }).end = () => {};
}
