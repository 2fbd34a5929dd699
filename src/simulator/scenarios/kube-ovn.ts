/** Roll-outs of the network plugin that an upgrade begins with, and that stop there. */

import type { ClusterTrouble } from '../controllers/faults.ts';
import { kinds } from '../controllers/kinds.ts';
import { versionAnnotation } from '../controllers/kubeovn/controller.ts';
import { annotate } from '../controllers/owners.ts';
import { releases } from '../world/releases.ts';
import { edit, reserve } from './operator.ts';
import { minute, NotHere, type Scenario, type Stage } from './scenario.ts';

/** Rolls the network plugin of a cluster out until the scenario is healed. Gives what was done. */
async function rollOut(stage: Stage, release: NonNullable<ClusterTrouble['release']>): Promise<string> {
  for (const { name } of stage.layout.clusters) {
    if (stage.busy.has(name)) continue;
    const infra = await stage.operator.get(kinds.BaremetalCluster, name);
    const cluster = await stage.operator.get(kinds.Cluster, name);
    const before = cluster?.metadata.annotations?.[versionAnnotation];
    const next = releases[releases.findIndex(({ kubeOvn }) => kubeOvn === before) + 1]?.kubeOvn;
    if (infra?.spec?.networkType !== 'kube-ovn' || !before || !next || cluster?.metadata.deletionTimestamp) continue;
    reserve(stage, name);
    const set = (version: string) =>
      edit(stage, kinds.Cluster, name, (draft) => annotate(draft, { [versionAnnotation]: version }));
    stage.onHeal(() => set(before));
    stage.onHeal(async () => stage.faults.cluster(name, undefined));
    stage.faults.cluster(name, { release });
    await set(next);
    return `Kube-OVN of ${name} is to go from ${before} to ${next}`;
  }
  throw new NotHere('no cluster with a newer Kube-OVN to go to is at rest');
}

const where = 'AppRelease cni-kube-ovn in the workload cluster, and the Events of the Cluster';

const fails = (name: string, release: NonNullable<ClusterTrouble['release']>, about: string): Scenario => ({
  name,
  failureMode: 'F16',
  about,
  lookFor: `${release} in ${where}; the control plane must not be touched`,
  async *start(stage) {
    yield { did: await rollOut(stage, release) };
  },
});

const notConverging: Scenario = {
  name: 'kube-ovn-not-converging',
  late: 15 * minute,
  begins: minute,
  failureMode: 'F17',
  about: 'A new version of the network plugin is asked for, and nothing takes the request up.',
  lookFor: `targetRevision differs from installedRevision for long, in ${where}`,
  async *start(stage) {
    yield { did: await rollOut(stage, 'Stuck') };
  },
};

export const kubeOvnScenarios: readonly Scenario[] = [
  fails(
    'kube-ovn-download-fails',
    'DownloadFailed',
    'The chart of the network plugin cannot be downloaded at the beginning of an upgrade.',
  ),
  fails(
    'kube-ovn-deploy-fails',
    'DeployFailed',
    'The chart of the network plugin cannot be deployed at the beginning of an upgrade.',
  ),
  fails('kube-ovn-not-ready', 'NotReady', 'The network plugin is deployed for an upgrade, but does not become ready.'),
  notConverging,
];
