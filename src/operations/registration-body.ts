/** What a MachineRegistration of the document looks like (domain §6.0, step 1): one place for all who make one. */
import type { Raw } from './contract.ts';

export const ELEMENTAL = 'elemental.cattle.io/v1beta1';
export const PART_OF = { 'app.kubernetes.io/part-of': 'cluster-api-provider-baremetal' };

/** Longest beginning of a host's name beside a whole UUID: the operator cuts names at 58 characters. */
export const LONGEST_STEM = 21;

export interface RegistrationWish {
  name: string;
  namespace: string;
  /** What the names of its hosts begin with: `depot` of `depot-4c4c4544-...`. */
  stem: string;
  /** Disk the system goes on; absent: the installer chooses. */
  installDevice?: string;
  ejectCd?: boolean;
  reboot: boolean;
  emulateTpm: boolean;
  /** Only with `emulateTpm`; absent: each host makes its own. */
  emulatedTpmSeed?: number;
  /** Files of the first boot. */
  files?: readonly Raw[];
}

/** The object. */
export function registrationBody(wish: RegistrationWish): Raw {
  const { name, namespace, stem, installDevice, ejectCd, reboot, emulateTpm, emulatedTpmSeed, files = [] } = wish;
  return {
    apiVersion: ELEMENTAL,
    kind: 'MachineRegistration',
    metadata: { name, namespace, labels: PART_OF },
    spec: {
      // The UUID rather than the serial number: virtual machines have one too.
      machineName: `${stem}-\${System Information/UUID}`,
      machineInventoryLabels: {
        ...PART_OF,
        'pool.baremetal.alauda.io/eligible': 'true',
        'elemental.cattle.io/serial-number': `\${System Information/Serial Number}`,
      },
      machineInventoryAnnotations: { 'elemental.cattle.io/machine-uuid': `\${System Information/UUID}` },
      config: {
        ...(files.length > 0 ? { 'cloud-config': { write_files: files } } : {}),
        elemental: {
          install: {
            ...(installDevice === undefined ? {} : { device: installDevice }),
            ...(ejectCd === undefined ? {} : { 'eject-cd': ejectCd }),
            reboot,
            snapshotter: { type: 'btrfs', maxSnaps: 4 },
          },
          registration: {
            'emulate-tpm': emulateTpm,
            ...(emulateTpm ? { 'emulated-tpm-seed': emulatedTpmSeed ?? -1 } : {}),
          },
        },
      },
    },
  };
}
