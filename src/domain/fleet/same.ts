/**
 * Whether a row computed anew says the same as the one before, which then stays. Rows and API objects inside a row are
 * compared by identity (they have a uid), the rest by value: it is small and flat.
 */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => sameInside(item, b[index]));
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a) as (keyof typeof a)[];
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameInside(a[key], b[key]));
}

function sameInside(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  // A pointer to an object is a value; the object it points to holds more than its name.
  if (typeof a === 'object' && a !== null && 'uid' in a && Object.keys(a).length > 3) return false;
  return same(a, b);
}
