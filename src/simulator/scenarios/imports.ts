/** Trouble with the platform's import of a cluster. */

import { kinds } from '../controllers/kinds.ts';
import { importFinalizer } from '../controllers/platform/import.ts';
import { blueprintOf, machineInventoryPool } from '../world/blueprint.ts';
import { virtualAddress } from '../world/hardware.ts';
import type { ClusterLayout } from '../world/layout.ts';
import { releases } from '../world/releases.ts';
import { scratch } from './clusters.ts';
import { createOnce, edit, reserve, scaleFor, takeGroup } from './operator.ts';
import { minute, type Plot, type Scenario, type Stage, second } from './scenario.ts';

const stuckDeleting: Scenario = {
  name: 'cluster-stuck-deleting',
  failureMode: 'F18',
  about: 'A cluster that never came up is deleted, and its import finalizer is left behind.',
  lookFor: 'a Cluster that stays Deleting with the finalizer capi.cpaas.io/imported, and no object of it is left',
  async *start(stage) {
    const { operator } = stage;
    reserve(stage, scratch);
    stage.onHeal(() => forgetScratch(stage));
    const { infra, planeTemplate, plane, cluster } = blueprintOf(scratchLayout(stage));
    await createOnce(stage, kinds.MachineInventoryPool, machineInventoryPool(`${scratch}-pool`, scratch, []));
    await createOnce(stage, kinds.BaremetalCluster, infra);
    await createOnce(stage, kinds.BaremetalMachineTemplate, planeTemplate);
    await createOnce(stage, kinds.KubeadmControlPlane, plane);
    await createOnce(stage, kinds.Cluster, cluster);
    const imported = async () =>
      (await operator.get(kinds.Cluster, scratch))?.metadata.finalizers?.includes(importFinalizer) ?? false;
    const did = `cluster ${scratch} was created with an empty pool`;
    yield { did, next: 'it is deleted again', after: 2 * minute, until: imported };
    stage.faults.cluster(scratch, { importHangs: true });
    await operator.remove(kinds.Cluster, scratch);
    yield { did: `cluster ${scratch} was deleted, and the platform does not let it go` };
  },
};

function scratchLayout({ layout }: Stage): ClusterLayout {
  const at = layout.clusters.length;
  return {
    name: scratch,
    version: layout.clusters[0]?.version ?? releases.at(-1)!.version,
    naming: 'rack',
    vip: virtualAddress(0, at),
    vrid: 50 + at,
    plane: {
      name: `${scratch}-control-plane`,
      pool: `${scratch}-pool`,
      template: `${scratch}-template`,
      replicas: 3,
      hosts: [],
    },
    workers: [],
    reserves: [],
  };
}

/** The documented remedy: once no object of the cluster is left, its finalizers are taken off by hand. */
async function* forgetScratch(stage: Stage): Plot {
  const { operator, faults } = stage;
  await operator.remove(kinds.Cluster, scratch);
  const children = async () =>
    (await operator.get(kinds.BaremetalCluster, scratch)) ??
    (await operator.get(kinds.KubeadmControlPlane, `${scratch}-control-plane`));
  const until = async () => (await children()) === undefined;
  yield { did: 'what is left of the cluster goes', next: 'its finalizer is taken off', after: 10 * minute, until };
  if (await until()) {
    await edit(stage, kinds.Cluster, scratch, (draft) => {
      draft.metadata.finalizers = draft.metadata.finalizers?.filter((name) => name !== importFinalizer);
    });
  }
  faults.cluster(scratch, undefined);
  await operator.remove(kinds.BaremetalMachineTemplate, `${scratch}-template`);
  await operator.remove(kinds.MachineInventoryPool, `${scratch}-pool`);
}

const importIncomplete: Scenario = {
  name: 'import-incomplete',
  failureMode: 'F19',
  about: 'The platform does not finish to import a cluster, and its network is never rolled out to a new Node.',
  lookFor: 'a Cluster Provisioned whose new Node stays NotReady, and an Event: ServiceAccount "sentry" not found',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1, unchecked: true });
    reserve(stage, group.cluster.name);
    stage.onHeal(async () => stage.faults.cluster(group.cluster.name, undefined));
    stage.faults.cluster(group.cluster.name, { importHangs: true });
    const did = `the import of ${group.cluster.name} was begun anew, and hangs`;
    yield { did, next: `${group.name} grows by one`, after: 10 * second };
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${group.name} was scaled to ${group.replicas + 1}` };
  },
};

export const importScenarios: readonly Scenario[] = [stuckDeleting, importIncomplete];
