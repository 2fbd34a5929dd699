/** Machine by machine: who has gone, who has come, who is next. */

import { machineRef } from '../../domain/explain/lookup.ts';
import type { GroupRow, MachineRow } from '../../domain/fleet/rows.ts';
import { forecastRollout } from '../../domain/forecast/rollout.ts';
import { numberIn, textIn } from '../../operations/find.ts';
import { isUp } from '../../operations/progress.ts';
import type { Fact, Known, Session, Turn } from '../contract.ts';
import { notesOf } from '../session.ts';
import { turnLateAfter, turnLength } from './durations.ts';
import { machinesIn } from './route.ts';

/** What a turn is about: a machine that is there, or one that was noted and is gone. */
interface Noted {
  uid: string;
  name: string;
  host?: string;
  version?: string;
  /** When it was first noted, first seen going, and first seen to be up. */
  seen?: number;
  going?: number;
  up?: number;
  /** When it was written down that it goes, or is gone: by this host's clock, as what the session sent is. */
  goingNoted?: number;
  row?: MachineRow;
}

const KEY = (group: GroupRow, uid: string) => `machine/${group.name}/${uid}`;

/** The machines of a group that a session has noted or that are there, by uid. */
function noted(known: Known, session: Session, group: GroupRow): Map<string, Noted> {
  const found = new Map<string, Noted>();
  const prefix = KEY(group, '');
  for (const { key, data, at } of notesOf(session, 'saw')) {
    if (!key.startsWith(prefix)) continue;
    const [uid = '', what] = key.slice(prefix.length).split('/');
    const one = found.get(uid) ?? { uid, name: textIn(data, 'name') ?? uid, seen: at };
    if (what === 'going') one.going = numberIn(data, 'since') ?? at;
    if (what === 'going' || what === 'missed') one.goingNoted ??= at;
    else if (what === 'up') one.up = at;
    one.host ??= textIn(data, 'host');
    one.version ??= textIn(data, 'version');
    found.set(uid, one);
  }
  for (const row of machinesIn(known, group)) {
    const one = found.get(row.uid) ?? { uid: row.uid, name: row.name };
    found.set(row.uid, {
      ...one,
      row,
      host: row.host ?? one.host,
      version: row.version ?? one.version,
      ...(row.deleting ? { going: row.machine?.deleting ?? one.going ?? known.now } : {}),
    });
  }
  return found;
}

/**
 * Facts about a group's machines that the cluster will not tell once they are gone: who they were, when they went, and
 * when new ones were first seen to run; and who is gone though nobody saw it go.
 */
export function machineFacts(known: Known, session: Session, group: GroupRow): Fact[] {
  const { machine, baremetalMachine } = known.freshness;
  const sees = [machine, baremetalMachine].every(({ phase, synced }) => phase === 'live' && synced);
  const missed = [...noted(known, session, group).values()].filter(
    ({ row, going, goingNoted }) => row === undefined && going === undefined && goingNoted === undefined,
  );
  return [
    ...presentFacts(known, group),
    // A list that is not there yet misses everybody.
    ...(sees ? missed : []).map(
      ({ uid, name, host = '', version = '' }): Fact => ({
        note: 'saw',
        key: `${KEY(group, uid)}/missed`,
        text: `${name}${host === '' ? '' : ` on ${host}`} is gone, and was not seen to go`,
        data: { name, host, version },
      }),
    ),
  ];
}

/** What is to be seen of those that are there. Of one look who runs comes before who goes: the next goes because the one before runs. */
function presentFacts(known: Known, group: GroupRow): Fact[] {
  const goes = ({ key }: Fact) => Number(key.endsWith('/going'));
  const facts = machinesIn(known, group).flatMap((row): Fact[] => {
    // Its BaremetalMachine is there before it, under a uid of its own: noted then, it would be another machine later.
    if (!row.machine) return [];
    const { name, host = '', version = '', uid } = row;
    const key = KEY(group, uid);
    const data = { name, host, version };
    const where = host === '' ? '' : ` on ${host}`;
    const facts: Fact[] = [];
    // Which host it gets is not known at first.
    if (host !== '')
      facts.push({ note: 'saw', key, text: `${name}${where} is of ${version || 'no known version'}`, data });
    if (row.deleting) {
      const since = row.machine?.deleting ?? known.now;
      facts.push({ note: 'saw', key: `${key}/going`, text: `${name}${where} goes`, data: { ...data, since } });
    } else if (isUp(row)) {
      facts.push({ note: 'saw', key: `${key}/up`, text: `${name}${where} runs ${version}`, data });
    }
    return facts;
  });
  return facts.sort((a, b) => goes(a) - goes(b));
}

function sideOf({ name, host, row }: Noted) {
  return { name, ...(host ? { host } : {}), ...(row ? { ref: machineRef(row) } : {}) };
}

const isBad = (row: MachineRow | undefined) => row?.problem?.severity === 'bad';

/** When a machine came, as far as that is known: those that are gone came when they were first noted, at the latest. */
function cameAt({ row, seen, up }: Noted): number {
  return row?.machine?.created ?? seen ?? up ?? 0;
}

/**
 * When a machine went. One that vanished between two looks: a new one after it had come, an old one before another had its
 * host; else before all.
 */
function wentAt(one: Noted, version: string, fresh: readonly Noted[]): number {
  if (one.going !== undefined) return one.going;
  if (one.version === version) return cameAt(one);
  const heir = one.host === undefined ? undefined : fresh.find(({ host }) => host === one.host);
  return heir ? cameAt(heir) : 0;
}

function words(row: MachineRow | undefined): string {
  return row ? (row.problem?.text ?? row.waiting ?? row.phase) : '';
}

/** The machines still to go, in the order in which Cluster API takes them as things stand. */
function inTurn(known: Known, group: GroupRow, left: readonly Noted[]): Noted[] {
  const found = forecastRollout(known.fleet, group, known.now);
  const order = 'forecast' in found ? found.forecast.order.map(({ machine }) => machine.uid) : [];
  const place = (uid: string) => (order.includes(uid) ? order.indexOf(uid) : order.length);
  const age = ({ row }: Noted) => row?.machine?.created ?? 0;
  return [...left].sort((a, b) => place(a.uid) - place(b.uid) || age(a) - age(b) || (a.name < b.name ? -1 : 1));
}

/** When a stage was begun: `false` is not yet, a time is that of the session's write, `true` is by somebody, some time. */
export type Begun = boolean | number;

/**
 * Whether a machine of the version before went for this stage. One that is gone already went in the stage of that version
 * when this one was not begun, or when it was seen to go before: it had been replaced there, as a bad one is.
 */
function wentForThis({ row, goingNoted }: Noted, begun: Begun): boolean {
  if (row !== undefined) return true;
  if (typeof begun === 'boolean') return begun;
  return goingNoted === undefined || goingNoted >= begun;
}

/**
 * The turns of a group on its way to a version. The first to go is paired with the first to come, and so on: on bare
 * metal one goes before one comes, and a new machine that was given up on counts among those that went.
 */
export function turnsOf(
  known: Known,
  session: Session,
  group: GroupRow,
  version: string,
  from: string,
  begun: Begun,
): Turn[] {
  const cluster = group.cluster ?? '';
  const usual = turnLength(known, cluster);
  const late = { usual, lateAfter: turnLateAfter(usual) };
  const all = [...noted(known, session, group).values()];
  const fresh = all.filter((one) => one.version === version).sort((a, b) => cameAt(a) - cameAt(b));
  const gone = all
    .filter(({ row, going, version: own }) => going !== undefined || (row === undefined && own !== undefined))
    // Those of an earlier hop went in its turns.
    .filter((one) => one.version === version || (one.version === from && wentForThis(one, begun)))
    .sort((a, b) => wentAt(a, version, fresh) - wentAt(b, version, fresh));
  const rest = inTurn(
    known,
    group,
    all.filter(({ row, version: own }) => row !== undefined && !row.deleting && own !== version),
  );
  const turns: Turn[] = [];
  for (let at = 0; at < Math.max(gone.length, fresh.length); at++) {
    const [old, next] = [gone[at], fresh[at]];
    const gaveUp = next !== undefined && next.row === undefined && next.up === undefined;
    const up = next !== undefined && (next.row ? isUp(next.row) : next.up !== undefined);
    const done = (up || gaveUp) && old?.row === undefined;
    const row = old?.row ?? next?.row;
    const ended = done ? next?.up : undefined;
    turns.push({
      ...(old ? { old: sideOf(old) } : {}),
      ...(next ? { fresh: sideOf(next) } : {}),
      state: done ? 'done' : isBad(row) ? 'bad' : 'now',
      doing: gaveUp ? 'never ran, and was replaced' : done ? 'done' : words(row) || 'the next machine is to be made',
      ...(row?.since === undefined || done ? {} : { since: row.since }),
      ...(old?.going === undefined ? {} : { began: old.going }),
      ...(ended === undefined ? {} : { ended }),
      ...late,
    });
  }
  return [
    ...turns,
    ...rest.map((one): Turn => ({ old: sideOf(one), state: 'todo', doing: 'waits for its turn', ...late })),
  ];
}
