/** What is wrong with the schedule of a CronJob, in the words of github.com/robfig/cron/v3, which the server reads it with. */

const BOUNDS: readonly (readonly [low: number, high: number, names: readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']],
  [0, 6, ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
];
const WORDS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** Undefined where nothing is. */
export function scheduleFault(schedule: string): string | undefined {
  const spec = schedule.replace(/^(?:CRON_)?TZ=\S+\s+/, '');
  if (spec.startsWith('@')) {
    if (WORDS.has(spec) || /^@every \S+$/.test(spec)) return undefined;
    return `unrecognized descriptor: ${spec}`;
  }
  const fields = spec.split(/\s+/).filter(Boolean);
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [index, field] of fields.entries()) {
    for (const part of field.split(',').filter(Boolean)) {
      const fault = rangeFault(part, BOUNDS[index]!);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function rangeFault(part: string, [low, high, names]: (typeof BOUNDS)[number]): string | undefined {
  const [range = '', step, ...moreSteps] = part.split('/');
  const [first = '', last, ...moreEnds] = range.split('-');
  const numbers: number[] = [];
  const read = (text: string): string | undefined => {
    const named = names.indexOf(text.toLowerCase());
    if (text !== '' && named >= 0) {
      numbers.push(named);
      return undefined;
    }
    if (!/^[+-]?\d+$/.test(text)) {
      return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    }
    if (Number(text) < 0) return `negative number (${text}) not allowed: ${text}`;
    numbers.push(Number(text));
    return undefined;
  };
  let [from, to] = [low, high];
  if (first !== '*' && first !== '?') {
    const fault = read(first);
    if (fault !== undefined) return fault;
    from = numbers[0]!;
    to = from;
    if (moreEnds.length > 0) return `too many hyphens: ${part}`;
    if (last !== undefined) {
      const second = read(last);
      if (second !== undefined) return second;
      to = numbers[1]!;
    }
  }
  if (moreSteps.length > 0) return `too many slashes: ${part}`;
  let each = 1;
  if (step !== undefined) {
    const fault = read(step);
    if (fault !== undefined) return fault;
    each = numbers.at(-1)!;
    if (last === undefined && first !== '*' && first !== '?') to = high;
  }
  if (from < low) return `beginning of range (${from}) below minimum (${low}): ${part}`;
  if (to > high) return `end of range (${to}) above maximum (${high}): ${part}`;
  if (from > to) return `beginning of range (${from}) beyond end of range (${to}): ${part}`;
  return each === 0 ? `step of range should be a positive number: ${part}` : undefined;
}
