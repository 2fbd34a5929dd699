/** When Pods became ready, or were no longer: whoever counts them writes its status then. */

import { isRecord, type KubeObject } from '../api/types.ts';

/** The last turn of a condition of a Pod: to what, and when, Unix time in ms. */
export interface Turn {
  is: boolean;
  at: number;
}

/** Whoever counts has heard of it so long after, ms. */
const hears = 30;

/** The last turn of such a condition of each Pod that has one. */
export function turnsOf(pods: readonly KubeObject[], type: 'Ready' | 'ContainersReady'): Turn[] {
  return pods.flatMap(({ status }) => {
    const conditions = Array.isArray(status?.['conditions']) ? status['conditions'].filter(isRecord) : [];
    const found = conditions.find((one) => one['type'] === type);
    const at = Date.parse(String(found?.['lastTransitionTime']));
    return Number.isNaN(at) ? [] : [{ is: found?.['status'] === 'True', at }];
  });
}

/** When the last of these was, Unix time in ms; `otherwise` where there is none. */
export const lastOf = (turns: readonly Turn[], otherwise: number): number =>
  turns.reduce((last, { at }) => Math.max(last, at), otherwise);

/**
 * When Deployments, ReplicaSets and DaemonSets among these objects wrote their status last, by uid, Unix time in ms: the last time that one
 * of their Pods among them became ready, or no longer was.
 */
export function countedAt(objects: readonly KubeObject[]): Map<string, number> {
  const owners = new Map(
    objects.flatMap(({ kind, metadata }) =>
      kind === 'ReplicaSet' ? [[metadata.uid, metadata.ownerReferences?.[0]?.uid]] : [],
    ),
  );
  const times = new Map<string, number>();
  for (const object of objects) {
    const [owner] = object.kind === 'Pod' ? (object.metadata.ownerReferences ?? []) : [];
    if (owner?.kind !== 'ReplicaSet' && owner?.kind !== 'DaemonSet') continue;
    const at = lastOf(turnsOf([object], 'Ready'), Number.NEGATIVE_INFINITY);
    for (const [step, uid] of [owner.uid, owners.get(owner.uid)].entries()) {
      // One hears of it from the other.
      const heard = at + (step + 1) * hears;
      if (uid !== undefined && heard > (times.get(uid) ?? Number.NEGATIVE_INFINITY)) times.set(uid, heard);
    }
  }
  return times;
}

/** Whoever notes who has written what. */
interface Notes {
  last(uid: string): number | undefined;
  note(uid: string, writer: string, at: number): void;
}

/** Notes when the controllers of Kubernetes wrote the status of what owns Pods among these objects, where that is not known. */
export function noteCounted(objects: readonly KubeObject[], writes: Notes): void {
  for (const [uid, at] of countedAt(objects)) {
    if (!((writes.last(uid) ?? Number.NEGATIVE_INFINITY) >= at)) writes.note(uid, 'kube-controller-manager/status', at);
  }
}

/** Notes who has written those of these objects that say so themselves: they are as young as that. */
export function noteWritten(objects: readonly KubeObject[], writes: Notes): void {
  for (const { metadata } of objects) {
    for (const { manager, time } of metadata.managedFields ?? []) {
      if (manager && time) writes.note(metadata.uid ?? '', manager, Date.parse(time));
    }
  }
}
