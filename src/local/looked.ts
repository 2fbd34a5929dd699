/** Which causes this user has had before their eyes, and when: a small file that metaldecks merge into. */
import { join } from 'node:path';
import { replace, tail } from './files.ts';

const FILE = 'looked.json';
const MOST_BYTES = 512 * 1024;
const MOST = 2_000;
const KEY = 400;

/** By `uid/cause`, epoch ms. `undefined`: nobody ever looked. */
export type Looked = ReadonlyMap<string, number>;

/** Never throws. */
export async function readLooked(folder: string): Promise<Looked | undefined> {
  try {
    const { v, seen } = JSON.parse((await tail(join(folder, FILE), MOST_BYTES)) ?? '') as Record<string, unknown>;
    if (v !== 1 || typeof seen !== 'object' || seen === null) return undefined;
    const entries = Object.entries(seen).filter(
      (entry): entry is [string, number] => entry[0].length <= KEY && Number.isFinite(entry[1]),
    );
    return new Map(entries);
  } catch {
    return undefined;
  }
}

/** Adds to what is there, which another metaldeck may have added to; the oldest go. Throws where it cannot be written. */
export async function addLooked(folder: string, fresh: Looked): Promise<void> {
  const all = [...new Map([...((await readLooked(folder)) ?? []), ...fresh])];
  const kept = all.sort(([, a], [, b]) => b - a).slice(0, MOST);
  await replace(folder, FILE, `${JSON.stringify({ v: 1, seen: Object.fromEntries(kept) })}\n`);
}
