/** Control planes and bootstrap configurations in both versions of Cluster API. */

import type { Codec } from './contract.ts';
import { at, every, type Json, some, without } from './json-fields.ts';
import { decodeKubeadm, encodeKubeadm } from './kubeadm.ts';
import { decodeTimeouts, encodeGroupStatus, encodeTimeouts } from './machines.ts';
import { decodeReference, encodeReference } from './references.ts';
import { decodeConditions, encodeConditions, replicaCounters } from './status.ts';
import { fromSeconds, toSeconds } from './times.ts';

export const controlPlane: Codec = {
  decode: ({ spec, status }) => ({ spec: spec && decodeSpec(spec), status: status && decodeStatus(status) }),
  encode: ({ spec, status }) => ({ spec: spec && encodeSpec(spec), status: status && encodeStatus(status) }),
};

function decodeSpec(spec: Json): Json {
  const template = at(spec, 'machineTemplate');
  const machine = at(template, 'spec');
  const remediation = at(spec, 'remediation');
  return every({
    ...without(spec, 'rollout', 'remediation', 'machineNaming'),
    rolloutAfter: at(spec, 'rollout')['after'],
    rolloutBefore: at(spec, 'rollout')['before'],
    rolloutStrategy: at(spec, 'rollout')['strategy'],
    remediationStrategy: some({
      maxRetry: remediation['maxRetry'],
      retryPeriod: fromSeconds(remediation['retryPeriodSeconds']),
      minHealthyPeriod: fromSeconds(remediation['minHealthyPeriodSeconds']),
    }),
    machineNamingStrategy: spec['machineNaming'],
    machineTemplate: every({
      metadata: template['metadata'],
      ...without(machine, 'deletion', 'infrastructureRef'),
      ...decodeTimeouts(at(machine, 'deletion')),
      infrastructureRef: decodeReference(machine['infrastructureRef']),
    }),
    kubeadmConfigSpec: decodeKubeadm(spec['kubeadmConfigSpec']),
  });
}

function encodeSpec(spec: Json): Json {
  const template = at(spec, 'machineTemplate');
  const remediation = at(spec, 'remediationStrategy');
  const timeouts = ['nodeDrainTimeout', 'nodeVolumeDetachTimeout', 'nodeDeletionTimeout'];
  const gone = ['rolloutAfter', 'rolloutBefore', 'rolloutStrategy', 'remediationStrategy', 'machineNamingStrategy'];
  return every({
    ...without(spec, ...gone),
    rollout: some({
      after: spec['rolloutAfter'],
      before: spec['rolloutBefore'],
      strategy: spec['rolloutStrategy'],
    }),
    remediation: some({
      maxRetry: remediation['maxRetry'],
      retryPeriodSeconds: toSeconds(remediation['retryPeriod']),
      minHealthyPeriodSeconds: toSeconds(remediation['minHealthyPeriod']),
    }),
    machineNaming: spec['machineNamingStrategy'],
    machineTemplate: every({
      metadata: some(at(template, 'metadata')),
      spec: every({
        ...without(template, 'metadata', ...timeouts),
        deletion: encodeTimeouts(template),
        infrastructureRef: encodeReference(template['infrastructureRef']),
      }),
    }),
    kubeadmConfigSpec: encodeKubeadm(spec['kubeadmConfigSpec']),
  });
}

function decodeStatus(status: Json): Json {
  const last = at(status, 'lastRemediation');
  const initialized = at(status, 'initialization')['controlPlaneInitialized'];
  const old = without(at(status, 'deprecated', 'v1beta1'), 'conditions');
  return {
    ...without(
      status,
      'initialization',
      'deprecated',
      'conditions',
      'readyReplicas',
      'availableReplicas',
      'upToDateReplicas',
      'lastRemediation',
    ),
    ...every({
      initialized,
      ready: initialized === true && Number(old['readyReplicas'] ?? 0) > 0,
      lastRemediation: status['lastRemediation'] && every({ ...without(last, 'time'), timestamp: last['time'] }),
    }),
    ...old,
    ...decodeConditions(status, replicaCounters(status)),
  };
}

function encodeStatus(status: Json): Json {
  const last = at(status, 'lastRemediation');
  const encoded = encodeGroupStatus(without(status, 'initialized', 'ready', 'lastRemediation'), [
    'updatedReplicas',
    'readyReplicas',
    'unavailableReplicas',
  ]);
  return every({
    ...encoded,
    initialization: some({ controlPlaneInitialized: status['initialized'] || undefined }),
    lastRemediation: status['lastRemediation'] && every({ ...without(last, 'timestamp'), time: last['timestamp'] }),
  });
}

export const kubeadmConfig: Codec = {
  decode: ({ spec, status }) => ({
    spec: decodeKubeadm(spec) as Json | undefined,
    status: status && {
      ...without(status, 'initialization', 'deprecated', 'conditions'),
      ...every({ ready: at(status, 'initialization')['dataSecretCreated'] }),
      ...decodeConditions(status),
    },
  }),
  encode: ({ spec, status }) => ({
    spec: encodeKubeadm(spec),
    status: status && {
      ...without(status, 'ready', 'v1beta2', 'conditions', 'failureReason', 'failureMessage'),
      ...every({ initialization: some({ dataSecretCreated: status['ready'] || undefined }) }),
      ...encodeConditions(status),
    },
  }),
};

export const kubeadmConfigTemplate: Codec = {
  decode: ({ spec }) => ({ spec: spec && template(spec, decodeKubeadm) }),
  encode: ({ spec }) => ({ spec: spec && template(spec, encodeKubeadm) }),
};

function template(spec: Json, convert: (spec: unknown) => unknown): Json {
  const inner = at(spec, 'template');
  return every({
    ...spec,
    template: every({ ...inner, metadata: some(at(inner, 'metadata')), spec: convert(inner['spec']) ?? {} }),
  });
}
