// Loaded into the program by NODE_OPTIONS=--import: notes when its event loop was late, and writes that down at the end.
import { writeFileSync } from 'node:fs';

const STEP_MS = 5;
const NOTED_FROM_MS = 15;
const file = process.env['METALDECK_BENCH_STALLS'];

/** Processor time of this thread, in ms: what a stall cost by itself, without waiting for a processor. */
function ownMs() {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}

if (file) {
  const stalls = [];
  let last = performance.now();
  let own = ownMs();
  setInterval(() => {
    const now = performance.now();
    const ownNow = ownMs();
    const late = now - last - STEP_MS;
    if (late >= NOTED_FROM_MS) stalls.push({ at: performance.timeOrigin + last, ms: late, ownMs: ownNow - own });
    last = now;
    own = ownNow;
  }, STEP_MS).unref();
  process.on('exit', () => writeFileSync(file, JSON.stringify(stalls)));
}
