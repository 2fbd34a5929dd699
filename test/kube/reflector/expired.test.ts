/** Revisions that the server no longer knows. */
import { afterEach, describe, expect, it } from 'vitest';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

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
