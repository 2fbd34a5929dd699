/** Objects as they are compared: without what differs by nature, or with every change. */
import type { DomainObject } from '../objects.ts';
import { redact } from '../redact.ts';

type Bag = Record<string, unknown>;

const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);
/** They tell two objects, or two states, apart and say nothing about either. */
const NOISE = ['uid', 'resourceVersion', 'selfLink', 'managedFields'] as const;

function quiet(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => quiet(item, depth + 1));
  if (!isBag(value) || depth > 64) return value;
  const copy: Bag = {};
  for (const [key, item] of Object.entries(value)) {
    if ((NOISE as readonly string[]).includes(key) && typeof item !== 'number') continue;
    if (item === undefined) continue;
    Object.defineProperty(copy, key, {
      value: quiet(item, depth + 1),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

/** A raw API object: secrets redacted, no managedFields, uid or resourceVersion. Takes any value, never throws. */
export function comparable(raw: unknown): unknown {
  return quiet(redact(raw));
}

/** No epoch in ms that a fleet tells of is below this. */
const TIMES_FROM = Date.UTC(2001, 0, 1);

function told(value: unknown): unknown {
  if (typeof value === 'number' && value > TIMES_FROM && value < 1e14) return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map(told);
  if (!isBag(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, told(item)]));
}

/** A watched object as metaldeck holds it, times as text. Conditions of two generations stay two lists. */
export function comparableObject(object: DomainObject): unknown {
  const { kind: _kind, ...rest } = object as DomainObject & {
    conditions?: readonly { generation: string; type: string }[];
  };
  const { conditions, ...fields } = rest;
  const lists: Bag = {};
  for (const { generation, ...condition } of conditions ?? []) {
    const key = generation === 'plain' ? 'conditions' : `conditions (${generation})`;
    lists[key] = [...((lists[key] as unknown[]) ?? []), condition];
  }
  return comparable(told({ ...fields, ...lists }));
}
