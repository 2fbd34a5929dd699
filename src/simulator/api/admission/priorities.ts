/** Which Pods go before others: k8s.io/kubernetes/plugin/pkg/admission/priority. */

import { isMirror } from '../../controllers/mirror.ts';
import type { Core, Plugin, Review } from '../core.ts';
import type { KubeObject } from '../types.ts';
import { all, find, isNewPod, refuse } from './find.ts';

/** k8s.io/kubernetes/pkg/apis/scheduling: classes that are always there. */
const ALWAYS: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};
const CLASSES: [string, string] = ['priorityclasses', 'scheduling.k8s.io'];
const PREEMPTS = 'PreemptLowerPriority';

interface Rank {
  name?: string;
  value: number;
  policy: string;
}

export const priorities: Plugin = {
  admit: (review, core) => {
    const { object, old, resource } = review;
    if (old !== undefined && resource.plural === 'pods' && resource.group === '') return keptOf(object, old);
    if (!isNewPod(review) || isMirror(object)) return undefined;
    const { spec = {} } = object;
    const rank = rankOf(core, review, String(spec['priorityClassName'] ?? ''));
    const computed = 'priority admission controller computed';
    const given = spec['priority'];
    if (given !== undefined && given !== rank.value) {
      const why = `the integer value of priority (${String(given)}) must not be provided in pod spec; ${computed}`;
      throw refuse(review, `${why} ${rank.value} from the given PriorityClass name`);
    }
    const policy = spec['preemptionPolicy'];
    if (policy !== undefined && policy !== rank.policy) {
      const why = `the string value of PreemptionPolicy (${String(policy)}) must not be provided in pod spec; ${computed}`;
      throw refuse(review, `${why} ${rank.policy} from the given PriorityClass name`);
    }
    const named = rank.name === undefined ? {} : { priorityClassName: rank.name };
    return { ...object, spec: { ...spec, ...named, priority: rank.value, preemptionPolicy: rank.policy } };
  },
  check: (review, core) => {
    const { resource, object, operation } = review;
    if (resource.plural !== CLASSES[0] || resource.group !== CLASSES[1]) return;
    if (operation === 'DELETE' || object?.['globalDefault'] !== true) return;
    const other = all(core, CLASSES).find(
      (one) => one['globalDefault'] === true && one.metadata.name !== object.metadata.name,
    );
    if (other === undefined) return;
    const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
    throw refuse(review, why);
  },
};

/** Who replaces a Pod need not repeat what it was given. */
function keptOf(object: KubeObject, { spec: old = {} }: KubeObject): KubeObject {
  const { spec = {} } = object;
  const kept = Object.fromEntries(
    ['priority', 'preemptionPolicy'].flatMap((key) => {
      const value = spec[key] ?? old[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return { ...object, spec: { ...spec, ...kept } };
}

function rankOf(core: Core, review: Review, name: string): Rank {
  if (name === '') {
    const [first] = all(core, CLASSES)
      .filter((one) => one['globalDefault'] === true)
      .sort((a, b) => worth(a) - worth(b));
    return first === undefined ? { value: 0, policy: PREEMPTS } : { ...ranked(first), name: first.metadata.name };
  }
  const found = find(core, CLASSES, name);
  if (found !== undefined) return ranked(found);
  const value = ALWAYS[name];
  if (value === undefined) throw refuse(review, `no PriorityClass with name ${name} was found`);
  return { value, policy: PREEMPTS };
}

const worth = (one: KubeObject): number => Number(one['value'] ?? 0);
const ranked = (one: KubeObject): Rank => ({
  value: worth(one),
  policy: String(one['preemptionPolicy'] ?? PREEMPTS),
});
