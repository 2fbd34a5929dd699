/** What a workload cluster tells of its Nodes while they join, are cordoned, fall silent, and are taken away. */

import { afterEach, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Event, Node } from '../../src/simulator/controllers/shapes/core.ts';
import { type Lab, minute, openLab } from './harness.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

const machines = () => lab.runtime.informer(kinds.Machine).by('deployment', 'prod-workers');
const api = () => lab.workload('prod');
const nodes = async () => (await api().json<{ items: Node[] }>({ path: '/api/v1/nodes' })).items;
const node = async (name: string) => (await nodes()).find(({ metadata }) => metadata.name === name);
const told = async (name: string) => {
  const { items } = await api().json<{ items: Event[] }>({ path: '/api/v1/namespaces/default/events' });
  return items
    .filter(({ involvedObject }) => involvedObject.kind === 'Node' && involvedObject.name === name)
    .map(({ source, type, reason, message }) => `${source.component} ${type} ${reason}: ${message}`);
};
const first = () => machines()[0]!;
const hostOf = (name: string) =>
  lab.runtime
    .informer(kinds.MachineInventory)
    .list()
    .find(({ metadata }) => metadata.name === name)!.metadata.name;
const cordon = async (name: string, unschedulable: boolean) => {
  const nodes = await lab.runtime.nodes('prod');
  await nodes.as('kubectl-edit').client.change(kinds.Node, nodes.informer.get(name)!, (draft) => {
    draft.spec = { ...draft.spec, unschedulable };
  });
};

it('a Node that is cordoned is tainted, and told of by its kubelet', async () => {
  lab = await openLab();
  const { name } = first().status!.nodeRef!;
  await cordon(name!, true);
  await lab.run(minute);
  expect((await node(name!))?.spec?.taints).toMatchObject([
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
  ]);
  await cordon(name!, false);
  await lab.run(minute);
  expect((await node(name!))?.spec?.taints).toBeUndefined();
  expect(await told(name!)).toEqual([
    `kubelet Normal NodeNotSchedulable: Node ${name} status is now: NodeNotSchedulable`,
    `kubelet Normal NodeSchedulable: Node ${name} status is now: NodeSchedulable`,
  ]);
});

it.each([1, 10])(
  'a kubelet sees at its next sync that its Node is cordoned, and nothing of what is over by then, %s times as fast',
  async (speed) => {
    lab = await openLab({ speed });
    const { name } = first().status!.nodeRef!;
    for (let turn = 0; turn < 3; turn++) {
      await cordon(name!, true);
      await lab.run(1);
      expect((await node(name!))?.spec?.taints).toHaveLength(1);
      await cordon(name!, false);
      await lab.run(1);
    }
    await lab.run(minute);
    expect(await told(name!)).toEqual([]);
    await cordon(name!, true);
    await lab.run(1);
    expect(await told(name!)).toEqual([]);
    // Kubelets go by the clock.
    await lab.run(10_000);
    expect(await told(name!)).toHaveLength(1);
  },
);

it('a Node that falls silent and comes back is told of by both sides', async () => {
  lab = await openLab();
  const { name } = first().status!.nodeRef!;
  const host = hostOf(name!);
  const fell = lab.runtime.clock.now();
  lab.faults.host(host, { silentKubelet: true });
  await lab.run(2 * minute);
  const silent = lab.runtime.silences.of('prod', name!)!;
  const ready = (await node(name!))!.status!.conditions!.find(({ type }) => type === 'Ready')!;
  expect(silent - fell).toBeLessThan(1000);
  expect(Date.parse(ready.lastTransitionTime!) + 1000 - silent).toBeGreaterThan(40_000);
  expect(await told(name!)).toEqual([`node-controller Normal NodeNotReady: Node ${name} status is now: NodeNotReady`]);
  lab.faults.host(host, undefined);
  await lab.run(2 * minute);
  expect(lab.runtime.silences.of('prod', name!)).toBeUndefined();
  const reasons = (await told(name!)).map((line) => line.split(':')[0]);
  expect(reasons).toEqual(
    expect.arrayContaining(['kubelet Normal NodeHasSufficientMemory', 'kubelet Normal NodeReady']),
  );
});

it('a kubelet counts what it tells again, and one that has started counts from the beginning', async () => {
  lab = await openLab();
  const { name } = first().status!.nodeRef!;
  const host = hostOf(name!);
  const calm = async () => {
    const { items } = await api().json<{ items: Event[] }>({ path: '/api/v1/namespaces/default/events' });
    return items
      .filter(({ involvedObject, reason }) => involvedObject.name === name && reason === 'NodeHasSufficientPID')
      .map(({ metadata, count }) => ({ name: metadata.name, count }));
  };
  for (const count of [1, 2]) {
    lab.faults.host(host, { silentKubelet: true });
    await lab.run(2 * minute);
    lab.faults.host(host, undefined);
    await lab.run(2 * minute);
    expect(await calm()).toEqual([{ name: expect.any(String), count }]);
  }
  const [before] = await calm();
  lab.faults.host(host, { off: true });
  await lab.run(2 * minute);
  lab.faults.host(host, undefined);
  await lab.run(15 * minute);
  const [same, fresh, ...rest] = (await calm()).sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(same).toEqual(before);
  expect(fresh).toMatchObject({ count: 1 });
  expect(rest).toEqual([]);
});

it('a Node that has come is registered when its controller looks again, every five seconds', async () => {
  lab = await openLab();
  const known = new Set((await nodes()).map(({ metadata }) => metadata.uid));
  const deployment = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
  await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
    draft.spec!.replicas = deployment.spec!.replicas! + 1;
  });
  await lab.run(20 * minute);
  const fresh = (await nodes()).filter(({ metadata }) => !known.has(metadata.uid));
  expect(fresh).toHaveLength(1);
  const { items } = await api().json<{ items: Event[] }>({ path: '/api/v1/namespaces/default/events' });
  const told = items.filter(({ reason }) => reason === 'RegisteredNode');
  const after = fresh.map(({ metadata }) => {
    const event = told.filter(({ involvedObject }) => involvedObject.uid === metadata.uid);
    expect(event).toMatchObject([{ count: 1, source: { component: 'node-controller' } }]);
    // An Event is named after its nanosecond.
    const at = Number(BigInt(`0x${event[0]!.metadata.name.split('.').at(-1)}`) / 1_000_000n);
    return { late: at - Date.parse(metadata.creationTimestamp!) };
  });
  for (const { late } of after) {
    expect(late).toBeGreaterThan(500);
    expect(late).toBeLessThan(6000);
  }
});

it('a Node that goes is told of, and so is the one that joins in its place', async () => {
  lab = await openLab();
  const { name } = first().status!.nodeRef!;
  const before = new Set((await nodes()).map(({ metadata }) => metadata.name));
  await lab.client.remove(kinds.Machine, first().metadata.name);
  await lab.run(5 * minute);
  const going = await told(name!);
  expect(going).toContain(
    `node-controller Normal RemovingNode: Node ${name} event: Removing Node ${name} from Controller`,
  );
  expect(going.join()).toContain('NodeNotSchedulable');
  await lab.run(15 * minute);
  const joined = (await nodes()).map(({ metadata }) => metadata.name).find((each) => !before.has(each)) ?? name!;
  const reasons = (await told(joined)).map((line) => line.split(':')[0]!.replace(' Normal', ''));
  expect(reasons).toEqual(
    expect.arrayContaining([
      ...['kubelet Starting', 'kubelet NodeHasSufficientMemory', 'kubelet NodeHasNoDiskPressure'],
      ...['kubelet NodeHasSufficientPID', 'kubelet NodeAllocatableEnforced', 'kubelet NodeReady'],
      'kubelet Warning InvalidDiskCapacity',
      'node-controller RegisteredNode',
    ]),
  );
});

it('a Node that somebody deletes stays away until its host boots: its kubelet registers when it starts', async () => {
  lab = await openLab();
  const { name } = first().status!.nodeRef!;
  const machine = first().metadata.name;
  // A health check would have it replaced.
  await lab.client.change(kinds.Machine, first(), (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, 'cluster.x-k8s.io/skip-remediation': '' };
  });
  await (await lab.runtime.nodes('prod')).as('kubectl').client.remove(kinds.Node, name!);
  await lab.run(3 * minute);
  expect(await node(name!)).toBeUndefined();
  const { conditions = [], v1beta2 } = lab.runtime.informer(kinds.Machine).get(machine)!.status!;
  expect(conditions.find(({ type }) => type === 'NodeHealthy')).toMatchObject({ reason: 'NodeNotFound' });
  const fresh = v1beta2!.conditions!.find(({ type }) => type === 'NodeHealthy');
  expect(fresh).toMatchObject({ status: 'False', reason: 'NodeDeleted' });
  const host = hostOf(name!);
  lab.faults.host(host, { off: true });
  await lab.run(minute);
  lab.faults.host(host, undefined);
  await lab.run(15 * minute);
  expect((await node(name!))?.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', status: 'True' }),
  );
});

it('a host that serves again has the disk that it had, and its kubelet tells all conditions at once', async () => {
  lab = await openLab();
  const disks = async () =>
    new Map((await nodes()).map(({ spec, status }) => [spec?.providerID, status?.capacity?.['ephemeral-storage']]));
  const before = await disks();
  for (const { metadata } of machines()) {
    const path = `/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machines/${metadata.name}`;
    await lab.management.json({ method: 'DELETE', path });
    await lab.run(40 * minute);
  }
  const after = await disks();
  expect(after.size).toBe(before.size);
  for (const [host, disk] of after) if (before.has(host)) expect([host, disk]).toEqual([host, before.get(host)]);
  for (const one of machines()) {
    const { conditions = [] } = (await node(one.status!.nodeRef!.name!))!.status!;
    const own = conditions.filter(({ type }) => type !== 'NetworkUnavailable');
    expect(new Set(own.map(({ lastHeartbeatTime }) => lastHeartbeatTime)).size).toBe(1);
  }
});
