/** Kinds that clusters of later versions serve beside the ordinary ones. */

import type { Resource } from '../resources.ts';
import type { KubeObject } from '../types.ts';
import { at, column, records } from './cells.ts';
import { age, NAME } from './columns.ts';
import { type Groups, resourcesOf } from './groups.ts';

const AGE = age('string');
const cluster = { namespaced: false } as const;

/** What 1.33 and later serve beside. */
const LATER: Groups = {
  'networking.k8s.io': [
    [
      'ipaddresses',
      'IPAddress',
      ['ip'],
      {
        ...cluster,
        generations: true,
        fields: ['spec.parentRef.name'],
        columns: [NAME, column('ParentRef', parentOf), AGE],
      },
    ],
    [
      'servicecidrs',
      'ServiceCIDR',
      [],
      { ...cluster, status: true, generations: true, columns: [NAME, column('CIDRs', cidrsOf), AGE] },
    ],
  ],
};

/** What 1.34 and later serve beside: dynamic resources, and classes of what volumes are like. */
const LATEST: Groups = {
  'resource.k8s.io': [
    ['deviceclasses', 'DeviceClass', [], { ...cluster, generations: true, columns: [NAME, AGE] }],
    ['resourceclaims', 'ResourceClaim', [], { status: true, columns: [NAME, column('State', claimStateOf), AGE] }],
    ['resourceclaimtemplates', 'ResourceClaimTemplate', [], { columns: [NAME, AGE] }],
    [
      'resourceslices',
      'ResourceSlice',
      [],
      {
        ...{ ...cluster, generations: true, fields: ['spec.driver', 'spec.nodeName'] },
        columns: [
          ...[NAME, column('Node', (one) => String(at(one, 'spec.nodeName') ?? '<none>'))],
          ...[column('Driver', (one) => String(at(one, 'spec.driver') ?? ''))],
          ...[column('Pool', (one) => String(at(one, 'spec.pool.name') ?? '')), AGE],
        ],
      },
    ],
  ],
  'storage.k8s.io': [
    [
      'volumeattributesclasses',
      'VolumeAttributesClass',
      ['vac'],
      { ...cluster, columns: [NAME, column('DriverName', (one) => String(at(one, 'driverName') ?? '')), AGE] },
    ],
  ],
};

/** How a claim for devices stands: pkg/printers/internalversion, resourceClaimState. */
function claimStateOf(object: KubeObject): string {
  const allocated = at(object, 'status.allocation') !== undefined;
  const reserved = records(at(object, 'status.reservedFor')).length > 0;
  const states = [
    ...(object.metadata.deletionTimestamp ? ['deleted'] : []),
    ...(allocated ? ['allocated'] : object.metadata.deletionTimestamp ? [] : ['pending']),
    ...(reserved ? ['reserved'] : []),
  ];
  return states.join(',');
}

function parentOf(object: KubeObject): string {
  const of = (key: string) => String(at(object, `spec.parentRef.${key}`) ?? '');
  const named = of('namespace') ? `${of('namespace')}/${of('name')}` : of('name');
  return `${of('resource')}${of('group') ? `.${of('group')}` : ''}/${named}`;
}

function cidrsOf(object: KubeObject): string {
  const cidrs = at(object, 'spec.cidrs');
  return Array.isArray(cidrs) ? cidrs.join(',') : '';
}

/** The addresses of Services, as 1.33 and later serve them. */
export const addressKinds: readonly Resource[] = resourcesOf(LATER);

/** Dynamic resources and classes of volumes, as 1.34 and later serve them. */
export const dynamicKinds: readonly Resource[] = resourcesOf(LATEST);
