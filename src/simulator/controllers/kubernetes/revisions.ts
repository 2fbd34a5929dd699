/** Names for states of a template, and what keeps them: ControllerRevisions. */

import { ownerReference } from '../owners.ts';
import { Random } from '../random.ts';
import type { KubeObject } from '../shapes/meta.ts';
import type { DaemonSet, PodTemplate, StatefulSet } from './shapes.ts';
import { create, isOf, type Picture, type Write } from './turn.ts';

/** Ten letters that a template always has, out of those that make no words. */
export const hashOf = (template: PodTemplate): string => new Random(JSON.stringify(template)).suffix(10);

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
    metadata: { name, namespace, labels, ownerReferences: [ownerReference(of)] },
    data: { spec: { template: { ...of.spec.template, $patch: 'replace' } } },
    revision: newest + 1,
  };
  return { hash, name, writes: [create('kube-controller-manager', made as KubeObject)] };
}
