/** The kinds that not every version of Kubernetes serves, and since which minor version there are their groups. */

import { addressKinds, dynamicKinds } from '../api/kinds/later-kinds.ts';
import { minorOf } from '../controllers/kubernetes-version.ts';

const since = new Map<string, number>([
  ...addressKinds.map(({ plural }): [string, number] => [plural, 33]),
  ...dynamicKinds.map(({ plural }): [string, number] => [plural, 34]),
]);

/** Those that a server of a version (`v1.34.5-1`) does not serve yet, by their plural names. */
export function kindsAfter(version: string): ReadonlySet<string> {
  const minor = minorOf(version) ?? Number.POSITIVE_INFINITY;
  return new Set([...since].flatMap(([plural, first]) => (minor < first ? [plural] : [])));
}

/** By the group of which no kind is served before it: the minor version with which it came. */
export const lateGroups: ReadonlyMap<string, number> = new Map([['resource.k8s.io', 34]]);
