/** What the keys do to guides: the plan, the session on the board, what it asks, and its next write. No rules here. */
import type { ObjectRef } from '../src/domain/fleet/rows.ts';
import type { Targets, WordField } from '../src/store/guiding.ts';
import { type Asked, here, newPlace, type Prompt, type State } from '../src/store/state.ts';
import type { Store } from '../src/store/store.ts';
import { choicesHint } from './choices.ts';
import { say } from './navigation.ts';
import { fieldHint } from './words.ts';

/** Drives sessions; the store shows where they stand. What cannot be done is said by itself. */
export interface Guides {
  /** Where a guide can go from this target. */
  choices(target: ObjectRef): Targets;
  /** What is offered to be asked of the guide of more hosts, as its line; and what there is to know before it is taken. */
  offer(target: ObjectRef): { line: string; about: string; fields: readonly WordField[] };
  /** Puts on the board what a guide would do, with nothing begun: an upgrade for a cluster, more hosts for all else. */
  plan(target: ObjectRef, to: string): void;
  /** Begins the session that is planned on the board. */
  begin(): void;
  /** Goes on with a session, and puts it on the board; one that somebody else drives is looked at. */
  resume(id: string): void;
  /** What a gate asks was said. Gives why it was not taken. */
  answer(gate: string, words: string): Promise<string | undefined>;
  hold(how: 'stage' | 'machine'): void;
  goOn(): void;
  /** The rest is to go another way. Gives why not. */
  choose(values: Readonly<Record<string, string>>): Promise<string | undefined>;
  /** Puts a write of the session on screen: read there, and confirmed there. */
  send(wish: 'next' | 'take back' | 'repair'): void;
  /** Writes the report so far into a file, and says where. */
  report(): void;
}

/** Puts the board on screen. */
export function openBoard(store: Store, target: ObjectRef | undefined): void {
  store.setState((state) => {
    if (here(state).screen === 'guide') return state;
    return { places: [...state.places, newPlace('guide', target)], help: false };
  });
}

export const isSession = ({ sessions }: State, id: string): boolean => sessions.some((one) => one.id === id);

/** Goes on with a session of the list. */
export function openSession(store: Store, guides: Guides, id: string): void {
  const found = store.getState().sessions.find((one) => one.id === id);
  openBoard(store, found?.ask.targets[0]);
  guides.resume(id);
}

/** `u` on a cluster: its session where there is one, else the question where it is to go. */
export function openGuide(store: Store, guides: Guides, target: ObjectRef): void {
  const open = store.getState().sessions.find(({ ask }) => ask.targets[0]?.uid === target.uid);
  if (open) {
    openSession(store, guides, open.id);
    return;
  }
  const choices = guides.choices(target);
  const asks = {
    what: 'to' as const,
    target,
    title: `upgrade ${target.name} to`,
    hint: choicesText(choices) || 'the matrix and the image catalog have nothing newer',
    choices,
  };
  store.setState({ prompt: { kind: 'guide', text: '', at: 0, before: '', asks }, help: false });
}

/** Where it can go, in short, and how to see the rest. */
function choicesText(choices: Asked['choices']): string {
  const named = newestOfMinors(choices);
  const all = choices.filter(({ disabled }) => disabled === undefined).length;
  return [...named, ...(all > named.length ? [`down: all ${all}`] : [])].join(' ');
}

/** Of versions, the newest first, the first of each minor that can be gone to, the nearest first: there is room for few. */
function newestOfMinors(choices: Asked['choices']): string[] {
  const minors = new Map<string, string>();
  for (const { value, disabled } of choices) {
    const minor = /^v?\d+\.\d+/.exec(value)?.[0];
    if (minor && !disabled && !minors.has(minor)) minors.set(minor, value);
  }
  return [...minors.values()].reverse();
}

/** `+` on a registration, an image, the catalog or a pool: its session where there is one, else how many hosts and where to. */
export function openHosts(store: Store, guides: Guides, target: ObjectRef): void {
  const open = store.getState().sessions.find(({ ask }) => ask.guide === 'hosts' && ask.targets[0]?.uid === target.uid);
  if (open) {
    openSession(store, guides, open.id);
    return;
  }
  const { line: text, about, fields } = guides.offer(target);
  const asks = {
    what: 'to' as const,
    target,
    title: 'more hosts',
    hint: `${about === '' ? '' : `${about}; `}enter shows the plan, esc leaves`,
    choices: [],
    fields,
  };
  store.setState({ prompt: { kind: 'guide', text, at: text.length, before: '', asks }, help: false });
}

/** Asks what a gate wants to be told. */
export function openGate(store: Store, name: string): void {
  const { course } = store.getState().guiding ?? {};
  const gates = [...(course?.gates ?? []), ...(course?.stages.flatMap((stage) => stage.gates) ?? [])];
  const gate = gates.find((each) => each.name === name && each.result !== 'pass');
  if (!gate || gate.passedBy) {
    say(store, 'it does not stand in the way');
    return;
  }
  if (gate.result === 'warn' && gate.asks === undefined) {
    say(store, 'it warns only: nothing has to be said');
    return;
  }
  if (gate.asks === undefined && gate.override === 'never') {
    say(store, `it cannot be gone through: ${gate.remedy?.text ?? gate.figure}`, 'warn');
    return;
  }
  const asks =
    gate.asks === undefined
      ? { what: 'name' as const, title: `type ${name} to go through it`, hint: 'the journal keeps it; esc leaves' }
      : { what: 'words' as const, title: 'in your words', hint: gate.asks };
  store.setState({
    prompt: { kind: 'guide', text: '', at: 0, before: '', asks: { ...asks, gate: name, choices: [] } },
    help: false,
  });
}

/** Why no order can be chosen on the board; undefined where one can. */
export function noOrder({ guiding }: State): string | undefined {
  if (guiding?.closed) return `the session is ${guiding.closed}`;
  return guiding?.order?.includes(',') ? undefined : 'there are no groups to be put into another order';
}

/** Asks for another order of the groups, beginning with the present one. */
export function openOrder(store: Store): void {
  const text = (store.getState().guiding?.order ?? '').replaceAll(',', ', ');
  const asks = {
    what: 'order' as const,
    title: 'order of the groups',
    hint: 'the first goes first; esc leaves it',
    choices: [],
  };
  store.setState({ prompt: { kind: 'guide', text, at: text.length, before: text, asks }, help: false });
}

/** Takes the line. A pasted enter says nothing. */
export function enterAsked(store: Store, prompt: Prompt, guides: Guides | undefined, together: boolean): void {
  const { asks, text } = prompt;
  const refuse = (refused: string) => store.setState({ prompt: { ...prompt, refused } });
  if (together) refuse('enter came with other keys, as in a paste: press it again');
  else if (!guides || !asks) refuse('not connected yet');
  else if (asks.what === 'to' && asks.target) {
    store.setState({ prompt: undefined });
    if (text.trim() === '') return;
    openBoard(store, asks.target);
    guides.plan(asks.target, text.trim());
  } else if (asks.what === 'order') {
    store.setState({ prompt: undefined });
    void guides.choose({ order: text }).then((why) => say(store, why ?? 'the order is changed', why ? 'warn' : 'info'));
  } else if (asks.gate !== undefined) {
    store.setState({ prompt: undefined });
    void guides.answer(asks.gate, text.trim()).then((why) => {
      if (why !== undefined) say(store, why, 'warn');
    });
  }
}

/** What stands behind the line. */
export function askedHint(state: State, prompt: Prompt): string {
  const { asks, text, picked } = prompt;
  if (asks?.fields) return `${asks.hint}. ${fieldHint(asks.fields, prompt)}`;
  const known = text !== '' || picked !== undefined ? choicesHint(state, prompt, ({ title }) => title) : '';
  return known === '' ? (asks?.hint ?? '') : known;
}

/** Does what is next: begins, answers, or puts the next write on screen. */
export function next(store: Store, guides: Guides): void {
  const { guiding, session } = store.getState();
  if (!guiding) return;
  const { course } = guiding;
  const why =
    session.readOnly ??
    (guiding.closed ? `the session is ${guiding.closed}` : undefined) ??
    guiding.refused ??
    (guiding.live && course ? undefined : (guiding.why ?? 'where it stands is being read'));
  if (why !== undefined || !course) {
    say(store, why ?? '', 'warn');
    return;
  }
  if (guiding.id === undefined) {
    guides.begin();
    return;
  }
  switch (course.next.what) {
    case 'send':
      guides.send('next');
      return;
    case 'answer':
      openGate(store, (course.next.gates.find(({ asks }) => asks !== undefined) ?? course.next.gates[0])?.name ?? '');
      return;
    case 'wait':
      say(store, `nothing is to be confirmed: ${course.next.for}`);
      return;
    case 'held':
      say(store, `${course.next.why}; p goes on`, 'warn');
      return;
    case 'repair':
      say(store, `${course.next.why}${course.next.takeBack ? '; u takes it back' : ''}`, 'warn');
      return;
    case 'end':
      say(store, 'there is nothing left to do; w writes the report');
  }
}

/** Why there is nothing to mend on the board; undefined where there is. */
export function noRepair({ guiding }: State): string | undefined {
  return guiding?.repair ? undefined : 'nothing is in trouble that an operation would mend';
}

/** Who drives the session on the board, where that is somebody else: this only looks on. */
export function drivenElsewhere({ guiding }: State): string | undefined {
  if (guiding?.lock.state !== 'other') return undefined;
  return `${guiding.lock.who ?? 'somebody else'} drives it: this only looks on`;
}

/** Why nobody may say stop from here: whoever can reach its journal may. */
export function noHold(state: State): string | undefined {
  return state.guiding?.apart || lastSaid(state) === 'held' ? drivenElsewhere(state) : undefined;
}

/** Whether the last word on the board was to hold on, or to go on. */
export function lastSaid({ guiding }: State): 'held' | 'went on' | undefined {
  return guiding?.notes.flatMap(({ note }) => (note === 'held' || note === 'went on' ? [note] : [])).at(-1);
}

/** Why nothing on the board can be taken back; undefined where something can. */
export function noWayBack({ guiding }: State): string | undefined {
  if (guiding?.back) return undefined;
  return guiding?.course?.line?.crossed
    ? 'the line is crossed: from here on forward only'
    : 'nothing of it can be taken back now';
}
