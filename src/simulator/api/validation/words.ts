import { type Cause, cause } from '../errors.ts';

/** A field's name, or an index. */
export type Step = string | number;

/** `spec.volumes[1].name` */
export function fieldOf(path: readonly Step[]): string {
  let field = '';
  for (const step of path) field += typeof step === 'number' ? `[${step}]` : field === '' ? step : `.${step}`;
  return field;
}

const invalid = (path: readonly Step[], value: unknown, why: string): Cause => {
  const field = fieldOf(path);
  return cause.invalid(field, value, `${field} in body ${why}`);
};

const wrongType = (path: readonly Step[], type: string, value: string): Cause => ({
  ...invalid(path, value, `must be of type ${type}: ${JSON.stringify(value)}`),
  reason: 'FieldValueTypeInvalid',
});

/** A value as Go prints it with %#v, as far as keys of lists hold such values. */
const goValue = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/**
 * Refusals as the API server words them: k8s.io/kube-openapi/pkg/validation/errors, and how
 * k8s.io/apiextensions-apiserver/pkg/apiserver/validation turns them into causes.
 */
export const say = {
  wrongType,
  neitherNumberNorText: (path: readonly Step[], type: string): Cause[] => [
    wrongType(path, 'integer,string', type),
    {
      reason: 'FieldValueInvalid',
      message: `Invalid value: "": ${JSON.stringify(fieldOf(path))} must validate at least one schema (anyOf)`,
      field: '<nil>',
    },
    wrongType(path, 'integer', type),
  ],
  missing: (path: readonly Step[]): Cause => cause.required(fieldOf(path)),
  tooShort: (path: readonly Step[], value: string, least: number): Cause =>
    invalid(path, value, `should be at least ${least} chars long`),
  tooLong: (path: readonly Step[], most: number): Cause => ({
    reason: 'FieldValueTooLong',
    message: `Too long: may not be more than ${most} bytes`,
    field: fieldOf(path),
  }),
  noMatch: (path: readonly Step[], value: string, pattern: string): Cause =>
    invalid(path, value, `should match '${pattern}'`),
  notAllowed: (path: readonly Step[], value: string, allowed: readonly string[]): Cause =>
    cause.notSupported(fieldOf(path), value, allowed),
  badFormat: (path: readonly Step[], value: string, format: string): Cause => wrongType(path, format, value),
  tooSmall: (path: readonly Step[], value: number, least: number): Cause =>
    invalid(path, value, `should be greater than or equal to ${least}`),
  tooLarge: (path: readonly Step[], value: number, most: number): Cause =>
    invalid(path, value, `should be less than or equal to ${most}`),
  tooFewItems: (path: readonly Step[], size: number, least: number): Cause =>
    invalid(path, size, `should have at least ${least} items`),
  tooManyItems: (path: readonly Step[], size: number, most: number): Cause => ({
    reason: 'FieldValueTooMany',
    message: `Too many: ${size}: must have at most ${most} items`,
    field: fieldOf(path),
  }),
  tooFewProperties: (path: readonly Step[], least: number): Cause =>
    // The real server names the least here, not what there is.
    invalid(path, least, `should have at least ${least} properties`),
  duplicate: (path: readonly Step[], keys: readonly [string, unknown][]): Cause => {
    const printed = keys.map(([key, value]) => `${JSON.stringify(key)}:${goValue(value)}`).join(', ');
    return {
      reason: 'FieldValueDuplicate',
      message: `Duplicate value: map[string]interface {}{${printed}}`,
      field: fieldOf(path),
    };
  },
};

/** The type of a value as refusals name it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether text is of a format. Formats of numbers are not judged, nor are they by the real server. */
export function isFormat(format: string): ((value: string) => boolean) | undefined {
  if (format === 'date-time') return (value) => DATE_TIME.test(value) && !Number.isNaN(Date.parse(value));
  return format === 'byte' ? (value) => BASE64.test(value) : undefined;
}
