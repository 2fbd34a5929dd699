/** What a BaremetalMachine needs before its host can be told what to become, and telling it. */

import { isControlPlane } from '../capi/common.ts';
import type { Saying } from '../conditions.ts';
import { isNewAgent } from '../elemental/agent-generation.ts';
import type { Informer } from '../informer.ts';
import { kinds } from '../kinds.ts';
import { checksumOf, encode, text } from '../plan-secret.ts';
import type { Runtime } from '../runtime.ts';
import type { Cluster, Machine } from '../shapes/capi.ts';
import type { ConfigMap, Secret } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import { imageOf } from './catalog.ts';
import { writePlan } from './plan-writer.ts';
import { type NodeIdentity, reprovisionPlan } from './plans.ts';
import { fromRegistry, registryOf } from './registry.ts';
import { plannedVolumes } from './storage/volumes.ts';
import { resolveUserData } from './user-data.ts';

export interface Want {
  machine: Machine;
  cluster: Cluster | undefined;
  inventory: MachineInventory;
  secret: Secret | undefined;
  /** What the Node is to be called. */
  hostname: string;
  /** Identifies the BaremetalMachine. */
  use: string;
}

export type Outcome =
  | { written: true; sayings: Saying[]; planChecksum: string; bootstrapHash: string; image: string }
  /** `missing`: the reason in `sayings` for which no plan was written. */
  | { written: false; sayings: Saying[]; missing: string; message: string };

const bootstrapReady: Saying = { type: 'BootstrapReady', status: 'True', reason: 'SimBootstrapReady' };

/** Writes the reprovision plan, or says what is missing: bootstrap data, image, registry. Throws KubeError. */
export async function reprovision(rt: Runtime, catalog: Informer<ConfigMap>, want: Want): Promise<Outcome> {
  const { machine, inventory, secret, hostname } = want;
  const data = machine.spec?.bootstrap?.dataSecretName;
  const bootstrap = data ? await rt.client.get(kinds.Secret, data) : undefined;
  if (!bootstrap?.data?.['value']) {
    const message = `Machine ${machine.metadata.name} has no bootstrap data yet`;
    return missing([], 'BootstrapReady', 'BootstrapWaiting', message);
  }
  const version = machine.spec?.version ?? '';
  const entry = imageOf(catalog, version);
  if (!entry) {
    const message = `no entry for ${version} in ConfigMap elemental-image-catalog`;
    return missing([bootstrapReady], 'ImageResolved', 'ImageCatalogMiss', message);
  }
  const registry = await registryOf(rt, want.cluster);
  if (!registry) {
    const message =
      `no platform registry for image ${entry}: Cluster ${machine.spec?.clusterName ?? ''} has no annotation ` +
      'cpaas.io/registry-address, and there is no registry Secret';
    return missing([bootstrapReady], 'ImageResolved', 'ImageRegistryMissing', message);
  }
  if (!secret) {
    const message = `inventory ${inventory.metadata.name} has no plan secret`;
    return missing([bootstrapReady], 'InventoryAllocated', 'SimPlanSecretMissing', message);
  }
  const image = fromRegistry(entry, registry);
  const userData = await resolve(rt, bootstrap, inventory, hostname);
  const identity = nodeIdentity(machine, inventory, hostname);
  const volumes = plannedVolumes(inventory);
  const plan = reprovisionPlan({ identity, image, userData, use: want.use, volumes });
  const planChecksum = await writePlan(rt, secret, plan, 'reprovision', isNewAgent(inventory));
  const sayings: Saying[] = [
    { type: 'InventoryAllocated', status: 'True', reason: 'SimInventoryAllocated' },
    bootstrapReady,
    { type: 'ImageResolved', status: 'True', reason: 'SimImageResolved', message: image },
  ];
  return { written: true, sayings, planChecksum, bootstrapHash: checksumOf(userData), image };
}

function missing(before: Saying[], type: string, reason: string, message: string): Outcome {
  return {
    written: false,
    sayings: [...before, { type, status: 'False', reason, message }],
    missing: reason,
    message,
  };
}

/** The normalised user data, kept beside the original for debugging as the provider does. */
async function resolve(rt: Runtime, bootstrap: Secret, inventory: MachineInventory, host: string): Promise<string> {
  const resolved = resolveUserData(text(bootstrap, 'value'), inventory.metadata.name, host);
  await rt.client.change(kinds.Secret, bootstrap, (draft) => {
    draft.data = { ...draft.data, 'resolved-value': encode(resolved) };
  });
  return resolved;
}

/** What the plan tells the host about the node it becomes. */
export function nodeIdentity(machine: Machine, inventory: MachineInventory, node: string): NodeIdentity {
  return {
    cluster: machine.spec?.clusterName ?? '',
    node,
    providerID: `baremetal:///${inventory.metadata.name}`,
    version: machine.spec?.version ?? '',
    controlPlane: isControlPlane(machine),
  };
}
