/** Amounts are kept as the server writes them, however they were sent: `0.5` is `500m` (k8s.io/apimachinery/pkg/api/resource). */

import { isRecord, type KubeObject } from '../types.ts';
import { canonical, readQuantity } from '../validation/quantities.ts';

/** Maps of amounts, by the name of the field that they are in, and fields that are one. */
const MAPS = new Set([
  ...['requests', 'limits', 'hard', 'capacity', 'allocatable', 'overhead', 'allocatedResources'],
  ...['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'],
]);
const ONES = new Set(['sizeLimit', 'divisor', 'averageValue']);

/** The object with its amounts as they are kept: the same where they are so already. */
export function withCanonicalAmounts(object: KubeObject): KubeObject {
  const { spec } = object;
  const next = inside(spec);
  return next === spec ? object : { ...object, spec: next as Record<string, unknown> };
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) {
    const members = value.map(inside);
    return members.every((one, i) => one === value[i]) ? value : members;
  }
  return isRecord(value) ? each(value, field) : value;
}

function field(key: string, value: unknown): unknown {
  if (MAPS.has(key) && isRecord(value)) return each(value, (_name, one) => amount(one));
  return ONES.has(key) ? amount(value) : inside(value);
}

const amount = (value: unknown): unknown =>
  (typeof value === 'string' || typeof value === 'number') && readQuantity(value) !== undefined
    ? canonical(value)
    : inside(value);

function each(value: Record<string, unknown>, turn: (key: string, part: unknown) => unknown): Record<string, unknown> {
  let result = value;
  for (const [key, part] of Object.entries(value)) {
    const next = turn(key, part);
    if (next === part) continue;
    if (result === value) result = { ...value };
    result[key] = next;
  }
  return result;
}
