import { ApiError } from '../errors.ts';
import type { Resource } from '../resources.ts';
import type { Change } from '../storage/history.ts';
import { Stored } from '../storage/stored.ts';
import type { Store } from '../store.ts';
import { isTrue } from '../target.ts';
import type { Representation } from './negotiate.ts';
import { type EventRenderer, eventRenderer } from './represent.ts';
import { askedRevision, sendInitialEvents, wholeNumber } from './revisions.ts';
import { type Predicate, parseSelectors } from './selectors.ts';
import { TextStream } from './text-stream.ts';

export interface WatchSettings {
  /** Ms between bookmarks. */
  bookmarkMs: number;
  /** Ms after which a watch that names no timeout ends. */
  timeoutMs: number;
  /** Events that may wait for a slow reader; with more, its watch is ended. */
  buffer: number;
  /** Ms since the epoch, for the ages of a Table. */
  now: () => number;
}

/** A bookmark comes this long before a watch's timeout, so that the next one starts where this one ended. */
const FAREWELL_MS = 2000;

/**
 * Starts a watch: its events as lines of JSON, from the past, from the current state (no resourceVersion, or 0, or
 * sendInitialEvents) and then as they happen. A compacted start ends it with a 410 ERROR event, as the real server's
 * cache does.
 */
export function openWatch(
  store: Store,
  resource: Resource,
  namespace: string | undefined,
  query: URLSearchParams,
  as: Representation,
  settings: WatchSettings,
): TextStream {
  const selects = parseSelectors(query, resource);
  const matches: Predicate = namespace
    ? (object) => object.metadata.namespace === namespace && selects(object)
    : selects;
  const render = eventRenderer(resource, as, settings.now);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const asked = askedRevision(query) ?? 0;
  const initial = sendInitialEvents(query) ?? asked === 0;
  const timeout = wholeNumber(query, 'timeoutSeconds');
  const out = new TextStream(settings.buffer);

  if (!initial && asked !== 0 && asked < store.history.floor) {
    const gone = new ApiError(410, 'Expired', `too old resource version: ${asked} (${store.history.floor})`);
    out.push(`${JSON.stringify({ type: 'ERROR', object: gone.toStatus() })}\n`);
    out.end();
    return out;
  }
  if (initial) {
    const present: Stored[] = [];
    for (const stored of store.scan(resource, { prefix: namespace ? `${namespace}/` : '' })) {
      if (matches(stored.object)) present.push(stored);
    }
    out.feed(initialEvents(present, render, bookmarks && query.has('sendInitialEvents') ? store.revision : undefined));
  } else if (asked !== 0) {
    for (const change of store.changes(resource, asked)) tell(change, matches, render, out);
  }

  const unsubscribe = store.follow(resource, (change) => {
    // A start in the future shows nothing until it comes. What was there before it, and is told only now, is news to whoever has read it.
    const isLate = change.at !== undefined && change.before !== undefined && asked <= store.revision;
    if (change.revision > asked || isLate) tell(change, matches, render, out);
  });
  const lifeMs = timeout !== undefined && timeout > 0 ? timeout * 1000 : settings.timeoutMs;
  const timers: NodeJS.Timeout[] = [setTimeout(() => out.end(), lifeMs)];
  if (bookmarks) {
    const bookmark = () => out.push(render.bookmark(Math.max(store.revision, asked), false));
    timers.push(setInterval(bookmark, settings.bookmarkMs));
    if (lifeMs > FAREWELL_MS) timers.push(setTimeout(bookmark, lifeMs - FAREWELL_MS));
  }
  for (const timer of timers) timer.unref();
  out.onEnd(() => {
    unsubscribe();
    for (const timer of timers) clearTimeout(timer);
  });
  return out;
}

function* initialEvents(present: Stored[], render: EventRenderer, endAt: number | undefined): Generator<string> {
  for (const stored of present) yield render.event('ADDED', stored);
  if (endAt !== undefined) yield render.bookmark(endAt, true);
}

/** Writes a change as this watch sees it: an object that starts or stops matching is added or deleted to it. */
function tell(
  { before, after, last, revision }: Change,
  matches: Predicate,
  render: EventRenderer,
  out: TextStream,
): void {
  const was = before !== undefined && matches(before.object);
  const is = after !== undefined && matches(after.object);
  if (is) out.push(render.event(was ? 'MODIFIED' : 'ADDED', after));
  else if (was) out.push(render.event('DELETED', last ?? underRevision(before, revision)));
}

/** What a selector no longer matches is deleted to the watch in its last matching state, at the new revision. */
function underRevision({ object }: Stored, revision: number): Stored {
  return new Stored({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }, revision);
}
