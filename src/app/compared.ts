/** Reads the two objects that are compared on screen, and again whenever one of them changes. Nothing is kept. */
import { comparable } from '../domain/diff/plain.ts';
import { findObject } from '../domain/fleet/find.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import { at } from '../domain/read.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import { KINDS_TABLE, pathOf } from '../kube/kinds.ts';
import type { Transport } from '../kube/types.ts';
import { type Compared, here, type State } from '../store/state.ts';
import type { Store } from '../store/store.ts';

type Pair = readonly [ObjectRef, ObjectRef];

/** The two objects on screen. */
function shown(state: State): Pair | undefined {
  const { screen, marked = [], yaml } = here(state);
  const [left, right] = marked;
  return screen === 'compare' && !yaml && left && right ? [left, right] : undefined;
}

/** Follows the store. Returns a function that stops it. */
export function followCompared(options: {
  store: Store;
  transport: Transport;
  namespace: string;
  servedVersion(ref: ObjectRef): string | undefined;
}): () => void {
  const { store, transport, namespace } = options;
  let reading: { key: string; abort: AbortController } | undefined;

  const readOne = async (ref: ObjectRef, signal: AbortSignal): Promise<unknown> => {
    const version = options.servedVersion(ref) ?? KINDS_TABLE[ref.kind].versions[0];
    const raw = await transport.json({ path: pathOf(ref.kind, version, namespace, ref.name), signal });
    if (at(raw, 'metadata', 'uid') !== ref.uid) throw new Error(`${ref.name} is another object now`);
    return comparable(raw);
  };

  const read = async (pair: Pair, key: string): Promise<void> => {
    const abort = new AbortController();
    reading = { key, abort };
    const put = (compared: Compared) => {
      if (reading?.abort === abort && shown(store.getState())) store.setState({ compared });
    };
    const same = store.getState().compared?.refs.every(({ uid }, side) => uid === pair[side]!.uid);
    if (!same) put({ refs: pair, state: 'reading' });
    try {
      const [left, right] = await Promise.all(pair.map((ref) => readOne(ref, abort.signal)));
      put({ refs: pair, state: 'read', left, right });
    } catch (error) {
      const what = `reading ${pair.map(({ name }) => name).join(' and ')}`;
      const sentence = error instanceof Error && error.name === 'Error' ? error.message : describeFailure(error, what);
      put({ refs: pair, state: 'failed', error: sentence });
    }
  };

  const look = (state: State): void => {
    const pair = shown(state);
    if (!pair) {
      reading?.abort.abort();
      reading = undefined;
      if (state.compared) store.setState({ compared: undefined });
      return;
    }
    const key = pair.map((ref) => `${ref.uid}@${findObject(state.fleet, ref)?.resourceVersion ?? ''}`).join(' ');
    if (reading?.key === key) return;
    reading?.abort.abort();
    void read(pair, key);
  };

  const unsubscribe = store.subscribe(look);
  return () => {
    unsubscribe();
    reading?.abort.abort();
  };
}
