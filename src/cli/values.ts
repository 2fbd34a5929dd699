/** Values of flags as typed, and what they mean; what is wrong with one is said in a sentence. */

/** Bad usage: one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A number above 0 and at most `most`; `least`: 0, where that is allowed and stands for itself. Throws UsageError. */
export function positive(
  name: string,
  text: string | undefined,
  fallback: number,
  most: number,
  whole = false,
  least: 'above 0' | 'from 0 on' = 'above 0',
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  const low = least === 'above 0' ? value <= 0 : value < 0 || text.trim() === '';
  if (!Number.isFinite(value) || low || value > most || (whole && !Number.isInteger(value))) {
    throw new UsageError(
      `--${name} takes a ${whole ? 'whole ' : ''}number ${least}${least === 'above 0' ? ' and' : ','} at most ${most}, not "${text}"; nothing was started.`,
    );
  }
  return value;
}

/** One of a few words; undefined where left out. Throws UsageError. */
export function oneOf<T extends string>(name: string, text: string | undefined, values: readonly T[]): T | undefined {
  if (text === undefined) return undefined;
  const found = values.find((value) => value === text);
  if (!found) throw new UsageError(`--${name} takes one of ${values.join(', ')}, not "${text}"; nothing was started.`);
  return found;
}

/** A whole number above 0; undefined where left out. Throws UsageError. */
export const whole = (name: string, value: string | undefined, most: number): number | undefined =>
  value === undefined ? undefined : positive(name, value, 0, most, true);

/** A list joined by commas; all values where left out. Throws UsageError. */
export function someOf<T extends string>(name: string, value: string | undefined, values: readonly T[]): readonly T[] {
  if (value === undefined) return values;
  const wanted = value.split(',').map((one) => oneOf(name, one.trim(), values)!);
  return values.filter((one) => wanted.includes(one));
}

/** One cluster as it is wanted: `3+9` Machines of control plane and workers, at a version where one is named. */
export interface ClusterShape {
  planes: number;
  workers: number;
  version: string;
}

/** A shape as `3+9` or `3+9@v1.31.14-2`; undefined where left out. Throws UsageError. */
export function shapeOf(name: string, text: string | undefined): ClusterShape | undefined {
  if (text === undefined) return undefined;
  const [, planes, workers, version = 'v1.33.7-2'] = /^(\d{1,2})\+(\d{1,4})(?:@(v\d[\w.-]*))?$/.exec(text) ?? [];
  if (planes === undefined || workers === undefined) {
    throw new UsageError(
      `--${name} takes control-plane and worker hosts, and a version: 3+9@v1.31.14-2, not "${text}"; nothing was started.`,
    );
  }
  return { planes: Number(planes), workers: Number(workers), version };
}
