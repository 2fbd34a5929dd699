/**
 * What containers take of their Node: nobody measures, so each program takes about what it is known to take, a little more
 * and less by turns. What was used until a moment is the sum of what was used at all moments before.
 */

import { amount } from '../../controllers/kubernetes/quantity.ts';
import { Random } from '../../controllers/random.ts';
import { isRecord, type KubeObject } from '../types.ts';

/** Thousandths of a core, and MiB, of programs by the names of their containers. */
const KNOWN: Readonly<Record<string, readonly [cpu: number, memory: number]>> = {
  'kube-apiserver': [110, 720],
  etcd: [60, 190],
  'kube-controller-manager': [22, 130],
  'kube-scheduler': [7, 62],
  'kube-proxy': [2, 44],
  coredns: [3, 38],
  'kube-ovn-controller': [35, 125],
  'kube-ovn-monitor': [6, 42],
  'cni-server': [12, 68],
  pinger: [6, 40],
  'ovn-central': [18, 160],
  openvswitch: [55, 210],
  manager: [9, 74],
  'elemental-operator': [8, 58],
};
const OTHERS: readonly [number, number] = [0.6, 9];
const MIB = 2 ** 20;
/** A turn of more and less, in seconds. */
const TURN = 420;

/** What one container takes at a moment. */
export interface Usage {
  /** Billionths of a core now, and of core seconds since it began. */
  nanoCores: number;
  coreNanoSeconds: number;
  /** Bytes. */
  workingSet: number;
  usage: number;
  rss: number;
  /** Bytes written into its own files, and into its log. */
  rootfs: number;
  logs: number;
  /** When it began, Unix time in ms. */
  since: number;
}

/** A container that runs. */
export interface Running {
  name: string;
  image: string;
  id: string;
  restarts: number;
  usage: Usage;
}

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** The containers of a Pod that run at Unix time `now` in ms. */
export function running({ metadata, spec, status }: KubeObject, now: number): Running[] {
  return records(status?.['containerStatuses']).flatMap((one) => {
    const { name, image, containerID, restartCount, state } = one;
    const begun = isRecord(state) && isRecord(state['running']) ? state['running']['startedAt'] : undefined;
    const since = Date.parse(String(begun ?? ''));
    if (Number.isNaN(since)) return [];
    const asked = records(spec?.['containers']).find((each) => each['name'] === name);
    const limits = isRecord(asked?.['resources']) ? asked['resources']['limits'] : undefined;
    return [
      {
        ...{ name: String(name), image: String(image), restarts: Number(restartCount ?? 0) },
        id: String(containerID ?? '').replace('containerd://', ''),
        usage: usageOf(String(name), `${metadata.uid}/${name}/${begun}`, since, now, isRecord(limits) ? limits : {}),
      },
    ];
  });
}

/** What a program takes that began at `since`; `key` tells it from others of its kind. */
export function usageOf(
  name: string,
  key: string,
  since: number,
  now: number,
  limits: Record<string, unknown> = {},
): Usage {
  const random = new Random('usage', key);
  const [cpu, memory] = KNOWN[name] ?? OTHERS;
  const most = (limit: unknown) => (limit === undefined ? Number.POSITIVE_INFINITY : amount(String(limit)));
  const cores = Math.min((random.around(cpu, 0.35) / 1000) * 1e9, most(limits['cpu']) * 0.6e9);
  const phase = random.next() * 2 * Math.PI;
  const swing = 0.15 * cores;
  const seconds = Math.max(0, (now - since) / 1000);
  const turn = (2 * Math.PI) / TURN;
  const angle = seconds * turn + phase;
  const full = Math.min(random.around(memory, 0.3) * MIB, most(limits['memory']) * 0.7);
  // It fills up as it warms up.
  const workingSet = page(full * (0.55 + 0.45 * (1 - Math.exp(-seconds / 1800))) * (1 + 0.02 * Math.sin(angle)));
  return {
    nanoCores: Math.round(cores + swing * Math.sin(angle)),
    coreNanoSeconds: Math.round(cores * seconds + (swing / turn) * (Math.cos(phase) - Math.cos(angle)) + 35e6),
    workingSet,
    usage: page(workingSet * (1.1 + random.next() * 0.3)),
    rss: page(workingSet * (0.7 + random.next() * 0.2)),
    rootfs: page(random.integer(24_576, 120_000)),
    logs: page(Math.min(8_192 + seconds * cpu * 2, 9 * MIB)),
    since,
  };
}

const page = (bytes: number): number => Math.max(4096, Math.round(bytes / 4096) * 4096);
