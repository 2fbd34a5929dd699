/** The kinds of the Elemental operator: elemental.cattle.io/v1beta1. */
import { observedStorage, storageStatus, wantedStorage } from './host-storage.ts';
import { plainConditions as conditions, kind, objectReference, typedLocalReference } from './meta.ts';
import {
  about,
  anything,
  bool,
  choice,
  int32,
  int64,
  integer,
  list,
  map,
  object,
  quantity,
  type Schema,
  string,
  text,
  withDefault,
} from './schema.ts';

const configurator = withDefault(choice('none', 'nmc', 'nmstate', 'nmconnections'), 'none');

const observedNetwork = object({
  dnsServers: list(string),
  interfaces: list(object({ addresses: list(string), mac: string, mtu: integer(), 'name!': string })),
  routes: list(object({ 'destination!': string, gateway: string, interface: string, metric: integer() })),
  searchDomains: list(string),
});

export const MachineInventory = kind(
  'A MachineInventory is a registered host with its hardware, network, storage and plan.',
  object({
    ipAddressClaims: map(objectReference),
    ipAddressPools: map(typedLocalReference),
    machineHash: string,
    network: object({ config: anything, configurator, ipAddresses: map(string) }),
    observedNetwork: about('Interfaces, routes and name servers as the host reports them.', observedNetwork),
    storage: about('Desired state of the managed storage of the host.', wantedStorage),
    tpmHash: about('Hash of the public key of the TPM; identifies the host.', string),
  }),
  object({
    conditions,
    observedStorage: about('Storage inventory that the agent on the host reported last.', observedStorage),
    plan: about(
      'How the last plan went. It lags behind a new plan: the Secret knows.',
      object({ checksum: string, secretRef: objectReference, state: choice('Applied', 'Failed') }),
    ),
    storage: about('State of the managed storage: phase, volumes and running operation.', storageStatus),
  }),
);

const install = object({
  'config-dir': string,
  'config-urls': list(string),
  debug: bool,
  device: about('The disk to install on.', string),
  'device-selector': about(
    'Chooses the disk where none is named.',
    list(
      object({
        'key!': choice('Name', 'Size'),
        'operator!': choice('In', 'NotIn', 'Gt', 'Lt'),
        values: list(string),
      }),
    ),
  ),
  'disable-boot-entry': bool,
  'eject-cd': bool,
  firmware: string,
  iso: string,
  'no-format': bool,
  poweroff: bool,
  reboot: bool,
  snapshotter: withDefault(object({ maxSnaps: withDefault(integer(2), 2), type: withDefault(string, 'loopdevice') }), {
    maxSnaps: 2,
    type: 'loopdevice',
  }),
  'system-uri': string,
  tty: string,
});

const reset = withDefault(
  object({
    'config-urls': list(string),
    debug: bool,
    'disable-boot-entry': bool,
    enabled: bool,
    poweroff: bool,
    reboot: withDefault(bool, true),
    'reset-oem': withDefault(bool, true),
    'reset-persistent': withDefault(bool, true),
    'system-uri': string,
  }),
  { reboot: true, 'reset-oem': true, 'reset-persistent': true },
);

const registration = object({
  auth: withDefault(string, 'tpm'),
  'ca-cert': string,
  'emulate-tpm': bool,
  'emulated-tpm-seed': int64(),
  'no-smbios': bool,
  'no-toolkit': bool,
  url: string,
});

const agent = object({
  'secret-name': string,
  'secret-namespace': string,
  strictTLSMode: bool,
  token: string,
  url: string,
});

export const MachineRegistration = kind(
  'A MachineRegistration is the endpoint and the configuration with which a class of hosts registers.',
  object({
    config: about(
      'What a host that registers here is given.',
      object({
        'cloud-config': anything,
        elemental: object({ install, registration, reset, 'system-agent': agent }),
        network: object({ config: anything, configurator, ipAddresses: map(typedLocalReference) }),
      }),
    ),
    machineInventoryAnnotations: about('Annotations of hosts that register here.', map(string)),
    machineInventoryLabels: about('Labels of hosts that register here.', map(string)),
    machineName: about('How hosts that register here are called; may hold templates.', string),
  }),
  object({
    conditions,
    registrationToken: string,
    registrationURL: about('URL at which hosts register.', string),
    serviceAccountRef: objectReference,
  }),
);

const GIB = 2 ** 30;

export const SeedImage = kind(
  'A SeedImage is a request to build bootable installation media for a MachineRegistration.',
  object({
    baseImage: about('The image to start from.', string),
    buildContainer: object({
      args: list(string),
      command: list(string),
      image: string,
      imagePullPolicy: string,
      name: string,
    }),
    cleanupAfterMinutes: about('Minutes after which the built image is removed; 0 keeps it.', withDefault(int32(), 60)),
    'cloud-config': anything,
    'registrationRef!': about('The MachineRegistration that it is for.', objectReference),
    retriggerBuild: about('Triggers a new build when set to true.', bool),
    size: about('The size of the volume in which it is built.', withDefault(quantity, 6 * GIB)),
    targetPlatform: text(undefined, undefined, '^$|^\\S+\\/\\S+$'),
    'type!': withDefault(choice('iso', 'raw'), 'iso'),
  }),
  object({
    checksumURL: string,
    conditions,
    downloadToken: string,
    downloadURL: about('URL from which the built image can be downloaded.', string),
    state: choice('Initialized', 'Started', 'Completed', 'Failed', 'NotStarted'),
  }),
);

export const ELEMENTAL: Readonly<Record<string, Schema>> = {
  machineinventories: MachineInventory,
  machineregistrations: MachineRegistration,
  seedimages: SeedImage,
};
