/** What /metrics says, in the text format of Prometheus: of the many families of a real server those that are true here. */

import type { Core } from '../core.ts';
import type { Resource } from '../resources.ts';
import { family, type Sample } from './exposition.ts';

/** What a server has done. */
export interface ServedRequests {
  /** Open watches by kind. */
  watches: ReadonlyMap<Resource, number>;
  /** Requests by their labels. */
  requests: readonly Sample[];
  /** When it began, in ms since the epoch. */
  since: number;
}

/** All of it. `build` as /version tells it. */
export function metrics(
  { store, resources }: Core,
  build: Readonly<Record<string, string>>,
  { watches, requests, since }: ServedRequests,
): string {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const labels = Object.entries(build).map(([name, value]) => [snake(name), value] as const);
  const objects = resources
    .filter(({ view }) => view === undefined)
    .map(
      (one) => [{ resource: one.group === '' ? one.plural : `${one.plural}.${one.group}` }, store.count(one)] as const,
    );
  const one = (name: string, help: string, value: number, type = 'gauge') => family(name, help, [[{}, value]], type);
  const kept = objects.reduce((sum, [, count]) => sum + count, 0);
  return [
    family(
      'apiserver_current_inflight_requests',
      '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      [
        [{ request_kind: 'mutating' }, 0],
        [{ request_kind: 'readOnly' }, 1],
      ],
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
    family(
      'apiserver_request_total',
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      requests,
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
      [[{ storage_cluster_id: 'etcd-0' }, 25_165_824 + kept * 4096]],
    ),
    family('go_info', 'Information about the Go environment.', [[{ version: build['goVersion'] ?? '' }, 1]]),
    one('go_memstats_heap_alloc_bytes', 'Number of heap bytes allocated and still in use.', heapUsed),
    one('go_memstats_heap_sys_bytes', 'Number of heap bytes obtained from system.', heapTotal),
    family(
      'kubernetes_build_info',
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [[Object.fromEntries(labels), 1]],
    ),
    one(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      (user + system) / 1e6,
      'counter',
    ),
    one('process_max_fds', 'Maximum number of open file descriptors.', 1_048_576),
    one('process_resident_memory_bytes', 'Resident memory size in bytes.', rss),
    one('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', since / 1000),
    one('process_virtual_memory_bytes', 'Virtual memory size in bytes.', rss + external),
  ].join('');
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
