/** What runs beside the plan: periodic instructions and probes. */
import { bool, get, list, num, rec, str } from '../read.ts';
import { cleanLine } from '../text.ts';
import { formatBytes } from './size.ts';
import { type Hidden, printedOf } from './text.ts';
import type { PeriodicOutput, ProbeStatus } from './types.ts';
import { looksLike, parseJson, unpack } from './unpack.ts';

const CAP = 64;

const base64 = (value: unknown) => (typeof value === 'string' ? value : '');

/** `applied-periodic-output`: gzip over `{name: {stdout, stderr, exitCode, ...}}`, both streams in base64. */
export function decodePeriodic(
  bytes: Buffer | undefined,
  plan: unknown,
  hidden: Hidden,
  notes: string[],
): PeriodicOutput[] {
  if (!bytes || bytes.length === 0) return [];
  const { text, cut, note } = unpack(bytes);
  const value = cut ? undefined : parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const what = note ?? `${formatBytes(bytes.length)} of ${looksLike(Buffer.from(text))}, not the JSON it should be`;
    notes.push(`applied-periodic-output: ${what}; nothing of it is shown`);
    return [];
  }
  const current = new Set(list(get(plan, 'periodicInstructions'), CAP).flatMap((one) => str(get(one, 'name')) ?? []));
  return Object.entries(value)
    .slice(0, CAP)
    .map(([key, one]) => {
      const name = cleanLine(key);
      const [stdout, stderr] = [get(one, 'stdout'), get(one, 'stderr')].map((each) =>
        printedOf(base64(each), false, hidden),
      ) as [ReturnType<typeof printedOf>, ReturnType<typeof printedOf>];
      return {
        name,
        current: current.has(name),
        exitCode: num(get(one, 'exitCode')),
        failures: num(get(one, 'failures')),
        lastSuccess: str(get(one, 'lastSuccessfulRunTime')),
        lastFailure: str(get(one, 'lastFailedRunTime')),
        stdout: stdout.lines,
        stderr: stderr.lines,
        bytes: stdout.bytes + stderr.bytes,
        note: [stdout.note, stderr.note].filter(Boolean).join('; ') || undefined,
      };
    });
}

/** `probe-statuses`: plain JSON. */
export function decodeProbes(bytes: Buffer | undefined, notes: string[]): ProbeStatus[] {
  if (!bytes || bytes.length === 0) return [];
  const value = bytes.length > 1024 * 1024 ? undefined : parseJson(bytes.toString('utf8'));
  if (value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    notes.push(`probe-statuses: ${formatBytes(bytes.length)} of ${looksLike(bytes)}, not the JSON it should be`);
    return [];
  }
  return Object.entries(rec(value))
    .slice(0, CAP)
    .map(([name, one]) => ({
      name: cleanLine(name),
      healthy: bool(get(one, 'healthy')),
      successes: num(get(one, 'successCount')),
      failures: num(get(one, 'failureCount')),
    }));
}
