/** What all objects have beside what their kind has: k8s.io/apimachinery/pkg/apis/meta/v1. */

import { about, atom, bool, int64, list, map, object, type Schema, string, time } from './schema.ts';

const owner: Schema = {
  definition: 'OwnerReference',
  ...atom({
    'apiVersion!': string,
    blockOwnerDeletion: about('Whether the owner waits for this object when it is deleted in the foreground.', bool),
    controller: about('Whether the owner is the one that manages this object.', bool),
    'kind!': string,
    'name!': string,
    'uid!': string,
  }),
};
const manager: Schema = {
  definition: 'ManagedFieldsEntry',
  ...object({
    apiVersion: string,
    fieldsType: string,
    fieldsV1: { type: 'object' },
    manager: string,
    operation: string,
    subresource: string,
    time,
  }),
};

/** metav1.ObjectMeta. */
export const objectMeta = object(
  {
    annotations: about('Key-value notes set by tools; not queryable.', map(string)),
    creationTimestamp: about('Time of creation, set by the server.', time),
    deletionGracePeriodSeconds: int64(),
    deletionTimestamp: about('Time at which deletion was requested; set while finalizers remain.', time),
    finalizers: about('Must be empty before the object is removed from the registry.', {
      ...list(string, { set: true }),
      'x-kubernetes-patch-strategy': 'merge',
    }),
    generateName: about('Prefix from which the server generates a unique name.', string),
    generation: about('Sequence number of the desired state.', int64()),
    labels: about('Key-value pairs used to organize and select objects.', map(string)),
    managedFields: about('Field ownership by manager, maintained by the server.', list(manager, { atomic: true })),
    name: about('Unique among the objects of its kind in its namespace.', string),
    namespace: string,
    ownerReferences: about('Objects this object depends on; it is garbage collected with them.', {
      ...list(owner, { keys: ['uid'] }),
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'uid',
    }),
    resourceVersion: about('Opaque version of the object for optimistic concurrency.', string),
    selfLink: string,
    uid: about('Unique in time and space, set by the server.', string),
  },
  { definition: 'ObjectMeta', description: 'ObjectMeta is metadata that all persisted resources have.' },
);
