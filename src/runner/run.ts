/** Runs a plan: note, write, note, next. It stops at the first step that is not known to be written. */
import type { Ended } from '../journal/entries.ts';
import type { Journal, OpenOperation } from '../journal/journal.ts';
import type { Raw } from '../operations/contract.ts';
import { revisionOf } from './effect.ts';
import { wordsOf } from './failure.ts';
import { changedSince } from './prepare.ts';
import { type Sent, send } from './send.ts';
import type { Door, Prepared, Rehearsed, RunEvent, RunResult, Sight, StepResult } from './types.ts';
import { objectOf, upon } from './write.ts';

/** Who writes where, for the journal. */
export interface Who {
  user: { os: string; kubernetes?: string };
  context: string;
  server: string;
}

export interface RunOptions {
  /** The words of `plan.confirm`, as they were typed. */
  confirm?: readonly string[];
  /** Aborted: stops between two steps. */
  signal?: AbortSignal;
  onProgress?(event: RunEvent): void;
}

interface Surroundings {
  door: Door;
  sight: Sight;
  journal: Journal;
  who: Who;
}

/** Runs what was prepared and rehearsed. Never throws. */
export async function run(
  around: Surroundings,
  prepared: Prepared,
  rehearsed: Rehearsed,
  options: RunOptions,
): Promise<RunResult> {
  const { door, sight, journal, who } = around;
  const { plan, continues } = prepared;
  const refused = (why: string): RunResult => ({ result: 'refused', steps: [], why });
  const { confirm = [] } = options;
  if (plan.confirm.length !== confirm.length || plan.confirm.some((word, at) => word !== confirm[at])) {
    return refused(`it is not confirmed: type ${plan.confirm.map((word) => `"${word}"`).join(', then ')}`);
  }
  if (plan.severity === 'destructive' && plan.confirm.length === 0) {
    return refused('it destroys something and asks for no confirmation: that is a fault of the operation');
  }
  if (rehearsed.refused !== undefined) return refused(rehearsed.refused);
  const untold = plan.steps.find(({ id }) => !rehearsed.steps.some(({ step }) => step === id));
  if (untold) return refused(`"${untold.title}" was not rehearsed`);
  if (options.signal?.aborted) return refused('called off');

  let earlier: OpenOperation | undefined;
  let operation: OpenOperation | undefined;
  try {
    const changed = changedSince(sight, prepared);
    if (changed !== undefined) return refused(changed);
    if (continues) {
      earlier = await journal.claim(continues.id);
      // Another metaldeck may have dealt with it since it was listed.
      const status = (await journal.read(continues.id))?.resolved?.how;
      if (status !== undefined) return refused(`${continues.id} is ${status} already`);
    }
    operation = await journal.begin({
      ...who,
      namespace: door.namespace,
      request: prepared.request,
      plan,
      rehearsed: rehearsed.steps,
      ...(continues ? { continues: { id: continues.id, how: continues.how } } : {}),
      ...(prepared.already.length > 0 ? { already: prepared.already } : {}),
      ...(prepared.session ? { session: prepared.session } : {}),
    });
    const result = await writeSteps(door, operation, prepared, options);
    if (earlier && result.result !== 'nothing written') {
      const how = continues!.how === 'finish' ? 'finished' : 'taken back';
      const { id } = operation;
      await earlier.note({ type: 'resolved', how, by: id }).catch((error: unknown) => {
        result.why ??= wordsOf(error).message;
      });
    }
    return result;
  } catch (error) {
    const { message } = wordsOf(error);
    return operation ? { id: operation.id, result: 'in doubt', steps: [], why: message } : refused(message);
  } finally {
    await operation?.release();
    await earlier?.release();
  }
}

async function writeSteps(
  door: Door,
  operation: OpenOperation,
  { plan, objects }: Prepared,
  { signal, onProgress }: RunOptions,
): Promise<RunResult> {
  const done: StepResult[] = [];
  /** Objects as our own writes left them: a later step of the plan is upon that. */
  const left = new Map<string, Raw | null>(objects);
  let why: string | undefined;
  for (const [index, step] of plan.steps.entries()) {
    if (signal?.aborted) {
      why = 'called off';
      break;
    }
    const key = objectOf(step.write);
    const seen = left.get(key) ?? null;
    const tell = (state: RunEvent['state'], detail?: string) => onProgress?.({ step: step.id, index, state, detail });
    const write = seen ? upon(step.write, revisionOf(seen)) : step.write;
    let noted = false;
    let sent: Sent;
    try {
      sent = await send({
        door,
        step: { ...step, write },
        seen,
        signal,
        tell,
        before: async (resourceVersion) => {
          await operation.note({ type: 'sending', step: step.id, resourceVersion });
          noted = true;
        },
      });
    } catch (error) {
      // The journal: an attempt before this one may have been looked at, but none is under way.
      why = `${wordsOf(error).message} ${noted ? 'It was not sent again.' : `"${step.title}" was not sent.`}`;
      break;
    }
    const { object, ...result } = sent;
    done.push(result);
    if (object) left.set(key, object);
    tell(result.result, result.message);
    try {
      await operation.note({ type: 'answered', ...result });
    } catch (error) {
      why = `${wordsOf(error).message} "${step.title}" was ${result.result === 'written' ? 'written' : `answered: ${result.message}`}, and that is not noted.`;
      break;
    }
    if (result.result !== 'written') {
      why = `"${step.title}": ${result.message ?? result.result}`;
      break;
    }
  }
  const result = outcomeOf(done, plan.steps.length);
  try {
    await operation.note({ type: 'ended', result, why });
  } catch (error) {
    why ??= wordsOf(error).message;
  }
  return { id: operation.id, result, steps: done, why };
}

function outcomeOf(done: readonly StepResult[], steps: number): Ended['result'] {
  if (done.some(({ result }) => result === 'unknown')) return 'in doubt';
  const written = done.filter(({ result }) => result === 'written').length;
  if (written === steps) return 'written';
  return written > 0 ? 'half done' : 'nothing written';
}
