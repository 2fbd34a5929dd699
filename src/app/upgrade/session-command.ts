/**
 * `metaldeck upgrade start|resume|status|confirm|override|hold|go-on|take-back|leave|report`: a session from scripts. The
 * same driver, journal and Lease as the dashboard's. It never asks anything: what is to be confirmed is given in advance.
 */
import { type Options, UsageError } from '../../cli.ts';
import { KINDS } from '../../domain/kinds.ts';
import type { Drive } from '../../driver/drive.ts';
import type { Driver } from '../../driver/driver.ts';
import type { Found, Standing, Wish } from '../../driver/types.ts';
import type { Ask } from '../../guides/contract.ts';
import { isRefused, type Refused } from '../../runner/api.ts';
import type { Store } from '../../store/store.ts';
import { openDriver } from '../driver.ts';
import type { Execution } from '../execute.ts';
import { reportText } from '../guide-report.ts';
import { guidingOf } from '../guiding.ts';
import { recall, siteOf } from '../learning.ts';
import { matrixPath, readMatrix } from '../matrix-file.ts';
import { withOperator } from '../run.ts';
import { planText } from '../run-text.ts';
import { waitForWorkloads } from '../wait.ts';
import { standingData, standingText } from './standing-text.ts';

/** Documented in the help and the README. */
export const SESSION_EXIT = { done: 0, refused: 1, unknown: 2, halfDone: 3, underWay: 4, waits: 5 } as const;

export const SESSION_VERBS = [
  'start',
  'resume',
  'status',
  'confirm',
  'override',
  'hold',
  'go-on',
  'take-back',
  'leave',
  'report',
];

const WAIT_MS = 24 * 3_600_000;
/** What workload clusters say is waited for so long, ms. */
const WORKLOAD_MS = 10_000;

interface Desk {
  around: Execution;
  store: Store;
  driver: Driver;
  cluster: string;
  words: readonly string[];
}

/** What a verb came to. */
interface Came {
  code: number;
  why?: string;
  standing?: Standing;
}

/** Gives the exit code. Throws UsageError, JournalError and ConnectionProblem. */
export async function sessionCommand(options: Options, version: string): Promise<number> {
  const [verb = '', cluster, ...words] = options.operate.words;
  if (cluster === undefined) throw new UsageError(`upgrade ${verb} wants the name of a Cluster; nothing was done.`);
  const taking = { confirm: 2, override: 1, hold: 1 }[verb] ?? 0;
  if (words.length > taking && verb !== 'confirm') {
    throw new UsageError(`upgrade ${verb} takes no "${words.join(' ')}"; nothing was done.`);
  }
  const matrix = readMatrix(matrixPath(process.env));
  return withOperator(options, version, new Set(KINDS), async (around) => {
    const { store } = around;
    await recall(store, siteOf(store.getState(), options.speed));
    await waitForWorkloads(store, [cluster], Math.min(WORKLOAD_MS, options.timeout));
    const driver = openDriver(around, store, around.runner, matrix, {
      onError: (error) =>
        process.stderr.write(`metaldeck: ${error instanceof Error ? error.message : String(error)}\n`),
    });
    const desk = { around, store, driver, cluster, words };
    return told(desk, await doVerb(desk, verb));
  });
}

async function doVerb(desk: Desk, verb: string): Promise<Came> {
  switch (verb) {
    case 'start':
      return start(desk);
    case 'resume':
      return driven(desk, (drive) => goThrough(desk, drive, () => false));
    case 'status':
      return status(desk);
    case 'report':
      return report(desk);
    case 'confirm':
      return driven(desk, async (drive) => {
        const [gate = '', ...words] = desk.words;
        return afterNote(drive, await drive.confirm(gate, words.join(' ')));
      });
    case 'override':
      return driven(desk, async (drive) => {
        const [gate = ''] = desk.words;
        const typed = desk.around.options.operate.confirm.find((word) => word === gate) ?? '';
        return afterNote(drive, await drive.override(gate, typed));
      });
    case 'hold':
      return hold(desk);
    case 'go-on':
      return driven(desk, async (drive) => {
        const why = await drive.goOn();
        return why === undefined ? sendOnly(desk, drive, 'go on') : { code: SESSION_EXIT.refused, why };
      });
    case 'take-back':
      return driven(desk, (drive) => write(desk, drive, 'take back'));
    default:
      return driven(desk, async (drive) => {
        const why = await drive.abandon('left from the command line');
        return { code: why === undefined ? SESSION_EXIT.done : SESSION_EXIT.refused, why, standing: drive.standing() };
      });
  }
}

async function find({ driver, cluster }: Desk): Promise<Found | undefined> {
  return (await driver.list()).find(({ ask }) => ask.guide === 'upgrade' && ask.targets[0]?.name === cluster);
}

function askOf({ around, store, cluster }: Desk): Ask | undefined {
  const { to, rows, groups: order } = around.options.upgrade;
  const row = store.getState().fleet.clusters.list.find(({ name }) => name === cluster);
  if (!row || to === undefined) return undefined;
  const values = { to, ...(rows === undefined ? {} : { rows }), ...(order === undefined ? {} : { order }) };
  return { guide: 'upgrade', targets: [{ kind: 'cluster', uid: row.uid, name: row.name }], values };
}

/** Why there is nothing to begin with. */
function lacking({ around, store, cluster }: Desk): string {
  const known = store.getState().fleet.clusters.list.some(({ name }) => name === cluster);
  if (!known) return `there is no Cluster ${cluster} in ${around.session.namespace}`;
  return `no session is open for ${cluster}: upgrade start ${cluster} --to VERSION begins one`;
}

async function withDrive(made: Drive | Refused, work: (drive: Drive) => Promise<Came>): Promise<Came> {
  if ('refused' in made) return { code: SESSION_EXIT.refused, why: made.refused };
  try {
    return await work(made);
  } finally {
    await made.leave();
  }
}

/** Goes on with the open session; with `--to` and none open, begins one: the cluster alone tells how far it is. */
async function driven(desk: Desk, work: (drive: Drive) => Promise<Came>): Promise<Came> {
  const found = await find(desk);
  if (found) return withDrive(await desk.driver.resume(found, desk.around.options.operate.takeOver), work);
  const ask = askOf(desk);
  if (!ask) return { code: SESSION_EXIT.refused, why: lacking(desk) };
  return withDrive(await desk.driver.begin(ask), work);
}

async function start(desk: Desk): Promise<Came> {
  const ask = askOf(desk);
  if (!ask) {
    const why = desk.around.options.upgrade.to === undefined ? 'upgrade start wants --to' : lacking(desk);
    return { code: SESSION_EXIT.refused, why };
  }
  if (desk.around.options.operate.dryRun) return judged(await desk.driver.plan(ask));
  return withDrive(await desk.driver.begin(ask), (drive) => goThrough(desk, drive, () => false));
}

async function status(desk: Desk): Promise<Came> {
  const found = await find(desk);
  if (found?.here) {
    return withDrive(await desk.driver.lookOn(found), async (drive) => judged(drive.standing()));
  }
  const ask = found?.ask ?? askOf(desk);
  if (!ask) return { code: SESSION_EXIT.refused, why: lacking(desk) };
  return judged(await desk.driver.plan(ask));
}

/** Which exit code a standing comes to. */
function judged(standing: Standing): Came {
  const { course, closed, refused, why } = standing;
  if (closed === 'done' || course?.outcome === 'done') return { code: SESSION_EXIT.done, standing };
  if (refused !== undefined) return { code: SESSION_EXIT.refused, why: refused, standing };
  if (!course) return { code: SESSION_EXIT.unknown, why, standing };
  const { next } = course;
  switch (next.what) {
    case 'wait':
      return { code: SESSION_EXIT.underWay, standing };
    case 'repair':
      return { code: SESSION_EXIT.refused, why: next.why, standing };
    case 'answer':
      return {
        code: SESSION_EXIT.waits,
        why: `it waits for an answer: ${next.gates.map(({ name }) => name).join(', ')}`,
        standing,
      };
    case 'held':
      return { code: SESSION_EXIT.waits, why: next.why, standing };
    case 'send':
      return { code: SESSION_EXIT.waits, why: 'the next write is to be confirmed', standing };
    case 'end':
      return { code: SESSION_EXIT.done, standing };
  }
}

async function afterNote(drive: Drive, why: string | undefined): Promise<Came> {
  if (why !== undefined) return { code: SESSION_EXIT.refused, why, standing: drive.standing() };
  return { code: SESSION_EXIT.done, standing: drive.standing() };
}

async function hold(desk: Desk): Promise<Came> {
  const [how = 'machine'] = desk.words;
  if (how !== 'machine' && how !== 'stage') throw new UsageError('hold takes machine or stage; nothing was done.');
  const found = await find(desk);
  if (!found) return { code: SESSION_EXIT.refused, why: lacking(desk) };
  const taken = await desk.driver.resume(found, desk.around.options.operate.takeOver);
  if (!('refused' in taken)) {
    return withDrive(taken, async (drive) => {
      const why = await drive.hold(how);
      return why === undefined ? sendOnly(desk, drive, 'hold') : { code: SESSION_EXIT.refused, why };
    });
  }
  // Somebody drives it: whoever can reach its journal may say stop all the same.
  return withDrive(await desk.driver.lookOn(found), async (drive) => afterNote(drive, await drive.hold(how)));
}

/** Sends the write that holds or ends a hold, where that is what comes next; it is reversible, and wants no words. */
async function sendOnly(desk: Desk, drive: Drive, how: 'hold' | 'go on'): Promise<Came> {
  const { course } = await drive.look();
  if (course?.next.what !== 'send' || course.next.how !== how) return afterNote(drive, undefined);
  return write(desk, drive, 'next');
}

/** Prepares, shows, rehearses and writes one thing, if its words were given in advance. */
async function write(desk: Desk, drive: Drive, wish: Wish): Promise<Came> {
  const { options, print, signal } = desk.around;
  const { confirm, dryRun } = options.operate;
  const prepared = await drive.prepare(wish);
  const standing = drive.standing();
  if (isRefused(prepared)) return { code: SESSION_EXIT.refused, why: prepared.refused, standing };
  const rehearsed = await drive.dryRun(prepared);
  if (options.output !== 'json') print(planText(prepared, rehearsed));
  if (rehearsed.refused !== undefined) return { code: SESSION_EXIT.refused, why: rehearsed.refused, standing };
  const missing = prepared.plan.confirm.filter((word) => !confirm.includes(word));
  if (dryRun || missing.length > 0) {
    const wanted = missing.map((word) => `--confirm=${word}`).join(' ');
    const why = dryRun ? undefined : `${prepared.plan.title}: say ${wanted} to write it`;
    return { code: dryRun ? SESSION_EXIT.done : SESSION_EXIT.waits, why, standing };
  }
  const result = await drive.run(prepared, rehearsed, { confirm: prepared.plan.confirm, signal });
  if (options.output !== 'json')
    print(`${prepared.plan.title}: ${result.result}${result.why ? `: ${result.why}` : ''}\n`);
  const after = await drive.look();
  switch (result.result) {
    case 'written':
      return { code: SESSION_EXIT.done, standing: after };
    case 'half done':
      return { code: SESSION_EXIT.halfDone, why: result.why, standing: after };
    case 'in doubt':
      return { code: SESSION_EXIT.unknown, why: result.why, standing: after };
    default:
      return { code: SESSION_EXIT.refused, why: result.why, standing: after };
  }
}

/** Goes on until it is done, somebody is needed, or, without --wait, nothing is to be written now. */
async function goThrough(desk: Desk, drive: Drive, stop: () => boolean): Promise<Came> {
  const { options, signal, print } = desk.around;
  const { wait, dryRun, waitMs = WAIT_MS } = options.operate;
  const end = Date.now() + waitMs;
  let said = '';
  for (;;) {
    const standing = await drive.look();
    const came = judged(standing);
    const { next } = standing.course ?? {};
    if (next?.what === 'wait' && options.output !== 'json' && wait) {
      const text = `${next.stage}: ${next.for}\n`;
      if (text !== said) print(text);
      said = text;
    }
    if (next?.what === 'send' && !standing.closed) {
      const written = await write(desk, drive, 'next');
      if (written.code !== SESSION_EXIT.done || dryRun) return written;
      continue;
    }
    const pending = came.code === SESSION_EXIT.underWay || (came.code === SESSION_EXIT.unknown && !standing.course);
    if (!pending || !wait || stop() || signal.aborted || Date.now() >= end) return came;
    await change(drive, signal, Math.min(30_000, end - Date.now()));
  }
}

/** Resolves when the session stands otherwise, or after so many ms. */
function change(drive: Drive, signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.max(0, ms));
    const stop = drive.subscribe(finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/** The report of the open session, or else of the last one that is over. */
async function report(desk: Desk): Promise<Came> {
  const { driver, cluster, store, around } = desk;
  const past = await driver.past();
  const record = past.find(({ began: { ask } }) => ask.guide === 'upgrade' && ask.targets[0]?.name === cluster);
  const found = (await find(desk)) ?? (record && foundOf(record));
  if (!found) return { code: SESSION_EXIT.refused, why: lacking(desk) };
  return withDrive(await driver.lookOn(found), async (drive) => {
    const standing = drive.standing();
    const { fleet, now } = { ...store.getState(), now: Date.now() };
    const text = await reportText(guidingOf(standing), standing.session.operations, around.session, fleet, now);
    around.print(text);
    return { code: judged(standing).code };
  });
}

function foundOf({ id, began, at, notes }: Awaited<ReturnType<Driver['past']>>[number]): Found {
  return { id, title: began.title, ask: began.ask, by: began.user.os, began: at, notes, here: true };
}

/** Says how it ended, as data where data was asked for. */
function told({ around, store }: Desk, { code, why, standing }: Came): number {
  const { options, print, session } = around;
  if (options.output === 'json') {
    print(`${JSON.stringify(standingData(session, code, why, standing, Date.now()), null, 2)}\n`);
  } else if (standing) {
    print(standingText(guidingOf(standing), { ...store.getState(), session, now: Date.now(), columns: 100 }));
  }
  if (why !== undefined) process.stderr.write(`metaldeck: ${why.replace(/\.$/, '')}.\n`);
  return code;
}
