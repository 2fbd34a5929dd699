/** The logs of programs that are read more than once, while things happen: each read goes on where the last one ended. */
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../src/simulator/api/pod-logs.ts';
import { LogFiles } from '../../../src/simulator/workload/logs/files.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';
import { managers } from '../../../src/simulator/world/management/managers.ts';

const hour = 3_600_000;
const born = '2026-11-24T11:30:00Z';
const start = Date.parse('2026-11-29T11:31:00Z');
const iso = (at: number) => new Date(at).toISOString().replace(/\.\d+Z/, 'Z');

const node = (name: string, address: string, status = 'True', since = born, plane = false) => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: {
    ...{ name, uid: name, creationTimestamp: born },
    labels: plane ? { 'node-role.kubernetes.io/control-plane': '' } : {},
  },
  status: {
    addresses: [{ type: 'InternalIP', address }],
    conditions: [{ type: 'Ready', status, lastTransitionTime: since }],
  },
});
const lease = (name: string, namespace: string, holder: string) => ({
  ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } },
  spec: { holderIdentity: `${holder}_1`, acquireTime: '2026-11-24T11:31:00.000000Z' },
});
const event = (reason: string, kind: string, name: string, message: string, component: string, times: number[]) => ({
  ...{ apiVersion: 'v1', kind: 'Event', type: 'Normal', reason, message, count: times.length, source: { component } },
  metadata: {
    name: `${name}.${(BigInt(times[0]!) * 1_000_000n).toString(16)}`,
    namespace: 't',
    uid: `${name}/${reason}`,
  },
  ...{ firstTimestamp: iso(times[0]!), lastTimestamp: iso(times.at(-1)!) },
  involvedObject: { kind, namespace: 't', name, uid: `u-${name}`, apiVersion: 'v1' },
});
const machine = (name: string) => ({
  ...{ apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'Machine' },
  metadata: { name, namespace: 'cpaas-system', uid: name, creationTimestamp: '2026-11-29T09:00:00Z' },
  spec: { clusterName: 'prod' },
  status: {
    conditions: ['BootstrapReady', 'InfrastructureReady'].map((type) => ({
      ...{ type, status: 'True', lastTransitionTime: '2026-11-29T09:05:00Z' },
    })),
  },
});

type World = Record<string, object[]>;
const plane = [1, 2, 3].map((at) => node(`cp-${at}`, `10.20.1.1${at}`, 'True', born, true));
const workers = (count: number) => Array.from({ length: count }, (_, at) => node(`w-${at}`, `10.20.2.${at}`));

/** What there is, one state after the other, and when each is looked at. */
const states: { at: number; world: World }[] = [
  { at: start, world: { nodes: [...plane, ...workers(12)], machines: [machine('prod-a'), machine('prod-b')] } },
  {
    at: start + 60_000,
    world: {
      nodes: [...plane, node('w-0', '10.20.2.0', 'Unknown', iso(start + 40_000)), ...workers(12).slice(1)],
      machines: [machine('prod-b')],
      events: [event('FailedCreate', 'ReplicaSet', 'web', 'quota', 'replicaset-controller', [start + 50_000])],
    },
  },
  {
    at: start + hour / 2,
    world: {
      nodes: [...plane, ...workers(5), node('w-0', '10.20.2.0', 'True', iso(start + 90_000))],
      events: [
        event('FailedCreate', 'ReplicaSet', 'web', 'quota', 'replicaset-controller', [start + 50_000, start + 100_000]),
      ],
    },
  },
  { at: start + hour, world: { nodes: [...plane, ...workers(40)] } },
  { at: start + hour + 900, world: { nodes: [...plane, ...workers(41)] } },
  { at: start + 3 * hour, world: { nodes: [...plane.slice(1), ...workers(40)] } },
];

const shown = ({ at, text }: LogLine) => `${at} ${text}`;
const programs = [
  ...['kube-apiserver', 'kube-scheduler', 'kube-controller-manager', 'etcd', 'kube-proxy', 'coredns', 'alive'],
  ...['kube-ovn-controller', 'kube-ovn-monitor', 'cni-server', 'pinger', 'ovn-central', 'openvswitch'],
  ...managers.map(({ name }) => name),
];

/** What a program has said at each of these states. */
function reads(program: string, of: typeof states): LogLine[][] {
  const files = new LogFiles();
  const manager = managers.find(({ name }) => name === program);
  const state = { running: { startedAt: born } };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${program}-1234`, uid: 'u-rs' };
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...{ name: `${program}-x`, namespace: manager ? 'cpaas-system' : 'kube-system', uid: `u-${program}` },
      ...(manager ? { ownerReferences: [owner] } : {}),
    },
    spec: { nodeName: 'cp-1', containers: [{ name: program }] },
    status: {
      hostIP: '10.20.1.11',
      containerStatuses: [{ name: program, image: `r/${program}:v1.33.7`, state, lastState: {} }],
    },
  };
  const leases = [
    lease('kube-controller-manager', 'kube-system', 'cp-1'),
    ...managers.map(({ lease: name }) => lease(name, 'cpaas-system', `${program}-x`)),
  ];
  return of.map(({ at, world }) => {
    const objects = (plural: string) => (plural === 'leases' ? leases : (world[plural] ?? [])) as never;
    const question = {
      ...{ pod, container: program, now: at, revision: 1, objects },
      revisionAt: (moment: number) => Math.floor(moment / 200),
      events: () => (world['events'] ?? []) as never,
      removed: (plural: string) => (world[`gone ${plural}`] ?? []) as never,
    };
    return componentLogs(question, undefined, undefined, files);
  });
}

describe('a log that is read again and again', () => {
  it.each(programs)('goes on where it ended, whatever has come, changed or gone: %s', (program) => {
    const found = reads(program, states).map((lines) => lines.map(shown));
    expect(found[0]!.length).toBeGreaterThan(2);
    for (const [place, lines] of found.entries()) {
      if (place === 0) continue;
      const before = found[place - 1]!;
      const first = before.indexOf(lines[0]!);
      const timeOf = (line: string) => Number(line.split(' ')[0]);
      // Whoever says much has turned everything over meanwhile.
      if (first < 0) expect(timeOf(lines[0]!)).toBeGreaterThan(timeOf(before.at(-1)!));
      if (first < 0) continue;
      expect(lines.slice(0, before.length - first)).toEqual(before.slice(first));
      // Nothing was taken away, or a whole file.
      expect(first === 0 || first === 2000).toBe(true);
    }
  });

  it('keeps what was said of Machines that are gone', () => {
    const [early, late] = reads('capi-kubeadm-bootstrap-controller-manager', states);
    const of = (lines: LogLine[] | undefined) =>
      lines?.filter(({ text }) => /Creating BootstrapData.*prod-a/.test(text));
    expect(of(early)).toHaveLength(1);
    expect(of(late)).toEqual(of(early));
  });
});

describe('a log that is read for the first time', () => {
  it.each([
    ['capi-kubeadm-bootstrap-controller-manager', 'Creating BootstrapData for the worker node'],
    ['capi-controller-manager', 'Bootstrap provider generated data secret'],
  ])('says what it has done for Machines that are gone by now: %s', (program, words) => {
    const gone = [{ object: machine('prod-a'), at: start - 60_000 }];
    const world = { nodes: plane, machines: [machine('prod-b')], 'gone machines': gone };
    const [lines] = reads(program, [{ at: start, world }]);
    const of = (name: string) => lines!.filter(({ text }) => text.includes(words) && text.includes(name));
    expect([of('prod-a').length, of('prod-b').length]).toEqual([1, 1]);
  });
});

describe('a file that is full', () => {
  it('loses a whole part at once, and never a few lines', () => {
    const files = new LogFiles();
    const all = Array.from({ length: 9000 }, (_, at) => ({ at: at * 1000, text: `line ${at}` }));
    const firsts = new Set<number>();
    for (let count = 1000; count <= 9000; count += 100) {
      const lines = files.read('run', all.slice(0, count), 0, (count - 1) * 1000);
      expect(lines.at(-1)).toEqual(all[count - 1]);
      expect(lines.length).toBeLessThanOrEqual(4000);
      firsts.add(lines[0]!.at / 1000);
    }
    expect([...firsts]).toEqual([0, 2000, 4000, 6000]);
  });

  it('begins anew where all that was read before was turned over meanwhile', () => {
    const files = new LogFiles();
    files.read('run', [{ at: 1000, text: 'old' }], 0, 2000);
    expect(files.read('run', [{ at: 90_000, text: 'new' }], 80_000, 95_000)).toEqual([{ at: 90_000, text: 'new' }]);
  });
});

describe('the taint manager', () => {
  it('says of Pods that it deletes them, and not of those that it lets live', () => {
    const component = 'taint-eviction-controller';
    const told = (words: string, name: string, times: number[]) =>
      event('TaintManagerEviction', 'Pod', name, `${words} Pod t/${name}`, component, times);
    const world = {
      nodes: [...plane, ...workers(2)],
      events: [
        told('Marking for deletion', 'goes', [start - 9000]),
        told('Cancelling deletion of', 'stays', [start - 8000, start - 2000]),
      ],
    };
    const [lines] = reads('kube-controller-manager', [{ at: start, world }]);
    const said = lines!.flatMap(
      ({ text }) => /taint_eviction.go:113\] "Deleting pod".* pod="(.*)"$/.exec(text)?.[1] ?? [],
    );
    expect(said).toEqual(['t/goes']);
  });
});
