/** Whatever a server leaves out or mistypes, the guide says where it stands, or that it cannot: it never falls over. */
import { expect, it } from 'vitest';
import { NOTHING_LEARNT } from '../../src/domain/durations/learnt.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import type { Known, Session } from '../../src/guides/contract.ts';
import { upgrade } from '../../src/guides/upgrade/index.ts';
import { Random } from '../../src/simulator/controllers/random.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from '../operations/support/fleets.ts';
import { spoil } from '../operations/support/spoil.ts';
import { allLive, reading } from '../operations/support/world.ts';

const raws = [...workerFleet(), make.bootstrapTemplate('workers-bootstrap-v1-35')].map((raw) =>
  raw['kind'] === 'ConfigMap'
    ? { ...raw, data: Object.fromEntries(PUBLISHED.map(({ kubernetes }) => [kubernetes, 'r/b:1'])) }
    : raw,
);

it('tells a course of any fleet, or refuses it in a sentence', () => {
  let told = 0;
  for (let seed = 0; seed < 150; seed++) {
    const random = new Random(seed, 'guides');
    let world: ReturnType<typeof reading>;
    const spoilt = spoil(random, raws);
    try {
      world = reading(spoilt, 'control-plane', 'workers-bootstrap');
    } catch {
      // An object without uid or name is none, and the fixtures say so.
      continue;
    }
    const known: Known = { ...world, freshness: allLive(), matrix: PUBLISHED, learnt: NOTHING_LEARNT };
    const to = random.pick(PUBLISHED.slice(8).map(({ acp }) => acp));
    const values = random.pick<Record<string, string>>([
      { to },
      { to, order: 'workers' },
      { to, from: 'v1.33.7-2', rows: `v4.3.0,${to}` },
      { to: '' },
    ]);
    const ask = {
      guide: 'upgrade',
      targets: [{ kind: 'cluster', uid: 'Cluster/prod', name: 'prod' } as const],
      values,
    };
    const session: Session = { ask, began: 1, notes: [], operations: new Map() };
    upgrade.needs(known, session);
    const refused = upgrade.refuse(known, session);
    if (refused !== undefined) {
      expect(refused).toMatch(/\S/);
      expect(() => upgrade.course(known, session)).toThrow(RangeError);
      continue;
    }
    const course = upgrade.course(known, session);
    told += 1;
    expect(course.stages.length).toBeGreaterThan(0);
    expect(new Set(course.stages.map(({ id }) => id)).size).toBe(course.stages.length);
    for (const stage of course.stages)
      expect(new Set(stage.gates.map(({ name }) => name)).size).toBe(stage.gates.length);
    for (const { usual, longest } of course.stages.map(({ estimate }) => estimate)) expect(usual <= longest).toBe(true);
    expect(upgrade.settle(known, ask).values['rows']).toMatch(/^v4/);
  }
  expect(told).toBeGreaterThan(30);
});
