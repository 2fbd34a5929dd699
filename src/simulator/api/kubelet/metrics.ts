/** What a kubelet tells Prometheus: of itself, of what its Pods take, and of their probes. Names as k8s.io/kubernetes/pkg/kubelet has them. */

import { isMirror } from '../../controllers/mirror.ts';
import { family, type Sample } from '../discovery/exposition.ts';
import { isRecord } from '../types.ts';
import { type Housed, ofNode, type Sight } from './node.ts';
import { identityOf } from './summary.ts';
import type { Running, Usage } from './usage.ts';

const seconds = (usage: Usage): number => Number((usage.coreNanoSeconds / 1e9).toFixed(6));
const labelsOf = ({ pod }: Housed): { namespace: string; pod: string } => ({
  namespace: pod.metadata.namespace ?? '',
  pod: pod.metadata.name,
});
const each = (sight: Sight, of: (one: Running, housed: Housed) => Sample[]): Sample[] =>
  sight.pods.flatMap((housed) => housed.containers.flatMap((one) => of(one, housed)));
const sum = (housed: Housed, of: (usage: Usage) => number): number =>
  housed.containers.reduce((total, { usage }) => total + of(usage), 0);

/** /metrics */
export function kubeletMetrics(sight: Sight, build: Readonly<Record<string, string>>): string {
  const { pods, own, name, now } = sight;
  const alive = pods.filter(({ containers }) => containers.length > 0);
  const counted = pods.flatMap(({ pod }) => {
    const statuses = pod.status?.['containerStatuses'];
    return (Array.isArray(statuses) ? statuses.filter(isRecord) : []).map(({ state }) =>
      isRecord(state) && state['running'] ? 'running' : isRecord(state) && state['terminated'] ? 'exited' : 'created',
    );
  });
  const count = (state: string) => counted.filter((one) => one === state).length;
  const statics = alive.filter(({ pod }) => isMirror(pod)).length;
  const one = (title: string, help: string, value: number, type = 'gauge') => family(title, help, [[{}, value]], type);
  const ran = Math.round((now - own.kubelet.since) / 1000);
  return [
    family('go_info', 'Information about the Go environment.', [[{ version: build['goVersion'] ?? '' }, 1]]),
    one('go_goroutines', 'Number of goroutines that currently exist.', 310 + pods.length * 9),
    family(
      'kubelet_active_pods',
      '[ALPHA] The number of pods the kubelet considers active and which are being considered when admitting new pods. static is true if the pod is not from the apiserver.',
      [
        [{ static: '' }, alive.length - statics],
        [{ static: 'true' }, statics],
      ],
    ),
    one(
      'kubelet_certificate_manager_client_expiration_renew_errors',
      '[ALPHA] Counter of certificate renewal errors.',
      0,
      'counter',
    ),
    family('kubelet_node_name', "[ALPHA] The node's name. The count is always 1.", [[{ node: name }, 1]]),
    one(
      'kubelet_node_startup_registration_duration_seconds',
      '[ALPHA] Duration in seconds of node registration.',
      0.41,
    ),
    family(
      'kubelet_running_containers',
      '[ALPHA] Number of containers currently running',
      ['created', 'exited', 'running'].flatMap((state): Sample[] =>
        count(state) > 0 ? [[{ container_state: state }, count(state)]] : [],
      ),
    ),
    one('kubelet_running_pods', '[ALPHA] Number of pods that have a running pod sandbox', alive.length),
    one('kubelet_started_pods_total', '[ALPHA] Cumulative number of pods started', alive.length, 'counter'),
    one('kubelet_started_pods_errors_total', '[ALPHA] Cumulative number of errors when starting pods', 0, 'counter'),
    family(
      'kubelet_runtime_operations_total',
      '[ALPHA] Cumulative number of runtime operations by operation type.',
      [
        [{ operation_type: 'list_containers' }, ran * 2],
        [{ operation_type: 'list_podsandbox' }, ran * 2],
        [{ operation_type: 'create_container' }, counted.length],
        [{ operation_type: 'start_container' }, counted.length],
        [{ operation_type: 'version' }, Math.round(ran / 5)],
      ],
      'counter',
    ),
    family(
      'kubernetes_build_info',
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      [[snaked(build), 1]],
    ),
    one(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      seconds(own.kubelet),
      'counter',
    ),
    one('process_resident_memory_bytes', 'Resident memory size in bytes.', own.kubelet.rss),
    one(
      'process_start_time_seconds',
      'Start time of the process since unix epoch in seconds.',
      own.kubelet.since / 1000,
    ),
    family('volume_manager_total_volumes', '[ALPHA] Number of volumes in Volume Manager', volumes(sight)),
  ].join('');
}

const snaked = (build: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(build).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );

function volumes({ pods }: Sight): Sample[] {
  const counts = new Map<string, number>();
  for (const { pod } of pods) {
    for (const volume of Array.isArray(pod.spec?.['volumes']) ? pod.spec['volumes'].filter(isRecord) : []) {
      const kind = Object.keys(volume).find((key) => key !== 'name') ?? '';
      const plugin = `kubernetes.io/${kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      counts.set(plugin, (counts.get(plugin) ?? 0) + 1);
    }
  }
  return [...counts].flatMap(([plugin, value]): Sample[] =>
    ['actual', 'desired'].map((state) => [{ plugin_name: plugin, state: `${state}_state_of_world` }, value]),
  );
}

/** /metrics/resource, each with the time in ms at which it was measured. */
export function resourceMetrics(sight: Sight): string {
  const at = sight.now;
  const node = ofNode(sight);
  const timed = (title: string, help: string, samples: readonly Sample[], type: string) =>
    family(title, `[STABLE] ${help}`, samples, type, at);
  const ofPods = (of: (usage: Usage) => number): Sample[] =>
    sight.pods
      .filter(({ containers }) => containers.length > 0)
      .map((housed) => [
        labelsOf(housed),
        of({
          ...node,
          coreNanoSeconds: sum(housed, (u) => u.coreNanoSeconds),
          workingSet: sum(housed, (u) => u.workingSet),
        }),
      ]);
  const ofAll = (of: (usage: Usage) => number): Sample[] =>
    each(sight, ({ name, usage }, housed) => [[{ container: name, ...labelsOf(housed) }, of(usage)]]);
  return [
    timed(
      'container_cpu_usage_seconds_total',
      'Cumulative cpu time consumed by the container in core-seconds',
      ofAll(seconds),
      'counter',
    ),
    timed(
      'container_memory_working_set_bytes',
      'Current working set of the container in bytes',
      ofAll((u) => u.workingSet),
      'gauge',
    ),
    family(
      'container_start_time_seconds',
      '[STABLE] Start time of the container since unix epoch in seconds',
      ofAll((u) => u.since / 1000),
    ),
    timed(
      'node_cpu_usage_seconds_total',
      'Cumulative cpu time consumed by the node in core-seconds',
      [[{}, seconds(node)]],
      'counter',
    ),
    timed(
      'node_memory_working_set_bytes',
      'Current working set of the node in bytes',
      [[{}, node.workingSet]],
      'gauge',
    ),
    timed(
      'pod_cpu_usage_seconds_total',
      'Cumulative cpu time consumed by the pod in core-seconds',
      ofPods(seconds),
      'counter',
    ),
    timed(
      'pod_memory_working_set_bytes',
      'Current working set of the pod in bytes',
      ofPods((u) => u.workingSet),
      'gauge',
    ),
    family('resource_scrape_error', '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise', [
      [{}, 0],
    ]),
  ].join('');
}

/** /metrics/cadvisor */
export function cadvisorMetrics(sight: Sight): string {
  const { cores, memory, node, now } = sight;
  const info = isRecord(node.status?.['nodeInfo']) ? node.status['nodeInfo'] : {};
  const text = (key: string) => String(info[key] ?? '');
  const machine = { boot_id: text('bootID'), machine_id: text('machineID'), system_uuid: text('systemUUID') };
  const ofAll = (of: (usage: Usage) => number, more: Record<string, string> = {}): Sample[] =>
    each(sight, ({ name, image, id, usage }, housed) => {
      const slice = `/kubepods.slice/kubepods-pod${identityOf(housed.pod).replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`;
      return [[{ container: name, ...more, id: slice, image, name: id, ...labelsOf(housed) }, of(usage)]];
    });
  const timed = (title: string, help: string, samples: readonly Sample[], type: string) =>
    family(title, help, samples, type, now);
  return [
    family(
      'cadvisor_version_info',
      "A metric with a constant '1' value labeled by kernel version, OS version, docker version, cadvisor version & cadvisor revision.",
      [
        [
          {
            cadvisorRevision: '',
            cadvisorVersion: '',
            dockerVersion: '',
            kernelVersion: text('kernelVersion'),
            osVersion: text('osImage'),
          },
          1,
        ],
      ],
    ),
    timed(
      'container_cpu_usage_seconds_total',
      'Cumulative cpu time consumed in seconds.',
      ofAll(seconds, { cpu: 'total' }),
      'counter',
    ),
    timed(
      'container_memory_rss',
      'Size of RSS in bytes.',
      ofAll((u) => u.rss),
      'gauge',
    ),
    timed(
      'container_memory_usage_bytes',
      'Current memory usage in bytes, including all memory regardless of when it was accessed',
      ofAll((u) => u.usage),
      'gauge',
    ),
    timed(
      'container_memory_working_set_bytes',
      'Current working set in bytes.',
      ofAll((u) => u.workingSet),
      'gauge',
    ),
    timed(
      'container_start_time_seconds',
      'Start time of the container since unix epoch in seconds.',
      ofAll((u) => u.since / 1000),
      'gauge',
    ),
    family('machine_cpu_cores', 'Number of logical CPU cores.', [[machine, cores]]),
    family('machine_memory_bytes', 'Amount of memory installed on the machine.', [[machine, memory]]),
  ].join('');
}

/** /metrics/probes: how often the probes of running containers have succeeded. */
export function probeMetrics(sight: Sight): string {
  const kinds = { livenessProbe: 'Liveness', readinessProbe: 'Readiness' } as const;
  const samples = each(sight, ({ name, usage }, housed) => {
    const specs = housed.pod.spec?.['containers'];
    const spec = (Array.isArray(specs) ? specs.filter(isRecord) : []).find((one) => one['name'] === name) ?? {};
    return Object.entries(kinds).flatMap(([key, kind]): Sample[] => {
      const probe = spec[key];
      if (!isRecord(probe)) return [];
      const times = Math.floor((sight.now - usage.since) / 1000 / Number(probe['periodSeconds'] ?? 10));
      const { pod, namespace } = labelsOf(housed);
      const labels = { container: name, namespace, pod, pod_uid: identityOf(housed.pod), probe_type: kind };
      return [[{ ...labels, result: 'successful' }, times]];
    });
  });
  return family(
    'prober_probe_total',
    '[BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.',
    samples,
    'counter',
  );
}
