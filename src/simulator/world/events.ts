/** What the programs of a seeded world have told of its last hour: older Events have expired. */

import { type Happening, nanosecondOf, newEvent } from '../controllers/events.ts';
import { providerComponent } from '../controllers/provider/names.ts';
import { Random } from '../controllers/random.ts';
import type { Event, Pod } from '../controllers/shapes/core.ts';
import type { SeedImage } from '../controllers/shapes/elemental.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { hour, second } from './calendar.ts';
import type { SeededCluster, SeededGroup } from './cluster.ts';
import { builderStory } from './management/builder-story.ts';
import { placed } from './management/scheduler.ts';
import type { SeededMember } from './member.ts';
import type { Stamp } from './stamp.ts';

interface Told extends Happening {
  about: KubeObject;
  /** Unix time in ms. */
  at: number;
}

export interface Lately {
  clusters: readonly SeededCluster[];
  /** Images with the Pods that build or serve them, and when their builds began and ended, Unix times in ms. */
  builds: readonly { image: SeedImage; pod: Pod | undefined; begun: number; built: number }[];
  /** Unix time in ms. */
  now: number;
  stamp: Stamp;
}

/** The Events of the last hour, the oldest first. */
export function latelyTold({ clusters, builds, now, stamp }: Lately): Event[] {
  const told: Told[] = [
    ...clusters.flatMap(({ groups }) => groups.flatMap((group) => ofGroup(group, stamp))),
    ...builds.flatMap(({ image, pod, begun, built }): Told[] => {
      const message = 'seed image iso available';
      const ready = {
        type: 'Normal',
        reason: 'SimSeedImageBuilt',
        message,
        component: 'sim-elemental-operator',
      } as const;
      if (!pod) return [{ about: image, at: built, ...ready }];
      const where = placed(pod);
      return [
        ...builderStory(where, begun, built).map((one) => ({ ...one, about: where })),
        { about: image, at: built, ...ready },
      ];
    }),
  ];
  const random = new Random(stamp.seed, 'told');
  /** The nanosecond after which the last one is called: who reads them in the order of their names reads them in that of time. */
  let last = 0n;
  return told
    .filter(({ at }) => at > now - hour && at <= now)
    .sort((a, b) => a.at - b.at)
    .map(({ about, at, ...what }) => {
      const event = stamp.born(newEvent(about, what, at, random, last), at);
      last = nanosecondOf(event);
      return event;
    });
}

/** How a group was made larger, and what became of whoever came. */
function ofGroup({ grown, layout, deployment, set, members }: SeededGroup, stamp: Stamp): Told[] {
  if (grown === undefined) return [];
  const { namespace, clusterApi } = stamp;
  const newest = clusterApi === 'v1beta2';
  const came = members.filter(({ dates }) => dates.made >= grown);
  const sizes = `${layout.replicas - came.length} -> ${layout.replicas}`;
  const what = newest
    ? `Scaled up MachineSet ${set.metadata.name}`
    : `Scaled MachineSet ${namespace}/${set.metadata.name}`;
  const scaled = { type: 'Normal', reason: 'SuccessfulScale', message: `${what}: ${sizes}` } as const;
  return [
    { about: deployment, at: grown + 150, ...scaled, component: 'machinedeployment-controller' },
    ...came.flatMap((member): Told[] => {
      const message = `Created ${newest ? 'Machine' : 'machine'} "${member.machine.metadata.name}"`;
      const made = { type: 'Normal', reason: 'SuccessfulCreate', message, component: 'machineset-controller' } as const;
      return [{ about: set, at: member.dates.made, ...made }, ...ofMember(member)];
    }),
  ];
}

function ofMember({ infra, machine, node, dates }: SeededMember): Told[] {
  const host = infra.status?.machineInventoryRef?.name ?? '';
  const image = infra.status?.conditions?.find(({ type }) => type === 'ImageResolved')?.message ?? '';
  const tell = (at: number, reason: string, message: string, type: Told['type'] = 'Normal'): Told => {
    return { about: infra, at, type, reason, message, component: providerComponent };
  };
  const begun = [
    tell(dates.made + second / 2, 'SimAllocated', `allocated inventory ${host}`),
    tell(dates.planned, 'SimReprovisionStarted', `wrote reprovision plan for ${host}, image ${image}`),
  ];
  if (!node) {
    return [...begun, tell(dates.done, 'SimReprovisionFailed', infra.status?.failureMessage ?? '', 'Warning')];
  }
  const linked = { type: 'Normal', reason: 'SuccessfulSetNodeRef', message: node.metadata.name } as const;
  return [
    ...begun,
    tell(dates.done, 'SimRunning', `Node ${node.metadata.name} is Ready`),
    { about: machine, at: dates.done + second / 2, ...linked, component: 'machine-controller' },
  ];
}
