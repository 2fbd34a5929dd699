/**
 * Kube-OVN's own programs: the controller that gives Pods their addresses, the servers of its CNI plugin on each Node, the
 * pingers and the monitor. Source: kubeovn/kube-ovn, pkg/controller, pkg/daemon, pkg/pinger, pkg/ovnmonitor.
 */

import type { KubeObject } from '../../api/types.ts';
import { digest } from '../../controllers/digest.ts';
import {
  addressOf,
  all,
  chance,
  klog,
  paced,
  type Run,
  readinessOf,
  records,
  removed,
  type Teller,
  timeOf,
} from './run.ts';

const own = 'ovn.kubernetes.io';
/** The program is started by a shell, which is the first process. */
const pid = 7;

/** A Pod with an address of the Pods' network. */
interface Attached {
  key: string;
  name: string;
  namespace: string;
  uid: string;
  /** When it came, when its sandbox went, and when it was gone itself: Unix time in ms; NaN where it has not come to that. */
  at: number;
  ends: number;
  released: number;
  address: string;
  mac: string;
  cidr: string;
  gateway: string;
  subnet: string;
}

/** The Pods that have an address, or had one, of one Node or of all. */
export function attachedPods(run: Run, node?: string): Attached[] {
  const there = all(run, 'pods').map((pod) => ({ pod, gone: Number.NaN }));
  const gone = removed(run, 'pods').map(({ object, at }) => ({ pod: object, gone: at }));
  return [...there, ...gone].flatMap(({ pod: { metadata, spec, status }, gone: released }) => {
    const note = (name: string) => metadata.annotations?.[`${own}/${name}`] ?? '';
    if (note('allocated') !== 'true' || (node !== undefined && spec?.['nodeName'] !== node)) return [];
    const { namespace = '', name, uid = '' } = metadata;
    const began = timeOf(status?.['startTime']) || timeOf(metadata.creationTimestamp);
    // Pods that came with the Node wait for its network.
    const waits = began < run.since + 3000 && began > run.since - 120_000;
    const at = (waits ? run.since + 3000 : began) + chance(uid).integer(80, 700);
    return {
      ...{ key: `${namespace}/${name}`, name, namespace, uid, at, released },
      ends: endOf(uid, status, released),
      ...{ address: note('ip_address'), mac: note('mac_address'), cidr: note('cidr') },
      ...{ gateway: note('gateway'), subnet: note('logical_switch') },
    };
  });
}

/** When the sandbox of a Pod is taken down: soon after it has run to its end, and before it is gone. */
function endOf(uid: string, status: KubeObject['status'], gone: number): number {
  const drawn = chance(uid, 'torn');
  const latest = gone - drawn.integer(130, 640);
  if (!/^(Succeeded|Failed)$/.test(String(status?.['phase'] ?? ''))) return latest;
  const last = records(status?.['containerStatuses']).map(({ state }) =>
    timeOf((state as { terminated?: { finishedAt?: string } } | undefined)?.terminated?.finishedAt),
  );
  const torn = Math.max(...last) + drawn.integer(700, 1900);
  return Number.isNaN(gone) ? torn : Math.min(torn, latest);
}

const said = (at: number, place: string, message: string, level = 'I') => klog(at, place, message, { level, pid });

/** The log of the controller. */
export const controller: Teller = (run) => {
  const { since, question } = run;
  const name = question.pod.metadata.name;
  const led = since + 1900;
  const gc = ['gc.go:94] gc vpc nat gateway', 'gc.go:133] start to gc logical switch', 'gc.go:261] start to gc nodes'];
  const more = [
    'gc.go:314] start to gc logical switch port',
    'gc.go:437] start to gc load balancers',
    'gc.go:615] start to gc port groups',
  ];
  const collected = (at: number) =>
    [...gc, ...more].map((line, index) => {
      const [place = '', message = ''] = line.split('] ');
      return said(at + index * 13, place, message);
    });
  const begun = [
    said(since + 60, 'config.go:331', 'no --kubeconfig, use in-cluster kubernetes config'),
    said(since + 400, 'ovn-nb-init.go:12', 'ovn nb connection established'),
    said(led + 1, 'election.go:101', `I am the new leader ${name}`),
    said(led + 30, 'controller.go:792', 'Waiting for informer caches to sync'),
    said(led + 900, 'init.go:46', 'init ovn: cluster router ovn-cluster, default subnet ovn-default, node subnet join'),
    said(led + 1400, 'ipam.go:94', 'adding new subnet join'),
    said(led + 1401, 'ipam.go:94', 'adding new subnet ovn-default'),
    said(led + 1900, 'controller.go:1010', 'Starting workers'),
  ];
  const pods = attachedPods(run).flatMap((pod) => {
    const took = chance(pod.uid, 'took').integer(19, 88);
    const taken = Number.isNaN(pod.released)
      ? []
      : [
          said(pod.released + 40, 'pod.go:1084', `handle delete pod ${pod.key}`),
          said(
            pod.released + 41,
            'ipam.go:72',
            `release v4 ${pod.address} mac ${pod.mac} from subnet ${pod.subnet} for ${pod.key}, add ip to released list`,
          ),
        ];
    return [
      said(pod.at - 70, 'pod.go:556', `handle add/update pod ${pod.key}`),
      said(
        pod.at - 68,
        'ipam.go:72',
        `allocate v4 ${pod.address}, v6 , mac ${pod.mac} for ${pod.key} from subnet ${pod.subnet}`,
      ),
      said(pod.at - 70 + took, 'pod.go:561', `take ${took} ms to handle add or update pod ${pod.key}`),
      ...taken,
    ];
  });
  const there = all(run, 'nodes').map((node) => ({ node, gone: Number.NaN }));
  const left = removed(run, 'nodes').map(({ object, at }) => ({ node: object, gone: at }));
  const nodes = [...there, ...left].flatMap(({ node, gone }) => {
    const { metadata } = node;
    const at = timeOf(metadata.creationTimestamp) + 2100;
    const { [`${own}/ip_address`]: address, [`${own}/mac_address`]: mac } = metadata.annotations ?? {};
    if (!address) return [];
    return [
      said(at, 'node.go:208', `handle add node ${metadata.name}`),
      said(at + 1, 'ipam.go:72', `allocate v4 ${address}, v6 , mac ${mac} for node-${metadata.name} from subnet join`),
      said(
        at + 60,
        'node.go:289',
        `add policy route for router: ovn-cluster, match ip4.dst == ${addressOf(node)}, action reroute, nexthop ${address}`,
      ),
      ...(Number.isNaN(gone)
        ? []
        : [
            said(gone + 30, 'node.go:402', `handle delete node ${metadata.name}`),
            said(
              gone + 34,
              'ipam.go:72',
              `release v4 ${address} mac ${mac} from subnet join for node-${metadata.name}, add ip to released list`,
            ),
          ]),
    ];
  });
  const turns = paced(run, { at: led + 2000, every: 360_000, of: '', late: 0 }, 120);
  return [...begun, ...nodes, ...pods, ...turns.flatMap(({ at }) => collected(at))];
};

/** What its programs say of themselves first: one entry of several lines. */
function banner({ version }: Run, at: number) {
  const rule = '-'.repeat(79);
  const [head, ...rest] = [
    'Kube-OVN:',
    `  Version:       ${version}`,
    `  Build:         2025-${String(chance(version).integer(7, 11)).padStart(2, '0')}-14_03:21:47`,
    `  Commit:        git-${digest(version).slice(0, 7)}`,
    '  Go Version:    go1.24.9',
    '  Arch:          amd64',
    rule,
  ];
  return [said(at, 'cniserver.go:34', ''), ...[rule, head!, ...rest].map((text) => ({ at, text }))];
}

/** The log of the server of the CNI plugin. */
export const cni: Teller = (run) => {
  const { since, question } = run;
  const host = String(question.pod.status?.['hostIP'] ?? '');
  const drawn = chance(run.key, 'begun');
  const raw = (at: number, text: string) => ({ at, text });
  const begun = [
    raw(since, `ovsdb-server is running with pid ${drawn.integer(1900, 4200)}`),
    raw(since + 1, `ovs-vswitchd is running with pid ${drawn.integer(4300, 5200)}`),
    raw(since + 4, 'iptables v1.8.10 (nf_tables)'),
    ...banner(run, since + 16),
    said(since + 20, 'config.go:131', 'use in-cluster kubernetes config'),
    said(since + 300, 'init.go:44', `wait for node ${run.node} annotations to be ready`),
    said(since + 2400, 'ovs_linux.go:473', `node ${run.node} ovn0 is configured on ${host}`),
    said(since + 2500, 'controller.go:789', 'Started workers'),
    said(since + 2600, 'server.go:34', 'start listen on unix:///run/openvswitch/kube-ovn-daemon.sock'),
  ];
  const pods = attachedPods(run, run.node).flatMap((pod) => {
    const sandbox = digest(`sandbox/${pod.uid}`);
    const netns = `/var/run/netns/cni-${chance(pod.uid, 'netns').uuid()}`;
    const request = `{kube-ovn ${pod.name} ${pod.namespace} ${sandbox} ${netns} eth0 ovn [] {[]  [] []}     }`;
    const took = chance(pod.uid, 'cni').integer(118, 390);
    const stamp = (at: number) => new Date(at).toISOString().slice(0, 19);
    const prefix = pod.cidr.split('/')[1] ?? '16';
    const undone = chance(pod.uid, 'undone').integer(31, 118);
    const gone = Number.isNaN(pod.ends)
      ? []
      : [
          said(pod.ends, 'server.go:80', `[${stamp(pod.ends)}Z] Incoming HTTP/1.1 POST /api/v1/del request`),
          said(pod.ends, 'handler.go:448', `del port request: ${request}`),
          said(
            pod.ends + undone,
            'server.go:101',
            `[${stamp(pod.ends + undone)}Z] Outgoing response POST /api/v1/del with 204 status code in ${undone}ms`,
          ),
        ];
    return [
      said(pod.at, 'server.go:80', `[${stamp(pod.at)}Z] Incoming HTTP/1.1 POST /api/v1/add request`),
      said(pod.at, 'handler.go:83', `add port request: ${request}`),
      said(
        pod.at + 9,
        'handler.go:343',
        `create container interface eth0 mac ${pod.mac}, ip ${pod.address}/${prefix}, cidr ${pod.cidr}, gw ${pod.gateway}, custom routes []`,
      ),
      said(
        pod.at + took,
        'server.go:101',
        `[${stamp(pod.at + took)}Z] Outgoing response POST /api/v1/add with 200 status code in ${took}ms`,
      ),
      ...gone,
    ];
  });
  return [...begun, ...pods];
};

/** How often a pinger looks, ms, and so many lines of that are kept. */
const looks = 5000;
const kept = 1500;

/** The log of a pinger: whom it reached, and whom not. */
export const pinger: Teller = (run) => {
  const { since } = run;
  const nodes = all(run, 'nodes').map((node) => ({
    name: node.metadata.name,
    address: addressOf(node),
    ...readinessOf(node),
  }));
  const peers = all(run, 'pods').filter(({ metadata }) => metadata.labels?.['app'] === 'kube-ovn-pinger');
  const pods = peers.flatMap(({ metadata, spec, status }) =>
    status?.['podIP']
      ? [{ name: metadata.name, address: String(status['podIP']), node: String(spec?.['nodeName']) }]
      : [],
  );
  const dns = all(run, 'services').find(({ metadata }) => metadata.name === 'kubernetes')?.spec?.['clusterIP'];
  const most = Math.max(1, Math.floor(kept / (nodes.length + pods.length + 10)));
  const away = (name: string, at: number) =>
    nodes.some((one) => one.name === name && one.status === 'Unknown' && at > one.since - 45_000);
  const turns = paced(run, { at: since + 1000, every: looks, of: '', late: 0 }, most);
  const begun = said(since, 'pinger.go:21', 'kube-ovn-pinger starts');
  const rounds = turns.flatMap(({ at: begin, turn }) => {
    const drawn = chance(run.key, 'ping', turn);
    let at = begin;
    const next = (place: string, message: string, after = 1, level = 'I') => {
      at += after;
      return said(at, place, message, level);
    };
    const rtt = (low: number, high: number) => (drawn.integer(low, high) / 100).toFixed(2);
    const pinged = (place: string, what: string, name: string, address: string, node: string) =>
      away(node, at)
        ? next(place, `ping ${what}: ${name} ${address}, count: 3, loss count 3, average rtt 0.00ms`, 40)
        : next(place, `ping ${what}: ${name} ${address}, count: 3, loss count 0, average rtt ${rtt(18, 90)}ms`, 12);
    return [
      next('ovn.go:24', 'ovs-vswitchd and ovsdb are up', 21),
      next('ovn.go:37', 'ovn_controller is up'),
      next('ovn.go:57', 'ovs and ovn-sb binding check passed', 46),
      next('ping.go:349', 'start to check apiserver connectivity'),
      next('ping.go:358', `connect to apiserver success in ${rtt(110, 520)}ms`, 4),
      next('ping.go:86', 'start to check node connectivity'),
      ...nodes.map(({ name, address }) => pinged('ping.go:132', 'node', name, address, name)),
      next('ping.go:161', 'start to check pod connectivity'),
      ...pods.map(({ name, address, node }) => pinged('ping.go:201', 'pod', name, address, node)),
      next('ping.go:311', 'start to check dns connectivity'),
      next('ping.go:325', `resolve dns kubernetes.default to [${String(dns ?? '10.96.0.1')}] in ${rtt(90, 480)}ms`, 3),
    ];
  });
  return [begun, ...rounds];
};

/** The log of the monitor, which is asked for metrics and says little. */
export const monitor: Teller = ({ since }) => [
  said(since, 'ovn_monitor.go:33', 'kube-ovn-monitor starts'),
  said(since + 40, 'config.go:70', 'use in-cluster kubernetes config'),
  said(since + 310, 'exporter.go:129', 'ovn-monitor exporter connect successfully'),
  said(since + 330, 'ovn_monitor.go:61', 'Listening on [::]:10661'),
];
