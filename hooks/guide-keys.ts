/** The keys of guides: `u` on a cluster, and those of the board. */
import { here, type State } from '../src/store/state.ts';
import type { Binding, KeyContext } from './binding.ts';
import {
  drivenElsewhere,
  type Guides,
  lastSaid,
  next,
  noHold,
  noOrder,
  noRepair,
  noWayBack,
  openGate,
  openGuide,
  openHosts,
  openOrder,
} from './guide.ts';
import type { Lists } from './lists.ts';
import { openSelected, say } from './navigation.ts';

const onBoard = (state: State) => (here(state).screen === 'guide' ? undefined : 'only on the board of a guide');
/** Where the session may be written from here. */
const drivenHere = (state: State) => onBoard(state) ?? state.session.readOnly ?? drivenElsewhere(state);

/** The cluster that `u` is about. */
function clusterHere(state: State, lists?: Lists) {
  const { screen, ref } = here(state);
  if (ref) return ref.kind === 'cluster' && screen === 'detail' ? ref : undefined;
  const selected = screen === 'clusters' || screen === 'tree' ? lists?.selected(state) : undefined;
  const found = selected && !selected.gone ? selected.screen.target(selected.row) : undefined;
  return found?.kind === 'cluster' ? found : undefined;
}

function onCluster(state: State): string | undefined {
  const { screen, ref, yaml } = here(state);
  if (yaml) return 'YAML is for reading: esc goes back';
  const fine = ref ? ref.kind === 'cluster' && screen === 'detail' : screen === 'clusters' || screen === 'tree';
  return fine ? undefined : 'only a cluster is upgraded: put the cursor on one';
}

/** What `+` is about. */
function hostsHere(state: State, lists?: Lists) {
  const { screen, ref } = here(state);
  const fits = (target: typeof ref) =>
    target && ['registration', 'seedImage', 'pool', 'catalog'].includes(target.kind) ? target : undefined;
  if (ref) return screen === 'detail' ? fits(ref) : undefined;
  const selected = lists?.selected(state);
  return selected && !selected.gone ? fits(selected.screen.target(selected.row)) : undefined;
}

function onHosts(state: State): string | undefined {
  const { screen, ref, yaml } = here(state);
  if (yaml) return 'YAML is for reading: esc goes back';
  const fine = ref ? screen === 'detail' && hostsHere(state) : screen === 'onboarding' || screen === 'pools';
  return fine ? undefined : 'put the cursor on a registration, a seed image, the catalog or a pool';
}

/** With the port, or said that there is none. */
const withGuides = (run: (guides: Guides, context: KeyContext) => void) => (context: KeyContext) =>
  context.guides ? run(context.guides, context) : say(context.store, 'not connected yet: nothing can be done before');

/** Before the moves: on the board enter answers gates. */
export const ON_BOARD: readonly Binding[] = [
  {
    id: 'guide-open',
    keys: ['enter', 'right', 'l'],
    title: 'on the board: answer the gate, or open the machine or host',
    group: 'Move',
    disabled: onBoard,
    run({ store, lists }) {
      const row = lists.selected(store.getState())?.row as { gate?: string } | undefined;
      const state = store.getState();
      if (row?.gate === undefined || state.guiding?.id === undefined) return openSelected(store, lists);
      const why = drivenElsewhere(state);
      if (why === undefined) openGate(store, row.gate);
      else say(store, why);
    },
  },
];

export const GUIDING: readonly Binding[] = [
  {
    id: 'upgrade',
    keys: ['u'],
    title: 'upgrade the cluster: the plan, and the session',
    bar: 'upgrade',
    group: 'Act',
    disabled: onCluster,
    run: withGuides((guides, { store, lists }) => {
      const target = clusterHere(store.getState(), lists);
      if (target) openGuide(store, guides, target);
      else say(store, 'only a cluster is upgraded: put the cursor on one');
    }),
  },
  {
    id: 'more-hosts',
    keys: ['+'],
    title: 'more hosts: ISO, registration, pool and group, as one guide',
    bar: 'more hosts',
    group: 'Act',
    disabled: onHosts,
    run: withGuides((guides, { store, lists }) => {
      const target = hostsHere(store.getState(), lists);
      if (target) openHosts(store, guides, target);
      else say(store, 'put the cursor on a registration, a seed image, the catalog or a pool');
    }),
  },
  {
    id: 'guide-next',
    keys: ['y'],
    title: 'on the board: begin, answer what is asked, or read the next write',
    bar: 'next',
    group: 'Act',
    on: 'guide',
    alone: true,
    disabled: drivenHere,
    run: withGuides((guides, { store }) => next(store, guides)),
  },
  {
    id: 'guide-hold',
    keys: ['p'],
    title: 'on the board: hold on before the next machine, or go on',
    bar: 'hold/go on',
    group: 'Act',
    on: 'guide',
    alone: true,
    disabled: (state) => onBoard(state) ?? state.session.readOnly ?? noHold(state),
    run: withGuides((guides, { store }) => {
      if (lastSaid(store.getState()) === 'held') guides.goOn();
      else guides.hold('machine');
    }),
  },
  {
    id: 'guide-hold-stage',
    keys: ['P'],
    title: 'on the board: hold on before the next stage',
    group: 'Act',
    on: 'guide',
    alone: true,
    disabled: (state) =>
      onBoard(state) ?? state.session.readOnly ?? (state.guiding?.apart ? drivenElsewhere(state) : undefined),
    run: withGuides((guides) => guides.hold('stage')),
  },
  {
    id: 'guide-back',
    keys: ['u'],
    title: 'on the board: take the stage back, before the line',
    bar: 'take back',
    group: 'Act',
    alone: true,
    on: 'guide',
    disabled: (state) => drivenHere(state) ?? noWayBack(state),
    run: withGuides((guides) => guides.send('take back')),
  },
  {
    id: 'guide-order',
    keys: ['m'],
    title: 'on the board: move groups, into another order',
    bar: 'order',
    group: 'Act',
    on: 'guide',
    disabled: (state) => drivenHere(state) ?? noOrder(state),
    run: ({ store }) => openOrder(store),
  },
  {
    id: 'guide-repair',
    keys: ['R'],
    title: 'on the board: read the operation that mends what is in trouble, as replacing its machine',
    bar: 'repair',
    group: 'Act',
    alone: true,
    on: 'guide',
    disabled: (state) => drivenHere(state) ?? noRepair(state),
    run: withGuides((guides) => guides.send('repair')),
  },
  {
    id: 'guide-report',
    keys: ['w'],
    title: 'on the board: write the report so far into a file',
    bar: 'report',
    group: 'Act',
    disabled: onBoard,
    run: withGuides((guides) => guides.report()),
  },
];
