/** Who has written what of the status of a Node that was put into the world ready made. */

import { type FieldSet, isRecord, type KubeObject } from '../api/types.ts';
import { cluster, networkDaemon } from './writers.ts';

const kubelet = 'kubelet';
const beat = 'f:lastHeartbeatTime';

type Condition = Record<string, unknown>;

const conditionsOf = ({ status }: KubeObject): Condition[] =>
  (Array.isArray(status?.['conditions']) ? status['conditions'] : []).filter(isRecord);
const isOfNetwork = ({ type }: Condition): boolean => type === 'NetworkUnavailable';
/** What the node lifecycle controller calls unknown of one whose kubelet is silent. */
const isLost = (one: Condition): boolean => one['status'] === 'Unknown' && !isOfNetwork(one);

/**
 * The fields of a Node's status by who owns them, of all that it has. What a kubelet registers its Node with is nobody's: the server lets a
 * creation own no status. Later it tells that it lives, and that it is ready. Source: k8s.io/kubernetes, pkg/registry/core/node/strategy.go.
 */
export function nodeStatus(object: KubeObject, all: FieldSet): Map<string, FieldSet> {
  const owned = new Map<string, FieldSet>();
  const give = (writer: string, type: unknown, set: FieldSet) => {
    if (Object.keys(set).length === 0) return;
    const before = owned.get(writer) ?? {};
    const key = `k:${JSON.stringify({ type })}`;
    owned.set(writer, { ...before, 'f:conditions': { ...before['f:conditions'], [key]: set } });
  };
  for (const one of conditionsOf(object)) {
    const { type } = one;
    const set = all['f:conditions']?.[`k:${JSON.stringify({ type })}`] ?? {};
    const { '.': _itself, 'f:type': _type, [beat]: beats, ...told } = set;
    if (isOfNetwork(one)) give(networkDaemon, type, set);
    else if (isLost(one)) give(cluster, type, told);
    if (beats && !isOfNetwork(one)) {
      give(kubelet, type, type === 'Ready' && !isLost(one) ? { [beat]: beats, ...told } : { [beat]: beats });
    }
  }
  if (all['f:images']) owned.set(kubelet, { ...owned.get(kubelet), 'f:images': all['f:images'] });
  return owned;
}

/** When one of those has told of a Node last, as Kubernetes writes it. */
export function nodeSaid(object: KubeObject, writer: string): string | undefined {
  const times = conditionsOf(object).map((one) => {
    if (writer === networkDaemon) return isOfNetwork(one) ? one['lastTransitionTime'] : '';
    if (writer === cluster) return isLost(one) ? one['lastTransitionTime'] : '';
    if (isOfNetwork(one)) return '';
    const turned = isLost(one) ? '' : String(one['lastTransitionTime'] ?? '');
    const beaten = String(one['lastHeartbeatTime'] ?? '');
    return turned > beaten ? turned : beaten;
  });
  return times.map(String).sort().at(-1) || undefined;
}

/** Since when a Node is ready, or not, as Kubernetes writes it. */
export const readySince = (object: KubeObject): string | undefined => {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  return ready && String(ready['lastTransitionTime']);
};
