/** What is told of the kinds of Kubernetes itself beyond what is checked of them: for `kubectl explain`. */

import { KUBERNETES_TYPES } from './kubernetes-shapes.ts';
import { FURTHER_TYPES } from './kubernetes-shapes-further.ts';
import { VOLUME_TYPES } from './kubernetes-shapes-volumes.ts';
import { objectMeta } from './object-meta.ts';
import { anything, bool, int32, int64, list, map, object, quantity, type Schema, string, time } from './schema.ts';

/** The type of a kind, by plural name, and what it is where its own schema does not say it. */
const KINDS: Readonly<Record<string, readonly [type: string, description: string]>> = {
  nodes: ['Node', 'A Node is a machine that pods run on.'],
  leases: ['Lease', 'A Lease says who holds something, and until when.'],
  poddisruptionbudgets: ['PodDisruptionBudget', 'A PodDisruptionBudget limits how many pods may be evicted at once.'],
  daemonsets: ['DaemonSet', 'A DaemonSet keeps a pod on each node.'],
  replicasets: ['ReplicaSet', 'A ReplicaSet keeps a number of pods that are alike.'],
  statefulsets: ['StatefulSet', 'A StatefulSet keeps a number of pods that each have an identity.'],
  deployments: ['Deployment', ''],
  pods: ['Pod', ''],
  ...{ roles: ['Role', ''], rolebindings: ['RoleBinding', ''], serviceaccounts: ['ServiceAccount', ''] },
  ...{ namespaces: ['Namespace', ''], events: ['Event', ''], 'events.v1': ['NewerEvent', ''] },
  services: ['Service', ''],
  jobs: ['Job', 'A Job runs pods until enough of them have succeeded.'],
  cronjobs: ['CronJob', 'A CronJob makes jobs by a schedule.'],
  endpoints: ['Endpoints', 'Endpoints are the addresses behind a service.'],
  resourcequotas: ['ResourceQuota', 'A ResourceQuota limits what a namespace may use.'],
  persistentvolumeclaims: ['PersistentVolumeClaim', 'A PersistentVolumeClaim asks for storage.'],
  clusterroles: ['ClusterRole', 'A ClusterRole is a set of rights.'],
  clusterrolebindings: [
    'ClusterRoleBinding',
    'A ClusterRoleBinding gives the rights of a ClusterRole to somebody, everywhere.',
  ],
  priorityclasses: ['PriorityClass', 'A PriorityClass says which pods go before others.'],
  networkpolicies: ['NetworkPolicy', 'A NetworkPolicy says who may speak with which pods.'],
  ingresses: ['Ingress', 'An Ingress leads requests from outside to services.'],
  customresourcedefinitions: ['CustomResourceDefinition', 'A CustomResourceDefinition lets the server serve a kind.'],
  controllerrevisions: ['ControllerRevision', 'A ControllerRevision is a state of what a controller has made.'],
  storageclasses: ['StorageClass', 'A StorageClass says how storage is made.'],
  apiservices: ['APIService', 'An APIService says who serves a version of a group.'],
  certificatesigningrequests: ['CertificateSigningRequest', 'A CertificateSigningRequest asks for a certificate.'],
  componentstatuses: ['ComponentStatus', 'A ComponentStatus says how a part of the control plane is. Deprecated.'],
  csidrivers: ['CSIDriver', 'A CSIDriver tells of a driver of storage.'],
  csinodes: ['CSINode', 'A CSINode tells which drivers of storage a node has.'],
  csistoragecapacities: ['CSIStorageCapacity', 'A CSIStorageCapacity tells how much room a driver has where.'],
  endpointslices: ['EndpointSlice', 'An EndpointSlice is a part of the addresses behind a service.'],
  flowschemas: ['FlowSchema', 'A FlowSchema says which requests are one flow, and of which priority.'],
  horizontalpodautoscalers: ['HorizontalPodAutoscaler', 'A HorizontalPodAutoscaler sets how many pods there are.'],
  'horizontalpodautoscalers.v1': [
    'AutoscalerHorizontalPodAutoscaler',
    'A HorizontalPodAutoscaler sets how many pods there are.',
  ],
  ingressclasses: ['IngressClass', 'An IngressClass says which controller carries out an Ingress.'],
  limitranges: ['LimitRange', 'A LimitRange limits what one pod or container of a namespace may use.'],
  mutatingwebhookconfigurations: ['MutatingWebhookConfiguration', 'Registers webhooks that may change objects.'],
  persistentvolumes: ['PersistentVolume', 'A PersistentVolume is a piece of storage.'],
  podtemplates: ['PodTemplate', 'A PodTemplate says how copies of a pod are made.'],
  prioritylevelconfigurations: [
    'PriorityLevelConfiguration',
    'A PriorityLevelConfiguration says how many requests of a priority are served at once.',
  ],
  replicationcontrollers: ['ReplicationController', 'A ReplicationController keeps a number of pods that are alike.'],
  runtimeclasses: ['RuntimeClass', 'A RuntimeClass says by what containers are run.'],
  validatingadmissionpolicies: ['ValidatingAdmissionPolicy', 'A ValidatingAdmissionPolicy says what is refused.'],
  validatingadmissionpolicybindings: [
    'ValidatingAdmissionPolicyBinding',
    'A ValidatingAdmissionPolicyBinding says where a policy holds.',
  ],
  validatingwebhookconfigurations: ['ValidatingWebhookConfiguration', 'Registers webhooks that may refuse objects.'],
  volumeattachments: ['VolumeAttachment', 'A VolumeAttachment attaches a volume to a node.'],
};

const PLAIN: Readonly<Record<string, Schema>> = {
  ...{ ObjectMeta: objectMeta, b: bool, i: int32(), l: int64(), m: map(string), o: { ...anything, type: 'object' } },
  ...{ a: { ...map(string), 'x-kubernetes-map-type': 'atomic' }, q: quantity, s: string, t: time },
};

/** Types that are owned as a whole by who applies them. */
const ATOMS = new Set([
  ...['ConfigMapKeySelector', 'CrossVersionObjectReference', 'EndpointAddress', 'EndpointPort', 'LabelSelector'],
  ...['LocalObjectReference', 'NodeSelector', 'NodeSelectorTerm', 'ObjectFieldSelector', 'ObjectReference'],
  ...['PolicyMatch', 'PolicyParam', 'PolicyParamRef', 'PolicyRuleNamed', 'ResourceFieldSelector', 'RoleRef'],
  ...['ScopeSelector', 'SecretKeySelector', 'SecretReference', 'ServiceBackendPort', 'Subject'],
  ...['TopologySelectorTerm', 'TypedLocalObjectReference', 'AutoscalerCrossVersionObjectReference'],
]);

/** A field as a line has it. */
const FIELD = /^(\w+)(!?)(?::(\w+)([^~]*)(~?))?(?:=(\w+))?$/;

/** The lines of the types, by name. */
const lines = new Map<string, string>();
const types = new Map<string, Schema>();

function typeOf(name: string): Schema {
  const known = PLAIN[name] ?? types.get(name);
  if (known) return known;
  const fields = (linesOf().get(name) ?? '').split(' ').filter(Boolean).map(fieldOf);
  const whole = ATOMS.has(name) ? ({ 'x-kubernetes-map-type': 'atomic' } as const) : {};
  const made = object(Object.fromEntries(fields), { ...whole, definition: name });
  types.set(name, made);
  return made;
}

function fieldOf(field: string): [name: string, schema: Schema] {
  const [, name = '', required = '', type = 's', around = '', retains = '', preset] = FIELD.exec(field) ?? [];
  let schema = typeOf(type);
  for (const [, inner] of around.matchAll(/\[([^\]]*)\]|\{\}/g)) {
    schema = inner === undefined ? map(schema) : listOf(schema, inner);
  }
  const patches = schema['x-kubernetes-patch-strategy'] ? 'merge,retainKeys' : 'retainKeys';
  if (retains) schema = { ...schema, 'x-kubernetes-patch-strategy': patches };
  return [`${name}${required}`, preset === undefined ? schema : { ...schema, default: preset }];
}

/** A list, by what stands in its brackets. */
function listOf(items: Schema, how: string): Schema {
  if (how === '') return list(items, { atomic: true });
  const merges = { 'x-kubernetes-patch-strategy': 'merge' } as const;
  if (how === '=' || how === '+') return { ...list(items, { set: true }), ...(how === '+' ? merges : {}) };
  const keys = how.replace('*', '').split(',');
  const merged = how.endsWith('*') ? {} : { ...merges, 'x-kubernetes-patch-merge-key': keys[0] ?? '' };
  return { ...list(items, { keys }), ...merged };
}

/** The types that a type consists of, by all that is in it, itself included. */
export function typesIn(name: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(name) || !linesOf().has(name)) return found;
  found.add(name);
  for (const field of (linesOf().get(name) ?? '').split(' ')) typesIn(FIELD.exec(field)?.[3] ?? '', found);
  return found;
}

/** The types of the kinds of Kubernetes itself. */
export const kindTypes = (): string[] => Object.values(KINDS).map(([type]) => type);

/** Read when somebody asks for the first time. */
function linesOf(): Map<string, string> {
  if (lines.size > 0) return lines;
  const all = [KUBERNETES_TYPES, FURTHER_TYPES, VOLUME_TYPES].map((text) => text.trim()).join('\n');
  for (const line of all.replaceAll('\n  ', ' ').split('\n')) {
    const [name = '', fields = ''] = line.split(/ = ?/);
    lines.set(name, fields);
  }
  return lines;
}

/**
 * Where a path leads in a kind of Kubernetes, by plural name: the type in which its last field is, and that field's type,
 * with `[]` for lists. A map ends the path. Undefined where nothing is known.
 */
export function placeOf(
  plural: string,
  kind: string,
  path: readonly string[],
): [owner: string, field: string, type?: string] {
  let owner = KINDS[plural]?.[0] ?? kind;
  let at = 0;
  for (;;) {
    const fields = (linesOf().get(owner) ?? '').split(' ').map((one) => FIELD.exec(one));
    const found = fields.find((one) => one?.[1] === path[at]);
    const next = found?.[3] ?? (found ? 's' : '');
    const around = found?.[4]?.replaceAll(/\[[^\]]*\]/g, '[]') ?? '';
    const type = found ? `${next}${around}` : undefined;
    at++;
    if (at >= path.length || !linesOf().has(next) || around.includes('{'))
      return [owner, path.slice(0, at).join('.'), type];
    owner = next;
  }
}

/** What is published of a kind of Kubernetes, by plural name: `schema`, with the other fields that it is known to have. */
export function published(plural: string, schema: Schema): Schema {
  const [type, description] = KINDS[plural] ?? [];
  const told = object({
    apiVersion: { ...string, description: 'API group and version of this representation of the object.' },
    kind: { ...string, description: 'Kind of the REST resource this object represents.' },
    metadata: { ...objectMeta, description: 'Standard object metadata.' },
  });
  const { 'x-kubernetes-preserve-unknown-fields': open } = type === undefined ? schema : {};
  const whole = merged(type === undefined ? told : merged(told, typeOf(type)), schema);
  if (open) whole['x-kubernetes-preserve-unknown-fields'] = open;
  const { spec, status } = whole.properties ?? {};
  const says = (part: Schema, words: string): Schema => ({ ...part, description: part.description ?? words });
  const parts = {
    ...(spec ? { spec: says(spec, 'Desired state of the object.') } : {}),
    ...(status ? { status: says(status, 'Observed state of the object.') } : {}),
  };
  whole.properties = { ...whole.properties, ...parts };
  return description && whole.description === undefined ? { ...whole, description } : whole;
}

/** Both of them; where they say something of the same, the second is right. */
function merged(known: Schema, own: Schema): Schema {
  const properties: Record<string, Schema> = { ...known.properties };
  for (const [name, schema] of Object.entries(own.properties ?? {})) {
    const other = properties[name];
    properties[name] = other === undefined ? schema : merged(other, schema);
  }
  const items = known.items && own.items ? merged(known.items, own.items) : (own.items ?? known.items);
  const required = [...new Set([...(known.required ?? []), ...(own.required ?? [])])];
  // What is known as a whole is not open.
  const { 'x-kubernetes-preserve-unknown-fields': open, ...said } = own;
  return {
    ...known,
    ...said,
    ...(open && known.properties === undefined ? { 'x-kubernetes-preserve-unknown-fields': open } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(items ? { items } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}
