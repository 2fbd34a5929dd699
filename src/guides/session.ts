/** What the journal of a session says about one thing: shared by all guides. */
import type { Gate, Note, Session, SessionOperation, Unsigned } from './contract.ts';

type Of<N extends Note['note']> = Extract<Note, { note: N }>;

/** The notes of one sort, in their order. */
export function notesOf<N extends Note['note']>({ notes }: Session, sort: N): Of<N>[] {
  return notes.filter((note): note is Of<N> => note.note === sort);
}

/**
 * Notes in the order of their times, each fact once and as it was seen first, each operation once: those of several
 * journals have come together in one.
 */
export function inTime(notes: readonly Note[]): Note[] {
  const seen = new Set<string>();
  return [...notes]
    .sort((a, b) => a.at - b.at)
    .filter((note) => {
      const once = note.note === 'saw' ? note.key : note.note === 'sent' ? `sent/${note.operation}` : undefined;
      if (once === undefined) return true;
      return !seen.has(once) && seen.add(once);
    });
}

/** A session that has not begun: what is planned on paper. */
export function onlyPlanned(ask: Session['ask']): Session {
  return { ask, notes: [], operations: new Map() };
}

/** The values of the ask, with what was chosen otherwise since. */
export function valuesOf(session: Session): Readonly<Record<string, string>> {
  return Object.assign({}, session.ask.values, ...notesOf(session, 'chose').map(({ values }) => values));
}

/** Whether somebody wants it to stand still now, and how far. */
export function heldBy({ notes }: Session): Of<'held'> | undefined {
  const last = notes.findLast(({ note }) => note === 'held' || note === 'went on');
  return last?.note === 'held' ? last : undefined;
}

/** A gate with what was said about it: words it asks for, or its own name. */
export function answered(session: Session, gate: Gate): Gate {
  const words = notesOf(session, 'confirmed').findLast((note) => note.gate === gate.name);
  if (words && gate.asks !== undefined) {
    return { ...gate, result: 'pass', passedBy: { by: words.by, at: words.at, words: words.words } };
  }
  const typed = notesOf(session, 'overrode').findLast((note) => note.gate === gate.name);
  // What was gone through was what it showed then: another figure is another matter.
  if (!typed || gate.override === 'never' || typed.figure !== gate.figure || !blocks(gate)) return gate;
  return { ...gate, passedBy: { by: typed.by, at: typed.at, words: gate.name } };
}

/** Whether a gate is of the sort that stands in the way, whether or not somebody went through it. */
export function blocks({ result }: Gate): boolean {
  return result === 'block' || result === 'unknown';
}

/** Whether a gate stands in the way now. */
export function shut(gate: Gate): boolean {
  return blocks(gate) && gate.passedBy === undefined;
}

/** What of `wanted` the session's journal does not hold yet. */
export function unkept<T extends Extract<Unsigned, { note: 'saw' }>>(session: Session, wanted: readonly T[]): T[] {
  const known = new Set(notesOf(session, 'saw').map(({ key }) => key));
  return wanted.filter(({ key }) => !known.has(key));
}

/** The operations a session has sent for a stage, in their order. */
export function sentFor(session: Session, stage: string, how: Of<'sent'>['how'] = 'forward'): SessionOperation[] {
  return notesOf(session, 'sent')
    .filter((note) => note.stage === stage && note.how === how)
    .flatMap(({ operation }) => session.operations.get(operation) ?? []);
}
