/** The pinger on each Node: whom it reaches, and whom not. Source: kubeovn/kube-ovn, pkg/pinger. */

import type { LogLine } from '../../../api/pod-logs.ts';
import { chassisOf } from '../../kube-ovn/network.ts';
import { addressOf, all, chance, type Run, readinessOf, removed, strides, type Teller, timeOf } from '../run.ts';
import { attachedPods, banner, said } from './attached.ts';

/** It pauses so long between two rounds, and so many lines of rounds are kept; ms. */
const pause = 5000;
const kept = 1500;
/** Three packets, each this long after the one before, and the last one's way; ms. */
const ping = 202;
/** What comes before and behind the pings in a round, ms. */
const rest = 470;
/** So long it waits for the answers of a Pod, and of a Node; ms. */
const waits = { pod: 1000, node: 30_000 };
/** A Node's kubelet has been silent so long when that is noticed, ms. */
const noticed = 45_000;

interface Target {
  kind: 'pod' | 'node';
  name: string;
  address: string;
  node: string;
  /** From when and until when it is there, and since when it does not answer; Unix time in ms, NaN where it has not come to that. */
  from: number;
  until: number;
  silent: number;
}

/** The log of a pinger. */
export const pinger: Teller = (run) => {
  const [reads, connects] = strides(run.key, run.since, [27, 70]) as [number, number];
  const targets = targetsOf(run);
  const dns = all(run, 'services').find(({ metadata }) => metadata.name === 'kubernetes')?.spec?.['clusterIP'];
  const node = nodeOf(run);
  const chassis = node && chassisOf(node);
  const ports = attachedPods(run, run.node);
  const rounds = keptRounds(run, targets).flatMap(({ at: begin, turn }) => {
    const drawn = chance(run.key, 'ping', turn);
    let at = begin + drawn.integer(0, 30);
    const next = (place: string, message: string, after = 1) => {
      at += after;
      return said(at, place, message);
    };
    const rtt = (low: number, high: number) => (drawn.integer(low, high) / 100).toFixed(2);
    const [asked, resolved] = [rtt(110, 520), rtt(90, 480)];
    const pinged = (target: Target): LogLine => {
      const { kind, name, address, node } = target;
      const words = `ping ${kind}: ${name} ${address}, count: 3, loss count`;
      const place = kind === 'node' ? 'ping.go:139' : 'ping.go:210';
      if (isSilent(target, begin)) return next(place, `${words} 3, average rtt 0.00ms`, waits[kind]);
      const average = node === run.node ? rtt(4, 19) : rtt(18, 90);
      return next(place, `${words} 0, average rtt ${average}ms`, ping - drawn.integer(0, 1));
    };
    const of = (wanted: Target['kind']) => targets.filter((one) => one.kind === wanted && isThere(one, begin));
    const own = ports.filter((pod) => pod.at < begin && !(pod.ends <= begin));
    const names = [`node-${run.node}`, ...own.map(({ name, namespace }) => `${name}.${namespace}`)].sort().join(', ');
    return [
      next('ovn.go:24', 'ovs-vswitchd and ovsdb are up', 88),
      next('ovn.go:42', 'ovn_controller is up', 61),
      next('ovn.go:51', 'start to check port binding'),
      next('ovn.go:57', `ports in ovs: ${names}`, 9),
      ...(chassis ? [next('ovn.go:143', `chassis id is ${chassis}`, 74)] : []),
      next('ovn.go:64', `ports in sb: ${names}`, 68),
      next('ovn.go:76', 'ovs and ovn-sb binding check passed'),
      next('ping.go:349', 'start to check apiserver connectivity', 31),
      next('ping.go:358', `connect to apiserver success in ${asked}ms`, Math.ceil(Number(asked))),
      next('ping.go:161', 'start to check pod connectivity'),
      ...of('pod').map(pinged),
      next('ping.go:86', 'start to check node connectivity', 5),
      ...of('node').map(pinged),
      next('ping.go:311', 'start to check dns connectivity'),
      next(
        'ping.go:325',
        `resolve dns kubernetes.default to [${String(dns ?? '10.96.0.1')}] in ${resolved}ms`,
        Math.ceil(Number(resolved)),
      ),
    ];
  });
  return [
    ...begun(run, reads),
    said(connects, 'exporter.go:75', `${run.node}: exporter connect successfully`),
    ...rounds,
  ];
};

function begun(run: Run, reads: number): LogLine[] {
  const { since, question } = run;
  const { pod } = question;
  const pointer = `0xc000${chance(run.key, 'client').integer(1_048_576, 16_777_215).toString(16)}`;
  const settings = [
    `KubeConfigFile: KubeClient:${pointer} Port:8080 DaemonSetNamespace:kube-system DaemonSetName:kube-ovn-pinger`,
    `Interval:5 Mode:server ExitCode:0 InternalDNS:kubernetes.default ExternalDNS: NodeName:${run.node}`,
    `HostIP:${String(pod.status?.['hostIP'] ?? '')} PodName:${pod.metadata.name} PodIP:${String(pod.status?.['podIP'] ?? '')}`,
    'PodProtocols:[IPv4] ExternalAddress: NetworkMode:kube-ovn EnableMetrics:true PollTimeout:2 PollInterval:15',
  ];
  return [
    ...banner(run, since, 'pinger.go:21'),
    said(reads, 'config.go:199', `pinger config is &{${settings.join(' ')}}`),
  ];
}

const nodeOf = (run: Run) => all(run, 'nodes').find(({ metadata }) => metadata.name === run.node);

/** All that it pings, or has pinged. */
function targetsOf(run: Run): Target[] {
  const found = (plural: string) => [
    ...all(run, plural).map((object) => ({ object, until: Number.NaN })),
    ...removed(run, plural).map(({ object, at }) => ({ object, until: at })),
  ];
  const silentSince = new Map<string, number>();
  const nodes = found('nodes').map(({ object, until }): Target => {
    const { name, creationTimestamp } = object.metadata;
    const { status, since } = readinessOf(object);
    const silent = status === 'Unknown' ? since - noticed : Number.NaN;
    if (Number.isNaN(until)) silentSince.set(name, silent);
    return {
      kind: 'node',
      name,
      address: addressOf(object),
      node: name,
      from: timeOf(creationTimestamp),
      until,
      silent,
    };
  });
  const pods = found('pods').flatMap(({ object, until }): Target[] => {
    const { metadata, spec, status } = object;
    const address = String(status?.['podIP'] ?? '');
    if (metadata.labels?.['app'] !== 'kube-ovn-pinger' || !address) return [];
    const node = String(spec?.['nodeName'] ?? '');
    const from = timeOf(status?.['startTime']) || timeOf(metadata.creationTimestamp);
    const silent = Number.isNaN(until) ? (silentSince.get(node) ?? Number.NaN) : Number.NaN;
    return [{ kind: 'pod', name: metadata.name, address, node, from, until, silent }];
  });
  const byName = (a: Target, b: Target) => (a.name < b.name ? -1 : 1);
  return [...pods.sort(byName), ...nodes.sort(byName)];
}

const isThere = ({ from, until }: Target, at: number): boolean => from <= at && !(until <= at);
const isSilent = ({ silent }: Target, at: number): boolean => silent <= at;

/** How long a round takes that begins at a moment, and the pause behind it, ms. */
const lasts = (targets: readonly Target[], at: number): number =>
  targets
    .filter((target) => isThere(target, at))
    .reduce((sum, target) => sum + (isSilent(target, at) ? waits[target.kind] : ping), pause + rest);

/**
 * The rounds of which the log is still there. One begins when the one before and its pause are over: how long that takes changes with who
 * comes and goes. The file is turned over by a number of rounds, in each run at another moment.
 */
function keptRounds(run: Run, targets: readonly Target[]): { at: number; turn: number }[] {
  const first = run.since + 1000;
  const changes = targets
    .flatMap(({ from, until, silent }) => [from, until, silent])
    .filter((at) => at > first && at < run.until)
    .sort((a, b) => a - b);
  const spans: { at: number; every: number; turn: number; count: number }[] = [];
  let [at, turn] = [first, 0];
  for (const end of [...changes, run.until]) {
    const every = lasts(targets, at);
    const count = Math.max(0, Math.ceil((end - at) / every));
    if (count > 0) spans.push({ at, every, turn, count });
    at += count * every;
    turn += count;
  }
  const lines = targets.filter((one) => isThere(one, run.until)).length + 15;
  const turns = Math.max(1, Math.floor(kept / lines));
  const phase = chance(run.key, 'turned over').integer(0, turns - 1);
  // One file is full of so many, and the next is being written.
  const begins = Math.max(0, Math.floor((turn - 1 - phase) / turns) * turns + phase - turns);
  const rounds = spans.flatMap(({ at: from, every, turn: number, count }) => {
    const skipped = Math.max(0, begins - number);
    return Array.from({ length: Math.max(0, count - skipped) }, (_, index) => ({
      at: from + (skipped + index) * every,
      turn: number + skipped + index,
    }));
  });
  if (begins > 0 && rounds.length > 0) run.from = Math.max(run.from, rounds[0]!.at);
  return rounds;
}
