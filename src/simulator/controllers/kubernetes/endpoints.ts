/** Endpoints and EndpointSlices: the ready Pods behind each Service. After k8s.io/kubernetes/pkg/controller/endpoint(slice). */

import { equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import { selects } from '../selector.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { isActive, isGoing, readySince } from './pods.ts';
import type { WorkPod, WorkService } from './shapes.ts';
import { create, each, isOf, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
type Port = { name?: string; port: number; protocol: string };

/** One turn for every Service that chooses Pods. */
export function endpoints(picture: Picture): Turn {
  const choosing = picture.services.filter(({ spec }) => Object.keys(spec.selector ?? {}).length > 0);
  return each(picture, choosing, (service) => ({ writes: one(picture, service) }));
}

function one(picture: Picture, service: WorkService): Write[] {
  const { name, namespace } = service.metadata;
  const old = picture.endpoints.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const last = picture.slices.find((each) => isOf(each, service));
  // Whoever keeps a Pod, it serves.
  const pods = [...picture.pods, ...picture.others];
  const { whole, slice } = addressesOf(service, pods, last?.metadata.name ?? `${name}-${picture.suffix()}`);
  return [...put(old, whole, ['subsets']), ...put(last, slice, ['endpoints', 'ports'])];
}

/** The Endpoints of a Service and its EndpointSlice, which gets this name, without identity and times. */
export function addressesOf(service: WorkService, pods: readonly WorkPod[], called: string) {
  const { name, namespace } = service.metadata;
  const chosen = pods
    .filter((pod) => pod.metadata.namespace === namespace && (isActive(pod) || isGoing(pod)) && pod.status?.podIP)
    .filter(({ metadata }) => selects({ matchLabels: service.spec.selector }, metadata.labels))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const active = chosen.filter(isActive);
  const ports = portsOf(service, chosen);
  const whole = {
    ...head('v1', 'Endpoints', { name, namespace, labels: service.metadata.labels }),
    ...subsetsOf(active, ports),
  };
  const labels = {
    ...service.metadata.labels,
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': name,
  };
  const meta = { name: called, generateName: `${name}-`, namespace, labels };
  const slice = {
    ...head('discovery.k8s.io/v1', 'EndpointSlice', { ...meta, ownerReferences: [ownerReference(service)] }),
    ...{ addressType: 'IPv4', endpoints: chosen.map(endpointOf), ports: ports.map((port) => ({ name: '', ...port })) },
  };
  return { whole: whole as KubeObject, slice: slice as KubeObject };
}

const head = (apiVersion: string, kind: string, metadata: KubeObject['metadata']) => ({ apiVersion, kind, metadata });

/** Makes it, or brings these fields of the old one up to date. */
function put(old: KubeObject | undefined, wanted: KubeObject, fields: readonly string[]): Write[] {
  if (!old) return [create(by, wanted)];
  const of = (object: KubeObject) => fields.map((field) => (object as unknown as Record<string, unknown>)[field]);
  if (equal(of(old), of(wanted))) return [];
  return [update(by, { ...wanted, metadata: old.metadata })];
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

const numberOf = (address: unknown): number =>
  String(address ?? '')
    .split('.')
    .reduce((sum, part) => sum * 256 + Number(part), 0);

function subsetsOf(pods: readonly WorkPod[], ports: readonly Port[]): { subsets?: object[] } {
  const address = (pod: WorkPod) => ({ ip: pod.status?.podIP, nodeName: pod.spec.nodeName, targetRef: targetOf(pod) });
  // They are told by their addresses: k8s.io/kubernetes/pkg/api/v1/endpoints, RepackSubsets.
  const sorted = [...pods].sort((a, b) => numberOf(a.status?.podIP) - numberOf(b.status?.podIP));
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
