/**
 * What the containers of a cluster have written, told from what is known of the cluster: when each began, and the Events
 * that its controllers recorded, which controller-runtime logs too. Words of other programs are those of their beginning.
 */

import { statusOf } from '../api/log-following.ts';
import type { LogLine, LogQuestion } from '../api/pod-logs.ts';
import { isRecord, type KubeObject } from '../api/types.ts';
import type { Journal } from '../controllers/journal.ts';
import type { Container, WorkPod } from '../controllers/kubernetes/shapes.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { managers } from '../world/management/managers.ts';
import { isCutOff } from './containers.ts';
import type { EtcdPast } from './etcd-past.ts';
import { imageLog } from './image-logs.ts';
import { inOrder, within } from './log-times.ts';
import { apiserver } from './logs/apiserver.ts';
import { alive, application } from './logs/applications.ts';
import { etcd } from './logs/etcd/index.ts';
import { LogFiles } from './logs/files.ts';
import { central } from './logs/kube-ovn/central.ts';
import { controller } from './logs/kube-ovn/controller.ts';
import { cni, monitor } from './logs/kube-ovn/daemons.ts';
import { pinger } from './logs/kube-ovn/pinger.ts';
import { managerLog } from './logs/managers/index.ts';
import { controllerManager, scheduler } from './logs/managers-of-kubernetes.ts';
import { coredns, proxy } from './logs/network-programs.ts';
import { openvswitch } from './logs/ovn.ts';
import { type Run, records, type Teller } from './logs/run.ts';
import { seedImage } from './logs/seed-image.ts';
import { OF_NODES } from './system.ts';

/** Who tells the lines of a program, by the name of its container or of its Deployment. */
const TELLERS: Readonly<Record<string, Teller>> = {
  ...{ etcd, coredns, alive, 'kube-apiserver': apiserver, 'kube-proxy': proxy },
  ...{ 'kube-scheduler': scheduler, 'kube-controller-manager': controllerManager },
  ...{ 'kube-ovn-controller': controller, 'kube-ovn-monitor': monitor, 'cni-server': cni, pinger },
  ...{ 'ovn-central': central, openvswitch },
};

/**
 * The lines of a container; none of a program that says nothing. For `ApiOptions.logs`. `past`: what the cluster's etcd has
 * been through, where somebody has followed it; `journal`: what controllers wrote; `files`: what was read before, and stays;
 * `terms`: who has led by a Lease of the control plane, where that is known; `cut`: when a Node lost power of which a kubelet found a
 * container gone at a time.
 */
export function componentLogs(
  question: LogQuestion,
  past?: EtcdPast,
  journal?: Journal,
  files: LogFiles = new LogFiles(),
  terms?: Run['terms'],
  cut?: (node: string, found: number) => number | undefined,
): LogLine[] {
  const { pod, container } = question;
  const { since, until } = runOf(question, cut);
  if (Number.isNaN(since)) return [];
  const program = programOf(pod);
  const manager = nameIn(pod, 'containers', container) ? managers.find(({ name }) => name === program) : undefined;
  const version = /:([^:/@]+)$/.exec(imageOf(pod, container))?.[1] ?? '';
  const run: Run = {
    ...{ question, since, until, version, node: String(pod.spec?.['nodeName'] ?? '') },
    key: `${pod.metadata.uid}/${container}/${since}`,
    from: since,
    past,
    terms,
    kept: (manager && journal?.of(manager.name)) ?? nobody,
  };
  const teller = tellerOf(pod, program, container);
  const lines = manager ? managerLog(run, manager) : teller ? teller(run) : printed(question, since, until);
  // A kubelet tells of an end the whole second, and what is printed goes on within that.
  const last = manager || teller ? until : Math.min(until + 999, question.now);
  const told = inOrder(
    lines.filter(({ at }) => at >= run.from && at <= last),
    run.key,
  );
  return files.read(run.key, told, run.from, last);
}

/** Of a program whose controllers nobody plays. */
const nobody = { entries: [], since: Number.POSITIVE_INFINITY, turned: false };

/** What prepares a program of the cluster's own copies files or changes whose they are, and prints nothing. */
const silent: Teller = () => [];

/** Whether a container of a Pod is one of a list of its containers. */
const nameIn = ({ spec }: KubeObject, list: string, container: string): boolean =>
  records(spec?.[list]).some(({ name }) => name === container);

/** The programs that a cluster brings are known by their Pods; what else is called so is an operator's. */
function tellerOf(pod: KubeObject, program: string, container: string): Teller | undefined {
  if (pod.metadata.namespace === 'kube-system') {
    const { [program]: teller } = TELLERS;
    if (nameIn(pod, 'containers', container)) return teller;
    return teller && nameIn(pod, 'initContainers', container) ? silent : undefined;
  }
  const owner = pod.metadata.ownerReferences?.[0]?.kind;
  if (owner === 'SeedImage') return seedImage;
  return owner === OF_NODES.kind ? application : undefined;
}

/** What an operator's container is known to print. */
function printed(question: LogQuestion, since: number, until: number): LogLine[] {
  const { pod, container, objects } = question;
  const all = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((part) => records(pod.spec?.[part]));
  const found = all.find(({ name }) => name === container);
  if (!found) return [];
  const host = pod.spec?.['nodeName'];
  let kubelet: string | undefined;
  let processors: number | undefined;
  for (const { metadata, status } of objects('nodes')) {
    if (metadata.name !== host) continue;
    const { nodeInfo, capacity } = (status ?? {}) as NonNullable<Node['status']>;
    kubelet = nodeInfo?.kubeletVersion;
    processors = Number(capacity?.['cpu']) || undefined;
  }
  return imageLog({
    pod: pod as unknown as WorkPod,
    container: found as unknown as Container,
    since,
    until,
    kubelet,
    processors,
    bidden: until < question.now && hasEndedWell(question),
  });
}

/** The program of a Pod: its container's name, or for controllers the name of their Deployment. */
function programOf({ metadata, spec }: KubeObject): string {
  const [owner] = metadata.ownerReferences ?? [];
  const deployment = owner?.kind === 'ReplicaSet' ? owner.name.replace(/-[^-]+$/, '') : undefined;
  if (managers.some(({ name }) => name === deployment)) return deployment!;
  const [first] = records(spec?.['containers']);
  return String(first?.['name'] ?? '');
}

/** Whether the run that is asked for ended with the code of success: servers do where they are told to end. */
function hasEndedWell({ pod, container, previous }: LogQuestion): boolean {
  const state = statusOf(pod, container)?.[previous ? 'lastState' : 'state'];
  const ended = isRecord(state) ? state['terminated'] : undefined;
  return isRecord(ended) && ended['exitCode'] === 0;
}

/** When a container began to run, Unix time in ms, and until when; NaN where it does not run and has not run to its end. */
function runOf(
  { pod, container, previous, now }: LogQuestion,
  cut?: (node: string, found: number) => number | undefined,
): { since: number; until: number } {
  const status = statusOf(pod, container);
  const of = (which: string, key: string) => {
    const state = status?.[which];
    return isRecord(state) && isRecord(state[key]) ? state[key] : undefined;
  };
  // One that rests shows what it wrote last.
  const last = of('lastState', 'terminated');
  const state = previous ? last : (of('state', 'running') ?? of('state', 'terminated') ?? last);
  // What could not even begin has written nothing.
  const begun = Date.parse(String(state?.['startedAt'] ?? '')) || Number.NaN;
  const found = Date.parse(String(state?.['finishedAt'] ?? ''));
  // What went with the power of its host ended then, and not when its kubelet found it gone.
  const end = (isCutOff(state) && cut?.(String(pod.spec?.['nodeName'] ?? ''), found)) || found;
  // A kubelet tells whole seconds.
  const since = begun + within(`${pod.metadata.uid}/${container}/${begun}`);
  return { since: Number.isNaN(end) ? since : Math.min(since, end), until: Number.isNaN(end) ? now : end };
}

const imageOf = (pod: KubeObject, container: string): string => String(statusOf(pod, container)?.['image'] ?? '');
