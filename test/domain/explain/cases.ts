/** One broken fleet for each explanation: the small fleet at rest with one thing changed. */
import type { Fall } from '../../../src/domain/falls.ts';
import type { Kind } from '../../../src/domain/kinds.ts';
import type { PlanDetail } from '../../../src/domain/objects.ts';
import * as raw from '../fixtures.ts';
import { at, condition, type Raw, smallFleet } from '../fixtures.ts';
import { type liveWorkload, rawDaemonSet, rawNode } from '../workloads.ts';

export interface Case {
  id: string;
  mode?: string;
  /** The object of the cause: kind and name. */
  root: readonly [Kind, string];
  /** An object that shows it; the root itself where left out. */
  asked?: readonly [Kind, string];
  /** Objects put in place of those of their kind and name, or beside them. */
  put: readonly Raw[];
  /** Plan data as it was read, by Secret. */
  details?: Readonly<Record<string, Partial<PlanDetail>>>;
  /** What the API of the cluster `prod` says, where it is asked. */
  workload?: Parameters<typeof liveWorkload>[0];
  /** What was seen of nodes, by uid of the machine. */
  falls?: Readonly<Record<string, readonly Fall[]>>;
  /** Seconds after the fixtures' beginning. */
  after?: number;
  /** What an operator has to read in the evidence. */
  says: RegExp;
}

const HOUR = 3600;
const pool = 'workers-pool';

/** A worker w4 on the free host, in the words of its BaremetalMachine. */
const fourth = (
  phase: string,
  conditions: Raw[],
  inventory: string | undefined = 'h4',
  state = 'Reprovisioning',
): Raw[] => [
  raw.bmm('w4', inventory, phase, { conditions }),
  raw.machine('w4', 'Provisioning'),
  raw.deployment('workers', 4, { ...raw.settled(4), readyReplicas: 3, availableReplicas: 3 }),
  ...(inventory === undefined ? [] : [raw.host('h4', state, { pool, bmm: 'w4' }), raw.plan('h4', 'reprovision')]),
];

/** The status of a host whose agent has applied nothing yet. */
const planless = { secretRef: { name: 'h4', namespace: 'cpaas-system' } };

/** A Node's spec with what `kubectl cordon` and the node lifecycle controller leave in it, so many seconds after T0. */
export const cordoned = (seconds: number): Raw => ({
  unschedulable: true,
  taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: raw.at(seconds) }],
});

/** w3, whose Node somebody deleted: both generations of its conditions. */
const nodeless = raw.machine('w3', 'Running', {
  conditions: [condition('NodeHealthy', 'False', 'NodeNotFound')],
  status: {
    nodeRef: { kind: 'Node', name: 'node-w3' },
    v1beta2: {
      conditions: ['NodeHealthy', 'NodeReady'].map((type) =>
        condition(type, 'False', 'NodeDeleted', {
          message: 'Node node-w3 has been deleted while the Machine still exists',
        }),
      ),
    },
  },
});

/** w3 on its way out, at a step of Cluster API. */
const going = (
  reason: string,
  more: { annotations?: Record<string, string>; spec?: Raw; legacy?: Raw[] } = {},
): Raw[] => [
  raw.machine('w3', 'Deleting', {
    annotations: more.annotations,
    spec: { ...more.spec },
    meta: { deletionTimestamp: at(0), finalizers: ['machine.cluster.x-k8s.io'] },
    conditions: more.legacy ?? [],
    status: {
      nodeRef: { kind: 'Node', name: 'node-w3' },
      v1beta2: { conditions: [condition('Deleting', 'True', reason, { message: 'Pod default/db-0' })] },
    },
  }),
];

/** w3, which was asked to go, and which its controller does not look at. */
export const ignored = raw.machine('w3', 'Running', {
  meta: { deletionTimestamp: at(0), finalizers: ['machine.cluster.x-k8s.io'] },
});

const failed: Partial<PlanDetail> = { checksum: 'b', failedChecksum: 'b', failureCount: 3, maxFailures: 3 };
const pending: Partial<PlanDetail> = { checksum: 'b', appliedChecksum: 'a' };
const applied: Partial<PlanDetail> = { checksum: 'b', appliedChecksum: 'b' };
const allocated = (status: string, reason: string) => condition('InventoryAllocated', status, reason);
const image = (reason: string) => [condition('ImageResolved', 'False', reason)];
const down = condition('EndpointReady', 'False', 'SomeReason', { message: 'no answer' });
const event = (message: string, reason: string, seconds = 0): Raw => ({
  kind: 'Event',
  metadata: { name: `e${seconds}`, uid: `e${seconds}` },
  involvedObject: { kind: 'Cluster', name: 'prod', uid: 'Cluster/prod' },
  type: 'Warning',
  reason,
  message,
  lastTimestamp: at(seconds),
});
const infrastructure = (type: string): Raw => ({
  ...raw.baremetalCluster('prod', [down]),
  spec: { controlPlaneLoadBalancer: { type, host: '10.0.0.10', port: 6443, vrid: 50 } },
});
const providerRelease = (phase: string, installed: string, wanted: string): Raw => {
  const name = 'acp/chart-cluster-api-provider-baremetal';
  return {
    apiVersion: 'operator.alauda.io/v1alpha1',
    kind: 'AppRelease',
    metadata: { name: 'provider', uid: 'AppRelease/provider', namespace: 'cpaas-system' },
    spec: { source: { charts: [{ name, targetRevision: wanted }] } },
    status: { phase, charts: [{ name, installedRevision: installed }], conditions: [condition('Sync', 'False')] },
  };
};
const check = (conditions: Raw[]): Raw => ({
  apiVersion: 'cluster.x-k8s.io/v1beta1',
  kind: 'MachineHealthCheck',
  metadata: { name: 'mhc', uid: 'mhc', namespace: 'cpaas-system' },
  spec: { clusterName: 'prod', maxUnhealthy: '1' },
  status: { expectedMachines: 3, currentHealthy: 1, conditions },
});
const sick = (more: Raw[] = []) =>
  raw.machine('w3', 'Running', {
    conditions: [condition('Ready', 'True'), condition('HealthCheckSucceeded', 'False', 'NodeGone'), ...more],
  });

export const cases: readonly Case[] = [
  {
    id: 'pool-missing',
    mode: 'F1',
    root: ['deployment', 'workers'],
    asked: ['machine', 'w4'],
    put: fourth('Pending', [allocated('False', 'PoolMissing')], undefined),
    says: /PoolMissing/,
  },
  {
    id: 'pool-exhausted',
    mode: 'F2',
    root: ['deployment', 'workers'],
    asked: ['machine', 'w4'],
    put: fourth('Pending', [allocated('False', 'PoolExhausted')], undefined),
    says: /PoolExhausted/,
  },
  {
    id: 'pool-member-missing',
    mode: 'F3',
    root: ['pool', pool],
    put: [
      raw.pool(pool, ['h1', 'h2', 'h3', 'h4', 'h5'], {
        status: { conditions: [condition('MembersValid', 'False', 'X')] },
      }),
    ],
    says: /MembersValid False X/,
  },
  {
    id: 'no-plan-secret',
    mode: 'F4',
    root: ['host', 'h4'],
    asked: ['pool', pool],
    put: [
      raw.host('h4', 'Unavailable', { pool, plan: {} }),
      raw.pool(pool, ['h1', 'h2', 'h3', 'h4'], { status: { conditions: [condition('MembersValid', 'False', 'X')] } }),
    ],
    says: /secretRef: not set/,
  },
  {
    id: 'bootstrap-waiting',
    mode: 'F5',
    root: ['machine', 'w4'],
    put: fourth('Allocated', [condition('BootstrapReady', 'False', 'BootstrapWaiting')], 'h4', 'Allocated'),
    after: HOUR,
    says: /BootstrapWaiting/,
  },
  {
    id: 'image-catalog-miss',
    mode: 'F6',
    root: ['deployment', 'workers'],
    asked: ['machine', 'w4'],
    put: [...fourth('Failed', image('ImageCatalogMiss')), raw.catalog({ 'v1.34.5': 'i' })],
    says: /versions it has: v1.34.5/,
  },
  {
    id: 'image-registry-missing',
    mode: 'F7',
    root: ['deployment', 'workers'],
    put: fourth('Allocated', image('ImageRegistryMissing')),
    says: /registry-address: not set/,
  },
  {
    id: 'image-not-resolved',
    root: ['deployment', 'workers'],
    put: fourth('Failed', image('SomethingNewer')),
    says: /SomethingNewer/,
  },
  {
    id: 'reprovision-failed',
    mode: 'F8',
    root: ['host', 'h4'],
    asked: ['deployment', 'workers'],
    put: fourth('Failed', [], 'h4', 'Unavailable'),
    details: { h4: { ...failed, planType: 'reprovision' } },
    says: /reprovision plan failed, failed 3 of 3/,
  },
  {
    id: 'storage-not-ready',
    mode: 'F9',
    root: ['host', 'h4'],
    asked: ['machine', 'w4'],
    put: [
      ...fourth('Reprovisioning', [condition('StorageReady', 'False', 'X')]),
      raw.host('h4', 'Reprovisioning', { pool, bmm: 'w4', status: { storage: { phase: 'Degraded' } } }),
    ],
    says: /StorageReady False X/,
  },
  {
    id: 'clean-failed',
    mode: 'F10',
    root: ['host', 'h3'],
    asked: ['machine', 'w3'],
    put: [
      ...going('WaitingForInfrastructureDeletion'),
      raw.host('h3', 'Unavailable', { pool, bmm: 'w3' }),
      raw.plan('h3', 'clean'),
      raw.bmm('w3', 'h3', 'Preparing', { meta: { deletionTimestamp: at(0), finalizers: ['f'] } }),
    ],
    details: { h3: { ...failed, planType: 'clean' } },
    says: /clean plan failed/,
  },
  {
    id: 'never-joins',
    mode: 'F11',
    root: ['machine', 'w4'],
    asked: ['host', 'h4'],
    put: fourth('Reprovisioning', []),
    details: { h4: { ...applied, planType: 'reprovision', lastApplied: raw.T0 } },
    after: HOUR,
    says: /nodeRef: not set/,
  },
  {
    id: 'node-not-ready',
    root: ['machine', 'w4'],
    asked: ['host', 'h4'],
    put: fourth('Reprovisioning', []).map((one) =>
      one['kind'] === 'BaremetalMachine' ? { ...one, spec: { providerID: 'baremetal:///h4' } } : one,
    ),
    details: { h4: { ...applied, planType: 'reprovision', lastApplied: raw.T0 } },
    workload: { nodes: [rawNode('h4', {}, { status: 'False', reason: 'KubeletNotReady', message: 'cni not ready' })] },
    after: HOUR,
    says: /Node h4: Ready False KubeletNotReady cni not ready/,
  },
  {
    id: 'vip-unreachable',
    mode: 'F12',
    root: ['cluster', 'prod'],
    put: [infrastructure('Internal')],
    says: /vrid: 50/,
  },
  {
    id: 'external-endpoint',
    mode: 'F13',
    root: ['cluster', 'prod'],
    put: [infrastructure('External')],
    says: /type: External/,
  },
  {
    id: 'surge-stalls',
    mode: 'F14',
    root: ['deployment', 'workers'],
    put: [
      ...fourth('Pending', [allocated('False', 'PoolExhausted')], undefined),
      raw.deployment(
        'workers',
        3,
        { ...raw.settled(3), replicas: 4, updatedReplicas: 1 },
        { spec: { strategy: { rollingUpdate: { maxSurge: 1 } }, replicas: 3 } },
      ),
    ],
    says: /maxSurge: 1/,
  },
  {
    id: 'exhausted-mid-rollout',
    mode: 'F15',
    root: ['deployment', 'workers'],
    put: [
      ...fourth('Pending', [allocated('False', 'PoolExhausted')], undefined),
      raw.deployment('workers', 3, { ...raw.settled(3), updatedReplicas: 1 }),
    ],
    says: /PoolExhausted/,
  },
  {
    id: 'kube-ovn-failed',
    mode: 'F16',
    root: ['cluster', 'prod'],
    put: [event('cni-kube-ovn v4.3.3: DeployFailed', 'Foo')],
    says: /Warning Foo/,
  },
  {
    id: 'kube-ovn-not-converging',
    mode: 'F17',
    root: ['cluster', 'prod'],
    put: [event('cni-kube-ovn v4.3.3: Upgrading', 'Foo')],
    after: HOUR,
    says: /Warning Foo/,
  },
  {
    id: 'cluster-stuck-deleting',
    mode: 'F18',
    root: ['cluster', 'old'],
    put: [raw.cluster('old', { meta: { deletionTimestamp: at(0), finalizers: ['capi.cpaas.io/imported'] } })],
    says: /finalizers: capi.cpaas.io\/imported/,
  },
  {
    id: 'import-incomplete',
    mode: 'F19',
    root: ['cluster', 'prod'],
    put: [event('ServiceAccount "sentry" not found', 'Foo')],
    says: /Warning Foo/,
  },
  {
    id: 'agent-silent',
    mode: 'F22',
    root: ['host', 'h4'],
    asked: ['machine', 'w4'],
    put: fourth('Reprovisioning', [condition('BootstrapReady', 'True', 'X')]),
    details: { h4: { ...pending, planType: 'reprovision' } },
    after: HOUR,
    says: /reprovision plan pending/,
  },
  {
    id: 'host-not-ready-yet',
    mode: 'F3',
    root: ['host', 'h4'],
    put: [raw.host('h4', 'Available', { pool, ready: condition('Ready', 'False', 'WaitingForPlan'), plan: planless })],
    after: HOUR,
    says: /Ready False WaitingForPlan/,
  },
  {
    id: 'storage-in-doubt',
    mode: 'F23',
    root: ['host', 'h4'],
    put: [
      raw.host('h4', 'Available', {
        pool,
        status: {
          storage: {
            phase: 'Failed',
            pendingSpecHash: 'x',
            operation: { type: 'Prepare', phase: 'Failed', mutationState: 'None' },
          },
        },
      }),
    ],
    says: /pendingSpecHash: set/,
  },
  {
    id: 'storage-failed',
    root: ['host', 'h4'],
    put: [
      raw.host('h4', 'Available', {
        pool,
        status: {
          storage: { phase: 'Failed', operation: { type: 'Prepare', phase: 'Failed', mutationState: 'None' } },
        },
      }),
      raw.plan('h4', 'storage-prepare'),
    ],
    // The plan of the operation failed too, and is no cause beside it.
    details: { h4: { ...failed, planType: 'storage-prepare' } },
    says: /Prepare Failed None/,
  },
  {
    id: 'storage-slow',
    root: ['host', 'h4'],
    asked: ['pool', pool],
    put: [
      raw.host('h4', 'Available', {
        pool,
        spec: { storage: { volumes: [{}] } },
        status: {
          observedStorage: { observedAt: at(HOUR) },
          storage: { phase: 'Preparing', operation: { type: 'Prepare', phase: 'Running', updatedAt: at(0) } },
        },
      }),
      raw.pool(pool, ['h1', 'h2', 'h3', 'h4'], {
        status: {
          ...{ total: 4, available: 0, allocated: 3, preparing: 0, reprovisioning: 0, unavailable: 1 },
          conditions: [
            condition('MembersValid', 'False', 'X', { message: 'h4 has storage that is not Prepared (Preparing)' }),
            condition('Ready', 'False', 'X', { message: 'h4 has storage that is not Prepared (Preparing)' }),
          ],
        },
      }),
    ],
    after: HOUR,
    says: /Prepare Running/,
  },
  {
    id: 'no-storage-observer',
    mode: 'F24',
    root: ['host', 'h4'],
    put: [raw.host('h4', 'Available', { pool, spec: { storage: { volumes: [{}, {}] } } })],
    after: HOUR,
    says: /volumes: 2/,
  },
  {
    id: 'host-unavailable',
    mode: 'F3',
    root: ['host', 'h4'],
    put: [raw.host('h4', 'Unavailable', { pool })],
    says: /Unavailable/,
  },
  {
    id: 'host-not-ready',
    mode: 'F3',
    root: ['host', 'h4'],
    put: [raw.host('h4', 'Available', { pool, ready: condition('Ready', 'False', 'QuiteNew') })],
    says: /Ready False QuiteNew/,
  },
  {
    id: 'host-in-two-pools',
    root: ['host', 'h4'],
    asked: ['pool', pool],
    put: [raw.pool('other', ['h4'])],
    says: /machineInventories: h4/,
  },
  {
    id: 'clean-slow',
    root: ['host', 'h3'],
    asked: ['machine', 'w3'],
    put: [
      ...going('WaitingForInfrastructureDeletion'),
      raw.host('h3', 'Preparing', { pool, bmm: 'w3' }),
      raw.plan('h3', 'clean'),
      raw.bmm('w3', 'h3', 'Preparing', { meta: { deletionTimestamp: at(0) } }),
    ],
    details: { h3: { ...pending, planType: 'clean' } },
    after: HOUR,
    says: /clean plan pending/,
  },
  {
    id: 'pre-drain-hook',
    root: ['machine', 'w3'],
    put: going('WaitingForPreDrainHook', {
      annotations: { 'pre-drain.delete.hook.machine.cluster.x-k8s.io/backup': 'x' },
    }),
    after: HOUR,
    says: /backup=x/,
  },
  {
    id: 'drain-blocked',
    root: ['machine', 'w3'],
    asked: ['deployment', 'workers'],
    put: going('DrainingNode', {
      spec: { nodeDrainTimeout: '0s' },
      legacy: [condition('DrainingSucceeded', 'False', 'Draining', { severity: 'Info' })],
    }),
    after: HOUR,
    says: /nodeDrainTimeout: none/,
  },
  {
    id: 'volumes-attached',
    root: ['machine', 'w3'],
    put: going('WaitingForVolumeDetach', { spec: { nodeVolumeDetachTimeout: '2h' } }),
    after: HOUR,
    says: /DetachTimeout: 2h/,
  },
  {
    id: 'pre-terminate-hook',
    root: ['machine', 'w3'],
    put: going('WaitingForPreTerminateHook', {
      annotations: { 'pre-terminate.delete.hook.machine.cluster.x-k8s.io/kcp-cleanup': '' },
    }),
    after: HOUR,
    says: /kcp-cleanup/,
  },
  {
    id: 'deletion-ignored',
    root: ['machine', 'w3'],
    asked: ['deployment', 'workers'],
    put: [ignored],
    after: 90,
    says: /metadata.deletionTimestamp: .*\n*status.phase: Running/,
  },
  {
    id: 'release-ignored',
    root: ['machine', 'w3'],
    put: [
      ...going('WaitingForInfrastructureDeletion'),
      raw.bmm('w3', 'h3', 'Running', { meta: { deletionTimestamp: at(0), finalizers: ['a'] } }),
    ],
    after: 90,
    says: /status.phase: Running/,
  },
  {
    id: 'deletion-stuck',
    root: ['machine', 'w3'],
    put: going('WaitingForInfrastructureDeletion'),
    after: HOUR,
    says: /WaitingForInfrastructureDeletion/,
  },
  {
    id: 'preflight-refuses',
    root: ['deployment', 'workers'],
    put: [
      raw.machineSet('workers-abc', 'workers', 3, {
        conditions: [
          condition('MachinesCreated', 'False', 'PreflightCheckFailed', {
            message: '("KubeadmVersionSkew" preflight check failed)',
          }),
        ],
      }),
    ],
    says: /PreflightCheckFailed/,
  },
  {
    id: 'workers-behind',
    root: ['deployment', 'workers'],
    put: [
      raw.controlPlane(
        'control-plane',
        3,
        { ...raw.settled(3), version: 'v1.34.5' },
        { spec: { replicas: 3, version: 'v1.34.5' } },
      ),
    ],
    says: /version.*v1\.34\.5/,
  },
  {
    id: 'group-paused',
    root: ['deployment', 'workers'],
    put: [raw.deployment('workers', 3, raw.settled(3), { annotations: { 'cluster.x-k8s.io/paused': '' } })],
    says: /paused=/,
  },
  {
    id: 'cluster-paused',
    root: ['cluster', 'prod'],
    asked: ['machine', 'w3'],
    put: [...going('DrainingNode'), raw.cluster('prod', { spec: { paused: true } })],
    says: /spec.paused: true/,
  },
  {
    id: 'remediation-short-circuit',
    root: ['machine', 'w3'],
    put: [sick(), check([condition('RemediationAllowed', 'False', 'TooManyUnhealthy')])],
    says: /TooManyUnhealthy/,
  },
  {
    id: 'remediation-spent',
    root: ['machine', 'w3'],
    put: [
      sick([condition('OwnerRemediated', 'False', 'X', { message: 'cannot remediate: retried 3 times (MaxRetry)' })]),
    ],
    says: /OwnerRemediated/,
  },
  {
    id: 'delete-mark',
    root: ['machine', 'w3'],
    put: [raw.machine('w3', 'Running', { annotations: { 'cluster.x-k8s.io/delete-machine': '' } })],
    says: /delete-machine=/,
  },
  {
    id: 'node-cordoned',
    root: ['machine', 'w3'],
    put: [],
    workload: { nodes: [rawNode('node-w3', cordoned(0))] },
    after: HOUR,
    says: /spec\.unschedulable/,
  },
  {
    id: 'machine-trouble',
    root: ['machine', 'w3'],
    put: [
      raw.bmm('w3', 'h3', 'Running', {
        conditions: [condition('NetworkDeviceReady', 'False', 'NetworkDeviceIsSlave')],
      }),
    ],
    says: /NetworkDeviceReady False NetworkDeviceIsSlave/,
  },
  {
    id: 'seed-image-failed',
    root: ['seedImage', 'iso'],
    put: [raw.seedImage('iso', [condition('SeedImageReady', 'False', 'SeedImageBuildFailure')])],
    says: /SeedImageBuildFailure/,
  },
  {
    id: 'registration-not-ready',
    root: ['registration', 'reg'],
    asked: ['seedImage', 'iso'],
    put: [
      raw.registration('reg', [condition('Ready', 'False', 'RbacCreationFailure')]),
      raw.seedImage('iso', [condition('Ready', 'False', 'RegistrationNotFound')]),
    ],
    says: /RbacCreationFailure/,
  },
  {
    id: 'host-claimed-twice',
    root: ['host', 'h3'],
    asked: ['machine', 'w4'],
    put: [raw.bmm('w4', 'h3', 'Reprovisioning'), raw.machine('w4', 'Provisioning')],
    says: /machineInventoryRef.name: h3/,
  },
  {
    id: 'plan-failed',
    root: ['host', 'h4'],
    put: [raw.plan('h4', 'storage-prepare')],
    details: { h4: { ...failed, planType: 'storage-prepare' } },
    says: /storage-prepare plan failed/,
  },
  {
    id: 'template-missing',
    root: ['deployment', 'workers'],
    put: [
      raw.deployment('workers', 3, raw.settled(3), {
        spec: { template: { spec: { infrastructureRef: { kind: 'BaremetalMachineTemplate', name: 'typo' } } } },
      }),
    ],
    says: /infrastructure template: typo/,
  },
  {
    id: 'cannot-create-machines',
    root: ['deployment', 'workers'],
    put: [
      raw.machineSet('workers-abc', 'workers', 3, {
        conditions: [condition('MachinesCreated', 'False', 'QuotaExceeded')],
      }),
    ],
    says: /MachinesCreated False QuotaExceeded/,
  },
  {
    id: 'control-plane-unhealthy',
    root: ['controlPlane', 'control-plane'],
    asked: ['cluster', 'prod'],
    put: [
      raw.controlPlane('control-plane', 3, raw.settled(3), {
        conditions: [condition('EtcdClusterHealthy', 'False', 'X')],
      }),
    ],
    says: /EtcdClusterHealthy False X/,
  },
  {
    id: 'group-trouble',
    root: ['deployment', 'workers'],
    put: [
      raw.deployment('workers', 3, raw.settled(3), {
        spec: { strategy: { rollingUpdate: { maxSurge: 2 } }, replicas: 3, template: {} },
      }),
    ],
    says: /maxSurge: 2/,
  },
  {
    id: 'machine-paused',
    root: ['machine', 'w3'],
    put: [raw.machine('w3', 'Running', { annotations: { 'cluster.x-k8s.io/paused': '' } })],
    says: /paused=/,
  },
  {
    id: 'node-flapping',
    root: ['machine', 'w3'],
    put: [raw.machine('w3', 'Running', { meta: { creationTimestamp: raw.at(-3600) } })],
    falls: {
      'Machine/w3': [
        { at: raw.T0 - 600_000, back: raw.T0 - 500_000 },
        { at: raw.T0 - 300_000, back: raw.T0 - 200_000 },
      ],
    },
    says: /fell 00:55:00Z, back after 1m40s/,
  },
  {
    id: 'host-flapping',
    root: ['host', 'h4'],
    asked: ['machine', 'w4'],
    put: fourth('Reprovisioning', []),
    falls: {
      'MachineInventory/h4': [
        { at: raw.T0 - 600_000, back: raw.T0 - 500_000 },
        { at: raw.T0 - 300_000, back: raw.T0 - 200_000 },
      ],
    },
    says: /fell 00:55:00Z, back after 1m40s/,
  },
  {
    id: 'node-lost',
    root: ['machine', 'w3'],
    asked: ['deployment', 'workers'],
    put: [
      raw.machine('w3', 'Running', {
        conditions: [
          condition('Ready', 'False', 'NodeConditionsFailed'),
          condition('NodeHealthy', 'False', 'NodeConditionsFailed'),
        ],
      }),
    ],
    says: /NodeHealthy False/,
  },
  {
    id: 'node-gone',
    root: ['machine', 'w3'],
    asked: ['deployment', 'workers'],
    put: [nodeless],
    workload: { nodes: [rawNode('node-w1')] },
    says: /NodeDeleted.* 1, and none is node-w3/s,
  },
  {
    id: 'pool-figures-disagree',
    root: ['pool', pool],
    put: [
      raw.pool(pool, ['h1', 'h2', 'h3', 'h4'], {
        status: { total: 4, available: 2, allocated: 2, preparing: 0, reprovisioning: 0, unavailable: 0 },
      }),
    ],
    says: /2 reported, 1 counted/,
  },
  {
    id: 'pool-trouble',
    root: ['pool', pool],
    put: [
      raw.pool(pool, ['h1', 'h2', 'h3', 'h4'], { status: { conditions: [condition('Ready', 'False', 'QuiteNew')] } }),
    ],
    says: /Ready False QuiteNew/,
  },
  {
    id: 'host-trouble',
    root: ['host', 'h4'],
    put: [raw.host('h4', 'QuiteNew', { pool })],
    says: /allocation-state=QuiteNew/,
  },
  {
    id: 'cluster-trouble',
    root: ['cluster', 'prod'],
    put: [raw.cluster('prod', { conditions: [condition('InfrastructureReady', 'False', 'QuiteNew')] })],
    says: /InfrastructureReady False QuiteNew/,
  },
  {
    id: 'cluster-deletion-slow',
    root: ['cluster', 'prod'],
    put: [raw.cluster('prod', { meta: { deletionTimestamp: at(0), finalizers: ['f'] } })],
    after: HOUR,
    says: /finalizers: f/,
  },
  {
    id: 'daemons-short',
    root: ['cluster', 'prod'],
    put: [],
    workload: {
      nodes: ['node-c1', 'node-w1', 'node-w2', 'node-w3'].map((name) => rawNode(name)),
      daemonSets: [rawDaemonSet('kube-proxy', { numberAvailable: 4 }, { template: {} })],
    },
    after: HOUR,
    says: /DaemonSet kube-proxy: kube-proxy 4 of 5 available/,
  },
  {
    id: 'quorum-lost',
    root: ['cluster', 'prod'],
    put: [
      infrastructure('Internal'),
      raw.controlPlane('control-plane', 3, raw.settled(3)),
      raw.controlPlaneMachine('c1', 'Running', {
        conditions: [condition('NodeHealthy', 'False', 'NodeConditionsFailed')],
        // The newer conditions tell of the lost connection by now; the older ones still hold the last word of the node.
        status: {
          v1beta2: {
            conditions: ['NodeHealthy', 'NodeReady'].map((type) => condition(type, 'Unknown', 'ConnectionDown')),
          },
        },
      }),
    ],
    says: /NodeHealthy False NodeConditionsFailed node not ready, on /,
  },
  {
    id: 'provider-release-failed',
    mode: 'F16',
    root: ['appRelease', 'provider'],
    put: [providerRelease('DeployFailed', 'v0.0.1', 'v0.0.2')],
    says: /DeployFailed.* v0.0.1 -> v0.0.2/,
  },
  {
    id: 'seed-image-slow',
    root: ['seedImage', 'iso'],
    put: [raw.seedImage('iso', [condition('SeedImageReady', 'False', 'SeedImageBuildOngoing')])],
    after: HOUR,
    says: /SeedImageBuildOngoing/,
  },
];

/** The small fleet with the case's objects in their places. */
export function objectsOf({ put }: Pick<Case, 'put'>): Raw[] {
  const key = (each: Raw) => `${each['kind']}/${(each['metadata'] as { name: string }).name}`;
  return [...new Map([...smallFleet(), ...put].map((each) => [key(each), each])).values()];
}
