/** What may be changed of a Pod, and of a Node: k8s.io/kubernetes/pkg/apis/core/validation. */

import { type Cause, cause } from '../../errors.ts';
import { keyFaults, labelFaults } from '../../kinds/names.ts';
import type { KubeObject } from '../../types.ts';
import { goDiff } from '../go/diff.ts';
import { duplicateCause, type Fields, fieldsOf, labelName, oneOf, type Rules, records, same, texts } from '../tools.ts';
import { internalPod } from './jobs.ts';
import { EFFECTS, tolerationCauses } from './pod-spec.ts';

const CHANGEABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const LARGEST = 2_147_483_647;

/** What never changes of a Pod. */
export function fixedPod({ spec: old }: KubeObject, { spec: now }: KubeObject, rules: Rules): Cause[] {
  const [before, after] = [fieldsOf(old), fieldsOf(now)];
  for (const key of ['containers', 'initContainers']) {
    if (records(before[key]).length !== records(after[key]).length) {
      return [cause.forbidden(`spec.${key}`, 'pod updates may not add or remove containers')];
    }
  }
  const found = [
    ...images('containers', after),
    ...images('initContainers', after),
    ...deadline(before['activeDeadlineSeconds'], after['activeDeadlineSeconds']),
    ...tolerations(before['tolerations'], after['tolerations'], rules),
    ...guests(before, after),
  ];
  const munged = withKept(before, after);
  if (same(sortedKeys(munged), sortedKeys(before))) return found;
  const diff = goDiff('core.PodSpec', internalPod(before), internalPod(munged));
  return [...found, cause.forbidden('spec', `${CHANGEABLE}\n${diff}`)];
}

/** Containers for a look around come, and neither go nor change. */
function guests(before: Fields, after: Fields): Cause[] {
  const field = 'spec.ephemeralContainers';
  const now = records(after['ephemeralContainers']);
  const names = new Set([...records(after['containers']), ...records(after['initContainers'])].map(({ name }) => name));
  const found = now.flatMap(({ name, image }, index): Cause[] => {
    const at = `${field}[${index}]`;
    const twice = names.has(name);
    names.add(name);
    return [
      ...(name ? labelName(`${at}.name`, String(name)) : [cause.required(`${at}.name`)]),
      ...(image ? [] : [cause.required(`${at}.image`)]),
      ...(twice && name ? [duplicateCause(`${at}.name`, String(name))] : []),
    ];
  });
  for (const old of records(before['ephemeralContainers'])) {
    const kept = now.find(({ name }) => name === old['name']);
    const quoted = JSON.stringify(old['name']);
    if (kept === undefined)
      found.push(cause.forbidden(field, `existing ephemeral containers ${quoted} may not be removed\n`));
    else if (!same(sortedKeys(kept), sortedKeys(old))) {
      found.push(cause.forbidden(field, `existing ephemeral containers ${quoted} may not be changed\n`));
    }
  }
  return found;
}

const images = (key: string, spec: Fields): Cause[] =>
  records(spec[key]).flatMap(({ image }, at) => (image ? [] : [cause.required(`spec.${key}[${at}].image`)]));

function deadline(before: unknown, now: unknown): Cause[] {
  const field = 'spec.activeDeadlineSeconds';
  if (now === undefined || now === null) {
    return before === undefined
      ? []
      : [cause.invalid(field, 'null', 'must not update from a positive integer to nil value')];
  }
  const value = Number(now);
  if (value < 0 || value > LARGEST) return [cause.invalid(field, value, `must be between 0 and ${LARGEST}, inclusive`)];
  if (typeof before !== 'number' || before >= value) return [];
  return [cause.invalid(field, value, 'must be less than or equal to previous value')];
}

function tolerations(before: unknown, now: unknown, rules: Rules): Cause[] {
  const kept = records(now).map((one) => JSON.stringify(sortedKeys(one)));
  const gone = records(before).some((one) => {
    const { tolerationSeconds: _any, ...rest } = one;
    return !records(now).some(({ tolerationSeconds: _other, ...each }) => same(sortedKeys(rest), sortedKeys(each)));
  });
  const found = gone
    ? [cause.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
    : [];
  return kept.length === 0 ? found : [...found, ...tolerationCauses('spec.tolerations', now, rules)];
}

/** The new one with everything that may change as it was. */
function withKept(before: Fields, after: Fields): Fields {
  const imaged = (key: string) =>
    after[key] === undefined
      ? {}
      : {
          [key]: records(after[key]).map((one, at) => ({ ...one, image: records(before[key])[at]?.['image'] })),
        };
  const kept: Fields = { ...after, ...imaged('containers'), ...imaged('initContainers') };
  for (const key of ['activeDeadlineSeconds', 'tolerations', 'ephemeralContainers', 'schedulingGates']) {
    if (before[key] === undefined) delete kept[key];
    else kept[key] = before[key];
  }
  // The two names of the account are one.
  const account = kept['serviceAccountName'] ?? kept['serviceAccount'];
  if (account !== undefined && before['serviceAccountName'] === account) {
    for (const key of ['serviceAccountName', 'serviceAccount']) if (before[key]) kept[key] = account;
  }
  return kept;
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sortedKeys(one)]),
  );
}

const NODE = 'node updates may only change labels, taints, or capacity';

/** What never changes of a Node: everything but what it carries and how it is. */
export function fixedNode({ spec: old }: KubeObject, { spec: now }: KubeObject): Cause[] {
  const [before, after] = [fieldsOf(old), fieldsOf(now)];
  // The single one is the first of several: where it is another one, it is what is meant.
  const ranges = ({ podCIDR, podCIDRs }: Fields) => {
    const listed = texts(podCIDRs);
    return podCIDR && listed[0] !== podCIDR ? [podCIDR] : listed;
  };
  const found = taintCauses(after['taints']);
  let fixed = false;
  for (const [field, was, is] of [
    ['podCIDR', ranges(before), ranges(after)],
    ['providerID', before['providerID'], after['providerID']],
  ] as const) {
    const unset = Array.isArray(was) ? was.length === 0 : !was;
    if (unset || same(was, is)) continue;
    const place = field === 'podCIDR' ? 'spec.podCIDRs' : 'spec.providerID';
    found.push(cause.forbidden(place, `node updates may not change ${field} except from "" to valid`));
    fixed = true;
  }
  const rest = ({ taints: _t, unschedulable: _u, podCIDR: _c, podCIDRs: _s, providerID: _p, ...other }: Fields) =>
    other;
  if (fixed || !same(sortedKeys(rest(before)), sortedKeys(rest(after)))) found.push(cause.forbidden('[]', NODE));
  return found;
}

/** What is wrong with the taints of a Node. The server calls the place as it did when they were annotations. */
export function taintCauses(taints: unknown): Cause[] {
  const seen = new Set<string>();
  return records(taints).flatMap(({ key, value, effect }, index) => {
    const at = `metadata.taints[${index}]`;
    const name = `${String(key)}:${String(effect)}`;
    const twice = seen.has(name);
    seen.add(name);
    return [
      ...keyFaults(String(key ?? '')).map((why) => cause.invalid(`${at}.key`, String(key ?? ''), why)),
      ...labelFaults(String(value ?? '')).map((why) => cause.invalid(`${at}.value`, String(value), why)),
      ...oneOf(`${at}.effect`, effect, EFFECTS),
      ...(twice
        ? [
            {
              ...duplicateCause(`${at}`, ''),
              message: `Duplicate value: core.Taint{Key:${JSON.stringify(key)}, Value:${JSON.stringify(value ?? '')}, Effect:${JSON.stringify(effect)}, TimeAdded:<nil>}: taints must be unique by key and effect pair`,
            },
          ]
        : []),
    ];
  });
}
