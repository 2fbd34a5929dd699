/**
 * How Kube-OVN's controller gives Pods their addresses: as soon as they are made, wherever they are to run, and whether or not they find
 * a Node. Source: kubeovn/kube-ovn, pkg/controller/pod.go, handleAddOrUpdatePod.
 */

import type { Transport } from '../../../kube/types.ts';
import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { isTrue } from '../../controllers/conditions.ts';
import { podAddress } from '../../controllers/kubernetes/pod-address.ts';
import type { Condition } from '../../controllers/shapes/meta.ts';
import { network as controller } from '../../world/writers.ts';
import { name, namespace } from './candidates.ts';
import { keptIp, keptIps } from './kept.ts';
import { allocated, type Network, noteOf, routed } from './network.ts';

const pods = { apiVersion: 'v1', kind: 'Pod' };

/** Whether a Pod is one of the controllers that give addresses, and works. */
export const isGiving = ({ metadata, status }: KubeObject): boolean =>
  metadata.namespace === namespace &&
  metadata.labels?.['app'] === name &&
  isTrue(status?.['conditions'] as Condition[] | undefined, 'Ready');

/** Whether a Pod waits for its address, or has it and a Node since. */
export const lacksNotes = (pod: KubeObject): boolean =>
  pod.spec?.['hostNetwork'] !== true &&
  pod.metadata.deletionTimestamp === undefined &&
  !/^(Succeeded|Failed)$/.test(String(pod.status?.['phase'] ?? '')) &&
  (noteOf(pod, 'allocated') === undefined || (isPlaced(pod) && noteOf(pod, 'routed') === undefined));

const isPlaced = ({ spec }: KubeObject): boolean => Boolean(spec?.['nodeName']);

/**
 * Gives the Pods of a cluster that wait for it their addresses, where one of its controllers works. What somebody else does with a Pod
 * meanwhile stays: it is looked at again with the next.
 */
export async function giveAddresses(
  cluster: { api: Api; as: (program: string) => Transport },
  network: Network,
): Promise<void> {
  const all = cluster.api.all(pods);
  const waiting = all.filter(lacksNotes);
  if (waiting.length === 0 || !all.some(isGiving)) return;
  const taken = new Set([
    ...all.flatMap((pod) => [noteOf(pod, 'ip_address'), pod.status?.['podIP']].filter(Boolean)),
    ...keptIps(cluster.api).map(({ spec }) => spec?.['ipAddress']),
  ]);
  for (const pod of waiting) {
    const { ipAddress, macAddress } = keptIp(cluster.api, pod)?.spec ?? {};
    const address = noteOf(pod, 'ip_address') ?? pod.status?.['podIP'] ?? ipAddress ?? free(network.pods, pod, taken);
    if (typeof address !== 'string') continue;
    taken.add(address);
    const mac = address === ipAddress ? String(macAddress) : undefined;
    const known = noteOf(pod, 'allocated') === undefined ? allocated(pod, network, address, mac) : pod;
    const { annotations } = (isPlaced(pod) ? routed(known) : known).metadata;
    const { name: called, namespace: space = '', uid } = pod.metadata;
    const path = `/api/v1/namespaces/${space}/pods/${encodeURIComponent(called)}`;
    const request = { method: 'PATCH', path, contentType: 'application/merge-patch+json' } as const;
    // Another one may have come under its name.
    await cluster
      .as(controller)
      .json({ ...request, body: { metadata: { uid, annotations } } })
      .catch(() => {});
  }
}

/** The address that is drawn for a Pod, as its kubelet draws it where nobody has done so before. */
function free(cidr: string, { metadata: { uid } }: KubeObject, taken: ReadonlySet<unknown>): string | undefined {
  for (let turn = 0; turn < 64; turn += 1) {
    const address = podAddress(cidr, `${uid}/${turn}`);
    if (address === undefined || !taken.has(address)) return address;
  }
  return undefined;
}
