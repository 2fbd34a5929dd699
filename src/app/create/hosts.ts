/**
 * `metaldeck create hosts TARGET`: more hosts, from scripts. The same guide, gates, journal and Lease as the dashboard's: the
 * same command goes on with what was begun. Never a prompt.
 */
import { parseDocument } from 'yaml';
import { type Options, UsageError } from '../../cli.ts';
import type { Fleet, ObjectRef } from '../../domain/fleet/rows.ts';
import { cleanLine } from '../../domain/text.ts';
import type { Ask } from '../../guides/contract.ts';
import { hosts } from '../../guides/hosts/guide.ts';
import { FIELD_NAMES, offeredLine } from '../../guides/hosts/line.ts';
import { isRefused } from '../../runner/api.ts';
import { openDriver } from '../driver.ts';
import { EXIT } from '../execute.ts';
import { guidingOf } from '../guiding.ts';
import { recall, siteOf } from '../learning.ts';
import { matrixPath, readMatrix } from '../matrix-file.ts';
import { type Reach, withOperator } from '../run.ts';
import { planText } from '../run-text.ts';
import { parseTarget, resolveTarget } from '../target.ts';
import { type Came, goThrough, judged, SESSION_EXIT, withDrive } from '../through.ts';
import { standingData, standingText } from '../upgrade/standing-text.ts';
import { readAnswers } from './answers-file.ts';

const SCHEMA = 'metaldeck.create-hosts/v1';

/** Gives the exit code. Throws UsageError, JournalError and ConnectionProblem. */
export async function hostsCommand(options: Options, version: string, words: readonly string[]): Promise<number> {
  const [word, ...more] = words;
  const { from, set } = options.create;
  const values = valuesOf(from === undefined ? '' : readAnswers(from), set);
  if (more.length > 0 || (word === undefined && (values['registration'] ?? '') === ''))
    throw new UsageError(
      'create hosts takes one target: registration/NAME, seedimage/NAME or pool/NAME; or none, and --set registration=NAME makes a registration. Nothing was done.',
    );
  const wanted = word === undefined ? undefined : parseTarget(word);
  if (wanted && !hosts.on.includes(wanted.kind))
    throw new UsageError(`${word}: more hosts are for a registration, a SeedImage or a pool. Nothing was done.`);
  return withOperator(options, version, new Set(hosts.kinds), async (around, { fleet, session }) => {
    const target = wanted ? resolveTarget(fleet, wanted) : catalogOf(fleet);
    const missing = word ?? 'ConfigMap elemental-image-catalog, by which an ISO is made,';
    if (!target) return told(around, { code: EXIT.refused, why: `there is no ${missing} in ${session.namespace}` });
    return told(around, await walk(around, { guide: hosts.id, targets: [target], values }));
  });
}

/** What a registration that is new is about: the images its ISO is made of. */
function catalogOf({ catalog }: Fleet): ObjectRef | undefined {
  return catalog && { kind: 'catalog', uid: catalog.uid, name: catalog.name };
}

async function walk(around: Reach, ask: Ask): Promise<Came> {
  const { store, runner, options } = around;
  const { dryRun, takeOver } = options.operate;
  await recall(store, siteOf(store.getState(), options.speed));
  const driver = openDriver(around, store, runner, readMatrix(matrixPath(process.env)));
  const [target] = ask.targets;
  const found = (await driver.list()).find(
    (one) => one.ask.guide === hosts.id && one.ask.targets[0]?.uid === target?.uid,
  );
  const other = found && otherValue(found.ask, ask);
  if (other !== undefined)
    return {
      code: EXIT.refused,
      why: `${found!.title} was begun by ${found!.by} with another ${other}: ${other === 'registration' ? `--set registration=${found!.ask.values[other] ?? ''} alone goes on with it` : 'without values it is gone on with'}`,
    };
  if (!found && Object.keys(ask.values).length === 0) {
    const such = offeredLine(store.getState().fleet, target!)
      .split(' ')
      .map((word) => `--set ${word}`)
      .join(' ');
    return { code: EXIT.refused, why: `nothing was asked, and nothing is begun here: such as ${such}` };
  }
  if (dryRun) return rehearsed(around, await driver.plan(found?.ask ?? ask));
  const made = found ? await driver.resume(found, takeOver) : await driver.begin(ask);
  const came = await withDrive(made, (drive) => goThrough(around, drive));
  return { ...came, code: codeOf(came, options.operate.wait) };
}

/** The first value that a session which was begun has otherwise. */
function otherValue(begun: Ask, { values }: Ask): string | undefined {
  return Object.keys(values).find((name) => begun.values[name] !== values[name]);
}

/** As `create apply` has them. */
function codeOf({ code, standing }: Came, wait: boolean): number {
  if (code === SESSION_EXIT.underWay) return wait ? EXIT.timedOut : EXIT.halfDone;
  // What stands in the way is waited for, or dealt with by people.
  return code === SESSION_EXIT.waits && standing ? EXIT.halfDone : code;
}

/** The way, and the server's word on its next write; nothing is begun. */
async function rehearsed({ runner, print, options }: Reach, standing: NonNullable<Came['standing']>): Promise<Came> {
  const { course, refused, why } = standing;
  if (!course) return { code: refused === undefined ? EXIT.unknown : EXIT.refused, why: refused ?? why, standing };
  if (course.next.what !== 'send') return { ...judged(standing), code: EXIT.done, why: undefined };
  const prepared = await runner.prepare(course.next.request);
  if (isRefused(prepared)) return { code: EXIT.refused, why: prepared.refused, standing };
  const answer = await runner.dryRun(prepared);
  if (options.output !== 'json') print(planText(prepared, answer));
  return { code: answer.refused === undefined ? EXIT.done : EXIT.refused, why: answer.refused, standing };
}

function told({ options, print, session, store }: Reach, { code, why, standing }: Came): number {
  if (options.output === 'json')
    print(
      `${JSON.stringify({ ...standingData(session, code, why, standing, Date.now()), schema: SCHEMA }, null, 2)}\n`,
    );
  else if (standing) print(standingText(guidingOf(standing), { ...store.getState(), now: Date.now(), columns: 100 }));
  if (why !== undefined) process.stderr.write(`metaldeck: ${why.replace(/\.$/, '')}.\n`);
  return code;
}

/** Values of a file (`hosts: 3`, `names: [a, b]`), with those of `--set` over them. Throws UsageError. */
export function valuesOf(text: string, set: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  const put = (name: string, value: string) => {
    if (!(FIELD_NAMES as readonly string[]).includes(name))
      throw new UsageError(`there is no field "${cleanLine(name, 40)}": ${FIELD_NAMES.join(', ')}. Nothing was done.`);
    values[name] = value;
  };
  for (const [name, value] of Object.entries(bagOf(text))) {
    const parts: unknown[] = Array.isArray(value) ? value : [value];
    if (!parts.every((part) => typeof part === 'string' || typeof part === 'number'))
      throw new UsageError(`${cleanLine(name, 40)} must be a text, a number or a list of texts. Nothing was done.`);
    put(name, parts.map(String).join(','));
  }
  for (const setting of set) {
    const at = setting.indexOf('=');
    put(at < 0 ? setting : setting.slice(0, at), at < 0 ? '' : setting.slice(at + 1).trim());
  }
  return values;
}

function bagOf(text: string): Record<string, unknown> {
  if (text === '') return {};
  const wrong = (what: string) => new UsageError(`${what}. Nothing was done.`);
  const document = parseDocument(text, { logLevel: 'silent' });
  const [fault] = document.errors;
  if (fault) throw wrong(`it is not YAML: ${cleanLine(fault.message.split('\n')[0] ?? '', 120)}`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw wrong('it is not YAML that can be read: no aliases are needed here');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(`it must be a mapping of ${FIELD_NAMES.join(', ')}`);
  return value as Record<string, unknown>;
}
