/** Jobs and CronJobs: k8s.io/kubernetes/pkg/apis/batch/validation. */

import { type Cause, cause } from '../../errors.ts';
import type { KubeObject } from '../../types.ts';
import { shown } from '../go/values.ts';
import { type Fields, fieldsOf, immutableCause, nonNegative, oneOf, type Rules, same } from '../tools.ts';
import { templateCauses } from './pod-spec.ts';
import { scheduleFault } from './schedules.ts';
import { selectorCauses } from './selectors.ts';
import { mismatch } from './work.ts';

const COUNTS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'];

/** What is wrong with a Job. */
export function jobCauses({ metadata, spec }: KubeObject, rules: Rules): Cause[] {
  const given = fieldsOf(spec);
  const generated = given['manualSelector'] !== true && given['selector'] !== undefined;
  const labels = fieldsOf(fieldsOf(given['selector'])['matchLabels']);
  const own = Object.keys(labels).length === 1 && labels['batch.kubernetes.io/controller-uid'] === metadata.uid;
  const told = shown(rules.minor, 'v1.LabelSelector', given['selector']);
  return [
    ...(generated && !own ? [cause.invalid('spec.selector', told, '`selector` not auto-generated')] : []),
    ...jobSpecCauses('spec', given, rules),
    ...(given['selector'] ? [...selectorCauses('spec.selector', given['selector']), ...mismatch(given, rules)] : []),
  ];
}

function jobSpecCauses(at: string, spec: Fields, rules: Rules): Cause[] {
  const mode = spec['completionMode'];
  const pod = fieldsOf(fieldsOf(spec['template'])['spec']);
  const policy = pod['restartPolicy'] ?? 'Always';
  const field = `${at}.template.spec.restartPolicy`;
  const indexed = mode === 'Indexed' && spec['completions'] === undefined;
  return [
    ...COUNTS.flatMap((name) => nonNegative(`${at}.${name}`, spec[name])),
    ...oneOf(`${at}.completionMode`, mode, ['NonIndexed', 'Indexed'], false),
    ...(indexed ? [cause.required(`${at}.completions`, 'when completion mode is Indexed')] : []),
    ...templateCauses(`${at}.template`, spec['template'], rules),
    ...(policy === 'Always' ? [cause.required(field, 'valid values: "OnFailure", "Never"')] : []),
    ...(['Always', 'OnFailure', 'Never'].includes(String(policy))
      ? []
      : [cause.notSupported(field, policy, ['OnFailure', 'Never'])]),
  ];
}

/** What never changes of a Job. */
export function fixedJob({ spec: old, status }: KubeObject, spec: Fields, { minor }: Rules): Cause[] {
  const before = fieldsOf(old);
  // Of an indexed one both numbers go together; a suspended one that has not begun may be placed elsewhere.
  const elastic = spec['completionMode'] === 'Indexed' && spec['completions'] === spec['parallelism'];
  const waits = before['suspend'] === true && !fieldsOf(status)['startTime'];
  const changed = (field: string) => !same(before[field], spec[field]);
  return [
    ...(changed('completions') && !elastic ? [immutableCause('spec.completions', spec['completions'] ?? 'null')] : []),
    ...(changed('selector')
      ? [immutableCause('spec.selector', shown(minor, 'v1.LabelSelector', spec['selector']))]
      : []),
    ...(changed('template') && !waits
      ? [immutableCause('spec.template', shown(minor, 'core.PodTemplateSpec', internalTemplate(spec['template'])))]
      : []),
    ...['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'].flatMap((field) =>
      changed(field) ? [immutableCause(`spec.${field}`, spec[field] ?? 'null')] : [],
    ),
  ];
}

/** What lies beside the security context of a Pod lies in it inside the server. */
export function internalPod(spec: unknown): Fields {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, serviceAccount, ...rest } = fieldsOf(spec);
  const moved = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  const account = rest['serviceAccountName'] ?? serviceAccount;
  return {
    ...rest,
    ...(account === undefined ? {} : { serviceAccountName: account }),
    securityContext: { ...moved, ...fieldsOf(rest['securityContext']) },
  };
}

function internalTemplate(template: unknown): Fields {
  const { metadata, spec } = fieldsOf(template);
  return { objectMeta: metadata, spec: internalPod(spec) };
}

/** Ten of the characters of a name are for the time at which a Job is made. */
const LONGEST = 52;

/** What is wrong with a CronJob. `old`: how it was before. */
export function cronJobCauses({ metadata, spec }: KubeObject, rules: Rules, old?: KubeObject): Cause[] {
  const given = fieldsOf(spec);
  const { schedule, timeZone } = given;
  const text = typeof schedule === 'string' ? schedule : '';
  const fault = text === '' ? undefined : scheduleFault(text);
  const zoned = text.includes('TZ') && fieldsOf(old?.spec)['schedule'] !== schedule;
  const zone = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  const named = typeof timeZone === 'string' ? zoneFault(timeZone) : undefined;
  return [
    ...(old === undefined && metadata.name.length > LONGEST
      ? [cause.invalid('metadata.name', metadata.name, `must be no more than ${LONGEST} characters`)]
      : []),
    ...(text === '' ? [cause.required('spec.schedule')] : []),
    ...(zoned ? [cause.invalid('spec.schedule', text, zone)] : []),
    ...(fault === undefined || zoned ? [] : [cause.invalid('spec.schedule', text, fault)]),
    ...(named === undefined ? [] : [cause.invalid('spec.timeZone', timeZone, named)]),
    ...nonNegative('spec.startingDeadlineSeconds', given['startingDeadlineSeconds']),
    ...oneOf('spec.concurrencyPolicy', given['concurrencyPolicy'] ?? 'Allow', ['Allow', 'Forbid', 'Replace']),
    ...jobSpecCauses('spec.jobTemplate.spec', fieldsOf(fieldsOf(given['jobTemplate'])['spec']), rules),
    ...nonNegative('spec.successfulJobsHistoryLimit', given['successfulJobsHistoryLimit']),
    ...nonNegative('spec.failedJobsHistoryLimit', given['failedJobsHistoryLimit']),
  ];
}

function zoneFault(zone: string): string | undefined {
  if (zone === '') return 'timeZone must be nil or non-empty string';
  if (zone.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return undefined;
  } catch {
    return `unknown time zone ${zone}`;
  }
}
