/** Operations from their plan to their end in the simulated datacenter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import type { Operation } from '../../src/operations/contract.ts';
import { pause } from '../../src/operations/pause.ts';
import { poolAdd } from '../../src/operations/pool-add.ts';
import { remove } from '../../src/operations/remove.ts';
import { replace } from '../../src/operations/replace.ts';
import { restart } from '../../src/operations/restart.ts';
import { resume } from '../../src/operations/resume.ts';
import { scale } from '../../src/operations/scale.ts';
import { type Lab, minute, openLab } from '../simulator/harness.ts';
import { carryOut, pictureOf } from './support/datacenter.ts';
import { groupIn, groupRef, live, machineNames, told } from './support/live.ts';

let lab: Lab;

const run = (operation: Operation, targets: ObjectRef[], values: Record<string, string> = {}) =>
  live(lab, operation, { targets, values });

describe.each(['v1beta1', 'v1beta2'] as const)('Cluster API %s', (clusterApi) => {
  beforeEach(async () => {
    lab = await openLab({ hosts: 20, clusters: 2, seed: 7, clusterApi });
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    await lab.stop();
  });

  it('replaces a worker on the host that was foretold', async () => {
    const world = await pictureOf(lab);
    const uid = groupIn(world, 'prod-workers').machines.at(-1)!;
    const machine = world.fleet.machines.byUid.get(uid)!.machine!;
    const { plan, gone, after } = await run(replace, [{ kind: 'machine', uid, name: machine.name }]);
    expect(gone).toEqual([machine.name]);
    const fresh = groupIn(after, 'prod-workers').machines.filter(
      (each) => !groupIn(world, 'prod-workers').machines.includes(each),
    );
    expect(fresh.map((each) => after.fleet.machines.byUid.get(each)?.host)).toEqual(told(plan, 'Host that serves: '));
  });

  it('removes exactly the chosen one, and makes a new one on the host that was foretold', async () => {
    const world = await pictureOf(lab);
    const workers = groupIn(world, 'prod-workers');
    const uid = workers.machines.at(-1)!;
    const { name } = world.fleet.machines.byUid.get(uid)!;
    const removed = await run(remove, [{ kind: 'machine', uid, name }]);
    expect(removed.gone).toEqual([name]);
    expect(machineNames(removed.after, 'prod-workers')).toEqual(
      machineNames(world, 'prod-workers').filter((each) => each !== name),
    );
    expect(remove.takeBack?.(removed.after, removed.sent)).toBeUndefined();

    const grown = await run(scale, [groupRef(workers)], { replicas: String(workers.machines.length) });
    const rows = groupIn(grown.after, 'prod-workers').machines.map(
      (each) => grown.after.fleet.machines.byUid.get(each)!,
    );
    const fresh = rows.filter((row) => !workers.machines.includes(row.uid));
    expect(fresh.map(({ host }) => host)).toEqual(told(grown.plan, 'Hosts that serve: '));
  });

  it('restarts workers and control plane in the order that was foretold', async () => {
    const world = await pictureOf(lab);
    for (const name of ['prod-workers', 'prod-control-plane']) {
      const { plan, gone } = await run(restart, [groupRef(groupIn(world, name))]);
      const order = plan.expected.flatMap(({ text }) => /^(\S+) goes (?:at once|next|then):/.exec(text)?.[1] ?? []);
      expect(gone).toEqual(order);
      expect(order).toHaveLength(groupIn(world, name).machines.length);
    }
  });

  it('grows a control plane with hosts added to its pool, and shrinks it by the machines foretold', async () => {
    await lab.stop();
    lab = await openLab({ hosts: 44, clusters: 2, seed: 7, clusterApi });
    const world = await pictureOf(lab);
    const pool = world.fleet.pools.list.find(({ name }) => name === 'prod-control-plane-pool')!;
    const spare = world.fleet.hosts.list.filter(({ use }) => use === 'unpooled');
    const hosts = spare.map(({ name }, at) => `${name} extra-plane-${at}`).join('\n');
    await run(poolAdd, [{ kind: 'pool', uid: pool.uid, name: pool.name }], { hosts });
    const plane = groupRef(groupIn(world, 'prod-control-plane'));
    const grown = await run(scale, [plane], { replicas: '5' });
    const marked = groupIn(grown.after, 'prod-control-plane').machines.at(-1)!;
    const machine = grown.after.fleet.machines.byUid.get(marked)!.machine!;
    await lab.management.json({
      method: 'PATCH',
      path: `/apis/cluster.x-k8s.io/${clusterApi}/namespaces/cpaas-system/machines/${machine.name}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { annotations: { 'cluster.x-k8s.io/delete-machine': '' } } },
    });
    await lab.run(1_000);
    const shrunk = await run(scale, [plane], { replicas: '3' });
    const order = shrunk.plan.expected.flatMap(({ text }) => /^(\S+) goes:/.exec(text)?.[1] ?? []);
    expect(order[0]).toBe(machine.name);
    expect(shrunk.gone).toEqual(order);
  });

  it('holds a scale-down while the cluster is paused, and says what goes when it is resumed', async () => {
    const world = await pictureOf(lab);
    const cluster = world.fleet.clusters.list.find(({ name }) => name === 'prod')!;
    const prod: ObjectRef = { kind: 'cluster', uid: cluster.uid, name: cluster.name };
    await run(pause, [prod]);
    const workers = groupIn(world, 'prod-workers');
    const request = { operation: 'scale', targets: [groupRef(workers)], values: { replicas: '2' } };
    const paused = await pictureOf(lab);
    await carryOut(lab, scale.plan(paused, request));
    await lab.run(5 * minute);
    expect(machineNames(await pictureOf(lab), 'prod-workers')).toEqual(machineNames(world, 'prod-workers'));
    const { plan, gone } = await run(resume, [prod]);
    const order = plan.expected.flatMap(({ text }) => /^(\S+) goes:/.exec(text)?.[1] ?? []);
    expect(order).toHaveLength(workers.machines.length - 2);
    expect(gone.sort()).toEqual(order.sort());
  });
});
