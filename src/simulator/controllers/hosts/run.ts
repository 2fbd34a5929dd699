/** One run of a plan as the system agent books it (domain §1.4, the legacy checksum flow). */

import { gunzipSync } from 'node:zlib';
import type { PlanFault } from '../faults.ts';
import { checksum, encode, type Instruction, packOutputs, parsePlan, text, unixDate } from '../plan-secret.ts';
import type { Secret } from '../shapes/core.ts';

/** Saved outputs of earlier runs, which the agent merges into: names of older plans stay in the map. */
export function unpackOutputs(secret: Secret, key: string): Record<string, string> {
  const packed = secret.data?.[key];
  if (!packed) return {};
  try {
    const values = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')) as Record<string, string>;
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, Buffer.from(value, 'base64').toString('utf8')]),
    );
  } catch {
    return {};
  }
}

/** The data of a plan Secret after a run that worked, at Unix time `now` in ms. */
export function afterSuccess(secret: Secret, now: number): Record<string, string> {
  const outputs = unpackOutputs(secret, 'applied-output');
  for (const instruction of parsePlan(secret).instructions ?? []) {
    if (instruction.saveOutput) outputs[instruction.name] = outputOf(instruction);
  }
  return {
    ...secret.data,
    'applied-checksum': encode(checksum(secret)),
    'applied-output': packOutputs(outputs),
    'failed-checksum': '',
    'failed-output': '',
    'failure-count': encode('0'),
    'success-count': encode(String(Number(text(secret, 'success-count') || 0) + 1)),
    'last-apply-time': encode(unixDate(now)),
    'probe-statuses': encode('{}'),
  };
}

/** The data of a plan Secret after a run that failed. `applied-checksum` is left alone. */
export function afterFailure(secret: Secret, fault: PlanFault, now: number): Record<string, string> {
  const sum = checksum(secret);
  const again = text(secret, 'failed-checksum') === sum;
  const outputs = again ? unpackOutputs(secret, 'failed-output') : {};
  const instructions = parsePlan(secret).instructions ?? [];
  const failing = Math.min(fault.instruction, instructions.length - 1);
  instructions.slice(0, failing + 1).forEach((instruction, at) => {
    if (instruction.saveOutput) outputs[instruction.name] = at === failing ? fault.output : outputOf(instruction);
  });
  const count = (again ? Number(text(secret, 'failure-count') || 0) : 0) + 1;
  return {
    ...secret.data,
    'failed-checksum': encode(sum),
    'failed-output': packOutputs(outputs),
    'failure-count': encode(String(count)),
    'success-count': encode('0'),
    'last-apply-time': encode(unixDate(now)),
    'probe-statuses': encode('{}'),
  };
}

/** What an instruction prints when it works. */
function outputOf({ name, args }: Instruction): string {
  if (name === 'sim-elemental-upgrade') {
    const image = /--system (\S+)/.exec(args.join(' '))?.[1] ?? '';
    return `INFO Starting elemental version v2.2.0\nINFO Unpacking ${image}\nINFO Upgrade completed\n`;
  }
  if (name === 'sim-clear-cri') return 'Removed all containers and sandboxes\n';
  return `${name}: ok\n`;
}
