/** The logs of the platform's managers: how each begins, and what its controllers say while it leads. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { Manager } from '../../../world/management/managers.ts';
import { ledSince } from '../election.ts';
import { all, chance, klog, pairs, type Run, timeOf } from '../run.ts';
import { eventsOf, keptEvents, type Recorded } from '../told-events.ts';
import { begun } from './begin.ts';
import { clusterApi } from './cluster-api.ts';
import { bootstrapping, controlPlanes, planesSeen } from './control-planes.ts';
import { CONTROLLERS } from './controllers.ts';
import { elementalOperator, lookedAtAll } from './elemental.ts';
import { provider } from './provider.ts';
import { type Reconciled, recorderLine, says } from './reconciling.ts';

type Story = (run: Run, events: readonly Recorded[], led: number) => LogLine[];

const ofClusterApi: Story = (run, events) =>
  clusterApi(
    run,
    events.filter(({ about }) => about.apiVersion.startsWith('cluster.x-k8s.io/') || about.kind === 'BaremetalMachine'),
  );

/** Those of Cluster API, which reach into clusters, and whose recorders are heard: their verbosity is 2 unless told. */
const CLUSTER_API: Readonly<Record<string, Story>> = {
  'capi-controller-manager': ofClusterApi,
  'capi-kubeadm-control-plane-controller-manager': controlPlanes,
  'capi-kubeadm-bootstrap-controller-manager': bootstrapping,
};

const STORIES: Readonly<Record<string, Story>> = {
  ...CLUSTER_API,
  'cluster-api-provider-baremetal-manager': (run, events, led) => provider(run, [...events, ...keptEvents(run)], led),
  'elemental-operator': elementalOperator,
};

/** What is said of everything by those that have begun again: whoever plays their controllers does not begin with them. */
const ANEW: Readonly<Record<string, (run: Run, led: number) => LogLine[]>> = {
  'elemental-operator': lookedAtAll,
  'capi-kubeadm-control-plane-controller-manager': planesSeen,
};

/** Those whose stories tell all that is known: what was recorded while lines were kept is told by them, too. */
const whole = 'cluster-api-provider-baremetal-manager';

/** The lines of a manager. */
export function managerLog(run: Run, manager: Manager): LogLine[] {
  const led = ledSince(run, `cpaas-system/${manager.lease}`, run.question.pod.metadata.name);
  const beginning = begun(run, manager, led);
  if (led === undefined) return beginning;
  const { since } = run.kept;
  // What was there before lines were kept is told from what is left of it.
  const story = STORIES[manager.name]?.(run, eventsOf(run), led) ?? [];
  const past = manager.name === whole ? story : story.filter(({ at }) => at < since);
  const anew = led >= since ? (ANEW[manager.name]?.(run, led) ?? []) : [];
  if (run.kept.turned) run.from = Math.max(run.from, since);
  const reached = manager.name in CLUSTER_API ? connected(run, led) : [];
  return [...beginning, ...[...past, ...anew, ...reached, ...keptLines(run, manager)].filter(({ at }) => at >= led)];
}

/** What the controllers of a manager wrote, as they wrote it; Events too, where its recorder may be heard. */
function keptLines(run: Run, { name }: Manager): LogLine[] {
  const controllers = new Map(CONTROLLERS[name]?.map((one) => [one.name, one]));
  const isHeard = name in CLUSTER_API;
  const recorded = isHeard ? keptEvents(run) : [];
  // One pass over all: of what was done in one moment the order is that in which it was done.
  let told = 0;
  return run.kept.entries.flatMap(({ at, about, event, turn, of, values, ...line }): LogLine[] => {
    const [controller = ''] = line.controller.split('@');
    if (event) return isHeard ? [recorderLine(recorded[told++]!)] : [];
    if (line.plain) return [klog(at, line.place, line.message)];
    const known = controllers.get(controller);
    if (!known) return [];
    const { group, kind } = known;
    const { namespace, name: object } = about;
    const { err, ...rest } = values;
    const whom = {
      ...{ controller, controllerGroup: group, controllerKind: kind, [kind]: `${namespace}/${object}`, namespace },
      ...{ name: object, reconcileID: chance('reconcile', run.key, line.controller, turn).uuid(), ...of, ...rest },
    };
    const said = `${JSON.stringify(line.message)}${pairs({ err, ...whom })}`;
    return [klog(at, line.place, said, { level: line.level })];
  });
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
