/** One turn of Kubernetes' own controllers: what they see, and what they write. Plain functions lie between the two. */

import { createHash } from 'node:crypto';
import type { Node } from '../shapes/core.ts';
import type { KubeObject, OwnerReference } from '../shapes/meta.ts';
import { timestamp } from '../time.ts';
import type {
  Claim,
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  DisruptionBudget,
  Job,
  ReplicaSet,
  Served,
  StatefulSet,
  WorkPod,
  WorkService,
} from './shapes.ts';
import { served } from './shapes.ts';

/** Everything that the controllers of one cluster look at. */
export interface Picture {
  /** Unix time in ms. */
  now: number;
  nodes: readonly Node[];
  pods: readonly WorkPod[];
  replicaSets: readonly ReplicaSet[];
  deployments: readonly Deployment[];
  statefulSets: readonly StatefulSet[];
  daemonSets: readonly DaemonSet[];
  revisions: readonly ControllerRevision[];
  jobs: readonly Job[];
  cronJobs: readonly CronJob[];
  claims: readonly Claim[];
  services: readonly WorkService[];
  endpoints: readonly KubeObject[];
  slices: readonly KubeObject[];
  budgets: readonly DisruptionBudget[];
  /** These with those that somebody else keeps. */
  namespaces: readonly KubeObject[];
  accounts: readonly KubeObject[];
  /** ConfigMaps with the authority of the API. */
  roots: readonly KubeObject[];
  /** The network of Pods as a CIDR. */
  network: string;
  /** The random end of a generated name. */
  suffix(): string;
}

export type Program = 'kube-controller-manager' | 'kube-scheduler' | 'kubelet';

/** One request. `status` is written through the subresource. */
export interface Write {
  by: Program;
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: object;
}

/** What a controller does of a picture, and when it wants to look again (Unix ms), where nothing else happens. */
export interface Turn {
  writes: Write[];
  again?: number;
}

export type Controller = (picture: Picture) => Turn;

const kindOf = ({ kind }: KubeObject): Served => served[kind as keyof typeof served];

function collection({ apiVersion, plural }: Served, namespace: string | undefined): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`;
}

/** Where all objects of a kind are, in every namespace. */
export const everywhere = (kind: Served): string => collection(kind, undefined);

const placeOf = (object: KubeObject): string =>
  `${collection(kindOf(object), object.metadata.namespace)}/${encodeURIComponent(object.metadata.name)}`;

/** Makes an object. */
export const create = (by: Program, body: KubeObject): Write => ({
  ...{ by, method: 'POST', path: collection(kindOf(body), body.metadata.namespace), body },
});

/** Replaces an object, or its status, that is still as it was seen. */
export const update = (by: Program, body: KubeObject, part: '' | '/status' = ''): Write => ({
  ...{ by, method: 'PUT', path: `${placeOf(body)}${part}`, body },
});

/** Takes an object away; what it owns follows by itself. */
export const remove = (by: Program, object: KubeObject): Write => ({
  ...{ by, method: 'DELETE', path: placeOf(object) },
  body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: object.metadata.uid } },
});

interface Happening {
  type?: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  host?: string;
  /** The part that it is about: `spec.containers{web}`. */
  field?: string;
}

/** An Event about an object, as client-go's recorder writes the first one of its kind. */
export function event(by: Program, about: KubeObject, now: number, told: Happening): Write {
  const { type = 'Normal', reason, message, component, host, field } = told;
  const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
  const at = timestamp(now);
  const end = digest(`${uid}/${reason}/${message}/${now}`).slice(0, 16);
  return create(by, {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: `${name}.${end}`, namespace } },
    ...{
      involvedObject: {
        ...{ apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
        ...(field ? { fieldPath: field } : {}),
      },
    },
    ...{ type, reason, message, source: { component, ...(host ? { host } : {}) } },
    ...{ firstTimestamp: at, lastTimestamp: at, count: 1, eventTime: null },
    ...{ reportingComponent: component, reportingInstance: host ?? '' },
  } as KubeObject);
}

/** A digest as hexadecimal digits: the same text gives the same one. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The reference of what an object is controlled by. */
export const controlledBy = ({ apiVersion, kind, metadata: { name, uid = '' } }: KubeObject): OwnerReference => ({
  ...{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true },
});

/** Whether it is controlled by this one, by uid. */
export const isOf = ({ metadata }: KubeObject, owner: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === owner.metadata.uid) ?? false;

/** The turns of several objects as one. */
export const together = (turns: readonly Turn[]): Turn => ({
  writes: turns.flatMap(({ writes }) => writes),
  again: earliest(turns.map(({ again }) => again)),
});

/** The earliest of some times, those left out aside. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
