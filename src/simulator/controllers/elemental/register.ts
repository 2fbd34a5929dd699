/** A host that boots the ISO: what elemental-register makes of a registration and the hardware it finds. */

import type { Client } from '../client.ts';
import { liveDevices } from '../hosts/disks.ts';
import { staysLive } from '../hosts/live.ts';
import { kinds } from '../kinds.ts';
import { Random } from '../random.ts';
import type { Runtime } from '../runtime.ts';
import type { MachineInventory, MachineRegistration, ObservedNetwork } from '../shapes/elemental.ts';
import { osVersionAnnotation } from './agent-generation.ts';
import type { Hardware } from './hardware.ts';
import { grantPlan } from './registration-objects.ts';
import { answer } from './templates.ts';

const maxName = 58;
const maxLabel = 63;

/** `text` with its `${...}` filled in, or undefined where the hardware lacks one. */
export function expand(text: string, hardware: Hardware): string | undefined {
  let missing = false;
  let chance: Random | undefined;
  const random = () => {
    chance ??= new Random('template', hardware.uuid, text);
    return chance;
  };
  const filled = text.replace(/\$\{([^}]+)\}/g, (_, path: string) => {
    const value = answer(path.trim(), hardware, random);
    if (value === undefined || value === '') missing = true;
    return value ?? '';
  });
  return missing ? undefined : filled;
}

/** The name a registration gives to a host. Source: elemental-operator, pkg/templater and the name sanitiser. */
export function hostName(registration: MachineRegistration, hardware: Hardware): string {
  const pattern = registration.spec?.machineName;
  const text = pattern ? expand(pattern, hardware) : undefined;
  const name = (text ?? '')
    .replace(/[^0-9a-zA-Z.]/g, '-')
    .replace(/-+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (name === '') return `m-${hardware.uuid}`;
  return name.slice(0, maxName).replace(/-+$/, '').toLowerCase();
}

/**
 * The MachineInventory of a host that has just registered from the live system, whose disks have no role yet, at Unix time
 * `at` in ms.
 */
export function registeredInventory(
  registration: MachineRegistration,
  hardware: Hardware,
  at: number,
): MachineInventory {
  const labels: Record<string, string> = {};
  for (const [key, pattern] of Object.entries(registration.spec?.machineInventoryLabels ?? {})) {
    const value = expand(pattern, hardware)
      ?.replace(/[^0-9a-zA-Z._-]/g, '-')
      .slice(0, maxLabel)
      .replace(/^[^0-9a-zA-Z]+|[^0-9a-zA-Z]+$/g, '');
    if (value) labels[key] = value;
  }
  const version = hardware.osVersion ?? '6.1';
  const annotations: Record<string, string> = {
    'elemental.cattle.io/auth': authOf(registration),
    'elemental.cattle.io/os.id': 'alauda-os',
    'elemental.cattle.io/os.image': 'registry.dc1.example/tkestack/baremetal-base-image-iso',
    'elemental.cattle.io/os.name': 'Alauda OS',
    'elemental.cattle.io/os.pretty-name': `Alauda OS ${version}`,
    [osVersionAnnotation]: version,
    'elemental.cattle.io/os.version-id': version,
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
        devices: liveDevices(hardware.devices),
      },
    },
  };
}

interface RegistrationConfig {
  elemental?: { install?: { reboot?: boolean; poweroff?: boolean }; registration?: { auth?: string } };
}

const configOf = ({ spec }: MachineRegistration): RegistrationConfig['elemental'] =>
  ((spec?.config ?? {}) as RegistrationConfig).elemental;

const authOf = (registration: MachineRegistration): string => configOf(registration)?.registration?.auth || 'tpm';

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
  if (configOf(registration)?.install?.reboot !== true) staysLive(rt, inventory.metadata.name);
  await client.create(kinds.MachineInventory, inventory);
  tellCalls(rt, registration, inventory);
  await grantPlan(rt, registration.metadata.name, inventory.metadata.name);
  return inventory.metadata.name;
}

/** What a caller speaks: the last of elemental-register's messages. */
const protocol = 11;

/** What the operator's server prints of one that registers: it asks for its registration first, and then as whom it knows itself. */
function tellCalls(rt: Runtime, registration: MachineRegistration, inventory: MachineInventory): void {
  const asked = `Incoming HTTP request for /elemental/registration/${registration.status?.registrationToken ?? ''}`;
  for (const message of [asked, asked, `Negotiated protocol version: ${protocol}`]) {
    const line = { place: 'log.go:42', message, values: {}, controller: '', turn: 0, plain: true };
    rt.journal.write('elemental-operator', rt.clock.now(), inventory, line);
  }
}
