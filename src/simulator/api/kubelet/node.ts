/** A Node as its kubelet sees it: its Pods, its devices, and how long it has been up. */

import { amount } from '../../controllers/kubernetes/quantity.ts';
import { Random } from '../../controllers/random.ts';
import type { Core } from '../core.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { type Running, running, type Usage, usageOf } from './usage.ts';

/** One Pod with its containers that run. */
export interface Housed {
  pod: KubeObject;
  containers: Running[];
}

/** What there is to be measured. */
export interface Sight {
  node: KubeObject;
  name: string;
  /** Unix time in ms: now, and when the Node began. */
  now: number;
  booted: number;
  cores: number;
  /** Bytes. */
  memory: number;
  disk: number;
  pods: Housed[];
  /** What belongs to no Pod. */
  own: { kubelet: Usage; runtime: Usage };
}

const GIB = 2 ** 30;

/** The Pods that were given to a Node. */
export function podsOn({ resources, store }: Core, node: string): KubeObject[] {
  const pods = resources.find(({ plural, group }) => plural === 'pods' && group === '');
  if (!pods) return [];
  return [...store.scan(pods)].flatMap(({ object }) => (object.spec?.['nodeName'] === node ? [object] : []));
}

/** Looks at a Node. */
export function sightOf(core: Core, node: KubeObject): Sight {
  const { name, uid, creationTimestamp } = node.metadata;
  const now = core.now();
  const capacity = isRecord(node.status?.['capacity']) ? node.status['capacity'] : {};
  const joined = Date.parse(String(creationTimestamp ?? '')) || now;
  const { booted, runtime, kubelet } = began(core, node, joined);
  const of = (program: string, since: number, cpu: number, memory: number): Usage => {
    const one = usageOf('manager', `${uid}/${program}`, since, now);
    const pages = (bytes: number) => Math.round((bytes * memory) / 4096) * 4096;
    const taken = {
      nanoCores: Math.round(one.nanoCores * cpu),
      coreNanoSeconds: Math.round(one.coreNanoSeconds * cpu),
    };
    return { ...one, ...taken, workingSet: pages(one.workingSet), usage: pages(one.usage), rss: pages(one.rss) };
  };
  return {
    ...{ node, name, now, booted, cores: amount(String(capacity['cpu'] ?? '1')) },
    memory: amount(String(capacity['memory'] ?? '0')),
    disk: amount(String(capacity['ephemeral-storage'] ?? '0')),
    pods: podsOn(core, name).map((pod) => ({ pod, containers: running(pod, now) })),
    own: { kubelet: of('kubelet', kubelet, 5, 1.4), runtime: of('containerd', runtime, 3, 1.1) },
  };
}

/** When the host of a Node that `joined` was booted, and its programs began; Unix times in ms. Of an old one nobody knows. */
function began({ boot }: Core, { metadata, status }: KubeObject, joined: number) {
  const info = status?.['nodeInfo'];
  const known = boot?.(String((isRecord(info) && info['bootID']) || ''));
  if (!known) {
    const programs = joined - 20_000;
    const booted = joined - new Random('boot', metadata.uid ?? metadata.name).integer(40, 95) * 1000;
    return { booted, runtime: programs, kubelet: programs };
  }
  // A kubelet that joins begins on the way to its Node; one that was there before begins with its host.
  const kubelet = Math.max(known.up, (known.up + joined) / 2);
  return { booted: known.began, runtime: (known.began + known.up) / 2, kubelet };
}

/** The sum of what several take, since the first of them began. */
export function together(all: readonly Usage[], since: number): Usage {
  const sum = (of: (usage: Usage) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    nanoCores: sum((one) => one.nanoCores),
    coreNanoSeconds: sum((one) => one.coreNanoSeconds),
    workingSet: sum((one) => one.workingSet),
    usage: sum((one) => one.usage),
    rss: sum((one) => one.rss),
    rootfs: sum((one) => one.rootfs),
    logs: sum((one) => one.logs),
    since,
  };
}

/** What all Pods of a Node take. */
export const ofPods = ({ pods, booted }: Sight): Usage =>
  together(
    pods.flatMap(({ containers }) => containers.map(({ usage }) => usage)),
    booted,
  );

/** What a whole Node takes: its Pods, its own programs, and a system around them. */
export function ofNode(sight: Sight): Usage {
  const { own, booted, now, node } = sight;
  const system = usageOf('kube-apiserver', `${node.metadata.uid}/system`, booted, now);
  return together([ofPods(sight), own.kubelet, own.runtime, system], booted);
}

/** Bytes of a Node's disk that are in use: its images, and what containers have written. */
export function diskUsed({ node, pods }: Sight): { images: number; all: number } {
  const told = Array.isArray(node.status?.['images']) ? node.status['images'].filter(isRecord) : [];
  // Unpacked, layers take about two and a half times what they took on the way.
  const images = Math.round(told.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes ?? 0), 0) * 2.5);
  const written = pods.flatMap(({ containers }) => containers.map(({ usage }) => usage.rootfs + usage.logs));
  return { images, all: images + written.reduce((sum, one) => sum + one, 0) + 9 * GIB };
}
