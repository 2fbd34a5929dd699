/** A whole cluster at rest: everything the controllers would have made and written by now. */

import { certificateSecrets } from '../controllers/capi/certificates.ts';
import {
  defaultBootstrap,
  defaultControlPlane,
  defaultDeployment,
  defaultTemplate,
} from '../controllers/capi/defaults.ts';
import { newMachineSet } from '../controllers/capi/machinedeployment.ts';
import { orderOf } from '../controllers/capi/machineset.ts';
import { giveShares, podNetwork } from '../controllers/hosts/pod-cidr.ts';
import { labels, own } from '../controllers/owners.ts';
import { setEndpoint } from '../controllers/provider/cluster.ts';
import { baremetalClusterFinalizer } from '../controllers/provider/names.ts';
import { Random } from '../controllers/random.ts';
import type { Cluster, MachineDeployment, MachineHealthCheck, MachineSet } from '../controllers/shapes/capi.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import { type Blueprint, blueprintOf, type GroupBlueprint, healthChecks } from './blueprint.ts';
import { applying, type Dates, day, hour, minute, officeTime, second } from './calendar.ts';
import { foundingOf } from './founding.ts';
import type { SeededHost } from './host.ts';
import type { ClusterLayout, GroupLayout } from './layout.ts';
import { failedMember, type MemberOptions, runningMember, type SeededMember } from './member.ts';
import { seedPlane } from './plane.ts';
import type { Stamp } from './stamp.ts';

export interface ClusterWorld {
  layout: ClusterLayout;
  dates: Dates;
  /** Unix time in ms. */
  now: number;
  stamp: Stamp;
  /** The host with a running number. */
  host: (index: number) => SeededHost;
  /** What a host's Node is called. */
  hostname: (index: number) => string;
  /** The host on which the reprovision plan has failed a few minutes ago, where there is one. */
  failing?: number;
  /** Whether health checks look after the Machines: they would replace the one that has failed. */
  checked: boolean;
}

export interface SeededGroup {
  layout: GroupLayout;
  /** When it was last made larger, Unix time in ms; undefined where it never was. */
  grown: number | undefined;
  deployment: MachineDeployment;
  set: MachineSet;
  members: SeededMember[];
}

export interface SeededCluster {
  blueprint: Blueprint;
  planeMembers: SeededMember[];
  groups: SeededGroup[];
  secrets: KubeObject[];
  checks: MachineHealthCheck[];
  /** When its infrastructure was there, and its control plane was to begin, Unix time in ms. */
  settled: number;
}

/** Builds the cluster; `finishCluster` writes the statuses that sum up, once every member is as it shall be. */
export function seedCluster(world: ClusterWorld): SeededCluster {
  const { layout, stamp, dates } = world;
  const { born } = dates;
  const random = new Random(stamp.seed, 'cluster', layout.name);
  const blueprint = blueprintOf(layout);
  const { cluster, infra, plane, planeTemplate } = blueprint;
  const next = applying(new Random(stamp.seed, 'applied', layout.name), born);
  stamp.born(infra, next(), 2);
  stamp.born(planeTemplate, next());
  stamp.born(plane, next());
  stamp.born(cluster, next(), 2);
  const label = { [labels.cluster]: layout.name };
  cluster.metadata.finalizers = ['cluster.cluster.x-k8s.io'];
  cluster.spec!.controlPlaneEndpoint = { host: layout.vip, port: 6443 };
  infra.metadata.labels = label;
  infra.metadata.finalizers = [baremetalClusterFinalizer];
  own(infra, cluster, stamp.clusterApi === 'v1beta1');
  defaultControlPlane(plane, stamp.namespace);
  if (stamp.clusterApi === 'v1beta1') defaultBootstrap(plane.spec!.kubeadmConfigSpec!);
  plane.metadata.labels = label;
  plane.metadata.finalizers = ['kubeadm.controlplane.cluster.x-k8s.io'];
  own(plane, cluster, stamp.clusterApi === 'v1beta1');

  own(planeTemplate, cluster, false);
  const settled = next() + second;
  for (const one of [infra, plane, planeTemplate, cluster]) stamp.wrote(one, 'manager', settled);
  const chance = new Random(stamp.seed, 'certificates', layout.name);
  const secrets = certificateSecrets(cluster, plane);
  const generated = applying(chance, settled + chance.integer(200, 900));
  for (const secret of secrets) stamp.born(secret, generated());
  const planeMembers = seedPlane(world, blueprint, settled, secrets);
  const first = planeMembers[0]?.dates.done ?? settled;
  const joined = planeMembers[0]?.dates.joined;
  const founding = joined === undefined ? undefined : foundingOf(cluster, joined);
  if (founding) stamp.wrote(cluster, 'manager', founding.imported);
  // Its endpoint answers before anybody can see that its control plane is initialized.
  setEndpoint(infra, false, timestamp(settled));
  const early = random.integer(15 * second, 45 * second);
  const answers = founding ? founding.initialized - Math.floor(early / 10) : first - early;
  setEndpoint(infra, true, timestamp(answers));
  // Its workers join, and do not begin a cluster each: when they are made it is initialized.
  const unsaid = cluster.status;
  const initialized = timestamp(founding?.initialized ?? first);
  cluster.status = {
    infrastructureReady: true,
    conditions: [{ type: 'ControlPlaneInitialized', status: 'True', lastTransitionTime: initialized }],
  };
  const up = planeMembers.reduce((last, { dates: { done } }) => Math.max(last, done), settled);
  let then = up;
  const groups = layout.workers.map((group, index) => {
    then += random.integer(4 * minute, 50 * minute);
    return seedGroup(world, cluster, group, blueprint.groups[index]!, then, random);
  });
  const members = [...planeMembers, ...groups.flatMap(({ members }) => members)];
  giveShares(
    members.flatMap(({ node }) => node ?? []),
    podNetwork(cluster, plane),
  );
  // What it says of itself in the end is written in the order in which it came to be so.
  if (unsaid) cluster.status = unsaid;
  else delete cluster.status;
  const checks = world.checked ? healthChecks(layout) : [];
  const checked = applying(random, Math.max(officeTime(random, born + random.integer(1, 4) * day), then + hour));
  for (const check of checks) stamp.born(check, checked());
  return { blueprint, planeMembers, groups, secrets, checks, settled };
}

function seedGroup(
  world: ClusterWorld,
  cluster: Cluster,
  layout: GroupLayout,
  blueprint: GroupBlueprint,
  born: number,
  random: Random,
): SeededGroup {
  const { stamp } = world;
  const { deployment, template, bootstrap } = blueprint;
  const next = applying(new Random(stamp.seed, 'applied', layout.name), born);
  stamp.born(template, next());
  stamp.born(bootstrap, next());
  stamp.born(deployment, next());
  defaultDeployment(deployment, stamp.namespace);
  if (stamp.clusterApi === 'v1beta1') defaultTemplate(bootstrap.spec!.template!);
  deployment.metadata.annotations = { 'machinedeployment.clusters.x-k8s.io/revision': '1' };
  deployment.metadata.finalizers = ['cluster.x-k8s.io/machinedeployment'];
  for (const one of [deployment, template, bootstrap]) own(one, cluster, false);
  const made = next();
  for (const one of [template, bootstrap]) stamp.wrote(one, 'manager', made);
  const set = stamp.born(newMachineSet(deployment, random.suffix(), 1, stamp.clusterApi), made);
  set.metadata.finalizers = ['cluster.x-k8s.io/machineset'];
  set.spec!.replicas = layout.replicas;
  const names = new Set<string>();
  const machines = applying(random, made + random.integer(200, 900));
  const times: number[] = [];
  const members = layout.hosts.slice(0, layout.replicas).map((index) => {
    let name = '';
    do name = `${set.metadata.name}-${random.suffix()}`;
    while (names.has(name));
    names.add(name);
    const failing = index === world.failing;
    // Groups grow: most members are as old as the group, the others came over the weeks, and the one that fails just now.
    const later = failing || random.chance(0.4) ? grownAt(world, made, random, failing) : undefined;
    if (later !== undefined) times.push(later);
    const options: MemberOptions = {
      order: orderOf(set, name, template, bootstrap),
      cluster,
      host: world.host(index),
      pool: layout.pool,
      hostname: world.hostname(index),
      born: later === undefined ? machines() : later + random.integer(300, 1400),
      stamp,
    };
    if (!failing) return runningMember(options);
    return failedMember(options, world.now - random.integer(3 * minute + 10 * second, 4 * minute + 50 * second));
  });
  const grown = times.length > 0 ? Math.max(...times) : undefined;
  if (grown !== undefined) {
    deployment.metadata.generation = 1 + times.length;
    set.metadata.generation = 1 + times.length;
    stamp.wrote(deployment, 'kubectl-create', grown);
    stamp.wrote(set, 'capi-machinedeployment', grown + 200);
  }
  return { layout, grown, deployment, set, members };
}

/** When somebody made a group larger that was made at `made`, Unix times in ms. */
function grownAt({ now }: ClusterWorld, made: number, random: Random, lately: boolean): number {
  if (lately) return now - random.integer(17 * minute, 19 * minute);
  return Math.max(officeTime(random, made + random.integer(day, now - made - 2 * day)), made + hour);
}

/** All objects of a cluster for the management API, owners before what they own; and its Nodes. */
export function clusterObjects(seeded: SeededCluster, bootstrapData: boolean) {
  const { blueprint, planeMembers, groups, secrets, checks } = seeded;
  const members = [...planeMembers, ...groups.flatMap((group) => group.members)];
  const objects: KubeObject[] = [
    blueprint.cluster,
    blueprint.infra,
    blueprint.planeTemplate,
    blueprint.plane,
    ...secrets,
    ...blueprint.groups.flatMap(({ template, bootstrap, deployment }) => [template, bootstrap, deployment]),
    ...checks,
    ...groups.map(({ set }) => set),
    ...members.flatMap(({ machine, infra, config, bootstrap }) =>
      bootstrapData ? [machine, infra, config, bootstrap()] : [machine, infra],
    ),
  ];
  const nodes: Node[] = members.flatMap(({ node }) => node ?? []);
  return { objects, nodes };
}
