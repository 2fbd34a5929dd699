/** The schema of a version of a kind as its definition gives it, in the terms of those that the server has of its own. */

import type { Schema } from '../schemas/schema.ts';
import { isRecord } from '../types.ts';
import { fitsSchema } from './definition-types.ts';

const types = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);
/** What is judged as it stands. */
const plain = [
  ...['description', 'format', 'required', 'enum', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['minItems', 'maxItems', 'minProperties', 'default', 'x-kubernetes-int-or-string', 'x-kubernetes-map-type'],
  ...['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'nullable'],
];
const text: Schema = { type: 'string' };
/** What every object has, whatever its definition says. */
const own = { apiVersion: text, kind: text, metadata: { type: 'object' } as Schema };

/** The whole schema, without whatever in it is of a type that cannot be read. What it has beside fields, their types, limits and defaults is not judged. */
export function structural(given: unknown): Schema {
  const schema = schemaIn(given);
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] && schema.properties === undefined;
  return isOpen ? schema : { ...schema, properties: { ...schema.properties, ...own } };
}

function schemaIn(given: unknown): Schema {
  if (!isRecord(given)) return {};
  const { type, properties, items, additionalProperties, pattern } = given;
  const isEmbedded = given['x-kubernetes-embedded-resource'] === true;
  const fields = isRecord(properties)
    ? Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, schemaIn(part)]))
    : undefined;
  const known = Object.fromEntries(
    plain.flatMap((key) =>
      given[key] === undefined || given[key] === false || !fitsSchema(key, given[key]) ? [] : [[key, given[key]]],
    ),
  );
  return {
    ...known,
    ...(typeof type === 'string' && types.has(type) ? { type: type as NonNullable<Schema['type']> } : {}),
    ...(typeof pattern === 'string' && isReadable(pattern) ? { pattern } : {}),
    ...(fields ? { properties: isEmbedded ? { ...fields, ...own } : fields } : {}),
    ...(items === undefined ? {} : { items: schemaIn(items) }),
    ...(additionalProperties === undefined || additionalProperties === false
      ? {}
      : { additionalProperties: schemaIn(additionalProperties) }),
  };
}

/** Whether an expression can be read here: those of Go are nearly the same. */
function isReadable(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') !== undefined;
  } catch {
    return false;
  }
}
