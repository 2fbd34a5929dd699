/** `metaldeck create`: a cluster from a file of answers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, UsageError } from '../../cli.ts';
import { differences, isComparable } from '../../guides/create/diff.ts';
import { create } from '../../guides/create/guide.ts';
import { type Known, knownOf, NOTHING } from '../../guides/create/known.ts';
import { parseAnswers } from '../../guides/create/parse.ts';
import { type Manifest, manifestText } from '../../guides/create/render/index.ts';
import { isSound, validate } from '../../guides/create/rules/index.ts';
import { answersSchema } from '../../guides/create/schema.ts';
import { isUnsound, needsOf, unsoundText, wantedOf, wishUpon } from '../../guides/create/wish.ts';
import { keyOf } from '../../operations/contract.ts';
import { EXIT } from '../execute.ts';
import { type Reach, withOperator } from '../run.ts';
import { readAnswers, writeNew } from './answers-file.ts';
import { apply, rehearseAll, status } from './drive.ts';
import { fillAnswers } from './fill.ts';
import { initAnswers } from './init.ts';
import { readObject } from './look.ts';
import { diffText, verdictText } from './text.ts';

const WORDS = ['init', 'fill', 'validate', 'render', 'diff', 'apply', 'status', 'schema'] as const;

/** Gives the exit code. Throws UsageError and ConnectionProblem. */
export async function createCommand(options: Options, version: string): Promise<number> {
  const [word, ...rest] = options.operate.words;
  if (!WORDS.includes(word as never) || rest.length > 0) {
    throw new UsageError(`create takes one of ${WORDS.join(', ')}. Nothing was done.`);
  }
  if (word === 'schema') return schema(options);
  if (word === 'init') return initAnswers(options, (work) => knowing(options, version, work));
  const text = readAnswers(options.create.from);
  const within = (work: (around: Reach) => Promise<number>) =>
    withOperator(options, version, new Set(create.kinds), work);
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
      return within((around) => (options.operate.dryRun ? rehearseAll(around, text) : apply(around, text)));
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

/** Without a cluster where the answers suffice: what is rendered is the same bytes then as with one. */
async function renderAnswers(options: Options, version: string, text: string): Promise<number> {
  const alone = wishUpon(text, NOTHING);
  if (isUnsound(alone)) return unsound(alone);
  if (options.create.offline || alone.manifests.every(({ missing }) => missing === undefined))
    return write(options, alone.manifests);
  return knowing(options, version, async (known) => {
    const wish = wishUpon(text, known);
    return isUnsound(wish) ? unsound(wish) : write(options, wish.manifests);
  });
}

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
  if (options.output === 'json') {
    const objects = rows.map(({ wanted, there, changes }) => ({
      kind: wanted.body['kind'],
      name: wanted.name,
      there,
      changes,
    }));
    print(`${JSON.stringify({ objects, missing }, null, 2)}\n`);
  } else print(diffText(rows, missing));
  if (rows.some(({ changes }) => changes.length > 0)) return EXIT.refused;
  return missing.length > 0 || rows.some(({ other }) => other) ? EXIT.unknown : EXIT.done;
}
