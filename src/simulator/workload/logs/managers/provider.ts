/**
 * What the bare-metal provider says. It is not published and its words are nobody's: they are those of the Events that it
 * records, in the manner of controller-runtime, and of what its objects tell.
 */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { KubeObject } from '../../../api/types.ts';
import { all, chance, latest, paced, type Run, records, timeOf } from '../run.ts';
import type { Recorded } from '../told-events.ts';
import { type Reconciled, recorderLine, says } from './reconciling.ts';

const period = 600_000;

/** What is said of an object before an Event of it is recorded, by the reason. */
const before: Readonly<Record<string, (message: string) => string>> = {
  SimAllocated: () => 'Allocating an inventory from the pool',
  SimReprovisionStarted: () => 'Bootstrap data and image are resolved, writing the reprovision plan',
  SimCleanStarted: () => 'Machine is to be deleted, writing the clean plan',
  SimReleased: () => 'Clean plan is applied, releasing the inventory',
  SimRunning: () => 'Reprovision plan is applied and the Node is up',
  SimReprovisionFailed: (message) => `Reprovision plan failed: ${message}`,
  SimCleanFailed: (message) => `Clean plan failed, holding the finalizer: ${message}`,
  PoolExhausted: () => 'No inventory of the pool is available',
};

/** The lines of the provider's controllers. */
export function provider(run: Run, events: readonly Recorded[], led: number): LogLine[] {
  const machines = new Map(latest(run, 'baremetalmachines').map((machine) => [machine.metadata.name, machine]));
  const own = events.filter(({ about }) => about.apiVersion.startsWith('infrastructure.cluster.x-k8s.io/'));
  const about = ({ about: told, cluster }: Recorded): Reconciled => {
    const labels = machines.get(told.name)?.metadata.labels;
    return {
      ...{ controller: told.kind.toLowerCase(), group: 'infrastructure.cluster.x-k8s.io', kind: told.kind },
      ...{ namespace: told.namespace, name: told.name },
      of: {
        Machine: told.kind === 'BaremetalMachine' ? told.name : undefined,
        Cluster: labels?.['cluster.x-k8s.io/cluster-name'] ?? cluster?.split('/')[1],
      },
    };
  };
  const seen = new Set(own.map(({ about: told }) => told.name));
  return [
    ...pools(run, led),
    ...[...machines.values()].flatMap((machine) => (seen.has(machine.metadata.name) ? [] : lived(machine))),
    ...own.flatMap((event) => {
      const words = before[event.reason]?.(event.message);
      const turn = String(event.at);
      const told = recorderLine(event);
      const place = `${event.about.kind.toLowerCase()}_controller.go:${100 + chance(event.reason).integer(20, 400)}`;
      return words === undefined || event.again
        ? [told]
        : [says(about(event), event.at - 3, place, words, { turn }), told];
    }),
  ];
}

/** How pools stand, each time that they are looked at. */
function pools(run: Run, led: number): LogLine[] {
  const found = all(run, 'machineinventorypools');
  const most = Math.max(1, Math.min(60, Math.floor(600 / Math.max(1, found.length))));
  return found.flatMap(({ metadata, spec }) => {
    const { name, namespace = '' } = metadata;
    const about: Reconciled = {
      ...{ controller: 'machineinventorypool', group: 'infrastructure.cluster.x-k8s.io', kind: 'MachineInventoryPool' },
      ...{ namespace, name, of: { Cluster: String(spec?.['clusterName'] ?? '') || undefined } },
    };
    const members = records(spec?.['machineInventories']).length;
    return paced(run, { at: led + 500, every: period, of: name, late: 0.05 }, most).map(({ at }) =>
      says(about, at, 'machineinventorypool_controller.go:141', 'Members of the pool are counted', { members }),
    );
  });
}

/** What the conditions of one tell that came before any Event that is kept. */
function lived({ metadata, status }: KubeObject): LogLine[] {
  const { name, namespace = '', labels } = metadata;
  const about: Reconciled = {
    ...{
      controller: 'baremetalmachine',
      group: 'infrastructure.cluster.x-k8s.io',
      kind: 'BaremetalMachine',
      namespace,
      name,
    },
    of: { Machine: name, Cluster: labels?.['cluster.x-k8s.io/cluster-name'] },
  };
  const host = (status?.['machineInventoryRef'] as { name?: string } | undefined)?.name;
  const since = (type: string) =>
    timeOf(records(status?.['conditions']).find((one) => one['type'] === type)?.['lastTransitionTime']);
  const [taken, resolved] = [since('InventoryAllocated'), since('ImageResolved')];
  if (!host || Number.isNaN(taken)) return [];
  const MachineInventory = `${namespace}/${host}`;
  return [
    says(about, taken + 300, 'baremetalmachine_controller.go:214', 'Allocating an inventory from the pool', {
      MachineInventory,
    }),
    ...(Number.isNaN(resolved)
      ? []
      : [
          says(
            about,
            resolved + 700,
            'baremetalmachine_controller.go:268',
            'Bootstrap data and image are resolved, writing the reprovision plan',
            { MachineInventory },
          ),
        ]),
  ];
}
