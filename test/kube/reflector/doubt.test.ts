/** Doubt from outside, its lifting, and evidence from outside. */
import { afterEach, describe, expect, it } from 'vitest';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

describe('doubt', () => {
  it('makes it stale at once, and keeps it so whatever the old watch says', async () => {
    world = await new World().live();
    world.reflector.doubt('the API did not answer');
    expect(world.freshness).toMatchObject({ phase: 'stale', error: 'the API did not answer' });
    const { verifiedAt } = world.freshness;
    world.api.put(PATH, 'c');
    world.reflector.vouch(world.clock.now());
    await world.run(70_000);
    expect(world.freshness).toMatchObject({ phase: 'stale', verifiedAt });
    expect(world.held.names).toEqual(['a', 'b', 'c']);
  });

  it('does not count a watch that was opened before it was lifted', async () => {
    world = await new World().live();
    world.reflector.doubt('the API did not answer');
    world.api.endWatches();
    await world.run(5_000);
    expect(world.asked.length).toBeGreaterThan(0);
    expect(world.phases).toEqual(['stale']);
    world.forget();
    world.reflector.poke('the API answers again');
    await world.run(500);
    expect(world.phase).toBe('stale');
    await world.run(1_000);
    expect(world.phase).toBe('live');
    expect(world.asked).toContain('watch rv=102');
  });

  it('reopens a list that may hang on a dead connection', async () => {
    world = new World();
    world.transport.swallow();
    world.reflector.start();
    await world.run(5_000);
    world.reflector.doubt('the API did not answer');
    world.transport.heal();
    world.reflector.poke('the API answers again');
    await world.run(1_500);
    expect(world.phase).toBe('live');
  });

  it('of the other kind says that credentials are the reason', async () => {
    world = await new World().live();
    world.reflector.doubt('Unauthorized', 'auth');
    expect(world.freshness).toMatchObject({ phase: 'auth', error: 'Unauthorized' });
    world.reflector.doubt('no answer');
    expect(world.freshness).toMatchObject({ phase: 'stale', error: 'no answer' });
  });

  it('does not turn nothing into something old', async () => {
    world = new World();
    world.api.denied = { status: 403, reason: 'Forbidden' };
    world.reflector.start();
    world.reflector.doubt('no answer');
    await world.run(100);
    expect(world.phases).toEqual(['waiting', 'forbidden']);
    world.reflector.doubt('no answer');
    expect(world.phase).toBe('forbidden');
  });
});

describe('poke', () => {
  it('cuts a wait short', async () => {
    world = await new World().live();
    world.transport.refuse();
    await world.run(60_000);
    world.transport.heal();
    world.reflector.poke('try now');
    await world.run(1_500);
    expect(world.phase).toBe('live');
  });

  it('retries what was forbidden', async () => {
    world = new World();
    world.api.denied = { status: 403, reason: 'Forbidden' };
    world.reflector.start();
    await world.run(1_000);
    world.api.denied = undefined;
    world.reflector.poke('try now');
    await world.run(1_500);
    expect(world.phase).toBe('live');
  });

  it('reopens a watch that stands, without a flicker', async () => {
    world = await new World().live();
    world.reflector.poke('try now');
    await world.run(1_500);
    expect(world.asked).toEqual(['watch rv=102']);
    expect(world.phases).toEqual(['live']);
  });

  it('does not begin a list anew that goes well', async () => {
    world = new World();
    world.transport.onConnection = (connection) => {
      if (!connection.request.query?.['watch']) connection.freeze();
    };
    world.reflector.start();
    await world.run(100);
    world.reflector.poke('try now');
    await world.run(100);
    expect(world.asked).toEqual(['peek', 'list rv=0']);
  });
});

describe('vouching', () => {
  it('moves verifiedAt for a watch that stood then, and never back', async () => {
    world = await new World().live();
    const before = world.freshness.verifiedAt!;
    await world.run(5_000);
    const at = world.clock.now() - 1_000;
    world.reflector.vouch(at);
    expect(world.freshness.verifiedAt).toBe(at);
    world.reflector.vouch(before);
    expect(world.freshness.verifiedAt).toBe(at);
  });

  it('proves nothing for a watch that was opened later', async () => {
    world = new World();
    world.reflector.start();
    await world.run(500);
    world.reflector.vouch(world.clock.now());
    expect(world.freshness).toMatchObject({ phase: 'syncing' });
    expect(world.freshness.verifiedAt).toBeUndefined();
  });
});
