import { cpus, loadavg, release, totalmem } from 'node:os';

/** What this ran on, in one line: figures mean little without it. */
export function describeMachine(): string {
  const all = cpus();
  const model = all[0]?.model.trim() || 'unknown CPU';
  return `${all.length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, bench on Node ${process.version}`;
}

/** The load average of the last minute; what else the machine does makes every time longer. */
export function describeLoad(): string {
  return `load average ${loadavg()[0]!.toFixed(2)}`;
}
