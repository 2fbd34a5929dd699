const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '_.-=+*#@';

/** One cell a sample, lowest to highest of what is shown; a flat line stays at the bottom. `cells` wide at most. */
export function sparkline(samples: readonly number[], cells: number, utf8: boolean): string {
  const marks = utf8 ? BLOCKS : ASCII;
  const shown = samples.slice(-cells);
  const low = Math.min(...shown);
  const high = Math.max(...shown);
  return shown
    .map((value) => marks[high === low ? 0 : Math.round(((value - low) / (high - low)) * (marks.length - 1))])
    .join('');
}
