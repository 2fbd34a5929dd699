/**
 * Files that are only ever appended to, one a thing, one JSON object a line, with claims among their lines: what the
 * journals of operations and of sessions have in common.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Claimed, ProcessId, Released } from './entries.ts';
import { type Appender, disk, type Files } from './files.ts';
import { type Processes, processes as realProcesses } from './process.ts';

/** The journal could not be written or read: one sentence. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Whose something is, while that process lives. */
export interface Holder {
  token: string;
  process: ProcessId;
}

/** Somebody else goes on with this. */
export class ClaimedElsewhere extends JournalError {
  readonly holder: Holder;

  constructor(id: string, holder: Holder) {
    const { host, pid } = holder.process;
    super(`Process ${pid} on ${host} holds ${id}: nothing was done.`);
    this.holder = holder;
  }
}

/** A file that this process holds. */
export interface OpenFile<E> {
  id: string;
  /** Notes an event; when it resolves, the event is safe on the disk. Throws JournalError. */
  note(event: E): Promise<void>;
  /** Lets go of it, so that others may go on with it. Safe to call more than once; never throws. */
  release(): Promise<void>;
}

export interface LedgerOptions {
  folder: string;
  files?: Files;
  processes?: Processes;
  /** Epoch ms. */
  now?: () => number;
  /** Makes ids and tokens: so many random bytes. */
  random?: (bytes: number) => Buffer;
}

export interface Ledger<E> {
  folder: string;
  /** Begins a file with the entry made for its id and the token of its first claim. Throws JournalError. */
  begin(first: (made: { id: string; token: string; process: ProcessId }) => E, id?: string): Promise<OpenFile<E>>;
  /**
   * Takes up a file that was begun before. Throws ClaimedElsewhere where a living process holds it; `over` names the
   * token of a holder on another host that a person declared dead.
   */
  claim(id: string, over?: string): Promise<OpenFile<E>>;
  /** Adds to a file that nobody need hold. Throws JournalError. */
  add(id: string, event: E): Promise<void>;
  /** Ids of all files, the oldest first. Throws JournalError where the folder cannot be read. */
  ids(): Promise<string[]>;
  /** What a file holds; undefined where there is none. Throws JournalError. */
  text(id: string): Promise<string | undefined>;
  isGone(process: ProcessId): boolean;
}

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;
const ENDING = '.jsonl';

/** `of`: what a file is about, for sentences: `an operation`. */
export function createLedger<E extends { type: string }>(
  options: LedgerOptions,
  of: string,
): Ledger<E | Claimed | Released> {
  const { folder, files = disk, processes = realProcesses, now = Date.now, random = randomBytes } = options;
  const isGone = processes.isGone.bind(processes);
  const pathOf = (id: string): string => {
    if (!ID.test(id)) throw new JournalError(`"${id}" is not the id of ${of}.`);
    return join(folder, id + ENDING);
  };
  const makeToken = () => random(8).toString('hex');
  const lineOf = (event: object) => `${JSON.stringify({ v: 1, at: new Date(now()).toISOString(), ...event })}\n`;
  const guard = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof JournalError) throw error;
      throw new JournalError(`${doing} ${folder} failed: ${reasonOf(error)}`, { cause: error });
    }
  };

  const held = (id: string, file: Appender, mine: string, continued: boolean): OpenFile<E | Claimed | Released> => {
    let queue: Promise<unknown> = Promise.resolve();
    // What was written before by another process may lack its end: a line of ours must not become part of it.
    let fresh = continued;
    let released: Promise<void> | undefined;
    const note = (event: E | Claimed | Released) => {
      const work = queue.then(async () => {
        const line = (fresh ? '\n' : '') + lineOf(event);
        fresh = true;
        await file.append(line);
        fresh = false;
      });
      queue = work.catch(() => {});
      return guard('Writing to the journal in', () => work);
    };
    return {
      id,
      note,
      release() {
        released ??= note({ type: 'released', token: mine })
          // The process that ends releases it as well.
          .catch(() => {})
          .then(() => file.close())
          .catch(() => {});
        return released;
      },
    };
  };

  const text = async (id: string): Promise<string | undefined> => {
    const path = pathOf(id);
    try {
      return await files.read(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new JournalError(`Reading the journal in ${folder} failed: ${reasonOf(error)}`, { cause: error });
    }
  };

  return {
    folder,
    isGone,
    text,
    begin: (first, given) =>
      guard('Writing to the journal in', async () => {
        await files.prepare(folder);
        const stamp = new Date(now()).toISOString().replace(/[-:]|\.\d+/g, '');
        const id = given ?? `${stamp}-${random(3).toString('hex')}`;
        const token = makeToken();
        const file = held(id, await files.create(pathOf(id)), token, false);
        try {
          await file.note(first({ id, token, process: processes.self }));
        } catch (error) {
          await file.release();
          throw error;
        }
        return file;
      }),

    async claim(id, over) {
      const token = makeToken();
      const file = await guard('Writing to the journal in', async () =>
        held(id, await files.open(pathOf(id)), token, true),
      );
      try {
        await file.note({ type: 'claimed', token, process: processes.self, over });
        const { entries } = parseLines((await text(id)) ?? '');
        const holder = holderOf(entries, isGone);
        if (holder?.token === token) return file;
        if (holder) throw new ClaimedElsewhere(id, holder);
        throw new JournalError(`The journal of ${id} cannot be read back: nothing was done.`);
      } catch (error) {
        await file.release();
        throw error;
      }
    },

    add: (id, event) =>
      guard('Writing to the journal in', async () => {
        const file = await files.open(pathOf(id));
        try {
          await file.append(`\n${lineOf(event)}`);
        } finally {
          await file.close();
        }
      }),

    async ids() {
      const names = await guard('Reading the journal in', () => files.list(folder));
      return names
        .map((name) => (name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : ''))
        .filter((id) => ID.test(id));
    },
  };
}

/** A line as it was read: nothing but its kind and time is certain. */
export interface Line {
  v: 1;
  at: string;
  type: string;
}

/** The entries of a file, in its order, and how many lines were none. Never throws. */
export function parseLines(text: string): { entries: Line[]; broken: number } {
  const entries: Line[] = [];
  let broken = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const entry = parseLine(line);
    if (entry) entries.push(entry);
    else broken += 1;
  }
  return { entries, broken };
}

function parseLine(line: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { v, at, type } = value as { v?: unknown; at?: unknown; type?: unknown };
    return v === 1 && typeof at === 'string' && typeof type === 'string' ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** The claim that holds: the first in the file that is neither released nor of a process that is gone. */
export function holderOf(entries: readonly Line[], isGone: (process: ProcessId) => boolean): Holder | undefined {
  const over = new Set<string>();
  for (const entry of entries as readonly (Line & { token?: string; over?: string })[]) {
    if (entry.type === 'released' && entry.token !== undefined) over.add(entry.token);
    if (entry.type === 'claimed' && entry.over !== undefined) over.add(entry.over);
  }
  const holder = (entries as readonly (Line & Partial<Holder>)[]).find(
    ({ type, token, process }) =>
      (type === 'began' || type === 'claimed') &&
      token !== undefined &&
      process !== undefined &&
      !over.has(token) &&
      !isGone(process),
  );
  return holder && { token: holder.token!, process: holder.process! };
}

/** Why the disk refused, in words. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk is full (${code}).`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `it may not be written or read (${code}).`;
  return `${message ?? String(error)}.`;
}
