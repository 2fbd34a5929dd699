/** What a Namespace that is going says of what is left in it: k8s.io/kubernetes/pkg/controller/namespace/deletion. */

import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { timestamp } from '../write/metadata.ts';

interface Left {
  resource: Resource;
  object: KubeObject;
}

type Said = [type: string, isSo: boolean, reason: string, message: string];

/** The Namespace with its conditions; the same one where they are as they were. `now` is Unix time in ms. */
export function remaining(space: KubeObject, left: readonly Left[], now: number): KubeObject {
  const kinds = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const { resource, object } of left) {
    count(kinds, `${resource.plural}.${resource.group}`);
    for (const finalizer of object.metadata.finalizers ?? []) count(finalizers, finalizer);
  }
  const told = (map: Map<string, number>, what: string) =>
    [...map]
      .map(([name, number]) => `${name} ${what === 'has' ? `has ${number}` : `in ${number}`} resource instances`)
      .sort()
      .join(', ');
  const held: Said =
    finalizers.size > 0
      ? [
          ...(['NamespaceFinalizersRemaining', true, 'SomeFinalizersRemain'] as const),
          `Some content in the namespace has finalizers remaining: ${told(finalizers, 'in')}`,
        ]
      : [
          ...(['NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers'] as const),
          'All content-preserving finalizers finished',
        ];
  const said: Said[] = [
    [
      ...(['NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered'] as const),
      'All resources successfully discovered',
    ],
    [
      ...(['NamespaceDeletionGroupVersionParsingFailure', false, 'ParsedGroupVersions'] as const),
      'All legacy kube types successfully parsed',
    ],
    [
      ...(['NamespaceDeletionContentFailure', false, 'ContentDeleted'] as const),
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      ...(['NamespaceContentRemaining', true, 'SomeResourcesRemain'] as const),
      `Some resources are remaining: ${told(kinds, 'has')}`,
    ],
    held,
  ];
  const before = (Array.isArray(space.status?.['conditions']) ? space.status['conditions'] : []).filter(isRecord);
  const conditions = said.map(([type, isSo, reason, message]) => {
    const last = before.find((one) => one['type'] === type);
    const status = isSo ? 'True' : 'False';
    const lastTransitionTime = last?.['status'] === status ? last['lastTransitionTime'] : timestamp(now);
    return { lastTransitionTime, message, reason, status, type };
  });
  const isSame = conditions.every(({ message }, at) => before[at]?.['message'] === message);
  return isSame && before.length > 0 ? space : { ...space, status: { ...space.status, conditions } };
}
