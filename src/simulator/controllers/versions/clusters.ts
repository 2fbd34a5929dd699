/** Clusters and health checks in both versions of Cluster API. */

import type { Codec } from './contract.ts';
import { at, every, isJson, type Json, listAt, some, without } from './json-fields.ts';
import { decodeReference, encodeReference } from './references.ts';
import { decodeConditions, encodeConditions } from './status.ts';
import { fromSeconds, toSeconds } from './times.ts';

const references = ['controlPlaneRef', 'infrastructureRef'] as const;

export const cluster: Codec = {
  decode: ({ spec, status }) => ({
    spec: spec && every({ ...spec, ...Object.fromEntries(references.map((key) => [key, decodeReference(spec[key])])) }),
    status: status && {
      ...without(status, 'initialization', 'deprecated', 'conditions', 'controlPlane', 'workers', 'failureDomains'),
      ...every({
        infrastructureReady: at(status, 'initialization')['infrastructureProvisioned'],
        controlPlaneReady: at(status, 'initialization')['controlPlaneInitialized'],
        failureDomains: decodeDomains(status['failureDomains']),
      }),
      ...decodeConditions(status, every({ controlPlane: status['controlPlane'], workers: status['workers'] })),
    },
  }),
  encode: ({ spec, status }) => ({
    spec:
      spec &&
      every({
        ...spec,
        paused: spec['paused'] || undefined,
        ...Object.fromEntries(references.map((key) => [key, encodeReference(spec[key])])),
      }),
    status: status && encodeStatus(status),
  }),
};

function encodeStatus(status: Json): Json {
  const { controlPlane, workers } = at(status, 'v1beta2');
  const initialized = (listAt(status, 'conditions') ?? []).some(
    ({ type, status: is }) => type === 'ControlPlaneInitialized' && is === 'True',
  );
  return {
    ...without(
      status,
      'infrastructureReady',
      'controlPlaneReady',
      'v1beta2',
      'conditions',
      'failureReason',
      'failureMessage',
      'failureDomains',
    ),
    ...every({
      controlPlane,
      workers,
      failureDomains: encodeDomains(status['failureDomains']),
      initialization: some({
        infrastructureProvisioned: status['infrastructureReady'] || undefined,
        controlPlaneInitialized: initialized || undefined,
      }),
    }),
    ...encodeConditions(status),
  };
}

function decodeDomains(list: unknown): unknown {
  if (!Array.isArray(list)) return undefined;
  return Object.fromEntries(list.filter(isJson).map((domain) => [String(domain['name']), without(domain, 'name')]));
}

function encodeDomains(map: unknown): unknown {
  if (!isJson(map)) return undefined;
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, domain]) => ({ name, ...(isJson(domain) ? domain : {}) }));
}

export const healthCheck: Codec = {
  decode: ({ spec, status }) => ({
    spec: spec && decodeCheck(spec),
    status: status && { ...without(status, 'deprecated', 'conditions'), ...decodeConditions(status) },
  }),
  encode: ({ spec, status }) => ({
    spec: spec && encodeCheck(spec),
    status: status && { ...without(status, 'v1beta2', 'conditions'), ...encodeConditions(status) },
  }),
};

const decodeConditionsOf = (checks: Json, key: string) =>
  listAt(checks, key)?.map(({ timeoutSeconds, ...rest }) => ({
    ...rest,
    timeout: fromSeconds(timeoutSeconds) ?? '0s',
  }));

const encodeConditionsOf = (spec: Json, key: string) =>
  listAt(spec, key)?.map(({ timeout, ...rest }) => ({ ...rest, timeoutSeconds: toSeconds(timeout) ?? 0 }));

function decodeCheck(spec: Json): Json {
  const checks = at(spec, 'checks');
  const trigger = at(spec, 'remediation', 'triggerIf');
  return every({
    ...without(spec, 'checks', 'remediation'),
    nodeStartupTimeout: fromSeconds(checks['nodeStartupTimeoutSeconds']),
    unhealthyConditions: decodeConditionsOf(checks, 'unhealthyNodeConditions'),
    unhealthyMachineConditions: decodeConditionsOf(checks, 'unhealthyMachineConditions'),
    maxUnhealthy: trigger['unhealthyLessThanOrEqualTo'],
    unhealthyRange: trigger['unhealthyInRange'],
    remediationTemplate: at(spec, 'remediation')['templateRef'],
  });
}

function encodeCheck(spec: Json): Json {
  const gone = [
    'nodeStartupTimeout',
    'unhealthyConditions',
    'unhealthyMachineConditions',
    'maxUnhealthy',
    'unhealthyRange',
    'remediationTemplate',
  ];
  return every({
    ...without(spec, ...gone),
    checks: some({
      nodeStartupTimeoutSeconds: toSeconds(spec['nodeStartupTimeout']),
      unhealthyNodeConditions: encodeConditionsOf(spec, 'unhealthyConditions'),
      unhealthyMachineConditions: encodeConditionsOf(spec, 'unhealthyMachineConditions'),
    }),
    remediation: some({
      triggerIf: some({
        unhealthyLessThanOrEqualTo: spec['maxUnhealthy'],
        unhealthyInRange: spec['unhealthyRange'],
      }),
      templateRef: spec['remediationTemplate'],
    }),
  });
}
