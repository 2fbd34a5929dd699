/** Operations under way and broken off ones, from the journal into the store. */
import type { Operation } from '../operations/contract.ts';
import type { HalfDone, Runner, Sight } from '../runner/api.ts';
import { isLive, kindsOf } from '../runner/fresh.ts';
import type { Followed } from '../store/operating.ts';
import type { Store } from '../store/store.ts';
import { brokenOffOf, finalOf, followedOf, isSame, pastOf } from './operating.ts';

/** What was over before this start is listed for so long after it was begun, ms. */
const DAY = 24 * 3_600_000;

export interface TrayView {
  /** A broken off operation, as it stood when it was looked at last. */
  broken(id: string): HalfDone | undefined;
  /** Looks again which operations are broken off. `also`: one that was not among them yet. */
  refresh(also?: string): Promise<void>;
  stop(): void;
}

interface TrayViewOptions {
  store: Store;
  operations: readonly Operation[];
  runner: Pick<Runner, 'tray' | 'halfDone' | 'record' | 'past'>;
  sight: Sight;
  /** Says something that should not be missed. */
  notice(text: string): void;
  /** Called after every change of the list. */
  changed(): void;
  /** Called when it was looked which operations are broken off. */
  looked(): Promise<void>;
}

/** Puts the list into the store, and says at the start what is half done. */
export function followTray({ store, runner, operations, sight, notice, changed, looked }: TrayViewOptions): TrayView {
  let broken: readonly HalfDone[] = [];
  let past: readonly Followed[] = [];
  /** Ids of those that need not be looked at again by themselves. */
  let judged: readonly string[] = [];
  let refreshing = false;
  const operationOf = (id: string) => operations.find((one) => one.id === id);
  const isJudgeable = ({ record: { began } }: HalfDone, on: Sight): boolean => {
    const operation = operationOf(began.request.operation);
    return operation !== undefined && isLive(on, kindsOf(operation, began.request));
  };

  const publish = () => {
    const followed = [...runner.tray.list()].reverse().map(
      (under): Followed => ({
        ...followedOf(under),
        final: finalOf(operationOf(under.sent.request.operation)),
      }),
    );
    const half = broken.map(
      (found): Followed => ({
        ...brokenOffOf(found),
        final: finalOf(operationOf(found.record.began.request.operation)),
      }),
    );
    const listed = new Set([...half, ...followed].map(({ id }) => id));
    const tray = [...half, ...followed, ...past.filter(({ id }) => !listed.has(id))];
    if (!isSame(tray, store.getState().tray)) store.setState({ tray });
    changed();
  };
  const complain = (error: unknown) => notice(error instanceof Error ? error.message : String(error));
  const refresh = async (also?: string) => {
    const before = new Set([...broken.map(({ id }) => id), ...(also === undefined ? [] : [also])]);
    // What it was judged on is what was known when it was begun to look.
    const picture = sight.picture();
    const then = { ...sight, picture: () => picture };
    try {
      broken = await runner.halfDone();
      judged = broken.filter((found) => isJudgeable(found, then)).map(({ id }) => id);
      for (const { id } of broken) before.delete(id);
    } catch (error) {
      judged = broken.map(({ id }) => id);
      before.clear();
      complain(error);
    }
    publish();
    await settled(before).catch(complain);
  };
  /** What is not broken off any more may have turned out to be written: it is followed from now on. */
  const settled = async (ids: Iterable<string>) => {
    for (const id of ids) {
      if ((await runner.record(id))?.status === 'written') await runner.tray.follow(id);
    }
    await looked();
  };
  /** What could not be judged for want of a live picture is looked at again as soon as there is one. */
  const again = () => {
    if (refreshing || !broken.some((found) => !judged.includes(found.id) && isJudgeable(found, sight))) return;
    refreshing = true;
    void refresh().finally(() => {
      refreshing = false;
    });
  };

  const stops = [runner.tray.subscribe(publish), sight.subscribe(again)];
  void runner
    .past(sight.picture().now - DAY)
    .then((records) => {
      past = records.map(pastOf).reverse();
    })
    .catch(complain)
    .then(() => runner.tray.load())
    .then(() => refresh())
    // A lost answer may have been found by looking: then it is followed like the others.
    .then(() => runner.tray.load())
    .then(() => {
      const [one, ...more] = broken;
      if (!one) return;
      notice(
        more.length === 0
          ? 'an operation is half done: o lists it, and how it goes on'
          : `${broken.length} operations are half done: o lists them, and how they go on`,
      );
    })
    .catch(complain);
  return {
    broken: (id) => broken.find((one) => one.id === id),
    refresh,
    stop() {
      for (const stop of stops) stop();
    },
  };
}
