/**
 * Acknowledgements on disk: a file for each object, put in place at one stroke, so that two metaldecks that acknowledge
 * at the same time cannot mix theirs; the later one counts.
 */
import { createHash } from 'node:crypto';
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Acknowledgement, acknowledgementText, readAcknowledgement } from '../domain/acknowledge.ts';
import { replace, tail } from './files.ts';

const FOLDER = 'acknowledged';
const NAME = /^[0-9a-f]{32}\.json$/;
/** One is a few hundred bytes. */
const MOST_BYTES = 8 * 1024;
/** More than these are read by nobody. */
const MOST_FILES = 1_000;
/** So long after its end one is still there, ms: to be seen that it ran out. */
const LINGER_MS = 24 * 3_600_000;

const fileOf = (uid: string) => `${createHash('sha256').update(uid).digest('hex').slice(0, 32)}.json`;

/** All that can be read, by uid of the object; what has long been over is cleared away. Never throws. */
export async function readAcknowledged(folder: string, now: number): Promise<ReadonlyMap<string, Acknowledgement>> {
  const names = await readdir(join(folder, FOLDER)).catch(() => []);
  const found = new Map<string, Acknowledgement>();
  for (const name of names.filter((each) => NAME.test(each)).slice(0, MOST_FILES)) {
    const path = join(folder, FOLDER, name);
    const ack = readAcknowledgement((await tail(path, MOST_BYTES)) ?? '');
    if (!ack || fileOf(ack.ref.uid) !== name) continue;
    if (now - ack.until > LINGER_MS) await unlink(path).catch(() => {});
    else found.set(ack.ref.uid, ack);
  }
  return found;
}

/** Changes whenever one is added or goes, whoever does it. */
export async function acknowledgedStamp(folder: string): Promise<number | undefined> {
  const found = await stat(join(folder, FOLDER)).catch(() => undefined);
  return found?.mtimeMs;
}

/** Throws where it cannot be written. */
export async function keepAcknowledged(folder: string, ack: Acknowledgement): Promise<void> {
  await replace(join(folder, FOLDER), fileOf(ack.ref.uid), acknowledgementText(ack));
}

/** Takes one away. Throws where it is there and stays. */
export async function dropAcknowledged(folder: string, uid: string): Promise<void> {
  await unlink(join(folder, FOLDER, fileOf(uid))).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
