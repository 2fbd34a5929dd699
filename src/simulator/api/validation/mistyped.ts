/** Values of wrong types in kinds of Kubernetes itself: these are not even read. Words: Go's encoding/json, and its converters. */

import { wrongType } from '../definitions/definition-types.ts';
import { schemaOf } from '../kinds/schemas.ts';
import type { Resource } from '../resources.ts';
import { placeOf } from '../schemas/shapes.ts';
import { isRecord } from '../types.ts';
import { violations } from './check.ts';
import { cleanerOf } from './clean.ts';
import { readQuantity } from './quantities.ts';

const FOUND: Readonly<Record<string, string>> = { integer: 'number', boolean: 'bool' };
const WANTED: Readonly<Record<string, string>> = {
  ...{ b: 'bool', i: 'int32', l: 'int64', m: 'map[string]string', s: 'string', t: 'v1.Time', q: 'resource.Quantity' },
  ...{ integer: 'int32', boolean: 'bool', string: 'string', 'date-time': 'v1.Time' },
};

/** The first value of a wrong type: as it is read from JSON, and as it is converted after a strategic merge. */
export interface Mistyped {
  read: string;
  converted: string;
}

/** What is wrong with the types of an object, if anything. Custom resources are judged by their schemas alone. */
export function mistyped(resource: Resource, object: unknown): Mistyped | undefined {
  if (resource.custom) return undefined;
  if (resource.kind === 'CustomResourceDefinition') return mistypedDefinition(object);
  const schema = schemaOf(resource);
  const amount = badAmount(isRecord(object) ? object['spec'] : undefined);
  if (amount !== undefined) return { read: amount, converted: amount };
  const wrong = violations(schema, cleanerOf(schema)(object)).find(
    // Whoever reads a Secret tells what is no base64.
    ({ reason, message }) => reason === 'FieldValueTypeInvalid' && !message.includes('must be of type byte:'),
  );
  if (wrong === undefined) return undefined;
  const { field = '', message } = wrong;
  const [, wanted = '', found = ''] = /must be of type (\S+): "(.*)"$/.exec(message) ?? [];
  const path = field.replaceAll(/\[\d+\]/g, '').split('.');
  const known = placeOf(resource.plural, resource.kind, path);
  const [owner, at] = known[2] === undefined ? [resource.kind, wholeFields(resource, path)] : known;
  const type = goType(known[2] ?? wanted, wanted);
  const json = FOUND[found] ?? found;
  const value = json === 'number' ? 'int64' : json;
  const convertible = (json === 'number' || json === 'bool') && type === 'string';
  return {
    read: `json: cannot unmarshal ${json} into Go struct field ${owner}.${at} of type ${type}`,
    converted: convertible ? `cannot convert ${value} to ${type}` : `unrecognized type: ${type}`,
  };
}

/** The same of a definition of a kind, of which no schema tells. */
function mistypedDefinition(object: unknown): Mistyped | undefined {
  const wrong = wrongType(object);
  if (wrong === undefined) return undefined;
  const { found, wanted, owner, path, words } = wrong;
  const read = words ?? `json: cannot unmarshal ${found} into Go struct field ${owner}.${path} of type ${wanted}`;
  return { read, converted: words ?? `unrecognized type: ${wanted}` };
}

const AMOUNTS = new Set([
  ...['requests', 'limits', 'hard', 'min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio', 'overhead'],
]);
const QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX = "unable to parse quantity's suffix";

/** What the server says of the first amount of something that is none, anywhere in a value. */
function badAmount(value: unknown): string | undefined {
  if (Array.isArray(value)) return first(value, badAmount);
  if (!isRecord(value)) return undefined;
  return first(Object.entries(value), ([key, one]) => {
    if (!AMOUNTS.has(key) || !isRecord(one)) return badAmount(one);
    return first(Object.values(one), (given) => {
      if ((typeof given !== 'string' && typeof given !== 'number') || readQuantity(given) !== undefined)
        return undefined;
      return /^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/.test(String(given)) ? SUFFIX : QUANTITY;
    });
  });
}

function first<T>(list: readonly T[], look: (one: T) => string | undefined): string | undefined {
  for (const one of list) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of maps of texts the map is the field. */
const wholeFields = ({ kind }: Resource, path: readonly string[]): string =>
  (kind === 'ConfigMap' || kind === 'Secret' ? path.slice(0, 1) : path).join('.');

function goType(type: string, wanted: string): string {
  if (type === 'm' && wanted === 'string') return 'string';
  const list = type.endsWith('[]') && wanted !== 'array' ? type.slice(0, -2) : type;
  if (list.endsWith('[]')) return `[]${goType(list.slice(0, -2), '')}`;
  return WANTED[list] ?? (/^[A-Z]/.test(list) ? `v1.${list}` : list);
}
