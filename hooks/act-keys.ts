/** The keys that act: what can be done, marks, and the operation on screen. Only these lead to a write. */
import { here, type State } from '../src/store/state.ts';
import type { Binding } from './binding.ts';
import { noWayBack } from './guide.ts';
import { openLetGo } from './let-go.ts';
import { move, say } from './navigation.ts';
import { confirm, notReady, openActs, refuseConfirm, settle, toggleMark } from './operate.ts';

/** Screens of operations: they have a target, and are no detail of it. */
export const OPERATING: readonly string[] = ['act', 'operate', 'tray', 'guide'];

const on = (screen: string, why: string) => (state: State) => (here(state).screen === screen ? undefined : why);
const noWriting = (state: State) => state.session.readOnly;

/** Only what was sent can be finished or taken back. */
function canSettle(state: State): string | undefined {
  const { screen } = here(state);
  if (screen === 'tray') return state.tray.length > 0 ? undefined : 'no operation is under way';
  if (screen === 'guide') return noWayBack(state) ?? 'on the board its stage is taken back';
  if (screen !== 'operate') return 'only in the list of operations: o opens it';
  const sent = state.operating?.id !== undefined && state.operating.stage !== 'sending';
  return sent ? undefined : 'nothing of it was written';
}

function noHalf({ tray, operating, places }: State): string | undefined {
  const half =
    places.at(-1)?.screen === 'tray' ? tray.some(({ state }) => state === 'half done') : operating?.stage === 'stopped';
  return half ? undefined : 'nothing is half done: there is nothing to finish';
}

/** Of a list only the line under the cursor is asked: it is the one that would be taken back. */
function isFinal({ tray, sessions, operating, places }: State): string | undefined {
  const place = places.at(-1);
  // Sessions stand above the operations.
  const lines = [...sessions, ...tray].map(({ id }) => id);
  const line = lines.find((id) => id === place?.cursor) ?? lines[place?.index ?? 0];
  if (place?.screen === 'tray' && sessions.some(({ id }) => id === line))
    return 'it is a session: enter opens its board, where its stage is taken back';
  const followed = tray.find(({ id }) => id === line);
  const { final } = (place?.screen === 'tray' ? followed : operating) ?? {};
  return final;
}

export const ACTS: readonly Binding[] = [
  {
    id: 'act',
    keys: ['a'],
    title: 'what can be done with the row or the marked rows',
    bar: 'act',
    group: 'Act',
    disabled: (state) =>
      here(state).screen === 'output'
        ? 'output is for reading: esc goes back to what can be acted on'
        : OPERATING.includes(here(state).screen)
          ? 'an operation is open already'
          : undefined,
    run: (c) =>
      c.operator
        ? openActs(c.store, c.lists, c.operator)
        : say(c.store, 'not connected yet: nothing can be done before'),
  },
  {
    id: 'mark',
    keys: [' '],
    title: 'mark the row for an operation on several; esc unmarks',
    group: 'Act',
    disabled: (state) =>
      here(state).ref || OPERATING.includes(here(state).screen) ? 'only rows of a list can be marked' : undefined,
    run: (c) => {
      toggleMark(c.store, c.lists);
      move(c.store, c.lists, 1);
    },
  },
  {
    id: 'confirm',
    keys: ['y'],
    title: 'yes, write it; what cannot be undone asks for words',
    bar: 'yes, write',
    group: 'Act',
    alone: true,
    disabled: (state) =>
      on('operate', 'no operation is open: a lists them')(state) ??
      noWriting(state) ??
      (state.operating && notReady(state.operating)),
    run: (c) => c.operator && confirm(c.store, c.operator),
    refuse: (c, why) => refuseConfirm(c.store, why),
  },
  {
    id: 'ask',
    keys: ['d'],
    title: 'ask the server again, without writing (dry run)',
    bar: 'dry run',
    group: 'Act',
    disabled: (state) =>
      on('operate', 'no operation is open: a lists them')(state) ??
      (state.operating?.plan ? undefined : 'there is nothing to ask the server yet') ??
      (['sending', 'sent', 'stopped'].includes(state.operating?.stage ?? '') ? 'it was sent already' : undefined),
    run: (c) => c.operator?.ask(),
  },
  {
    id: 'copy',
    keys: ['c'],
    title: 'copy the same writes as kubectl commands',
    bar: 'copy',
    group: 'Act',
    disabled: (state) =>
      on('operate', 'no operation is open: a lists them')(state) ??
      (state.operating?.kubectl.length ? undefined : 'there is nothing to copy yet'),
    run: (c) => c.operator && say(c.store, c.operator.copy()),
  },
  {
    id: 'finish',
    keys: ['f'],
    title: 'finish an operation that stopped half way',
    bar: 'finish',
    group: 'Act',
    alone: true,
    disabled: (state) => canSettle(state) ?? noHalf(state) ?? noWriting(state),
    run: (c) => c.operator && settle(c.store, c.lists, c.operator, 'finish'),
  },
  {
    id: 'take-back',
    keys: ['u'],
    title: 'take an operation back, where that can be done',
    bar: 'take back',
    group: 'Act',
    alone: true,
    disabled: (state) => canSettle(state) ?? isFinal(state) ?? noWriting(state),
    run: (c) => c.operator && settle(c.store, c.lists, c.operator, 'takeBack'),
  },
  {
    id: 'let-go',
    keys: ['x'],
    title: 'let go of an operation that stopped half way: what is written stays; asks why',
    bar: 'let go',
    group: 'Act',
    alone: true,
    disabled: (state) => canSettle(state) ?? noHalf(state) ?? noWriting(state),
    run(c) {
      const why = openLetGo(c);
      if (why !== undefined) say(c.store, why, 'warn');
    },
  },
];
