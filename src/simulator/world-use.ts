/** What the rest of a simulation takes from its world: its size and age, how often its hosts report, and who comes and goes. */

import { hardwareAt } from './world/hardware.ts';
import type { World } from './world/seed.ts';

/** So many storage reports a second are written at most: each host of ten thousand is fresh within five minutes. */
const reports = 34;

/**
 * How often each host of a world reports its disks, in simulated ms: every minute of the clock that its report tells, as
 * the real observer does, whatever the speed. In a fleet that is too large for that, less often.
 */
export function reportPace(world: World, speed: number, minute = 60_000): number {
  return Math.max(minute, (inventoriesOf(world) / reports) * 1000) * speed;
}

/** From when on the authority of the first cluster is valid, Unix time in ms; undefined where there is none. */
export function firstCluster({ objects }: World): number | undefined {
  const born = objects.flatMap(({ kind, metadata }) => (kind === 'Cluster' ? [metadata.creationTimestamp ?? ''] : []));
  return born.length === 0 ? undefined : Date.parse(born.sort()[0]!) - 300_000;
}

/** How many hosts a world has. */
export const inventoriesOf = ({ objects }: World): number =>
  objects.filter(({ kind }) => kind === 'MachineInventory').length;

/** Servers beyond those of the world, that come and go. */
const visitors = 3;

/** The number of the first server a world has not used. */
function nextServer({ layout: { clusters, unpooled } }: World): number {
  const used = clusters.flatMap(({ plane, workers, reserves }) =>
    [plane, ...workers, ...reserves].flatMap((pool) => pool.hosts),
  );
  return used.reduce((most, one) => Math.max(most, one), Math.max(-1, ...unpooled)) + 1;
}

/** The servers that wait in the rack of a world: none of those that its traffic plays with. */
export const waitingIn = (world: World, seed: string, count: number) =>
  Array.from({ length: count }, (_, at) => hardwareAt(seed, nextServer(world) + visitors + at));

/** The servers that come and go in a world. */
export const visitorsOf = (world: World, seed: string) =>
  Array.from({ length: visitors }, (_, at) => hardwareAt(seed, nextServer(world) + at));

/** What the traffic of a world plays with, which has a cluster. */
export function trafficOf(
  world: World,
  seed: string,
  { onError }: { onError?: (error: unknown, where: string) => void },
) {
  const { clusters } = world.layout;
  const playground = clusters[clusters.length - 1]!;
  return {
    playground: playground.name,
    mover: playground.workers[0]!.name,
    visitors: visitorsOf(world, seed),
    miscounted: world.miscounted,
    onError: (error: unknown) => onError?.(error, 'traffic'),
  };
}
