import { describe, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { minute } from '../simulator/harness.ts';
import { watchInvariants } from '../simulator/invariants.ts';
import { liveThrough } from '../simulator/random-life.ts';
import { counts, openTraffic, whatIsWrong } from '../simulator/traffic.ts';

describe('the simulated datacenter, for long', () => {
  it.each([3, 4, ...Array.from({ length: 40 }, (_, at) => 100 + at)])(
    'holds together through life %i',
    async (seed) => {
      expect(await liveThrough(seed, 30)).toMatchObject({ broken: [], errors: [] });
    },
  );

  // At the pace of the demo that is half a week.
  it('runs its traffic for six hours without growing, and nothing breaks', async () => {
    const lab = await openTraffic('six hours');
    const { broken } = watchInvariants(lab.runtime);
    await lab.run(60 * minute);
    await whatIsWrong(lab);
    const after = counts(lab);
    const events = async () => {
      const path = '/api/v1/namespaces/cpaas-system/events';
      return (await lab.management.json<{ items: unknown[] }>({ path, query: { limit: 10_000 } })).items.length;
    };
    const most = Math.max(await events(), 500);
    for (let hour = 1; hour < 6; hour++) {
      await lab.run(60 * minute);
      expect(await events()).toBeLessThan(most * 2);
      const secrets = lab.runtime.informer(kinds.Secret).size;
      expect(secrets).toBeLessThanOrEqual(44);
    }
    expect(await whatIsWrong(lab)).toEqual([]);
    // A rollout that has just begun has a MachineSet more, until the oldest is cleaned up at its end.
    const { MachineSet: sets = 0, ...rest } = counts(lab);
    expect(sets).toBeLessThanOrEqual((after['MachineSet'] ?? 0) + 1);
    expect(after).toMatchObject(rest);
    expect({ broken, errors: lab.errors }).toEqual({ broken: [], errors: [] });
    await lab.stop();
  });
});
