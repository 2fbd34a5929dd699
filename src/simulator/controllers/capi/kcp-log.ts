/**
 * What the controller of control planes writes into its log of its steps. Source: Cluster API 1.10, controller.go, scale.go,
 * filters.go and StatusToLogKeyAndValues of the kubeadm control plane provider; some words are others in 1.12.
 */

import { find } from '../conditions.ts';
import { equal } from '../json.ts';
import type { ClusterApiVersion } from '../kinds.ts';
import { findLegacy } from '../legacy-conditions.ts';
import type { Runtime } from '../runtime.ts';
import type { KubeadmControlPlane, Machine } from '../shapes/capi.ts';
import type { BaremetalMachine } from '../shapes/provider.ts';
import { byName, deleting, hasNode } from './common.ts';
import { componentsOf, managesEtcd } from './kcp-components.ts';
import { cleanupHook } from './kcp-machines.ts';
import type { Words } from './machine-log.ts';
import { awaitsRemediation } from './machinehealthcheck.ts';
import { clusterConfigurationAnnotation } from './same-bootstrap.ts';
import { clonedFrom } from './up-to-date.ts';

const refOf = ({ metadata }: Machine | KubeadmControlPlane): string => `${metadata.namespace}/${metadata.name}`;
const namesOf = (machines: readonly Machine[]): string[] => machines.map(({ metadata }) => metadata.name).sort();

/** Says of a control plane that it rolls, which Machines are to be replaced, and why. While one goes it does nothing else. */
export function rollingOut(
  rt: Runtime,
  plane: KubeadmControlPlane,
  all: readonly Machine[],
  outdated: ReadonlySet<string>,
  infraOf: (machine: Machine) => BaremetalMachine | undefined,
): void {
  if (all.some(deleting)) return;
  const machines = all.filter(({ metadata }) => outdated.has(metadata.name)).sort(byName);
  const whys = machines.map(
    (machine) =>
      `Machine ${machine.metadata.name} needs rollout: ${reasons(plane, machine, infraOf(machine)).join(', ')}`,
  );
  const names = namesOf(machines);
  if (rt.clusterApi === 'v1beta2') {
    rt.log(plane, 'controller.go:479', `Machines need rollout: ${names.join(',')}`, { reason: whys.join(', ') });
    return;
  }
  rt.log(plane, 'controller.go:503', `Rolling out Control Plane machines: ${whys.join(',')}`, {
    machinesNeedingRollout: names,
  });
}

/** What a control plane says that it is about to do, as it has not as many Machines as it wants. */
export function wantingWords(desired: number, existing: number): Words {
  if (existing === 0) return ['controller.go:530', 'Initializing control plane'];
  return existing < desired
    ? ['controller.go:535', 'Scaling up control plane']
    : ['controller.go:539', 'Scaling down control plane'];
}

/** What it says of a Machine that it has made, which is the first or not. */
export function createdWords(clusterApi: ClusterApiVersion, name: string, first: boolean): Words {
  const said =
    clusterApi === 'v1beta2'
      ? `Machine ${name} created (${first ? 'init' : 'scale up'})`
      : 'Machine created (scale up)';
  return [first ? 'scale.go:61' : 'scale.go:98', said];
}

/** What it says of a Machine that it has deleted to be smaller. */
export const scaledDownWords = (clusterApi: ClusterApiVersion, name: string): Words => [
  'scale.go:149',
  clusterApi === 'v1beta2' ? `Machine ${name} deleting (scale down)` : 'Deleting Machine (scale down)',
];

/** Says of a control plane that has not as many Machines as it wants what it is about to do. */
export function wanting(rt: Runtime, plane: KubeadmControlPlane, all: readonly Machine[]): void {
  const [Desired, Existing] = [plane.spec?.replicas ?? 1, all.length];
  if (Desired === Existing || all.some(deleting)) return;
  rt.log(plane, ...wantingWords(Desired, Existing), { Desired, Existing });
}

/** Says which Machine was made beside `all`. */
export function created(
  rt: Runtime,
  plane: KubeadmControlPlane,
  all: readonly Machine[],
  outdated: ReadonlySet<string>,
  machine: Machine,
): void {
  const ref = refOf(machine);
  const values = { ...statusOf(rt, plane, all, outdated, { made: machine }), Machine: ref };
  rt.log(plane, ...createdWords(rt.clusterApi, machine.metadata.name, all.length === 0), {
    ...values,
    BaremetalMachine: ref,
    KubeadmConfig: ref,
  });
}

/** Says which of `all` was deleted, and why. */
export function deletedMachine(
  rt: Runtime,
  plane: KubeadmControlPlane,
  all: readonly Machine[],
  outdated: ReadonlySet<string>,
  machine: Machine,
  place: string,
  why: string,
): void {
  const words: Words =
    why === 'scale down' ? scaledDownWords(rt.clusterApi, machine.metadata.name) : [place, `Deleting Machine (${why})`];
  rt.log(plane, ...words, { ...statusOf(rt, plane, all, outdated, { going: machine }), Machine: refOf(machine) });
}

/** Says that a Machine that goes has left etcd, where it has since it was seen as `before`; `all` are as they are now. */
export function leftEtcd(rt: Runtime, plane: KubeadmControlPlane, all: readonly Machine[], before: Machine): void {
  const now = all.find(({ metadata }) => metadata.name === before.metadata.name);
  const holds = (machine: Machine | undefined) => machine?.metadata.annotations?.[cleanupHook] !== undefined;
  if (!now || !holds(before) || holds(now) || deleting(plane)) return;
  const Machine = refOf(now);
  rt.log(plane, 'controller.go:846', 'Removing pre-terminate hook from control plane Machine', { Machine });
  const machines = namesOf(all.filter(deleting)).join(', ');
  rt.log(plane, 'controller.go:1186', 'Waiting for Machines to be deleted', { Machine, machines });
}

/** Notes for etcd's own log what becomes of a member, whoever has a Node: to the ms it is known only here. */
export function departs(rt: Runtime, cluster: string, { metadata, status }: Machine, what: 'asked' | 'left'): void {
  const node = status?.nodeRef?.name;
  if (node) rt.departures.note(cluster, { node, machine: metadata.uid ?? metadata.name, [what]: rt.clock.now() });
}

/** All Machines of a control plane, each with what is the matter with it, and the members of etcd. */
function statusOf(
  rt: Runtime,
  plane: KubeadmControlPlane,
  all: readonly Machine[],
  outdated: ReadonlySet<string>,
  { made, going }: { made?: Machine; going?: Machine },
): { machines: string; etcdMembers: string } {
  const noted = all.map((machine) => {
    const notes = [
      ...(hasNode(machine) ? [] : ['status.nodeRef not set']),
      ...(awaitsRemediation(machine) ? ['marked for remediation'] : []),
      ...componentsOf(plane, rt.clusterApi).flatMap((type) => unwell(rt, machine, type)),
      ...(outdated.has(machine.metadata.name) ? ['not up-to-date'] : []),
      ...(machine.metadata.name === going?.metadata.name ? ['just deleted'] : deleting(machine) ? ['deleting'] : []),
    ];
    return notes.length > 0 ? `${machine.metadata.name} (${notes.join(', ')})` : machine.metadata.name;
  });
  if (made) noted.push(`${made.metadata.name} (just created)`);
  const isMember = (machine: Machine) =>
    !deleting(machine) || machine.metadata.annotations?.[cleanupHook] !== undefined;
  const members = managesEtcd(plane) ? all.filter(isMember) : [];
  return {
    machines: noted.sort().join(', '),
    etcdMembers: members
      .flatMap(({ status }) => status?.nodeRef?.name ?? [])
      .sort()
      .join(', '),
  };
}

function unwell(rt: Runtime, machine: Machine, type: string): string[] {
  const fresh = find(machine.status?.v1beta2?.conditions, type);
  const said = rt.clusterApi === 'v1beta1' ? (findLegacy(machine.status?.conditions, type) ?? fresh) : fresh;
  if (said?.status === 'Unknown') return [type.replaceAll('Healthy', ' health unknown')];
  return said?.status === 'False' ? [type.replaceAll('Healthy', ' not healthy')] : [];
}

/** Why a Machine is to be replaced, in the words of the log: those of its condition tell the same to others. */
function reasons(plane: KubeadmControlPlane, machine: Machine, infra: BaremetalMachine | undefined): string[] {
  const lines = find(machine.status?.v1beta2?.conditions, 'UpToDate')?.message?.split('\n') ?? [];
  const said = lines.map((line): [rank: number, words: string] => {
    const [, from, to] = /^\* Version (\S*), (\S*) required$/.exec(line) ?? [];
    if (to !== undefined) return [2, `Machine version ${JSON.stringify(from)} is not equal to KCP version "${to}"`];
    if (line.includes('Certificates')) return [0, 'certificates will expire soon, rolloutBefore expired'];
    if (line.includes('rolloutAfter')) return [1, 'rolloutAfter expired'];
    if (line.includes('KubeadmConfig ')) return [3, outdatedConfig(plane, machine)];
    const template = plane.spec?.machineTemplate?.infrastructureRef;
    const kind = 'BaremetalMachineTemplate.infrastructure.cluster.x-k8s.io';
    const was = infra?.metadata.annotations?.[clonedFrom] ?? '';
    return [4, `Infrastructure template on KCP rotated from ${kind} ${was} to ${kind} ${template?.name ?? ''}`];
  });
  return said.sort(([a], [b]) => a - b).map(([, words]) => words);
}

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** The difference of two configurations, in the manner of go-cmp: of etcd's image, which every upgrade changes, or that there is one. */
function outdatedConfig(plane: KubeadmControlPlane, machine: Machine): string {
  const text = machine.metadata.annotations?.[clusterConfigurationAnnotation];
  const wanted = fieldsOf(plane.spec?.kubeadmConfigSpec?.clusterConfiguration);
  let own: Fields = {};
  try {
    own = fieldsOf(JSON.parse(text ?? 'null'));
  } catch {
    // What somebody else has written there differs, and that is all.
  }
  const [before, after] = [own, wanted].map((one) => fieldsOf(fieldsOf(one['etcd'])['local']));
  const pointer = (name: string, inner: readonly string[]) =>
    ['', `  &v1beta1.${name}{`, ...inner, '  }', ''].join('\n');
  if (text !== undefined && !equal(before, after)) {
    const at = (key: string) => {
      const [a, b] = [before![key], after![key]].map((one) => JSON.stringify(one ?? ''));
      const label = `${key === 'imageTag' ? 'ImageTag:        ' : 'ImageRepository: '}`;
      return a === b ? [`          ${label}${a},`] : [`-         ${label}${a},`, `+         ${label}${b},`];
    };
    const inner = [
      ...['    TypeMeta: {},', '    Etcd: v1beta1.Etcd{', '      Local: &v1beta1.LocalEtcd{'],
      ...['        ImageMeta: v1beta1.ImageMeta{', ...at('imageRepository'), ...at('imageTag'), '        },'],
      ...['        ... // 5 identical fields', '      },', '      External: nil,', '    },'],
      '    ... // 11 identical fields',
    ];
    return `Machine KubeadmConfig ClusterConfiguration is outdated: diff: ${pointer('ClusterConfiguration', inner)}`;
  }
  const words = 'Machine KubeadmConfig InitConfiguration or JoinConfiguration are outdated';
  return `${words}: diff: ${pointer('KubeadmConfigSpec', ['    ... // 12 identical fields'])}`;
}
