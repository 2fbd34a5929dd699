/** One at a time: two processes with nothing in common but the cluster want to write the same thing. */
import { expect, it } from 'vitest';
import { createAlone, notAlone } from '../../src/runner/alone.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { managementResources } from '../../src/simulator/world/management/kinds.ts';

const DEPOT = { what: 'create', of: 'depot' };

function begin() {
  const clock = new ManualClock(Date.parse('2026-11-21T02:00:00Z'));
  const now = () => clock.now();
  const api = createApi({ namespaces: ['cpaas-system'], resources: managementResources('v1beta1'), now });
  const transport = apiTransport(api, {
    user: { name: 'admin', groups: ['system:masters'] },
    program: () => 'metaldeck',
  });
  const by = (who: string, pid: number, gone = false) =>
    createAlone({
      transport,
      namespace: 'cpaas-system',
      clock: { now, after: (ms, then) => clock.after(ms, then) },
      who,
      processes: { self: { host: `host-of-${who}`, pid }, isGone: () => gone },
    });
  const leases = async () => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/cpaas-system/leases';
    return (await transport.json<{ items: { metadata: { name: string } }[] }>({ path })).items.map(
      ({ metadata }) => metadata.name,
    );
  };
  return { clock, by, leases };
}

it('lets one in, tells the other who it is, and leaves nothing behind', async () => {
  const { by, leases } = begin();
  const [ana, bob] = [by('ana', 1), by('bob', 2)];
  expect(await ana.hold(DEPOT)).toEqual({ state: 'mine' });
  expect(await leases()).toEqual(['metaldeck-create-depot']);
  const lock = await bob.hold(DEPOT);
  expect(notAlone(lock, DEPOT)).toBe('ana on host-of-ana works on depot at this moment: nothing was done');
  expect(await bob.hold({ ...DEPOT, of: 'annex' })).toEqual({ state: 'mine' });
  // A write within a longer work does not end the work.
  await ana.hold(DEPOT);
  await ana.letGo(DEPOT);
  expect((await bob.hold(DEPOT)).state).toBe('other');
  await ana.letGo(DEPOT);
  expect(await bob.hold(DEPOT)).toEqual({ state: 'mine' });
  await bob.letGo(DEPOT);
  await bob.letGo({ ...DEPOT, of: 'annex' });
  expect(await leases()).toEqual([]);
});

it('holds it for as long as it works, and one that is killed holds nothing', async () => {
  const { clock, by } = begin();
  const ana = by('ana', 1);
  await ana.hold(DEPOT);
  for (let minute = 0; minute < 5; minute += 1) {
    const until = clock.now() + 60_000;
    while (clock.step(until)) for (let turn = 0; turn < 20; turn += 1) await new Promise((next) => setImmediate(next));
    expect((await by('bob', 2).hold(DEPOT)).state).toBe('other');
  }
  // Known to be gone where it ran; elsewhere after 90 s, or where somebody is certain.
  expect(await by('eve', 3).hold(DEPOT, true)).toEqual({ state: 'mine' });
  expect(notAlone(await ana.hold(DEPOT), DEPOT)).toMatch(/^eve on host-of-eve works on depot/);
  expect(await by('dan', 4, true).hold(DEPOT)).toEqual({ state: 'mine' });
});

it('can be looked at by those who only look, and is not taken by it', async () => {
  const { clock, by, leases } = begin();
  const [ana, bob] = [by('ana', 1), by('bob', 2)];
  expect(await bob.look(DEPOT)).toEqual({ state: 'none' });
  await ana.hold(DEPOT);
  const since = clock.now();
  expect(await ana.look(DEPOT)).toEqual({ state: 'mine' });
  expect(await bob.look(DEPOT)).toEqual({ state: 'other', who: 'ana on host-of-ana', since });
  expect(await bob.look({ ...DEPOT, of: 'annex' })).toEqual({ state: 'none' });
  expect(await by('eve', 3, true).look(DEPOT)).toEqual({ state: 'none' });
  await ana.letGo(DEPOT);
  expect(await bob.look(DEPOT)).toEqual({ state: 'none' });
  expect(await leases()).toEqual([]);
});
