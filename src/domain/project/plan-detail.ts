/**
 * A plan Secret reduced to what may be shown: checksums, counts and the names of its instructions. The plan itself
 * carries kubelet keys and join tokens; nothing of its files, arguments, environment or outputs leaves this file.
 */
import { createHash } from 'node:crypto';
import { PLAN_TYPE } from '../annotations.ts';
import type { PlanDetail } from '../objects.ts';
import { at, decimal, get, list, str, word } from '../read.ts';
import { annotation } from './meta.ts';

const INSTRUCTION_CAP = 64;

/** One value of `.data`: base64 in the API. Absent stays absent; an empty value is an empty buffer. */
function dataOf(raw: unknown, key: string): Buffer | undefined {
  const encoded = at(raw, 'data', key);
  return typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : undefined;
}

function textOf(raw: unknown, key: string): string | undefined {
  const bytes = dataOf(raw, key);
  return bytes === undefined ? undefined : str(bytes.toString('utf8'));
}

/** Names of the one-time instructions, in order; one without a name goes by its place, never by its command. */
function instructionNames(plan: Buffer | undefined): readonly string[] {
  if (!plan || plan.length === 0) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(plan.toString('utf8'));
  } catch {
    return [];
  }
  return list(get(parsed, 'instructions'), INSTRUCTION_CAP).map(
    (item, index) => word(get(item, 'name')) ?? `instruction ${index + 1}`,
  );
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Go's `time.UnixDate`, `Mon Jan  2 15:04:05 UTC 2006`, to epoch ms. A zone other than UTC, GMT or a numeric offset is
 * an abbreviation that several countries share: then the time is not known.
 */
export function parseUnixDate(value: string): number | undefined {
  const found = /^\w{3} (\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\S+) (\d{4})$/.exec(value);
  if (!found) return undefined;
  const [, month = '', day, hour, minute, second, zone = '', year] = found;
  const monthIndex = MONTHS.indexOf(month);
  if (monthIndex < 0) return undefined;
  const offset = /^([+-])(\d\d)(\d\d)?$/.exec(zone);
  if (!offset && zone !== 'UTC' && zone !== 'GMT') return undefined;
  const minutes = offset ? (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) : 0;
  return (
    Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second)) - minutes * 60_000
  );
}

/**
 * Reduces a plan Secret read with its data. The checksum is the agent's: sha256 of the plan's bytes as they stand.
 * Takes any value; never throws.
 */
export function reducePlanSecret(raw: unknown): PlanDetail {
  const plan = dataOf(raw, 'plan');
  const lastApplied = textOf(raw, 'last-apply-time');
  return {
    resourceVersion: str(at(raw, 'metadata', 'resourceVersion')) ?? '',
    planType: annotation(raw, PLAN_TYPE),
    checksum: plan && plan.length > 0 ? createHash('sha256').update(plan).digest('hex') : undefined,
    appliedChecksum: textOf(raw, 'applied-checksum'),
    failedChecksum: textOf(raw, 'failed-checksum'),
    agentState: textOf(raw, 'plan-state'),
    failureCount: decimal(textOf(raw, 'failure-count')),
    successCount: decimal(textOf(raw, 'success-count')),
    maxFailures: decimal(textOf(raw, 'max-failures')),
    lastApplied: lastApplied === undefined ? undefined : parseUnixDate(lastApplied),
    instructions: instructionNames(plan),
    size: plan?.length,
  };
}
