/** `metaldeck create init`: asks on a terminal, and fills in without one. */
import { createInterface, type Interface } from 'node:readline/promises';
import { type Options, UsageError } from '../../cli.ts';
import type { Draft } from '../../guides/create/answers.ts';
import type { Known } from '../../guides/create/known.ts';
import { begin, readDraft } from '../../guides/create/parse.ts';
import { isAsked, QUESTIONS, type Question, questionOf } from '../../guides/create/questions/index.ts';
import { validate } from '../../guides/create/rules/index.ts';
import { textOfValue, valueAt, valueOfText, withValue } from '../../guides/create/values.ts';
import { answersText } from '../../guides/create/write.ts';
import { EXIT } from '../execute.ts';
import { writeNew } from './answers-file.ts';

type Knowing = (work: (known: Known) => Promise<number>) => Promise<number>;

/** Gives the exit code. Throws UsageError. */
export function initAnswers(options: Options, knowing: Knowing): Promise<number> {
  const { out = 'answers.yaml', set } = options.create;
  const said = set.reduce(withSetting, {} as Draft);
  return knowing(async (known) => {
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true && out !== '-';
    const draft = terminal ? await askAll(known, begin(known, said), said) : begin(known, said);
    const text = answersText(draft, known);
    if (out === '-') process.stdout.write(text);
    else {
      writeNew(out, text);
      process.stdout.write(`${out}\n`);
    }
    const open = openPaths(draft, known);
    if (open.length > 0) process.stderr.write(`metaldeck: to be answered in it: ${open.join(', ')}.\n`);
    return EXIT.done;
  });
}

/** What does not hold yet, in the order of the file. */
function openPaths(draft: Draft, known: Known): string[] {
  const { given, problems } = readDraft(draft);
  const errors = [...problems, ...validate(given, known).findings].filter(({ severity }) => severity === 'error');
  return [...new Set(errors.map(({ path }) => path))];
}

/** `endpoint.host=10.0.0.10`. Throws UsageError. */
function withSetting(draft: Draft, setting: string): Draft {
  const [, path = '', text = ''] = /^([^=]*)=(.*)$/s.exec(setting) ?? [];
  const question = questionOf(path);
  if (!question) {
    const paths = QUESTIONS.map((one) => one.path).join(', ');
    throw new UsageError(
      `--set ${setting.slice(0, 60)}: there is no answer "${path.slice(0, 60)}"; there are ${paths}. Nothing was done.`,
    );
  }
  const many = question.kind === 'list' || question.kind === 'hosts';
  return withValue(draft, path, valueOfText(question, many ? text.replaceAll(',', '\n') : text));
}

/** One question after the other; what is wrong is said at once, and asked again. */
async function askAll(known: Known, start: Draft, said: Draft): Promise<Draft> {
  const line = createInterface({ input: process.stdin, output: process.stdout });
  let draft = start;
  try {
    for (const question of QUESTIONS) {
      if (!isAsked(question, draft) || valueAt(said, question.path) !== undefined) continue;
      draft = await ask(line, question, known, refreshed(known, draft, said, question));
    }
    return draft;
  } finally {
    line.close();
  }
}

/** What an earlier answer makes another best offer of: the tags of a version. */
function refreshed(known: Known, draft: Draft, said: Draft, { path }: Question): Draft {
  if (valueAt(said, path) !== undefined || !/^(images|iso\.baseImage|endpoint\.vrid)/.test(path)) return draft;
  return begin(known, withValue(draft, path, undefined));
}

async function ask(line: Interface, question: Question, known: Known, draft: Draft): Promise<Draft> {
  const { path, title, placeholder, about, kind, choices, optional } = question;
  const many = kind === 'list' || kind === 'hosts';
  const offers =
    question.offers?.(known, draft) ?? choices?.map((value) => ({ value, title: value, disabled: undefined })) ?? [];
  const now = textOfValue(valueAt(draft, path)).replaceAll('\n', ', ');
  const such = offers.length === 0 && question.example && now === '' ? ` Such as ${question.example}` : '';
  process.stdout.write(`\n${title}${placeholder ? ` ${placeholder}` : ''}\n  ${about}${such}\n`);
  for (const offer of offers.slice(0, 20))
    process.stdout.write(`  - ${offer.title}${offer.disabled ? `  (not: ${offer.disabled})` : ''}\n`);
  for (;;) {
    const text = await line.question(
      `${many ? 'separated by commas ' : ''}[${now}]${optional ? ' (- for none)' : ''} > `,
    );
    const value =
      text.trim() === ''
        ? valueAt(draft, path)
        : text.trim() === '-'
          ? undefined
          : valueOfText(question, many ? text.replaceAll(',', '\n') : text);
    const tried = withValue(draft, path, value);
    const { given, problems } = readDraft(tried);
    const wrong = [...problems, ...validate(given, known).findings].filter((one) => one.path === path);
    for (const one of wrong) process.stdout.write(`  ${one.severity === 'error' ? 'NO' : 'mind'}: ${one.text}\n`);
    // What rests upon hosts that have yet to be named is asked again by validate, not here.
    if (!wrong.some(({ severity }) => severity === 'error') || kind === 'hosts') return tried;
  }
}
