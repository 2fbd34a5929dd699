/** From what the runner says to what the screen shows: plain functions. */
import { formatAge } from '../domain/age.ts';
import type { Rehearsal } from '../journal/entries.ts';
import type { OperationRecord } from '../journal/replay.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
import type { Operation, Plan, Request, World } from '../operations/contract.ts';
import { type HalfDone, isRefused, type Sight, type Underway } from '../runner/api.ts';
import { kubectlOf } from '../runner/kubectl.ts';
import type { Answer, Entry, Followed } from '../store/operating.ts';
import type { Place, Session } from '../store/state.ts';

/**
 * Titles of what must be entered and was not touched yet, where that alone keeps an operation from being planned.
 * `initial`: what its entries held before anybody changed them, those that were changed left out.
 */
export function missingOf(
  operation: Operation,
  world: World,
  request: Request,
  { refused, initial }: { refused: string; initial: Readonly<Record<string, string>> },
): string[] {
  const missing = operation.fields.filter(
    ({ name, optional }) => !optional && request.values[name] === initial[name] && Object.hasOwn(initial, name),
  );
  // What the server says, or what keeps it from being offered at all, is no matter of what is entered.
  const own = missing.length > 0 && operation.refuse(world, request) === refused;
  const offered = own && operation.refuse(world, { ...request, values: {} }) === undefined;
  return offered ? missing.map(({ title }) => title) : [];
}

/** What somebody is asked for. */
export const askedOf = ({ fields }: Pick<Operation, 'fields'>) => fields.filter(({ unasked }) => !unasked);

/** The entries of an operation with what is in them now. */
export function entriesOf(operation: Operation, world: World, request: Request): Entry[] {
  return askedOf(operation).map((field) => ({
    name: field.name,
    title: field.title,
    kind: field.kind,
    value: request.values[field.name] ?? '',
    optional: field.optional,
    choices: field.choices?.(world, request.targets) ?? [],
  }));
}

/** What the entries hold at first. */
export function initialValues(
  operation: Operation,
  world: World,
  targets: Request['targets'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(askedOf(operation).map((field) => [field.name, field.initial(world, targets)]));
}

const ANSWERS: Readonly<Record<Rehearsal['result'], Answer['result']>> = {
  accepted: 'accepted',
  refused: 'refused',
  depends: 'later',
  unknown: 'refused',
};

/** The server's answers to a dry run. */
export function answersOf(steps: readonly Rehearsal[]): Answer[] {
  return steps.map(({ step, result, message, after }) => ({
    step,
    result: ANSWERS[result],
    text: result === 'depends' ? `can be tried only when "${after ?? 'an earlier step'}" is written` : (message ?? ''),
  }));
}

/** What a plan comes down to, whatever versions its objects have: two plans of equal essence are the same decision. */
export function essence(plan: Plan): string {
  const checks = plan.checks.map(({ title, result }) => ({ title, result }));
  const steps = plan.steps.map(({ id, title, diff }) => ({ id, title, diff }));
  const expected = plan.expected.map(({ text, tone }) => ({ text, tone }));
  return JSON.stringify([plan.title, checks, steps, expected, plan.confirm]);
}

/** What is different about the later one of two plans, as phrases. */
export function movedBetween(before: Plan, after: Plan): string[] {
  const textsOf = (plan: Plan) => [
    ...plan.steps.flatMap(({ title, diff }) => [
      title,
      ...diff.map(({ path, from, to }) => `${path}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`),
    ]),
    ...plan.expected.map(({ text }) => text),
    ...plan.checks.filter(({ result }) => result !== 'pass').map(({ title, figure }) => `${title}: ${figure}`),
  ];
  const [old, fresh] = [new Set(textsOf(before)), new Set(textsOf(after))];
  return [
    ...[...fresh].filter((text) => !old.has(text)).map((text) => `now: ${text}`),
    ...[...old].filter((text) => !fresh.has(text)).map((text) => `no longer: ${text}`),
  ];
}

/** Whether two pieces of plain data say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What an operation is called before there is a plan: `Scale prod-workers`, `Remove 3`. */
export function titleFor({ title }: Operation, { targets }: Request): string {
  return `${title} ${targets.length === 1 ? targets[0]?.name : targets.length}`;
}

/** The writes of a plan for a shell, in the versions that are served. */
export function kubectlOfPlan(plan: Plan, sight: Sight, session: Session): string[] {
  const { namespace, freshness } = sight.picture();
  return plan.steps.map((step) => {
    const { kind } = step.write;
    const version = freshness[kind].version ?? KINDS_TABLE[kind].versions[0];
    return kubectlOf(step, namespace, version, { context: session.context, as: session.impersonating });
  });
}

/** Why an operation that was written can never be taken back; undefined where it may be. */
export function finalOf(operation: Operation | undefined): string | undefined {
  return operation?.takeBack ? undefined : 'nothing takes such an operation back';
}

/** How one goes on with a broken off operation, as it stood when it was looked at last. */
function waysOf({ finish, takeBack }: HalfDone): string {
  const forward = isRefused(finish) ? `f cannot finish it (${finish.refused})` : 'f finishes it';
  const back = isRefused(takeBack) ? `u cannot (${takeBack.refused})` : 'u takes it back';
  return `${forward}, ${back}`;
}

/** What a broken off operation lacks, and where it stopped; how one goes on is said in its checklist. */
export function lossOf(found: HalfDone): string {
  const { written, remaining, inDoubt, record } = found;
  const doubt = inDoubt.length > 0 ? `, of ${inDoubt.length} nobody knows` : '';
  const why = record.ended?.why?.replace(/\.$/, '');
  const stopped = why ? `; it stopped at ${why}` : '';
  return `half done: ${written.length} written, ${remaining.length} not${doubt}${stopped}`;
}

/** What became of an operation that had stopped, where nothing is left to do about it. */
export function overOf({ status, resolved }: OperationRecord): string | undefined {
  if (status === 'nothing written')
    return 'it was looked at since: nothing of it was written, and nothing is half done';
  if (!resolved) return undefined;
  const why = resolved.why === undefined ? '' : `: ${resolved.why}`;
  return resolved.how === 'left' ? `let go${why}; what was written of it stays` : `${resolved.how} since`;
}

/** A list without its marks: they were for what is sent now. */
export function unmarked(place: Place): Place {
  const { marked: _marked, ...rest } = place;
  return place.screen === 'operate' || place.screen === 'act' ? place : rest;
}

/** An operation under way as the list of operations shows it. */
export function followedOf({ id, title, sent, targets, progress, live, overdue, usual }: Underway): Followed {
  const state = progress.outcome ?? 'running';
  const note = overdue && state === 'running' ? ['takes longer than usual'] : [];
  if (!live && state === 'running') note.push('not verified at the moment');
  const milestones = progress.milestones.map((one) =>
    one.state === 'now' && note.length > 0 ? { ...one, detail: [one.detail, ...note].filter(Boolean).join('; ') } : one,
  );
  return {
    id,
    title,
    at: sent.at,
    state,
    progress: { ...progress, milestones },
    target: targets[0],
    usual,
    overdue,
  };
}

/** Outcomes that a list names as they are; of all else it is said that it is over. */
const OUTCOMES: readonly string[] = ['done', 'failed', 'overtaken'];

/** An operation that was over before this start, the same way, as the journal has it. */
export function pastOf(record: OperationRecord): Followed {
  const { id, at, began, status, outcome, ended } = record;
  const took = outcome && `${outcome.late ? 'seen ' : ''}after ${formatAge(outcome.took)}`;
  const how = outcome ? [took, outcome.detail].filter(Boolean).join(': ') : (overOf(record) ?? ended?.why ?? status);
  const state = OUTCOMES.includes(status) ? (status as Followed['state']) : 'over';
  return {
    id,
    title: began.plan.title,
    at: record.sentAt ?? at,
    state,
    past: true,
    target: began.request.targets[0],
    progress: { milestones: [{ title: 'before this start', state: 'done', detail: how }] },
    final: `it was over before this start: metaldeck journal show ${id} tells of it`,
  };
}

/** An operation that was broken off, the same way. */
export function brokenOffOf(found: HalfDone): Followed {
  const { id, record, written, remaining, inDoubt } = found;
  const { plan, request } = record.began;
  const titleOf = (step: string) => plan.steps.find((one) => one.id === step)?.title ?? step;
  return {
    id,
    title: plan.title,
    at: record.at,
    state: 'half done',
    target: request.targets[0],
    progress: {
      milestones: [
        ...written.map((step) => ({ title: titleOf(step), state: 'done' as const })),
        ...inDoubt.map((step) => ({
          title: titleOf(step),
          state: 'bad' as const,
          detail: `nobody knows if it was written: ${waysOf(found)}`,
        })),
        ...remaining
          .filter((step) => !inDoubt.includes(step))
          .map((step, at) => ({
            title: titleOf(step),
            state: 'bad' as const,
            detail: at > 0 || inDoubt.length > 0 ? 'not written' : `not written: ${waysOf(found)}`,
          })),
      ],
    },
  };
}
