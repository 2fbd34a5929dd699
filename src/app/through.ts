/** A session from scripts: gone through as far as nobody has to be asked, each write confirmed in advance. */
import type { Drive } from '../driver/drive.ts';
import type { Standing, Wish } from '../driver/types.ts';
import { namesToCome } from '../guides/next.ts';
import { isRefused, type Refused } from '../runner/api.ts';
import type { Execution } from './execute.ts';
import { planText } from './run-text.ts';

/** Documented in the help and the README. */
export const SESSION_EXIT = { done: 0, refused: 1, unknown: 2, halfDone: 3, underWay: 4, waits: 5 } as const;

/** How often, and for how long each time, the picture may lag behind a write of ours. */
const BEHIND_TIMES = 10;
const BEHIND_MS = 1_000;

const WAIT_MS = 24 * 3_600_000;
/** What a verb came to. */
export interface Came {
  code: number;
  why?: string;
  standing?: Standing;
  /** Names that were not given, and without which nothing was written: whoever reads wants those first. */
  missing?: readonly string[];
}

/** Does some work with a session that is driven, and lets go of it. */
export async function withDrive(made: Drive | Refused, work: (drive: Drive) => Promise<Came>): Promise<Came> {
  if ('refused' in made) return { code: SESSION_EXIT.refused, why: made.refused };
  try {
    return await work(made);
  } finally {
    await made.leave();
  }
}

/** Which exit code a standing comes to. */
export function judged(standing: Standing): Came {
  const { course, closed, refused, why } = standing;
  if (closed === 'done' || course?.outcome === 'done') return { code: SESSION_EXIT.done, standing };
  if (refused !== undefined) return { code: SESSION_EXIT.refused, why: refused, standing };
  if (!course) return { code: SESSION_EXIT.unknown, why, standing };
  const { next } = course;
  switch (next.what) {
    case 'wait':
      return { code: SESSION_EXIT.underWay, standing };
    case 'repair':
      return { code: SESSION_EXIT.refused, why: next.why, standing };
    case 'answer':
      return {
        code: SESSION_EXIT.waits,
        why: `it waits for an answer: ${next.gates.map(({ name }) => name).join(', ')}`,
        standing,
      };
    case 'held':
      return { code: SESSION_EXIT.waits, why: next.why, standing };
    case 'send':
      return { code: SESSION_EXIT.waits, why: 'the next write is to be confirmed', standing };
    case 'end':
      return { code: SESSION_EXIT.done, standing };
  }
}

const flags = (words: readonly string[]) => words.map((word) => `--confirm=${word}`).join(' ');

/** All that is asked for from here to the end, where that is more than is missing now: nobody should learn it piece by piece. */
function toTheEnd({ course }: Standing, missing: readonly string[]): string {
  const names = course?.next.what === 'send' && course.next.how === 'forward' ? namesToCome(course) : [];
  return names.some((name) => !missing.includes(name)) ? `; up to the end it takes ${flags(names)}` : '';
}

/**
 * Prepares, rehearses, shows and writes one thing, if its words were given in advance. Where they were not, it is not shown:
 * what is missing would stand below all of it; `--dry-run` shows it.
 */
export async function write(around: Execution, drive: Drive, wish: Wish): Promise<Came> {
  const { options, print, signal } = around;
  const { confirm, dryRun } = options.operate;
  const prepared = await drive.prepare(wish);
  const standing = drive.standing();
  if (isRefused(prepared)) return { code: SESSION_EXIT.refused, why: prepared.refused, standing };
  const rehearsed = await drive.dryRun(prepared);
  const missing = prepared.plan.confirm.filter((word) => !confirm.includes(word));
  const asks = missing.length > 0 && !dryRun && rehearsed.refused === undefined;
  if (options.output !== 'json' && !asks) print(planText(prepared, rehearsed));
  if (rehearsed.refused !== undefined) return { code: SESSION_EXIT.refused, why: rehearsed.refused, standing };
  if (dryRun) return { code: SESSION_EXIT.done, standing };
  if (asks) {
    const why = `${prepared.plan.title}: say ${flags(missing)} to write it${toTheEnd(standing, missing)}`;
    return { code: SESSION_EXIT.waits, why, standing, missing };
  }
  const result = await drive.run(prepared, rehearsed, { confirm: prepared.plan.confirm, signal });
  if (options.output !== 'json')
    print(`${prepared.plan.title}: ${result.result}${result.why ? `: ${result.why}` : ''}\n`);
  const after = await drive.look();
  switch (result.result) {
    case 'written':
      return { code: SESSION_EXIT.done, standing: after };
    case 'half done':
      return { code: SESSION_EXIT.halfDone, why: result.why, standing: after };
    case 'in doubt':
      return { code: SESSION_EXIT.unknown, why: result.why, standing: after };
    default:
      return { code: SESSION_EXIT.refused, why: result.why, standing: after };
  }
}

/** Goes on until it is done, somebody is needed, or, without --wait, nothing is to be written now. */
export async function goThrough(around: Execution, drive: Drive): Promise<Came> {
  const { options, signal, print } = around;
  const { wait, dryRun, waitMs = WAIT_MS } = options.operate;
  const end = Date.now() + waitMs;
  let said = '';
  let sent: string | undefined;
  let behind = 0;
  for (;;) {
    const standing = await drive.look();
    const came = judged(standing);
    const { next } = standing.course ?? {};
    if (next?.what === 'wait' && options.output !== 'json' && wait) {
      const text = `${next.stage}: ${next.for}\n`;
      if (text !== said) print(text);
      said = text;
    }
    if (next?.what === 'send' && !standing.closed) {
      const written = await write(around, drive, 'next');
      if (dryRun) return written;
      if (written.code === SESSION_EXIT.done) {
        sent = next.stage;
        behind = BEHIND_TIMES;
      } else if (written.code !== SESSION_EXIT.refused || sent !== next.stage || behind === 0 || signal.aborted) {
        return written;
      }
      // The picture may not show yet what was just written: it would be sent again, and refused.
      behind -= 1;
      await change(drive, signal, BEHIND_MS);
      continue;
    }
    const pending = came.code === SESSION_EXIT.underWay || (came.code === SESSION_EXIT.unknown && !standing.course);
    if (!pending || !wait || signal.aborted || Date.now() >= end) return came;
    await change(drive, signal, Math.min(30_000, end - Date.now()));
  }
}

/** Resolves when the session stands otherwise, or after so many ms. */
function change(drive: Drive, signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.max(0, ms));
    const stop = drive.subscribe(finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
