/**
 * HorizontalPodAutoscalers, in both their versions: what the server adds, refuses and prints. Nothing scales by them here:
 * no metrics are served. Rules: k8s.io/kubernetes/pkg/apis/autoscaling/{v1,v2,validation}.
 */

import { parseJson } from '../../controllers/json.ts';
import { type Cause, cause } from '../errors.ts';
import { isRecord, type KubeObject } from '../types.ts';
import { at, column, records } from './cells.ts';
import { age, type Column, NAME } from './columns.ts';

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const CPU = 80;
const utilization = (percent: unknown): Fields => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
});
/** Where v1 keeps what it has no fields for, under `autoscaling.alpha.kubernetes.io`. */
const annotation = (what: 'metrics' | 'behavior'): string => `autoscaling.alpha.kubernetes.io/${what}`;

/** A new one, or a changed one, with its defaults. */
export function withAutoscalerDefaults(object: KubeObject): KubeObject {
  const spec = fieldsOf(object.spec);
  const newer = object.apiVersion === 'autoscaling/v2';
  const metrics = records(spec['metrics']);
  const { behavior } = spec;
  return {
    ...object,
    spec: {
      ...spec,
      minReplicas: spec['minReplicas'] ?? 1,
      ...(newer ? { metrics: metrics.length > 0 ? metrics : [utilization(CPU)] } : {}),
      ...(newer && isRecord(behavior) ? { behavior: wholeBehavior(behavior) } : {}),
    },
    status: object.status ?? NO_STATUS[newer ? 'v2' : 'v1'],
  };
}

const NO_STATUS = {
  v1: { currentReplicas: 0, desiredReplicas: 0 },
  v2: { currentReplicas: 0, desiredReplicas: 0, currentMetrics: null },
};
const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
const pods = { type: 'Pods', value: 4, periodSeconds: 15 };

const wholeBehavior = (behavior: Fields): Fields => ({
  scaleUp: {
    ...{ stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [pods, percent] },
    ...fieldsOf(behavior['scaleUp']),
  },
  scaleDown: { selectPolicy: 'Max', policies: [percent], ...fieldsOf(behavior['scaleDown']) },
});

/** What is wrong with one. */
export function autoscalerCauses({ kind, spec = {} }: KubeObject): Cause[] {
  if (kind !== 'HorizontalPodAutoscaler') return [];
  const most = Number(spec['maxReplicas'] ?? 0);
  const least = Number(spec['minReplicas'] ?? 1);
  const target = fieldsOf(spec['scaleTargetRef']);
  return [
    ...(least < 1 ? [cause.invalid('spec.minReplicas', least, 'must be greater than or equal to 1')] : []),
    ...(most < 1 ? [cause.invalid('spec.maxReplicas', most, 'must be greater than 0')] : []),
    ...(most < least
      ? [cause.invalid('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')]
      : []),
    ...['kind', 'name'].filter((key) => !target[key]).map((key) => cause.required(`spec.scaleTargetRef.${key}`)),
  ];
}

/** Shows one of v2 as v1 does, and turns such back: v1 has a field for the use of processors, and notes for the rest. */
export const autoscalerView = {
  show: (object: KubeObject): KubeObject => {
    const { metrics, behavior, ...spec } = fieldsOf(object.spec);
    const { currentMetrics: _metrics, conditions: _conditions, ...status } = fieldsOf(object.status);
    const all = records(metrics);
    const cpu = all.find(isOfProcessors);
    const others = all.filter((one) => one !== cpu);
    const notes = {
      ...(others.length > 0 ? { [annotation('metrics')]: JSON.stringify(others) } : {}),
      ...(behavior === undefined ? {} : { [annotation('behavior')]: JSON.stringify(behavior) }),
    };
    const used = at(cpu, 'resource.target.averageUtilization');
    return {
      ...annotated(object, notes),
      apiVersion: 'autoscaling/v1',
      spec: { ...spec, ...(used === undefined ? {} : { targetCPUUtilizationPercentage: used }) },
      status,
    };
  },
  keep: (object: KubeObject): KubeObject => {
    const { targetCPUUtilizationPercentage: used, ...spec } = fieldsOf(object.spec);
    const { annotations = {} } = object.metadata;
    const metrics = [...records(parseJson(annotations[annotation('metrics')] ?? ''))];
    if (used !== undefined) metrics.push(utilization(used));
    const behavior = parseJson(annotations[annotation('behavior')] ?? '');
    return withAutoscalerDefaults({
      ...annotated(object, {}),
      apiVersion: 'autoscaling/v2',
      spec: { ...spec, metrics, ...(behavior === undefined ? {} : { behavior }) },
      status: { ...NO_STATUS.v2, ...object.status },
    });
  },
};

const isOfProcessors = (metric: Fields): boolean =>
  at(metric, 'resource.name') === 'cpu' && at(metric, 'resource.target.averageUtilization') !== undefined;

/** The object with these notes of the conversion, and no others. */
function annotated(object: KubeObject, notes: Record<string, string>): KubeObject {
  const { annotations, ...metadata } = object.metadata;
  const own = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith('autoscaling.alpha.kubernetes.io/'));
  const all = { ...Object.fromEntries(own), ...notes };
  return { ...object, metadata: Object.keys(all).length > 0 ? { ...metadata, annotations: all } : metadata };
}

const UNKNOWN = '<unknown>';

/** `cpu: <unknown>/80%`: k8s.io/kubernetes/pkg/printers/internalversion.formatHPAMetrics. */
function targetsOf({ spec, status }: KubeObject): string {
  const current = records(status?.['currentMetrics']);
  const told = records(spec?.['metrics']).map((metric, index) => {
    const type = String(metric['type'] ?? '');
    const key = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
    const target = fieldsOf(at(metric, `${key}.target`));
    const now = fieldsOf(at(current[index], `${key}.current`));
    const name = type === 'Resource' || type === 'ContainerResource' ? `${at(metric, `${key}.name`)}: ` : '';
    if (name !== '' && target['averageValue'] === undefined) {
      const used = now['averageUtilization'];
      return `${name}${used === undefined ? UNKNOWN : `${used}%`}/${target['averageUtilization'] ?? '<auto>'}%`;
    }
    const average = target['averageValue'] !== undefined;
    const field = average ? 'averageValue' : 'value';
    return `${name}${now[field] ?? UNKNOWN}/${target[field]}${average && name === '' && type !== 'Pods' ? ' (avg)' : ''}`;
  });
  if (told.length === 0) return '<none>';
  const more = told.length - 2;
  return more > 0 ? `${told.slice(0, 2).join(', ')} + ${more} more...` : told.join(', ');
}

export const autoscalerColumns: readonly Column[] = [
  NAME,
  column('Reference', ({ spec }) => `${at(spec, 'scaleTargetRef.kind')}/${at(spec, 'scaleTargetRef.name')}`),
  column('Targets', targetsOf),
  column('MinPods', ({ spec }) => String(spec?.['minReplicas'] ?? '<unset>')),
  column('MaxPods', ({ spec }) => Number(spec?.['maxReplicas'] ?? 0), 0, 'integer'),
  column('Replicas', ({ status }) => Number(status?.['currentReplicas'] ?? 0), 0, 'integer'),
  age('string'),
];
