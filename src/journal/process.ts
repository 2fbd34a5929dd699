/** Which process holds an operation, and whether it still lives. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessId } from './entries.ts';

/** The processes of this host. Tests put their own in its place. */
export interface Processes {
  self: ProcessId;
  /** Whether a process is known to be gone. One on another host cannot be asked: false. */
  isGone(process: ProcessId): boolean;
}

/** The real ones. Linux tells when a process began (proc(5), field 22 of `stat`); elsewhere its number must do. */
export const processes: Processes = {
  get self() {
    return { host: hostname(), pid: process.pid, started: startOf(process.pid), boot: bootId() };
  },
  isGone(other) {
    if (other.host !== hostname()) return false;
    const boot = bootId();
    if (other.boot !== undefined && boot !== undefined && other.boot !== boot) return true;
    if (!exists(other.pid)) return true;
    const started = startOf(other.pid);
    // The number went to a process that began at another time.
    return other.started !== undefined && started !== undefined && other.started !== started;
  },
};

function exists(pid: number): boolean {
  // 0 and negative numbers would ask for whole process groups.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function startOf(pid: number): string | undefined {
  // The name in brackets may hold spaces and brackets: fields are counted behind the last one.
  const fields = text(`/proc/${pid}/stat`)
    ?.replace(/^.*\)\s*/s, '')
    .split(' ');
  // A process that ended and was not yet collected by its parent does nothing more.
  return fields?.[0] === 'Z' ? 'ended' : fields?.[19];
}

function bootId(): string | undefined {
  return text('/proc/sys/kernel/random/boot_id')?.trim();
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
