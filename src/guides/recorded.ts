/**
 * What a session itself has kept of its stages and machines: all there is to be told of one that is over, for its clusters
 * have gone on since.
 */
import type { How, Note, Session } from './contract.ts';
import { notesOf } from './session.ts';
import { type Swap, swapsOf } from './swaps.ts';

export interface Write {
  /** Epoch ms. */
  at: number;
  by: string;
  how: How;
  /** Id in the journal of operations. */
  operation: string;
  /** How it ended, where the journal here knows. */
  outcome?: string;
}

export interface RecordedStage {
  id: string;
  title: string;
  /** When it was first seen to run, or written, and seen to be done; epoch ms. */
  began?: number;
  ended?: number;
  writes: readonly Write[];
}

export interface Recorded {
  stages: readonly RecordedStage[];
  swaps: readonly Swap[];
  /** Since when there is no way back, as it was seen; epoch ms. */
  line?: { at: number; text: string };
  /** When the last was noted, epoch ms. */
  last?: number;
}

/** `stage/ID/began`, as guides keep it with `TITLE: began`. */
const STAGE = /^stage\/(.+)\/(began|done)$/;

/** Machines that were not seen to be gone. */
function stillThere(session: Session): Set<string> {
  const uids = notesOf(session, 'saw').flatMap(({ key }) => {
    const [, uid, what] = /^machine\/[^/]+\/([^/]+)(?:\/(\w+))?$/.exec(key) ?? [];
    return uid === undefined ? [] : [{ uid, gone: what === 'going' || what === 'missed' }];
  });
  const gone = new Set(uids.flatMap(({ uid, gone: is }) => (is ? [uid] : [])));
  return new Set(uids.flatMap(({ uid }) => (gone.has(uid) ? [] : [uid])));
}

function stagesOf(session: Session): RecordedStage[] {
  const found = new Map<string, RecordedStage & { writes: Write[] }>();
  const stage = (id: string) => {
    const known = found.get(id) ?? { id, title: id, writes: [] };
    found.set(id, known);
    return known;
  };
  for (const note of session.notes as readonly Note[]) {
    if (note.note === 'sent') {
      const { at, by, how, operation } = note;
      const outcome = session.operations.get(operation)?.outcome;
      const one = stage(note.stage);
      one.writes.push({ at, by, how, operation, ...(outcome === undefined ? {} : { outcome }) });
      if (how === 'forward') one.began ??= at;
    }
    const [, id, what] = (note.note === 'saw' && STAGE.exec(note.key)) || [];
    if (note.note !== 'saw' || id === undefined) continue;
    const one = stage(id);
    one.title = note.text.replace(/: (began|done)$/, '') || id;
    if (what === 'began') one.began ??= note.at;
    else one.ended ??= note.at;
  }
  return [...found.values()];
}

/** The record of a session, in the order in which things were noted. */
export function recordedOf(session: Session): Recorded {
  const line = notesOf(session, 'saw').find(({ key }) => key.startsWith('line/'));
  const last = session.notes.at(-1)?.at;
  return {
    stages: stagesOf(session),
    swaps: swapsOf(session, stillThere(session)),
    ...(line ? { line: { at: line.at, text: line.text } } : {}),
    ...(last === undefined ? {} : { last }),
  };
}
