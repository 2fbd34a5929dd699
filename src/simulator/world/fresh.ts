/**
 * A world in which nothing has been installed yet: hosts have registered and are in pools, clusters have been asked for.
 * For servers whose Cluster API controllers are real: only they can make Machines that they will take for their own.
 */

import { kinds } from '../controllers/kinds.ts';
import type { MachineRegistration } from '../controllers/shapes/elemental.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { blueprintOf } from './blueprint.ts';
import { hardwareAt } from './hardware.ts';
import { pooled, registeredHost } from './host.ts';
import { type SeedOptions, seedWorld, type World } from './seed.ts';
import { Stamp } from './stamp.ts';

const hour = 3_600_000;
const kept = new Set(['ConfigMap', 'MachineRegistration', 'SeedImage']);

/** The world for a seed: hosts, names and pools are those of `seedWorld`. Throws RangeError for too few hosts. */
export function freshWorld(options: SeedOptions): World {
  const { now, namespace = 'cpaas-system', clusterApi } = options;
  const seed = String(options.seed ?? 1);
  const whole = seedWorld({ ...options, trouble: false, miscount: false });
  const stamp = new Stamp(seed, namespace, clusterApi);
  const objects: KubeObject[] = whole.objects.filter(({ kind }) => kept.has(kind));
  const registrations = objects.filter((one): one is MachineRegistration => one.kind === 'MachineRegistration');
  const register = (registration: MachineRegistration | undefined, index: number, pool?: string) => {
    if (!registration) return;
    const host = registeredHost(registration, hardwareAt(seed, index), now - hour - index * 1700, stamp);
    if (pool !== undefined) pooled(host, pool, stamp, now);
    objects.push(host.inventory, host.secret);
  };
  for (const cluster of whole.layout.clusters) {
    const registration = registrations.find(({ metadata }) => metadata.name === `${cluster.name}-registration`);
    for (const { pool, hosts } of [cluster.plane, ...cluster.workers, ...cluster.reserves]) {
      for (const index of hosts) register(registration, index, pool);
    }
  }
  for (const index of whole.layout.unpooled) register(registrations[0], index);
  for (const object of whole.objects) {
    if (object.kind !== kinds.MachineInventoryPool.kind) continue;
    // The provider counts anew.
    const { status: _counted, ...pool } = object as KubeObject & { status?: unknown };
    objects.push(pool);
  }
  for (const cluster of whole.layout.clusters) {
    const { infra, planeTemplate, plane, cluster: wanted, groups } = blueprintOf(cluster);
    const parts = [
      infra,
      planeTemplate,
      plane,
      wanted,
      ...groups.flatMap((group) => Object.values(group) as KubeObject[]),
    ];
    for (const part of parts) objects.push(stamp.born(part, now));
  }
  return { ...whole, objects, events: [], nodes: new Map(), writes: stamp.writes, miscounted: undefined };
}
