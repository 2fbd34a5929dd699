/** What the registry of the datacenter has, and what becomes of a cluster that is to run what it has not. */
import { afterEach, expect, it } from 'vitest';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { pullFailure } from '../../../src/simulator/controllers/kubernetes/images.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { isInRegistry } from '../../../src/simulator/workload/registry-images.ts';
import { nodeNamed } from './node.ts';

const registry = 'registry.dc1.example';

it.each([
  ['a tag of the support matrix', 'tkestack/coredns:1.12.4-v4.2.7', true],
  ['a tag that looks like one', 'tkestack/coredns:1.12.4-v4.2.77', false],
  ['a tag of something else', 'tkestack/etcd:1.12.4-v4.2.7', false],
  ['no tag', 'tkestack/coredns', false],
  ['etcd of the matrix', 'tkestack/etcd:v3.5.28-260421', true],
  ['a version of Kubernetes', 'tkestack/kube-proxy:v1.34.5', true],
  ['a version of Kubernetes that runs there', 'tkestack/kube-proxy:v1.34.99', true],
  ['a version of Kubernetes that nobody knows', 'tkestack/kube-proxy:v1.34.98', false],
  ['Kube-OVN', 'acp/kube-ovn:v4.2.24', true],
  ['the sandbox of Pods', 'tkestack/pause:3.10', true],
  ['what brings a version', 'tkestack/baremetal-base-image:v0.0.0-beta-1.33.7-2', true],
  ['what is invented', 'acp/cluster-api-controller:v0.0.0-sim', true],
  ['what is invented, by its name', 'tkestack/sim-alive:v1.33.7-2', true],
  ['a name that only begins so', 'tkestack/simple:1', false],
  ['a repository that is not there', 'none/none:1', false],
])('%s: %s', (_what, image, there) => {
  expect(isInRegistry(`${registry}/${image}`, () => ['v1.34.99'])).toBe(there);
  const full = /:[^/]*$/.test(image) ? image : `${image}:latest`;
  const failure = pullFailure(`${registry}/${image}`, (one) => isInRegistry(one, () => ['v1.34.99']));
  if (there) expect(failure).toBeUndefined();
  else
    expect(failure?.message).toContain(`code = NotFound desc = failed to pull and unpack image "${registry}/${full}"`);
});

it('of a registry of somebody’s own nobody knows what it has', () => {
  expect(isInRegistry('registry.test/tkestack/coredns:7')).toBeUndefined();
  expect(isInRegistry('nginx')).toBeUndefined();
});

const start = Date.parse('2026-11-21T02:00:00Z');
let now = start;
let workloads: Workloads | undefined;
afterEach(() => workloads?.close());

interface Item {
  metadata: { name: string; creationTimestamp: string };
  status: {
    containerStatuses?: { image: string; ready: boolean; state: { waiting?: { reason: string; message: string } } }[];
    unavailableReplicas?: number;
  };
}

async function list(path: string): Promise<Item[]> {
  const { url, token } = workloads!.access('prod') ?? {};
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { items: Item[] }).items;
}
const dns = () => list('/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns');

it.each([
  ['somebody has looked', true],
  ['nobody has looked', false],
])('a wrong tag of CoreDNS hangs in its pull, and the old Pod goes on, where %s', async (_who, looks) => {
  now = start;
  let coredns = '1.12.4-v4.2.7';
  workloads = new Workloads({ now: () => now, faults: new Faults(), follows: () => true });
  const repository = `${registry}/tkestack`;
  workloads.settings = () => ({ tokens: [], version: 'v1.33.7-2', coredns, repository });
  workloads.of('prod').load([nodeNamed('cp-1', { controlPlane: true }), nodeNamed('w-1')]);
  await workloads.serve({ tls: false });
  if (looks) await dns();
  await workloads.rolling('prod', () => {
    coredns = '1.12.4-v4.2.77';
  });
  for (let second = 0; second < 20; second++) {
    now += 1000;
    await workloads.idle('prod');
  }
  const pods = await dns();
  const born = pods.map(({ metadata }) => Date.parse(metadata.creationTimestamp));
  expect(born.filter((at) => at < start)).toHaveLength(1);
  const young = pods.filter((_, at) => born[at]! >= start);
  expect(young).toHaveLength(2);
  for (const { status } of young) {
    const { waiting } = status.containerStatuses![0]!.state;
    expect(waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    expect(waiting?.message).toContain(`${repository}/coredns:1.12.4-v4.2.77: not found`);
  }
  const [deployment] = await list('/apis/apps/v1/namespaces/kube-system/deployments');
  expect(deployment?.status.unavailableReplicas).toBe(2);
});
