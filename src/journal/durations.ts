/** How long operations took, learnt from the journal. */
import { type Duration, spreadOf } from '../domain/durations/spread.ts';
import type { Memo, Operation } from '../operations/contract.ts';
import type { OperationRecord } from './replay.ts';

/**
 * How long operations of one sort took until they were seen to be done, for as many turns as the one that is asked about
 * takes; undefined where none was. `memo`: of that one.
 */
export function durationOf(
  records: readonly OperationRecord[],
  { id, sort, turns = () => 1 }: Pick<Operation, 'id' | 'sort' | 'turns'>,
  memo: Memo,
): Duration | undefined {
  const wanted = sort?.(memo);
  const mine = turns(memo);
  return spreadOf(
    records
      .filter(({ began: { request, plan }, outcome }) => {
        const done = request.operation === id && outcome?.outcome === 'done' && !outcome.late;
        return done && sort?.(plan.memo) === wanted;
      })
      .map(({ outcome, began: { plan } }) => Math.round((outcome!.took / turns(plan.memo)) * mine)),
  );
}
