import { CLONED_FROM } from '../annotations.ts';
import type { BaremetalMachine } from '../objects.ts';
import { at, bool, get, list, name, str, word } from '../read.ts';
import { readClusterName, readFailure } from './capi.ts';
import { readConditions, withConditions } from './conditions.ts';
import { annotation, readMeta } from './meta.ts';

const PROVIDER_PREFIX = 'baremetal:///';
const NO_ADDRESSES: readonly string[] = Object.freeze([]);

function readAddresses(value: unknown): readonly string[] {
  const found = list(value, 32)
    .map((item) => str(get(item, 'address')))
    .filter((address) => address !== undefined);
  return found.length === 0 ? NO_ADDRESSES : found.slice();
}

/**
 * A BaremetalMachine as served; `undefined` without uid or name. The inventory it holds is the one its status names,
 * or else the one in its provider ID, `baremetal:///<inventory>`.
 */
export function projectBaremetalMachine(raw: unknown): BaremetalMachine | undefined {
  const meta = readMeta('baremetalMachine', raw);
  if (!meta) return undefined;
  const status = get(raw, 'status');
  const providerId = name(at(raw, 'spec', 'providerID'));
  const provided = providerId?.startsWith(PROVIDER_PREFIX) ? providerId.slice(PROVIDER_PREFIX.length) : undefined;
  return withConditions(
    {
      ...meta,
      pool: word(at(raw, 'spec', 'machineInventoryPoolRef', 'name')),
      providerId,
      phase: word(get(status, 'phase')),
      ready: bool(get(status, 'ready')),
      inventory: name(at(status, 'machineInventoryRef', 'name')) ?? name(provided),
      planSecret: name(at(status, 'planSecretRef', 'name')),
      lastPlanChecksum: str(get(status, 'lastAppliedPlanChecksum')),
      failure: readFailure(status),
      addresses: readAddresses(get(status, 'addresses')),
      clusterName: readClusterName(raw),
      clonedFrom: name(annotation(raw, CLONED_FROM)),
    },
    readConditions(get(status, 'conditions')),
  );
}
