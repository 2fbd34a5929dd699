import { describe, expect, it } from 'vitest';
import { poolAdd } from '../../src/operations/pool-add.ts';
import { poolOrder } from '../../src/operations/pool-order.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from './support/fleets.ts';
import { ask, changed, lines, reading, ref, sentOf, withObject } from './support/world.ts';

const pool = ref('MachineInventoryPool', 'workers-pool');
const raws = [...workerFleet(), make.host('n1', undefined), make.host('n2', undefined)];
const read = (fleet: make.Raw[] = raws) => reading(fleet, 'workers-pool', 'n1', 'n2', 'h4');
const tests = [
  { op: 'test', path: '/metadata/uid', value: 'MachineInventoryPool/workers-pool' },
  { op: 'test', path: '/metadata/resourceVersion', value: '1' },
];

describe('pool-add', () => {
  const add = (hosts: string) => ask(poolAdd, [pool], { hosts });
  const other = changed(raws, 'MachineInventory', 'n1', ['metadata', 'annotations'], {
    'baremetal.alauda.io/pool': 'cp-pool',
  });
  it.each([
    ['nothing', read(), '\n \n', 'at least one host'],
    ['a host twice', read(), 'n1\nn1', 'n1 is listed twice'],
    ['a host that is not there', read(), 'n9', 'there is no MachineInventory n9'],
    ['a member', read(), 'h4', 'h4 is in workers-pool already'],
    ['a member of another', reading(raws, 'workers-pool', 'p1'), 'p1', 'p1 is in pool cp-pool'],
    ['a host another pool still claims', read(other), 'n1', 'n1 still belongs to pool cp-pool'],
    ['a bad hostname', read(), 'n1 Node_1', 'is not a name'],
    ['a hostname twice', read(), 'n1 node\nn2 node', 'the hostname node is taken'],
    ['a hostname that is a member', read(), 'n1 h2', 'the hostname h2 is taken'],
    [
      'a host without plan Secret',
      read(changed(raws, 'MachineInventory', 'n1', ['status', 'plan'], undefined)),
      'n1',
      'n1 has no plan Secret yet',
    ],
    [
      'a host that is not ready',
      read(changed(raws, 'MachineInventory', 'n1', ['status', 'conditions'], [])),
      'n1',
      'n1 is not Ready',
    ],
    [
      'storage that is not prepared',
      read(changed(raws, 'MachineInventory', 'n1', ['spec'], { storage: { volumes: [{ name: 'data' }] } })),
      'n1',
      'the storage of n1 is not looked at yet, not Prepared',
    ],
  ])('refuses %s', (_what, world, hosts, why) => {
    expect(poolAdd.refuse(world, add(hosts))).toContain(why);
  });

  it('appends, with the tests before', () => {
    const plan = poolAdd.plan(read(), add('n2 rack-2\nn1'));
    expect(plan.steps[0]?.write).toMatchObject({
      type: 'json',
      body: [
        ...tests,
        { op: 'add', path: '/spec/machineInventories/-', value: { name: 'n2', hostname: 'rack-2' } },
        { op: 'add', path: '/spec/machineInventories/-', value: { name: 'n1' } },
      ],
    });
    const bare = changed(raws, 'MachineInventoryPool', 'workers-pool', ['spec', 'machineInventories'], undefined);
    const write = poolAdd.plan(read(bare), add('n1')).steps[0]?.write;
    expect(write && 'body' in write && write.body).toContainEqual({
      op: 'add',
      path: '/spec/machineInventories',
      value: [],
    });
  });

  it('is done when the provider has taken them in and counts them', () => {
    const request = add('n1');
    const sent = sentOf(request, poolAdd.plan(read(), request));
    const words = (fleet: make.Raw[]) => lines(poolAdd, read(fleet), sent).map((line) => line.split(' ')[0]);
    expect(words(raws)).toEqual(['done', 'now', 'todo']);
    const names = ['h1', 'h2', 'h3', 'h4', 'n1'];
    let now = withObject(raws, 'MachineInventoryPool', 'workers-pool', () =>
      make.pool('workers-pool', names, {
        status: { total: 5, conditions: [make.condition('MembersValid', 'True')] },
      }),
    );
    now = withObject(now, 'MachineInventory', 'n1', () => make.host('n1', 'Available', { pool: 'workers-pool' }));
    expect(words(now)).toEqual(['done', 'done', 'done']);
    expect(poolAdd.takeBack).toBeUndefined();
  });
});

describe('pool-order', () => {
  const order = (...names: string[]) => ask(poolOrder, [pool], { order: names.join('\n') });
  it.each([
    ['the same order', ['h1', 'h2', 'h3', 'h4'], 'the order is the same'],
    ['one left out', ['h4', 'h1', 'h2'], 'h3 is missing: members are never taken out'],
    ['one twice', ['h4', 'h1', 'h2', 'h3', 'h1'], 'h1 is listed twice'],
    ['a stranger', ['h4', 'h1', 'h2', 'h3', 'n1'], 'n1 is not in workers-pool'],
  ])('refuses %s', (_what, names, why) => {
    expect(poolOrder.refuse(read(), order(...names))).toContain(why);
  });

  it('keeps whatever else a member holds, and can be taken back', () => {
    const members = [
      { name: 'h1', networkDevice: 'eth7' },
      { name: 'h2', hostname: 'two' },
    ];
    const fleet = changed(raws, 'MachineInventoryPool', 'workers-pool', ['spec', 'machineInventories'], members);
    const request = order('h2', 'h1');
    const plan = poolOrder.plan(read(fleet), request);
    expect(plan.steps[0]?.write).toMatchObject({
      body: [
        ...tests,
        { op: 'test', path: '/spec/machineInventories', value: members },
        { op: 'replace', path: '/spec/machineInventories', value: [members[1], members[0]] },
      ],
    });
    const sent = sentOf(request, plan);
    expect(poolOrder.done(read(fleet), sent).outcome).toBeUndefined();
    const turned = [members[1], members[0]];
    const now = changed(raws, 'MachineInventoryPool', 'workers-pool', ['spec', 'machineInventories'], turned);
    expect(poolOrder.done(read(now), sent).outcome).toBe('done');
    expect(poolOrder.takeBack?.(read(now), sent)).toEqual(order('h1', 'h2'));
    expect(poolOrder.takeBack?.(read(fleet), sent)).toBeUndefined();
  });
});
