import { describe, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { type Lab, minute } from '../simulator/harness.ts';
import { watchInvariants } from '../simulator/invariants.ts';
import { counts, openTraffic, whatIsWrong } from '../simulator/traffic.ts';

/** What a dashboard would see of trouble at this moment. */
function trouble({ runtime }: Lab): string[] {
  const found: string[] = [];
  for (const { status } of runtime.informer(kinds.BaremetalMachine).list()) {
    if (status?.phase === 'Failed') found.push('failed');
    if (status?.conditions?.some(({ reason, status: is }) => reason === 'PoolExhausted' && is === 'False')) {
      found.push('exhausted');
    }
  }
  for (const { status } of runtime.informer(kinds.MachineInventoryPool).list()) {
    const {
      total = 0,
      available = 0,
      allocated = 0,
      preparing = 0,
      reprovisioning = 0,
      unavailable = 0,
    } = status ?? {};
    if (available + allocated + preparing + reprovisioning + unavailable !== total) found.push('miscounted');
  }
  return found;
}

it('a demonstration begins with a failed host and a miscounted pool', async () => {
  const lab = await openTraffic('beginning');
  expect(trouble(lab).sort()).toEqual(['failed', 'miscounted']);
  await lab.stop();
});

it('things happen, mild trouble among them, and nothing drifts or grows', async () => {
  const lab = await openTraffic('hour');
  const { broken } = watchInvariants(lab.runtime);
  const before = counts(lab);
  const seen = new Set<string>();
  const versions = new Set<string | undefined>();
  const hosts = new Set<number>();
  for (let passed = 0; passed < 40; passed++) {
    await lab.run(minute);
    for (const one of trouble(lab)) seen.add(one);
    versions.add(lab.runtime.informer(kinds.KubeadmControlPlane).get('lab-control-plane')?.spec?.version);
    hosts.add(lab.runtime.informer(kinds.MachineInventory).size);
  }
  expect([...seen].sort()).toEqual(['exhausted', 'failed', 'miscounted']);
  expect([...versions].sort()).toEqual(['v1.33.7-3', 'v1.33.7-4']);
  expect([...hosts].sort()).toEqual([42, 43]);
  expect(await whatIsWrong(lab)).toEqual([]);
  const { MachineSet: sets = 0, ...after } = counts(lab);
  // The template of the other pool is made once; a group in a rollout has two older MachineSets at most.
  expect({ ...before, ...after }).toEqual({
    ...before,
    BaremetalMachineTemplate: before.BaremetalMachineTemplate! + 1,
  });
  expect(sets).toBeLessThanOrEqual(before.MachineSet! + 2);
  expect(lab.errors).toEqual([]);
  expect(broken).toEqual([]);
  await lab.stop();
});

describe('a lane of traffic', () => {
  /** Lets every change of a group fail for two minutes; then what the traffic complained of, and whether it went on. */
  async function interrupt(status: number): Promise<{ complaints: string[]; changes: number }> {
    const lab = await openTraffic('interrupted');
    const wanted = () =>
      lab.runtime
        .informer(kinds.MachineDeployment)
        .list()
        .reduce((sum, { metadata }) => sum + (metadata.generation ?? 0), 0);
    const release = lab.api.faults.fail(
      { status, times: Number.POSITIVE_INFINITY },
      { method: 'PATCH', resource: 'machinedeployments' },
    );
    await lab.run(2 * minute);
    release();
    const before = wanted();
    await lab.run(5 * minute);
    await lab.stop();
    return { complaints: lab.errors.filter((error) => error.startsWith('traffic')), changes: wanted() - before };
  }

  it('makes its requests until they are answered', async () => {
    const { complaints, changes } = await interrupt(503);
    expect(complaints).toEqual([]);
    expect(changes).toBeGreaterThan(1);
  });

  it('begins anew where it was refused', async () => {
    const { complaints, changes } = await interrupt(403);
    expect(complaints.length).toBeGreaterThan(0);
    expect(changes).toBeGreaterThan(1);
  });
});
