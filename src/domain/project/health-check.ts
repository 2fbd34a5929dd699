import type { HealthCheck } from '../objects.ts';
import { at, get, intOrString, num, record, word } from '../read.ts';
import { readClusterName, readTimeout } from './capi.ts';
import { readCapiConditions, withConditions } from './conditions.ts';
import { readMeta } from './meta.ts';

/** A MachineHealthCheck of either version; `undefined` without uid or name. v1beta2 moved its limits. */
export function projectHealthCheck(raw: unknown): HealthCheck | undefined {
  const meta = readMeta('healthCheck', raw);
  if (!meta) return undefined;
  const spec = get(raw, 'spec');
  const status = get(raw, 'status');
  const trigger = at(spec, 'remediation', 'triggerIf');
  return withConditions(
    {
      ...meta,
      clusterName: readClusterName(raw),
      maxUnhealthy: intOrString(get(trigger, 'unhealthyLessThanOrEqualTo')) ?? intOrString(get(spec, 'maxUnhealthy')),
      unhealthyRange: word(get(trigger, 'unhealthyInRange')) ?? word(get(spec, 'unhealthyRange')),
      selector: record(at(spec, 'selector', 'matchLabels')),
      expectedMachines: num(get(status, 'expectedMachines')),
      currentHealthy: num(get(status, 'currentHealthy')),
      remediationsAllowed: num(get(status, 'remediationsAllowed')),
      startupLimit: startupLimit(spec),
    },
    readCapiConditions(raw),
  );
}

function startupLimit(spec: unknown): number | undefined {
  const seconds = num(at(spec, 'checks', 'nodeStartupTimeoutSeconds'));
  return seconds === undefined ? readTimeout(spec, 'nodeStartupTimeout') : seconds * 1000;
}
