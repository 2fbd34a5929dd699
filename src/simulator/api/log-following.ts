/**
 * Until when a log is followed: a kubelet hands on what one run of a container writes, and ends with it
 * (k8s.io/cri-client/pkg/logs: "Only keep following container log when it is running").
 */

import { isMirror } from '../controllers/mirror.ts';
import type { Core } from './core.ts';
import { keyOf } from './store.ts';
import { isRecord, type KubeObject } from './types.ts';

/** What a container is at that somebody follows. */
export interface FollowedRun {
  /** Its Pod as it is now, or was last. */
  pod: KubeObject;
  /** Whether its run is the one before the last by now. */
  previous: boolean;
  /** Whether nothing more will come. */
  ended: boolean;
  /** Whether its kubelet hands nothing on at the moment. */
  silent: boolean;
}

const nodeOf = (pod: KubeObject): string => String(pod.spec?.['nodeName'] ?? '');

/** The status of a container among those of its Pod; undefined where there is none. */
export const statusOf = ({ status }: KubeObject, container: string): Record<string, unknown> | undefined =>
  ['containerStatuses', 'initContainerStatuses']
    .flatMap((key) => status?.[key] ?? [])
    .filter(isRecord)
    .find(({ name }) => name === container);

/** When a run of a container began, as `which` (`state` or `lastState`) says in `key`. */
function begun(pod: KubeObject, container: string, which: string, key: string): unknown {
  const state = statusOf(pod, container)?.[which];
  const told = isRecord(state) ? state[key] : undefined;
  return isRecord(told) ? told['startedAt'] : undefined;
}

/** Follows the run of a container that its Pod tells of now: the answer looks at it again each time it is called. */
export function followRun(core: Core, pod: KubeObject, container: string): () => FollowedRun {
  const since = begun(pod, container, 'state', 'running');
  const host = nodeNamed(core, nodeOf(pod));
  let last = pod;
  return () => {
    const { found, gone } = podAgain(core, last);
    last = found;
    const node = nodeNamed(core, nodeOf(pod));
    const is = (which: string, key: string) => since !== undefined && begun(last, container, which, key) === since;
    const previous = is('lastState', 'terminated');
    // Another boot is another kubelet: it knows nothing of who followed before.
    const lost = host !== undefined && (node?.uid !== host.uid || node?.boot !== host.boot);
    const ended = gone || lost || !is('state', 'running');
    return { pod: last, previous, ended, silent: lost || node?.ready === 'Unknown' };
  };
}

/** A Pod as it is, or was when it was removed; `gone`: another may have its name by now. */
function podAgain(core: Core, pod: KubeObject): { found: KubeObject; gone: boolean } {
  const { name, namespace = '', uid } = pod.metadata;
  const pods = core.resources.find(({ plural, group }) => plural === 'pods' && group === '')!;
  const stored = core.store.get(pods, keyOf(namespace, name))?.object;
  // A mirror that is made again is still of the same containers.
  const isAgain = stored !== undefined && isMirror(pod) && isMirror(stored);
  if (stored && (stored.metadata.uid === uid || isAgain)) return { found: stored, gone: false };
  const removed = core.removed?.of('pods').findLast(({ object }) => object.metadata.uid === uid);
  return { found: removed?.object ?? pod, gone: true };
}

function nodeNamed(core: Core, name: string) {
  const nodes = core.resources.find(({ plural, group }) => plural === 'nodes' && group === '');
  const node = nodes && core.store.get(nodes, name)?.object;
  if (!node) return undefined;
  const { nodeInfo, conditions } = node.status ?? {};
  const all = (Array.isArray(conditions) ? conditions : []).filter(isRecord);
  const boot = isRecord(nodeInfo) ? nodeInfo['bootID'] : undefined;
  return { uid: node.metadata.uid, boot, ready: all.find(({ type }) => type === 'Ready')?.['status'] };
}
