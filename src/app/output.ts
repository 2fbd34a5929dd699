/** Reads the output of the one plan that is on screen, and again whenever its Secret changes. Nothing is kept. */
import type { ObjectRef } from '../domain/fleet/rows.ts';
import { decodeOutput } from '../domain/output/decode.ts';
import { at } from '../domain/read.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import { readPlanSecret } from '../kube/plan-reader.ts';
import type { Transport } from '../kube/types.ts';
import { here, type OutputDocument, type State } from '../store/state.ts';
import type { Store } from '../store/store.ts';

/** The plan whose output is on screen. */
function shown(state: State): ObjectRef | undefined {
  const place = here(state);
  return place.screen === 'output' && !place.yaml ? place.ref : undefined;
}

/**
 * Follows the store: reads when an output screen opens and whenever the plan's Secret has a newer revision; forgets
 * what it read when the screen is left. Returns a function that stops it.
 */
export function followOutput(options: { store: Store; transport: Transport; namespace: string }): () => void {
  const { store, transport, namespace } = options;
  let reading: { uid: string; version?: string; abort: AbortController } | undefined;

  const read = async (ref: ObjectRef, version: string | undefined): Promise<void> => {
    const abort = new AbortController();
    reading = { uid: ref.uid, version, abort };
    const put = (document: OutputDocument) => {
      if (reading?.abort === abort && shown(store.getState())?.uid === ref.uid) store.setState({ output: document });
    };
    if (store.getState().output?.ref.uid !== ref.uid) put({ ref, state: 'reading' });
    try {
      const secret = await readPlanSecret(transport, namespace, ref.name, abort.signal);
      if (at(secret, 'metadata', 'uid') === ref.uid) put({ ref, state: 'read', output: decodeOutput(secret) });
      else put({ ref, state: 'failed', error: `${ref.name} is another plan now: it was deleted and made again` });
    } catch (error) {
      put({ ref, state: 'failed', error: describeFailure(error, `reading the plan ${ref.name}`) });
    }
  };

  const look = (state: State): void => {
    const ref = shown(state);
    if (!ref) {
      reading?.abort.abort();
      reading = undefined;
      if (state.output) store.setState({ output: undefined });
      return;
    }
    const version = state.fleet.plans.byUid.get(ref.uid)?.object.resourceVersion;
    if (reading?.uid === ref.uid && reading.version === version) return;
    reading?.abort.abort();
    void read(ref, version);
  };

  const unsubscribe = store.subscribe(look);
  return () => {
    unsubscribe();
    reading?.abort.abort();
  };
}
