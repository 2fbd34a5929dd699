/** Names for states of a template, and what keeps them: ControllerRevisions. */

import type { KubeObject } from '../shapes/meta.ts';
import type { DaemonSet, PodTemplate, StatefulSet } from './shapes.ts';
import { controlledBy, create, digest, isOf, type Picture, type Write } from './turn.ts';

/** Ten letters that a template always has, out of those that make no words. */
export function hashOf(template: PodTemplate): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const bytes = digest(JSON.stringify(template)).match(/../g) ?? [];
  return bytes
    .slice(0, 10)
    .map((byte) => letters[Number.parseInt(byte, 16) % letters.length])
    .join('');
}

/** The revision of a StatefulSet or DaemonSet that is wanted now, with the write that keeps it where nobody has yet. */
export function revised(
  picture: Picture,
  of: StatefulSet | DaemonSet,
): { hash: string; name: string; writes: Write[] } {
  const hash = hashOf(of.spec.template);
  const { name: base, namespace } = of.metadata;
  const name = `${base}-${hash}`;
  const own = picture.revisions.filter((one) => isOf(one, of));
  const newest = Math.max(0, ...own.map(({ revision }) => revision));
  const known = own.find(({ metadata }) => metadata.name === name);
  if (known) return { hash, name, writes: [] };
  const labels = { ...of.spec.template.metadata?.labels, 'controller-revision-hash': hash };
  const made = {
    ...{ apiVersion: 'apps/v1', kind: 'ControllerRevision' },
    metadata: { name, namespace, labels, ownerReferences: [controlledBy(of)] },
    data: { spec: { template: { ...of.spec.template, $patch: 'replace' } } },
    revision: newest + 1,
  };
  return { hash, name, writes: [create('kube-controller-manager', made as KubeObject)] };
}
