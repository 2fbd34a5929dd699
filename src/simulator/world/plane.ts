/** The Machines of a control plane at rest. */

import { noteExpiry } from '../controllers/capi/certificate-expiry.ts';
import { certificateFiles } from '../controllers/capi/certificates.ts';
import { controlPlaneOrder } from '../controllers/capi/kcp-machines.ts';
import { Random } from '../controllers/random.ts';
import type { Cluster } from '../controllers/shapes/capi.ts';
import type { Secret } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { Blueprint } from './blueprint.ts';
import { second } from './calendar.ts';
import type { ClusterWorld } from './cluster.ts';
import { runningMember, type SeededMember } from './member.ts';

/**
 * Made from Unix time `born` in ms on, one after the other: the first begins the cluster, and the next joins once the last
 * is up, and its parts are well. `secrets`: the certificates of the cluster.
 */
export function seedPlane(
  world: ClusterWorld,
  { cluster, plane, planeTemplate }: Blueprint,
  born: number,
  secrets: readonly Secret[],
): SeededMember[] {
  const { layout, stamp } = world;
  const random = new Random(stamp.seed, 'plane', layout.name);
  const certificates = certificateFiles((suffix) =>
    secrets.find(({ metadata }) => metadata.name === `${layout.name}-${suffix}`),
  );
  const begun: Cluster = {
    ...cluster,
    status: { conditions: [{ type: 'ControlPlaneInitialized', status: 'True', lastTransitionTime: timestamp(born) }] },
  };
  let next = born + random.integer(2 * second, 9 * second);
  return layout.plane.hosts.slice(0, layout.plane.replicas).map((index, place) => {
    const name = `${plane.metadata.name}-${random.suffix()}`;
    const member = runningMember({
      order: controlPlaneOrder(plane, layout.name, name, planeTemplate, place === 0, stamp.clusterApi),
      cluster: place === 0 ? cluster : begun,
      certificates,
      host: world.host(index),
      pool: layout.plane.pool,
      hostname: world.hostname(index),
      born: next,
      founds: place === 0,
      stamp,
    });
    next = member.dates.done + random.integer(14 * second, 75 * second);
    if (member.node) noteExpiry(member.config, member.node, stamp.seed);
    stamp.wrote(member.config, 'manager', next);
    return member;
  });
}
