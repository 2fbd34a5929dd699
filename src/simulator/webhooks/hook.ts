/** Makes admission webhooks of an API out of rules about objects in the controllers' shape. */

import type { Review, Webhook } from '../api/core.ts';
import { type Cause, cause } from '../api/errors.ts';
import type { KubeObject as Raw } from '../api/types.ts';
import { mergePatch as apply } from '../api/write/patch.ts';
import { copy, mergePatch } from '../controllers/json.ts';
import type { ClusterApiVersion, Kind } from '../controllers/kinds.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import type { Wire } from '../controllers/versions/contract.ts';
import { wireOf } from '../controllers/versions/wire.ts';

/** What a kind's webhooks do. `old` is missing for a create. */
export interface Rules<T extends KubeObject> {
  kind: Kind<T>;
  /** The last part of the webhooks' names: `machine.cluster.x-k8s.io`. */
  name: string;
  /** Fills in what was left out, in `draft`, as the served version wants it. */
  defaults?: (draft: T, old: T | undefined, clusterApi: ClusterApiVersion) => void;
  /** What is wrong; nothing is where the list is empty. */
  check: (object: T, old: T | undefined, say: Say) => Cause[];
}

/** How a complaint is made: fields are named as v1beta1 names them and told as the served version does. */
export interface Say {
  clusterApi: ClusterApiVersion;
  forbidden(field: string, why: string): Cause;
  invalid(field: string, value: unknown, why: string): Cause;
  required(field: string, why: string): Cause;
}

/** Fields that are elsewhere in v1beta2, longest first. */
const moved: readonly [RegExp, string][] = [
  [/^spec\.rolloutStrategy\b/, 'spec.rollout.strategy'],
  [/^spec\.strategy\.rollingUpdate\.deletePolicy\b/, 'spec.deletion.order'],
  [/^spec\.strategy\.remediation\b/, 'spec.remediation'],
  [/^spec\.strategy\b/, 'spec.rollout.strategy'],
  [/^spec\.rolloutAfter\b/, 'spec.rollout.after'],
  [/^spec\.rolloutBefore\b/, 'spec.rollout.before'],
  [/^spec\.machineTemplate\.(?!metadata|spec)/, 'spec.machineTemplate.spec.'],
  [/^spec\.nodeStartupTimeout\b/, 'spec.checks.nodeStartupTimeoutSeconds'],
  [/^spec\.maxUnhealthy\b/, 'spec.remediation.triggerIf.unhealthyLessThanOrEqualTo'],
  [/^spec\.unhealthyRange\b/, 'spec.remediation.triggerIf.unhealthyInRange'],
];

function served(field: string): string {
  const rule = moved.find(([old]) => old.test(field));
  return rule ? field.replace(...rule) : field;
}

function sayOf(clusterApi: ClusterApiVersion): Say {
  const name = clusterApi === 'v1beta2' ? served : (field: string) => field;
  const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : value);
  return {
    clusterApi,
    forbidden: (field, why) => cause.forbidden(name(field), why),
    invalid: (field, value, why) => {
      const found = cause.invalid(name(field), value, why);
      return typeof value === 'object' ? { ...found, message: `Invalid value: ${String(text(value))}: ${why}` } : found;
    },
    required: (field, why) => cause.required(name(field), why),
  };
}

/** The defaulting and the validating webhook of a kind, on an API that serves this version of Cluster API. */
export function hooksOf<T extends KubeObject>(rules: Rules<T>, clusterApi: ClusterApiVersion): Webhook[] {
  const wire = wireOf(clusterApi);
  const { kind, name, defaults, check } = rules;
  const say = sayOf(clusterApi);
  const on = {
    group: kind.apiVersion.split('/')[0] ?? '',
    resources: [kind.plural],
    operations: ['CREATE', 'UPDATE'] as const,
  };
  const decode = (object: Raw | undefined): T | undefined => object && wire.decode(kind, object);
  const hooks: Webhook[] = [
    {
      ...on,
      name: `validation.${name}`,
      validate: ({ object, old }) => check(decode(object)!, decode(old), say),
    },
  ];
  if (defaults) {
    hooks.unshift({
      ...on,
      name: `default.${name}`,
      mutate: (review) => defaulted(review, wire, kind, (draft, old) => defaults(draft, old, clusterApi)),
    });
  }
  return hooks;
}

function defaulted<T extends KubeObject>(
  { object, old }: Review,
  wire: Wire,
  kind: Kind<T>,
  defaults: (draft: T, old: T | undefined) => void,
): { object: Raw } | undefined {
  if (!object) return undefined;
  try {
    const before = wire.decode(kind, object);
    const draft = copy(before);
    defaults(draft, old && wire.decode(kind, old));
    const patch = mergePatch(wire.encode(kind as Kind, before), wire.encode(kind as Kind, draft));
    return patch && { object: apply(object, patch) as Raw };
  } catch (error) {
    // A field of the wrong type: the schema, which is checked next, has the better words for it.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
