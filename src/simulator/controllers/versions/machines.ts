/** Machines, their templates and the groups that make them, in both versions of Cluster API. */

import type { Codec } from './contract.ts';
import { at, every, type Json, some, without } from './json-fields.ts';
import { decodeReference, encodeReference } from './references.ts';
import { decodeConditions, encodeConditions, replicaCounters } from './status.ts';
import { fromSeconds, toSeconds } from './times.ts';

/** The three timeouts of a Machine's end, from `deletion`. */
export function decodeTimeouts(deletion: Json): Json {
  return every({
    nodeDrainTimeout: fromSeconds(deletion['nodeDrainTimeoutSeconds']),
    nodeVolumeDetachTimeout: fromSeconds(deletion['nodeVolumeDetachTimeoutSeconds']),
    nodeDeletionTimeout: fromSeconds(deletion['nodeDeletionTimeoutSeconds']),
  });
}

/** The way back; undefined where none is set. */
export function encodeTimeouts(spec: Json): Json | undefined {
  return some({
    nodeDrainTimeoutSeconds: toSeconds(spec['nodeDrainTimeout']),
    nodeVolumeDetachTimeoutSeconds: toSeconds(spec['nodeVolumeDetachTimeout']),
    nodeDeletionTimeoutSeconds: toSeconds(spec['nodeDeletionTimeout']),
  });
}

function decodeMachineSpec(spec: Json): Json {
  const bootstrap = at(spec, 'bootstrap');
  return every({
    ...without(spec, 'deletion', 'minReadySeconds'),
    ...decodeTimeouts(at(spec, 'deletion')),
    bootstrap: spec['bootstrap'] && every({ ...bootstrap, configRef: decodeReference(bootstrap['configRef']) }),
    infrastructureRef: decodeReference(spec['infrastructureRef']),
  });
}

function encodeMachineSpec(spec: Json): Json {
  const bootstrap = at(spec, 'bootstrap');
  return every({
    ...without(spec, 'nodeDrainTimeout', 'nodeVolumeDetachTimeout', 'nodeDeletionTimeout'),
    deletion: encodeTimeouts(spec),
    bootstrap: spec['bootstrap'] && every({ ...bootstrap, configRef: encodeReference(bootstrap['configRef']) }),
    infrastructureRef: encodeReference(spec['infrastructureRef']),
  });
}

export const machine: Codec = {
  decode: ({ spec, status }) => ({
    spec: spec && decodeMachineSpec(spec),
    status: status && {
      ...without(status, 'initialization', 'deprecated', 'conditions', 'nodeRef'),
      ...every({
        bootstrapReady: at(status, 'initialization')['bootstrapDataSecretCreated'],
        infrastructureReady: at(status, 'initialization')['infrastructureProvisioned'],
        nodeRef: status['nodeRef'] && { apiVersion: 'v1', kind: 'Node', name: at(status, 'nodeRef')['name'] },
      }),
      ...decodeConditions(status),
    },
  }),
  encode: ({ spec, status }) => ({
    spec: spec && encodeMachineSpec(spec),
    status: status && {
      ...without(
        status,
        'bootstrapReady',
        'infrastructureReady',
        'v1beta2',
        'conditions',
        'failureReason',
        'failureMessage',
      ),
      ...every({
        initialization: some({
          bootstrapDataSecretCreated: status['bootstrapReady'] || undefined,
          infrastructureProvisioned: status['infrastructureReady'] || undefined,
        }),
        nodeRef: status['nodeRef'] && { name: at(status, 'nodeRef')['name'] },
      }),
      ...encodeConditions(status),
    },
  }),
};

function decodeTemplate(template: Json): Json {
  return every({ ...template, spec: template['spec'] && decodeMachineSpec(at(template, 'spec')) });
}

function encodeTemplate(template: Json, minReadySeconds: unknown): Json {
  const spec = {
    ...encodeMachineSpec(at(template, 'spec')),
    ...every({ minReadySeconds: minReadySeconds || undefined }),
  };
  return every({ ...template, metadata: some(at(template, 'metadata')), spec });
}

const templateReadySeconds = (spec: Json): unknown => at(spec, 'template', 'spec')['minReadySeconds'];
/** `Random` is what v1beta2 means when it says no order. */
const orderOf = (policy: unknown): Json | undefined => (policy && policy !== 'Random' ? { order: policy } : undefined);

export const machineSet: Codec = {
  decode: ({ spec, status }) => ({
    spec:
      spec &&
      every({
        ...without(spec, 'deletion', 'machineNaming'),
        deletePolicy: at(spec, 'deletion')['order'],
        machineNamingStrategy: spec['machineNaming'],
        minReadySeconds: templateReadySeconds(spec),
        template: spec['template'] && decodeTemplate(at(spec, 'template')),
      }),
    status: status && {
      ...without(status, 'deprecated', 'conditions', 'readyReplicas', 'availableReplicas', 'upToDateReplicas'),
      ...without(at(status, 'deprecated', 'v1beta1'), 'conditions'),
      ...decodeConditions(status, replicaCounters(status)),
    },
  }),
  encode: ({ spec, status }) => ({
    spec:
      spec &&
      every({
        ...without(spec, 'deletePolicy', 'machineNamingStrategy', 'minReadySeconds'),
        deletion: orderOf(spec['deletePolicy']),
        machineNaming: spec['machineNamingStrategy'],
        template: spec['template'] && encodeTemplate(at(spec, 'template'), spec['minReadySeconds']),
      }),
    status: status && encodeGroupStatus(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
  }),
};

/** The status of a group of Machines; the counters named are of the first generation. */
export function encodeGroupStatus(status: Json, old: readonly string[]): Json {
  const counters = Object.fromEntries(old.map((key) => [key, status[key]]));
  return {
    ...without(status, ...old, 'v1beta2', 'conditions', 'failureReason', 'failureMessage'),
    ...replicaCounters(at(status, 'v1beta2')),
    ...encodeConditions(status, counters),
  };
}

export const machineDeployment: Codec = {
  decode: ({ spec, status }) => ({
    spec: spec && decodeDeploymentSpec(spec),
    status: status && {
      ...without(status, 'deprecated', 'conditions', 'readyReplicas', 'availableReplicas', 'upToDateReplicas'),
      ...without(at(status, 'deprecated', 'v1beta1'), 'conditions'),
      ...decodeConditions(status, replicaCounters(status)),
    },
  }),
  encode: ({ spec, status }) => ({
    spec: spec && encodeDeploymentSpec(spec),
    status:
      status &&
      encodeGroupStatus(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas']),
  }),
};

function decodeDeploymentSpec(spec: Json): Json {
  const strategy = at(spec, 'rollout', 'strategy');
  const order = at(spec, 'deletion')['order'];
  const rolling = some({ ...at(strategy, 'rollingUpdate'), deletePolicy: order });
  const remediation = some({ maxInFlight: at(spec, 'remediation')['maxInFlight'] });
  return every({
    ...without(spec, 'rollout', 'deletion', 'remediation', 'machineNaming'),
    rolloutAfter: at(spec, 'rollout')['after'],
    strategy: some({ type: strategy['type'], rollingUpdate: rolling, remediation }),
    machineNamingStrategy: spec['machineNaming'],
    minReadySeconds: templateReadySeconds(spec),
    template: spec['template'] && decodeTemplate(at(spec, 'template')),
  });
}

const goneFromDeployments = ['minReadySeconds', 'progressDeadlineSeconds', 'revisionHistoryLimit'];

function encodeDeploymentSpec(spec: Json): Json {
  const strategy = at(spec, 'strategy');
  const rolling = at(strategy, 'rollingUpdate');
  const update = some({
    type: strategy['type'],
    rollingUpdate: strategy['type'] === 'OnDelete' ? undefined : some(without(rolling, 'deletePolicy')),
  });
  const template = spec['template'] && encodeTemplate(at(spec, 'template'), spec['minReadySeconds']);
  return every({
    ...without(spec, 'rolloutAfter', 'strategy', 'machineNamingStrategy', ...goneFromDeployments),
    rollout: some({ after: spec['rolloutAfter'], strategy: update }),
    deletion: orderOf(rolling['deletePolicy']),
    remediation: some({ maxInFlight: at(strategy, 'remediation')['maxInFlight'] }),
    machineNaming: spec['machineNamingStrategy'],
    template,
  });
}
