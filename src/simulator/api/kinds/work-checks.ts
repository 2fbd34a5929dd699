/**
 * What the server refuses of what makes Pods: k8s.io/kubernetes/pkg/apis/{apps,batch}/validation, as far as somebody who
 * writes one by hand meets it.
 */

import { type Cause, cause } from '../errors.ts';
import { isRecord, type KubeObject } from '../types.ts';

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const records = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const SELECTING = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']);
const TEMPLATE = 'spec.template';

/** What is wrong with a new one; nothing with any other kind. */
export function workCauses({ kind, spec = {} }: KubeObject): Cause[] {
  if (SELECTING.has(kind)) return [...selectorCauses(kind, spec), ...templateCauses(spec['template'], TEMPLATE, true)];
  if (kind === 'Job') return templateCauses(spec['template'], TEMPLATE, false);
  if (kind !== 'CronJob') return [];
  const { template } = fieldsOf(fieldsOf(spec['jobTemplate'])['spec']);
  const missing = typeof spec['schedule'] === 'string' && spec['schedule'] ? [] : [cause.required('spec.schedule')];
  return [...missing, ...templateCauses(template, 'spec.jobTemplate.spec.template', false)];
}

/** As Go prints a map. */
const asMap = (labels: Fields): string =>
  `map[string]string{${Object.keys(labels)
    .sort()
    .map((key) => `"${key}":"${String(labels[key])}"`)
    .join(', ')}}`;

function selectorCauses(kind: string, spec: Fields): Cause[] {
  const selector = spec['selector'];
  if (!isRecord(selector)) return [cause.required('spec.selector')];
  const wanted = Object.entries(fieldsOf(selector['matchLabels']));
  if (wanted.length === 0 && records(selector['matchExpressions']).length === 0) {
    const why = `empty selector is invalid for ${kind.toLowerCase()}`;
    return [{ ...cause.invalid('spec.selector', '', why), message: `Invalid value: {}: ${why}` }];
  }
  const labels = fieldsOf(fieldsOf(fieldsOf(spec['template'])['metadata'])['labels']);
  if (wanted.every(([key, value]) => labels[key] === value)) return [];
  const why = '`selector` does not match template `labels`';
  const message = `Invalid value: ${asMap(labels)}: ${why}`;
  return [{ ...cause.invalid(`${TEMPLATE}.metadata.labels`, '', why), message }];
}

/** `lasting`: what it makes shall run for good. */
function templateCauses(template: unknown, at: string, lasting: boolean): Cause[] {
  const spec = fieldsOf(fieldsOf(template)['spec']);
  const containers = records(spec['containers']);
  if (containers.length === 0) return [cause.required(`${at}.spec.containers`)];
  const images = containers.flatMap(({ image }, index) =>
    image ? [] : [cause.required(`${at}.spec.containers[${index}].image`)],
  );
  const policy = spec['restartPolicy'] ?? 'Always';
  const field = `${at}.spec.restartPolicy`;
  if (lasting && policy !== 'Always') return [...images, cause.notSupported(field, policy, ['Always'])];
  if (!lasting && policy === 'Always') return [...images, cause.required(field, 'valid values: "OnFailure", "Never"')];
  return images;
}

const STATEFUL =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const FIXED: Readonly<Record<string, readonly string[]>> = {
  ...{ Deployment: ['selector'], ReplicaSet: ['selector'], DaemonSet: ['selector'], Job: ['selector', 'template'] },
  StatefulSet: ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'],
};

/** What never changes of one. */
export function fixedWorkCauses(before: KubeObject, { kind, spec = {} }: KubeObject): Cause[] {
  const changed = (FIXED[kind] ?? []).filter(
    (field) => JSON.stringify(before.spec?.[field]) !== JSON.stringify(spec[field]),
  );
  if (kind === 'StatefulSet') return changed.length > 0 ? [cause.forbidden('spec', STATEFUL)] : [];
  const why = 'field is immutable';
  const unlike = changed.includes('selector') && SELECTING.has(kind) ? selectorCauses(kind, spec) : [];
  const fixed = changed.map((field) => ({
    ...cause.invalid(`spec.${field}`, '', why),
    message: `Invalid value: ${JSON.stringify(spec[field])}: ${why}`,
  }));
  return [...unlike, ...fixed];
}
