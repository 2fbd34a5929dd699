/** One turn of Kubernetes' own controllers: what they see, and what they write. Plain functions lie between the two. */

import type { Happening } from '../events.ts';
import type { Silence } from '../hosts/silences.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject, OwnerReference } from '../shapes/meta.ts';
import type {
  Autoscaler,
  Claim,
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  DisruptionBudget,
  Job,
  ReplicaSet,
  ReplicationController,
  Served,
  StatefulSet,
  StorageClass,
  Volume,
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
  /** Pods that somebody else keeps: they take their room on the Nodes. */
  others: readonly WorkPod[];
  replicaSets: readonly ReplicaSet[];
  replicationControllers: readonly ReplicationController[];
  deployments: readonly Deployment[];
  statefulSets: readonly StatefulSet[];
  daemonSets: readonly DaemonSet[];
  revisions: readonly ControllerRevision[];
  jobs: readonly Job[];
  cronJobs: readonly CronJob[];
  claims: readonly Claim[];
  volumes: readonly Volume[];
  classes: readonly StorageClass[];
  autoscalers: readonly Autoscaler[];
  services: readonly WorkService[];
  endpoints: readonly KubeObject[];
  slices: readonly KubeObject[];
  budgets: readonly DisruptionBudget[];
  /** These with those that somebody else keeps. */
  namespaces: readonly KubeObject[];
  accounts: readonly KubeObject[];
  /** ConfigMaps with the authority of the API. */
  roots: readonly KubeObject[];
  /** ConfigMaps and Secrets that Pods want and that are not there, as `keyOf` calls them. */
  missing: ReadonlySet<string>;
  /** The kubelet of a Node that says nothing, where that is known, noticed or not. */
  silence(node: string): Silence | undefined;
  /** Whether a registry has an image; undefined where nobody knows what it has. */
  held(image: string): boolean | undefined;
  /** How many times faster than the clock hosts come and go. */
  speed: number;
  /** The network of Pods as a CIDR. */
  network: string;
  /** Whether something is told for the first time: it is remembered. */
  first(what: string): boolean;
  /** Whether something has been told. */
  told(what: string): boolean;
  /** Whether a count is higher than it was told before: it is remembered. */
  rises(what: string, count: number): boolean;
  /** When something was told for the first time, Unix ms: it is remembered. */
  since(what: string): number;
  /** Why somebody may not make what it wants to make; undefined where nothing was refused since it last could. */
  refused(maker: KubeObject): string | undefined;
  /** The random end of a generated name. */
  suffix(): string;
}

export type Program = 'kube-controller-manager' | 'kube-scheduler' | 'kubelet';

/** One request. */
export interface Request {
  by: Program;
  method: 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: object;
  /** For whom it is made, where the object itself does not say. */
  maker?: OwnerReference;
}

/** An Event: the recorder makes it, or counts it where it was told before. */
export interface Telling {
  by: Program;
  about: KubeObject;
  told: Happening;
}

/** `of`: the object in whose turn it is written; what fails there keeps nobody else from telling theirs. */
export type Write = (Request | Telling) & { of?: KubeObject };

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
export const create = (by: Program, body: KubeObject): Request => ({
  ...{ by, method: 'POST', path: collection(kindOf(body), body.metadata.namespace), body },
});

/** Replaces an object, or its status, that is still as it was seen. */
export const update = (by: Program, body: KubeObject, part: '' | '/status' = ''): Request => ({
  ...{ by, method: 'PUT', path: `${placeOf(body)}${part}`, body },
});

/** Lets a Pod run on the Node that it names: nobody may write that into a Pod that is there. */
export function binding(by: Program, pod: WorkPod): Request {
  const { name, namespace, uid } = pod.metadata;
  const target = { apiVersion: 'v1', kind: 'Node', name: pod.spec.nodeName };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target };
  return { by, method: 'POST', path: `${placeOf(pod)}/binding`, body };
}

/** Takes an object away; what it owns follows by itself. A Pod ends as it says, or after so many seconds. */
export const remove = (by: Program, object: KubeObject, gracePeriodSeconds?: number): Request => ({
  ...{ by, method: 'DELETE', path: placeOf(object) },
  body: {
    ...{ kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: object.metadata.uid } },
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  },
});

/** What is to be told about an object, of the write before it: where that failed, it is not told. */
export const event = (by: Program, about: KubeObject, told: Happening): Telling => ({ by, about, told });

/** Whether it is controlled by this one, by uid. */
export const isOf = ({ metadata }: KubeObject, owner: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === owner.metadata.uid) ?? false;

/**
 * One turn for each object that is not on its way out, or for each that is. What cannot be read does not keep the others from theirs: much of it
 * is written by hand, and that it cannot be read is told once.
 */
export function each<T extends KubeObject>(
  picture: Pick<Picture, 'first'>,
  objects: readonly T[],
  one: (object: T) => Turn,
  going = false,
): Turn {
  const turns = objects.flatMap((object): Turn[] => {
    if ((object.metadata.deletionTimestamp !== undefined) !== going) return [];
    try {
      const turn = one(object);
      return [{ ...turn, writes: turn.writes.map((write) => ({ ...write, of: object })) }];
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const { uid, resourceVersion } = object.metadata;
      if (!picture.first(`${uid}@${resourceVersion}/unread`)) return [];
      const message = `sim: what it asks for cannot be read, and is not carried out: ${error.message}`;
      const told = { type: 'Warning', reason: 'SimUnread', message, component: 'sim-work' } as const;
      return [{ writes: [event('kube-controller-manager', object, told)] }];
    }
  });
  return { writes: turns.flatMap(({ writes }) => writes), again: earliest(turns.map(({ again }) => again)) };
}

/** The earliest of some times, those left out aside. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
