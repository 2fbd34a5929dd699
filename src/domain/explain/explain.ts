/** Why an object is not as it should be: one cause, wherever it is, with all that speaks for it. */
import { findMachine } from '../fleet/find.ts';
import type { Fleet, ObjectRef } from '../fleet/rows.ts';
import { consequencesOf } from './consequences.ts';
import {
  type Around,
  aroundOf,
  clusterFacts,
  groupFacts,
  hostFacts,
  machineFacts,
  NOTHING_SEEN,
  poolFacts,
  type Seen,
} from './facts.ts';
import { APP_RELEASE, CLUSTER, GROUP, HOST, MACHINE, POOL, REGISTRATION, SEED_IMAGE } from './index.ts';
import { groupRef, hostRef, machineRef, refTo } from './lookup.ts';
import type { Explanation, Match, Table, Told } from './types.ts';

/** A cause that was found; `tell` works out what is to be said of it. */
export interface Found {
  id: string;
  mode?: string;
  root: ObjectRef;
  match: Match;
  /** Nothing waits for it. */
  holdsNothing: boolean;
  tell(): Told;
}

/** Causes are followed no farther than this: cluster, group, machine, host, and one to spare. */
const DEPTH = 5;

/** Whether the problem of what is looked at has its cause at one of these. */
function complainsOf(facts: { row: object }, objects: readonly (ObjectRef | undefined)[]): boolean {
  const { problem } = facts.row as { problem?: { cause?: ObjectRef } };
  return objects.some((one) => one !== undefined && one.uid === problem?.cause?.uid);
}

/** Goes through a table for one object. `path` holds the objects that led here, which are not gone back to. */
function look<F extends { row: object }>(
  around: Around,
  root: ObjectRef,
  facts: F,
  table: Table<F>,
  before: readonly string[],
): Found | undefined {
  const path = [...before, root.uid];
  for (const line of table) {
    if ('follow' in line) {
      for (const ref of line.follow(facts)) {
        const found = ref && !path.includes(ref.uid) ? search(around, ref, path) : undefined;
        // What holds nothing up explains only whoever complains of it.
        if (found && (!found.holdsNothing || complainsOf(facts, [found.root, ref]))) return found;
      }
      continue;
    }
    const match = line.test(facts);
    if (match) {
      const { id, mode, holdsNothing = false } = line;
      return { id, mode, root, match, holdsNothing, tell: () => line.tell(facts, match) };
    }
  }
  return undefined;
}

function search(around: Around, ref: ObjectRef, path: readonly string[]): Found | undefined {
  if (path.length >= DEPTH) return undefined;
  const { fleet } = around;
  switch (ref.kind) {
    case 'host': {
      const row = fleet.hosts.byUid.get(ref.uid);
      return row && look(around, hostRef(row), hostFacts(around, row), HOST, path);
    }
    case 'plan': {
      const hostUid = fleet.plans.byUid.get(ref.uid)?.hostUid;
      return hostUid === undefined ? undefined : search(around, { kind: 'host', uid: hostUid, name: ref.name }, path);
    }
    case 'machine':
    case 'baremetalMachine': {
      const row = findMachine(fleet, ref);
      return row && look(around, machineRef(row), machineFacts(around, row), MACHINE, path);
    }
    case 'deployment':
    case 'controlPlane': {
      const row = fleet.groups.byUid.get(ref.uid);
      return row && look(around, groupRef(row), groupFacts(around, row), GROUP, path);
    }
    case 'machineSet': {
      const name = fleet.machineSets.byUid.get(ref.uid)?.deployment;
      const row = fleet.groups.list.find((each) => !each.controlPlane && each.name === name);
      return row && search(around, groupRef(row), path);
    }
    case 'pool': {
      const row = fleet.pools.byUid.get(ref.uid);
      return row && look(around, refTo(row.object), poolFacts(around, row), POOL, path);
    }
    case 'cluster': {
      const row = fleet.clusters.byUid.get(ref.uid);
      return row && look(around, refTo(row.object), clusterFacts(around, row), CLUSTER, path);
    }
    case 'baremetalCluster': {
      const row = fleet.clusters.list.find(({ infrastructure }) => infrastructure?.uid === ref.uid);
      return row && search(around, refTo(row.object), path);
    }
    case 'seedImage': {
      const row = fleet.seedImages.byUid.get(ref.uid);
      return row && look(around, refTo(row.object), { ...around, row }, SEED_IMAGE, path);
    }
    case 'appRelease': {
      const row = fleet.appReleases.byUid.get(ref.uid);
      return row && look(around, refTo(row), { ...around, row }, APP_RELEASE, path);
    }
    case 'registration': {
      const row = fleet.registrations.byUid.get(ref.uid);
      return row && look(around, refTo(row.object), { ...around, row }, REGISTRATION, path);
    }
    default:
      return undefined;
  }
}

/** The cause of an object's trouble, without what is told of it: cheap enough for every row in trouble. */
export function causeOf(around: Around, ref: ObjectRef): Found | undefined {
  return search(around, ref, []);
}

const present = <T>(items: readonly (T | undefined)[]): T[] => items.filter((item) => item !== undefined);

/**
 * Explains a host, machine, group, pool, cluster, seed image or registration; a plan, BaremetalMachine, MachineSet or
 * BaremetalCluster by what it belongs to. `undefined` where nothing is wrong or late, as far as is known, and for objects
 * that are gone. `now` is epoch ms; `seen` is what was seen of the fleet until then: durations, by which lateness is judged
 * where there are enough, falls of nodes, and how fresh it is. Never throws, whatever fields are missing.
 */
export function explain(fleet: Fleet, ref: ObjectRef, now: number, seen: Seen = NOTHING_SEEN): Explanation | undefined {
  const around = aroundOf({ ...seen, fleet, now });
  const found = causeOf(around, ref);
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
    consequences: found.holdsNothing
      ? []
      : consequencesOf(fleet, found.root, (each) => causeOf(around, each)?.root.uid === found.root.uid),
  };
}
