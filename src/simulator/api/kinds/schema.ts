import { type Cause, cause } from '../errors.ts';
import { isRecord } from '../types.ts';

/** The part of a CRD's structural schema that this server checks. Fields it does not name pass as they are. */
export interface Schema {
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  /** Of the values of a map. */
  values?: Schema;
  items?: Schema;
  enum?: readonly string[];
  minLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  default?: unknown;
}

/** What a value breaks of its schema, field by field, worded as the API server does. */
export function violations(schema: Schema, value: unknown, field: string): Cause[] {
  if (value === undefined || value === null) return [];
  if (schema.type !== undefined && !isOfType(schema.type, value)) {
    const found = typeName(value);
    return [cause.invalid(field, found, `${field} in body must be of type ${schema.type}: "${found}"`)];
  }
  if (typeof value === 'string') return textViolations(schema, value, field);
  if (typeof value === 'number') return rangeViolations(schema, value, field);
  if (Array.isArray(value)) return arrayViolations(schema, value, field);
  return isRecord(value) ? objectViolations(schema, value, field) : [];
}

function objectViolations(schema: Schema, value: Record<string, unknown>, field: string): Cause[] {
  const inside = (key: string) => (field === '' ? key : `${field}.${key}`);
  const missing = (schema.required ?? [])
    .filter((key) => value[key] === undefined || value[key] === null)
    .map((key) => cause.required(inside(key)));
  const known = Object.entries(schema.properties ?? {}).flatMap(([key, part]) =>
    Object.hasOwn(value, key) ? violations(part, value[key], inside(key)) : [],
  );
  const { values } = schema;
  const others =
    values === undefined ? [] : Object.entries(value).flatMap(([key, v]) => violations(values, v, inside(key)));
  return [...missing, ...known, ...others];
}

function arrayViolations({ items, maxItems }: Schema, value: readonly unknown[], field: string): Cause[] {
  if (maxItems !== undefined && value.length > maxItems) {
    const message = `Too many: ${value.length}: must have at most ${maxItems} items`;
    return [{ reason: 'FieldValueTooMany', message, field }];
  }
  return items === undefined ? [] : value.flatMap((item, i) => violations(items, item, `${field}[${i}]`));
}

function textViolations({ enum: allowed, minLength }: Schema, value: string, field: string): Cause[] {
  if (allowed !== undefined && !allowed.includes(value)) return [cause.notSupported(field, value, allowed)];
  if (minLength !== undefined && value.length < minLength) {
    return [cause.invalid(field, value, `${field} in body should be at least ${minLength} chars long`)];
  }
  return [];
}

function rangeViolations({ minimum, maximum }: Schema, value: number, field: string): Cause[] {
  if (minimum !== undefined && value < minimum) {
    return [cause.invalid(field, value, `${field} in body should be greater than or equal to ${minimum}`)];
  }
  if (maximum !== undefined && value > maximum) {
    return [cause.invalid(field, value, `${field} in body should be less than or equal to ${maximum}`)];
  }
  return [];
}

/** The value with the schema's defaults filled in; the same value where there was nothing to fill. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    const filled = value.map((item) => withDefaults(items, item));
    return filled.some((item, i) => item !== value[i]) ? filled : value;
  }
  if (!isRecord(value)) return value;
  let result = value;
  for (const [key, part] of Object.entries(schema.properties ?? {})) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    const filled = withDefaults(part, given ?? structuredClone(part.default));
    if (filled !== given && filled !== undefined) result = { ...result, [key]: filled };
  }
  return result;
}

function isOfType(type: NonNullable<Schema['type']>, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
