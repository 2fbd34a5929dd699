import { formatDuration } from '../../age.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import type { MachineFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { machineRef } from '../lookup.ts';
import { kubectlIn } from '../steps.ts';
import type { Failure } from '../types.ts';
import { stageOf } from './deletion.ts';

export const volumesAttached: Failure<MachineFacts> = {
  id: 'volumes-attached',
  test({ row, now }) {
    const at = stageOf(row);
    if (at?.stage !== 'volumes') return undefined;
    const since = at.condition?.since ?? row.machine?.deleting;
    const severity = lateness(since, LIMITS.deletion, now);
    return severity && { severity, text: 'volumes are not detached', since };
  },
  tell({ row, cluster }) {
    const of = machineRef(row);
    const limit = row.machine?.detachLimit ?? 0;
    return {
      what: `The deletion of ${row.name} waits for volumes to be detached from its node${limit > 0 ? '' : ', and nothing limits the wait'}.`,
      evidence: [
        conditionOf(of, stageOf(row)?.condition),
        fieldOf(of, 'spec.nodeVolumeDetachTimeout', limit > 0 ? formatDuration(limit) : 'none'),
      ],
      causes: [
        'the storage driver does not detach: its controller or the storage itself is down',
        'a VolumeAttachment was left behind',
      ],
      next: [
        {
          text: `see what is attached (in ${cluster?.name ?? 'the workload cluster'})`,
          command: kubectlIn(cluster?.object, 'get', 'volumeattachments'),
        },
      ],
    };
  },
};
