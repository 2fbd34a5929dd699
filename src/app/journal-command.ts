/** `metaldeck journal`: what was done from here, and going on with what was broken off. */
import { type Options, UsageError } from '../cli.ts';
import { timeText } from '../domain/age.ts';
import { KINDS } from '../domain/kinds.ts';
import { cleanLine } from '../domain/text.ts';
import { type Journal, JournalError } from '../journal/journal.ts';
import type { OperationRecord } from '../journal/replay.ts';
import { leave } from '../runner/leave.ts';
import { EXIT, execute } from './execute.ts';
import { withOperator } from './run.ts';
import { openJournal } from './runner.ts';
import { openCluster } from './session.ts';

const VERBS = ['list', 'show', 'resume', 'leave', 'export'];

/** Gives the exit code. Throws UsageError, JournalError and ConnectionProblem. */
export async function journalCommand(options: Options, version: string): Promise<number> {
  const [verb = 'list', id, ...rest] = options.operate.words;
  const wantsId = verb === 'show' || verb === 'resume' || verb === 'leave';
  const odd = rest.length > 0 && verb !== 'leave';
  if (!VERBS.includes(verb) || odd || wantsId !== (id !== undefined)) {
    throw new UsageError('journal takes list, show ID, resume ID, leave ID [WHY] or export; nothing was done.');
  }
  const journal = openJournal(options.demo);
  const data = options.output === 'json';
  if (verb === 'list') return list(await journal.list(), data, await serverNow(options, version));
  if (verb === 'export') return exportAll(journal);
  const record = await journal.read(id!);
  if (!record) throw new JournalError(`There is no operation ${id} in ${journal.folder}.`);
  if (verb === 'show') return show(journal, record, data);
  if (options.operate.takeOver) await takeOver(journal, record);
  if (verb === 'leave') {
    await leave(journal, record.id, cleanLine(rest.join(' '), 200).trim());
    return EXIT.done;
  }
  return resume(options, version, record);
}

/** What was done as a table, the oldest first; of which namespace, where there are several. */
export function journalTable(records: readonly OperationRecord[]): string {
  const spread = new Set(records.map(({ began }) => began.namespace)).size > 1;
  const rows = records.map(({ id, began, status }) => [
    id,
    status,
    began.user.kubernetes ?? began.user.os,
    began.server,
    ...(spread ? [began.namespace] : []),
    began.plan.title,
  ]);
  const heads = ['ID', 'STATUS', 'USER', 'SERVER', ...(spread ? ['NAMESPACE'] : []), 'OPERATION'];
  const table = [heads, ...rows].map((row) => row.map((cell) => cleanLine(cell)));
  const widths = heads.map((_, at) => Math.max(...table.map((row) => row[at]!.length)));
  const lines = table.map((row) => row.map((cell, at) => cell.padEnd(widths[at]!)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}

/**
 * The server that the kubeconfig names, without a word to it; undefined: those of all are wanted, or none is named by
 * what is there anyway. Throws ConnectionProblem where one that was asked for by its name is not to be had.
 */
async function serverNow(options: Options, version: string): Promise<string | undefined> {
  if (options.demo || options.operate.allServers) return undefined;
  try {
    const opened = await openCluster(options, version);
    await opened.close();
    return opened.session.host;
  } catch (error) {
    if (options.kubeconfig !== undefined || options.context !== undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`metaldeck: no server could be chosen, so operations of all are listed: ${why}\n`);
    return undefined;
  }
}

/** What of the journal is of one server, and how many operations of how many others there are, as a sentence. */
export function onServer(
  records: readonly OperationRecord[],
  server: string | undefined,
): { records: readonly OperationRecord[]; others?: string } {
  const others = server === undefined ? [] : records.filter(({ began }) => began.server !== server);
  if (others.length === 0) return { records };
  const servers = new Set(others.map(({ began }) => began.server)).size;
  const which = servers === 1 ? 'another server' : `${servers} other servers`;
  const text = `${others.length} more on ${which}: --all-servers lists ${others.length === 1 ? 'it' : 'them'}`;
  return { records: records.filter(({ began }) => began.server === server), others: text };
}

function list(all: readonly OperationRecord[], data: boolean, server: string | undefined): number {
  const { records, others } = onServer(all, server);
  const none = `nothing was done from here yet${server === undefined || all.length === 0 ? '' : ` on ${server}`}`;
  if (data) process.stdout.write(`${JSON.stringify(records.map(summary), null, 2)}\n`);
  else process.stdout.write(records.length === 0 ? `${none}\n` : `${journalTable(records)}\n`);
  if (others !== undefined) process.stderr.write(`metaldeck: ${others}.\n`);
  return EXIT.done;
}

function summary({ id, status, began, steps, ended, outcome, resolved, holder, broken }: OperationRecord) {
  const { user, context, server, namespace, request, plan, at, continues } = { at: '', ...began };
  return {
    id,
    at,
    status,
    user,
    context,
    server,
    namespace,
    request,
    title: plan.title,
    steps: steps.map((step) => ({ id: step.id, state: step.state, answer: step.answer ?? null })),
    continues: continues ?? null,
    ended: ended ?? null,
    outcome: outcome ?? null,
    resolved: resolved ?? null,
    holder: holder?.process ?? null,
    brokenLines: broken,
  };
}

async function show(journal: Journal, record: OperationRecord, data: boolean): Promise<number> {
  if (data) {
    process.stdout.write(
      `${JSON.stringify({ ...summary(record), entries: await journal.lines(record.id) }, null, 2)}\n`,
    );
    return EXIT.done;
  }
  const { began, status, steps, ended, outcome, resolved } = record;
  const lines = [
    began.plan.title,
    `status     ${status}`,
    `began      ${timeText(record.at)} by ${began.user.os}${began.user.kubernetes ? ` as ${began.user.kubernetes}` : ''} on ${began.process.host}`,
    `server     ${began.server}, context ${began.context}, namespace ${began.namespace}`,
    ...(began.continues ? [`goes on    with ${began.continues.id} (${began.continues.how})`] : []),
    ...steps.map(
      ({ id, state, answer }) => `step       ${id}: ${state}${answer?.message ? ` (${answer.message})` : ''}`,
    ),
    ...(ended?.why ? [`why        ${ended.why}`] : []),
    ...(status === 'written'
      ? ['outcome    not seen yet: the dashboard follows it, and run and upgrade look at it before they end']
      : []),
    ...(outcome
      ? [
          `outcome    ${outcome.outcome}${outcome.late ? ', seen' : ''} after ${Math.round(outcome.took / 1000)} s${outcome.detail ? `: ${outcome.detail}` : ''}`,
        ]
      : []),
    ...(resolved
      ? [
          `resolved   ${resolved.how}${resolved.by ? ` by ${resolved.by}` : ''}${resolved.why ? `: ${resolved.why}` : ''}`,
        ]
      : []),
    `undo       ${began.plan.undo}`,
  ];
  process.stdout.write(`${lines.map((line) => cleanLine(line)).join('\n')}\n`);
  return EXIT.done;
}

/** Every entry of every operation as one JSON object a line, with its operation's id. */
async function exportAll(journal: Journal): Promise<number> {
  for (const { id } of await journal.list()) {
    for (const entry of await journal.lines(id))
      process.stdout.write(`${JSON.stringify({ operation: id, ...entry })}\n`);
  }
  return EXIT.done;
}

async function takeOver(journal: Journal, { id, holder }: OperationRecord): Promise<void> {
  if (holder) await (await journal.claim(id, holder.token)).release();
}

async function resume(options: Options, version: string, { id, began }: OperationRecord): Promise<number> {
  return withOperator(options, version, new Set(KINDS), async (around) => {
    const { session, runner } = around;
    if (session.host !== began.server || session.namespace !== began.namespace) {
      const refused = `${id} was begun on ${began.server} in ${began.namespace}: this is ${session.host}, ${session.namespace}`;
      return execute(around, { refused });
    }
    const found = (await runner.halfDone()).find((one) => one.id === id);
    if (found) return execute(around, options.operate.takeBack ? found.takeBack : found.finish);
    const status = (await openJournal(options.demo).read(id))?.status;
    return execute(around, { refused: `${id} is ${status}: there is nothing to go on with` });
  });
}
