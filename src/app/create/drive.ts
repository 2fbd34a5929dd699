/** Walks the guide from the command line: writes what can be written, waits for what has to be seen. Never a prompt. */
import type { Course, Next } from '../../guides/contract.ts';
import { create } from '../../guides/create/guide.ts';
import { knownOf } from '../../guides/create/known.ts';
import { createOperations } from '../../guides/create/operations.ts';
import { parseAnswers } from '../../guides/create/parse.ts';
import { rebuildOf } from '../../guides/create/stages.ts';
import { isUnsound, takenUp, wishOf } from '../../guides/create/wish.ts';
import type { Request } from '../../operations/contract.ts';
import { notAlone } from '../../runner/alone.ts';
import { isRefused } from '../../runner/api.ts';
import { EXIT, finish } from '../execute.ts';
import type { Reach } from '../run.ts';
import { planText, resultText } from '../run-text.ts';
import { type Looked, lookAt } from './look.ts';
import { boardData, boardText, conflictsText } from './text.ts';

/** Hosts are carried, cabled and booted by people. */
const PATIENCE_MS = 8 * 3_600_000;
/** Courses are read again at most this often: each reads a dozen objects. */
const GAP_MS = 1_000;

/** Shows where it stands. Gives the exit code. */
export async function status(around: Reach, text: string): Promise<number> {
  const { course, refused, known } = await look(around, text);
  if (!course) return finish(around, EXIT.refused, { why: refused });
  tell(around, text, { course, known });
  return codeOf(course);
}

/** What a course that is left where it is means to a script. */
function codeOf({ outcome }: Course): number {
  return outcome === 'done' ? EXIT.done : outcome === 'failed' ? EXIT.refused : EXIT.halfDone;
}

function look({ store, transport }: Reach, text: string): Promise<Looked> {
  return lookAt(create, { guide: create.id, targets: [], values: { answers: text } }, store.getState(), transport);
}

function tell({ options, print }: Reach, text: string, { course, known }: Looked): void {
  const wish = wishOf(text, known);
  if (!course || isUnsound(wish)) return;
  if (options.output === 'json') print(`${JSON.stringify(boardData(course, wish, known.fleet), null, 2)}\n`);
  else print(boardText(course, wish, known.fleet));
}

/** Sends every part that differs as a dry run, and writes nothing. */
export async function rehearseAll(around: Reach, text: string): Promise<number> {
  const { runner, print, options } = around;
  let code: number = EXIT.done;
  let shown = 0;
  for (const { id } of createOperations) {
    const prepared = await runner.prepare(requestOf(id, text, options.create.force));
    if (isRefused(prepared)) {
      if (/do not want this part|stands already/.test(prepared.refused)) continue;
      print(`${id}: ${prepared.refused}\n`);
      // A pool cannot be shown before its hosts have registered: that is no fault of the answers.
      code = Math.max(code, /has registered/.test(prepared.refused) ? EXIT.halfDone : EXIT.refused);
      continue;
    }
    const rehearsed = await runner.dryRun(prepared);
    print(planText(prepared, rehearsed) + conflictsText(rehearsed, options.create.force !== undefined));
    shown += 1;
    if (rehearsed.refused !== undefined) code = EXIT.refused;
  }
  if (shown === 0 && code === EXIT.done) print('nothing to write: all of it stands\n');
  return code;
}

const requestOf = (operation: string, answers: string, force: string | undefined): Request => ({
  operation,
  targets: [],
  values: { answers, ...(force === undefined ? {} : { force }) },
});

/**
 * Goes on from wherever the cluster stands, while nobody else does. `again`: the answers as they are by now, for whoever
 * waits takes up what `fill` or an editor has written meanwhile. Gives the exit code.
 */
export async function apply(around: Reach, text: string, again: () => string = () => text): Promise<number> {
  const { given, problems } = parseAnswers(text);
  const of = problems.length > 0 ? undefined : given.cluster;
  const { runner, options } = around;
  // Answers that cannot be read write nothing, and one who only looks holds up nobody.
  if (of === undefined || runner.readOnly !== undefined) return goThrough(around, text, again);
  const matter = { what: 'create', of };
  const lock = await runner.alone.hold(matter, options.operate.takeOver);
  const why = notAlone(lock, matter);
  if (why !== undefined) {
    const over = lock.state === 'other' ? '; --take-over where it is certain that nobody does' : '';
    return finish(around, lock.state === 'other' ? EXIT.refused : EXIT.unknown, { why: why + over });
  }
  if (lock.state === 'unprotected') process.stderr.write(`metaldeck: NOT PROTECTED against others: ${lock.why}.\n`);
  try {
    return await goThrough(around, text, again);
  } finally {
    await runner.alone.letGo(matter);
  }
}

async function goThrough(around: Reach, begun: string, again: () => string): Promise<number> {
  const { options, signal, store } = around;
  let text = begun;
  const { wait, waitMs } = options.operate;
  const deadline = Date.now() + (waitMs ?? PATIENCE_MS);
  let shown = '';
  for (;;) {
    const looked = await look(around, text);
    const { course, refused, known } = looked;
    if (!course) return finish(around, EXIT.refused, { why: refused });
    const wish = wishOf(text, known);
    if (isUnsound(wish)) continue;
    const board = boardText(course, wish, known.fleet);
    if (board !== shown && options.output !== 'json') around.print(board);
    shown = board;
    const { next } = course;
    const end = endOf(course, options.create.until);
    if (end !== undefined) return conclude(around, text, looked, end);
    if (next.what === 'send') {
      const code = await send(around, text, next);
      if (code === EXIT.done) await moved(store, signal, 2 * GAP_MS);
      if (code === EXIT.done && !signal.aborted) continue;
      if (code !== EXIT.done) return code;
    }
    if (next.what === 'repair') {
      const again = rebuildOf(known, wish.answers, course)?.targets[0];
      const how = again ? `; "metaldeck run rebuild seedimage/${again.name}" builds it again` : '';
      return conclude(around, text, looked, EXIT.refused, next.why.replace(/\.$/, '') + how);
    }
    if (!wait)
      return conclude(
        around,
        text,
        looked,
        EXIT.halfDone,
        `it waits for ${waitsFor(next)}; --wait goes on when it is seen`,
      );
    if (signal.aborted)
      return conclude(around, text, looked, EXIT.timedOut, 'called off; the same command goes on from here');
    if (Date.now() > deadline)
      return conclude(around, text, looked, EXIT.timedOut, `in time it was not seen: ${waitsFor(next)}`);
    await moved(store, signal, 5 * GAP_MS);
    const { fleet, freshness } = store.getState();
    const changed = takenUp(text, again(), knownOf(fleet, freshness));
    if (changed !== text) process.stderr.write('metaldeck: the answers have changed: it goes on with them.\n');
    text = changed;
  }
}

/** The code to end with, where the last stage that is wanted is done. */
function endOf({ stages, outcome }: Course, until: string | undefined): number | undefined {
  if (outcome === 'done') return EXIT.done;
  if (until === undefined) return undefined;
  const at = stages.findIndex(({ id }) => id === until);
  return at >= 0 && stages.slice(0, at + 1).every(({ state }) => state === 'done') ? EXIT.done : undefined;
}

function conclude(around: Reach, text: string, looked: Looked, code: number, why?: string): number {
  if (around.options.output === 'json') tell(around, text, looked);
  if (why !== undefined) process.stderr.write(`metaldeck: ${why.replace(/\.$/, '')}.\n`);
  return code;
}

function waitsFor(next: Next): string {
  switch (next.what) {
    case 'wait':
      return next.for;
    case 'answer':
      return next.gates.map(({ title, figure }) => `${title}: ${figure}`).join('; ');
    case 'held':
    case 'repair':
      return next.why;
    case 'send':
      return next.stage;
    case 'end':
      return 'nothing';
  }
}

/** Writes one part. Done also where somebody else has made it so in the meantime. */
async function send(around: Reach, text: string, next: Extract<Next, { what: 'send' }>): Promise<number> {
  const { runner, options, print, signal } = around;
  const prepared = await runner.prepare(requestOf(next.request.operation, text, options.create.force));
  if (isRefused(prepared)) {
    if (prepared.refused === 'all of it stands already') return EXIT.done;
    return finish(around, EXIT.refused, { why: prepared.refused });
  }
  const rehearsed = await runner.dryRun(prepared);
  const said = options.output !== 'json';
  if (said) print(planText(prepared, rehearsed) + conflictsText(rehearsed, options.create.force !== undefined));
  if (rehearsed.refused !== undefined) {
    const force = rehearsed.steps.some(({ conflicts }) => conflicts)
      ? `; --force ${prepared.plan.memo['cluster']} takes them over`
      : '';
    return finish(around, EXIT.refused, { why: rehearsed.refused + force });
  }
  const result = await runner.run(prepared, rehearsed, { confirm: prepared.plan.confirm, signal });
  if (said) print(resultText(result, prepared.plan.steps.length));
  if (result.result === 'written') return EXIT.done;
  const code =
    result.result === 'half done' ? EXIT.halfDone : result.result === 'in doubt' ? EXIT.unknown : EXIT.refused;
  return finish(around, code, { why: result.why });
}

/** Resolves with the next picture after a while, or when the time is over. */
export async function moved(store: Reach['store'], signal: AbortSignal, ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const finished = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', finished);
      resolve();
    };
    const timer = setTimeout(finished, ms - GAP_MS);
    const stop = store.subscribe((state, before) => {
      if (state.fleet !== before.fleet) finished();
    });
    signal.addEventListener('abort', finished, { once: true });
  });
}
