/**
 * The kinds of Kubernetes itself that are served beside the custom resources. Of pods and what makes them only the
 * fields are described that the simulator writes or prints; others pass as they are.
 */
import { labelSelector, objectReference } from './meta.ts';
import {
  about,
  bool,
  int32,
  int64,
  intOrString,
  list,
  map,
  object,
  type Schema,
  string,
  time,
  timeOrNull,
  withDefault,
} from './schema.ts';

/** A kind of Kubernetes: its fields stand beside its metadata. */
const core = (description: string, fields: Record<string, Schema>): Schema =>
  object(
    {
      apiVersion: about('API group and version of this representation of the object.', string),
      kind: about('Kind of the REST resource this object represents.', string),
      metadata: about('Standard object metadata.', { type: 'object' }),
      ...fields,
    },
    { description },
  );

/** An object of which only some fields are described. */
const open = (fields: Record<string, Schema> = {}): Schema =>
  object(fields, { 'x-kubernetes-preserve-unknown-fields': true });

const bytes = map({ type: 'string', format: 'byte' });
const localReference = object({ name: string });

const namespaces = core('A Namespace is a scope for names.', {
  spec: object({ finalizers: list(string) }),
  status: object({ conditions: list(open()), phase: about('Active, or Terminating.', string) }),
});

const secrets = core('A Secret holds data that is not for everybody’s eyes.', {
  data: about('The data, base64-encoded.', bytes),
  immutable: bool,
  stringData: about('Data to add, as plain text. Never shown.', map(string)),
  type: about('What the data is for.', string),
});

const configmaps = core('A ConfigMap holds configuration.', {
  binaryData: bytes,
  data: about('The data, as plain text.', map(string)),
  immutable: bool,
});

const events = core('An Event tells of something that happened to an object.', {
  action: string,
  count: about('How often it has happened.', int32()),
  eventTime: timeOrNull,
  firstTimestamp: timeOrNull,
  'involvedObject!': about('What it is about.', objectReference),
  lastTimestamp: timeOrNull,
  message: about('What happened, for people.', string),
  reason: about('What happened, in one word.', string),
  related: objectReference,
  reportingComponent: string,
  reportingInstance: string,
  series: object({ count: int32(), lastObservedTime: time }),
  source: object({ component: string, host: string }),
  type: about('Normal, or Warning.', string),
});

const newerEvents = core('An Event tells of something that happened to an object.', {
  action: string,
  deprecatedCount: int32(),
  deprecatedFirstTimestamp: timeOrNull,
  deprecatedLastTimestamp: timeOrNull,
  deprecatedSource: object({ component: string, host: string }),
  'eventTime!': about('When it happened first.', timeOrNull),
  note: about('What happened, for people.', string),
  reason: about('What happened, in one word.', string),
  regarding: about('What it is about.', objectReference),
  related: objectReference,
  reportingController: string,
  reportingInstance: string,
  series: object({ count: int32(), lastObservedTime: time }),
  type: about('Normal, or Warning.', string),
});

const serviceaccounts = core('A ServiceAccount is an identity for what runs in a cluster.', {
  automountServiceAccountToken: bool,
  imagePullSecrets: list(localReference),
  secrets: list(objectReference),
});

const containerPort = open({ 'containerPort!': int32(), name: string, protocol: withDefault(string, 'TCP') });
const container = open({
  args: list(string),
  command: list(string),
  image: string,
  imagePullPolicy: string,
  'name!': string,
  ports: list(containerPort, { keys: ['containerPort', 'protocol'] }),
  resources: withDefault(open(), {}),
  terminationMessagePath: withDefault(string, '/dev/termination-log'),
  terminationMessagePolicy: withDefault(string, 'File'),
});
const podSpec = open({
  'containers!': about('What runs in the pod.', list(container, { keys: ['name'] })),
  dnsPolicy: withDefault(string, 'ClusterFirst'),
  schedulerName: withDefault(string, 'default-scheduler'),
  securityContext: withDefault(open(), {}),
  terminationGracePeriodSeconds: withDefault(int64(), 30),
  initContainers: list(container, { keys: ['name'] }),
  nodeName: about('Where the pod runs.', string),
  restartPolicy: withDefault(string, 'Always'),
  serviceAccountName: string,
});
const containerStatus = open({ name: string, ready: bool, restartCount: int32() });

const pods = core('A Pod is a group of containers that run together.', {
  spec: podSpec,
  status: open({
    conditions: list(open()),
    containerStatuses: list(containerStatus),
    initContainerStatuses: list(containerStatus),
    phase: about('Pending, Running, Succeeded, Failed or Unknown.', string),
    podIP: string,
    reason: string,
  }),
});

const port = object({
  appProtocol: string,
  name: string,
  nodePort: int32(),
  'port!': int32(),
  protocol: withDefault(string, 'TCP'),
  targetPort: intOrString,
});

const services = core('A Service is one address for a set of pods.', {
  spec: open({
    clusterIP: about('The address.', string),
    externalIPs: list(string),
    externalName: string,
    ports: list(port, { keys: ['port', 'protocol'] }),
    selector: about('The labels of the pods.', map(string)),
    sessionAffinity: withDefault(string, 'None'),
    type: about('ClusterIP, NodePort, LoadBalancer or ExternalName.', withDefault(string, 'ClusterIP')),
  }),
  status: open({ loadBalancer: open() }),
});

const deployments = core('A Deployment keeps a number of pods that are alike.', {
  spec: open({
    progressDeadlineSeconds: withDefault(int32(), 600),
    replicas: withDefault(int32(), 1),
    revisionHistoryLimit: withDefault(int32(), 10),
    'selector!': labelSelector,
    strategy: withDefault(open(), {
      rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      type: 'RollingUpdate',
    }),
    'template!': object({ metadata: { type: 'object' }, spec: podSpec }),
  }),
  status: open({
    availableReplicas: int32(),
    conditions: list(open()),
    readyReplicas: int32(),
    replicas: int32(),
    updatedReplicas: int32(),
  }),
});

const roles = core('A Role is a set of rights within a namespace.', {
  rules: list(
    object({
      apiGroups: list(string),
      nonResourceURLs: list(string),
      resourceNames: list(string),
      resources: list(string),
      'verbs!': list(string),
    }),
  ),
});

const rolebindings = core('A RoleBinding gives the rights of a Role to somebody.', {
  'roleRef!': object({ 'apiGroup!': string, 'kind!': string, 'name!': string }),
  subjects: list(object({ apiGroup: string, 'kind!': string, 'name!': string, namespace: string })),
});

export const CORE_SCHEMAS: Readonly<Record<string, Schema>> = {
  namespaces,
  secrets,
  configmaps,
  events,
  'events.events.k8s.io': newerEvents,
  serviceaccounts,
  pods,
  services,
  deployments,
  roles,
  rolebindings,
};
