/** Endpoints and EndpointSlices: the ready Pods behind each Service. After k8s.io/kubernetes/pkg/controller/endpoint(slice). */

import { equal } from '../json.ts';
import { minorOf } from '../kubernetes-version.ts';
import { ownerReference } from '../owners.ts';
import { selects } from '../selector.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { isActive, isGoing, readySince } from './pods.ts';
import type { WorkPod, WorkService } from './shapes.ts';
import { create, each, isOf, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
/** When that had changed which its controllers looked at last. */
const trigger = 'endpoints.kubernetes.io/last-change-trigger-time';
type Port = { name?: string; port: number; protocol: string };

/** One turn for every Service that chooses Pods. */
export function endpoints(picture: Picture): Turn {
  // What only leads to a name has no addresses.
  const isChoosing = ({ spec }: WorkService) =>
    spec.type !== 'ExternalName' && Object.keys(spec.selector ?? {}).length > 0;
  const choosing = picture.services.filter(isChoosing);
  return each(picture, choosing, (service) => ({ writes: one(picture, service) }));
}

function one(picture: Picture, service: WorkService): Write[] {
  const { name, namespace } = service.metadata;
  const old = picture.endpoints.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const last = picture.slices.find((each) => isOf(each, service));
  // Whoever keeps a Pod, it serves.
  const pods = [...picture.pods, ...picture.others];
  const called = last?.metadata.name ?? `${name}-${picture.suffix()}`;
  const { chosen, whole, slice } = addressesOf(service, pods, called, picture.nodes);
  const changed = last ? changedSince(last, chosen) : service.metadata.creationTimestamp;
  for (const { metadata } of [whole, slice]) if (changed) metadata.annotations = { [trigger]: changed };
  return [...put(old, whole, ['subsets']), ...put(last, slice, ['endpoints', 'ports'])];
}

/**
 * When the first Pod of those changed that are otherwise than in a slice, RFC 3339; undefined where none has become ready or
 * stopped to be: of those that end or are gone there is no time. Source: k8s.io/endpointslice/util, TriggerTimeTracker.
 */
function changedSince(last: KubeObject, chosen: readonly WorkPod[]): string | undefined {
  const { endpoints } = last as { endpoints?: ReturnType<typeof endpointOf>[] };
  const known = new Map((endpoints ?? []).map((one) => [one.targetRef?.uid, one.conditions.serving]));
  const changed = chosen.filter((pod) => known.get(pod.metadata.uid) !== (readySince(pod) !== undefined));
  return changed.flatMap(readinessOf).sort()[0];
}

const readinessOf = ({ status }: WorkPod): string[] =>
  (status?.conditions ?? []).flatMap(({ type, lastTransitionTime }) =>
    type === 'Ready' ? (lastTransitionTime ?? []) : [],
  );

/** The addresses of a Service as `addressesOf` gives them, with the last change of a Pod, or the Service's own beginning. */
export function lastingAddressesOf(...of: Parameters<typeof addressesOf>) {
  const { chosen, whole, slice } = addressesOf(...of);
  const changed = [of[0].metadata.creationTimestamp ?? '', ...chosen.flatMap(readinessOf)].sort().at(-1);
  for (const { metadata } of [whole, slice]) if (changed) metadata.annotations = { [trigger]: changed };
  return { whole, slice };
}

/** Whether the controllers of a cluster with these Nodes say that Endpoints are theirs, as they do since Kubernetes 1.33. */
function areMarked(nodes: readonly Node[]): boolean {
  const planes = nodes.filter(
    ({ metadata }) => metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
  );
  return planes.every(({ status }) => (minorOf(status?.nodeInfo?.kubeletVersion) ?? 33) >= 33);
}

/** The Endpoints of a Service and its EndpointSlice, which gets this name, without identity and times, and their Pods. */
function addressesOf(service: WorkService, pods: readonly WorkPod[], called: string, nodes: readonly Node[]) {
  const { name, namespace } = service.metadata;
  const chosen = pods
    .filter((pod) => pod.metadata.namespace === namespace && (isActive(pod) || isGoing(pod)) && pod.status?.podIP)
    .filter(({ metadata }) => selects({ matchLabels: service.spec.selector }, metadata.labels))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const active = chosen.filter(isActive);
  const ports = portsOf(service, chosen);
  const mark: Record<string, string> = areMarked(nodes)
    ? { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }
    : {};
  const { clusterIP } = service.spec;
  const headless: Record<string, string> =
    clusterIP === undefined || clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  const whole = {
    ...head('v1', 'Endpoints', { name, namespace, labels: { ...service.metadata.labels, ...headless, ...mark } }),
    ...subsetsOf(active, ports),
  };
  const labels = {
    ...service.metadata.labels,
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': name,
    ...headless,
  };
  const meta = { name: called, generateName: `${name}-`, namespace, labels };
  const slice = {
    ...head('discovery.k8s.io/v1', 'EndpointSlice', { ...meta, ownerReferences: [ownerReference(service)] }),
    ...{ addressType: 'IPv4', endpoints: chosen.map(endpointOf), ports: ports.map((port) => ({ name: '', ...port })) },
  };
  return { chosen, whole: whole as KubeObject, slice: slice as KubeObject };
}

const head = (apiVersion: string, kind: string, metadata: KubeObject['metadata']) => ({ apiVersion, kind, metadata });

/** Makes it, or brings these fields of the old one up to date. */
function put(old: KubeObject | undefined, wanted: KubeObject, fields: readonly string[]): Write[] {
  if (!old) return [create(by, wanted)];
  const of = (object: KubeObject) => [
    object.metadata.labels ?? {},
    ...fields.map((field) => (object as unknown as Record<string, unknown>)[field]),
  ];
  if (equal(of(old), of(wanted))) return [];
  const { annotations: before, ...rest } = old.metadata;
  const { [trigger]: _last, ...others } = before ?? {};
  const { labels, annotations: changed } = wanted.metadata;
  const annotations = { ...others, ...changed };
  const said = Object.keys(annotations).length > 0 ? { annotations } : {};
  return [update(by, { ...wanted, metadata: { ...rest, labels, ...said } } as KubeObject)];
}

/** Where its ports lead: a name is looked up among the ports of the Pods. */
function portsOf({ spec }: WorkService, [pod]: readonly WorkPod[]): Port[] {
  return (spec.ports ?? []).flatMap(({ name, port, targetPort = port, protocol = 'TCP' }) => {
    const named = (pod?.spec.containers ?? []).flatMap(({ ports }) =>
      Array.isArray(ports) ? (ports as { name?: string; containerPort: number }[]) : [],
    );
    const to =
      typeof targetPort === 'number' ? targetPort : named.find((each) => each.name === targetPort)?.containerPort;
    return to === undefined ? [] : [{ ...(name ? { name } : {}), port: to, protocol }];
  });
}

const targetOf = ({ metadata: { name, namespace, uid } }: WorkPod) => ({ kind: 'Pod', name, namespace, uid });

/** The order of addresses: by their texts, not their numbers. Source: k8s.io/kubernetes/pkg/api/v1/endpoints, LessEndpointAddress. */
function byAddress(a: WorkPod, b: WorkPod): number {
  const [one, other] = [a, b].map(({ metadata, status }) => [status?.podIP ?? '', metadata.uid ?? '']);
  const [left, right] = one![0] === other![0] ? [one![1]!, other![1]!] : [one![0]!, other![0]!];
  return left === right ? 0 : left < right ? -1 : 1;
}

function subsetsOf(pods: readonly WorkPod[], ports: readonly Port[]): { subsets?: object[] } {
  const address = (pod: WorkPod) => ({ ip: pod.status?.podIP, nodeName: pod.spec.nodeName, targetRef: targetOf(pod) });
  const sorted = [...pods].sort(byAddress);
  const ready = sorted.filter((pod) => readySince(pod) !== undefined).map(address);
  const others = sorted.filter((pod) => readySince(pod) === undefined).map(address);
  if (pods.length === 0) return {};
  const subset = {
    ...(ready.length > 0 ? { addresses: ready } : {}),
    ...(others.length > 0 ? { notReadyAddresses: others } : {}),
    ports,
  };
  return { subsets: [subset] };
}

function endpointOf(pod: WorkPod) {
  const serving = readySince(pod) !== undefined;
  const terminating = isGoing(pod);
  return {
    ...{ addresses: [pod.status?.podIP], conditions: { ready: serving && !terminating, serving, terminating } },
    ...{ nodeName: pod.spec.nodeName, targetRef: targetOf(pod) },
  };
}
