/**
 * What the server lets pass and warns of: k8s.io/kubernetes/pkg/api/{pod,service,persistentvolume}/warnings.go and the
 * strategies of the kinds.
 */

import { isDnsLabel } from '../../kinds/names.ts';
import type { KubeObject } from '../../types.ts';
import { readQuantity } from '../quantities.ts';
import { type Fields, fieldsOf, records, same } from '../tools.ts';

/** What is said of a new object, or of a changed one; nothing of most. */
export function warningsOf(object: KubeObject, old?: KubeObject): string[] {
  const { kind, spec, metadata } = object;
  const given = fieldsOf(spec);
  // Where only the metadata or the status changes, nothing is said again.
  const quiet = old !== undefined && same(old.spec, spec);
  switch (kind) {
    case 'Pod':
      return quiet
        ? []
        : [...dotted(object, old, "the Pod's hostname"), ...podWarnings('', metadata.annotations, given)];
    case 'ReplicaSet':
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job': {
      const { metadata: meta, spec: pod } = fieldsOf(given['template']);
      const named = kind === 'DaemonSet' ? [] : dotted(object, old, 'Pod names and hostnames');
      return quiet ? named : [...named, ...podWarnings('spec.template.', fieldsOf(meta)['annotations'], fieldsOf(pod))];
    }
    case 'CronJob':
      return quiet ? [] : cronWarnings(given);
    case 'Service':
      return quiet ? [] : serviceWarnings(given);
    case 'Ingress':
      return old === undefined && metadata.annotations?.['kubernetes.io/ingress.class']
        ? ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead']
        : [];
    case 'PersistentVolumeClaim':
      return quiet ? [] : claimWarnings(object);
    default:
      return [];
  }
}

/** The name is more than a name: what runs is called by it. */
function dotted({ metadata: { name } }: KubeObject, old: KubeObject | undefined, what: string): string[] {
  if (old !== undefined || isDnsLabel(name) || !name.includes('.')) return [];
  const why = 'which can result in surprising behavior; a DNS label is recommended: [must not contain dots]';
  return [`metadata.name: this is used in ${what}, ${why}`];
}

const RENAMED: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** `at`: what stands before the fields of a Pod, as `spec.template.`. */
function podWarnings(at: string, annotations: unknown, spec: Fields): string[] {
  const found: string[] = [];
  for (const key of Object.keys(fieldsOf(spec['nodeSelector'])).sort()) {
    if (RENAMED[key]) found.push(`${at}spec.nodeSelector[${key}]: ${RENAMED[key]}`);
  }
  const names = new Set<string>();
  records(spec['hostAliases']).forEach(({ ip }, index) => {
    if (names.has(String(ip))) found.push(`${at}spec.hostAliases[${index}].ip: duplicate ip ${JSON.stringify(ip)}`);
    names.add(String(ip));
  });
  const secrets = new Set<string>();
  records(spec['imagePullSecrets']).forEach(({ name }, index) => {
    const called = String(name ?? '');
    if (called === '') found.push(`${at}spec.imagePullSecrets[${index}]: invalid empty name ""`);
    else if (secrets.has(called)) found.push(`${at}spec.imagePullSecrets[${index}].name: duplicate name "${called}"`);
    secrets.add(called);
  });
  for (const key of Object.keys(fieldsOf(annotations)).sort()) {
    const place = `${at}metadata.annotations[${key}]`;
    if (key.startsWith('container.apparmor.security.beta.kubernetes.io/')) {
      found.push(`${place}: deprecated since v1.30; use the "appArmorProfile" field instead`);
    } else if (/^(container\.)?seccomp\.security\.alpha\.kubernetes\.io\//.test(key)) {
      found.push(`${place}: non-functional in v1.27+; use the "seccompProfile" field instead`);
    }
  }
  for (const key of ['initContainers', 'containers']) {
    records(spec[key]).forEach((one, index) => {
      found.push(...containerWarnings(`${at}spec.${key}[${index}]`, one));
    });
  }
  const grace = spec['terminationGracePeriodSeconds'];
  if (typeof grace === 'number' && grace < 0) {
    const why = 'must be >= 0; negative values are invalid and will be treated as 1';
    found.push(`${at}spec.terminationGracePeriodSeconds: ${why}`);
  }
  return found;
}

function containerWarnings(at: string, one: Fields): string[] {
  const found: string[] = [];
  const seen = new Map<string, number>();
  records(one['ports']).forEach(({ containerPort, protocol = 'TCP', hostPort, hostIP = '' }, index) => {
    const key = [containerPort, protocol, hostPort ?? 0, hostIP].join('/');
    const first = seen.get(key);
    if (first !== undefined) found.push(`${at}.ports[${index}]: duplicate port definition with ${at}.ports[${first}]`);
    else seen.set(key, index);
  });
  const { requests, limits } = fieldsOf(one['resources']);
  for (const [part, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const name of ['memory', 'ephemeral-storage']) {
      const value = fieldsOf(amounts)[name];
      if (value === undefined || (readQuantity(value) ?? 0n) % 1_000_000_000n === 0n) continue;
      const why = `fractional byte value "${String(value)}" is invalid, must be an integer`;
      found.push(`${at}.resources.${part}[${name}]: ${why}`);
    }
  }
  const variables = new Set<string>();
  records(one['env']).forEach(({ name }, index) => {
    const called = String(name ?? '');
    if (variables.has(called)) {
      const why = `hides previous definition of "${called}", which may be dropped when using apply`;
      found.push(`${at}.env[${index}]: ${why}`);
    }
    variables.add(called);
  });
  return found;
}

function cronWarnings(spec: Fields): string[] {
  const job = fieldsOf(fieldsOf(spec['jobTemplate'])['spec']);
  const { metadata, spec: pod } = fieldsOf(job['template']);
  const zone = String(spec['schedule'] ?? '').includes('TZ')
    ? ['spec.schedule: cannot use TZ or CRON_TZ in schedule, use timeZone field instead']
    : [];
  return [...zone, ...podWarnings('spec.jobTemplate.spec.template.', fieldsOf(metadata)['annotations'], fieldsOf(pod))];
}

function serviceWarnings(spec: Fields): string[] {
  const headless = spec['clusterIP'] === 'None';
  return [
    ...(headless && spec['loadBalancerIP'] ? ['spec.loadBalancerIP is ignored for headless services'] : []),
    ...(headless && Array.isArray(spec['externalIPs']) && spec['externalIPs'].length > 0
      ? ['spec.externalIPs is ignored for headless services']
      : []),
    ...(headless && spec['sessionAffinity'] === 'ClientIP'
      ? ['spec.SessionAffinity is ignored for headless services']
      : []),
  ];
}

function claimWarnings({ metadata, spec }: KubeObject): string[] {
  const size = fieldsOf(fieldsOf(fieldsOf(spec)['resources'])['requests'])['storage'];
  const fraction = size !== undefined && (readQuantity(size) ?? 0n) % 1_000_000_000n !== 0n;
  const why = `fractional byte value "${String(size)}" is invalid, must be an integer`;
  return [
    ...(metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] === undefined
      ? []
      : [
          'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
        ]),
    ...(fraction ? [`spec.resources.requests[storage]: ${why}`] : []),
  ];
}
