/**
 * The journal: who did what to which cluster, and how far it came. Nothing is written to a cluster that is not noted
 * here first, safe on the disk.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Began, Entry, Event } from './entries.ts';
import { type Appender, disk, type Files } from './files.ts';
import { type Processes, processes as realProcesses } from './process.ts';
import { withoutSecrets } from './redact-plan.ts';
import { type Holder, holderOf, type OperationRecord, parseLines, replay } from './replay.ts';

/** The journal could not be written or read: one sentence. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Somebody else goes on with this operation. */
export class ClaimedElsewhere extends JournalError {
  readonly holder: Holder;

  constructor(id: string, holder: Holder) {
    const { host, pid } = holder.process;
    super(`Process ${pid} on ${host} holds ${id}: nothing was done.`);
    this.holder = holder;
  }
}

/** An operation that this process holds. */
export interface OpenOperation {
  id: string;
  /** Notes an event; when it resolves, the event is safe on the disk. Throws JournalError. */
  note(event: Event): Promise<void>;
  /** Lets go of it, so that others may go on with it. Safe to call more than once; never throws. */
  release(): Promise<void>;
}

export type Beginning = Omit<Began, 'type' | 'id' | 'token' | 'process' | 'withheld'>;

export interface Journal {
  folder: string;
  /** Begins an operation: secrets are taken out of what is kept. Throws JournalError. */
  begin(what: Beginning): Promise<OpenOperation>;
  /**
   * Takes up an operation that was begun before. Throws ClaimedElsewhere where a living process holds it; `over` names
   * the token of a holder on another host that a person declared dead.
   */
  claim(id: string, over?: string): Promise<OpenOperation>;
  /** Adds to an operation that nobody need hold: what was seen of it. Throws JournalError. */
  add(id: string, event: Event): Promise<void>;
  /** All operations, the oldest first. Throws JournalError where the folder cannot be read. */
  list(): Promise<OperationRecord[]>;
  /** One operation; undefined where there is none. */
  read(id: string): Promise<OperationRecord | undefined>;
  /** One operation's lines as they stand in its file, torn ones left out. */
  lines(id: string): Promise<Entry[]>;
}

export interface JournalOptions {
  folder: string;
  files?: Files;
  processes?: Processes;
  /** Epoch ms. */
  now?: () => number;
  /** Makes ids and tokens: so many random bytes. */
  random?: (bytes: number) => Buffer;
}

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;
const ENDING = '.jsonl';

export function createJournal(options: JournalOptions): Journal {
  const { folder, files = disk, processes = realProcesses, now = Date.now, random = randomBytes } = options;
  const isGone = processes.isGone.bind(processes);
  const pathOf = (id: string): string => {
    if (!ID.test(id)) throw new JournalError(`"${id}" is not the id of an operation.`);
    return join(folder, id + ENDING);
  };
  const token = () => random(8).toString('hex');
  const lineOf = (event: Event) => {
    const entry: Entry = { v: 1, at: new Date(now()).toISOString(), ...event };
    return `${JSON.stringify(entry)}\n`;
  };
  const guard = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof JournalError) throw error;
      throw new JournalError(`${doing} ${folder} failed: ${reasonOf(error)}`, { cause: error });
    }
  };

  const held = (id: string, file: Appender, mine: string, continued: boolean): OpenOperation => {
    let queue: Promise<unknown> = Promise.resolve();
    // What was written before by another process may lack its end: a line of ours must not become part of it.
    let fresh = continued;
    let released: Promise<void> | undefined;
    const note = (event: Event) => {
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

  const readText = async (id: string): Promise<string | undefined> => {
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
    begin: (what) =>
      guard('Writing to the journal in', async () => {
        await files.prepare(folder);
        const stamp = new Date(now()).toISOString().replace(/[-:]|\.\d+/g, '');
        const id = `${stamp}-${random(3).toString('hex')}`;
        const mine = token();
        const operation = held(id, await files.create(pathOf(id)), mine, false);
        try {
          const kept = withoutSecrets(what.request, what.plan);
          await operation.note({ ...what, ...kept, type: 'began', id, token: mine, process: processes.self });
        } catch (error) {
          await operation.release();
          throw error;
        }
        return operation;
      }),

    async claim(id, over) {
      const mine = token();
      const operation = await guard('Writing to the journal in', async () =>
        held(id, await files.open(pathOf(id)), mine, true),
      );
      try {
        await operation.note({ type: 'claimed', token: mine, process: processes.self, over });
        const { entries } = parseLines((await readText(id)) ?? '');
        const holder = holderOf(entries, isGone);
        if (holder?.token === mine) return operation;
        if (holder) throw new ClaimedElsewhere(id, holder);
        throw new JournalError(`The journal of ${id} cannot be read back: nothing was done.`);
      } catch (error) {
        await operation.release();
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

    async list() {
      const names = await guard('Reading the journal in', () => files.list(folder));
      const records: OperationRecord[] = [];
      for (const name of names) {
        const id = name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : '';
        if (!ID.test(id)) continue;
        const record = replay((await readText(id)) ?? '', isGone);
        if (record) records.push(record);
      }
      return records;
    },

    async read(id) {
      const text = await readText(id);
      return text === undefined ? undefined : replay(text, isGone);
    },

    async lines(id) {
      return parseLines((await readText(id)) ?? '').entries;
    },
  };
}

/** Why the disk refused, in words. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `the disk is full (${code}).`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `it may not be written or read (${code}).`;
  return `${message ?? String(error)}.`;
}
