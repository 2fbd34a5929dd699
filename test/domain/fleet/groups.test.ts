import { describe, expect, it } from 'vitest';
import type { GroupRow } from '../../../src/domain/fleet/rows.ts';
import {
  at,
  bmm,
  bootstrapTemplate,
  cluster,
  condition,
  controlPlane,
  controlPlaneMachine,
  deployment,
  fleetOf,
  host,
  machine,
  machineSet,
  type Raw,
  settled,
  T0,
  template,
} from '../fixtures.ts';

const templates = [
  template('workers-template', 'workers-pool'),
  template('cp-template', 'cp-pool'),
  bootstrapTemplate('workers-bootstrap'),
];

function groupOf(name: string, ...raws: readonly Raw[]): GroupRow {
  const row = fleetOf(...templates, ...raws).fleet.groups.list.find((each) => each.name === name);
  if (!row) throw new Error(`no group ${name}`);
  return row;
}

const running = (name: string) => [
  host(`h-${name}`, 'Allocated', { bmm: name }),
  bmm(name, `h-${name}`, 'Running'),
  machine(name, 'Running'),
];
const leaving = (name: string, reason: string) =>
  machine(name, 'Deleting', {
    meta: { deletionTimestamp: at(1) },
    status: { v1beta2: { conditions: [condition('Deleting', 'True', reason)] } },
  });

describe('progress of a group', () => {
  const cases: [string, Raw, Raw[], Partial<GroupRow>][] = [
    ['at rest', deployment('workers', 3, settled(3)), [], { rolling: false, done: true, waiting: undefined }],
    ['of none, figures left out', deployment('workers', 0, {}), [], { rolling: false, done: true }],
    ['figures left out', deployment('workers', 3, {}), [], { rolling: false, done: false, waiting: undefined }],
    [
      'available left out',
      deployment('workers', 3, { ...settled(3), availableReplicas: undefined }),
      [],
      { done: false },
    ],
    [
      'change not seen yet',
      deployment('workers', 3, settled(3), { meta: { generation: 2 } }),
      [],
      { rolling: true, done: false, waiting: 'controllers to see the change' },
    ],
    [
      'rolling, old machine going',
      deployment('workers', 3, { ...settled(3), updatedReplicas: 0, phase: 'Running' }),
      [host('h1', 'Preparing'), bmm('w1', 'h1', 'Preparing'), leaving('w1', 'WaitingForInfrastructureDeletion')],
      { rolling: true, done: false, waiting: 'rolling out, 0 of 3: clean plan on h1' },
    ],
    [
      'rolling, between two machines',
      deployment('workers', 3, { replicas: 2, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 }),
      [],
      { rolling: true, waiting: 'rolling out, 1 of 3' },
    ],
    [
      'scaling up',
      deployment('workers', 3, settled(2)),
      [bmm('w1', undefined, 'Pending'), machine('w1', 'Pending')],
      { rolling: true, waiting: 'scaling up, 2 to 3: host in pool workers-pool' },
    ],
    [
      'scaling down',
      deployment('workers', 2, settled(3)),
      [leaving('w1', 'DrainingNode')],
      { rolling: true, waiting: 'scaling down, 3 to 2: drain' },
    ],
    [
      'waiting for readiness',
      deployment('workers', 3, { ...settled(3), readyReplicas: 2, availableReplicas: 2 }),
      [bmm('w1', 'h1', 'Running'), machine('w1', 'Provisioned')],
      { rolling: false, done: false, waiting: '2 of 3 ready: a machine waits for its node to join' },
    ],
    [
      'full figures, and one machine going',
      deployment('workers', 3, settled(3)),
      [leaving('w1', 'DrainingNode')],
      { rolling: false, done: false, waiting: '1 machine going: drain' },
    ],
    [
      'being deleted',
      deployment('workers', 3, settled(3), { meta: { deletionTimestamp: at(1) } }),
      [],
      { waiting: 'deletion', since: T0 + 1000 },
    ],
  ];
  it.each(cases)('%s', (_, group, others, expected) => {
    expect(groupOf('workers', group, ...others)).toMatchObject(expected);
  });

  it('of a control plane counts unavailable replicas where it sends no available ones', () => {
    const figures = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, unavailableReplicas: 0 };
    expect(groupOf('control-plane', controlPlane('control-plane', 3, figures))).toMatchObject({
      done: true,
      controlPlane: true,
      cluster: 'prod',
      pool: 'cp-pool',
    });
    expect(
      groupOf(
        'control-plane',
        controlPlane('control-plane', 3, { ...figures, readyReplicas: 2, unavailableReplicas: 1 }),
      ).done,
    ).toBe(false);
  });

  it('stands still while it or its cluster is paused', () => {
    const moving = settled(2);
    expect(groupOf('workers', deployment('workers', 3, moving, { spec: { paused: true } }))).toMatchObject({
      paused: true,
      waiting: 'scaling up, 2 to 3; paused',
      problem: { severity: 'warn', text: 'paused' },
    });
    expect(
      groupOf('workers', deployment('workers', 3, moving, { annotations: { 'cluster.x-k8s.io/paused': 'false' } })),
    ).toMatchObject({ paused: true, problem: { text: 'paused' } });
    expect(
      groupOf('workers', deployment('workers', 3, moving), cluster('prod', { spec: { paused: true } })),
    ).toMatchObject({ paused: true, problem: undefined });
  });

  it('began when its conditions turned', () => {
    const rolling = { conditions: [condition('MachineSetReady', 'False', 'ScalingUp', { lastTransitionTime: at(7) })] };
    expect(groupOf('workers', deployment('workers', 3, settled(2), rolling)).since).toBe(T0 + 7000);
  });
});

describe('what is wrong with a group', () => {
  const three = ['w1', 'w2', 'w3'].flatMap(running);
  const skew =
    'MachineSet version (1.33.7-2) and ControlPlane version (1.34.5) do not conform to kubeadm version skew policy ("KubeadmVersionSkew" preflight check failed)';
  const unstable = 'KubeadmControlPlane prod is upgrading ("ControlPlaneIsStable" preflight check failed)';
  const cases: [string, Raw[], 'bad' | 'warn', string][] = [
    [
      'preflight refuses, its MachineSet says',
      [
        deployment('workers', 3, settled(2)),
        machineSet('s', 'workers', 3, {
          conditions: [condition('MachinesCreated', 'False', 'PreflightCheckFailed', { message: skew })],
        }),
      ],
      'bad',
      'preflight refuses new machines: its version is another minor than the control plane (KubeadmVersionSkew)',
    ],
    [
      'preflight refuses for a while',
      [
        deployment('workers', 3, settled(2), {
          conditions: [condition('MachineSetReady', 'False', 'PreflightCheckFailed', { message: unstable })],
        }),
      ],
      'warn',
      'preflight refuses new machines: the control plane moves (ControlPlaneIsStable)',
    ],
    [
      'machines cannot be created',
      [
        deployment('workers', 3, settled(2)),
        machineSet('s', 'workers', 3, {
          conditions: [condition('MachinesCreated', 'False', 'InfrastructureTemplateCloningFailed')],
        }),
      ],
      'bad',
      'cannot create machines: InfrastructureTemplateCloningFailed',
    ],
    [
      'its template is not there',
      [
        deployment('workers', 3, settled(3), {
          spec: { template: { spec: { infrastructureRef: { kind: 'BaremetalMachineTemplate', name: 'lost' } } } },
        }),
      ],
      'bad',
      'template lost does not exist',
    ],
    [
      'a machine of it is in trouble',
      [
        deployment('workers', 3, settled(3)),
        bmm('w1', 'h1', 'Failed'),
        machine('w1', 'Failed'),
        host('h1', 'Allocated'),
      ],
      'bad',
      'w1: failed',
    ],
    [
      'it surges',
      [deployment('workers', 3, settled(3), { spec: { strategy: { rollingUpdate: { maxSurge: 1 } } } })],
      'warn',
      'maxSurge is 1; on bare metal it must be 0',
    ],
    [
      'it is remediating',
      [deployment('workers', 3, settled(3), { conditions: [condition('Remediating', 'True', 'Remediating')] })],
      'warn',
      'remediating: Remediating',
    ],
    [
      'replicas are missing, and nothing is under way',
      [
        deployment('workers', 3, { ...settled(3), readyReplicas: 2 }),
        ...three.slice(0, 6),
        ...running('w3').slice(0, 2),
        machine('w3', 'Running', { conditions: [condition('Ready', 'False', 'SomeGate', { message: 'gate shut' })] }),
      ],
      'bad',
      '2 of 3 ready: gate shut',
    ],
  ];
  it.each(cases)('%s', (_, raws, severity, text) => {
    expect(groupOf('workers', ...raws).problem).toMatchObject({ severity, text });
  });

  it.each([
    ['waits for the rollout of its own control plane, and nothing is wrong', unstable, 1, undefined],
    ['is in trouble where its version does not fit either', `${unstable}; ${skew}`, 1, 'bad'],
    ['is worth a look where the control plane does not move', unstable, 3, 'warn'],
  ])('%s', (_, message, updatedReplicas, severity) => {
    const held = { conditions: [condition('MachinesCreated', 'False', 'PreflightCheckFailed', { message })] };
    const row = groupOf(
      'workers',
      deployment('workers', 3, settled(2)),
      machineSet('s', 'workers', 3, held),
      controlPlane('control-plane', 3, { replicas: 3, updatedReplicas, readyReplicas: 3, unavailableReplicas: 0 }),
    );
    expect(row.problem?.severity).toBe(severity);
    if (!severity) expect(row.waiting).toBe('scaling up, 2 to 3: the rollout of control-plane');
  });

  it('of pure v1beta2, preflight stands in the message of ScalingUp', () => {
    const set = {
      ...machineSet('s', 'workers', 3),
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      status: {
        conditions: [
          condition('ScalingUp', 'True', 'ScalingUp', { message: `Scaling up is blocked because:\n* ${skew}` }),
        ],
      },
    };
    expect(groupOf('workers', deployment('workers', 3, settled(2)), set).problem).toMatchObject({
      severity: 'bad',
      text: 'preflight refuses new machines: its version is another minor than the control plane (KubeadmVersionSkew)',
    });
  });

  const parts = (...conditions: Raw[]) => [
    controlPlane('control-plane', 1, { ...settled(1), unavailableReplicas: 0 }, { conditions }),
    host('h1', 'Allocated', { bmm: 'c1' }),
    bmm('c1', 'h1', 'Running'),
    controlPlaneMachine('c1', 'Running', {
      conditions: [
        condition('Ready', 'True'),
        condition('SchedulerPodHealthy', 'False', 'PodFailed', { message: 'crash loop' }),
      ],
    }),
  ];
  it.each([
    [
      'etcd',
      parts(condition('EtcdClusterHealthy', 'False', 'X', { message: 'no leader' })),
      'etcd not healthy: no leader',
    ],
    [
      'certificates',
      parts(condition('CertificatesAvailable', 'False', 'X', { message: 'expired' })),
      'certificates: expired',
    ],
    [
      'components',
      parts(condition('ControlPlaneComponentsHealthy', 'False', 'X')),
      'SchedulerPodHealthy is False on c1: crash loop',
    ],
  ])('%s of a control plane', (_, raws, text) => {
    expect(groupOf('control-plane', ...raws).problem).toMatchObject({ severity: 'bad', text });
  });

  it('is not the member of etcd that leaves with its machine, and is one of a machine that stays', () => {
    const member = (status: string) => [
      condition('Ready', 'True'),
      condition('EtcdMemberHealthy', status, 'X', { message: 'no answer' }),
    ];
    const plane = (stays: string) => [
      controlPlane('control-plane', 2, settled(2), {
        conditions: [condition('EtcdClusterHealthy', 'False', 'X', { message: 'info: c1' })],
      }),
      ...['c1', 'c2'].flatMap((name) => [
        host(`h-${name}`, 'Allocated', { bmm: name }),
        bmm(name, `h-${name}`, 'Running'),
      ]),
      controlPlaneMachine('c1', 'Deleting', { conditions: member('False'), meta: { deletionTimestamp: at(0) } }),
      controlPlaneMachine('c2', 'Running', { conditions: member(stays) }),
    ];
    expect(groupOf('control-plane', ...plane('True')).problem).toBeUndefined();
    expect(groupOf('control-plane', ...plane('False')).problem?.text).toBe('etcd not healthy: info: c1');
  });

  it('is not the etcd of a control plane that is deleted as a whole', () => {
    const going = { meta: { deletionTimestamp: at(0), finalizers: ['f'] } };
    const conditions = [condition('EtcdClusterHealthy', 'False', 'X', { message: 'info: c1' })];
    const member = [
      host('h-c1', 'Allocated', { bmm: 'c1' }),
      bmm('c1', 'h-c1', 'Running'),
      controlPlaneMachine('c1', 'Deleting', going),
    ];
    for (const raws of [
      [controlPlane('control-plane', 1, settled(1), { conditions, ...going })],
      [controlPlane('control-plane', 1, settled(1), { conditions, ...going }), ...member],
      [controlPlane('control-plane', 1, settled(1), { conditions }), ...member],
    ]) {
      expect(groupOf('control-plane', ...raws).problem).toBeUndefined();
    }
  });

  it('is not what its figures say while they lag behind its machines', () => {
    expect(groupOf('workers', deployment('workers', 3, { ...settled(3), readyReplicas: 2 }), ...three)).toMatchObject({
      problem: undefined,
      waiting: '2 of 3 ready',
    });
  });

  it('is nothing for rolling, replacing and scaling', () => {
    expect(
      groupOf('workers', deployment('workers', 3, { ...settled(3), updatedReplicas: 1 }), ...three).problem,
    ).toBeUndefined();
  });
});

describe('workers that their control plane left behind', () => {
  const ahead = (conditions: Raw[]) =>
    controlPlane(
      'control-plane',
      3,
      { ...settled(3), version: 'v1.34.5' },
      { spec: { replicas: 3, version: 'v1.34.5' }, conditions },
    );
  const said = [
    condition('MachinesSpecUpToDate', 'True', undefined, { lastTransitionTime: at(40) }),
    condition('Resized', 'True', undefined, { lastTransitionTime: at(90) }),
  ];
  const asks = (message: string, since: number) =>
    deployment('workers', 4, settled(3), {
      conditions: [
        condition('MachineSetReady', 'False', 'PreflightCheckFailed', { message, lastTransitionTime: at(since) }),
      ],
    });

  it.each<[string, Raw, Raw[], number | undefined]>([
    ['since its rollout was over', deployment('workers', 3, settled(3)), said, 40],
    ['as long while a machine is wanted', asks('("KubeadmVersionSkew" preflight check failed)', 70), said, 40],
    ['where the control plane says nothing', deployment('workers', 3, settled(3)), [], undefined],
    ['where only they say something', asks('("KubeadmVersionSkew" preflight check failed)', 70), [], 70],
  ])('%s', (_, workers, conditions, since) => {
    const { problem } = groupOf('workers', workers, ahead(conditions), cluster('prod'));
    expect(problem?.text).toMatch(/no machine can be made|preflight refuses/);
    expect(problem?.since).toBe(since === undefined ? undefined : T0 + since * 1000);
  });
});
