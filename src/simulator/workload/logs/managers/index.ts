/** The logs of the platform's managers: how each begins, and what its controllers say while it leads. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { Manager } from '../../../world/management/managers.ts';
import { ledSince } from '../election.ts';
import { all, chance, type Run, timeOf } from '../run.ts';
import { eventsOf, type Recorded } from '../told-events.ts';
import { begun } from './begin.ts';
import { clusterApi } from './cluster-api.ts';
import { bootstrapping, controlPlanes } from './control-planes.ts';
import { elementalOperator, provider } from './provider.ts';
import { type Reconciled, says } from './reconciling.ts';

type Story = (run: Run, events: readonly Recorded[], led: number) => LogLine[];

const ofClusterApi: Story = (run, events) =>
  clusterApi(
    run,
    events.filter(({ about }) => about.apiVersion.startsWith('cluster.x-k8s.io/') || about.kind === 'BaremetalMachine'),
  );

const STORIES: Readonly<Record<string, Story>> = {
  'capi-controller-manager': (run, events, led) => [...ofClusterApi(run, events, led), ...connected(run, led)],
  'capi-kubeadm-control-plane-controller-manager': (run, events, led) => [
    ...controlPlanes(run, events, led),
    ...connected(run, led),
  ],
  'capi-kubeadm-bootstrap-controller-manager': (run, events, led) => [
    ...bootstrapping(run, events),
    ...connected(run, led),
  ],
  'cluster-api-provider-baremetal-manager': provider,
  'elemental-operator': elementalOperator,
};

/** The lines of a manager. */
export function managerLog(run: Run, manager: Manager): LogLine[] {
  const led = ledSince(run, `cpaas-system/${manager.lease}`, run.question.pod.metadata.name);
  const story = led === undefined ? [] : (STORIES[manager.name]?.(run, eventsOf(run), led) ?? []);
  return [...begun(run, manager, led), ...story.filter(({ at }) => at >= led!)];
}

/** The cache of clusters connects to each that can be reached. */
function connected(run: Run, led: number): LogLine[] {
  return all(run, 'clusters').flatMap(({ metadata, status }): LogLine[] => {
    if (status?.['controlPlaneReady'] === false) return [];
    const { name, namespace = '', uid = '' } = metadata;
    const about: Reconciled = {
      controller: 'clustercache',
      group: 'cluster.x-k8s.io',
      kind: 'Cluster',
      namespace,
      name,
    };
    const first = timeOf(metadata.creationTimestamp) + 330_000;
    return [
      says(about, Math.max(first, led + 300) + chance(uid).integer(20, 700), 'cluster_accessor.go:252', 'Connected'),
    ];
  });
}
