/** How a BaremetalMachine lets its host go: the clean plan first, then the host is free, then the object may go. */

import { isNewAgent } from '../elemental/agent-generation.ts';
import type { Informer } from '../informer.ts';
import { kinds } from '../kinds.ts';
import { removeFinalizer } from '../owners.ts';
import type { Runtime } from '../runtime.ts';
import type { Secret } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import type { BaremetalMachine } from '../shapes/provider.ts';
import { marks, setMarks, stateOf } from './inventory.ts';
import { baremetalMachineFinalizer, providerComponent } from './names.ts';
import { outcomeOf, writePlan } from './plan-writer.ts';
import { cleanPlan } from './plans.ts';
import { plannedVolumes } from './storage/volumes.ts';

/** Does the next step for `infra`, which is being deleted. Throws KubeError. */
export async function release(
  rt: Runtime,
  infra: BaremetalMachine,
  inventories: Informer<MachineInventory>,
  secrets: Informer<Secret>,
): Promise<void> {
  const name = infra.metadata.name;
  const inventory = inventories.get(infra.status?.machineInventoryRef?.name) ?? inventories.by('owner', name)[0];
  if (!inventory) {
    await letGo(rt, infra);
    return;
  }
  const secret = secrets.get(inventory.status?.plan?.secretRef?.name);
  const touched = infra.status?.planSecretRef !== undefined;
  if (touched && secret && !(await clean(rt, infra, inventory, secret, secrets))) return;
  await setMarks(rt, inventories.get(inventory.metadata.name) ?? inventory, {
    [marks.state]: 'Available',
    [marks.cluster]: undefined,
    [marks.machine]: undefined,
    [marks.baremetalMachine]: undefined,
  });
  await rt.event(infra, 'Normal', 'SimReleased', `released inventory ${inventory.metadata.name}`, providerComponent);
  await letGo(rt, rt.informer(kinds.BaremetalMachine).get(name) ?? infra);
}

async function letGo(rt: Runtime, infra: BaremetalMachine): Promise<void> {
  await rt.client.change(kinds.BaremetalMachine, infra, (draft) => removeFinalizer(draft, baremetalMachineFinalizer));
}

/** Writes the clean plan and says whether it is done. Where it fails, the host is held back and the object stays. */
async function clean(
  rt: Runtime,
  infra: BaremetalMachine,
  inventory: MachineInventory,
  secret: Secret,
  secrets: Informer<Secret>,
): Promise<boolean> {
  const first = infra.status?.phase !== 'Preparing';
  const storage = inventory.status?.storage;
  const volumes = plannedVolumes(inventory);
  // What is mounted is claimed for unmounting before the plan that unmounts it is written.
  if (first && volumes.length > 0 && storage?.operation?.type !== 'Deactivate') return false;
  const plan = cleanPlan(infra.metadata.uid ?? infra.metadata.name, volumes);
  const sum = await writePlan(rt, secret, plan, 'clean', isNewAgent(inventory));
  const outcome = outcomeOf(secrets.get(secret.metadata.name), sum);
  const state = outcome === 'failed' || outcome === 'given up' ? 'Unavailable' : 'Preparing';
  if (stateOf(inventory) !== state && outcome !== 'applied') {
    await setMarks(rt, inventory, { [marks.state]: state });
    if (state === 'Unavailable') {
      const message = `clean plan failed on inventory ${inventory.metadata.name}`;
      await rt.event(infra, 'Warning', 'SimCleanFailed', message, providerComponent);
    }
  }
  await rt.client.change(kinds.BaremetalMachine, infra, (draft) => {
    draft.status = { ...draft.status, phase: 'Preparing', ready: false, lastAppliedPlanChecksum: sum };
  });
  if (first) {
    const message = `wrote clean plan for ${inventory.metadata.name}`;
    await rt.event(infra, 'Normal', 'SimCleanStarted', message, providerComponent);
  }
  // The volumes must have been seen to be unmounted, too.
  const released = volumes.length === 0 || (storage?.phase === 'Prepared' && !storage.operation);
  return outcome === 'applied' && released;
}
