import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../src/simulator/api/kinds/schemas.ts';
import { servedResources } from '../../src/simulator/api/resources.ts';
import type { Schema } from '../../src/simulator/api/schemas/schema.ts';
import { readDefinitions } from './harness/crds.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { crds, clusterApi } = clusterEnvironment();
const definitions = new Map(readDefinitions(crds).map((definition) => [definition.metadata.name, definition]));
const custom = servedResources(clusterApi).filter((resource) => resource.custom);

/** Every field of a schema by its path, with all that is said of it but the words for people. */
function flat(schema: Schema, path = '', into: Record<string, unknown> = {}): Record<string, unknown> {
  const { description: _words, properties, items, additionalProperties, required, ...rules } = schema;
  // What the CRDs say besides, and an int-or-string says already.
  const { anyOf: _anyOf, example: _example, ...said } = rules as Schema & { anyOf?: unknown; example?: unknown };
  into[path] = required === undefined ? said : { ...said, required: [...required].sort() };
  for (const [name, part] of Object.entries(properties ?? {})) flat(part, `${path}.${name}`, into);
  if (items !== undefined) flat(items, `${path}[]`, into);
  if (additionalProperties !== undefined) flat(additionalProperties, `${path}{}`, into);
  return into;
}

describe(`schemas of our own and the real ones, Cluster API ${clusterApi}`, () => {
  it('are compared for every kind that is served', () => {
    expect(custom.filter(({ plural, group }) => !definitions.has(`${plural}.${group}`))).toEqual([]);
    expect(custom).toHaveLength(15);
  });

  it.each(custom.map((resource) => [`${resource.kind} ${resource.version}`, resource] as const))(
    '%s: every field, its type and its bounds',
    (_name, resource) => {
      const definition = definitions.get(`${resource.plural}.${resource.group}`);
      const version = definition?.spec.versions.find(({ name }) => name === resource.version);
      expect(version, 'the CRD has this version').toBeDefined();
      expect(flat(schemaOf(resource))).toEqual(flat(version!.schema.openAPIV3Schema));
    },
  );

  it.each(custom.map((resource) => [`${resource.kind} ${resource.version}`, resource] as const))(
    '%s: names, subresources and printer columns',
    (_name, resource) => {
      const { spec } = definitions.get(`${resource.plural}.${resource.group}`)!;
      const version = spec.versions.find(({ name }) => name === resource.version)!;
      const { names, scope } = spec;
      expect(resource).toMatchObject({
        kind: names.kind,
        singular: names.singular,
        shortNames: names.shortNames ?? [],
        categories: names.categories ?? [],
        namespaced: scope === 'Namespaced',
        status: version.subresources?.status !== undefined,
        scale: version.subresources?.scale !== undefined,
      });
      const shown = resource.columns
        .slice(1)
        .map(({ name, type, priority, path }) => ({ name, type, priority, jsonPath: path }));
      const declared = (version.additionalPrinterColumns ?? []).map(({ name, type, priority = 0, jsonPath }) => ({
        name,
        type,
        priority,
        jsonPath,
      }));
      // A CRD without columns of its own shows the age.
      const age = { name: 'Age', type: 'date', priority: 0, jsonPath: '.metadata.creationTimestamp' };
      expect(shown).toEqual(declared.length === 0 ? [age] : declared);
    },
  );
});
