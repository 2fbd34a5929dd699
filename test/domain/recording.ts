/** The recordings of real Cluster API controllers, as changes in the order they were watched. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { kindOfApi } from '../../src/domain/kinds.ts';
import type { Change } from '../../src/domain/objects.ts';
import { KINDS_TABLE } from '../../src/kube/kinds.ts';

export type CapiVersion = 'v1beta1' | 'v1beta2';

/** A watched change (`listed`: what stood there at the beginning), or a line of the story: what was done to the cluster at that moment. */
export type Entry = { at: string; change: Change; listed: boolean } | { at: string; story: string };

interface Line {
  at: string;
  type?: string;
  story?: string;
  object?: { kind: string; metadata: { uid: string; name: string } };
}

/** The whole recording in order of time. Kinds metaldeck does not watch are left out. */
export function recording(version: CapiVersion): Entry[] {
  const file = join(import.meta.dirname, '..', 'recorded', version, 'recording.jsonl.gz');
  const lines = gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const entries: Entry[] = [];
  for (const { at, type, story, object } of lines) {
    if (story !== undefined) entries.push({ at, story });
    const kind = object && kindOfApi(object.kind);
    if (!object || !kind) continue;
    if (type === 'DELETED') {
      const { uid, name } = object.metadata;
      entries.push({ at, change: { type: 'delete', kind, uid, name }, listed: false });
      continue;
    }
    const made = KINDS_TABLE[kind].project(object);
    if (!made) throw new Error(`${object.kind} ${object.metadata.name} could not be read`);
    entries.push({ at, change: { type: 'set', object: made }, listed: type === 'LISTED' });
  }
  return entries;
}
