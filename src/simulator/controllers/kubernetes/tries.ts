/** When a kubelet tries again what could not be done yet: to mount a volume, to make a container. */

import { digest } from '../digest.ts';
import { keyOf, type Reference, referencesOf } from './references.ts';
import type { WorkPod } from './shapes.ts';
import { earliest, type Picture } from './turn.ts';

/** Until a volume is tried again, ms: doubled each time. Source: k8s.io/kubernetes/pkg/util/goroutinemap/exponentialbackoff. */
const mounting = { first: 500, most: 122_000 };
/** Until a Pod is synced again that could not be, ms, and up to so much more. Source: k8s.io/kubernetes/pkg/kubelet/pod_workers.go. */
const syncing = { least: 10_000, more: 5000 };
/** What is found undone that was due longer ago, ms, is not told any more. */
const told = 5000;

/** When a volume is tried that is missing since `from`, Unix ms, up to the first time after `now`. */
export function mountTries(from: number, now: number): number[] {
  const tries = [from];
  for (let at = from, pause = mounting.first; at <= now; pause = Math.min(mounting.most, pause * 2)) {
    at += pause;
    tries.push(at);
  }
  return tries;
}

/** Volumes of a Pod that are not mounted, what is to be told of those that were tried now, and when the next is tried, Unix ms. */
export interface Unmounted {
  volumes: readonly string[];
  failures: readonly string[];
  again: number | undefined;
}

/**
 * The volumes that a Pod of a kubelet waits for since `from`, Unix ms, as far as ConfigMaps and Secrets are missing for them: one that was made
 * meanwhile is seen when its volume is tried the next time.
 */
export function unmounted(picture: Picture, { metadata, spec }: WorkPod, from: number): Unmounted {
  const { now } = picture;
  const [volumes, failures, times]: [string[], string[], number[]] = [[], [], []];
  const references = referencesOf(spec);
  for (const volume of new Set(references.flatMap((one) => one.volume ?? []))) {
    const key = `${metadata.uid}/${volume}`;
    const isMissing = (one: Reference) => one.volume === volume && picture.missing.has(keyOf(one, metadata.namespace));
    const missing = references.find(isMissing);
    if (!missing && !picture.told(`${key}/0`)) continue;
    const tries = mountTries(from, now);
    if (!missing && tries.some((at) => at >= picture.since(`${key}/there`) && at <= now)) continue;
    volumes.push(volume);
    times.push(tries.at(-1)!);
    for (const [turn, at] of missing ? tries.slice(0, -1).entries() : []) {
      if (!picture.first(`${key}/${turn}`) || (turn > 0 && at < now - told)) continue;
      failures.push(`MountVolume.SetUp failed for volume "${volume}" : ${missing?.kind} "${missing?.name}" not found`);
    }
  }
  return { volumes, failures, again: earliest(times) };
}

/** Whether a container that waits for its configuration is tried now, for the how manyth time, and when it is tried next, Unix ms. */
export function configuring(picture: Picture, key: string): { isDue: boolean; turn: number; again: number } {
  // The clock goes on while a picture is looked at.
  let again = Math.min(picture.now, picture.since(`${key}/config`));
  let turn = -1;
  while (again <= picture.now) {
    turn += 1;
    const chance = Number.parseInt(digest(`${key}/${turn}`).slice(0, 4), 16) / 0xffff;
    again += syncing.least + Math.floor(chance * syncing.more);
  }
  return { isDue: picture.rises(`${key}/config`, turn), turn, again };
}
