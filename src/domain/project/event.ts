import type { EventRecord } from '../objects.ts';
import { at, get, num, rec, sentence, str, time, word } from '../read.ts';
import { readMeta } from './meta.ts';

/** A core Event; `undefined` without uid or name. Series and single events tell their times in different fields. */
export function projectEvent(raw: unknown): EventRecord | undefined {
  const meta = readMeta('event', raw);
  if (!meta) return undefined;
  const event = rec(raw);
  const about = get(event, 'involvedObject') ?? get(event, 'regarding');
  const apiKind = word(get(about, 'kind'));
  const name = str(get(about, 'name'));
  const first = time(get(event, 'firstTimestamp')) ?? time(get(event, 'eventTime')) ?? meta.created;
  const last = time(at(event, 'series', 'lastObservedTime')) ?? time(get(event, 'lastTimestamp')) ?? first;
  const occurrences = num(at(event, 'series', 'count')) ?? (num(get(event, 'count')) || 1);
  return {
    ...meta,
    type: word(get(event, 'type')),
    reason: word(get(event, 'reason')),
    message: sentence(get(event, 'message') ?? get(event, 'note'), 1_000),
    about: apiKind && name ? { apiKind, name, uid: str(get(about, 'uid')) } : undefined,
    source: word(at(event, 'source', 'component')) ?? word(get(event, 'reportingComponent')),
    occurrences,
    firstSeen: notAfter(first, meta.created),
    // One that came again is written again, and does not say when.
    lastSeen: occurrences > 1 ? last : notAfter(last, meta.created),
  };
}

/** Nothing is seen after it was written: a machine's clock may be wrong, and the API server's sets `created`, in whole seconds. */
function notAfter(seen: number | undefined, created: number | undefined): number | undefined {
  return seen !== undefined && created !== undefined && seen >= created + 1_000 ? created : seen;
}
