/** Servers that are down, overloaded, silent, or end their watches. */
import { afterEach, describe, expect, it } from 'vitest';
import { statusBody } from './support/fake-api.ts';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

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
    await world.run(11_000);
    expect(world.held.names).toEqual(['a', 'b']);
    await world.run(3_000);
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

  it('stays live behind a proxy that cuts every connection after some seconds', async () => {
    world = await new World().live();
    for (let n = 0; n < 35; n += 1) {
      await world.run(8_000);
      for (const watch of world.transport.watches()) watch.cut();
    }
    expect(world.phases).toEqual(['live']);
    expect(world.asked.slice(0, 4)).toEqual(['peek', 'watch rv=102', 'peek', 'watch rv=102']);
    expect(world.asked.length).toBeLessThan(85);
  });

  it('is stale at once where a cut watch cannot be opened again', async () => {
    world = await new World().live();
    await world.run(8_000);
    const { verifiedAt } = world.freshness;
    world.transport.refuse();
    await world.run(10);
    expect(world.freshness).toMatchObject({ phase: 'stale', verifiedAt });
  });

  it('is stale within a second where the server says nothing to the watch after the cut', async () => {
    world = await new World().live();
    await world.run(8_000);
    for (const watch of world.transport.watches()) watch.cut();
    world.transport.swallow();
    await world.run(1_010);
    expect(world.phase).toBe('stale');
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
