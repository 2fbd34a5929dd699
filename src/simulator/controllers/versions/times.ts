/** Durations: text as Go writes it in v1beta1, whole seconds in v1beta2. */

import { durationMs, goDuration } from '../capi/common.ts';

/** `300` as `5m0s`; undefined where it is no number. */
export function fromSeconds(seconds: unknown): string | undefined {
  return typeof seconds === 'number' ? goDuration(`${seconds}s`) : undefined;
}

/** `5m0s` as `300`; undefined where there is none. */
export function toSeconds(text: unknown): number | undefined {
  return typeof text === 'string' ? Math.round(durationMs(text) / 1000) : undefined;
}
