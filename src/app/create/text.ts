/** Findings, differences and the course of a cluster's creation: as text and as data. */

import type { Fleet } from '../../domain/fleet/rows.ts';
import { API_KIND } from '../../domain/kinds.ts';
import { cleanLine } from '../../domain/text.ts';
import type { Course, Stage } from '../../guides/contract.ts';
import type { Difference } from '../../guides/create/diff.ts';
import { type Left, leftOut, leftText } from '../../guides/create/left.ts';
import type { Verdict } from '../../guides/create/rules/index.ts';
import { isoOf, rackLines, strangers } from '../../guides/create/stages.ts';
import type { Wanted, Wish } from '../../guides/create/wish.ts';
import type { Rehearsed } from '../../runner/api.ts';
import { FIELD_MANAGER } from '../../runner/write.ts';

/** Version of the JSON documents: fields are added under the same number, never renamed or removed. */
export const CREATE_SCHEMA = 'metaldeck.create-report/v1';

/** What was found in answers. */
export function verdictText({ findings, unchecked }: Verdict): string {
  const lines = findings.map(
    ({ severity, path, text }) =>
      `${severity === 'error' ? 'NO  ' : 'warn'} ${path === '' ? '' : `${path}: `}${cleanLine(text)}`,
  );
  for (const { about, lacks } of unchecked) lines.push(`?    ${about}: not checked, ${lacks.join(' and ')} not known`);
  if (findings.every(({ severity }) => severity === 'warning')) lines.push('ok   the answers hold');
  return `${lines.join('\n')}\n`;
}

const SIGN = { done: 'x', running: '>', next: '>', failed: '!', todo: ' ' } as const;
const MILESTONE = { done: 'x', now: '>', todo: ' ', bad: '!', overtaken: '-' } as const;

/** The board: every stage, and of those under way every line. */
export function boardText(course: Course, wish: Wish, fleet: Fleet): string {
  const lines = [cleanLine(course.title)];
  for (const stage of course.stages) lines.push(...stageLines(stage, wish, fleet));
  const left = leftText(leftOut(fleet, wish));
  if (left !== undefined) lines.push(left);
  return `${lines.join('\n')}\n`;
}

function stageLines(stage: Stage, wish: Wish, fleet: Fleet): string[] {
  const { progress, state, title, gates } = stage;
  const done = progress.milestones.filter((one) => one.state === 'done').length;
  const all = progress.milestones.length;
  const lines = [`[${SIGN[state]}] ${title}${state === 'todo' || all === 0 ? '' : `: ${done} of ${all}`}`];
  const open = state === 'running' || state === 'failed' || state === 'next' || stage.id === 'verification';
  if (!open || (state === 'todo' && stage.id === 'verification')) return lines;
  for (const { state: sign, title: what, detail } of progress.milestones) {
    lines.push(
      `    [${MILESTONE[sign]}] ${cleanLine(what)}${detail && sign !== 'done' ? `: ${cleanLine(detail)}` : ''}`,
    );
  }
  for (const gate of gates.filter(({ result }) => result !== 'pass')) {
    lines.push(
      `    NO ${cleanLine(gate.title)}: ${cleanLine(gate.figure)}${gate.remedy ? ` (${gate.remedy.text})` : ''}`,
    );
  }
  if (stage.id === 'hosts' && state === 'running') lines.push(...hostLines(wish, fleet));
  return lines;
}

/** What the people in the rack need, and who came whom nobody expects. */
function hostLines({ answers, known }: Wish, fleet: Fleet): string[] {
  const lines = rackLines({ fleet, now: 0 }, answers).map((line) => `    ${cleanLine(line, 500)}`);
  for (const { name, serial } of strangers(answers, known.hosts ?? [])) {
    lines.push(
      `    unexpected: ${name}${serial ? ` (serial ${serial})` : ''} has registered, and is not in the answers`,
    );
  }
  return lines;
}

/** The board as data. */
export function boardData(course: Course, wish: Wish, fleet: Fleet): Record<string, unknown> {
  const { title, outcome, next, stages, estimate } = course;
  return {
    schema: CREATE_SCHEMA,
    cluster: wish.answers.cluster,
    title,
    outcome: outcome ?? null,
    next: next.what === 'send' ? { what: next.what, stage: next.stage } : next,
    estimate,
    iso: isoOf({ fleet, now: 0 }, wish.answers) ?? null,
    left: leftOut(fleet, wish).map(({ kind, name }) => ({ kind: API_KIND[kind], name })),
    unexpected: strangers(wish.answers, wish.known.hosts ?? []).map(({ name }) => name),
    stages: stages.map(({ id, title: what, state, progress, gates }) => ({
      id,
      title: what,
      state,
      milestones: progress.milestones,
      gates: gates.map(({ name, result, title: of, figure }) => ({ name, result, title: of, figure })),
    })),
  };
}

/** Fields that others own, by manager, where a dry run met any. `force`: they are to be taken over. */
export function conflictsText({ steps }: Pick<Rehearsed, 'steps'>, force: boolean): string {
  const lines = steps.flatMap(({ step, conflicts = [] }) =>
    conflicts.map(({ manager, field }) => `  ${step}: ${cleanLine(field)} is ${ownerText(manager)}`),
  );
  if (lines.length === 0) return '';
  return `${force ? 'Taken over from others' : 'Owned by others, and otherwise'}\n${lines.join('\n')}\n`;
}

/** What was scaled or set by another operation is ours as well, and not the answers'. */
function ownerText(manager: string): string {
  return manager === FIELD_MANAGER ? 'what another operation of metaldeck has set' : `${cleanLine(manager)}'s`;
}

interface Row {
  wanted: Wanted;
  there: boolean;
  /** It is served in another version: only that it is there can be told. */
  other: boolean;
  changes: readonly Difference[];
}

const brief = (value: unknown) => cleanLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), 200);

/** The manifests against the cluster. */
export function diffText(
  rows: readonly Row[],
  missing: readonly { file: string; why: string }[],
  left: readonly Left[],
): string {
  const lines: string[] = [];
  for (const { wanted, there, other, changes } of rows) {
    const what = `${String(wanted.body['kind'])} ${wanted.name}`;
    if (!there) lines.push(`+ ${what} (${wanted.file})`);
    else if (other) lines.push(`? ${what}: there, in another version of the API`);
    else if (changes.length === 0) lines.push(`  ${what}`);
    else {
      lines.push(`~ ${what}`);
      for (const { path, ...more } of changes) {
        const [from, to] = (['from', 'to'] as const).map((end) => (end in more ? brief(more[end]) : undefined));
        lines.push(`    ${path}: ${from ?? '(none)'} -> ${to ?? '(goes: no answer has it any more)'}`);
      }
    }
  }
  for (const { file, why } of missing) lines.push(`? ${file}: ${why}`);
  for (const { kind, name } of left) lines.push(`= ${API_KIND[kind]} ${name}: not in the answers, and left as it is`);
  return `${lines.join('\n')}\n`;
}
