/** Documents that were edited and not written yet, one file each, for the next start: a line may drop at any time. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Draft, readDraft } from '../domain/draft.ts';
import { replace, tail } from './files.ts';

const FOLDER = 'drafts';
const MOST_BYTES = 512 * 1024;
/** What was typed so long ago, ms, was for another world. */
const OLD_MS = 7 * 24 * 3_600_000;

/** A digest for telling whether two documents are the same, from which neither can be read. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const fileOf = (of: string) => `${digestOf(of).slice(0, 32)}.json`;

/** Where a draft lies. */
export function draftPath(folder: string, of: string): string {
  return join(folder, FOLDER, fileOf(of));
}

/** Throws where it cannot be written. */
export async function keepDraft(folder: string, draft: Draft): Promise<void> {
  await replace(join(folder, FOLDER), fileOf(draft.of), `${JSON.stringify(draft)}\n`);
}

/** The draft of something; undefined where there is none, or only an old one, which is cleared away. Never throws. */
export async function findDraft(folder: string, of: string, now: number): Promise<Draft | undefined> {
  const draft = readDraft((await tail(draftPath(folder, of), MOST_BYTES)) ?? '');
  if (draft?.of !== of) return undefined;
  if (now - draft.at <= OLD_MS) return draft;
  await dropDraft(folder, of);
  return undefined;
}

/** Takes one away. Never throws. */
export async function dropDraft(folder: string, of: string): Promise<void> {
  await unlink(draftPath(folder, of)).catch(() => {});
}
