/** The scheduler: which Node a Pod runs on, or why none. After k8s.io/kubernetes/pkg/scheduler, whose words these are. */

import { selects } from '../selector.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import { isActive } from './pods.ts';
import { amount } from './quantity.ts';
import type { Toleration, WorkPod } from './shapes.ts';
import { each, event, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kube-scheduler';
const component = 'default-scheduler';
/** Keeps a Pod from all Nodes alike: it is told without their number. */
const UNBOUND = 'pod has unbound immediate PersistentVolumeClaims';
/** What stands in the way at a Node: one sentence of the scheduler, and whether taking Pods away there would help. */
interface Obstacle {
  why: string;
  final: boolean;
}

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
    if (!load) return;
    load.pods += 1;
    for (const [name, amount] of Object.entries(requestsOf(pod))) load.asked[name] = (load.asked[name] ?? 0) + amount;
  };
  for (const pod of [...picture.pods, ...picture.others]) if (isActive(pod)) add(pod);
  const waiting = picture.pods.filter(
    (pod) => !pod.spec.nodeName && isActive(pod) && (pod.spec['schedulerName'] ?? component) === component,
  );
  return each(waiting, (pod) => {
    const unbound = isUnbound(picture, pod);
    const asked = requestsOf(pod);
    const obstacles: Obstacle[] = [];
    let best: Node | undefined;
    for (const node of picture.nodes) {
      const obstacle = unbound ?? obstacleOf(pod, node) ?? shortage(asked, node, loads.get(node.metadata.name)!);
      const lighter = (than: Node) => loads.get(node.metadata.name)!.pods < loads.get(than.metadata.name)!.pods;
      if (obstacle) obstacles.push(obstacle);
      else if (!best || lighter(best)) best = node;
    }
    if (!best) return { writes: refused(pod, obstacles, picture.now) };
    const next: WorkPod = { ...pod, spec: { ...pod.spec, nodeName: best.metadata.name } };
    add(next);
    return { writes: bound(next) };
  });
}

/** A claim that no storage was found for keeps its Pod from every Node. */
function isUnbound({ claims }: Picture, { metadata, spec }: WorkPod): Obstacle | undefined {
  const names = (spec.volumes ?? []).flatMap((each) => {
    const { claimName } = (each['persistentVolumeClaim'] ?? {}) as { claimName?: string };
    return claimName ?? [];
  });
  const waits = names.some((name) => {
    const claim = claims.find((one) => one.metadata.name === name && one.metadata.namespace === metadata.namespace);
    return claim?.status?.phase !== 'Bound';
  });
  return waits ? { why: UNBOUND, final: true } : undefined;
}

function bound(pod: WorkPod): Write[] {
  const { namespace, name } = pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${pod.spec.nodeName}`;
  return [update(by, pod), event(by, pod, { type: 'Normal', reason: 'Scheduled', message, component })];
}

/** The Pod says why it waits; said again only where that has changed. */
function refused(pod: WorkPod, obstacles: readonly Obstacle[], now: number): Write[] {
  const all = obstacles.length;
  const counted = (reasons: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts]
      .map(([reason, count]) => (reason === UNBOUND ? reason : `${count} ${reason}`))
      .sort()
      .join(', ');
  };
  const help = obstacles.map(({ final }) =>
    final ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  );
  const message =
    all === 0
      ? 'no nodes available to schedule pods'
      : `0/${all} nodes are available: ${counted(obstacles.map(({ why }) => why))}. preemption: 0/${all} nodes are available: ${counted(help)}.`;
  const told = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  const conditions = pod.status?.conditions ?? [];
  const last = conditions.find(({ type }) => type === told.type);
  if (last?.status === 'False' && last.message === message) return [];
  const next = { ...told, lastProbeTime: null, lastTransitionTime: last?.lastTransitionTime ?? timestamp(now) };
  const status = { ...pod.status, conditions: [...conditions.filter((one) => one !== last), next] };
  return [
    update(by, { ...pod, status } as KubeObject, '/status'),
    event(by, pod, { type: 'Warning', reason: 'FailedScheduling', message, component }),
  ];
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
  const selected = selects({ matchLabels: pod.spec.nodeSelector }, node.metadata.labels);
  if (!selected || !isNamed(pod, node)) return never("node(s) didn't match Pod's node affinity/selector");
  return undefined;
}

/** Whether the affinity of a Pod, as DaemonSets set it, lets it on this Node by its name. */
function isNamed({ spec }: WorkPod, { metadata }: Node): boolean {
  type Terms = { matchFields?: { key: string; values: string[] }[] }[];
  const { nodeAffinity } = (spec['affinity'] ?? {}) as {
    nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: Terms } };
  };
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const named = terms.flatMap(({ matchFields = [] }) => matchFields).filter(({ key }) => key === 'metadata.name');
  return named.every(({ values }) => values.includes(metadata.name));
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

function shortage(asked: Record<string, number>, { status }: Node, load: Load): Obstacle | undefined {
  const { allocatable = {} } = status ?? {};
  if (load.pods + 1 > amount(allocatable['pods'] ?? '110')) return { why: 'Too many pods', final: false };
  for (const [resource, wanted] of Object.entries(asked)) {
    const room = amount(allocatable[resource]);
    if (wanted > 0 && (load.asked[resource] ?? 0) + wanted > room) {
      return { why: `Insufficient ${resource}`, final: wanted > room };
    }
  }
  return undefined;
}

/** What a Pod asks for in all: its containers together. */
function requestsOf({ spec }: WorkPod): Record<string, number> {
  const all: Record<string, number> = {};
  for (const { resources } of spec.containers ?? []) {
    const asked = { ...resources?.limits, ...resources?.requests };
    for (const [name, quantity] of Object.entries(asked)) all[name] = (all[name] ?? 0) + amount(quantity);
  }
  return all;
}
