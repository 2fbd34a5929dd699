/** Nodes as kubelets, kubeadm, Kubernetes' controllers and Cluster API write them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab({ seed: 'nodes' });
});
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const nodes = async (): Promise<Node[]> => [...(await lab.runtime.nodes('prod')).informer.list()];
const isPlane = ({ metadata }: Node) => metadata.labels?.['node-role.kubernetes.io/control-plane'] === '';

it('says who it belongs to, which share of the network it has, and what its kubelet was asked for', async () => {
  const all = await nodes();
  const plane = all.find(isPlane)!;
  expect(plane.metadata.labels).toMatchObject({
    'beta.kubernetes.io/arch': 'amd64',
    'kube-ovn/role': 'master',
    'node.kubernetes.io/exclude-from-external-load-balancers': '',
  });
  const worker = all.find((node) => !isPlane(node))!;
  expect(worker.metadata.labels).not.toHaveProperty('kube-ovn/role');
  expect(worker.spec?.taints).toBeUndefined();
  expect(worker.metadata.annotations).toMatchObject({
    'cluster.x-k8s.io/labels-from-machine': '',
    'cluster.x-k8s.io/owner-kind': 'MachineSet',
    'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///var/run/containerd/containerd.sock',
    'node.alpha.kubernetes.io/ttl': '0',
    'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
  });
  expect(new Set(all.map(({ spec }) => spec?.podCIDR)).size).toBe(all.length);
  expect(all.map(({ spec }) => spec?.podCIDR)).toContain('10.100.0.0/24');
});

it('has what its host has, less what the kubelet keeps', async () => {
  const all = await nodes();
  expect(new Set(all.map(({ status }) => status?.capacity?.['memory'])).size).toBe(all.length);
  expect(new Set(all.map(({ status }) => status?.capacity?.['ephemeral-storage'])).size).toBeGreaterThan(1);
  for (const { status } of all) {
    const { capacity = {}, allocatable = {}, nodeInfo } = status ?? {};
    expect(['80', '128']).toContain(capacity['cpu']);
    const ki = (text = '') => Number(/^(\d+)Ki$/.exec(text)?.[1]);
    expect(ki(capacity['memory']) - ki(allocatable['memory'])).toBe(100 * 1024);
    expect(Number(allocatable['ephemeral-storage']) / 1024 / ki(capacity['ephemeral-storage'])).toBeCloseTo(0.9, 6);
    expect(nodeInfo?.osImage).toMatch(/^Alauda OS 6\.[12]$/);
    expect(nodeInfo?.machineID).not.toBe(nodeInfo?.systemUUID.replaceAll('-', ''));
  }
});

it('is registered whole and not Ready; then the controllers and Cluster API write on it, and it becomes Ready', async () => {
  const { informer } = await lab.runtime.nodes('prod');
  const known = new Set((await nodes()).map(({ metadata }) => metadata.name));
  const told: { change: string; node: Node }[] = [];
  informer.onChange((node, change) => {
    if (!known.has(node.metadata.name)) told.push({ change, node });
  });
  const deployment = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
  await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
    draft.spec!.replicas = deployment.spec!.replicas! + 1;
  });
  const isUp = (node: Node) =>
    node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  await lab.until(() => told.some(({ node }) => isUp(node)), 30 * minute, 'a new Node is Ready');
  await lab.run(minute);

  const first = told[0]!;
  expect(first.change).toBe('added');
  expect(first.node.spec?.taints).toEqual([
    { effect: 'NoSchedule', key: 'node.cluster.x-k8s.io/uninitialized' },
    { effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' },
  ]);
  expect(first.node.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain(
    'message:Network plugin returns error: cni plugin not initialized',
  );
  const taints = told.flatMap(({ node }) => node.spec?.taints ?? []);
  expect(taints.some(({ effect, timeAdded }) => effect === 'NoExecute' && timeAdded !== undefined)).toBe(true);
  const last = told.at(-1)!.node;
  expect(last.spec?.taints).toBeUndefined();
  expect(last.spec?.podCIDR).toMatch(/^10\.100\.\d+\.0\/24$/);
  expect(last.metadata.annotations).toHaveProperty(['cluster.x-k8s.io/machine']);
});
