/** What `kubectl get` shows of what runs work, as k8s.io/kubernetes/pkg/printers/internalversion prints it. */

import { isRecord, type KubeObject } from '../types.ts';
import { ageOf } from './age.ts';
import { at, column, records } from './cells.ts';
import { age, type Column, NAME } from './columns.ts';

const text = (path: string, none = '<none>'): Column['cell'] => {
  return (object) => {
    const value = at(object, path);
    return value === undefined || value === '' ? none : String(value);
  };
};
const AGE = age('string');

const template = (object: KubeObject) =>
  records(
    at(
      object,
      object.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec.containers' : 'spec.template.spec.containers',
    ),
  );
const joined = (key: string): Column['cell'] => {
  return (object) =>
    template(object)
      .map((one) => String(one[key]))
      .join(',');
};
const labels = (path: string): Column['cell'] => {
  return (object) => {
    const value = at(object, path);
    const pairs = isRecord(value) ? Object.entries(value).map(([key, one]) => `${key}=${String(one)}`) : [];
    return pairs.join(',') || '<none>';
  };
};
const CONTAINERS = column('Containers', joined('name'), 1);
const IMAGES = column('Images', joined('image'), 1);
const SELECTOR = column('Selector', labels('spec.selector.matchLabels'), 1);

function jobState({ status, metadata }: KubeObject): string {
  const is = (type: string) =>
    records(status?.['conditions']).some((one) => one['type'] === type && one['status'] === 'True');
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (is('Suspended')) return 'Suspended';
  if (is('FailureTarget')) return 'FailureTarget';
  return is('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completions({ spec, status }: KubeObject): string {
  const done = String(status?.['succeeded'] ?? 0);
  const { completions: wanted, parallelism } = spec ?? {};
  if (wanted !== undefined) return `${done}/${String(wanted)}`;
  return Number(parallelism ?? 0) > 1 ? `${done}/1 of ${String(parallelism)}` : `${done}/1`;
}

function duration({ status }: KubeObject, now: number): string {
  const { startTime, completionTime } = status ?? {};
  if (typeof startTime !== 'string') return '';
  return ageOf(startTime, typeof completionTime === 'string' ? Date.parse(completionTime) : now);
}

const controller = ({ metadata }: KubeObject): string => {
  const owner = metadata.ownerReferences?.find((one) => one.controller);
  if (!owner) return '<none>';
  const [group = ''] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [];
  return `${owner.kind.toLowerCase()}${group ? `.${group}` : ''}/${owner.name}`;
};

const modes: Readonly<Record<string, string>> = {
  ...{ ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' },
};
const bound =
  (cell: Column['cell']): Column['cell'] =>
  (object, now) =>
    at(object, 'spec.volumeName') ? cell(object, now) : '';

/** The columns, by what they are of. */
export const WORK_COLUMNS: Readonly<
  Record<'statefulSets' | 'jobs' | 'cronJobs' | 'revisions' | 'claims' | 'budgets', Column[]>
> = {
  statefulSets: [
    NAME,
    column(
      'Ready',
      ({ spec, status }) => `${String(status?.['readyReplicas'] ?? 0)}/${String(spec?.['replicas'] ?? 1)}`,
    ),
    AGE,
    CONTAINERS,
    IMAGES,
  ],
  jobs: [
    NAME,
    column('Status', jobState),
    column('Completions', completions),
    column('Duration', duration),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR,
  ],
  cronJobs: [
    NAME,
    column('Schedule', text('spec.schedule')),
    column('TimeZone', text('spec.timeZone')),
    column('Suspend', ({ spec }) => (spec?.['suspend'] === true ? 'True' : 'False')),
    column('Active', ({ status }) => records(status?.['active']).length, 0, 'integer'),
    column('Last Schedule', ({ status }, now) => {
      const last = status?.['lastScheduleTime'];
      return typeof last === 'string' ? ageOf(last, now) : '<none>';
    }),
    AGE,
    CONTAINERS,
    IMAGES,
    column('Selector', () => '<none>', 1),
  ],
  revisions: [
    NAME,
    column('Controller', controller),
    column('Revision', (o) => Number(o['revision'] ?? 0), 0, 'integer'),
    AGE,
  ],
  budgets: [
    NAME,
    column('Min Available', text('spec.minAvailable', 'N/A')),
    column('Max Unavailable', text('spec.maxUnavailable', 'N/A')),
    column('Allowed Disruptions', ({ status }) => Number(status?.['disruptionsAllowed'] ?? 0), 0, 'integer'),
    AGE,
  ],
  claims: [
    NAME,
    column('Status', text('status.phase', '')),
    column('Volume', text('spec.volumeName', '')),
    column('Capacity', bound(text('status.capacity.storage', ''))),
    column(
      'Access Modes',
      bound((object) => {
        const list = at(object, 'spec.accessModes');
        return Array.isArray(list) ? list.map((one) => modes[String(one)] ?? String(one)).join(',') : '';
      }),
    ),
    column('StorageClass', text('spec.storageClassName', '')),
    column('VolumeAttributesClass', text('spec.volumeAttributesClassName', '<unset>')),
    AGE,
    column('VolumeMode', text('spec.volumeMode', 'Filesystem'), 1),
  ],
};
