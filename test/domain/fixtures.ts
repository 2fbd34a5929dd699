/** Raw API objects as a server sends them, and the changes they make. Small, and shaped like the CRDs. */
import { createFleet, type FleetIndex } from '../../src/domain/fleet/index.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import type { Kind } from '../../src/domain/kinds.ts';
import type { Change, DomainObject, ObjectOf } from '../../src/domain/objects.ts';
import { KINDS_TABLE } from '../../src/kube/kinds.ts';

export type Raw = Record<string, unknown>;

export const T0 = Date.parse('2026-11-21T01:00:00Z');

/** RFC 3339 of T0 plus so many seconds. */
export function at(seconds: number): string {
  return new Date(T0 + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export function condition(type: string, status: string, reason?: string, more: Raw = {}): Raw {
  return { type, status, reason, lastTransitionTime: at(0), ...more };
}

interface Options {
  uid?: string;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  meta?: Raw;
  spec?: Raw;
  status?: Raw;
}

function object(
  apiVersion: string,
  apiKind: string,
  name: string,
  { uid, annotations, labels, meta, spec, status }: Options,
): Raw {
  return {
    apiVersion,
    kind: apiKind,
    metadata: {
      name,
      namespace: 'cpaas-system',
      uid: uid ?? `${apiKind}/${name}`,
      resourceVersion: '1',
      creationTimestamp: at(0),
      annotations,
      labels,
      ...meta,
    },
    spec,
    status,
  };
}

const INFRA = 'infrastructure.cluster.x-k8s.io/v1beta1';
const ELEMENTAL = 'elemental.cattle.io/v1beta1';
const CAPI = 'cluster.x-k8s.io/v1beta1';
const BM = 'baremetal.alauda.io';

export function owner(apiKind: string, name: string, uid = `${apiKind}/${name}`): Raw {
  return { apiVersion: 'x/v1', kind: apiKind, name, uid, controller: true };
}

/** A MachineInventory; `state` is its allocation state. */
export function host(
  name: string,
  state: string | undefined,
  more: Options & { pool?: string; bmm?: string; plan?: Raw; ready?: Raw } = {},
): Raw {
  return object(ELEMENTAL, 'MachineInventory', name, {
    ...more,
    annotations: {
      ...(state === undefined ? {} : { [`${BM}/allocation-state`]: state }),
      ...(more.pool === undefined ? {} : { [`${BM}/pool`]: more.pool }),
      ...(more.bmm === undefined
        ? {}
        : { [`${BM}/owner-baremetalmachine`]: more.bmm, [`${BM}/owner-machine`]: more.bmm }),
      ...more.annotations,
    },
    status: {
      conditions: [more.ready ?? condition('Ready', 'True', 'PlanSuccessfullyApplied')],
      plan: more.plan ?? { state: 'Applied', checksum: 'aa', secretRef: { name, namespace: 'cpaas-system' } },
      ...more.status,
    },
  });
}

/** A plan Secret as PartialObjectMetadata. */
export function plan(name: string, type?: string, more: Options = {}): Raw {
  return object('meta.k8s.io/v1', 'PartialObjectMetadata', name, {
    ...more,
    uid: more.uid ?? `Secret/${name}`,
    annotations: {
      'elemental.cattle.io/plan.type': 'empty',
      ...(type ? { [`${BM}/plan.type`]: type } : {}),
      ...more.annotations,
    },
    meta: { ownerReferences: [owner('MachineInventory', name)], ...more.meta },
  });
}

/** A MachineInventoryPool; a member is a name or a member object. */
export function pool(name: string, members: readonly (string | Raw)[], more: Options & { cluster?: string } = {}): Raw {
  return object(INFRA, 'MachineInventoryPool', name, {
    ...more,
    spec: {
      clusterName: more.cluster ?? 'prod',
      machineInventories: members.map((member) => (typeof member === 'string' ? { name: member } : member)),
    },
    status: more.status,
  });
}

/** A BaremetalMachine, owned by the Machine of its name. */
export function bmm(
  name: string,
  inventory: string | undefined,
  phase: string | undefined,
  more: Options & { pool?: string; conditions?: Raw[] } = {},
): Raw {
  return object(INFRA, 'BaremetalMachine', name, {
    ...more,
    labels: { 'cluster.x-k8s.io/cluster-name': 'prod', ...more.labels },
    annotations: { 'cluster.x-k8s.io/cloned-from-name': 'workers-template', ...more.annotations },
    meta: { ownerReferences: [owner('Machine', name)], ...more.meta },
    spec: { machineInventoryPoolRef: { name: more.pool ?? 'workers-pool' }, ...more.spec },
    status: {
      phase,
      ready: phase === 'Running',
      machineInventoryRef: inventory === undefined ? undefined : { name: inventory },
      conditions: more.conditions,
      ...more.status,
    },
  });
}

/** A Machine of a MachineDeployment, in v1beta1. */
export function machine(name: string, phase: string, more: Options & { group?: string; conditions?: Raw[] } = {}): Raw {
  const running = phase === 'Running';
  return object(CAPI, 'Machine', name, {
    ...more,
    labels: {
      'cluster.x-k8s.io/cluster-name': 'prod',
      'cluster.x-k8s.io/deployment-name': more.group ?? 'workers',
      ...more.labels,
    },
    spec: {
      clusterName: 'prod',
      version: 'v1.33.7-2',
      infrastructureRef: { apiVersion: INFRA, kind: 'BaremetalMachine', name },
      bootstrap: { configRef: { kind: 'KubeadmConfig', name } },
      ...more.spec,
    },
    status: {
      phase,
      bootstrapReady: true,
      infrastructureReady: running,
      nodeRef: running ? { kind: 'Node', name: `node-${name}` } : undefined,
      nodeInfo: running ? { kubeletVersion: 'v1.33.7-2' } : undefined,
      conditions: more.conditions ?? [
        condition('Ready', running ? 'True' : 'False', running ? undefined : 'WaitingForInfrastructure'),
      ],
      ...more.status,
    },
  });
}

export function controlPlaneMachine(name: string, phase: string, more: Options & { conditions?: Raw[] } = {}): Raw {
  return machine(name, phase, {
    ...more,
    labels: {
      'cluster.x-k8s.io/deployment-name': '',
      'cluster.x-k8s.io/control-plane': '',
      'cluster.x-k8s.io/control-plane-name': 'control-plane',
    },
  });
}

/** A MachineDeployment in v1beta1; `figures` are its status. */
export function deployment(
  name: string,
  replicas: number,
  figures: Raw,
  more: Options & { conditions?: Raw[] } = {},
): Raw {
  return object(CAPI, 'MachineDeployment', name, {
    ...more,
    meta: { generation: 1, ...more.meta },
    spec: {
      clusterName: 'prod',
      replicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        spec: {
          version: 'v1.33.7-2',
          infrastructureRef: { kind: 'BaremetalMachineTemplate', name: 'workers-template' },
          bootstrap: { configRef: { kind: 'KubeadmConfigTemplate', name: 'workers-bootstrap' } },
        },
      },
      ...more.spec,
    },
    status: { observedGeneration: 1, conditions: more.conditions, ...figures, ...more.status },
  });
}

/** All figures of a MachineDeployment at rest. */
export function settled(replicas: number): Raw {
  return {
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    phase: 'Running',
  };
}

export function controlPlane(
  name: string,
  replicas: number,
  figures: Raw,
  more: Options & { conditions?: Raw[] } = {},
): Raw {
  return object('controlplane.cluster.x-k8s.io/v1beta1', 'KubeadmControlPlane', name, {
    ...more,
    labels: { 'cluster.x-k8s.io/cluster-name': 'prod' },
    meta: { generation: 1, ...more.meta },
    spec: {
      replicas,
      version: 'v1.33.7-2',
      rolloutStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } },
      machineTemplate: { infrastructureRef: { kind: 'BaremetalMachineTemplate', name: 'cp-template' } },
      ...more.spec,
    },
    status: { observedGeneration: 1, initialized: true, version: 'v1.33.7-2', conditions: more.conditions, ...figures },
  });
}

export function machineSet(
  name: string,
  deploymentName: string,
  replicas: number,
  more: Options & { conditions?: Raw[] } = {},
): Raw {
  return object(CAPI, 'MachineSet', name, {
    ...more,
    meta: { ownerReferences: [owner('MachineDeployment', deploymentName)], ...more.meta },
    labels: { 'cluster.x-k8s.io/deployment-name': deploymentName },
    spec: { clusterName: 'prod', replicas },
    status: { replicas, conditions: more.conditions },
  });
}

export function template(name: string, poolName: string): Raw {
  return object(INFRA, 'BaremetalMachineTemplate', name, {
    spec: { template: { spec: { machineInventoryPoolRef: { name: poolName } } } },
  });
}

export function bootstrapTemplate(name: string): Raw {
  return object('bootstrap.cluster.x-k8s.io/v1beta1', 'KubeadmConfigTemplate', name, {});
}

export function cluster(name: string, more: Options & { conditions?: Raw[] } = {}): Raw {
  return object(CAPI, 'Cluster', name, {
    ...more,
    spec: {
      controlPlaneEndpoint: { host: '10.0.0.10', port: 6443 },
      infrastructureRef: { kind: 'BaremetalCluster', name },
      controlPlaneRef: { kind: 'KubeadmControlPlane', name: 'control-plane' },
      ...more.spec,
    },
    status: {
      phase: 'Provisioned',
      infrastructureReady: true,
      controlPlaneReady: true,
      conditions: more.conditions,
      ...more.status,
    },
  });
}

export function baremetalCluster(name: string, conditions: Raw[] = [condition('EndpointReady', 'True')]): Raw {
  return object(INFRA, 'BaremetalCluster', name, { status: { ready: true, conditions } });
}

export function catalog(images: Record<string, string>): Raw {
  return { ...object('v1', 'ConfigMap', 'elemental-image-catalog', {}), data: images };
}

export function seedImage(name: string, conditions: Raw[], status: Raw = {}): Raw {
  return object(ELEMENTAL, 'SeedImage', name, {
    spec: { registrationRef: { name: 'reg' } },
    status: { conditions, ...status },
  });
}

export function registration(name: string, conditions: Raw[]): Raw {
  return object(ELEMENTAL, 'MachineRegistration', name, { status: { conditions } });
}

const KIND_OF: Readonly<Record<string, Kind>> = {
  PartialObjectMetadata: 'plan',
  MachineInventory: 'host',
  MachineInventoryPool: 'pool',
  BaremetalMachine: 'baremetalMachine',
  BaremetalMachineTemplate: 'baremetalMachineTemplate',
  BaremetalCluster: 'baremetalCluster',
  Machine: 'machine',
  MachineSet: 'machineSet',
  MachineDeployment: 'deployment',
  KubeadmControlPlane: 'controlPlane',
  KubeadmConfigTemplate: 'bootstrapTemplate',
  MachineHealthCheck: 'healthCheck',
  Cluster: 'cluster',
  MachineRegistration: 'registration',
  SeedImage: 'seedImage',
  ConfigMap: 'catalog',
  AppRelease: 'appRelease',
  Event: 'event',
};

/** The kind a raw object is watched as. */
export function kindOfRaw(raw: Raw): Kind | undefined {
  return KIND_OF[String(raw['kind'])];
}

/** The domain object of a raw one. */
export function projected(raw: Raw): DomainObject {
  const kind = kindOfRaw(raw);
  const made = kind && KINDS_TABLE[kind].project(raw);
  if (!made) throw new Error(`nothing becomes of ${JSON.stringify(raw).slice(0, 100)}`);
  return made;
}

/** The domain object of a raw one, of a kind known beforehand. */
export function projectedAs<K extends Kind>(kind: K, raw: unknown): ObjectOf[K] {
  const made = KINDS_TABLE[kind].project(raw);
  if (!made) throw new Error(`nothing becomes of ${JSON.stringify(raw).slice(0, 100)}`);
  return made;
}

export function set(raw: Raw): Change {
  return { type: 'set', object: projected(raw) };
}

export function gone(raw: Raw): Change {
  const { kind, uid, name } = projected(raw);
  return { type: 'delete', kind, uid, name };
}

/** A fleet of some raw objects. */
export function fleetOf(...raws: readonly Raw[]): { index: FleetIndex; fleet: Fleet } {
  const index = createFleet();
  index.apply(raws.map(set));
  return { index, fleet: index.snapshot() };
}

/** A small fleet at rest: three workers of four hosts run, one host is free. */
export function smallFleet(): Raw[] {
  const raws: Raw[] = [
    cluster('prod'),
    baremetalCluster('prod'),
    template('workers-template', 'workers-pool'),
    template('cp-template', 'cp-pool'),
    bootstrapTemplate('workers-bootstrap'),
    deployment('workers', 3, settled(3)),
    machineSet('workers-abc', 'workers', 3),
    pool('workers-pool', ['h1', 'h2', 'h3', 'h4'], {
      status: { total: 4, available: 1, allocated: 3, preparing: 0, reprovisioning: 0, unavailable: 0 },
    }),
  ];
  for (const n of [1, 2, 3]) {
    raws.push(
      host(`h${n}`, 'Allocated', { pool: 'workers-pool', bmm: `w${n}` }),
      plan(`h${n}`, 'reprovision'),
      bmm(`w${n}`, `h${n}`, 'Running'),
      machine(`w${n}`, 'Running'),
    );
  }
  raws.push(host('h4', 'Available', { pool: 'workers-pool' }), plan('h4', 'clean'));
  return raws;
}
