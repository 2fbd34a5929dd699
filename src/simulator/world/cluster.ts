/** A whole cluster at rest: everything the controllers would have made and written by now. */

import { certificateSecrets } from '../controllers/capi/certificates.ts';
import { setClusterStatus } from '../controllers/capi/cluster-status.ts';
import { defaultControlPlane, defaultDeployment } from '../controllers/capi/defaults.ts';
import { componentsOf, setComponents } from '../controllers/capi/kcp-components.ts';
import { controlPlaneOrder } from '../controllers/capi/kcp-machines.ts';
import { setControlPlaneStatus } from '../controllers/capi/kcp-status.ts';
import { setMachineStatus } from '../controllers/capi/machine-status.ts';
import { newMachineSet } from '../controllers/capi/machinedeployment.ts';
import { setDeploymentStatus } from '../controllers/capi/machinedeployment-status.ts';
import { looksAfter, setCheckStatus, setHealth } from '../controllers/capi/machinehealthcheck.ts';
import { orderOf, setUpToDate } from '../controllers/capi/machineset.ts';
import { setMachineSetStatus } from '../controllers/capi/machineset-status.ts';
import type { ClusterApiVersion } from '../controllers/kinds.ts';
import { labels, own } from '../controllers/owners.ts';
import { setEndpoint } from '../controllers/provider/cluster.ts';
import { baremetalClusterFinalizer } from '../controllers/provider/names.ts';
import { Random } from '../controllers/random.ts';
import type {
  Cluster,
  Machine,
  MachineDeployment,
  MachineHealthCheck,
  MachineSet,
} from '../controllers/shapes/capi.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject } from '../controllers/shapes/meta.ts';
import { timestamp } from '../controllers/time.ts';
import { type Blueprint, blueprintOf, type GroupBlueprint, healthChecks } from './blueprint.ts';
import type { SeededHost } from './host.ts';
import type { ClusterLayout, GroupLayout } from './layout.ts';
import { failedMember, type MemberOptions, runningMember, type SeededMember } from './member.ts';
import type { Stamp } from './stamp.ts';

const day = 86_400_000;
const minute = 60_000;

export interface ClusterWorld {
  layout: ClusterLayout;
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
}

/** Builds the cluster; `finishCluster` writes the statuses that sum up, once every member is as it shall be. */
export function seedCluster(world: ClusterWorld): SeededCluster {
  const { layout, now, stamp } = world;
  const random = new Random(stamp.seed, 'cluster', layout.name);
  const born = now - random.integer(25, 40) * day - random.integer(0, day);
  const blueprint = blueprintOf(layout);
  const { cluster, infra, plane, planeTemplate } = blueprint;
  stamp.born(cluster, born, 2);
  stamp.born(infra, born, 2);
  stamp.born(planeTemplate, born);
  stamp.born(plane, born);
  const label = { [labels.cluster]: layout.name };
  cluster.metadata.finalizers = ['cluster.cluster.x-k8s.io'];
  cluster.spec!.controlPlaneEndpoint = { host: layout.vip, port: 6443 };
  infra.metadata.labels = label;
  infra.metadata.finalizers = [baremetalClusterFinalizer];
  own(infra, cluster, stamp.clusterApi === 'v1beta1');
  setEndpoint(infra, true, timestamp(born + 600_000));
  defaultControlPlane(plane, stamp.namespace);
  plane.metadata.labels = label;
  plane.metadata.finalizers = ['kubeadm.controlplane.cluster.x-k8s.io'];
  own(plane, cluster, stamp.clusterApi === 'v1beta1');

  const at = timestamp(born + 400_000);
  cluster.status = {
    infrastructureReady: true,
    conditions: [{ type: 'ControlPlaneInitialized', status: 'True', lastTransitionTime: at }],
  };
  const planeMembers = seedPlane(world, blueprint, born);
  const groups = layout.workers.map((group, index) =>
    seedGroup(world, cluster, group, blueprint.groups[index]!, born + 3_600_000, random),
  );
  const secrets = certificateSecrets(cluster, plane, new Random(stamp.seed, 'certificates', layout.name));
  for (const secret of secrets) stamp.born(secret, born + 60_000);
  const checks = world.checked ? healthChecks(layout) : [];
  for (const check of checks) stamp.born(check, born + day);
  return { blueprint, planeMembers, groups, secrets, checks };
}

function seedPlane(world: ClusterWorld, { cluster, plane, planeTemplate }: Blueprint, born: number): SeededMember[] {
  const { layout, stamp } = world;
  const random = new Random(stamp.seed, 'plane', layout.name);
  return layout.plane.hosts.slice(0, layout.plane.replicas).map((index, at) => {
    const name = `${plane.metadata.name}-${random.suffix()}`;
    return runningMember({
      order: controlPlaneOrder(plane, layout.name, name, planeTemplate, stamp.clusterApi),
      cluster,
      host: world.host(index),
      pool: layout.plane.pool,
      hostname: world.hostname(index),
      born: born + 10_000 + at * 480_000,
      stamp,
    });
  });
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
  stamp.born(template, born);
  stamp.born(bootstrap, born);
  stamp.born(deployment, born);
  defaultDeployment(deployment, stamp.namespace);
  deployment.metadata.annotations = { 'machinedeployment.clusters.x-k8s.io/revision': '1' };
  deployment.metadata.finalizers = ['cluster.x-k8s.io/machinedeployment'];
  own(deployment, cluster, false);
  const set = stamp.born(newMachineSet(deployment, random.suffix(), 1, stamp.clusterApi), born + 1000, 2);
  set.metadata.finalizers = ['cluster.x-k8s.io/machineset'];
  set.spec!.replicas = layout.replicas;
  const names = new Set<string>();
  const members = layout.hosts.slice(0, layout.replicas).map((index, at) => {
    let name = '';
    do name = `${set.metadata.name}-${random.suffix()}`;
    while (names.has(name));
    names.add(name);
    // Groups grow: most members are as old as the group, the others came over the weeks.
    const later = random.chance(0.4) ? random.integer(0, Math.max(1, world.now - born - day)) : at * 1000;
    const options: MemberOptions = {
      order: orderOf(set, name, template, bootstrap),
      cluster,
      host: world.host(index),
      pool: layout.pool,
      hostname: world.hostname(index),
      born: born + 2000 + later,
      stamp,
    };
    if (index !== world.failing) return runningMember(options);
    return failedMember({ ...options, born: world.now - 18 * minute }, world.now - 4 * minute);
  });
  return { layout, deployment, set, members };
}

/** Writes what Machines, groups and the Cluster report, from the members up. */
export function finishCluster(seeded: SeededCluster, clusterApi: ClusterApiVersion): void {
  const { cluster, plane, infra } = seeded.blueprint;
  const after = (object: KubeObject, ms: number): string =>
    timestamp(Date.parse(object.metadata.creationTimestamp ?? '') + ms);
  const report = ({ machine, infra: its, config, node }: SeededMember, isPlane: boolean) => {
    const facts = { infra: its, config, node, clusterApi };
    setUpToDate(machine, [], after(machine, 1000));
    for (const check of seeded.checks) {
      if (looksAfter(check, machine)) setHealth(machine, undefined, true, after(machine, 1000));
    }
    setMachineStatus(machine, facts, after(machine, 371_000));
    dateBootstrap(machine, after(machine, 1000));
    if (!isPlane) return;
    // Ready counts the components in, and they are looked at once the Node is there.
    setComponents(machine, after(machine, 371_000), componentsOf(plane, clusterApi), node);
    setMachineStatus(machine, facts, after(machine, 371_000));
  };
  for (const member of seeded.planeMembers) report(member, true);
  const planes = seeded.planeMembers.map(({ machine }) => machine);
  setControlPlaneStatus(plane, cluster.metadata.name, planes, new Set(), after(plane, 1_500_000), clusterApi);
  for (const { deployment, set, members } of seeded.groups) {
    for (const member of members) report(member, false);
    const machines = members.map(({ machine }) => machine).sort(byName);
    setMachineSetStatus(set, machines, [], after(set, 700_000));
    setDeploymentStatus(deployment, [set], set, machines, after(deployment, 700_000), clusterApi);
  }
  const machines = [...planes, ...seeded.groups.flatMap(({ members }) => members.map(({ machine }) => machine))];
  for (const check of seeded.checks) {
    const targets = machines.filter((machine) => looksAfter(check, machine)).sort(byName);
    setCheckStatus(check, targets, 0, after(check, 2000));
  }
  const deployments = seeded.groups.map(({ deployment }) => deployment);
  setClusterStatus(cluster, { infra, plane, deployments, machines, clusterApi }, after(cluster, 7_200_000));
}

/** Bootstrap data was there long before the Node: with the KubeadmConfig, and not after the infrastructure used it. */
function dateBootstrap({ status }: Machine, at: string): void {
  for (const conditions of [status?.conditions, status?.v1beta2?.conditions]) {
    for (const one of conditions ?? []) if (/^Bootstrap(Config)?Ready$/.test(one.type)) one.lastTransitionTime = at;
  }
}

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);

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
