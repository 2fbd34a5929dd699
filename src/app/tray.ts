/** Operations under way and broken off ones, from the journal into the store. */
import type { Operation } from '../operations/contract.ts';
import type { HalfDone, Runner } from '../runner/api.ts';
import type { Followed } from '../store/operating.ts';
import type { Store } from '../store/store.ts';
import { brokenOffOf, followedOf, isSame } from './operating.ts';

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
  /** Says something that should not be missed. */
  notice(text: string): void;
  /** Called after every change of the list. */
  changed(): void;
}

/** Puts the list into the store, and says at the start what is half done. */
export function followTray({ store, runner, operations, notice, changed }: TrayViewOptions): TrayView {
  let broken: readonly HalfDone[] = [];
  const publish = () => {
    const followed = [...runner.tray.list()].reverse().map((under): Followed => {
      const operation = operations.find(({ id }) => id === under.sent.request.operation);
      return { ...followedOf(under), final: operation?.takeBack === undefined };
    });
    const tray = [...broken.map(brokenOffOf), ...followed];
    if (!isSame(tray, store.getState().tray)) store.setState({ tray });
    changed();
  };
  const complain = (error: unknown) => notice(error instanceof Error ? error.message : String(error));
  const refresh = async () => {
    try {
      broken = await runner.halfDone();
    } catch (error) {
      complain(error);
    }
    publish();
  };
  const stop = runner.tray.subscribe(publish);
  void runner.tray
    .load()
    .then(refresh)
    .then(() => {
      if (broken.length === 0) return;
      const count = broken.length === 1 ? 'an operation is' : `${broken.length} operations are`;
      notice(`${count} half done: o lists them, f finishes, u takes back`);
    })
    .catch(complain);
  return { broken: (id) => broken.find((one) => one.id === id), refresh, stop };
}
