/**
 * The structural schemas of the served kinds, in the terms of a CRD's openAPIV3Schema, and the short words they are
 * written in. Blocks are shared: a schema is never changed after it was made.
 */

/** JSONSchemaProps, as far as structural schemas use it. */
export interface Schema {
  /** The name of its type, where it is one of Kubernetes' own: under that it is published. */
  definition?: string;
  description?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  format?: 'int32' | 'int64' | 'date-time' | 'byte';
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  /** Of the values of a map. */
  additionalProperties?: Schema;
  items?: Schema;
  enum?: readonly string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  default?: unknown;
  /** A null is kept, and breaks nothing. */
  nullable?: true;
  'x-kubernetes-int-or-string'?: true;
  'x-kubernetes-preserve-unknown-fields'?: true;
  'x-kubernetes-map-type'?: 'atomic';
  'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  'x-kubernetes-list-map-keys'?: readonly string[];
  /** How strategic merge patches change it: `merge`, `retainKeys`, or both. */
  'x-kubernetes-patch-strategy'?: 'merge' | 'retainKeys' | 'merge,retainKeys';
  /** By what members of a list are told apart that such patches merge. */
  'x-kubernetes-patch-merge-key'?: string;
}

/** Fields by name. A name that ends in `!` is of a required field. */
export type Fields = Readonly<Record<string, Schema>>;

/** An object with these fields. */
export function object(fields: Fields, more: Schema = {}): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const [name, schema] of Object.entries(fields)) {
    const bare = name.endsWith('!') ? name.slice(0, -1) : name;
    if (bare !== name) required.push(bare);
    properties[bare] = schema;
  }
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), ...more };
}

/** An object that must have at least one field. */
export const some = (fields: Fields, more: Schema = {}): Schema => object(fields, { minProperties: 1, ...more });

/** An object that server-side apply owns as a whole. */
export const atom = (fields: Fields): Schema => object(fields, { 'x-kubernetes-map-type': 'atomic' });

export const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

interface ListRules {
  min?: number;
  max?: number;
  /** Keyed by these fields. */
  keys?: readonly string[];
  /** Said to be owned as a whole, as it is without a word too. */
  atomic?: boolean;
  /** Of plain values, each of which is owned by itself. */
  set?: boolean;
}

export const list = (items: Schema, { min, max, keys, atomic, set }: ListRules = {}): Schema => ({
  type: 'array',
  items,
  ...(min === undefined ? {} : { minItems: min }),
  ...(max === undefined ? {} : { maxItems: max }),
  ...(keys === undefined ? {} : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys }),
  ...(atomic ? { 'x-kubernetes-list-type': 'atomic' } : {}),
  ...(set ? { 'x-kubernetes-list-type': 'set' } : {}),
});

/** A string of so many characters. */
export const text = (min?: number, max?: number, pattern?: string): Schema => ({
  type: 'string',
  ...(min === undefined ? {} : { minLength: min }),
  ...(max === undefined ? {} : { maxLength: max }),
  ...(pattern === undefined ? {} : { pattern }),
});

export const string: Schema = { type: 'string' };
export const bool: Schema = { type: 'boolean' };
/** RFC 3339. */
export const time: Schema = { type: 'string', format: 'date-time' };
/** The same, told as null where there is none. */
export const timeOrNull: Schema = { ...time, nullable: true };
/** Go's notation: `1h30m`, `45s`. */
export const duration: Schema = { type: 'string' };

const number =
  (format?: 'int32' | 'int64') =>
  (minimum?: number, maximum?: number): Schema => ({
    type: 'integer',
    ...(format === undefined ? {} : { format }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  });

export const integer = number();
export const int32 = number('int32');
export const int64 = number('int64');

export const choice = (...allowed: string[]): Schema => ({ type: 'string', enum: allowed });

/** A number, or text: a percentage, a quantity. */
export const intOrString: Schema = { 'x-kubernetes-int-or-string': true };

/** resource.Quantity: `20Gi`. */
export const quantity: Schema = {
  ...intOrString,
  pattern:
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
};

/** Anything at all; nothing in it is pruned. */
export const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

export const withDefault = (schema: Schema, value: unknown): Schema => ({ ...schema, default: value });

/** The schema with the words that `kubectl explain` shows. */
export const about = (description: string, schema: Schema): Schema => ({ ...schema, description });
