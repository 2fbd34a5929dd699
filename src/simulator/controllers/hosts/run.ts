/** One run of a plan as the system agent books it (domain §1.4, the legacy checksum flow). */

import { gunzipSync } from 'node:zlib';
import { durations } from '../durations.ts';
import type { PlanFault } from '../faults.ts';
import {
  checksum,
  encode,
  isReadable,
  lastApplied,
  numberOf,
  type Plan,
  packOutputs,
  parsePlan,
  text,
  unixDate,
} from '../plan-secret.ts';
import type { Secret } from '../shapes/core.ts';
import { outputOf } from './outputs.ts';

/** What the agent does with a plan at this moment. */
export type Decision =
  /** Run it. `again`: it is applied already, and this is the forced run after a start. */
  | { do: 'run'; again: boolean; attempt: number }
  /** Look again after so many ms. */
  | { do: 'wait'; ms: number }
  | { do: 'nothing' };

/**
 * Decides what happens to the plan of a Secret. `forced`: the agent has just started and has not looked yet; `since`: ms
 * from its `last-apply-time` until now. A plan of another checksum than the failed one ends the cool-down at once.
 */
export function decide(secret: Secret, forced: boolean, since: number): Decision {
  if (!isReadable(secret)) return { do: 'nothing' };
  const sum = checksum(secret);
  if (text(secret, 'applied-checksum') === sum) {
    return forced ? { do: 'run', again: true, attempt: 1 } : { do: 'nothing' };
  }
  if (text(secret, 'failed-checksum') !== sum) return { do: 'run', again: false, attempt: 1 };
  const failures = numberOf(secret, 'failure-count') ?? 0;
  const limit = numberOf(secret, 'max-failures');
  if (limit !== undefined && failures >= limit) return { do: 'nothing' };
  const rest = forced || Number.isNaN(lastApplied(secret)) ? 0 : durations.cooldown - since;
  return rest > 0 ? { do: 'wait', ms: rest } : { do: 'run', again: false, attempt: failures + 1 };
}

/** Most hosts have printed the same before: the last few unpacked outputs. */
const unpacked = new Map<string, Record<string, string>>();
const unpackedLimit = 64;

/** Saved outputs of earlier runs, which the agent merges into: names of older plans stay in the map. */
export function unpackOutputs(secret: Secret, key: string): Record<string, string> {
  const packed = secret.data?.[key];
  if (!packed) return {};
  const seen = unpacked.get(packed);
  if (seen) return { ...seen };
  try {
    const values = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')) as Record<string, string>;
    const outputs = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, Buffer.from(String(value), 'base64').toString('utf8')]),
    );
    if (unpacked.size >= unpackedLimit) unpacked.delete(unpacked.keys().next().value!);
    unpacked.set(packed, outputs);
    return { ...outputs };
  } catch {
    return {};
  }
}

/**
 * The data of a plan Secret after a run that worked, at Unix time `now` in ms. `said`: what instructions printed that did
 * not print the usual. `plan`: what the Secret holds; `sum`: its checksum; `printed`: the
 * packed outputs: where the caller knows them already.
 */
export function afterSuccess(
  secret: Secret,
  now: number,
  said: Readonly<Record<string, string>> = {},
  plan: Plan = parsePlan(secret),
  { sum = checksum(secret), printed }: { sum?: string; printed?: string } = {},
): Record<string, string> {
  const output = printed ?? packOutputs(outputsOf(secret, said, plan, sum, now));
  return {
    ...secret.data,
    'applied-checksum': encode(sum),
    'applied-output': output,
    'failed-checksum': '',
    'failed-output': '',
    'failure-count': encode('0'),
    'success-count': encode(String((numberOf(secret, 'success-count') ?? 0) + 1)),
    'last-apply-time': encode(unixDate(now)),
    'probe-statuses': encode(keptProbes(secret, plan)),
  };
}

/** What has been printed, by instruction; `sum`: the checksum of `plan`. */
function outputsOf(
  secret: Secret,
  said: Readonly<Record<string, string>>,
  plan: Plan,
  sum: string,
  now: number,
): Record<string, string> {
  const host = secret.metadata.name;
  const again = text(secret, 'applied-checksum') === sum;
  const outputs = unpackOutputs(secret, 'applied-output');
  for (const instruction of plan.instructions ?? []) {
    const { name, saveOutput } = instruction;
    if (saveOutput && name) outputs[name] = said[name] ?? outputOf(instruction, plan, again, host, now);
  }
  return outputs;
}

/** The data of a plan Secret after a run that failed. `applied-checksum` is left alone. */
export function afterFailure(secret: Secret, fault: PlanFault, now: number): Record<string, string> {
  const sum = checksum(secret);
  const again = text(secret, 'failed-checksum') === sum;
  const outputs = again ? unpackOutputs(secret, 'failed-output') : {};
  const plan = parsePlan(secret);
  const instructions = plan.instructions ?? [];
  const failing = Math.min(fault.instruction, instructions.length - 1);
  instructions.slice(0, failing + 1).forEach((instruction, at) => {
    if (!instruction.saveOutput || !instruction.name) return;
    outputs[instruction.name] =
      at === failing ? fault.output : outputOf(instruction, plan, false, secret.metadata.name, now);
  });
  const count = (again ? (numberOf(secret, 'failure-count') ?? 0) : 0) + 1;
  return {
    ...secret.data,
    'failed-checksum': encode(sum),
    'failed-output': packOutputs(outputs),
    'failure-count': encode(String(count)),
    'success-count': encode('0'),
    'last-apply-time': encode(unixDate(now)),
    'probe-statuses': encode(keptProbes(secret, plan)),
  };
}

/** The statuses of the probes a plan still has: probes go on while a plan runs again. */
function keptProbes(secret: Secret, plan: Plan): string {
  const names = Object.keys(plan.probes ?? {});
  if (names.length === 0) return '{}';
  let known: Record<string, unknown> = {};
  try {
    known = JSON.parse(text(secret, 'probe-statuses') || '{}') as Record<string, unknown>;
  } catch {
    // Written by somebody else: the probes begin anew.
  }
  return JSON.stringify(Object.fromEntries(names.filter((name) => name in known).map((name) => [name, known[name]])));
}
