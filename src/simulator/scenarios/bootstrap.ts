/** Trouble before a plan is written: no bootstrap data, no image, no registry. */

import { kinds } from '../controllers/kinds.ts';
import { annotate } from '../controllers/owners.ts';
import { edit, reserve, scaleFor, takeGroup } from './operator.ts';
import { type Scenario, second } from './scenario.ts';

const catalogName = 'elemental-image-catalog';
const registryAddress = 'cpaas.io/registry-address';

const bootstrapWaiting: Scenario = {
  name: 'bootstrap-waiting',
  failureMode: 'F5',
  about: 'A worker is added while no join token can be made, because the cluster does not answer.',
  lookFor: 'a BaremetalMachine with a host and BootstrapReady=False/BootstrapWaiting; a KubeadmConfig without data',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1 });
    reserve(stage, group.cluster.name);
    stage.onHeal(async () => stage.faults.cluster(group.cluster.name, undefined));
    stage.faults.cluster(group.cluster.name, { unreachable: true });
    yield { did: `${group.cluster.name} stopped answering`, next: `${group.name} grows by one`, after: 20 * second };
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${group.name} was scaled to ${group.replicas + 1}` };
  },
};

const catalogMiss: Scenario = {
  name: 'image-catalog-miss',
  failureMode: 'F6',
  about: 'The image catalog loses the Kubernetes version a group is about to need.',
  lookFor: 'a BaremetalMachine Failed with ImageResolved=False/ImageCatalogMiss and no plan; it recovers by itself',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1 });
    const version = group.deployment.spec?.template?.spec?.version ?? '';
    const image = (await stage.operator.get(kinds.ConfigMap, catalogName))?.data?.[version];
    const set = (value: string | undefined) =>
      edit(stage, kinds.ConfigMap, catalogName, (draft) => {
        draft.data ??= {};
        if (value === undefined) delete draft.data[version];
        else draft.data[version] = value;
      });
    stage.onHeal(() => (image === undefined ? undefined : set(image)));
    await set(undefined);
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${version} was taken out of the image catalog, and ${group.name} scaled to ${group.replicas + 1}` };
  },
};

const registryMissing: Scenario = {
  name: 'image-registry-missing',
  failureMode: 'F7',
  about: 'A cluster has lost the address of its registry when a worker is added.',
  lookFor: 'a BaremetalMachine with ImageResolved=False/ImageRegistryMissing',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1 });
    const cluster = await stage.operator.get(kinds.Cluster, group.cluster.name);
    const address = cluster?.metadata.annotations?.[registryAddress];
    const set = (value: string | undefined) =>
      edit(stage, kinds.Cluster, group.cluster.name, (draft) => annotate(draft, { [registryAddress]: value }));
    stage.onHeal(() => set(address));
    await set(undefined);
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${registryAddress} was taken off ${group.cluster.name}, and ${group.name} grew by one` };
  },
};

export const bootstrapScenarios: readonly Scenario[] = [bootstrapWaiting, catalogMiss, registryMissing];
