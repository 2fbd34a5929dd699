/** The texts of an incident report that are made of the picture alone: summary, timelines, events. */
import { formatAge, timeText } from '../domain/age.ts';
import { saidOf } from '../domain/explain/attention.ts';
import type { Fleet, ObjectRef } from '../domain/fleet/rows.ts';
import { API_KIND, KINDS } from '../domain/kinds.ts';
import { redactText } from '../domain/redact-text.ts';
import { timelineOf, type Witness } from '../domain/story/timeline.ts';
import { cleanLine } from '../domain/text.ts';
import { attentionOf } from '../store/attention.ts';
import type { State } from '../store/state.ts';
import { unknownKinds, verdictOf } from './verdict.ts';

/** One line, fit for a table of Markdown and without secrets. */
export function plain(text: string): string {
  return redactText(cleanLine(text)).replaceAll('|', '\\|').replaceAll('`', "'");
}

export interface SummaryParts {
  /** `1.2.3` */
  version: string;
  /** Lines of what runs where. */
  versions: readonly string[];
  /** Paths in the archive. */
  files: readonly string[];
  /** What is not in it, and why: one sentence each. */
  leftOut: readonly string[];
}

/** The page one reads first, in Markdown. */
export function summaryText(state: State, { version, versions, files, leftOut }: SummaryParts): string {
  const { session, fleet, now } = state;
  const verdict = ['healthy', 'needs attention', 'not everything could be known'][verdictOf(state)];
  const unknown = unknownKinds(state.freshness).map(({ kind, why }) => `- ${API_KIND[kind]}: ${plain(why)}`);
  const causes = attentionOf(state);
  const rows = causes.map(
    ({ severity, ref, since, ...cause }) =>
      `| ${severity} | ${API_KIND[ref.kind]} | ${plain(ref.name)} | ${plain(saidOf(cause))} | ${since === undefined ? '' : `${formatAge(now - since)} (${timeText(since)})`} |`,
  );
  const counters = Object.entries(fleet.counters).map(([name, value]) => `${name} ${value}`);
  return [
    `# Incident report: ${plain(session.namespace)} on ${plain(session.host)}`,
    '',
    `Taken ${timeText(now)} by metaldeck ${version}, context ${plain(session.context)}. Verdict: **${verdict}**.`,
    '',
    `Counted: ${counters.join(', ')}.`,
    ...(unknown.length > 0
      ? ['', 'Figures and lists are incomplete, since these could not be read:', '', ...unknown]
      : []),
    '',
    `## What needs attention (${causes.length})`,
    '',
    ...(rows.length > 0
      ? ['| severity | kind | name | what | for |', '|---|---|---|---|---|', ...rows]
      : ['Nothing that metaldeck knows of.']),
    '',
    '## Versions',
    '',
    ...versions.map((line) => `- ${plain(line)}`),
    '',
    '## What was left out',
    '',
    ...leftOut.map((line) => `- ${plain(line)}`),
    '',
    '## Files',
    '',
    ...files.map((path) => `- ${path}`),
    '',
  ].join('\n');
}

/** How fresh each kind was when the report was taken. */
export function freshnessLines({ freshness }: State): string[] {
  return KINDS.map((kind) => {
    const { phase, synced, count, verifiedAt } = freshness[kind];
    const verified = verifiedAt === undefined ? 'never verified' : `verified ${timeText(verifiedAt)}`;
    return `${API_KIND[kind]}: ${phase}, ${synced ? count : 'unknown'} objects, ${verified}`;
  });
}

/** The whole timeline of one host or machine, oldest first, one line a moment. */
export function timelineText(fleet: Fleet, ref: ObjectRef, witness: Witness): string {
  const moments = timelineOf(fleet, ref, witness, 10_000).reverse();
  return `${moments.map(({ at, about, source, text }) => `${timeText(at)}  ${about} ${source}: ${redactText(cleanLine(text))}`).join('\n')}\n`;
}

/** Every Event that is held, oldest first. */
export function eventsText({ events }: Fleet): string {
  const lines = events.list.map(({ lastSeen, type, about, reason, message, occurrences }) =>
    [
      lastSeen === undefined ? '?' : timeText(lastSeen),
      type ?? '',
      about ? `${about.apiKind}/${about.name}` : '',
      reason ?? '',
      redactText(cleanLine(message ?? '')),
      `x${occurrences}`,
    ].join('  '),
  );
  return `${lines.reverse().join('\n')}\n`;
}
