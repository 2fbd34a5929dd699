/** What Cluster API's controllers ask each other. */

import { pausedSaying, saySorted } from '../conditions.ts';
import type { Kind } from '../kinds.ts';
import { labels } from '../owners.ts';
import type { Reconcile } from '../queue.ts';
import type { Controller, Runtime } from '../runtime.ts';
import type { Cluster, Machine } from '../shapes/capi.ts';
import type { Condition, KubeObject } from '../shapes/meta.ts';

export const machineFinalizer = 'machine.cluster.x-k8s.io';

const pausedAnnotation = 'cluster.x-k8s.io/paused';

/** Since v1.12 Cluster API looks at an object no more than once in so many ms. */
const pace = 1000;

/** Registers a controller of Cluster API. */
export function capiController(rt: Runtime, name: string, reconcile: Reconcile): Controller {
  return rt.controller(name, reconcile, rt.clusterApi === 'v1beta2' ? pace : 0);
}

/** Whether a controller must leave an object alone, and by whose word. */
export function paused(cluster: Cluster | undefined, object: KubeObject): { cluster: boolean; annotation: boolean } {
  return {
    cluster: cluster?.spec?.paused === true,
    annotation: object.metadata.annotations?.[pausedAnnotation] !== undefined,
  };
}

/** Whether a controller must leave an object alone. */
export function isPaused(cluster: Cluster | undefined, object: KubeObject): boolean {
  const by = paused(cluster, object);
  return by.cluster || by.annotation;
}

/** What says in the newer conditions whether it is paused. */
interface Pausable extends KubeObject {
  status?: { v1beta2?: { conditions?: Condition[] } };
}

/** Whether a controller must leave an object alone: then that is said, and nothing else is done. Throws KubeError. */
export async function restsPaused<T extends Pausable>(
  rt: Runtime,
  kind: Kind<T>,
  object: T,
  cluster: Cluster,
): Promise<boolean> {
  const by = paused(cluster, object);
  if (!by.cluster && !by.annotation) return false;
  const saying = pausedSaying(by.cluster, by.annotation, kind.kind);
  await rt.client.change(kind, object, (draft: Pausable) => {
    const old = draft.status?.v1beta2;
    const conditions = saySorted(old?.conditions, [saying], rt.timestamp(), object.metadata.generation);
    draft.status = { ...draft.status, v1beta2: { ...old, conditions } };
  });
  return true;
}

/** Whether a Machine, or what belongs to one, is of a control plane. */
export function isControlPlane(machine: KubeObject): boolean {
  return machine.metadata.labels?.[labels.controlPlane] !== undefined;
}

export const deleting = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

/**
 * Takes out of `status` what is 0 or false and was never written: up to v1beta1 Cluster API's patches leave such a field
 * out until there has been something to tell, and columns stay empty. `old` is the status before.
 */
export function leaveZeros(status: object, old: object | undefined, keys: readonly string[]): void {
  const fields = status as Record<string, unknown>;
  for (const key of keys) {
    if (!fields[key] && (old as Record<string, unknown> | undefined)?.[key] === undefined) delete fields[key];
  }
}

/** By creation, the oldest first; then by name. */
export function byAge(a: KubeObject, b: KubeObject): number {
  const x = a.metadata.creationTimestamp ?? '';
  const y = b.metadata.creationTimestamp ?? '';
  return x < y ? -1 : x > y ? 1 : byName(a, b);
}

/** By name. */
export function byName(a: KubeObject, b: KubeObject): number {
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0;
}

/** `5m` as Go writes the duration: `5m0s`. Anything it cannot read stays as it is. */
export function goDuration(text: string | undefined): string | undefined {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text ?? '');
  if (!text || !match) return text;
  const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

/** A Go duration in ms; 0 where there is none. */
export function durationMs(text: string | undefined): number {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text ?? '');
  if (!match) return 0;
  return (Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0)) * 1000;
}

/** A count or percentage of `total` (`intstr` in Go). */
export function scaled(value: number | string | undefined, total: number, fallback: number, up: boolean): number {
  if (value === undefined) return fallback;
  const text = String(value);
  if (text.endsWith('%')) {
    const share = (Number(text.slice(0, -1)) * total) / 100;
    return Number.isFinite(share) ? (up ? Math.ceil(share) : Math.floor(share)) : fallback;
  }
  const count = Number(text);
  return Number.isFinite(count) ? count : fallback;
}

/** Whether a Machine has found its Node. */
export function hasNode(machine: Machine): boolean {
  return machine.status?.nodeRef?.name !== undefined;
}

/** What objects of a cluster say that is still being made. */
export const awaited = {
  infrastructure: 'Waiting for Cluster status.infrastructureReady to be true',
  controlPlane: 'Waiting for Cluster control plane to be initialized',
} as const;
