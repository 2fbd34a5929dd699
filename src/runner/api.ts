/** The one way out to a cluster, as screens and commands use it: prepare, rehearse, run, follow. */
import type { Journal } from '../journal/journal.ts';
import type { OperationRecord } from '../journal/replay.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
import type { Transport } from '../kube/types.ts';
import type { Operation, Request } from '../operations/contract.ts';
import { type Alone, createAlone, notAlone } from './alone.ts';
import { halfDone, isHere, type Workshop } from './half-done.ts';
import { leave } from './leave.ts';
import { nameOf } from './people.ts';
import { prepare } from './prepare.ts';
import { rehearse } from './rehearse.ts';
import { type RunOptions, run, type Who } from './run.ts';
import { createTray, type Tray } from './tray.ts';
import type { Door, HalfDone, Prepared, Refused, Rehearsed, RunnerClock, RunResult, Sight } from './types.ts';
import { watch } from './watch.ts';

export type { HalfDone, Prepared, Refused, Rehearsed, RunEvent, RunResult, Sight, Underway } from './types.ts';
export { isRefused } from './types.ts';

export interface RunnerOptions {
  transport: Pick<Transport, 'json'>;
  sight: Sight;
  journal: Journal;
  operations: readonly Operation[];
  who: Who;
  /** Why nothing may be written, as one sentence: what `run` then answers. */
  readOnly?: string;
  clock?: RunnerClock;
  bell?(): void;
  onError?(error: unknown): void;
}

export interface Runner {
  readonly readOnly?: string;
  /** A plan bound to what the server has at this moment, or why not. */
  prepare(request: Request): Promise<Prepared | Refused>;
  /**
   * The same, again with every new picture of the fleet: for a screen that shows it until it is confirmed. `onPlan` is
   * called at least once. Returns a function that stops it.
   */
  watch(request: Request, onPlan: (plan: Prepared | Refused) => void): () => void;
  /** Rights and server dry run. Writes nothing. */
  dryRun(prepared: Prepared): Promise<Rehearsed>;
  /** Writes, noting every step in the journal first; what was written whole is in the tray afterwards. Never throws. */
  run(prepared: Prepared, rehearsed: Rehearsed, options?: RunOptions): Promise<RunResult>;
  tray: Tray;
  /** The right to write what only one process at a time may; `run` takes it by itself where a plan wants it. */
  alone: Alone;
  /** Operations of this server and namespace that were broken off. Throws JournalError. */
  halfDone(): Promise<HalfDone[]>;
  /** Declares a broken off operation dealt with by other means: what is written stays. Throws JournalError. */
  leave(id: string, why?: string): Promise<void>;
  /** Operations of this server and namespace that were begun since (epoch ms) and are over; oldest first. Throws JournalError. */
  past(since: number): Promise<OperationRecord[]>;
  /** One operation of the journal. Throws JournalError. */
  record(id: string): Promise<OperationRecord | undefined>;
  stop(): void;
}

/** Nobody works on it, and nothing of it is awaited. */
const isOver = ({ status }: OperationRecord) => !['writing', 'written', 'half done', 'in doubt'].includes(status);

const wallClock: RunnerClock = {
  now: Date.now,
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

export function createRunner(options: RunnerOptions): Runner {
  const { sight, journal, operations, who, readOnly, clock = wallClock } = options;
  const door: Door = {
    transport: options.transport,
    namespace: sight.picture().namespace,
    clock,
    versionOf: (kind) => sight.picture().freshness[kind].version ?? KINDS_TABLE[kind].versions[0],
  };
  const { server } = who;
  const shop: Workshop = { door, sight, journal, operations, server };
  const note = readOnly === undefined;
  const { transport } = options;
  const alone = createAlone({ transport, namespace: door.namespace, clock, who: nameOf(who.user) });
  const tray = createTray({
    ...shop,
    note,
    bell: options.bell ?? (() => {}),
    onError: options.onError ?? (() => {}),
  });
  const planned = (request: Request) =>
    prepare(
      door,
      sight,
      operations.find(({ id }) => id === request.operation),
      request,
    );

  return {
    readOnly,
    prepare: planned,
    watch: (request, onPlan) => watch({ ...shop, planned }, request, onPlan),
    dryRun: ({ plan }) => rehearse(door, plan.steps),
    async run(prepared, rehearsed, more = {}) {
      if (readOnly !== undefined) return { result: 'refused', steps: [], why: readOnly };
      const { alone: matter } = prepared.plan;
      const why = matter && notAlone(await alone.hold(matter), matter);
      if (why !== undefined) return { result: 'refused', steps: [], why };
      const result = await run({ door, sight, journal, who }, prepared, rehearsed, more);
      if (matter) await alone.letGo(matter);
      if (result.result === 'written' && result.id !== undefined) {
        await tray.follow(result.id).catch((error: unknown) => options.onError?.(error));
      }
      return result;
    },
    tray,
    alone,
    halfDone: () => halfDone(shop, note),
    leave: (id, why) => leave(journal, id, why),
    past: async (since) =>
      (await journal.list()).filter((one) => one.at >= since && isHere({ door, server }, one) && isOver(one)),
    record: (id) => journal.read(id),
    stop: () => tray.stop(),
  };
}
