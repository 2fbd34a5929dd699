/** kube-apiserver: how it begins, what it finds as it is asked, and the requests that took long. Source: k8s.io/apiserver. */

import type { LogLine } from '../../api/pod-logs.ts';
import { comingUp } from './apiserver-begin.ts';
import { type Finding, findings } from './apiserver-groups.ts';
import { ended, heldUp, worksSince } from './apiserver-quorum.ts';
import { killed, overdue, traces, unanswered, unreached, without } from './apiserver-trouble.ts';
import {
  all,
  chance,
  informers,
  klog,
  memberOf,
  minorOfRun,
  paced,
  planeNodes,
  type Run,
  records,
  removedAt,
  structured,
  type Teller,
  timeOf,
} from './run.ts';

/** What counts for quotas, in the order in which a cluster that comes up first writes it. */
const counted = [
  ...[
    'leases.coordination.k8s.io',
    'serviceaccounts',
    'namespaces',
    'endpoints',
    'deployments.apps',
    'daemonsets.apps',
  ],
  ...['replicasets.apps', 'controllerrevisions.apps', 'endpointslices.discovery.k8s.io', 'jobs.batch'],
];

const pki = '/etc/kubernetes/pki';

/** The log of an API server. */
export const apiserver: Teller = (run) => {
  const { question, since } = run;
  const host = String(question.pod.status?.['hostIP'] ?? '');
  const wait = waitOf(run);
  const when = (after: number) => since + after + (after > dials ? wait : 0);
  const said = (after: number, place: string, message: string, level = 'I') =>
    klog(when(after), place, message, { level });
  const starts = (after: number, name: string) =>
    structured(when(after), 'dynamic_cafile_content.go:161', 'Starting controller', { name });
  const lines = [
    said(0, 'options.go:249', `external host was not specified, using ${host}`),
    said(3, 'server.go:147', `Version: ${run.version}`),
    said(4, 'server.go:149', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'),
    informers(run, when(610), false, 'node_authorizer'),
    said(
      640,
      'plugins.go:157',
      `Loaded 12 mutating admission controller(s) successfully in the following order: ${mutating}.`,
    ),
    said(
      641,
      'plugins.go:160',
      `Loaded 13 validating admission controller(s) successfully in the following order: ${validating}.`,
    ),
    said(702, 'instance.go:233', 'Using reconciler: lease'),
    ...found(run).map(({ place, message, level, after }) => said(after, place, message, level)),
    starts(2980, `client-ca-bundle::${pki}/ca.crt`),
    starts(2980, `request-header::${pki}/front-proxy-ca.crt`),
    structured(when(2981), 'dynamic_serving_content.go:135', 'Starting controller', {
      name: `serving-cert::${pki}/apiserver.crt::${pki}/apiserver.key`,
    }),
    said(2982, 'secure_serving.go:211', 'Serving securely on [::]:6443'),
    said(2983, 'tlsconfig.go:243', '"Starting DynamicServingCertificateController"'),
    ...comingUp(run, when(2982), servicesOf(run)),
    said(3960, 'storage_scheduling.go:111', 'all system priority classes are created successfully or already exist.'),
    said(5210, 'lease.go:265', resetting(addressesAt(run, when(5210))), 'W'),
    ...evaluators(run, when(5216)),
    ...(wait > 0 ? unreached(run, since + dials + 1, since + dials + wait - 300, 5) : []),
  ];
  const begun = heldUp(run, lines, when(2982));
  const removed = removedAt(run);
  if (removed !== undefined && run.until > removed + killed) return without(run, removed, begun);
  const works = [
    ...ranges(run),
    ...services(run),
    ...traces(run),
    ...overdue(run),
    ...definitions(run),
    ...resets(run),
  ];
  const from = worksSince(run) ?? since;
  const told = [...works.filter(({ at }) => at >= from), ...unanswered(run), ...ended(run)];
  return [
    ...begun,
    ...told.filter(({ at }) => removed === undefined || at < removed),
    ...(removed === undefined ? [] : unreached(run, removed, run.until)),
  ];
};

/** From so long after its beginning a server asks its etcd, ms. */
const dials = 702;

/** What it says of the groups that it finds; `after`: ms since its beginning. */
function found(run: Run): Finding[] {
  let at = dials;
  return findings(minorOfRun(run)).map((one) => {
    at += one.after;
    return { ...one, after: at };
  });
}

/** How much longer than with one that is there a server waits for its etcd, that begins beside it, ms. */
function waitOf(run: Run): number {
  const beside = run.past?.members.findLast(
    ({ name, since }) => name === run.node && Math.abs(since - run.since) < 20_000,
  );
  if (!beside) return 0;
  const first = run.past!.terms.find(({ leader, cause }) => leader === beside.id && cause === 'first');
  const serves = (first?.at ?? beside.since + 400) + 300;
  return Math.max(0, serves - (run.since + 2400));
}

/** What counts for quotas is counted from the first time that somebody writes it: of a cluster that is busy in any order. */
function evaluators(run: Run, first: number): LogLine[] {
  const drawn = chance(run.key, 'counted');
  let at = first;
  return counted
    .map((name, turn) => ({ name, turn: turn + drawn.next() * 3 }))
    .sort((a, b) => a.turn - b.turn)
    .map(({ name }) => {
      const line = klog(at, 'controller.go:667', `quota admission added evaluator for: ${name}`);
      at += drawn.integer(0, 2) === 0 ? drawn.integer(2000, 21_000) : drawn.integer(20, 1900);
      return line;
    });
}

const resetting = (addresses: string): string =>
  `Resetting endpoints for master service "kubernetes" to [${addresses}]`;

/** A server whose Lease is over is taken from the endpoints by whoever of the others looks first. */
function resets(run: Run): LogLine[] {
  const turns = (run.past?.members ?? [])
    .flatMap(({ id, removed }) => {
      if (removed === undefined || removed < run.since) return [];
      const drawn = chance(id, 'endpoints');
      return [{ at: removed + 15_000 + drawn.integer(300, 9800), who: drawn.next() }];
    })
    .sort((a, b) => a.at - b.at);
  let last = '';
  return turns.flatMap(({ at, who }) => {
    const there = membersAt(run, at).map(({ name }) => name);
    const same = there.join() === last;
    last = there.join();
    // Of two that went at once only one is noticed.
    if (same || there[Math.floor(who * there.length)] !== run.node) return [];
    return [klog(at, 'lease.go:265', resetting(addressesAt(run, at)), { level: 'W' })];
  });
}

/** Those whose servers are there at a moment, where somebody has followed them. */
const membersAt = ({ past }: Run, at: number) =>
  (past?.members ?? []).filter(({ since, removed }) => since + 4000 <= at && !(removed !== undefined && removed <= at));

const mutating =
  'NamespaceLifecycle,LimitRanger,ServiceAccount,NodeRestriction,TaintNodesByCondition,Priority,DefaultTolerationSeconds,DefaultStorageClass,StorageObjectInUseProtection,RuntimeClass,DefaultIngressClass,MutatingAdmissionWebhook';
const validating =
  'LimitRanger,ServiceAccount,PodSecurity,Priority,PersistentVolumeClaimResize,RuntimeClass,CertificateApproval,CertificateSigning,ClusterTrustBundleAttest,CertificateSubjectRestriction,ValidatingAdmissionPolicy,ValidatingAdmissionWebhook,ResourceQuota';

/** The addresses of the servers that are there at a moment. */
function addressesAt(run: Run, at: number): string {
  const followed = membersAt(run, at).filter(({ name }) => name !== run.node);
  const own = String(run.question.pod.status?.['hostIP'] ?? '');
  if (run.past) return [...followed.map(({ address }) => address), own].sort().join(' ');
  return planeNodes(run)
    .flatMap(({ status }) =>
      records(status?.['addresses']).flatMap(({ type, address }) => (type === 'InternalIP' ? [address] : [])),
    )
    .join(' ');
}

/** The groups and versions that definitions serve: those that were there when it began, and those that came later. */
function definitions(run: Run): LogLine[] {
  const found = new Map<string, number>();
  for (const { metadata, spec } of all(run, 'customresourcedefinitions')) {
    for (const { name } of records(spec?.['versions'])) {
      const known = `${spec?.['group']} ${name}`;
      const at = timeOf(metadata.creationTimestamp);
      found.set(known, Math.min(found.get(known) ?? at, at));
    }
  }
  const drawn = chance(run.key, 'definitions');
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, born], turn) => {
      const at = born > run.since + 5400 ? born + drawn.integer(20, 900) : run.since + 5400 + turn * 9;
      return klog(at, 'handler.go:288', `Adding GroupVersion ${name} to ResourceManager`);
    });
}

/** The network of Services that it was told, the first where there are two. */
function servicesOf(run: Run): string {
  const cidr = /--service-cluster-ip-range=([^\s,]+)/.exec(
    records(run.question.pod.spec?.['containers'])
      .flatMap(({ command }) => (Array.isArray(command) ? command : []))
      .join('\n'),
  )?.[1];
  return cidr ?? '10.96.0.0/12';
}

/** Since 1.33 the allocator of Services' addresses looks at its ranges every ten minutes. */
function ranges(run: Run): LogLine[] {
  if (minorOfRun(run) < 33) return [];
  const range = servicesOf(run);
  const every = 600_000;
  const place = `cidrallocator.go:${minorOfRun(run) < 34 ? 277 : 278}`;
  return paced(run, { at: run.since + 3040, every, of: '', late: 0 }, 720).map(({ at, turn }) =>
    // Each turn begins when the one before it is over.
    klog(at + Math.floor(turn * 1.3) + (turn % 3), place, `updated ClusterIP allocator for Service CIDR ${range}`),
  );
}

/** Addresses that were given to Services; each was asked of one API server. */
function services(run: Run): LogLine[] {
  const nodes = planeNodes(run);
  const own = memberOf(run);
  return all(run, 'services').flatMap(({ metadata, spec }) => {
    const at = timeOf(metadata.creationTimestamp);
    const address = spec?.['clusterIP'];
    const { namespace, name, uid = '' } = metadata;
    const asked = chance('asked', uid).integer(0, Math.max(0, nodes.length - 1));
    if (typeof address !== 'string' || address === 'None' || own < 0 || asked !== own || name === 'kubernetes')
      return [];
    const clusterIPs = { IPv4: address };
    return [
      structured(at + 40, 'alloc.go:328', 'allocated clusterIPs', { service: `${namespace}/${name}`, clusterIPs }),
    ];
  });
}
