/** What keeps a stage that is under way, in the words of `explain`, wherever the cause is. One rule for all guides. */
import { explain } from '../domain/explain/explain.ts';
import { NOTHING_SEEN } from '../domain/explain/facts.ts';
import type { Explanation } from '../domain/explain/types.ts';
import type { ObjectRef } from '../domain/fleet/rows.ts';
import type { Course, Known, Stage, Turn } from './contract.ts';

/** What a way goes through as it should: between a control plane and its workers no worker can be made. */
const ON_THE_WAY: readonly string[] = ['workers-behind'];

function firstOf(
  { fleet, now, learnt, seen = NOTHING_SEEN }: Known,
  refs: readonly (ObjectRef | undefined)[],
): Explanation | undefined {
  for (const ref of refs) {
    const found = ref && explain(fleet, ref, now, { ...seen, learnt });
    if (found && !ON_THE_WAY.includes(found.id)) return found;
  }
  return undefined;
}

/** What a machine is at, where something is wrong with it: the cause is named unless it is the machine or its host. */
function doingOf({ old, fresh }: Turn, { root, short }: Explanation): string {
  const own = [old?.name, old?.host, fresh?.name, fresh?.host];
  return own.includes(root.name) ? short : `${root.name}: ${short}`;
}

function turnWith(known: Known, turn: Turn): Turn {
  if (turn.state !== 'now' && turn.state !== 'bad') return turn;
  const trouble = firstOf(known, [turn.fresh?.ref, turn.old?.ref]);
  if (!trouble) return turn;
  // What the machine itself says is bad stays its word.
  if (turn.state === 'bad') return { ...turn, trouble };
  return { ...turn, trouble, doing: doingOf(turn, trouble), ...(trouble.severity === 'bad' ? { state: 'bad' } : {}) };
}

function stageWith(known: Known, stage: Stage): Stage {
  if (stage.state !== 'running' && stage.state !== 'failed') return stage;
  const turns = stage.turns.map((turn) => turnWith(known, turn));
  const found = turns.flatMap(({ trouble }) => trouble ?? []);
  const trouble = found.find(({ severity }) => severity === 'bad') ?? found[0] ?? firstOf(known, [stage.about]);
  return { ...stage, turns, ...(trouble ? { trouble } : {}) };
}

/** A course with what is wrong where it is under way; a turn is `bad` while that will hardly pass by itself. */
export function withTrouble(known: Known, course: Course): Course {
  return { ...course, stages: course.stages.map((stage) => stageWith(known, stage)) };
}
