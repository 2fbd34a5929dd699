/**
 * What a namespace may use. A write that would go beyond it is refused, and one that does not is counted at once; what
 * goes is counted off by the controller. k8s.io/apiserver/pkg/admission/plugin/resourcequota and
 * k8s.io/kubernetes/pkg/controller/resourcequota.
 */

import type { Core, Plugin, Review } from '../core.ts';
import type { Resource } from '../resources.ts';
import { keyOf } from '../store.ts';
import type { KubeObject } from '../types.ts';
import { readQuantity, suffixFormat, writeQuantity } from '../validation/quantities.ts';
import { type Fields, fieldsOf, records, texts } from '../validation/tools.ts';
import { all, refuse, resourceOf } from './find.ts';
import { COMPUTED, countOf, type Usage, usageOf } from './usage.ts';

const QUOTAS: [string] = ['resourcequotas'];

export const quotas: Plugin = {
  check: (review, core) => {
    const { resource, object, old, operation, subresource } = review;
    const { namespace } = (object ?? old)!.metadata;
    if (operation === 'DELETE' || object === undefined || namespace === undefined || subresource !== undefined) return;
    const concerned = all(core, QUOTAS, namespace).filter((quota) => isMeant(quota, resource, object));
    for (const quota of concerned) hold(review, core, quota);
  },
};

/** Refuses what is too much for a quota, by what is there at this moment. */
function hold(review: Review, core: Core, quota: KubeObject): void {
  const { resource, object, old } = review;
  const hard = fieldsOf(quota.spec?.['hard']);
  const { name, namespace = '' } = quota.metadata;
  if (resource.plural === 'pods' && resource.group === '' && old === undefined) {
    const silent = silentOf(hard, object!);
    if (silent !== undefined) throw refuse(review, `failed quota: ${name}: must specify ${silent}`, true);
  }
  const [now, before] = [usageOf(resource, object!), old ? usageOf(resource, old) : {}];
  const more = Object.keys(hard)
    .sort()
    .flatMap((what): [string, bigint][] => {
      const difference = (now[what] ?? 0n) - ((before as Usage)[what] ?? 0n);
      return difference > 0n ? [[what, difference]] : [];
    });
  if (more.length === 0) return;
  const used = usedOf(core, quota, namespace);
  const beyond = more.filter(([what, asked]) => (used[what] ?? 0n) + asked > (readQuantity(hard[what]) ?? 0n));
  if (beyond.length === 0) return;
  const told = (amount: (what: string, asked: bigint) => bigint) =>
    beyond.map(([what, asked]) => `${what}=${written(amount(what, asked), hard[what])}`).join(',');
  const why = `exceeded quota: ${name}, requested: ${told((_what, asked) => asked)}, used: ${told((what) => used[what] ?? 0n)}, limited: ${told((what) => readQuantity(hard[what]) ?? 0n)}`;
  throw refuse(review, why, true);
}

/** An amount as its quota writes it, whole bytes as bytes. */
function written(value: bigint, like: unknown): string {
  return writeQuantity(value, suffixFormat(String(like)));
}

/** What its containers do not say of what a quota counts: `limits.memory for: web`, by container. */
function silentOf(hard: Fields, { spec = {} }: KubeObject): string | undefined {
  const wanted = Object.keys(hard)
    .filter((what) => COMPUTED.has(what))
    .sort();
  const silent = new Map<string, string[]>();
  for (const one of [...records(spec['containers']), ...records(spec['initContainers'])]) {
    const { requests, limits } = fieldsOf(one['resources']);
    for (const what of wanted) {
      const [part, bare] = what.startsWith('limits.')
        ? [limits, what.slice(7)]
        : [requests, what.replace('requests.', '')];
      if (fieldsOf(part)[bare] === undefined) silent.set(what, [...(silent.get(what) ?? []), String(one['name'])]);
    }
  }
  if (silent.size === 0) return undefined;
  return [...silent].map(([what, names]) => `${what} for: ${names.join(',')}`).join('; ');
}

/** Whether a quota counts such objects: by their kind, and of Pods by its scopes. */
function isMeant({ spec }: KubeObject, resource: Resource, object: KubeObject): boolean {
  const scopes = texts(fieldsOf(spec)['scopes']);
  const selected = records(fieldsOf(fieldsOf(spec)['scopeSelector'])['matchExpressions']);
  if (scopes.length === 0 && selected.length === 0) return true;
  if (resource.plural !== 'pods' || resource.group !== '') return false;
  return (
    scopes.every((scope) => isIn(scope, object)) &&
    selected.every(({ scopeName, operator, values }) => {
      if (scopeName !== 'PriorityClass') return isIn(String(scopeName), object);
      const named = object.spec?.['priorityClassName'];
      const listed = texts(values).includes(String(named));
      if (operator === 'In') return listed;
      if (operator === 'NotIn') return !listed;
      return (operator === 'Exists') === Boolean(named);
    })
  );
}

function isIn(scope: string, { spec = {}, status }: KubeObject): boolean {
  const ends = spec['activeDeadlineSeconds'] !== undefined;
  const best = status?.['qosClass'] === 'BestEffort';
  if (scope === 'Terminating') return ends;
  if (scope === 'NotTerminating') return !ends;
  if (scope === 'BestEffort') return best;
  return scope === 'NotBestEffort' ? !best : true;
}

/** What is used of what a quota counts. */
function usedOf(core: Core, quota: KubeObject, namespace: string): Usage {
  const hard = Object.keys(fieldsOf(quota.spec?.['hard']));
  const used: Usage = Object.fromEntries(hard.map((what) => [what, 0n]));
  for (const resource of countedBy(core, hard)) {
    for (const { object } of core.store.scan(resource, { prefix: `${namespace}/` })) {
      if (!isMeant(quota, resource, object)) continue;
      const usage = usageOf(resource, object);
      for (const what of hard) used[what] = (used[what] ?? 0n) + (usage[what] ?? 0n);
    }
  }
  return used;
}

/** The kinds of which something is counted. */
function countedBy(core: Core, hard: readonly string[]): Resource[] {
  const pods = resourceOf(core, 'pods');
  return core.resources.filter((resource) => {
    if (!resource.namespaced || resource.view !== undefined) return false;
    if (hard.includes(countOf(resource))) return true;
    if (resource.group !== '') return false;
    if (resource === pods)
      return hard.some((what) => what === 'pods' || /^(requests|limits)\./.test(what) || COMPUTED.has(what));
    return hard.some(
      (what) =>
        what.split('.')[0] === resource.plural ||
        (what.endsWith('storage') && resource.plural === 'persistentvolumeclaims') ||
        what.endsWith(`/${resource.plural}`),
    );
  });
}

/** Counts again what every quota counts; where that is another number, it is told in the status. */
export function countQuotas(core: Core): void {
  const resource = resourceOf(core, QUOTAS[0]);
  if (resource === undefined || core.store.count(resource) === 0) return;
  for (const { object: quota } of [...core.store.scan(resource)]) {
    const hard = fieldsOf(quota.spec?.['hard']);
    const used = usedOf(core, quota, quota.metadata.namespace ?? '');
    const told = Object.fromEntries(Object.keys(hard).map((what) => [what, written(used[what] ?? 0n, hard[what])]));
    const status = { hard, used: told };
    if (JSON.stringify(ordered(quota.status)) === JSON.stringify(ordered(status))) continue;
    core.store.put(resource, keyOf(quota.metadata.namespace, quota.metadata.name), { ...quota, status });
  }
}

const ordered = (status: unknown): unknown =>
  ['hard', 'used'].map((key) => Object.entries(fieldsOf(fieldsOf(status)[key])).sort(([a], [b]) => (a < b ? -1 : 1)));
