import type { Schema } from '../schemas/schema.ts';
import { isRecord } from '../types.ts';
import { fieldOf, type Step } from './words.ts';

/** The fields of a value that its schema does not know, each as `spec.volumes[1].extra`, in the order of the value. */
export function unknownFields(schema: Schema, value: unknown): string[] {
  const found: string[] = [];
  look(schema, value, [], found);
  return found;
}

function look(schema: Schema, value: unknown, path: Step[], found: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    for (const [i, item] of value.entries()) if (items !== undefined) look(items, item, [...path, i], found);
    return;
  }
  const { properties, additionalProperties } = schema;
  if (!isRecord(value) || (properties === undefined && additionalProperties === undefined)) return;
  for (const [key, part] of Object.entries(value)) {
    const inside = properties?.[key] ?? additionalProperties;
    if (inside !== undefined) look(inside, part, [...path, key], found);
    else if (!schema['x-kubernetes-preserve-unknown-fields']) found.push(fieldOf([...path, key]));
  }
}
