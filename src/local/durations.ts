/** The durations learnt, on disk: a line of JSON for each, appended. */
import { join } from 'node:path';
import { KEPT, type Learnt, NOTHING_LEARNT, type Sample, withSamples } from '../domain/durations/learnt.ts';
import { append, replace, tail } from './files.ts';

const FILE = 'durations.jsonl';
/** What is read at most: some 10,000 lines. */
const MOST = 2 * 1024 * 1024;
/** A file that has so many lines more than are kept is written anew. */
const SLACK_LINES = 1_000;
const LONGEST = 30 * 24 * 3_600_000;
const TEXT = 200;

const text = (value: unknown): value is string => typeof value === 'string' && value.length <= TEXT;
const number = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= most;

function parse(line: string): Sample | undefined {
  try {
    const { v, id, at, cluster, what, ms } = JSON.parse(line) as Record<string, unknown>;
    if (v !== 1 || !text(id) || !text(cluster) || !text(what)) return undefined;
    return number(at, 8.64e15) && number(ms, LONGEST) ? { id, at, cluster, what, ms } : undefined;
  } catch {
    return undefined;
  }
}

const lineOf = (sample: Sample) => `${JSON.stringify({ v: 1, ...sample })}\n`;

/** What was learnt before; nothing where that cannot be read. Lines that are none are passed over. Never throws. */
export async function readLearnt(folder: string): Promise<Learnt> {
  const content = await tail(join(folder, FILE), MOST);
  const lines = (content ?? '').split('\n').filter((line) => line !== '');
  const learnt = withSamples(
    NOTHING_LEARNT,
    lines.flatMap((line) => parse(line) ?? []),
  );
  if (lines.length > Math.min(KEPT, learnt.samples.length) + SLACK_LINES) {
    // One that another metaldeck appends at this moment may be lost: it is one of hundreds.
    await replace(folder, FILE, learnt.samples.map(lineOf).join('')).catch(() => {});
  }
  return learnt;
}

/** Adds what was seen. Throws where it cannot be written. */
export async function addSamples(folder: string, samples: readonly Sample[]): Promise<void> {
  if (samples.length > 0) await append(folder, FILE, samples.map(lineOf).join(''));
}
