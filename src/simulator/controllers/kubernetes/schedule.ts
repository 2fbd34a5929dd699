/** The schedules of CronJobs: five fields of minute, hour, day, month and weekday, or a word for them. */

const WORDS: Readonly<Record<string, string>> = {
  ...{ '@hourly': '0 * * * *', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@weekly': '0 0 * * 0' },
  ...{ '@monthly': '0 0 1 * *', '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *' },
};
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;
const minute = 60_000;
/** The 29th of February comes at least once in so many minutes. */
const most = 8 * 366 * 24 * 60;

function valuesOf(field: string, [low, high]: readonly [number, number]): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, from, to, step] = /^(?:\*|\?|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (!/^(\*|\?|\d+(-\d+)?)(\/\d+)?$/.test(part) || step === '0') return undefined;
    const first = from === undefined ? low : Number(from);
    const last = to !== undefined ? Number(to) : from === undefined || step !== undefined ? high : first;
    if (first < low || last > high || first > last) return undefined;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** The first time after `from` (Unix ms, UTC) that a schedule tells; undefined where it is none, or never comes. */
export function nextTime(schedule: string, from: number): number | undefined {
  const fields = (WORDS[schedule] ?? schedule).trim().split(/\s+/);
  if (fields.length !== RANGES.length) return undefined;
  const sets = fields.map((field, at) => valuesOf(field, RANGES[at]!));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const any = (at: number) => /^[*?]/.test(fields[at]!);
  const isDay = (date: Date) => {
    const day = days.has(date.getUTCDate());
    const week = weekdays.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdays.has(7));
    // Where both are told, one of them is enough.
    return any(2) || any(4) ? day && week : day || week;
  };
  let at = (Math.floor(from / minute) + 1) * minute;
  for (let turn = 0; turn < most; turn += 1) {
    const date = new Date(at);
    if (!months.has(date.getUTCMonth() + 1) || !isDay(date)) at = (Math.floor(at / 86_400_000) + 1) * 86_400_000;
    else if (!hours.has(date.getUTCHours())) at = (Math.floor(at / 3_600_000) + 1) * 3_600_000;
    else if (!minutes.has(date.getUTCMinutes())) at += minute;
    else return at;
  }
  return undefined;
}
