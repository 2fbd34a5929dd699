/** spec.topology of a Cluster: what a ClusterClass is told, in both generations. */
import { availabilityGates, deletePolicy } from './capi-shared.ts';
import { DNS_LABEL, DNS_SUBDOMAIN, labelsAndAnnotations } from './meta.ts';
import {
  about,
  anything,
  bool,
  type Fields,
  int32,
  intOrString,
  list,
  object,
  type Schema,
  some,
  text,
  time,
} from './schema.ts';

const many = { max: 2000, keys: ['name'] };
const words = 'What a ClusterClass makes the cluster from.';

interface OldParts {
  timeouts: Fields;
  strategy: Schema;
  healthChecks: Fields;
}

export function topologyV1beta1({ timeouts, strategy, healthChecks }: OldParts): Schema {
  const variables = list(object({ definitionFrom: text(undefined, 256), 'name!': text(1, 256), 'value!': anything }), {
    max: 1000,
    keys: ['name'],
  });
  const common = {
    metadata: object(labelsAndAnnotations),
    ...timeouts,
    replicas: int32(),
    variables: object({ overrides: variables }),
  };
  const machineHealthCheck = object({ enable: bool, ...healthChecks });
  const readinessGates = availabilityGates();
  const group = { ...common, 'class!': text(1, 256), minReadySeconds: int32(), 'name!': text(1, 63) };
  return about(
    words,
    object({
      'class!': text(1, 253),
      classNamespace: text(1, 63, DNS_LABEL),
      controlPlane: object({ ...common, machineHealthCheck, readinessGates }),
      rolloutAfter: time,
      variables,
      'version!': text(1, 256),
      workers: object({
        machineDeployments: list(
          object({ ...group, failureDomain: text(1, 256), machineHealthCheck, readinessGates, strategy }),
          many,
        ),
        machinePools: list(object({ ...group, failureDomains: list(text(1, 256), { max: 100 }) }), many),
      }),
    }),
  );
}

interface NewParts {
  deletion: Fields;
  checks: Schema;
  remediation: Fields;
  rollout: Schema;
  taints: Schema;
}

export function topologyV1beta2({ deletion, checks, remediation, rollout, taints }: NewParts): Schema {
  const variables = list(object({ 'name!': text(1, 256), 'value!': anything }), {
    min: 1,
    max: 1000,
    keys: ['name'],
  });
  const common = {
    metadata: some(labelsAndAnnotations),
    replicas: int32(),
    taints,
    variables: some({ overrides: variables }),
  };
  const readinessGates = availabilityGates({ min: 1 });
  const group = { ...common, 'class!': text(1, 256), minReadySeconds: int32(0), 'name!': text(1, 63, DNS_SUBDOMAIN) };
  const deployment = {
    ...group,
    deletion: some({ ...deletion, order: deletePolicy }),
    failureDomain: text(1, 256),
    healthCheck: some({ checks, enabled: bool, remediation: some({ ...remediation, maxInFlight: intOrString }) }),
    readinessGates,
    rollout,
  };
  const pool = {
    ...group,
    deletion: some(deletion),
    failureDomains: list(text(1, 256), { min: 1, max: 100, atomic: true }),
  };
  return about(
    words,
    object({
      'classRef!': object({ 'name!': text(1, 253, DNS_SUBDOMAIN), namespace: text(1, 63, DNS_LABEL) }),
      controlPlane: some({
        ...common,
        deletion: some(deletion),
        healthCheck: some({ checks, enabled: bool, remediation: some(remediation) }),
        readinessGates,
        rollout: some({ after: time }),
      }),
      variables,
      'version!': text(1, 256),
      workers: some({
        machineDeployments: list(object(deployment), { ...many, min: 1 }),
        machinePools: list(object(pool), { ...many, min: 1 }),
      }),
    }),
  );
}
