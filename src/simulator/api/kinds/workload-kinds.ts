import { isRecord, type KubeObject } from '../types.ts';
import { withAutoscalerDefaults } from './autoscaling.ts';
import { withContainerDefaults, withProtocol } from './container-defaults.ts';
import { pullPolicy } from './pull-policy.ts';
import { withoutOldType } from './service-types.ts';
import { withTemplateGeneration } from './template-generation.ts';
import { hostPorts, volumes } from './volume-defaults.ts';
import { accountOf, withWorkDefaults } from './work-defaults.ts';

type Fields = Record<string, unknown>;

const records = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/**
 * What the server adds to a pod, a deployment or a service, new or changed, beside the defaults of their schemas:
 * k8s.io/kubernetes/pkg/apis/core/v1/defaults.go. `before` is missing for a new one. Other kinds pass unchanged.
 */
export function prepareWorkload(object: KubeObject, before?: KubeObject): KubeObject {
  const { spec = {}, status } = object;
  switch (object.kind) {
    case 'Pod':
      return {
        ...object,
        spec: { ...podSpec(before ? spec : asking(spec), spec['hostNetwork'] === true), ...linked(spec) },
        status: status ?? { phase: 'Pending', qosClass: qosOf(spec) },
      };
    case 'Deployment': {
      const { template } = spec;
      if (!isRecord(template)) return object;
      return {
        ...object,
        spec: { ...rolling(spec), template: { ...template, spec: podSpec(template['spec'], false) } },
        status: status ?? {},
      };
    }
    case 'PersistentVolumeClaim':
    case 'PersistentVolume':
      return storage(object, before);
    case 'StorageClass':
      return { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object };
    case 'LimitRange':
      return { ...object, spec: { ...spec, limits: records(spec['limits']).map(limitItem) } };
    case 'NetworkPolicy':
      return { ...object, spec: policy(spec) };
    case 'PriorityClass':
      return { preemptionPolicy: 'PreemptLowerPriority', ...object };
    case 'HorizontalPodAutoscaler':
      return withAutoscalerDefaults(object);
    case 'DaemonSet':
      return withTemplateGeneration(withWorkDefaults(object), before);
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'Job':
    case 'CronJob':
      return withWorkDefaults(object);
    case 'Service':
      return { ...object, spec: serviceSpec(object, before), status: status ?? { loadBalancer: {} } };
    default:
      return object;
  }
}

/** Ports are of TCP, and what a policy is about is seen from its rules: k8s.io/kubernetes/pkg/apis/networking/v1/defaults.go. */
function policy(spec: Fields): Fields {
  const rules = (key: string): Fields => {
    const all = spec[key];
    if (!Array.isArray(all)) return {};
    const whole = (rule: Fields) =>
      Array.isArray(rule['ports']) ? { ...rule, ports: rule['ports'].map(withProtocol) } : rule;
    return { [key]: all.map((rule: unknown) => (isRecord(rule) ? whole(rule) : rule)) };
  };
  const types = ['Ingress', ...(records(spec['egress']).length > 0 ? ['Egress'] : [])];
  return { ...spec, ...rules('ingress'), ...rules('egress'), policyTypes: spec['policyTypes'] ?? types };
}

/** A limit of containers is what is given to those that say nothing, and the least what they ask for. */
function limitItem(one: Fields): Fields {
  if (one['type'] !== 'Container') return one;
  const part = (key: string): Fields => (isRecord(one[key]) ? one[key] : {});
  const given = { ...part('max'), ...part('default') };
  const asked = { ...part('min'), ...given, ...part('defaultRequest') };
  return {
    ...one,
    ...(Object.keys(given).length > 0 ? { default: given } : {}),
    ...(Object.keys(asked).length > 0 ? { defaultRequest: asked } : {}),
  };
}

/** A new Pod asks for as much as it may take, where it does not say otherwise. */
const asking = (spec: Fields): Fields => ({
  ...spec,
  ...Object.fromEntries(
    ['initContainers', 'containers'].flatMap((key) => {
      const all = spec[key];
      return Array.isArray(all) ? [[key, all.map((one: unknown) => (isRecord(one) ? limited(one) : one))]] : [];
    }),
  ),
});

function limited(one: Fields): Fields {
  const resources = isRecord(one['resources']) ? one['resources'] : {};
  const { limits, requests } = resources;
  if (!isRecord(limits)) return one;
  return { ...one, resources: { ...resources, requests: { ...limits, ...(isRecord(requests) ? requests : {}) } } };
}

/** A Pod of its own is told of the Services, where it does not say otherwise. */
const linked = (spec: Fields): Fields => ({ enableServiceLinks: spec['enableServiceLinks'] ?? true });

/** Who rolls says how many at a time. */
function rolling(spec: Fields): Fields {
  const strategy = isRecord(spec['strategy']) ? spec['strategy'] : {};
  if ((strategy['type'] ?? 'RollingUpdate') !== 'RollingUpdate') return spec;
  const given = isRecord(strategy['rollingUpdate']) ? strategy['rollingUpdate'] : {};
  const rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%', ...given };
  return { ...spec, strategy: { ...strategy, type: 'RollingUpdate', rollingUpdate } };
}

/** What a container has that is added to a Pod that runs. */
const ADDED = { resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };

/** `shared`: a Pod in the network of its Node has its ports; a template says nothing of that. */
function podSpec(spec: unknown, shared: boolean): Fields {
  const given = isRecord(spec) ? spec : {};
  if (!Array.isArray(given['containers'])) return given;
  const { initContainers, ephemeralContainers } = given;
  const whole = (one: Fields) => container(one, shared);
  return {
    ...given,
    ...accountOf(given),
    ...(Array.isArray(given['volumes']) ? { volumes: volumes(given['volumes']) } : {}),
    ...(ephemeralContainers === undefined
      ? {}
      : { ephemeralContainers: records(ephemeralContainers).map((one) => ({ ...ADDED, ...whole(one) })) }),
    ...(initContainers === undefined ? {} : { initContainers: records(initContainers).map(whole) }),
    containers: given['containers'].map((one: unknown) => (isRecord(one) ? whole(one) : one)),
  };
}

/** Storage has a mode, and in use it is kept: admission/storage/storageobjectinuseprotection. */
function storage({ metadata, spec, status, ...object }: KubeObject, before: KubeObject | undefined): KubeObject {
  const finalizer = `kubernetes.io/${object.kind === 'PersistentVolume' ? 'pv' : 'pvc'}-protection`;
  const { finalizers = [] } = metadata;
  const held = before || finalizers.includes(finalizer) ? {} : { finalizers: [...finalizers, finalizer] };
  const retain = object.kind === 'PersistentVolume' ? { persistentVolumeReclaimPolicy: 'Retain' } : {};
  return {
    ...object,
    metadata: { ...metadata, ...held },
    spec: { ...retain, volumeMode: 'Filesystem', ...spec },
    status: status ?? { phase: 'Pending' },
  };
}

const container = (one: Fields, shared: boolean): Fields => ({
  ...withContainerDefaults(one),
  ...(shared && Array.isArray(one['ports']) ? { ports: hostPorts(one['ports']) } : {}),
  imagePullPolicy: one['imagePullPolicy'] ?? pullPolicy(one['image']),
});

/** How a Pod is treated where memory runs out: k8s.io/kubernetes/pkg/apis/core/v1/helper/qos. */
export function qosOf(spec: Fields): string {
  const all = [...records(spec['initContainers']), ...records(spec['containers'])];
  const of = (one: Fields, key: string): Fields => {
    const resources = isRecord(one['resources']) ? one['resources'] : {};
    return isRecord(resources[key]) ? resources[key] : {};
  };
  // Only these two count.
  const asked = all.some((one) =>
    ['requests', 'limits'].some((key) => ['cpu', 'memory'].some((name) => of(one, key)[name] !== undefined)),
  );
  if (!asked) return 'BestEffort';
  const sure = all.every((one) =>
    ['cpu', 'memory'].every((name) => {
      const limit = of(one, 'limits')[name];
      return limit !== undefined && (of(one, 'requests')[name] ?? limit) === limit;
    }),
  );
  return sure ? 'Guaranteed' : 'Burstable';
}

/** The specification of a service with its address, and with where its ports lead. */
function serviceSpec({ spec: sent = {}, metadata }: KubeObject, before: KubeObject | undefined): Fields {
  const spec = withoutOldType(sent, before?.spec);
  const { ports, type } = spec;
  const outside = type === 'NodePort' || type === 'LoadBalancer';
  const allocates = spec['allocateLoadBalancerNodePorts'] ?? true;
  const opens = type === 'NodePort' || (type === 'LoadBalancer' && allocates === true);
  const known = spec['clusterIP'] ?? (type === 'ExternalName' ? undefined : before?.spec?.['clusterIP']);
  const ip = known ?? (type === 'ExternalName' ? undefined : givenAddress(metadata));
  const withTargets = Array.isArray(ports)
    ? ports.map((port: unknown, index) =>
        isRecord(port)
          ? {
              ...port,
              targetPort: port['targetPort'] ?? port['port'],
              ...(opens
                ? { nodePort: port['nodePort'] || nodePortOf(`${metadata.uid ?? metadata.name}/${index}`) }
                : {}),
            }
          : port,
      )
    : undefined;
  return {
    ...spec,
    ...(ip === undefined ? {} : { clusterIP: ip, clusterIPs: [ip], ...familiesOf(spec) }),
    ...(outside ? { externalTrafficPolicy: spec['externalTrafficPolicy'] ?? 'Cluster' } : {}),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: allocates } : {}),
    ...(withTargets === undefined ? {} : { ports: withTargets }),
  };
}

const familiesOf = (spec: Fields): Fields => ({
  ipFamilies: spec['ipFamilies'] ?? ['IPv4'],
  ipFamilyPolicy: spec['ipFamilyPolicy'] ?? 'SingleStack',
  internalTrafficPolicy: spec['internalTrafficPolicy'] ?? 'Cluster',
});

/** A port of 30000 to 32767 that is the same for the same name. */
const nodePortOf = (name: string): number => 30_000 + (hashOf(name) % 2768);

/** The address that a Service is given where it asks for none. */
export const givenAddress = ({ uid, name }: KubeObject['metadata']): string => addressOf(uid ?? name);

/** An address of 10.96.0.0/16 that is the same for the same name. */
function addressOf(name: string): string {
  const hash = hashOf(name);
  return `10.96.${hash >> 8}.${hash & 255 || 1}`;
}

function hashOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_000;
  return hash;
}
