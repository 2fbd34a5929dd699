/** The scheduler: which Node a Pod runs on, or why none. After k8s.io/kubernetes/pkg/scheduler, whose words these are. */

import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { seen } from './container-status.ts';
import { preferenceFor, takesNode } from './node-affinity.ts';
import { type Obstacle, obstaclesAround, preferenceAround, type Surroundings } from './pod-affinity.ts';
import { isActive, isGoing } from './pods.ts';
import { preempting, type Room, roomFor, spares } from './preemption.ts';
import { amount } from './quantity.ts';
import type { Claim, Container, Toleration, WorkPod } from './shapes.ts';
import { binding, each, event, type Picture, type Turn, update, type Write } from './turn.ts';
import { claimNames, classOf, fits, isLate, NOBODY } from './volumes.ts';

const by = 'kube-scheduler';
const component = 'default-scheduler';
const UNBOUND = 'pod has unbound immediate PersistentVolumeClaims';
/** What the Pods of a Node ask for in all, and how many they are. */
interface Load {
  pods: number;
  asked: Record<string, number>;
}

/** Places what has no Node yet, one after the other, so that each sees where those before it went. */
export function scheduler(picture: Picture): Turn {
  const loads = new Map<string, Load>(picture.nodes.map(({ metadata }) => [metadata.name, { pods: 0, asked: {} }]));
  const add = (pod: WorkPod) => {
    const load = loads.get(pod.spec.nodeName ?? '');
    if (load) put(load, pod);
  };
  // What is still to end takes its room.
  const placed = [...picture.pods, ...picture.others].filter(
    (pod) => pod.spec.nodeName && (isActive(pod) || isGoing(pod)),
  );
  for (const pod of placed) add(pod);
  const waiting = picture.pods.filter(
    (pod) => !pod.spec.nodeName && isActive(pod) && (pod.spec['schedulerName'] ?? component) === component,
  );
  return each(picture, waiting, (pod) => {
    const { nodes, namespaces } = picture;
    const unbound = isUnbound(picture, pod);
    // It has its Node in mind, and says nothing before its volume is made.
    if (!unbound && isProvisioned(picture, pod)) return { writes: [] };
    const asked = requestsOf(pod);
    const around = { nodes, namespaces, placed };
    const on = (node: Node, load: Load, there: Surroundings, away: (node: Node) => Obstacle | undefined) => {
      const first = unbound ?? obstacleOf(pod, node) ?? taken(pod, node, there.placed);
      const found = first ? [first] : shortages(asked, node, load);
      const last = found.length === 0 ? away(node) : undefined;
      return last ? [...found, last] : found;
    };
    const away = obstaclesAround(pod, around);
    const found = nodes.map((node) => ({ node, obstacles: on(node, loads.get(node.metadata.name)!, around, away) }));
    const fitting = found.flatMap(({ node, obstacles }) => (obstacles.length === 0 ? [node] : []));
    if (fitting.length === 0) {
      const spared = spares(pod, placed);
      const open = found.flatMap(({ node, obstacles }) => (obstacles.some(({ final }) => final) ? [] : [node]));
      const without = (node: Node, gone: ReadonlySet<WorkPod>) => {
        const there = { ...around, placed: placed.filter((one) => !gone.has(one)) };
        const load = loadOf(there.placed.filter(({ spec }) => spec.nodeName === node.metadata.name));
        return on(node, load, there, obstaclesAround(pod, there)).length === 0;
      };
      const own = placed.filter((one) => picture.pods.includes(one));
      const room = spared ? undefined : roomFor(pod, open, own, without);
      const all = found.map(({ obstacles }) => obstacles);
      const { tries, again } = triesOf(picture, pod);
      const isTried = picture.rises(`${pod.metadata.uid}/tries`, tries);
      return {
        writes: [
          ...refused(picture, pod, all, { spared, room, isTried }),
          ...(room ? preempting(picture, pod, room) : []),
        ],
        again,
      };
    }
    const next: WorkPod = { ...pod, spec: { ...pod.spec, nodeName: bestOf(pod, fitting, around, loads) } };
    add(next);
    placed.push(next);
    return { writes: bound(next) };
  });
}

function put(load: Load, pod: WorkPod): void {
  load.pods += 1;
  for (const [name, amount] of Object.entries(requestsOf(pod))) load.asked[name] = (load.asked[name] ?? 0) + amount;
}

function loadOf(pods: readonly WorkPod[]): Load {
  const load: Load = { pods: 0, asked: {} };
  for (const pod of pods) put(load, pod);
  return load;
}

/** The Node that a Pod prefers; among equals the one with the fewest of its like, and then the fewest Pods. */
function bestOf(
  pod: WorkPod,
  fitting: readonly Node[],
  around: Surroundings,
  loads: ReadonlyMap<string, Load>,
): string {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
  const like = new Map<string, number>();
  for (const { metadata, spec } of around.placed) {
    if (owner === undefined || !metadata.ownerReferences?.some(({ uid }) => uid === owner)) continue;
    like.set(spec.nodeName ?? '', (like.get(spec.nodeName ?? '') ?? 0) + 1);
  }
  const prefers = preferenceAround(pod, around);
  const rank = (node: Node) => [
    (node.spec?.taints ?? []).filter(
      (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, pod.spec.tolerations ?? []),
    ).length,
    -(prefers(node) + preferenceFor(pod.spec, node)),
    like.get(node.metadata.name) ?? 0,
    loads.get(node.metadata.name)?.pods ?? 0,
  ];
  let best = { node: fitting[0]!, rank: rank(fitting[0]!) };
  for (const node of fitting.slice(1)) {
    const own = rank(node);
    const at = own.findIndex((value, index) => value !== best.rank[index]);
    if (at >= 0 && own[at]! < best.rank[at]!) best = { node, rank: own };
  }
  return best.node.metadata.name;
}

/** Whether a port of the Node that the Pod asks for is somebody else's. */
function taken(pod: WorkPod, { metadata }: Node, placed: readonly WorkPod[]): Obstacle | undefined {
  const wanted = portsOf(pod);
  if (wanted.length === 0) return undefined;
  const used = new Set(placed.flatMap((one) => (one.spec.nodeName === metadata.name ? portsOf(one) : [])));
  const clash = wanted.some((port) => used.has(port));
  return clash ? { why: "node(s) didn't have free ports for the requested pod ports", final: false } : undefined;
}

function portsOf({ spec }: WorkPod): string[] {
  type Port = { hostPort?: number; containerPort?: number; protocol?: string };
  return spec.containers.flatMap(({ ports }) =>
    ((ports ?? []) as Port[]).flatMap(({ hostPort, containerPort, protocol = 'TCP' }) => {
      const port = hostPort ?? (spec.hostNetwork ? containerPort : undefined);
      return port ? [`${protocol}/${port}`] : [];
    }),
  );
}

/** Whether a claim waits for the volume that somebody outside makes for it. */
function isProvisioned(picture: Picture, pod: WorkPod): boolean {
  return claimsOf(picture, pod).some(
    ({ claim }) => claim && claim.status?.phase !== 'Bound' && !hasVolume(picture, claim),
  );
}

const hasVolume = ({ volumes }: Picture, claim: Claim): boolean => volumes.some((volume) => fits(volume, claim));

const claimsOf = ({ claims }: Picture, pod: WorkPod) =>
  claimNames(pod).map((name) => ({
    name,
    claim: claims.find((one) => one.metadata.name === name && one.metadata.namespace === pod.metadata.namespace),
  }));

/** A claim that no storage was found for keeps its Pod from every Node. */
function isUnbound(picture: Picture, pod: WorkPod): Obstacle | undefined {
  const named = claimsOf(picture, pod);
  const none = named.find(({ claim }) => !claim);
  if (none) return { why: `persistentvolumeclaim "${none.name}" not found`, final: true, alike: true };
  const waiting = named.flatMap(({ claim }) => (claim && claim.status?.phase !== 'Bound' ? [claim] : []));
  const going = waiting.find(({ metadata }) => metadata.deletionTimestamp);
  if (going) {
    return { why: `persistentvolumeclaim "${going.metadata.name}" is being deleted`, final: true, alike: true };
  }
  if (waiting.some((claim) => !isLate(picture, claim))) return { why: UNBOUND, final: true, alike: true };
  const isOpen = (claim: Claim) => classOf(picture, claim)?.provisioner !== NOBODY || hasVolume(picture, claim);
  if (waiting.every(isOpen)) return undefined;
  return { why: "node(s) didn't find available persistent volumes to bind", final: true };
}

function bound(pod: WorkPod): Write[] {
  const { namespace, name } = pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${pod.spec.nodeName}`;
  return [
    binding(by, pod),
    event(by, pod, { type: 'Normal', reason: 'Scheduled', action: 'Binding', message, component }),
  ];
}

/** Whatever happens, a Pod that found no Node is tried again so often, ms. Source: pkg/scheduler/backend/queue. */
const flush = 300_000;

/** How often a Pod was tried again by now, since it was refused for the first time, and when it is next. */
function triesOf({ now, since }: Picture, pod: WorkPod): { tries: number; again: number } {
  const first = since(`${pod.metadata.uid}/refused`);
  // A look begins a moment before what it sees for the first time.
  const tries = Math.max(0, Math.floor((now - first) / flush));
  return { tries, again: first + (tries + 1) * flush };
}

/** The Pod says why it waits; said again only where that has changed, or where it is tried anew. */
function refused(
  { now, nodes }: Picture,
  pod: WorkPod,
  obstacles: readonly Obstacle[][],
  { spared, room, isTried }: { spared?: string | undefined; room?: Room | undefined; isTried: boolean },
): Write[] {
  const all = obstacles.length;
  // What keeps a Pod from all Nodes alike is told without their number.
  const alike = new Set(obstacles.flatMap((found) => found.flatMap((one) => (one.alike ? [one.why] : []))));
  const counted = (reasons: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts]
      .map(([reason, count]) => (alike.has(reason) ? reason : `${count} ${reason}`))
      .sort()
      .join(', ');
  };
  const help = obstacles.map((found) =>
    found.some(({ final }) => final)
      ? 'Preemption is not helpful for scheduling'
      : 'No preemption victims found for incoming pod',
  );
  const message =
    all === 0
      ? 'no nodes available to schedule pods'
      : `0/${all} nodes are available: ${counted(obstacles.flatMap((found) => found.map(({ why }) => why)))}.${room ? '' : ` preemption: ${spared ?? `0/${all} nodes are available: ${counted(help)}.`}`}`;
  const told = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  const conditions = pod.status?.conditions ?? [];
  const last = conditions.find(({ type }) => type === told.type);
  const refusal = { reason: 'FailedScheduling', action: 'Scheduling', message, component };
  const said = event(by, pod, { type: 'Warning', ...refusal });
  if (last?.status === 'False' && last.message === message && !room) return isTried ? [said] : [];
  const since = last?.lastTransitionTime ?? timestamp(now);
  const next = { ...told, ...seen(nodes, pod.metadata), lastProbeTime: null, lastTransitionTime: since };
  const nominated = room ? { nominatedNodeName: room.node.metadata.name } : {};
  const status = { ...pod.status, ...nominated, conditions: [...conditions.filter((one) => one !== last), next] };
  return [update(by, { ...pod, status } as KubeObject, '/status'), said];
}

function obstacleOf(pod: WorkPod, node: Node): Obstacle | undefined {
  const { tolerations = [] } = pod.spec;
  const never = (why: string): Obstacle => ({ why, final: true });
  const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  if (node.spec?.unschedulable && !isTolerated(cordon, tolerations)) return never('node(s) were unschedulable');
  const taint = (node.spec?.taints ?? []).find(
    (each) => each.effect !== 'PreferNoSchedule' && !isTolerated(each, tolerations),
  );
  if (taint) return never(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
  if (!takesNode(pod.spec, node)) return never("node(s) didn't match Pod's node affinity/selector");
  return undefined;
}

/** Whether one of the tolerations lets a taint pass (k8s.io/api/core/v1/toleration.go). */
export function isTolerated(
  taint: { key: string; value?: string; effect: string },
  tolerations: readonly Toleration[],
): boolean {
  return tolerations.some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (key !== '' && key !== taint.key) return false;
    return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
  });
}

function shortages(asked: Record<string, number>, { status }: Node, load: Load): Obstacle[] {
  const { allocatable = {} } = status ?? {};
  const full = load.pods + 1 > amount(allocatable['pods'] ?? '110');
  const short = Object.entries(asked).flatMap(([resource, wanted]): Obstacle[] => {
    const room = amount(allocatable[resource]);
    const fits = wanted <= 0 || (load.asked[resource] ?? 0) + wanted <= room;
    return fits ? [] : [{ why: `Insufficient ${resource}`, final: wanted > room }];
  });
  return [...(full ? [{ why: 'Too many pods', final: false }] : []), ...short];
}

/** What a Pod asks for in all: its containers together, or one that prepares it, where that asks for more. */
function requestsOf({ spec }: WorkPod): Record<string, number> {
  const all: Record<string, number> = {};
  const of = ({ resources }: Container) => Object.entries({ ...resources?.limits, ...resources?.requests });
  for (const container of spec.containers ?? []) {
    for (const [name, quantity] of of(container)) all[name] = (all[name] ?? 0) + amount(quantity);
  }
  for (const container of spec.initContainers ?? []) {
    for (const [name, quantity] of of(container)) all[name] = Math.max(all[name] ?? 0, amount(quantity));
  }
  return all;
}
