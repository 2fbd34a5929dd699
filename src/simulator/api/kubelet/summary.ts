/** /stats/summary: k8s.io/kubelet/pkg/apis/stats/v1alpha1. */

import { mirrored } from '../../controllers/mirror.ts';
import { timestamp } from '../../controllers/time.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { diskUsed, type Housed, ofNode, ofPods, type Sight, together } from './node.ts';
import type { Usage } from './usage.ts';

/** A filesystem makes one inode for so many bytes. */
const INODE = 16_384;

/** All of it, as an object. */
export function summary(sight: Sight): object {
  const { name, now, booted, memory, disk, own, pods } = sight;
  const at = timestamp(now);
  const whole = ofNode(sight);
  const used = diskUsed(sight);
  const fs = (bytes: number) => ({
    ...{ time: at, availableBytes: disk - used.all, capacityBytes: disk, usedBytes: bytes },
    ...inodes(disk, used.all, bytes),
  });
  const system = (program: string, usage: Usage, available = {}) => ({
    ...{ name: program, startTime: timestamp(usage.since), cpu: cpu(usage, at) },
    memory: { ...memoryOf(usage, at), ...available },
  });
  return {
    node: {
      nodeName: name,
      systemContainers: [
        system('kubelet', own.kubelet),
        system('runtime', own.runtime),
        system('pods', ofPods(sight), { availableBytes: memory - ofPods(sight).workingSet }),
      ],
      startTime: timestamp(booted),
      cpu: cpu(whole, at),
      memory: { ...memoryOf(whole, at), availableBytes: memory - whole.workingSet },
      fs: fs(used.all),
      runtime: { imageFs: fs(used.images), containerFs: fs(used.all - used.images) },
      rlimit: { time: at, maxpid: 4_194_304, curproc: 420 + pods.length * 17 },
      swap: { time: at, swapAvailableBytes: 0, swapUsageBytes: 0 },
    },
    pods: pods.filter(({ containers }) => containers.length > 0).map((one) => podStats(one, sight, at)),
  };
}

const inodes = (disk: number, all: number, bytes: number) => {
  const total = Math.floor(disk / INODE);
  return { inodesFree: total - Math.ceil(all / 32_768), inodes: total, inodesUsed: Math.ceil(bytes / 32_768) };
};
const cpu = ({ nanoCores, coreNanoSeconds }: Usage, time: string) => ({
  ...{ time, usageNanoCores: nanoCores, usageCoreNanoSeconds: coreNanoSeconds },
});
const memoryOf = ({ usage, workingSet, rss }: Usage, time: string) => ({
  ...{ time, usageBytes: usage, workingSetBytes: workingSet, rssBytes: rss },
  ...{ pageFaults: Math.round(usage / 2900), majorPageFaults: Math.round(usage / 9_000_000) },
});

function podStats({ pod, containers }: Housed, { disk, ...sight }: Sight, at: string): object {
  const { name, namespace } = pod.metadata;
  const used = diskUsed({ disk, ...sight });
  const room = { time: at, availableBytes: disk - used.all, capacityBytes: disk };
  const fs = (bytes: number, files: number) => ({
    ...room,
    usedBytes: bytes,
    ...inodes(disk, used.all, 0),
    inodesUsed: files,
  });
  const began = Date.parse(String(pod.status?.['startTime'] ?? '')) || sight.booted;
  const whole = together(
    containers.map(({ usage }) => usage),
    began,
  );
  return {
    podRef: { name, namespace, uid: identityOf(pod) },
    startTime: timestamp(began),
    containers: containers.map(({ name: container, usage }) => ({
      ...{ name: container, startTime: timestamp(usage.since), cpu: cpu(usage, at), memory: memoryOf(usage, at) },
      rootfs: fs(usage.rootfs, 11),
      logs: fs(usage.logs, 1),
      swap: { time: at, swapAvailableBytes: 0, swapUsageBytes: 0 },
    })),
    cpu: cpu(whole, at),
    memory: memoryOf(whole, at),
    ...(isHost(pod) ? {} : { network: network(whole, at) }),
    ...volumesOf(pod, room, fs),
    'ephemeral-storage': fs(whole.rootfs + whole.logs, 12 * containers.length),
    process_stats: { process_count: containers.length },
    swap: { time: at, swapUsageBytes: 0 },
  };
}

/** A Pod that comes from a file has the identity of the file, not that of its mirror. */
export const identityOf = ({ metadata }: KubeObject): string => mirrored({ metadata }) ?? metadata.uid ?? '';

const isHost = ({ spec }: KubeObject): boolean => spec?.['hostNetwork'] === true;

/** Traffic goes with work. */
function network({ coreNanoSeconds }: Usage, time: string): object {
  const packets = Math.round(coreNanoSeconds / 2e6);
  const one = { name: 'eth0', rxBytes: packets * 212, rxErrors: 0, txBytes: packets * 187, txErrors: 0 };
  return { time, ...one, interfaces: [one] };
}

function volumesOf(pod: KubeObject, room: object, fs: (bytes: number, files: number) => object): object {
  const volumes = Array.isArray(pod.spec?.['volumes']) ? pod.spec['volumes'].filter(isRecord) : [];
  // What is of the host, or mounted from elsewhere, is not measured.
  const measured = volumes.filter((one) => ['projected', 'secret', 'configMap', 'emptyDir'].some((kind) => one[kind]));
  if (measured.length === 0) return {};
  return {
    volume: measured.map((one) => ({ ...room, ...fs(one['emptyDir'] ? 4096 : 12_288, 9), name: String(one['name']) })),
  };
}
