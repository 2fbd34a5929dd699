/** Where the scheduler puts a Pod, and in which words it says why nowhere. */
import { expect, it } from 'vitest';
import { scheduler } from '../../../src/simulator/controllers/kubernetes/scheduler.ts';
import type { WorkPod } from '../../../src/simulator/controllers/kubernetes/shapes.ts';
import type { Picture } from '../../../src/simulator/controllers/kubernetes/turn.ts';
import type { Node } from '../../../src/simulator/controllers/shapes/core.ts';

const node = (name: string, zone: string, labels: Record<string, string> = {}): Node => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone, ...labels } },
  status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' } },
});
const nodes = [node('n1', 'a', { disk: 'ssd', rank: '3' }), node('n2', 'a'), node('n3', 'b', { rank: '7' })];
const pod = (name: string, app: string, spec: object = {}): WorkPod => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name, labels: { app } } },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

/** Where they go one after the other; for one that waits, why. */
function places(pods: readonly WorkPod[]): Record<string, string> {
  const none = { others: [], claims: [], namespaces: [] };
  const picture = {
    now: 0,
    nodes,
    pods,
    first: () => true,
    since: () => 0,
    rises: () => true,
    ...none,
  } as unknown as Picture;
  const found: Record<string, string> = {};
  for (const write of scheduler(picture).writes) {
    if (!('told' in write)) continue;
    const { message } = write.told;
    found[write.about.metadata.name] = /to (\S+)$/.exec(message)?.[1] ?? message.replace(/ preemption: .*/, '');
  }
  return found;
}

const nodeAffinity = (key: string, operator: string, ...values: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
      },
    },
  },
});
const selecting = (app: string) => ({ labelSelector: { matchLabels: { app } } });
const pods = (kind: string, app: string, topologyKey: string) => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...selecting(app), topologyKey }] } },
});
const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

it('asks the labels of Nodes', () => {
  const found = places([
    pod('in', 'x', nodeAffinity('disk', 'In', 'ssd', 'nvme')),
    pod('above', 'x', nodeAffinity('rank', 'Gt', '5')),
    pod('lacks', 'x', nodeAffinity('rank', 'DoesNotExist')),
    pod('nowhere', 'x', nodeAffinity('disk', 'In', 'tape')),
  ]);
  expect(found).toEqual({
    ...{ in: 'n1', above: 'n3', lacks: 'n2' },
    nowhere: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
  });
});

it('goes where it would rather be, unless that is not possible', () => {
  const preferring = (key: string, value: string) => ({
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 10, preference: { matchExpressions: [{ key, operator: 'In', values: [value] }] } },
        ],
      },
    },
  });
  const found = places(['a', 'b'].map((name) => pod(name, 'x', preferring('disk', 'ssd'))));
  expect(found).toEqual({ a: 'n1', b: 'n1' });
  expect(Object.keys(places([pod('c', 'x', preferring('disk', 'tape'))]))).toEqual(['c']);
});

it('keeps Pods of a kind apart, one a Node, and one that comes out of their way', () => {
  const apart = ['a', 'b', 'c', 'd'].map((name) => pod(name, 'db', pods('podAntiAffinity', 'db', hostname)));
  const found = places(apart);
  expect(new Set([found['a'], found['b'], found['c']])).toEqual(new Set(['n1', 'n2', 'n3']));
  expect(found['d']).toBe("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.");
  const other = pod('alone', 'web', { nodeName: 'n1', ...pods('podAntiAffinity', 'db', zone) });
  expect(places([other, pod('db', 'db')])).toEqual({ db: 'n3' });
  const all = ['n1', 'n3'].map((at) => pod(at, 'web', { nodeName: at, ...pods('podAntiAffinity', 'db', zone) }));
  expect(places([...all, pod('db', 'db')])).toEqual({
    db: "0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules.",
  });
});

it('brings Pods together, the first of them anywhere', () => {
  const one = pod('cache', 'cache', { nodeName: 'n3' });
  expect(places([one, pod('web', 'web', pods('podAffinity', 'cache', zone))])).toEqual({ web: 'n3' });
  expect(places([pod('web', 'web', pods('podAffinity', 'cache', zone))])).toEqual({
    web: "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.",
  });
  const like = ['a', 'b'].map((name) => pod(name, 'web', pods('podAffinity', 'web', hostname)));
  const { a, b } = places(like);
  expect(a).toMatch(/^n\d$/);
  expect(b).toBe(a);
});

it('spreads over zones as evenly as is asked', () => {
  const spread = {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', ...selecting('web') },
    ],
  };
  const found = places(['a', 'b', 'c', 'd'].map((name) => pod(name, 'web', spread)));
  const inB = Object.values(found).filter((at) => at === 'n3');
  expect(inB).toHaveLength(2);
  const full = { ...spread, ...nodeAffinity('disk', 'In', 'ssd') };
  const skewed = [pod('x', 'web', { nodeName: 'n1' }), pod('y', 'web', { nodeName: 'n1' }), pod('z', 'web', spread)];
  expect(places(skewed)).toEqual({ z: 'n3' });
  // Only Nodes that it may be on are counted.
  expect(places([pod('x', 'web', { nodeName: 'n1' }), pod('z', 'web', full)])).toEqual({ z: 'n1' });
  const racks = { topologySpreadConstraints: [{ ...spread.topologySpreadConstraints[0], topologyKey: 'rack' }] };
  expect(places([pod('r', 'web', racks)])).toEqual({
    r: "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label).",
  });
});

it('tells every resource that is short, and a port of the Node that is taken', () => {
  const asking = { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '3', memory: '8Gi' } } }] };
  const port = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] };
  const found = places([pod('big', 'x', asking), ...['a', 'b', 'c', 'd'].map((name) => pod(name, 'x', port))]);
  expect(found['big']).toBe('0/3 nodes are available: 3 Insufficient cpu, 3 Insufficient memory.');
  expect(found['d']).toBe("0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.");
});
