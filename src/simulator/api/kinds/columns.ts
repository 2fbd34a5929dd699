import type { KubeObject } from '../types.ts';
import { ageOf } from './age.ts';
import { compilePath } from './jsonpath.ts';

export type Cell = string | number | boolean | null;

/** One column of a Table answer. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format: string;
  description: string;
  /** 0 is always shown; others only with `-o wide`. */
  priority: number;
  /** The JSONPath of a CRD's column. */
  path?: string;
  /** `now` is in ms since the epoch. */
  cell(object: KubeObject, now: number): Cell;
}

/** `[header, type, JSONPath, priority?]`: an additionalPrinterColumn of a CRD. */
export type PrinterColumn = [string, Column['type'], string, number?];

export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique within its namespace.',
  priority: 0,
  cell: (object) => object.metadata.name ?? '',
};

export const age = (type: 'date' | 'string'): Column => ({
  name: 'Age',
  type,
  format: '',
  description: 'Time since the object was created.',
  priority: 0,
  cell: (object, now) => (object.metadata.creationTimestamp ? ageOf(object.metadata.creationTimestamp, now) : null),
});

/** The columns of a custom resource: its name, then what its CRD declares; without any, its age. */
export function customColumns(declared: readonly PrinterColumn[]): Column[] {
  if (declared.length === 0) return [NAME, { ...age('date'), path: '.metadata.creationTimestamp' }];
  const columns = declared.map(([name, type, path, priority = 0]): Column => {
    const read = compilePath(path);
    return {
      name,
      type,
      format: '',
      description: `Custom resource definition column (in JSONPath format): ${path}`,
      priority,
      path,
      cell: (object, now) => toCell(type, read(object), now),
    };
  });
  return [NAME, ...columns];
}

function toCell(type: Column['type'], value: unknown, now: number): Cell {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? ageOf(value, now) : null;
    default:
      // The server prints numbers and flags in a column of texts too, as `maxUnhealthy` may be either, and lists as JSON.
      return typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'boolean'
          ? String(value)
          : typeof value === 'object' && value !== null
            ? JSON.stringify(value)
            : null;
  }
}
