import {
  ALLOCATION_STATE,
  MACHINE_UUID,
  OS_NAME,
  OS_PRETTY_NAME,
  OS_VERSION,
  OWNER_BAREMETAL_MACHINE,
  OWNER_CLUSTER,
  OWNER_MACHINE,
  POOL,
  REGISTRATION_IP,
  SERIAL_NUMBER,
} from '../annotations.ts';
import type { Host } from '../objects.ts';
import { at, get, list, name, str, strings, time, word } from '../read.ts';
import { readConditions, withConditions } from './conditions.ts';
import { readStorage } from './host-storage.ts';
import { annotation, readMeta } from './meta.ts';

const INTERFACE_CAP = 64;
const NONE: readonly never[] = Object.freeze([]);

function readInterfaces(value: unknown): Host['interfaces'] {
  const found: { name: string; mac?: string; addresses: readonly string[] }[] = [];
  for (const item of list(value, INTERFACE_CAP)) {
    const device = word(get(item, 'name'));
    if (device === undefined) continue;
    found.push({ name: device, mac: str(get(item, 'mac')), addresses: strings(get(item, 'addresses')) });
  }
  return found.length === 0 ? NONE : found.slice();
}

/** Addresses a person would try: no loopback, no link-local; without their prefix length. */
function reachable(interfaces: Host['interfaces']): readonly string[] {
  const found: string[] = [];
  for (const { addresses } of interfaces) {
    for (const address of addresses) {
      const bare = address.split('/')[0] ?? address;
      if (/^(127\.|169\.254\.|::1$|fe[89ab][0-9a-f]:)/i.test(bare)) continue;
      found.push(bare);
    }
  }
  return found.length === 0 ? NONE : found.slice();
}

function readOs(raw: unknown): string | undefined {
  const pretty = word(annotation(raw, OS_PRETTY_NAME));
  if (pretty !== undefined) return pretty;
  const system = annotation(raw, OS_NAME);
  const version = annotation(raw, OS_VERSION);
  return system !== undefined && version !== undefined ? `${system} ${version}` : (system ?? version);
}

/**
 * What only a host with managed storage has: absent fields cost the others nothing. `StorageActive` is False at rest
 * (`Inactive`); any other False condition says what is wrong.
 */
function readStorageFacts(raw: unknown): Pick<Host, 'storageDeclared' | 'storagePending' | 'storageCondition'> {
  const storage = at(raw, 'status', 'storage');
  const declared = list(at(raw, 'spec', 'storage', 'volumes')).length;
  const failed = list(get(storage, 'conditions')).find(
    (item) => get(item, 'status') === 'False' && get(item, 'reason') !== 'Inactive',
  );
  const [condition] = failed === undefined ? [] : withConditions({}, readConditions([failed])).conditions;
  return {
    ...(declared === 0 ? {} : { storageDeclared: declared }),
    ...(str(get(storage, 'pendingSpecHash')) ? { storagePending: true } : {}),
    ...(condition === undefined ? {} : { storageCondition: condition }),
  };
}

/** A MachineInventory as served; `undefined` without uid or name. Its observed disks are left to the YAML view. */
export function projectHost(raw: unknown): Host | undefined {
  const meta = readMeta('host', raw);
  if (!meta) return undefined;
  const status = get(raw, 'status');
  const operation = at(status, 'storage', 'operation');
  const interfaces = readInterfaces(at(raw, 'spec', 'observedNetwork', 'interfaces'));
  return withConditions(
    {
      ...meta,
      planSecret: name(at(status, 'plan', 'secretRef', 'name')),
      reportedPlanState: word(at(status, 'plan', 'state')),
      reportedPlanChecksum: str(at(status, 'plan', 'checksum')),
      allocation: name(annotation(raw, ALLOCATION_STATE)),
      poolAnnotation: name(annotation(raw, POOL)),
      ownerCluster: name(annotation(raw, OWNER_CLUSTER)),
      ownerMachine: name(annotation(raw, OWNER_MACHINE)),
      ownerBaremetalMachine: name(annotation(raw, OWNER_BAREMETAL_MACHINE)),
      machineUuid: annotation(raw, MACHINE_UUID),
      serial: str(at(raw, 'metadata', 'labels', SERIAL_NUMBER)),
      os: readOs(raw),
      registrationIp: annotation(raw, REGISTRATION_IP),
      addresses: reachable(interfaces),
      interfaces,
      storagePhase: word(at(status, 'storage', 'phase')),
      storageOperation:
        typeof operation === 'object' && operation !== null
          ? {
              type: word(get(operation, 'type')),
              phase: word(get(operation, 'phase')),
              mutationState: word(get(operation, 'mutationState')),
              updated: time(get(operation, 'updatedAt')),
            }
          : undefined,
      storage: readStorage(get(status, 'storage')),
      ...readStorageFacts(raw),
      bootId: str(at(status, 'observedStorage', 'bootID')),
      storageObservedAt: time(at(status, 'observedStorage', 'observedAt')),
    },
    readConditions(get(status, 'conditions')),
  );
}
