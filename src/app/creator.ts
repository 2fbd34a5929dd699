/** Answers between the screen and the guide: held as the text of their file, checked with every picture and every key. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Creator } from '../../hooks/create.ts';
import { fill } from '../guides/create/fill.ts';
import { create } from '../guides/create/guide.ts';
import { knownOf } from '../guides/create/known.ts';
import { begin, parseAnswers, readDraft } from '../guides/create/parse.ts';
import { isAsked, QUESTIONS, type Question, questionOf } from '../guides/create/questions/index.ts';
import { validate } from '../guides/create/rules/index.ts';
import { rackLines, rebuildOf, unnamed } from '../guides/create/stages.ts';
import { textOfValue, valueAt, valueOfText, withValue } from '../guides/create/values.ts';
import { isUnsound, wishOf } from '../guides/create/wish.ts';
import { answersText, withAnswer } from '../guides/create/write.ts';
import type { Transport } from '../kube/types.ts';
import type { Request } from '../operations/contract.ts';
import { nameProblem } from '../operations/values.ts';
import type { Alone } from '../runner/alone.ts';
import { type Creating, FILE_ENTRY } from '../store/creating.ts';
import type { Entry } from '../store/operating.ts';
import { here } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { lookAt } from './create/look.ts';

export interface CreatorOptions {
  store: Store;
  transport: Pick<Transport, 'json'>;
  /** Puts the write of a stage on screen. */
  begin(request: Request): void;
  /** Opens a text in $EDITOR; undefined where it was left as it was. Rejects with a sentence. */
  edit(text: string, name: string): Promise<string | undefined>;
  /** Who works on a cluster at this moment. */
  who(cluster: string): ReturnType<Alone['look']>;
}

/** Who else works on it is looked up so often while the screen is in front. */
const OTHERS_MS = 5_000;
/** Courses are told anew at most this often: each reads a dozen objects. */
const GAP_MS = 1_000;

/** The port of the screen. `stop` lets go of it. */
export function createCreator({
  store,
  transport,
  begin: open,
  edit,
  who,
}: CreatorOptions): Creator & { stop(): void } {
  /** The file as it is: comments of its owner stay. Absent: nobody has looked at the screen yet. */
  let text: string | undefined;
  let file: string | undefined;
  /** Nobody has answered anything: what the cluster offers is filled in as it becomes known. */
  let bare = true;
  let looking = false;
  let asking = false;
  /** The cluster whose Lease is looked at. */
  let about: string | undefined;
  let again = false;
  let stopped = false;
  const notice = (said: string, tone: 'info' | 'warn' = 'warn') =>
    store.setState((state) => ({ notice: { text: said, tone, until: state.now + 8_000 } }));
  const known = () => {
    const { fleet, freshness } = store.getState();
    return knownOf(fleet, freshness);
  };
  const inFront = () => here(store.getState()).screen === 'create';

  /** Checks the answers as they are, and shows them. */
  function show(): void {
    if (bare || text === undefined) text = answersText(begin(known()), known());
    const { given, problems } = parseAnswers(text);
    const seen = known();
    const { findings, unchecked } = problems.length > 0 ? { findings: problems, unchecked: [] } : validate(given, seen);
    const { fleet, freshness, creating: before } = store.getState();
    const wish = wishOf(text, { fleet, freshness });
    const sound = !isUnsound(wish);
    const creating: Creating = {
      file,
      entries: entriesOf(given as Record<string, unknown>, seen, file),
      findings,
      unchecked: [...new Set(unchecked.flatMap(({ lacks }) => lacks))],
      course: sound ? before?.course : undefined,
      rebuild: sound ? before?.rebuild : undefined,
      other: given.cluster === about ? before?.other : undefined,
      rack: sound ? rackLines({ fleet, now: 0 }, wish.answers) : [],
      unnamed: sound ? unnamed(wish.answers, seen.hosts ?? []).map(({ name }) => name) : [],
    };
    if (
      JSON.stringify({ ...creating, course: 0 }) !== JSON.stringify({ ...before, course: 0, trial: undefined }) ||
      creating.course !== before?.course
    )
      store.setState({ creating });
    if (sound) void tell();
    void ask(given.cluster);
  }

  /** Tells who else works on the cluster, for as long as it is on screen. */
  async function ask(cluster: string | undefined): Promise<void> {
    about = cluster;
    if (asking) return;
    asking = true;
    while (!stopped && inFront() && about !== undefined && nameProblem(about) === undefined) {
      const of = about;
      const lock = await who(of);
      const { creating } = store.getState();
      const other = otherOf(lock);
      if (!stopped && creating && of === about && JSON.stringify(other) !== JSON.stringify(creating.other))
        store.setState({ creating: { ...creating, other } });
      await new Promise((resolve) => setTimeout(resolve, of === about ? OTHERS_MS : 0).unref());
    }
    asking = false;
  }

  /** Reads where it stands, and shows it. */
  async function tell(): Promise<void> {
    again = true;
    if (looking) return;
    looking = true;
    while (again && !stopped && inFront()) {
      again = false;
      const asked = text ?? '';
      try {
        const ask = { guide: create.id, targets: [], values: { answers: asked } };
        const { course } = await lookAt(create, ask, store.getState(), transport);
        const { creating, fleet, freshness } = store.getState();
        if (stopped || asked !== text || !creating) continue;
        const wish = wishOf(asked, { fleet, freshness });
        const rebuild = course && !isUnsound(wish) ? rebuildOf({ fleet, now: 0 }, wish.answers, course) : undefined;
        if (JSON.stringify([course, rebuild]) !== JSON.stringify([creating.course, creating.rebuild]))
          store.setState({ creating: { ...creating, course, rebuild } });
      } catch {
        // What cannot be read now is said by the panel's freshness; the next picture asks again.
      }
      await new Promise((resolve) => setTimeout(resolve, GAP_MS).unref());
    }
    looking = false;
  }

  /** Takes answers in place of those that are held, and keeps them where they are kept. */
  function take(changed: string): void {
    bare = false;
    text = changed;
    if (file !== undefined) {
      try {
        writeFileSync(`${file}.new`, changed, { mode: 0o644 });
        renameSync(`${file}.new`, file);
      } catch (error) {
        notice(
          `${file} could not be written (${(error as NodeJS.ErrnoException).code}): the answers are on screen only`,
        );
      }
    }
    show();
  }

  function openFile(path: string): void {
    if (path === '') return;
    bare = false;
    try {
      if (existsSync(path)) {
        const found = readFileSync(path, 'utf8');
        file = path;
        text = found;
        show();
        notice(`${path} is open: what is answered here is written to it`, 'info');
      } else {
        writeFileSync(path, text ?? '', { mode: 0o644, flag: 'wx' });
        file = path;
        show();
        notice(`${path} is written, and with every answer again`, 'info');
      }
    } catch (error) {
      notice(`${path}: ${(error as NodeJS.ErrnoException).code ?? 'it cannot be read'}`);
    }
  }

  /** What the rules say to the line that is being typed. */
  function tryLine(): void {
    const { prompt, creating } = store.getState();
    if (!creating || text === undefined) return;
    const question = prompt?.kind === 'entry' ? questionOf(prompt.entry ?? '') : undefined;
    if (!prompt || !question) {
      if (creating.trial) store.setState({ creating: { ...creating, trial: undefined } });
      return;
    }
    const draft = withValue(
      parseAnswers(text).given as Record<string, unknown>,
      question.path,
      answerOf(question, prompt.text),
    );
    const { given, problems } = readDraft(draft);
    const [wrong] = [...problems, ...validate(given, known()).findings].filter(({ path }) => path === question.path);
    const trial = { name: question.path, text: wrong?.text ?? '' };
    if (JSON.stringify(trial) !== JSON.stringify(creating.trial)) store.setState({ creating: { ...creating, trial } });
  }

  const stopWatching = store.subscribe((state, before) => {
    if (here(state).screen !== 'create') return;
    const moved =
      state.fleet !== before.fleet || state.freshness !== before.freshness || state.places !== before.places;
    if (moved) show();
    if (state.prompt !== before.prompt) tryLine();
  });

  return {
    enter(name, typed) {
      if (name === FILE_ENTRY) return openFile(typed.trim());
      const question = questionOf(name);
      if (!question || text === undefined) return;
      const [fault] = parseAnswers(text).problems.filter(({ path }) => path === '');
      if (fault) return notice(`${file ?? 'the text'} has to be mended first: ${fault.text}`);
      let changed = withAnswer(text, name, answerOf(question, typed));
      // Another version has other tags: those that were the best offer of the one before follow it.
      if (name === 'kubernetesVersion') changed = withTags(changed);
      take(changed);
    },
    edit() {
      edit(text ?? '', 'answers.yaml').then(
        (changed) => changed !== undefined && take(changed),
        (error: unknown) => notice(error instanceof Error ? error.message : String(error)),
      );
    },
    fill() {
      const { fleet, freshness } = store.getState();
      const wish = text === undefined ? undefined : wishOf(text, { fleet, freshness });
      if (!wish || isUnsound(wish)) return notice('the answers do not hold yet');
      const { controlPlane, workers, added } = fill(wish);
      if (added.length === 0) return notice('no host that has registered is Ready yet');
      take(withAnswer(withAnswer(text!, 'controlPlane.hosts', controlPlane), 'workers.hosts', workers));
      notice(`${added.length} hosts are named`, 'info');
    },
    go(what) {
      const { course, rebuild } = store.getState().creating ?? {};
      const request = what === 'rebuild' ? rebuild : course?.next.what === 'send' ? course.next.request : undefined;
      if (!request) return 'nothing is to be written now';
      open(request);
      return undefined;
    },
    stop() {
      stopped = true;
      stopWatching();
    },
  };

  function withTags(changed: string): string {
    const paths = ['images.dns', 'images.etcd', 'images.kubeOvn', 'iso.baseImage'];
    const bare = paths.reduce(
      (draft, path) => withValue(draft, path, undefined),
      parseAnswers(changed).given as Record<string, unknown>,
    );
    const fresh = begin(known(), bare);
    return paths.reduce((now, path) => withAnswer(now, path, valueAt(fresh, path)), changed);
  }
}

/** One who has it is another for this board, whoever that is; our own writes, and what nobody holds, are nothing to tell. */
function otherOf(lock: Awaited<ReturnType<CreatorOptions['who']>>): Creating['other'] {
  if (lock.state === 'other') return { who: lock.who, since: lock.since };
  return lock.state === 'unknown' || lock.state === 'unprotected' ? { why: lock.why } : undefined;
}

function answerOf(question: Question, typed: string): unknown {
  const many = question.kind === 'list' || question.kind === 'hosts';
  return valueOfText(question, many ? typed.replaceAll(',', '\n') : typed);
}

function entriesOf(
  given: Record<string, unknown>,
  known: ReturnType<typeof knownOf>,
  file: string | undefined,
): Entry[] {
  const asked = QUESTIONS.filter((question) => isAsked(question, given));
  return [
    {
      name: FILE_ENTRY,
      title: 'File of answers',
      about: 'such as depot.yaml: one that is there is opened, any other is made, and kept as it is answered',
      kind: 'text',
      value: file ?? '',
      choices: [],
    },
    ...asked.map(
      ({ path, title, placeholder, choices, offers, kind, about, example }): Entry => ({
        name: path,
        about: example === undefined ? about : `such as ${example}: ${about}`,
        title: placeholder ? `${title} ${placeholder}` : title,
        kind: 'text',
        value: textOfValue(valueAt(given, path)).replaceAll('\n', ', '),
        choices:
          offers?.(known, given) ??
          (kind === 'boolean' ? ['true', 'false'] : (choices ?? [])).map((value) => ({ value, title: value })),
      }),
    ),
  ];
}
