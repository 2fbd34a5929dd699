/** Operations that have machines made anew, lived to their end in the simulated datacenter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootstrap } from '../../src/operations/bootstrap.ts';
import { move } from '../../src/operations/move.ts';
import { poolAdd } from '../../src/operations/pool-add.ts';
import { remediate } from '../../src/operations/remediate.ts';
import { scale } from '../../src/operations/scale.ts';
import { type Lab, openLab } from '../simulator/harness.ts';
import { pictureOf, withNeeds } from './support/datacenter.ts';
import { groupIn, groupRef, live, machineNames, told } from './support/live.ts';

describe.each(['v1beta1', 'v1beta2'] as const)('Cluster API %s', (clusterApi) => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab({ hosts: 20, clusters: 2, seed: 7, clusterApi });
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    await lab.stop();
  });

  const hostsOf = async (name: string) => {
    const { fleet } = await pictureOf(lab);
    const group = fleet.groups.list.find((each) => each.name === name)!;
    return group.machines.map((uid) => fleet.machines.byUid.get(uid)!.host!);
  };

  it.runIf(clusterApi === 'v1beta1')('moves a group to the hosts of another pool, and back', async () => {
    const world = await pictureOf(lab);
    // Room for the two of prod-db among the hosts of the workers.
    await live(lab, scale, { targets: [groupRef(groupIn(world, 'prod-workers'))], values: { replicas: '3' } });
    const db = groupRef(groupIn(world, 'prod-db'));
    const before = machineNames(world, 'prod-db');
    const moved = await live(lab, move, { targets: [db], values: { pool: 'prod-worker-pool', template: '' } });
    expect(moved.gone).toEqual(moved.plan.expected.flatMap(({ text }) => /^(\S+) goes /.exec(text)?.[1] ?? []));
    expect(moved.gone.sort()).toEqual(before.sort());
    const pool = moved.after.fleet.pools.list.find(({ name }) => name === 'prod-worker-pool')!;
    const members = pool.members.map(({ name }) => name);
    expect((await hostsOf('prod-db')).every((host) => members.includes(host))).toBe(true);

    const back = move.takeBack!(moved.after, moved.sent)!;
    const returned = await live(lab, move, back);
    expect(returned.plan.steps).toHaveLength(1);
    expect(groupIn(returned.after, 'prod-db').infraTemplate).toBe('prod-db-template');
  });

  it('rolls out another bootstrap template in the order that was foretold', async () => {
    const world = await pictureOf(lab);
    const db = groupRef(groupIn(world, 'prod-db'));
    const request = { operation: bootstrap.id, targets: [db], values: { document: '', name: '' } };
    const read = await withNeeds(lab, world, bootstrap, request);
    const document = bootstrap.fields[0]!.initial(read, [db]).replace(
      /^( +)spec:\n( +)(?=\w)/m,
      '$1spec:\n$2verbosity: 3\n$2',
    );
    const { plan, gone, after } = await live(lab, bootstrap, { targets: [db], values: { document, name: '' } });
    expect(plan.steps.map(({ diff }) => diff.map(({ path }) => path))).toEqual([
      ['spec.template.spec.verbosity'],
      ['spec.template.spec.bootstrap.configRef.name'],
    ]);
    expect(gone).toEqual(plan.expected.flatMap(({ text }) => /^(\S+) goes /.exec(text)?.[1] ?? []));
    expect(groupIn(after, 'prod-db').bootstrapTemplate).toBe('prod-db-bootstrap-2');
  });

  it.each([
    ['a worker', 'prod-workers'],
    ...(clusterApi === 'v1beta1' ? [['a member of the control plane', 'prod-control-plane']] : []),
  ] as [string, string][])('lets a health check replace %s, and no other machine', async (_what, name) => {
    const world = await pictureOf(lab);
    const uid = groupIn(world, name).machines.at(-1)!;
    const machine = world.fleet.machines.byUid.get(uid)!;
    const targets = [{ kind: 'machine' as const, uid, name: machine.name }];
    const pool = world.fleet.pools.list.find((each) => each.name === groupIn(world, name).pool)!;
    if (pool.counted.available === 0) {
      const asked = { operation: remediate.id, targets, values: {} };
      const { refuse } = remediate;
      expect(refuse(await withNeeds(lab, world, remediate, asked), asked)).toContain('add a host to the pool first');
      const hosts = world.fleet.hosts.list.find(({ use, object }) => use === 'unpooled' && object.planSecret)!.name;
      await live(lab, poolAdd, { targets: [{ kind: 'pool', uid: pool.uid, name: pool.name }], values: { hosts } });
    }
    const { plan, gone, after } = await live(lab, remediate, { targets, values: {} });
    expect(gone).toEqual([machine.name]);
    const fresh = groupIn(after, name).machines.filter((each) => !groupIn(world, name).machines.includes(each));
    expect(fresh.map((each) => after.fleet.machines.byUid.get(each)?.host)).toEqual(told(plan, 'Host that serves: '));
  });
});
