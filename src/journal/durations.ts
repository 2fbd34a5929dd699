/** How long operations took, learnt from the journal. */
import { type Duration, spreadOf } from '../domain/durations/spread.ts';
import type { Memo, Operation } from '../operations/contract.ts';
import type { OperationRecord } from './replay.ts';

/**
 * How long operations of one sort took until they were seen to be done; undefined where none was. `memo`: of the one
 * that is asked about.
 */
export function durationOf(
  records: readonly OperationRecord[],
  { id, sort }: Pick<Operation, 'id' | 'sort'>,
  memo: Memo,
): Duration | undefined {
  const wanted = sort?.(memo);
  return spreadOf(
    records
      .filter(({ began: { request, plan }, outcome }) => {
        const done = request.operation === id && outcome?.outcome === 'done';
        return done && sort?.(plan.memo) === wanted;
      })
      .map(({ outcome }) => outcome!.took),
  );
}
