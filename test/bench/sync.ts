import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Context, isConnected, isLive, startProgram, warmHome } from './context.ts';
import { type Figure, median } from './figures.ts';
import { memoryOf, type Program, pause, processorMs } from './program.ts';
import { environmentOf } from './server.ts';

const run = promisify(execFile);

/** How the bare process reads: all at once from the watch cache, or page by page from etcd; packed or not. */
const WAYS = ['whole-plain', 'whole', 'paged-plain', 'paged'] as const;
type Way = (typeof WAYS)[number];

interface Bare {
  ms: number;
  cpuMs: number;
  rssMb: number;
  lists: { resource: string; objects: number; bytes: number }[];
}

interface Synced {
  /** From the start of the process, ms. */
  connected: number;
  listed: number;
  live: number;
  cpuMs: number;
  rss: number;
  peak: number;
  stalls: { ms: number; ownMs: number }[];
}

const SETTLE_MS = 8_000;
const WANTED_RATIO = 1.5;

async function readBare(context: Context, way: Way): Promise<Bare> {
  const script = path.join(import.meta.dirname, 'bare.ts');
  const env = { ...process.env, ...environmentOf(context.server.target) };
  const { stdout } = await run(process.execPath, [script, way], { env });
  return JSON.parse(stdout) as Bare;
}

/** No kind's first list is still on its way. */
function isListed(program: Program): boolean {
  const text = program.text();
  return !/ (asking|\d+ so far|\d+ of \d+)$/m.test(text) && !/\d\+/.test(program.line(1));
}

async function syncOnce(context: Context, home: string): Promise<Synced> {
  const file = path.join(mkdtempSync(path.join(context.folder, 'stalls-')), 'stalls.json');
  const program = startProgram(context, {
    home,
    env: {
      NODE_OPTIONS: `--import=${new URL('./stall.mjs', import.meta.url).href}`,
      METALDECK_BENCH_STALLS: file,
    },
  });
  const since = (at: number) => at - program.startedAt;
  const connected = since(await program.until('the connection', (seen) => isConnected(context, seen)));
  await program.until('a list arriving', (seen) => !isListed(seen));
  const listed = since(await program.until('complete lists', isListed));
  const live = since(await program.until('live data', isLive));
  const cpuMs = processorMs(program.pid);
  await pause(SETTLE_MS);
  const { now: rss, peak } = memoryOf(program.pid);
  await program.quit();
  const noted = JSON.parse(readFileSync(file, 'utf8')) as { at: number; ms: number; ownMs: number }[];
  const stalls = noted.filter(({ at }) => at >= program.startedOn + connected && at <= program.startedOn + live);
  return { connected, listed, live, cpuMs, rss, peak, stalls };
}

function fastest(bare: ReadonlyMap<Way, readonly Bare[]>): { way: Way; ms: number } {
  const medians = [...bare].map(([way, all]) => ({ way, ms: median(all.map(({ ms }) => ms)) }));
  return medians.reduce((best, each) => (each.ms < best.ms ? each : best));
}

/** How long the first complete picture takes, what it costs in memory, and how long keys may have to wait meanwhile. */
export async function measureSync(context: Context): Promise<Figure[]> {
  const home = await warmHome(context);
  const bare = new Map<Way, Bare[]>(WAYS.map((way) => [way, []]));
  const synced: Synced[] = [];
  for (let number = 1; number <= context.runs; number += 1) {
    context.say(`sync: run ${number} of ${context.runs}`);
    for (const way of WAYS) bare.get(way)!.push(await readBare(context, way));
    synced.push(await syncOnce(context, home));
  }
  for (const { resource, objects, bytes } of bare.get('whole-plain')![0]!.lists) {
    context.say(`  ${objects} ${resource}, ${Math.round(bytes / Math.max(1, objects))} bytes each`);
  }
  const floor = fastest(bare);
  const times = (read: (each: Synced) => number) => synced.map(read);
  const longest = (read: (stall: Synced['stalls'][number]) => number) =>
    synced.map(({ stalls }) => Math.max(0, ...stalls.map(read)));
  const seconds = (values: readonly number[]) => values.map((ms) => ms / 1000);
  return [
    ...WAYS.map(
      (way): Figure => ({
        what: `floor: fetch + JSON.parse, ${way}`,
        values: seconds(bare.get(way)!.map(({ ms }) => ms)),
        unit: 's',
        note: `${median(bare.get(way)!.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms of processor, ${median(bare.get(way)!.map(({ rssMb }) => rssMb)).toFixed(0)} MB at most`,
      }),
    ),
    {
      what: 'sync: start to connected',
      values: seconds(times(({ connected }) => connected)),
      unit: 's',
    },
    {
      what: 'sync: connected to all listed',
      values: seconds(times(({ connected, listed }) => listed - connected)),
      unit: 's',
      limit: Number(((floor.ms * WANTED_RATIO) / 1000).toFixed(2)),
      note: `${WANTED_RATIO} x ${floor.way}`,
    },
    {
      what: 'sync: connected to all live',
      values: seconds(times(({ connected, live }) => live - connected)),
      unit: 's',
      limit: Number(((floor.ms * WANTED_RATIO) / 1000).toFixed(2)),
      note: 'a watch must have stood 1 s before its kind is called live',
    },
    {
      what: 'sync: times the fastest floor, until listed',
      values: times(({ connected, listed }) => (listed - connected) / floor.ms),
      unit: 'x',
      limit: WANTED_RATIO,
    },
    {
      what: 'sync: times the fastest floor, until live',
      values: times(({ connected, live }) => (live - connected) / floor.ms),
      unit: 'x',
      limit: WANTED_RATIO,
    },
    { what: 'sync: processor time from start to live', values: times(({ cpuMs }) => cpuMs), unit: 'ms' },
    { what: `memory ${SETTLE_MS / 1000} s after live`, values: times(({ rss }) => rss), unit: 'MB', limit: 250 },
    { what: 'memory at its peak', values: times(({ peak }) => peak), unit: 'MB', limit: 350 },
    { what: 'longest stall while syncing', values: longest(({ ms }) => ms), unit: 'ms', limit: 100 },
    {
      what: 'longest stall, processor time of it',
      values: longest(({ ownMs }) => ownMs),
      unit: 'ms',
      note: 'the rest was waiting for a processor',
    },
  ];
}
