/** What a Deployment says of itself: counters, Available, Progressing. After pkg/controller/deployment/{sync,progress}.go. */

import { timestamp } from '../time.ts';
import { margins } from './margins.ts';
import type { Deployment, ReplicaSet, WorkCondition } from './shapes.ts';

/** Its status at `now`, and when a deadline asks for another look. `busy`: it is being changed at this moment. */
export function conditionsOf(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
  now: number,
  busy: boolean,
): { status: Record<string, unknown>; again?: number } {
  const { spec, metadata, status: before = {} } = deployment;
  const wanted = spec.replicas ?? 1;
  const sum = (of: (set: ReplicaSet) => number | undefined) => sets.reduce((all, set) => all + (of(set) ?? 0), 0);
  const replicas = sum(({ status }) => status?.replicas);
  const available = sum(({ status }) => status?.availableReplicas);
  const ready = sum(({ status }) => status?.readyReplicas);
  const updated = current?.status?.replicas ?? 0;
  const unavailable = Math.max(0, sum(({ spec: { replicas: of } }) => of) - available);
  const counts = {
    ...(replicas > 0 ? { replicas } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(unavailable > 0 ? { unavailableReplicas: unavailable } : {}),
  };
  const old = before.conditions ?? [];
  const set = (type: string, status: string, reason: string, message: string, renew = false): WorkCondition => {
    const at = timestamp(now);
    const last = old.find((one) => one.type === type);
    if (last?.status === status && last.reason === reason && last.message === message && !renew) return last;
    const lastTransitionTime = last?.status === status ? last.lastTransitionTime : at;
    return { type, status, lastUpdateTime: at, lastTransitionTime, reason, message };
  };
  const enough = available >= wanted - margins(deployment).unavailable;
  const availability = enough
    ? set('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : set('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');
  const last = old.find(({ type }) => type === 'Progressing');
  const moved = JSON.stringify(counts) !== JSON.stringify(countsOf(before));
  const progress = progressOf();
  const patience = (spec.progressDeadlineSeconds ?? 600) * 1000;
  const goesOn = progress?.status === 'True' && progress.reason !== 'NewReplicaSetAvailable';
  return {
    status: {
      observedGeneration: metadata.generation ?? 1,
      ...counts,
      ...(before['collisionCount'] === undefined ? {} : { collisionCount: before['collisionCount'] }),
      conditions: [availability, ...(progress ? [progress] : []), ...failures(sets, current)],
    },
    again: goesOn ? Date.parse(progress.lastUpdateTime ?? '') + patience + 1000 : undefined,
  };

  function progressOf(): WorkCondition | undefined {
    if (spec.paused) return set('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused');
    if (!current) return last;
    const name = `ReplicaSet "${current.metadata.name}"`;
    const complete = !busy && updated === wanted && replicas === wanted && available === wanted;
    if (complete) return set('Progressing', 'True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
    if (!last)
      return set('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${current.metadata.name}"`);
    // A rollout that has ended begins again with the next template only; what a Pod less is, is not progress.
    if (last.reason === 'NewReplicaSetAvailable' && last.message?.startsWith(name)) return last;
    const words = `${name} is progressing.`;
    if (moved || busy) return set('Progressing', 'True', 'ReplicaSetUpdated', words, true);
    if (now - Date.parse(last.lastUpdateTime ?? '') < (spec.progressDeadlineSeconds ?? 600) * 1000) return last;
    return set('Progressing', 'False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`);
  }
}

/** What a ReplicaSet could not make, the current one's before others'. */
function failures(sets: readonly ReplicaSet[], current: ReplicaSet | undefined): WorkCondition[] {
  const found = [...(current ? [current] : []), ...sets].flatMap(
    ({ status }) => status?.conditions?.filter(({ type }) => type === 'ReplicaFailure') ?? [],
  );
  return found.slice(0, 1).map((one) => ({ ...one, lastUpdateTime: one.lastTransitionTime }));
}

const COUNTS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'];
const countsOf = (status: Record<string, unknown>) =>
  Object.fromEntries(COUNTS.flatMap((key) => (status[key] === undefined ? [] : [[key, status[key]]])));
