/**
 * The inventory storage reconciler: prepares and releases the data volumes of free hosts with plans of their own, and
 * follows the volumes of hosts in use, which the reprovision plan mounts at its reboot and the clean plan unmounts.
 */

import { find } from '../../conditions.ts';
import { isNewAgent } from '../../elemental/agent-generation.ts';
import { unpackOutputs } from '../../hosts/run.ts';
import { copy } from '../../json.ts';
import { kinds } from '../../kinds.ts';
import { addFinalizer, removeFinalizer } from '../../owners.ts';
import { parseObject, planSecrets } from '../../plan-secret.ts';
import type { Runtime } from '../../runtime.ts';
import type { Secret } from '../../shapes/core.ts';
import type { MachineInventory, StorageOperation } from '../../shapes/elemental.ts';
import type { BaremetalMachine } from '../../shapes/provider.ts';
import { inventoryInformer, marks } from '../inventory.ts';
import { providerComponent, storageFinalizer } from '../names.ts';
import { outcomeOf, writePlan } from '../plan-writer.ts';
import { storagePlan } from '../plans.ts';
import { begin, fail, run, setActive, setDegraded, setInvalid, setPrepared, setUnmanaged } from './journal.ts';
import {
  appliedVolumes,
  declaredVolumes,
  plannedVolumes,
  problemsOf,
  specHash,
  toPrepare,
  unmounted,
} from './volumes.ts';

/** Registers the controller. */
export function storageController(rt: Runtime): void {
  const inventories = inventoryInformer(rt);
  const infras = rt.informer(kinds.BaremetalMachine);
  const secrets = planSecrets(rt);
  const controller = rt.controller('inventory-storage', reconcile);
  const enqueue = (name: string | undefined) => {
    const inventory = inventories.get(name);
    if (inventory && concerns(inventory)) controller.enqueue(name);
  };
  inventories.onChange((inventory) => enqueue(inventory.metadata.name));
  secrets.onChange((secret) => enqueue(secret.metadata.name));
  infras.onChange((infra) => enqueue(infra.status?.machineInventoryRef?.name));

  async function reconcile(name: string): Promise<undefined> {
    const slim = inventories.get(name);
    // The informer keeps no devices.
    const inventory = slim && concerns(slim) ? await rt.client.get(kinds.MachineInventory, name) : undefined;
    if (!inventory) return;
    const draft = copy(inventory);
    const owner = infras.get(inventory.metadata.annotations?.[marks.baremetalMachine]);
    const secret = secrets.get(inventory.status?.plan?.secretRef?.name);
    const before = inventory.status?.storage?.phase;
    if (owner) follow(draft, owner, secret);
    else await converge(draft, secret);
    const after = await rt.client.replace(kinds.MachineInventory, inventory, draft);
    await tell(after, before);
  }

  const now = () => rt.timestamp();

  /** A free host: its volumes become what is declared. */
  async function converge(draft: MachineInventory, secret: Secret | undefined): Promise<void> {
    const storage = draft.status?.storage;
    if (draft.metadata.deletionTimestamp) {
      if (storage?.operation?.phase !== 'Running') removeFinalizer(draft, storageFinalizer);
      return;
    }
    const volumes = declaredVolumes(draft);
    const { operation } = storage ?? {};
    if (operation && (operation.type === 'Prepare' || operation.type === 'Release')) {
      await proceed(draft, operation, secret);
      return;
    }
    // The machine whose volumes were being moved has gone without a word: they are where they were.
    if (operation) setPrepared(draft, undefined, now());
    const hash = specHash(volumes);
    if (volumes.length === 0) {
      if ((storage?.appliedVolumes?.length ?? 0) > 0) claim(draft, 'Release', hash);
      else setUnmanaged(draft, now());
    } else if (storage?.appliedSpecHash !== hash) {
      const devices = draft.status?.observedStorage?.devices;
      if (!devices) {
        setInvalid(draft, [], now());
        return;
      }
      const problems = problemsOf(volumes, devices);
      if (problems.length > 0) {
        setInvalid(draft, problems, now());
        return;
      }
      addFinalizer(draft, storageFinalizer);
      claim(draft, 'Prepare', hash);
    }
  }

  function claim(draft: MachineInventory, type: 'Prepare' | 'Release', hash: string): void {
    const devices = draft.status?.observedStorage?.devices ?? [];
    const volumes =
      type === 'Prepare'
        ? appliedVolumes(declaredVolumes(draft), devices, '', now()).map((volume) => ({ ...volume, phase: 'Pending' }))
        : (draft.status?.storage?.appliedVolumes ?? []);
    begin(draft, { type, owner: draft, hash, volumes, seed: rt.seed, at: now() });
  }

  /** An operation with a plan of its own: written after a fresh report, done after another one. */
  async function proceed(draft: MachineInventory, operation: StorageOperation, secret: Secret | undefined) {
    if (!secret) return;
    const fresh = isNewer(draft, operation);
    if (operation.phase === 'Pending' && fresh) {
      const what = operation.type === 'Prepare' ? 'prepare' : 'release';
      const volumes = what === 'prepare' ? toPrepare(declaredVolumes(draft)) : plannedVolumes(draft);
      const plan = storagePlan(what, volumes, operation.attemptID);
      run(draft, await writePlan(rt, secret, plan, `storage-${what}`, isNewAgent(draft)), now());
    } else if (operation.phase === 'Running') {
      const outcome = outcomeOf(secrets.get(secret.metadata.name), operation.planChecksum ?? '');
      if (outcome === 'applied') done(draft, operation);
      else if (outcome === 'given up') failed(draft, secrets.get(secret.metadata.name) ?? secret);
    } else if (operation.phase === 'Failed') {
      retry(draft, operation);
    }
  }

  function done(draft: MachineInventory, operation: StorageOperation): void {
    if (operation.type === 'Release') {
      setUnmanaged(draft, now());
      return;
    }
    const devices = draft.status?.observedStorage?.devices ?? [];
    const volumes = appliedVolumes(declaredVolumes(draft), devices, operation.operationID, now());
    // The filesystems must have been seen.
    if (volumes.every(({ filesystemUUID }) => filesystemUUID)) setPrepared(draft, volumes, now());
  }

  function failed(draft: MachineInventory, secret: Secret): void {
    const { mutation, message } = reportOf(secret);
    fail(draft, mutation, message, now());
  }

  /** The narrow rule: only where no disk was touched, for the same volumes, on a new word of the operator. */
  function retry(draft: MachineInventory, operation: StorageOperation): void {
    const storage = draft.status?.storage;
    const untouched = operation.mutationState === 'None' && !storage?.pendingSpecHash;
    const asked = (draft.spec?.storage?.retryNonce ?? 0) > (storage?.lastConsumedRetryNonce ?? 0);
    const hash = specHash(declaredVolumes(draft));
    if (untouched && asked && hash === operation.targetSpecHash) {
      claim(draft, operation.type === 'Release' ? 'Release' : 'Prepare', hash);
    }
  }

  /** A host in use: its volumes come and go with the plans of its machine. */
  function follow(draft: MachineInventory, owner: BaremetalMachine, secret: Secret | undefined): void {
    const storage = draft.status?.storage;
    if (!storage?.appliedVolumes?.length) return;
    const { operation } = storage;
    const devices = draft.status?.observedStorage?.devices ?? [];
    const hash = storage.appliedSpecHash ?? '';
    const volumes = storage.appliedVolumes;
    const start = (type: 'Activate' | 'Deactivate') =>
      begin(draft, { type, owner, hash, volumes, seed: rt.seed, at: now() });
    if (owner.metadata.deletionTimestamp) {
      if (storage.phase === 'Prepared' && !operation) return;
      if (!owner.status?.planSecretRef) {
        setPrepared(draft, undefined, now());
        return;
      }
      if (operation?.type !== 'Deactivate') {
        start('Deactivate');
        return;
      }
      deactivate(draft, operation, owner, secret);
      return;
    }
    if (storage.phase === 'Prepared' && !operation) {
      start('Activate');
      return;
    }
    const planned = owner.status?.lastAppliedPlanChecksum;
    if (operation?.type === 'Activate' && planned) run(draft, planned, now());
    const booted = operation === undefined || draft.status?.observedStorage?.bootID !== operation.observationBootID;
    const applied = outcomeOf(secret, planned ?? '') === 'applied';
    if (!planned || !booted || !applied) return;
    const missing = unmounted(
      volumes.filter(({ effectiveRequired }) => effectiveRequired),
      devices,
    );
    if (missing.length === 0) setActive(draft, now());
    else setDegraded(draft, missing, (secret && saidOf(secret, 'applied-output', 'sim-activate-volumes')) ?? '', now());
  }

  function deactivate(
    draft: MachineInventory,
    operation: StorageOperation,
    owner: BaremetalMachine,
    secret: Secret | undefined,
  ): void {
    const planned = owner.status?.phase === 'Preparing' ? owner.status.lastAppliedPlanChecksum : undefined;
    if (!planned || !secret) return;
    const outcome = outcomeOf(secret, planned);
    if (outcome === 'failed' || outcome === 'given up') {
      failed(draft, secret);
      return;
    }
    run(draft, planned, now());
    const mounted = (draft.status?.observedStorage?.devices ?? []).some(
      (device) => device.mounts?.length && operation.volumes?.some(({ deviceID }) => deviceID === device.id),
    );
    if (outcome === 'applied' && !mounted) setPrepared(draft, undefined, now());
  }

  async function tell(inventory: MachineInventory, before: string | undefined): Promise<void> {
    const storage = inventory.status?.storage;
    if (storage?.phase === before || !/^(Prepared|Active|Failed|Degraded)$/.test(storage?.phase ?? '')) return;
    const bad = storage?.phase === 'Failed' || storage?.phase === 'Degraded';
    const saying = find(
      storage?.conditions,
      storage?.operation?.type === 'Prepare' ? 'StoragePrepared' : 'StorageActive',
    );
    const message = bad ? (saying?.message ?? '') : `managed storage is ${storage?.phase}`;
    await rt.event(inventory, bad ? 'Warning' : 'Normal', `SimStorage${storage?.phase}`, message, providerComponent);
  }
}

/** Whether there is anything to do or to say about a host's volumes. */
function concerns(inventory: MachineInventory): boolean {
  const { storage, observedStorage } = inventory.status ?? {};
  if ((inventory.spec?.storage?.volumes?.length ?? 0) > 0 || storage?.operation) return true;
  if ((storage?.appliedVolumes?.length ?? 0) > 0) return true;
  if (inventory.metadata.deletionTimestamp && inventory.metadata.finalizers?.includes(storageFinalizer)) return true;
  return observedStorage !== undefined && !find(storage?.conditions, 'StoragePrepared');
}

/** Whether the host has reported since the operation was claimed. */
function isNewer({ status }: MachineInventory, operation: StorageOperation): boolean {
  const { reportEpoch: epoch = 0, sequence = 0 } = status?.observedStorage ?? {};
  const since = operation.observationReportEpoch ?? -1;
  return epoch > since || (epoch === since && sequence > (operation.observationSequence ?? -1));
}

/** What a failed plan said of the disks: the last line of its output is the host's report. */
function reportOf(secret: Secret): { mutation: StorageOperation['mutationState']; message: string } {
  const lines = Object.values(unpackOutputs(secret, 'failed-output')).join('\n').trim().split('\n');
  const said = parseObject(lines[lines.length - 1] ?? '')['mutationState'];
  const known = (['None', 'DurableStateChanged'] as const).find((state) => state === said);
  const message = (known ? lines.slice(0, -1) : lines).join(' ').trim();
  return { mutation: known ?? 'Unknown', message: message || 'the plan failed' };
}

function saidOf(secret: Secret, key: string, instruction: string): string | undefined {
  return unpackOutputs(secret, key)[instruction]?.trim().split('\n').at(-1);
}
