/** A host that boots the ISO: what elemental-register makes of a registration and the hardware it finds. */

import type { Client } from '../client.ts';
import { kinds } from '../kinds.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineInventory, MachineRegistration, ObservedNetwork, StorageDevice } from '../shapes/elemental.ts';

/** A server as it stands in its rack. */
export interface Hardware {
  uuid: string;
  /** SMBIOS values by the path a registration names them with: `System Information/UUID`. */
  smbios: Readonly<Record<string, string>>;
  network: ObservedNetwork;
  devices: StorageDevice[];
  /** sha256 of the TPM's endorsement key, in hex. */
  tpmHash: string;
  bootID: string;
}

const maxName = 58;

/** `text` with its `${...}` filled in, or undefined where the hardware lacks one. */
export function expand(text: string, hardware: Hardware): string | undefined {
  let missing = false;
  const filled = text.replace(/\$\{([^}]+)\}/g, (_, path: string) => {
    const value = hardware.smbios[path];
    if (value === undefined || value === '') missing = true;
    return value ?? '';
  });
  return missing ? undefined : filled;
}

/** The name a registration gives to a host. Source: elemental-operator, pkg/templater and the name sanitiser. */
export function hostName(registration: MachineRegistration, hardware: Hardware): string {
  const pattern = registration.spec?.machineName;
  const text = pattern ? expand(pattern, hardware) : undefined;
  if (text === undefined) return `m-${hardware.uuid}`;
  const name = text
    .replace(/[^0-9a-zA-Z.]/g, '-')
    .replace(/-+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name.slice(0, maxName).replace(/-+$/, '').toLowerCase();
}

/** The MachineInventory of a host that has just registered, its storage report included, at Unix time `at` in ms. */
export function registeredInventory(
  registration: MachineRegistration,
  hardware: Hardware,
  at: number,
): MachineInventory {
  const labels: Record<string, string> = {};
  for (const [key, pattern] of Object.entries(registration.spec?.machineInventoryLabels ?? {})) {
    const value = expand(pattern, hardware)
      ?.replace(/[^0-9a-zA-Z._-]/g, '-')
      .replace(/^[^0-9a-zA-Z]+|[^0-9a-zA-Z]+$/g, '');
    if (value) labels[key] = value;
  }
  const annotations: Record<string, string> = {
    'elemental.cattle.io/auth': 'tpm',
    'elemental.cattle.io/os.id': 'alauda-os',
    'elemental.cattle.io/os.image': 'registry.dc1.example/tkestack/baremetal-base-image-iso',
    'elemental.cattle.io/os.name': 'Alauda OS',
    'elemental.cattle.io/os.pretty-name': 'Alauda OS 6.1',
    'elemental.cattle.io/os.version': '6.1',
    'elemental.cattle.io/reg-version': '1.7.3',
    'elemental.cattle.io/registration-ip': firstAddress(hardware.network),
  };
  for (const [key, pattern] of Object.entries(registration.spec?.machineInventoryAnnotations ?? {})) {
    const value = expand(pattern, hardware);
    if (value) annotations[key] = value;
  }
  return {
    apiVersion: kinds.MachineInventory.apiVersion,
    kind: 'MachineInventory',
    metadata: { name: hostName(registration, hardware), labels, annotations },
    spec: { tpmHash: hardware.tpmHash, observedNetwork: hardware.network },
    status: {
      observedStorage: {
        bootID: hardware.bootID,
        reportEpoch: 1,
        sequence: 1,
        observedAt: `${new Date(at).toISOString().slice(0, 19)}Z`,
        devices: hardware.devices,
      },
      storage: { phase: 'Unmanaged' },
    },
  };
}

function firstAddress(network: ObservedNetwork): string {
  return network.interfaces?.flatMap(({ addresses }) => addresses ?? [])[0]?.split('/')[0] ?? '';
}

/** Registers a host. Gives its inventory's name. Throws KubeError, AlreadyExists where the host is known. */
export async function registerHost(
  rt: Runtime,
  client: Client,
  registration: MachineRegistration,
  hardware: Hardware,
): Promise<string> {
  const inventory = registeredInventory(registration, hardware, rt.clock.now());
  await client.create(kinds.MachineInventory, inventory);
  return inventory.metadata.name;
}
