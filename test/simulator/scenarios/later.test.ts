/** Scenarios find clusters and groups that people have made since the world began: here it began with nothing. */
import { afterEach, expect, it } from 'vitest';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { minute } from '../harness.ts';
import { unrest } from './rest.ts';
import { openTheatre, type Theatre } from './theatre.ts';

let theatre: Theatre;
afterEach(() => theatre?.stop());

const begun = { clusters: [], unpooled: [] };

it.each(['pool-exhausted', 'vip-unreachable', 'kube-ovn-not-ready', 'pools-without-spare'])(
  '%s is played in a cluster made later, and healed',
  async (name) => {
    theatre = await openTheatre({ begun });
    await theatre.scenarios.start(name);
    await theatre.wait(() => theatre.scenarios.state.standing === 'played', 30 * minute, `${name} played`);
    expect(theatre.scenarios.state.did).toMatch(/prod|edge-a/);
    await theatre.scenarios.heal();
    await theatre.wait(() => unrest(theatre).length === 0, 120 * minute, 'rest');
    expect(theatre.errors).toEqual([]);
  },
);

it('finds a group that was made later in a cluster that was there', async () => {
  const prod = { name: 'prod', version: 'v1.33.7-2', naming: 'rack' as const, vip: '10.1.10.10', vrid: 50 };
  const plane = { name: 'prod-control-plane', pool: 'prod-control-plane', template: '', replicas: 3, hosts: [] };
  theatre = await openTheatre({ begun: { clusters: [{ ...prod, plane, workers: [], reserves: [] }], unpooled: [] } });
  await theatre.scenarios.start('pool-exhausted');
  const scaled = theatre.runtime
    .informer(kinds.MachineDeployment)
    .list()
    .find(({ spec, status }) => (spec?.replicas ?? 0) > (status?.replicas ?? 0));
  expect(scaled?.spec?.clusterName).toBe('prod');
});

it('says what is missing where there is no cluster at all', async () => {
  theatre = await openTheatre({ empty: true, begun });
  await expect(theatre.scenarios.start('pool-exhausted')).rejects.toThrow('is at rest');
});
