/** What was measured, beside what is wanted. */

export interface Figure {
  what: string;
  /** Each measurement; a single one where it was taken once. */
  values: readonly number[];
  unit: 'ms' | 's' | 'MB' | '%' | 'bytes' | 'x' | '/s';
  /** Upper bound for the median, in the same unit. */
  limit?: number;
  note?: string;
}

/** The middle of some values; the mean of the two middle ones. Throws RangeError where there are none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the neighbouring values; `at` from 0 to 1. Throws RangeError where there are no values. */
export function quantile(values: readonly number[], at: number): number {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const sorted = [...values].sort((a, b) => a - b);
  const place = at * (sorted.length - 1);
  const low = sorted[Math.floor(place)]!;
  return low + (sorted[Math.ceil(place)]! - low) * (place % 1);
}

function number(value: number, unit: Figure['unit']): string {
  const digits = unit === 'x' || unit === 's' ? 2 : unit === 'ms' && value < 100 ? 1 : 0;
  return value.toFixed(digits);
}

/** The table as text. Figures above their limit are marked; nothing is judged beyond that. */
export function table(figures: readonly Figure[]): string {
  const head = ['FIGURE', 'MIN', 'MEDIAN', 'MAX', 'UNIT', 'LIMIT', '', 'NOTE'];
  const rows = figures.map(({ what, values, unit, limit, note }) => [
    what,
    number(Math.min(...values), unit),
    number(median(values), unit),
    number(Math.max(...values), unit),
    unit,
    limit === undefined ? '' : `${limit}`,
    limit === undefined ? '' : median(values) <= limit ? 'ok' : 'OVER',
    note ?? '',
  ]);
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column >= 1 && column <= 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}
