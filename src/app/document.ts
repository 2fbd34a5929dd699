/** Reads the one object whose YAML is on screen, and again whenever it changes while it is looked at. */
import { stringify } from 'yaml';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import { redact } from '../domain/redact.ts';
import { cleanLine } from '../domain/text.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import { KINDS_TABLE, pathOf } from '../kube/kinds.ts';
import type { Transport } from '../kube/types.ts';
import { here, type State } from '../store/state.ts';
import type { Store } from '../store/store.ts';

/** The lines of an object's YAML: secrets redacted, managedFields off, no control characters. */
export function yamlLines(raw: unknown): string[] {
  return stringify(redact(raw), { lineWidth: 0, aliasDuplicateObjects: false })
    .split('\n')
    .map((line) => /^ */.exec(line)![0] + cleanLine(line))
    .slice(0, -1);
}

/**
 * Follows the store: reads when a YAML screen opens and whenever `versionOf` says the object has a newer revision.
 * Returns a function that stops it.
 */
export function followDocument(options: {
  store: Store;
  transport: Transport;
  namespace: string;
  versionOf(state: State, ref: ObjectRef): string | undefined;
  servedVersion(state: State, ref: ObjectRef): string | undefined;
}): () => void {
  const { store, transport, namespace } = options;
  let reading: { uid: string; version?: string; abort: AbortController } | undefined;

  const read = async (ref: ObjectRef, version: string | undefined, served: string | undefined): Promise<void> => {
    const abort = new AbortController();
    reading = { uid: ref.uid, version, abort };
    const put = (document: State['document']) => {
      const place = here(store.getState());
      if (reading?.abort === abort && place.yaml && place.ref?.uid === ref.uid) store.setState({ document });
    };
    if (store.getState().document?.ref.uid !== ref.uid) put({ ref, state: 'reading', lines: [] });
    try {
      const raw = await transport.json({
        path: pathOf(ref.kind, served ?? KINDS_TABLE[ref.kind].versions[0], namespace, ref.name),
        signal: abort.signal,
      });
      const meta = (raw as { metadata?: { uid?: string; resourceVersion?: string } }).metadata;
      if (meta?.uid !== ref.uid) {
        put({
          ref,
          state: 'failed',
          lines: [],
          error: `${ref.name} is another object now: it was deleted and made again`,
        });
      } else {
        put({ ref, state: 'read', lines: yamlLines(raw), at: Date.now(), resourceVersion: meta.resourceVersion });
      }
    } catch (error) {
      put({ ref, state: 'failed', lines: [], error: describeFailure(error, `reading ${ref.name}`) });
    }
  };

  const look = (state: State): void => {
    const place = here(state);
    if (!place.yaml || !place.ref) {
      reading?.abort.abort();
      reading = undefined;
      return;
    }
    const version = options.versionOf(state, place.ref);
    if (reading?.uid === place.ref.uid && reading.version === version) return;
    reading?.abort.abort();
    void read(place.ref, version, options.servedVersion(state, place.ref));
  };

  const unsubscribe = store.subscribe(look);
  return () => {
    unsubscribe();
    reading?.abort.abort();
  };
}
