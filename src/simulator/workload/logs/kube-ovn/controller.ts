/** The controller of Kube-OVN, that gives Pods and Nodes their addresses. Source: kubeovn/kube-ovn, pkg/controller, pkg/ipam. */

import type { LogLine } from '../../../api/pod-logs.ts';
import { asks } from '../../kube-ovn/lease.ts';
import { addressOf, chance, klog, paced, type Run, strides, type Teller } from '../run.ts';
import { type Attached, attachedPods, banner, type Joined, joinedNodes, said } from './attached.ts';
import { endsAt, ledSince } from './led.ts';

/** Once it leads, so long until it has its lists, and until it works; ms. */
const lists = 1450;
const works = 2600;

const lease = 'kube-system/kube-ovn-controller';

/** What it collects again and again. */
const collects: readonly (readonly [place: string, message: string])[] = [
  ['gc.go:94', 'gc vpc nat gateway'],
  ['gc.go:133', 'start to gc logical switch'],
  ['gc.go:261', 'start to gc nodes'],
  ['gc.go:314', 'start to gc logical switch port'],
  ['gc.go:437', 'start to gc load balancers'],
  ['gc.go:615', 'start to gc port groups'],
];

/** The log of the controller: one that waits to lead does nothing else. */
export const controller: Teller = (run) => {
  const { since } = run;
  const asked = since + asks - 90;
  const [reads, connects] = strides(run.key, since, [60, 400], 1.3) as [number, number];
  const led = ledSince(run, asked);
  const ends = endsAt(run);
  return [
    ...banner(run, since, 'controller.go:38'),
    said(reads, 'config.go:331', 'no --kubeconfig, use in-cluster kubernetes config'),
    said(connects, 'ovn-nb-init.go:12', 'ovn nb connection established'),
    klog(asked, 'leaderelection.go:257', `attempting to acquire leader lease ${lease}...`, { pid: 7 }),
    ...(led === undefined ? [] : work(run, led)).filter(({ at }) => ends === undefined || at < ends),
    ...(ends === undefined ? [] : [said(ends, 'controller.go:134', '"Requested to terminate, exiting"')]),
  ];
};

/** What it says from when it leads. */
function work(run: Run, led: number): LogLine[] {
  const pods = attachedPods(run);
  const nodes = joinedNodes(run);
  const known = inUse(led, pods, nodes);
  const counted = led + lists + known.length;
  const begins = Math.max(led + works, counted + 400);
  const begun = [
    klog(led, 'leaderelection.go:271', `successfully acquired lease ${lease}`, { pid: 7 }),
    said(led + 30, 'controller.go:792', 'Waiting for informer caches to sync'),
    said(led + 900, 'init.go:46', 'init ovn: cluster router ovn-cluster, default subnet ovn-default, node subnet join'),
    said(led + 1400, 'ipam.go:181', 'adding new subnet join'),
    said(led + 1401, 'ipam.go:181', 'adding new subnet ovn-default'),
    ...known.flatMap(({ of, address, mac, subnet }, turn) => [
      said(led + lists + turn, 'ipam.go:74', `allocating static ip ${address} from subnet ${subnet}`),
      said(led + lists + turn, 'ipam.go:110', `allocate v4 ${address}, mac ${mac} for ${of} from subnet ${subnet}`),
    ]),
    said(counted, 'init.go:486', `take ${((counted - led - 1400) / 1000).toFixed(2)} seconds to initialize IPAM`),
    said(begins, 'controller.go:1010', 'Starting workers'),
  ];
  // A turn begins when the one before it and its pause are over.
  const turns = paced(run, { at: begins + 100, every: 360_211, of: run.key, late: 0.0004 }, 120);
  return [
    ...begun,
    ...nodes.flatMap((node) => ofNode({ ...node, at: waitedFor(node.at, led, begins, node.name) }, begins)),
    ...pods.flatMap((pod) => ofPod(waited(pod, led, begins), begins)),
    ...turns.flatMap(({ at, turn }) => collected(at, chance(run.key, 'collected', turn))),
  ];
}

/** When a controller takes up what was there before its workers began, and had to wait for it: as they begin. */
const waitedFor = (given: number, led: number, begins: number, of: string): number =>
  given >= led && given < begins ? begins + chance(of, 'waited').integer(2, 90) : given;

function waited(pod: Attached, led: number, begins: number): Attached {
  const given = waitedFor(pod.given, led, begins, pod.uid);
  return { ...pod, given, routed: Math.max(pod.routed, given) };
}

function collected(begins: number, drawn: ReturnType<typeof chance>): LogLine[] {
  let at = begins;
  return collects.map(([place, message]) => {
    const line = said(at, place, message);
    at += drawn.integer(2, 31);
    return line;
  });
}

interface Use {
  of: string;
  address: string;
  mac: string;
  subnet: string;
}

/** What is in use when it comes to lead: it counts that first. */
function inUse(led: number, pods: readonly Attached[], nodes: readonly Joined[]): Use[] {
  const there = (from: number, until: number) => from < led && !(until < led);
  const byName = (a: Use, b: Use) => (a.of < b.of ? -1 : 1);
  return [
    ...pods
      .filter(({ given, freed, released }) => there(given, Number.isNaN(freed) ? released : freed))
      .map(({ key, address, mac, subnet }): Use => ({ of: key, address, mac, subnet }))
      .sort(byName),
    ...nodes
      .filter(({ at, gone }) => there(at, gone))
      .map(({ name, address, mac }): Use => ({ of: `node-${name}`, address, mac, subnet: 'join' }))
      .sort(byName),
  ];
}

const allocated = (at: number, { of, address, mac, subnet }: Use): LogLine =>
  said(at, 'ipam.go:60', `allocate v4 ${address}, v6 , mac ${mac} for ${of} from subnet ${subnet}`);

const released = (at: number, { of, address, mac, subnet }: Use): LogLine =>
  said(
    at,
    'subnet.go:442',
    `release v4 ${address} mac ${mac} from subnet ${subnet} for ${of}, add ip to released list`,
  );

/** What it does for a Pod from when it works on. */
function ofPod(pod: Attached, begins: number): LogLine[] {
  const { key, given, released: gone } = pod;
  const drawn = chance(pod.uid, 'took');
  const took = drawn.integer(19, 88);
  const handled = gone + drawn.integer(8, 75);
  const deletions = [pod.freed, handled].filter((at) => !Number.isNaN(at));
  const use = { ...pod, of: key };
  return [
    said(given, 'pod.go:206', `enqueue add pod ${key}`),
    said(given, 'pod.go:556', `handle add/update pod ${key}`),
    said(given + 1, 'pod.go:627', `sync pod ${key} allocated`),
    allocated(given + 1 + drawn.integer(1, 9), use),
    ...routed(pod, took),
    said(given + took, 'pod.go:561', `take ${took} ms to handle add or update pod ${key}`),
    ...(Number.isNaN(handled) ? [] : [said(handled, 'pod.go:241', `enqueue delete pod ${key}`)]),
    ...deletions.flatMap((at) => {
      const lasts = drawn.integer(8, 47);
      return [
        said(at, 'pod.go:1084', `handle delete pod ${key}`),
        said(at + lasts, 'pod.go:600', `take ${lasts} ms to handle delete pod ${key}`),
      ];
    }),
    ...(pod.kept ? kept(key, handled) : []),
    // Once it has given its address back it has none to give.
    ...(pod.kept ? [] : deletions.slice(0, 1)).map((at) => released(at + drawn.integer(0, 6), use)),
  ].filter(({ at }) => at >= begins);
}

/** What it says of a Pod of a StatefulSet that is to come again. */
const kept = (key: string, at: number): LogLine[] => [
  said(at, 'pod.go:1101', `handle deletion of sts pod ${key}`),
  said(at + 1, 'pod.go:1104', `try keep ip for sts pod ${key}`),
];

/** What it does once a Pod has a Node: in the same turn, which takes so many ms, where it has had one from the beginning. */
function routed({ key, uid, given, routed: at }: Attached, took: number): LogLine[] {
  if (Number.isNaN(at)) return [];
  const words = `sync pod ${key} routed`;
  if (at < given + took) return [said(given + took - 3, 'pod.go:803', words)];
  const again = chance(uid, 'took again').integer(4, 19);
  return [
    said(at, 'pod.go:403', `enqueue update pod ${key}`),
    said(at, 'pod.go:556', `handle add/update pod ${key}`),
    said(at + 1, 'pod.go:803', words),
    said(at + again, 'pod.go:561', `take ${again} ms to handle add or update pod ${key}`),
  ];
}

/** What it does for a Node from when it works on. */
function ofNode({ node, name, address, mac, at, gone }: Joined, begins: number): LogLine[] {
  const port = `node-${name}`;
  const use = { of: port, address, mac, subnet: 'join' };
  const drawn = chance(node.metadata.uid ?? name, 'followed');
  const [given, routed] = [at + drawn.integer(1, 8), at + drawn.integer(28, 110)];
  const handled = gone + drawn.integer(9, 80);
  const freed = handled + drawn.integer(7, 40);
  const route = `match ip4.dst == ${addressOf(node)}, action reroute, nexthop ${address}`;
  return [
    said(at, 'node.go:103', `handle add node ${name}`),
    allocated(given, use),
    said(
      routed,
      'node.go:241',
      `add policy route for router: ovn-cluster, ${route}, externalID map[node:${name} vendor:kube-ovn]`,
    ),
    ...(Number.isNaN(gone)
      ? []
      : [
          said(handled, 'node.go:331', `handle delete node ${name}`),
          said(handled + drawn.integer(0, 3), 'node.go:348', `delete logical switch port ${port}`),
          said(freed, 'node.go:386', `release node port ${port}`),
          released(freed, use),
          said(freed + drawn.integer(1, 5), 'node.go:400', `delete node ip ${port}`),
        ]),
  ].filter((line) => line.at >= begins);
}
