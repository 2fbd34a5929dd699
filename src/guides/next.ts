/** What is to happen now, from where the stages stand. One rule for all guides. */
import type { Course, Gate, Next, Session, Stage } from './contract.ts';
import { heldBy, shut } from './session.ts';

/** The stage that a course is at; undefined at its end. */
export function presentStage({ stages, next }: Pick<Course, 'stages' | 'next'>): Stage | undefined {
  return 'stage' in next ? stages.find(({ id }) => id === next.stage) : undefined;
}

/** Why nothing further begins, as a sentence. */
function heldWords(session: Session): string | undefined {
  const held = heldBy(session);
  return held && `held by ${held.by}${held.why ? `: ${held.why}` : ''}`;
}

/** The gates of a stage and of the whole that stand in the way of it. */
export function shutGates(stage: Stage, gates: readonly Gate[]): Gate[] {
  return [...gates, ...stage.gates].filter(shut);
}

function underWay(session: Session, stage: Stage): Next {
  const held = heldBy(session);
  if (held?.how === 'machine' && stage.hold) {
    return { what: 'send', stage: stage.id, request: stage.hold, how: 'hold' };
  }
  if (held && stage.goOn) return { what: 'held', stage: stage.id, why: heldWords(session) ?? '' };
  if (stage.goOn) return { what: 'send', stage: stage.id, request: stage.goOn, how: 'go on' };
  const now = stage.progress.milestones.find(({ state }) => state === 'now');
  return { what: 'wait', stage: stage.id, for: now ? [now.title, now.detail].filter(Boolean).join(': ') : stage.title };
}

/** What is to happen now: stages one after the other, none before the one ahead of it is done. */
export function nextOf(session: Session, stages: readonly Stage[], gates: readonly Gate[]): Next {
  const stage = stages.find(({ state }) => state !== 'done');
  if (!stage) return { what: 'end' };
  if (stage.state === 'failed') {
    const bad = stage.progress.milestones.find(({ state }) => state === 'bad' || state === 'overtaken');
    const why = bad ? [bad.title, bad.detail].filter(Boolean).join(': ') : `${stage.title} failed`;
    return { what: 'repair', stage: stage.id, why, ...(stage.takeBack ? { takeBack: stage.takeBack } : {}) };
  }
  if (stage.state === 'running') return underWay(session, stage);
  const held = heldWords(session);
  if (held !== undefined) return { what: 'held', stage: stage.id, why: held };
  const closed = shutGates(stage, gates);
  if (closed.length > 0) return { what: 'answer', stage: stage.id, gates: closed };
  if (stage.request) return { what: 'send', stage: stage.id, request: stage.request, how: 'forward' };
  return { what: 'wait', stage: stage.id, for: stage.title };
}

/**
 * The names that the writes still to come want typed, each once, as far as they are foreseen: what replaces machines or
 * changes the network of a cluster wants the name of what it writes to.
 */
export function namesToCome({ stages, next }: Pick<Course, 'stages' | 'next'>): string[] {
  const coming = stages.filter(({ id, state, outline }) => {
    const sends = next.what === 'send' && next.how === 'forward' && next.stage === id;
    return sends || ((state === 'next' || state === 'todo') && outline.length > 0);
  });
  return [...new Set(coming.flatMap(({ request }) => request?.targets.map(({ name }) => name) ?? []))];
}
