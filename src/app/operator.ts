/** Operations between the screen and the runner: what is offered, the one that is open, and those that are followed. */
import type { Operator } from '../../hooks/operate.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
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
import { kubectlOf } from '../runner/kubectl.ts';
import type { Offer, Operating } from '../store/operating.ts';
import { here, type Place } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { answersOf, brokenOffOf, entriesOf, essence, followedOf, initialValues, movedBetween } from './operating.ts';

export interface OperatorOptions {
  store: Store;
  runner: Runner;
  operations: readonly Operation[];
  sight: Sight;
  /** Puts a text on the terminal's clipboard; gives why it was not even tried, if so. */
  copy(text: string): 'empty' | 'too large' | undefined;
  /** Opens a text in $EDITOR. Gives the edited text, or undefined where it was left as it was. Rejects with a sentence. */
  edit(text: string, name: string): Promise<string | undefined>;
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
  sending: boolean;
  sentId?: string;
  stop(): void;
}

/** The operator's port of a running dashboard. `stop` lets go of everything; what was sent stays in the journal. */
export function createOperator(options: OperatorOptions): Operator & { stop(): void } {
  const { store, runner, operations, sight } = options;
  let open: Open | undefined;
  let broken: readonly HalfDone[] = [];
  const world = (): World => ({ ...sight.picture(), raw: open?.prepared?.raw ?? new Map() });
  const show = (change: Partial<Operating>) =>
    store.setState(({ operating }) => (operating ? { operating: { ...operating, ...change } } : {}));
  const notice = (text: string) =>
    store.setState((state) => ({ notice: { text, tone: 'warn', until: state.now + 8_000 } }));

  function offersFor(targets: readonly ObjectRef[]): Offer[] {
    const kinds = new Set(targets.map(({ kind }) => kind));
    return operations
      .filter(({ on }) => [...kinds].every((kind) => on.includes(kind)))
      .map((operation) => {
        const { id, title, about, many } = operation;
        const refusal =
          runner.readOnly ??
          (targets.length > 1 && !many
            ? 'takes one at a time'
            : operation.refuse(world(), { operation: id, targets, values: {} }));
        return { id, title, about, refusal };
      });
  }

  function close(): void {
    open?.stop();
    open = undefined;
  }

  function put(operation: Operation, request: Request): void {
    close();
    open = { request, operation, asked: 0, sending: false, stop: () => {} };
    store.setState({
      operating: {
        request,
        title: operation.title,
        about: operation.about,
        stage: 'reading',
        entries: entriesOf(operation, world(), request),
        kubectl: [],
        answers: [],
        moved: [],
        written: [],
      },
    });
  }

  function start(operation: Operation, request: Request): void {
    put(operation, request);
    const mine = open!;
    mine.stop = runner.watch(request, (answer) => {
      if (open === mine) take(mine, answer);
    });
  }

  /** A new plan, or a new reason against it, for the operation on screen. */
  function take(mine: Open, answer: Prepared | Refused): void {
    if (mine.sending || mine.sentId !== undefined) return;
    const entries = entriesOf(mine.operation, world(), mine.request);
    if (isRefused(answer)) {
      mine.prepared = undefined;
      mine.rehearsed = undefined;
      mine.asked += 1;
      unconfirm('it is refused now: read why');
      show({ stage: 'refused', refusal: answer.refused, plan: undefined, answers: [], kubectl: [], entries });
      return;
    }
    const known = mine.prepared && essence(mine.prepared.plan) === essence(answer.plan);
    mine.prepared = answer;
    if (known) return;
    const moved = mine.read ? movedBetween(mine.read.plan, answer.plan) : [];
    if (mine.read) unconfirm('it has changed: read it again');
    mine.read = answer;
    const { plan } = answer;
    const { namespace, freshness } = sight.picture();
    const kubectl = plan.steps.map((step) => {
      const { kind } = step.write;
      return kubectlOf(step, namespace, freshness[kind].version ?? KINDS_TABLE[kind].versions[0]);
    });
    show({ title: plan.title, plan, refusal: undefined, moved, kubectl, entries, written: answer.already });
    void ask(mine);
  }

  /** What is being typed to confirm another plan than the one on screen must not confirm this one. */
  function unconfirm(why: string): void {
    if (store.getState().prompt?.kind !== 'confirm') return;
    store.setState({ prompt: undefined });
    notice(why);
  }

  async function ask(mine: Open): Promise<void> {
    const { prepared } = mine;
    if (!prepared) return;
    mine.asked += 1;
    const number = mine.asked;
    mine.rehearsed = undefined;
    show({ stage: 'asking', answers: [], problem: undefined });
    const rehearsed = await runner.dryRun(prepared);
    if (open !== mine || mine.asked !== number || mine.sending) return;
    mine.rehearsed = rehearsed;
    show({
      stage: rehearsed.refused === undefined ? 'ready' : 'rejected',
      problem: rehearsed.refused,
      answers: answersOf(rehearsed.steps),
      answeredAt: Date.now(),
    });
  }

  async function send(mine: Open, words: readonly string[]): Promise<void> {
    const { prepared, rehearsed } = mine;
    if (!prepared || !rehearsed) return;
    mine.sending = true;
    mine.stop();
    const written = new Set(prepared.already);
    show({ stage: 'sending', written: [...written], moved: [] });
    const result = await runner.run(prepared, rehearsed, {
      confirm: words,
      onProgress(event) {
        if (event.state === 'written') written.add(event.step);
        if (open === mine) show({ written: [...written] });
      },
    });
    mine.sending = false;
    mine.sentId = result.id;
    await refreshBroken();
    if (result.result === 'written') {
      if (open === mine) show({ stage: 'sent', written: [...written] });
      else notice(`${prepared.plan.title}: written; followed in the list of operations (o)`);
      followTray();
      return;
    }
    const why = `${result.result}: ${result.why ?? 'it did not come to its end'}`;
    if (open === mine) show({ stage: 'stopped', problem: why, written: [...written] });
    else notice(`${prepared.plan.title}: ${why}`);
  }

  function followTray(): void {
    const under = runner.tray.list();
    const tray = [...broken.map(brokenOffOf), ...[...under].reverse().map(followedOf)];
    store.setState({ tray });
    const mine = under.find(({ id }) => id === open?.sentId);
    if (mine) show({ progress: mine.progress });
  }

  async function refreshBroken(): Promise<void> {
    try {
      broken = await runner.halfDone();
    } catch (error) {
      notice(error instanceof Error ? error.message : String(error));
    }
    followTray();
  }

  /** Puts a plan on screen that was made for a broken off operation. */
  function putPrepared(id: string, answer: Prepared | Refused): void {
    const found = broken.find((one) => one.id === id)!;
    const { request } = isRefused(answer) ? found.record.began : answer;
    const operation = operations.find((one) => one.id === request.operation);
    if (!operation) {
      notice(`this metaldeck has no operation "${request.operation}"`);
      return;
    }
    put(operation, request);
    take(open!, answer);
  }

  const isOnScreen = (places: readonly Place[]) => places.some(({ screen }) => screen === 'operate');
  const stopOffers = store.subscribe((state, before) => {
    // Another screen was called up: an operation out of sight must not be one key away from being written.
    if (open && !open.sending && isOnScreen(before.places) && !isOnScreen(state.places)) {
      close();
      store.setState({ operating: undefined });
      return;
    }
    if (state.fleet === before.fleet && state.freshness === before.freshness) return;
    const place = here(state);
    if (place.screen !== 'act' || !place.marked) return;
    const offers = offersFor(place.marked);
    if (JSON.stringify(offers) !== JSON.stringify(state.offers)) store.setState({ offers });
  });
  const stopTray = runner.tray.subscribe(followTray);
  void runner.tray
    .load()
    .then(refreshBroken)
    .then(() => {
      if (broken.length > 0) {
        const count = broken.length === 1 ? 'an operation is' : `${broken.length} operations are`;
        notice(`${count} half done: o lists them, f finishes, u takes back`);
      }
    })
    .catch((error: unknown) => notice(error instanceof Error ? error.message : String(error)));

  return {
    offer: (targets) => store.setState({ offers: offersFor(targets) }),
    begin(id, targets) {
      const operation = operations.find((one) => one.id === id);
      if (!operation) return;
      close();
      start(operation, { operation: id, targets, values: initialValues(operation, world(), targets) });
    },
    enter(name, value) {
      if (!open || open.sending || open.sentId !== undefined) return;
      const { operation, request } = open;
      if (request.values[name] === value) return;
      start(operation, { ...request, values: { ...request.values, [name]: value } });
    },
    edit(name) {
      const entry = store.getState().operating?.entries.find((one) => one.name === name);
      if (!entry) return;
      const mine = open;
      options.edit(entry.value, name).then(
        (text) => {
          if (open === mine && text !== undefined) this.enter(name, text);
        },
        (error: unknown) => notice(error instanceof Error ? error.message : String(error)),
      );
    },
    ask: () => {
      if (open && !open.sending && open.sentId === undefined) void ask(open);
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
    finish(id) {
      const found = broken.find((one) => one.id === id);
      if (found) putPrepared(id, found.finish);
      else notice('it is not half done: there is nothing to finish');
    },
    takeBack(id) {
      const found = broken.find((one) => one.id === id);
      if (found) {
        putPrepared(id, found.takeBack);
        return;
      }
      const under = runner.tray.list().find((one) => one.id === id);
      const operation = operations.find((one) => one.id === under?.sent.request.operation);
      const request = under && operation?.takeBack?.(world(), under.sent);
      const back = request && operations.find((one) => one.id === request.operation);
      if (back) start(back, request);
      else notice('it cannot be taken back any more; what it wrote is in the journal');
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
      stopTray();
    },
  };
}
