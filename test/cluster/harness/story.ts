import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { KubeObject } from '../../../src/simulator/api/types.ts';

/** One thing that was seen of one object. */
export interface StoryEvent {
  /** ISO 8601. */
  at: string;
  type: 'LISTED' | 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
}

/** What real controllers wrote while a plot was played to them, and the plot. */
export interface Story {
  /** The state at the start. */
  listed: StoryEvent[];
  /** What happened then, in the order in which the recorded server took it. */
  events: StoryEvent[];
  /** What was done to the controllers, and when. */
  chapters: { at: string; story: string }[];
  /** How far it has been told, and to which uids its own have become; written by `seed` and `step`. */
  progress: { next: number; uids: Map<string, string>; current: Map<string, KubeObject> };
}

/**
 * Reads recordings: every `.jsonl` and `.jsonl.gz` of a folder, with lines `{at, type, object}`, or `{at, story}` for
 * the plot. The recorded resourceVersions, which come from one server, say what was before what.
 */
export function loadStory(folder: string): Story {
  const listed: StoryEvent[] = [];
  const events: StoryEvent[] = [];
  const chapters: Story['chapters'] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!/\.jsonl(\.gz)?$/.test(file)) continue;
    const bytes = readFileSync(path.join(folder, file));
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as StoryEvent & { story?: string };
      if (entry.story !== undefined) chapters.push({ at: entry.at, story: entry.story });
      else if (entry.type === 'LISTED') listed.push(entry);
      else events.push(entry);
    }
  }
  const revision = ({ object }: StoryEvent) => Number(object.metadata.resourceVersion);
  listed.sort((a, b) => revision(a) - revision(b));
  events.sort((a, b) => revision(a) - revision(b));
  chapters.sort((a, b) => a.at.localeCompare(b.at));
  return { listed, events, chapters, progress: { next: 0, uids: new Map(), current: new Map() } };
}
