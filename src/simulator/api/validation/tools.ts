/** What the rules of the server's own kinds are written with. */

import { isDeepStrictEqual } from 'node:util';
import { type Cause, cause } from '../errors.ts';
import {
  DNS_1035_RULE,
  DNS_LABEL_RULE,
  isDnsLabel,
  isSubdomain,
  keyFaults,
  labelFaults,
  SUBDOMAIN_RULE,
} from '../kinds/names.ts';
import { isRecord } from '../types.ts';

export type Fields = Record<string, unknown>;

/** What the rules ask of the server. */
export interface Rules {
  /** The minor version of Kubernetes. */
  minor: number;
}

export const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
export const records = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
/** Whether two values are the same as JSON. */
export function same(a: unknown, b: unknown): boolean {
  const [one, other] = [JSON.stringify(a ?? null), JSON.stringify(b ?? null)];
  // In whatever order somebody has written the fields.
  return one === other || isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
}

export const notFoundCause = (field: string, value: string): Cause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${JSON.stringify(value)}`,
  field,
});

export const duplicateCause = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
  field,
});

const IMMUTABLE = 'field is immutable';
export const immutableCause = (field: string, value: unknown): Cause => cause.invalid(field, value, IMMUTABLE);

/** Nothing where a number is missing, or zero and above. */
export const nonNegative = (field: string, value: unknown): Cause[] =>
  typeof value === 'number' && value < 0 ? [cause.invalid(field, value, 'must be greater than or equal to 0')] : [];

const PORTS = 'must be between 1 and 65535, inclusive';
export const portNumber = (field: string, value: unknown): Cause[] =>
  typeof value === 'number' && value >= 1 && value <= 65_535 ? [] : [cause.invalid(field, value, PORTS)];

/** A number, or the name of a port of a container. */
export function portOrName(field: string, value: unknown): Cause[] {
  if (typeof value === 'number') return portNumber(field, value);
  return portNameFaults(String(value ?? '')).map((why) => cause.invalid(field, value ?? '', why));
}

/** The rules of an IANA service name. */
export function portNameFaults(name: string): string[] {
  return [
    ...(name.length > 15 ? ['must be no more than 15 bytes'] : []),
    ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
    ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
    ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
    ...(name === '' || /^-|-$/.test(name) ? ['must not begin or end with a hyphen'] : []),
  ];
}

const tooLong = (most: number): string => `must be no more than ${most} bytes`;

export const labelName = (field: string, value: string): Cause[] => [
  ...(value.length > 63 ? [cause.invalid(field, value, tooLong(63))] : []),
  ...(value.length > 63 || isDnsLabel(value) ? [] : [cause.invalid(field, value, DNS_LABEL_RULE)]),
];

export const subdomain = (field: string, value: string): Cause[] =>
  isSubdomain(value) ? [] : [cause.invalid(field, value, value.length > 253 ? tooLong(253) : SUBDOMAIN_RULE)];

const DNS_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
export const dns1035 = (field: string, value: string): Cause[] => [
  ...(value.length > 63 ? [cause.invalid(field, value, tooLong(63))] : []),
  ...(DNS_1035.test(value) ? [] : [cause.invalid(field, value, DNS_1035_RULE)]),
];

/** A map of labels. */
export const labelCauses = (field: string, labels: unknown): Cause[] =>
  Object.entries(fieldsOf(labels))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => [
      ...keyFaults(key).map((why) => cause.invalid(field, key, why)),
      ...labelFaults(String(value)).map((why) => cause.invalid(field, String(value), why)),
    ]);

export const annotationCauses = (field: string, annotations: unknown): Cause[] =>
  Object.keys(fieldsOf(annotations)).flatMap((key) =>
    keyFaults(key.toLowerCase()).map((why) => cause.invalid(field, key, why)),
  );

/** One of some words; `needed`: what is said where it is missing. */
export function oneOf(field: string, value: unknown, allowed: readonly string[], needed = true): Cause[] {
  if (value === undefined || value === null || value === '') return needed ? [cause.required(field)] : [];
  return allowed.includes(String(value)) ? [] : [cause.notSupported(field, value, allowed)];
}

/** The fields that both have and that are not the same, and those that one of them has. */
export const changedFields = (a: Fields, b: Fields): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !same(a[key], b[key]));
