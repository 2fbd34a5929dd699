/**
 * What Machines, groups and the Cluster of a world at rest report. What sums up is written again for every moment at which it turned
 * another way, in the order in which that was: so each condition is as old as what it speaks of.
 */

import { setClusterStatus } from '../controllers/capi/cluster-status.ts';
import { allowance } from '../controllers/capi/health-judgement.ts';
import { componentsOf, setComponents } from '../controllers/capi/kcp-components.ts';
import { setControlPlaneStatus } from '../controllers/capi/kcp-status.ts';
import { setMachineStatus } from '../controllers/capi/machine-status.ts';
import { setDeploymentStatus } from '../controllers/capi/machinedeployment-status.ts';
import { looksAfter, setCheckStatus, setHealth } from '../controllers/capi/machinehealthcheck.ts';
import { setUpToDate } from '../controllers/capi/machineset.ts';
import { setMachineSetStatus } from '../controllers/capi/machineset-status.ts';
import { own } from '../controllers/owners.ts';
import type { Machine } from '../controllers/shapes/capi.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import type { SeededCluster, SeededGroup } from './cluster.ts';
import { foundingOf } from './founding.ts';
import { type SeededMember, upward } from './member.ts';
import type { Stamp } from './stamp.ts';

/** A moment, Unix time in ms, at which something turned; what is written then. */
interface Turn {
  at: number;
  write: (at: string) => void;
}

const bornAt = ({ metadata }: KubeObject): number => Date.parse(metadata.creationTimestamp ?? '');

/** Writes what Machines, groups and the Cluster report, from the members up. */
export function finishCluster(seeded: SeededCluster, stamp: Stamp): void {
  const { clusterApi } = stamp;
  const { blueprint, planeMembers, groups, checks } = seeded;
  const { cluster, plane, infra } = blueprint;
  for (const member of planeMembers) report(seeded, member, stamp, true);
  for (const { members } of groups) for (const member of members) report(seeded, member, stamp, false);

  /** The Machines there are, by what they are of, and the groups that have been made. */
  const there = new Map<KubeObject, readonly Machine[]>();
  const turns: Turn[] = [{ at: seeded.settled, write: () => {} }];
  const turn = (at: number, of: KubeObject, machines: readonly Machine[], write: Turn['write']) => {
    turns.push({
      at,
      write: (when) => {
        there.set(of, machines);
        write(when);
      },
    });
  };
  const written = (machines: readonly Machine[]) => (when: string) =>
    setControlPlaneStatus(plane, cluster.metadata.name, machines, new Set(), when, clusterApi);
  for (const { at, machines } of planeTurns(seeded)) turn(at, plane, machines, written(machines));
  for (const { deployment, set, members } of groups) {
    for (const { at, machines, wanted } of turnsOf(members, bornAt(set))) {
      turn(at, deployment, machines, (when) => {
        const { replicas } = deployment.spec!;
        // It was asked for no more than came then.
        deployment.spec!.replicas = set.spec!.replicas = wanted;
        setMachineSetStatus(set, machines, [], when);
        setDeploymentStatus(deployment, [set], set, machines, when, clusterApi);
        deployment.spec!.replicas = set.spec!.replicas = replicas;
      });
    }
  }
  turns.sort((a, b) => a.at - b.at);
  for (const { at, write } of turns) {
    write(timestamp(at));
    const deployments = groups.flatMap(({ deployment }) => (there.has(deployment) ? [deployment] : []));
    const machines = [...there.values()].flatMap((of) => [...of]);
    setClusterStatus(cluster, { infra, plane, deployments, machines, clusterApi }, timestamp(at));
  }
  const last = turns.at(-1)!.at;
  // Each hears of what is below it, and says so, a little later.
  stamp.wrote(cluster, 'manager/status', last + 5 * upward);
  const up = Math.max(...planeMembers.map(({ dates }) => dates.done), seeded.settled);
  stamp.wrote(plane, 'manager/status', up + 3 * upward);
  for (const { deployment, set, members } of groups) {
    const done = Math.max(bornAt(set), ...members.map(({ dates }) => dates.done));
    stamp.wrote(set, 'manager/status', done + 3 * upward);
    stamp.wrote(deployment, 'manager/status', done + 4 * upward);
  }
  const machines = [...there.values()].flatMap((of) => [...of]);
  for (const check of checks) {
    const targets = machines.filter((machine) => looksAfter(check, machine)).sort(byName);
    const may = allowance(check, targets.length, targets.length, 0);
    own(check, cluster, false);
    setCheckStatus(check, targets, targets.length, may, timestamp(bornAt(check)), clusterApi);
    stamp.wrote(check, 'manager/status', Math.max(bornAt(check), last + 3 * upward));
  }
}

/** Writes what a Machine reports. */
function report({ blueprint, checks }: SeededCluster, member: SeededMember, stamp: Stamp, isPlane: boolean): void {
  const { machine, infra, config, node, dates } = member;
  const { clusterApi } = stamp;
  const facts = { infra, config, node, clusterApi };
  const done = timestamp(dates.done);
  setUpToDate(machine, [], timestamp(bornAt(machine)));
  for (const check of checks) {
    const checked = timestamp(Math.max(bornAt(check), bornAt(machine)));
    if (looksAfter(check, machine)) setHealth(machine, undefined, true, checked);
  }
  setMachineStatus(machine, facts, done);
  dateBeginning(machine, timestamp(dates.data));
  stamp.wrote(machine, 'manager/status', dates.done + 2 * upward);
  if (!isPlane) return;
  // Ready counts the components in, and they are looked at once the Node is there.
  setComponents(machine, done, componentsOf(blueprint.plane, clusterApi), node);
  setMachineStatus(machine, facts, done);
}

interface Moment {
  at: number;
  machines: Machine[];
  /** How many were asked for. */
  wanted?: number;
}

/** The moments of a control plane: none is there, the first one's Node joins, and all that comes then. */
function planeTurns({ blueprint, planeMembers, settled }: SeededCluster): Moment[] {
  const moments = planeMembers.flatMap(({ machine, dates: { made, done } }, at): Moment[] => {
    const before = planeMembers.slice(0, at).map((one) => one.machine);
    return [
      { at: made, machines: [...before, young(machine)] },
      { at: done, machines: [...before, machine] },
    ];
  });
  const [first] = planeMembers;
  const joined = first?.dates.joined;
  if (first && joined !== undefined) {
    const { initialized } = foundingOf(blueprint.cluster, joined);
    const { nodeRef } = first.machine.status ?? {};
    const machine: Machine = { ...first.machine, status: nodeRef ? { nodeRef } : {} };
    moments.push({ at: initialized, machines: [machine] });
  }
  return [{ at: settled, machines: [] }, ...moments].sort((a, b) => a.at - b.at);
}

/**
 * The moments of a group that was made at Unix time `made` in ms: with what it began, and when it was last whole again. What
 * came and was done in between leaves no trace.
 */
function turnsOf(members: SeededGroup['members'], made: number): Moment[] {
  const spans: { from: number; made: number; until: number; wanted: number }[] = [];
  for (const [place, { dates }] of [...members].sort((a, b) => a.dates.made - b.dates.made).entries()) {
    const last = spans.at(-1);
    const span = { made: dates.made, wanted: place + 1 };
    if (!last || dates.made > last.until) spans.push({ ...span, from: dates.made, until: dates.done });
    else Object.assign(last, span, { until: Math.max(last.until, dates.done) });
  }
  const at = (time: number): Machine[] =>
    members
      .filter(({ dates }) => dates.made <= time)
      .map(({ machine, dates }) => (dates.done <= time ? machine : young(machine)))
      .sort(byName);
  const [first] = spans;
  const told = first && spans.length > 1 ? [first, spans.at(-1)!] : spans;
  return [
    { at: made, machines: at(made - 1), wanted: first?.wanted ?? 0 },
    ...told.flatMap(({ from, made: last, until, wanted }, place) =>
      // Somebody asks for more just before they come.
      [...(place === 0 ? [] : [from - 1]), last, until].map((time) => ({ at: time, machines: at(time), wanted })),
    ),
  ];
}

/** A Machine as it was when it had just been made: whoever counts it waits. */
const young = (machine: Machine): Machine => ({
  ...machine,
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'WaitingForInfrastructure',
        severity: 'Info',
        lastTransitionTime: machine.metadata.creationTimestamp ?? '',
      },
    ],
  },
});

/** What has been so since a Machine began: its bootstrap data was there long before its infrastructure and its Node. */
function dateBeginning({ status }: Machine, at: string): void {
  for (const conditions of [status?.conditions, status?.v1beta2?.conditions]) {
    for (const one of conditions ?? []) if (beginnings.has(one.type)) one.lastTransitionTime = at;
  }
}

const beginnings = new Set(['BootstrapReady', 'BootstrapConfigReady', 'Paused', 'Deleting']);

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);
