/** The operations under way: from the first write until what they bring about was seen. */
import { lateAfter } from '../domain/durations/learnt.ts';
import { durationOf } from '../journal/durations.ts';
import type { Event } from '../journal/entries.ts';
import type { Journal } from '../journal/journal.ts';
import type { OperationRecord } from '../journal/replay.ts';
import type { Operation } from '../operations/contract.ts';
import { isLive, kindsOf } from './fresh.ts';
import { isHere, sentOf } from './half-done.ts';
import type { Door, Sight, Underway } from './types.ts';

/** Overdue where too little was learnt: provisioning a host takes about a quarter of it. */
const LONG_MS = 45 * 60_000;

export interface Tray {
  list(): readonly Underway[];
  /** Told after every change of the list. Returns a function that stops it. */
  subscribe(listener: () => void): () => void;
  /** Takes in what the journal knows to be under way here; resolves once what it has come to is noted. Throws JournalError. */
  load(): Promise<void>;
  /** Follows one operation of the journal. Throws JournalError. */
  follow(id: string): Promise<void>;
  /** Takes one out of the list; it stays in the journal. */
  dismiss(id: string): void;
  stop(): void;
}

export interface TrayOptions {
  door: Door;
  sight: Sight;
  journal: Journal;
  operations: readonly Operation[];
  server: string;
  /** Whether outcomes are noted in the journal. */
  note: boolean;
  /** Rung once an operation: when it is seen to its end, or is overdue. */
  bell(): void;
  /** What should not happen: the journal cannot be written any more, an operation throws. */
  onError(error: unknown): void;
}

interface Item {
  operation: Operation;
  shown: Underway;
  rung: boolean;
  /** It was written before anybody looked here: what it has come to then did not come about just now. */
  late: boolean;
  cancelOverdue(): void;
}

export function createTray(options: TrayOptions): Tray {
  const { door, sight, journal, operations, bell, onError } = options;
  const items = new Map<string, Item>();
  const listeners = new Set<() => void>();
  let shown: readonly Underway[] = [];
  let stopWatching: (() => void) | undefined;

  const publish = () => {
    shown = [...items.values()].map((item) => item.shown);
    for (const listener of [...listeners]) listener();
  };
  const ring = (item: Item) => {
    if (!item.rung) bell();
    item.rung = true;
  };

  let noting: Promise<unknown> = Promise.resolve();
  /** In the order in which it was seen. */
  const note = (id: string, event: Event) => {
    if (options.note) noting = noting.then(() => journal.add(id, event)).catch(onError);
  };

  const evaluate = (item: Item): boolean => {
    const { operation, shown: before } = item;
    if (before.progress.outcome) return false;
    const world = { ...sight.picture(), raw: new Map() };
    const live = isLive(sight, kindsOf(operation, before.sent.request));
    // What was seen last stays: an old picture must not end an operation.
    if (!live) {
      if (!before.live) return false;
      item.shown = { ...before, live };
      return true;
    }
    try {
      const progress = operation.done(world, before.sent);
      if (before.live && JSON.stringify(progress) === JSON.stringify(before.progress)) return false;
      const { made } = progress;
      const fresh = made !== undefined && before.sent.made === undefined;
      item.shown = { ...before, live, progress, ...(fresh ? { sent: { ...before.sent, made } } : {}) };
      if (fresh) note(before.id, { type: 'made', objects: made });
      if (progress.outcome) end(item);
      item.late = false;
    } catch (error) {
      onError(error);
      return false;
    }
    return true;
  };

  const end = (item: Item) => {
    item.cancelOverdue();
    ring(item);
    const { id, sent, progress } = item.shown;
    if (!progress.outcome) return;
    const why = progress.milestones.find(({ state }) => state === 'bad' || state === 'overtaken');
    const took = Math.max(0, door.clock.now() - sent.at);
    const detail = why && [why.title, why.detail].filter(Boolean).join(': ');
    const late = item.late ? { late: true } : {};
    note(id, { type: 'outcome', outcome: progress.outcome, took, ...late, detail });
  };

  const evaluateAll = () => {
    let changed = false;
    for (const item of items.values()) changed = evaluate(item) || changed;
    if (changed) publish();
  };

  const take = (record: OperationRecord, records: readonly OperationRecord[], late: boolean) => {
    const operation = operations.find(({ id }) => id === record.began.request.operation);
    if (!operation || items.has(record.id)) return;
    const sent = sentOf(record);
    // What a test cluster does says nothing about this one.
    const here = records.filter((one) => isHere(options, one));
    const usual = durationOf(here, operation, sent.memo);
    const item: Item = {
      operation,
      rung: false,
      late,
      cancelOverdue: () => {},
      shown: {
        id: record.id,
        title: record.began.plan.title,
        sent,
        targets: sent.request.targets,
        progress: { milestones: [] },
        live: false,
        overdue: false,
        usual,
      },
    };
    items.set(record.id, item);
    const limit = lateAfter(usual) ?? LONG_MS;
    item.cancelOverdue = door.clock.after(Math.max(0, sent.at + limit - door.clock.now()), () => {
      item.shown = { ...item.shown, overdue: true };
      ring(item);
      publish();
    });
    evaluate(item);
    stopWatching ??= sight.subscribe(evaluateAll);
  };

  return {
    list: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      const records = await journal.list();
      for (const record of records) {
        if (record.status !== 'written' || !isHere(options, record)) continue;
        take(record, records, true);
      }
      publish();
      await noting;
    },
    async follow(id) {
      const records = await journal.list();
      const record = records.find((one) => one.id === id);
      if (record) take(record, records, false);
      publish();
    },
    dismiss(id) {
      items.get(id)?.cancelOverdue();
      items.delete(id);
      publish();
    },
    stop() {
      stopWatching?.();
      for (const item of items.values()) item.cancelOverdue();
      listeners.clear();
    },
  };
}
