/** What /metrics says, in the text format of Prometheus: of the many families of a real server those that are true here. */

import type { Core } from '../core.ts';
import { usageOf } from '../kubelet/usage.ts';
import type { Resource } from '../resources.ts';
import { databasePages } from '../storage/busy.ts';
import { keyOf } from '../store.ts';
import { POST_ONLY_GROUPS } from './discovery.ts';
import { family, type Sample } from './exposition.ts';
import { checksOf } from './health.ts';
import { durations, lifeOf, pastRequests, sumOf, together } from './traffic.ts';

/** What a server has done. */
export interface ServedRequests {
  /** Open watches by kind. */
  watches: ReadonlyMap<Resource, number>;
  /** Requests by their labels. */
  requests: readonly Sample[];
  /** When it began, in ms since the epoch. */
  since: number;
}

/** Whether an APIService stands for a group: for all but the aggregator's own. */
const isAggregated = ({ group }: { group: string }): boolean => group !== 'apiregistration.k8s.io';

/** All of it. `build` as /version tells it. */
export function metrics(
  core: Core,
  build: Readonly<Record<string, string>>,
  { watches, requests, since }: ServedRequests,
): string {
  const { store, resources } = core;
  const life = lifeOf(core, since);
  const { rss, coreNanoSeconds, nanoCores } = usageOf('kube-apiserver', life.key, life.since, core.now());
  const labels = Object.entries(build).map(([name, value]) => [snake(name), value] as const);
  // Of a view nothing is kept, and how the parts of the control plane are is asked of them.
  const kinds = resources.filter(({ view, plural }) => view === undefined && plural !== 'componentstatuses');
  const objects = kinds.map(
    (one) => [{ resource: one.group === '' ? one.plural : `${one.plural}.${one.group}` }, store.count(one)] as const,
  );
  const one = (name: string, help: string, value: number, type = 'gauge') => family(name, help, [[{}, value]], type);
  const all = together(pastRequests(resources, life), requests);
  const total = (verbs: RegExp) =>
    all.reduce((sum, [of, count]) => (verbs.test(of['verb'] ?? '') ? sum + count : sum), 0);
  const [reads, writes, everything] = [total(/^(GET|LIST)$/), total(/^(POST|PUT|PATCH|APPLY|DELETE)/), total(/./)];
  const buckets = durations(all);
  const counts = buckets.filter(([{ le }]) => le === '+Inf').map(([{ le: _le, ...of }, count]): Sample => [of, count]);
  const started = life.since / 1000;
  return [
    family(
      'aggregator_unavailable_apiservice',
      '[ALPHA] Gauge of APIServices which are marked as unavailable broken down by APIService name.',
      [
        ...new Set(
          [...resources, ...POST_ONLY_GROUPS].filter(isAggregated).map(({ group, version }) => `${version}.${group}`),
        ),
      ]
        .sort()
        .map((name) => [{ name }, 0]),
    ),
    one(
      'apiserver_audit_event_total',
      '[ALPHA] Counter of audit events generated and sent to the audit backend.',
      0,
      'counter',
    ),
    one(
      'apiserver_audit_requests_rejected_total',
      '[ALPHA] Counter of apiserver requests rejected due to an error in audit logging backend.',
      0,
      'counter',
    ),
    family(
      'apiserver_current_inflight_requests',
      '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      [
        [{ request_kind: 'mutating' }, 0],
        [{ request_kind: 'readOnly' }, 1],
      ],
    ),
    family(
      'apiserver_flowcontrol_current_executing_requests',
      '[BETA] Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem',
      FLOWS.map(([flow, level]) => [{ flow_schema: flow, priority_level: level }, flow === 'exempt' ? 1 : 0]),
    ),
    family(
      'apiserver_flowcontrol_dispatched_requests_total',
      '[BETA] Number of requests executed by API Priority and Fairness subsystem',
      FLOWS.map(([flow, level, share]) => [
        { flow_schema: flow, priority_level: level },
        Math.round(everything * share),
      ]),
      'counter',
    ),
    family(
      'apiserver_longrunning_requests',
      '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      [...watches].map(([{ group, plural, version, namespaced }, count]) => [
        {
          ...{ component: 'apiserver', group, resource: plural, scope: namespaced ? 'namespace' : 'cluster' },
          ...{ subresource: '', verb: 'WATCH', version },
        },
        count,
      ]),
    ),
    histogram(
      'apiserver_request_duration_seconds',
      '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      buckets,
      counts,
    ),
    family(
      'apiserver_request_total',
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      all,
      'counter',
    ),
    family(
      'apiserver_storage_objects',
      '[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      objects,
    ),
    family(
      'apiserver_storage_size_bytes',
      '[STABLE] Size of the storage database file physically allocated in bytes.',
      [[{ storage_cluster_id: 'etcd-0' }, databaseSize(core)]],
    ),
    family(
      'authenticated_user_requests',
      '[ALPHA] Counter of authenticated requests broken out by username.',
      [[{ username: 'other' }, everything]],
      'counter',
    ),
    family(
      'authentication_attempts',
      '[ALPHA] Counter of authenticated attempts.',
      [[{ result: 'success' }, everything]],
      'counter',
    ),
    family(
      'etcd_requests_total',
      '[ALPHA] Etcd request counts for each operation and object type.',
      kinds
        .flatMap(({ group, plural }): Sample[] => {
          const type = group === '' ? plural : `${plural}.${group}`;
          const of = (verbs: RegExp) =>
            all.reduce(
              (sum, [each, count]) =>
                each['resource'] === plural && each['group'] === group && verbs.test(each['verb'] ?? '')
                  ? sum + count
                  : sum,
              0,
            );
          const changed = of(/^(PUT|PATCH|APPLY)$/);
          return [
            [{ operation: 'get', type }, of(/^GET$/)],
            [{ operation: 'list', type }, of(/^LIST$/)],
            [{ operation: 'create', type }, of(/^POST$/)],
            [{ operation: 'update', type }, changed],
          ];
        })
        .filter(([, count]) => count > 0),
      'counter',
    ),
    one('go_goroutines', 'Number of goroutines that currently exist.', 2100 + life.nodes * 14),
    family('go_info', 'Information about the Go environment.', [[{ version: build['goVersion'] ?? '' }, 1]]),
    one('go_memstats_heap_alloc_bytes', 'Number of heap bytes allocated and still in use.', Math.round(rss * 0.52)),
    one('go_memstats_heap_inuse_bytes', 'Number of heap bytes that are in use.', Math.round(rss * 0.58)),
    one('go_memstats_heap_sys_bytes', 'Number of heap bytes obtained from system.', Math.round(rss * 0.91)),
    one('go_threads', 'Number of OS threads created.', 24),
    family(
      'kubernetes_build_info',
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [[Object.fromEntries(labels), 1]],
    ),
    one(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      Number((coreNanoSeconds / 1e9).toFixed(2)),
      'counter',
    ),
    one('process_max_fds', 'Maximum number of open file descriptors.', 1_048_576),
    one('process_open_fds', 'Number of open file descriptors.', 140 + life.nodes * 6),
    one('process_resident_memory_bytes', 'Resident memory size in bytes.', rss),
    one('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', started),
    one(
      'process_virtual_memory_bytes',
      'Virtual memory size in bytes.',
      rss + 1_073_741_824 + (nanoCores % 4096) * 4096,
    ),
    family(
      'rest_client_requests_total',
      '[ALPHA] Number of HTTP requests, partitioned by status code, method, and host.',
      [
        [{ code: '200', host: '[::1]:6443', method: 'GET' }, Math.round(reads / 40)],
        [{ code: '200', host: '[::1]:6443', method: 'PUT' }, Math.round(life.seconds / 10)],
        [{ code: '201', host: '[::1]:6443', method: 'POST' }, 12 + Math.round(writes / 90_000)],
      ],
      'counter',
    ),
    family(
      'workqueue_depth',
      '[ALPHA] Current depth of workqueue',
      QUEUES.map((name) => [{ name }, 0]),
    ),
  ].join('');
}

/** Flows as servers have them, each with its level and its share of all requests. */
const FLOWS: readonly (readonly [flow: string, level: string, share: number])[] = [
  ['catch-all', 'catch-all', 0],
  ['exempt', 'exempt', 0.21],
  ['global-default', 'global-default', 0.002],
  ['kube-controller-manager', 'workload-high', 0.06],
  ['kube-scheduler', 'workload-high', 0.02],
  ['kube-system-service-accounts', 'workload-high', 0.09],
  ['probes', 'exempt', 0.2],
  ['service-accounts', 'workload-low', 0.03],
  ['system-leader-election', 'leader-election', 0.12],
  ['system-node-high', 'node-high', 0.22],
  ['system-nodes', 'system', 0.048],
];
const QUEUES = [
  ...['APIServiceRegistrationController', 'AvailableConditionController', 'DiscoveryController', 'autoregister'],
  ...['cluster_authentication_trust_controller', 'crdEstablishing', 'crd_finalizer', 'crd_naming_condition_controller'],
  ...[
    'crd_openapi_controller',
    'crd_openapi_v3_controller',
    'open_api_aggregation_controller',
    'priority_and_fairness_config_queue',
  ],
];

/** A histogram: its buckets, what they sum up to, and how many there are. */
function histogram(name: string, help: string, buckets: readonly Sample[], counts: readonly Sample[]): string {
  const head = `# HELP ${name} ${help}\n# TYPE ${name} histogram\n`;
  const lines = (suffix: string, samples: readonly Sample[]) =>
    family(`${name}${suffix}`, '', samples).replace(/^#.*\n/gm, '');
  if (buckets.length === 0) return '';
  // In the order in which bounds rise: not in that of their digits.
  const inOrder = buckets.map((one) => lines('_bucket', [one])).join('');
  return head + inOrder + lines('_sum', sumOf(buckets)) + lines('_count', counts);
}

/** The file of one of the members of etcd, in bytes. */
function databaseSize({ store, resources }: Core): number {
  const namespaces = resources.find(({ kind, group }) => kind === 'Namespace' && group === '');
  const cluster = namespaces && store.get(namespaces, keyOf(undefined, 'kube-system'))?.object.metadata.uid;
  return 4096 * databasePages(cluster ?? '', store.revision);
}

/** /metrics/slis: what the checks of health have come to. */
export function healthMetrics(core: Core, since: number): string {
  const { seconds } = lifeOf(core, since);
  const types = { healthz: 0, livez: 0.1, readyz: 1 } as const;
  const checks = Object.entries(types).flatMap(([type, pace]) =>
    checksOf(type, core.minor()).map((name) => ({ name, type, pace })),
  );
  return [
    family(
      'kubernetes_healthcheck',
      '[STABLE] This metric records the result of a single healthcheck.',
      checks.map(({ name, type }) => [{ name, type }, 1]),
    ),
    family(
      'kubernetes_healthchecks_total',
      '[STABLE] This metric records the results of all healthcheck.',
      checks.map(({ name, type, pace }) => [
        { name, status: 'success', type },
        Math.max(1, Math.round(seconds * pace)),
      ]),
      'counter',
    ),
  ].join('');
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
