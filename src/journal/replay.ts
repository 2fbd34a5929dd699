/** From the lines of one operation to what is known of it. */
import type { Answered, Began, Ended, Entry, Made, Outcome, ProcessId, Resolved } from './entries.ts';
import { type Holder, holderOf, parseLines } from './ledger.ts';

export type { Holder } from './ledger.ts';

/** Where a step stands. `sending`: it may have been sent, and nobody noted an answer. */
export interface StepRecord {
  id: string;
  state: 'not sent' | 'sending' | Answered['result'];
  /** The state of its object that it was last sent upon. */
  resourceVersion?: string;
  answer?: Answered & { at: string };
}

export type Status =
  /** Its process lives and writes. */
  | 'writing'
  | 'nothing written'
  /** Some of its steps are written, and some are not. */
  | 'half done'
  /** A step may or may not have been written. */
  | 'in doubt'
  /** Everything is written; what it brings about was not seen to its end. */
  | 'written'
  | Outcome['outcome']
  | Resolved['how'];

/** One operation, as its file tells. */
export interface OperationRecord {
  id: string;
  began: Began;
  /** When it began, epoch ms. */
  at: number;
  /** When its first step was sent, epoch ms. */
  sentAt?: number;
  steps: readonly StepRecord[];
  status: Status;
  ended?: Ended & { at: string };
  /** What was seen to come of it first. */
  made?: Made['objects'];
  outcome?: Outcome & { at: string };
  resolved?: Resolved & { at: string };
  /** Whose it is, while that process lives. */
  holder?: Holder;
  /** Lines that could not be read: torn by a crash, or written by something else. */
  broken: number;
}

/** What is known of an operation; undefined where not even its beginning was kept. */
export function replay(text: string, isGone: (process: ProcessId) => boolean): OperationRecord | undefined {
  const { entries: lines, broken } = parseLines(text);
  const entries = lines as Entry[];
  const began = entries.find((entry) => entry.type === 'began');
  if (!began || !isBegan(began)) return undefined;
  const steps = new Map<string, StepRecord>(began.plan.steps.map(({ id }) => [id, { id, state: 'not sent' }]));
  const last = <T extends Entry['type']>(type: T) =>
    entries.findLast((entry): entry is Extract<Entry, { type: T }> => entry.type === type);
  for (const entry of entries) {
    if (entry.type !== 'sending' && entry.type !== 'answered') continue;
    const { step: id } = entry;
    const before = steps.get(id);
    const sent = entry.type === 'sending';
    steps.set(id, {
      id,
      state: sent ? 'sending' : entry.result,
      resourceVersion: sent ? entry.resourceVersion : before?.resourceVersion,
      ...(sent ? {} : { answer: entry }),
    });
  }
  const holder = holderOf(entries, isGone);
  const firstSent = entries.find((entry) => entry.type === 'sending');
  const record = {
    id: began.id,
    began,
    at: Date.parse(began.at),
    sentAt: firstSent && Date.parse(firstSent.at),
    steps: [...steps.values()],
    ended: last('ended'),
    made: entries.flatMap((entry) => (entry.type === 'made' && Array.isArray(entry.objects) ? [entry.objects] : []))[0],
    // The first one: a second metaldeck that looks on may see the same end a little later.
    outcome: entries.find((entry) => entry.type === 'outcome'),
    resolved: last('resolved'),
    holder,
    broken,
  };
  return { ...record, status: statusOf(record) };
}

function isBegan({ id, plan, request }: Partial<Began>): boolean {
  return typeof id === 'string' && Array.isArray(plan?.steps) && Array.isArray(request?.targets);
}

function statusOf({ steps, ended, outcome, resolved, holder }: Omit<OperationRecord, 'status'>): Status {
  if (resolved) return resolved.how;
  if (outcome) return outcome.outcome;
  if (holder && !ended) return 'writing';
  if (steps.every(({ state }) => state === 'written')) return 'written';
  if (steps.some(({ state }) => state === 'sending' || state === 'unknown')) return 'in doubt';
  return steps.some(({ state }) => state === 'written') ? 'half done' : 'nothing written';
}
