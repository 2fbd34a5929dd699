/** Kinds by their groups, told in one line each. */

import type { Resource } from '../resources.ts';
import { customColumns } from './columns.ts';
import { ORDINARY_COLUMNS } from './ordinary-columns.ts';

type Known = [plural: string, kind: string, shortNames?: string[], more?: Partial<Resource>];

/** By the group, with `/` and the version where that is not v1. */
export type Groups = Readonly<Record<string, readonly Known[]>>;

/** The kinds of groups as a server serves them: in namespaces, where `more` does not say otherwise. */
export const resourcesOf = (groups: Groups): Resource[] =>
  Object.entries(groups).flatMap(([place, known]) => {
    const [group = '', version = 'v1'] = place.split('/');
    return known.map(([plural, kind, shortNames = [], more = {}]) => ({
      ...{ group, version, plural, singular: kind.toLowerCase(), kind, shortNames, categories: [], namespaced: true },
      ...{
        status: false,
        scale: false,
        custom: false,
        generations: false,
        fields: [],
        columns: ORDINARY_COLUMNS[plural] ?? customColumns([]),
      },
      ...more,
    }));
  });
