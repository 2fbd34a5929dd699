import { KubeError } from '../types.ts';
import { errorOfEvent } from './failure.ts';
import type { Dependencies } from './fetch-list.ts';
import { LineSplitter } from './line-splitter.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { receive } from './receive.ts';
import { type Source, watchRequest } from './source.ts';

export type WatchEvent = {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: unknown;
  /** Of the object; undefined where it has none. */
  revision?: string;
  /** The bookmark that says: the initial events of a WatchList are complete. */
  initialEnd: boolean;
};

export interface WatchOptions {
  revision?: string;
  timeoutSeconds: number;
  /** WatchList: let the state at the beginning come as events. */
  initial?: boolean;
  signal: AbortSignal;
  onOpen(): void;
  onReceived(): void;
  onEvent(event: WatchEvent): void;
  /** What has been received so far has been handed on, to the last whole line. */
  onProgress(): void;
}

/**
 * Runs one watch to its end and hands on its events. Resolves to how it ended: `ended` by the server between two
 * events, or `silent`, given up after `idleMs` without a byte. Throws KubeError: what an ERROR event says; `Malformed`
 * for a line that cannot be read, for then an event is lost; `Network` when it was cut in the middle of a line, which
 * loses nothing, for that event will come again.
 */
export async function fetchWatch(
  needs: Dependencies,
  source: Source<unknown>,
  options: WatchOptions,
): Promise<'ended' | 'silent'> {
  const { settings } = needs;
  const worker = needs.pacer.join();
  const lines = new LineSplitter();
  const ended = await receive({
    ...needs,
    request: watchRequest(source, options),
    openMs: settings.openMs,
    idleMs: settings.idleMs,
    signal: options.signal,
    onOpen: options.onOpen,
    async onChunk(chunk) {
      options.onReceived();
      for (const line of lines.feed(chunk)) {
        if (line.trim() !== '') options.onEvent(parseEvent(source.managedFields ? line : withoutManagedFields(line)));
        if (worker.due()) await worker.rest();
      }
      options.onProgress();
    },
  });
  if (ended === 'ended' && lines.cut) throw new KubeError(0, 'Network', 'the watch was cut in the middle of an event');
  return ended;
}

/** Reads one line of a watch. Throws KubeError: `Malformed`, or what an ERROR event says. */
export function parseEvent(line: string): WatchEvent {
  let event: { type?: unknown; object?: unknown } | null;
  try {
    event = JSON.parse(line);
  } catch {
    // The parser's own message quotes the text, which may hold a Secret.
    throw new KubeError(0, 'Malformed', 'an event of the watch cannot be read');
  }
  const type = event?.type;
  if (type === 'ERROR') throw errorOfEvent(event?.object);
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED' && type !== 'BOOKMARK') {
    throw new KubeError(0, 'Malformed', 'the watch sent something that is no event');
  }
  const metadata = (event?.object as { metadata?: Record<string, unknown> | null } | null | undefined)?.metadata;
  const revision = metadata?.['resourceVersion'];
  const annotations = metadata?.['annotations'] as Record<string, unknown> | null | undefined;
  return {
    type,
    object: event?.object,
    revision: typeof revision === 'string' && revision !== '' ? revision : undefined,
    initialEnd: type === 'BOOKMARK' && annotations?.['k8s.io/initial-events-end'] === 'true',
  };
}
