/** What kinds of Kubernetes itself have in common. */

import type { Resource } from '../resources.ts';
import { customColumns } from './columns.ts';

/** A kind that no definition brought, in v1 and of the whole cluster, where `more` does not say otherwise. */
export function builtIn(
  group: string,
  plural: string,
  name: string,
  shortNames: string[],
  more: Partial<Resource> = {},
): Resource {
  return {
    group,
    version: 'v1',
    plural,
    singular: name.toLowerCase(),
    kind: name,
    shortNames,
    categories: [],
    namespaced: false,
    status: false,
    scale: false,
    custom: false,
    generations: true,
    fields: [],
    columns: customColumns([]),
    ...more,
  };
}
