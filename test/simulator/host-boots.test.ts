/** When kubelets say that their hosts were booted: as the hosts were. */
import { afterEach, expect, it } from 'vitest';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import { settingsOf } from '../../src/simulator/workload/settings.ts';
import { type Lab, minute, openLab, start } from './harness.ts';

let lab: Lab;
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  await lab.stop();
});

interface Summary {
  node: { startTime: string; systemContainers: { name: string; startTime: string }[] };
}

const machines = () => lab.runtime.informer(kinds.Machine).by('deployment', 'prod-workers');
const inventories = () => lab.runtime.informer(kinds.MachineInventory).list();
const begin = async (speed: number) => {
  lab = await openLab({ speed });
  lab.workload('prod').boot = settingsOf(lab.runtime, 'prod', start).boot!;
};
const nodes = async () => (await lab.workload('prod').json<{ items: Node[] }>({ path: '/api/v1/nodes' })).items;
async function startsOf(node: Node) {
  const path = `/api/v1/nodes/${node.metadata.name}/proxy/stats/summary`;
  const { startTime, systemContainers } = (await lab.workload('prod').json<Summary>({ path })).node;
  const of = (name: string) => Date.parse(systemContainers.find((one) => one.name === name)!.startTime);
  return { host: Date.parse(startTime), runtime: of('runtime'), kubelet: of('kubelet') };
}
const reportOf = ({ status }: Node) =>
  inventories().find((one) => one.status?.observedStorage?.bootID === status?.nodeInfo?.bootID)!.status!
    .observedStorage!;
/** Times are written as whole seconds. */
const second = 1000;

it.each([1, 10])('a Node made anew runs since the boot after its plan, %s times as fast', async (speed) => {
  await begin(speed);
  const known = new Set((await nodes()).map(({ metadata }) => metadata.uid));
  await lab.client.remove(kinds.Machine, machines()[0]!.metadata.name);
  const told = lab.clock.now();
  await lab.run((40 * minute) / speed);
  const made = (await nodes()).filter(({ metadata }) => !known.has(metadata.uid));
  expect(made).toHaveLength(1);
  const [node] = made as [Node];
  const { host, runtime, kubelet } = await startsOf(node);
  const reported = Date.parse(reportOf(node).observedAt!);
  expect(host).toBeGreaterThan(told);
  expect(host).toBeLessThanOrEqual(reported);
  // A kernel and its programs need less than half a minute, at this speed.
  expect(reported - host).toBeLessThanOrEqual((30 * second) / speed + second);
  const born = Date.parse(node.metadata.creationTimestamp!);
  expect([host, runtime, kubelet, born]).toEqual([host, runtime, kubelet, born].sort((a, b) => a - b));
});

it('a Node whose host was off runs since that has power again, and its kubelet since the boot', async () => {
  await begin(1);
  const name = machines()[0]!.status!.nodeRef!.name!;
  const node = async () => (await nodes()).find(({ metadata }) => metadata.name === name)!;
  const hostName = (await node()).spec!.providerID!.replace('baremetal:///', '');
  const before = await startsOf(await node());
  expect(before.host).toBeLessThan(Date.parse((await node()).metadata.creationTimestamp!));
  lab.faults.host(hostName, { off: true });
  await lab.run(minute);
  const on = lab.clock.now();
  lab.faults.host(hostName, undefined);
  await lab.run(10 * minute);
  const { host, runtime, kubelet } = await startsOf(await node());
  expect(host).toBeGreaterThan(on);
  expect(host).toBeLessThanOrEqual(Date.parse(reportOf(await node()).observedAt!));
  expect(runtime).toBeGreaterThanOrEqual(host);
  expect(kubelet).toBeGreaterThanOrEqual(runtime);
});
