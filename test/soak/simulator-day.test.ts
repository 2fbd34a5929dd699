/** A day of a fleet of 300 hosts with its traffic: nothing that always holds ever breaks, and nothing grows. */

import { expect, it } from 'vitest';
import { minute } from '../simulator/harness.ts';
import { watchInvariants } from '../simulator/invariants.ts';
import { counts, openTraffic } from '../simulator/traffic.ts';

it.each([
  { clusterApi: 'v1beta1', speed: 1, hours: 24 },
  { clusterApi: 'v1beta2', speed: 1, hours: 12 },
  // The demo's pace: the controllers' work takes a fifteenth of its time, and in six hours happens what takes days.
  { clusterApi: 'v1beta1', speed: 15, hours: 6 },
] as const)('$hours hours of 300 hosts, $clusterApi at speed $speed', async ({ clusterApi, speed, hours }) => {
  const lab = await openTraffic('day', { hosts: 300, clusterApi, speed });
  const { broken } = watchInvariants(lab.runtime);
  const began = counts(lab);
  const revision = lab.api.revision;
  const most = { ...began };
  for (let hour = 0; hour < hours; hour++) {
    await lab.run(60 * minute);
    for (const [kind, count] of Object.entries(counts(lab))) most[kind] = Math.max(most[kind] ?? 0, count);
    expect({ hour, broken, errors: lab.errors }).toEqual({ hour, broken: [], errors: [] });
  }
  // Something did happen, all the time.
  expect(lab.api.revision - revision).toBeGreaterThan(20_000);
  // Three visitors come and go, groups breathe by two or three at a time, and a rollout has one MachineSet more.
  for (const [kind, count] of Object.entries(began)) {
    expect({ kind, most: most[kind]! <= count + 10 }).toEqual({ kind, most: true });
  }
  await lab.stop();
});
