/** When who holds a Lease says that it does. Sources: client-go, tools/leaderelection, and k8s.io/component-helpers, apimachinery/lease. */

import type { KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';

interface Pace {
  period: number;
  offset: number;
  /** Each time comes so much later than its turn, at most, ms. */
  jitter: number;
}

/** By Lease and holder: whoever has thousands of Nodes asks for the same again and again. */
const paces = new Map<string, Pace>();
const memory = 20_000;

/** A leader sleeps for two seconds between two writes; kubelets and servers for ten, and up to four hundredths more. */
function paceOf({ metadata, spec }: KubeObject): { key: string; pace: Pace } {
  const key = `${metadata.namespace}/${metadata.name}/${String(spec?.['holderIdentity'])}`;
  let pace = paces.get(key);
  if (!pace) {
    const drawn = Number.parseInt(digest(key).slice(0, 8), 16);
    const leads = spec?.['leaseTransitions'] !== undefined;
    const period = leads ? 2004 + (drawn % 9) : 10_150 + (drawn % 100);
    pace = { period, offset: (drawn >> 4) % period, jitter: leads ? 6 : 200 };
    if (paces.size >= memory) paces.clear();
    paces.set(key, pace);
  }
  return { key, pace };
}

/** The last time, with microseconds, that the holder of a Lease renewed it by Unix time `now` in ms, and when it will next, Unix ms. */
export function renewal(lease: KubeObject, now: number): { last: string; next: number } {
  const { key, pace } = paceOf(lease);
  const { period, offset, jitter } = pace;
  const turn = Math.floor((now - offset) / period);
  const at = (count: number) => {
    const drawn = Number.parseInt(digest(`${key}/${count}`).slice(0, 10), 16);
    return { ms: offset + count * period + (drawn % jitter), more: Math.floor(drawn / jitter) % 1000 };
  };
  const own = at(turn);
  const last = own.ms <= now ? own : at(turn - 1);
  const next = own.ms <= now ? at(turn + 1).ms : own.ms;
  return { last: `${new Date(last.ms).toISOString().slice(0, 23)}${String(last.more).padStart(3, '0')}Z`, next };
}
