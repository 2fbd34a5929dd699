/**
 * What follows a group's template without a rollout: labels, annotations and the timeouts of a Machine's end. Source:
 * Cluster API 1.10, syncMachines of the MachineSet and the kubeadm control plane controller.
 */

import type { Machine, MachineSpec } from '../shapes/capi.ts';
import { deleting } from './common.ts';

const timeouts = ['nodeDrainTimeout', 'nodeVolumeDetachTimeout', 'nodeDeletionTimeout'] as const;
type Timeout = (typeof timeouts)[number];
/** What a Machine is given where its group says nothing. */
const defaults: Partial<Record<Timeout, string>> = { nodeDeletionTimeout: '10s' };

/** What a group wants of its Machines, and what it wanted once and does not any more. */
export interface InPlace {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  spec: Partial<MachineSpec>;
  dropped?: Dropped;
}

interface Dropped {
  labels: readonly string[];
  annotations: readonly string[];
  spec: readonly Timeout[];
}

/** The timeouts that a template sets. */
export function inPlace(spec: MachineSpec | undefined): Pick<MachineSpec, Timeout> {
  const set = timeouts.flatMap((key) => (spec?.[key] ? [[key, spec[key]] as const] : []));
  return Object.fromEntries(set);
}

/** `own`, a template's spec, with the timeouts of another. */
export function withTimeouts(own: MachineSpec | undefined, other: MachineSpec | undefined): MachineSpec {
  const next = { ...own };
  for (const key of timeouts) delete next[key];
  return { ...next, ...inPlace(other) };
}

/** What groups have wanted since the controller began: only what a group has set does it take away again. */
export class Wants {
  readonly #known = new Map<string, Record<keyof Dropped, Set<string>>>();

  /** `wanted` of a group, with what it wants no more. */
  of(group: string, wanted: Omit<InPlace, 'dropped'>): InPlace {
    const known = this.#known.get(group) ?? { labels: new Set(), annotations: new Set(), spec: new Set() };
    this.#known.set(group, known);
    const dropped = (part: keyof Dropped): string[] => {
      for (const key of Object.keys(wanted[part] ?? {})) known[part].add(key);
      return [...known[part]].filter(
        (key) => (wanted[part] as Record<string, unknown> | undefined)?.[key] === undefined,
      );
    };
    const spec = dropped('spec') as Timeout[];
    return { ...wanted, dropped: { labels: dropped('labels'), annotations: dropped('annotations'), spec } };
  }

  /** The group is gone. */
  forget(group: string): void {
    this.#known.delete(group);
  }
}

/** Writes into `draft` what follows its group: on a Machine that is going only what may still help it to go. */
export function followInPlace(draft: Machine, { labels, annotations, spec, dropped }: InPlace): void {
  draft.spec ??= {};
  for (const key of timeouts) {
    const wanted = spec[key] ?? (dropped?.spec.includes(key) || deleting(draft) ? defaults[key] : draft.spec[key]);
    if (wanted === undefined) delete draft.spec[key];
    else draft.spec[key] = wanted;
  }
  if (deleting(draft)) return;
  const { metadata } = draft;
  if (labels) metadata.labels = { ...metadata.labels, ...labels };
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations };
  for (const key of dropped?.labels ?? []) delete metadata.labels?.[key];
  for (const key of dropped?.annotations ?? []) delete metadata.annotations?.[key];
}
