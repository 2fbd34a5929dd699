/** What a watch may send instead of the next event. */
import { afterEach, describe, expect, it } from 'vitest';
import { statusBody } from './support/fake-api.ts';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

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
