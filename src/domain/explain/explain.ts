/** Why an object is not as it should be: one cause, wherever it is, with all that speaks for it. */
import { type Learnt, NOTHING_LEARNT } from '../durations/learnt.ts';
import { findMachine } from '../fleet/find.ts';
import type { Fleet, ObjectRef } from '../fleet/rows.ts';
import { consequencesOf } from './consequences.ts';
import { clusterFacts, groupFacts, hostFacts, machineFacts, poolFacts } from './facts.ts';
import { CLUSTER, GROUP, HOST, MACHINE, POOL, REGISTRATION, SEED_IMAGE } from './index.ts';
import { groupRef, hostRef, machineRef, refTo } from './lookup.ts';
import type { Explanation, Match, Table, Told } from './types.ts';

/** A cause that was found; `tell` works out what is to be said of it. */
export interface Found {
  id: string;
  mode?: string;
  root: ObjectRef;
  match: Match;
  tell(): Told;
}

/** Causes are followed no farther than this: cluster, group, machine, host, and one to spare. */
const DEPTH = 5;

/** Goes through a table for one object. `path` holds the objects that led here, which are not gone back to. */
function look<F>(
  fleet: Fleet,
  root: ObjectRef,
  facts: F,
  table: Table<F>,
  now: number,
  learnt: Learnt,
  path: readonly string[],
): Found | undefined {
  for (const line of table) {
    if ('follow' in line) {
      for (const ref of line.follow(facts)) {
        const found = ref && !path.includes(ref.uid) ? search(fleet, ref, now, learnt, path) : undefined;
        if (found) return found;
      }
      continue;
    }
    const match = line.test(facts);
    if (match) return { id: line.id, mode: line.mode, root, match, tell: () => line.tell(facts, match) };
  }
  return undefined;
}

function search(
  fleet: Fleet,
  ref: ObjectRef,
  now: number,
  learnt: Learnt,
  before: readonly string[],
): Found | undefined {
  if (before.length >= DEPTH) return undefined;
  switch (ref.kind) {
    case 'host': {
      const row = fleet.hosts.byUid.get(ref.uid);
      return (
        row && look(fleet, hostRef(row), hostFacts(fleet, row, now, learnt), HOST, now, learnt, [...before, row.uid])
      );
    }
    case 'plan': {
      const hostUid = fleet.plans.byUid.get(ref.uid)?.hostUid;
      return hostUid === undefined
        ? undefined
        : search(fleet, { kind: 'host', uid: hostUid, name: ref.name }, now, learnt, before);
    }
    case 'machine':
    case 'baremetalMachine': {
      const row = findMachine(fleet, ref);
      return (
        row &&
        look(fleet, machineRef(row), machineFacts(fleet, row, now, learnt), MACHINE, now, learnt, [...before, row.uid])
      );
    }
    case 'deployment':
    case 'controlPlane': {
      const row = fleet.groups.byUid.get(ref.uid);
      return (
        row && look(fleet, groupRef(row), groupFacts(fleet, row, now, learnt), GROUP, now, learnt, [...before, row.uid])
      );
    }
    case 'machineSet': {
      const name = fleet.machineSets.byUid.get(ref.uid)?.deployment;
      const row = fleet.groups.list.find((each) => !each.controlPlane && each.name === name);
      return row && search(fleet, groupRef(row), now, learnt, before);
    }
    case 'pool': {
      const row = fleet.pools.byUid.get(ref.uid);
      return (
        row &&
        look(fleet, refTo(row.object), poolFacts(fleet, row, now, learnt), POOL, now, learnt, [...before, row.uid])
      );
    }
    case 'cluster': {
      const row = fleet.clusters.byUid.get(ref.uid);
      return (
        row &&
        look(fleet, refTo(row.object), clusterFacts(fleet, row, now, learnt), CLUSTER, now, learnt, [
          ...before,
          row.uid,
        ])
      );
    }
    case 'baremetalCluster': {
      const row = fleet.clusters.list.find(({ infrastructure }) => infrastructure?.uid === ref.uid);
      return row && search(fleet, refTo(row.object), now, learnt, before);
    }
    case 'seedImage': {
      const row = fleet.seedImages.byUid.get(ref.uid);
      return (
        row &&
        look(fleet, refTo(row.object), { fleet, now, learnt, row }, SEED_IMAGE, now, learnt, [...before, row.uid])
      );
    }
    case 'registration': {
      const row = fleet.registrations.byUid.get(ref.uid);
      return (
        row &&
        look(fleet, refTo(row.object), { fleet, now, learnt, row }, REGISTRATION, now, learnt, [...before, row.uid])
      );
    }
    default:
      return undefined;
  }
}

/** The cause of an object's trouble, without what is told of it: cheap enough for every row in trouble. */
export function causeOf(fleet: Fleet, ref: ObjectRef, now: number, learnt: Learnt): Found | undefined {
  return search(fleet, ref, now, learnt, []);
}

const present = <T>(items: readonly (T | undefined)[]): T[] => items.filter((item) => item !== undefined);

/**
 * Explains a host, machine, group, pool, cluster, seed image or registration; a plan, BaremetalMachine, MachineSet or
 * BaremetalCluster by what it belongs to. `undefined` where nothing is wrong or late, as far as is known, and for objects
 * that are gone. `now` is epoch ms; lateness is judged by what was learnt, where enough was. Never throws, whatever fields are missing.
 */
export function explain(
  fleet: Fleet,
  ref: ObjectRef,
  now: number,
  learnt: Learnt = NOTHING_LEARNT,
): Explanation | undefined {
  const found = causeOf(fleet, ref, now, learnt);
  if (!found) return undefined;
  const told = found.tell();
  return {
    id: found.id,
    ...(found.mode === undefined ? {} : { mode: found.mode }),
    severity: found.match.severity,
    asked: ref,
    root: found.root,
    short: found.match.text,
    ...(found.match.usual === undefined ? {} : { usual: found.match.usual }),
    what: told.what,
    since: found.match.since,
    evidence: present(told.evidence),
    causes: told.causes,
    next: present(told.next),
    remedies: present(told.remedies ?? []),
    consequences: consequencesOf(
      fleet,
      found.root,
      (each) => causeOf(fleet, each, now, learnt)?.root.uid === found.root.uid,
    ),
  };
}
