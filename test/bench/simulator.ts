/**
 * What the simulated datacenter costs: its start, a large fleet that others watch and change, and a day of a smaller
 * one at full speed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Transport } from '../../src/kube/types.ts';
import { httpTransport } from '../contract/http-transport.ts';
import type { Context } from './context.ts';
import type { Figure } from './figures.ts';
import { pause } from './program.ts';
import type { Usage } from './usage.ts';

const PER_SECOND = 200;
const LOOK_MS = 20_000;
const STEP_MS = 50;
const MB = 2 ** 20;
const DAY_HOSTS = 300;
const DEMO_SPEED = 15;

const namespaced = (group: string, plural: string) => `/apis/${group}/v1beta1/namespaces/cpaas-system/${plural}`;
const INVENTORIES = namespaced('elemental.cattle.io', 'machineinventories');
/** What a dashboard watches of a large fleet. */
const WATCHED = [
  INVENTORIES,
  namespaced('cluster.x-k8s.io', 'machines'),
  namespaced('infrastructure.cluster.x-k8s.io', 'baremetalmachines'),
  namespaced('infrastructure.cluster.x-k8s.io', 'machineinventorypools'),
];

/** One more message of a child; throws Error where it ends instead. */
function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the simulator ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (value) => {
      child.off('exit', ended);
      resolve(value as T);
    });
  });
}

function start(file: string, ...args: (string | number)[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args.map(String), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = message<{ usage: Usage }>(child);
  child.send({});
  return (await answer).usage;
}

/** Lists and then watches; counts the bytes that come. */
async function look(transport: Transport, path: string, onBytes: (bytes: number) => void): Promise<() => void> {
  const list = await transport.json<{ metadata: { resourceVersion: string } }>({ path });
  const { resourceVersion } = list.metadata;
  const stream = await transport.stream({ path, query: { watch: true, resourceVersion, allowWatchBookmarks: true } });
  void (async () => {
    for await (const chunk of stream.body) onBytes(chunk.length);
  })().catch(() => {});
  return () => stream.close();
}

/**
 * Changes hosts at a steady rate: every other change is the storage observer's report, the rest an annotation. Says how
 * many were done.
 */
function churn(transport: Transport, names: readonly string[]): { done(): number; failed(): number; stop(): void } {
  let done = 0;
  let failed = 0;
  let number = 0;
  let under = 0;
  let owed = 0;
  let last = performance.now();
  const one = async () => {
    const name = names[Math.floor(Math.random() * names.length)]!;
    number++;
    const report = { status: { observedStorage: { sequence: number, observedAt: new Date().toISOString() } } };
    const address = { metadata: { annotations: { 'elemental.cattle.io/registration-ip': `10.9.${number & 255}.7` } } };
    await transport.json({
      method: 'PATCH',
      path: `${INVENTORIES}/${name}${number % 2 === 0 ? '/status' : ''}`,
      contentType: 'application/merge-patch+json',
      body: number % 2 === 0 ? report : address,
    });
  };
  const timer = setInterval(() => {
    const now = performance.now();
    owed += ((now - last) * PER_SECOND) / 1000;
    last = now;
    for (; owed >= 1 && under < 64; owed--) {
      under++;
      void one()
        .then(
          () => done++,
          () => failed++,
        )
        .finally(() => under--);
    }
    owed = Math.min(owed, PER_SECOND);
  }, STEP_MS);
  return { done: () => done, failed: () => failed, stop: () => clearInterval(timer) };
}

async function measureLarge({ hosts, say }: Context): Promise<Figure[]> {
  say(`simulator: ${hosts} hosts`);
  const child = start('./simulated.ts', hosts);
  try {
    const first = await message<{ url: string; token: string; startMs: number; usage: Usage }>(child);
    const transport = httpTransport(first);
    const names = (
      await transport.json<{ items: { metadata: { name: string } }[] }>({
        path: INVENTORIES,
        accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      })
    ).items.map(({ metadata }) => metadata.name);
    let bytes = 0;
    const closers = await Promise.all(
      WATCHED.map((path) =>
        look(transport, path, (more) => {
          bytes += more;
        }),
      ),
    );
    await pause(3_000);
    const resting = await usageOf(child);
    await pause(LOOK_MS / 2);
    const rested = await usageOf(child);
    say(`simulator: ${PER_SECOND} changes a second`);
    const load = churn(transport, names);
    await pause(3_000);
    const before = await usageOf(child);
    const doneBefore = load.done();
    bytes = 0;
    await pause(LOOK_MS);
    const after = await usageOf(child);
    const done = load.done() - doneBefore;
    load.stop();
    for (const close of closers) close();
    transport.close();
    const seconds = (after.at - before.at) / 1000;
    const share = (a: Usage, b: Usage) => ((b.processor - a.processor) / (b.at - a.at)) * 100;
    const watched = `${(bytes / MB / seconds).toFixed(1)} MB/s to ${WATCHED.length} watches`;
    const failed = load.failed() > 0 ? `; ${load.failed()} failed` : '';
    return [
      { what: `start of ${hosts} simulated hosts`, values: [first.startMs / 1000], unit: 's', limit: 5 },
      { what: 'resident after the start', values: [first.usage.resident / MB], unit: 'MB', limit: 1024 },
      { what: 'simulator with its traffic: processor', values: [share(resting, rested)], unit: '%' },
      {
        what: 'changes the simulator took',
        values: [done / seconds],
        unit: '/s',
        note: `${PER_SECOND}/s were wanted${failed}; ${watched}`,
      },
      { what: 'meanwhile: processor', values: [share(before, after)], unit: '%', limit: 100 },
      { what: 'meanwhile: resident', values: [after.resident / MB], unit: 'MB', limit: 1024 },
      { what: 'resident at the peak', values: [after.peak / MB], unit: 'MB', limit: 1024 },
    ];
  } finally {
    child.kill();
  }
}

async function measureDay({ say }: Context, speed: number): Promise<Figure> {
  say(`simulator: a day of ${DAY_HOSTS} hosts at speed ${speed}`);
  const child = start('./day.ts', DAY_HOSTS, speed);
  try {
    type Day = { tookMs: number; writes: number; errors: number; usage: Usage };
    const { tookMs, writes, errors, usage } = await message<Day>(child);
    const note = `${writes} writes, ${(usage.peak / MB).toFixed(0)} MB at the peak${errors > 0 ? `; ${errors} errors` : ''}`;
    return {
      what: `a day of ${DAY_HOSTS} hosts, ${speed} x`,
      values: [tookMs / 1000],
      unit: 's',
      limit: speed === 1 ? 60 : undefined,
      note,
    };
  } finally {
    child.kill();
  }
}

/** The simulated datacenter: a large one under load, and a day of a smaller one with its traffic. */
export async function measureSimulator(context: Context): Promise<Figure[]> {
  return [
    ...(await measureLarge(context)),
    await measureDay(context, 1),
    // The demo's pace: everything the controllers do takes a fifteenth of its time, so that more happens.
    await measureDay(context, DEMO_SPEED),
  ];
}
