/** Which request a wish comes to, as the course stands. */
import type { Course } from '../guides/contract.ts';
import type { PartOf } from '../journal/entries.ts';
import type { Request } from '../operations/contract.ts';
import type { HalfDone, Refused } from '../runner/api.ts';
import type { Wish } from './types.ts';

type Wanted = { request: Request } & Omit<PartOf, 'id'>;

/** The write that is meant, or why there is none now. */
export function requestFor({ next, stages }: Course, wish: Wish): Wanted | Refused {
  if (wish === 'take back') return backFor({ next, stages });
  switch (next.what) {
    case 'send':
      return { request: next.request, stage: next.stage, how: next.how };
    case 'answer':
      return {
        refused: `${next.gates.map(({ name }) => name).join(', ')} stand${next.gates.length === 1 ? 's' : ''} in the way`,
      };
    case 'held':
      return { refused: next.why };
    case 'wait':
      return { refused: `it is under way: ${next.for}` };
    case 'repair':
      return { refused: `it failed: ${next.why}` };
    case 'end':
      return { refused: 'there is nothing left to do' };
  }
}

function backFor({ next, stages }: Pick<Course, 'next' | 'stages'>): Wanted | Refused {
  const at = stages.findIndex(({ id }) => 'stage' in next && id === next.stage);
  // A stage that has not begun takes back the one before it, where that one still lets itself be taken back.
  const reached = (at < 0 ? stages : stages.slice(0, at + 1)).toReversed();
  const stage = reached.find(({ takeBack }) => takeBack !== undefined);
  if (!stage?.takeBack) return { refused: 'nothing can be taken back any more: from here on forward only' };
  return { request: stage.takeBack, stage: stage.id, how: 'take back' };
}

/** Whether a broken off operation is the same part of the same session. */
export function isHalfDoneOf({ record }: Pick<HalfDone, 'record'>, part: PartOf): boolean {
  const mine = record.began.session;
  return mine?.id === part.id && mine.stage === part.stage && mine.how === part.how;
}
