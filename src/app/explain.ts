/** `metaldeck explain`: why something is not as it should be, for people and for scripts. */
import { stringify } from 'yaml';
import { wrap } from '../../views/parts/fit.ts';
import { type Options, UsageError } from '../cli.ts';
import type { Acknowledgement } from '../domain/acknowledge.ts';
import { formatAge, timeText } from '../domain/age.ts';
import { usualText } from '../domain/explain/attention.ts';
import { explain } from '../domain/explain/explain.ts';
import { failureTitle } from '../domain/explain/title.ts';
import type { Explanation, Remedy } from '../domain/explain/types.ts';
import { findMachine } from '../domain/fleet/find.ts';
import type { Fleet, ObjectRef } from '../domain/fleet/rows.ts';
import { API_KIND, type Kind } from '../domain/kinds.ts';
import type { World } from '../operations/contract.ts';
import { operations } from '../operations/index.ts';
import { poolAdd } from '../operations/pool-add.ts';
import { lackOfHost } from '../operations/replace.ts';
import { attentionOf } from '../store/attention.ts';
import type { State } from '../store/state.ts';
import { collect } from './print.tsx';
import { callOf } from './run-list.ts';
import { openCluster } from './session.ts';
import { acknowledgedData } from './snapshot-data.ts';
import { resolveTarget } from './target.ts';
import { unknownKinds, type Verdict } from './verdict.ts';
import { clusterOf } from './wanted-workloads.ts';

/** Version of the JSON document's shape: fields are added under the same number, never renamed or removed. */
export const EXPLAIN_SCHEMA = 'metaldeck.explain/v1';

/** metaldeck's words for what can be asked about, and the kinds a name is looked for in. */
const SUBJECTS: Readonly<Record<string, readonly Kind[]>> = {
  cluster: ['cluster'],
  group: ['deployment', 'controlPlane'],
  machine: ['machine', 'baremetalMachine'],
  host: ['host'],
  pool: ['pool'],
  'seed-image': ['seedImage'],
  registration: ['registration'],
};

/** What is asked about, as typed: `host NAME`, or nothing for everything. */
export interface Question {
  word: string;
  name: string;
}

/** Throws UsageError. */
export function parseQuestion(words: readonly string[]): Question | undefined {
  const [word, name, ...more] = words;
  if (word === undefined) return undefined;
  if (!Object.hasOwn(SUBJECTS, word) || name === undefined || more.length > 0) {
    throw new UsageError(`explain takes one of ${Object.keys(SUBJECTS).join(', ')}, and a NAME; nothing was read.`);
  }
  return { word, name };
}

/** The object that is meant; `undefined` where there is none of that name. */
export function subjectOf(fleet: Fleet, { word, name }: Question): ObjectRef | undefined {
  for (const kind of SUBJECTS[word] ?? []) {
    const found = resolveTarget(fleet, { kind, name });
    if (found) return found;
  }
  return undefined;
}

/** The answer: each cause once, and whether it could be known. */
export interface Answer {
  verdict: Verdict;
  explanations: readonly Explanation[];
  /** The object that was asked about is not there. */
  missing: boolean;
  /** What it waits for, where nothing is wrong with it. */
  waits?: { for: string; since: number | undefined };
  /** What was acknowledged here and holds, by uid of the cause's object. */
  acknowledged: ReadonlyMap<string, Acknowledgement>;
}

export function answer(state: State, question: Question | undefined): Answer {
  const { fleet, now } = state;
  const subject = question && subjectOf(fleet, question);
  const asked = question ? (subject ? [subject] : []) : attentionOf(state).map(({ ref }) => ref);
  const seen = question ? { ...state, closely: true } : state;
  const explanations = asked.flatMap((ref) => explain(fleet, ref, now, seen) ?? []);
  const acknowledged = new Map(
    attentionOf(state).flatMap((item) => (item.acknowledged ? [[item.ref.uid, item.acknowledged] as const] : [])),
  );
  const missing = question !== undefined && subject === undefined;
  const known = !missing && unknownKinds(state.freshness).length === 0;
  const waits = subject && explanations.length === 0 ? waitOf(fleet, subject) : undefined;
  return { verdict: known ? (explanations.length > 0 ? 1 : 0) : 2, explanations, missing, acknowledged, ...waits };
}

/** What an object waits for, although nothing is wrong with it. */
function waitOf(fleet: Fleet, ref: ObjectRef): Pick<Answer, 'waits'> {
  const row =
    findMachine(fleet, ref) ??
    fleet.hosts.byUid.get(ref.uid) ??
    fleet.groups.byUid.get(ref.uid) ??
    fleet.clusters.byUid.get(ref.uid);
  if (row?.waiting === undefined) return {};
  return { waits: { for: row.waiting, since: 'since' in row ? row.since : undefined } };
}

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());
const named = ({ kind, name }: ObjectRef) => ({ kind: API_KIND[kind], name });

/** The documented JSON shape (see README). */
export function explainData(
  state: State,
  { verdict, explanations, missing, waits, acknowledged }: Answer,
  question: Question | undefined,
) {
  const { session, freshness } = state;
  return {
    schema: EXPLAIN_SCHEMA,
    at: iso(state.now),
    server: session.host,
    context: session.context,
    namespace: session.namespace,
    verdict: ['healthy', 'explained', 'unknown'][verdict],
    asked: question,
    waits: waits && { for: waits.for, since: iso(waits.since) },
    couldNotKnow: [
      ...unknownKinds(freshness).map(({ kind, why }) => ({ kind: API_KIND[kind], why })),
      ...(missing && question ? [{ kind: question.word, why: `there is none named ${question.name}` }] : []),
    ],
    explanations: explanations.map((each) => ({
      id: each.id,
      failureMode: each.mode,
      severity: each.severity,
      object: named(each.asked),
      cause: named(each.root),
      what: each.what,
      since: iso(each.since),
      usual: each.usual && { medianMs: each.usual.median, p95Ms: each.usual.p95, count: each.usual.count },
      acknowledged: acknowledgedData(acknowledged.get(each.root.uid)),
      evidence: each.evidence.map(({ sort, of, says, message, at }) => ({
        sort,
        of: named(of),
        says,
        message,
        at: iso(at),
      })),
      likelyCauses: each.causes,
      next: each.next.map(({ text, command, place }) => ({ text, command, object: place && named(place) })),
      operations: each.remedies.map((one) => ({
        operation: one.operation,
        target: named(one.target),
        command: commandOf(state, one),
      })),
      consequences: each.consequences.map(({ text, refs }) => ({ text, objects: refs.map(named) })),
    })),
  };
}

const worldOf = ({ fleet, freshness, session, now }: State): World => ({
  fleet,
  freshness,
  namespace: session.namespace,
  now,
  raw: new Map(),
});

/** The command that does what helps. */
function commandOf(state: State, { operation: id, target }: Remedy): string {
  const operation = operations.find((one) => one.id === id);
  return operation ? callOf(operation, target, worldOf(state)) : `metaldeck run ${id} ${target.kind}/${target.name}`;
}

/** What comes before it: another host for the pool of a machine that no free host can replace, where there is one or must be. */
function commandBefore(state: State, { operation, target }: Remedy): string[] {
  const world = worldOf(state);
  const lack = operation === 'replace' ? lackOfHost(world, target) : undefined;
  const pool = lack && state.fleet.pools.list.find(({ name }) => name === lack.pool);
  if (!pool) return [];
  const [hosts] = poolAdd.fields;
  const fits = hosts?.choices?.(world, [pool]).find(({ disabled }) => disabled === undefined);
  if (!fits && lack.needs === 'own') return [];
  return [callOf(poolAdd, pool, world, fits ? { hosts: fits.value } : {})];
}

const WIDTH = 100;
const LABEL = 11;

/** Texts under one label; a command stays in one piece, to be copied. */
function block(label: string, texts: readonly string[]): string {
  return texts
    .flatMap((text) => (text.startsWith('$ ') ? [text] : wrap(text.replace(/\s*\n\s*/g, ' '), WIDTH - LABEL)))
    .map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}\n`)
    .join('');
}

function sheet(each: Explanation, state: State, known: Acknowledgement | undefined): string {
  const age = (at: number | undefined) => (at === undefined ? '' : ` (${formatAge(state.now - at)} ago)`);
  const number = (texts: readonly string[]) =>
    texts.map((text, index) => (texts.length > 1 ? `${index + 1}. ${text}` : text));
  const { root } = each;
  return [
    `${API_KIND[root.kind]} ${root.name}: ${failureTitle(each.id, each.mode)}\n`,
    block('  what', [`${each.what}${age(each.since)}`]),
    block(
      '  usually',
      [usualText(each.usual)].flatMap((text) => text ?? []),
    ),
    block('  known', known === undefined ? [] : [`until ${timeText(known.until)}, to ${known.by}: ${known.reason}`]),
    block(
      '  follows',
      each.consequences.map(({ text }) => text),
    ),
    block(
      '  evidence',
      each.evidence.map(
        ({ of, says, message, at }) =>
          `${API_KIND[of.kind]} ${of.name}: ${says}${message ? `: ${message}` : ''}${age(at)}`,
      ),
    ),
    block('  likely', number(each.causes)),
    block(
      '  what now',
      each.next.flatMap(({ text, command }) => (command === undefined ? [text] : [text, `$ ${command}`])),
    ),
    block(
      '  helps',
      each.remedies.flatMap((one) => [...commandBefore(state, one), commandOf(state, one)]),
    ),
  ].join('');
}

/** How long it has been so. Of a group that is the whole of its way: the step of the machine at work is younger. */
function waitedText({ since }: NonNullable<Answer['waits']>, now: number, question: Question | undefined): string {
  if (since === undefined) return '';
  const age = formatAge(now - since);
  return question?.word === 'group' ? `; the group has been at it for ${age}` : ` (in this state for ${age})`;
}

/** The answer as text. */
export function explainText(state: State, given: Answer, question: Question | undefined): string {
  const unknown = unknownKinds(state.freshness).map(({ kind, why }) => `not known: ${API_KIND[kind]} (${why})\n`);
  const subject = question ? `${question.word} ${question.name}` : 'anything';
  if (given.missing) return `${unknown.join('')}there is no ${subject} in ${state.session.namespace}\n`;
  const sheets = given.explanations.map((each) => sheet(each, state, given.acknowledged.get(each.root.uid))).join('\n');
  const { waits } = given;
  const wait = waits ? `; it waits, and is not late yet: ${waits.for}${waitedText(waits, state.now, question)}` : '';
  const none = `nothing ${unknown.length > 0 ? 'known ' : ''}is wrong with ${subject}${wait}\n`;
  return unknown.join('') + (sheets || none);
}

/** Gives 0 where nothing is wrong, 1 where something is, 2 where that could not be known. Throws UsageError. */
export async function explainCommand(options: Options, version: string): Promise<number> {
  const question = parseQuestion(options.operate.words);
  let verdict: Verdict = 2;
  const open = async () =>
    options.demo ? (await import('./demo.ts')).openDemo(options) : openCluster(options, version);
  await collect(
    options,
    open,
    (store) => {
      const state = store.getState();
      const given = answer(state, question);
      verdict = given.verdict;
      const data = () => JSON.parse(JSON.stringify(explainData(state, given, question))) as unknown;
      if (options.output === 'json') process.stdout.write(`${JSON.stringify(data(), null, 2)}\n`);
      else if (options.output === 'yaml') process.stdout.write(stringify(data()));
      else process.stdout.write(explainText(state, given, question));
    },
    ({ fleet }) => [clusterOf(fleet, question && subjectOf(fleet, question)) ?? ''],
  );
  return verdict;
}
