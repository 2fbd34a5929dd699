/** A small datacenter in raw objects, as an API server would send them, joined into a fleet. */
import { createFleet } from '../../src/domain/fleet/index.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import { KINDS, type Kind } from '../../src/domain/kinds.ts';
import type { Change } from '../../src/domain/objects.ts';
import { KINDS_TABLE } from '../../src/kube/kinds.ts';

export const NOW = Date.parse('2026-11-21T03:00:00Z');
const iso = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000).toISOString().replace('.000', '');

export type Raw = { metadata: { name: string; uid: string; [key: string]: unknown }; [key: string]: unknown };

let revision = 1000;

/** One raw object with the metadata every object has. */
export function raw(
  kind: string,
  name: string,
  rest: Record<string, unknown> = {},
  metadata: Record<string, unknown> = {},
): Raw {
  revision += 1;
  return {
    kind,
    metadata: {
      name,
      namespace: 'cpaas-system',
      uid: `uid-${kind}-${name}`,
      resourceVersion: `${revision}`,
      creationTimestamp: iso(60 * 24 * 3),
      ...metadata,
    },
    ...rest,
  };
}

const ANNOTATION = 'baremetal.alauda.io';

export function host(
  name: string,
  allocation: string | undefined,
  machine?: string,
  more: Record<string, unknown> = {},
): Raw {
  const annotations: Record<string, string> = {};
  if (allocation !== undefined) {
    annotations[`${ANNOTATION}/allocation-state`] = allocation;
    annotations[`${ANNOTATION}/pool`] = 'prod-worker-pool';
  }
  if (machine) {
    annotations[`${ANNOTATION}/owner-cluster`] = 'prod';
    annotations[`${ANNOTATION}/owner-machine`] = machine;
    annotations[`${ANNOTATION}/owner-baremetalmachine`] = machine;
  }
  return raw(
    'MachineInventory',
    name,
    {
      spec: {
        observedNetwork: { interfaces: [{ name: 'eth0', mac: '52:54:00:00:00:01', addresses: ['10.1.0.9/24'] }] },
      },
      status: {
        plan: { secretRef: { name, namespace: 'cpaas-system' }, state: 'Applied', checksum: 'aa' },
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'PlanSuccessfullyApplied',
            message: 'plan successfully applied',
            lastTransitionTime: iso(90),
          },
        ],
      },
      ...more,
    },
    { annotations, labels: { 'elemental.cattle.io/serial-number': `SN-${name}`, rack: name.split('-')[0] } },
  );
}

export function plan(name: string, type: string): Raw {
  return raw(
    'Secret',
    name,
    {},
    { annotations: { [`${ANNOTATION}/plan.type`]: type }, labels: { 'elemental.cattle.io/managed': 'true' } },
  );
}

export function machine(name: string, hostName: string | undefined, phase: string, minutesAgo = 600): Raw[] {
  const labels = {
    'cluster.x-k8s.io/cluster-name': 'prod',
    'cluster.x-k8s.io/deployment-name': 'prod-workers',
    'cluster.x-k8s.io/set-name': 'prod-workers-abcde',
  };
  const running = phase === 'Running';
  return [
    raw(
      'Machine',
      name,
      {
        apiVersion: 'cluster.x-k8s.io/v1beta1',
        spec: {
          clusterName: 'prod',
          version: 'v1.33.7-2',
          infrastructureRef: { kind: 'BaremetalMachine', name },
          bootstrap: { dataSecretName: name },
        },
        status: {
          phase: running ? 'Running' : 'Provisioning',
          bootstrapReady: true,
          infrastructureReady: running,
          nodeRef: running ? { kind: 'Node', name: hostName } : undefined,
        },
      },
      {
        labels,
        creationTimestamp: iso(minutesAgo),
        ownerReferences: [
          {
            apiVersion: 'cluster.x-k8s.io/v1beta1',
            kind: 'MachineSet',
            name: 'prod-workers-abcde',
            uid: 'uid-MachineSet-prod-workers-abcde',
            controller: true,
          },
        ],
      },
    ),
    raw(
      'BaremetalMachine',
      name,
      {
        spec: {
          machineInventoryPoolRef: { name: 'prod-worker-pool' },
          providerID: hostName ? `baremetal:///${hostName}` : undefined,
        },
        status: {
          phase,
          ready: running,
          machineInventoryRef: hostName ? { name: hostName } : undefined,
          planSecretRef: hostName ? { name: hostName } : undefined,
        },
      },
      {
        labels,
        creationTimestamp: iso(minutesAgo),
        ownerReferences: [{ kind: 'Machine', name, uid: `uid-Machine-${name}`, controller: true }],
      },
    ),
  ];
}

/** Raw objects by kind: three running workers, one reprovisioning, a free host, a bad one, and one in no pool. */
export function smallDatacenter(): Partial<Record<Kind, Raw[]>> {
  // Versions are seen on screens: they must not depend on what was made before.
  revision = 1000;
  const hosts = [
    host('rack1-u01', 'Allocated', 'prod-workers-abcde-aaaaa'),
    host('rack1-u02', 'Allocated', 'prod-workers-abcde-bbbbb'),
    host('rack1-u03', 'Reprovisioning', 'prod-workers-abcde-ccccc'),
    host('rack2-u01', 'Available'),
    host('rack2-u02', 'Unavailable'),
    host('rack3-u12', undefined),
  ];
  const pairs = [
    machine('prod-workers-abcde-aaaaa', 'rack1-u01', 'Running'),
    machine('prod-workers-abcde-bbbbb', 'rack1-u02', 'Running'),
    machine('prod-workers-abcde-ccccc', 'rack1-u03', 'Reprovisioning', 4),
  ];
  const ref = (kind: string, name: string) => ({ apiVersion: 'v1', kind, name });
  return {
    host: hosts,
    plan: [
      plan('rack1-u01', 'reprovision'),
      plan('rack1-u02', 'reprovision'),
      plan('rack1-u03', 'reprovision'),
      plan('rack2-u01', 'clean'),
      plan('rack2-u02', 'clean'),
      plan('rack3-u12', ''),
    ],
    machine: pairs.map((pair) => pair[0]!),
    baremetalMachine: pairs.map((pair) => pair[1]!),
    pool: [
      raw('MachineInventoryPool', 'prod-worker-pool', {
        spec: {
          clusterName: 'prod',
          machineInventories: hosts
            .slice(0, 5)
            .map(({ metadata }) => ({ name: metadata.name, hostname: `node-${metadata.name}` })),
        },
        status: {
          total: 5,
          available: 1,
          allocated: 2,
          preparing: 0,
          reprovisioning: 1,
          unavailable: 1,
          conditions: [{ type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: iso(600) }],
        },
      }),
    ],
    machineSet: [
      raw(
        'MachineSet',
        'prod-workers-abcde',
        {
          spec: { clusterName: 'prod', replicas: 3, template: { spec: { version: 'v1.33.7-2' } } },
          status: { replicas: 3, readyReplicas: 2, availableReplicas: 2 },
        },
        { labels: { 'cluster.x-k8s.io/cluster-name': 'prod', 'cluster.x-k8s.io/deployment-name': 'prod-workers' } },
      ),
    ],
    deployment: [
      raw(
        'MachineDeployment',
        'prod-workers',
        {
          spec: {
            clusterName: 'prod',
            replicas: 3,
            strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
            template: {
              spec: {
                version: 'v1.33.7-2',
                infrastructureRef: ref('BaremetalMachineTemplate', 'prod-worker-template'),
                bootstrap: { configRef: ref('KubeadmConfigTemplate', 'prod-worker-bootstrap') },
              },
            },
          },
          status: { replicas: 3, updatedReplicas: 3, readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 },
        },
        { generation: 1, labels: { 'cluster.x-k8s.io/cluster-name': 'prod' } },
      ),
    ],
    cluster: [
      raw('Cluster', 'prod', {
        spec: {
          controlPlaneEndpoint: { host: '10.0.0.9', port: 6443 },
          infrastructureRef: ref('BaremetalCluster', 'prod'),
        },
        status: { phase: 'Provisioned', infrastructureReady: true, controlPlaneReady: true },
      }),
    ],
    baremetalCluster: [
      raw('BaremetalCluster', 'prod', {
        spec: { controlPlaneEndpoint: { host: '10.0.0.9', port: 6443 } },
        status: { ready: true },
      }),
    ],
    baremetalMachineTemplate: [
      raw('BaremetalMachineTemplate', 'prod-worker-template', {
        spec: { template: { spec: { machineInventoryPoolRef: { name: 'prod-worker-pool' } } } },
      }),
    ],
    bootstrapTemplate: [raw('KubeadmConfigTemplate', 'prod-worker-bootstrap')],
  };
}

/** Projects raw objects as the caches do. */
export function changesOf(objects: Partial<Record<Kind, Raw[]>>): Change[] {
  return KINDS.flatMap((kind) =>
    (objects[kind] ?? []).flatMap((each) => {
      const object = KINDS_TABLE[kind].project(each);
      return object ? [{ type: 'set' as const, object }] : [];
    }),
  );
}

/** The joined fleet of raw objects. */
export function fleetOf(objects: Partial<Record<Kind, Raw[]>>): Fleet {
  const fleet = createFleet();
  fleet.apply(changesOf(objects));
  return fleet.snapshot();
}
