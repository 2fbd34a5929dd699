/**
 * Reads the bodies that kubectl sends as protobuf, which it does for built-in kinds it writes through typed clients:
 * `create`, `autoscale`, `debug`, `certificate` and `auth can-i`. Field numbers are those of the generated.proto files in k8s.io/api and
 * k8s.io/apimachinery.
 */

import { autoscalerSpec, firstAutoscalerSpec } from './protobuf-autoscalers.ts';
import {
  base64,
  flag,
  ifSet,
  inner,
  intOrString,
  labelSelector,
  list,
  type Message,
  map,
  one,
  quantityText,
  type Reader,
  readMessage,
  someNumber,
  someText,
  whole,
} from './protobuf-message.ts';
import { podSpec, template } from './protobuf-pods.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What stands before every message: `k8s` and a zero, then a runtime.Unknown. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0]);

const ownerReference: Message = {
  1: one('kind'),
  3: one('name'),
  4: one('uid'),
  5: one('apiVersion'),
  6: one('controller', flag),
  7: one('blockOwnerDeletion', flag),
};
const metadata = one(
  'metadata',
  inner({
    1: one('name'),
    2: one('generateName'),
    3: one('namespace'),
    5: one('uid'),
    6: one('resourceVersion'),
    11: map('labels'),
    12: map('annotations'),
    13: list('ownerReferences', inner(ownerReference)),
    14: list('finalizers'),
  }),
);
const resourceAttributes = inner({
  1: one('namespace'),
  2: one('verb'),
  3: one('group'),
  4: one('version'),
  5: one('resource'),
  6: one('subresource'),
  7: one('name'),
});
const policyRule = inner({
  1: list('verbs'),
  2: list('apiGroups'),
  3: list('resources'),
  4: list('resourceNames'),
  5: list('nonResourceURLs'),
});

const deploymentSpec = inner({
  1: one('replicas', whole),
  2: one('selector', labelSelector),
  3: one('template', template),
  5: one('minReadySeconds', someNumber),
  6: one('revisionHistoryLimit', whole),
  7: one('paused', ifSet),
  9: one('progressDeadlineSeconds', whole),
});
const servicePort = inner({
  1: one('name', someText),
  2: one('protocol'),
  3: one('port', whole),
  4: one('targetPort', intOrString),
  5: one('nodePort', someNumber),
});
const serviceSpec = inner({
  1: list('ports', servicePort),
  2: map('selector'),
  3: one('clusterIP'),
  4: one('type'),
  7: one('sessionAffinity'),
  10: one('externalName'),
});
const jobSpec = inner({
  1: one('parallelism', whole),
  2: one('completions', whole),
  3: one('activeDeadlineSeconds', whole),
  4: one('selector', labelSelector),
  5: one('manualSelector', flag),
  6: one('template', template),
  7: one('backoffLimit', whole),
  8: one('ttlSecondsAfterFinished', whole),
});
const cronJobSpec = inner({
  1: one('schedule'),
  2: one('startingDeadlineSeconds', whole),
  3: one('concurrencyPolicy'),
  4: one('suspend', flag),
  5: one(
    'jobTemplate',
    inner({ 1: one('metadata', inner({ 1: one('name'), 11: map('labels') })), 2: one('spec', jobSpec) }),
  ),
  6: one('successfulJobsHistoryLimit', whole),
  7: one('failedJobsHistoryLimit', whole),
});
const nonResourceAttributes = inner({ 1: one('path'), 2: one('verb') });

const ingressBackend = inner({
  3: one('resource', inner({ 1: one('apiGroup'), 2: one('kind'), 3: one('name') })),
  4: one(
    'service',
    inner({ 1: one('name'), 2: one('port', inner({ 1: one('name', someText), 2: one('number', someNumber) })) }),
  ),
});
const ingressPath = inner({ 1: one('path'), 2: one('backend', ingressBackend), 3: one('pathType') });
const ingressRules = inner({ 1: one('http', inner({ 1: list('paths', ingressPath) })) });
/** What JSON has beside the host is a message of its own here. */
const ingressRule: Reader = (value) => (ingressRules(value) as { http?: unknown } | undefined)?.http;
const ingressSpec = inner({
  1: one('defaultBackend', ingressBackend),
  2: list('tls', inner({ 1: list('hosts'), 2: one('secretName') })),
  3: list('rules', inner({ 1: one('host'), 2: one('http', ingressRule) })),
  4: one('ingressClassName'),
});

/** A time of metav1: seconds, without those below them. */
const time: Reader = (value) => {
  const { seconds = 0 } = (inner({ 1: one('seconds', whole) })(value) ?? {}) as { seconds?: number };
  return seconds > 0 ? new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z') : undefined;
};
const signingSpec = inner({
  1: one('request', base64),
  2: one('username'),
  3: one('uid'),
  4: list('groups'),
  5: list('usages'),
  6: map('extra', (value) => (inner({ 1: list('items') })(value) as { items?: unknown } | undefined)?.items ?? []),
  7: one('signerName'),
  8: one('expirationSeconds', whole),
});
const signingCondition = inner({
  1: one('type'),
  2: one('reason'),
  3: one('message'),
  4: one('lastUpdateTime', time),
  5: one('lastTransitionTime', time),
  6: one('status'),
});

/** The kinds that are read, by apiVersion and kind. */
const KINDS: Readonly<Record<string, Message>> = {
  'v1/ConfigMap': { 1: metadata, 2: map('data'), 3: map('binaryData', base64), 4: one('immutable', flag) },
  'v1/Secret': {
    1: metadata,
    2: map('data', base64),
    3: one('type'),
    4: map('stringData'),
    5: one('immutable', flag),
  },
  'v1/Namespace': { 1: metadata },
  'certificates.k8s.io/v1/CertificateSigningRequest': {
    1: metadata,
    2: one('spec', signingSpec),
    3: one('status', inner({ 1: list('conditions', signingCondition), 2: one('certificate', base64) })),
  },
  'v1/Pod': { 1: metadata, 2: one('spec', podSpec) },
  'v1/Service': { 1: metadata, 2: one('spec', serviceSpec) },
  'apps/v1/Deployment': { 1: metadata, 2: one('spec', deploymentSpec) },
  'v1/ServiceAccount': {
    1: metadata,
    3: list('imagePullSecrets', inner({ 1: one('name') })),
    4: one('automountServiceAccountToken', flag),
  },
  'rbac.authorization.k8s.io/v1/Role': { 1: metadata, 2: list('rules', policyRule) },
  'rbac.authorization.k8s.io/v1/RoleBinding': {
    1: metadata,
    2: list('subjects', inner({ 1: one('kind'), 2: one('apiGroup'), 3: one('name'), 4: one('namespace') })),
    3: one('roleRef', inner({ 1: one('apiGroup'), 2: one('kind'), 3: one('name') })),
  },
  'rbac.authorization.k8s.io/v1/ClusterRole': { 1: metadata, 2: list('rules', policyRule) },
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': {
    1: metadata,
    2: list('subjects', inner({ 1: one('kind'), 2: one('apiGroup'), 3: one('name'), 4: one('namespace') })),
    3: one('roleRef', inner({ 1: one('apiGroup'), 2: one('kind'), 3: one('name') })),
  },
  'v1/ResourceQuota': {
    1: metadata,
    2: one('spec', inner({ 1: map('hard', quantityText), 2: list('scopes') })),
  },
  'batch/v1/Job': { 1: metadata, 2: one('spec', jobSpec) },
  'batch/v1/CronJob': { 1: metadata, 2: one('spec', cronJobSpec) },
  'autoscaling/v1/HorizontalPodAutoscaler': { 1: metadata, 2: one('spec', firstAutoscalerSpec) },
  'autoscaling/v2/HorizontalPodAutoscaler': { 1: metadata, 2: one('spec', autoscalerSpec) },
  'networking.k8s.io/v1/Ingress': { 1: metadata, 2: one('spec', ingressSpec) },
  'policy/v1/PodDisruptionBudget': {
    1: metadata,
    2: one(
      'spec',
      inner({
        1: one('minAvailable', intOrString),
        2: one('selector', labelSelector),
        3: one('maxUnavailable', intOrString),
      }),
    ),
  },
  'scheduling.k8s.io/v1/PriorityClass': {
    1: metadata,
    2: one('value', whole),
    3: one('globalDefault', flag),
    4: one('description'),
    5: one('preemptionPolicy'),
  },
  'v1/DeleteOptions': {
    1: one('gracePeriodSeconds', whole),
    2: one('preconditions', inner({ 1: one('uid'), 2: one('resourceVersion') })),
    3: one('orphanDependents', flag),
    4: one('propagationPolicy'),
    5: list('dryRun'),
  },
  'authentication.k8s.io/v1/TokenRequest': {
    1: metadata,
    2: one('spec', inner({ 1: list('audiences'), 4: one('expirationSeconds', whole) })),
  },
  'authorization.k8s.io/v1/SelfSubjectAccessReview': {
    1: metadata,
    2: one(
      'spec',
      inner({
        1: one('resourceAttributes', resourceAttributes),
        2: one('nonResourceAttributes', nonResourceAttributes),
      }),
    ),
  },
  'authorization.k8s.io/v1/SelfSubjectRulesReview': { 1: metadata, 2: one('spec', inner({ 1: one('namespace') })) },
};
const UNKNOWN: Message = {
  1: one('typeMeta', inner({ 1: one('apiVersion'), 2: one('kind') })),
  2: one('raw', (value) => value),
};

/** The same body as JSON; undefined where it is cut short, or of a kind that is not read. */
export function jsonOfProtobuf(body: Buffer): string | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  try {
    const { typeMeta, raw } = readMessage(UNKNOWN, body.subarray(MAGIC.length));
    const { apiVersion = '', kind = '' } = (typeMeta ?? {}) as { apiVersion?: string; kind?: string };
    // Options are of every group's version alike.
    const message = KINDS[kind === 'DeleteOptions' ? `v1/${kind}` : `${apiVersion}/${kind}`];
    if (!message || !Buffer.isBuffer(raw)) return undefined;
    return JSON.stringify({ apiVersion, kind, ...readMessage(message, raw) });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
