/** Operations under way and broken off ones, from the journal into the store. */
import type { Operation } from '../operations/contract.ts';
import type { HalfDone, Runner, Sight } from '../runner/api.ts';
import { isLive, kindsOf } from '../runner/fresh.ts';
import type { Followed } from '../store/operating.ts';
import type { Store } from '../store/store.ts';
import { brokenOffOf, finalOf, followedOf, isSame } from './operating.ts';

export interface TrayView {
  /** A broken off operation, as it stood when it was looked at last. */
  broken(id: string): HalfDone | undefined;
  /** Looks again which operations are broken off. */
  refresh(): Promise<void>;
  stop(): void;
}

interface TrayViewOptions {
  store: Store;
  operations: readonly Operation[];
  runner: Pick<Runner, 'tray' | 'halfDone'>;
  sight: Sight;
  /** Says something that should not be missed. */
  notice(text: string): void;
  /** Called after every change of the list. */
  changed(): void;
}

/** Puts the list into the store, and says at the start what is half done. */
export function followTray({ store, runner, operations, sight, notice, changed }: TrayViewOptions): TrayView {
  let broken: readonly HalfDone[] = [];
  /** Ids of those that need not be looked at again by themselves. */
  let judged: readonly string[] = [];
  let refreshing = false;
  const operationOf = (id: string) => operations.find((one) => one.id === id);
  const isJudgeable = ({ record: { began } }: HalfDone): boolean => {
    const operation = operationOf(began.request.operation);
    return operation !== undefined && isLive(sight, kindsOf(operation, began.request));
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
    const tray = [...half, ...followed];
    if (!isSame(tray, store.getState().tray)) store.setState({ tray });
    changed();
  };
  const complain = (error: unknown) => notice(error instanceof Error ? error.message : String(error));
  const refresh = async () => {
    const live = operations.filter(({ kinds }) => isLive(sight, kinds)).map(({ id }) => id);
    try {
      broken = await runner.halfDone();
      judged = broken.filter(({ record }) => live.includes(record.began.request.operation)).map(({ id }) => id);
    } catch (error) {
      judged = broken.map(({ id }) => id);
      complain(error);
    }
    publish();
  };
  /** What could not be judged for want of a live picture is looked at again as soon as there is one. */
  const again = () => {
    if (refreshing || !broken.some((found) => !judged.includes(found.id) && isJudgeable(found))) return;
    refreshing = true;
    void refresh().finally(() => {
      refreshing = false;
    });
  };

  const stops = [runner.tray.subscribe(publish), sight.subscribe(again)];
  void runner.tray
    .load()
    .then(refresh)
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
