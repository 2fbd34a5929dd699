/**
 * kube-controller-manager and kube-scheduler: one of each leads, by its Lease, and works; the others wait. Source:
 * k8s.io/kubernetes, cmd/kube-controller-manager and pkg/controller; at their verbosity schedulers say nothing of Pods.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import type { KubeObject } from '../../api/types.ts';
import { firstRound, nextRound } from '../../controllers/hosts/node-lifecycle.ts';
import { election, ledSince, lost } from './election.ts';
import { failedAt, failures } from './failures.ts';
import {
  all,
  chance,
  informers,
  klog,
  madeAt,
  minorOfRun,
  paced,
  type Run,
  readinessOf,
  records,
  removed,
  removedAt,
  structured,
  type Teller,
  timeOf,
  wasCutOff,
} from './run.ts';
import { goDuration, syncsOf } from './syncs.ts';
import { eventsOf, type Recorded } from './told-events.ts';

/** In the order in which they are started: a name, and what waits for its informers under another. */
const controllers: readonly (readonly [name: string, waits?: string])[] = [
  ['serviceaccount-token-controller', 'tokens'],
  ['namespace-controller', 'namespace'],
  ['serviceaccount-controller', 'service account'],
  ['node-ipam-controller', 'node'],
  ['bootstrap-signer-controller', 'bootstrap_signer'],
  ['persistentvolume-binder-controller', 'persistent volume'],
  ['persistentvolume-attach-detach-controller', 'attach detach'],
  ['endpointslice-controller', 'endpoint_slice'],
  ['endpoints-controller', 'endpoint'],
  ['replicationcontroller-controller', 'ReplicationController'],
  ['pod-garbage-collector-controller', 'GC'],
  ['resourcequota-controller', 'resource quota'],
  ['daemonset-controller', 'daemon sets'],
  ['job-controller', 'job'],
  ['deployment-controller', 'deployment'],
  ['replicaset-controller', 'ReplicaSet'],
  ['horizontal-pod-autoscaler-controller', 'HPA'],
  ['disruption-controller', 'disruption'],
  ['statefulset-controller', 'stateful set'],
  ['cronjob-controller', 'cronjob'],
  ['certificatesigningrequest-signing-controller', 'certificate-csrsigning-kubelet-serving'],
  ['certificatesigningrequest-approving-controller', 'certificate-csrapproving'],
  ['ttl-controller', 'TTL'],
  ['token-cleaner-controller', 'token_cleaner'],
  ['node-lifecycle-controller', 'taint'],
  ['taint-eviction-controller', 'taint-eviction-controller'],
  ['clusterrole-aggregation-controller', 'ClusterRoleAggregator'],
  ['root-ca-certificate-publisher-controller', 'crt configmap'],
  ['legacy-serviceaccount-token-cleaner-controller', 'legacy-service-account-token-cleaner'],
  ['garbage-collector-controller', 'garbage collector'],
];

/** How often a kubelet tells of its Node what is not new, ms; of each Node so many of the last times are kept. */
const reports = 300_000;

/** What both say first, and when they go on to ask for their Lease, Unix time in ms. */
function begun(run: Run, program: string, port: number): { lines: LogLine[]; asks: number } {
  const { since, version } = run;
  const scheduler = program === 'kube-scheduler';
  const ca = 'client-ca::kube-system::extension-apiserver-authentication';
  const drawn = chance(run.key, 'begins');
  const starts = since + drawn.integer(340, 1150);
  const reads = starts + drawn.integer(2, 11);
  const serves = reads + drawn.integer(0, 3);
  const read = serves + drawn.integer(95, 210);
  const lines = [
    klog(since, 'serving.go:386', 'Generated self-signed cert in-memory'),
    scheduler
      ? structured(starts, 'server.go:171', 'Starting Kubernetes Scheduler', { version })
      : structured(starts, 'controllermanager.go:188', 'Starting', { version }),
    klog(
      starts,
      scheduler ? 'server.go:173' : 'controllermanager.go:190',
      '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""',
    ),
    scheduler
      ? structured(reads, 'configmap_cafile_content.go:205', 'Starting controller', {
          name: `${ca}::client-ca-file`,
        })
      : structured(reads, 'dynamic_cafile_content.go:161', 'Starting controller', {
          name: 'client-ca-bundle::/etc/kubernetes/pki/ca.crt',
        }),
    klog(serves, 'secure_serving.go:211', `Serving securely on 127.0.0.1:${port}`),
    klog(serves + drawn.integer(0, 1), 'tlsconfig.go:243', '"Starting DynamicServingCertificateController"'),
    ...(scheduler ? [informers(run, read, true, `${ca}::client-ca-file`)] : []),
  ];
  return { lines, asks: scheduler ? read + drawn.integer(1, 14) : serves + drawn.integer(2, 16) };
}

/** The log of a scheduler. */
export const scheduler: Teller = (run) => {
  const lease = 'kube-system/kube-scheduler';
  const led = ledSince(run, lease, run.node);
  const { lines, asks } = begun(run, 'kube-scheduler', 10_259);
  const ended =
    run.question.previous && !wasCutOff(run)
      ? [klog(run.until - 10, 'server.go:296', '"Leaderelection lost"', { level: 'E' })]
      : [];
  return [
    ...lines,
    ...election(run, lease, asks, led),
    ...ended,
    ...alone(run, lease, led, ['server.go:296', '"Leaderelection lost"']),
  ];
};

/** After its server has lost its etcd a leader cannot renew its Lease, and ends. */
function alone(run: Run, lease: string, led: number | undefined, [place, words]: [string, string]): LogLine[] {
  const removed = removedAt(run);
  if (removed === undefined || led === undefined || led > removed) return [];
  const [namespace, name] = lease.split('/');
  const host = String(run.question.pod.status?.['hostIP'] ?? '');
  const url = `https://${host}:6443/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}?timeout=5s`;
  const at = removed + 10_400;
  return [...lost(at, lease, url), klog(at + 140, place, words, { level: 'E' })];
}

/** The log of a controller manager. */
export const controllerManager: Teller = (run) => {
  const lease = 'kube-system/kube-controller-manager';
  const led = ledSince(run, lease, run.node);
  const first = begun(run, 'kube-controller-manager', 10_257);
  const lines = [...first.lines, ...election(run, lease, first.asks, led)];
  if (led === undefined) return lines;
  const removed = removedAt(run);
  const ended =
    run.question.previous && !wasCutOff(run)
      ? [klog(run.until - 10, 'controllermanager.go:354', '"leaderelection lost"', { level: 'E' })]
      : [];
  const works = [...started(run, led), ...nodes(run, led), ...sets(run), ...orphans(run)];
  return [
    ...lines,
    // It works from when it leads until it notices that it does not.
    ...works.filter(({ at }) => at >= led && (removed === undefined || at < removed + 10_000)),
    ...ended,
    ...alone(run, lease, led, ['controllermanager.go:354', '"leaderelection lost"']),
  ];
};

function started(run: Run, led: number): LogLine[] {
  // Some are ready at once, and some ask the server first.
  const own = chance(run.key, 'starts');
  let at = led + own.integer(14, 75);
  const synced = led + own.integer(2600, 3240);
  const lines = controllers.flatMap(([controller, waits]) => {
    const drawn = chance(run.key, controller);
    at += drawn.integer(0, 4) === 0 ? drawn.integer(60, 420) : drawn.integer(1, 24);
    return [
      structured(at, 'controllermanager.go:778', 'Started controller', { controller }),
      ...(waits
        ? [informers(run, at + 1, false, waits), informers(run, synced + drawn.integer(0, 210), true, waits)]
        : []),
    ];
  });
  const collector = { logger: 'garbage-collector-controller' };
  const monitored = 'Garbage collector: all resource monitors have synced';
  const collects = led + own.integer(3480, 3890);
  return [
    ...lines,
    structured(collects, 'garbagecollector.go:154', monitored, collector),
    structured(collects, 'garbagecollector.go:157', 'Proceeding to collect garbage', collector),
  ];
}

/** What it says of Nodes: of new ones, of those that went, and each time that one was told of. */
function nodes(run: Run, led: number): LogLine[] {
  const gone = removed(run, 'nodes');
  const went = new Map(gone.map(({ object, at }) => [object.metadata.uid ?? object.metadata.name, at]));
  const all1 = [...all(run, 'nodes'), ...gone.map(({ object }) => object)];
  const each = Math.max(2, Math.min(90, Math.floor(900 / Math.max(1, all1.length))));
  const place = minorOfRun(run) < 32 ? 'range_allocator.go:241' : 'range_allocator.go:247';
  const ipam = { logger: 'node-ipam-controller' };
  const told = eventsOf(run).filter(({ reason }) => reason === 'RegisteredNode');
  /** When the controller that follows Nodes first came by one of them. */
  const seenAt = (uid: string, born: number) =>
    told.find(({ about, at }) => about.uid === uid && at >= Math.max(born, led))?.at ??
    (born > led ? nextRound(born + 1000) : led + firstRound);
  const synced = (at: number, key: string) => structured(at, place, 'Successfully synced', { ...ipam, key });
  return all1.flatMap((node) => {
    const { name, uid = '' } = node.metadata;
    const born = timeOf(node.metadata.creationTimestamp);
    const { status, since } = readinessOf(node);
    const left = went.get(uid || name);
    const last = Math.min(left ?? run.until, run.until);
    const until = status === 'Unknown' && since < last ? since : last;
    const first = Math.max(born, led);
    const beats = paced(
      until < run.until ? { ...run, until } : run,
      { at: first + chance(uid).integer(0, reports), every: reports, of: uid, late: 0.02 },
      each,
    );
    return [
      ...(born > led ? joined(node, ipam, synced) : []),
      ...(left !== undefined && left < led ? [] : [seen(node, seenAt(uid, born) + chance(uid, 'seen').integer(0, 4))]),
      ...beats.map(({ at }) => synced(at, name)),
    ];
  });
}

/** What follows the making of a Node, each as soon as its controller comes to it. */
function joined(node: KubeObject, ipam: object, synced: (at: number, key: string) => LogLine): LogLine[] {
  const { name, uid = name } = node.metadata;
  const { podCIDRs } = node.spec ?? {};
  const attach = 'persistentvolume-attach-detach-controller';
  const err = `Failed to set statusUpdateNeeded to needed true, because nodeName="${name}" does not exist`;
  const failed = 'Failed to update statusUpdateNeeded field in actual state of world';
  const drawn = chance(uid, 'joins its cluster');
  const made = madeAt(node);
  const given = made + drawn.integer(9, 64);
  return [
    structured(made + drawn.integer(1, 12), 'actual_state_of_world.go:541', failed, { logger: attach, err }),
    ...(podCIDRs
      ? [structured(given, 'range_allocator.go:428', 'Set node PodCIDR', { ...ipam, node: name, podCIDRs })]
      : []),
    synced(given + drawn.integer(0, 8), name),
  ];
}

/** A Node is in nobody's books when the controller that follows Nodes first comes by. */
function seen({ metadata: { name } }: KubeObject, at: number): LogLine {
  const words = 'Missing timestamp for Node. Assuming now as a timestamp';
  return structured(at, 'node_lifecycle_controller.go:879', words, { logger: 'node-lifecycle-controller', node: name });
}

/** ReplicaSets that were looked at, as their Events tell, looks that failed, and Pods that were taken from Nodes. */
function sets(run: Run): LogLine[] {
  const events = eventsOf(run);
  const keyOf = ({ about }: Recorded) => `${about.namespace}/${about.name}`;
  // Whose time was not over goes on, and nothing is said of that at this verbosity.
  const evicted = events.flatMap((event) =>
    event.reason === 'TaintManagerEviction' && event.message.startsWith('Marking for deletion') && !event.again
      ? structured(event.at, 'taint_eviction.go:113', 'Deleting pod', {
          logger: 'taint-eviction-controller',
          controller: 'taint-eviction-controller',
          pod: /Pod (\S+)/.exec(event.message)?.[1] ?? keyOf(event),
        })
      : [],
  );
  const own = events
    .filter(({ component }) => component === 'replicaset-controller')
    .flatMap((event) => {
      if (event.reason !== 'FailedCreate') return [{ key: keyOf(event), at: event.at }];
      return event.again ? [] : failedAt(run, event).map((at) => ({ key: keyOf(event), at }));
    });
  const synced = syncsOf(own).map(({ key, at, took }) => {
    const of = { logger: 'replicaset-controller', kind: 'ReplicaSet', key, duration: goDuration(took) };
    return structured(at, 'replica_set.go:679', 'Finished syncing', of);
  });
  return [...evicted, ...synced, ...failures(run, events)];
}

/** A Node is gone for good after that, ms. */
const quarantine = 40_000;

/** Pods that were taken away because their Nodes were gone, one after the other. */
function orphans(run: Run): LogLine[] {
  const gone = removed(run, 'nodes');
  const there = [...all(run, 'nodes'), ...gone.map(({ object }) => object)];
  const logger = 'pod-garbage-collector-controller';
  const pods = removed(run, 'pods');
  const marked = pods.filter(({ object: { status } }) =>
    records(status?.['conditions']).some(({ reason }) => reason === 'DeletionByPodGC'),
  );
  return pods.flatMap(({ object: { metadata, spec }, at }, place) => {
    // Whoever it has marked it has deleted, and with it what had ended there: that is not marked.
    const isCollected = marked.some(
      (one) => one.object.spec?.['nodeName'] === spec?.['nodeName'] && Math.abs(one.at - at) < 1500,
    );
    const name = spec?.['nodeName'];
    const left = gone.findLast((node) => node.object.metadata.name === name && node.at <= at - quarantine);
    const isBack = there.some((node) => {
      const born = timeOf(node.metadata.creationTimestamp);
      return node.metadata.name === name && left !== undefined && born > left.at && born < at;
    });
    if (!isCollected && (!left || isBack)) return [];
    const pod = `${metadata.namespace}/${metadata.name}`;
    const drawn = chance(pod, at).integer(8, 16);
    const begun = at + (place % 50) * 18;
    return [
      structured(begun, 'gc_controller.go:348', 'PodGC is force deleting Pod', { logger, pod }),
      structured(begun + drawn, 'gc_controller.go:264', 'Forced deletion of orphaned Pod succeeded', { logger, pod }),
    ];
  });
}
