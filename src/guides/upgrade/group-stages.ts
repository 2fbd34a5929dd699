/** The stages that replace machines: the control plane, and each group of workers. */
import { PAUSED } from '../../domain/annotations.ts';
import { groupRef } from '../../domain/explain/lookup.ts';
import type { GroupRow, MachineRow } from '../../domain/fleet/rows.ts';
import { limitsOf } from '../../domain/forecast/limits.ts';
import type { Request } from '../../operations/contract.ts';
import { isUp, waitOf } from '../../operations/progress.ts';
import { sentFor } from '../session.ts';
import { askedFor, backOf, type Draft, type Ground, inRow, milestone, partOf, sentJustNow } from './draft.ts';
import { turnsEstimate } from './durations.ts';
import type { Hop } from './hops.ts';
import { machinesIn, reached } from './route.ts';
import { turnsOf } from './turns.ts';

/** How far the machines of a group are on their way to a version. */
function standing(rows: readonly MachineRow[], version: string, desired: number) {
  const fresh = rows.filter((row) => row.version === version && !row.deleting);
  const up = fresh.filter(isUp);
  const atWork = rows.find((row) => row.deleting || (row.version === version && !isUp(row)));
  return { up: up.length, atWork, whole: up.length === desired && rows.length === desired };
}

function groupStage(
  ground: Ground,
  at: number,
  hop: Hop,
  group: GroupRow,
): Omit<Draft, 'sort' | 'title' | 'request' | 'outline'> {
  const { known, session, route } = ground;
  const version = hop.row.kubernetes;
  const id = group.controlPlane ? `${version}/control-plane` : `${version}/workers/${group.name}`;
  const far = reached(route, group.version);
  const later = far > at;
  const asked = far >= at;
  const rows = machinesIn(known, group);
  const desired = group.replicas.desired ?? 0;
  const { up, atWork, whole } = standing(rows, version, desired);
  const settled = group.object.kind === 'controlPlane' ? group.object.statusVersion === version : !group.rolling;
  const done = later || (asked && whole && settled);
  const written = asked || sentJustNow(ground, id);
  const begun = sentFor(session, id).find(({ sent }) => sent.written.length > 0)?.sent.at ?? written;
  const turns = later ? [] : turnsOf(known, session, group, version, hop.from, begun);
  const began = turns.flatMap((turn) => turn.began ?? []).sort((a, b) => a - b)[0];
  const left = done ? 0 : Math.max(0, desired - up);
  const now = turns.find(({ state }) => state === 'now' || state === 'bad');
  const spent = now?.began === undefined ? 0 : known.now - now.began;
  const atOnce = group.controlPlane ? 1 : (limitsOf(group)?.maxUnavailable ?? 1);
  const back = backOf(ground, id);
  return {
    hop,
    id,
    part: partOf(route, at),
    about: groupRef(group),
    group,
    written,
    done,
    progress: {
      milestones: inRow([
        askedFor(asked),
        milestone(
          `${desired} machines of ${version} running`,
          later || (asked && whole),
          asked,
          [`${up} of ${desired}`, atWork && `${atWork.name}: ${waitOf(atWork).detail ?? atWork.phase}`]
            .filter(Boolean)
            .join(', '),
          atWork?.since,
        ),
        milestone(`${group.name} is at rest`, done, asked),
      ]),
    },
    turns,
    estimate: turnsEstimate(known, route.cluster.name, left, atOnce, spent),
    ...(began === undefined ? {} : { began }),
    ...(back ? { takeBack: back } : {}),
    ...holdOf(group, rows, version, done, written),
  };
}

/**
 * Holding on between two machines. A control plane is paused whole, and must not be while a machine of it goes: only it
 * takes the member out of etcd. While a new machine comes up nothing is needed of it.
 */
function holdOf(
  group: GroupRow,
  rows: readonly MachineRow[],
  version: string,
  done: boolean,
  written: boolean,
): Pick<Draft, 'hold' | 'goOn'> {
  const target = groupRef(group);
  const held =
    group.object.annotations[PAUSED] !== undefined ||
    (group.object.kind === 'deployment' && group.object.rolloutPaused);
  const way: Record<string, string> = group.controlPlane ? {} : { hold: 'rollout' };
  if (held) return { goOn: { operation: 'resume', targets: [target], values: {} } };
  const coming = rows.some((row) => row.version === version && !row.deleting && !isUp(row));
  const going = rows.some(({ deleting }) => deleting);
  const right = written && !done && !going && (coming || !group.controlPlane);
  return right ? { hold: { operation: 'pause', targets: [target], values: way } } : {};
}

/** The write of the control plane at a hop; foretold by the stage before it as well. */
export function planeRequest({ route, outlines }: Ground, { row: { kubernetes, coredns, etcd } }: Hop): Request {
  return {
    operation: 'upgrade-control-plane',
    targets: [groupRef(route.plane)],
    values: { version: kubernetes, coredns, etcd: outlines.externalEtcd ? '' : etcd },
  };
}

export function controlPlaneStage(ground: Ground, at: number, hop: Hop): Draft {
  const { route, outlines } = ground;
  const { kubernetes } = hop.row;
  const stage = groupStage(ground, at, hop, route.plane);
  return {
    ...stage,
    sort: 'control-plane',
    title: `Control plane to ${kubernetes}`,
    request: planeRequest(ground, hop),
    outline: stage.written ? [] : outlines.controlPlane(hop),
  };
}

export function workersStage(ground: Ground, at: number, hop: Hop, group: GroupRow): Draft {
  const stage = groupStage(ground, at, hop, group);
  return {
    ...stage,
    sort: 'workers',
    title: `${group.name} to ${hop.row.kubernetes}`,
    request: {
      operation: 'upgrade-workers',
      targets: [groupRef(group)],
      values: { version: hop.row.kubernetes },
    },
    outline: stage.written ? [] : ground.outlines.workers(hop, group),
  };
}
