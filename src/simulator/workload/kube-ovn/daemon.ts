/** The daemon of Kube-OVN on each Node, as it begins: each step follows from the one before. Source: kubeovn/kube-ovn, cmd/daemon. */

import { isRecord, type KubeObject } from '../../api/types.ts';
import { within } from '../log-times.ts';
import { strides } from '../logs/run.ts';

/** A run of it: its Pod, and since when its container runs, Unix time in ms. */
export interface Server {
  pod: KubeObject;
  since: number;
}

const container = 'cni-server';

/** That of a Node; undefined where it does not run. */
export function serverOf(pods: readonly KubeObject[], node: string): Server | undefined {
  for (const pod of pods) {
    if (pod.metadata.labels?.['app'] !== 'kube-ovn-cni' || pod.spec?.['nodeName'] !== node) continue;
    const statuses = pod.status?.['containerStatuses'];
    const [first] = (Array.isArray(statuses) ? statuses : []).filter(isRecord);
    const state = isRecord(first?.['state']) ? first['state']['running'] : undefined;
    const begun = Date.parse(isRecord(state) ? String(state['startedAt']) : '');
    if (Number.isNaN(begun)) continue;
    return { pod, since: begun + within(`${pod.metadata.uid}/${container}/${begun}`) };
  }
  return undefined;
}

/** Its steps, Unix times in ms. It listens within three seconds, where its Node has its address by then. */
export interface DaemonSteps {
  switches: number;
  tables: number;
  says: number;
  reads: number;
  waits: number;
  /** Its interface has the address of its Node, the gateway answers, and it works and listens. */
  configured: number;
  reaches: number;
  works: number;
  serves: number;
}

/** The steps of a run; `given`: when its Node got its address, as Kubernetes writes it, where that is known. */
export function daemonSteps({ pod, since }: Server, given?: string | null): DaemonSteps {
  const key = `${pod.metadata.uid}/${container}/${since}`;
  const usual = [1, 4, 16, 20, 300, 2200, 2350, 2500, 2600];
  const [switches, tables, says, reads, waits, ...rest] = strides(key, since, usual, 1.1) as Nine;
  // Of what it waits for it hears within a second.
  const late = Math.max(0, (Date.parse(given ?? '') || 0) + 1100 - rest[0]);
  const [configured, reaches, works, serves] = rest.map((at) => at + late) as Four;
  return { switches, tables, says, reads, waits, configured, reaches, works, serves };
}

type Four = [number, number, number, number];
type Nine = [number, number, number, number, number, ...Four];
