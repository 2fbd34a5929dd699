/** Rights and credentials that come and go. */
import { afterEach, describe, expect, it } from 'vitest';
import { KubeError } from '../../../src/kube/types.ts';
import { PATH, World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

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
