/** The stages of an upgrade, each derived from what the cluster shows: catalog, network plugin, control plane, workers. */

import { PAUSED } from '../../domain/annotations.ts';
import { clusterRef, groupRef } from '../../domain/explain/lookup.ts';
import type { GroupRow, MachineRow } from '../../domain/fleet/rows.ts';
import { limitsOf } from '../../domain/forecast/limits.ts';
import { networkOn } from '../../domain/network-release.ts';
import type { Milestone, Request } from '../../operations/contract.ts';
import { operationNamed } from '../../operations/index.ts';
import { isUp, waitOf } from '../../operations/progress.ts';
import type { Known, Session, Stage } from '../contract.ts';
import { sentFor } from '../session.ts';
import { lengthOf, NO_TIME, turnLength, turnsEstimate } from './durations.ts';
import type { Hop } from './hops.ts';
import type { Outlines } from './outline.ts';
import { askedRevision, asksFor, isManaged } from './release.ts';
import { machinesIn, type Route, reached } from './route.ts';
import { turnsOf } from './turns.ts';

/** Which of the four a stage is. */
export type Sort = 'catalog' | 'kube-ovn' | 'control-plane' | 'workers';

/** A stage before its gates are looked at and its place in the order is known. */
export interface Draft extends Omit<Stage, 'state' | 'gates' | 'request'> {
  sort: Sort;
  hop: Hop;
  /** The group it replaces. */
  group?: GroupRow;
  /** What writes it. */
  request?: Request;
  written: boolean;
  done: boolean;
  /** Why it will not come by itself. */
  failed?: string;
}

export interface Ground {
  known: Known;
  session: Session;
  route: Route;
  outlines: Outlines;
}

/** How long after a write the picture may still be without it, ms. */
const LAG = 30_000;

/** Whether the session has sent a stage's write just now, and the picture may not show it yet. */
function sentJustNow({ session, known }: Ground, stage: string): boolean {
  const last = sentFor(session, stage).at(-1);
  return last !== undefined && last.sent.written.length > 0 && known.now - last.sent.at < LAG;
}

function milestone(title: string, seen: boolean, begun: boolean, detail?: string, since?: number): Milestone {
  const wait = { ...(detail === undefined ? {} : { detail }), ...(since === undefined ? {} : { since }) };
  return seen ? { title, state: 'done' } : { title, state: begun ? 'now' : 'todo', ...wait };
}

/** Only the first that is not seen is waited for. */
function inRow(list: readonly Milestone[]): readonly Milestone[] {
  let waits = false;
  return list.map((one) => {
    if (one.state === 'done' || one.state === 'bad') return one;
    const state = waits || one.state === 'todo' ? 'todo' : 'now';
    waits = true;
    return { ...one, state };
  });
}

/** The request that takes the last write of a stage back, as its operation allows. */
function backOf({ known, session }: Ground, stage: string): Request | undefined {
  const last = sentFor(session, stage).at(-1);
  return last && operationNamed(last.sent.request.operation)?.takeBack?.(known, last.sent);
}

export function partOf({ hops }: Route, at: number): string {
  const hop = hops[at];
  return hop ? `Hop ${at + 1} of ${hops.length}: ${hop.from} to ${hop.row.kubernetes}` : '';
}

export function catalogStage(ground: Ground, at: number, hop: Hop): Draft {
  const { known, route } = ground;
  const version = hop.row.kubernetes;
  const image = known.fleet.catalog?.images[version];
  const { catalog } = known.fleet;
  const passed = reached(route, route.plane.version) >= at;
  return {
    sort: 'catalog',
    hop,
    id: `${version}/catalog`,
    part: partOf(route, at),
    title: `Image of ${version} in the catalog`,
    ...(catalog ? { about: { kind: 'catalog', uid: catalog.uid, name: catalog.name } } : {}),
    outline: [],
    written: false,
    done: image !== undefined || passed,
    progress: { milestones: [milestone(`${version} has an image`, image !== undefined || passed, true)] },
    turns: [],
    estimate: NO_TIME,
  };
}

export function kubeOvnStage(ground: Ground, at: number, hop: Hop): Draft {
  const { known, route, session, outlines } = ground;
  const { kubeOvn, kubernetes } = hop.row;
  const { cluster } = route;
  const id = `${kubernetes}/kube-ovn`;
  const managed = isManaged(cluster);
  const asked = asksFor(cluster, kubeOvn);
  const release = networkOn(known.fleet, cluster.name, kubeOvn);
  const later = reached(route, route.plane.version) > at;
  // What nobody could see, somebody may have looked at and said.
  const said = session.notes.some((note) => note.note === 'confirmed' && note.gate === `kube-ovn/${kubeOvn}`);
  const newer = asked && askedRevision(cluster) !== kubeOvn;
  const settled = release.state === 'settled' || newer || (said && release.state === 'unknown');
  const failed = asked && release.state === 'stopped' && !later ? release.figure : undefined;
  const done = !managed || later || (asked && settled);
  const takeBack = backOf(ground, id);
  const length = lengthOf(known, cluster.name, 'kube-ovn');
  return {
    sort: 'kube-ovn',
    hop,
    id,
    part: partOf(route, at),
    title: managed ? `Kube-OVN ${kubeOvn}` : 'Network plugin: not managed by the provider',
    about: clusterRef(cluster),
    request: { operation: 'kube-ovn', targets: [clusterRef(cluster)], values: { revision: kubeOvn } },
    // A control plane that the server does not take is known before the network is of the hop's release.
    ...(done || asked ? {} : { ahead: [planeRequest(ground, hop)] }),
    outline: done ? [] : outlines.kubeOvn(hop),
    written: managed && (asked || sentJustNow(ground, id)),
    done,
    ...(failed === undefined ? {} : { failed }),
    progress: {
      milestones: inRow([
        milestone('Asked for', asked || !managed, true),
        failed === undefined
          ? milestone('AppRelease settled', done, asked, release.figure, release.at)
          : { title: 'AppRelease settled', state: 'bad', detail: failed },
      ]),
    },
    turns: [],
    estimate: done ? NO_TIME : { hosts: 0, usual: length.median, longest: length.p95, guessed: length.count === 0 },
    ...(takeBack ? { takeBack } : {}),
  };
}

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
  const turns = later ? [] : turnsOf(known, session, group, version, hop.from);
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
        milestone('Asked for', asked, true),
        milestone(
          `${desired} of ${desired} machines of ${version} run`,
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
    estimate: turnsEstimate(turnLength(known, route.cluster.name), left, atOnce, spent),
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

function planeRequest({ route, outlines }: Ground, { row: { kubernetes, coredns, etcd } }: Hop): Request {
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
