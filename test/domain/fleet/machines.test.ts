import { describe, expect, it } from 'vitest';
import type { MachineRow } from '../../../src/domain/fleet/rows.ts';
import {
  at,
  bmm,
  bootstrapTemplate,
  condition,
  controlPlane,
  controlPlaneMachine,
  deployment,
  fleetOf,
  host,
  machine,
  machineSet,
  plan,
  type Raw,
  settled,
  T0,
  template,
} from '../fixtures.ts';

const group = deployment('workers', 3, settled(3));

/** The row of machine w1 among some objects; its group is always there. */
function rowOf(...raws: readonly Raw[]): MachineRow {
  const { fleet } = fleetOf(group, ...raws);
  const row = fleet.machines.list.find(({ name }) => name === 'w1');
  if (!row) throw new Error('no machine w1');
  return row;
}

const h1 = host('h1', 'Allocated', { bmm: 'w1' });
const deletion = (reason: string, message = '') => ({
  meta: { deletionTimestamp: at(10) },
  conditions: [condition('Ready', 'False', 'Deleting')],
  status: { v1beta2: { conditions: [condition('Deleting', 'True', reason, { message })] } },
});

describe('a machine', () => {
  it('joins Machine, BaremetalMachine, host, plan and group', () => {
    expect(rowOf(h1, plan('h1', 'reprovision'), bmm('w1', 'h1', 'Running'), machine('w1', 'Running'))).toMatchObject({
      uid: 'Machine/w1',
      phase: 'Running',
      deleting: false,
      host: 'h1',
      hostUid: 'MachineInventory/h1',
      pool: 'workers-pool',
      cluster: 'prod',
      group: 'workers',
      groupUid: 'MachineDeployment/workers',
      controlPlane: false,
      version: 'v1.33.7-2',
      node: 'node-w1',
      nodeVersion: 'v1.33.7-2',
      planState: { word: 'applied', source: 'reported' },
      waiting: undefined,
      problem: undefined,
    });
  });

  it('is a row with either half missing', () => {
    expect(rowOf(machine('w1', 'Pending'))).toMatchObject({
      uid: 'Machine/w1',
      baremetal: undefined,
      phase: 'Pending',
    });
    expect(rowOf(bmm('w1', undefined, 'Pending'))).toMatchObject({
      uid: 'BaremetalMachine/w1',
      machine: undefined,
      phase: 'Pending',
    });
  });

  it('finds its group by its owner, its label, or its MachineSet', () => {
    const { fleet } = fleetOf(
      group,
      controlPlane('control-plane', 3, {}),
      machineSet('set', 'workers', 1),
      controlPlaneMachine('c1', 'Running'),
      machine('w1', 'Running'),
      machine('w2', 'Running', { group: '', labels: { 'cluster.x-k8s.io/set-name': 'set' } }),
      machine('w3', 'Running', { group: 'gone' }),
    );
    expect(
      fleet.machines.list.map(({ name, group: of, groupUid, controlPlane: isControlPlane }) => [
        name,
        of,
        groupUid,
        isControlPlane,
      ]),
    ).toEqual([
      ['c1', 'control-plane', 'KubeadmControlPlane/control-plane', true],
      ['w1', 'workers', 'MachineDeployment/workers', false],
      ['w2', 'workers', 'MachineDeployment/workers', false],
      ['w3', 'gone', undefined, false],
    ]);
    expect(fleet.groups.byUid.get('MachineDeployment/workers')?.machines).toEqual(['Machine/w1', 'Machine/w2']);
  });

  it.each<[string, Raw[], string]>([
    [
      'the provider’s while it comes',
      [bmm('w1', 'h1', 'Reprovisioning'), machine('w1', 'Provisioning')],
      'Reprovisioning',
    ],
    [
      'the Machine’s once the provider is done',
      [bmm('w1', 'h1', 'Running'), machine('w1', 'Provisioned')],
      'Provisioned',
    ],
    [
      'Deleting while it drains',
      [bmm('w1', 'h1', 'Running'), machine('w1', 'Deleting', deletion('DrainingNode'))],
      'Deleting',
    ],
    [
      'Preparing while it is cleaned',
      [bmm('w1', 'h1', 'Preparing'), machine('w1', 'Deleting', deletion('WaitingForInfrastructureDeletion'))],
      'Preparing',
    ],
    ['Failed where either says so', [bmm('w1', 'h1', 'Failed'), machine('w1', 'Provisioning')], 'Failed'],
    ['Unknown where nobody says', [bmm('w1', undefined, undefined)], 'Unknown'],
  ])('has a phase: %s', (_, raws, phase) => {
    expect(rowOf(h1, ...raws).phase).toBe(phase);
  });
});

describe('what a machine waits for', () => {
  const coming: [string, Raw[], string | undefined][] = [
    ['a host', [bmm('w1', undefined, 'Pending'), machine('w1', 'Pending')], 'host in pool workers-pool'],
    [
      'bootstrap data',
      [bmm('w1', 'h1', 'Allocated'), machine('w1', 'Pending', { status: { bootstrapReady: false } })],
      'bootstrap data',
    ],
    ['its plan', [bmm('w1', 'h1', 'Reprovisioning'), machine('w1', 'Provisioning')], 'reprovision plan on h1'],
    ['its node', [bmm('w1', 'h1', 'Running'), machine('w1', 'Provisioned')], 'its node to join'],
    [
      'the checks of its node',
      [
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Running', { conditions: [condition('Ready', 'Unknown', 'ReadyUnknown')] }),
      ],
      'readiness checks',
    ],
    ['a BaremetalMachine', [machine('w1', 'Pending')], 'BaremetalMachine'],
    ['nothing', [bmm('w1', 'h1', 'Running'), machine('w1', 'Running')], undefined],
  ];
  it.each(coming)('coming: %s', (_, raws, waiting) => {
    expect(rowOf(h1, ...raws)).toMatchObject({ waiting, problem: undefined });
  });

  const drain =
    'Drain not completed yet (started at 2026-11-21T01:30:32Z):\n* Pods kube-system/etcd-1, default/web-0: deletionTimestamp set, but still not removed from the Node';
  const pdb =
    "Drain not completed yet (started at 2026-11-21T01:30:32Z):\n* Pod default/db-0: cannot evict pod as it would violate the pod's disruption budget.";
  const going: [string, string, string, string][] = [
    ['a hook before the drain', 'WaitingForPreDrainHook', '', 'pre-drain hook'],
    ['the drain', 'DrainingNode', drain, 'drain: pods kube-system/etcd-1, default/web-0'],
    ['the drain of one pod', 'DrainingNode', pdb, 'drain: pod default/db-0'],
    ['a drain without words', 'DrainingNode', '', 'drain'],
    ['volumes', 'WaitingForVolumeDetach', '', 'volume detach'],
    [
      'a hook after it',
      'WaitingForPreTerminateHook',
      'Waiting for pre-terminate hooks to succeed (hooks: pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup)',
      'pre-terminate hook kcp-cleanup',
    ],
    ['its host', 'WaitingForInfrastructureDeletion', '', 'clean plan on h1'],
    ['its bootstrap config', 'WaitingForBootstrapDeletion', '', 'bootstrap config deletion'],
    ['its node', 'DeletingNode', '', 'node deletion'],
    ['a stage of the future', 'Contemplating', 'Thinking about it', 'Thinking about it'],
  ];
  it.each(going)('going: %s', (_, reason, message, waiting) => {
    const row = rowOf(h1, bmm('w1', 'h1', 'Running'), machine('w1', 'Deleting', deletion(reason, message)));
    expect(row).toMatchObject({ waiting, deleting: true, since: T0 + 10_000, problem: undefined });
  });

  it('going, where controllers write only v1beta1 conditions', () => {
    const of = (...conditions: Raw[]) =>
      rowOf(
        h1,
        bmm('w1', 'h1', 'Running', { meta: conditions.length ? {} : { deletionTimestamp: at(12) } }),
        machine('w1', 'Deleting', { meta: { deletionTimestamp: at(10) }, conditions }),
      ).waiting;
    expect(
      of(condition('DrainingSucceeded', 'False', 'Draining', { message: 'Draining the node before deletion' })),
    ).toBe('drain');
    expect(
      of(condition('DrainingSucceeded', 'True'), condition('VolumeDetachSucceeded', 'False', 'WaitingForVolumeDetach')),
    ).toBe('volume detach');
    expect(of(condition('PreTerminateDeleteHookSucceeded', 'False', 'WaitingExternalHook'))).toBe('pre-terminate hook');
    expect(of()).toBe('clean plan on h1');
    const hooked = machine('w1', 'Deleting', {
      annotations: { 'pre-drain.delete.hook.machine.cluster.x-k8s.io/backup': 'x' },
      meta: { deletionTimestamp: at(10) },
      conditions: [condition('PreDrainDeleteHookSucceeded', 'False', 'WaitingExternalHook')],
    });
    expect(rowOf(h1, bmm('w1', 'h1', 'Running'), hooked).waiting).toBe('pre-drain hook backup');
    expect(rowOf(bmm('w1', 'h1', 'Preparing', { meta: { deletionTimestamp: at(1) } })).waiting).toBe(
      'clean plan on h1',
    );
  });
});

describe('what is wrong with a machine', () => {
  const failed = (type: string, reason: string, message?: string) => [condition(type, 'False', reason, { message })];
  const own: [string, Raw[], 'bad' | 'warn', string][] = [
    [
      'its host does not exist',
      [bmm('w1', 'h9', 'Running'), machine('w1', 'Running')],
      'bad',
      'its host h9 does not exist',
    ],
    [
      'no pool has a host, and it says so in its own words',
      [bmm('w1', undefined, 'Pending', { conditions: failed('InventoryAllocated', 'Odd', 'no luck') })],
      'warn',
      'no host allocated: no luck',
    ],
    [
      'its storage is not ready',
      [
        bmm('w1', 'h1', 'Running', { conditions: failed('StorageReady', 'X', 'UUID differs') }),
        machine('w1', 'Running'),
      ],
      'bad',
      'storage not ready: UUID differs',
    ],
    [
      'its storage is not ready yet',
      [bmm('w1', 'h1', 'Reprovisioning', { conditions: failed('StorageReady', 'X') })],
      'warn',
      'storage not ready: X',
    ],
    [
      'it failed and says why',
      [bmm('w1', 'h1', 'Failed', { status: { failureReason: 'Broken', failureMessage: 'no disk' } })],
      'bad',
      'failed: Broken: no disk',
    ],
    ['it failed and does not', [bmm('w1', 'h1', 'Failed')], 'bad', 'failed'],
    ['its BaremetalMachine vanished', [machine('w1', 'Running')], 'bad', 'its BaremetalMachine is gone'],
    [
      'it has no bootstrap data',
      [bmm('w1', 'h1', 'Allocated', { conditions: failed('BootstrapReady', 'Broken') }), machine('w1', 'Pending')],
      'warn',
      'bootstrap data: Broken',
    ],
    [
      'its node is not ready',
      [
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Running', { conditions: failed('NodeHealthy', 'NodeConditionsFailed', 'kubelet stopped') }),
      ],
      'bad',
      'node not ready: kubelet stopped',
    ],
    [
      'a health check failed',
      [
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Running', { conditions: failed('HealthCheckSucceeded', 'HasRemediateMachineAnnotation') }),
      ],
      'warn',
      'health check failed: HasRemediateMachineAnnotation',
    ],
    [
      'its drain fails',
      [
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Deleting', {
          meta: { deletionTimestamp: at(1) },
          conditions: failed('DrainingSucceeded', 'DrainingFailed', 'no such node'),
        }),
      ],
      'warn',
      'drain fails: no such node',
    ],
    ['no Machine uses it', [bmm('w1', 'h1', 'Running')], 'warn', 'no Machine uses it, and it holds h1'],
    [
      'it is paused',
      [bmm('w1', 'h1', 'Running', { annotations: { 'cluster.x-k8s.io/paused': '' } }), machine('w1', 'Running')],
      'warn',
      'paused',
    ],
    [
      'it bears a mark, whatever its value',
      [
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Running', { annotations: { 'cluster.x-k8s.io/delete-machine': 'false' } }),
      ],
      'warn',
      'marked delete-machine: the next scale-down takes it',
    ],
  ];
  it.each(own)('%s', (_, raws, severity, text) => {
    expect(rowOf(h1, ...raws).problem).toMatchObject({ severity, text, cause: undefined });
  });

  const ofTheGroup: [string, Raw[], 'bad' | 'warn', string][] = [
    ['its pool does not exist', failed('InventoryAllocated', 'PoolMissing'), 'bad', 'pool workers-pool does not exist'],
    [
      'its pool is exhausted',
      failed('InventoryAllocated', 'PoolExhausted'),
      'warn',
      'pool workers-pool has no free host',
    ],
    [
      'the catalog lacks its version',
      failed('ImageResolved', 'ImageCatalogMiss'),
      'bad',
      'image catalog has no v1.33.7-2',
    ],
    ['the registry is missing', failed('ImageResolved', 'ImageRegistryMissing'), 'bad', 'image registry is not known'],
  ];
  it.each(ofTheGroup)('%s, which its group must put right', (_, conditions, severity, text) => {
    const { fleet } = fleetOf(
      template('workers-template', 'workers-pool'),
      bootstrapTemplate('workers-bootstrap'),
      deployment('workers', 3, { ...settled(2), replicas: 3 }),
      machine('w1', 'Pending'),
      bmm('w1', undefined, 'Pending', { conditions }),
    );
    const cause = { kind: 'deployment', uid: 'MachineDeployment/workers', name: 'workers' };
    expect(fleet.machines.list[0]?.problem).toMatchObject({ severity, text, cause });
    expect(fleet.groups.list[0]?.problem).toMatchObject({ severity, text, since: T0, cause: undefined });
    expect(fleet.attention.filter(({ ref }) => ref.kind !== 'deployment')).toEqual([]);
  });

  it('two of them claiming one host are both in trouble, by the host', () => {
    const { fleet } = fleetOf(
      h1,
      machine('w1', 'Running'),
      bmm('w1', 'h1', 'Running'),
      machine('w2', 'Running'),
      bmm('w2', 'h1', 'Running'),
    );
    expect(fleet.machines.list.map(({ problem }) => problem)).toMatchObject([
      { severity: 'bad', text: 'h1 is also claimed by w2', cause: { kind: 'host', name: 'h1' } },
      { severity: 'bad', text: 'h1 is also claimed by w1', cause: { kind: 'host', name: 'h1' } },
    ]);
    expect(fleet.attention).toMatchObject([{ text: 'claimed by 2 machines: w1, w2', ref: { kind: 'host' } }]);
  });

  it('is no absence of a kind that is not fully known', () => {
    const { index } = fleetOf(
      machine('w1', 'Running'),
      bmm('w2', 'h9', 'Running'),
      machine('w2', 'Running'),
      bmm('w3', 'h8', 'Running'),
    );
    expect(index.snapshot().attention).toHaveLength(3);
    index.setComplete(new Set());
    expect(index.snapshot().attention).toEqual([]);
    index.setComplete(new Set(['host', 'machine', 'baremetalMachine']));
    expect(index.snapshot().attention).toHaveLength(3);
  });
});
