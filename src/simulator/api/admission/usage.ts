/** What objects count for in a ResourceQuota: k8s.io/kubernetes/pkg/quota/v1/evaluator/core. */

import type { Resource } from '../resources.ts';
import type { KubeObject } from '../types.ts';
import { readQuantity, suffixFormat, writeQuantity } from '../validation/quantities.ts';
import { type Fields, fieldsOf, records } from '../validation/tools.ts';

/** Amounts by the name of what is counted, in billionths. */
export type Usage = Record<string, bigint>;

const ONE = 1_000_000_000n;
/** Kinds that had a name of their own before any kind could be counted. */
const NAMED = new Set([
  ...[
    'pods',
    'services',
    'replicationcontrollers',
    'resourcequotas',
    'secrets',
    'configmaps',
    'persistentvolumeclaims',
  ],
]);

/** What the containers of a Pod ask for in all, or are held to. */
export function requestsOf(spec: Fields, part: 'requests' | 'limits'): Fields {
  const sum: Record<string, [bigint, string]> = {};
  const amounts = (one: Fields) => Object.entries(fieldsOf(fieldsOf(one['resources'])[part]));
  const put = (name: string, value: unknown, join: (a: bigint, b: bigint) => bigint) => {
    const read = readQuantity(value) ?? 0n;
    const [before, format] = sum[name] ?? [0n, suffixFormat(String(value))];
    sum[name] = [join(before, read), format];
  };
  const isKept = (one: Fields) => one['restartPolicy'] === 'Always';
  const first = records(spec['initContainers']);
  for (const one of [...records(spec['containers']), ...first.filter(isKept)]) {
    for (const [name, value] of amounts(one)) put(name, value, (a, b) => a + b);
  }
  for (const one of first.filter((each) => !isKept(each))) {
    for (const [name, value] of amounts(one)) put(name, value, (a, b) => (a > b ? a : b));
  }
  for (const [name, value] of Object.entries(fieldsOf(spec['overhead']))) put(name, value, (a, b) => a + b);
  return Object.fromEntries(Object.entries(sum).map(([name, [value, format]]) => [name, writeQuantity(value, format)]));
}

/** How a kind is counted as a whole: `count/deployments.apps`. */
export const countOf = ({ group, plural }: Resource): string => `count/${group ? `${plural}.${group}` : plural}`;

/** What one object counts for. */
export function usageOf(resource: Resource, { spec = {}, status }: KubeObject): Usage {
  const usage: Usage = { [countOf(resource)]: ONE };
  if (resource.group !== '') return usage;
  if (resource.plural === 'pods') {
    // What has ended is there, and uses nothing.
    const ended = status?.['phase'] === 'Succeeded' || status?.['phase'] === 'Failed';
    return ended ? usage : { ...usage, pods: ONE, ...ofContainers(spec) };
  }
  if (NAMED.has(resource.plural)) usage[resource.plural] = ONE;
  if (resource.plural === 'services') {
    const ports = BigInt(records(spec['ports']).length) * ONE;
    const type = spec['type'];
    usage['services.loadbalancers'] = type === 'LoadBalancer' ? ONE : 0n;
    usage['services.nodeports'] = type === 'NodePort' || type === 'LoadBalancer' ? ports : 0n;
  }
  if (resource.plural === 'persistentvolumeclaims') {
    const size = readQuantity(fieldsOf(fieldsOf(spec['resources'])['requests'])['storage']) ?? 0n;
    usage['requests.storage'] = size;
    const name = spec['storageClassName'];
    if (typeof name === 'string' && name !== '') {
      usage[`${name}.storageclass.storage.k8s.io/requests.storage`] = size;
      usage[`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`] = ONE;
    }
  }
  return usage;
}

function ofContainers(spec: Fields): Usage {
  const usage: Usage = {};
  for (const part of ['requests', 'limits'] as const) {
    for (const [name, value] of Object.entries(requestsOf(spec, part))) {
      const read = readQuantity(value) ?? 0n;
      usage[`${part}.${name}`] = read;
      // Where nothing is said before it, a request is meant.
      if (part === 'requests') usage[name] = read;
    }
  }
  return usage;
}

/** Of what a quota counts, what each container of a Pod has to say. */
export const COMPUTED = new Set([
  ...['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'],
  ...['ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage'],
]);
