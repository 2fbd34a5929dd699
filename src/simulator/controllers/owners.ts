/** Ownership and labels: how objects find each other. */

import type { KubeObject, OwnerReference } from './shapes/meta.ts';

export const labels = {
  cluster: 'cluster.x-k8s.io/cluster-name',
  deployment: 'cluster.x-k8s.io/deployment-name',
  set: 'cluster.x-k8s.io/set-name',
  controlPlane: 'cluster.x-k8s.io/control-plane',
  controlPlaneName: 'cluster.x-k8s.io/control-plane-name',
  templateHash: 'machine-template-hash',
} as const;

/** The reference from a dependent to its owner. */
export function ownerReference(owner: KubeObject, controller = true): OwnerReference {
  const reference: OwnerReference = {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
  };
  if (controller) {
    reference.controller = true;
    reference.blockOwnerDeletion = true;
  }
  return reference;
}

/** The name of the owner of a kind, if there is one. */
export function ownerName(object: KubeObject, kind: string): string | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.kind === kind)?.name;
}

/** Whether somebody answers for an object, as a MachineSet or a control plane does for a Machine. */
export const isControlled = ({ metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ controller }) => controller) ?? false;

/** The cluster an object belongs to, by its label. */
export function clusterOf(object: KubeObject): string | undefined {
  return object.metadata.labels?.[labels.cluster];
}

/** Makes `owner` an owner of `draft`; as its controller, the only one. */
export function own(draft: KubeObject, owner: KubeObject, controller = true): void {
  const reference = ownerReference(owner, controller);
  const others = (draft.metadata.ownerReferences ?? []).filter((old) => old.uid !== reference.uid);
  const same = (draft.metadata.ownerReferences ?? []).find((old) => old.uid === reference.uid);
  if (same && Boolean(same.controller) === controller) return;
  draft.metadata.ownerReferences = controller ? [reference] : [...others, reference];
}

/** Whether an object waits for a finalizer. */
export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** Adds a finalizer, unless the object is already being deleted: the API would refuse. */
export function addFinalizer(draft: KubeObject, finalizer: string): void {
  if (draft.metadata.deletionTimestamp || hasFinalizer(draft, finalizer)) return;
  draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), finalizer];
}

/** Takes a finalizer off `draft`; an object being deleted goes with its last one. */
export function removeFinalizer(draft: KubeObject, finalizer: string): void {
  draft.metadata.finalizers = draft.metadata.finalizers?.filter((other) => other !== finalizer);
}

/** Sets annotations of `draft`; undefined removes one. */
export function annotate(draft: KubeObject, values: Readonly<Record<string, string | undefined>>): void {
  const annotations = { ...draft.metadata.annotations };
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) delete annotations[key];
    else annotations[key] = value;
  }
  draft.metadata.annotations = annotations;
}
