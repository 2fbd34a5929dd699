/**
 * From a plan Secret to what its instructions said. The encodings and what survives from run to run are the agent's
 * (rancher/system-agent, pkg/k8splan/watcher.go and pkg/applyinator): outputs are gzip over a map of base64, and names
 * of earlier plans stay in it.
 */
import { PLAN_TYPE } from '../annotations.ts';
import { derivePlanState } from '../plan.ts';
import { annotation } from '../project/meta.ts';
import { reducePlanSecret } from '../project/plan-detail.ts';
import { at, bool, get, list, num, rec, str, time } from '../read.ts';
import { cleanLine } from '../text.ts';
import { hiddenOf } from './hidden.ts';
import { decodePeriodic, decodeProbes } from './periodic.ts';
import { formatBytes } from './size.ts';
import { type Hidden, type Printed, printedOf } from './text.ts';
import type { InstructionOutput, PlanOutput, StepState } from './types.ts';
import { looksLike, parseJson, readMap, unpack } from './unpack.ts';

/** How long the agent waits after a failed run before it tries the same plan again. */
export const COOLDOWN_MS = 30_000;
const INSTRUCTIONS_CAP = 64;
const EARLIER_CAP = 64;

/** One value of `.data`; `undefined` where the key is absent. */
export function bytesOf(secret: unknown, key: string): Buffer | undefined {
  const encoded = at(secret, 'data', key);
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : undefined;
}

interface Step {
  name: string;
  saved: boolean;
  /** Without a name nothing is saved, whatever the plan says. */
  named: boolean;
}

function stepsOf(plan: unknown): Step[] {
  return list(get(plan, 'instructions'), INSTRUCTIONS_CAP).map((item, index) => {
    const name = str(get(item, 'name'));
    return {
      name: name ?? `instruction ${index + 1}`,
      named: name !== undefined,
      saved: name !== undefined && bool(get(item, 'saveOutput')) === true,
    };
  });
}

type Map_ = ReadonlyMap<string, Printed>;

function outputsOf(secret: unknown, key: string, hidden: Hidden, notes: string[]): Map_ {
  const bytes = bytesOf(secret, key);
  if (!bytes || bytes.length === 0) return new Map();
  const { text, cut, note } = unpack(bytes);
  if (note) notes.push(`${key}: ${note}`);
  const saved = text === '' ? undefined : readMap(text, cut);
  if (!saved && !(note && text === '')) {
    notes.push(`${key}: ${formatBytes(bytes.length)} of ${looksLike(Buffer.from(text))} that is no map of outputs`);
  }
  return new Map((saved ?? []).map((one) => [cleanLine(one.name), printedOf(one.encoded, one.cut, hidden)]));
}

/** The API server's times are whole seconds. */
const SECOND_MS = 1_000;

/**
 * When the bytes of the plan were last written, by the API server's notes on field ownership. A host's Secret is there
 * before any plan is: a note as old as the Secret itself (one made with it, or brought back from a backup) dates no plan.
 */
function writtenAt(secret: unknown): number | undefined {
  const times = list(at(secret, 'metadata', 'managedFields'), 64)
    .filter((entry) => at(entry, 'fieldsV1', 'f:data', 'f:plan') !== undefined)
    .flatMap((entry) => time(get(entry, 'time')) ?? []);
  if (times.length === 0) return undefined;
  const last = Math.max(...times);
  const born = time(at(secret, 'metadata', 'creationTimestamp'));
  return born !== undefined && last <= born + SECOND_MS ? undefined : last;
}

interface Checkpoint {
  checksum?: string;
  completed?: number;
}

/** `plan-checkpoint` of newer agents: how many instructions of which plan are through. */
function checkpointOf(secret: unknown): Checkpoint {
  const value = parseJson(bytesOf(secret, 'plan-checkpoint')?.toString('utf8') ?? '');
  return { checksum: str(get(value, 'checksum')), completed: num(get(value, 'completedInstructions')) };
}

/**
 * Everything a plan Secret, read with its data, tells of what ran. Takes any value; never throws. Nothing of the plan's
 * files, arguments and environment is in what comes out.
 */
export function decodeOutput(secret: unknown): PlanOutput {
  const notes: string[] = [];
  const detail = reducePlanSecret(secret);
  const planBytes = bytesOf(secret, 'plan');
  const plan = planBytes ? parseJson(planBytes.toString('utf8')) : undefined;
  if (planBytes && planBytes.length > 0 && plan === undefined) {
    notes.push(`plan: ${formatBytes(planBytes.length)} of ${looksLike(planBytes)}, not JSON: its steps are not known`);
  }
  const hidden = hiddenOf(plan);
  const steps = stepsOf(plan);
  const state = derivePlanState(detail);
  const applied = outputsOf(secret, 'applied-output', hidden, notes);
  const failed = outputsOf(secret, 'failed-output', hidden, notes);
  const checkpoint = checkpointOf(secret);
  const completed = checkpoint.checksum === detail.checksum ? checkpoint.completed : undefined;

  const sum = detail.checksum;
  // A newer agent judges by `plan-state`, and may leave the checksums alone.
  const failedNow =
    sum !== undefined && (detail.failedChecksum === sum || (detail.agentState === 'failed' && failed.size > 0));
  const appliedNow = sum !== undefined && (detail.appliedChecksum === sum || detail.agentState === 'succeeded');
  const current = failedNow ? failed : appliedNow ? applied : undefined;
  const failing = failedNow ? failingStep(steps, failed, completed) : undefined;

  const instructions = steps.map((step, index): InstructionOutput => {
    const now = current?.get(step.name);
    const before = now ? undefined : (applied.get(step.name) ?? failed.get(step.name));
    const printed = now ?? before;
    return {
      name: step.name,
      place: index + 1,
      state: stateOf(index, failing, failedNow, appliedNow, completed),
      lines: printed?.lines,
      bytes: printed?.bytes ?? 0,
      note: printed?.note ?? (step.named ? undefined : 'without a name: its output is never saved'),
      earlier: now === undefined && before !== undefined,
      saved: step.saved,
    };
  });
  const known = new Set(steps.map(({ name }) => name));
  const old = new Map([...failed, ...applied]);
  for (const [name, printed] of [...old].filter(([name]) => !known.has(name)).slice(0, EARLIER_CAP)) {
    instructions.push({ name, state: 'unknown', ...printed, earlier: true, saved: true });
  }
  const retries = state.word === 'retrying' && detail.lastApplied !== undefined;
  return {
    name: str(at(secret, 'metadata', 'name')) ?? '',
    type: annotation(secret, PLAN_TYPE) ?? annotation(secret, 'elemental.cattle.io/plan.type'),
    state,
    detail,
    writtenAt: writtenAt(secret),
    coolsUntil: retries ? detail.lastApplied! + COOLDOWN_MS : undefined,
    completed,
    failing: failing === undefined ? undefined : steps[failing]?.name,
    instructions,
    periodic: decodePeriodic(bytesOf(secret, 'applied-periodic-output'), rec(plan), hidden, notes),
    probes: decodeProbes(bytesOf(secret, 'probe-statuses'), notes),
    notes,
  };
}

/**
 * The step that ended the run. A newer agent counts those that are through. The older one leaves an entry for the step
 * that failed even where it printed nothing, so it is the last one of the plan with an entry; an earlier try that came
 * further can make it a later step than it was.
 */
function failingStep(steps: readonly Step[], failed: Map_, completed: number | undefined): number | undefined {
  if (completed !== undefined && completed < steps.length) return completed;
  const index = steps.findLastIndex(({ name, named }) => named && failed.has(name));
  return index < 0 ? undefined : index;
}

function stateOf(
  index: number,
  failing: number | undefined,
  failedNow: boolean,
  appliedNow: boolean,
  completed: number | undefined,
): StepState {
  if (failedNow && failing !== undefined) return index === failing ? 'failed' : index < failing ? 'done' : 'not run';
  if (!failedNow && appliedNow) return 'done';
  if (completed !== undefined && index < completed) return 'done';
  return 'unknown';
}
