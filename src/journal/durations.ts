/** How long operations took, learnt from the journal. */
import { type Duration, spreadOf } from '../domain/durations/spread.ts';
import type { OperationRecord } from './replay.ts';

/** How long operations of one sort took until they were seen to be done; undefined where none was. */
export function durationOf(records: readonly OperationRecord[], operation: string): Duration | undefined {
  return spreadOf(
    records
      .filter(({ began, outcome }) => began.request.operation === operation && outcome?.outcome === 'done')
      .map(({ outcome }) => outcome!.took),
  );
}
