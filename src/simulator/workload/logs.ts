/**
 * What the containers of a cluster have written, told from what is known of the cluster: when each began, and the Events
 * that its controllers recorded, which controller-runtime logs too. Words of other programs are those of their beginning.
 */

import { createHash } from 'node:crypto';
import type { LogLine, LogQuestion } from '../api/pod-logs.ts';
import { isRecord, type KubeObject } from '../api/types.ts';
import type { Container, WorkPod } from '../controllers/kubernetes/shapes.ts';
import { managers } from '../world/management/managers.ts';
import { imageLog } from './image-logs.ts';
import { micros, within } from './log-times.ts';

/** Which controllers speak of objects of a group, by the name of their Deployment. */
const speakers: readonly (readonly [group: string, program: string])[] = [
  ['infrastructure.cluster.x-k8s.io', 'cluster-api-provider-baremetal-manager'],
  ['elemental.cattle.io', 'elemental-operator'],
  ['bootstrap.cluster.x-k8s.io', 'capi-kubeadm-bootstrap-controller-manager'],
  ['controlplane.cluster.x-k8s.io', 'capi-kubeadm-control-plane-controller-manager'],
  ['cluster.x-k8s.io', 'capi-controller-manager'],
];

/** etcd is compacted by the API server so often, in ms; of so many of them the lines are kept. */
const compaction = 300_000;
const compactions = 48;

/** The lines of a container; none of a program that says nothing. For `ApiOptions.logs`. */
export function componentLogs(question: LogQuestion): LogLine[] {
  const { pod, container, now } = question;
  const { since, until } = runOf(question);
  if (Number.isNaN(since)) return [];
  const program = programOf(pod);
  const manager = managers.find(({ name }) => name === program);
  if (manager) return [...elected(since, pod, manager.lease), ...recorded(question, program, since)];
  const version = /:(v[^:]+)$/.exec(imageOf(pod, container))?.[1] ?? '';
  switch (program) {
    case 'kube-scheduler':
    case 'kube-controller-manager':
      return [
        klog(since, 'serving.go:386', 'Generated self-signed cert in-memory'),
        klog(
          since + 700,
          program === 'kube-scheduler' ? 'server.go:166' : 'controllermanager.go:185',
          `"Starting${program === 'kube-scheduler' ? ' Kubernetes Scheduler' : ''}" version=${JSON.stringify(version)}`,
        ),
        klog(
          since + 710,
          'secure_serving.go:213',
          `Serving securely on 127.0.0.1:${program === 'kube-scheduler' ? 10259 : 10257}`,
        ),
        klog(since + 720, 'leaderelection.go:257', `attempting to acquire leader lease kube-system/${program}...`),
      ];
    case 'kube-apiserver':
      return [
        klog(since, 'options.go:228', `external host was not specified, using ${String(pod.status?.['hostIP'])}`),
        klog(since + 3, 'server.go:143', `Version: ${version}`),
        klog(since + 4, 'server.go:145', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'),
        klog(since + 5200, 'secure_serving.go:213', 'Serving securely on [::]:6443'),
      ];
    case 'kube-proxy':
      return [
        klog(since, 'server_linux.go:66', '"Using iptables proxy"'),
        klog(
          since + 400,
          'server.go:687',
          `"Successfully retrieved node IP(s)" IPs=[${JSON.stringify(pod.status?.['hostIP'])}]`,
        ),
        klog(since + 900, 'server.go:497', `"Version info" version=${JSON.stringify(version)}`),
        klog(since + 910, 'config.go:199', '"Starting service config controller"'),
        klog(since + 911, 'config.go:105', '"Starting endpoint slice config controller"'),
        klog(since + 912, 'config.go:329', '"Starting node config controller"'),
        klog(since + 1010, 'shared_informer.go:320', 'Caches are synced for service config'),
      ];
    case 'coredns':
      return [
        { at: since, text: '.:53' },
        { at: since + 1, text: `[INFO] plugin/reload: Running configuration SHA512 = ${digest('sha512', 'Corefile')}` },
        { at: since + 2, text: `CoreDNS-${/:v?([\d.]+)/.exec(imageOf(pod, container))?.[1] ?? ''}` },
        { at: since + 2, text: 'linux/amd64, go1.24.6, 1db4568' },
      ];
    case 'etcd':
      return compacted(question, since, now);
    default:
      return printed(pod, container, since, until);
  }
}

/** What an operator's container is known to print. */
function printed(pod: KubeObject, container: string, since: number, until: number): LogLine[] {
  const all = [...records(pod.spec?.['containers']), ...records(pod.spec?.['initContainers'])];
  const found = all.find(({ name }) => name === container);
  if (!found) return [];
  return imageLog({ pod: pod as unknown as WorkPod, container: found as unknown as Container, since, until });
}

/** The program of a Pod: its container's name, or for controllers the name of their Deployment. */
function programOf({ metadata, spec }: KubeObject): string {
  const [owner] = metadata.ownerReferences ?? [];
  const deployment = owner?.kind === 'ReplicaSet' ? owner.name.replace(/-[^-]+$/, '') : undefined;
  if (managers.some(({ name }) => name === deployment)) return deployment!;
  const [first] = records(spec?.['containers']);
  return String(first?.['name'] ?? '');
}

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const statusOf = ({ status }: KubeObject, container: string) =>
  [...records(status?.['containerStatuses']), ...records(status?.['initContainerStatuses'])].find(
    ({ name }) => name === container,
  );

/** When a container began to run, Unix time in ms, and until when; NaN where it does not run and has not run to its end. */
function runOf({ pod, container, previous, now }: LogQuestion): { since: number; until: number } {
  const status = statusOf(pod, container);
  const of = (which: string, key: string) => {
    const state = status?.[which];
    return isRecord(state) && isRecord(state[key]) ? state[key] : undefined;
  };
  // One that rests shows what it wrote last.
  const last = of('lastState', 'terminated');
  const state = previous ? last : (of('state', 'running') ?? of('state', 'terminated') ?? last);
  const begun = Date.parse(String(state?.['startedAt'] ?? ''));
  const end = Date.parse(String(state?.['finishedAt'] ?? ''));
  // A kubelet tells whole seconds.
  const since = begun + within(`${pod.metadata.uid}/${container}/${begun}`);
  return { since: Number.isNaN(end) ? since : Math.min(since, end), until: Number.isNaN(end) ? now : end };
}

const imageOf = (pod: KubeObject, container: string): string => String(statusOf(pod, container)?.['image'] ?? '');

/** As klog writes it, of a process that is the first in its container. */
function klog(at: number, place: string, message: string): LogLine {
  const [day = '', time = ''] = micros(at, message).split('T');
  return { at, text: `I${day.slice(5).replace('-', '')} ${time}       1 ${place}] ${message}` };
}

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

/** How a manager begins. */
function elected(since: number, { metadata }: KubeObject, lease: string): LogLine[] {
  const name = `${metadata.namespace}/${lease}`;
  return [
    klog(since, 'main.go:1', '"starting manager" logger="setup"'),
    klog(since + 60, 'server.go:208', '"Starting metrics server" logger="controller-runtime.metrics"'),
    klog(since + 90, 'leaderelection.go:257', `attempting to acquire leader lease ${name}...`),
    klog(since + 17_000, 'leaderelection.go:271', `successfully acquired lease ${name}`),
  ];
}

/** The Events that a manager has recorded since it began, as controller-runtime's recorder logs them. */
function recorded({ events }: LogQuestion, program: string, since: number): LogLine[] {
  const lines: LogLine[] = [];
  for (const event of events()) {
    const about = isRecord(event['involvedObject']) ? event['involvedObject'] : {};
    const group = String(about['apiVersion'] ?? '').split('/')[0];
    if (speakers.find(([one]) => one === group)?.[1] !== program) continue;
    const at = Date.parse(String(event['lastTimestamp'] ?? event.metadata.creationTimestamp ?? ''));
    if (Number.isNaN(at) || at < since) continue;
    const { kind, namespace, name, uid, apiVersion, resourceVersion } = about;
    const object = JSON.stringify({ kind, namespace, name, uid, apiVersion, resourceVersion });
    const said = `${JSON.stringify(event['message'])} logger="events" type=${JSON.stringify(event['type'])}`;
    lines.push(klog(at, 'recorder.go:104', `${said} object=${object} reason=${JSON.stringify(event['reason'])}`));
  }
  return lines.sort((a, b) => a.at - b.at);
}

/** etcd says little while all is well: each compaction, in lines of JSON. */
function compacted({ revision }: LogQuestion, since: number, now: number): LogLine[] {
  const last = Math.floor((now - since) / compaction);
  // Revisions of the past are told by an even pace: what was written when is not kept.
  const pace = 1700;
  return Array.from({ length: Math.min(compactions, last) }, (_, index) => {
    const back = Math.min(compactions, last) - index;
    const at = since + (last - back + 1) * compaction;
    const common = { level: 'info', ts: `${micros(at, 'etcd')}Z` };
    const took = `${10 + (Math.floor(at / 1000) % 17)}.${at % 1000}ms`;
    const to = Math.max(1, revision - back * pace);
    return {
      at,
      text: JSON.stringify({
        ...common,
        caller: 'mvcc/kvstore_compaction.go:72',
        msg: 'finished scheduled compaction',
        'compact-revision': to,
        took,
      }),
    };
  });
}
