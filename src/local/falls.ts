/** When nodes fell, as this user's metaldecks saw it: a small file, for whoever looks only once has seen none of it. */
import { join } from 'node:path';
import { type Fall, type Falls, NO_FALLS, recentFalls, withFalls } from '../domain/falls.ts';
import { replace, tail } from './files.ts';

const FILE = 'falls.json';
const MOST_BYTES = 1024 * 1024;
const UID = 200;
/** The largest time a Date can hold. */
const LATEST = 8.64e15;

const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= LATEST;

function fallOf(value: unknown): Fall[] {
  if (typeof value !== 'object' || value === null) return [];
  const { at, back } = value as Record<string, unknown>;
  if (!isTime(at) || (back !== undefined && !(isTime(back) && back >= at))) return [];
  return [{ at, ...(back === undefined ? {} : { back }) }];
}

/** Those that may still matter at a time (epoch ms). Never throws: what cannot be read was not seen. */
export async function readFalls(folder: string, now: number): Promise<Falls> {
  try {
    const { v, falls } = JSON.parse((await tail(join(folder, FILE), MOST_BYTES)) ?? '') as Record<string, unknown>;
    if (v !== 1 || typeof falls !== 'object' || falls === null) return NO_FALLS;
    const entries = Object.entries(falls).flatMap(([uid, list]): [string, Fall[]][] =>
      uid.length <= UID && Array.isArray(list) ? [[uid, list.flatMap(fallOf)]] : [],
    );
    return recentFalls(new Map(entries), now);
  } catch {
    return NO_FALLS;
  }
}

/** Adds to what is there, which another metaldeck may have added to; what is past goes. Throws where it cannot be written. */
export async function addFalls(folder: string, falls: Falls, now: number): Promise<void> {
  const all = recentFalls(withFalls(await readFalls(folder, now), falls), now);
  await replace(folder, FILE, `${JSON.stringify({ v: 1, falls: Object.fromEntries(all) })}\n`);
}
