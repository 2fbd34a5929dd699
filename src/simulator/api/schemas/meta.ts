/** Blocks that the API machinery and the CRDs of several projects share. */
import {
  about,
  atom,
  choice,
  type Fields,
  int64,
  list,
  map,
  object,
  type Schema,
  string,
  text,
  time,
} from './schema.ts';

export const QUALIFIED_NAME =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$';
export const DNS_LABEL = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
export const DNS_SUBDOMAIN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

/** metav1.Condition. */
export const condition = object({
  'lastTransitionTime!': about('Time at which the status of the condition changed last.', time),
  'message!': about('Human-readable details about the last transition.', text(undefined, 32768)),
  observedGeneration: about('metadata.generation of the object that the condition was computed from.', int64(0)),
  'reason!': about(
    'Machine-readable CamelCase identifier of the cause of the last transition.',
    text(1, 1024, '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$'),
  ),
  'status!': choice('True', 'False', 'Unknown'),
  'type!': about('CamelCase type of the condition.', text(undefined, 316, QUALIFIED_NAME)),
});

/** metav1.Condition, one of each type. */
export const conditions = about(
  'Conditions of the object, in the form of metav1.Condition; one entry per type.',
  list(condition, { max: 32, keys: ['type'] }),
);

/** metav1.Condition as the CRDs of the provider and of Elemental list it. */
export const plainConditions = about(
  'Conditions of the object, in the form of metav1.Condition; one entry per type.',
  list(condition),
);

/** corev1.ObjectReference. */
export const objectReference = atom({
  apiVersion: string,
  fieldPath: string,
  kind: string,
  name: string,
  namespace: string,
  resourceVersion: string,
  uid: string,
});

/** corev1.TypedLocalObjectReference. */
export const typedLocalReference = atom({ apiGroup: string, 'kind!': string, 'name!': string });

export const labelsAndAnnotations: Fields = {
  annotations: about('Annotations set on the objects created from this template.', map(string)),
  labels: about('Labels set on the objects created from this template.', map(string)),
};

/** metav1.LabelSelector. */
export const labelSelector = atom({
  matchExpressions: list(object({ 'key!': string, 'operator!': string, values: list(string, { atomic: true }) }), {
    atomic: true,
  }),
  matchLabels: map(string),
});

/** corev1.Taint. */
export const taint = object({ 'effect!': string, 'key!': string, timeAdded: time, value: string });

/** The schema of a kind with a specification and, where given, a status. `required` says whether it needs a spec. */
export const kind = (
  description: string,
  spec: Schema,
  status?: Schema,
  { required = false }: { required?: boolean } = {},
): Schema =>
  object(
    {
      apiVersion: about('API group and version of this representation of the object.', string),
      kind: about('Kind of the REST resource this object represents.', string),
      metadata: about('Standard object metadata.', { type: 'object' }),
      [required ? 'spec!' : 'spec']: about('Desired state of the object.', spec),
      ...(status === undefined ? {} : { status: about('Observed state of the object.', status) }),
    },
    { description },
  );
