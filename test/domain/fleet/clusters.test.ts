import { describe, expect, it } from 'vitest';
import type { ClusterRow, Fleet } from '../../../src/domain/fleet/rows.ts';
import {
  at,
  baremetalCluster,
  bmm,
  bootstrapTemplate,
  cluster,
  condition,
  controlPlane,
  deployment,
  fleetOf,
  host,
  machine,
  pool,
  type Raw,
  registration,
  seedImage,
  settled,
  smallFleet,
  T0,
  template,
} from '../fixtures.ts';

const templates = [
  template('workers-template', 'workers-pool'),
  template('cp-template', 'cp-pool'),
  bootstrapTemplate('workers-bootstrap'),
];
const infrastructure = baremetalCluster('prod');

function clusterOf(...raws: readonly Raw[]): ClusterRow {
  return fleetOf(...templates, ...raws).fleet.clusters.list[0]!;
}

describe('a cluster', () => {
  it('sums up its groups and hosts', () => {
    expect(
      clusterOf(
        ...smallFleet(),
        controlPlane('control-plane', 3, { ...settled(3), unavailableReplicas: 0 }),
        deployment('a-workers', 2, settled(1), { spec: { replicas: 2 } }),
      ),
    ).toMatchObject({
      phase: 'Provisioned',
      paused: false,
      endpoint: '10.0.0.10:6443',
      version: 'v1.33.7-2',
      controlPlane: { desired: 3, ready: 3 },
      workers: { desired: 5, ready: 4 },
      hosts: 4,
      groups: ['KubeadmControlPlane/control-plane', 'MachineDeployment/a-workers', 'MachineDeployment/workers'],
      waiting: 'a-workers: scaling up, 1 to 2',
      problem: undefined,
    });
  });

  it('says where its control plane is being brought to, until all of it is there', () => {
    const plane = (version: string) =>
      clusterOf(
        cluster('prod'),
        controlPlane('control-plane', 3, { ...settled(3), version }, { spec: { version: 'v1.34.5-3' } }),
      );
    expect(plane('v1.33.7-2')).toMatchObject({ version: 'v1.33.7-2', nextVersion: 'v1.34.5-3' });
    expect(plane('v1.34.5-3')).toMatchObject({ version: 'v1.34.5-3', nextVersion: undefined });
  });

  it('shows an IPv6 endpoint as one, and none as none', () => {
    expect(
      clusterOf(cluster('prod', { spec: { controlPlaneEndpoint: { host: 'fd00::1', port: 6443 } } })).endpoint,
    ).toBe('[fd00::1]:6443');
    expect(clusterOf(cluster('prod', { spec: { controlPlaneEndpoint: undefined } })).endpoint).toBeUndefined();
  });

  it.each<[string, Raw[], string]>([
    ['infrastructure', [cluster('prod', { status: { infrastructureReady: false } }), infrastructure], 'infrastructure'],
    [
      'its first machine',
      [cluster('prod', { status: { controlPlaneReady: false } }), infrastructure],
      'first control-plane machine',
    ],
    [
      'its first machine and endpoint',
      [
        cluster('prod', { status: { controlPlaneReady: false } }),
        baremetalCluster('prod', [condition('EndpointReady', 'False', 'X')]),
      ],
      'first control-plane machine and endpoint',
    ],
    [
      'the end of its groups',
      [cluster('prod', { meta: { deletionTimestamp: at(1) } }), infrastructure, deployment('workers', 1, settled(1))],
      'deletion of workers',
    ],
  ])('waits for %s', (_, raws, waiting) => {
    expect(clusterOf(...raws)).toMatchObject({ waiting, problem: undefined });
  });

  const cases: [string, Raw[], 'bad' | 'warn', string][] = [
    [
      'its endpoint is not ready',
      [cluster('prod'), baremetalCluster('prod', [condition('EndpointReady', 'False', 'X', { message: 'no route' })])],
      'bad',
      'endpoint not ready: no route',
    ],
    [
      'its endpoint is not ready any more, and so neither is its control plane, which had come up',
      [
        cluster('prod', {
          status: { controlPlaneReady: false },
          conditions: [condition('ControlPlaneInitialized', 'True')],
        }),
        baremetalCluster('prod', [condition('EndpointReady', 'False', 'X', { message: 'no route' })]),
      ],
      'bad',
      'endpoint not ready: no route',
    ],
    ['its infrastructure is not there', [cluster('prod')], 'bad', 'BaremetalCluster prod does not exist'],
    ['it failed', [cluster('prod', { status: { failureMessage: 'broken' } }), infrastructure], 'bad', 'failed: broken'],
    [
      'it cannot be reached',
      [
        cluster('prod', {
          conditions: [condition('RemoteConnectionProbe', 'False', 'ProbeFailed', { message: 'last probe failed' })],
        }),
        infrastructure,
      ],
      'bad',
      'cluster not reachable: last probe failed',
    ],
    [
      'it is not ready and no group says why',
      [cluster('prod', { conditions: [condition('Ready', 'False', 'Odd', { message: 'odd' })] }), infrastructure],
      'warn',
      'not ready: odd',
    ],
    [
      'it is paused',
      [cluster('prod', { spec: { paused: true } }), infrastructure],
      'warn',
      'paused: nothing of it is reconciled',
    ],
    [
      'its deletion is held',
      [cluster('prod', { meta: { deletionTimestamp: at(1), finalizers: ['capi.cpaas.io/imported'] } })],
      'warn',
      'deletion held by finalizer capi.cpaas.io/imported',
    ],
  ];
  it.each(cases)('is in trouble: %s', (_, raws, severity, text) => {
    expect(clusterOf(...raws).problem).toMatchObject({ severity, text, cause: undefined });
  });

  it('points to the host where one failed plan troubles machine, group and cluster', () => {
    const { index } = fleetOf(
      ...templates,
      cluster('prod'),
      infrastructure,
      pool('workers-pool', ['h1']),
      deployment('workers', 1, { ...settled(1), readyReplicas: 0 }),
      host('h1', 'Unavailable', { pool: 'workers-pool' }),
      bmm('w1', 'h1', 'Failed'),
      machine('w1', 'Failed'),
    );
    const fleet = index.snapshot();
    expect(fleet.clusters.list[0]?.problem).toMatchObject({
      severity: 'bad',
      text: 'workers: w1: failed',
      cause: { kind: 'machine', name: 'w1' },
    });
    expect(fleet.attention.map(({ ref }) => ref.kind).sort()).toEqual(['host', 'machine']);
  });
});

describe('attention', () => {
  it('comes problems first, then the oldest, then what has no beginning', () => {
    const late = (seconds: number) => condition('Ready', 'False', 'X', { lastTransitionTime: at(seconds) });
    const { fleet } = fleetOf(
      pool('p', ['b', 'c', 'd', 'e', 'f']),
      host('b', 'Available', { pool: 'p', ready: late(50) }),
      host('c', 'Available', { pool: 'p', ready: late(20) }),
      host('d', 'Unavailable', { pool: 'p', ready: condition('Ready', 'True') }),
      host('e', 'Unavailable', {
        pool: 'p',
        ready: condition('Ready', 'False', 'BadFailure', { lastTransitionTime: at(90) }),
      }),
      host('f', 'Available', { pool: 'p', ready: late(20) }),
    );
    expect(fleet.attention.map(({ severity, ref, since }) => [severity, ref.name, since])).toEqual([
      ['bad', 'e', T0 + 90_000],
      ['bad', 'd', undefined],
      ['warn', 'c', T0 + 20_000],
      ['warn', 'f', T0 + 20_000],
      ['warn', 'b', T0 + 50_000],
    ]);
  });
});

describe('the counters', () => {
  it('count every host once', () => {
    const states: (string | undefined)[] = [
      'Available',
      'Allocated',
      'Allocated',
      'Preparing',
      'Reprovisioning',
      'Unavailable',
      undefined,
    ];
    const hosts = states.map((state, index) => host(`h${index}`, state, { pool: 'p' }));
    const { fleet } = fleetOf(
      pool(
        'p',
        states.map((_, index) => `h${index}`),
      ),
      ...hosts,
      host('new', undefined),
      bmm('w1', 'h1', 'Running'),
      machine('w1', 'Running'),
    );
    expect(fleet.counters).toMatchObject({
      hosts: 8,
      free: 1,
      inUse: 1,
      busy: 3,
      bad: 1,
      unpooled: 1,
      machines: 1,
      machinesRunning: 1,
      machinesBad: 0,
    });
  });
});

describe('installation media', () => {
  const stateOf = (...conditions: Raw[]) => fleetOf(seedImage('i', conditions)).fleet.seedImages.list[0];
  it.each([
    ['SeedImageBuildNotStarted', 'False', 'not started', undefined],
    ['SeedImageBuildOngoing', 'False', 'building', undefined],
    ['SeedImageBuildSuccess', 'True', 'ready', undefined],
    ['SeedImageBuildFailure', 'False', 'failed', 'bad'],
    ['SeedImageExposeFailure', 'False', 'failed', 'bad'],
    ['SeedImageBuildUnknown', 'Unknown', 'unknown', undefined],
  ])('%s is %s: %s', (reason, status, state, severity) => {
    const row = stateOf(condition('SeedImageReady', status, reason));
    expect(row?.state).toBe(state);
    expect(row?.problem?.severity).toBe(severity);
    expect(row?.since).toBe(T0);
  });

  it('is expired, and nobody knows since when: its condition is True from when it was built', () => {
    const row = stateOf(condition('SeedImageReady', 'True', 'SeedImageBuildDeadline'));
    expect([row?.state, row?.problem, row?.since]).toEqual(['expired', undefined, undefined]);
  });

  it('without a word is not started, and a state that somebody wrote is believed', () => {
    expect(stateOf()?.state).toBe('not started');
    expect(fleetOf(seedImage('i', [], { state: 'Completed' })).fleet.seedImages.list[0]?.state).toBe('ready');
    expect(fleetOf(seedImage('i', [], { state: 'Odd' })).fleet.seedImages.list[0]?.state).toBe('unknown');
  });

  it('needs its registration', () => {
    expect(stateOf(condition('Ready', 'False', 'RegistrationNotFound'))?.problem).toMatchObject({
      severity: 'bad',
      text: 'not ready: RegistrationNotFound',
    });
    const fleet: Fleet = fleetOf(registration('r', [condition('Ready', 'False', 'MissingTokenOrServerURL')])).fleet;
    expect(fleet.registrations.list[0]?.problem).toMatchObject({
      severity: 'bad',
      text: 'not ready: MissingTokenOrServerURL',
    });
    expect(fleetOf(registration('r', [])).fleet.registrations.list[0]?.problem).toBeUndefined();
  });
});
