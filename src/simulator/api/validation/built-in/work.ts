/** Deployments, ReplicaSets, StatefulSets and DaemonSets: k8s.io/kubernetes/pkg/apis/apps/validation. */

import { type Cause, cause } from '../../errors.ts';
import type { KubeObject } from '../../types.ts';
import { shown } from '../go/values.ts';
import { changedFields, type Fields, fieldsOf, immutableCause, nonNegative, oneOf, type Rules } from '../tools.ts';
import { markCauses, templateCauses } from './pod-spec.ts';
import { isEmpty, isReadable, selectorCauses, selects } from './selectors.ts';

const AT = 'spec.template';
const SELECTOR = 'v1.LabelSelector';

/** What is wrong with one. */
export function workCauses(kind: string, spec: Fields, rules: Rules): Cause[] {
  switch (kind) {
    case 'Deployment':
      return [
        ...nonNegative('spec.replicas', spec['replicas']),
        ...selecting(kind, spec, rules),
        ...lasting('ReplicaSet', spec, rules),
        ...deploymentStrategy(fieldsOf(spec['strategy']), rules),
        ...counts(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
        ...deadline(spec),
      ];
    case 'ReplicaSet':
      return [
        ...counts(spec, ['replicas', 'minReadySeconds']),
        ...selecting(kind, spec, rules),
        ...lasting(kind, spec, rules),
      ];
    case 'StatefulSet':
      return [
        ...ways(spec, rules),
        ...counts(spec, ['replicas', 'minReadySeconds']),
        ...selecting(kind, spec, rules),
        ...lasting(kind, spec, rules),
      ];
    case 'ReplicationController': {
      const labels = fieldsOf(spec['selector']);
      const none = Object.keys(labels).length === 0;
      return [
        ...counts(spec, ['replicas', 'minReadySeconds']),
        ...(none ? [cause.required('spec.selector')] : []),
        ...lasting(kind, { ...spec, selector: { matchLabels: labels } }, rules),
      ];
    }
    default:
      return [
        ...selecting(kind, spec, rules),
        ...lasting(kind, spec, rules),
        ...counts(spec, ['minReadySeconds']),
        ...daemonStrategy(fieldsOf(spec['updateStrategy'])),
        ...counts(spec, ['revisionHistoryLimit']),
      ];
  }
}

const counts = (spec: Fields, fields: readonly string[]): Cause[] =>
  fields.flatMap((field) => nonNegative(`spec.${field}`, spec[field]));

function deadline(spec: Fields): Cause[] {
  const [most, least] = [spec['progressDeadlineSeconds'], Number(spec['minReadySeconds'] ?? 0)];
  if (typeof most !== 'number' || most > least) return [];
  return [cause.invalid('spec.progressDeadlineSeconds', most, 'must be greater than minReadySeconds')];
}

function selecting(kind: string, spec: Fields, { minor }: Rules): Cause[] {
  const selector = spec['selector'];
  if (selector === undefined || selector === null) return [cause.required('spec.selector')];
  const told = () => shown(minor, SELECTOR, selector);
  const empty = `empty selector is invalid for ${kind.toLowerCase()}`;
  return [
    ...selectorCauses('spec.selector', selector),
    ...(isEmpty(selector) ? [cause.invalid('spec.selector', told(), empty)] : []),
    ...(isReadable(selector) ? [] : [cause.invalid('spec.selector', told(), 'invalid label selector')]),
  ];
}

/** Pods that shall run for good, and that are found again by their labels. */
function lasting(kind: string, spec: Fields, rules: Rules): Cause[] {
  const { selector, template } = spec;
  if (selector && !isReadable(selector)) return [];
  const pod = fieldsOf(fieldsOf(template)['spec']);
  const given = kind === 'StatefulSet' ? markCauses(AT, template) : templateCauses(AT, template, rules);
  const found = [...mismatch(spec, rules), ...given];
  const policy = pod['restartPolicy'] ?? 'Always';
  if (policy !== 'Always') found.push(cause.notSupported(`${AT}.spec.restartPolicy`, policy, ['Always']));
  if (pod['activeDeadlineSeconds'] !== undefined) {
    const why = `activeDeadlineSeconds in ${kind} is not Supported`;
    found.push(cause.forbidden(`${AT}.spec.activeDeadlineSeconds`, why));
  }
  return found;
}

/** A selector has to mean the Pods that are made. */
export function mismatch({ selector, template }: Fields, { minor }: Rules): Cause[] {
  const labels = fieldsOf(fieldsOf(fieldsOf(template)['metadata'])['labels']);
  if (selector && (isEmpty(selector) || selects(selector, labels))) return [];
  const why = '`selector` does not match template `labels`';
  return [cause.invalid(`${AT}.metadata.labels`, shown(minor, 'map[string]string', orNone(labels)), why)];
}

const orNone = (labels: Fields): Fields | undefined => (Object.keys(labels).length === 0 ? undefined : labels);

function deploymentStrategy(strategy: Fields, { minor }: Rules): Cause[] {
  const at = 'spec.strategy';
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate ? [cause.forbidden(`${at}.rollingUpdate`, why)] : [];
  }
  if (type !== 'RollingUpdate' && type !== undefined) {
    const told = shown(minor, 'apps.DeploymentStrategy', strategy);
    const listed = '"Recreate", "RollingUpdate"';
    const message = `Unsupported value: ${told}: supported values: ${listed}`;
    return [{ ...cause.notSupported(at, '', []), message }];
  }
  const { maxSurge, maxUnavailable } = fieldsOf(rollingUpdate);
  const found = [
    ...share(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, minor),
    ...share(`${at}.rollingUpdate.maxSurge`, maxSurge, minor),
  ];
  if (isNone(maxSurge) && isNone(maxUnavailable)) {
    const why = 'may not be 0 when `maxSurge` is 0';
    found.push(cause.invalid(`${at}.rollingUpdate.maxUnavailable`, shown(minor, 'ios', maxUnavailable), why));
  }
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    const why = 'must not be greater than 100%';
    found.push(cause.invalid(`${at}.rollingUpdate.maxUnavailable`, shown(minor, 'ios', maxUnavailable), why));
  }
  return found;
}

const isNone = (value: unknown): boolean => value === 0 || value === '0%';

/** A number, or a part of all. */
export function share(field: string, value: unknown, minor: number): Cause[] {
  if (typeof value === 'number') return nonNegative(field, value);
  if (typeof value !== 'string' || /^[0-9]+%$/.test(value)) return [];
  const why =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [cause.invalid(field, shown(minor, 'ios', value), why)];
}

function daemonStrategy({ type, rollingUpdate }: Fields): Cause[] {
  const found = oneOf('spec.updateStrategy.type', type, ['RollingUpdate', 'OnDelete'], false);
  const { maxSurge, maxUnavailable } = fieldsOf(rollingUpdate);
  if (type !== 'RollingUpdate') return found;
  const at = 'spec.updateStrategy.rollingUpdate';
  if (isNone(maxSurge ?? 0) && isNone(maxUnavailable)) {
    return [...found, cause.required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')];
  }
  return found;
}

function ways(spec: Fields, { minor }: Rules): Cause[] {
  const found: Cause[] = [];
  const { podManagementPolicy: policy = 'OrderedReady', updateStrategy } = spec;
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    found.push(cause.invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const { type, rollingUpdate } = fieldsOf(updateStrategy);
  const told = () => shown(minor, 'apps.StatefulSetUpdateStrategy', updateStrategy);
  if (type === 'OnDelete' && rollingUpdate) {
    const why = "only allowed for updateStrategy 'RollingUpdate'";
    const given = shown(minor, '*apps.RollingUpdateStatefulSetStrategy', rollingUpdate);
    found.push(cause.invalid('spec.updateStrategy.rollingUpdate', given, why));
  } else if (type !== undefined && type !== 'RollingUpdate' && type !== 'OnDelete') {
    found.push(cause.invalid('spec.updateStrategy', told(), "must be 'RollingUpdate' or 'OnDelete'"));
  }
  return found;
}

/** What may be changed of a StatefulSet. */
const MUTABLE = new Set([
  ...['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'minReadySeconds'],
  'persistentVolumeClaimRetentionPolicy',
]);
const STATEFUL =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** What never changes of one. */
export function fixedWork({ kind, spec: old }: KubeObject, spec: Fields, { minor }: Rules): Cause[] {
  const changed = changedFields(fieldsOf(old), spec);
  if (kind === 'StatefulSet') {
    return changed.every((field) => MUTABLE.has(field)) ? [] : [cause.forbidden('spec', STATEFUL)];
  }
  return changed.includes('selector')
    ? [immutableCause('spec.selector', shown(minor, SELECTOR, spec['selector']))]
    : [];
}
