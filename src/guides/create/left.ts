/** What is there under the names of a cluster, and not asked for by its answers (any more): it is left as it is. */
import { objectByName } from '../../domain/fleet/by-name.ts';
import type { Fleet } from '../../domain/fleet/rows.ts';
import { API_KIND, type Kind } from '../../domain/kinds.ts';
import type { Part } from './answers.ts';
import { namesOf } from './names.ts';
import { type Wish, wantedOf } from './wish.ts';

export interface Left {
  part: Part;
  kind: Kind;
  name: string;
}

/** Objects that no manifest of the answers has. Whatever the answers say, metaldeck deletes none of them by itself. */
export function leftOut(fleet: Fleet, wish: Pick<Wish, 'answers' | 'manifests'>): Left[] {
  const names = namesOf(wish.answers.cluster);
  const all: readonly [Part, Kind, string][] = [
    ['registration', 'registration', names.registration],
    ['registration', 'seedImage', names.seedImage],
    ['pools', 'pool', names.controlPlanePool],
    ['pools', 'pool', names.workerPool],
    ['controlPlane', 'baremetalCluster', names.cluster],
    ['controlPlane', 'controlPlane', names.controlPlane],
    ['controlPlane', 'cluster', names.cluster],
    ['workers', 'deployment', names.workers],
  ];
  const wanted = wantedOf(wish);
  return all.flatMap(([part, kind, name]) => {
    // What cannot be rendered yet is wanted all the same.
    const waits = wish.manifests.some((one) => one.part === part && one.missing !== undefined);
    const asked = waits || wanted.some((one) => one.kind === kind && one.name === name);
    return asked || !objectByName(fleet, { kind, name }) ? [] : [{ part, kind, name }];
  });
}

/** The same as a sentence; undefined where there is none. */
export function leftText(left: readonly Left[]): string | undefined {
  if (left.length === 0) return undefined;
  return `there, not in the answers, and left as it is: ${left.map(({ kind, name }) => `${API_KIND[kind]} ${name}`).join(', ')}`;
}
