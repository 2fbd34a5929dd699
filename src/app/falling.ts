/** Keeps when nodes fell, and knows it again: whoever looks once could see no node come and go. */
import { NO_FALLS, withFalls } from '../domain/falls.ts';
import { addFalls, readFalls } from '../local/falls.ts';
import { type Site, siteFolder } from '../local/folder.ts';
import type { Store } from '../store/store.ts';

/** What falls together is written together, ms. */
const GATHER_MS = 2_000;

/**
 * Puts what was seen before into the store. Before the first list: one that was down then and is up now has come back
 * since. Never throws.
 */
export async function recallFalls(store: Store, site: Site): Promise<void> {
  const known = await readFalls(siteFolder(process.env, site), Date.now());
  if (known.size > 0) store.setState(({ falls }) => ({ falls: withFalls(known, falls) }));
}

/** Writes what falls until it is stopped. What cannot be written is known until metaldeck ends. Returns a function that stops it. */
export function followFalls(store: Store, site: Site): () => void {
  const folder = siteFolder(process.env, site);
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    timer = undefined;
    void addFalls(folder, store.getState().falls, Date.now()).catch(() => {});
  };
  const stop = store.subscribe(({ falls }, before) => {
    if (falls === before.falls || falls === NO_FALLS) return;
    timer ??= setTimeout(write, GATHER_MS).unref();
  });
  return () => {
    stop();
    if (timer === undefined) return;
    clearTimeout(timer);
    write();
  };
}
