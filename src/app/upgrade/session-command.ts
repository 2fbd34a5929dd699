/**
 * `metaldeck upgrade start|resume|status|confirm|override|hold|go-on|order|take-back|repair|leave|report`: a session from scripts. The
 * same driver, journal and Lease as the dashboard's. It never asks anything: what is to be confirmed is given in advance.
 */
import { boardLines } from '../../../views/guide/lines.ts';
import { type Options, UsageError } from '../../cli.ts';
import { KINDS } from '../../domain/kinds.ts';
import { cleanLine } from '../../domain/text.ts';
import type { Drive } from '../../driver/drive.ts';
import type { Driver } from '../../driver/driver.ts';
import type { Found } from '../../driver/types.ts';
import type { Ask } from '../../guides/contract.ts';
import type { SessionRecord } from '../../journal/sessions.ts';
import type { Store } from '../../store/store.ts';
import { openDriver } from '../driver.ts';
import type { Execution } from '../execute.ts';
import { reportText } from '../guide-report.ts';
import { guidingOf } from '../guiding.ts';
import { followDurations, recall, siteOf } from '../learning.ts';
import { matrixPath, readMatrix } from '../matrix-file.ts';
import { withOperator } from '../run.ts';
import { type Came, goThrough, judged, SESSION_EXIT, withDrive, write } from '../through.ts';
import { waitForWorkloads } from '../wait.ts';
import { answerCommands } from './answer-text.ts';
import { headText, STANDING_SCHEMA, standingData, standingText } from './standing-text.ts';

/** What workload clusters say is waited for so long, ms. */
const WORKLOAD_MS = 10_000;

interface Desk {
  around: Execution;
  store: Store;
  driver: Driver;
  cluster: string;
  words: readonly string[];
  /** The board as it was found, where whoever reads has no screen to look at it on again: what is new is told alone. */
  before?: ReturnType<typeof boardLines>;
}

/** Gives the exit code. Throws UsageError, JournalError and ConnectionProblem. */
export async function sessionCommand(options: Options, version: string): Promise<number> {
  const [verb = '', cluster, ...words] = options.operate.words;
  if (cluster === undefined) throw new UsageError(`upgrade ${verb} wants the name of a Cluster; nothing was done.`);
  const taking = { confirm: Infinity, order: Infinity, leave: Infinity, override: 1, hold: 1 }[verb] ?? 0;
  if (words.length > taking) {
    throw new UsageError(`upgrade ${verb} takes no "${words.join(' ')}"; nothing was done.`);
  }
  const matrix = readMatrix(matrixPath(process.env));
  return withOperator(
    options,
    version,
    new Set(KINDS),
    async (around) => {
      const { store } = around;
      const site = siteOf(store.getState(), options.speed);
      await recall(store, site);
      await waitForWorkloads(store, [cluster], Math.min(WORKLOAD_MS, options.timeout));
      const driver = openDriver(around, store, around.runner, matrix, {
        onError: (error) =>
          process.stderr.write(`metaldeck: ${error instanceof Error ? error.message : String(error)}\n`),
      });
      const desk: Desk = { around, store, driver, cluster, words };
      // What is waited for here is learnt from here, as by the dashboard.
      const stopLearning = followDurations(store, site);
      try {
        return told(desk, await doVerb(desk, verb));
      } finally {
        stopLearning();
      }
    },
    STANDING_SCHEMA,
  );
}

async function doVerb(desk: Desk, verb: string): Promise<Came> {
  switch (verb) {
    case 'start':
      return start(desk);
    case 'resume':
      return driven(desk, (drive) => goThrough(desk.around, drive));
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
    case 'order':
      return driven(desk, async (drive) => afterNote(drive, await drive.choose({ order: desk.words.join(',') })));
    case 'repair':
      return driven(desk, (drive) => write(desk.around, drive, 'repair'));
    case 'take-back':
      return driven(desk, (drive) => write(desk.around, drive, 'take back'));
    default:
      return driven(desk, async (drive) => {
        const reason = cleanLine(desk.words.join(' '), 200).trim();
        const why = await drive.abandon(reason || 'left from the command line');
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

/** Keeps the board as it is before the work begins. */
function shown(desk: Desk, work: (drive: Drive) => Promise<Came>): (drive: Drive) => Promise<Came> {
  return async (drive) => {
    if (process.stdout.isTTY !== true) desk.before = boardLines(guidingOf(await drive.look()), seenBy(desk));
    return work(drive);
  };
}

/** Goes on with the open session; with `--to` and none open, begins one: the cluster alone tells how far it is. */
async function driven(desk: Desk, work: (drive: Drive) => Promise<Came>): Promise<Came> {
  const found = await find(desk);
  if (found) return withDrive(await desk.driver.resume(found, desk.around.options.operate.takeOver), shown(desk, work));
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
  return withDrive(await desk.driver.begin(ask), (drive) => goThrough(desk.around, drive));
}

async function status(desk: Desk): Promise<Came> {
  const found = await find(desk);
  if (found) {
    return withDrive(await desk.driver.lookOn(found), async (drive) => judged(drive.standing()));
  }
  const ask = askOf(desk);
  if (ask) return judged(await desk.driver.plan(ask));
  // Of a Cluster that was made anew under the same name it tells nothing.
  const row = desk.store.getState().fleet.clusters.list.find(({ name }) => name === desk.cluster);
  const last = row && (await lastOf(desk));
  if (last?.status !== 'done' || last.began.ask.targets[0]?.uid !== row?.uid) {
    return { code: SESSION_EXIT.refused, why: lacking(desk) };
  }
  return withDrive(await desk.driver.lookOn(foundOf(last)), async (drive) => judged(drive.standing()));
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
    const work = async (drive: Drive): Promise<Came> => {
      const why = await drive.hold(how);
      return why === undefined ? sendOnly(desk, drive, 'hold') : { code: SESSION_EXIT.refused, why };
    };
    return withDrive(taken, shown(desk, work));
  }
  // Somebody drives it: whoever can reach its journal may say stop all the same.
  return withDrive(
    await desk.driver.lookOn(found),
    shown(desk, async (drive) => afterNote(drive, await drive.hold(how))),
  );
}

/** Sends the write that holds or ends a hold, where that is what comes next; it is reversible, and wants no words. */
async function sendOnly(desk: Desk, drive: Drive, how: 'hold' | 'go on'): Promise<Came> {
  const { course } = await drive.look();
  if (course?.next.what !== 'send' || course.next.how !== how) return afterNote(drive, undefined);
  return write(desk.around, drive, 'next');
}

/** The report of the open session, or else of the last one that is over. */
async function report(desk: Desk): Promise<Came> {
  const { driver, store, around } = desk;
  const record = await lastOf(desk);
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

/** The newest session of the cluster in the journal here, over or not. */
async function lastOf({ driver, cluster }: Desk): Promise<SessionRecord | undefined> {
  const past = await driver.past();
  return past.find(({ began: { ask } }) => ask.guide === 'upgrade' && ask.targets[0]?.name === cluster);
}

function foundOf({ id, began, at, notes }: SessionRecord): Found {
  return { id, title: began.title, ask: began.ask, by: began.user.os, began: at, notes, here: true };
}

const seenBy = ({ store, around: { session } }: Desk) => ({
  ...store.getState(),
  session,
  now: Date.now(),
  columns: 100,
});

/** Says how it ended, as data where data was asked for. Where names are missing, these come first, and a short board. */
function told(desk: Desk, { code, why, standing, missing }: Came): number {
  const { around, cluster, before } = desk;
  const { options, print, session } = around;
  const data = options.output === 'json';
  const board = () => {
    if (data) print(`${JSON.stringify(standingData(session, code, why, standing, Date.now()), null, 2)}\n`);
    else if (standing && missing) print(headText(guidingOf(standing), seenBy(desk)));
    else if (standing) print(standingText(guidingOf(standing), seenBy(desk), before));
  };
  if (!missing) board();
  if (why !== undefined) process.stderr.write(`metaldeck: ${why.replace(/\.$/, '')}.\n`);
  const commands = standing && !data ? answerCommands(cluster, options, standing) : [];
  for (const command of commands) process.stderr.write(`  ${command}\n`);
  if (missing) board();
  return code;
}
