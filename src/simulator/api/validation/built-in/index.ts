/** The rules of the server's own kinds, beyond their metadata: a kind is added here. */

import { type Cause, cause } from '../../errors.ts';
import { autoscalerCauses } from '../../kinds/autoscaling.ts';
import type { KubeObject } from '../../types.ts';
import { fieldsOf, type Rules, same } from '../tools.ts';
import { bindingCauses, fixedBinding, fixedPriority, priorityCauses, roleCauses } from './access.ts';
import { keyCauses, secretCauses } from './data.ts';
import { definitionCauses, fixedDefinition } from './definitions.ts';
import { cronJobCauses, fixedJob, jobCauses } from './jobs.ts';
import { budgetCauses, ingressCauses, policyCauses } from './networking.ts';
import { podSpecCauses } from './pod-spec.ts';
import { fixedNode, fixedPod, taintCauses } from './pods.ts';
import { quotaCauses, rangeCauses } from './resources.ts';
import { movedService, serviceCauses } from './services.ts';
import { claimCauses, classCauses, fixedClaim, fixedClass, fixedVolume, volumeObjectCauses } from './storage.ts';
import { fixedWork, workCauses } from './work.ts';

interface Kind {
  /** What is wrong with one; `old` is missing for a new one. */
  check(object: KubeObject, rules: Rules, old?: KubeObject): Cause[];
  /** What is wrong with a change of one. */
  fixed?(old: KubeObject, now: KubeObject, rules: Rules): Cause[];
  /** Whether a changed one is held to `fixed` alone. */
  once?: true;
}

const work: Kind = {
  check: ({ kind, spec }, rules) => workCauses(kind, fieldsOf(spec), rules),
  fixed: (old, { spec }, rules) => fixedWork(old, fieldsOf(spec), rules),
};
const bySpec = (check: (spec: Record<string, unknown>, rules: Rules) => Cause[]): Kind => ({
  check: ({ spec }, rules) => check(fieldsOf(spec), rules),
});

const KINDS: Readonly<Record<string, Kind>> = {
  ...{ Deployment: work, ReplicaSet: work, StatefulSet: work, DaemonSet: work },
  ReplicationController: { check: ({ kind, spec }, rules) => workCauses(kind, fieldsOf(spec), rules) },
  Pod: { check: ({ spec }, rules) => podSpecCauses('spec', spec, rules), fixed: fixedPod, once: true },
  Node: { check: ({ spec }) => taintCauses(fieldsOf(spec)['taints']), fixed: fixedNode, once: true },
  Job: { check: jobCauses, fixed: (old, { spec }, rules) => fixedJob(old, fieldsOf(spec), rules) },
  CronJob: { check: cronJobCauses },
  Service: {
    check: ({ spec }, rules) => serviceCauses(fieldsOf(spec), rules),
    fixed: ({ spec: old }, { spec }, rules) => movedService(fieldsOf(old), fieldsOf(spec), rules),
  },
  PersistentVolumeClaim: { check: claimCauses, fixed: fixedClaim },
  PersistentVolume: { check: volumeObjectCauses, fixed: fixedVolume },
  StorageClass: { check: classCauses, fixed: fixedClass },
  PriorityClass: { check: priorityCauses, fixed: fixedPriority, once: true },
  Role: { check: (object, rules) => roleCauses(object, false, rules) },
  ClusterRole: { check: (object, rules) => roleCauses(object, true, rules) },
  RoleBinding: { check: (object) => bindingCauses(object, false), fixed: fixedBinding },
  ClusterRoleBinding: { check: (object) => bindingCauses(object, true), fixed: fixedBinding },
  Secret: { check: secretCauses, fixed: fixedSecret },
  ConfigMap: { check: (object) => keyCauses(object, ['data', 'binaryData']), fixed: fixedData },
  Ingress: bySpec(ingressCauses),
  NetworkPolicy: bySpec(policyCauses),
  PodDisruptionBudget: bySpec(budgetCauses),
  ResourceQuota: bySpec(quotaCauses),
  LimitRange: bySpec(rangeCauses),
  CustomResourceDefinition: { check: definitionCauses, fixed: fixedDefinition },
  HorizontalPodAutoscaler: { check: autoscalerCauses },
};

/** What is wrong with an object of a kind of Kubernetes itself; `old`: how it was before. */
export function builtInCauses(object: KubeObject, rules: Rules, old?: KubeObject): Cause[] {
  const kind = KINDS[object.kind];
  if (kind === undefined) return [];
  const fixed = old === undefined ? [] : (kind.fixed?.(old, object, rules) ?? []);
  return old !== undefined && kind.once ? fixed : [...kind.check(object, rules, old), ...fixed];
}

const SEALED = 'field is immutable when `immutable` is set';

function fixedSecret(old: KubeObject, now: KubeObject): Cause[] {
  const type = same(old['type'], now['type']) ? [] : [cause.invalid('type', now['type'], 'field is immutable')];
  return [...type, ...fixedData(old, now)];
}

/** What is sealed stays so. */
function fixedData(old: KubeObject, now: KubeObject): Cause[] {
  if (old['immutable'] !== true) return [];
  return [
    ...(now['immutable'] === true ? [] : [cause.forbidden('immutable', SEALED)]),
    ...(same(old['data'], now['data']) ? [] : [cause.forbidden('data', SEALED)]),
    ...(same(old['binaryData'], now['binaryData']) ? [] : [cause.forbidden('binaryData', SEALED)]),
  ];
}
