/** Which request a wish comes to, as the course stands. */
import { wayBack } from '../guides/back.ts';
import type { Course } from '../guides/contract.ts';
import { repairOf } from '../guides/repair.ts';
import type { PartOf } from '../journal/entries.ts';
import type { Request } from '../operations/contract.ts';
import type { HalfDone, Refused } from '../runner/api.ts';
import type { Wish } from './types.ts';

type Wanted = { request: Request } & Omit<PartOf, 'id'>;

/** The wish that led to a write. */
export function wishOf(how: PartOf['how']): Wish {
  return how === 'take back' || how === 'repair' ? how : 'next';
}

/** The write that is meant, or why there is none now. */
export function requestFor(course: Course, wish: Wish): Wanted | Refused {
  if (wish === 'take back') return backFor(course);
  if (wish === 'repair') {
    const repair = repairOf(course);
    return repair ? { ...repair, how: 'repair' } : { refused: 'nothing is in trouble that an operation would mend' };
  }
  const { next } = course;
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

function backFor(course: Pick<Course, 'stages' | 'line'>): Wanted | Refused {
  const stage = wayBack(course);
  if (stage?.takeBack) return { request: stage.takeBack, stage: stage.id, how: 'take back' };
  const why = course.line?.crossed
    ? `from here on forward only: ${course.line.text} is there`
    : 'nothing of it can be taken back now';
  return { refused: why };
}

/** Whether a broken off operation is the same part of the same session. */
export function isHalfDoneOf({ record }: Pick<HalfDone, 'record'>, part: PartOf, request: Request): boolean {
  const { session: mine, request: its } = record.began;
  return mine?.id === part.id && mine.stage === part.stage && mine.how === part.how && isSame(its, request);
}

/** The same operation on the same objects. */
export function isSame(a: Request, b: Request): boolean {
  const targets = ({ targets: all }: Request) => all.map(({ uid }) => uid).join();
  return a.operation === b.operation && targets(a) === targets(b);
}
