/** The operation on screen: planned for as long as it is there, with every change of it shown. */
import type { Operation, Request, World } from '../operations/contract.ts';
import { isRefused, type Prepared, type Refused, type Rehearsed, type Runner, type Sight } from '../runner/api.ts';
import type { Operating } from '../store/operating.ts';
import type { Store } from '../store/store.ts';
import {
  entriesOf,
  essence,
  initialValues,
  isSame,
  kubectlOfPlan,
  missingOf,
  movedBetween,
  titleFor,
} from './operating.ts';

/** What stands behind the operation on screen. */
export interface Open {
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
  /** Its values come from elsewhere: there is nothing to enter. */
  fixed?: boolean;
  /** Asks the server and writes in place of the runner, which is asked in turn. */
  by?: Pick<Runner, 'dryRun' | 'run'>;
  /** Plans it again with every new picture of the fleet; returns a function that stops that. */
  watch(take: (answer: Prepared | Refused) => void): () => void;
  stop(): void;
}

/** How an operation is put on screen. */
export type Start = Partial<Pick<Open, 'watch' | 'initial' | 'sentId' | 'raw' | 'by' | 'fixed'>> & {
  /** What it goes on with, where an earlier one was broken off. */
  continues?: Operating['continues'];
};

export interface OpenOptions {
  store: Store;
  runner: Pick<Runner, 'watch'>;
  sight: Sight;
  /** A plan that is another decision than the one before is there: the server is to be asked. */
  onPlan(mine: Open): void;
}

export interface Desk {
  /** The operation that is on screen now. */
  open(): Open | undefined;
  /** What is known now, with what the operation on screen had read. */
  world(): World;
  /** Puts an operation on screen, and has it planned for as long as it is there. */
  start(operation: Operation, request: Request, how?: Start): void;
  /** Has it planned again from now on. */
  follow(mine: Open): void;
  /** Takes an entered value, and plans again. */
  enter(name: string, value: string): void;
  /** Changes what is shown. */
  show(change: Partial<Operating>): void;
  /** Takes it off the screen; what was sent goes on. */
  close(): void;
}

/** A desk with nothing on it. */
export function createDesk({ store, runner, sight, onPlan }: OpenOptions): Desk {
  let open: Open | undefined;
  const world = (): World => ({ ...sight.picture(), raw: open?.raw ?? new Map() });
  const show = (change: Partial<Operating>) =>
    store.setState(({ operating }) => (operating ? { operating: { ...operating, ...change } } : {}));

  function close(): void {
    open?.stop();
    open = undefined;
  }

  function start(operation: Operation, request: Request, how: Start = {}): void {
    close();
    const { continues, ...rest } = how;
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
        about: (request.targets[0] && operation.aboutOf?.[request.targets[0].kind]) ?? operation.about,
        stage: 'reading',
        // What goes on with another one is what that one was: there is nothing to enter.
        entries: continues || rest.fixed ? [] : entriesOf(operation, world(), request),
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
    if (!mine.fixed && fillIn(mine)) return;
    const continues = store.getState().operating?.continues;
    const entries = continues || mine.fixed ? [] : entriesOf(mine.operation, world(), mine.request);
    if (isRefused(answer)) {
      mine.prepared = undefined;
      mine.rehearsed = undefined;
      mine.asked += 1;
      unconfirm('it is refused now: esc, and read why');
      const { refused } = answer;
      const missing = mine.fixed
        ? []
        : missingOf(mine.operation, world(), mine.request, { refused, initial: mine.initial });
      show({
        stage: missing.length > 0 ? 'entering' : 'refused',
        refusal: refused,
        missing,
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
    onPlan(mine);
  }

  /**
   * What nobody has changed yet holds what it begins with now: a document once it was read, the number of machines that
   * somebody else has just set. Gives whether any of it is another one.
   */
  function fillIn(mine: Open): boolean {
    const { operation, request, initial } = mine;
    const fresh = initialValues(operation, world(), request.targets);
    const read = Object.keys(initial).filter(
      (name) => request.values[name] === initial[name] && (fresh[name] ?? '') !== '' && fresh[name] !== initial[name],
    );
    if (read.length === 0) return false;
    const values = Object.fromEntries(read.map((name) => [name, fresh[name] ?? '']));
    mine.request = { ...request, values: { ...request.values, ...values } };
    mine.initial = { ...initial, ...values };
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

  return {
    open: () => open,
    world,
    start,
    follow,
    enter(name, value) {
      if (!open || open.fixed || open.sending || open.sentId !== undefined) return;
      const { operation, request, raw, initial } = open;
      const same = request.values[name] === value && !Object.hasOwn(initial, name);
      if (same || store.getState().operating?.continues) return;
      // What was emptied by hand stays empty.
      const { [name]: _touched, ...untouched } = initial;
      start(operation, { ...request, values: { ...request.values, [name]: value } }, { initial: untouched, raw });
      show({ entered: true });
    },
    show,
    close,
  };
}
