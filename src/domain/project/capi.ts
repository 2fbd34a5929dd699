/**
 * What Cluster API's kinds share, in both versions of its API. The differences are those of its v1beta2 migration:
 * references by group instead of version, replicas and flags renamed, legacy figures under `status.deprecated.v1beta1`.
 */
import type { Ref, Replicas, Rollout } from '../objects.ts';
import { at, get, intOrString, name, num, rec, sentence, str, word } from '../read.ts';
import { capiVersionOf } from './conditions.ts';

const CLUSTER_NAME = 'cluster.x-k8s.io/cluster-name';

/** `{apiVersion, kind, name}` or `{apiGroup, kind, name}`. */
export function readRef(value: unknown): Ref | undefined {
  const target = name(get(value, 'name'));
  if (target === undefined) return undefined;
  return { apiKind: word(get(value, 'kind')) ?? '', name: target };
}

export function readFailure(value: unknown): { reason?: string; message?: string } | undefined {
  const reason = word(get(value, 'failureReason'));
  const message = str(sentence(get(value, 'failureMessage')));
  return reason === undefined && message === undefined ? undefined : { reason, message };
}

/** Terminal failure of a Cluster API object: v1beta2 keeps it among the deprecated fields. */
export function readCapiFailure(raw: unknown): { reason?: string; message?: string } | undefined {
  return readFailure(get(raw, 'status')) ?? readFailure(at(raw, 'status', 'deprecated', 'v1beta1'));
}

export function readEndpoint(value: unknown): { host: string; port?: number } | undefined {
  const host = str(get(value, 'host'));
  return host === undefined ? undefined : { host, port: num(get(value, 'port')) };
}

/** The cluster a Cluster API object names, by its spec or its label. */
export function readClusterName(raw: unknown): string | undefined {
  return word(at(raw, 'spec', 'clusterName')) ?? word(at(raw, 'metadata', 'labels', CLUSTER_NAME));
}

/**
 * Replica figures. A figure that was not sent stays absent. In v1beta2 its own figures come first and the deprecated
 * ones stand in; v1beta1 counts up-to-date replicas of a MachineSet only under `status.v1beta2`; a v1beta1
 * KubeadmControlPlane sends unavailable replicas instead of available ones.
 */
export function readReplicas(raw: unknown): Replicas {
  const status = rec(get(raw, 'status'));
  const old = rec(at(status, 'deprecated', 'v1beta1'));
  const current = num(get(status, 'replicas'));
  const unavailable = num(get(status, 'unavailableReplicas')) ?? num(get(old, 'unavailableReplicas'));
  const replicas: Replicas = { desired: num(at(raw, 'spec', 'replicas')), current };
  if (capiVersionOf(raw) === 'v1beta2') {
    replicas.upToDate = num(get(status, 'upToDateReplicas')) ?? num(get(old, 'updatedReplicas'));
    replicas.ready = num(get(status, 'readyReplicas')) ?? num(get(old, 'readyReplicas'));
    replicas.available = num(get(status, 'availableReplicas')) ?? num(get(old, 'availableReplicas'));
  } else {
    replicas.upToDate = num(get(status, 'updatedReplicas')) ?? num(at(status, 'v1beta2', 'upToDateReplicas'));
    replicas.ready = num(get(status, 'readyReplicas'));
    replicas.available = num(get(status, 'availableReplicas'));
  }
  if (replicas.available === undefined && current !== undefined && unavailable !== undefined) {
    replicas.available = Math.max(0, current - unavailable);
  }
  return replicas;
}

/** MachineDeployment `strategy` / `rollout.strategy`, KubeadmControlPlane `rolloutStrategy` / `rollout.strategy`. */
export function readRollout(spec: unknown): Rollout {
  const strategy = at(spec, 'rollout', 'strategy') ?? get(spec, 'rolloutStrategy') ?? get(spec, 'strategy');
  return {
    type: word(get(strategy, 'type')),
    maxSurge: intOrString(at(strategy, 'rollingUpdate', 'maxSurge')),
    maxUnavailable: intOrString(at(strategy, 'rollingUpdate', 'maxUnavailable')),
  };
}

/**
 * A limit of a Machine's deletion, ms: v1beta2 counts seconds (`deletion.<field>Seconds`), v1beta1 writes a Go duration
 * (`5m0s`). Absent where none is set, or what is set is no duration.
 */
export function readTimeout(spec: unknown, field: string): number | undefined {
  const seconds = num(at(spec, 'deletion', `${field}Seconds`));
  if (seconds !== undefined) return seconds * 1000;
  const written = str(get(spec, field));
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(written ?? '');
  if (!written || !parts) return undefined;
  const [, hours = 0, minutes = 0, rest = 0] = parts;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)) * 1000;
}
