/** A machine's detail says when its Node was last heard of, and from whom. */
import { expect, it } from 'vitest';
import type { Workload } from '../../src/domain/workload.ts';
import { machineNode } from '../../views/detail/workload.ts';
import { bmm, fleetOf, host, machine } from '../domain/fixtures.ts';
import { liveWorkload, rawNode } from '../domain/workloads.ts';

const AT = Date.parse('2026-11-21T03:00:00Z');

/** The line that says so, where the cluster's API was followed so far. */
function heard(workload?: Partial<Workload>): string | undefined {
  const { index } = fleetOf(
    host('h1', 'Allocated', { bmm: 'w1' }),
    bmm('w1', 'h1', 'Running'),
    machine('w1', 'Running'),
  );
  if (workload)
    index.setWorkload('prod', { ...liveWorkload({ nodes: [rawNode('h1')] }), server: '10.0.0.9:6443', ...workload });
  const fleet = index.snapshot();
  return machineNode(fleet, fleet.machines.list[0]!).find(({ label }) => label === 'last heard')?.text;
}

const stale = { phase: 'stale', synced: true, verifiedAt: AT, error: 'timed out' } as const;

it.each<[string, Partial<Workload> | undefined, string]>([
  ['while it is followed', {}, 'just now, live from the API of prod at 10.0.0.9:6443'],
  [
    'since it fell silent',
    { freshness: { node: stale, appRelease: stale } as Workload['freshness'] },
    '2026-11-21 03:00:00Z, from the API of prod at 10.0.0.9:6443: STALE: timed out',
  ],
  ['before it was asked', undefined, 'nothing yet, from the API of prod: not asked'],
])('%s', (_, workload, said) => {
  expect(heard(workload)).toBe(said);
});
