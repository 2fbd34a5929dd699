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
  return {
    ...meta,
    type: word(get(event, 'type')),
    reason: word(get(event, 'reason')),
    message: sentence(get(event, 'message') ?? get(event, 'note'), 1_000),
    about: apiKind && name ? { apiKind, name, uid: str(get(about, 'uid')) } : undefined,
    source: word(at(event, 'source', 'component')) ?? word(get(event, 'reportingComponent')),
    occurrences: num(at(event, 'series', 'count')) ?? num(get(event, 'count')) ?? 1,
    firstSeen: first,
    lastSeen: time(at(event, 'series', 'lastObservedTime')) ?? time(get(event, 'lastTimestamp')) ?? first,
  };
}
