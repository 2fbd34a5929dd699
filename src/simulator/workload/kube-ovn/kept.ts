/**
 * What is kept of a StatefulSet's Pods that are not there: each goes on with the address of the one before it, as long as the set wants
 * one of its number. Source: kubeovn/kube-ovn, pkg/controller/pod.go, isStatefulSetPodToDel.
 */

import type { Api } from '../../api/api.ts';
import { isRecord, type KubeObject } from '../../api/types.ts';
import { noteOf } from './network.ts';

/** Whether a Pod is of a StatefulSet. */
export const isOfSet = ({ metadata }: Pick<KubeObject, 'metadata'>): boolean =>
  metadata.ownerReferences?.[0]?.kind === 'StatefulSet';

/** The IPs of Pods that are to come again, or have come and have yet to get what was kept for them. */
export function keptIps(api: Pick<Api, 'all' | 'find'>): KubeObject[] {
  return api.all({ apiVersion: 'kubeovn.io/v1', kind: 'IP' }).filter(({ spec = {} }) => {
    if (spec['podType'] !== 'StatefulSet') return false;
    const [name, namespace] = [String(spec['podName']), String(spec['namespace'])];
    const pod = api.find({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } });
    return !(pod && noteOf(pod, 'ip_address')) && isWanted(api, namespace, name);
  });
}

/** The IP that was kept for a Pod that has come again; undefined where there is none. */
export function keptIp(api: Pick<Api, 'find'>, pod: KubeObject): KubeObject | undefined {
  const { name, namespace = '' } = pod.metadata;
  if (!isOfSet(pod)) return undefined;
  const found = api.find({ apiVersion: 'kubeovn.io/v1', kind: 'IP', metadata: { name: `${name}.${namespace}` } });
  return found?.spec?.['podType'] === 'StatefulSet' ? found : undefined;
}

function isWanted(api: Pick<Api, 'find'>, namespace: string, pod: string): boolean {
  const [, name = '', ordinal = ''] = /^(.+)-(\d+)$/.exec(pod) ?? [];
  const set = api.find({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace } });
  if (!set || set.metadata.deletionTimestamp) return false;
  const { replicas = 1, ordinals } = set.spec ?? {};
  const start = isRecord(ordinals) ? Number(ordinals['start'] ?? 0) : 0;
  return Number(ordinal) < start + Number(replicas);
}
