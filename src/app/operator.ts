/** Operations between the screen and the runner: what is offered, the one that is open, and those that are followed. */
import type { Operator } from '../../hooks/operate.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Operation, Request, World } from '../operations/contract.ts';
import {
  type HalfDone,
  isRefused,
  type Prepared,
  type Refused,
  type Rehearsed,
  type Runner,
  type Sight,
} from '../runner/api.ts';
import type { Operating } from '../store/operating.ts';
import { here, type Place, type State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { documentOf, enteredIn } from './entry-document.ts';
import {
  answersOf,
  entriesOf,
  essence,
  initialValues,
  isSame,
  kubectlOfPlan,
  lossOf,
  movedBetween,
  offersOf,
  repeatedly,
  titleFor,
  unmarked,
} from './operating.ts';
import { followTray } from './tray.ts';

export interface OperatorOptions {
  store: Store;
  runner: Runner;
  operations: readonly Operation[];
  sight: Sight;
  /** Puts a text on the terminal's clipboard; gives why it was not even tried, if so. */
  copy(text: string): 'empty' | 'too large' | undefined;
  /** Opens a text in $EDITOR. Gives the edited text, or undefined where it was left as it was. Rejects with a sentence. */
  edit(text: string, name: string): Promise<string | undefined>;
  /** Epoch ms; default: the wall clock. */
  now?(): number;
}

/** What stands behind the operation on screen. */
interface Open {
  request: Request;
  operation: Operation;
  prepared?: Prepared;
  rehearsed?: Rehearsed;
  /** The plan that was shown first, or read again since. */
  read?: Prepared;
  /** Counts dry runs: only the answer to the latest one counts. */
  asked: number;
  /** Its writes are on their way, or were answered: nothing about it changes any more. */
  sending: boolean;
  sentId?: string;
  /** What its entries held before anybody changed them. */
  initial: Readonly<Record<string, string>>;
  /** The objects it asked for were read. */
  raw?: World['raw'];
  /** Plans it again with every new picture of the fleet; returns a function that stops that. */
  watch(take: (answer: Prepared | Refused) => void): () => void;
  stop(): void;
}

/** The operator's port of a running dashboard. `stop` lets go of everything; what was sent stays in the journal. */
export function createOperator(options: OperatorOptions): Operator & { stop(): void } {
  const { store, runner, operations, sight } = options;
  let open: Open | undefined;
  const world = (): World => ({ ...sight.picture(), raw: open?.raw ?? new Map() });
  const show = (change: Partial<Operating>) =>
    store.setState(({ operating }) => (operating ? { operating: { ...operating, ...change } } : {}));
  const notice = (text: string) =>
    store.setState((state) => ({ notice: { text, tone: 'warn', until: state.now + 8_000 } }));

  const offersFor = (targets: readonly ObjectRef[]) => offersOf(operations, runner.readOnly, world(), targets);

  function close(): void {
    open?.stop();
    open = undefined;
  }

  /** Puts an operation on screen, and has it planned for as long as it is there. */
  function start(
    operation: Operation,
    request: Request,
    more: Partial<Pick<Open, 'watch' | 'initial' | 'sentId'>> & { continues?: Operating['continues'] } = {},
  ): void {
    close();
    const { continues, ...rest } = more;
    const mine: Open = {
      request,
      operation,
      asked: 0,
      sending: false,
      initial: {},
      watch: (take): (() => void) => runner.watch(mine.request, take),
      stop: () => {},
      ...rest,
    };
    open = mine;
    store.setState({
      operating: {
        request,
        title: titleFor(operation, request),
        about: operation.about,
        stage: 'reading',
        // What goes on with another one is what that one was: there is nothing to enter.
        entries: continues ? [] : entriesOf(operation, world(), request),
        kubectl: [],
        answers: [],
        moved: [],
        written: [],
        continues,
      },
    });
    if (mine.sentId === undefined) follow(mine);
  }

  function follow(mine: Open): void {
    mine.stop();
    mine.stop = mine.watch((answer) => {
      if (open === mine) take(mine, answer);
    });
  }

  /** A new plan, or a new reason against it, for the operation on screen. */
  function take(mine: Open, answer: Prepared | Refused): void {
    if (mine.sending || mine.sentId !== undefined) return;
    mine.raw = answer.raw ?? mine.raw;
    if (fillIn(mine)) return;
    const continues = store.getState().operating?.continues;
    const entries = continues ? [] : entriesOf(mine.operation, world(), mine.request);
    if (isRefused(answer)) {
      mine.prepared = undefined;
      mine.rehearsed = undefined;
      mine.asked += 1;
      unconfirm('it is refused now: esc, and read why');
      show({
        stage: 'refused',
        refusal: answer.refused,
        plan: undefined,
        answers: [],
        kubectl: [],
        moved: [],
        entries,
      });
      return;
    }
    const { plan } = answer;
    const known = mine.prepared && essence(mine.prepared.plan) === essence(plan);
    const kubectl = kubectlOfPlan(plan, sight, store.getState().session);
    mine.prepared = answer;
    if (known) {
      // Figures and versions move on without being another decision.
      const now = store.getState().operating;
      if (!isSame([now?.plan, now?.kubectl], [plan, kubectl])) show({ plan, kubectl });
      return;
    }
    const moved = mine.read ? movedBetween(mine.read.plan, plan) : [];
    if (mine.read) unconfirm('it has changed: esc, and read it again');
    mine.read ??= answer;
    show({ title: plan.title, plan, refusal: undefined, moved, kubectl, entries, written: answer.already });
    void ask(mine);
  }

  /** Documents that had to be read first begin with what was read. Gives whether any did. */
  function fillIn(mine: Open): boolean {
    const { operation, request, initial } = mine;
    const fresh = initialValues(operation, world(), request.targets);
    const read = operation.fields.filter(
      ({ name }) => initial[name] === '' && request.values[name] === '' && (fresh[name] ?? '') !== '',
    );
    if (read.length === 0) return false;
    const values = { ...request.values, ...Object.fromEntries(read.map(({ name }) => [name, fresh[name] ?? ''])) };
    mine.request = { ...request, values };
    mine.initial = { ...initial, ...fresh };
    show({ entries: entriesOf(operation, world(), mine.request) });
    follow(mine);
    return true;
  }

  /** What is being typed to confirm another plan than the one on screen must not confirm this one. */
  function unconfirm(why: string): void {
    const { prompt } = store.getState();
    if (prompt?.kind !== 'confirm') return;
    // Closed under the typing hand, the rest of the word would be a run of keys.
    store.setState({ prompt: { ...prompt, text: '', at: 0, given: [], refused: why, void: true } });
  }

  async function ask(mine: Open): Promise<void> {
    const { prepared } = mine;
    if (!prepared) return;
    mine.asked += 1;
    const number = mine.asked;
    mine.rehearsed = undefined;
    show({ stage: 'asking', answers: [], problem: undefined });
    const rehearsed = await runner.dryRun(prepared).catch((error: unknown): Rehearsed => {
      const refused = error instanceof Error ? error.message : String(error);
      return { steps: [], missing: [], refused };
    });
    if (open !== mine || mine.asked !== number || mine.sending) return;
    mine.rehearsed = rehearsed;
    show({
      stage: rehearsed.refused === undefined ? 'ready' : 'rejected',
      problem: rehearsed.refused,
      answers: answersOf(rehearsed.steps),
      answeredAt: (options.now ?? Date.now)(),
    });
  }

  async function send(mine: Open, words: readonly string[]): Promise<void> {
    const { prepared, rehearsed } = mine;
    if (!prepared || !rehearsed) return;
    mine.sending = true;
    mine.stop();
    const { title } = prepared.plan;
    const written = new Set(prepared.already);
    show({ stage: 'sending', written: [...written], moved: [], notWritten: undefined });
    store.setState({ writing: title });
    const result = await runner.run(prepared, rehearsed, {
      confirm: words,
      onProgress(event) {
        if (event.state === 'written') written.add(event.step);
        if (open === mine) show({ written: [...written] });
      },
    });
    mine.sending = false;
    store.setState({ writing: undefined });
    const why = `${result.result}: ${result.why ?? 'it did not come to its end'}`;
    if (result.result === 'refused' || result.result === 'nothing written') {
      if (open !== mine) notice(`${title}: ${why}`);
      else readAgain(mine, why);
      return;
    }
    mine.sentId = result.id;
    store.setState(({ places }) => ({ places: places.map(unmarked) }));
    await tray.refresh();
    if (result.result === 'written') {
      if (open === mine) show({ stage: 'sent', written: [...written], id: result.id });
      else notice(`${title}: written; o lists what is followed`);
    } else if (open === mine) show({ stage: 'stopped', problem: why, written: [...written], id: result.id });
    else notice(`${title}: ${why}`);
    followOpen(store.getState());
  }

  /** Nothing was written: it is planned again, so that what moved is shown beside what was confirmed. */
  function readAgain(mine: Open, why: string): void {
    mine.prepared = undefined;
    mine.rehearsed = undefined;
    show({ stage: 'reading', notWritten: why, answers: [] });
    follow(mine);
  }

  /** The operation on screen follows its line in the list of those under way. */
  function followOpen({ tray }: Pick<State, 'tray'>): void {
    const mine = tray.find(({ id }) => id === open?.sentId);
    if (!mine) return;
    const { progress, at, usual, overdue } = mine;
    show({ progress, sentAt: at, usual, overdue });
  }

  /** Goes on with a broken off operation, one way or the other: planned anew until it is confirmed. */
  function goOn(found: HalfDone, how: 'finish' | 'takeBack'): void {
    const planned = found[how];
    const { request } = isRefused(planned) ? found.record.began : planned;
    const operation = operations.find((one) => one.id === request.operation);
    if (!operation) {
      notice(`this metaldeck has no operation "${request.operation}"`);
      return;
    }
    start(operation, request, {
      continues: how === 'finish' ? 'finish' : 'take back',
      watch: (take) =>
        repeatedly(sight, async (stopped) => {
          await tray.refresh();
          const now = tray.broken(found.id);
          if (!stopped()) take(now ? now[how] : { refused: 'it is dealt with already: nothing of it is left to do' });
        }),
    });
  }

  const isOnScreen = (places: readonly Place[]) => places.some(({ screen }) => screen === 'operate');
  const stopOffers = store.subscribe((state, before) => {
    // Another screen was called up: an operation out of sight must not be one key away from being written.
    // What is being written goes on, and is told when it ends.
    if (open && isOnScreen(before.places) && !isOnScreen(state.places)) {
      close();
      store.setState({ operating: undefined });
      return;
    }
    const same = state.fleet === before.fleet && state.freshness === before.freshness;
    // Coming back from an operation, what is offered may be another now.
    if (same && state.places === before.places) return;
    const place = here(state);
    if (place.screen !== 'act' || !place.marked) return;
    const offers = offersFor(place.marked);
    if (JSON.stringify(offers) !== JSON.stringify(state.offers)) store.setState({ offers });
  });
  const tray = followTray({ store, runner, notice, changed: () => followOpen(store.getState()) });

  return {
    offer: (targets) => store.setState({ offers: offersFor(targets) }),
    begin(id, targets) {
      const operation = operations.find((one) => one.id === id);
      if (!operation) return;
      close();
      const initial = initialValues(operation, world(), targets);
      start(operation, { operation: id, targets, values: initial }, { initial });
    },
    enter(name, value) {
      if (!open || open.sending || open.sentId !== undefined) return;
      const { operation, request, raw, initial } = open;
      if (request.values[name] === value || store.getState().operating?.continues) return;
      // What was emptied by hand stays empty.
      const { [name]: _touched, ...untouched } = initial;
      start(operation, { ...request, values: { ...request.values, [name]: value } }, { initial: untouched });
      open.raw = raw;
    },
    edit(name) {
      const entry = store.getState().operating?.entries.find((one) => one.name === name);
      if (!entry) return;
      const mine = open;
      if (entry.kind === 'editor' && entry.value === '') {
        notice('what it begins with is still being read');
        return;
      }
      options.edit(documentOf(entry), name).then(
        (text) => {
          if (open === mine && text !== undefined) this.enter(name, enteredIn(entry, text));
        },
        (error: unknown) => notice(error instanceof Error ? error.message : String(error)),
      );
    },
    ask: () => {
      if (!open || open.sending || open.sentId !== undefined || !open.prepared) return;
      // Asked for with the changes in sight: what is on screen now is what was read.
      open.read = open.prepared;
      show({ moved: [] });
      void ask(open);
    },
    confirm(words) {
      if (runner.readOnly !== undefined) return runner.readOnly;
      if (!open?.prepared || !open.rehearsed) return 'the server has not answered the dry run yet';
      if (open.sending || open.sentId !== undefined) return 'it was written already';
      void send(open, words);
      return undefined;
    },
    leave() {
      close();
      store.setState({ operating: undefined });
    },
    look(id) {
      const found = tray.broken(id);
      const under = runner.tray.list().find((one) => one.id === id);
      const request = found?.record.began.request ?? under?.sent.request;
      const operation = operations.find((one) => one.id === request?.operation);
      if (!request || !operation) return;
      start(operation, request, { sentId: id });
      const { written = [], why } = found ? { written: found.written, why: lossOf(found) } : {};
      const title = found?.record.began.plan.title ?? under?.title ?? operation.title;
      show({ title, id, entries: [], written, stage: found ? 'stopped' : 'sent', problem: why });
      followOpen(store.getState());
    },
    finish(id) {
      const found = tray.broken(id);
      if (found) goOn(found, 'finish');
      else notice('it is not half done: there is nothing to finish');
    },
    takeBack(id) {
      const found = tray.broken(id);
      if (found) {
        goOn(found, 'takeBack');
        return;
      }
      const under = runner.tray.list().find((one) => one.id === id);
      const operation = operations.find((one) => one.id === under?.sent.request.operation);
      const request = under && operation?.takeBack?.(world(), under.sent);
      const back = request && operations.find((one) => one.id === request.operation);
      if (back) start(back, request);
      else notice('it cannot be taken back any more; the journal has what it wrote');
    },
    copy() {
      const text = store.getState().operating?.kubectl.join('\n') ?? '';
      const refused = options.copy(text);
      if (refused === 'empty') return 'there is nothing to copy yet';
      if (refused === 'too large') return 'it is too large for the clipboard of a terminal';
      return 'sent to the clipboard of your terminal, if it takes it (OSC 52)';
    },
    stop() {
      close();
      stopOffers();
      tray.stop();
    },
  };
}
