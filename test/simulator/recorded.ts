/** Recordings of real Cluster API controllers, and what kinds of things were said in them. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ClusterApiVersion } from '../../src/simulator/controllers/kinds.ts';
import type { Condition, KubeObject, LegacyCondition } from '../../src/simulator/controllers/shapes/meta.ts';

export type Recorded = KubeObject & {
  status?: { conditions?: LegacyCondition[]; v1beta2?: { conditions?: Condition[] }; phase?: string };
};

/** What was seen in a recording: an object's version, or a line of the story. */
export interface Entry {
  at: string;
  type?: 'LISTED' | 'ADDED' | 'MODIFIED' | 'DELETED';
  object?: Recorded;
  /** What somebody had applied to get it. */
  applied?: KubeObject;
  story?: string;
}

/** A whole recording in the order of time. v1beta1 is of Cluster API 1.10, v1beta2 of 1.13. */
export function recording(version: ClusterApiVersion): Entry[] {
  const file = path.resolve(import.meta.dirname, `../recorded/${version}/recording.jsonl.gz`);
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Every object version in a recording. */
export function recordedObjects(version: ClusterApiVersion = 'v1beta1'): Recorded[] {
  return recording(version).flatMap(({ object }) => object ?? []);
}

/** A text without what differs from one world to the next: names, times, versions, numbers. */
export function pattern(text: string): string {
  return text
    .replace(/prod-(workers|control-plane)(-[a-z0-9]{5})+/g, 'MACHINE')
    .replace(/prod-(workers|control-plane)/g, 'GROUP')
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
    .replace(/v?\d+\.\d+\.\d+(-\d+)?/g, 'VERSION')
    .replace(/inv-MACHINE|dc1-r\d+-u\d+|prod-cp-\d/g, 'HOST')
    .replace(/\d+/g, 'N');
}

/** What an object says in its conditions, one line a condition: generation, type, status, reason, severity, message. */
export function sayings(object: Recorded): string[] {
  const line = (generation: string, condition: LegacyCondition) =>
    [
      object.kind,
      generation,
      condition.type,
      condition.status,
      pattern(condition.reason ?? ''),
      condition.severity ?? '',
      pattern(condition.message ?? ''),
    ].join(' | ');
  return [
    ...(object.status?.conditions ?? []).map((condition) => line('v1beta1', condition)),
    ...(object.status?.v1beta2?.conditions ?? []).map((condition) => line('v1beta2', condition)),
  ];
}

/** The paths of all fields of an object; entries of lists and maps of labels and annotations count as one. */
export function fields(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fields(item, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) => {
    const free = /\.(labels|annotations|matchLabels)$/.test(at);
    return fields(inner, free ? `${at}.*` : `${at}.${key}`);
  });
}
