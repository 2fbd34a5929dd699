/** What lists say of a Node or a Pod in a word. */

import { isRecord, type KubeObject } from '../api/types.ts';

const rolePrefix = 'node-role.kubernetes.io/';

/** The roles of a Node by its labels, in order. */
export function rolesOf({ metadata }: { metadata: { labels?: Record<string, string> } }): string[] {
  return Object.keys(metadata.labels ?? {})
    .filter((label) => label.startsWith(rolePrefix))
    .map((label) => label.slice(rolePrefix.length))
    .sort();
}

/** The status of a Node's Ready condition: `True`, `False`, `Unknown`; undefined where it has none. */
export function readyOf({ status }: { status?: unknown }): string | undefined {
  const conditions = isRecord(status) ? status['conditions'] : undefined;
  const ready = Array.isArray(conditions)
    ? conditions.find((one) => isRecord(one) && one['type'] === 'Ready')
    : undefined;
  return isRecord(ready) ? String(ready['status']) : undefined;
}

/** `Ready`, `NotReady` or `Unknown`, and whether it takes Pods. */
export function stateOf(node: KubeObject): string {
  const status = readyOf(node);
  const word = status === undefined ? 'Unknown' : status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.['unschedulable'] === true ? `${word},SchedulingDisabled` : word;
}

/** Name and image of every container of a Pod's spec. */
export function containers(spec: unknown): { name: string; image: string }[] {
  const list = isRecord(spec) ? spec['containers'] : undefined;
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map((one) => ({ name: String(one['name'] ?? ''), image: String(one['image'] ?? '') }));
}
