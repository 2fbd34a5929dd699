/** What the programs of Kube-OVN have written. */
import { expect, it } from 'vitest';
import type { KubeObject } from '../../../src/simulator/api/types.ts';
import { pullTime } from '../../../src/simulator/controllers/kubernetes/container-turn.ts';
import { networkOf, takenUp } from '../../../src/simulator/workload/kube-ovn/network.ts';
import { componentLogs } from '../../../src/simulator/workload/logs.ts';
import { systemObjects } from '../../../src/simulator/workload/system.ts';
import { nodeNamed } from './node.ts';

const now = Date.parse('2026-11-29T11:31:00Z');
const born = '2026-11-29T11:00:00Z';
const nothing = { revision: 1, revisionAt: () => 1, events: () => [] };
const note = (name: string) => `ovn.kubernetes.io/${name}`;
const noted = (address: string) => ({
  [note('allocated')]: 'true',
  [note('ip_address')]: address,
  [note('mac_address')]: '00:00:00:11:22:33',
});

type World = Record<string, object[]>;
type Gone = Record<string, { object: object; at: number }[]>;
const pod = (program: string, nodeName: string, startedAt: string, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    ...{ name: `${program}-${nodeName}`, namespace: 'kube-system', uid: `${program}/${nodeName}/${startedAt}` },
    ...{ labels: { app: program }, creationTimestamp: startedAt, ...more },
  },
  spec: { nodeName, containers: [{ name: program === 'kube-ovn-pinger' ? 'pinger' : program }] },
  status: {
    ...{ hostIP: '10.20.1.13', podIP: '10.3.0.7', startTime: startedAt },
    containerStatuses: [
      { name: program === 'kube-ovn-pinger' ? 'pinger' : program, state: { running: { startedAt } }, lastState: {} },
    ],
  },
});
const told = (one: ReturnType<typeof pod>, world: World, gone: Gone = {}, at = now) =>
  componentLogs({
    ...{ pod: one, container: one.spec.containers[0]!.name, now: at, ...nothing },
    objects: (plural) => (world[plural] ?? []) as KubeObject[],
    removed: (plural) => (gone[plural] ?? []) as never,
  });
const words = (lines: { text: string }[]) => lines.map(({ text }) => text.replace(/^[IW]\d{4} \S+ +\d+ \S+\] /, ''));
const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', creationTimestamp: born } };
const plane = (name: string, joined: string) => nodeNamed(name, { joined, controlPlane: true });

it('the first member of OVN makes its databases, those that come join them, and who begins again has them', () => {
  const [first, second] = [plane('cp-2', born), plane('cp-1', '2026-11-29T11:04:00Z')];
  const world = { namespaces: [space], nodes: [first, second] };
  const made = (one: ReturnType<typeof pod>, of: World = world, gone?: Gone) =>
    words(told(one, of, gone)).filter((text) => /database|Joining/.test(text));
  const creates = ['nb', 'sb'].map((name) => ` * Creating cluster database /etc/ovn/ovn${name}_db.db`);
  const joins = ['nb', 'sb'].map((name) => ` * Joining /etc/ovn/ovn${name}_db.db to cluster`);
  const central = pod('ovn-central', 'cp-2', '2026-11-29T11:00:20Z');
  expect(made(central)).toEqual(creates);
  expect(made(pod('ovn-central', 'cp-1', '2026-11-29T11:04:20Z'))).toEqual(joins);
  expect(made(pod('ovn-central', 'cp-2', '2026-11-29T11:25:20Z'))).toEqual([]);
  // The same host, made anew.
  const again = { ...world, nodes: [plane('cp-2', '2026-11-29T11:20:00Z'), second] };
  const gone = { nodes: [{ object: first, at: now - 900_000 }], pods: [{ object: central, at: now - 900_000 }] };
  expect(made(pod('ovn-central', 'cp-2', '2026-11-29T11:20:20Z'), again, gone)).toEqual(joins);
});

it('the member of OVN leads that has been there longest, whatever the others are called', () => {
  const nodes = [plane('a', '2026-11-29T11:20:00Z'), plane('b', born), plane('c', '2026-11-29T11:04:00Z')];
  const objects = systemObjects({ nodes, version: 'v1.33.7-2', kubeOvn: 'v4.2.24', renewed: '2026-11-29T11:31:00Z' });
  const leaders = objects.filter(({ metadata }) => metadata.labels?.['ovn-nb-leader'] === 'true');
  expect(leaders.map(({ spec }) => spec?.['nodeName'])).toEqual(['b']);
});

it('a pinger takes its time for each target, and pings nobody who is not there yet', () => {
  const late = '2026-11-29T11:20:00Z';
  const nodes = [plane('cp-1', born), nodeNamed('w-1', { joined: late })];
  const pingers = [pod('kube-ovn-pinger', 'cp-1', born), pod('kube-ovn-pinger', 'w-1', late)];
  const lines = told(pingers[0]!, { nodes, pods: pingers });
  const pings = lines.filter(({ text }) => text.includes('] ping '));
  for (const [index, { at }] of pings.entries()) expect(at - (pings[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(200);
  const rounds = lines.filter(({ text }) => text.includes('ovs-vswitchd and ovsdb are up'));
  const before = rounds.filter(({ at }) => at < Date.parse(late));
  expect(before.length).toBeGreaterThan(10);
  const between = (of: typeof rounds) => of.slice(1).map(({ at }, index) => at - of[index]!.at);
  const after = rounds.filter(({ at }) => at > Date.parse(late) + 20_000);
  expect(Math.min(...between(before))).toBeGreaterThan(5400);
  expect(Math.min(...between(after)) - Math.max(...between(before))).toBeGreaterThan(300);
  const first = pings.find(({ text }) => text.includes('w-1'));
  expect(first!.at).toBeGreaterThan(Date.parse(late));
  // The Pods come before the Nodes.
  expect(pings.slice(-4).map(({ text }) => /ping (\w+)/.exec(text)![1])).toContain('pod');
});

it('a pinger of a host made anew lists the ports of those that are there, and of none that went with it', () => {
  const at = '2026-11-29T11:20:00Z';
  const nodes = [plane('cp-1', born), nodeNamed('w-1', { joined: at })];
  const own = pod('kube-ovn-pinger', 'w-1', at, { annotations: noted('10.3.0.9') });
  // Collected with the Node: it has failed, and nobody has told that its containers have ended.
  const lost = pod('kube-ovn-pinger', 'w-1', born, { name: 'lost', annotations: noted('10.3.0.8') });
  const object = { ...lost, status: { ...lost.status, phase: 'Failed' } };
  const gone = { pods: [{ object, at: Date.parse('2026-11-29T11:15:00Z') }] };
  const lists = new Set(
    words(told(own, { nodes, pods: [own] }, gone)).filter((line) => /^ports in (ovs|sb): /.test(line)),
  );
  const names = 'kube-ovn-pinger-w-1.kube-system, node-w-1';
  expect([...lists].slice(-2)).toEqual([`ports in ovs: ${names}`, `ports in sb: ${names}`]);
  expect([...lists].join()).not.toContain('lost');
});

it('a pinger names the chassis that the daemon of its Node notes there, before that and after', () => {
  const node = nodeNamed('w-1', { joined: born });
  const joined = takenUp(node, networkOf({}), '100.64.0.3');
  const { [note('chassis')]: chassis } = joined.metadata.annotations ?? {};
  expect(chassis).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  for (const one of [node, joined]) {
    const lines = words(told(pod('kube-ovn-pinger', 'w-1', born), { nodes: [plane('cp-1', born), one] }));
    const said = lines.filter((text) => text.startsWith('chassis id is '));
    expect(new Set(said)).toEqual(new Set([`chassis id is ${chassis}`]));
  }
});

it('a controller that begins again counts what is in use, and then says what it gives and takes', () => {
  const web = {
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'w',
      annotations: { ...noted('10.3.0.9'), [note('logical_switch')]: 'ovn-default' },
      creationTimestamp: born,
    },
    status: { startTime: born },
  };
  const node = (name: string, joined: string, address: string) => {
    const one = nodeNamed(name, { joined });
    return { ...one, metadata: { ...one.metadata, annotations: noted(address) } };
  };
  const own = pod('kube-ovn-controller', 'cp-1', '2026-11-29T11:10:00Z');
  const world = { pods: [web, own], nodes: [node('w-2', '2026-11-29T11:28:00Z', '100.64.0.4')] };
  const gone = { nodes: [{ object: node('w-1', born, '100.64.0.3'), at: Date.parse('2026-11-29T11:27:00Z') }] };
  const said = words(told(own, world, gone));
  const of = (text: RegExp) => said.filter((line) => text.test(line));
  expect(of(/^allocating|released list|^allocate|IPAM|^delete node ip/)).toEqual([
    'allocating static ip 10.3.0.9 from subnet ovn-default',
    'allocate v4 10.3.0.9, mac 00:00:00:11:22:33 for default/web from subnet ovn-default',
    'allocating static ip 100.64.0.3 from subnet join',
    'allocate v4 100.64.0.3, mac 00:00:00:11:22:33 for node-w-1 from subnet join',
    expect.stringMatching(/^take 0\.\d\d seconds to initialize IPAM$/),
    'release v4 100.64.0.3 mac 00:00:00:11:22:33 from subnet join for node-w-1, add ip to released list',
    'delete node ip node-w-1',
    'allocate v4 100.64.0.4, v6 , mac 00:00:00:11:22:33 for node-w-2 from subnet join',
  ]);
  expect(said).toContain('successfully acquired lease kube-system/kube-ovn-controller');
});

it('a controller takes the address of a Pod that has run to its end, and has none to take when that goes', () => {
  const ended = (name: string, kind: string) => ({
    metadata: {
      ...{ name, namespace: 'default', uid: name, creationTimestamp: '2026-11-29T11:20:00Z' },
      annotations: { ...noted('10.3.0.9'), [note('logical_switch')]: 'ovn-default' },
      ownerReferences: [{ kind, name: 'owner' }],
    },
    spec: { restartPolicy: 'OnFailure' },
    status: {
      ...{ phase: 'Succeeded', startTime: '2026-11-29T11:20:00Z' },
      containerStatuses: [{ state: { terminated: { finishedAt: '2026-11-29T11:21:00Z' } } }],
    },
  });
  const own = pod('kube-ovn-controller', 'cp-1', '2026-11-29T11:10:00Z');
  const of = (world: World, gone: Gone = {}) =>
    told(own, world, gone)
      .filter(({ text }) => /\] handle delete pod|released list/.test(text))
      .map(({ at, text }) => `${new Date(at).toISOString().slice(11, 16)} ${/handle|release/.exec(text)![0]}`);
  const job = ended('job', 'Job');
  expect(of({ pods: [own, job, ended('db-0', 'StatefulSet')] })).toEqual(['11:21 handle', '11:21 release']);
  const gone = { pods: [{ object: job, at: Date.parse('2026-11-29T11:25:00Z') }] };
  expect(of({ pods: [own] }, gone)).toEqual(['11:21 handle', '11:21 release', '11:25 handle']);
});

it('a controller that waits to lead does nothing else until the one that leads has gone', () => {
  const name = 'kube-ovn-controller';
  const [leader, other] = [pod(name, 'cp-1', '2026-11-29T11:10:00Z'), pod(name, 'cp-2', '2026-11-29T11:10:05Z')];
  const begun = ['no --kubeconfig, use in-cluster kubernetes config', 'ovn nb connection established'];
  const asks = `attempting to acquire leader lease kube-system/${name}...`;
  const waits = told(other, { pods: [leader, other] });
  expect(words(waits).slice(-3)).toEqual([...begun, asks]);
  expect(words(told(leader, { pods: [leader, other] })).slice(waits.length - 1, waits.length + 1)).toEqual([
    asks,
    `successfully acquired lease kube-system/${name}`,
  ]);
  // That its Lease was made anew changes nothing of what it has said.
  const spec = {
    holderIdentity: leader.metadata.name,
    leaseTransitions: 0,
    acquireTime: '2026-11-29T11:25:00.000000Z',
  };
  const lease = { metadata: { name, namespace: 'kube-system' }, spec };
  const before = told(leader, { pods: [leader, other] });
  expect(told(leader, { pods: [leader, other], leases: [lease] })).toEqual(before);
  const ends = { deletionTimestamp: '2026-11-29T11:20:30Z', deletionGracePeriodSeconds: 30 };
  const gone = [{ object: pod(name, 'cp-1', '2026-11-29T11:10:00Z', ends), at: now - 600_000 }];
  const leads = told(other, { pods: [other] }, { pods: gone });
  expect(words(leads).slice(waits.length, waits.length + 2)).toEqual([
    `successfully acquired lease kube-system/${name}`,
    'Waiting for informer caches to sync',
  ]);
  expect(words(leads)).toContain('start to gc nodes');
  const took = leads[waits.length]!.at - Date.parse('2026-11-29T11:20:00Z');
  expect(took).toBeGreaterThan(0);
  expect(took).toBeLessThan(14_200);
  // While it ends, it says what it did, and that it ends.
  const ending = { ...gone[0]!.object };
  const last = words(told(ending, { pods: [ending, other] }, {}, Date.parse('2026-11-29T11:20:01.060Z')));
  expect(last).toContain('Starting workers');
  expect(last.at(-1)).toBe('"Requested to terminate, exiting"');
});

it('a port is claimed after its Pod was asked for, and a Pod that is there before its server waits for it', () => {
  const [joined, serves] = ['2026-11-29T11:20:00Z', '2026-11-29T11:20:20Z'];
  const annotations = { ...noted('10.3.0.9'), [note('cidr')]: '10.3.0.0/16', [note('logical_switch')]: 'ovn-default' };
  const web = (name: string, startTime: string) => ({
    metadata: { name, namespace: 'default', uid: name, annotations, creationTimestamp: startTime },
    ...{ spec: { nodeName: 'w-1' }, status: { startTime } },
  });
  const server = pod('kube-ovn-cni', 'w-1', serves);
  server.spec.containers = [{ name: 'cni-server' }];
  server.status.containerStatuses[0]!.name = 'cni-server';
  const ovs = pod('openvswitch', 'w-1', '2026-11-29T11:20:10Z');
  const pods = [server, ovs, web('early', joined), web('late', '2026-11-29T11:25:00Z')];
  const host = nodeNamed('w-1', { joined });
  Object.assign(host.metadata, { annotations: noted('100.64.0.5') });
  const world = { pods, nodes: [host] };
  const when = (one: ReturnType<typeof pod>, text: string) =>
    told(one, world).find((line) => line.text.includes(text))?.at ?? Number.NaN;
  // Its own address is that of the Node in the network of Nodes, not that of the host.
  expect(words(told(server, world))).toContain('node w-1 ovn0 is configured on 100.64.0.5');
  for (const name of ['early', 'late']) {
    const asked = when(server, `add port request: {kube-ovn ${name} `);
    expect(asked).toBeGreaterThan(when(server, 'start listen on unix'));
    expect(when(ovs, `Claiming lport ${name}.default`)).toBeGreaterThan(asked);
  }
  expect(when(server, 'add port request: {kube-ovn late ')).toBeLessThan(Date.parse('2026-11-29T11:25:01Z'));
  // One that waits for its Node to be ready is not asked for before it has a sandbox.
  const sandbox = { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: '2026-11-29T11:20:31Z' };
  const waits = web('waits', joined);
  world.pods.push({ ...waits, status: { ...waits.status, conditions: [sandbox] } } as never);
  const asked = when(server, 'add port request: {kube-ovn waits ');
  expect(asked - Date.parse(sandbox.lastTransitionTime)).toBeGreaterThanOrEqual(0);
  expect(asked - Date.parse(sandbox.lastTransitionTime)).toBeLessThan(1000);
});

it('the port of a Pod is asked for before its images are pulled, once it has its address', () => {
  const server = pod('kube-ovn-cni', 'w-1', born);
  server.spec.containers = [{ name: 'cni-server' }];
  server.status.containerStatuses[0]!.name = 'cni-server';
  const host = nodeNamed('w-1', { joined: born });
  const annotations = { ...noted('10.3.0.9'), [note('logical_switch')]: 'ovn-default' };
  /** A Pod that has begun at a second, and whose kubelet has told of its sandbox with the begin of its container, as it does. */
  const web = (name: string, second: number, took: number) => {
    const at = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000', '');
    const startTime = at(Date.parse('2026-11-29T11:20:00Z') + second * 1000);
    const startedAt = at(Date.parse(startTime) + took);
    const container = { name: 'web', image: 'redis:8' };
    return {
      ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: 'w-1', containers: [container] } },
      metadata: { name, namespace: 'default', uid: name, annotations, creationTimestamp: startTime },
      status: {
        startTime,
        conditions: [{ type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: startedAt }],
        containerStatuses: [{ ...container, restartCount: 0, state: { running: { startedAt } }, lastState: {} }],
      },
    };
  };
  const container = { name: 'web', image: 'redis:8' };
  const named = Array.from({ length: 12 }, (_, index) => `web-${index}`);
  const pulling = named.map((name, index) => web(name, index, pullTime(web(name, 0, 0) as never, container) + 900));
  const held = web('held', 30, 60_000);
  const own = pod('kube-ovn-controller', 'cp-1', born);
  const world = { pods: [server, own, ...pulling, held], nodes: [host] };
  const lines = told(server, world);
  const asked = (name: string) => lines.find(({ text }) => text.includes(`add port request: {kube-ovn ${name} `))!.at;
  const given = told(own, world);
  for (const { metadata, status } of pulling) {
    const { name } = metadata;
    expect(asked(name) - Date.parse(status.startTime)).toBeLessThan(1500);
    const allocated = given.find(({ text }) => text.includes('allocate v4') && text.includes(`default/${name} `))!.at;
    expect(asked(name)).toBeGreaterThan(allocated);
  }
  // What waited for a volume has waited for its port, too, which came before it was pulled.
  const before = Date.parse(held.status.conditions[0]!.lastTransitionTime) - asked('held');
  expect(before).toBeGreaterThan(1000);
  expect(before).toBeLessThan(5000);
  // On a Node that is ready only a little before, not before that.
  const ready = Date.parse('2026-11-29T11:20:01Z');
  const waits = named.map((name) => web(name, 0, 2500));
  const condition = { type: 'Ready', status: 'True', lastTransitionTime: '2026-11-29T11:20:01Z' };
  const late = { ...host, status: { ...(host as KubeObject).status, conditions: [condition] } };
  const after = told(server, { pods: [server, own, ...waits], nodes: [late] });
  const requests = after.filter(({ text }) => text.includes('add port request: {kube-ovn web-'));
  expect(requests).toHaveLength(named.length);
  for (const { at } of requests) {
    expect(at).toBeGreaterThan(ready);
    expect(at).toBeLessThan(ready + 1500);
  }
});

it('a controller says of a Pod that it takes it up as it is made, and again once it has a Node', () => {
  const web = {
    metadata: {
      ...{ name: 'web', namespace: 'default', uid: 'web', creationTimestamp: '2026-11-29T11:20:00Z' },
      annotations: { ...noted('10.3.0.9'), [note('logical_switch')]: 'ovn-default', [note('routed')]: 'true' },
    },
    spec: { nodeName: 'w-1' },
    status: {
      startTime: '2026-11-29T11:21:00Z',
      conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-29T11:21:00Z' }],
    },
  };
  const own = pod('kube-ovn-controller', 'cp-1', '2026-11-29T11:10:00Z');
  const lines = told(own, { pods: [own, web] }).filter(({ text }) => text.includes('default/web'));
  const minute = ({ at }: { at: number }) => new Date(at).toISOString().slice(11, 16);
  expect(lines.map((line) => `${minute(line)} ${words([line])[0]!.replace(/\d+ ms/, 'N ms')}`)).toEqual([
    '11:20 enqueue add pod default/web',
    '11:20 handle add/update pod default/web',
    '11:20 sync pod default/web allocated',
    '11:20 allocate v4 10.3.0.9, v6 , mac 00:00:00:11:22:33 for default/web from subnet ovn-default',
    '11:20 take N ms to handle add or update pod default/web',
    '11:21 enqueue update pod default/web',
    '11:21 handle add/update pod default/web',
    '11:21 sync pod default/web routed',
    '11:21 take N ms to handle add or update pod default/web',
  ]);
  // One that has no Node has an address, and no way.
  const { [note('routed')]: _routed, ...annotations } = web.metadata.annotations;
  const waits = { ...web, metadata: { ...web.metadata, annotations }, spec: {}, status: {} };
  const before = told(own, { pods: [own, waits] }).filter(({ text }) => text.includes('default/web'));
  expect(words(before).map((text) => text.split(' ')[0])).toEqual(['enqueue', 'handle', 'sync', 'allocate', 'take']);
});

it('what prepares a program of Kube-OVN says nothing, and who looks into its Pod does not say what the program says', () => {
  const server = pod('kube-ovn-cni', 'w-1', '2026-11-29T11:20:20Z');
  const ended = { terminated: { exitCode: 0, startedAt: '2026-11-29T11:20:10Z', finishedAt: '2026-11-29T11:20:11Z' } };
  const of = (program: string, init: object, rest: object = {}) => {
    const one = pod(program, 'w-1', '2026-11-29T11:20:20Z');
    const { name } = init as { name: string };
    const status = { ...one.status, initContainerStatuses: [{ name, state: ended, lastState: {} }], ...rest };
    const spec = { ...one.spec, initContainers: [init] };
    return componentLogs({
      ...{ pod: { ...one, spec, status } as never, container: name, now, ...nothing },
      ...{ objects: () => [server] as never, removed: () => [] },
    });
  };
  expect(
    of('cni-server', { name: 'install-cni', image: 'r/kube-ovn:v1', command: ['/kube-ovn/install-cni.sh'] }),
  ).toEqual([]);
  const owner = {
    name: 'hostpath-init',
    image: 'r/kube-ovn:v1',
    command: ['sh', '-c', 'chown -R nobody: /var/log/kube-ovn'],
  };
  for (const program of ['kube-ovn-pinger', 'kube-ovn-controller', 'kube-ovn-monitor'])
    expect(of(program, owner)).toEqual([]);
  const debugged = {
    ...server,
    spec: { ...server.spec, ephemeralContainers: [{ name: 'look', image: 'busybox', command: ['sleep', '600'] }] },
    status: {
      ...server.status,
      ephemeralContainerStatuses: [
        { name: 'look', state: { running: { startedAt: '2026-11-29T11:25:00Z' } }, lastState: {} },
      ],
    },
  };
  const question = { pod: debugged as never, container: 'look', now, ...nothing };
  expect(componentLogs({ ...question, objects: () => [], removed: () => [] })).toEqual([]);
});

it('a controller keeps the address of a Pod of a StatefulSet that comes again, and takes that of one that does not', () => {
  const db = (name: string, creationTimestamp: string, mac: string) => ({
    metadata: {
      ...{ name, namespace: 'default', uid: `${name}/${creationTimestamp}`, creationTimestamp },
      annotations: { ...noted('10.3.0.9'), [note('mac_address')]: mac, [note('logical_switch')]: 'ovn-default' },
      ownerReferences: [{ kind: 'StatefulSet', name: 'db' }],
    },
    status: { startTime: creationTimestamp },
  });
  const own = pod('kube-ovn-controller', 'cp-1', '2026-11-29T11:10:00Z');
  const [early, late] = ['2026-11-29T11:15:00Z', '2026-11-29T11:20:01Z'];
  const at = Date.parse('2026-11-29T11:20:00Z');
  const gone = [
    { object: db('db-0', early, '00:00:00:AA:AA:AA'), at },
    { object: db('db-1', early, '00:00:00:BB:BB:BB'), at },
  ];
  const lines = words(told(own, { pods: [own, db('db-0', late, '00:00:00:AA:AA:AA')] }, { pods: gone }));
  const of = (name: string) =>
    lines.filter((line) => line.includes(`default/${name}`) && /delet|keep|release/.test(line));
  expect(of('db-0')).toEqual([
    'enqueue delete pod default/db-0',
    'handle delete pod default/db-0',
    'handle deletion of sts pod default/db-0',
    'try keep ip for sts pod default/db-0',
    expect.stringMatching(/^take \d+ ms to handle delete pod default\/db-0$/),
  ]);
  expect(of('db-1').map((line) => line.split(' ')[0])).toEqual(['enqueue', 'handle', 'release', 'take']);
});

it('each version was built at a time of its own, later ones later', () => {
  const built = (version: string): string => {
    const one = pod('kube-ovn-controller', 'cp-1', '2026-11-29T11:10:00Z');
    const [status] = one.status.containerStatuses;
    const image = `registry.test/acp/kube-ovn:${version}`;
    const made = { ...one, status: { ...one.status, containerStatuses: [{ ...status!, image }] } };
    return /Build: +(\S+)/.exec(
      told(made, {})
        .map(({ text }) => text)
        .join('\n'),
    )![1]!;
  };
  const times = ['v4.1.31', 'v4.1.32', 'v4.2.24', 'v4.2.25', 'v4.3.11', 'v4.4.3'].map(built);
  expect(times).toEqual([...times].sort());
  expect(new Set(times.map((time) => time.split('_')[1])).size).toBe(times.length);
  for (const time of times) expect(time).toMatch(/^202[56]-\d\d-\d\d_\d\d:\d\d:\d\d$/);
});

it('a controller that comes to lead takes up those that have waited for it', () => {
  const own = pod('kube-ovn-controller', 'cp-1', '2026-11-29T11:20:00Z');
  const web = {
    metadata: {
      ...{ name: 'web', namespace: 'default', uid: 'web', creationTimestamp: '2026-11-29T11:15:00Z' },
      annotations: { ...noted('10.3.0.9'), [note('logical_switch')]: 'ovn-default', [note('routed')]: 'true' },
    },
    ...{ spec: { nodeName: 'w-1' }, status: { startTime: '2026-11-29T11:15:01Z' } },
  };
  const begins = told(own, { pods: [own] }).find(({ text }) => text.endsWith('Starting workers'))!.at;
  const ip = {
    metadata: { name: 'web.default', creationTimestamp: `${new Date(begins - 1000).toISOString().slice(0, 19)}Z` },
    spec: { macAddress: '00:00:00:11:22:33' },
  };
  const lines = told(own, { pods: [own, web], ips: [ip] }).filter(({ text }) => text.includes('default/web'));
  expect(words(lines).map((text) => text.split(' ')[0])).toEqual([
    'enqueue',
    'handle',
    'sync',
    'allocate',
    'sync',
    'take',
  ]);
  for (const { at } of lines) expect(at).toBeGreaterThanOrEqual(begins);
});
