/** Trouble before a plan is written: no bootstrap data, no image, no registry. */

import { kinds } from '../controllers/kinds.ts';
import { annotate } from '../controllers/owners.ts';
import { registryAnnotation, registrySecret } from '../controllers/provider/registry.ts';
import { createOnce, edit, reserve, scaleFor, takeGroup } from './operator.ts';
import { type Scenario, second } from './scenario.ts';

const catalogName = 'elemental-image-catalog';

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
  about: 'Nobody names the platform registry any more when a worker is added: neither its Cluster nor the Secret.',
  lookFor: 'a BaremetalMachine with ImageResolved=False/ImageRegistryMissing',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1 });
    const cluster = await stage.operator.get(kinds.Cluster, group.cluster.name);
    const address = cluster?.metadata.annotations?.[registryAnnotation];
    const set = (value: string | undefined) =>
      edit(stage, kinds.Cluster, group.cluster.name, (draft) => annotate(draft, { [registryAnnotation]: value }));
    const secret = await stage.operator.get(kinds.Secret, registrySecret);
    stage.onHeal(() => set(address));
    await set(undefined);
    if (secret) {
      const { apiVersion, kind, metadata, type, data } = secret;
      const again = { apiVersion, kind, metadata: { name: metadata.name, labels: metadata.labels }, type, data };
      stage.onHeal(() => createOnce(stage, kinds.Secret, again));
      await stage.operator.remove(kinds.Secret, registrySecret);
    }
    await scaleFor(stage, group, group.replicas + 1);
    const did = `the registry was taken off ${group.cluster.name} and out of the platform`;
    yield { did: `${did}, and ${group.name} grew by one` };
  },
};

export const bootstrapScenarios: readonly Scenario[] = [bootstrapWaiting, catalogMiss, registryMissing];
