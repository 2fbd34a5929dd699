import { KubeError, type Transport } from '../types.ts';
import type { Clock } from './clock.ts';
import { type ListMeta, ListParser } from './list-parser.ts';
import type { Pacer } from './pacer.ts';
import { receive } from './receive.ts';
import type { Settings } from './settings.ts';
import { listRequest, type Source } from './source.ts';

/** What a reader of lists and watches needs of the world. */
export interface Dependencies {
  transport: Transport;
  clock: Clock;
  settings: Settings;
  pacer: Pacer;
}

export interface ListOptions {
  /** Not older than this; undefined asks for the newest state. */
  revision?: string;
  /** Items per page; undefined asks for all at once. */
  limit?: number;
  signal: AbortSignal;
  /** A page is asked for; the first one is page 0. */
  onAsk(page: number): void;
  /** The first page was answered with 200. */
  onBegin(): void;
  onItem(raw: unknown): void;
  /** A piece of the list was taken in; `remaining` is known at the end of a page. */
  onProgress(remaining?: number): void;
}

/**
 * Reads a list, page after page where the server pages, item by item as the bytes come, and lets the event loop have
 * its turns. Resolves to the revision of the list. Throws KubeError; of code 410 when the pages have expired meanwhile.
 */
export async function fetchList(needs: Dependencies, source: Source<unknown>, options: ListOptions): Promise<string> {
  const { settings } = needs;
  const worker = needs.pacer.join();
  let meta: ListMeta = {};
  for (let page = 0; page === 0 || meta.continue !== undefined; page += 1) {
    const parser = new ListParser(source);
    options.onAsk(page);
    const ended = await receive({
      ...needs,
      request: listRequest(source, { revision: options.revision, limit: options.limit, continue: meta.continue }),
      openMs: settings.listIdleMs,
      idleMs: settings.listIdleMs,
      signal: options.signal,
      onOpen() {
        if (page === 0) options.onBegin();
      },
      async onChunk(chunk) {
        for (const raw of parser.feed(chunk)) {
          options.onItem(raw);
          if (!worker.due()) continue;
          options.onProgress();
          await worker.rest();
        }
        options.onProgress();
      },
    });
    if (ended === 'silent') throw new KubeError(0, 'Timeout', 'the list stopped in the middle');
    const token = meta.continue;
    meta = parser.end();
    if (meta.continue !== undefined && meta.continue === token)
      throw new KubeError(0, 'Malformed', 'a page has itself as its next');
    options.onProgress(meta.continue === undefined ? 0 : meta.remainingItemCount);
  }
  if (meta.resourceVersion === undefined) throw new KubeError(0, 'Malformed', 'the list has no resourceVersion');
  return meta.resourceVersion;
}
