/** The MachineInventory controller: the plan Secret, and Ready by the operator's own rule (domain §2.1). */

import { KubeError } from '../../../kube/types.ts';
import { Backoff } from '../capi/backoff.ts';
import { isConflict } from '../client.ts';
import { type Saying, say } from '../conditions.ts';
import type { Change } from '../informer.ts';
import { copy, equal } from '../json.ts';
import { kinds } from '../kinds.ts';
import { addFinalizer, hasFinalizer, ownerReference, removeFinalizer } from '../owners.ts';
import { checksum, encode, operatorPlanType, planSecrets, planSecretType, planText, text } from '../plan-secret.ts';
import { inventoryInformer } from '../provider/inventory.ts';
import type { Runtime } from '../runtime.ts';
import type { Secret } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import type { KubeObject } from '../shapes/meta.ts';

export const inventoryFinalizer = 'machineinventory.elemental.cattle.io';

/** Simulated ms until a plan Secret that was refused is tried again. */
const retry = 30_000;

/** Registers the controller. */
export function inventoryController(rt: Runtime): void {
  const inventories = inventoryInformer(rt);
  const secrets = planSecrets(rt);
  const controller = rt.controller('machineinventory', reconcile);
  const orphan = rt.controller('plan-secret', async (name) => {
    if (!inventories.get(name)) await rt.client.remove(kinds.Secret, name);
    return undefined;
  });
  const looks = new Looks(rt.journal.since);
  const backoff = new Backoff();
  inventories.onChange((inventory, change) => {
    looks.inventory(inventory, change);
    if (change === 'deleted') backoff.forget(inventory.metadata.name);
    if (change === 'deleted') orphan.enqueue(inventory.metadata.name);
    else controller.enqueue(inventory.metadata.name);
  });
  secrets.onChange((secret, change) => {
    looks.secret(secret, change);
    controller.enqueue(secret.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const inventory = inventories.get(name);
    if (!inventory) return undefined;
    const told = looks.due(name);
    const speak = (line: number, message: string) => {
      if (told) rt.log(inventory, `machineinventory_controller.go:${line}`, message);
    };
    speak(143, 'Reconciling machineinventory object');
    if (inventory.metadata.deletionTimestamp) {
      await leave(inventory);
      return undefined;
    }
    const draft = copy(inventory);
    addFinalizer(draft, inventoryFinalizer);
    if (!secrets.get(name)) {
      try {
        await rt.client.create(kinds.Secret, planSecret(inventory));
        speak(362, 'Plan secret created');
      } catch (error) {
        if (!(error instanceof KubeError) || isConflict(error)) throw error;
        fail(inventory, `failed to create plan secret: failed to create secret: ${error.message}`);
        const reason = 'PlanCreationFailureReason';
        const refused: Saying = { type: 'Ready', status: 'False', reason, message: error.message };
        draft.status = { ...draft.status, conditions: say(draft.status?.conditions, [refused], rt.timestamp()) };
        await rt.client.replace(kinds.MachineInventory, inventory, draft);
        return retry;
      }
    }
    const secret = secrets.get(name);
    setPlanStatus(draft, secret, rt.timestamp());
    if (secret && text(secret, 'applied-checksum')) speak(395, 'Plan successfully applied');
    const hasFailed = told && secret && !text(secret, 'applied-checksum') && text(secret, 'failed-checksum');
    if (hasFailed) fail(inventory, 'failed to update inventory status with plan failed to apply plan');
    else if (told) backoff.forget(name);
    await rt.client.replace(kinds.MachineInventory, inventory, draft);
    if (!hasFailed) return undefined;
    // To the operator a plan that failed is a failure of its own: it looks again and again, and says so.
    looks.again(name);
    return backoff.next(name);
  }

  function fail(inventory: MachineInventory, why: string): void {
    const err = `error reconciling machine inventory object: ${why}`;
    rt.log(inventory, 'controller.go:316', 'Reconciler error', { err }, { level: 'E' });
  }

  /** A host that can be reset runs the reset plan before it is forgotten. */
  async function leave(inventory: MachineInventory): Promise<void> {
    if (!hasFinalizer(inventory, inventoryFinalizer)) return;
    const say = (line: number, message: string) => rt.log(inventory, `machineinventory_controller.go:${line}`, message);
    say(203, 'Reconciling Reset plan');
    const secret = secrets.get(inventory.metadata.name);
    if (secret && inventory.metadata.annotations?.['elemental.cattle.io/resettable'] === 'true') {
      if (secret.metadata.annotations?.[operatorPlanType] !== 'reset') {
        say(249, 'Updating Secret with Reset plan');
        say(289, 'Creating new Reset plan secret');
        await rt.client.change(kinds.Secret, secret, writeReset);
        return;
      }
      if (text(secret, 'applied-checksum') !== checksum(secret)) return;
    }
    await rt.client.change(kinds.MachineInventory, inventory, (draft) => removeFinalizer(draft, inventoryFinalizer));
  }
}

/**
 * Which inventories the operator looks at anew: those that changed in more than their status, and those whose Secret did. Of
 * those that were there from the beginning it has told before.
 */
class Looks {
  #since: number;
  #due = new Set<string>();
  /** As the informer has them: no copies. */
  #known = new Map<string, MachineInventory>();

  constructor(since: number) {
    this.#since = since;
  }

  inventory(inventory: MachineInventory, change: Change): void {
    const { name } = inventory.metadata;
    const before = this.#known.get(name);
    if (change === 'deleted') {
      this.#known.delete(name);
      this.#due.delete(name);
      return;
    }
    this.#known.set(name, inventory);
    if (before ? isOther(before, inventory) : this.#isNew(inventory)) this.#due.add(name);
  }

  secret(secret: Secret, change: Change): void {
    if (change === 'modified' || this.#isNew(secret)) this.#due.add(secret.metadata.name);
  }

  /** Lets one be told of at the next look. */
  again(name: string): void {
    this.#due.add(name);
  }

  /** Whether one is to be told of now: once. */
  due(name: string): boolean {
    return this.#due.delete(name);
  }

  #isNew({ metadata }: KubeObject): boolean {
    return Date.parse(metadata.creationTimestamp ?? '') >= this.#since - 1000;
  }
}

const isOther = (a: MachineInventory, b: MachineInventory): boolean =>
  a.metadata.generation !== b.metadata.generation ||
  (['labels', 'annotations', 'finalizers', 'ownerReferences', 'deletionTimestamp'] as const).some(
    (key) => !equal(a.metadata[key], b.metadata[key]),
  );

/** The plan Secret as the operator first makes it. */
export function planSecret(inventory: MachineInventory): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: inventory.metadata.name,
      labels: { 'elemental.cattle.io/managed': 'true' },
      annotations: { [operatorPlanType]: 'empty' },
      ownerReferences: [ownerReference(inventory)],
    },
    type: planSecretType,
    data: { plan: encode('{}') },
  };
}

/** The reset plan replaces all annotations and both checksums (domain §1.1). */
function writeReset(draft: Secret): void {
  const step = (name: string, script: string) => ({ name, command: '/bin/sh', args: ['-c', script] });
  const plan = planText({
    files: [{ content: encode('name: "sim reset"\n'), path: '/oem/reset-cloud-config.yaml', permissions: '0600' }],
    instructions: [
      step('restore first boot config', 'true'),
      step('configure next boot to recovery mode', 'true'),
      step('schedule reboot', 'true'),
    ],
  });
  draft.metadata.annotations = { [operatorPlanType]: 'reset' };
  draft.data = { ...draft.data, plan: encode(plan), 'applied-checksum': '', 'failed-checksum': '' };
  if (draft.data['plan-state'] !== undefined) draft.data['plan-state'] = encode('pending');
}

/**
 * Writes `status.plan` and Ready into `draft` from its plan Secret. An old `applied-checksum` is looked at first and not
 * compared with the plan, so a new plan that waits or fails still shows Applied.
 */
export function setPlanStatus(draft: MachineInventory, secret: Secret | undefined, at: string): void {
  const { name, namespace } = draft.metadata;
  draft.status ??= {};
  const status = draft.status;
  status.plan ??= {};
  const plan = status.plan;
  plan.secretRef ??= { name, namespace };
  const applied = secret ? text(secret, 'applied-checksum') : '';
  const failed = secret ? text(secret, 'failed-checksum') : '';
  let ready: Saying = {
    type: 'Ready',
    status: 'False',
    reason: 'WaitingForPlan',
    message: 'waiting for plan to be applied',
  };
  if (applied) {
    Object.assign(plan, { state: 'Applied', checksum: applied });
    const message = 'plan successfully applied';
    ready = { type: 'Ready', status: 'True', reason: 'PlanSuccessfullyApplied', message };
  } else if (failed) {
    Object.assign(plan, { state: 'Failed', checksum: failed });
    ready = { type: 'Ready', status: 'False', reason: 'PlanFailure', message: 'failed to apply plan' };
  }
  const network: Saying = {
    type: 'NetworkConfigReady',
    status: 'True',
    reason: 'ReconcilingNetworkConfig',
    message: 'NetworkConfig is ready',
  };
  status.conditions = say(status.conditions, [ready, network], at);
}
