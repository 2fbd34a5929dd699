/** What the journal tells of the cluster on screen, for the stories of its objects. */

import { type FSWatcher, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Told } from '../domain/story/timeline.ts';
import { cleanLine } from '../domain/text.ts';
import type { Journal } from '../journal/journal.ts';
import type { OperationRecord } from '../journal/replay.ts';
import { here, type Session } from '../store/state.ts';
import type { Store } from '../store/store.ts';

/** The operations of one server and namespace, oldest first. Throws JournalError. */
export async function readTold(journal: Pick<Journal, 'list'>, { host, namespace }: Session): Promise<Told[]> {
  const records = await journal.list();
  return records.filter(({ began }) => began.server === host && began.namespace === namespace).map(toldOf);
}

function toldOf({ id, at, began, status }: OperationRecord): Told {
  const { user, plan, request } = began;
  return {
    id,
    at,
    title: cleanLine(plan.title),
    status,
    by: cleanLine(user.kubernetes ? `${user.kubernetes} (${user.os})` : user.os),
    targets: request.targets,
  };
}

/** How often the folder is looked at beside, ms: it may not be there yet, or be on another machine, which tells nothing. */
const LOOK = 5_000;
/** What is written together is read together, ms. */
const TOGETHER = 200;

/** Calls `changed` when something in a folder was written, by whomever. Returns a function that stops it. */
export function watchFolder(folder: string, changed: () => void, look = LOOK): () => void {
  let stopped = false;
  let watcher: FSWatcher | undefined;
  let seen = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  const listen = () => {
    if (watcher || stopped) return;
    try {
      watcher = watch(folder, { persistent: false }, changed);
      watcher.on('error', () => {
        watcher?.close();
        watcher = undefined;
      });
    } catch {
      // Not there yet, or nothing is told of it: it is looked at instead.
    }
  };
  const timer = setInterval(async () => {
    const at = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (stopped) return;
    if (at !== undefined) listen();
    if (at !== seen) changed();
    seen = at;
  }, look);
  timer.unref();
  listen();
  return () => {
    stopped = true;
    clearInterval(timer);
    watcher?.close();
  };
}

/**
 * Reads the journal when an object is opened, when an operation moves, and, while an object is in front, when anybody
 * writes to it; and puts what it tells into the store. A journal that cannot be read leaves what was known: whoever
 * writes says so. Returns a function that stops it.
 */
export function followJournal(
  store: Store,
  journal: Pick<Journal, 'list' | 'folder'>,
  watching: typeof watchFolder = watchFolder,
): () => void {
  let stopped = false;
  let reading = false;
  let again = false;
  let soon: NodeJS.Timeout | undefined;
  let stopWatching: (() => void) | undefined;
  const read = async (): Promise<void> => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    do {
      again = false;
      const told = await readTold(journal, store.getState().session).catch(() => undefined);
      if (stopped) return;
      if (told && JSON.stringify(told) !== JSON.stringify(store.getState().told)) store.setState({ told });
    } while (again);
    reading = false;
  };
  const written = () => {
    soon ??= setTimeout(() => {
      soon = undefined;
      if (!stopped) void read();
    }, TOGETHER).unref();
  };
  const unsubscribe = store.subscribe((state, before) => {
    const { ref } = here(state);
    const opened = ref !== undefined && ref !== here(before).ref;
    if (opened || state.tray !== before.tray) void read();
    if (ref !== undefined) stopWatching ??= watching(journal.folder, written);
    else {
      stopWatching?.();
      stopWatching = undefined;
    }
  });
  return () => {
    stopped = true;
    clearTimeout(soon);
    stopWatching?.();
    unsubscribe();
  };
}
