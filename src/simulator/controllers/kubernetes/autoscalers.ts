/**
 * The HorizontalPodAutoscaler controller of a cluster that serves no metrics: it holds what it scales within its bounds, and
 * says what it misses. After k8s.io/kubernetes/pkg/controller/podautoscaler.
 */

import { equal } from '../json.ts';
import type { KubeObject } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import type { Autoscaler, WorkCondition } from './shapes.ts';
import { each, event, type Picture, type Turn, update, type Write } from './turn.ts';

const by = 'kube-controller-manager';
const component = 'horizontal-pod-autoscaler';
/** How often it looks, ms. */
const period = 15_000;

type Scaled = KubeObject & { spec: { replicas?: number }; status?: { replicas?: number } };
type Said = [type: string, isGood: boolean, reason: string, message: string];

/** One turn for every HorizontalPodAutoscaler of the picture. */
export function autoscalers(picture: Picture): Turn {
  return each(picture, picture.autoscalers, (scaler) => one(picture, scaler));
}

function one(picture: Picture, scaler: Autoscaler): Turn {
  const { now } = picture;
  const { uid, creationTimestamp } = scaler.metadata;
  const begun = Date.parse(creationTimestamp ?? '');
  const turn = Math.floor((now - begun) / period);
  const again = begun + (turn + 1) * period;
  if (!picture.rises(`${uid}/scale`, turn)) return { writes: [], again };
  const writes: Write[] = [];
  const warn = (reason: string, message: string) =>
    writes.push(event(by, scaler, { type: 'Warning', reason, message, component }));
  const target = targetOf(picture, scaler);
  const finish = (said: Said[], counts: object = {}): Turn => {
    const status = { ...scaler.status, ...counts, conditions: conditionsOf(scaler, said, now) };
    const told = equal(status, scaler.status) ? [] : [update(by, { ...scaler, status } as KubeObject, '/status')];
    return { writes: [...told, ...writes], again };
  };
  if (!target) {
    const { apiVersion = '', kind, name } = scaler.spec.scaleTargetRef;
    const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [];
    const why = `${kind.toLowerCase()}s${group ? `.${group}` : ''} "${name}" not found`;
    warn('FailedGetScale', why);
    const message = `the HPA controller was unable to get the target's current scale: ${why}`;
    return finish([['AbleToScale', false, 'FailedGetScale', message]]);
  }
  const replicas = target.spec.replicas ?? 1;
  const { minReplicas = 1, maxReplicas } = scaler.spec;
  const able: Said = [
    'AbleToScale',
    true,
    'SucceededGetScale',
    "the HPA controller was able to get the target's current scale",
  ];
  const counts = { currentReplicas: target.status?.replicas ?? 0 };
  if (replicas === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    return finish([able, ['ScalingActive', false, 'ScalingDisabled', message]], { ...counts, desiredReplicas: 0 });
  }
  const wanted = Math.max(minReplicas, Math.min(maxReplicas, replicas));
  if (wanted !== replicas) {
    const bound = replicas > maxReplicas ? 'above Spec.MaxReplicas' : 'below Spec.MinReplicas';
    writes.push(update(by, { ...target, spec: { ...target.spec, replicas: wanted } } as KubeObject));
    const message = `New size: ${wanted}; reason: Current number of replicas ${bound}`;
    writes.push(event(by, scaler, { type: 'Normal', reason: 'SuccessfulRescale', message, component }));
    const done: Said = [
      'AbleToScale',
      true,
      'SucceededRescale',
      `the HPA controller was able to update the target scale to ${wanted}`,
    ];
    return finish([done], { ...counts, desiredReplicas: wanted, lastScaleTime: timestamp(now) });
  }
  const [first, all] = [(scaler.spec.metrics ?? []).map(missed)[0], scaler.spec.metrics?.length ?? 0];
  if (!first) return finish([able], counts);
  warn(first.reason, first.why);
  warn(
    'FailedComputeMetricsReplicas',
    `invalid metrics (${all} invalid out of ${all}), first error is: ${first.first}`,
  );
  const message = `the HPA was unable to compute the replica count: ${first.why}`;
  return finish([able, ['ScalingActive', false, first.reason, message]], counts);
}

/** What is missed of a metric: nobody serves any. */
function missed(metric: NonNullable<Autoscaler['spec']['metrics']>[number]) {
  const none = 'the server could not find the requested resource';
  if (metric.type === 'Resource' || metric.type === 'ContainerResource') {
    const { name = 'cpu', target } = metric.resource ?? metric.containerResource ?? {};
    const fetch = `unable to get metrics for resource ${name}: unable to fetch metrics from resource metrics API: ${none} (get pods.metrics.k8s.io)`;
    const why =
      target?.type === 'Utilization'
        ? `failed to get ${name} utilization: ${fetch}`
        : `failed to get ${name} usage: ${fetch}`;
    return {
      reason: `FailedGet${metric.type}Metric`,
      why,
      first: `failed to get ${name} resource metric value: ${why}`,
    };
  }
  const api = metric.type === 'External' ? 'external' : 'custom';
  const why = `unable to get ${metric.type.toLowerCase()} metric: unable to fetch metrics from ${api} metrics API: no known available metric versions found`;
  const reason = `FailedGet${metric.type}Metric`;
  return { reason, why, first: `failed to get ${metric.type.toLowerCase()} metric value: ${why}` };
}

function targetOf(
  { deployments, statefulSets, replicaSets }: Picture,
  { metadata, spec }: Autoscaler,
): Scaled | undefined {
  const { kind, name } = spec.scaleTargetRef;
  const all: readonly KubeObject[] = [...deployments, ...statefulSets, ...replicaSets];
  const found = all.find(
    (each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === metadata.namespace,
  );
  return found as Scaled | undefined;
}

/** The conditions with what is said now; what has not changed keeps its time. */
function conditionsOf({ status }: Autoscaler, said: readonly Said[], now: number): WorkCondition[] {
  const before = status?.conditions ?? [];
  const fresh = said.map(([type, isGood, reason, message]): WorkCondition => {
    const wanted = isGood ? 'True' : 'False';
    const last = before.find((one) => one.type === type);
    const lastTransitionTime = last?.status === wanted ? last.lastTransitionTime : timestamp(now);
    return { type, status: wanted, lastTransitionTime, reason, message };
  });
  const kept = before.filter(({ type }) => !said.some(([other]) => other === type));
  return [...fresh, ...kept];
}
