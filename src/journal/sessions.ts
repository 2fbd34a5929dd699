/**
 * The journal of sessions: what guides were asked for, and what was said since. What the cluster shows is not kept here:
 * a session is gone on with from the cluster and these lines, and where the lines are missing, from the cluster alone.
 */
import { join } from 'node:path';
import { redact } from '../domain/redact.ts';
import type { Ask, Note } from '../guides/contract.ts';
import {
  createLedger,
  type Holder,
  holderOf,
  type LedgerOptions,
  type Line,
  type OpenFile,
  parseLines,
} from './ledger.ts';
import { withheldOf } from './redact-plan.ts';
import type { SessionBegan, SessionClosed, SessionEvent } from './session-entries.ts';

/** A session as its file tells. */
export interface SessionRecord {
  id: string;
  began: SessionBegan;
  /** When it began, epoch ms: where it was begun by somebody else, then. */
  at: number;
  notes: readonly Note[];
  status: 'open' | SessionClosed['how'];
  closed?: SessionClosed & { at: string };
  /** Who drives it, while that process lives. */
  holder?: Holder;
  /** Lines that could not be read. */
  broken: number;
}

export type OpenSession = OpenFile<SessionEvent>;

export type SessionBeginning = Omit<SessionBegan, 'type' | 'id' | 'token' | 'process' | 'withheld'>;

export interface Sessions {
  folder: string;
  /** Begins a session: secrets are taken out of what is kept. `id`: that of one found in the cluster. Throws JournalError. */
  begin(what: SessionBeginning, id?: string): Promise<OpenSession>;
  /** Takes up a session. Throws ClaimedElsewhere where a living process drives it; `over` as in the journal. */
  claim(id: string, over?: string): Promise<OpenSession>;
  /** Adds what may be said without driving it. Throws JournalError. */
  add(id: string, event: SessionEvent): Promise<void>;
  /** All sessions, the oldest first. Throws JournalError where the folder cannot be read. */
  list(): Promise<SessionRecord[]>;
  read(id: string): Promise<SessionRecord | undefined>;
}

/** The sessions beside the operations in a journal's folder. */
export function createSessions(options: LedgerOptions): Sessions {
  const ledger = createLedger<SessionEvent>({ ...options, folder: join(options.folder, 'sessions') }, 'a session');
  const recordOf = (text: string | undefined) =>
    text === undefined ? undefined : replaySession(text, (process) => ledger.isGone(process));
  return {
    folder: ledger.folder,
    begin: (what, id) =>
      ledger.begin((made) => {
        const { values, withheld } = withheldOf(what.ask.values);
        return { ...what, ask: { ...what.ask, values }, withheld, type: 'began', ...made };
      }, id),
    claim: ledger.claim,
    add: ledger.add,
    async list() {
      const records: SessionRecord[] = [];
      for (const id of await ledger.ids()) {
        const record = recordOf(await ledger.text(id));
        if (record) records.push(record);
      }
      return records;
    },
    read: async (id) => recordOf(await ledger.text(id)),
  };
}

/** A note as it may be kept: without secrets in what was entered or seen. */
export function keptNote(note: Note): Note {
  if (note.note === 'chose') return { ...note, values: withheldOf(note.values).values };
  if (note.note === 'sent' && note.sent) {
    const { request, memo, ...rest } = note.sent;
    const values = withheldOf(request.values).values;
    return {
      ...note,
      sent: { ...rest, request: { ...request, values }, memo: redact(memo) as Record<string, unknown> },
    };
  }
  return note.note === 'saw' ? { ...note, data: redact(note.data) as Record<string, unknown> } : note;
}

/** What is known of a session; undefined where not even its beginning was kept. Never throws. */
export function replaySession(
  text: string,
  isGone: (process: Holder['process']) => boolean,
): SessionRecord | undefined {
  const { entries, broken } = parseLines(text);
  const began = entries.find(isBegan);
  if (!began) return undefined;
  const notes = entries.flatMap((entry) => (entry.type === 'noted' ? [noteOf(entry)] : []));
  const fine = notes.filter((note) => note !== undefined);
  const closed = entries.findLast((entry) => entry.type === 'closed') as (Line & SessionClosed) | undefined;
  return {
    id: began.id,
    began,
    at: began.from?.began ?? Date.parse(began.at),
    notes: fine,
    status: closed ? (closed.how === 'done' ? 'done' : 'left') : 'open',
    ...(closed ? { closed } : {}),
    holder: holderOf(entries, isGone),
    broken: broken + notes.length - fine.length,
  };
}

function isBegan(entry: Line): entry is Line & SessionBegan {
  const { type, id, ask, token } = entry as Line & Partial<SessionBegan>;
  return type === 'began' && typeof id === 'string' && typeof token === 'string' && isAsk(ask);
}

/** Whether something read from elsewhere is what was asked of a guide. */
export function isAsk(value: unknown): value is Ask {
  if (!isBag(value)) return false;
  const { guide, targets, values } = value;
  const texts = isBag(values) && Object.values(values).every((one) => typeof one === 'string');
  const refs =
    Array.isArray(targets) &&
    targets.every((one) => isBag(one) && ['kind', 'uid', 'name'].every((key) => typeof one[key] === 'string'));
  return typeof guide === 'string' && texts && refs;
}

const TEXTS: Readonly<Record<Note['note'], readonly string[]>> = {
  confirmed: ['gate', 'words'],
  overrode: ['gate', 'figure'],
  sent: ['stage', 'operation', 'how'],
  held: ['how'],
  'went on': [],
  chose: [],
  saw: ['key', 'text'],
};

/** A note read from elsewhere; undefined where it is none. */
export function asNote(value: unknown): Note | undefined {
  if (!isBag(value)) return undefined;
  const { note, at, by } = value;
  if (typeof note !== 'string' || typeof at !== 'number' || typeof by !== 'string') return undefined;
  const texts = Object.hasOwn(TEXTS, note) ? TEXTS[note as Note['note']] : undefined;
  if (!texts?.every((key) => typeof value[key] === 'string')) return undefined;
  if (note === 'chose' && !isBag(value['values'])) return undefined;
  if (note === 'saw' && !isBag(value['data'])) return undefined;
  if (note === 'sent' && value['sent'] !== undefined && !isSent(value['sent'])) {
    const { sent: _odd, ...rest } = value;
    return rest as unknown as Note;
  }
  return value as unknown as Note;
}

/** Whether something read from elsewhere is what an operation has sent. */
function isSent(value: unknown): boolean {
  if (!isBag(value)) return false;
  const { request, memo, at, written } = value;
  const named = isBag(request) && isAsk({ ...request, guide: request['operation'] });
  const steps = Array.isArray(written) && written.every((one) => typeof one === 'string');
  return named && steps && isBag(memo) && typeof at === 'number';
}

function noteOf(entry: Line): Note | undefined {
  return asNote((entry as Line & { note?: unknown }).note);
}

function isBag(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
