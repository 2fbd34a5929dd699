/** `metaldeck snapshot --watch`: the snapshot once, then a line for everything that changes. */
import type { Lists } from '../../hooks/lists.ts';
import type { Options } from '../cli.ts';
import { timeText } from '../domain/age.ts';
import { API_KIND } from '../domain/kinds.ts';
import { redactText } from '../domain/redact-text.ts';
import { attentionOf } from '../store/attention.ts';
import type { State } from '../store/state.ts';
import { type Store, tick } from '../store/store.ts';
import { snapshotText } from './snapshot.ts';
import { snapshotData } from './snapshot-data.ts';
import { unknownKinds, type Verdict } from './verdict.ts';

/** One line. `kind` and `name` are absent where it is about the whole. */
export interface ChangeLine {
  /** RFC 3339. */
  at: string;
  kind?: string;
  name?: string;
  text: string;
  /** Set where the verdict is another one. */
  verdict?: string;
}

/**
 * What is held and was verified so long ago, ms, still decides: a slow answer, or one that this machine was too busy to
 * take in time, is not an unknown one. Twice the time after which a screen says STALE.
 */
export const HELD_MS = 30_000;
/** How often the clock is looked at, ms: some trouble comes with the time alone. */
const TICK_MS = 5_000;

/** As `verdictOf`, with what is not verified at the moment counted as known while it is young. */
export function watchVerdict(state: State): Verdict {
  const doubtful = unknownKinds(state.freshness).some(({ kind }) => {
    const { phase, synced, verifiedAt } = state.freshness[kind];
    const passing = synced && (phase === 'stale' || phase === 'syncing' || phase === 'live');
    return !passing || verifiedAt === undefined || state.now - verifiedAt > HELD_MS;
  });
  if (doubtful) return 2;
  return attentionOf(state).length > 0 ? 1 : 0;
}

const WORDS = ['healthy', 'attention', 'unknown'] as const;

/** What is new in `state`, in the order it was seen. */
export function changesSince(before: State, state: State): ChangeLine[] {
  const last = before.observed.at(-1);
  const from = last === undefined ? 0 : state.observed.lastIndexOf(last) + 1;
  const lines = (state.observed === before.observed ? [] : state.observed.slice(from)).map(
    ({ at, ref, text }): ChangeLine => ({
      at: new Date(at).toISOString(),
      kind: API_KIND[ref.kind],
      name: ref.name,
      text: redactText(text),
    }),
  );
  const [was, is] = [watchVerdict(before), watchVerdict(state)];
  if (was !== is) {
    const unknown = is === 2 ? unknownKinds(state.freshness) : [];
    const why = unknown.map(({ kind, why: reason }) => `${API_KIND[kind]} (${reason})`);
    const text = `verdict: ${WORDS[was]} -> ${WORDS[is]}${why.length > 0 ? `: ${why.join(', ')}` : ''}`;
    lines.push({ at: new Date(state.now).toISOString(), text, verdict: WORDS[is] });
  }
  return lines;
}

/** A line for people. */
export function lineOf({ at, kind, name, text }: ChangeLine): string {
  return [timeText(Date.parse(at)), kind && `${kind}/${name}`, text].filter(Boolean).join('  ');
}

/**
 * Prints until SIGINT or SIGTERM, or until nobody reads any more; gives the last verdict. With `-o json` the first line
 * is the whole snapshot, and each one after it a change.
 */
export async function watchSnapshot(store: Store, lists: Lists, options: Options): Promise<Verdict> {
  const data = options.output === 'json';
  const view = options.view ?? 'overview';
  const state = store.getState();
  const { stdout } = process;
  return new Promise((resolve) => {
    const end = () => {
      unsubscribe();
      clearInterval(timer);
      process.off('SIGINT', end).off('SIGTERM', end);
      stdout.off('error', end);
      resolve(watchVerdict(store.getState()));
    };
    const unsubscribe = store.subscribe((now, before) => {
      for (const line of changesSince(before, now)) stdout.write(`${data ? JSON.stringify(line) : lineOf(line)}\n`);
    });
    const timer = setInterval(() => tick(store, Date.now()), TICK_MS);
    // Before the first byte: who reads it may end this at once, and wants the verdict then too.
    process.on('SIGINT', end).on('SIGTERM', end);
    // `| head` closes the pipe.
    stdout.on('error', end);
    stdout.write(
      data ? `${JSON.stringify(snapshotData(state, view))}\n` : `${snapshotText(state, lists, view, options.output)}\n`,
    );
  });
}
