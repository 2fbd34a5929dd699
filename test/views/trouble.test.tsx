/** A row shows what attention knows of its object, also where the row itself knows of nothing. */
import { expect, it } from 'vitest';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { commit } from '../../src/store/store.ts';
import { cases, objectsOf } from '../domain/explain/cases.ts';
import { set, T0 } from '../domain/fixtures.ts';
import { liveWorkload } from '../domain/workloads.ts';
import { openScreen } from './screen.tsx';

it.each([
  ['kube-ovn-failed', '7', /^>?\s*x\s+prod\b.*Kube-OVN/m],
  ['never-joins', '4', /^>?\s*x\s+w\d+\b.*no node/m],
])('%s', (id, key, row) => {
  const one = cases.find((each) => each.id === id)!;
  const index = createFleet();
  index.apply(objectsOf(one).map(set));
  for (const [name, detail] of Object.entries(one.details ?? {}))
    index.setPlanDetail(`Secret/${name}`, { resourceVersion: '1', instructions: ['install'], ...detail });
  if (one.workload) index.setWorkload('prod', liveWorkload(one.workload));
  const screen = openScreen(index.snapshot(), { columns: 160 });
  commit(screen.store, { now: T0 + (one.after ?? 30) * 1000 });
  screen.press(key);
  expect(screen.text()).toMatch(row);
});
