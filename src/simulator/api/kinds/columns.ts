import { isRecord, type KubeObject } from '../types.ts';
import { ageOf } from './age.ts';
import { compilePath } from './jsonpath.ts';

export type Cell = string | number | boolean | null;

/** One column of a Table answer. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'boolean' | 'date';
  format: string;
  description: string;
  /** 0 is always shown; others only with `-o wide`. */
  priority: number;
  /** `now` is in ms since the epoch. */
  cell(object: KubeObject, now: number): Cell;
}

/** `[header, type, JSONPath, priority?]`: an additionalPrinterColumn of a CRD. */
export type PrinterColumn = [string, 'string' | 'integer' | 'boolean' | 'date', string, number?];

const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique within its namespace.',
  priority: 0,
  cell: (object) => object.metadata.name ?? '',
};

const age = (type: 'date' | 'string'): Column => ({
  name: 'Age',
  type,
  format: '',
  description: 'Time since the object was created.',
  priority: 0,
  cell: (object, now) => (object.metadata.creationTimestamp ? ageOf(object.metadata.creationTimestamp, now) : null),
});

/** The columns of a custom resource: its name, then what its CRD declares; without any, its age. */
export function customColumns(declared: readonly PrinterColumn[]): Column[] {
  if (declared.length === 0) return [NAME, age('date')];
  const columns = declared.map(([name, type, path, priority = 0]): Column => {
    const read = compilePath(path);
    return {
      name,
      type,
      format: '',
      description: `Custom resource definition column (in JSONPath format): ${path}`,
      priority,
      cell: (object, now) => toCell(type, read(object), now),
    };
  });
  return [NAME, ...columns];
}

function toCell(type: Column['type'], value: unknown, now: number): Cell {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? ageOf(value, now) : null;
    default:
      return typeof value === 'string' ? value : null;
  }
}

const plain = (
  name: string,
  description: string,
  cell: Column['cell'],
  type: Column['type'] = 'string',
  priority = 0,
): Column => ({ name, type, format: '', description, priority, cell });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const size = (value: unknown): number => (isRecord(value) ? Object.keys(value).length : 0);
const nested = (value: unknown, key: string): string => (isRecord(value) ? text(value[key]) : '');

/** The columns that the server itself knows for the core kinds. */
export const CORE_COLUMNS: Record<'namespaces' | 'secrets' | 'configmaps' | 'events', Column[]> = {
  namespaces: [NAME, plain('Status', 'The phase of the namespace.', (o) => text(o.status?.['phase'])), age('string')],
  secrets: [
    NAME,
    plain('Type', 'The type of the secret.', (o) => text(o['type'])),
    plain('Data', 'The number of keys.', (o) => size(o['data'])),
    age('string'),
  ],
  configmaps: [
    NAME,
    plain('Data', 'The number of keys.', (o) => size(o['data']) + size(o['binaryData'])),
    age('string'),
  ],
  events: [
    plain('Last Seen', 'Time since it last happened.', (o, now) => ageOf(o['lastTimestamp'] ?? undefined, now)),
    plain('Type', 'Normal or Warning.', (o) => text(o['type'])),
    plain('Reason', 'Why, in one word.', (o) => text(o['reason'])),
    plain('Object', 'What it is about.', (o) => {
      const about = o['involvedObject'];
      return `${nested(about, 'kind').toLowerCase()}/${nested(about, 'name')}`;
    }),
    plain('Subobject', 'Which part of it.', (o) => nested(o['involvedObject'], 'fieldPath'), 'string', 1),
    plain('Source', 'Who reported it.', (o) => nested(o['source'], 'component'), 'string', 1),
    plain('Message', 'What happened.', (o) => text(o['message']).trim()),
    plain(
      'First Seen',
      'Time since it first happened.',
      (o, now) => ageOf(o['firstTimestamp'] ?? undefined, now),
      'string',
      1,
    ),
    plain('Count', 'How often.', (o) => (typeof o['count'] === 'number' ? o['count'] : 1), 'string', 1),
    { ...NAME, priority: 1 },
  ],
};
