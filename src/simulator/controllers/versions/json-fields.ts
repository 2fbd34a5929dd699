/** Moving fields between two shapes of one object, whatever an object may lack. */

export type Json = Record<string, unknown>;

/** Whether a value is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under a path of keys; an empty one where there is none. */
export function at(of: unknown, ...keys: string[]): Json {
  let value: unknown = of;
  for (const key of keys) value = isJson(value) ? value[key] : undefined;
  return isJson(value) ? value : {};
}

/** The list under a key; undefined where there is none. */
export function listAt(of: Json, key: string): Json[] | undefined {
  const value = of[key];
  return Array.isArray(value) ? value.filter(isJson) : undefined;
}

/** `object` without what is undefined; undefined itself where nothing is left. */
export function some(object: Json): Json | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** As `some`, an empty object where nothing is left. */
export function every(object: Json): Json {
  return some(object) ?? {};
}

/** Without some keys. */
export function without(object: Json, ...keys: string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
