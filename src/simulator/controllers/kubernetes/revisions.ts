/** Names for states of a template, and what keeps them: ControllerRevisions. */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { claimed } from './claims.ts';
import type { ControllerRevision, DaemonSet, PodTemplate, StatefulSet } from './shapes.ts';
import { create, isOf, type Picture, remove, update, type Write } from './turn.ts';

const HASH = 'controller-revision-hash';

/** The ten digits, as letters and digits that make no words. Source: k8s.io/apimachinery pkg/util/rand, SafeEncodeString. */
const safe = '456789bcdf';

/** The hash of a template: FNV-1a of 32 bits, in decimal, in safe letters. Source: k8s.io/kubernetes pkg/controller, ComputeHash. */
export function hashOf(template: PodTemplate, collisions?: number): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${JSON.stringify(template)}${collisions ?? ''}`))
    hash = Math.imul(hash ^ byte, 0x01000193);
  return String(hash >>> 0).replace(/\d/g, (digit) => safe[Number(digit)]!);
}

/** The revision of a StatefulSet or DaemonSet that is wanted now, with the write that keeps it where nobody has yet. */
export function revised(
  picture: Picture,
  of: StatefulSet | DaemonSet,
): { hash: string; name: string; writes: Write[] } {
  const by = 'kube-controller-manager';
  const { name: base, namespace, annotations } = of.metadata;
  const { mine: own, writes } = claimed(of, of.spec.selector, picture.revisions);
  const newest = Math.max(0, ...own.map(({ revision }) => revision));
  const wanted = { ...of.spec.template, $patch: 'replace' };
  // Of several alike the last one counts; what is gone back to is the newest again.
  const known = own.filter(({ data }) => equal(data.spec.template, wanted)).sort((a, b) => b.revision - a.revision)[0];
  if (known) {
    const hash = known.metadata.labels?.[HASH] ?? hashOf(of.spec.template);
    const next = known.revision === newest ? [] : [update(by, { ...known, revision: newest + 1 } as KubeObject)];
    const most = (of.spec as { revisionHistoryLimit?: number }).revisionHistoryLimit ?? 10;
    return {
      hash,
      name: known.metadata.name,
      writes: [...writes, ...next, ...outlived(picture, of, own, known, most)],
    };
  }
  const hash = hashOf(of.spec.template);
  const name = `${base}-${hash}`;
  const labels = { ...of.spec.template.metadata?.labels, [HASH]: hash };
  const made = {
    ...{ apiVersion: 'apps/v1', kind: 'ControllerRevision' },
    metadata: {
      name,
      namespace,
      labels,
      ...(annotations ? { annotations } : {}),
      ownerReferences: [ownerReference(of)],
    },
    data: { spec: { template: wanted } },
    revision: newest + 1,
  };
  return { hash, name, writes: [...writes, create(by, made as KubeObject)] };
}

/** Of revisions that no Pod is of any more only so many are kept. */
function outlived(
  { pods }: Picture,
  of: KubeObject,
  own: readonly ControllerRevision[],
  current: ControllerRevision,
  most: number,
): Write[] {
  const used = new Set(pods.filter((pod) => isOf(pod, of)).map(({ metadata }) => metadata.labels?.[HASH]));
  const isUsed = ({ metadata: { name, labels } }: ControllerRevision) => used.has(labels?.[HASH]) || used.has(name);
  const idle = own.filter((one) => one !== current && !isUsed(one)).sort((a, b) => a.revision - b.revision);
  return idle.slice(0, Math.max(0, idle.length - most)).map((one) => remove('kube-controller-manager', one));
}
