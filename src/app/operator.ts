/** Operations between the screen and the runner: what is offered, the one that is open, and those that are followed. */
import type { Operator } from '../../hooks/operate.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Operation } from '../operations/contract.ts';
import { type HalfDone, isRefused, type Runner, type Sight } from '../runner/api.ts';
import { repeatedly } from '../runner/repeatedly.ts';
import { here, type Place } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { createDrafts } from './drafts.ts';
import { documentOf, enteredIn } from './entry-document.ts';
import type { Parts } from './guides.ts';
import { offersOf } from './offers.ts';
import { createDesk } from './open-operation.ts';
import { initialValues, lossOf, overOf } from './operating.ts';
import { createSender } from './send-operation.ts';
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
  /** Where documents that were edited are kept until they are written; absent: nowhere. */
  folder?: string;
  /** Epoch ms; default: the wall clock. */
  now?(): number;
}

/** The operator's port of a running dashboard. `stop` lets go of everything; what was sent stays in the journal. */
export function createOperator(options: OperatorOptions): Operator & Parts & { stop(): void } {
  const { store, runner, operations, sight, folder, now = Date.now } = options;
  const notice = (text: string) =>
    store.setState((state) => ({ notice: { text, tone: 'warn', until: state.now + 8_000 } }));

  const offersFor = (targets: readonly ObjectRef[]) => offersOf(operations, runner.readOnly, world(), targets);

  const desk = createDesk({ store, runner, sight, onPlan: (mine) => void sender.ask(mine) });
  const { world, start, show } = desk;
  const sender = createSender({
    store,
    runner,
    desk,
    notice,
    refresh: (id) => tray.refresh(id),
    onSent: followOpen,
    onWritten: (mine) => drafts.over(mine),
    now,
  });
  const drafts = createDrafts({ store, desk, folder, notice, now });

  /** The operation on screen follows its line in the list of those under way, and what was found out since it stopped. */
  function followOpen(): void {
    const id = desk.open()?.sentId;
    const mine = store.getState().tray.find((one) => one.id === id);
    if (id === undefined || !mine) return;
    const found = tray.broken(id);
    if (found) show({ stage: 'stopped', written: found.written, problem: lossOf(found) });
    else if (store.getState().operating?.stage === 'stopped') {
      // Its lost answer was found: it is written, and followed like any other.
      const under = runner.tray.list().find((one) => one.id === id);
      show({ stage: 'sent', written: under?.sent.written ?? [], problem: undefined });
    }
    const { progress, at, usual, overdue, final } = mine;
    show({ progress, sentAt: at, usual, overdue, final });
  }

  /** What is neither under way nor broken off any more: what became of it takes the place of why it stopped. */
  async function closeOpen(): Promise<void> {
    const mine = desk.open();
    const id = mine?.sentId;
    if (id === undefined || store.getState().operating?.stage !== 'stopped') return;
    if (store.getState().tray.some((one) => one.id === id)) return;
    const record = await runner.record(id);
    const over = record && overOf(record);
    if (over === undefined || desk.open() !== mine) return;
    show({ id: undefined, problem: over, progress: undefined });
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
    if (desk.open() && isOnScreen(before.places) && !isOnScreen(state.places)) {
      desk.close();
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
  const tray = followTray({ store, runner, operations, sight, notice, changed: followOpen, looked: closeOpen });

  return {
    offer: (targets) => store.setState({ offers: offersFor(targets) }),
    begin(id, targets, values = {}) {
      const operation = operations.find((one) => one.id === id);
      if (!operation) return;
      desk.close();
      const first = initialValues(operation, world(), targets);
      // What was given is entered; the rest holds what it held before anybody changed it.
      const initial = Object.fromEntries(Object.entries(first).filter(([name]) => !Object.hasOwn(values, name)));
      start(operation, { operation: id, targets, values: { ...first, ...values } }, { initial });
      drafts.begun();
    },
    part(request, watch, by) {
      const operation = operations.find((one) => one.id === request.operation);
      if (operation) start(operation, request, { watch, by, fixed: true });
      return operation !== undefined;
    },
    enter: desk.enter,
    edit(name) {
      const entry = store.getState().operating?.entries.find((one) => one.name === name);
      if (!entry) return;
      const mine = desk.open();
      if (entry.kind === 'editor' && entry.value === '') {
        notice('what it begins with is still being read');
        return;
      }
      options.edit(documentOf(entry), name).then(
        (text) => {
          if (desk.open() !== mine || text === undefined) return;
          // An editor that left nothing behind was broken off: taken over, the document to begin with would be lost.
          if (entry.kind === 'editor' && text.trim() === '') notice('the file came back empty: nothing was taken over');
          else {
            desk.enter(name, enteredIn(entry, text));
            if (mine) drafts.edited(mine, name, text);
          }
        },
        (error: unknown) => notice(error instanceof Error ? error.message : String(error)),
      );
    },
    ask() {
      const open = desk.open();
      if (!open || open.sending || open.sentId !== undefined || !open.prepared) return;
      // Asked for with the changes in sight: what is on screen now is what was read.
      open.read = open.prepared;
      show({ moved: [] });
      void sender.ask(open);
    },
    confirm(words) {
      if (runner.readOnly !== undefined) return runner.readOnly;
      const open = desk.open();
      if (!open?.prepared || !open.rehearsed) return 'the server has not answered the dry run yet';
      if (open.sending || open.sentId !== undefined) return 'it was written already';
      void sender.send(open, words);
      return undefined;
    },
    leave() {
      const mine = desk.open();
      if (mine && mine.sentId === undefined && store.getState().operating?.entered) drafts.over(mine);
      desk.close();
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
      followOpen();
    },
    letGo(id, why) {
      runner.leave(id, why).then(
        async () => {
          notice('let go: what is written stays, and the journal says why');
          await tray.refresh();
        },
        (error: unknown) => notice(error instanceof Error ? error.message : String(error)),
      );
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
      desk.close();
      stopOffers();
      tray.stop();
    },
  };
}
