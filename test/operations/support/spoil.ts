/** Objects as a broken server might send them. */
import type { Random } from '../../../src/simulator/controllers/random.ts';
import type { Raw } from '../../domain/fixtures.ts';

const junk: unknown[] = [
  undefined,
  null,
  '',
  'x',
  -1,
  1e99,
  Number.NaN,
  true,
  [],
  {},
  [null],
  ['a'],
  { a: null },
  '__proto__',
];

/** Copies of the objects, with junk at a random place of some of them; never in the fields that are `kept`, nor below them. */
export function spoil(random: Random, raws: readonly Raw[], kept = ['apiVersion', 'kind', 'uid', 'name']): Raw[] {
  return raws.map((raw) => {
    if (random.integer(0, 2) > 0) return raw;
    const copy = structuredClone(raw) as Raw;
    let place: Record<string, unknown> = copy;
    const open = () => Object.keys(place).filter((key) => !kept.includes(key));
    for (let depth = random.integer(0, 6); depth > 0; depth--) {
      const keys = open().filter((key) => typeof place[key] === 'object' && place[key] !== null);
      if (keys.length === 0) break;
      place = place[random.pick(keys)] as Record<string, unknown>;
    }
    const keys = open();
    if (keys.length > 0) place[random.pick(keys)] = random.pick(junk);
    return copy;
  });
}
