/** Clusters that do not answer: the virtual IP, the load balancer, the quorum. */

import { kinds } from '../controllers/kinds.ts';
import type { BaremetalCluster } from '../controllers/shapes/provider.ts';
import type { ClusterLayout } from '../world/layout.ts';
import { edit, hostOf, planeMachines, reserve } from './operator.ts';
import { minute, NotHere, type Plot, type Scenario, type Stage, second } from './scenario.ts';

/** Reserves a cluster whose infrastructure is as wished, the last first. Throws NotHere where none is. */
async function takeCluster(stage: Stage, fits: (infra: BaremetalCluster) => boolean = () => true) {
  for (const cluster of [...stage.layout.clusters].reverse()) {
    if (stage.busy.has(cluster.name) || cluster.workers.some(({ name }) => stage.busy.has(name))) continue;
    const infra = await stage.operator.get(kinds.BaremetalCluster, cluster.name);
    if (!infra || infra.metadata.deletionTimestamp || !fits(infra)) continue;
    reserve(stage, cluster.name);
    return cluster;
  }
  throw new NotHere('no such cluster is at rest');
}

const type = (infra: BaremetalCluster): string => infra.spec?.controlPlaneLoadBalancer?.type ?? 'Internal';

/** Makes the API of a cluster unreachable until the scenario is healed. */
function cutOff(stage: Stage, { name }: ClusterLayout): void {
  stage.onHeal(async () => stage.faults.cluster(name, undefined));
  stage.faults.cluster(name, { unreachable: true });
}

const vipUnreachable: Scenario = {
  name: 'vip-unreachable',
  failureMode: 'F12',
  about: "A cluster's virtual IP is answered by somebody else: another cluster has the same virtual router ID.",
  lookFor: 'the BaremetalCluster with EndpointReady=False; nothing can join that cluster',
  async *start(stage) {
    const cluster = await takeCluster(stage, (infra) => type(infra) === 'Internal');
    cutOff(stage, cluster);
    yield { did: `${cluster.vip} of ${cluster.name} no longer leads to its API server` };
  },
};

const externalEndpoint: Scenario = {
  name: 'external-endpoint',
  failureMode: 'F13',
  about: 'A cluster is moved to an external load balancer whose listener has no backends.',
  lookFor: 'the BaremetalCluster with controlPlaneLoadBalancer.type External and EndpointReady=False',
  async *start(stage) {
    const cluster = await takeCluster(stage);
    const before = await stage.operator.get(kinds.BaremetalCluster, cluster.name);
    const set = (to: string | undefined) =>
      edit(stage, kinds.BaremetalCluster, cluster.name, (draft) => {
        const balancer = draft.spec?.controlPlaneLoadBalancer;
        if (balancer && to === undefined) delete balancer.type;
        else if (balancer) balancer.type = to;
      });
    stage.onHeal(() => set(before?.spec?.controlPlaneLoadBalancer?.type));
    await set('External');
    cutOff(stage, cluster);
    yield { did: `${cluster.name} is behind an external load balancer that has no backends` };
  },
};

const quorumLost: Scenario = {
  name: 'quorum-lost',
  about: 'Two of three control-plane hosts lose power, and etcd its quorum.',
  lookFor: 'two control-plane Machines with NodeHealthy not True, EndpointReady=False, and a KCP that does nothing',
  async *start(stage) {
    const cluster = await takeCluster(stage);
    const hosts = (await planeMachines(stage, cluster.plane.name)).flatMap((one) => hostOf(one) ?? []);
    if (hosts.length < 3) throw new NotHere(`${cluster.name} has fewer than three control-plane hosts`);
    // What was done last is undone first: there is power before there is a quorum.
    stage.onHeal(() => quorate(stage, cluster, hosts.slice(0, 2)));
    const powerOff = (host: string) => {
      stage.onHeal(async () => stage.faults.host(host, undefined));
      stage.faults.host(host, { off: true });
    };
    powerOff(hosts[0]!);
    yield { did: `${hosts[0]} lost power`, next: 'a second one does', after: 2 * minute };
    powerOff(hosts[1]!);
    stage.faults.cluster(cluster.name, { noQuorum: true });
    yield { did: `${hosts[1]} lost power`, next: 'etcd finds it has no quorum', after: 10 * second };
    stage.faults.cluster(cluster.name, { noQuorum: true, unreachable: true });
    yield { did: `the API of ${cluster.name} no longer answers` };
  },
};

/** So long after its host has booted a member of etcd runs and a leader is elected, simulated ms. */
const electing = 15 * second;

/** Lets a cluster have its quorum again as soon as one of these hosts has booted. */
async function* quorate(stage: Stage, { name }: ClusterLayout, hosts: readonly string[]): Plot {
  if (!stage.faults.ofCluster(name).noQuorum) return;
  const boots = () =>
    Promise.all(
      hosts.map(async (host) => {
        const inventory = await stage.operator.get(kinds.MachineInventory, host);
        return inventory?.status?.observedStorage?.bootID;
      }),
    );
  const before = await boots();
  const until = async () => (await boots()).some((boot, at) => boot !== before[at]);
  yield { did: 'there is power again', next: `a host of ${name} has booted`, after: 4 * minute, until };
  yield { did: `a second member of ${name} begins`, next: 'a leader is elected, and its API answers', after: electing };
  stage.faults.cluster(name, undefined);
}

export const endpointScenarios: readonly Scenario[] = [vipUnreachable, externalEndpoint, quorumLost];
