/** Begins sessions, finds those that were begun, and goes on with them: one at a time each. */
import { randomBytes } from 'node:crypto';
import { API_KIND } from '../domain/kinds.ts';
import { cleanLine } from '../domain/text.ts';
import type { Ask, Guide } from '../guides/contract.ts';
import { onlyPlanned } from '../guides/session.ts';
import { ClaimedElsewhere, JournalError } from '../journal/journal.ts';
import { processes as realProcesses } from '../journal/process.ts';
import type { OpenSession, SessionRecord } from '../journal/sessions.ts';
import type { Refused } from '../runner/api.ts';
import { carriedIn, createLease, type Lease, type Lock, leaseName } from '../runner/lease.ts';
import { nameOf } from '../runner/people.ts';
import type { RunnerClock } from '../runner/types.ts';
import { carriedOf, foundIn } from './carried.ts';
import { lookAround, tell } from './course.ts';
import { createDrive, type Drive } from './drive.ts';
import { createObjects } from './objects.ts';
import { openSessions } from './open.ts';
import type { DriverOptions, Found, Standing } from './types.ts';

export interface Driver {
  readonly guides: readonly Guide[];
  readonly readOnly?: string;
  /** Where it would stand, with nothing begun. */
  plan(ask: Ask): Promise<Standing>;
  /** Begins a session: journal, Lease, and the first telling. Throws JournalError. */
  begin(ask: Ask): Promise<Drive | Refused>;
  /** Goes on with a session; `over`: whoever drives it is declared gone. Throws JournalError. */
  resume(found: Found, over?: boolean): Promise<Drive | Refused>;
  /** Looks at one without driving it. */
  lookOn(found: Found): Promise<Drive | Refused>;
  /** Sessions that are not over, here and in the cluster; the newest first. Throws JournalError. */
  list(): Promise<Found[]>;
  /** Sessions of the journal here, those that are over included; the newest first. */
  past(): Promise<SessionRecord[]>;
}

const wallClock: RunnerClock = {
  now: Date.now,
  after(ms, then) {
    const timer = setTimeout(then, ms);
    timer.unref?.();
    return () => clearTimeout(timer);
  },
};

export function createDriver(given: DriverOptions): Driver {
  const options: DriverOptions & { clock: RunnerClock } = { ...given, clock: given.clock ?? wallClock };
  const { sessions, guides, runner, who, sight, transport, clock } = options;
  const processes = options.processes ?? realProcesses;
  const namespace = () => sight.picture().namespace;
  const isHere = ({ began }: SessionRecord) => began.server === who.server && began.namespace === namespace();

  const around = () => ({ now: clock.now(), isGone: processes.isGone.bind(processes) });

  const guideOf = (ask: Ask): Guide | undefined => guides.find(({ id }) => id === ask.guide);

  const leaseFor = (ask: Ask): Lease => {
    const { host, pid } = processes.self;
    return createLease({
      transport,
      namespace: namespace(),
      clock,
      name: leaseName(ask.guide, ask.targets[0]?.name ?? ask.values['name'] ?? ''),
      identity: { who: nameOf(who.user), host, pid, token: randomBytes(6).toString('hex') },
      isGone: (process) => processes.isGone(process),
    });
  };

  const beginWith = async (
    ask: Ask,
    title: string,
    guide: Guide,
    from?: Found,
    over = false,
  ): Promise<Drive | Refused> => {
    const held = await sessions.begin(
      {
        user: who.user,
        context: who.context,
        server: who.server,
        namespace: namespace(),
        title,
        ask,
        ...(from ? { from: fromOf(from) } : {}),
      },
      from?.id,
    );
    for (const note of from?.notes ?? []) await held.note({ type: 'noted', note });
    return drive(held, guide, over);
  };

  /** What a colleague with another journal has said since is in the Lease: it becomes a part of this journal too. */
  const takeIn = async (held: OpenSession, { id, notes }: SessionRecord): Promise<void> => {
    const carried = await carriedIn(transport, namespace(), around());
    const twin = carried.flatMap((each) => foundIn(each) ?? []).find((found) => found.id === id);
    const known = new Set(notes.map((note) => JSON.stringify(note)));
    for (const note of twin?.notes ?? []) {
      if (!known.has(JSON.stringify(note))) await held.note({ type: 'noted', note });
    }
  };

  /** Takes the Lease, and drives. What is held is let go of where somebody else has it. */
  const drive = async (held: OpenSession, guide: Guide, over = false): Promise<Drive | Refused> => {
    const before = await sessions.read(held.id);
    if (before) await takeIn(held, before);
    const record = await sessions.read(held.id);
    if (!record) {
      await held.release();
      throw new JournalError(`The journal of ${held.id} cannot be read back: nothing was done.`);
    }
    const lease = leaseFor(record.began.ask);
    const lock: Lock = await lease.take(carriedOf(record), over);
    if (lock.state === 'other' || lock.state === 'unknown') {
      await held.release();
      const why =
        lock.state === 'other'
          ? `${cleanLine(lock.who)} drives it: nothing was done`
          : `whether somebody drives it cannot be known: ${lock.why}`;
      return { refused: why };
    }
    wanted(record.began.ask);
    const made = createDrive({ options, guide, held, record, lease, lock });
    await made.look();
    return made;
  };

  const wanted = (ask: Ask) => {
    const names = ask.targets.flatMap(({ kind, name }) => (kind === 'cluster' ? [name] : []));
    options.wanted?.(names);
  };

  const planned = async (ask: Ask, guide: Guide): Promise<Standing> => {
    wanted(ask);
    const session = onlyPlanned(ask);
    const told = await tell(options, createObjects(options, clock), guide, session);
    const base = { guide, session, title: guide.title, at: clock.now(), lock: { state: 'none' as const } };
    if ('why' in told) return { ...base, live: false, why: told.why };
    if ('refused' in told) return { ...base, live: true, refused: told.refused };
    return { ...base, live: true, course: told.course, title: told.course.title };
  };

  const sameTarget = (a: Ask, b: Ask) =>
    a.guide === b.guide && a.targets.map(({ uid }) => uid).join() === b.targets.map(({ uid }) => uid).join();

  const list = (): Promise<Found[]> =>
    openSessions({ sessions, transport, namespace: namespace(), server: who.server, ...around() });

  /** A session of which only the Lease tells here. */
  const toldRecord = ({ id, title, ask, by, began: at, notes, missing }: Found): SessionRecord => ({
    id,
    began: {
      type: 'began',
      id,
      token: '',
      process: processes.self,
      user: who.user,
      context: who.context,
      server: who.server,
      namespace: namespace(),
      withheld: [],
      title,
      ask,
      from: fromOf({ by, began: at, missing }),
    },
    at,
    notes,
    status: 'open',
    broken: 0,
  });

  const isOverHere = async (found: Found) => {
    const record = await sessions.read(found.id);
    return record !== undefined && record.status !== 'open' ? record.status : undefined;
  };

  return {
    guides,
    readOnly: runner.readOnly,
    async plan(ask) {
      const guide = guideOf(ask);
      if (!guide) throw new RangeError(`there is no guide "${ask.guide}"`);
      return planned(ask, guide);
    },

    async begin(ask) {
      const guide = guideOf(ask);
      if (!guide) return { refused: `there is no guide "${ask.guide}"` };
      if (runner.readOnly !== undefined) return { refused: runner.readOnly };
      const open = (await list()).find((found) => sameTarget(found.ask, ask));
      if (open) return { refused: `${open.title} was begun by ${open.by}: resume it, or leave it first` };
      const known = await lookAround(options, createObjects(options, clock), guide, onlyPlanned(ask));
      if ('why' in known) return { refused: known.why };
      const refused = guide.refuse(known, onlyPlanned(ask));
      if (refused !== undefined) return { refused };
      const settled = guide.settle(known, ask);
      const session = onlyPlanned(settled);
      const bad = guide.refuse(known, session);
      if (bad !== undefined) return { refused: bad };
      return beginWith(settled, guide.course(known, session).title, guide);
    },

    async resume(found, over = false) {
      const guide = guideOf(found.ask);
      if (!guide) return { refused: `this metaldeck has no guide "${cleanLine(found.ask.guide)}"` };
      if (runner.readOnly !== undefined) return { refused: runner.readOnly };
      const status = await isOverHere(found);
      if (status !== undefined) return { refused: `${found.title} is ${status} already` };
      if (!found.here && !(await sessions.read(found.id))) {
        const now = (await list()).find(({ id }) => id === found.id) ?? found;
        if (now.holder && !over) return { refused: `${now.holder} drives it: nothing was done` };
        return beginWith(now.ask, now.title, guide, now, over);
      }
      try {
        const holder = over ? (await sessions.read(found.id))?.holder : undefined;
        return await drive(await sessions.claim(found.id, holder?.token), guide, over);
      } catch (error) {
        if (!(error instanceof ClaimedElsewhere)) throw error;
        const { host, pid } = error.holder.process;
        return { refused: `process ${pid} on ${host} drives it: nothing was done` };
      }
    },

    async lookOn(found) {
      const guide = guideOf(found.ask);
      if (!guide) return { refused: `this metaldeck has no guide "${cleanLine(found.ask.guide)}"` };
      const record = await sessions.read(found.id);
      wanted(found.ask);
      const lock = found.holder ? ({ state: 'other', who: found.holder } as const) : ({ state: 'none' } as const);
      const again = async () => {
        const now = (await list()).find(({ id }) => id === found.id);
        return now && toldRecord(now);
      };
      const parts = record ? { record } : { record: toldRecord(found), reread: again };
      const made = createDrive({ options, guide, lock, ...parts });
      await made.look();
      return made;
    },

    list,
    past: async () => (await sessions.list()).filter(isHere).reverse(),
  };
}

function fromOf({
  by,
  began,
  missing,
}: Pick<Found, 'by' | 'began' | 'missing'>): NonNullable<SessionRecord['began']['from']> {
  return { by, began, ...(missing === undefined ? {} : { missing }) };
}

/** What a session is about, for sentences: `Cluster prod`. */
export function aboutOf({ targets }: Ask): string {
  const [target] = targets;
  return target ? `${API_KIND[target.kind]} ${cleanLine(target.name)}` : 'something new';
}
