/** Who takes over what nobody controls, and lets go what it no longer means. After k8s.io/kubernetes/pkg/controller/controller_ref_manager.go. */

import { ownerReference } from '../owners.ts';
import { type LabelSelector, selects } from '../selector.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { isOf, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';

/**
 * Those of `all` that an owner controls from now on, with the writes that make it so. `adopts` says of one that nobody
 * controls whether it may be taken over; where left out, each that the selector means.
 */
export function claimed<T extends KubeObject>(
  owner: KubeObject,
  selector: LabelSelector,
  all: readonly T[],
  adopts: (object: T) => boolean = () => true,
): { mine: T[]; writes: Write[] } {
  const mine: T[] = [];
  const writes: Write[] = [];
  for (const object of all) {
    const { namespace, labels, ownerReferences = [], deletionTimestamp } = object.metadata;
    if (namespace !== owner.metadata.namespace) continue;
    const own = isOf(object, owner);
    if (!own && ownerReferences.some(({ controller }) => controller)) continue;
    const meant = selects(selector, labels);
    const owned = (references: typeof ownerReferences): T => ({
      ...object,
      metadata: { ...object.metadata, ownerReferences: references },
    });
    if (own && meant) mine.push(object);
    else if (own && !deletionTimestamp) {
      const others = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid);
      writes.push(update(by, owned(others)));
    } else if (!own && meant && !deletionTimestamp && adopts(object)) {
      const adopted = owned([...ownerReferences, ownerReference(owner)]);
      mine.push(adopted);
      writes.push(update(by, adopted));
    }
  }
  return { mine, writes };
}
