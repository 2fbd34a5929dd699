/**
 * Rolls Kube-OVN out to workload clusters: the Cluster's annotation says which chart, the AppRelease in the workload
 * cluster how far it is. Only where the BaremetalCluster's networkType asks for it.
 */

import { releaseOf } from '../../world/releases.ts';
import { Client } from '../client.ts';
import type { Faults } from '../faults.ts';
import { kinds } from '../kinds.ts';
import { registryOf } from '../provider/registry.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import {
  type AppRelease,
  appReleaseKind,
  isSettled,
  kubeOvnSpec,
  newRelease,
  type ReleasePhase,
  releaseName,
  releaseNamespace,
  reportOf,
  setRelease,
  wantedOf,
} from './app-release.ts';
import { rolledOut } from './rolled.ts';

export const versionAnnotation = 'cpaas.io/kube-ovn-version';
const component = 'sim-kube-ovn';
/** Means, in simulated ms: until the chart is deployed, and until all that belongs to it is healthy. */
const deployment = 60_000;
const health = 45_000;
/** The release operator looks again so often while Pods are replaced, in simulated ms. */
const look = 10_000;
/**
 * And no longer than this without any progress, as `helm --timeout`. Pods that are played come and go at the pace of the clock,
 * whatever that of the simulation, and so do these ms; where they are derived these ms are simulated.
 */
const patience = 10 * 60_000;

/** Registers the controller. */
export function kubeOvnController(rt: Runtime): void {
  const clusters = rt.informer(kinds.Cluster);
  const infras = rt.informer(kinds.BaremetalCluster);
  const controller = rt.controller('kubeovn', reconcile);
  clusters.onChange((cluster, change) => {
    if (change === 'deleted') rt.delays.forget(key(cluster.metadata.name));
    else controller.enqueue(cluster.metadata.name);
  });
  infras.onChange((infra) => controller.enqueue(infra.metadata.name));
  rt.onNode((node, cluster) => {
    if (isPlane(node)) controller.enqueue(cluster);
  });
  rt.faults.onCluster((cluster) => controller.enqueue(cluster));

  async function reconcile(name: string): Promise<number | undefined> {
    const cluster = clusters.get(name);
    const infra = infras.get(cluster?.spec?.infrastructureRef?.name);
    if (!cluster || cluster.metadata.deletionTimestamp || infra?.spec?.networkType !== 'kube-ovn') return undefined;
    const trouble = rt.faults.ofCluster(name);
    if (trouble.unreachable) return undefined;
    const plane = (await rt.nodes(name)).informer.list().filter(isPlane);
    if (plane.length === 0) return undefined;
    const speaking = (program: string) => new Client(rt.workload(name, program), releaseNamespace);
    const client = speaking('manager');
    const release = await client.get(appReleaseKind, releaseName);
    const running = release && wantedOf(release).revision;
    const version = plane[0]?.status?.nodeInfo?.kubeletVersion ?? '';
    const wanted = cluster.metadata.annotations?.[versionAnnotation] || running || releaseOf(version).kubeOvn;
    if (!release || running !== wanted) return begin(client, cluster, release, wanted);
    return proceed(speaking('sentry'), cluster, release, trouble.release);
  }

  /** The provider's part: it says what it wants. */
  async function begin(client: Client, cluster: Cluster, old: AppRelease | undefined, wanted: string): Promise<number> {
    rt.delays.forget(key(cluster.metadata.name));
    const spec = kubeOvnSpec(cluster, (await registryOf(rt, cluster)) ?? '', wanted);
    if (!old) await client.create(appReleaseKind, newRelease(releaseName, spec));
    else {
      await client.change(appReleaseKind, old, (draft) => {
        draft.spec = { ...draft.spec, ...spec };
      });
    }
    await tell(cluster, 'Normal', 'Upgrading', wanted);
    return 0;
  }

  /** The release operator's part: it does the next step of a roll-out. Gives the simulated ms until there is one. */
  async function proceed(
    client: Client,
    cluster: Cluster,
    release: AppRelease,
    fault: ReturnType<Faults['ofCluster']>['release'],
  ): Promise<number | undefined> {
    if (isSettled(release)) return undefined;
    const { revision, phase: reported } = reportOf(release) ?? {};
    const { revision: wanted } = wantedOf(release);
    const { name } = cluster.metadata;
    const left = (what: string, mean: number) =>
      rt.delays.left(key(name), `${what} ${wanted}`, () => rt.random('kubeovn', name, wanted, what).around(mean));
    const phase = revision === wanted ? reported : undefined;
    const to = async (next: ReleasePhase): Promise<number> => {
      if (next === phase) return 0;
      await client.change(appReleaseKind, release, (draft) => setRelease(draft, next, rt.timestamp()));
      if (phase !== undefined) await tell(cluster, next === fault ? 'Warning' : 'Normal', next, wanted);
      return 0;
    };
    // Nobody takes it up, so that what is wanted and what is installed do not meet.
    if (phase === undefined) return fault === 'Stuck' ? undefined : to('Upgrading');
    const rolled = async () => {
      // What the chart has changed is there before it is judged.
      const isPlayed = await rt.isPlayed(name);
      return { isPlayed, ...(await rolledOut(rt.workload(name))) };
    };
    // Nothing but the workloads was in the way: it goes on when they are there.
    if (phase === 'NotReady' && fault !== phase && !(await rolled()).done) return look;
    if (phase === 'DownloadFailed' || phase === 'DeployFailed' || phase === 'NotReady') {
      if (fault === phase) return undefined;
      rt.delays.forget(key(name));
      return to(phase === 'NotReady' ? 'HealthChecking' : 'Upgrading');
    }
    if (phase === 'HealthChecking') {
      const rest = left('health', health);
      if (rest > 0) return rest;
      if (fault === 'NotReady') return to(fault);
      const { done, progress, isPlayed } = await rolled();
      if (done) return to('Success');
      const wait = `patience ${wanted} ${progress}`;
      return rt.delays.left(key(name), wait, () => patience * (isPlayed ? rt.speed : 1)) > 0 ? look : to('NotReady');
    }
    if (phase !== 'Upgrading') return to('Upgrading');
    if (fault === 'Stuck') return undefined;
    const rest = left('deploy', deployment);
    if (rest > 0) return rest;
    return to(fault === 'DownloadFailed' || fault === 'DeployFailed' ? fault : 'HealthChecking');
  }

  async function tell(cluster: Cluster, type: 'Normal' | 'Warning', phase: ReleasePhase, revision: string) {
    await rt.event(cluster, type, `SimKubeOvn${phase}`, `${releaseName} ${revision}: ${phase}`, component);
  }
}

const key = (cluster: string): string => `kubeovn/${cluster}`;
const isPlane = ({ metadata }: Node): boolean =>
  metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;
