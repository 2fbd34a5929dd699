/** The kinds that a CustomResourceDefinition brings: one for each version, and which of them is kept. */

import { type Column, customColumns, type PrinterColumn } from '../kinds/columns.ts';
import { apiVersionOf, type Resource, viewOf } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { fieldsOf, records, texts } from '../validation/tools.ts';
import { structural } from './structural.ts';

/** The names of a kind. */
export interface Names {
  plural: string;
  singular: string;
  kind: string;
  listKind: string;
  shortNames: string[];
  categories: string[];
}

/** What a definition calls its kind, with what is left out filled in. */
export function namesOf({ spec }: KubeObject): Names {
  const names = fieldsOf(spec?.['names']);
  const kind = String(names['kind'] ?? '');
  return {
    plural: String(names['plural'] ?? ''),
    singular: String(names['singular'] ?? kind.toLowerCase()),
    kind,
    listKind: String(names['listKind'] ?? `${kind}List`),
    shortNames: texts(names['shortNames']),
    categories: texts(names['categories']),
  };
}

/** The group of a kind, and its versions as they stand. */
export const groupOf = ({ spec }: KubeObject): string => String(spec?.['group'] ?? '');
export const versionsOf = ({ spec }: KubeObject): Record<string, unknown>[] => records(spec?.['versions']);

/** The kinds of a definition: the one that is kept, and how else it is shown. */
export interface Defined {
  kept: Resource;
  views: Resource[];
}

/** Makes them. `kept`: the kind that was kept so far, which is changed in place, for its objects are found by it. */
export function definedBy(definition: KubeObject, kept?: Resource): Defined | undefined {
  const versions = versionsOf(definition);
  const storage = versions.find(({ storage }) => storage === true);
  if (!storage) return undefined;
  const fresh = resourceOf(definition, storage);
  const own = kept ? Object.assign(kept, { deprecated: undefined }, fresh) : fresh;
  const version = apiVersionOf(own);
  const views = versions
    .filter((one) => one !== storage && one['served'] === true)
    .map((one) => {
      const shown = resourceOf(definition, one);
      return viewOf(own, shown, {
        show: (object) => ({ ...object, apiVersion: apiVersionOf(shown) }),
        keep: (object) => ({ ...object, apiVersion: version }),
      });
    });
  return { kept: own, views };
}

function resourceOf(definition: KubeObject, version: Record<string, unknown>): Resource {
  const { listKind: _list, ...names } = namesOf(definition);
  const { status, scale } = fieldsOf(version['subresources']);
  const { deprecationWarning, deprecated } = version;
  const group = groupOf(definition);
  const name = String(version['name'] ?? '');
  const { uid, generation } = definition.metadata;
  return {
    ...{ group, version: name, ...names },
    namespaced: definition.spec?.['scope'] === 'Namespaced',
    status: isRecord(status),
    scale: isRecord(scale),
    ...{ custom: true, generations: true },
    fields: records(version['selectableFields']).map(({ jsonPath }) => String(jsonPath).replace(/^\./, '')),
    columns: columnsOf(version['additionalPrinterColumns']),
    schema: structural(fieldsOf(version['schema'])['openAPIV3Schema']),
    defined: `${uid}/${generation}`,
    ...(deprecated === true
      ? { deprecated: String(deprecationWarning ?? `${group}/${name} ${names.kind} is deprecated`) }
      : {}),
  };
}

function columnsOf(given: unknown): Column[] {
  const declared = records(given);
  const columns = customColumns(
    declared.map(
      ({ name, type, jsonPath, priority }): PrinterColumn => [
        String(name),
        type as PrinterColumn[1],
        String(jsonPath),
        Number(priority ?? 0),
      ],
    ),
  );
  if (declared.length === 0) return columns;
  return columns.map((column, at) => {
    const { description, format } = declared[at - 1] ?? {};
    return {
      ...column,
      ...(typeof description === 'string' ? { description } : {}),
      ...(typeof format === 'string' ? { format } : {}),
    };
  });
}
