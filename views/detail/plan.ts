/** What a detail screen says of a plan: nothing of its contents. */

import { timeText } from '../../src/domain/age.ts';
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { planDoubt, planStateText } from '../../src/domain/plan-words.ts';
import { planStateTone } from '../parts/cells.ts';
import { type DetailLine, field, section } from './line.ts';
import { problemLines } from './shared.ts';

export function planLines(fleet: Fleet, ref: ObjectRef, refused: string | undefined): DetailLine[] {
  const row = fleet.plans.byUid.get(ref.uid);
  if (!row) return [];
  const detail = row.detail;
  return [
    ...problemLines(row),
    ...field('type', row.type),
    ...field('state', planStateText(row.state), { tone: planStateTone(row.state) }),
    ...field(
      'judged by',
      {
        checksum: "the Secret's own checksums",
        agent: "the agent's plan-state",
        reported: planDoubt(row.state, refused),
        unknown: planDoubt(row.state, refused),
      }[row.state.source],
      { tone: 'dim' },
    ),
    ...field('host', row.host),
    ...field('last run', detail?.lastApplied === undefined ? undefined : timeText(detail.lastApplied), {
      since: detail?.lastApplied,
    }),
    ...field('failures', detail?.failureCount),
    ...field('successes', detail?.successCount),
    ...field('most failures', detail ? (detail.maxFailures ?? 'no limit: the agent tries without end') : undefined),
    ...field('plan', detail?.checksum ?? (detail ? 'empty' : undefined)),
    ...field('applied', detail?.appliedChecksum),
    ...field('failed', detail?.failedChecksum),
    ...field('size', detail?.size === undefined ? undefined : `${detail.size} bytes, not shown: it holds join tokens`),
    ...section(
      'STEPS',
      (detail?.instructions ?? []).map((name, index) => ({ id: `${index}`, label: `${index + 1}`, text: name })),
    ),
  ];
}
