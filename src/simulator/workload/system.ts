/** What runs on the Nodes of a workload cluster by itself: static Pods, DaemonSets, Deployments, their accounts, Leases. */

import type { KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';
import { ableOf, withTold } from '../controllers/kubernetes/container-status.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { Beginning } from '../world/beginning.ts';
import { ovnManifest } from './kube-ovn/manifests.ts';
import { attached, gatewayOf, networkOf } from './kube-ovn/network.ts';
import { ovnRoles } from './kube-ovn/roles.ts';
import { ovnServices } from './kube-ovn/services.ts';
import { addonOf, type Manifest } from './kubeadm-manifests.ts';
import { kubeadmObjects, rewritten, signed } from './kubeadm-objects.ts';
import { nodeLease, planeLeases } from './leases.ts';
import { between, completed, ownedPod, settled } from './owned.ts';
import { type Program, programsOf } from './programs.ts';
import { Remembered } from './remembered.ts';
import { troubleOf } from './server-runs.ts';
import type { ClusterSettings } from './settings.ts';
import { rolesOf } from './summary.ts';
import { isUp, pod, podSpec } from './system-pods.ts';

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
  /** How it came about; where left out, as any that began then. */
  beginning?: Beginning;
  /** What the management cluster knows of the cluster; nothing where left out. */
  settings?: ClusterSettings;
  /** What time it is, Unix time in ms; that of `renewed` where left out. */
  now?: number;
  /** What was told before, and is from now on; nothing where left out. */
  remembered?: Remembered;
}

/** All of it for these Nodes. The same Nodes give the same objects, Leases and what was remembered aside. */
export function systemObjects(options: SystemOptions): KubeObject[] {
  const { nodes, version, kubeOvn, renewed, settings: known = { tokens: [] }, remembered = new Remembered() } = options;
  const { masters, plane } = remembered.rendered(kubeOvn, known.masters, addressesOf(nodes));
  const settings = { ...known, masters };
  const now = options.now ?? Date.parse(renewed);
  remembered.look(nodes);
  const born = options.born ?? nodes.map(({ metadata }) => metadata.creationTimestamp ?? renewed).sort()[0] ?? renewed;
  const { beginning = new Beginning({ born: Date.parse(born) }) } = options;
  const at = (kind: string, namespace: string, name: string) => timestamp(beginning.madeAt(kind, namespace, name));
  const made = (apiVersion: string, kind: string, namespace: string, name: string, rest: object) =>
    make(apiVersion, kind, namespace, name, at(kind, namespace, name), rest);
  const objects: KubeObject[] = [];
  for (const node of nodes) objects.push(nodeLease(node, now, make, settings.silentSince?.(node.metadata.name)));
  objects.push(...planeLeases(planeOf(nodes), { born, now }, remembered, make));
  const anew = remembered.rewritten(settings.configuration, settings.rewritten, timestamp(now));
  for (const { kind, name, namespace, body, since = at(kind, namespace, name) } of kubeadmObjects(settings, born)) {
    const object = make('v1', kind, namespace, name, since, body);
    if (anew !== undefined && name === 'kubeadm-config') objects.push(rewritten(object, anew));
    else objects.push(name === 'cluster-info' && settings.tokens.length > 0 ? signed(object, settings.tokens) : object);
  }
  /** What a file on a Node names is of the version and of the settings that its host was made with. */
  const onNode = (program: Program, node: Node): Program => {
    const own = node.status?.nodeInfo?.kubeletVersion ?? version;
    const made = settings.made?.[node.metadata.name];
    const differs = made && (made.etcd !== settings.etcd || made.repository !== settings.repository);
    if (program.as !== 'static' || (own === version && !differs)) return program;
    const there = made ? { ...settings, ...made, version: own } : settings;
    return programsOf(own, kubeOvn, there).find(({ name }) => name === program.name) ?? program;
  };
  const heard = nodes.map((node) => (settings.silence?.(node.metadata.name)?.neverReady ? unready(node) : node));
  const network = networkOf(settings);
  const accounts = new Set<string>();
  if (kubeOvn) {
    objects.push(...ovnServices(network.services, (name, body) => made('v1', 'Service', system, name, body)));
    objects.push(...ovnRoles((kind, name, body) => made('rbac.authorization.k8s.io/v1', kind, '', name, body)));
  }
  for (const program of programsOf(version, kubeOvn, settings)) {
    const { name, as, image } = program;
    const values = { ...network, image, gateway: gatewayOf(network.pods), plane };
    const manifest = addonOf(name) ?? ovnManifest(name, values);
    const account = String(manifest?.pod['serviceAccountName'] ?? name);
    if (as !== 'static' && !accounts.has(account)) {
      objects.push(made('v1', 'ServiceAccount', system, account, {}));
      accounts.add(account);
    }
    const hosts = heard.filter((node) => !program.plane || rolesOf(node).includes('control-plane'));
    const chosen = as === 'deployment' ? hosts.slice(0, program.replicas) : hosts;
    const owner = ownerOf(
      { ...program, manifest },
      at(as === 'daemon' ? 'DaemonSet' : 'Deployment', system, name),
      hosts.length,
      chosen.filter((node) => isUp(node, program)).length,
    );
    const set =
      owner && between(owner, (api, kind, space, called, _born, rest) => made(api, kind, space, called, rest));
    const pods: KubeObject[] = [];
    // Who comes later follows, whatever it is called.
    const [leader] = planeOf(chosen);
    for (const node of chosen) {
      const founds = Date.parse(node.metadata.creationTimestamp ?? '') <= beginning.born;
      const from = set?.metadata.creationTimestamp ?? '';
      const ends = as === 'static' ? remembered.elections.ends(name, node) : undefined;
      const members = () => remembered.members(node, planeOf(nodes));
      // What others keep they find gone themselves.
      const boots = as === 'static' ? remembered.boots.ofFiles(node) : undefined;
      const trouble = as === 'static' ? troubleOf(name, remembered.etcd, node.metadata.name, now) : undefined;
      remembered.expect(trouble?.next);
      const around = { settings, members, manifest, founds, from, ends, boots, trouble };
      const one = pod(onNode(program, node), node, node === leader, owner, timestamp(now), around);
      const whole = owner && set ? ownedPod(one, owner, set, new Random(`${one.metadata.name}/token`).suffix()) : one;
      pods.push(withTold(kubeOvn ? attached(whole, network) : whole, ableOf(node)));
    }
    if (owner && set) objects.push(owner.kind === 'Deployment' ? settled(owner, set, pods) : owner, set);
    objects.push(...pods);
  }
  return objects;
}

/** A Node that was never ready, as it was when its kubelet last spoke: nobody says otherwise of its Pods. */
const unready = (node: Node): Node => ({
  ...node,
  status: {
    ...node.status,
    conditions: node.status?.conditions?.map((one) => (one.type === 'Ready' ? { ...one, status: 'False' } : one)) ?? [],
  },
});

/** The addresses of the control plane's Nodes, in the order of their names. */
const addressesOf = (nodes: readonly Node[]): string[] =>
  planeOf(nodes)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap(({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? []);

/** The control plane's Nodes, the oldest first. */
const planeOf = (nodes: readonly Node[]): Node[] =>
  nodes
    .filter((node) => rolesOf(node).includes('control-plane'))
    .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));

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

/** How many of a Deployment's Pods come and go at a time, where its chart says so. */
const STRATEGIES: Readonly<Record<string, object>> = {
  coredns: { maxUnavailable: 1 },
  'kube-ovn-controller': { maxSurge: '0%', maxUnavailable: '100%' },
  'kube-ovn-monitor': { maxSurge: 1, maxUnavailable: 1 },
  'ovn-central': { maxSurge: 0, maxUnavailable: 1 },
};

function ownerOf(
  program: Program & { manifest: Manifest | undefined },
  born: string,
  nodes: number,
  ready: number,
): KubeObject | undefined {
  const { name, as, labels, chosen = labels, manifest } = program;
  if (as === 'static') return undefined;
  const template = { metadata: { labels }, spec: podSpec(program, undefined, manifest) };
  const selector = { matchLabels: chosen };
  if (as === 'deployment') {
    const replicas = program.replicas ?? 1;
    const have = Math.min(replicas, nodes);
    const counts = { replicas: have, readyReplicas: ready, availableReplicas: ready };
    const strategy = STRATEGIES[name] ? { strategy: { rollingUpdate: STRATEGIES[name], type: 'RollingUpdate' } } : {};
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

/** The kind, invented, of what users run on each Node: nobody else keeps its Pods. */
export const OF_NODES = { apiVersion: 'sim.metaldeck.io/v1', kind: 'SimApplication' } as const;

/** Whether a Pod is told of by its Node alone, and not by what owns it: it comes from a file, or is what users run there. */
export const isOfItsNode = (object: {
  kind: string;
  metadata: { uid?: string; ownerReferences?: { kind: string }[] };
}) =>
  object.kind === 'Pod' &&
  isMadeHere(object) &&
  ['Node', OF_NODES.kind].includes(object.metadata.ownerReferences?.[0]?.kind ?? 'Node');

/** Whether Kubernetes' own controllers make such an object out of others, and keep it. */
export function isRuled({ kind, metadata }: KubeObject): boolean {
  if (kind === 'ReplicaSet' || kind === 'ControllerRevision') return true;
  if (kind === 'Endpoints' || kind === 'EndpointSlice') return metadata.name !== 'kubernetes';
  const owner = metadata.ownerReferences?.[0]?.kind;
  return kind === 'Pod' && (owner === 'ReplicaSet' || owner === 'DaemonSet');
}

/** Whether an object is one of those made here: nobody else keeps it. */
export function isMadeHere({ metadata: { uid = '' } }: { metadata: { uid?: string } }): boolean {
  return uid.slice(24) === sealOf(uid.slice(0, 23));
}

/** A UUID made of a text. It looks like any other of version 4, and its end tells that it was made here. */
function uuid(from: string): string {
  const bits = digest(from);
  const variant = '89ab'[Number.parseInt(bits[16]!, 16) % 4];
  const head = `${bits.slice(0, 8)}-${bits.slice(8, 12)}-4${bits.slice(13, 16)}-${variant}${bits.slice(17, 20)}`;
  return `${head}-${sealOf(head)}`;
}

const sealOf = (head: string): string => digest(`made here/${head}`).slice(0, 12);
