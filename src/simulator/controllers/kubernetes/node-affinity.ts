/** Which Nodes a Pod asks for, and which it would rather have. After k8s.io/component-helpers/scheduling/corev1/nodeaffinity. */

import { selects } from '../selector.ts';
import type { Node } from '../shapes/core.ts';
import type { PodSpec } from './shapes.ts';

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface NodeTerm {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

interface NodeAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeTerm[] };
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; preference: NodeTerm }[];
}

const affinityOf = (spec: PodSpec): NodeAffinity =>
  (spec['affinity'] as { nodeAffinity?: NodeAffinity } | undefined)?.nodeAffinity ?? {};

function meets({ key, operator, values = [] }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  if (operator !== 'Gt' && operator !== 'Lt') return selects({ matchExpressions: [{ key, operator, values }] }, labels);
  const [is, than] = [Number(labels[key] ?? Number.NaN), Number(values[0])];
  return operator === 'Gt' ? is > than : is < than;
}

/** Whether a Node is what a term means; an empty one means none. */
function means({ matchExpressions = [], matchFields = [] }: NodeTerm, { metadata }: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((one) => meets(one, metadata.labels ?? {})) &&
    matchFields.every((one) => meets(one, { 'metadata.name': metadata.name }))
  );
}

/** Whether a Pod may be on a Node by its selector and what it requires. */
export function takesNode(spec: PodSpec, node: Node): boolean {
  const required = affinityOf(spec).requiredDuringSchedulingIgnoredDuringExecution;
  return (
    selects({ matchLabels: spec.nodeSelector ?? {} }, node.metadata.labels) &&
    (required === undefined || required.nodeSelectorTerms.some((term) => means(term, node)))
  );
}

/** How much a Pod would rather have a Node than one it says nothing of. */
export const preferenceFor = (spec: PodSpec, node: Node): number =>
  (affinityOf(spec).preferredDuringSchedulingIgnoredDuringExecution ?? []).reduce(
    (sum, { weight, preference }) => sum + (means(preference, node) ? weight : 0),
    0,
  );
