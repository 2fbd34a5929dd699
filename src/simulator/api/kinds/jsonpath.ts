import { isRecord } from '../types.ts';

type Step = (value: unknown) => unknown;

const STEP = /\.([\w-]+)|\['((?:[^'\\]|\\.)*)'\]|\[\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\)\]|\[(\d+|\*)\]/gy;

/**
 * Compiles the JSONPath forms that printer columns use: `.a.b`, `['a\.b/c']`, `[0]`, `[*]` and `[?(@.type=="Ready")]`.
 * The result reads the first match of an object, or undefined. Throws on any other form.
 */
export function compilePath(path: string): (object: unknown) => unknown {
  const steps: Step[] = [];
  let end = 0;
  for (const match of path.matchAll(STEP)) {
    end = match.index + match[0].length;
    const [, plain, quoted, filterKey, filterValue, index] = match;
    if (index !== undefined) {
      const at = index === '*' ? 0 : Number(index);
      steps.push((value) => (Array.isArray(value) ? value[at] : undefined));
    } else if (filterKey !== undefined) {
      steps.push((value) =>
        Array.isArray(value) ? value.find((item) => isRecord(item) && item[filterKey] === filterValue) : undefined,
      );
    } else {
      const key = plain ?? quoted?.replace(/\\(.)/g, '$1') ?? '';
      steps.push((value) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined));
    }
  }
  if (end !== path.length) throw new Error(`unsupported JSONPath: ${path}`);
  return (object) => steps.reduce<unknown>((value, step) => step(value), object);
}
