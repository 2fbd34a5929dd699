/**
 * The journal of a host's managed storage, `status.storage`: phases, the one operation under way, and the two conditions.
 * Each function writes one turn of it into `draft`. Reasons the documents do not tell begin with `Sim`.
 */

import { type Saying, say } from '../../conditions.ts';
import { Random } from '../../random.ts';
import type {
  MachineInventory,
  StorageOperation,
  StorageOperationType,
  StorageStatus,
  VolumeStatus,
} from '../../shapes/elemental.ts';
import type { KubeObject } from '../../shapes/meta.ts';
import { hashVersion } from './volumes.ts';

const inactive: Saying = { type: 'StorageActive', status: 'False', reason: 'Inactive' };

/** The journal of `draft`, made where there is none. */
export function journalOf(draft: MachineInventory): StorageStatus {
  draft.status ??= {};
  draft.status.storage ??= {};
  return draft.status.storage;
}

function speak(draft: MachineInventory, at: string, ...sayings: Saying[]): void {
  const journal = journalOf(draft);
  journal.conditions = say(journal.conditions, sayings, at, draft.metadata.generation);
}

/** No volumes: nothing is managed. */
export function setUnmanaged(draft: MachineInventory, at: string): void {
  const journal = journalOf(draft);
  journal.phase = 'Unmanaged';
  for (const key of ['operation', 'appliedVolumes', 'appliedSpecHash', 'pendingSpecHash'] as const) delete journal[key];
  speak(draft, at, { type: 'StoragePrepared', status: 'True', reason: 'NoManagedVolumes' }, inactive);
}

/** Volumes are declared, and cannot be had (yet), for the reason in `problems`. */
export function setInvalid(draft: MachineInventory, problems: readonly string[], at: string): void {
  const journal = journalOf(draft);
  journal.phase = problems.length > 0 ? 'Validating' : 'Observed';
  const message = problems.length > 0 ? problems.join('; ') : 'waiting for the storage report of the host';
  const reason = problems.length > 0 ? 'SimInvalidVolumes' : 'SimNotObserved';
  speak(draft, at, { type: 'StoragePrepared', status: 'False', reason, message }, inactive);
}

export interface Begin {
  type: StorageOperationType;
  owner: KubeObject;
  hash: string;
  volumes: VolumeStatus[];
  seed: string;
  at: string;
}

/** An operation is claimed. The host's boot and report are noted: only what it reports later counts. */
export function begin(draft: MachineInventory, { type, owner, hash, volumes, seed, at }: Begin): void {
  const journal = journalOf(draft);
  const observed = draft.status?.observedStorage;
  const random = new Random(seed, 'storage', type, owner.metadata.uid ?? owner.metadata.name, hash, at);
  const nonce = draft.spec?.storage?.retryNonce ?? 0;
  const operation: StorageOperation = {
    type,
    phase: 'Pending',
    mutationState: 'None',
    operationID: random.uuid(),
    attemptID: random.uuid(),
    planOwnerKind: owner.kind,
    planOwnerUID: owner.metadata.uid ?? '',
    retryNonce: nonce,
    targetSpecHash: hash,
    startedAt: at,
    updatedAt: at,
    volumes,
  };
  if (observed?.bootID) operation.observationBootID = observed.bootID;
  if (observed?.reportEpoch !== undefined) operation.observationReportEpoch = observed.reportEpoch;
  if (observed?.sequence !== undefined) operation.observationSequence = observed.sequence;
  journal.operation = operation;
  journal.hashVersion = hashVersion;
  journal.lastConsumedRetryNonce = nonce;
  journal.phase = { Prepare: 'Validating', Release: 'Releasing', Activate: 'Activating', Deactivate: 'Deactivating' }[
    type
  ];
  if (type === 'Prepare') {
    const message = 'volumes are being prepared';
    speak(draft, at, { type: 'StoragePrepared', status: 'False', reason: 'SimPreparing', message }, inactive);
  }
}

/** The plan of the operation is written. */
export function run(draft: MachineInventory, planChecksum: string, at: string): void {
  const journal = journalOf(draft);
  const { operation } = journal;
  if (!operation) return;
  if (operation.phase === 'Running' && operation.planChecksum === planChecksum) return;
  Object.assign(operation, { phase: 'Running', planChecksum, updatedAt: at });
  if (operation.type === 'Prepare') journal.phase = 'Preparing';
  if (operation.type === 'Deactivate') journal.phase = 'Deactivating';
}

/** The operation has failed; what is on the disks may have changed (`mutation`). */
export function fail(
  draft: MachineInventory,
  mutation: StorageOperation['mutationState'],
  message: string,
  at: string,
): void {
  const journal = journalOf(draft);
  const { operation } = journal;
  if (!operation || operation.phase === 'Failed') return;
  Object.assign(operation, { phase: 'Failed', mutationState: mutation, updatedAt: at });
  journal.phase = 'Failed';
  if (mutation !== 'None') journal.pendingSpecHash = operation.targetSpecHash;
  const reason = `Sim${operation.type}Failed`;
  if (operation.type === 'Prepare' || operation.type === 'Release') {
    speak(draft, at, { type: 'StoragePrepared', status: 'False', reason, message }, inactive);
  } else {
    speak(draft, at, { type: 'StorageActive', status: 'False', reason, message });
  }
}

/** The volumes are there and not mounted: after Prepare, and after Deactivate. */
export function setPrepared(draft: MachineInventory, volumes: VolumeStatus[] | undefined, at: string): void {
  const journal = journalOf(draft);
  journal.phase = 'Prepared';
  journal.appliedVolumes = (volumes ?? journal.appliedVolumes ?? []).map((volume) => ({
    ...volume,
    active: false,
    phase: 'Prepared',
  }));
  if (journal.operation?.type === 'Prepare') journal.appliedSpecHash = journal.operation.targetSpecHash;
  delete journal.operation;
  delete journal.pendingSpecHash;
  const reason = 'AllRequiredVolumesPrepared';
  speak(draft, at, { type: 'StoragePrepared', status: 'True', reason }, inactive);
}

/** The volumes are mounted after the boot. */
export function setActive(draft: MachineInventory, at: string): void {
  const journal = journalOf(draft);
  journal.phase = 'Active';
  journal.appliedVolumes = (journal.appliedVolumes ?? []).map(({ message: _message, ...volume }) => ({
    ...volume,
    active: true,
    phase: 'Active',
    ...(volume.active ? {} : { lastTransitionTime: at }),
  }));
  delete journal.operation;
  speak(draft, at, { type: 'StorageActive', status: 'True', reason: 'AllRequiredVolumesActive' });
}

/** The host has booted, and these volumes are not mounted. It may yet come right: the operation goes on. */
export function setDegraded(draft: MachineInventory, missing: readonly VolumeStatus[], why: string, at: string): void {
  const journal = journalOf(draft);
  journal.phase = 'Degraded';
  const names = new Set(missing.map(({ name }) => name));
  const list = missing.map(({ name, mountPath }) => `volume ${name} is not mounted at ${mountPath}`).join('; ');
  const message = why ? `${list}: ${why}` : list;
  journal.appliedVolumes = (journal.appliedVolumes ?? []).map((volume) =>
    names.has(volume.name) ? { ...volume, active: false, phase: 'Degraded', message } : volume,
  );
  speak(draft, at, { type: 'StorageActive', status: 'False', reason: 'SimVolumesNotMounted', message });
}
