/** Under which names the types of Kubernetes are published: by the Go package that they are in. */

import { kindTypes, typesIn } from '../schemas/shapes.ts';

const META = new Set([
  ...['Condition', 'LabelSelector', 'LabelSelectorRequirement', 'ManagedFieldsEntry', 'ObjectMeta', 'OwnerReference'],
]);
const CORE = 'io.k8s.api.core.v1';

/** Kinds that are not in the core, by package: what they alone consist of is in theirs. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.api.apps.v1': ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'io.k8s.api.admissionregistration.v1': [
    ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  ],
  'io.k8s.api.autoscaling.v1': ['AutoscalerHorizontalPodAutoscaler'],
  'io.k8s.api.autoscaling.v2': ['HorizontalPodAutoscaler'],
  'io.k8s.api.batch.v1': ['CronJob', 'Job'],
  'io.k8s.api.certificates.v1': ['CertificateSigningRequest'],
  'io.k8s.api.coordination.v1': ['Lease'],
  'io.k8s.api.discovery.v1': ['EndpointSlice'],
  'io.k8s.api.events.v1': ['NewerEvent'],
  'io.k8s.api.flowcontrol.v1': ['FlowSchema', 'PriorityLevelConfiguration'],
  'io.k8s.api.networking.v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'io.k8s.api.node.v1': ['RuntimeClass'],
  'io.k8s.api.policy.v1': ['PodDisruptionBudget'],
  'io.k8s.api.rbac.v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'io.k8s.api.scheduling.v1': ['PriorityClass'],
  'io.k8s.api.storage.v1': ['CSIDriver', 'CSINode', 'CSIStorageCapacity', 'StorageClass', 'VolumeAttachment'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1': ['CustomResourceDefinition'],
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1': ['APIService'],
};

/** Types that are called otherwise in the table, because several packages have one of their name. */
const NAMES: Readonly<Record<string, string>> = {
  ApisServiceReference: 'ServiceReference',
  ClaimReference: 'ObjectReference',
  ClaimTemplate: 'PersistentVolumeClaim',
  FlowSubject: 'Subject',
  HookServiceReference: 'ServiceReference',
  HookWebhookClientConfig: 'WebhookClientConfig',
  NewerEventSeries: 'EventSeries',
  PolicyAudit: 'AuditAnnotation',
  PolicyBindingSpec: 'ValidatingAdmissionPolicyBindingSpec',
  PolicyMatch: 'MatchResources',
  PolicyParam: 'ParamKind',
  PolicyParamRef: 'ParamRef',
  PolicyRuleNamed: 'NamedRuleWithOperations',
  PolicySpec: 'ValidatingAdmissionPolicySpec',
  PolicyStatus: 'ValidatingAdmissionPolicyStatus',
  PolicyValidation: 'Validation',
  PolicyVariable: 'Variable',
  SliceConditions: 'EndpointConditions',
  SliceEndpoint: 'Endpoint',
  SliceHints: 'EndpointHints',
  SliceNode: 'ForNode',
  SlicePort: 'EndpointPort',
  SliceZone: 'ForZone',
  TokenRequestAudience: 'TokenRequest',
};

const OF_CORE = new Set([
  'ClaimReference',
  'ClaimTemplate',
  'TopologySelectorLabelRequirement',
  'TopologySelectorTerm',
]);
const packages = new Map<string, string>();

/** `io.k8s.api.core.v1.PodSpec` */
export function typeName(type: string): string {
  if (META.has(type)) return `io.k8s.apimachinery.pkg.apis.meta.v1.${type}`;
  return `${packagesOf().get(type) ?? CORE}.${NAMES[type] ?? type.replace(/^Autoscaler/, '')}`;
}

/** Read when somebody asks for the first time. What kinds of several packages consist of is in the core. */
function packagesOf(): Map<string, string> {
  if (packages.size > 0) return packages;
  const homes = Object.entries(PACKAGES).flatMap(([home, kinds]) => kinds.map((kind) => [kind, home] as const));
  const home = new Map(homes);
  for (const kind of kindTypes()) {
    const own = home.get(kind) ?? CORE;
    for (const type of typesIn(kind)) {
      const known = packages.get(type);
      packages.set(type, OF_CORE.has(type) || (known !== undefined && known !== own) ? CORE : own);
    }
  }
  return packages;
}
