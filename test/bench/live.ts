import { type ChildProcess, fork } from 'node:child_process';
import { type Context, isLive, startProgram, warmHome } from './context.ts';
import { type Figure, quantile } from './figures.ts';
import { type Program, pause, processorMs } from './program.ts';
import { environmentOf, giveWay } from './server.ts';

const PER_SECOND = 200;
const LOOK_MS = 20_000;
const KEYS = 120;
/** Keys in one direction before it turns, so that the window never scrolls. */
const RUN = 10;

/** Milliseconds from a key to the bytes that moved the cursor, for each of some keys. */
async function keyLatencies(program: Program, keys: number): Promise<number[]> {
  const taken: number[] = [];
  for (let number = 0; number < keys; number += 1) {
    await pause(100 + Math.random() * 100);
    const before = program.cursorLine();
    const typedAt = performance.now();
    program.type(Math.floor(number / RUN) % 2 === 0 ? 'j' : 'k');
    const at = await program.until('the cursor moving', (seen) => {
      const now = seen.cursorLine();
      return now >= 0 && now !== before;
    });
    taken.push(at - typedAt);
  }
  return taken;
}

interface Load {
  processor: number;
  bytes: number;
  writes: number;
}

/** Share of one processor in percent, bytes a second and writes a second, over some time. */
async function loadOf(program: Program, ms: number): Promise<Load> {
  const began = performance.now();
  const before = processorMs(program.pid);
  const first = program.chunks.length;
  await pause(ms);
  const took = performance.now() - began;
  const chunks = program.chunks.slice(first);
  return {
    processor: ((processorMs(program.pid) - before) / took) * 100,
    bytes: (chunks.reduce((sum, { bytes }) => sum + bytes, 0) / took) * 1000,
    writes: (chunks.length / took) * 1000,
  };
}

function startChurn(context: Context): { child: ChildProcess; counts(): { done: number; failed: number } } {
  const child = fork(new URL('./churn.ts', import.meta.url), [`${context.hosts}`, `${PER_SECOND}`], {
    env: { ...process.env, ...environmentOf(context.server.target) },
    detached: true,
  });
  giveWay(child.pid!);
  let counts = { done: 0, failed: 0 };
  child.on('message', (message) => {
    counts = message as typeof counts;
  });
  return { child, counts: () => counts };
}

/** The hosts screen at 200x50 while hosts change: what it costs, and how soon a key is answered. */
export async function measureLive(context: Context): Promise<Figure[]> {
  const home = await warmHome(context);
  const program = startProgram(context, { home, args: ['--view', 'hosts'] });
  await program.until('live data', isLive);
  await pause(3_000);
  context.say('live: at rest');
  const rest = await loadOf(program, LOOK_MS / 2);
  const restKeys = await keyLatencies(program, KEYS / 3);
  const { child, counts } = startChurn(context);
  await pause(3_000);
  context.say(`live: ${PER_SECOND} changes a second`);
  const before = counts().done;
  const began = performance.now();
  const busy = await loadOf(program, LOOK_MS);
  const rate = ((counts().done - before) / (performance.now() - began)) * 1000;
  const keys = await keyLatencies(program, KEYS);
  const { failed } = counts();
  child.disconnect();
  await program.quit();
  return [
    { what: 'at rest: processor', values: [rest.processor], unit: '%', note: `${rest.bytes.toFixed(0)} bytes/s` },
    {
      what: 'at rest: key to frame, p50',
      values: [quantile(restKeys, 0.5)],
      unit: 'ms',
      note: `${restKeys.length} keys`,
    },
    { what: 'at rest: key to frame, p99', values: [quantile(restKeys, 0.99)], unit: 'ms' },
    {
      what: 'changes the server took',
      values: [rate],
      unit: '/s',
      note: `${PER_SECOND}/s were wanted${failed > 0 ? `; ${failed} failed` : ''}`,
    },
    {
      what: 'while changing: processor',
      values: [busy.processor],
      unit: '%',
      limit: 30,
      note: `of one core over ${LOOK_MS / 1000} s; ${busy.bytes.toFixed(0)} bytes/s in ${busy.writes.toFixed(1)} writes/s`,
    },
    {
      what: 'while changing: key to frame, p50',
      values: [quantile(keys, 0.5)],
      unit: 'ms',
      limit: 30,
      note: `${keys.length} keys`,
    },
    { what: 'while changing: key to frame, p90', values: [quantile(keys, 0.9)], unit: 'ms' },
    { what: 'while changing: key to frame, p99', values: [quantile(keys, 0.99)], unit: 'ms', limit: 30 },
  ];
}
