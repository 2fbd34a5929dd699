/** What webhooks ask of references and selectors. */

import type { Cause } from '../api/errors.ts';
import { annotationCauses, labelCauses } from '../api/validation/tools.ts';
import type { KubeObject, Meta, ObjectReference } from '../controllers/shapes/meta.ts';
import type { Say } from './hook.ts';

/** References stay in the namespace of who makes them. In v1beta2 they cannot leave it. */
export function sameNamespace(
  owner: KubeObject,
  reference: ObjectReference | undefined,
  field: string,
  say: Say,
): Cause[] {
  if (say.clusterApi === 'v1beta2' || !reference || reference.namespace === owner.metadata.namespace) return [];
  return [say.invalid(`${field}.namespace`, reference.namespace ?? '', 'must match metadata.namespace')];
}

/** The name of a cluster stays. */
export function sameCluster(now: string | undefined, old: string | undefined, field: string, say: Say): Cause[] {
  return old !== undefined && now !== old ? [say.forbidden(field, 'field is immutable')] : [];
}

export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Whether labels fit a selector. An empty selector fits all. */
export function matches(selector: Selector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const listed = labels[key] !== undefined && values.includes(labels[key]);
      if (operator === 'Exists') return labels[key] !== undefined;
      if (operator === 'DoesNotExist') return labels[key] === undefined;
      return operator === 'In' ? listed : !listed;
    })
  );
}

/** Whether a value is a whole number or a percentage. */
export function isCountOrShare(value: unknown): boolean {
  return Number.isInteger(value) || (typeof value === 'string' && /^\d+%$/.test(value));
}

/** What is wrong with the labels and annotations that a template gives. */
export function templateMetadata(metadata: Partial<Meta> | undefined, at: string): Cause[] {
  return [
    ...labelCauses(`${at}.labels`, metadata?.labels),
    ...annotationCauses(`${at}.annotations`, metadata?.annotations),
  ];
}
