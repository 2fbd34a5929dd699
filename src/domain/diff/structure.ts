/**
 * What differs between two trees of plain data, field by field. Lists whose items carry a name of some sort (`name`,
 * `type`, `uid`, `key`) are compared item by item under that name, so that one that came first makes no other look new.
 */

export interface DiffNode {
  /** The field, or the item of a list as `[name]` or `[3]`. */
  key: string;
  /** `both`: there on both sides and different somewhere inside; look at `children`. */
  change: 'same' | 'both' | 'value' | 'added' | 'removed';
  before?: unknown;
  after?: unknown;
  children: readonly DiffNode[];
}

type Bag = Readonly<Record<string, unknown>>;

const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Deeper than any API object: what is below is compared as one value. */
const DEPTH_CAP = 48;
const NAMES = ['name', 'type', 'uid', 'key', 'path'] as const;

/** The name of each item, where every item of both lists has one of the same field and none has another's. */
function namesOf(lists: readonly (readonly unknown[])[]): ((item: unknown) => string) | undefined {
  for (const field of NAMES) {
    const fine = lists.every((list) => {
      const names = list.map((item) => (isBag(item) && Object.hasOwn(item, field) ? item[field] : undefined));
      return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
    });
    if (fine) return (item) => String((item as Bag)[field]);
  }
  return undefined;
}

function entriesOf(list: readonly unknown[], nameOf: ((item: unknown) => string) | undefined): [string, unknown][] {
  return list.map((item, at) => [nameOf ? `[${nameOf(item)}]` : `[${at}]`, item]);
}

function isSame(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);
}

function inside(before: readonly [string, unknown][], after: readonly [string, unknown][], depth: number): DiffNode[] {
  const old = new Map(before);
  const fresh = new Map(after);
  const keys = [...new Set([...old.keys(), ...fresh.keys()])];
  return keys.map((key) => {
    if (!fresh.has(key)) return { key, change: 'removed', before: old.get(key), children: [] };
    if (!old.has(key)) return { key, change: 'added', after: fresh.get(key), children: [] };
    return compare(key, old.get(key), fresh.get(key), depth + 1);
  });
}

function compare(key: string, before: unknown, after: unknown, depth: number): DiffNode {
  const node = { key, before, after };
  if (depth < DEPTH_CAP) {
    let children: DiffNode[] | undefined;
    if (isBag(before) && isBag(after)) children = inside(Object.entries(before), Object.entries(after), depth);
    if (Array.isArray(before) && Array.isArray(after)) {
      const nameOf = namesOf([before, after]);
      children = inside(entriesOf(before, nameOf), entriesOf(after, nameOf), depth);
    }
    if (children) {
      const change = children.every((child) => child.change === 'same') ? 'same' : 'both';
      return { ...node, change, children };
    }
  }
  return { ...node, change: isSame(before, after) ? 'same' : 'value', children: [] };
}

/** The fields of two values side by side: those of the first in its order, then those that only the second has. */
export function diffOf(before: unknown, after: unknown): readonly DiffNode[] {
  return compare('', before, after, 0).children;
}
