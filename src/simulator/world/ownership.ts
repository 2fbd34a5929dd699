/**
 * Who has written what of an object that was put into the world ready made: the writers that a real cluster would name.
 * Those of Cluster API are its own field managers; controllers that name none are called after their program, `manager`.
 */

import { wholeSchemaOf } from '../api/kinds/schemas.ts';
import { apiVersionOf, type Resource } from '../api/resources.ts';
import { type FieldSet, isRecord, type KubeObject, type ManagedFields } from '../api/types.ts';
import { withoutInborn } from '../api/write/birth.ts';
import { fieldsOf, minus, single, union } from '../api/write/fields.ts';
import { inOrderOfTime } from '../api/write/managers.ts';
import { lastApplied, planSecretType } from '../controllers/plan-secret.ts';
import type { Secret } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { nodeSaid, nodeStatus, readySince } from './node-status.ts';
import type { Writes } from './stamp.ts';
import {
  agent,
  cluster,
  manager,
  network,
  networkDaemon,
  nobody,
  operator,
  type Section,
  writerOf,
} from './writers.ts';

/** Gives managedFields to an object that has none yet. */
export type Ownership = (resource: Resource, object: KubeObject) => ManagedFields[];

const unknown: Writes = { last: () => undefined, by: () => undefined };

/**
 * managedFields of an object that has none yet. Kubelets, and subresources, have entries of their own. The time of an entry
 * is that of `writes`, or what the object itself tells of it, or its birth.
 */
export const ownershipOf =
  (writes: Writes = unknown): Ownership =>
  (resource, object) => {
    const told = writes.by(object.metadata.uid ?? '');
    const born = object.metadata.creationTimestamp ?? '';
    const entries = [...entriesOf(resource, object)].map(([name, fieldsV1]): ManagedFields => {
      const status = name.endsWith('/status');
      const applies = name.replace('/status', '').endsWith('*');
      const manager = name.replace('/status', '').replace('*', '');
      const noted = told?.[status ? `${manager}/status` : manager];
      const said = (status ? lastSaid(object, manager) : doneAt(object, manager)) ?? born;
      const time = noted === undefined ? said : latest(timestamp(noted), status ? said : '');
      return {
        manager,
        operation: applies ? 'Apply' : 'Update',
        apiVersion: apiVersionOf(resource),
        time: latest(time, born),
        fieldsType: 'FieldsV1',
        fieldsV1: applies ? withoutContainers(fieldsV1) : fieldsV1,
        ...(status ? { subresource: 'status' } : {}),
      };
    });
    return inOrderOfTime(entries);
  };

const latest = (a: string, b: string): string => (a > b ? a : b);

/** When an object was last written, Unix time in ms, by all that is known of it. */
export function lastWritten(object: KubeObject, writes: Writes = unknown): number {
  const { uid = '', creationTimestamp } = object.metadata;
  const { spec, lastTimestamp, eventTime, type } = object;
  const renewed = String(spec?.['renewTime'] ?? lastTimestamp ?? eventTime ?? '');
  let last = Date.parse(latest(latest(creationTimestamp ?? '', lastSaid(object) ?? ''), renewed));
  const ran = type === planSecretType ? lastApplied(object as unknown as Secret) : Number.NaN;
  if (ran > last) last = ran;
  const told = writes.last(uid);
  return told !== undefined && told > last ? told : last;
}

/** What each writer, with its subresource, owns of an object. */
function entriesOf(resource: Resource, object: KubeObject): Map<string, FieldSet> {
  const writer = writerOf(resource.plural);
  const entries = new Map<string, FieldSet>();
  const give = (section: Section, key: string, path: readonly string[], set: FieldSet) => {
    const subresource = section === 'status' && resource.status ? '/status' : '';
    const who = writer(section, key, object);
    if (who === nobody) return;
    const name = `${who}${subresource}`;
    let at = entries.get(name) ?? {};
    entries.set(name, at);
    for (const step of path.slice(0, -1)) at = at[step] ??= {};
    at[path.at(-1)!] = set;
  };
  const all = minus(fieldsOf(object, wholeSchemaOf(resource), { containers: true }), admitted[resource.plural] ?? {});
  for (const [step, inner] of Object.entries(withoutInborn(resource, all, object))) {
    const field = step.slice(2);
    // What the server itself fills in of a namespace is nobody's.
    if (resource.plural === 'namespaces' && step !== 'f:metadata') continue;
    if (step === 'f:metadata') {
      for (const [part, below] of Object.entries(inner)) {
        const section = part.slice(2) as Section;
        if (section !== 'labels' && section !== 'annotations') give(section, '', [step, part], below);
        else each(below, (key, name, set) => give(section, name, [step, part, key], set));
      }
    } else if (field === 'status' && resource.plural === 'nodes') {
      for (const [writer, set] of nodeStatus(object, inner)) entries.set(`${writer}/status`, { [step]: set });
    } else if (field === 'data' || field === 'status' || (field === 'spec' && shared[resource.plural])) {
      each(inner, (key, name, set) => {
        if (!shared[resource.plural]?.includes(name)) give(field, name, [step, key], set);
        else each(set, (inside, part, own) => give(field, `${name}.${part}`, [step, key, inside], own));
      });
    } else give('spec', field, [step], inner);
  }
  return entries;
}

const paths = (...all: string[]): FieldSet =>
  all.reduce<FieldSet>((set, path) => union(set, single(path.split(' ').map((step) => `f:${step}`))), {});
const kubeadm = 'spec kubeadmConfigSpec';
const labels = 'spec template metadata labels cluster.x-k8s.io/';

/** What Cluster API's webhooks add to what somebody has made. */
const admitted: Readonly<Record<string, FieldSet>> = {
  kubeadmcontrolplanes: paths(
    'spec machineTemplate metadata',
    `${kubeadm} clusterConfiguration networking`,
    `${kubeadm} initConfiguration localAPIEndpoint`,
    `${kubeadm} joinConfiguration discovery`,
  ),
  kubeadmconfigtemplates: paths('spec template metadata', 'spec template spec joinConfiguration discovery'),
  machinedeployments: paths(
    ...['spec minReadySeconds', 'spec progressDeadlineSeconds', 'spec revisionHistoryLimit'],
    ...[`${labels}cluster-name`, `${labels}deployment-name`],
  ),
};

/** The kinds whose spec several write, and what in it, or in their status, they write together. */
const shared: Readonly<Record<string, readonly string[]>> = {
  nodes: [],
  clusters: [],
  baremetalclusters: [],
  machinesets: [],
  machines: ['bootstrap'],
  baremetalmachines: [],
  kubeadmconfigs: ['clusterConfiguration', 'joinConfiguration'],
  machineinventories: ['observedStorage'],
};

/** Gives each field of a map to whom it belongs, and the map itself to the writer of its first field: to who made it. */
function each(set: FieldSet, give: (key: string, name: string, inner: FieldSet) => void): void {
  const [first = ''] = Object.keys(set).filter((key) => key !== '.');
  for (const [key, inner] of Object.entries(set)) give(key, (key === '.' ? first : key).slice(2), inner);
}

/** Who applies owns what it names, and not the maps that it is in; members of keyed lists it does own. */
function withoutContainers(set: FieldSet, member = false): FieldSet {
  const rest: FieldSet = {};
  for (const [step, inner] of Object.entries(set)) {
    if (step !== '.' || member) rest[step] = withoutContainers(inner, step.startsWith('k:'));
  }
  return rest;
}

/** The youngest transition, heartbeat or report that the status tells of; of a Node, that one writer tells of. */
function lastSaid(object: KubeObject, writer?: string): string | undefined {
  const { status, kind } = object;
  if (!status) return undefined;
  if (kind === 'Node' && writer !== undefined) return nodeSaid(object, writer);
  let last = '';
  const { conditions, observedStorage, v1beta2 } = status;
  const lists = [conditions, isRecord(v1beta2) ? v1beta2['conditions'] : undefined];
  for (const list of lists) {
    if (!Array.isArray(list)) continue;
    for (const one of list) {
      if (!isRecord(one)) continue;
      for (const at of [one['lastHeartbeatTime'], one['lastTransitionTime']]) {
        if (typeof at === 'string' && at > last) last = at;
      }
    }
  }
  // Hosts report by themselves.
  const observed =
    isRecord(observedStorage) && writer !== operator && writer !== manager ? observedStorage['observedAt'] : undefined;
  return latest(last, typeof observed === 'string' ? observed : '') || undefined;
}

/** When a manager has done what the object itself tells of: renewed a Lease, run the plan of a Secret, given an address. */
function doneAt({ type, ...object }: KubeObject, manager: string): string | undefined {
  const { kind, spec, status } = object;
  if (kind === 'Lease') return timestamp(Date.parse(String(spec?.['renewTime'] ?? spec?.['acquireTime'])));
  // It takes off what kept Pods from a Node when that is ready.
  if (kind === 'Node' && manager === cluster && spec?.['taints'] !== undefined) return readySince(object);
  if (manager === network || manager === networkDaemon) {
    const conditions = Array.isArray(status?.['conditions']) ? status['conditions'].filter(isRecord) : [];
    const given = conditions.find(
      (one) => one['type'] === 'PodReadyToStartContainers' || one['type'] === 'NetworkUnavailable',
    );
    return given && String(given['lastTransitionTime']);
  }
  if (type !== planSecretType || manager !== agent) return undefined;
  const at = lastApplied(object as Secret);
  return Number.isNaN(at) ? undefined : timestamp(at);
}

const programs: Readonly<Record<string, string>> = {
  builders: 'kubelet',
  host: agent,
  rack: operator,
  machineinventory: operator,
  machineregistration: operator,
  'machineregistration-objects': operator,
  'plan-secret': operator,
  seedimage: operator,
  'seedimage-objects': operator,
  scenario: 'kubectl-edit',
  traffic: 'kubectl-edit',
};

/** What the program is called that a controller is part of. */
export const programOf = (controller: string | undefined): string => programs[controller ?? ''] ?? manager;
