/**
 * The types of what a CustomResourceDefinition says, as Go reads it: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1, types.go,
 * types_jsonschema.go and marshal.go.
 */

import { isRecord } from '../types.ts';

/** `[]` before a type: a list of it; `{}`: a map of texts to it. What is in brackets reads itself, as one of several. */
type Type = string;
type Struct = Readonly<Record<string, Type>>;

const struct = (words: string): Struct =>
  Object.fromEntries(
    words
      .trim()
      .split(/\s+/)
      .map((word) => word.split(':') as [string, string?])
      .map(([name, type = 'string']) => [name, type]),
  );

const STRUCTS: Readonly<Record<string, Struct>> = {
  CustomResourceDefinition: struct('spec:CustomResourceDefinitionSpec'),
  CustomResourceDefinitionSpec: struct(`group names:CustomResourceDefinitionNames scope
    versions:[]CustomResourceDefinitionVersion conversion:CustomResourceConversion preserveUnknownFields:bool`),
  CustomResourceDefinitionNames: struct('plural singular shortNames:[]string kind listKind categories:[]string'),
  CustomResourceConversion: struct('strategy'),
  CustomResourceDefinitionVersion: struct(`name served:bool storage:bool deprecated:bool deprecationWarning
    schema:CustomResourceValidation subresources:CustomResourceSubresources
    additionalPrinterColumns:[]CustomResourceColumnDefinition selectableFields:[]SelectableField`),
  CustomResourceValidation: struct('openAPIV3Schema:JSONSchemaProps'),
  CustomResourceSubresources: struct('scale:CustomResourceSubresourceScale'),
  CustomResourceSubresourceScale: struct('specReplicasPath statusReplicasPath labelSelectorPath'),
  CustomResourceColumnDefinition: struct('name type format description priority:int32 jsonPath'),
  SelectableField: struct('jsonPath'),
  ValidationRule: struct('rule message messageExpression reason fieldPath optionalOldSelf:bool'),
  ExternalDocumentation: struct('description url'),
  JSONSchemaProps: struct(`id $schema $ref description type format title pattern
    maximum:float64 exclusiveMaximum:bool minimum:float64 exclusiveMinimum:bool multipleOf:float64
    maxLength:int64 minLength:int64 maxItems:int64 minItems:int64 maxProperties:int64 minProperties:int64
    uniqueItems:bool nullable:bool required:[]string enum:[]any
    items:(list) additionalItems:(bool) additionalProperties:(bool) dependencies:{}(texts)
    allOf:[]JSONSchemaProps oneOf:[]JSONSchemaProps anyOf:[]JSONSchemaProps not:JSONSchemaProps
    properties:{}JSONSchemaProps patternProperties:{}JSONSchemaProps definitions:{}JSONSchemaProps
    externalDocs:ExternalDocumentation x-kubernetes-preserve-unknown-fields:bool
    x-kubernetes-embedded-resource:bool x-kubernetes-int-or-string:bool x-kubernetes-list-map-keys:[]string
    x-kubernetes-list-type x-kubernetes-map-type x-kubernetes-validations:[]ValidationRule`),
};

/** That a value is of another type than Go's. */
export interface WrongType {
  /** What JSON calls the value, and what Go calls the type that it should be of. */
  found: string;
  wanted: string;
  /** In which struct, and where from the outermost on; neither keys of maps nor places in lists are told. */
  owner: string;
  path: string;
  /** What reads itself says in its own words what it expects. */
  words?: string;
}

interface Place {
  owner: string;
  path: readonly string[];
}

/** The first value of a wrong type in a definition, in the order in which it is written. */
export const wrongType = (definition: unknown): WrongType | undefined =>
  wrongIn(definition, 'CustomResourceDefinition', { owner: 'CustomResourceDefinition', path: [] });

/** Whether a value is of the type that a field of a schema is of; fields that Go does not know take none. */
export const fitsSchema = (field: string, value: unknown): boolean => {
  const type = STRUCTS['JSONSchemaProps']![field];
  return ['default', 'example'].includes(field) || (type !== undefined && wrongIn(value, type, nowhere) === undefined);
};

const nowhere: Place = { owner: '', path: [] };

function wrongIn(value: unknown, type: Type, place: Place): WrongType | undefined {
  // Whatever is null is left as it was.
  if (value === null || value === undefined || type === 'any') return undefined;
  const part = type.slice(2);
  if (type.startsWith('[]')) {
    return Array.isArray(value) ? firstOf(value, (one) => wrongIn(one, part, place)) : wrong(value, type, place);
  }
  if (type.startsWith('{}')) {
    return isRecord(value)
      ? firstOf(Object.values(value), (one) => wrongIn(one, part, place))
      : wrong(value, type, place);
  }
  if (type.startsWith('(')) return wrongChoice(value, type, place);
  const fields = STRUCTS[type];
  if (!fields) return isPlain(value, type) ? undefined : wrong(value, type, place);
  if (!isRecord(value)) return wrong(value, type, place);
  return firstOf(Object.entries(value), ([name, one]) =>
    fields[name] === undefined ? undefined : wrongIn(one, fields[name], { owner: type, path: [...place.path, name] }),
  );
}

/** One of several types. What is wrong in it is told where it begins: it is read by itself. */
function wrongChoice(value: unknown, type: Type, place: Place): WrongType | undefined {
  const told = (found: WrongType | undefined) => found && { ...found, owner: place.owner, path: place.path.join('.') };
  if (isRecord(value)) return told(wrongIn(value, 'JSONSchemaProps', place));
  if (type === '(bool)') {
    if (typeof value === 'boolean') return undefined;
    return { ...wrong(value, type, place), words: 'boolean or JSON schema expected' };
  }
  if (!Array.isArray(value)) return undefined;
  return told(wrongIn(value, type === '(texts)' ? '[]string' : '[]JSONSchemaProps', place));
}

function isPlain(value: unknown, type: Type): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'bool') return typeof value === 'boolean';
  return typeof value === 'number' && (type === 'float64' || Number.isInteger(value));
}

const wrong = (value: unknown, type: Type, { owner, path }: Place): WrongType => ({
  found: jsonName(value),
  wanted: goName(type),
  owner,
  path: path.join('.'),
});

function jsonName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goName(type: Type): string {
  if (type.startsWith('[]')) return `[]${goName(type.slice(2))}`;
  if (type.startsWith('{}')) return `map[string]${goName(type.slice(2))}`;
  return STRUCTS[type] ? `v1.${type}` : type === 'any' ? 'v1.JSON' : type;
}

function firstOf<T>(list: readonly T[], look: (one: T) => WrongType | undefined): WrongType | undefined {
  for (const one of list) {
    const found = look(one);
    if (found) return found;
  }
  return undefined;
}
