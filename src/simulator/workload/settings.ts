/** What the management cluster knows of a workload cluster, and what the cluster's own objects say again. */

import { isRecord } from '../api/types.ts';
import { isControlPlane } from '../controllers/capi/common.ts';
import type { Departure } from '../controllers/capi/departures.ts';
import { drainBegins, GOING, simulatedPod } from '../controllers/capi/drain.ts';
import { coreDnsOf, withCoreDns } from '../controllers/capi/kcp-add-ons.ts';
import { bootstrapOf } from '../controllers/capi/kcp-machines.ts';
import { keptConfiguration } from '../controllers/capi/kubeadm-documents.ts';
import { clusterConfigurationAnnotation } from '../controllers/capi/same-bootstrap.ts';
import { find } from '../controllers/conditions.ts';
import type { HostBoot } from '../controllers/hosts/boots.ts';
import type { Outage } from '../controllers/hosts/outages.ts';
import { configuredRegistration } from '../controllers/hosts/registration.ts';
import type { Silence } from '../controllers/hosts/silences.ts';
import { parseJson } from '../controllers/json.ts';
import { kinds } from '../controllers/kinds.ts';
import { clusterOf } from '../controllers/owners.ts';
import type { Runtime } from '../controllers/runtime.ts';
import type { KubeadmConfig, Machine } from '../controllers/shapes/capi.ts';
import type { Taint } from '../controllers/shapes/core.ts';
import type { Mount } from './kubeadm-manifests.ts';

/** A token with which a Machine may join until `expires`, Unix time in ms. */
export interface JoinToken {
  token: string;
  /** When it was made, Unix time in ms. */
  since?: number;
  expires: number;
  /** Of the server that is to join with it. */
  providerID?: string | undefined;
}

/** What files on a host of the control plane say of its parts. */
export type Parts = Pick<ClusterSettings, 'etcd' | 'repository' | 'extraArgs' | 'extraVolumes'>;

export interface ClusterSettings {
  /** What the cluster is called. */
  name?: string;
  /** The version that is wanted of the control plane. */
  version?: string;
  /** How many Nodes the control plane is to have. */
  masters?: number;
  /** Tags of images, where the control plane names them. */
  coredns?: string;
  etcd?: string;
  /** Where the images come from. */
  repository?: string;
  /** Networks as CIDRs. */
  pods?: string;
  services?: string;
  /** That of Nodes among themselves, where Kube-OVN is asked for one. */
  join?: string;
  /** Flags that the control plane asks for, by the name of its part: `apiServer`. */
  extraArgs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What of the Node its API server is to see. */
  extraVolumes?: readonly Mount[];
  /** The same of what a Node of the control plane was made with, by its name, where that differs. */
  made?: Readonly<Record<string, Parts>>;
  /** `host:port` of the API. */
  endpoint?: string;
  /** kubeadm's ClusterConfiguration, as YAML. */
  configuration?: string;
  /** When its control plane wrote that anew, RFC 3339, where it has. */
  rewritten?: string | undefined;
  /** The authority its API is certified by, in PEM. */
  ca?: string;
  tokens: JoinToken[];
  /** When its control plane was there for the first time, RFC 3339. */
  initialized?: string;
  /** What users run on its Nodes. */
  applications?: ApplicationPod[];
  /** kubeadm's patch of the configuration of a Node's kubelet, where its Machine was made with one. */
  kubeletPatch?: (node: string) => Record<string, unknown> | undefined;
  /** Since when the kubelet of a Node says nothing, Unix time in ms, where that is known and it does not speak. */
  silentSince?: (node: string) => number | undefined;
  /** The boot with an identity, where it was the last of its host and somebody has seen it. */
  boot?: (id: string) => HostBoot | undefined;
  /** The same silence, and whether its Node was never Ready before. */
  silence?: (node: string) => Silence | undefined;
  /** When its etcd had no quorum. */
  outages?: readonly Outage[];
  /** Which members its etcd has been taking leave of, as far as anybody remembers. */
  departures?: readonly Departure[];
}

/** A Pod of what users run on a Node. */
export interface ApplicationPod {
  namespace: string;
  name: string;
  node: string;
  /** When a drain evicted it, that waits for it now, RFC 3339; until then it runs. */
  since?: string | undefined;
  /** With which taints its Node was made, where somebody has said that; its role says it where left out. */
  taints?: Taint[] | undefined;
}

/** Cluster API lets a join token live so long, in ms, unless it renews it for a Machine that has not joined. */
export const tokenLife = 15 * 60_000;

/** Reads them from the informers of a runtime that has been started; tokens are those that hold at Unix time `now` (ms). */
export function settingsOf(rt: Runtime, name: string, now: number): ClusterSettings {
  const tokens = rt
    .informer(kinds.KubeadmConfig)
    .list()
    .filter((config) => clusterOf(config) === name)
    .flatMap((config) => {
      // A Machine, its configuration and its server are called the same.
      const { providerID } = rt.informer(kinds.BaremetalMachine).get(config.metadata.name)?.spec ?? {};
      const machine = rt.informer(kinds.Machine).get(config.metadata.name);
      const joined =
        machine?.status?.nodeRef &&
        machine.status.conditions?.find(({ type }) => type === 'NodeHealthy')?.lastTransitionTime;
      return tokenOf(config, joined ? Date.parse(joined) : now, now).map((token) => ({ ...token, providerID }));
    });
  const cluster = rt.informer(kinds.Cluster).get(name);
  const plane = rt.informer(kinds.KubeadmControlPlane).get(cluster?.spec?.controlPlaneRef?.name);
  // With a cluster that goes everything goes at once, and nothing is drained.
  const applications = cluster?.metadata.deletionTimestamp ? [] : applicationsOf(rt, name);
  if (!cluster || !plane) return { tokens, applications };
  const { version, kubeadmConfigSpec: spec = {} } = plane.spec ?? {};
  const machine = { apiVersion: '', kind: 'Machine', metadata: { name }, spec: { version } };
  const { host, port } = cluster.spec?.controlPlaneEndpoint ?? {};
  const coredns = coreDnsOf(rt, plane, name);
  const rewritten = rewrittenAt(rt, name);
  return {
    version,
    masters: plane.spec?.replicas ?? 1,
    coredns,
    name,
    pods: textAt(cluster.spec, 'clusterNetwork', 'pods', 'cidrBlocks', '0'),
    join: cluster.metadata.annotations?.['cpaas.io/kube-ovn-join-cidr'],
    services: textAt(cluster.spec, 'clusterNetwork', 'services', 'cidrBlocks', '0'),
    ...partsOf(spec.clusterConfiguration),
    made: madeOf(rt, name),
    kubeletPatch: (node) => patchOf(rt, name, node),
    boot: (id) => rt.boots.of(id),
    silentSince: (node) => rt.silences.of(name, node),
    silence: (node) => rt.silences.on(name, node),
    outages: rt.outages.of(name),
    endpoint: host ? `${host}:${port ?? 6443}` : undefined,
    configuration: keptConfiguration(
      withCoreDns(bootstrapOf(plane, true), coredns),
      machine,
      cluster,
      rewritten === undefined ? undefined : rt.clusterApi,
    ),
    rewritten,
    tokens,
    initialized: cluster.status?.conditions?.find(({ type }) => type === 'ControlPlaneInitialized')?.lastTransitionTime,
    applications,
    departures: rt.departures.of(name),
  };
}

/**
 * When a control plane that replaces Machines, or has done so, wrote kubeadm's configuration anew: as soon as one is not up to
 * date. Once it is over, the one that began the cluster is there no more, and the first of the others came soon after.
 */
function rewrittenAt(rt: Runtime, cluster: string): string | undefined {
  const machines = rt.informer(kinds.Machine).list();
  const plane = machines.filter((machine) => isControlPlane(machine) && clusterOf(machine) === cluster);
  const outdated = plane.flatMap(({ status }) => {
    const found = find(status?.v1beta2?.conditions, 'UpToDate');
    return found?.status === 'False' ? [found.lastTransitionTime ?? ''] : [];
  });
  if (outdated.length > 0) return outdated.sort()[0];
  const begins = ({ spec }: Machine) => {
    const config = rt.informer(kinds.KubeadmConfig).get(spec?.bootstrap?.configRef?.name);
    // In a large world none is kept, and every cluster is as it began.
    return config === undefined || config.spec?.initConfiguration !== undefined;
  };
  if (plane.some(begins)) return undefined;
  // Somebody else may have deleted it: then, as far as anybody remembers, the control plane has replaced nothing.
  const gone = rt.departures.of(cluster);
  if (gone.length > 0 && gone.every(({ asked }) => asked === undefined)) return undefined;
  return plane.map(({ metadata }) => metadata.creationTimestamp ?? '').sort()[0];
}

const partsOf = (configuration: unknown): Parts => ({
  etcd: textAt(configuration, 'etcd', 'local', 'imageTag'),
  repository: textAt(configuration, 'imageRepository'),
  extraArgs: Object.fromEntries(
    ['apiServer', 'controllerManager', 'scheduler'].map((part) => [part, argumentsOf(configuration, part)]),
  ),
  extraVolumes: volumesOf(configuration),
});

/** What each Machine of the control plane was made with: files on its host say it until it is replaced. */
function madeOf(rt: Runtime, cluster: string): NonNullable<ClusterSettings['made']> {
  const machines = rt.informer(kinds.Machine).list();
  const pairs = machines.flatMap((machine) => {
    const node = machine.status?.nodeRef?.name;
    if (!node || clusterOf(machine) !== cluster) return [];
    const noted = machine.metadata.annotations?.[clusterConfigurationAnnotation];
    const config = rt.informer(kinds.KubeadmConfig).get(machine.spec?.bootstrap?.configRef?.name);
    const configuration = noted === undefined ? config?.spec?.clusterConfiguration : parseJson(noted);
    return configuration === undefined ? [] : [[node, partsOf(configuration)] as const];
  });
  return Object.fromEntries(pairs);
}

const patchPath = '/etc/kubernetes/patches/kubeletconfiguration0+strategic.json';

/** The patch among the files that the Machine of a Node was made with. */
function patchOf(rt: Runtime, cluster: string, node: string): Record<string, unknown> | undefined {
  const machines = rt.informer(kinds.Machine).list();
  const machine = machines.find((one) => one.status?.nodeRef?.name === node && clusterOf(one) === cluster);
  const config = rt.informer(kinds.KubeadmConfig).get(machine?.spec?.bootstrap?.configRef?.name);
  const content = config?.spec?.files?.find(({ path }) => path === patchPath)?.content;
  const patch = content === undefined ? undefined : parseJson(content);
  return isRecord(patch) ? patch : undefined;
}

/** A Pod for each Node of a Machine; of those on their way out, what they say they wait for: it is as true as the sentence. */
function applicationsOf(rt: Runtime, cluster: string): ApplicationPod[] {
  return rt
    .informer(kinds.Machine)
    .list()
    .filter((machine) => machine.status?.nodeRef !== undefined && clusterOf(machine) === cluster)
    .flatMap(({ metadata, spec, status }) => {
      const node = status?.nodeRef?.name;
      const config = rt.informer(kinds.KubeadmConfig).get(spec?.bootstrap?.configRef?.name);
      const { taints } = configuredRegistration(config?.spec);
      const [space, pod] = simulatedPod(rt, metadata.name).split('/');
      if (!node || !space || !pod) return [];
      const one = { namespace: space, name: pod, node, taints };
      const told = find(status?.v1beta2?.conditions, 'Deleting')?.message ?? '';
      const since = status?.deletion?.nodeDrainStartTime;
      // Without a drain it stays for as long as there is its Node.
      if (!metadata.deletionTimestamp || !since || told === drainBegins) return [one];
      const isAwaited = told.split('\n').some((line) => line.includes(`${space}/${pod}`) && line.endsWith(GOING));
      return isAwaited ? [{ ...one, since }] : [];
    });
}

/**
 * The token of a Machine that joined, or has not, until `joined`: until then it is looked at three times in its life, and made to
 * live on. It goes when its life is over.
 */
function tokenOf({ spec, status }: KubeadmConfig, joined: number, now: number): JoinToken[] {
  const token = textAt(spec?.joinConfiguration, 'discovery', 'bootstrapToken', 'token');
  const made = find(status?.v1beta2?.conditions, 'DataSecretAvailable');
  if (!token || made?.status !== 'True') return [];
  const since = Date.parse(made.lastTransitionTime ?? '');
  const looks = Math.max(0, Math.floor((Math.min(joined, now) - since) / (tokenLife / 3)));
  const expires = since + looks * (tokenLife / 3) + tokenLife;
  return expires > now ? [{ token, since, expires }] : [];
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

/** The extra flags of a part: a map, or a list of names and values. */
function argumentsOf(configuration: unknown, part: string): Record<string, string> {
  const args = fieldOf(fieldOf(configuration, part), 'extraArgs') ?? {};
  const pairs = Array.isArray(args)
    ? args.map((one: unknown) => [String(fieldOf(one, 'name')), String(fieldOf(one, 'value'))] as const)
    : Object.entries(args).map(([key, value]) => [key, String(value)] as const);
  return Object.fromEntries(pairs);
}

function volumesOf(configuration: unknown): Mount[] {
  const list = fieldOf(fieldOf(configuration, 'apiServer'), 'extraVolumes');
  return (Array.isArray(list) ? list : []).map((one: unknown): Mount => {
    const of = (key: string) => String(fieldOf(one, key) ?? '');
    return [of('name'), of('mountPath') || of('hostPath'), of('pathType'), fieldOf(one, 'readOnly') === true];
  });
}

/** A text somewhere inside; undefined where it is not there. */
function textAt(value: unknown, ...path: string[]): string | undefined {
  let found = value;
  for (const key of path) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  return typeof found === 'string' && found !== '' ? found : undefined;
}
