/** What a machine is made of, as its firmware tells it. */

import type { ObservedNetwork, StorageDevice } from '../shapes/elemental.ts';

/** A server as it stands in its rack. */
export interface Hardware {
  uuid: string;
  /** SMBIOS values by the path a registration names them with: `System Information/UUID`. */
  smbios: Readonly<Record<string, string>>;
  network: ObservedNetwork;
  /** Its disks once a system is installed. */
  devices: StorageDevice[];
  /** sha256 of the TPM's endorsement key, in hex. */
  tpmHash: string;
  bootID: string;
  /** `cores` for each of the `sockets`. */
  cpu?: { vendor: string; model: string; sockets: number; cores: number };
  /** Bytes. */
  memory?: number;
  /** The version of the OS on the ISO it boots; 6.1 where left out. */
  osVersion?: string;
}
