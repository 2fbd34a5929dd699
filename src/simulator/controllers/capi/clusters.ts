/** Tells controllers when something about a Cluster changes that everything in it must look at again. */

import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import { isPaused } from './common.ts';

/**
 * Calls `changed` with a Cluster's name when it appears, goes, is paused or resumed, or when its infrastructure or
 * control plane becomes ready: not at every other change of its status.
 */
export function onClusterTurn(rt: Runtime, changed: (cluster: string) => void): void {
  const turns = new Map<string, string>();
  rt.informer(kinds.Cluster).onChange((cluster, change) => {
    const name = cluster.metadata.name;
    const turn =
      change === 'deleted'
        ? undefined
        : [
            isPaused(cluster, cluster),
            cluster.metadata.deletionTimestamp !== undefined,
            cluster.status?.infrastructureReady,
            cluster.status?.conditions?.find(({ type }) => type === 'ControlPlaneInitialized')?.status,
          ].join();
    if (turns.get(name) === turn) return;
    if (turn === undefined) turns.delete(name);
    else turns.set(name, turn);
    changed(name);
  });
}
