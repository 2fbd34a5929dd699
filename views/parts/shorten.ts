/** Names that have no room: cut where they are still told apart. */
import { type Cut, cut, width } from './fit.ts';

/** Names alike for at least so many characters are looked at behind them. */
const ALIKE = 4;

/** How many characters all of them begin with. */
function alike(names: readonly string[]): number {
  const [first = ''] = names;
  let length = first.length;
  for (const name of names) {
    while (!name.startsWith(first.slice(0, length))) length -= 1;
  }
  return length;
}

/**
 * Where names are cut to at most `cells` each, so that as many as can be stay different: in the middle, as hosts are
 * numbered at their ends; else at an end; else what follows after the beginning that all have in common.
 */
export function cutApart(names: readonly string[], cells: number): Cut {
  const long = [...new Set(names)].filter((name) => width(name) > cells);
  if (long.length < 2) return 'middle';
  const begins = alike(long);
  const ways: Cut[] = ['middle', 'start', 'end', ...(begins >= ALIKE ? [{ after: begins }] : [])];
  let best: { way: Cut; apart: number } | undefined;
  for (const way of ways) {
    const apart = new Set(long.map((name) => cut(name, cells, way))).size;
    if (apart === long.length) return way;
    if (best === undefined || apart > best.apart) best = { way, apart };
  }
  return best?.way ?? 'middle';
}
