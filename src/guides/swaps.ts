/**
 * Which machine went and which came in its place, from what a session has kept. Facts about machines have keys of the
 * form `machine/GROUP/UID`, `.../going`, `.../missed` and `.../up`, and tell `name`, `host` and `version`.
 */
import type { Fact, Note, Session } from './contract.ts';
import { notesOf } from './session.ts';

interface Machine {
  group: string;
  uid: string;
  name: string;
  host?: string;
  version?: string;
  /** When it was noted first, and was seen up; epoch ms. */
  first: number;
  up?: number;
  /** Since when it goes, by the server's clock and in whole seconds: the order in which machines went. */
  going?: number;
  /** When it was seen to go, by the clock that saw others run: only such two can be told apart by seconds. */
  seenGoing?: number;
}

export interface Swap {
  group: string;
  old?: Machine;
  fresh?: Machine;
  /** The fresh one was given up on before it ran. */
  neverRan: boolean;
}

const textOf = (data: Fact['data'], key: string): string | undefined => {
  const value = data[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

function machinesOf(session: Session): Machine[] {
  const found = new Map<string, Machine>();
  for (const { key, data, at } of notesOf(session, 'saw')) {
    const [, group, uid, what] = /^machine\/([^/]+)\/([^/]+)(?:\/(\w+))?$/.exec(key) ?? [];
    if (group === undefined || uid === undefined) continue;
    const one = found.get(uid) ?? { group, uid, name: uid, first: at };
    one.name = textOf(data, 'name') ?? one.name;
    one.host = textOf(data, 'host') ?? one.host;
    one.version = textOf(data, 'version') ?? one.version;
    const since = data['since'];
    if (what === 'going') {
      one.going ??= typeof since === 'number' ? since : at;
      one.seenGoing ??= at;
    }
    if (what === 'up') one.up ??= at;
    found.set(uid, one);
  }
  return [...found.values()];
}

/** Nobody looked on while it began to go, where that was seen so much later, ms: more than clocks differ by. */
const LOOKED_AWAY_MS = 60_000;

/**
 * When a machine began to go, to be held against when another was seen to run: as it was seen, and by the server's word
 * only where nobody looked on at the time.
 */
export function wentAt({ going, seenGoing }: Pick<Machine, 'going' | 'seenGoing'>): number | undefined {
  if (going === undefined || seenGoing === undefined) return going;
  return seenGoing - going < LOOKED_AWAY_MS ? seenGoing : going;
}

/** When the session wrote something for the first time: whoever was there before is no newcomer. */
function firstWrite(notes: readonly Note[]): number {
  return notes.find(({ note }) => note === 'sent')?.at ?? Number.POSITIVE_INFINITY;
}

/** One goes before one comes; of the same version only one that was given up on, or that was seen to go. */
function madeRoom(old: Machine, fresh: Machine): boolean {
  if (old.uid === fresh.uid || (old.going ?? old.first) > fresh.first) return false;
  return old.going !== undefined || old.version !== fresh.version || old.up === undefined;
}

/**
 * Those that were seen to go before those that vanished unseen; of these first one that never ran itself, then the one
 * whose host the new machine has: that one must have gone.
 */
function bySight(fresh: Machine): (a: Machine, b: Machine) => number {
  const rank = ({ going, up, version, host }: Machine) => {
    if (going !== undefined) return 0;
    if (up === undefined && version === fresh.version) return 1;
    return host !== undefined && host === fresh.host ? 2 : 3;
  };
  return (a, b) => rank(a) - rank(b) || (a.going ?? a.first) - (b.going ?? b.first);
}

/** The swaps, in the order in which machines went. `present`: uids of the machines that are there now. */
export function swapsOf(session: Session, present: ReadonlySet<string>): Swap[] {
  const began = firstWrite(session.notes);
  const all = machinesOf(session);
  const groups = [...new Set(all.map(({ group }) => group))];
  const swaps = groups.flatMap((group): Swap[] => {
    const mine = all.filter((one) => one.group === group);
    const went = mine
      .filter(({ going, uid }) => going !== undefined || !present.has(uid))
      .sort((a, b) => (a.going ?? a.first) - (b.going ?? b.first));
    const came = mine.filter(({ first }) => first > began).sort((a, b) => a.first - b.first);
    const left = [...went];
    const pairs = came.map((fresh): Swap => {
      const old = left.filter((one) => madeRoom(one, fresh)).sort(bySight(fresh))[0];
      if (old) left.splice(left.indexOf(old), 1);
      const neverRan = fresh.up === undefined && (fresh.going !== undefined || !present.has(fresh.uid));
      return { group, ...(old ? { old } : {}), fresh, neverRan };
    });
    return [...pairs, ...left.map((old): Swap => ({ group, old, neverRan: false }))];
  });
  const time = ({ old, fresh }: Swap) => old?.going ?? fresh?.first ?? 0;
  return swaps.sort((a, b) => time(a) - time(b));
}
