/**
 * The journal: who did what to which cluster, and how far it came. Nothing is written to a cluster that is not noted
 * here first, safe on the disk.
 */
import type { Began, Entry, Event } from './entries.ts';
import { createLedger, type LedgerOptions, type OpenFile, parseLines } from './ledger.ts';
import { withoutSecrets } from './redact-plan.ts';
import { type OperationRecord, replay } from './replay.ts';

export { ClaimedElsewhere, JournalError } from './ledger.ts';

/** An operation that this process holds. */
export type OpenOperation = OpenFile<Event>;

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

export type JournalOptions = LedgerOptions;

export function createJournal(options: JournalOptions): Journal {
  const ledger = createLedger<Event>(options, 'an operation');
  const { folder, isGone } = ledger;
  return {
    folder,
    begin: (what) =>
      ledger.begin((made) => ({ ...what, ...withoutSecrets(what.request, what.plan), type: 'began', ...made })),
    claim: ledger.claim,
    add: ledger.add,
    async list() {
      const records: OperationRecord[] = [];
      for (const id of await ledger.ids()) {
        const record = replay((await ledger.text(id)) ?? '', isGone);
        if (record) records.push(record);
      }
      return records;
    },
    async read(id) {
      const text = await ledger.text(id);
      return text === undefined ? undefined : replay(text, isGone);
    },
    async lines(id) {
      return parseLines((await ledger.text(id)) ?? '').entries as Entry[];
    },
  };
}
