import { describe, expect, it } from 'vitest';
import type { HostRow } from '../../../src/domain/fleet/rows.ts';
import { isFree } from '../../../src/domain/forecast/pool.ts';
import type { PlanDetail } from '../../../src/domain/objects.ts';
import { at, bmm, condition, fleetOf, host, machine, plan, pool, type Raw, set, T0 } from '../fixtures.ts';

const detail = (more: Partial<PlanDetail>): PlanDetail => ({
  resourceVersion: '1',
  checksum: 'sum',
  instructions: [],
  lastApplied: T0 + 5000,
  ...more,
});
const failed = detail({ failedChecksum: 'sum', failureCount: 3, maxFailures: 3 });
const retrying = detail({ failedChecksum: 'sum', failureCount: 2, maxFailures: 3 });
const applied = detail({ appliedChecksum: 'sum' });

/** The row of host h1 among some objects, with what was read of its plan. */
function rowOf(raws: readonly Raw[], read?: PlanDetail): HostRow {
  const { index } = fleetOf(...raws);
  index.setPlanDetail('Secret/h1', read);
  const row = index.snapshot().hosts.list.find(({ name }) => name === 'h1');
  if (!row) throw new Error('no host h1');
  return row;
}

const whole = pool('p', ['h0', 'h1'], { meta: { generation: 1 } });
const inPool = pool('p', [{ name: 'h0' }, { name: 'h1', hostname: 'node-1' }]);

describe('what a host is used for', () => {
  it.each<[string, string | undefined, Raw[], string]>([
    ['available in a pool', 'Available', [inPool], 'free'],
    ['available, listed by no pool', 'Available', [], 'unpooled'],
    ['new', undefined, [], 'unpooled'],
    ['new in a pool', undefined, [inPool], 'unknown'],
    ['in a state we do not know', 'Odd', [inPool], 'unknown'],
    ['allocated, machine not yet up', 'Allocated', [inPool, bmm('w1', 'h1', 'Allocated')], 'allocated'],
    ['allocated, machine up', 'Allocated', [inPool, bmm('w1', 'h1', 'Running')], 'running'],
    ['allocated, no machine seen', 'Allocated', [inPool], 'allocated'],
    ['being reprovisioned', 'Reprovisioning', [inPool], 'reprovisioning'],
    ['being cleaned', 'Preparing', [inPool], 'preparing'],
    ['being cleaned and taken off its pool', 'Preparing', [], 'preparing'],
    ['given up', 'Unavailable', [inPool], 'unavailable'],
  ])('%s', (_, state, others, use) => {
    expect(rowOf([host('h1', state), plan('h1', 'clean'), ...others]).use).toBe(use);
  });

  const storage = (phase: string, operation?: Raw) => ({
    spec: { storage: { volumes: [{ name: 'data' }] } },
    status: { storage: { phase, operation } },
  });
  it.each<[string, Raw, string, string]>([
    [
      'its storage failed',
      storage('Failed', { type: 'Prepare', phase: 'Failed', mutationState: 'Unknown' }),
      'unavailable',
      'bad',
    ],
    ['its storage is degraded', storage('Degraded'), 'unavailable', 'bad'],
    ['it has no plan Secret', { plan: {} }, 'unavailable', 'bad'],
    ['it is not ready', { ready: condition('Ready', 'False', 'NetworkConfigFailure') }, 'unavailable', 'bad'],
    ['it is not ready, and not known to fail', { ready: condition('Ready', 'False', 'Odd') }, 'unavailable', 'bad'],
    ['its storage is on its way', storage('Preparing', { type: 'Prepare', phase: 'Running' }), 'free', 'free'],
    ['it is prepared', storage('Prepared'), 'free', 'free'],
    ['it is new in a pool', {}, 'free', 'free'],
  ])(
    'is not said to be free where its pool does not give it away for what is bad with it: %s',
    (_, more, use, figure) => {
      const p = pool('p', ['h1']);
      const { index } = fleetOf(p, host('h1', 'Available', more), plan('h1', 'clean'));
      const { hosts, counters, pools } = index.snapshot();
      expect(hosts.list[0]?.use).toBe(use);
      expect(counters).toMatchObject(figure === 'bad' ? { bad: 1, free: 0 } : { bad: 0, free: 1 });
      if (use === 'unavailable') expect(pools.list[0]?.counted).toMatchObject({ available: 0, unavailable: 1 });
      if (use === 'unavailable') expect(isFree(hosts.list[0]!, 'p')).toBe(false);
    },
  );

  it('is free, and bad, where a storage operation failed and nothing is declared: its pool gives it away', () => {
    const failed = { status: { storage: { phase: 'Failed', operation: { type: 'Release', phase: 'Failed' } } } };
    const { index } = fleetOf(pool('p', ['h1']), host('h1', 'Available', failed), plan('h1', 'clean'));
    const { hosts, pools } = index.snapshot();
    expect(hosts.list[0]).toMatchObject({ use: 'free', problem: { severity: 'bad' } });
    expect(pools.list[0]?.counted).toMatchObject({ available: 1, unavailable: 0 });
  });

  it('trusts the annotation where its pool cannot be seen', () => {
    const { index } = fleetOf(
      host('h1', 'Available', { pool: 'elsewhere' }),
      host('h2', 'Available'),
      host('h3', undefined),
    );
    expect(index.snapshot().hosts.list.map(({ use, pool: name }) => [use, name])).toEqual([
      ['unpooled', 'elsewhere'],
      ['unpooled', undefined],
      ['unpooled', undefined],
    ]);
    index.setComplete(new Set(['host']));
    expect(index.snapshot().hosts.list.map(({ use }) => use)).toEqual(['free', 'free', 'unpooled']);
  });
});

describe('who a host belongs to', () => {
  it('is read from its pool, its machine and its annotations', () => {
    expect(
      rowOf([
        pool('p', ['h0', { name: 'h1', hostname: 'node-1' }], { cluster: 'prod' }),
        host('h1', 'Allocated', { pool: 'p', bmm: 'w1' }),
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Running'),
        plan('h1', 'reprovision'),
      ]),
    ).toMatchObject({
      pool: 'p',
      poolUid: 'MachineInventoryPool/p',
      position: 1,
      hostname: 'node-1',
      cluster: 'prod',
      machine: 'w1',
      machineUid: 'Machine/w1',
      node: 'node-w1',
      plan: { type: 'reprovision', host: 'h1' },
    });
  });

  it('takes the annotation for a machine that has not said so yet', () => {
    expect(rowOf([inPool, host('h1', 'Allocated', { bmm: 'w1' }), bmm('w1', undefined, 'Pending')])).toMatchObject({
      machineUid: 'BaremetalMachine/w1',
      problem: undefined,
    });
  });
});

describe('what a host waits for', () => {
  const cases: [string, Raw[], PlanDetail | undefined, string | undefined][] = [
    ['nothing, while it runs', [host('h1', 'Allocated'), bmm('w1', 'h1', 'Running')], undefined, undefined],
    [
      'its reprovision plan',
      [host('h1', 'Reprovisioning'), plan('h1', 'reprovision')],
      detail({}),
      'reprovision plan pending',
    ],
    ['the node after that', [host('h1', 'Reprovisioning'), plan('h1', 'reprovision')], applied, 'reboot and node'],
    ['its clean plan', [host('h1', 'Preparing'), plan('h1', 'clean')], detail({}), 'clean plan pending'],
    ['a clean plan we have not read', [host('h1', 'Preparing'), plan('h1', 'clean')], undefined, 'clean plan'],
    ['a clean plan not yet written', [host('h1', 'Preparing'), plan('h1', 'reprovision')], applied, 'clean plan'],
    ['release', [host('h1', 'Preparing'), plan('h1', 'clean')], applied, 'release after the clean plan'],
    [
      'bootstrap data',
      [
        host('h1', 'Allocated'),
        bmm('w1', 'h1', 'Allocated', { conditions: [condition('BootstrapReady', 'False', 'BootstrapWaiting')] }),
      ],
      undefined,
      'bootstrap data',
    ],
    [
      'storage',
      [
        host('h1', 'Available', {
          status: { storage: { phase: 'Preparing', operation: { type: 'Prepare', phase: 'Running' } } },
        }),
      ],
      undefined,
      'storage prepare',
    ],
    [
      'its first plan',
      [host('h1', undefined, { ready: condition('Ready', 'False', 'WaitingForPlan') })],
      undefined,
      'first plan',
    ],
    [
      'the drain of its machine, which still holds it',
      [
        host('h1', 'Allocated'),
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Deleting', {
          meta: { deletionTimestamp: at(3), finalizers: ['f'] },
          status: {
            v1beta2: {
              conditions: [
                condition('Deleting', 'True', 'DrainingNode', {
                  message: 'Drain not completed yet (started at 2026-01-01T00:00:03Z):\n* Pod shop/db-0: cannot evict',
                }),
              ],
            },
          },
        }),
      ],
      undefined,
      'its machine goes: drain: pod shop/db-0',
    ],
    [
      'volumes of its machine, in the older words',
      [
        host('h1', 'Allocated'),
        bmm('w1', 'h1', 'Running'),
        machine('w1', 'Deleting', {
          meta: { deletionTimestamp: at(3), finalizers: ['f'] },
          conditions: [condition('VolumeDetachSucceeded', 'False', 'WaitingForVolumeDetach')],
        }),
      ],
      undefined,
      'its machine goes: volume detach',
    ],
    ['the provider', [host('h1', undefined)], undefined, 'the provider to take it in'],
  ];
  it.each(cases)('%s', (_, raws, read, waiting) => {
    const row = rowOf(
      [inPool, plan('h1', 'other'), ...raws],
      read && {
        ...read,
        planType: raws.length > 1 && raws[1]!['kind'] === 'PartialObjectMetadata' ? planTypeOf(raws[1]!) : 'other',
      },
    );
    expect(row.waiting).toBe(waiting);
    expect(row.problem).toBeUndefined();
    // Beside it stands how long that lasts, not how long the host served before.
    if (waiting?.startsWith('its machine goes')) expect(row.since).toBe(Date.parse(at(3)));
  });

  it.each([
    ['not read', undefined, { word: 'unknown' }],
    ['read and applied', applied, { word: 'applied' }],
    ['read and failed on a second run', detail({ failedChecksum: 'x', appliedChecksum: 'sum' }), { word: 'applied' }],
  ] as const)(
    'nothing as far as is known, where no BaremetalMachine may be read and its plan is %s',
    (_, read, state) => {
      const { index } = fleetOf(inPool, host('h1', 'Allocated', { bmm: 'w1' }), plan('h1', 'reprovision'));
      index.setPlanDetail('Secret/h1', read && { ...read, planType: 'reprovision' });
      const row = () => index.snapshot().hosts.list.find(({ name }) => name === 'h1');
      index.setComplete(new Set(['host', 'pool', 'plan', 'machine']));
      expect(row()).toMatchObject({ use: 'allocated', waiting: undefined, problem: undefined });
      expect(index.snapshot().counters).toMatchObject({ inUse: 1, busy: 0, plansRunning: 0 });
      if (read) expect(row()?.plan?.state).toMatchObject(state);
      expect(row()?.plan).toMatchObject({ inFlight: false });
      index.setComplete(new Set(['host', 'pool', 'plan', 'machine', 'baremetalMachine']));
      expect(row()?.waiting).toBeDefined();
    },
  );

  function planTypeOf(raw: Raw): string | undefined {
    return (raw as { metadata: { annotations: Record<string, string> } }).metadata.annotations[
      'baremetal.alauda.io/plan.type'
    ];
  }
});

describe('what is wrong with a host', () => {
  const reprovision = plan('h1', 'reprovision');
  const of = (planType: string, read: PlanDetail): PlanDetail => ({ ...read, planType });
  const cases: [string, Raw[], PlanDetail | undefined, 'bad' | 'warn', string][] = [
    ['two pools list it', [host('h1', 'Available'), pool('q', ['h1'])], undefined, 'bad', 'listed by 2 pools: p, q'],
    [
      'two machines claim it',
      [host('h1', 'Allocated'), bmm('w1', 'h1', 'Running'), bmm('w2', 'h1', 'Running')],
      undefined,
      'bad',
      'claimed by 2 machines: w1, w2',
    ],
    [
      'its plan failed for good',
      [host('h1', 'Reprovisioning'), reprovision],
      of('reprovision', failed),
      'bad',
      'reprovision plan failed after 3 tries',
    ],
    [
      'its plan fails and is tried again',
      [host('h1', 'Reprovisioning'), reprovision],
      of('reprovision', retrying),
      'warn',
      'reprovision plan fails, try 2 of 3',
    ],
    [
      'it was given up while its plan fails',
      [host('h1', 'Unavailable'), reprovision],
      of('reprovision', retrying),
      'bad',
      'reprovision plan fails, try 2 of 3',
    ],
    [
      'its plan failed when run again',
      [host('h1', 'Allocated'), bmm('w1', 'h1', 'Running'), reprovision],
      of('reprovision', detail({ appliedChecksum: 'sum', failedChecksum: 'sum' })),
      'warn',
      'reprovision plan failed when run again',
    ],
    ['it is unavailable and nothing says why', [host('h1', 'Unavailable')], undefined, 'bad', 'unavailable'],
    [
      'its storage failed',
      [
        host('h1', 'Available', {
          status: {
            storage: { phase: 'Failed', operation: { type: 'Prepare', phase: 'Failed', mutationState: 'Unknown' } },
          },
        }),
      ],
      undefined,
      'bad',
      'storage prepare failed (disks may have changed)',
    ],
    [
      'its storage is degraded',
      [host('h1', 'Allocated', { status: { storage: { phase: 'Degraded' } } })],
      undefined,
      'bad',
      'storage is degraded',
    ],
    [
      'it has no plan Secret',
      [host('h1', 'Available', { plan: {} })],
      undefined,
      'bad',
      'no plan Secret: cannot be allocated',
    ],
    [
      'it is not ready',
      [host('h1', 'Available', { ready: condition('Ready', 'False', 'NetworkConfigFailure') })],
      undefined,
      'bad',
      'not ready: NetworkConfigFailure',
    ],
    [
      'it is not ready for a reason of the future',
      [host('h1', 'Available', { ready: condition('Ready', 'False', 'MoonPhase') })],
      undefined,
      'warn',
      'not ready: MoonPhase',
    ],
    [
      'the inventory says that its plan failed',
      [
        host('h1', 'Available', {
          plan: { state: 'Failed', secretRef: { name: 'h1' } },
          ready: condition('Ready', 'False', 'PlanFailure'),
        }),
        plan('h1', 'clean'),
      ],
      undefined,
      'bad',
      'clean plan failed',
    ],
    [
      'its owner is gone',
      [host('h1', 'Allocated', { bmm: 'w9' })],
      undefined,
      'warn',
      'no BaremetalMachine w9 holds it',
    ],
    [
      'it is being deleted',
      [host('h1', 'Available', { meta: { deletionTimestamp: '2026-11-21T01:00:00Z' } })],
      undefined,
      'warn',
      'inventory is being deleted',
    ],
    [
      'it is annotated for another pool',
      [host('h1', 'Available', { pool: 'q' })],
      undefined,
      'warn',
      'annotated for pool q, listed by p',
    ],
  ];
  it.each(cases)('%s', (_, raws, read, severity, text) => {
    expect(rowOf([inPool, host('h0', 'Available', { pool: 'p' }), ...raws], read).problem).toMatchObject({
      severity,
      text,
      cause: undefined,
    });
  });

  it.each<[string, Raw[], PlanDetail | undefined, number | undefined]>([
    ['it was cleaned', [plan('h1', 'clean')], applied, T0 + 5000],
    ['it was cleaned, and nobody read when', [plan('h1', 'clean')], undefined, undefined],
    ['it is there, where it was never used', [plan('h1', undefined), whole], detail({ checksum: undefined }), T0],
    [
      'nobody knows, where its pool was changed since it is there',
      [plan('h1', undefined), pool('p', ['h0', 'h1'], { meta: { generation: 3 } })],
      detail({ checksum: undefined }),
      undefined,
    ],
    ['nobody knows, after another plan', [plan('h1', 'reprovision')], applied, undefined],
  ])('says that a host is free since %s', (_, others, read, since) => {
    const row = rowOf([inPool, host('h1', 'Available'), ...others], read);
    expect(row).toMatchObject({ use: 'free' });
    expect(row.since).toBe(since);
  });

  it('no longer says since when its members are free once a pool was changed', () => {
    const { index } = fleetOf(whole, host('h1', 'Available', { pool: 'p' }), plan('h1', undefined));
    index.setPlanDetail('Secret/h1', detail({ checksum: undefined }));
    expect(index.snapshot().hosts.list[0]?.since).toBe(T0);
    index.apply([set(pool('p', ['h0', 'h1', 'h2'], { meta: { generation: 2, resourceVersion: '2' } }))]);
    expect(index.snapshot().hosts.list[0]).toMatchObject({ use: 'free', since: undefined });
  });

  it.each<[string, Raw, number | undefined]>([
    ['it is there, where no pool ever had it', host('h1', undefined), T0],
    ['nobody knows, where it was in one', host('h1', 'Available', { pool: 'p' }), undefined],
    ['nobody knows, where only its state is left of that', host('h1', 'Available'), undefined],
  ])('says that a host is in no pool since %s', (_, h1, since) => {
    const row = rowOf([pool('p', ['h0']), h1]);
    expect(row).toMatchObject({ use: 'unpooled' });
    expect(row.since).toBe(since);
  });

  it('says since when, by the best evidence', () => {
    expect(rowOf([inPool, host('h1', 'Reprovisioning'), reprovision], of('reprovision', failed)).problem?.since).toBe(
      T0 + 5000,
    );
    expect(rowOf([inPool, host('h1', 'Available', { ready: condition('Ready', 'False', 'X') })]).problem?.since).toBe(
      T0,
    );
  });

  it('is nothing for a spare with a clean plan left over, or with no plan at all', () => {
    expect(rowOf([inPool, host('h1', 'Available'), plan('h1', 'clean')], of('clean', applied)).problem).toBeUndefined();
    expect(rowOf([inPool, host('h1', 'Available'), plan('h1')]).problem).toBeUndefined();
    expect(rowOf([inPool, host('h1', 'Available')]).problem).toBeUndefined();
  });

  it('is not what Ready says of a plan that is past', () => {
    const stale = host('h1', 'Reprovisioning', { ready: condition('Ready', 'False', 'PlanFailure') });
    expect(rowOf([inPool, stale, reprovision], of('reprovision', detail({ failedChecksum: 'old' })))).toMatchObject({
      problem: undefined,
      waiting: 'reprovision plan pending',
    });
  });
});

describe('a plan', () => {
  it('is worth a read while it is in flight or failed, and not at rest', () => {
    const wants = (raws: Raw[], read?: PlanDetail) => rowOf([inPool, ...raws], read).plan?.wantsDetail;
    expect(wants([host('h1', 'Reprovisioning'), plan('h1', 'reprovision')])).toBe(true);
    expect(wants([host('h1', 'Available'), plan('h1', 'clean')])).toBe(false);
    expect(wants([host('h1', 'Allocated'), plan('h1', 'reprovision'), bmm('w1', 'h1', 'Running')])).toBe(false);
    expect(wants([host('h1', 'Allocated'), plan('h1', 'reprovision'), bmm('w1', 'h1', 'Allocated')])).toBe(true);
    expect(wants([host('h1', 'Unavailable'), plan('h1', 'clean')])).toBe(true);
    expect(wants([host('h1', 'Available'), plan('h1', 'clean')], { ...retrying, planType: 'clean' })).toBe(true);
    expect(wants([host('h1', 'Available'), plan('h1', 'clean')], { ...applied, planType: 'clean' })).toBe(false);
  });

  it('was last run when the agent ran it, not when it ran the plan before', () => {
    const sinceOf = (read?: PlanDetail) =>
      rowOf(
        [inPool, host('h1', 'Reprovisioning'), plan('h1', 'reprovision')],
        read && { ...read, planType: 'reprovision' },
      ).plan?.since;
    expect(sinceOf()).toBeUndefined();
    expect(sinceOf(detail({ appliedChecksum: 'old' }))).toBeUndefined();
    expect(sinceOf(failed)).toBe(T0 + 5000);
    expect(sinceOf(applied)).toBe(T0 + 5000);
  });

  it('is not judged by the data of the plan before it', () => {
    const row = rowOf([inPool, host('h1', 'Preparing'), plan('h1', 'clean')], {
      ...applied,
      resourceVersion: '0',
      planType: 'reprovision',
    });
    expect(row.plan).toMatchObject({
      type: 'clean',
      state: { word: 'unknown', source: 'reported' },
      detail: undefined,
      wantsDetail: true,
    });
  });

  it('names its host as the cause, so that attention says it once', () => {
    const { index } = fleetOf(
      inPool,
      host('h0', 'Available', { pool: 'p' }),
      host('h1', 'Reprovisioning', { pool: 'p' }),
      plan('h1', 'reprovision'),
      bmm('w1', 'h1', 'Reprovisioning'),
      machine('w1', 'Provisioning'),
    );
    index.setPlanDetail('Secret/h1', { ...failed, planType: 'reprovision' });
    const fleet = index.snapshot();
    expect(fleet.plans.list[0]?.problem).toMatchObject({ severity: 'bad', cause: { kind: 'host', name: 'h1' } });
    expect(fleet.machines.list[0]?.problem).toMatchObject({
      text: 'reprovision plan failed after 3 tries on h1',
      cause: { kind: 'host', name: 'h1' },
    });
    expect(fleet.attention).toEqual([
      {
        severity: 'bad',
        text: 'reprovision plan failed after 3 tries',
        since: T0 + 5000,
        cause: undefined,
        ref: { kind: 'host', uid: 'MachineInventory/h1', name: 'h1' },
      },
    ]);
    expect(fleet.counters).toMatchObject({ plansBad: 1, plansRunning: 0, bad: 1, machinesBad: 1 });
  });
});
