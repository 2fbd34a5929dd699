import { expect, it } from 'vitest';
import { keepDoubts, NO_DOUBTS } from '../../src/domain/doubts.ts';
import { attentionNow } from '../../src/domain/explain/attention.ts';
import { NOTHING_SEEN } from '../../src/domain/explain/facts.ts';
import { bmm, fleetOf, host, smallFleet, T0 } from './fixtures.ts';

const SECOND = 1_000;
const without = (kind: string, name: string) =>
  smallFleet().filter((raw) => raw['kind'] !== kind || (raw['metadata'] as { name: string }).name !== name);

const early: readonly [what: string, raws: ReturnType<typeof smallFleet>, says: RegExp][] = [
  ['a BaremetalMachine before its Machine', [...smallFleet(), bmm('w4', 'h4', 'Reprovisioning')], /no Machine uses it/],
  [
    'a host before the BaremetalMachine that holds it',
    [...without('MachineInventory', 'h4'), host('h4', 'Allocated', { pool: 'workers-pool', bmm: 'w4' })],
    /no BaremetalMachine w4 holds it/,
  ],
  ['a Machine after its BaremetalMachine was gone', without('BaremetalMachine', 'w3'), /its BaremetalMachine is gone/],
];

it.each(early)('%s is no trouble at once, and is once it lasts', (_, raws, says) => {
  const { fleet } = fleetOf(...raws);
  const doubts = keepDoubts(NO_DOUBTS, fleet.attention, T0);
  const said = (now: number, seen = { ...NOTHING_SEEN, doubts }) =>
    attentionNow(fleet, now, seen).map(({ text }) => text);
  expect(said(T0 + SECOND).filter((text) => says.test(text))).toEqual([]);
  expect(said(T0 + 21 * SECOND).filter((text) => says.test(text))).toHaveLength(1);
  // What was there when we began is told at once: a script that looks once must not miss it.
  expect(said(T0 + SECOND, NOTHING_SEEN).filter((text) => says.test(text))).toHaveLength(1);
  expect(keepDoubts(doubts, fleet.attention, T0 + 5 * SECOND)).toBe(doubts);
  expect(keepDoubts(doubts, [], T0).size).toBe(0);
});
