/**
 * What the server adds to what makes Pods, where it was left out: k8s.io/kubernetes/pkg/apis/{apps,batch}/v1/defaults.go,
 * and pkg/registry/batch/job/strategy.go, which tells the Pods of a Job from all others.
 */

import { isRecord, type KubeObject } from '../types.ts';
import { withContainerDefaults } from './container-defaults.ts';
import { pullPolicy } from './pull-policy.ts';
import { volumes } from './volume-defaults.ts';

type Fields = Record<string, unknown>;

const records = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});

const DEFAULTS: Readonly<Record<string, Fields>> = {
  ReplicaSet: { replicas: 1 },
  StatefulSet: {
    ...{ replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  },
  DaemonSet: {
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  },
  Job: {
    ...{ parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false },
    ...{ manualSelector: false, podReplacementPolicy: 'TerminatingOrFailed' },
  },
  CronJob: {
    ...{ concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
  },
};

/** The object with its defaults, in a copy. */
export function withWorkDefaults(object: KubeObject): KubeObject {
  const { spec, metadata, kind } = object;
  if (!isRecord(spec)) return object;
  const whole: Fields = { ...DEFAULTS[kind], ...spec };
  // Who says how many at a time and not how many in all has a queue of work.
  if (kind === 'Job' && spec['parallelism'] === undefined) whole['completions'] ??= 1;
  if (kind === 'CronJob') {
    const job = fieldsOf(spec['jobTemplate']);
    const inner = fieldsOf(job['spec']);
    whole['jobTemplate'] = {
      ...job,
      metadata: fieldsOf(job['metadata']),
      spec: { ...inner, template: template(inner['template']) },
    };
  } else whole['template'] = template(spec['template']);
  const claims = spec['volumeClaimTemplates'];
  if (kind === 'StatefulSet' && Array.isArray(claims)) whole['volumeClaimTemplates'] = claims.map(claim);
  if (kind === 'Job' && spec['manualSelector'] !== true && metadata.uid) Object.assign(whole, ofJob(whole, object));
  // Labels of the template are those of the Job too, where it has none of its own.
  const labels =
    kind === 'Job' && !metadata.labels ? fieldsOf(fieldsOf(whole['template'])['metadata'])['labels'] : undefined;
  const named = isRecord(labels) ? { metadata: { ...metadata, labels: labels as Record<string, string> } } : {};
  return {
    ...object,
    ...named,
    spec: whole,
    ...(kind === 'CronJob' || kind === 'Job' ? { status: object.status ?? {} } : {}),
  };
}

/** A claim that is made for each Pod is a whole object. */
function claim(given: unknown): unknown {
  if (!isRecord(given)) return given;
  return {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...given },
    ...{ spec: { ...fieldsOf(given['spec']), volumeMode: fieldsOf(given['spec'])['volumeMode'] ?? 'Filesystem' } },
    status: given['status'] ?? { phase: 'Pending' },
  };
}

/** The Pods of a Job carry its name and uid, and that is how it knows them. */
function ofJob({ template: given, selector }: Fields, { metadata: { name, uid = '' } }: KubeObject): Fields {
  const of = fieldsOf(given);
  const meta = fieldsOf(of['metadata']);
  const labels = {
    ...fieldsOf(meta['labels']),
    ...{ 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name },
    ...{ 'controller-uid': uid, 'job-name': name },
  };
  return {
    selector: selector ?? { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
    template: { ...of, metadata: { ...meta, labels } },
  };
}

function template(given: unknown): Fields {
  const of = fieldsOf(given);
  const spec = fieldsOf(of['spec']);
  const containers = (key: string) => (spec[key] === undefined ? {} : { [key]: records(spec[key]).map(container) });
  return {
    ...of,
    metadata: fieldsOf(of['metadata']),
    spec: {
      ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst' },
      ...{ securityContext: {}, schedulerName: 'default-scheduler' },
      ...spec,
      ...accountOf(spec),
      ...containers('initContainers'),
      ...containers('containers'),
      ...(Array.isArray(spec['volumes']) ? { volumes: volumes(spec['volumes']) } : {}),
    },
  };
}

/** An account goes by an older name too: k8s.io/kubernetes/pkg/apis/core/v1/conversion.go. */
export function accountOf({ serviceAccountName, serviceAccount }: Fields): Fields {
  const name = serviceAccountName || serviceAccount;
  return name ? { serviceAccountName: name, serviceAccount: name } : {};
}

const container = (one: Fields): Fields => ({
  ...{ resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
  imagePullPolicy: pullPolicy(one['image']),
  ...withContainerDefaults(one),
});
