/** A plan, what the server says to it and what became of it: as text and as data. */
import { cleanLine } from '../domain/text.ts';
import { withoutSecrets } from '../journal/redact-plan.ts';
import type { Prepared, Rehearsed, RunResult, Underway } from '../runner/api.ts';

/** Version of the JSON document's shape: fields are added under the same number, never renamed or removed. */
export const RUN_SCHEMA = 'metaldeck.run/v1';

const SIGN = { pass: 'ok  ', warn: 'warn', block: 'NO  ' } as const;
const TONE = { info: ' ', warn: '!', bad: '!!' } as const;

function value(of: unknown): string {
  return cleanLine(typeof of === 'string' ? of : (JSON.stringify(of) ?? ''), 200);
}

/** The plan as it is shown before it is run. */
export function planText(prepared: Prepared, rehearsed: Rehearsed): string {
  const { plan } = withoutSecrets(prepared.request, prepared.plan);
  const lines = [cleanLine(plan.title)];
  for (const { result, title, figure } of plan.checks)
    lines.push(`  ${SIGN[result]} ${cleanLine(title)}: ${cleanLine(figure)}`);
  lines.push('Writes');
  for (const [at, { id, title, diff }] of plan.steps.entries()) {
    lines.push(`  ${at + 1}. ${cleanLine(title)}`);
    for (const { path, ...change } of diff) {
      const from = 'from' in change ? value(change.from) : '(none)';
      lines.push(`     ${cleanLine(path)}: ${from} -> ${'to' in change ? value(change.to) : '(none)'}`);
    }
    const answer = rehearsed.steps.find(({ step }) => step === id);
    if (answer) {
      const after = answer.after ? ` (without step "${answer.after}")` : '';
      lines.push(
        `     server dry run: ${answer.result}${after}${answer.message ? `: ${cleanLine(answer.message)}` : ''}`,
      );
    }
  }
  if (plan.steps.length === 0) lines.push('  nothing: all of it stands');
  if (plan.expected.length > 0) lines.push('Then');
  for (const { text, tone } of plan.expected) lines.push(`  ${TONE[tone].padEnd(2)} ${cleanLine(text)}`);
  lines.push(`Taking it back: ${cleanLine(plan.undo)}`);
  return `${lines.join('\n')}\n`;
}

/** How a run ended, in lines. */
export function resultText({ id, result, steps }: RunResult, total: number): string {
  const written = steps.filter((step) => step.result === 'written').length;
  const lines = [`${result}: ${written} of ${total} ${total === 1 ? 'step' : 'steps'} written`];
  if (id) lines.push(`journal: ${id}`);
  if (id && (result === 'half done' || result === 'in doubt')) lines.push(`to go on: metaldeck journal resume ${id}`);
  return `${lines.join('\n')}\n`;
}

/** The checklist of what is awaited. */
export function progressText({ progress, live }: Pick<Underway, 'progress' | 'live'>): string {
  const sign = { done: 'x', now: '>', todo: ' ', bad: '!', overtaken: '-' } as const;
  const lines = progress.milestones.map(
    ({ state, title, detail }) => `  [${sign[state]}] ${cleanLine(title)}${detail ? `: ${cleanLine(detail)}` : ''}`,
  );
  if (!live) lines.push('  not verified at the moment');
  return `${lines.join('\n')}\n`;
}

export interface RunDocument {
  server: string;
  context: string;
  namespace: string;
  /** Exit code. */
  code: number;
  why?: string;
  prepared?: Prepared;
  rehearsed?: Rehearsed;
  dryRun: boolean;
  result?: RunResult;
  underway?: Underway;
}

/** The documented JSON shape (see README). */
export function runData(run: RunDocument): Record<string, unknown> {
  const { prepared, rehearsed, result, underway } = run;
  const kept = prepared && withoutSecrets(prepared.request, prepared.plan);
  return {
    schema: RUN_SCHEMA,
    at: new Date().toISOString(),
    server: run.server,
    context: run.context,
    namespace: run.namespace,
    exitCode: run.code,
    why: run.why ?? result?.why ?? null,
    dryRun: run.dryRun,
    request: kept?.request ?? null,
    plan: kept
      ? {
          title: kept.plan.title,
          severity: kept.plan.severity,
          confirm: kept.plan.confirm,
          undo: kept.plan.undo,
          checks: kept.plan.checks,
          expected: kept.plan.expected,
          steps: kept.plan.steps.map(({ id, title, why, diff, write }) => ({
            id,
            title,
            why,
            diff,
            write,
            dryRun: rehearsed?.steps.find(({ step }) => step === id) ?? null,
            answer: result?.steps.find(({ step }) => step === id) ?? null,
          })),
        }
      : null,
    missingRights: rehearsed?.missing ?? [],
    journal: result?.id ?? null,
    result: result?.result ?? null,
    outcome: underway?.progress.outcome ?? null,
    milestones: underway?.progress.milestones ?? [],
  };
}
