/** Every gate of an upgrade, shut and open, by the fleet that makes it so. */
import { describe, expect, it } from 'vitest';
import { NOTHING_LEARNT } from '../../src/domain/durations/learnt.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import { projectAppRelease } from '../../src/domain/project/app-release.ts';
import { projectDaemonSet } from '../../src/domain/project/daemon-set.ts';
import { projectNode } from '../../src/domain/project/node.ts';
import type { Node, Workload } from '../../src/domain/workload.ts';
import type { Gate, Known, Session } from '../../src/guides/contract.ts';
import { shut } from '../../src/guides/session.ts';
import { upgrade } from '../../src/guides/upgrade/index.ts';
import { KUBELET_PATCH } from '../../src/operations/kubelet-patch.ts';
import * as make from '../domain/fixtures.ts';
import { rawDaemonSet } from '../domain/workloads.ts';
import { workerFleet } from '../operations/support/fleets.ts';
import { allLive, changed, reading, withObject } from '../operations/support/world.ts';

const plane = ['KubeadmControlPlane', 'control-plane'] as const;
const group = ['MachineDeployment', 'workers'] as const;
const ready = [make.condition('Ready', 'True')];
const spec = (raws: make.Raw[], [kind, name]: readonly [string, string], path: string, value: unknown) =>
  changed(raws, kind, name, path.split('.'), value);

/** A release with one chart, settled. */
const release = (name: string, chart: string, revision: string, phase = 'Success', target = revision) => ({
  apiVersion: 'operator.alauda.io/v1alpha1',
  kind: 'AppRelease',
  metadata: { name, uid: `AppRelease/${name}`, namespace: 'cpaas-system', resourceVersion: '1' },
  spec: { source: { charts: [{ name: chart, targetRevision: target }] } },
  status: {
    phase,
    charts: [{ name: chart, installedRevision: revision }],
    conditions: [make.condition('Sync', 'True'), make.condition('Health', 'True')],
  },
});
const provider = (revision = 'v0.0.4', phase?: string, target?: string) =>
  release('provider', 'acp/chart-cluster-api-provider-baremetal', revision, phase, target);

/** A fleet with nothing in the way of v1.34.5. */
function fleet(): make.Raw[] {
  let raws: make.Raw[] = [
    ...workerFleet(),
    make.host('p4', 'Available', { pool: 'cp-pool' }),
    make.plan('p4', 'clean'),
    provider(),
  ];
  raws = spec(
    raws,
    ['MachineInventoryPool', 'cp-pool'],
    'spec.machineInventories',
    ['p1', 'p2', 'p3', 'p4'].map((name) => ({ name })),
  );
  raws = spec(raws, plane, 'spec.kubeadmConfigSpec', {
    clusterConfiguration: { dns: { imageTag: '1.12.4-v4.2.7' }, etcd: { local: { imageTag: 'v3.5.25-251215' } } },
  });
  raws = spec(raws, plane, 'status.conditions', [
    make.condition('EtcdClusterHealthy', 'True'),
    make.condition('ControlPlaneComponentsHealthy', 'True'),
  ]);
  raws = spec(raws, ['ConfigMap', 'elemental-image-catalog'], 'data', { 'v1.33.7-2': 'r/b:1', 'v1.34.5': 'r/b:2' });
  raws = spec(raws, ['BaremetalCluster', 'prod'], 'spec.networkType', 'kube-ovn');
  raws = spec(raws, ['Cluster', 'prod'], 'metadata.annotations', { 'cpaas.io/kube-ovn-version': 'v4.3.3' });
  for (const name of ['w1', 'w2', 'w3', 'c1', 'c2', 'c3'])
    raws = spec(raws, ['Machine', name], 'spec.nodeDrainTimeout', '5m0s');
  return raws;
}

const nodesOf = (raws: make.Raw[]): Node[] =>
  raws
    .filter(({ kind }) => kind === 'Machine')
    .flatMap((raw) => {
      const name = (raw['status'] as { nodeRef?: { name?: string } }).nodeRef?.name;
      return (
        projectNode({
          metadata: { name, uid: `Node/${name}` },
          status: { conditions: ready, nodeInfo: { kubeletVersion: 'v1.33.7-2' } },
        }) ?? []
      );
    });

interface More {
  nodes?: (nodes: Node[]) => Node[];
  network?: Parameters<typeof projectAppRelease>[0] | null;
  workload?: Partial<Workload> | null;
  known?: Partial<Known>;
  to?: string;
  notes?: Session['notes'];
}

const live = { phase: 'live', synced: true } as const;
const network = release('cni-kube-ovn', 'acp/chart-cpaas-kube-ovn', 'v4.3.3');

/** What a guide knows of a fleet, and a session of it that has not begun. */
function grounds(raws: make.Raw[], more: More = {}): { known: Known; session: Session } {
  const { index } = make.fleetOf(...raws);
  const found = more.network === null ? undefined : projectAppRelease(more.network ?? network);
  if (more.workload !== null) {
    index.setWorkload('prod', {
      cluster: 'prod',
      access: 'open',
      since: 0,
      freshness: { node: live, appRelease: live, daemonSet: live },
      nodes: (more.nodes ?? ((all) => all))(nodesOf(raws)),
      releases: found ? [found] : [],
      daemonSets: [],
      ...more.workload,
    });
  }
  const { raw } = reading(raws, 'control-plane', 'workers-bootstrap');
  const known: Known = {
    ...{ fleet: index.snapshot(), freshness: allLive(), namespace: 'cpaas-system', now: make.T0 + 3_600_000 },
    ...{ raw, matrix: PUBLISHED, learnt: NOTHING_LEARNT, ...more.known },
  };
  const session: Session = {
    ask: {
      guide: 'upgrade',
      targets: [{ kind: 'cluster', uid: 'Cluster/prod', name: 'prod' }],
      values: { to: more.to ?? 'v1.34.5' },
    },
    notes: more.notes ?? [],
    operations: new Map(),
  };
  return { known, session };
}

/** The gates of the whole and of every stage that is not done, by name. */
function gatesOf(raws: make.Raw[], more: More = {}): Map<string, Gate> {
  const { known, session } = grounds(raws, more);
  expect(upgrade.refuse(known, session)).toBeUndefined();
  const course = upgrade.course(known, session);
  return new Map([...course.gates, ...course.stages.flatMap(({ gates }) => gates)].map((gate) => [gate.name, gate]));
}

const shutIn = (gates: Map<string, Gate>) => [...gates.values()].filter(shut).map(({ name }) => name);
const words = ['platform-first', 'etcd-backup/v1.34.5'];

it('stands open where nothing is in the way, but for words', () => {
  const gates = gatesOf(fleet());
  expect(shutIn(gates)).toEqual(words);
  expect([...gates.values()].filter(({ result }) => result === 'warn').map(({ name }) => name)).toEqual([]);
  const said = words.map((gate) => ({ note: 'confirmed' as const, gate, words: 'yes, rack 3', at: 1, by: 'eve' }));
  const after = gatesOf(fleet(), { notes: said });
  expect(shutIn(after)).toEqual([]);
  expect(after.get('etcd-backup/v1.34.5')).toMatchObject({
    result: 'pass',
    passedBy: { by: 'eve', at: 1, words: 'yes, rack 3' },
  });
});

type Row = [
  what: string,
  gate: string,
  result: Gate['result'],
  figure: string,
  change: (raws: make.Raw[]) => make.Raw[],
  more?: More,
];
const same = (raws: make.Raw[]) => raws;
const notReady = (nodes: Node[]): Node[] =>
  nodes.map((node) => (node.name === 'node-w1' || node === nodes[0] ? { ...node, conditions: [] } : node));
const condition = (raws: make.Raw[], list: make.Raw[]) => spec(raws, plane, 'status.conditions', list);
const files = (content: string) => [{ path: KUBELET_PATCH, content }];
const check = (more: make.Raw = {}) => ({
  apiVersion: 'cluster.x-k8s.io/v1beta1',
  kind: 'MachineHealthCheck',
  metadata: { name: 'mhc', uid: 'MachineHealthCheck/mhc', namespace: 'cpaas-system', resourceVersion: '1' },
  spec: { clusterName: 'prod', nodeStartupTimeout: '30m0s', ...more },
});
const managed = (phase: string, volume: make.Raw) => (raws: make.Raw[]) =>
  spec(raws, ['MachineInventory', 'h1'], 'status.storage', {
    phase,
    appliedVolumes: [{ name: 'data', ...volume }],
    conditions: [make.condition('StoragePrepared', 'True'), make.condition('StorageActive', 'True')],
  });

const rows: Row[] = [
  [
    'a provider that is being rolled out',
    'provider-release',
    'block',
    'its phase is Upgrading',
    (raws) => [...raws.slice(0, -1), provider('v0.0.4', 'Upgrading')],
  ],
  [
    'a provider that is too old',
    'provider-release',
    'block',
    'v0.0.0 is installed, v0.0.1 or newer is needed',
    (raws) => [...raws.slice(0, -1), provider('v0.0.0')],
  ],
  [
    'a provider that is not there',
    'provider-release',
    'unknown',
    'no AppRelease in this namespace',
    (raws) => raws.slice(0, -1),
  ],
  [
    'AppReleases that may not be read',
    'provider-release',
    'unknown',
    'forbidden',
    same,
    { known: { freshness: { ...allLive(), appRelease: { phase: 'forbidden', synced: false, since: 0, count: 0 } } } },
  ],
  ['a Node that is not Ready', 'nodes-ready', 'block', 'is ?', same, { nodes: notReady }],
  [
    'a cordoned Node',
    'nodes-ready',
    'warn',
    'cordoned',
    same,
    { nodes: ([first, ...rest]) => [{ ...first!, unschedulable: true }, ...rest] },
  ],
  [
    'Nodes nobody asked for',
    'nodes-ready',
    'warn',
    'the Machines say so; the cluster itself: not asked',
    same,
    { workload: null },
  ],
  [
    'a Machine without a Node, at second hand',
    'nodes-ready',
    'block',
    'w1',
    (raws) => spec(raws, ['Machine', 'w1'], 'status.nodeRef', undefined),
    { workload: null },
  ],
  [
    'a paused cluster',
    'paused',
    'block',
    'prod is paused',
    (raws) => spec(raws, ['Cluster', 'prod'], 'spec.paused', true),
  ],
  [
    'a paused group',
    'paused',
    'block',
    'workers paused',
    (raws) => spec(raws, group, 'metadata.annotations', { 'cluster.x-k8s.io/paused': 'true' }),
  ],
  [
    'a leftover mark',
    'delete-marks',
    'block',
    'w2',
    (raws) => spec(raws, ['Machine', 'w2'], 'metadata.annotations', { 'cluster.x-k8s.io/delete-machine': '' }),
  ],
  ['a rollout', 'rollouts', 'block', 'workers: ', (raws) => spec(raws, group, 'status.updatedReplicas', 1)],
  [
    'one being deleted',
    'rollouts',
    'block',
    'workers: ',
    (raws) => spec(raws, ['Machine', 'w1'], 'metadata.deletionTimestamp', make.at(3)),
  ],
  [
    'a topology',
    'topology',
    'block',
    'owned by the topology',
    (raws) =>
      spec(raws, group, 'metadata.labels', {
        'cluster.x-k8s.io/cluster-name': 'prod',
        'topology.cluster.x-k8s.io/owned': '',
      }),
  ],
  ['a patient health check', 'health-checks', 'warn', 'mhc may delete machines', (raws) => [...raws, check()]],
  [
    'a hasty health check',
    'health-checks',
    'block',
    'mhc would delete machines on their way',
    (raws) => [...raws, check({ nodeStartupTimeout: '10m0s' })],
  ],
  [
    'a drain without limit',
    'drain-limits',
    'warn',
    'none for machines of workers',
    (raws) => spec(raws, ['Machine', 'w1'], 'spec.nodeDrainTimeout', undefined),
  ],
  [
    'a missing image',
    'catalog/v1.34.5',
    'block',
    'has no key v1.34.5',
    (raws) => spec(raws, ['ConfigMap', 'elemental-image-catalog'], 'data', { 'v1.33.7-2': 'r/b:1' }),
  ],
  [
    'a CoreDNS that would go down',
    'coredns/v1.34.5',
    'block',
    'from 1.14.3 to 1.14.2',
    (raws) => spec(raws, plane, 'spec.kubeadmConfigSpec.clusterConfiguration.dns.imageTag', '1.14.3-v4.2.11'),
  ],
  [
    'a CoreDNS that is left alone',
    'coredns/v1.34.5',
    'pass',
    'skip-coredns',
    (raws) =>
      spec(
        spec(raws, plane, 'spec.kubeadmConfigSpec.clusterConfiguration.dns.imageTag', '1.14.3'),
        plane,
        'metadata.annotations',
        { 'controlplane.cluster.x-k8s.io/skip-coredns': '' },
      ),
  ],
  [
    'an etcd that would go down',
    'etcd/v1.34.5',
    'block',
    'from v3.6.1 to v3.5.28-260325',
    (raws) => spec(raws, plane, 'spec.kubeadmConfigSpec.clusterConfiguration.etcd.local.imageTag', 'v3.6.1'),
  ],
  [
    'an older build of etcd',
    'etcd/v1.34.5',
    'warn',
    'an older build',
    (raws) => spec(raws, plane, 'spec.kubeadmConfigSpec.clusterConfiguration.etcd.local.imageTag', 'v3.5.28-260421'),
  ],
  [
    'an even control plane',
    'control-plane-shape',
    'block',
    'even number',
    (raws) => spec(raws, plane, 'spec.replicas', 4),
  ],
  [
    'a surge of the control plane',
    'control-plane-shape',
    'block',
    'maxSurge is 1',
    (raws) => spec(raws, plane, 'spec.rolloutStrategy.rollingUpdate.maxSurge', 1),
  ],
  [
    'an ill etcd',
    'control-plane-health',
    'block',
    'EtcdClusterHealthy is False',
    (raws) =>
      condition(raws, [
        make.condition('EtcdClusterHealthy', 'False'),
        make.condition('ControlPlaneComponentsHealthy', 'True'),
      ]),
  ],
  ['an etcd nobody reports', 'control-plane-health', 'unknown', 'not reported', (raws) => condition(raws, [])],
  [
    'an ill member',
    'control-plane-health',
    'block',
    'of c1 is not known',
    (raws) => spec(raws, ['Machine', 'c1'], 'status.conditions', ready),
  ],
  [
    'a worker that is too old',
    'version-skew/v1.34.5',
    'block',
    'w1 v1.30.1',
    same,
    { nodes: (nodes) => nodes.map((node) => ({ ...node, kubeletVersion: 'v1.30.1' })) },
  ],
  [
    'a surge of a group',
    'rollout-limits/workers',
    'block',
    'maxSurge 1',
    (raws) =>
      spec(raws, group, 'spec.strategy', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }),
  ],
  [
    'a group that is replaced by hand',
    'rollout-limits/workers',
    'block',
    'OnDelete',
    (raws) => spec(raws, group, 'spec.strategy', { type: 'OnDelete' }),
  ],
  [
    'a kubelet patch that cannot be read',
    'kubelet-patch/control-plane',
    'block',
    'is not a JSON object',
    (raws) => spec(raws, plane, 'spec.kubeadmConfigSpec.files', files('a: b')),
  ],
  [
    'a host that is Unavailable',
    'bad-hosts/workers-pool',
    'block',
    'h4: ',
    (raws) =>
      withObject(raws, 'MachineInventory', 'h4', () => make.host('h4', 'Unavailable', { pool: 'workers-pool' })),
  ],
  [
    'a member that is not there',
    'bad-hosts/workers-pool',
    'block',
    'h4: there is no such MachineInventory',
    (raws) => withObject(raws, 'MachineInventory', 'h4', () => undefined),
  ],
  [
    'no spare host',
    'spare-hosts/cp-pool',
    'warn',
    '0 free, 1 recommended',
    (raws) =>
      spec(
        raws,
        ['MachineInventoryPool', 'cp-pool'],
        'spec.machineInventories',
        ['p1', 'p2', 'p3'].map((name) => ({ name })),
      ),
  ],
  [
    'too few members',
    'spare-hosts/cp-pool',
    'block',
    '2 members for 3 machines',
    (raws) =>
      spec(
        raws,
        ['MachineInventoryPool', 'cp-pool'],
        'spec.machineInventories',
        ['p1', 'p2'].map((name) => ({ name })),
      ),
  ],
  [
    'Kube-OVN on its way',
    'kube-ovn/v4.3.3',
    'block',
    'its phase is Upgrading',
    same,
    { network: release('cni-kube-ovn', 'acp/chart-cpaas-kube-ovn', 'v4.2.24', 'Upgrading', 'v4.3.3') },
  ],
  [
    'Kube-OVN whose Pods are still being replaced',
    'kube-ovn/v4.3.3',
    'block',
    'Success on v4.3.3; kube-ovn-cni 3 of 5 updated',
    same,
    { workload: { daemonSets: [projectDaemonSet(rawDaemonSet('kube-ovn-cni', { updatedNumberScheduled: 3 }))!] } },
  ],
  [
    'Kube-OVN whose DaemonSets may not be seen',
    'kube-ovn/v4.3.3',
    'warn',
    'its DaemonSets may not be seen (FORBIDDEN)',
    same,
    {
      workload: {
        freshness: { node: live, appRelease: live, daemonSet: { phase: 'forbidden', synced: false } },
      },
    },
  ],
  ['Kube-OVN nobody has seen', 'kube-ovn/v4.3.3', 'unknown', 'FORBIDDEN', same, { workload: { access: 'forbidden' } }],
  ['storage that is not active', 'storage/workers', 'block', 'Prepared, not Active', managed('Prepared', {})],
  [
    'storage without UUIDs',
    'storage/workers',
    'block',
    'UUIDs of its filesystems are not known',
    managed('Active', {}),
  ],
  [
    'a spare host without storage',
    'storage/workers',
    'warn',
    'spare h4 not Prepared',
    managed('Active', { filesystemUUID: '6f-1' }),
  ],
  [
    'what the server refuses',
    'admission/v1.34.5/control-plane',
    'block',
    'cannot migrate',
    same,
    { known: { rehearsed: new Map([['v1.34.5/control-plane', { at: 1, refused: 'cannot migrate' }]]) } },
  ],
];

describe('gates', () => {
  it.each(rows)('%s: %s is %s', (_what, name, result, figure, change, more) => {
    const gate = gatesOf(change(fleet()), more).get(name);
    expect(gate).toMatchObject({ result, figure: expect.stringContaining(figure) });
    if (result === 'pass') return;
    expect(gate?.remedy?.text).toMatch(/\S/);
    if (gate?.asks === undefined) expect(gate?.evidence.length).toBeGreaterThan(0);
  });

  it('hold back every health check, and not the first alone', () => {
    const other = { ...check(), metadata: { ...check().metadata, name: 'mhc-2', uid: 'MachineHealthCheck/mhc-2' } };
    expect(gatesOf([...fleet(), check(), other]).get('health-checks')?.remedy?.command).toBe(
      'kubectl -n cpaas-system annotate machinehealthchecks.cluster.x-k8s.io mhc mhc-2 cluster.x-k8s.io/paused=true',
    );
  });

  it('is gone through by its name as long as it shows the same, and never where nothing could work', () => {
    const marked = (name: string) =>
      spec(fleet(), ['Machine', name], 'metadata.annotations', { 'cluster.x-k8s.io/delete-machine': '' });
    const typed = (gate: string, figure: string) => [{ note: 'overrode' as const, gate, figure, at: 1, by: 'eve' }];
    const notes = typed('delete-marks', 'w2');
    expect(shutIn(gatesOf(marked('w2'), { notes }))).toEqual(words);
    expect(shutIn(gatesOf(marked('w1'), { notes }))).toContain('delete-marks');
    const bare = spec(fleet(), ['ConfigMap', 'elemental-image-catalog'], 'data', { 'v1.33.7-2': 'r/b:1' });
    const figure = 'elemental-image-catalog has no key v1.34.5';
    expect(shutIn(gatesOf(bare, { notes: typed('catalog/v1.34.5', figure) }))).toContain('catalog/v1.34.5');
  });
});

describe('workers that an earlier upgrade left behind', () => {
  const machines = ['c1', 'c2', 'c3'];
  /** Its control plane is at a version, its workers at another. */
  function behind(plane_: string, workers = 'v1.33.7-2', kubeOvn = 'v4.3.3'): make.Raw[] {
    let raws = spec(fleet(), plane, 'spec.version', plane_);
    raws = spec(raws, plane, 'status.version', plane_);
    for (const name of machines) raws = spec(raws, ['Machine', name], 'spec.version', plane_);
    raws = spec(raws, group, 'spec.template.spec.version', workers);
    for (const name of ['w1', 'w2', 'w3']) raws = spec(raws, ['Machine', name], 'spec.version', workers);
    raws = spec(raws, ['Cluster', 'prod'], 'metadata.annotations', { 'cpaas.io/kube-ovn-version': kubeOvn });
    return spec(raws, ['ConfigMap', 'elemental-image-catalog'], 'data', {
      ...{ 'v1.33.7-2': 'r/b:1', 'v1.34.5': 'r/b:2', 'v1.34.5-3': 'r/b:3', 'v1.35.6-acp.1': 'r/b:4' },
    });
  }
  const to = 'v1.35.6-acp.1';
  const left = (raws: make.Raw[], more: More) => {
    const { known, session } = grounds(raws, more);
    const { title, stages } = upgrade.course(known, session);
    return [title, ...stages.filter(({ state }) => state !== 'done').map(({ id }) => id)];
  };
  const last = [`${to}/kube-ovn`, `${to}/control-plane`, `${to}/workers/workers`];

  it.each<[string, make.Raw[], string, string[]]>([
    [
      'the rest of that hop comes before the next',
      behind('v1.34.5'),
      to,
      [`Upgrade prod from v1.33.7-2 to ${to}`, 'v1.34.5/workers/workers', ...last],
    ],
    [
      'its network plugin too, where it was left out',
      behind('v1.34.5', 'v1.33.7-2', 'v4.2.24'),
      to,
      [`Upgrade prod from v1.33.7-2 to ${to}`, 'v1.34.5/kube-ovn', 'v1.34.5/workers/workers', ...last],
    ],
    [
      'that rest alone',
      behind('v1.34.5'),
      'v1.34.5',
      ['Upgrade prod from v1.33.7-2 to v1.34.5', 'v1.34.5/workers/workers'],
    ],
    [
      'two minors at once, as no machine can be of the one between',
      behind('v1.34.5', 'v1.32.11-2'),
      to,
      [`Upgrade prod from v1.32.11-2 to ${to}`, 'v1.34.5/workers/workers', ...last],
    ],
    [
      'within the minor they come along',
      behind('v1.34.5'),
      'v1.34.5-3',
      [
        'Upgrade prod from v1.34.5 to v1.34.5-3',
        ...['kube-ovn', 'control-plane', 'workers/workers'].map((id) => `v1.34.5-3/${id}`),
      ],
    ],
    ['nothing, where all followed', behind('v1.34.5', 'v1.34.5'), to, [`Upgrade prod from v1.34.5 to ${to}`, ...last]],
  ])('%s', (_what, raws, target, expected) => {
    expect(left(raws, { to: target })).toEqual(expected);
    // A session that was begun goes the same way.
    const { known, session } = grounds(raws, { to: target });
    const { ask } = { ask: upgrade.settle(known, session.ask) };
    expect(upgrade.course(known, { ...session, ask }).stages.map(({ id }) => id)).toEqual(
      upgrade.course(known, session).stages.map(({ id }) => id),
    );
  });

  it('and that lost a machine since are not waited for: their upgrade alone brings it back', () => {
    let raws = behind('v1.34.5').filter(
      ({ kind, metadata }) => !/Machine$/.test(String(kind)) || (metadata as { name: string }).name !== 'w3',
    );
    const figures = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
    for (const [name, value] of Object.entries(figures)) raws = spec(raws, group, `status.${name}`, value);
    expect(gatesOf(raws, { to }).get('rollouts')).toMatchObject({
      result: 'warn',
      figure: 'workers lacks 1 of 3 machines, which come with its new version alone',
    });
    // A rollout is one still.
    expect(gatesOf(spec(raws, group, 'status.updatedReplicas', 1), { to }).get('rollouts')?.result).toBe('block');
  });

  it('ask for no backup of what was before that hop, and for one before the next', () => {
    const gates = gatesOf(behind('v1.34.5', 'v1.33.7-2', 'v4.2.24'), { to });
    expect(shutIn(gates).filter((name) => name.startsWith('etcd-backup'))).toEqual([`etcd-backup/${to}`]);
  });

  it('are brought by hand to a version that the matrix does not have', () => {
    const { known, session } = grounds(behind('v1.34.9'), { to });
    expect(upgrade.refuse(known, session)).toMatch(
      /^workers \(v1.33.7-2\) did not follow control-plane to v1.34.9.*upgrade-workers$/,
    );
  });
});
