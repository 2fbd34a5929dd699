/** What several of Cluster API's kinds in v1beta2 have in them, as of v1.13. */
import { availabilityGates, legacyConditions } from './capi-shared.ts';
import { conditions, DNS_SUBDOMAIN, labelsAndAnnotations, QUALIFIED_NAME } from './meta.ts';
import {
  about,
  choice,
  type Fields,
  int32,
  int64,
  intOrString,
  list,
  object,
  type Schema,
  some,
  string,
  text,
  time,
} from './schema.ts';

const KIND = '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$';
const API_VERSION = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[a-z]([-a-z0-9]*[a-z0-9])?$';
const TAINT_KEY =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$';
const TAINT_VALUE = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$';

export const name = text(1, 253, DNS_SUBDOMAIN);

/** ContractVersionedObjectReference. */
export const reference = object({ 'apiGroup!': name, 'kind!': text(1, 63, KIND), 'name!': name });

export const observed: Fields = { conditions, observedGeneration: int64(1) };
export const failure: Fields = { failureMessage: text(1, 10240), failureReason: string };
export const deprecated = (more: Fields = {}) =>
  about(
    'What v1beta1 reported and v1beta2 will drop.',
    object({ v1beta1: object({ conditions: legacyConditions, ...more }) }),
  );
export const replicas = about('Desired number of machines.', int32());
export const counted: Fields = {
  availableReplicas: int32(),
  readyReplicas: int32(),
  replicas: int32(),
  selector: text(1, 4096),
  upToDateReplicas: int32(),
};

export const seconds = int32(0);
export const deletion: Fields = {
  nodeDeletionTimeoutSeconds: about(
    'Time for which deletion of the Node is retried after the machine is marked for deletion.',
    seconds,
  ),
  nodeDrainTimeoutSeconds: about('Time limit for draining the Node; 0 means no limit.', seconds),
  nodeVolumeDetachTimeoutSeconds: about('Time limit for detaching all volumes of the Node; 0 means no limit.', seconds),
};

export const taints = list(
  object({
    'effect!': choice('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    'key!': text(1, 317, TAINT_KEY),
    'propagation!': choice('Always', 'OnInitialization'),
    value: text(1, 63, TAINT_VALUE),
  }),
  { min: 1, max: 64, keys: ['key', 'effect'] },
);

export const readinessGates = availabilityGates({ min: 1 });
export const metadata = some(labelsAndAnnotations);

const unhealthy = (type: Schema, status: Schema) =>
  list(object({ 'status!': status, 'timeoutSeconds!': seconds, 'type!': type }), { min: 1, max: 100, atomic: true });

export const checks = about(
  'What makes a machine unhealthy, and after how long.',
  some({
    nodeStartupTimeoutSeconds: seconds,
    unhealthyMachineConditions: unhealthy(text(1, 316, QUALIFIED_NAME), choice('True', 'False', 'Unknown')),
    unhealthyNodeConditions: unhealthy(text(1), text(1)),
  }),
);

export const remediation: Fields = {
  templateRef: object({ 'apiVersion!': text(1, 317, API_VERSION), 'kind!': text(1, 63, KIND), 'name!': name }),
  triggerIf: some({
    unhealthyInRange: text(1, 32, '^\\[[0-9]+-[0-9]+\\]$'),
    unhealthyLessThanOrEqualTo: intOrString,
  }),
};

export const rollout = about(
  'Strategy by which outdated machines are replaced.',
  some({
    after: time,
    strategy: some({
      rollingUpdate: some({ maxSurge: intOrString, maxUnavailable: intOrString }),
      'type!': choice('RollingUpdate', 'OnDelete'),
    }),
  }),
);
