/** How columns of the server's own kinds are told: what is read of an object, and under which name. */

import { isRecord } from '../types.ts';
import type { Column } from './columns.ts';

/** A field by its path, `spec.replicas`; undefined where it is not there. */
export const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((found, key) => (isRecord(found) ? found[key] : undefined), value);

/** The objects of a list; none of what is no list. */
export const records = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** A column. With priority 1 it is shown with `-o wide` only. */
export const column = (name: string, cell: Column['cell'], priority = 0, type: Column['type'] = 'string'): Column => ({
  ...{ name, type, format: '', description: '', priority, cell },
});
