/**
 * Learns how long things take by looking on. Only what was seen from its beginning to its end counts, with every kind
 * it rests on live all the time, and without trouble: what began before we looked, what a lost connection hid, and what
 * failed in between says nothing about what is usual.
 */
import { KUBE_OVN_VERSION } from '../annotations.ts';
import type { ClusterRow, Fleet, HostRow, MachineRow, PlanRow } from '../fleet/rows.ts';
import type { Freshness } from '../freshness.ts';
import type { Kind } from '../kinds.ts';
import { networkOn } from '../network-release.ts';
import type { Sample, What } from './learnt.ts';

/** One picture, and when it was taken by two clocks. */
export interface Sight {
  fleet: Fleet;
  freshness: Readonly<Record<Kind, Freshness>>;
  /** Epoch ms: may be set anew at any time. */
  wall: number;
  /** Ms of a clock that only runs on; it may stand still while the computer sleeps. */
  steady: number;
}

export interface Learner {
  /** Takes the next picture; gives what came to its end in it. */
  look(sight: Sight): Sample[];
}

interface Began {
  wall: number;
  steady: number;
}

interface Running extends Began {
  checksum: string;
  /** Its beginning was not seen. */
  half: boolean;
}

const RESTS_ON: readonly Kind[] = ['plan', 'host', 'machine', 'baremetalMachine', 'cluster'];
/** The clocks may drift apart so far, as a share and in ms: more is a clock that was set, or a sleep. */
const DRIFT = { share: 0.02, ms: 2_000 };
/** Words of a plan that nobody works on. */
const AT_REST: readonly string[] = ['none', 'applied', 'rerun-failed', 'failed', 'canceled'];
const TYPE = /^[a-z][a-z-]{1,39}$/;
const NO_PLANS: readonly string[] = ['empty', 'unknown'];

const isLive = ({ freshness }: Sight) =>
  RESTS_ON.every((kind) => freshness[kind].phase === 'live' && freshness[kind].synced);
const known = ({ state }: PlanRow) => state.source === 'checksum' || state.source === 'agent';

/** Begins with nothing seen. */
export function createLearner(): Learner {
  let last: Fleet | undefined;
  /** When a plan was last seen to be written. */
  const written = new Map<string, Began>();
  const plans = new Map<string, Running>();
  const joins = new Map<string, Began>();
  const births = new Map<string, Began>();
  const deaths = new Map<string, Began & { cluster: string }>();
  const releases = new Map<string, Began & { revision: string }>();
  const arrivals = new Map<string, Began>();
  const all = [written, plans, joins, births, deaths, releases, arrivals];

  const took = (began: Began, { wall, steady }: Sight): number | undefined => {
    const ms = steady - began.steady;
    const apart = Math.abs(wall - began.wall - ms);
    return ms >= 0 && apart <= DRIFT.ms + DRIFT.share * ms ? Math.round(ms) : undefined;
  };

  const sampleOf = (
    began: Began | undefined,
    sight: Sight,
    about: { id: string; cluster: string | undefined; what: What },
  ): Sample[] => {
    const ms = began && took(began, sight);
    return ms === undefined ? [] : [{ ...about, cluster: about.cluster ?? '', at: sight.wall, ms }];
  };

  const plan = (sight: Sight, row: PlanRow, old: PlanRow | undefined): Sample[] => {
    const now: Began = { wall: sight.wall, steady: sight.steady };
    const { uid, type, state } = row;
    if (old && old.object.resourceVersion !== row.object.resourceVersion) {
      // Only a plan that was at rest, or of another type, was written anew: an agent writes to its Secret as well.
      if (old.type !== type || AT_REST.includes(old.state.word)) written.set(uid, now);
    }
    const checksum = row.detail?.checksum;
    if (!known(row) || checksum === undefined) return [];
    const running = plans.get(uid);
    if (state.word === 'pending') {
      if (running?.checksum === checksum) return [];
      const began = written.get(uid);
      written.delete(uid);
      plans.set(uid, { ...(began ?? now), checksum, half: began === undefined });
      return [];
    }
    plans.delete(uid);
    if (state.word !== 'applied' || running?.checksum !== checksum) return [];
    const host = row.hostUid === undefined ? undefined : sight.fleet.hosts.byUid.get(row.hostUid);
    const waiting = host?.machineUid === undefined ? undefined : sight.fleet.machines.byUid.get(host.machineUid);
    if (type === 'reprovision' && waiting && waiting.phase !== 'Running') joins.set(waiting.uid, now);
    if (running.half || !TYPE.test(type) || NO_PLANS.includes(type)) return [];
    return sampleOf(running, sight, { id: `${uid}/${checksum.slice(0, 16)}`, cluster: clusterOf(host), what: type });
  };

  const machine = (sight: Sight, row: MachineRow, old: MachineRow | undefined): Sample[] => {
    if (!row.machine) return [];
    const { uid, cluster } = row;
    const now: Began = { wall: sight.wall, steady: sight.steady };
    if (!old && !row.deleting && row.phase !== 'Running') births.set(uid, now);
    if (row.problem?.severity === 'bad') {
      births.delete(uid);
      joins.delete(uid);
      deaths.delete(uid);
    }
    if (row.deleting) {
      births.delete(uid);
      joins.delete(uid);
      if (old && !old.deleting) deaths.set(uid, { ...now, cluster: cluster ?? '' });
      return [];
    }
    if (row.phase !== 'Running') return [];
    const [birth, join] = [births.get(uid), joins.get(uid)];
    births.delete(uid);
    joins.delete(uid);
    return [
      ...sampleOf(birth, sight, { id: uid, cluster, what: 'machine-running' }),
      ...sampleOf(join, sight, { id: uid, cluster, what: 'join' }),
    ];
  };

  /** From a host that comes to Ready. Whom it will belong to has no part in it. */
  const host = (sight: Sight, { uid, ready, problem, object }: HostRow, old: HostRow | undefined): Sample[] => {
    const waits = ready?.status === 'False' && ready.reason === 'WaitingForPlan';
    if (!old && waits) arrivals.set(uid, { wall: sight.wall, steady: sight.steady });
    if (problem?.severity === 'bad' || object.deleting !== undefined) arrivals.delete(uid);
    const arrival = arrivals.get(uid);
    if (!arrival || ready?.status !== 'True') return [];
    arrivals.delete(uid);
    return sampleOf(arrival, sight, { id: uid, cluster: undefined, what: 'first-plan' });
  };

  /** From another revision asked for to an AppRelease that has it; only where the cluster itself tells, all the time. */
  const release = (sight: Sight, row: ClusterRow, old: ClusterRow | undefined): Sample[] => {
    const { uid, name } = row;
    const revision = row.object.annotations[KUBE_OVN_VERSION];
    if (old && revision !== old.object.annotations[KUBE_OVN_VERSION]) {
      if (revision === undefined) releases.delete(uid);
      else releases.set(uid, { wall: sight.wall, steady: sight.steady, revision });
    }
    const running = releases.get(uid);
    if (!running) return [];
    const { state, secondHand } = networkOn(sight.fleet, name, running.revision);
    if (secondHand || state === 'stopped') releases.delete(uid);
    if (secondHand || state !== 'settled') return [];
    releases.delete(uid);
    return sampleOf(running, sight, {
      id: `${uid}/${running.revision}`,
      cluster: name,
      what: 'kube-ovn',
    });
  };

  return {
    look(sight) {
      const before = last;
      const live = isLive(sight);
      last = live ? sight.fleet : undefined;
      if (!live || !before) {
        for (const map of all) map.clear();
        return [];
      }
      if (before === sight.fleet) return [];
      const found: Sample[] = [];
      const changed = <T extends { uid: string }>(
        was: { list: readonly T[]; byUid: ReadonlyMap<string, T> },
        is: { list: readonly T[]; byUid: ReadonlyMap<string, T> },
        each: (row: T, old: T | undefined) => Sample[],
      ) => {
        if (was.list === is.list) return;
        is.list.forEach((row, index) => {
          if (was.list[index] === row) return;
          const old = was.byUid.get(row.uid);
          if (old !== row) found.push(...each(row, old));
        });
      };
      changed(before.plans, sight.fleet.plans, (row, old) => plan(sight, row, old));
      changed(before.hosts, sight.fleet.hosts, (row, old) => host(sight, row, old));
      changed(before.machines, sight.fleet.machines, (row, old) => machine(sight, row, old));
      for (const row of sight.fleet.clusters.list)
        found.push(...release(sight, row, before.clusters.byUid.get(row.uid)));
      forget(sight.fleet.clusters.byUid, releases);
      if (before.machines.list !== sight.fleet.machines.list) {
        for (const [uid, death] of [...deaths]) {
          if (sight.fleet.machines.byUid.has(uid)) continue;
          deaths.delete(uid);
          found.push(...sampleOf(death, sight, { id: uid, cluster: death.cluster, what: 'machine-gone' }));
        }
        forget(sight.fleet.machines.byUid, births, joins);
      }
      if (before.hosts.list !== sight.fleet.hosts.list) forget(sight.fleet.hosts.byUid, arrivals);
      if (before.plans.list !== sight.fleet.plans.list) forget(sight.fleet.plans.byUid, written, plans);
      return found;
    },
  };
}

function clusterOf(host: HostRow | undefined): string | undefined {
  return host?.cluster;
}

/** What is gone will not come to its end. */
function forget(there: ReadonlyMap<string, unknown>, ...maps: Map<string, unknown>[]): void {
  for (const map of maps) for (const uid of map.keys()) if (!there.has(uid)) map.delete(uid);
}
