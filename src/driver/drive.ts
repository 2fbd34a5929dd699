/**
 * One session, driven: it is told anew with every picture of the fleet, keeps what the cluster will not tell later, and
 * prepares the next write for whoever confirms it. It sends nothing by itself.
 */
import type { Note, Session, Unsigned } from '../guides/contract.ts';
import { inTime } from '../guides/session.ts';
import type { SessionRecord } from '../journal/sessions.ts';
import { keptNote } from '../journal/sessions.ts';
import { isRefused, type RunResult } from '../runner/api.ts';
import { wordsOf } from '../runner/failure.ts';
import { RENEW_MS } from '../runner/lease.ts';
import { nameOf } from '../runner/people.ts';
import { refusedAhead } from './ahead.ts';
import { carriedOf } from './carried.ts';
import { notLive, tell } from './course.ts';
import { createObjects } from './objects.ts';
import { operationsOf, sentIn, withUnnoted } from './past.ts';
import { troubleFacts } from './trouble.ts';
import type { Drive, DriveParts, Standing } from './types.ts';
import { isHalfDoneOf, isSame, requestFor, wishOf } from './wish.ts';
import { wordsFor } from './words.ts';

export type { Drive } from './types.ts';

/** Ms between two tellings. */
const GAP_MS = 1_000;

/** What is told elsewhere is not asked for more often than this, ms. */
const REREAD_MS = 5_000;

export function createDrive({ options, guide, held, record, lease, lock: first, reread }: DriveParts): Drive {
  const { runner, journal, sessions, sight, who, onError = () => {}, bell = () => {} } = options;
  const clock = options.clock!;
  const me = nameOf(who.user);
  const objects = createObjects(options, clock);
  const listeners = new Set<() => void>();
  let stopped = false;
  let lock = first;
  let known = record;
  const apart = reread ? ({ apart: true } as const) : {};
  let standing: Standing = {
    id: record.id,
    guide,
    session: { ask: record.began.ask, began: record.at, notes: record.notes, operations: new Map() },
    title: record.began.title,
    live: false,
    why: 'reading',
    at: clock.now(),
    lock,
    ...apart,
  };

  const publish = (next: Standing): void => {
    standing = next;
    for (const listener of [...listeners]) listener();
  };

  const isHere = async () => !reread || (await sessions.read(record.id)) !== undefined;
  let rereadAt = clock.now();
  const readAgain = async (): Promise<SessionRecord> => {
    const here = await sessions.read(record.id);
    if (here || !reread || clock.now() - rereadAt < REREAD_MS) return here ?? known;
    rereadAt = clock.now();
    return (await reread()) ?? known;
  };

  /** A write of its own is under way: it is noted when it is answered. */
  let sending = false;
  const sessionNow = async (): Promise<Session> => {
    known = await readAgain();
    const records = await journal.list();
    const notes = withUnnoted(record.id, known.notes, records, ({ began }) => nameOf(began.user));
    // What a process that was killed could not note any more is noted now, once.
    for (const note of notes.slice(known.notes.length)) {
      if (held && drives() && !sending) await held.note({ type: 'noted', note });
    }
    const { ask } = known.began;
    const { from } = known.began;
    const operations = operationsOf(record.id, notes, records);
    return { ask, began: known.at, notes: inTime(notes), operations, ...(from ? { from } : {}) };
  };

  const drives = () => held !== undefined && !stopped && lock.state !== 'other' && runner.readOnly === undefined;

  const note = async (said: Unsigned): Promise<void> => {
    const whole = keptNote({ ...said, at: clock.now(), by: me } as Note);
    if (held) await held.note({ type: 'noted', note: whole });
    else await sessions.add(record.id, { type: 'noted', note: whole });
  };

  /** Says why somebody may not speak for the session here. */
  const mayNote = (): string | undefined => {
    if (runner.readOnly !== undefined) return runner.readOnly;
    if (standing.closed) return `the session is ${standing.closed}`;
    if (lock.state === 'other') return `${lock.who} drives it`;
    return held ? undefined : 'it is driven by another process';
  };

  const say = async (said: Unsigned): Promise<string | undefined> => {
    try {
      await note(said);
    } catch (error) {
      return wordsOf(error).message;
    }
    // Words and writes are in the Lease at once: whoever goes on with it may have no other journal.
    known = await readAgain();
    await renew();
    await look();
    return undefined;
  };

  async function evaluate(): Promise<void> {
    const dead = notLive(options, guide);
    if (dead !== undefined) {
      if (standing.live || standing.why !== dead) publish({ ...standing, live: false, why: dead });
      return;
    }
    let session = await sessionNow();
    let told = await tell(options, objects, guide, session);
    const keep = 'course' in told ? [...told.course.keep, ...troubleFacts(told.course, session, clock.now())] : [];
    if (keep.some(({ key }) => key.startsWith('trouble/') && !key.endsWith('/over'))) bell();
    if (keep.length > 0 && drives() && known.status === 'open') {
      for (const fact of keep) await note(fact);
      session = await sessionNow();
      told = await tell(options, objects, guide, session);
    }
    const base = { id: record.id, guide, session, title: known.began.title, at: clock.now(), lock, ...apart };
    if ('why' in told) {
      publish({ ...standing, ...base, live: false, why: told.why, at: standing.at });
      return;
    }
    const closed = known.status === 'open' ? {} : { closed: known.status };
    if ('refused' in told) {
      publish({ ...base, live: true, refused: told.refused, ...closed });
      return;
    }
    const before = standing.course?.next;
    const { course } = told;
    publish({ ...base, live: true, course, title: known.status === 'open' ? course.title : base.title, ...closed });
    if (before && before.what !== course.next.what && course.next.what !== 'wait') bell();
    if (course.outcome === 'done' && drives() && known.status === 'open') await close('done');
  }

  async function close(how: 'done' | 'left', why?: string): Promise<void> {
    await held?.note({ type: 'closed', how, by: me, ...(why ? { why } : {}) });
    known = { ...known, status: how };
    publish({ ...standing, closed: how });
    if (lock.state === 'mine') await lease?.remove();
    lock = { state: 'none' };
  }

  let queue: Promise<void> = Promise.resolve();
  let due = false;
  /** One telling after the other; those asked for while one waits are the same one. */
  const look = async (): Promise<Standing> => {
    if (!due) {
      due = true;
      queue = queue.then(async () => {
        due = false;
        if (stopped) return;
        try {
          await evaluate();
        } catch (error) {
          publish({ ...standing, problem: wordsOf(error).message });
          onError(error);
        }
      });
    }
    await queue;
    return standing;
  };

  let cancelLook: (() => void) | undefined;
  const soon = () => {
    cancelLook ??= clock.after(GAP_MS, () => {
      cancelLook = undefined;
      void look();
    });
  };
  const stops = [sight.subscribe(soon), runner.tray.subscribe(soon)];

  let cancelRenew: (() => void) | undefined;
  const renew = async (): Promise<void> => {
    if (!lease || !drives() || known.status !== 'open') return;
    const next = await lease.renew(carriedOf(known));
    // A server that cannot be asked takes nothing away yet: the write itself would fail as well.
    if (next.state !== 'unknown') lock = next;
    if (next.state === 'other') publish({ ...standing, lock });
  };
  const beat = () => {
    // Lateness comes with the clock alone, and no picture tells of it.
    cancelRenew = clock.after(RENEW_MS, () => {
      void renew()
        .then(look)
        .finally(() => {
          if (!stopped) beat();
        });
    });
  };
  beat();

  const spoken = wordsFor({ options, objects, guide, standing: () => standing, mayNote, say, isHere });

  return {
    id: record.id,
    standing: () => standing,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look,

    ...spoken,

    async prepare(wish) {
      const why = mayNote();
      if (why !== undefined) return { refused: why };
      const now = await look();
      if (!now.live || !now.course) {
        return { refused: now.refused ?? `where it stands is not known now: ${now.why ?? 'it is being read'}` };
      }
      const wanted = requestFor(now.course, wish);
      if ('refused' in wanted) return wanted;
      const { request, ...part } = wanted;
      const session = { id: record.id, ...part };
      const half = (await runner.halfDone()).find((found) => isHalfDoneOf(found, session, request));
      if (half && !isRefused(half.finish)) return { ...half.finish, session };
      const prepared = await runner.prepare(request);
      return isRefused(prepared) ? prepared : { ...prepared, session };
    },

    async dryRun(prepared) {
      const own = await runner.dryRun(prepared);
      const { session } = prepared;
      if (own.refused !== undefined || session?.how !== 'forward') return own;
      const refused = await refusedAhead(
        runner,
        standing.course?.stages.find(({ id }) => id === session.stage),
      );
      return refused === undefined ? own : { ...own, refused };
    },

    async run(prepared, rehearsed, more) {
      const refused = (reason: string): RunResult => ({ result: 'refused', steps: [], why: reason });
      const { session } = prepared;
      if (!session) return refused('it is no part of this session');
      if (lease && lock.state !== 'unprotected') {
        const now = await lease.renew(carriedOf(known));
        if (now.state === 'unknown') return refused(`whether somebody else drives it cannot be known: ${now.why}`);
        lock = now;
      }
      const now = await look();
      const why = mayNote();
      if (why !== undefined) return refused(why);
      const wanted = now.course && requestFor(now.course, wishOf(session.how));
      // Somebody may have said stop, or a gate may have shut, since it was read.
      if (!wanted || 'refused' in wanted) return refused(wanted?.refused ?? now.why ?? 'where it stands is not known');
      const other = wanted.stage !== session.stage || wanted.how !== session.how;
      if (other || !isSame(wanted.request, prepared.request)) return refused('another write is next by now');
      sending = true;
      const result = await runner.run(prepared, rehearsed, more);
      objects.forget();
      const { id } = result;
      if (id !== undefined && result.result !== 'nothing written' && result.result !== 'refused') {
        const { stage, how } = session;
        // Where it cannot be noted, the operation's own journal says whose it is.
        await note({ note: 'sent', stage, operation: id, how, ...(await sentIn(journal, id)) }).catch(onError);
        known = await readAgain();
        await renew();
      }
      sending = false;
      await look();
      return result;
    },

    async abandon(why) {
      const not = mayNote();
      if (not !== undefined) return not;
      try {
        await close('left', why);
      } catch (error) {
        return wordsOf(error).message;
      }
      return undefined;
    },

    async leave() {
      if (stopped) return;
      stopped = true;
      for (const stop of stops) stop();
      cancelLook?.();
      cancelRenew?.();
      await queue;
      await held?.release();
      if (lock.state === 'mine') await lease?.release();
      listeners.clear();
    },
  };
}
