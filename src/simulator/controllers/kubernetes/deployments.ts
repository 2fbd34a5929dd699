/**
 * The Deployment controller: one ReplicaSet a template, and the rolling from one to the next. After
 * k8s.io/kubernetes/pkg/controller/deployment, whose reasons, words and arithmetic these are.
 */

import { copy, equal } from '../json.ts';
import { ownerReference } from '../owners.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { claimed } from './claims.ts';
import { conditionsOf } from './deployment-conditions.ts';
import { margins } from './margins.ts';
import { isActive, isGoing } from './pods.ts';
import { DESIRED, isScaled, MOST, sizesOf } from './proportions.ts';
import { hashOf } from './revisions.ts';
import type { Deployment, PodTemplate, ReplicaSet } from './shapes.ts';
import { create, each, event, isOf, type Picture, remove, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'deployment-controller';
const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
/** Annotations of the Deployment that its ReplicaSets do not repeat. */
const OWN = new Set([REVISION, HISTORY, DESIRED, MOST, 'kubectl.kubernetes.io/last-applied-configuration']);

/** One turn for every Deployment of the picture. */
export function deployments(picture: Picture): Turn {
  return each(picture, picture.deployments, (set) => one(picture, set));
}

function one(picture: Picture, deployment: Deployment): Turn {
  const living = picture.replicaSets.filter(({ metadata }) => !metadata.deletionTimestamp);
  const claim = claimed(deployment, deployment.spec.selector, living);
  if (claim.writes.length > 0) return { writes: claim.writes };
  const sets = claim.mine.sort((a, b) => revisionOf(a) - revisionOf(b));
  const current = sets.find((set) => isSame(set.spec.template, deployment.spec.template));
  const old = sets.filter((set) => set !== current);
  const writes: Write[] = [];
  const grows = deployment.spec.paused === true || isScaled(deployment, sets);
  const told = current && annotatedAs(deployment, current, old);
  if (told) writes.push(update(by, told));
  else if (grows) writes.push(...scaled(deployment, current, old));
  else if (!current) {
    const first = begun(deployment, old);
    const name = nameOf(first);
    // Somebody else's has that name: the next try is under another one.
    if (living.some(({ metadata }) => metadata.name === name && metadata.namespace === deployment.metadata.namespace)) {
      const collisionCount = Number(deployment.status?.['collisionCount'] ?? 0) + 1;
      const status = { ...deployment.status, collisionCount };
      return { writes: [update(by, { ...deployment, status } as KubeObject, '/status')] };
    }
    writes.push(...first);
  } else writes.push(...rolled(picture, deployment, current, old));
  const { status, again } = conditionsOf(deployment, sets, current, picture.now, writes.length > 0);
  const revision = current && String(newestRevision(current, old));
  if (revision !== undefined && deployment.metadata.annotations?.[REVISION] !== revision) {
    writes.push(update(by, annotated(deployment, { [REVISION]: revision })));
  } else if (!equal(status, deployment.status)) {
    writes.push(update(by, { ...deployment, status } as KubeObject, '/status'));
  }
  return { writes, again };
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.annotations?.[REVISION] ?? 0);

/** The number of what is wanted now. Gone back to, it is the newest again. */
const newestRevision = (current: ReplicaSet, old: readonly ReplicaSet[]): number =>
  Math.max(revisionOf(current), ...old.map((set) => revisionOf(set) + 1));

function annotated<T extends KubeObject>(object: T, annotations: Record<string, string>): T {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
  };
}

/** Whether two templates are one, the hash that a ReplicaSet adds aside. */
function isSame(of: PodTemplate, wanted: PodTemplate): boolean {
  const { [HASH]: _hash, ...labels } = of.metadata?.labels ?? {};
  const plain = (template: PodTemplate, names = template.metadata?.labels ?? {}) => ({
    ...{ labels: names, annotations: template.metadata?.annotations ?? {}, spec: template.spec },
  });
  return equal(plain(of, labels), plain(wanted));
}

const wantedOf = ({ spec }: { spec: { replicas?: number } }): number => spec.replicas ?? 1;
const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number) =>
  sets.reduce((all, set) => all + of(set), 0);

/** The annotations that tell a ReplicaSet what it is a part of. */
function shareOf(deployment: Deployment): Record<string, string> {
  const replicas = wantedOf(deployment);
  return { [DESIRED]: String(replicas), [MOST]: String(replicas + margins(deployment).surge) };
}

/** The name of what is made. */
const nameOf = ([first]: readonly Write[]): string | undefined =>
  first && 'body' in first ? (first.body as KubeObject).metadata.name : undefined;

/** The first, or the next, ReplicaSet. */
function begun(deployment: Deployment, old: readonly ReplicaSet[]): Write[] {
  const { name, namespace, annotations = {} } = deployment.metadata;
  const hash = hashOf(deployment.spec.template, deployment.status?.['collisionCount'] as number | undefined);
  const template = copy(deployment.spec.template);
  const labels = { ...template.metadata?.labels, [HASH]: hash };
  template.metadata = { ...template.metadata, labels };
  const room = wantedOf(deployment) + margins(deployment).surge - sum(old, wantedOf);
  const waits = deployment.spec.strategy?.type === 'Recreate' && sum(old, ({ status }) => status?.replicas ?? 0) > 0;
  const replicas = waits ? 0 : Math.max(0, Math.min(wantedOf(deployment), room));
  const passed = Object.entries(annotations).filter(([key]) => !OWN.has(key));
  const revision = String(Math.max(0, ...old.map(revisionOf)) + 1);
  const set = {
    ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    metadata: {
      ...{ name: `${name}-${hash}`, namespace, labels, ownerReferences: [ownerReference(deployment)] },
      annotations: { ...Object.fromEntries(passed), ...shareOf(deployment), [REVISION]: revision },
    },
    spec: {
      replicas,
      selector: { ...deployment.spec.selector, matchLabels: { ...deployment.spec.selector.matchLabels, [HASH]: hash } },
      template,
      ...(deployment.spec.minReadySeconds ? { minReadySeconds: deployment.spec.minReadySeconds } : {}),
    },
  } as ReplicaSet;
  return [create(by, set), ...(replicas > 0 ? [told(deployment, set, 0, replicas)] : [])];
}

function told(deployment: Deployment, { metadata }: ReplicaSet, from: number, to: number): Write {
  const way = to > from ? 'up' : 'down';
  const message = `Scaled ${way} replica set ${metadata.name} from ${from} to ${to}`;
  return event(by, deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component });
}

function scale(deployment: Deployment, set: ReplicaSet, to: number): Write[] {
  const from = wantedOf(set);
  const next = annotated({ ...set, spec: { ...set.spec, replicas: to } }, shareOf(deployment));
  if (from === to) return equal(next, set) ? [] : [update(by, next)];
  return [update(by, next), told(deployment, set, from, to)];
}

/** Nothing rolls while it is scaled, or paused; each of its ReplicaSets gets its share. */
const scaled = (deployment: Deployment, current: ReplicaSet | undefined, old: readonly ReplicaSet[]): Write[] =>
  [...sizesOf(deployment, current, old)].flatMap(([set, size]) => scale(deployment, set, size));

/** The newest ReplicaSet with what its Deployment notes, and its number; undefined where it has that. */
function annotatedAs(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const noted = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN.has(key));
  const [number, revision] = [revisionOf(current), newestRevision(current, old)];
  const before = current.metadata.annotations?.[HISTORY];
  const history = { [HISTORY]: before ? `${before},${number}` : String(number) };
  const next = annotated(current, {
    ...Object.fromEntries(noted),
    ...(number === revision ? {} : { [REVISION]: String(revision), ...(number > 0 ? history : {}) }),
  });
  return equal(next.metadata.annotations, current.metadata.annotations ?? {}) ? undefined : next;
}

/** Older revisions give way to the newest as far as the strategy lets them. */
function rolled(picture: Picture, deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Write[] {
  const replicas = wantedOf(deployment);
  const running = old.filter((set) => wantedOf(set) > 0);
  if (deployment.spec.strategy?.type === 'Recreate') {
    if (running.length > 0) return running.flatMap((set) => scale(deployment, set, 0));
    const left = picture.pods.some((pod) => old.some((set) => isOf(pod, set)) && (isActive(pod) || isGoing(pod)));
    return left ? [] : scale(deployment, current, replicas);
  }
  const room = replicas + margins(deployment).surge - sum([current, ...running], wantedOf);
  const grown = wantedOf(current) > replicas ? replicas : Math.min(replicas, wantedOf(current) + Math.max(0, room));
  const up = scale(deployment, current, grown);
  if (up.length > 0) return up;
  return running.length > 0 ? shrunk(deployment, current, running) : cleaned(deployment, old);
}

function shrunk(deployment: Deployment, current: ReplicaSet, running: readonly ReplicaSet[]): Write[] {
  const least = wantedOf(deployment) - margins(deployment).unavailable;
  const available = (set: ReplicaSet) => set.status?.availableReplicas ?? 0;
  const all = [current, ...running];
  let spare = sum(all, wantedOf) - least - (wantedOf(current) - available(current));
  const left = new Map(running.map((set) => [set, wantedOf(set)]));
  // What does not work goes first, and costs nobody anything.
  for (const set of running) {
    const idle = Math.min(Math.max(0, spare), wantedOf(set) - available(set));
    left.set(set, wantedOf(set) - idle);
    spare -= idle;
  }
  let over = Math.min(Math.max(0, spare), sum(all, available) - least);
  for (const set of running) {
    const going = Math.min(Math.max(0, over), left.get(set)!);
    left.set(set, left.get(set)! - going);
    over -= going;
  }
  return running.flatMap((set) => (left.get(set) === wantedOf(set) ? [] : scale(deployment, set, left.get(set)!)));
}

/** Of old revisions only so many are kept. */
function cleaned({ spec }: Deployment, old: readonly ReplicaSet[]): Write[] {
  const idle = old.filter((set) => wantedOf(set) === 0 && (set.status?.replicas ?? 0) === 0);
  return idle.slice(0, Math.max(0, old.length - (spec.revisionHistoryLimit ?? 10))).map((set) => remove(by, set));
}
