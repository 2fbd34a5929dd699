import { at, bool, get, list, name, rec, time, word } from '../read.ts';
import type { Node } from '../workload.ts';
import { readConditions, withConditions } from './conditions.ts';

const ROLE = 'node-role.kubernetes.io/';
const LIST_CAP = 64;

/**
 * A Node of a workload cluster; `undefined` without uid or name. Images, labels and heartbeats are left out: they are
 * most of a Node, and change by themselves.
 */
export function projectNode(raw: unknown): Node | undefined {
  const meta = rec(get(raw, 'metadata'));
  const [uid, own] = [name(get(meta, 'uid')), name(get(meta, 'name'))];
  if (uid === undefined || own === undefined) return undefined;
  const spec = get(raw, 'spec');
  const status = get(raw, 'status');
  const info = get(status, 'nodeInfo');
  return withConditions(
    {
      kind: 'node' as const,
      uid,
      name: own,
      created: time(get(meta, 'creationTimestamp')),
      deleting: time(get(meta, 'deletionTimestamp')),
      roles: Object.keys(rec(get(meta, 'labels')))
        .filter((key) => key.startsWith(ROLE))
        .flatMap((key) => word(key.slice(ROLE.length)) ?? [])
        .slice(0, LIST_CAP),
      providerId: name(get(spec, 'providerID')),
      unschedulable: bool(get(spec, 'unschedulable')) ?? false,
      taints: list(get(spec, 'taints'), LIST_CAP).flatMap((taint) => {
        const key = word(get(taint, 'key'));
        if (key === undefined) return [];
        const since = time(get(taint, 'timeAdded'));
        const effect = word(get(taint, 'effect'));
        return [{ key, value: word(get(taint, 'value')), effect, ...(since === undefined ? {} : { since }) }];
      }),
      addresses: list(get(status, 'addresses'), LIST_CAP).flatMap((each) =>
        get(each, 'type') === 'InternalIP' ? (word(get(each, 'address')) ?? []) : [],
      ),
      kubeletVersion: word(get(info, 'kubeletVersion')),
      runtimeVersion: word(get(info, 'containerRuntimeVersion')),
      kernelVersion: word(get(info, 'kernelVersion')),
      osImage: word(get(info, 'osImage')),
      bootId: word(at(info, 'bootID')),
    },
    readConditions(get(status, 'conditions')),
  );
}
