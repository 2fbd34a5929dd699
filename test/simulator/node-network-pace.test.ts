/** How long a Node that joins waits for its network: Pods pass at the pace of the clock, hosts and health checks at that of the speed. */
import { afterEach, expect, it } from 'vitest';
import { kinds, pathOf } from '../../src/simulator/controllers/kinds.ts';
import type { Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import { type Lab, openLab, start } from './harness.ts';

const minute = 60_000;
let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const machines = () => lab.runtime.informer(kinds.Machine).list() as readonly Machine[];
const workers = () => machines().filter(({ metadata }) => metadata.name.startsWith('prod-workers-'));

/** Deletes a worker of a cluster whose Pods of the network wait for `reason`, and gives the Node that comes instead. */
async function replaced(speed: number, reason: string): Promise<() => Promise<Node | undefined>> {
  lab = await openLab({ speed, seed: 'pace' });
  const hosts = lab.runtime.informer(kinds.MachineInventory).list();
  const names = [
    ...hosts.map(({ metadata }) => metadata.name),
    ...workers().map(({ status }) => status?.nodeRef?.name),
  ];
  const pods = [...new Set(names)].map((nodeName) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `cni-${nodeName}`, namespace: 'kube-system', labels: { app: 'kube-ovn-cni' } },
    spec: { nodeName },
    status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason } } }] },
  }));
  lab.workload('prod').load(pods as never);
  const before = new Set(workers().map(({ metadata }) => metadata.name));
  const [first] = workers();
  await lab.management.json({ method: 'DELETE', path: pathOf(kinds.Machine, 'cpaas-system', first!.metadata.name) });
  const fresh = () => workers().find(({ metadata }) => !before.has(metadata.name));
  const nodes = (await lab.runtime.nodes('prod')).informer;
  const since = ({ metadata }: Node) => Date.parse(metadata.creationTimestamp ?? '');
  const node = () => nodes.list().find((one) => since(one) >= start);
  await lab.until(() => node() !== undefined, (60 * minute) / speed, 'the Node that comes instead');
  const { name } = fresh()!.metadata;
  return async () => {
    await lab.run((9 * minute) / speed);
    expect(fresh()?.metadata.name).toBe(name);
    return node();
  };
}
const isReady = (node: Node | undefined) => node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;

it.each(['PodInitializing', 'ContainerCreating'])(
  'one that comes, as %s says, holds no Node up until a health check replaces it',
  async (reason) => {
    const later = await replaced(50, reason);
    expect(isReady(await later())).toBe('True');
  },
);

it('much faster than Pods can be nobody waits for them', async () => {
  const later = await replaced(400, 'ContainerCreating');
  expect(isReady(await later())).toBe('True');
});

it('one that fails holds its Node up', async () => {
  const later = await replaced(50, 'ImagePullBackOff');
  expect(isReady(await later())).toBe('False');
});

it('at the pace of life one that comes is waited for', async () => {
  const later = await replaced(1, 'ContainerCreating');
  expect(isReady(await later())).toBe('False');
});
