/**
 * What meets an operator who upgrades a cluster. Most of it lies in wait: nothing is to be seen of it before the step of the
 * upgrade that it is about, which nobody takes but the operator.
 */

import { kinds } from '../controllers/kinds.ts';
import { appReleaseKind, type ChartStatus, setRelease } from '../controllers/kubeovn/app-release.ts';
import { timestamp } from '../controllers/time.ts';
import type { ClusterLayout } from '../world/layout.ts';
import { providerRelease } from '../world/management/release.ts';
import { edit, hostOf, machinesOf, planeMachines, reserve, takeGroup } from './operator.ts';
import { failPlans, noSpace, replaceFailed } from './plans.ts';
import { NotHere, type Scenario, type Stage } from './scenario.ts';

const catalogName = 'elemental-image-catalog';

/** Reserves the first cluster that nobody is busy with, and gives it with its control plane's version. */
async function takeCluster(stage: Stage): Promise<{ cluster: ClusterLayout; version: string }> {
  for (const cluster of stage.layout.clusters) {
    if (stage.busy.has(cluster.name)) continue;
    const plane = await stage.operator.get(kinds.KubeadmControlPlane, cluster.plane.name);
    if (!plane?.spec?.version || plane.metadata.deletionTimestamp) continue;
    reserve(stage, cluster.name);
    return { cluster, version: plane.spec.version };
  }
  throw new NotHere('no cluster with a control plane is at rest');
}

const catalogGap: Scenario = {
  name: 'upgrade-catalog-gap',
  failureMode: 'F6',
  waits: true,
  about: 'The image catalog knows no version of the minor that the first cluster would go to next.',
  lookFor:
    'ConfigMap elemental-image-catalog without a key of the next minor; a Machine of it is Failed/ImageCatalogMiss',
  async *start(stage) {
    const { cluster, version } = await takeCluster(stage);
    const [major = '', minor = ''] = version.split('.');
    const next = `${major}.${Number(minor) + 1}.`;
    const known = (await stage.operator.get(kinds.ConfigMap, catalogName))?.data ?? {};
    const gone = Object.entries(known).filter(([key]) => key.startsWith(next));
    if (gone.length === 0) throw new NotHere(`the catalog has no version of ${next.slice(0, -1)}`);
    stage.onHeal(() =>
      edit(stage, kinds.ConfigMap, catalogName, (draft) => {
        draft.data = { ...Object.fromEntries(gone), ...draft.data };
      }),
    );
    await edit(stage, kinds.ConfigMap, catalogName, (draft) => {
      for (const [key] of gone) delete draft.data?.[key];
    });
    yield { did: `${gone.length} versions of ${next.slice(0, -1)} were taken out of the catalog, for ${cluster.name}` };
  },
};

const coreDnsRefused: Scenario = {
  name: 'coredns-refused',
  waits: true,
  needsServer: true,
  about: "The control plane's webhook knows no CoreDNS above 1.12.1, as upstream's of Cluster API 1.10.4.",
  lookFor:
    'a KubeadmControlPlane whose dns.imageTag may not change: "cannot migrate CoreDNS up to"; the annotation ' +
    'controlplane.cluster.x-k8s.io/skip-coredns lets it pass',
  async *start(stage) {
    stage.onHeal(async () => stage.faults.coreDns(undefined));
    stage.faults.coreDns('1.12.1');
    yield { did: 'the webhook of control planes has forgotten every CoreDNS above 1.12.1' };
  },
};

/** The Machine of a list that is replaced after the first one. */
const second = <T>(machines: readonly T[]): T | undefined => machines[1] ?? machines[0];

const trapWorker: Scenario = {
  name: 'trap-worker-host',
  failureMode: 'F8',
  waits: true,
  about: 'A host in use has a full disk: the next reprovision plan it gets will fail, in the midst of a rollout.',
  lookFor:
    'nothing, until the first group is rolled; then a rollout that stops at one Failed Machine, its host Unavailable',
  async *start(stage) {
    const group = await takeGroup(stage, { unchecked: true });
    const host = hostOf(second(await machinesOf(stage, group.name)));
    if (!host) throw new NotHere(`${group.name} has no machine on a host`);
    stage.onHeal(() => replaceFailed(stage, group.name));
    failPlans(stage, host, 'reprovision', noSpace);
    yield { did: `the disk of ${host}, a host of ${group.name}, has filled up` };
  },
};

const trapPlane: Scenario = {
  name: 'trap-control-plane-host',
  failureMode: 'F11',
  waits: true,
  about: 'A control-plane host in use will not find the way to the API server after its next reprovision plan.',
  lookFor:
    'nothing, until the control plane is rolled; then a plan Applied and no Node, and a control plane that waits',
  async *start(stage) {
    const { cluster } = await takeCluster(stage);
    const born = (await planeMachines(stage, cluster.plane.name)).sort((a, b) =>
      (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1,
    );
    const host = hostOf(second(born));
    if (!host) throw new NotHere(`${cluster.plane.name} has no machine on a host`);
    stage.onHeal(async () => stage.faults.host(host, undefined));
    stage.faults.host(host, { neverJoins: true });
    yield { did: `${host}, a control-plane host of ${cluster.name}, will not join again` };
  },
};

type Stop = 'DownloadFailed' | 'DeployFailed' | 'NotReady' | 'Stuck';

const trapKubeOvn = (name: string, release: Stop, what: string): Scenario => ({
  name,
  failureMode: release === 'Stuck' ? 'F17' : 'F16',
  waits: true,
  about: `The next roll-out of Kube-OVN to the first cluster ${what}.`,
  lookFor:
    'nothing, until its Cluster is annotated with another cpaas.io/kube-ovn-version; then AppRelease cni-kube-ovn',
  async *start(stage) {
    const { cluster } = await takeCluster(stage);
    stage.onHeal(async () => stage.faults.cluster(cluster.name, undefined));
    stage.faults.cluster(cluster.name, { release });
    yield { did: `the next Kube-OVN of ${cluster.name} will not get through: ${release}` };
  },
});

const withoutSpare: Scenario = {
  name: 'pools-without-spare',
  waits: true,
  about: 'Every free host has been taken out of the pools of the first cluster: a host that fails has no successor.',
  lookFor: 'pools with available=0; a rollout goes on as long as each freed host serves again',
  async *start(stage) {
    const { cluster } = await takeCluster(stage);
    for (const { pool } of [cluster.plane, ...cluster.workers]) {
      const members = (await stage.operator.get(kinds.MachineInventoryPool, pool))?.spec?.machineInventories ?? [];
      const used = new Set<string>();
      for (const { name } of members) {
        const host = await stage.operator.get(kinds.MachineInventory, name);
        if (host?.metadata.annotations?.['baremetal.alauda.io/owner-baremetalmachine']) used.add(name);
      }
      const spare = members.filter(({ name }) => !used.has(name));
      const set = (change: (list: typeof members) => typeof members) =>
        edit(stage, kinds.MachineInventoryPool, pool, (draft) => {
          draft.spec!.machineInventories = change(draft.spec!.machineInventories ?? []);
        });
      const gone = new Set(spare.map(({ name }) => name));
      stage.onHeal(() => set((list) => [...list.filter(({ name }) => !gone.has(name)), ...spare]));
      await set((list) => list.filter(({ name }) => !gone.has(name)));
    }
    yield { did: `the pools of ${cluster.name} have no free host any more` };
  },
};

const providerFailed: Scenario = {
  name: 'provider-release-failed',
  failureMode: 'F16',
  waits: true,
  // Only there is a release of the provider to fail.
  needsServer: true,
  about: "The platform's own release of the bare-metal provider has been asked for a new revision, and failed.",
  lookFor:
    `AppRelease ${providerRelease} of the management cluster: DeployFailed, and installedRevision is not ` +
    'targetRevision; no upgrade may begin',
  async *start(stage) {
    const before = await stage.operator.get(appReleaseKind, providerRelease);
    const revision = before?.spec?.source?.charts?.[0]?.targetRevision;
    if (!revision) throw new NotHere('the release of the provider is not here');
    const ask = (wanted: string, phase: NonNullable<ChartStatus['phase']>) =>
      edit(stage, appReleaseKind, providerRelease, (draft) => {
        draft.spec!.source!.charts![0]!.targetRevision = wanted;
        setRelease(draft, phase, timestamp(stage.clock.now()));
      });
    stage.onHeal(() => ask(revision, 'Success'));
    await ask(`${revision}-sim-next`, 'DeployFailed');
    yield { did: `${providerRelease} was asked for ${revision}-sim-next, which cannot be deployed` };
  },
};

export const upgradeScenarios: readonly Scenario[] = [
  catalogGap,
  coreDnsRefused,
  trapWorker,
  trapPlane,
  withoutSpare,
  trapKubeOvn('trap-kube-ovn-download-fails', 'DownloadFailed', 'stops because its chart cannot be downloaded'),
  trapKubeOvn('trap-kube-ovn-deploy-fails', 'DeployFailed', 'stops because its chart cannot be deployed'),
  trapKubeOvn('trap-kube-ovn-not-ready', 'NotReady', 'is deployed, and does not become ready'),
  trapKubeOvn('trap-kube-ovn-not-converging', 'Stuck', 'is asked for, and nothing takes it up'),
  providerFailed,
];
