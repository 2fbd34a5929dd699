/** What /metrics says, in the text format of Prometheus: of the many families of a real server those that are true here. */

import type { Core } from '../core.ts';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** All of it. `build` as /version tells it; `watches` by plural name; `since`: when the server began, in ms since the epoch. */
export function metrics(
  { store, resources }: Core,
  build: Readonly<Record<string, string>>,
  watches: ReadonlyMap<string, number>,
  since: number,
): string {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const labels = Object.entries(build).map(([name, value]) => [snake(name), value] as const);
  const objects = resources
    .filter(({ view }) => view === undefined)
    .map(
      (one) => [{ resource: one.group === '' ? one.plural : `${one.plural}.${one.group}` }, store.count(one)] as const,
    );
  return [
    family(
      'apiserver_longrunning_requests',
      '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      [...watches].map(([resource, count]) => [{ component: 'apiserver', resource, verb: 'WATCH' }, count] as const),
    ),
    family(
      'apiserver_storage_objects',
      '[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      objects,
    ),
    family(
      'kubernetes_build_info',
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [[Object.fromEntries(labels), 1]],
    ),
    family(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      [[{}, (user + system) / 1e6]],
      'counter',
    ),
    family('process_heap_bytes', 'Heap in use in bytes.', [[{}, heapUsed]]),
    family('process_resident_memory_bytes', 'Resident memory size in bytes.', [[{}, rss]]),
    family('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', [
      [{}, since / 1000],
    ]),
  ].join('');
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function family(name: string, help: string, samples: readonly Sample[], type = 'gauge'): string {
  const lines = samples.map(([labels, value]) => {
    const told = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    return `${name}${told.length > 0 ? `{${told.join(',')}}` : ''} ${value}`;
  });
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.sort().join('\n')}\n`;
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
