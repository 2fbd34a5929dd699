/** Managed storage of hosts: what a MachineInventory says of its disks. */
import { plainConditions } from './meta.ts';
import {
  about,
  bool,
  choice,
  int32,
  int64,
  list,
  object,
  quantity,
  string,
  text,
  time,
  withDefault,
} from './schema.ts';

const policy = choice('Adopt', 'InitializeIfBlank');
const filesystemType = choice('xfs', 'ext4');
const mutationState = choice('None', 'DurableStateChanged', 'Unknown');

/** spec.storage */
export const wantedStorage = object({
  retryNonce: about('Raised to try a failed operation again.', withDefault(int64(0), 0)),
  volumes: about(
    'The volumes the provider is to manage.',
    list(
      object({
        'filesystem!': object({ expectedUUID: text(undefined, 128), 'policy!': policy, 'type!': filesystemType }),
        'mount!': object({
          options: list(string, { max: 16 }),
          'path!': text(2, 255),
          required: withDefault(bool, true),
        }),
        'name!': text(1, 63),
        'source!': object({
          'deviceID!': about('The stable id of the device.', text(5, 512)),
          minimumSize: quantity,
          multipath: object({ minimumActivePaths: withDefault(int32(1, 1024), 1) }),
        }),
      }),
      { max: 32, keys: ['name'] },
    ),
  ),
});

const device = object({
  consumers: list(
    object({
      filesystemType: text(undefined, 64),
      mounts: list(string, { max: 64 }),
      'path!': text(undefined, 512),
      'type!': text(undefined, 64),
    }),
    { max: 256 },
  ),
  filesystem: object({ 'type!': text(undefined, 64), uuid: text(undefined, 128) }),
  health: object({ activePaths: int32(0), totalPaths: int32(0) }),
  'id!': text(5, 512),
  'kind!': choice('DirectDisk', 'Partition', 'Multipath'),
  memberIDs: list(string, { max: 256 }),
  model: text(undefined, 256),
  mounts: list(object({ options: list(string, { max: 128 }), 'path!': text(undefined, 512) }), { max: 64 }),
  parentID: text(undefined, 512),
  partitionTableType: text(undefined, 32),
  path: text(undefined, 512),
  readOnly: bool,
  removable: bool,
  rotational: bool,
  serial: text(undefined, 256),
  signatures: list(object({ 'type!': text(undefined, 64), 'value!': text(undefined, 256) }), { max: 64 }),
  sizeBytes: int64(),
  stablePaths: list(string, { max: 32 }),
  startBytes: int64(),
  systemEvidence: list(string, { max: 32 }),
  'systemRole!': choice('System', 'Data', 'Unknown'),
  transport: text(undefined, 64),
  wwn: text(undefined, 256),
});

/** status.observedStorage */
export const observedStorage = object({
  bootID: text(undefined, 128),
  devices: about('The disks of the host.', list(device, { max: 1024, keys: ['id'] })),
  observedAt: time,
  reportEpoch: int64(0),
  sequence: int64(0),
});

const appliedVolumes = list(
  object({
    active: bool,
    'deviceID!': string,
    'effectiveRequired!': bool,
    expectedFilesystemUUID: string,
    'filesystemPolicy!': policy,
    'filesystemType!': filesystemType,
    filesystemUUID: string,
    lastOperationID: string,
    lastTransitionTime: time,
    message: string,
    minimumActivePaths: int32(),
    minimumSizeBytes: int64(),
    mountOptions: list(string),
    'mountPath!': string,
    mutationState,
    'name!': string,
    phase: string,
    reason: string,
    'required!': bool,
    resolvedPath: string,
  }),
  { max: 32, keys: ['name'] },
);

const operation = object({
  'attemptID!': string,
  initializationApprovalCounter: int64(),
  initializationApprovalHash: string,
  'mutationState!': mutationState,
  observationBootID: text(undefined, 128),
  observationReportEpoch: int64(),
  observationSequence: int64(),
  'operationID!': string,
  'phase!': choice('Pending', 'Running', 'Applied', 'Failed'),
  planChecksum: string,
  'planOwnerKind!': string,
  'planOwnerUID!': string,
  'retryNonce!': int64(),
  'startedAt!': time,
  'targetSpecHash!': string,
  'type!': choice('Prepare', 'Release', 'Activate', 'Deactivate'),
  'updatedAt!': time,
  volumes: appliedVolumes,
});

/** status.storage */
export const storageStatus = object({
  appliedSpecHash: string,
  appliedVolumes,
  conditions: plainConditions,
  hashVersion: string,
  lastConsumedInitializationApprovalCounter: int64(),
  lastConsumedInitializationApprovalHash: string,
  lastConsumedRetryNonce: int64(),
  operation: about('What is being done to the disks.', operation),
  pendingSpecHash: string,
  phase: choice(
    ...['Unmanaged', 'Observed', 'Validating', 'Preparing', 'Prepared', 'Activating', 'Active', 'Deactivating'],
    ...['Releasing', 'Degraded', 'Failed'],
  ),
});
