/** What Kubernetes' own controllers, scheduler and kubelets make of what somebody writes into a workload cluster. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pullFailure } from '../../../src/simulator/controllers/kubernetes/images.ts';
import { Work } from '../../../src/simulator/controllers/kubernetes/manager.ts';
import { Random } from '../../../src/simulator/controllers/random.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';
import { WorkloadApi } from '../../../src/simulator/workload/api.ts';
import { isOfItsNode } from '../../../src/simulator/workload/system.ts';
import { nodeNamed } from './node.ts';

let now: number;
let api: WorkloadApi;
let work: Work;
let uids = 0;
const errors: unknown[] = [];

beforeEach(() => {
  now = Date.parse('2026-11-21T02:00:00Z');
  errors.length = 0;
  api = new WorkloadApi(
    () => now,
    () => `4f9c1a2e-0000-4000-8000-${String(++uids).padStart(12, '0')}`,
  );
  api.hasKubelets = true;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
  api.load([node('cp-1', true), node('w-1'), node('w-2'), account]);
  const random = new Random('test');
  work = new Work({
    transport: (program) => api.as(program),
    now: () => now,
    suffix: () => random.suffix(),
    network: () => '10.3.0.0/16',
    isForeign: isOfItsNode,
    onError: (error) => errors.push(error),
  });
});
afterEach(() => {
  work.stop();
  api.close();
  expect(errors).toEqual([]);
});

function node(name: string, controlPlane = false): Node {
  const made = nodeNamed(name, { controlPlane });
  made.status = { ...made.status, allocatable: { cpu: '4', memory: '8Gi', pods: '110' } };
  return made;
}

interface Thing {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    uid: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: objects of many kinds are looked at.
  spec: any;
  // biome-ignore lint/suspicious/noExplicitAny: objects of many kinds are looked at.
  status?: any;
  message?: string;
  reason?: string;
}

const apps = '/apis/apps/v1/namespaces/default';
const core = '/api/v1/namespaces/default';
const list = async (path: string) => (await api.json<{ items: Thing[] }>({ path })).items;
const pods = () => list(`${core}/pods`);
const get = (path: string) => api.json<Thing>({ path });
const patch = (path: string, body: object) =>
  api.json<Thing>({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' });
const told = async (reason: string) =>
  (await list(`${core}/events`)).filter((one) => one.reason === reason).map(({ message }) => message);

/** Lets `ms` pass, second by second, with a look at each of them. */
async function pass(ms: number, look: () => Promise<void> = async () => {}): Promise<void> {
  for (let gone = 0; gone <= ms; gone += 1000) {
    work.soon();
    await work.idle();
    await look();
    if (gone < ms) now += 1000;
  }
}

const container = (more: object = {}) => ({ name: 'web', image: 'registry.test/web:1', ...more });
const deployment = (replicas: number, more: object = {}) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' } },
  spec: {
    ...{ replicas, selector: { matchLabels: { app: 'web' } } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container()] } },
    ...more,
  },
});
const pod = (name: string, spec: object) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec },
});
const make = (path: string, body: object) => api.json<Thing>({ method: 'POST', path, body });

it('pulls an image once the network of its Node is there, and says so before it has', async () => {
  const held = await get('/api/v1/nodes/w-1');
  const ready = (status: string) =>
    patch('/api/v1/nodes/w-1/status', {
      status: {
        conditions: held.status.conditions.map((one: { type: string }) =>
          one.type === 'Ready' ? { ...one, status } : one,
        ),
      },
    });
  await ready('False');
  await make(`${core}/pods`, pod('late', { nodeName: 'w-1', containers: [container()] }));
  await pass(30_000);
  expect(await told('Pulling')).toEqual([]);
  await ready('True');
  await pass(6000);
  expect(await told('Pulling')).toEqual(['Pulling image "registry.test/web:1"']);
  const [pulled] = await told('Pulled');
  expect(pulled).toMatch(/in [1-4]\.\d+s \(/);
});

it('a Pod gets no sandbox while the network plugin does not run on its Node, or has nobody who gives addresses', async () => {
  await patch('/api/v1/nodes/w-1', { metadata: { annotations: { 'ovn.kubernetes.io/allocated': 'true' } } });
  const on = { nodeName: 'w-1', containers: [container()] };
  const phase = async (name: string) => (await get(`${core}/pods/${name}`)).status;
  await make(`${core}/pods`, pod('cut', on));
  await pass(32_000);
  const refused = await told('FailedCreatePodSandBox');
  expect(refused.length).toBeGreaterThan(1);
  for (const words of refused)
    expect(words).toMatch(/sandbox "[0-9a-f]{64}": plugin .*kube-ovn-daemon\.sock: connect:/);
  expect(await phase('cut')).toMatchObject({ phase: 'Pending' });
  expect((await phase('cut')).podIP).toBeUndefined();
  const plugin = (app: string) => {
    const made = pod(app, { ...on, hostNetwork: true });
    return { ...made, metadata: { ...made.metadata, labels: { app } } };
  };
  await make(`${core}/pods`, plugin('kube-ovn-cni'));
  await pass(20_000);
  expect((await told('FailedCreatePodSandBox')).join()).toContain('no address allocated to pod default/cut');
  expect((await phase('cut')).phase).toBe('Pending');
  await make(`${core}/pods`, plugin('kube-ovn-controller'));
  await pass(20_000);
  expect((await phase('cut')).phase).toBe('Running');
});

it('pulls an image once for all Pods of a Node that wait for it', async () => {
  for (const name of ['one', 'two'])
    await make(`${core}/pods`, pod(name, { nodeName: 'w-1', containers: [container()] }));
  await pass(8000);
  const words = (await told('Pulled')).map((message) => / in \d+ms \(/.test(message ?? ''));
  expect(words.sort()).toEqual([false, true]);
});

it('each time that an image is asked for again takes its own time', async () => {
  const crash = container({ image: 'busybox', command: ['sh', '-c', 'exit 3'], imagePullPolicy: 'Always' });
  await make(`${core}/pods`, pod('crash', { containers: [crash] }));
  for (let turn = 0; turn < 12; turn++) await pass(10_000);
  const times = (await told('Pulled')).map((message) => / in (\S+) /.exec(message ?? '')?.[1] ?? '');
  expect(times.length).toBeGreaterThan(2);
  expect(new Set(times).size).toBe(times.length);
  // As Go writes them.
  for (const time of times) expect(time).toMatch(/^([1-9]\d{0,2}ms|[1-9]\d*(\.\d{0,2}[1-9])?s)$/);
});

it('ends a container whose hook fails once it has begun, and says so', async () => {
  const lifecycle = { postStart: { exec: { command: ['sh', '-c', 'exit 3'] } } };
  await make(`${core}/pods`, pod('hooked', { containers: [container({ lifecycle })] }));
  const reasons: string[] = [];
  const messages = new Set<string>();
  await pass(20_000, async () => {
    const { waiting } = (await get(`${core}/pods/hooked`)).status.containerStatuses?.[0]?.state ?? {};
    if (waiting && reasons.at(-1) !== waiting.reason) reasons.push(waiting.reason);
    if (waiting?.reason === 'PostStartHookError') messages.add(waiting.message);
  });
  expect(reasons.slice(-3)).toEqual(['ContainerCreating', 'PostStartHookError', 'CrashLoopBackOff']);
  expect([...messages][0]).toMatch(
    /^Exec lifecycle hook \(\[sh -c exit 3\]\) for Container "web" in Pod "hooked_default\(.*\)" failed - error: command 'sh -c exit 3' exited with 3: , message: ""$/,
  );
  expect((await told('FailedPostStartHook'))[0]).toBe('PostStartHook failed');
  expect(await told('Killing')).toContain('FailedPostStartHook');
  const [{ status }] = (await pods()) as [Thing];
  expect(status.containerStatuses[0].restartCount).toBeGreaterThan(0);
  expect(await told('BackOff')).not.toEqual([]);
});

it('a hook whose command is not in the image fails, and one that may be there does not', async () => {
  const hooked = (image: string, command: string[]) =>
    container({ image, name: command.at(-1)!.replace(/\W/g, ''), lifecycle: { postStart: { exec: { command } } } });
  const containers = [
    hooked('nginx:1.27', ['/nope']),
    { ...hooked('busybox', ['nosuch']), command: ['sleep', '3600'] },
    hooked('nginx:1.27', ['/bin/sh', '-c', 'nginx']),
    hooked('registry.test/web:1', ['/app/warm']),
  ];
  await make(`${core}/pods`, pod('hooks', { containers }));
  let words = '';
  await pass(40_000, async () => {
    const { waiting } = (await get(`${core}/pods/hooks`)).status.containerStatuses?.[0]?.state ?? {};
    if (waiting?.reason === 'PostStartHookError') words = waiting.message;
  });
  const { status } = await get(`${core}/pods/hooks`);
  expect(words).toMatch(
    /^Exec lifecycle hook \(\[\/nope\]\) .* failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "\/nope": stat \/nope: no such file or directory: unknown, message: ""$/,
  );
  const restarts = status.containerStatuses.map(({ name, restartCount }: { name: string; restartCount: number }) => [
    name,
    restartCount > 0,
  ]);
  expect(restarts).toEqual([
    ...[
      ['nope', true],
      ['nosuch', true],
      ['nginx', false],
      ['appwarm', false],
    ],
  ]);
  expect(await told('FailedPostStartHook')).toContain('PostStartHook failed');
});

describe('a Deployment', () => {
  it('is scaled in proportion while it rolls, and numbers and notes what it goes back to', async () => {
    await make(
      `${apps}/deployments`,
      deployment(10, { strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }),
    );
    await pass(8000);
    const sizes = async () =>
      (await list(`${apps}/replicasets`))
        .sort((a, b) => Number(numberOf(a)) - Number(numberOf(b)))
        .map(({ spec }) => spec.replicas);
    const numberOf = ({ metadata }: Thing) => metadata.annotations?.['deployment.kubernetes.io/revision'];
    // As the documentation has it: five more, of which the larger gets three and the other two.
    const template = (image: string) => ({ spec: { template: { spec: { containers: [container({ image })] } } } });
    await patch(`${apps}/deployments/web`, template('registry.test/web:missing'));
    await pass(8000);
    expect(await sizes()).toEqual([8, 5]);
    await patch(`${apps}/deployments/web`, { spec: { replicas: 15 } });
    await pass(2000);
    expect(await sizes()).toEqual([11, 7]);
    await patch(`${apps}/deployments/web`, { ...template('registry.test/web:1') });
    await patch(`${apps}/deployments/web`, { metadata: { annotations: { 'kubernetes.io/change-cause': 'back' } } });
    await pass(20_000);
    const last = (await list(`${apps}/replicasets`)).find(({ spec }) => spec.replicas === 15);
    expect(last?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
      'kubernetes.io/change-cause': 'back',
    });
  });

  it('gets a ReplicaSet, and that its Pods, which run on Nodes that take them', async () => {
    await make(`${apps}/deployments`, deployment(3));
    await pass(6000);
    const [set, ...rest] = await list(`${apps}/replicasets`);
    expect(rest).toEqual([]);
    const hash = set!.metadata.labels!['pod-template-hash'];
    expect(set!.metadata.name).toBe(`web-${hash}`);
    const made = await pods();
    expect(made).toHaveLength(3);
    for (const one of made) {
      expect(one.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash });
      expect(['w-1', 'w-2']).toContain(one.spec.nodeName);
      expect(one.status).toMatchObject({
        phase: 'Running',
        qosClass: 'BestEffort',
        podIP: expect.stringMatching(/^10\.3\./),
      });
    }
    expect(new Set(made.map(({ status }) => status.podIP)).size).toBe(3);
    const { status, metadata } = await get(`${apps}/deployments/web`);
    expect(metadata.annotations!['deployment.kubernetes.io/revision']).toBe('1');
    expect(status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
    expect(status.conditions.map((one: Thing) => [(one as unknown as { type: string }).type, one.reason])).toEqual([
      ['Available', 'MinimumReplicasAvailable'],
      ['Progressing', 'NewReplicaSetAvailable'],
    ]);
    expect(await told('ScalingReplicaSet')).toEqual([`Scaled up replica set web-${hash} from 0 to 3`]);
    // At rest nothing is written any more.
    const before = (await api.json<{ metadata: { resourceVersion: string } }>({ path: `${core}/pods` })).metadata;
    await pass(3000);
    const after = (await api.json<{ metadata: { resourceVersion: string } }>({ path: `${core}/pods` })).metadata;
    expect(after).toEqual(before);
  });

  it('rolls within what its strategy allows, and back again under the next revision', async () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };
    await make(`${apps}/deployments`, deployment(4, { strategy }));
    await pass(6000);
    const watched = async () => {
      const all = (await pods()).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      const ready = all.filter(({ status }) => status.containerStatuses?.every((one: { ready: boolean }) => one.ready));
      expect(all.length).toBeLessThanOrEqual(5);
      expect(ready.length).toBeGreaterThanOrEqual(3);
    };
    const image = (tag: string) => ({
      spec: { template: { spec: { containers: [container({ image: `registry.test/web:${tag}` })] } } },
    });
    await patch(`${apps}/deployments/web`, image('2'));
    await pass(30_000, watched);
    expect(new Set((await pods()).map(({ spec }) => spec.containers[0].image))).toEqual(
      new Set(['registry.test/web:2']),
    );
    await patch(`${apps}/deployments/web`, image('1'));
    await pass(30_000, watched);
    const sets = await list(`${apps}/replicasets`);
    const revisions = sets.map(({ metadata, spec }) => [
      metadata.annotations!['deployment.kubernetes.io/revision'],
      spec.replicas,
    ]);
    expect(revisions.sort()).toEqual([
      ['2', 0],
      ['3', 4],
    ]);
  });

  it('rolls no further while it is paused, and all at once under Recreate', async () => {
    await make(`${apps}/deployments`, deployment(2, { strategy: { type: 'Recreate' } }));
    await pass(6000);
    const next = { template: { spec: { containers: [container({ image: 'registry.test/web:2' })] } } };
    await patch(`${apps}/deployments/web`, { spec: { paused: true, ...next } });
    await pass(6000);
    expect(await list(`${apps}/replicasets`)).toHaveLength(1);
    await patch(`${apps}/deployments/web`, { spec: { paused: false } });
    await pass(10_000, async () => {
      expect(new Set((await pods()).map(({ spec }) => spec.containers[0].image)).size).toBeLessThanOrEqual(1);
    });
    expect((await pods()).map(({ spec }) => spec.containers[0].image)).toEqual(Array(2).fill('registry.test/web:2'));
  });

  it('takes with it what it made', async () => {
    await make(`${apps}/deployments`, deployment(2));
    await pass(6000);
    await api.json({ method: 'DELETE', path: `${apps}/deployments/web` });
    await pass(4000);
    expect(await list(`${apps}/replicasets`)).toEqual([]);
    expect(await pods()).toEqual([]);
  });

  it('replaces a Pod that somebody deletes, and those of a Node that is gone', async () => {
    await make(`${apps}/deployments`, deployment(2));
    await pass(6000);
    const [first] = await pods();
    await api.json({ method: 'DELETE', path: `${core}/pods/${first!.metadata.name}` });
    await api.json({ method: 'DELETE', path: '/api/v1/nodes/w-1' });
    await pass(38_000);
    // The Node might come back: so long its Pods stay.
    expect((await pods()).map(({ spec }) => spec.nodeName)).toContain('w-1');
    await pass(30_000);
    const left = await pods();
    expect(left.map(({ metadata }) => metadata.name)).not.toContain(first!.metadata.name);
    expect(left.map(({ spec, status }) => [spec.nodeName, status.phase])).toEqual(Array(2).fill(['w-2', 'Running']));
  });
});

describe('a Pod', () => {
  it('waits with the reason of every Node where none takes it, and is placed once one does', async () => {
    const resources = { requests: { cpu: '3' } };
    await patch('/api/v1/nodes/w-2', { spec: { unschedulable: true } });
    await make(`${core}/pods`, pod('first', { containers: [container({ resources })] }));
    await make(`${core}/pods`, pod('second', { containers: [container({ resources })] }));
    await pass(6000);
    const words =
      '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.';
    expect(await told('FailedScheduling')).toEqual([words]);
    // It is tried again now and then, from where its condition was written on; the third time begins a series.
    now += 300_000;
    await pass(1000);
    now += 300_000;
    await pass(1000);
    const tries = (await list(`${core}/events`)).filter(({ reason }) => reason === 'FailedScheduling');
    expect(tries.map((one) => (one as unknown as { series?: { count: number } }).series?.count)).toEqual([
      undefined,
      2,
    ]);
    expect((await get(`${core}/pods/second`)).status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: words }],
    });
    await patch('/api/v1/nodes/w-2', { spec: { unschedulable: null } });
    await pass(6000);
    expect(await get(`${core}/pods/second`)).toMatchObject({ spec: { nodeName: 'w-2' }, status: { phase: 'Running' } });
  });

  it('finds room beside what somebody else keeps there', async () => {
    const kept = {
      ...pod('kept', { nodeName: 'w-1', containers: [container({ resources: { requests: { cpu: '3' } } })] }),
    };
    api.load([
      { ...kept, metadata: { ...kept.metadata, uid: '00000000-0000-8000-a000-000000000001' } } as unknown as Node,
    ]);
    await make(`${core}/pods`, pod('one', { containers: [container({ resources: { requests: { cpu: '2' } } })] }));
    await pass(0);
    expect((await get(`${core}/pods/one`)).spec.nodeName).toBe('w-2');
  });

  it.each([
    ['Never', ['true'], 'Succeeded', 0],
    ['Never', ['sh', '-c', 'exit 300'], 'Failed', 44],
    ['Always', ['sh', '-c', 'exit $?'], 'Running', undefined],
    ['Never', ['sh', '-c', 'sleep 2; exit 3'], 'Failed', 3],
    ['Always', ['sleep', '3600'], 'Running', undefined],
  ])('that restarts %s and runs %j ends as %s', async (restartPolicy, command, phase, exitCode) => {
    await make(`${core}/pods`, pod('one', { restartPolicy, containers: [container({ command })] }));
    await pass(10_000);
    const { status } = await get(`${core}/pods/one`);
    expect(status.phase).toBe(phase);
    expect(status.containerStatuses[0].state.terminated?.exitCode).toBe(exitCode);
  });

  it('that fails again and again rests longer each time', async () => {
    await make(
      `${core}/pods`,
      pod('one', { restartPolicy: 'Always', containers: [container({ command: ['false'] })] }),
    );
    await pass(120_000);
    const [{ restartCount, state, lastState }] = (await get(`${core}/pods/one`)).status.containerStatuses;
    expect(state.waiting).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: expect.stringMatching(/^back-off 1m20s restarting/),
    });
    expect(lastState.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(restartCount).toBe(4);
  });

  it('is driven away by a taint it does not tolerate, and by one it tolerates for a while after that while', async () => {
    const rests = [{ key: 'mine', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 20 }];
    const stays = [{ key: 'mine', operator: 'Exists' }];
    const on = (name: string, tolerations: object[]) =>
      pod(name, { nodeName: 'w-1', tolerations, containers: [container()] });
    for (const [name, tolerations] of [
      ['goes', []],
      ['rests', rests],
      ['stays', stays],
    ] as const) {
      await make(`${core}/pods`, on(name, [...tolerations]));
    }
    await pass(6000);
    const timeAdded = new Date(now).toISOString();
    await patch('/api/v1/nodes/w-1', { spec: { taints: [{ key: 'mine', effect: 'NoExecute', timeAdded }] } });
    await pass(10_000);
    const names = async () => (await pods()).map(({ metadata }) => metadata.name).sort();
    expect(await names()).toEqual(['rests', 'stays']);
    expect(await told('TaintManagerEviction')).toEqual(['Marking for deletion Pod default/goes']);
    await pass(30_000);
    expect(await names()).toEqual(['stays']);
  });

  it('is not ready on a Node that is silent, and goes when its patience is over', async () => {
    await make(`${apps}/deployments`, deployment(1));
    await pass(6000);
    const [{ spec, metadata }] = (await pods()) as [Thing];
    const held = await get(`/api/v1/nodes/${spec.nodeName}`);
    const since = new Date(now).toISOString();
    const conditions = held.status.conditions.map((one: { type: string }) =>
      one.type === 'Ready' ? { ...one, status: 'Unknown', lastTransitionTime: since } : one,
    );
    await patch(`/api/v1/nodes/${spec.nodeName}/status`, { status: { conditions } });
    await patch(`/api/v1/nodes/${spec.nodeName}`, { spec: { unschedulable: true } });
    await pass(5000);
    const ready = (await get(`${core}/pods/${metadata.name}`)).status.conditions.find(
      ({ type }: { type: string }) => type === 'Ready',
    );
    expect(ready).toMatchObject({ status: 'False' });
    expect(await told('NodeNotReady')).toEqual(['Node is not ready']);
    const calm = held.status.conditions;
    await patch(`/api/v1/nodes/${spec.nodeName}/status`, { status: { conditions: calm } });
    await pass(2000);
    expect(await told('TaintManagerEviction')).toEqual([`Cancelling deletion of Pod default/${metadata.name}`]);
    await patch(`/api/v1/nodes/${spec.nodeName}/status`, { status: { conditions } });
    await pass(310_000);
    // Nobody hears that the old one has ended: it is there for as long as its Node.
    const all = await pods();
    expect(all).toHaveLength(2);
    const left = all.filter((one) => one.metadata.deletionTimestamp === undefined);
    expect(left).toHaveLength(1);
    expect(left[0]!.metadata.name).not.toBe(metadata.name);
    const gone = all.find((one) => one.metadata.name === metadata.name)!;
    expect(gone.status.conditions).toContainEqual(expect.objectContaining({ reason: 'DeletionByTaintManager' }));
    expect(left[0]!.spec.nodeName).not.toBe(spec.nodeName);
  });

  it('goes from a Node that is not ready for longer than it bears', async () => {
    await make(`${core}/pods`, pod('one', { nodeName: 'w-1', containers: [container()] }));
    await pass(6000);
    const held = await get('/api/v1/nodes/w-1');
    const conditions = held.status.conditions.map((one: { type: string }) =>
      one.type === 'Ready' ? { ...one, status: 'False' } : one,
    );
    const timeAdded = new Date(now).toISOString();
    await patch('/api/v1/nodes/w-1/status', { status: { conditions } });
    const key = 'node.kubernetes.io/not-ready';
    await patch('/api/v1/nodes/w-1', { spec: { taints: [{ key, effect: 'NoExecute', timeAdded }] } });
    await pass(290_000);
    expect(await told('TaintManagerEviction')).toEqual([]);
    await pass(45_000);
    expect(await told('TaintManagerEviction')).toEqual(['Marking for deletion Pod default/one']);
    // Its kubelet is there, and ends it.
    expect(await pods()).toEqual([]);
  });

  it('that runs can be given containers to look into it', async () => {
    await make(`${core}/pods`, pod('one', { containers: [container()] }));
    await pass(6000);
    const path = `${core}/pods/one/ephemeralcontainers`;
    const ephemeralContainers = [
      { name: 'look', image: 'busybox', stdin: true, tty: true, targetContainerName: 'web' },
    ];
    const contentType = 'application/strategic-merge-patch+json';
    await api.json({ method: 'PATCH', path, body: { spec: { ephemeralContainers } }, contentType });
    await pass(6000);
    const [one] = await pods();
    expect(one!.spec.ephemeralContainers).toMatchObject([{ name: 'look', imagePullPolicy: 'Always' }]);
    expect(one!.status).toMatchObject({ phase: 'Running', ephemeralContainerStatuses: [{ state: { running: {} } }] });
    expect(one!.status.containerStatuses[0]).toMatchObject({ ready: true, restartCount: 0 });
  });

  it('that runs can be given more or less to take, since 1.33, and stays of its class', async () => {
    const resources = { requests: { cpu: '100m' }, limits: { memory: '64Mi' } };
    await make(`${core}/pods`, pod('one', { containers: [container({ resources })] }));
    await pass(6000);
    const path = `${core}/pods/one/resize`;
    const contentType = 'application/strategic-merge-patch+json';
    const resize = (more: object) =>
      api.json({
        method: 'PATCH',
        path,
        contentType,
        body: { spec: { containers: [{ name: 'web', resources: more }] } },
      });
    await expect(resize({ requests: { cpu: '200m' } })).rejects.toMatchObject({ code: 404 });
    api.sees([node('cp-1', true)]);
    await resize({ requests: { cpu: '200m' } });
    await pass(4000);
    const [one] = await pods();
    expect(one!.spec.containers[0].resources).toMatchObject({ requests: { cpu: '200m' }, limits: { memory: '64Mi' } });
    expect(one!.status.containerStatuses[0]).toMatchObject({
      allocatedResources: { cpu: '200m' },
      ...{ ready: true, restartCount: 0, resources: { limits: { memory: '64Mi' } } },
    });
    await expect(resize({ limits: { memory: '32Mi' } })).rejects.toThrow('memory limits cannot be decreased unless');
    await expect(resize({ requests: { cpu: '1', memory: '64Mi' }, limits: { cpu: '1' } })).rejects.toThrow(
      'Pod QOS Class may not change as a result of resizing',
    );
    await resize({ requests: { cpu: '40' } });
    expect((await pods())[0]!.status.conditions).toContainEqual(
      expect.objectContaining({
        reason: 'Infeasible',
        message: "Node didn't have enough capacity: cpu, requested: 40000, capacity: 4000",
      }),
    );
  });

  it('that is told to run what is not there does not even begin', async () => {
    await make(
      `${core}/pods`,
      pod('typo', { containers: [container({ image: 'busybox:1.36', command: ['slep', '9'] })] }),
    );
    await make(
      `${core}/pods`,
      pod('well', { containers: [container({ image: 'busybox:1.36', args: ['sleep', '99'] })] }),
    );
    await make(`${core}/pods`, pod('own', { containers: [container({ command: ['/app/server'] })] }));
    await pass(9000);
    const [own, typo, well] = await pods();
    expect([own, well].map((one) => one!.status.containerStatuses[0].restartCount)).toEqual([0, 0]);
    const { lastState, state } = typo!.status.containerStatuses[0];
    expect(state.waiting.reason).toBe('CrashLoopBackOff');
    expect(lastState.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      startedAt: '1970-01-01T00:00:00Z',
    });
    expect((await told('Failed'))[0]).toMatch(
      /^Error: failed to create .* exec: "slep": executable file not found in \$PATH: unknown$/,
    );
  });

  it('is not ready before what others say of it, which a kubelet leaves alone', async () => {
    await make(
      `${core}/pods`,
      pod('one', { readinessGates: [{ conditionType: 'x.io/ok' }], containers: [container()] }),
    );
    await pass(6000);
    const said = async () => (await get(`${core}/pods/one`)).status.conditions as Record<string, string>[];
    expect(await said()).toContainEqual(expect.objectContaining({ type: 'Ready', reason: 'ReadinessGatesNotReady' }));
    await patch(`${core}/pods/one/status`, {
      status: { conditions: [...(await said()), { type: 'x.io/ok', status: 'True', lastProbeTime: null }] },
    });
    await pass(1000);
    expect((await said()).map(({ type, status }) => `${type} ${status}`)).toEqual(
      expect.arrayContaining(['Ready True', 'x.io/ok True']),
    );
  });

  it('is made by a ReplicationController, too', async () => {
    await make(`${core}/replicationcontrollers`, {
      ...{ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'old', namespace: 'default' } },
      spec: {
        ...{ replicas: 2, selector: { app: 'old' } },
        template: { metadata: { labels: { app: 'old' } }, spec: { containers: [container()] } },
      },
    });
    await pass(6000);
    expect((await get(`${core}/replicationcontrollers/old`)).status).toMatchObject({ replicas: 2, readyReplicas: 2 });
  });

  it('begins again on a Node that was booted anew', async () => {
    await make(`${core}/pods`, pod('one', { nodeName: 'w-1', containers: [container()] }));
    await pass(6000);
    await patch('/api/v1/nodes/w-1/status', { status: { nodeInfo: { bootID: 'another' } } });
    await pass(3000);
    const [one] = await pods();
    expect(one!.status.containerStatuses[0]).toMatchObject({
      ...{ restartCount: 1, ready: true },
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
    });
    expect(await told('SandboxChanged')).toEqual(['Pod sandbox changed, it will be killed and re-created.']);
  });

  it('that takes more memory than it may is killed for it', async () => {
    const args = ['--vm', '1', '--vm-bytes', '250M'];
    const resources = { limits: { memory: '100Mi' } };
    const image = 'polinux/stress';
    await make(
      `${core}/pods`,
      pod('one', { containers: [container({ image, command: ['stress'], args, resources })] }),
    );
    await pass(6000);
    const { state, lastState } = (await pods())[0]!.status.containerStatuses[0];
    expect((state.terminated ?? lastState.terminated).reason).toBe('OOMKilled');
  });

  it('that matters more has room made for it by those that matter less, and by no more of them than it takes', async () => {
    const asking = (cpu: string, more: object = {}) => ({
      containers: [container({ resources: { requests: { cpu } } })],
      ...more,
    });
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const head = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' };
    await make(classes, { ...head, metadata: { name: 'high' }, value: 1000 });
    await make(classes, { ...head, metadata: { name: 'patient' }, value: 2000, preemptionPolicy: 'Never' });
    for (const name of ['a', 'b']) await make(`${core}/pods`, pod(name, asking('3')));
    await make(`${core}/pods`, pod('small', asking('500m')));
    await pass(6000);
    await make(`${core}/pods`, pod('waits', asking('3', { priorityClassName: 'patient' })));
    await pass(1000);
    expect((await told('FailedScheduling')).at(-1)).toMatch(
      /preemption: not eligible due to preemptionPolicy=Never\.$/,
    );
    await api.json({ method: 'DELETE', path: `${core}/pods/waits` });
    await make(`${core}/pods`, pod('first', asking('3', { priorityClassName: 'high' })));
    await pass(0);
    const first = await get(`${core}/pods/first`);
    expect(first.status.nominatedNodeName).toMatch(/^w-/);
    expect(await told('Preempted')).toEqual([
      `Preempted by pod ${first.metadata.uid} on node ${first.status.nominatedNodeName}`,
    ]);
    await pass(8000);
    expect((await get(`${core}/pods/first`)).status.phase).toBe('Running');
    expect((await pods()).map(({ metadata }) => metadata.name).filter((name) => name !== 'first')).toHaveLength(2);
  });

  it('runs as the account of its namespace, whose token it is given', async () => {
    const { spec } = await make(`${core}/pods`, pod('one', { containers: [container()] }));
    const [{ name, projected }] = spec.volumes;
    expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(projected.sources.map((one: object) => Object.keys(one)[0])).toEqual([
      'serviceAccountToken',
      'configMap',
      'downwardAPI',
    ]);
    expect(spec.containers[0].volumeMounts).toEqual([
      { name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ]);
    expect(spec).toMatchObject({
      serviceAccountName: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    });
    expect(spec.tolerations.map(({ tolerationSeconds }: { tolerationSeconds: number }) => tolerationSeconds)).toEqual([
      300, 300,
    ]);
  });
});

describe('what nobody controls', () => {
  const orphan = (path: string) =>
    api.json({
      method: 'DELETE',
      path,
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Orphan' },
    });
  const uids = async () => (await pods()).map(({ metadata }) => metadata.uid).sort();

  it('is taken over by what means it: a Deployment made anew goes on with the old Pods', async () => {
    await make(`${apps}/deployments`, deployment(2));
    await pass(6000);
    const before = await uids();
    await orphan(`${apps}/deployments/web`);
    await pass(2000);
    expect(await list(`${apps}/replicasets`)).toHaveLength(1);
    await make(`${apps}/deployments`, deployment(2));
    await pass(6000);
    const [set] = await list(`${apps}/replicasets`);
    await orphan(`${apps}/replicasets/${set!.metadata.name}`);
    await pass(6000);
    expect(await list(`${apps}/replicasets`)).toHaveLength(1);
    expect(await uids()).toEqual(before);
    expect((await get(`${apps}/deployments/web`)).status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2 });
  });

  it('is a Pod whose label somebody takes away: another one comes for it', async () => {
    await make(`${apps}/deployments`, deployment(1));
    await pass(6000);
    const [first] = await pods();
    await patch(`${core}/pods/${first!.metadata.name}`, { metadata: { labels: { app: 'debug' } } });
    await pass(6000);
    expect(await pods()).toHaveLength(2);
    expect((await get(`${core}/pods/${first!.metadata.name}`)).metadata).not.toHaveProperty('ownerReferences');
    await api.json({ method: 'DELETE', path: `${apps}/deployments/web` });
    await pass(6000);
    expect(await uids()).toEqual([first!.metadata.uid]);
  });

  it('has a name all the same: a ReplicaSet of that name is made under another one', async () => {
    await make(`${apps}/deployments`, deployment(1));
    await pass(4000);
    const [set] = await list(`${apps}/replicasets`);
    const { name } = set!.metadata;
    await api.json({ method: 'DELETE', path: `${apps}/deployments/web` });
    await pass(6000);
    const other = { metadata: { labels: { app: 'other' } }, spec: { containers: [container()] } };
    await make(`${apps}/replicasets`, {
      ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name } },
      spec: { replicas: 0, selector: { matchLabels: { app: 'other' } }, template: other },
    });
    await make(`${apps}/deployments`, deployment(1));
    await pass(6000);
    const made = (await list(`${apps}/replicasets`)).filter(({ metadata }) => metadata.name !== name);
    expect(made).toHaveLength(1);
    expect((await get(`${apps}/deployments/web`)).status).toMatchObject({ collisionCount: 1, readyReplicas: 1 });
  });
});

describe('a probe', () => {
  it('that fails is told of; what should live is ended and begun again, what should be ready is not', async () => {
    const livenessProbe = { exec: { command: ['false'] }, periodSeconds: 5, failureThreshold: 2 };
    const readinessProbe = { httpGet: { port: 81, path: '/nope' } };
    await make(`${core}/pods`, pod('ill', { containers: [container({ image: 'nginx', livenessProbe })] }));
    await make(`${core}/pods`, pod('shut', { containers: [container({ image: 'nginx', readinessProbe })] }));
    await pass(18_000);
    const [ill, shut] = await pods();
    expect(ill!.status.containerStatuses[0]).toMatchObject({ restartCount: 1, state: { running: {} } });
    expect(ill!.status.containerStatuses[0].lastState.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(await told('Killing')).toContain('Container web failed liveness probe, will be restarted');
    expect(shut!.status.containerStatuses[0]).toMatchObject({ ready: false, started: true, restartCount: 0 });
    const { podIP } = shut!.status;
    const words = `Get "http://${podIP}:81/nope": dial tcp ${podIP}:81: connect: connection refused`;
    expect((await told('Unhealthy')).sort()).toEqual(['Liveness probe failed: ', `Readiness probe failed: ${words}`]);
  });
});

it('goes on answering for a while before it ends, where that is CoreDNS', async () => {
  const containers = [container({ image: 'registry.example/tkestack/coredns:1.12.4' })];
  await make(`${core}/pods`, pod('dns', { containers }));
  await pass(20_000);
  await api.json({ method: 'DELETE', path: `${core}/pods/dns` });
  await pass(4500);
  expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(['dns']);
  await pass(5000);
  expect(await pods()).toEqual([]);
});

it('may be there for so long only: then a Pod has failed, once its containers have ended', async () => {
  const containers = [container({ image: 'busybox', command: ['sleep', '3600'] })];
  await make(`${core}/pods`, pod('short', { activeDeadlineSeconds: 10, containers }));
  await pass(15_000);
  expect((await pods())[0]!.status).toMatchObject({ phase: 'Running' });
  await pass(30_000);
  const [short] = await pods();
  expect(short!.status).toMatchObject({
    ...{ phase: 'Failed', reason: 'DeadlineExceeded' },
    message: 'Pod was active on the node longer than the specified deadline',
    containerStatuses: [{ state: { terminated: { exitCode: 137 } } }],
  });
  expect(await told('DeadlineExceeded')).toEqual([short!.status.message]);
  expect(await told('Killing')).toEqual(['Stopping container web']);
});

describe('storage', () => {
  const claims = `${core}/persistentvolumeclaims`;
  const claim = (name: string, more: object = {}) => ({
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'default' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
  });
  const volumes = [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }];

  it('that nobody makes is waited for, by the claim and by its Pod', async () => {
    await make(`${core}/pods`, pod('db', { containers: [container()], volumes }));
    await pass(1000);
    await make(claims, claim('data'));
    await make(claims, claim('fast', { storageClassName: 'fast' }));
    await pass(20_000);
    expect(await told('FailedBinding')).toEqual([
      'no persistent volumes available for this claim and no storage class is set',
    ]);
    expect(await told('ProvisioningFailed')).toEqual(['storageclass.storage.k8s.io "fast" not found']);
    const words = (await told('FailedScheduling')).map((one) => one?.split('. ')[0]);
    expect(words).toEqual([
      '0/3 nodes are available: persistentvolumeclaim "data" not found',
      '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims',
    ]);
    await make('/apis/storage.k8s.io/v1/storageclasses', {
      ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'fast' } },
      ...{ provisioner: 'csi.test', volumeBindingMode: 'WaitForFirstConsumer' },
    });
    await pass(16_000);
    expect(await told('WaitForFirstConsumer')).toEqual(['waiting for first consumer to be created before binding']);
  });

  it('that somebody makes is bound, and kept while a Pod has it', async () => {
    await make('/api/v1/persistentvolumes', {
      ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' } },
      spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
    });
    await make(claims, claim('data'));
    await make(`${core}/pods`, pod('db', { containers: [container()], volumes }));
    await pass(8000);
    expect(await get(`${claims}/data`)).toMatchObject({
      spec: { volumeName: 'disk', volumeMode: 'Filesystem' },
      status: { phase: 'Bound', capacity: { storage: '5Gi' } },
    });
    expect((await pods())[0]!.status.phase).toBe('Running');
    await api.json({ method: 'DELETE', path: `${claims}/data` });
    await pass(2000);
    expect((await get(`${claims}/data`)).metadata.deletionTimestamp).toBeDefined();
    await api.json({ method: 'DELETE', path: `${core}/pods/db` });
    await pass(8000);
    await expect(get(`${claims}/data`)).rejects.toThrow('not found');
    expect((await get('/api/v1/persistentvolumes/disk')).status).toMatchObject({ phase: 'Released' });
  });
});

it('scales by no metrics, and says so; within its bounds it keeps what it scales', async () => {
  const why = 'the server could not find the requested resource (get pods.metrics.k8s.io)';
  await make(`${apps}/deployments`, deployment(1));
  await make('/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
    ...{
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'default' },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 4,
    },
  });
  await pass(40_000);
  expect(await pods()).toHaveLength(2);
  expect(await told('SuccessfulRescale')).toEqual([
    'New size: 2; reason: Current number of replicas below Spec.MinReplicas',
  ]);
  const { status } = await get('/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web');
  expect(status.currentReplicas).toBe(2);
  expect(status.conditions).toMatchObject([
    { type: 'AbleToScale', status: 'True' },
    {
      type: 'ScalingActive',
      status: 'False',
      reason: 'FailedGetResourceMetric',
      message: expect.stringContaining(why),
    },
  ]);
  expect((await told('FailedGetResourceMetric'))[0]).toContain(why);
});

describe('an image', () => {
  const waits = async () => (await pods())[0]!.status.containerStatuses[0].state.waiting;

  it('that is nowhere is tried again and again, with a rest between, until another is named', async () => {
    await make(`${core}/pods`, pod('bad', { containers: [container({ image: 'nginx:doesnotexist' })] }));
    const seen = new Set<string>();
    await pass(90_000, async () => {
      seen.add((await waits()).reason);
    });
    expect([...seen]).toEqual(['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff']);
    const why =
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:doesnotexist": failed to resolve reference "docker.io/library/nginx:doesnotexist": docker.io/library/nginx:doesnotexist: not found';
    expect((await waits()).message).toContain(why);
    const events = (await list(`${core}/events`)) as unknown as { reason: string; message: string; count: number }[];
    const counted = events.flatMap(({ message, count, reason }) => (reason === 'Failed' ? [[message, count]] : []));
    expect(counted.sort()).toEqual([
      ['Error: ErrImagePull', 4],
      ['Error: ImagePullBackOff', 3],
      [`Failed to pull image "nginx:doesnotexist": ${why}`, 4],
    ]);
    const [given] = (await get(`${core}/pods/bad`)).spec.containers;
    await patch(`${core}/pods/bad`, { spec: { containers: [{ ...given, image: 'nginx:1.27' }] } });
    await pass(2000);
    expect((await pods())[0]).toMatchObject({ status: { phase: 'Running' } });
  });

  it.each([
    ['nginx', undefined],
    ['nginx:1.27-alpine', undefined],
    ['registry.test/team/app:7', undefined],
    ['totally-made-up/none:1', 'docker.io/totally-made-up/none:1": pull access denied, repository does not exist'],
    ['bitnami/redis:8', undefined],
    ['busybox@sha256:0123', undefined],
    ['nginx:1.999', 'nginx:1.999: not found'],
    ['ngnix', 'pull access denied, repository does not exist or may require authorization'],
    ['registry.invalid/app:1', 'dial tcp: lookup registry.invalid on'],
    ['localhost:5000/app', 'dial tcp 127.0.0.1:5000: connect: connection refused'],
    ['Nginx', 'repository name (library/Nginx) must be lowercase'],
  ])('%s: %s', (image, why) => {
    const failure = pullFailure(image)?.message;
    if (why === undefined) expect(failure).toBeUndefined();
    else expect(failure).toContain(why);
  });

  it('that is on the Node is not pulled again', async () => {
    const nodeSelector = { 'kubernetes.io/hostname': 'w-1' };
    for (const name of ['one', 'two']) {
      await make(`${core}/pods`, pod(name, { nodeSelector, containers: [container()] }));
      await pass(6000);
    }
    expect(await told('Pulling')).toHaveLength(1);
    expect((await told('Pulled')).sort()).toEqual([
      'Container image "registry.test/web:1" already present on machine',
      expect.stringContaining('Successfully pulled image "registry.test/web:1"'),
    ]);
  });

  it('stays on its Node when the Pods that had it are gone, and what the Node tells of is there, too', async () => {
    const on = (name: string, image: string) => pod(name, { nodeName: 'w-1', containers: [container({ image })] });
    await make(`${core}/pods`, on('first', 'registry.test/web:1'));
    await pass(6000);
    await api.json({ method: 'DELETE', path: `${core}/pods/first`, body: { gracePeriodSeconds: 0 } });
    await pass(3000);
    expect(await pods()).toEqual([]);
    const held = await get('/api/v1/nodes/w-1');
    const images = [...(held.status.images ?? []), { names: ['docker.io/library/httpd:2.4'], sizeBytes: 45_000_000 }];
    await patch('/api/v1/nodes/w-1/status', { status: { images } });
    await make(`${core}/pods`, on('second', 'registry.test/web:1'));
    await make(`${core}/pods`, on('third', 'httpd:2.4'));
    await make(`${core}/pods`, {
      ...on('elsewhere', 'httpd:2.4'),
      spec: { ...on('', 'httpd:2.4').spec, nodeName: 'w-2' },
    });
    await pass(6000);
    expect((await told('Pulling')).sort()).toEqual([
      'Pulling image "httpd:2.4"',
      'Pulling image "registry.test/web:1"',
    ]);
    expect((await told('Pulled')).filter((message) => message?.endsWith('already present on machine')).sort()).toEqual([
      'Container image "httpd:2.4" already present on machine',
      'Container image "registry.test/web:1" already present on machine',
    ]);
  });
});

it('waits for the ConfigMaps and Secrets that it mounts or reads', async () => {
  const volumes = [{ name: 'conf', configMap: { name: 'web' } }];
  await make(`${core}/pods`, pod('mounts', { volumes, containers: [container()] }));
  await make(`${core}/pods`, pod('reads', { containers: [container({ envFrom: [{ secretRef: { name: 'key' } }] })] }));
  await pass(8000);
  const counted = async (reason: string) =>
    ((await list(`${core}/events`)) as unknown as { reason: string; message: string; count: number }[]).flatMap(
      (one) => (one.reason === reason ? [[one.message.replace(/ in \S+ \(.*/, ''), one.count]] : []),
    );
  const reason = async (name: string) =>
    (await get(`${core}/pods/${name}`)).status.containerStatuses[0].state.waiting?.reason;
  expect([await reason('mounts'), await reason('reads')]).toEqual(['ContainerCreating', 'CreateContainerConfigError']);
  // After half a second, and then twice as long each time.
  const unmounted = 'MountVolume.SetUp failed for volume "conf" : configmap "web" not found';
  expect(await counted('FailedMount')).toEqual([[unmounted, 5]]);
  expect(await counted('Failed')).toEqual([['Error: secret "key" not found', 1]]);
  // There is a sandbox, and the image has come.
  expect((await get(`${core}/pods/reads`)).status.podIP).toMatch(/^10\.3\./);
  expect((await get(`${core}/pods/mounts`)).status.podIP).toBeUndefined();
  expect(await counted('Pulled')).toEqual([['Successfully pulled image "registry.test/web:1"', 1]]);
  await pass(50_000);
  expect(await counted('FailedMount')).toEqual([[unmounted, 7]]);
  const [[, failures] = []] = await counted('Failed');
  expect(failures).toBeGreaterThanOrEqual(4);
  expect(failures).toBeLessThanOrEqual(6);
  expect(await counted('Pulled')).toContainEqual([
    'Container image "registry.test/web:1" already present on machine',
    Number(failures) - 1,
  ]);
  await make(`${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } });
  await make(`${core}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' } });
  const phases = async () =>
    Object.fromEntries((await pods()).map(({ metadata, status }) => [metadata.name, status.phase]));
  await pass(1000);
  // Both are seen at their next try.
  expect(await phases()).toEqual({ mounts: 'Pending', reads: 'Pending' });
  await pass(14_000);
  expect(await phases()).toMatchObject({ reads: 'Running' });
  await pass(60_000);
  expect(await phases()).toEqual({ mounts: 'Running', reads: 'Running' });
});

it('what must not run as root is not begun with an image that does, nor with one that cannot be told', async () => {
  const must = { securityContext: { runAsNonRoot: true } };
  const reason = async (name: string) =>
    (await get(`${core}/pods/${name}`)).status.containerStatuses[0].state.waiting?.reason;
  const made = await make(`${core}/pods`, pod('root', { ...must, containers: [container({ image: 'nginx:1.27' })] }));
  const own = container({ image: 'redis', securityContext: { runAsUser: 999 } });
  const zero = container({ image: 'registry.test/web:1', securityContext: { runAsUser: 0 } });
  const containers = [container()];
  const shell = { image: 'busybox', command: ['sleep', '3600'] };
  await make(`${core}/pods`, pod('named', { containers: [container({ image: 'memcached', ...must })] }));
  await make(`${core}/pods`, pod('own', { ...must, containers: [own] }));
  await make(`${core}/pods`, pod('zero', { ...must, containers: [zero] }));
  await make(`${core}/pods`, pod('unknown', { ...must, containers }));
  await make(`${core}/pods`, pod('may', { containers: [container(shell)] }));
  await pass(30_000);
  const names = ['root', 'named', 'own', 'zero', 'unknown', 'may'];
  const refused = 'CreateContainerConfigError';
  const reasons = [refused, refused, undefined, refused, undefined, undefined];
  expect(await Promise.all(names.map(reason))).toEqual(reasons);
  const message = `container has runAsNonRoot and image will run as root (pod: "root_default(${made.metadata.uid})", container: web)`;
  const { status } = await get(`${core}/pods/root`);
  expect(status).toMatchObject({ phase: 'Pending', containerStatuses: [{ state: { waiting: { message } } }] });
  expect(await told('Failed')).toEqual(
    expect.arrayContaining([
      `Error: ${message}`,
      expect.stringContaining('image has non-numeric user (memcache), cannot verify user is non-root (pod: "named_'),
      expect.stringContaining(`Error: container's runAsUser breaks non-root policy (pod: "zero_`),
    ]),
  );
  expect(await told('Pulled')).toContain('Container image "nginx:1.27" already present on machine');
});

it('asks the registry again each time where it is told to, for a container that cannot be configured', async () => {
  const always = container({ imagePullPolicy: 'Always', envFrom: [{ configMapRef: { name: 'nope' } }] });
  await make(`${core}/pods`, pod('reads', { containers: [always] }));
  await pass(40_000);
  const events = (await list(`${core}/events`)) as unknown as { reason: string; count: number }[];
  const countOf = (reason: string) => events.reduce((sum, one) => sum + (one.reason === reason ? one.count : 0), 0);
  expect(countOf('Failed')).toBeGreaterThanOrEqual(3);
  expect([countOf('Pulling'), countOf('Pulled')]).toEqual([countOf('Failed'), countOf('Failed')]);
});

describe('what prepares a Pod', () => {
  it('runs first, one after the other, and is tried again where it fails', async () => {
    const init = (name: string, command: string[]) => ({ name, image: 'busybox:1.36', command });
    const initContainers = [init('one', ['sleep', '3']), init('two', ['true'])];
    await make(`${core}/pods`, pod('good', { initContainers, containers: [container()] }));
    await make(`${core}/pods`, pod('bad', { initContainers: [init('one', ['false'])], containers: [container()] }));
    const phases: string[] = [];
    await pass(25_000, async () => {
      const { status } = await get(`${core}/pods/good`);
      const [first, second] = status.initContainerStatuses ?? [];
      const states = [first, second, status.containerStatuses?.[0]].map((one) => Object.keys(one?.state ?? {})[0]);
      if (phases.at(-1) !== states.join()) phases.push(states.join());
    });
    expect(phases).toEqual([
      'waiting,waiting,waiting',
      'running,waiting,waiting',
      'terminated,waiting,waiting',
      'terminated,running,waiting',
      'terminated,terminated,waiting',
      'terminated,terminated,running',
    ]);
    const { status } = await get(`${core}/pods/bad`);
    expect(status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    });
    expect(status.initContainerStatuses[0]).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    });
  });
});

it('counts what stays beside a Pod among what is ready of it, by its own probe, too', async () => {
  const beside = (more: object) => ({ name: 'beside', image: 'busybox', restartPolicy: 'Always', ...more });
  const runs = beside({ command: ['sleep', '3600'] });
  const readinessProbe = { exec: { command: ['cat', '/tmp/nope'] }, periodSeconds: 1 };
  await make(`${core}/pods`, pod('good', { initContainers: [runs], containers: [container()] }));
  const waits = { ...runs, readinessProbe };
  await make(`${core}/pods`, pod('waits', { initContainers: [waits], containers: [container()] }));
  const table = async (name: string) => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const found = await api.json<{ rows: { cells: unknown[] }[] }>({ path: `${core}/pods/${name}`, accept });
    return found.rows[0]!.cells.slice(1, 3);
  };
  await pass(1000);
  expect(await table('good')).toEqual(['0/2', 'Init:0/1']);
  await pass(14_000);
  expect(await table('good')).toEqual(['2/2', 'Running']);
  expect(await table('waits')).toEqual(['1/2', 'Running']);
  const conditions = (await get(`${core}/pods/waits`)).status.conditions as { type: string; message?: string }[];
  expect(conditions.find(({ type }) => type === 'ContainersReady')).toMatchObject({
    ...{ status: 'False', message: 'containers with unready status: [beside]' },
  });
});

it('ends what stays beside a Pod once its work is done, or once it has ended, and is over only then', async () => {
  const script = "trap 'exit 0' TERM; while true; do sleep 1; done";
  const beside = { name: 'beside', image: 'busybox', restartPolicy: 'Always', command: ['sh', '-c', script] };
  const work = {
    restartPolicy: 'Never',
    initContainers: [beside],
    containers: [container({ command: ['sleep', '3'] })],
  };
  await make(`${core}/pods`, pod('done', work));
  await make(`${core}/pods`, pod('deleted', { initContainers: [beside], containers: [container()] }));
  const seen: string[] = [];
  await pass(30_000, async () => {
    const { status } = await get(`${core}/pods/done`);
    const states = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(
      ({ state }) => Object.keys(state)[0],
    );
    const words = `${status.phase} ${states.join()}`;
    if (seen.at(-1) !== words) seen.push(words);
  });
  expect(seen.slice(-3)).toEqual([
    'Running running,running',
    'Running running,terminated',
    'Succeeded terminated,terminated',
  ]);
  expect((await get(`${core}/pods/done`)).status.initContainerStatuses[0]).toMatchObject({ ready: false });
  expect(await told('Killing')).toEqual(['Stopping container beside']);
  await patch(`${core}/pods/deleted`, { metadata: { finalizers: ['test.io/kept'] } });
  await api.json({ method: 'DELETE', path: `${core}/pods/deleted` });
  await pass(20_000);
  const { status } = await get(`${core}/pods/deleted`);
  const ends = [...status.containerStatuses, ...status.initContainerStatuses].map(({ state }) => state.terminated);
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(Date.parse(ends[1].finishedAt)).toBeGreaterThan(Date.parse(ends[0].finishedAt));
  expect(status.phase).toBe('Succeeded');
});

describe('a Pod that is deleted', () => {
  const gone = (name: string, body?: object) =>
    api.json({ method: 'DELETE', path: `${core}/pods/${name}`, ...(body ? { body } : {}) });
  const state = async (name: string) => (await pods()).find(({ metadata }) => metadata.name === name);

  it('ends within seconds where its program listens, and is killed after its time where it does not', async () => {
    await make(`${core}/pods`, pod('server', { containers: [container()] }));
    await make(`${core}/pods`, pod('deaf', { containers: [container({ command: ['sleep', '3600'] })] }));
    await pass(6000);
    await gone('server');
    await gone('deaf');
    expect((await state('server'))?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 });
    await pass(4000);
    expect(await state('server')).toBeUndefined();
    expect(await state('deaf')).toMatchObject({ status: { phase: 'Running' } });
    await pass(24_000);
    expect(await state('deaf')).toBeDefined();
    await pass(4000);
    expect(await pods()).toEqual([]);
    expect(await told('Killing')).toEqual(['Stopping container web', 'Stopping container web']);
  });

  it.each([
    ["trap '' TERM; sleep 1000", 137, 20],
    ["trap '' SIGTERM INT; while true; do sleep 1; done", 137, 20],
    ['trap "" 15; exec sleep 1000', 137, 20],
    ["trap 'exit 0' TERM; while true; do sleep 1; done", 0, 4],
    ["trap '' HUP; trap 'exit 0' TERM; sleep 1000 & wait", 0, 4],
    // A shell hears of a signal between two commands.
    ["trap 'exit 0' TERM; sleep 1000", 137, 20],
    ["trap 'exit 0' HUP; while true; do sleep 1; done", 137, 20],
    ['trap "echo no" TERM; while :; do sleep 1; done', 137, 20],
    ['trap "echo bye; exit 0" TERM; while :; do sleep 1; done', 0, 4],
  ])('takes its time where its shell says %s: code %i after at most %i s', async (script, exitCode, seconds) => {
    const spec = { terminationGracePeriodSeconds: 20, containers: [container({ command: ['sh', '-c', script] })] };
    await make(`${core}/pods`, pod('shell', spec));
    await pass(6000);
    const finalizers = ['test.io/kept'];
    await patch(`${core}/pods/shell`, { metadata: { finalizers } });
    const begun = now;
    await gone('shell');
    await pass(25_000);
    const { terminated } = (await state('shell'))!.status.containerStatuses[0].state;
    expect(terminated.exitCode).toBe(exitCode);
    const took = (Date.parse(terminated.finishedAt) - begun) / 1000;
    expect(took).toBeLessThanOrEqual(seconds);
    expect(took).toBeGreaterThan(seconds - 5);
  });

  it('is gone at once by force, or where nothing runs, and sooner when asked again', async () => {
    const sleeps = { containers: [container({ command: ['sleep', '3600'] })] };
    for (const name of ['one', 'two']) await make(`${core}/pods`, pod(name, sleeps));
    await make(`${core}/pods`, pod('nowhere', { ...sleeps, nodeSelector: { disk: 'ssd' } }));
    await pass(6000);
    await gone('nowhere');
    await gone('one', { gracePeriodSeconds: 0 });
    expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(['two']);
    await gone('two');
    await gone('two', { gracePeriodSeconds: 5 });
    expect((await state('two'))?.metadata).toMatchObject({ deletionGracePeriodSeconds: 5 });
    await pass(6000);
    expect(await pods()).toEqual([]);
  });

  it('is replaced meanwhile by a ReplicaSet, and afterwards by a StatefulSet; its Namespace waits', async () => {
    const template = {
      ...{ metadata: { labels: { app: 'web' } } },
      spec: { containers: [container({ command: ['sleep', '3600'] })], terminationGracePeriodSeconds: 10 },
    };
    await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'own' } });
    const own = apps.replace('default', 'own');
    const head = { metadata: { name: 'web' } };
    const selector = { matchLabels: { app: 'web' } };
    await make(`${own}/deployments`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...head,
      spec: { selector, template },
    });
    const other = { matchLabels: { app: 'db' } };
    await make(`${own}/statefulsets`, {
      ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' } },
      spec: { selector: other, serviceName: 'db', template: { ...template, metadata: { labels: { app: 'db' } } } },
    });
    await pass(6000);
    const all = core.replace('default', 'own');
    await api.json({ method: 'DELETE', path: `${all}/pods` });
    await pass(5000);
    const names = async () => (await list(`${all}/pods`)).map(({ metadata }) => metadata.name.replace(/-\w+-\w+$/, ''));
    expect(await names()).toEqual(['db-0', 'web', 'web']);
    await pass(12_000);
    expect(await names()).toEqual(['db-0', 'web']);
    await api.json({ method: 'DELETE', path: '/api/v1/namespaces/own' });
    await pass(5000);
    const { status: left } = await get('/api/v1/namespaces/own');
    expect(left).toMatchObject({ phase: 'Terminating' });
    expect(left.conditions.map(({ message }: Thing) => message)).toContainEqual(
      expect.stringMatching(/^Some resources are remaining: pods\. has \d resource instances$/),
    );
    await pass(12_000);
    await expect(get('/api/v1/namespaces/own')).rejects.toThrow('not found');
  });
});

describe('a StatefulSet', () => {
  const set = (more: object = {}) => ({
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace: 'default' } },
    spec: {
      ...{ replicas: 2, serviceName: 'db', selector: { matchLabels: { app: 'db' } } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [container()] } },
      ...more,
    },
  });
  const states = async () => (await pods()).map(({ metadata, status }) => `${metadata.name} ${status.phase}`).sort();

  it('makes its Pods one after the other, and takes the last one first', async () => {
    await make(`${apps}/statefulsets`, set());
    await pass(0);
    expect(await states()).toEqual(['db-0 Pending']);
    await pass(12_000, async () => {
      const known = await states();
      if (known.some((one) => one.startsWith('db-1'))) expect(known).toContain('db-0 Running');
    });
    expect(await states()).toEqual(['db-0 Running', 'db-1 Running']);
    await patch(`${apps}/statefulsets/db`, { spec: { replicas: 1 } });
    await pass(5000);
    expect(await states()).toEqual(['db-0 Running']);
  });

  it('rolls from the last one on, each ready before the next goes', async () => {
    await make(`${apps}/statefulsets`, set());
    await pass(12_000);
    await patch(`${apps}/statefulsets/db`, {
      spec: { template: { spec: { containers: [container({ image: 'registry.test/db:2' })] } } },
    });
    const order: string[] = [];
    await pass(20_000, async () => {
      for (const { metadata, spec } of await pods()) {
        if (spec.containers[0].image === 'registry.test/db:2' && !order.includes(metadata.name))
          order.push(metadata.name);
      }
      expect((await pods()).filter(({ status }) => status.phase === 'Running').length).toBeGreaterThanOrEqual(1);
    });
    expect(order).toEqual(['db-1', 'db-0']);
    const { status } = await get(`${apps}/statefulsets/db`);
    expect(status).toMatchObject({ readyReplicas: 2, updatedReplicas: 2, currentRevision: status.updateRevision });
  });

  // A server does not ask whether the template has the volume: a claim brings it.
  const mounting = {
    metadata: { labels: { app: 'db' } },
    spec: { containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })] },
  };

  it('tells of the server that does not let it make what it wants', async () => {
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } };
    await make(`${apps}/statefulsets`, set({ volumeClaimTemplates: [claim] }));
    await pass(4000);
    expect(await states()).toEqual([]);
    expect(await told('FailedCreate')).toEqual([
      'create Claim data-db-0 Pod db-0 in StatefulSet db failed error: PersistentVolumeClaim "data-db-0" is invalid: spec.resources[storage]: Required value',
    ]);
  });

  it('waits for storage that nobody makes', async () => {
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    await make(`${apps}/statefulsets`, set({ volumeClaimTemplates: [claim], template: mounting }));
    await pass(6000);
    expect(await states()).toEqual(['db-0 Pending']);
    expect(
      (await list(`${core}/persistentvolumeclaims`)).map(({ metadata, status }) => [metadata.name, status.phase]),
    ).toEqual([['data-db-0', 'Pending']]);
    expect((await told('FailedScheduling'))[0]).toMatch(
      /^0\/3 nodes are available: pod has unbound immediate PersistentVolumeClaims\. preemption/,
    );
  });
});

describe('a DaemonSet', () => {
  const set = (spec: object = {}) => ({
    ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'default' } },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [container()], ...spec } },
    },
  });
  const nodes = async () => (await pods()).map(({ spec }) => spec.nodeName).sort();

  it('has one Pod on each Node that takes it, cordoned ones too, and on the next to come', async () => {
    await patch('/api/v1/nodes/w-2', { spec: { unschedulable: true } });
    await make(`${apps}/daemonsets`, set());
    await pass(6000);
    expect(await nodes()).toEqual(['w-1', 'w-2']);
    api.load([node('w-3')]);
    await api.json({ method: 'DELETE', path: '/api/v1/nodes/w-1' });
    await pass(6000);
    expect(await nodes()).toEqual(['w-1', 'w-2', 'w-3']);
    await pass(60_000);
    expect(await nodes()).toEqual(['w-2', 'w-3']);
    // Its controller has taken nothing away.
    expect(await told('SuccessfulDelete')).toEqual([]);
    expect((await get(`${apps}/daemonsets/agent`)).status).toMatchObject({
      ...{
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        numberReady: 2,
        numberAvailable: 2,
        numberMisscheduled: 0,
      },
    });
  });

  it('tolerates what its template does, and rolls one Node at a time', async () => {
    await make(`${apps}/daemonsets`, set({ tolerations: [{ operator: 'Exists' }] }));
    await pass(6000);
    expect(await nodes()).toEqual(['cp-1', 'w-1', 'w-2']);
    await patch(`${apps}/daemonsets/agent`, {
      spec: { template: { spec: { containers: [container({ image: 'registry.test/a:2' })] } } },
    });
    await pass(30_000, async () => {
      expect((await pods()).filter(({ status }) => status.phase === 'Running').length).toBeGreaterThanOrEqual(2);
    });
    expect((await pods()).map(({ spec }) => spec.containers[0].image)).toEqual(Array(3).fill('registry.test/a:2'));
  });

  it('counts its templates, and Pods and revisions say of which they are', async () => {
    const KEY = 'deprecated.daemonset.template.generation';
    const read = async () =>
      (await get(`${apps}/daemonsets/agent`)).metadata as Thing['metadata'] & { generation: number };
    const generations = async () => (await pods()).map(({ metadata }) => metadata.labels?.['pod-template-generation']);
    const made = await make(`${apps}/daemonsets`, set());
    expect(made.metadata.annotations).toEqual({ [KEY]: '1' });
    await pass(6000);
    expect(await generations()).toEqual(['1', '1']);
    // What is not of the template is no new one, and nobody else counts.
    await patch(`${apps}/daemonsets/agent`, {
      metadata: { annotations: { [KEY]: '7' } },
      spec: { minReadySeconds: 1 },
    });
    expect(await read()).toMatchObject({ generation: 2, annotations: { [KEY]: '1' } });
    await patch(`${apps}/daemonsets/agent`, { spec: { template: { metadata: { annotations: { again: 'now' } } } } });
    expect(await read()).toMatchObject({ generation: 3, annotations: { [KEY]: '2' } });
    await pass(40_000);
    expect(await generations()).toEqual(['2', '2']);
    const revisions = await list(`${apps}/controllerrevisions`);
    expect(revisions.map(({ metadata }) => metadata.annotations?.[KEY]).sort()).toEqual(['1', '2']);
  });
});

describe('a Job', () => {
  const batch = '/apis/batch/v1/namespaces/default';
  const job = (command: string[], more: object = {}) => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'one', namespace: 'default' } },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container({ command })] } }, ...more },
  });
  const end = async () =>
    (await get(`${batch}/jobs/one`)).status.conditions?.map(
      ({ type, reason }: { type: string; reason: string }) => `${type} ${reason}`,
    );

  it('is complete once enough Pods have succeeded, so many at a time', async () => {
    await make(`${batch}/jobs`, job(['true'], { completions: 3, parallelism: 2 }));
    await pass(20_000, async () => {
      const active = (await pods()).filter(({ status }) => ['Pending', 'Running'].includes(status.phase));
      expect(active.length).toBeLessThanOrEqual(2);
    });
    expect(await end()).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
    const { status } = await get(`${batch}/jobs/one`);
    expect(status).toMatchObject({ succeeded: 3, ready: 0 });
    expect(status).not.toHaveProperty('active');
    expect(await pods()).toHaveLength(3);
  });

  it('is told of its Pods a second after they have changed, so that even the shortest takes longer than they do', async () => {
    now += 900;
    await make(`${batch}/jobs`, job(['sleep', '1']));
    await pass(12_000);
    const { status } = await get(`${batch}/jobs/one`);
    const [pod] = await pods();
    const finished = Date.parse(pod!.status.containerStatuses[0].state.terminated.finishedAt);
    expect(Date.parse(status.completionTime) - finished).toBe(1000);
    expect(finished - Date.parse(status.startTime)).toBeGreaterThanOrEqual(2000);
  });

  it('has failed once it was tried as often as it may be', async () => {
    await make(`${batch}/jobs`, job(['false'], { backoffLimit: 2 }));
    await pass(60_000);
    expect(await end()).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
    const { status } = await get(`${batch}/jobs/one`);
    expect(status.failed).toBe(3);
    expect(status).not.toHaveProperty('active');
  });

  it.each([
    { backoffLimit: 0, restarts: 1 },
    { backoffLimit: 1, restarts: 1 },
    { backoffLimit: 3, restarts: 3 },
  ])(
    'whose containers begin again in place has failed with restart $restarts, where it may be tried again $backoffLimit times',
    async ({ backoffLimit, restarts }) => {
      const made = job(['false'], { backoffLimit });
      made.spec.template.spec.restartPolicy = 'OnFailure';
      await make(`${batch}/jobs`, made);
      let most = 0;
      const phases: string[] = [];
      await pass(90_000, async () => {
        const [one] = await pods();
        most = Math.max(most, one?.status?.containerStatuses?.[0]?.restartCount ?? 0);
        if (one && phases.at(-1) !== one.status.phase) phases.push(one.status.phase);
      });
      expect(most).toBe(restarts);
      expect(phases.at(-1)).toBe('Failed');
      expect(await pods()).toEqual([]);
      expect(await end()).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
      const { status } = await get(`${batch}/jobs/one`);
      expect(status).toMatchObject({ failed: 1, terminating: 0, uncountedTerminatedPods: {} });
      expect(await told('BackoffLimitExceeded')).toEqual(['Job has reached the specified backoff limit']);
      const [first, last] = status.conditions.map(({ lastTransitionTime }: { lastTransitionTime: string }) =>
        Date.parse(lastTransitionTime),
      );
      expect(last - first).toBeLessThanOrEqual(5000);
    },
  );

  it('ends, too, where its Pod has waited for an image all the time', async () => {
    const image = 'registry.test/web:missing';
    const made = job([], { activeDeadlineSeconds: 20 });
    made.spec.template.spec.containers = [container({ image })] as never;
    await make(`${batch}/jobs`, made);
    await pass(40_000);
    expect(await end()).toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
    expect((await get(`${batch}/jobs/one`)).status).toMatchObject({ failed: 1, uncountedTerminatedPods: {} });
    expect(await pods()).toEqual([]);
  });

  it('that is late fails once its Pods have ended, each of which is held until it is counted', async () => {
    await make(`${batch}/jobs`, job(['sleep', '3600'], { activeDeadlineSeconds: 8 }));
    await pass(7000);
    const held = ['batch.kubernetes.io/job-tracking'];
    expect((await pods()).map(({ metadata }) => (metadata as { finalizers?: string[] }).finalizers)).toEqual([held]);
    await pass(3000);
    expect(await end()).toEqual(['FailureTarget DeadlineExceeded']);
    await pass(32_000);
    expect(await end()).toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
    expect((await get(`${batch}/jobs/one`)).status).toMatchObject({ failed: 1, uncountedTerminatedPods: {} });
    expect(await pods()).toEqual([]);
    expect(await told('DeadlineExceeded')).toEqual(['Job was active longer than specified deadline']);
  });

  it('that is deleted takes its Pods with it, and lets go those that have ended', async () => {
    await make(`${batch}/jobs`, job(['false'], { backoffLimit: 0 }));
    await pass(10_000);
    expect((await pods()).map(({ metadata }) => (metadata as { finalizers?: string[] }).finalizers)).toEqual([
      undefined,
    ]);
    await make(`${batch}/jobs`, { ...job(['sleep', '3600']), metadata: { name: 'two', namespace: 'default' } });
    await pass(6000);
    await api.json({ method: 'DELETE', path: `${batch}/jobs/one` });
    await api.json({ method: 'DELETE', path: `${batch}/jobs/two` });
    await pass(40_000);
    expect(await pods()).toEqual([]);
  });

  it('counts through its indexes, each with a Pod that knows its own', async () => {
    await make(`${batch}/jobs`, job(['true'], { completions: 3, parallelism: 2, completionMode: 'Indexed' }));
    await pass(1000);
    const first = await pods();
    expect(first.map(({ metadata }) => metadata.name.replace(/-\w+$/, ''))).toEqual(['one-0', 'one-1']);
    expect(first[0]).toMatchObject({
      metadata: { annotations: { 'batch.kubernetes.io/job-completion-index': '0' } },
      spec: { hostname: 'one-0', containers: [{ env: [{ name: 'JOB_COMPLETION_INDEX' }] }] },
    });
    await pass(25_000);
    const { status } = await get(`${batch}/jobs/one`);
    expect(status).toMatchObject({ succeeded: 3, completedIndexes: '0-2', conditions: [{}, { type: 'Complete' }] });
  });

  it('fails by what fails of its indexes, where each has its own limit', async () => {
    const more = { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 0 };
    await make(`${batch}/jobs`, job(['false'], more));
    await pass(20_000);
    expect((await get(`${batch}/jobs/one`)).status).toMatchObject({
      failedIndexes: '0,1',
      conditions: [{}, { reason: 'FailedIndexes' }],
    });
  });

  it('comes by the schedule of a CronJob, and the last ones are kept', async () => {
    const { spec } = job(['true']);
    await make(`${batch}/cronjobs`, {
      ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'cron', namespace: 'default' } },
      spec: { schedule: '*/2 * * * *', successfulJobsHistoryLimit: 1, jobTemplate: { spec } },
    });
    await pass(250_000);
    const minute = Date.parse('2026-11-21T02:04:00Z') / 60_000;
    expect((await list(`${batch}/jobs`)).map(({ metadata }) => metadata.name)).toEqual([`cron-${minute}`]);
    expect((await get(`${batch}/cronjobs/cron`)).status).toMatchObject({
      ...{ lastScheduleTime: '2026-11-21T02:04:00Z', lastSuccessfulTime: expect.stringMatching(/^2026-11-21T02:04:/) },
    });
    expect((await told('SawCompletedJob'))[0]).toMatch(/^Saw completed job: cron-\d+, condition: Complete$/);
  });
});

describe('what goes wrong', () => {
  it('keeps nobody else from theirs, and is told where it belongs', async () => {
    // An account that nobody has made: a server that is asked for such Pods refuses them.
    const bad = deployment(2, {
      selector: { matchLabels: { app: 'bad' } },
      template: {
        metadata: { labels: { app: 'bad' } },
        spec: { containers: [container()], serviceAccountName: 'nobody' },
      },
    });
    await make(`${apps}/deployments`, { ...bad, metadata: { name: 'bad', namespace: 'default' } });
    await make(`${apps}/deployments`, deployment(2));
    // What somebody has written by hand past every check.
    const torn = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'torn', namespace: 'default', uid: 'torn' },
    };
    api.load([{ ...torn, spec: { replicas: 2 } } as unknown as Node]);
    await pass(30_000);
    expect((await pods()).map(({ metadata, status }) => [metadata.labels!['app'], status.phase])).toEqual(
      Array(2).fill(['web', 'Running']),
    );
    const failed = (await list(`${core}/events`)).filter(({ reason }) => reason === 'FailedCreate');
    // It rests longer each time, from milliseconds on, and here somebody looks once in a second.
    expect(failed).toHaveLength(1);
    for (const one of failed) {
      expect(one).toMatchObject({
        count: 13,
        involvedObject: { kind: 'ReplicaSet', name: expect.stringMatching(/^bad-/) },
        message: expect.stringMatching(
          /^Error creating: pods "bad-[^"]*-" is forbidden: error looking up service account default\/nobody: serviceaccount "nobody" not found$/,
        ),
      });
    }
    expect((await told('SuccessfulCreate')).filter((words) => words!.includes('bad-'))).toEqual([]);
    const refused = expect.objectContaining({
      ...{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' },
      message: expect.stringMatching(/^pods "bad-[^"]*-" is forbidden: error looking up service account/),
    });
    expect((await get(`${apps}/deployments/bad`)).status).toMatchObject({
      unavailableReplicas: 2,
      conditions: expect.arrayContaining([refused]),
    });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: 'default' } };
    await make(`${core}/serviceaccounts`, account);
    await pass(40_000);
    const { conditions } = (await get(`${apps}/deployments/bad`)).status;
    expect(conditions.map(({ type }: { type: string }) => type)).toEqual(['Available', 'Progressing']);
  });

  /** Nothing may be made any more in the namespace. */
  const full = () =>
    make(`${core}/resourcequotas`, {
      ...{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none', namespace: 'default' } },
      spec: { hard: { pods: '0' } },
    });
  type Counted = Thing & { count: number };
  const failures = async (kind: string) =>
    ((await list(`${core}/events`)) as (Counted & { involvedObject: { kind: string } })[]).filter(
      ({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.kind === kind,
    );

  it('is tried again after milliseconds, and twice as many each time; what was told in too many words is told as one', async () => {
    await full();
    await make(`${apps}/deployments`, deployment(3));
    for (let gone = 0; gone < 3000; gone += 20) {
      work.soon();
      await work.idle();
      now += 20;
    }
    // After 5, 15, 35, 75, 155, 315, 635, 1275 and 2555 milliseconds: each of another name.
    const first = await failures('ReplicaSet');
    expect(first).toHaveLength(10);
    expect(new Set(first.map(({ message }) => message)).size).toBe(10);
    await pass(60_000);
    const combined = (await failures('ReplicaSet')).filter(({ message }) => message!.startsWith('(combined from'));
    expect(combined.map(({ count }) => count)).toEqual([5]);
  });

  it('is tried at once where somebody asks something new of who may not make it', async () => {
    await full();
    await make(`${apps}/deployments`, deployment(3));
    await pass(60_000);
    const before = (await failures('ReplicaSet')).reduce((all, { count }) => all + count, 0);
    await patch(`${apps}/deployments/web`, { spec: { replicas: 4 } });
    await pass(1000);
    expect((await failures('ReplicaSet')).reduce((all, { count }) => all + count, 0)).toBe(before + 1);
    await api.json({ method: 'DELETE', path: `${core}/resourcequotas/none` });
    await patch(`${apps}/deployments/web`, { spec: { replicas: 2 } });
    await pass(1000);
    expect(await pods()).toHaveLength(2);
  });

  it('is tried again after a second by a Job, and after two', async () => {
    await full();
    await make('/apis/batch/v1/namespaces/default/jobs', {
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'one', namespace: 'default' } },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [container()] } } },
    });
    await pass(10_000);
    expect(await failures('Job')).toHaveLength(4);
  });

  it('keeps nobody else from telling what they have to tell', async () => {
    await full();
    await make(`${apps}/deployments`, deployment(1));
    await make(`${core}/persistentvolumeclaims`, {
      ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'default' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    await make('/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
      ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        ...{ maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        ],
      },
    });
    await pass(61_000);
    const counts = Object.fromEntries(
      ((await list(`${core}/events`)) as Counted[]).map(({ reason, count }) => [reason, count]),
    );
    expect(counts).toMatchObject({ FailedBinding: 5, FailedGetResourceMetric: 5, FailedComputeMetricsReplicas: 5 });
  });

  it('is counted where it is told again', async () => {
    await make(
      `${core}/pods`,
      pod('one', { restartPolicy: 'Always', containers: [container({ command: ['false'] })] }),
    );
    await pass(120_000);
    const found = (await list(`${core}/events`)).filter(({ reason }) => reason === 'BackOff') as unknown as {
      count: number;
    }[];
    expect(found.map(({ count }) => count)).toEqual([4]);
  });

  it.each([
    [
      'without a selector',
      { selector: undefined },
      '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`]',
    ],
    [
      'whose selector means others',
      { selector: { matchLabels: { app: 'other' } } },
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      'without containers',
      { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [] } } },
      'spec.template.spec.containers: Required value',
    ],
    [
      'that ends',
      {
        template: { metadata: { labels: { app: 'web' } }, spec: { restartPolicy: 'Never', containers: [container()] } },
      },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  ])('is refused of a DaemonSet %s', async (_what, more, words) => {
    const set = { ...deployment(1, more), kind: 'DaemonSet' };
    await expect(make(`${apps}/daemonsets`, set)).rejects.toThrow(`DaemonSet.apps "web" is invalid: ${words}`);
  });

  it('is refused of a Job that would never end, and of a selector that changes', async () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'one', namespace: 'default' } };
    await expect(
      make('/apis/batch/v1/namespaces/default/jobs', {
        ...job,
        spec: { template: { spec: { containers: [container()] } } },
      }),
    ).rejects.toThrow('spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"');
    await make(`${apps}/deployments`, deployment(1));
    await expect(
      patch(`${apps}/deployments/web`, { spec: { selector: { matchLabels: { app: 'web', tier: 'x' } } } }),
    ).rejects.toThrow('field is immutable');
  });
});

it('tells once of what it cannot read', async () => {
  api.load([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'odd', namespace: 'default', uid: 'odd' },
      spec: {},
    } as never,
  ]);
  await pass(3000);
  expect(await told('SimUnread')).toEqual([expect.stringMatching(/^sim: what it asks for cannot be read/)]);
});

describe('what stands around work', () => {
  const budget = (spec: object) => ({
    ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web', namespace: 'default' } },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  });
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const evict = (name: string) =>
    api
      .json<Thing>({
        method: 'POST',
        path: `${core}/pods/${name}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } },
      })
      .then(
        () => 201,
        (error: { code: number }) => error.code,
      );

  it('is a budget, which lets one go at a time', async () => {
    await make(`${apps}/deployments`, deployment(3));
    await make(budgets, budget({ maxUnavailable: 1 }));
    await pass(8000);
    expect((await get(`${budgets}/web`)).status).toMatchObject({
      ...{ currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3 },
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    });
    const [first, second] = (await pods()).map(({ metadata }) => metadata.name);
    expect([await evict(first!), await evict(second!)]).toEqual([201, 429]);
    await pass(8000);
    expect(await evict(second!)).toBe(201);
  });

  it('are the addresses behind a Service, ready ones alone', async () => {
    // So many that one address is longer than another.
    await make(`${apps}/deployments`, deployment(12));
    await make(`${core}/services`, {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    await pass(8000);
    const addresses = (await pods()).map(({ status }) => status.podIP).sort();
    const [slice, ...rest] = await list('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices');
    expect(rest).toEqual([]);
    expect(slice).toMatchObject({ ports: [{ name: '', port: 8080, protocol: 'TCP' }] });
    const found = slice as unknown as { endpoints: { addresses: string[] }[] };
    expect(found.endpoints.flatMap((one) => one.addresses).sort()).toEqual(addresses);
    const { subsets } = (await get(`${core}/endpoints/web`)) as unknown as {
      subsets: { addresses: { ip: string }[] }[];
    };
    // As texts are sorted, not as numbers are.
    expect(new Set(addresses.map((one) => one!.length)).size).toBeGreaterThan(1);
    expect(subsets[0]!.addresses.map(({ ip }) => ip)).toEqual(addresses);
    await api.json({ method: 'DELETE', path: `${apps}/deployments/web` });
    await pass(2000);
    expect((await get(`${core}/endpoints/web`)) as object).not.toHaveProperty('subsets');
  });

  it('say when the Pod or the Service had changed that they follow, and whose they are', async () => {
    const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
    const both = async () => [await get(`${core}/endpoints/web`), (await list(slices))[0]!];
    const times = async () =>
      (await both()).map(({ metadata }) => metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time']);
    await make(`${core}/services`, {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    });
    await pass(3000);
    expect(await times()).toEqual(['2026-11-21T02:00:00Z', '2026-11-21T02:00:00Z']);
    await make(`${apps}/deployments`, deployment(1));
    await pass(8000);
    const [one] = await pods();
    const ready = one!.status.conditions.find(({ type }: { type: string }) => type === 'Ready').lastTransitionTime;
    expect(ready > '2026-11-21T02:00:03Z').toBe(true);
    expect(await times()).toEqual([ready, ready]);
    const [whole, slice] = await both();
    expect(whole!.metadata.labels).toEqual({ 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' });
    expect(slice!.metadata.labels).not.toHaveProperty(['endpoints.kubernetes.io/managed-by']);
    // Of a Pod that is gone there is no time.
    await patch(`${apps}/deployments/web`, { spec: { replicas: 0 } });
    await pass(40_000);
    expect(await pods()).toEqual([]);
    expect(await times()).toEqual([undefined, undefined]);
  });

  it('of a Service without an address say so', async () => {
    const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
    for (const clusterIP of ['None', undefined])
      await make(`${core}/services`, {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: clusterIP ? 'bare' : 'web', namespace: 'default' } },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...(clusterIP ? { clusterIP } : {}) },
      });
    await pass(2000);
    for (const path of [`${core}/endpoints`, slices]) {
      const said = (await list(path)).map(({ metadata }) => [
        metadata.name.split('-')[0],
        metadata.labels?.['service.kubernetes.io/headless'],
      ]);
      expect(Object.fromEntries(said)).toEqual({ bare: '', web: undefined });
    }
  });

  it('is an account in each new Namespace', async () => {
    await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await pass(0);
    expect((await list('/api/v1/namespaces/shop/serviceaccounts')).map(({ metadata }) => metadata.name)).toEqual([
      'default',
    ]);
  });
});
