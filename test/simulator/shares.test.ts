/** Which share of the Pods' network a Node gets: never the one that has just become free. */
import { afterEach, expect, it } from 'vitest';
import { type PodNetwork, Shares } from '../../src/simulator/controllers/hosts/pod-cidr.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import { type Lab, minute, openLab } from './harness.ts';

const network: PodNetwork = { first: 10 * 2 ** 24, shares: 4, size: 256, mask: 24 };
const node = (name: string, share?: string, labels: Record<string, string> = {}): Node => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name, labels, creationTimestamp: '2026-11-01T00:00:00Z' } },
  spec: share === undefined ? {} : { podCIDR: share },
});
const plane = { 'node-role.kubernetes.io/control-plane': '' };

it('one after the other and round again, past those that are taken', () => {
  const shares = new Shares();
  const nodes: Node[] = [];
  const join = (name: string) => {
    const share = shares.give('prod', network, nodes);
    nodes.push(node(name, share));
    return share;
  };
  const leave = (name: string) => {
    const [gone] = nodes.splice(
      nodes.findIndex(({ metadata }) => metadata.name === name),
      1,
    );
    shares.see('prod', network, gone!, 'deleted');
  };
  expect([join('a'), join('b')]).toEqual(['10.0.0.0/24', '10.0.1.0/24']);
  leave('a');
  expect([join('c'), join('d')]).toEqual(['10.0.2.0/24', '10.0.3.0/24']);
  expect(join('e')).toBe('10.0.0.0/24');
  expect(join('f')).toBeUndefined();
  leave('c');
  expect(join('f')).toBe('10.0.2.0/24');
});

it('after those that were there, and from the first again once another leads', () => {
  const shares = new Shares();
  const nodes = [node('m-1', '10.0.0.0/24', plane), node('w-1', '10.0.1.0/24'), node('w-2', '10.0.2.0/24')];
  for (const one of nodes) shares.see('prod', network, one, 'added');
  shares.see('prod', network, nodes[1]!, 'deleted');
  expect(shares.give('prod', network, [nodes[0]!, nodes[2]!])).toBe('10.0.3.0/24');
  shares.see('prod', network, nodes[0]!, 'deleted');
  expect(shares.give('prod', network, [nodes[2]!])).toBe('10.0.0.0/24');
});

it('the lowest that is free first of a leader who comes after those that were there, and then on', () => {
  const shares = new Shares();
  const nodes = [node('m-1', '10.0.0.0/24', plane), node('w-2', '10.0.2.0/24')];
  for (const one of nodes) shares.see('prod', network, one, 'added');
  const led = (holder: string, since: string) => ({ holder, since: Date.parse(since) });
  const first = led('m-1_a', '2026-11-02T00:00:00.000Z');
  expect(shares.give('prod', network, nodes, first)).toBe('10.0.1.0/24');
  expect(shares.give('prod', network, nodes, first)).toBe('10.0.3.0/24');
  // Its Lease was deleted, and it has made it again: it is the same process.
  expect(shares.give('prod', network, nodes.slice(1), { ...first, since: first.since + 1 })).toBe('10.0.0.0/24');
  expect(shares.give('prod', network, nodes, led('m-1_b', '2026-11-03T00:00:00Z'))).toBe('10.0.1.0/24');
});

it('the one after its last of a leader who has given some before anybody asked', () => {
  const nodes = [node('m-1', '10.0.0.0/24', plane), node('w-1', '10.0.1.0/24')];
  nodes[1]!.metadata.creationTimestamp = '2026-11-02T00:00:00Z';
  const led = { holder: 'm-1_a', since: Date.parse('2026-11-01T12:00:00Z') };
  expect(new Shares().give('prod', network, nodes, led)).toBe('10.0.2.0/24');
});

let lab: Lab | undefined;
afterEach(() => lab?.stop());

it('so is the one that joins in place of another', async () => {
  lab = await openLab();
  const { informer } = await lab.runtime.nodes('prod');
  const before = informer.list().map(({ spec }) => spec?.podCIDR);
  const begun = lab.runtime.timestamp();
  const [worker] = lab.runtime.informer(kinds.Machine).by('deployment', 'prod-workers');
  await lab.client.remove(kinds.Machine, worker!.metadata.name);
  const fresh = () =>
    informer.list().find(({ metadata, spec }) => (metadata.creationTimestamp ?? '') > begun && spec?.podCIDR);
  await lab.until(() => fresh() !== undefined, 60 * minute, 'another Node');
  expect(informer.list()).toHaveLength(before.length);
  expect(before).not.toContain(fresh()?.spec?.podCIDR);
});

it('the one that joins gets the lowest that is free where the Lease says that another leads by now', async () => {
  lab = await openLab();
  const { informer } = await lab.runtime.nodes('prod');
  const [worker] = lab.runtime.informer(kinds.Machine).by('deployment', 'prod-workers');
  const left = informer.get(worker!.status!.nodeRef!.name)?.spec?.podCIDR;
  const lease = {
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
    metadata: { name: 'kube-controller-manager', namespace: 'kube-system' },
    spec: { holderIdentity: 'other_1', acquireTime: lab.runtime.timestamp(), leaseTransitions: 1 },
  };
  lab.workload('prod').load([lease as never]);
  const begun = lab.runtime.timestamp();
  await lab.client.remove(kinds.Machine, worker!.metadata.name);
  const fresh = () =>
    informer.list().find(({ metadata, spec }) => (metadata.creationTimestamp ?? '') > begun && spec?.podCIDR);
  await lab.until(() => fresh() !== undefined, 60 * minute, 'another Node');
  expect(left).toBeDefined();
  expect(fresh()?.spec?.podCIDR).toBe(left);
});
