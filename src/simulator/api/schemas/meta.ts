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
  'lastTransitionTime!': about('When the status last changed.', time),
  'message!': about('For people: what is so, or what is missing.', text(undefined, 32768)),
  observedGeneration: about('The generation that was judged.', int64(0)),
  'reason!': about('For programs: why, in one word.', text(1, 1024, '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$')),
  'status!': choice('True', 'False', 'Unknown'),
  'type!': about('What this is about.', text(undefined, 316, QUALIFIED_NAME)),
});

/** metav1.Condition, one of each type. */
export const conditions = about(
  'What is so of this object, one entry for each question.',
  list(condition, { max: 32, keys: ['type'] }),
);

/** metav1.Condition as the CRDs of the provider and of Elemental list it. */
export const plainConditions = about('What is so of this object, one entry for each question.', list(condition));

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
  annotations: about('Annotations of what is made from this.', map(string)),
  labels: about('Labels of what is made from this.', map(string)),
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
      apiVersion: about('The group and version of this object’s schema.', string),
      kind: about('The kind of this object.', string),
      metadata: about('Name, labels, owners and the like.', { type: 'object' }),
      [required ? 'spec!' : 'spec']: about('What is wanted.', spec),
      ...(status === undefined ? {} : { status: about('What is.', status) }),
    },
    { description },
  );
