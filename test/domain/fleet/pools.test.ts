import { describe, expect, it } from 'vitest';
import { createFleet } from '../../../src/domain/fleet/index.ts';
import type { PoolRow } from '../../../src/domain/fleet/rows.ts';
import { isFree } from '../../../src/domain/forecast/pool.ts';
import { condition, fleetOf, host, pool, type Raw, set } from '../fixtures.ts';

function poolOf(name: string, ...raws: readonly Raw[]): PoolRow {
  const row = fleetOf(...raws).fleet.pools.list.find((each) => each.name === name);
  if (!row) throw new Error(`no pool ${name}`);
  return row;
}

const free = (...names: string[]) => names.map((name) => host(name, 'Available', { pool: 'p' }));

describe('the members of a pool', () => {
  it('stand in declaration order, with their rows, the missing without', () => {
    const row = poolOf('p', pool('p', ['b', { name: 'lost', hostname: 'n' }, 'a']), ...free('a', 'b'));
    expect(row.members.map(({ name, hostname, host: member }) => [name, hostname, member?.name])).toEqual([
      ['b', undefined, 'b'],
      ['lost', 'n', undefined],
      ['a', undefined, 'a'],
    ]);
    expect(row.cluster).toBe('prod');
  });

  it('are counted by what the hosts say', () => {
    const states = [
      'Available',
      'Available',
      'Allocated',
      'Preparing',
      'Reprovisioning',
      'Unavailable',
      undefined,
      'Odd',
    ];
    const hosts = states.map((state, index) => host(`h${index}`, state, { pool: 'p' }));
    const row = poolOf(
      'p',
      pool('p', [...states.map((_, index) => `h${index}`), 'lost', 'h0']),
      ...hosts,
      host('h9', 'Available', { plan: {} }),
    );
    expect(row.counted).toEqual({
      total: 9,
      available: 2,
      allocated: 1,
      preparing: 1,
      reprovisioning: 1,
      unavailable: 2,
    });
  });

  it('do not count as missing before all hosts are known', () => {
    const index = createFleet();
    index.setComplete(new Set(['pool']));
    index.apply([
      set(pool('p', ['a', 'lost'], { status: { total: 2, available: 1, unavailable: 1 } })),
      ...free('a').map(set),
    ]);
    expect(index.snapshot().pools.list[0]).toMatchObject({
      counted: { available: 1, unavailable: 0 },
      mismatch: [],
      problem: undefined,
    });
    index.setComplete(new Set(['pool', 'host']));
    expect(index.snapshot().pools.list[0]).toMatchObject({
      counted: { unavailable: 1 },
      problem: { text: 'member lost does not exist' },
    });
  });

  it('are not free while their storage is being made: the provider gives them to nobody, and calls them unavailable', () => {
    const making = host('b', 'Available', {
      pool: 'p',
      status: { storage: { phase: 'Preparing', operation: { type: 'Prepare', phase: 'Running' } } },
    });
    const reported = { total: 2, available: 1, allocated: 0, preparing: 0, reprovisioning: 0, unavailable: 1 };
    const row = poolOf('p', pool('p', ['a', 'b'], { status: reported }), ...free('a'), making);
    expect(row.counted).toMatchObject({ available: 1, unavailable: 1 });
    expect(row.mismatch).toEqual([]);
    // It is on its way, and nobody has to look.
    expect(row.problem).toBeUndefined();
  });

  it.each([
    ['Failed', { type: 'Prepare', phase: 'Failed', mutationState: 'None' }],
    ['Observed', undefined],
    ['Prepared', { type: 'Activate', phase: 'Pending' }],
  ])('are not free with declared storage that is %s', (phase, operation) => {
    const held = host('b', 'Available', {
      pool: 'p',
      spec: { storage: { volumes: [{ name: 'data' }] } },
      status: { storage: { phase, operation } },
    });
    const row = poolOf('p', pool('p', ['a', 'b'], {}), ...free('a'), held);
    expect(row.counted).toMatchObject({ available: 1, unavailable: 1 });
    expect(row.members.filter(({ host: member }) => member && isFree(member, 'p')).map(({ name }) => name)).toEqual([
      'a',
    ]);
  });

  it('are no trouble while they become Ready by themselves', () => {
    const becoming = host('b', 'Available', {
      pool: 'p',
      status: { conditions: [condition('Ready', 'False', 'WaitingForIPAddress')] },
    });
    const row = poolOf('p', pool('p', ['a', 'b'], {}), ...free('a'), becoming);
    expect(row.counted).toMatchObject({ available: 1, unavailable: 1 });
    expect(row.problem).toBeUndefined();
  });

  it('are free with declared storage that is prepared', () => {
    const ready = host('b', 'Available', {
      pool: 'p',
      spec: { storage: { volumes: [{ name: 'data' }] } },
      status: { storage: { phase: 'Prepared', operation: null } },
    });
    expect(poolOf('p', pool('p', ['b'], {}), ready).counted).toMatchObject({ available: 1, unavailable: 0 });
  });
});

describe('the reported figures of a pool', () => {
  it.each([
    [{ total: 3, available: 1, allocated: 1, preparing: 1, reprovisioning: 0, unavailable: 0 }, true],
    [{ total: 3, available: 1, allocated: 1, preparing: 0, reprovisioning: 0, unavailable: 0 }, false],
    [{ total: 3, available: 2, allocated: 2 }, false],
    [{ total: 3, available: 2, allocated: 1 }, true],
    [{ total: 3, available: 1, allocated: 1 }, undefined],
    [{ available: 1 }, undefined],
    [undefined, undefined],
  ])('%j add up: %s', (status, ok) => {
    expect(poolOf('p', pool('p', [], { status })).sumOk).toBe(ok);
  });

  it('are compared where both are known', () => {
    const row = poolOf('p', pool('p', ['a'], { status: { total: 1, available: 0, allocated: 1 } }), ...free('a'));
    expect(row.mismatch).toEqual(['available', 'allocated']);
    expect(row.problem).toMatchObject({ severity: 'warn', text: 'reports 0 available, 1 counted' });
    expect(row.reported).toEqual({ total: 1, available: 0, allocated: 1 });
  });

  it('may lag while hosts move', () => {
    const status = { total: 1, available: 1, allocated: 0, preparing: 0, reprovisioning: 0, unavailable: 0 };
    expect(poolOf('p', pool('p', ['a'], { status }), host('a', 'Reprovisioning', { pool: 'p' }))).toMatchObject({
      mismatch: ['available', 'reprovisioning'],
      problem: undefined,
    });
  });
});

describe('what is wrong with a pool', () => {
  const cases: [string, Raw[], 'bad' | 'warn', string][] = [
    [
      'a member does not exist',
      [pool('p', ['a', 'lost', 'gone']), ...free('a')],
      'bad',
      'member lost does not exist, and 1 more',
    ],
    [
      'another pool lists its member',
      [pool('p', ['a', 'b']), pool('q', ['b']), ...free('a', 'b')],
      'bad',
      'b also in pool q',
    ],
    [
      'the provider says that members are not valid',
      [
        pool('p', [], {
          status: { conditions: [condition('MembersValid', 'False', 'X', { message: 'h7 is not ready' })] },
        }),
      ],
      'bad',
      'members not valid: h7 is not ready',
    ],
    [
      'it is not ready',
      [pool('p', [], { status: { conditions: [condition('Ready', 'False', 'NotReady')] } })],
      'bad',
      'not ready: NotReady',
    ],
    ['it lists a member twice', [pool('p', ['a', 'b', 'a']), ...free('a', 'b')], 'warn', 'lists a twice'],
    [
      'its figures do not add up',
      [
        pool('p', [], {
          status: { total: 3, available: 1, allocated: 1, preparing: 0, reprovisioning: 0, unavailable: 0 },
        }),
      ],
      'warn',
      'reported figures add up to 2, total says 3',
    ],
  ];
  it.each(cases)('%s', (_, raws, severity, text) => {
    expect(poolOf('p', ...raws).problem).toMatchObject({ severity, text });
  });

  it('follows from its hosts, and attention says it by the host', () => {
    const { fleet } = fleetOf(pool('p', ['a', 'b']), ...free('a'), host('b', 'Unavailable', { pool: 'p' }));
    expect(fleet.pools.list[0]?.problem).toMatchObject({
      severity: 'warn',
      text: '1 host unavailable',
      cause: { kind: 'host', name: 'b' },
    });
    expect(fleet.attention).toMatchObject([{ severity: 'bad', text: 'unavailable', ref: { kind: 'host', name: 'b' } }]);
  });

  it('of two pools and one host, is said once', () => {
    const { fleet } = fleetOf(pool('p', ['a']), pool('q', ['a']), ...free('a'));
    expect(fleet.attention).toMatchObject([{ text: 'listed by 2 pools: p, q', ref: { kind: 'host', name: 'a' } }]);
  });
});
