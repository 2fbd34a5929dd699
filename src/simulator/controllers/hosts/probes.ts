/** What the agent does besides applying a plan: its probes and its periodic instructions (domain §1.2, §1.3). */

import { gunzipSync } from 'node:zlib';
import { durations } from '../durations.ts';
import type { PlanFault } from '../faults.ts';
import {
  encode,
  numberOf,
  type PeriodicInstruction,
  type Plan,
  type Probe,
  packText,
  parseUnixDate,
  text,
  unixDate,
} from '../plan-secret.ts';
import type { Secret } from '../shapes/core.ts';

/** Where a kubelet says that it is well. */
const kubeletHealth = /:10248\//;

/** Text of `probe-statuses` once every probe has settled. `kubelet`: whether one runs on the host and is well. */
export function settledProbes(plan: Plan, kubelet: boolean): string {
  const statuses = Object.entries(plan.probes ?? {}).map(([name, probe]) => [name, settled(probe, kubelet)]);
  return JSON.stringify(Object.fromEntries(statuses));
}

/** A healthy probe counts up to its threshold and stays there; so does a failing one, which leaves `healthy` out. */
function settled(probe: Probe, kubelet: boolean): Record<string, unknown> {
  const url = probe.httpGet?.url ?? '';
  if (url !== '' && (kubelet || !kubeletHealth.test(url))) {
    return { healthy: true, successCount: Math.max(1, probe.successThreshold ?? 1) };
  }
  return { failureCount: Math.max(1, probe.failureThreshold ?? 3) };
}

/** Simulated ms from a change on the host until its probes have settled. */
export function settleTime(secret: Secret, plan: Plan): number {
  const period = (numberOf(secret, 'probe-period-seconds') ?? durations.probePeriod / 1000) * 1000;
  const of = (probe: Probe) =>
    (probe.initialDelaySeconds ?? 0) * 1000 +
    period * Math.max(probe.successThreshold ?? 1, probe.failureThreshold ?? 3, 1);
  return Math.max(0, ...Object.values(plan.probes ?? {}).map(of));
}

/** One periodic instruction, as `applied-periodic-output` keeps it. */
export interface PeriodicOutput {
  name: string;
  /** base64 */
  stdout: string;
  /** base64 */
  stderr: string;
  exitCode: number;
  lastSuccessfulRunTime: string;
  failures: number;
  lastFailedRunTime: string;
}

/** `applied-periodic-output`, by name; empty where there is none or it cannot be read. */
export function unpackPeriodic(secret: Secret): Record<string, PeriodicOutput> {
  const packed = secret.data?.['applied-periodic-output'];
  if (!packed) return {};
  try {
    return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8')) as Record<string, PeriodicOutput>;
  } catch {
    return {};
  }
}

/** Ms until a periodic instruction is due at Unix time `now` in ms; `speed` is how fast its period passes. */
export function untilDue(secret: Secret, { name, periodSeconds }: PeriodicInstruction, now: number, speed: number) {
  const known = unpackPeriodic(secret)[name];
  const runs = [known?.lastSuccessfulRunTime, known?.lastFailedRunTime].map((at) => parseUnixDate(at ?? ''));
  const last = Math.max(...runs.filter((at) => !Number.isNaN(at)), Number.NEGATIVE_INFINITY);
  return last === Number.NEGATIVE_INFINITY ? 0 : Math.max(0, periodSeconds * 1000 - (now - last) * speed);
}

/** The data of a plan Secret after one run of a periodic instruction at Unix time `now` in ms. */
export function afterPeriodic(
  secret: Secret,
  instruction: PeriodicInstruction,
  fault: PlanFault | undefined,
  now: number,
): Record<string, string> {
  const { name, saveStderrOutput } = instruction;
  const all = unpackPeriodic(secret);
  const before = all[name];
  all[name] = {
    name,
    stdout: encode(fault ? fault.output : `${name}: ok\n`),
    stderr: encode(fault && saveStderrOutput ? fault.output : ''),
    exitCode: fault ? 1 : 0,
    lastSuccessfulRunTime: fault ? (before?.lastSuccessfulRunTime ?? '') : unixDate(now),
    failures: fault ? (before?.failures ?? 0) + 1 : 0,
    lastFailedRunTime: fault ? unixDate(now) : (before?.lastFailedRunTime ?? ''),
  };
  return { ...secret.data, 'applied-periodic-output': packText(JSON.stringify(all)), ...seen(secret) };
}

/** The agent writes its statuses whenever it writes. */
function seen(secret: Secret): Record<string, string> {
  return { 'probe-statuses': encode(text(secret, 'probe-statuses') || '{}') };
}
