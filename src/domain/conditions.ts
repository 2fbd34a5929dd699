import type { Condition } from './objects.ts';

/**
 * The condition of a type. Where two generations hold one, the served API version's own is first in the list and wins,
 * unless `generation` asks for the other.
 */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
  generation?: Condition['generation'],
): Condition | undefined {
  return conditions?.find((each) => each.type === type && (generation === undefined || each.generation === generation));
}

/** The condition, if it stands at `False`. */
export function falseCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  const found = findCondition(conditions, type);
  return found?.status === 'False' ? found : undefined;
}

/** The condition, if it stands at `True`. */
export function trueCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  const found = findCondition(conditions, type);
  return found?.status === 'True' ? found : undefined;
}
