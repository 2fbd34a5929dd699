/** `metaldeck create`: a cluster from a file of answers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, UsageError } from '../../cli.ts';
import { API_KIND } from '../../domain/kinds.ts';
import { differences, isComparable } from '../../guides/create/diff.ts';
import { create } from '../../guides/create/guide.ts';
import { type Known, knownOf, NOTHING } from '../../guides/create/known.ts';
import { leftOut } from '../../guides/create/left.ts';
import { parseAnswers } from '../../guides/create/parse.ts';
import { type Manifest, manifestText } from '../../guides/create/render/index.ts';
import { isSound, validate } from '../../guides/create/rules/index.ts';
import { answersSchema } from '../../guides/create/schema.ts';
import { isUnsound, needsOf, unsoundText, wantedOf, wishUpon } from '../../guides/create/wish.ts';
import { keyOf } from '../../operations/contract.ts';
import { EXIT } from '../execute.ts';
import { type Reach, withOperator } from '../run.ts';
import { readAnswers, reread, writeNew } from './answers-file.ts';
import { apply, rehearseAll, status } from './drive.ts';
import { fillAnswers } from './fill.ts';
import { hostsCommand } from './hosts.ts';
import { initAnswers } from './init.ts';
import { readObject } from './look.ts';
import { CREATE_SCHEMA, diffText, verdictText } from './text.ts';

const WORDS = ['init', 'fill', 'validate', 'render', 'diff', 'apply', 'status', 'hosts', 'schema'] as const;

/** Gives the exit code. Throws UsageError and ConnectionProblem. */
export async function createCommand(options: Options, version: string): Promise<number> {
  const [word, ...rest] = options.operate.words;
  if (word === 'hosts') return hostsCommand(options, version, rest);
  if (!WORDS.includes(word as never) || rest.length > 0) {
    throw new UsageError(`create takes one of ${WORDS.join(', ')}. Nothing was done.`);
  }
  if (word === 'schema') return schema(options);
  if (word === 'init') return initAnswers(options, (work) => knowing(options, version, work));
  if (options.create.clusterApi !== undefined && word !== 'render')
    throw new UsageError(`create ${word} takes no --clusterapi: the cluster says what it serves. Nothing was done.`);
  const text = readAnswers(options.create.from);
  const within = (work: (around: Reach) => Promise<number>) =>
    withOperator(options, version, new Set(create.kinds), work, CREATE_SCHEMA);
  switch (word) {
    case 'validate':
      return knowing(options, version, async (known) => check(options, text, known));
    case 'fill':
      return knowing(options, version, async (known) => fillAnswers(options, text, known));
    case 'render':
      return renderAnswers(options, version, text);
    case 'diff':
      return within((around) => diff(around, text));
    case 'apply':
      return within((around) =>
        options.operate.dryRun
          ? rehearseAll(around, text)
          : apply(around, text, () => reread(options.create.from, text)),
      );
    default:
      return within((around) => status(around, text));
  }
}

/** Does some work with what the cluster knows; with nothing where it is not to be asked. */
async function knowing(options: Options, version: string, work: (known: Known) => Promise<number>): Promise<number> {
  if (options.create.offline) return work(NOTHING);
  return withOperator(options, version, new Set(create.kinds), async ({ store }) => {
    const { fleet, freshness } = store.getState();
    return work(knownOf(fleet, freshness));
  });
}

function schema({ create: { out } }: Options): number {
  const text = `${JSON.stringify(answersSchema(), null, 2)}\n`;
  if (out === undefined || out === '-') process.stdout.write(text);
  else writeNew(out, text);
  return EXIT.done;
}

/** 0: sound. 1: not. 2: sound as far as it goes, and not all could be checked though a cluster was asked. */
function check(options: Options, text: string, known: Known): number {
  const { given, problems } = parseAnswers(text);
  const told = problems.length > 0 ? { findings: problems, unchecked: [] } : validate(given, known);
  if (options.output === 'json')
    process.stdout.write(`${JSON.stringify({ sound: isSound(told), ...told }, null, 2)}\n`);
  else process.stdout.write(verdictText(told));
  if (!isSound(told)) return EXIT.refused;
  return told.unchecked.length > 0 && !options.create.offline ? EXIT.unknown : EXIT.done;
}

/**
 * In the generation of Cluster API that was asked for, else the one the cluster has in use, else the document's. The
 * same bytes for the same answers and the same generation, whatever else the cluster knows.
 */
async function renderAnswers(options: Options, version: string, text: string): Promise<number> {
  const { offline, clusterApi } = options.create;
  const alone = wishUpon(text, clusterApi ? { clusterApi } : NOTHING);
  if (isUnsound(alone)) return unsound(alone);
  const enough = alone.manifests.every(({ missing }) => missing === undefined);
  if (offline || (clusterApi !== undefined && enough)) return write(options, alone.manifests);
  try {
    return await knowing(options, version, async (known) => {
      const wish = wishUpon(text, clusterApi ? { ...known, clusterApi } : known);
      if (isUnsound(wish)) return unsound(wish);
      if (wish.known.clusterApi === undefined) process.stderr.write(`metaldeck: ${AS_DOCUMENT}.\n`);
      return write(options, wish.manifests);
    });
  } catch (error) {
    if (!enough || !(error instanceof Error) || error.name !== 'ConnectionProblem') throw error;
    process.stderr.write(`metaldeck: ${error.message.replace(/\.$/, '')}. ${AS_DOCUMENT}.\n`);
    return write(options, alone.manifests);
  }
}

const AS_DOCUMENT =
  'Which Cluster API is served is not known: written in v1beta1, as the document is (--clusterapi v1beta2 writes the other)';

function unsound(wish: Parameters<typeof unsoundText>[0]): number {
  process.stderr.write(`metaldeck: ${unsoundText(wish)}. Nothing was rendered.\n`);
  return EXIT.refused;
}

function write({ create: { out = '-' } }: Options, manifests: readonly Manifest[]): number {
  const ready = manifests.filter(({ missing }) => missing === undefined);
  if (out === '-') process.stdout.write(ready.map((one) => `# ${one.file}\n${manifestText(one)}`).join('---\n'));
  else {
    mkdirSync(out, { recursive: true });
    for (const one of ready) {
      writeFileSync(join(out, one.file), manifestText(one));
      process.stdout.write(`${join(out, one.file)}\n`);
    }
  }
  const missing = manifests.filter((one) => one.missing !== undefined);
  for (const one of missing) process.stderr.write(`metaldeck: ${one.file} is not made: ${one.missing}.\n`);
  return missing.length > 0 ? EXIT.halfDone : EXIT.done;
}

async function diff({ store, transport, options, print }: Reach, text: string): Promise<number> {
  const state = store.getState();
  const wish = wishUpon(text, knownOf(state.fleet, state.freshness));
  if (isUnsound(wish)) {
    process.stderr.write(`metaldeck: ${unsoundText(wish)}.\n`);
    return EXIT.refused;
  }
  const raw = new Map(
    await Promise.all(
      needsOf(wish).map(async (need) => [keyOf(need), await readObject(state, transport, need)] as const),
    ),
  );
  const rows = wantedOf(wish).map((wanted) => {
    const live = raw.get(keyOf(wanted)) ?? null;
    const other = live !== null && !isComparable(live, wanted.body);
    return { wanted, there: live !== null, other, changes: other ? [] : differences(live, wanted.body) };
  });
  const missing = wish.manifests.flatMap((one) =>
    one.missing === undefined ? [] : [{ file: one.file, why: one.missing }],
  );
  const left = leftOut(state.fleet, wish);
  if (options.output === 'json') {
    const objects = rows.map(({ wanted, there, changes }) => ({
      kind: wanted.body['kind'],
      name: wanted.name,
      there,
      changes,
    }));
    const stays = left.map(({ kind, name }) => ({ kind: API_KIND[kind], name }));
    print(`${JSON.stringify({ objects, missing, left: stays }, null, 2)}\n`);
  } else print(diffText(rows, missing, left));
  if (rows.some(({ changes }) => changes.length > 0)) return EXIT.refused;
  return missing.length > 0 || rows.some(({ other }) => other) ? EXIT.unknown : EXIT.done;
}
