/** Pods that come again. */

import type { KubeObject } from '../../api/types.ts';
import { isRecord } from '../../api/types.ts';
import { isMirror } from '../../controllers/mirror.ts';
import { Random } from '../../controllers/random.ts';
import { timestamp } from '../../controllers/time.ts';

/** A Pod made anew at `now`, Unix time in ms, by what owns it: of a static Pod only its mirror. `chance` tells it from others. */
export function reborn(pod: KubeObject, now: number, chance: string): KubeObject {
  const { metadata, spec, status } = pod;
  const random = new Random('reborn', chance);
  const at = timestamp(now);
  const uid = random.uuid();
  const mirror = isMirror({ metadata });
  if (mirror) return { ...pod, metadata: { ...metadata, uid, creationTimestamp: at } };
  const name = metadata.name.replace(/[^-]+$/, random.suffix());
  const since = (list: unknown, times: Record<string, unknown>) =>
    Array.isArray(list) ? list.map((one) => (isRecord(one) ? { ...one, ...times } : one)) : list;
  return {
    ...pod,
    metadata: { ...metadata, name, uid, creationTimestamp: at },
    spec,
    status: {
      ...status,
      startTime: at,
      conditions: since(status?.['conditions'], { lastTransitionTime: at }),
      containerStatuses: since(status?.['containerStatuses'], {
        ...{ restartCount: 0, state: { running: { startedAt: at } }, lastState: {} },
      }),
    },
  };
}
