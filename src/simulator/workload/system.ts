/** What runs on the Nodes of a workload cluster by itself: static Pods, DaemonSets, Deployments, their accounts, Leases. */

import type { KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';
import { podAddress } from '../controllers/kubernetes/pod-address.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { containerStatus, runningSince } from './containers.ts';
import { addonOf, manifestOf } from './kubeadm-manifests.ts';
import { kubeadmObjects } from './kubeadm-objects.ts';
import { decimals, nodeLease, planeLeases } from './leases.ts';
import { between, completed, ownedPod, settled, templateHash } from './owned.ts';
import { readySince, startOf } from './pod-times.ts';
import { type Program, programsOf, requests } from './programs.ts';
import type { ClusterSettings } from './settings.ts';
import { readyOf, rolesOf } from './summary.ts';

const system = 'kube-system';
export interface SystemOptions {
  nodes: readonly Node[];
  /** The Kubernetes version of the control plane. */
  version: string;
  /** Version of the installed Kube-OVN chart; undefined where there is none. */
  kubeOvn?: string;
  /** When Leases have been renewed: a time as Kubernetes writes it. */
  renewed: string;
  /** Since when there is the cluster; its oldest Node where left out. */
  born?: string;
  /** What the management cluster knows of the cluster; nothing where left out. */
  settings?: ClusterSettings;
}

/** All of it for these Nodes. The same Nodes give the same objects, Leases aside. */
export function systemObjects(options: SystemOptions): KubeObject[] {
  const { nodes, version, kubeOvn, renewed, settings = { tokens: [] } } = options;
  const born = options.born ?? nodes.map(({ metadata }) => metadata.creationTimestamp ?? renewed).sort()[0] ?? renewed;
  const objects: KubeObject[] = [];
  for (const namespace of ['default', system, 'cpaas-system']) {
    objects.push(make('v1', 'ServiceAccount', namespace, 'default', born, {}));
  }
  for (const node of nodes) objects.push(nodeLease(node, renewed, make));
  objects.push(...planeLeases(planeOf(nodes), born, renewed, make));
  for (const { kind, name, namespace, body, since = born } of kubeadmObjects(settings, born)) {
    objects.push(make('v1', kind, namespace, name, since, body));
  }
  /** What a file on a Node names is of the version that its host was made with. */
  const onNode = (program: Program, node: Node): Program => {
    const own = node.status?.nodeInfo?.kubeletVersion ?? version;
    if (program.as !== 'static' || own === version) return program;
    return programsOf(own, kubeOvn, settings).find(({ name }) => name === program.name) ?? program;
  };
  for (const program of programsOf(version, kubeOvn, settings)) {
    const { name, as, plane = false } = program;
    if (as !== 'static') objects.push(make('v1', 'ServiceAccount', system, name, born, {}));
    const hosts = nodes.filter((node) => !plane || rolesOf(node).includes('control-plane'));
    const chosen = as === 'deployment' ? hosts.slice(0, program.replicas) : hosts;
    const owner = ownerOf(program, born, hosts.length, chosen.filter((node) => isUp(node, program)).length);
    const set = owner && between(owner, make);
    if (owner && set) objects.push(owner.kind === 'Deployment' ? settled(owner, set) : owner, set);
    for (const [at, node] of chosen.entries()) {
      const made = pod(onNode(program, node), node, at, owner, renewed, { settings, plane: planeOf(nodes) });
      objects.push(
        owner && set ? ownedPod(made, owner, set, new Random(`${made.metadata.name}/token`).suffix()) : made,
      );
    }
  }
  return objects;
}

/** The control plane's Nodes, the oldest first. */
const planeOf = (nodes: readonly Node[]): Node[] =>
  nodes
    .filter((node) => rolesOf(node).includes('control-plane'))
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));

const isUp = (node: Node, { network }: Program): boolean => {
  const ready = readyOf(node);
  return ready === 'True' || (ready === 'False' && !network);
};

/** An object with the identity and birth that it has each time it is made. */
export function make(
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
  creationTimestamp: string,
  rest: object,
  labels?: Record<string, string>,
): KubeObject {
  const uid = uuid(`${kind}/${namespace}/${name}/${creationTimestamp}`);
  const metadata = { name, ...(namespace ? { namespace } : {}), uid, creationTimestamp, ...(labels ? { labels } : {}) };
  return { apiVersion, kind, metadata, ...rest };
}

function resourcesOf(name: string) {
  const asked = requests[name];
  if (!asked) return {};
  const limits = name === 'coredns' ? { limits: { memory: '170Mi' } } : {};
  return { resources: { ...limits, requests: asked } };
}

/** What kubeadm lets CoreDNS tolerate. */
const COREDNS = [
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
];

function podSpec({ name, image, as, plane, podAddress }: Program, nodeName?: string, manifest = addonOf(name)) {
  return {
    containers: [{ name, image, ...resourcesOf(name), ...manifest?.container }],
    ...manifest?.pod,
    ...(podAddress ? {} : { hostNetwork: true }),
    priorityClassName: podAddress ? 'system-cluster-critical' : 'system-node-critical',
    // A Pod from a file is where its file is, whatever that Node keeps others from.
    ...(as === 'static'
      ? { priority: 2_000_001_000, tolerations: [{ effect: 'NoExecute', operator: 'Exists' }] }
      : {
          serviceAccountName: name,
          tolerations: name === 'coredns' ? COREDNS : [{ operator: 'Exists' }],
          nodeSelector: {
            'kubernetes.io/os': 'linux',
            ...(plane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
          },
        }),
    ...(nodeName ? { nodeName } : {}),
  };
}

function ownerOf(program: Program, born: string, nodes: number, ready: number): KubeObject | undefined {
  const { name, as, labels } = program;
  if (as === 'static') return undefined;
  const template = { metadata: { labels }, spec: podSpec(program) };
  const selector = { matchLabels: labels };
  if (as === 'deployment') {
    const replicas = program.replicas ?? 1;
    const have = Math.min(replicas, nodes);
    const counts = { replicas: have, readyReplicas: ready, availableReplicas: ready };
    // kubeadm lets one of them go before another comes.
    const strategy =
      name === 'coredns' ? { strategy: { rollingUpdate: { maxUnavailable: 1 }, type: 'RollingUpdate' } } : {};
    const spec = { replicas, selector, template, ...strategy };
    return completed(make('apps/v1', 'Deployment', system, name, born, { spec, status: counts }, labels));
  }
  return completed(
    make(
      ...(['apps/v1', 'DaemonSet', system, name, born] as const),
      {
        spec: { selector, template },
        status: {
          ...{ currentNumberScheduled: nodes, numberMisscheduled: 0, desiredNumberScheduled: nodes },
          ...{ numberReady: ready, observedGeneration: 1 },
          ...(nodes > 0 ? { updatedNumberScheduled: nodes } : {}),
          ...(ready > 0 ? { numberAvailable: ready } : {}),
          ...(nodes > ready ? { numberUnavailable: nodes - ready } : {}),
        },
      },
      labels,
    ),
  );
}

function pod(
  program: Program,
  node: Node,
  at: number,
  owner: KubeObject | undefined,
  now: string,
  { settings, plane }: { settings: ClusterSettings; plane: readonly Node[] },
): KubeObject {
  const network = settings.pods ?? '10.3.0.0/16';
  const host = node.metadata.name;
  const since = node.metadata.creationTimestamp ?? '';
  const name =
    program.as === 'static' ? `${program.name}-${host}` : `${program.name}-${suffix(program, node, at, owner)}`;
  const ready = isUp(node, program);
  const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const podIP = program.podAddress ? podAddress(network, `${program.name}/${host}/${at}`) : address;
  const condition = (type: string, status: boolean, lastTransitionTime = since) => ({
    ...{ type, status: status ? 'True' : 'False', lastProbeTime: null, lastTransitionTime },
  });
  const reference = owner
    ? { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid ?? '' }
    : { apiVersion: 'v1', kind: 'Node', name: host, uid: node.metadata.uid ?? '' };
  const etcd = /:([^:/]+)$/.exec(program.image)?.[1] ?? '';
  const manifest =
    program.as === 'static'
      ? manifestOf(program.name, { node, address: address ?? '', plane, etcd, settings })
      : undefined;
  const place = { pod: name, node, since, now };
  const { sandbox, started } = startOf(place, program.podAddress ?? false);
  const life = { name: program.name, image: program.image, pod: name, since, now };
  const container = containerStatus({ ...life, started, ready });
  const kept = { ready, network: program.network ?? false, probed: manifest !== undefined };
  const up = readySince(place, runningSince(container) ?? started, kept);
  const made = make('v1', 'Pod', system, name, since, {
    spec: podSpec(program, host, manifest),
    status: {
      phase: 'Running',
      qosClass: requests[program.name] ? 'Burstable' : 'BestEffort',
      conditions: [
        condition('PodReadyToStartContainers', true, sandbox),
        condition('Initialized', true),
        condition('Ready', ready, up.ready),
        condition('ContainersReady', ready, up.containers),
        condition('PodScheduled', true),
      ],
      ...(address ? { hostIP: address, hostIPs: [{ ip: address }] } : {}),
      ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
      startTime: since,
      containerStatuses: [container],
    },
  });
  return {
    ...made,
    metadata: {
      ...made.metadata,
      labels: program.labels,
      ...(program.as === 'static' ? { annotations: { ...manifest?.annotations, ...mirrorOf(name, since) } } : {}),
      ownerReferences: [{ ...reference, controller: true }],
    },
  };
}

/** What a kubelet notes on the Pod that mirrors one it runs from a file: nobody evicts such a Pod. */
function mirrorOf(name: string, since: string): Record<string, string> {
  const config = digest(name).slice(0, 32);
  return {
    'kubernetes.io/config.hash': config,
    'kubernetes.io/config.mirror': config,
    'kubernetes.io/config.seen': since.replace('Z', `.${decimals(name, 9)}Z`),
    'kubernetes.io/config.source': 'file',
  };
}

function suffix({ name, as }: Program, node: Node, at: number, owner: KubeObject | undefined): string {
  const { name: host, creationTimestamp } = node.metadata;
  // On a host that serves again it is another Pod.
  const of = `${name}/${host}/${creationTimestamp}`;
  const end = new Random(as === 'deployment' ? `${of}/${at}` : of).suffix();
  return as === 'deployment' && owner ? `${templateHash(owner)}-${end}` : end;
}

/** Whether a Pod is told of by its Node alone, and not by what owns it: it comes from a file, or a drain waits for it. */
export const isOfItsNode = (object: {
  kind: string;
  metadata: { uid?: string; ownerReferences?: { kind: string }[] };
}) => object.kind === 'Pod' && isMadeHere(object) && (object.metadata.ownerReferences?.[0]?.kind ?? 'Node') === 'Node';

/** Whether it mirrors a Pod from a file. */
export const isMirror = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Pod' && metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

/** Whether Kubernetes' own controllers make such an object out of others, and keep it. */
export function isRuled({ kind, metadata }: KubeObject): boolean {
  if (kind === 'ReplicaSet' || kind === 'ControllerRevision') return true;
  if (kind === 'Endpoints' || kind === 'EndpointSlice') return metadata.name !== 'kubernetes';
  const owner = metadata.ownerReferences?.[0]?.kind;
  return kind === 'Pod' && (owner === 'ReplicaSet' || owner === 'DaemonSet');
}

/** Whether an object is one of those made here: nobody else keeps it. */
export const isMadeHere = ({ metadata }: { metadata: { uid?: string } }): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a/.test(metadata.uid ?? '');

/** A UUID made of a text: version 8 of RFC 9562, whose bits are anybody's. */
function uuid(from: string): string {
  const bits = digest(from);
  return `${bits.slice(0, 8)}-${bits.slice(8, 12)}-8${bits.slice(13, 16)}-a${bits.slice(17, 20)}-${bits.slice(20, 32)}`;
}
