/**
 * What the programs of a cluster have told in the last hour of what runs there by itself: how Pods from files and those of
 * add-ons came up, who leads, and that a proxy has begun. What others bring up they tell of themselves.
 */

import type { KubeObject } from '../api/types.ts';
import { digest } from '../controllers/digest.ts';
import { newEvent } from '../controllers/events.ts';
import { firstRound } from '../controllers/hosts/node-lifecycle.ts';
import type { Silence } from '../controllers/hosts/silences.ts';
import { present, pulled } from '../controllers/kubernetes/images.ts';
import { proxyStarted } from '../controllers/kubernetes/proxy-event.ts';
import { isMirror, mirrored } from '../controllers/mirror.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject as Plain } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import { isCutOff } from './containers.ts';
import type { EtcdPast } from './etcd-past.ts';
import { holderHost } from './leases.ts';
import { counted } from './server-told.ts';
import { make } from './system.ts';

/** A server forgets what is older, ms. */
export const toldFor = 3_600_000;

interface Said {
  about: KubeObject;
  at: number;
  /** When it was told the last time, and how often until then; once where left out. */
  last?: number;
  count?: number;
  /** `Normal` where left out. */
  type?: 'Normal' | 'Warning';
  reason: string;
  message: string;
  component: string;
  host?: string;
  field?: string;
  action?: string;
}

/** What is known beside the objects. */
export interface Around {
  /** Leases as they were before. */
  before?: readonly KubeObject[];
  nodes?: readonly Node[];
  /** The kubelet of a Node that says nothing. */
  silence?: ((node: string) => Silence | undefined) | undefined;
  /** What the cluster's etcd has been through. */
  etcd?: EtcdPast | undefined;
  /** Since when Kubernetes' own controllers tell of silent Nodes, Unix time in ms. */
  until?: number | undefined;
}

/**
 * The Events about these objects, about Leases as they were before, and about Nodes, that a server at Unix time `now` (ms)
 * still has. What becomes of Nodes themselves is told by who follows them.
 */
export function toldOf(objects: readonly KubeObject[], now: number, around: Around = {}): KubeObject[] {
  const { before = [], nodes = [] } = around;
  const isLate = (text: unknown) => Date.parse(String(text ?? '')) > now - toldFor;
  const schedulers = [...objects, ...before].filter(({ kind, metadata }) => {
    return kind === 'Lease' && metadata.namespace === 'kube-system' && metadata.name === 'kube-scheduler';
  });
  const said = [...objects, ...before].flatMap((object): Said[] => {
    if (object.kind === 'Pod') {
      return [
        ...(isLate(object.metadata.creationTimestamp) ? ofPod(object, schedulers) : []),
        ...ofReboot(object),
        ...ofTrouble(object, now, around),
        ...ofEnd(object, around),
        ...ofSilence(object, around),
      ];
    }
    const leads = object.kind === 'Lease' ? object.spec?.['acquireTime'] : undefined;
    return leads !== undefined && isLate(leads) ? [ofLeader(object), ...ofRound(object, nodes)] : [];
  });
  return said
    .filter(({ at, last = at }) => last > now - toldFor && at <= now)
    .map(({ about, at, ...what }) => eventOf(about, at, what));
}

function eventOf(about: KubeObject, at: number, { last, count, ...what }: Omit<Said, 'about' | 'at'>): KubeObject {
  const key = `${about.metadata.uid}/${what.reason}/${what.field ?? ''}`;
  const random = new Random(key, String(at));
  // What tells the microsecond does not tell whole seconds.
  const exact = what.action === undefined ? at : Math.floor(at / 1000) * 1000 + random.integer(3, 990);
  const { metadata, apiVersion, kind, ...rest } = newEvent(about as Plain, { type: 'Normal', ...what }, exact, random);
  const again = count === undefined || last === undefined ? {} : { count, lastTimestamp: timestamp(last) };
  const told = { ...rest, ...again };
  return make(apiVersion, kind, about.metadata.namespace ?? 'default', metadata.name, timestamp(at), told);
}

/** Where the scheduler ran that led at a time, by the Leases that were held. */
function schedulerAt(at: number, leases: readonly KubeObject[]): { host?: string } {
  const since = ({ spec }: KubeObject) => Date.parse(String(spec?.['acquireTime']));
  const ranked = [...leases].sort((a, b) => since(b) - since(a));
  const host = holderHost(ranked.find((lease) => since(lease) <= at) ?? ranked.at(-1));
  return host === undefined ? {} : { host };
}

/** `schedulers`: by which Leases a scheduler leads, or led. */
function ofPod(pod: KubeObject, schedulers: readonly KubeObject[]): Said[] {
  const { name, namespace, creationTimestamp, ownerReferences = [] } = pod.metadata;
  // A kubelet speaks of what it has from a file, not of the mirror.
  const uid = mirrored(pod) ?? pod.metadata.uid;
  const subject = { ...pod, metadata: { ...pod.metadata, uid } } as KubeObject;
  const host = String(pod.spec?.['nodeName'] ?? '');
  const born = Date.parse(creationTimestamp ?? '');
  const statuses = (pod.status?.['containerStatuses'] ?? []) as {
    name: string;
    image: string;
    state: { running?: { startedAt: string } };
    lastState?: { terminated?: { startedAt: string } };
  }[];
  const isStatic = isMirror(pod);
  const owner = ownerReferences.find(({ controller }) => controller);
  const about = `${namespace}/${name}`;
  const said: Said[] = [];
  if (!isStatic && owner) {
    const message = `Successfully assigned ${namespace}/${name} to ${host}`;
    const by = { action: 'Binding', component: 'default-scheduler', ...schedulerAt(born, schedulers) };
    said.push({ about: pod, at: born, reason: 'Scheduled', message, ...by });
    const maker = { ...owner, metadata: { name: owner.name, namespace, uid: owner.uid } } as unknown as KubeObject;
    const component = `${owner.kind.toLowerCase()}-controller`;
    said.push({
      about: maker,
      at: born,
      reason: 'SuccessfulCreate',
      message: `Created pod: ${name}`,
      component,
      field: undefined,
    });
  }
  for (const { name: container, image, state, lastState } of statuses) {
    const first = lastState?.terminated?.startedAt ?? state.running?.startedAt;
    if (first === undefined && isStatic) continue;
    const at = first === undefined ? Number.POSITIVE_INFINITY : Date.parse(first);
    const field = `spec.containers{${container}}`;
    const tell = (when: number, reason: string, message: string) =>
      said.push({ about: subject, at: when, reason, message, component: 'kubelet', host, field });
    const took = at - born;
    // kubeadm has pulled what it runs from files before it joins.
    if (!isStatic && took >= 1000) tell(born + 500, 'Pulling', `Pulling image "${image}"`);
    tell(
      at,
      'Pulled',
      isStatic || took < 1000
        ? present(image)
        : pulled(image, took - 500 + (Number.parseInt(digest(`${about}/${container}`).slice(0, 4), 16) % 600)),
    );
    tell(at + 30, 'Created', `Created container: ${container}`);
    tell(at + 90, 'Started', `Started container ${container}`);
    if (container === 'kube-proxy') said.push({ ...proxyStarted(host, about), about: nodeOf(host), at: at + 1000 });
  }
  return said;
}

/** What a kubelet tells of a Pod whose containers went with the power of its host: they are begun again. */
function ofReboot(pod: KubeObject): Said[] {
  const uid = mirrored(pod) ?? pod.metadata.uid;
  const subject = { ...pod, metadata: { ...pod.metadata, uid } } as KubeObject;
  const host = String(pod.spec?.['nodeName'] ?? '');
  type Status = {
    name: string;
    image: string;
    state: { running?: { startedAt: string } };
    lastState?: { terminated?: { finishedAt: string } };
  };
  return ((pod.status?.['containerStatuses'] ?? []) as Status[]).flatMap(({ name, image, state, lastState }) => {
    if (!isCutOff(lastState?.terminated) || state.running === undefined) return [];
    const at = Date.parse(state.running.startedAt);
    const told = { about: subject, component: 'kubelet', host };
    const field = `spec.containers{${name}}`;
    const changed = 'Pod sandbox changed, it will be killed and re-created.';
    return [
      { ...told, at: at - 400, reason: 'SandboxChanged', message: changed },
      { ...told, at, field, reason: 'Pulled', message: present(image) },
      { ...told, at: at + 30, field, reason: 'Created', message: `Created container: ${name}` },
      { ...told, at: at + 90, field, reason: 'Started', message: `Started container ${name}` },
    ];
  });
}

/** What a kubelet tells of a Pod from a file that went through a time in which etcd had no quorum. */
function ofTrouble(pod: KubeObject, now: number, { etcd }: Around): Said[] {
  const uid = mirrored(pod);
  if (uid === undefined) return [];
  const about = { ...pod, metadata: { ...pod.metadata, uid } } as KubeObject;
  const { name, namespace } = pod.metadata;
  const host = String(pod.spec?.['nodeName'] ?? '');
  return ((pod.spec?.['containers'] ?? []) as { name: string; image: string }[]).flatMap(({ name: program, image }) => {
    const place = { program, image, host, pod: `${name}_${namespace}(${uid})` };
    const field = `spec.containers{${program}}`;
    return counted(place, etcd, now).map((told) => ({ about, component: 'kubelet', host, field, ...told }));
  });
}

/** Of each Pod of a Node that is silent it is told that it is not ready, whatever its containers are. */
function ofSilence(pod: KubeObject, { until = Number.POSITIVE_INFINITY }: Around): Said[] {
  type Condition = { type: string; status: string; lastTransitionTime: string };
  const conditions = (pod.status?.['conditions'] ?? []) as Condition[];
  const of = (type: string) => conditions.find((one) => one.type === type);
  const ready = of('Ready');
  if (ready?.status !== 'False' || of('ContainersReady')?.status !== 'True') return [];
  const at = Date.parse(ready.lastTransitionTime);
  if (at >= Math.floor(until / 1000) * 1000) return [];
  const said = { reason: 'NodeNotReady', message: 'Node is not ready', component: 'node-controller' };
  return [{ about: pod, at, type: 'Warning', ...said }];
}

/** A kubelet that speaks tells a Pod's containers to end when it is deleted. */
function ofEnd(pod: KubeObject, { silence }: Around): Said[] {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata as {
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
  };
  if (deletionTimestamp === undefined) return [];
  const at = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
  const host = String(pod.spec?.['nodeName']);
  if (at >= (silence?.(host)?.since ?? Number.POSITIVE_INFINITY)) return [];
  const told = { about: pod, at, reason: 'Killing', component: 'kubelet', host };
  return ((pod.spec?.['containers'] ?? []) as { name: string }[]).map(({ name }) => ({
    ...{ ...told, message: `Stopping container ${name}`, field: `spec.containers{${name}}` },
  }));
}

const nodeOf = (name: string): KubeObject => ({ apiVersion: '', kind: 'Node', metadata: { name, uid: name } });

/** Whoever comes to lead as controller manager has no Node in its books, and registers all of them at its first round. */
function ofRound({ metadata, spec }: KubeObject, nodes: readonly Node[]): Said[] {
  if (metadata.name !== 'kube-controller-manager') return [];
  const led = Date.parse(String(spec?.['acquireTime']));
  return nodes.flatMap(({ metadata: { name, uid = '', creationTimestamp } }): Said[] => {
    if (!(Date.parse(creationTimestamp ?? '') < led)) return [];
    const about = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid } };
    const message = `Node ${name} event: Registered Node ${name} in Controller`;
    return [{ about, at: led + firstRound, reason: 'RegisteredNode', message, component: 'node-controller' }];
  });
}

function ofLeader(lease: KubeObject): Said {
  const at = Math.floor(Date.parse(String(lease.spec?.['acquireTime'])) / 1000) * 1000;
  const { name } = lease.metadata;
  const component = name === 'kube-scheduler' ? 'default-scheduler' : name;
  return {
    about: lease,
    at,
    reason: 'LeaderElection',
    message: `${lease.spec?.['holderIdentity']} became leader`,
    component,
  };
}
