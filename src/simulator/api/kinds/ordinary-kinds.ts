/** Kinds that every Kubernetes cluster serves, and whose schemas nobody here holds them to: they are written as they are. */

import { type Resource, viewOf } from '../resources.ts';
import type { KubeObject } from '../types.ts';
import { autoscalerColumns, autoscalerView } from './autoscaling.ts';
import { at, column } from './cells.ts';
import { age, type Column, NAME } from './columns.ts';
import { type Groups, resourcesOf } from './groups.ts';
import { addressKinds, dynamicKinds } from './later-kinds.ts';
import { text } from './ordinary-columns.ts';
import { WORK_COLUMNS } from './work-columns.ts';

const AGE = age('string');
const cluster = { namespaced: false } as const;

/** `10.1.0.11:6443,...`, as k8s.io/kubernetes/pkg/printers/internalversion prints subsets. */
function endpointsOf({ subsets }: KubeObject): string {
  const all = (Array.isArray(subsets) ? subsets : []).flatMap((subset: unknown) => {
    const ports = at(subset, 'ports');
    const addresses = at(subset, 'addresses');
    const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
    return list(ports).flatMap((one) => list(addresses).map((address) => `${at(address, 'ip')}:${at(one, 'port')}`));
  });
  const more = all.length - 3;
  return all.length === 0 ? '<none>' : more > 0 ? `${all.slice(0, 3).join(',')} + ${more} more...` : all.join(',');
}

const created = { ...NAME, name: 'Created At', type: 'date' as const, format: '' };
const createdAt: Column = { ...created, cell: ({ metadata }) => metadata.creationTimestamp ?? null };

/** As k8s.io/kubernetes/pkg/printers/internalversion prints them. */
const componentColumns: Column[] = [
  NAME,
  column('Status', ({ conditions }) => (saidOf(conditions, 'status') === 'True' ? 'Healthy' : 'Unhealthy')),
  column('Message', ({ conditions }) => saidOf(conditions, 'message')),
  column('Error', ({ conditions }) => saidOf(conditions, 'error')),
];
const saidOf = (conditions: unknown, key: string): string =>
  String((Array.isArray(conditions) ? at(conditions[0], key) : undefined) ?? '');

const whole = (name: string, path: string): Column =>
  column(name, (object) => {
    const value = at(object, path);
    return typeof value === 'number' ? value : '<none>';
  });
const flowColumns: Column[] = [
  NAME,
  text('PriorityLevel', 'spec.priorityLevelConfiguration.name'),
  whole('MatchingPrecedence', 'spec.matchingPrecedence'),
  text('DistinguisherMethod', 'spec.distinguisherMethod.type'),
  AGE,
  column('MissingPL', ({ status }) => saidOf(status?.['conditions'], 'status') || '?'),
];
const levelColumns: Column[] = [
  NAME,
  text('Type', 'spec.type'),
  whole('NominalConcurrencyShares', 'spec.limited.nominalConcurrencyShares'),
  whole('Queues', 'spec.limited.limitResponse.queuing.queues'),
  whole('HandSize', 'spec.limited.limitResponse.queuing.handSize'),
  whole('QueueLengthLimit', 'spec.limited.limitResponse.queuing.queueLengthLimit'),
  AGE,
];

const GROUPS: Groups = {
  '': [
    ['componentstatuses', 'ComponentStatus', ['cs'], { ...cluster, columns: componentColumns }],
    ['endpoints', 'Endpoints', ['ep'], { columns: [NAME, column('Endpoints', endpointsOf), AGE] }],
    ['limitranges', 'LimitRange', ['limits']],
    ['persistentvolumeclaims', 'PersistentVolumeClaim', ['pvc'], { status: true, columns: WORK_COLUMNS.claims }],
    ['persistentvolumes', 'PersistentVolume', ['pv'], { ...cluster, status: true }],
    ['podtemplates', 'PodTemplate'],
    [
      'replicationcontrollers',
      'ReplicationController',
      ['rc'],
      { status: true, scale: true, generations: true, categories: ['all'], fields: ['status.replicas'] },
    ],
    ['resourcequotas', 'ResourceQuota', ['quota'], { status: true }],
  ],
  apps: [
    ['controllerrevisions', 'ControllerRevision', [], { columns: WORK_COLUMNS.revisions }],
    [
      'statefulsets',
      'StatefulSet',
      ['sts'],
      { status: true, scale: true, categories: ['all'], generations: true, columns: WORK_COLUMNS.statefulSets },
    ],
  ],
  'autoscaling/v2': [
    [
      'horizontalpodautoscalers',
      'HorizontalPodAutoscaler',
      ['hpa'],
      { status: true, categories: ['all'], columns: autoscalerColumns },
    ],
  ],
  batch: [
    [
      'cronjobs',
      'CronJob',
      ['cj'],
      { status: true, categories: ['all'], generations: true, columns: WORK_COLUMNS.cronJobs },
    ],
    [
      'jobs',
      'Job',
      [],
      {
        status: true,
        categories: ['all'],
        generations: true,
        columns: WORK_COLUMNS.jobs,
        fields: ['status.successful'],
      },
    ],
  ],
  'certificates.k8s.io': [
    [
      'certificatesigningrequests',
      'CertificateSigningRequest',
      ['csr'],
      { ...cluster, status: true, approval: true, fields: ['spec.signerName'] },
    ],
  ],
  'apiregistration.k8s.io': [
    [
      'apiservices',
      'APIService',
      [],
      {
        ...cluster,
        status: true,
        categories: ['api-extensions'],
        columns: [NAME, column('Service', () => 'Local'), column('Available', () => 'True'), AGE],
      },
    ],
  ],
  'discovery.k8s.io': [
    [
      'endpointslices',
      'EndpointSlice',
      [],
      {
        generations: true,
        columns: [
          NAME,
          text('AddressType', 'addressType'),
          column('Ports', portsOf),
          column('Endpoints', slicesOf),
          AGE,
        ],
      },
    ],
  ],
  'flowcontrol.apiserver.k8s.io': [
    ['flowschemas', 'FlowSchema', [], { ...cluster, status: true, generations: true, columns: flowColumns }],
    [
      'prioritylevelconfigurations',
      'PriorityLevelConfiguration',
      [],
      { ...cluster, status: true, generations: true, columns: levelColumns },
    ],
  ],
  'networking.k8s.io': [
    ['ingressclasses', 'IngressClass', [], { ...cluster, generations: true }],
    ['ingresses', 'Ingress', ['ing'], { status: true, generations: true }],
    ['networkpolicies', 'NetworkPolicy', ['netpol'], { generations: true }],
  ],
  'node.k8s.io': [['runtimeclasses', 'RuntimeClass', [], cluster]],
  'rbac.authorization.k8s.io': [
    ['clusterrolebindings', 'ClusterRoleBinding', [], cluster],
    ['clusterroles', 'ClusterRole', [], { ...cluster, columns: [NAME, createdAt] }],
  ],
  'scheduling.k8s.io': [
    [
      'priorityclasses',
      'PriorityClass',
      ['pc'],
      {
        ...cluster,
        generations: true,
        columns: [
          NAME,
          column('Value', (o) => Number(at(o, 'value') ?? 0), 0, 'integer'),
          column('Global-Default', (o) => at(o, 'globalDefault') === true, 0, 'boolean'),
          AGE,
          text('PreemptionPolicy', 'preemptionPolicy', 'PreemptLowerPriority'),
        ],
      },
    ],
  ],
  'storage.k8s.io': [
    ['csidrivers', 'CSIDriver', [], cluster],
    ['csinodes', 'CSINode', [], cluster],
    ['csistoragecapacities', 'CSIStorageCapacity'],
    ['storageclasses', 'StorageClass', ['sc'], cluster],
    ['volumeattachments', 'VolumeAttachment', [], { ...cluster, status: true }],
  ],
};

function portsOf({ ports }: KubeObject): string {
  return (Array.isArray(ports) ? ports.map((one) => String(at(one, 'port'))) : []).join(',') || '<unset>';
}

function slicesOf({ endpoints }: KubeObject): string {
  const all = (Array.isArray(endpoints) ? endpoints : []).flatMap((one: unknown) => {
    const addresses = at(one, 'addresses');
    return Array.isArray(addresses) ? addresses.map(String) : [];
  });
  const more = all.length - 3;
  return all.length === 0 ? '<unset>' : more > 0 ? `${all.slice(0, 3).join(',')} + ${more} more...` : all.join(',');
}

const kept: readonly Resource[] = resourcesOf(GROUPS);

/** All of them. */
export const ordinaryKinds: readonly Resource[] = kept.flatMap((one) =>
  one.group === 'autoscaling' ? [one, viewOf(one, { version: 'v1' }, autoscalerView)] : [one],
);

/** Their plural names. */
export const ordinaryPlurals: readonly string[] = [...kept, ...addressKinds, ...dynamicKinds].map(
  ({ plural }) => plural,
);
