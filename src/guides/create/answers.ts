/** What has to be known before a cluster can be made: every placeholder of the provider's document, in one shape. */

/** What a file of answers is for. All of them make a cluster from bare hosts; some alone are a complete use too. */
export const PARTS = ['registration', 'pools', 'controlPlane', 'workers'] as const;
export type Part = (typeof PARTS)[number];

export const PROFILES = ['minimal', 'hardened'] as const;
export const ENDPOINTS = ['Internal', 'External'] as const;
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
/** Where a resolver for the first boot is written. */
export const DNS_PLACES = ['registration', 'iso'] as const;

/** One host that is to serve. Known by the name of its MachineInventory, or before it registers by its hardware. */
export interface HostAnswer {
  /** Exact name of the MachineInventory. */
  inventory?: string;
  /** SMBIOS serial number. */
  serial?: string;
  /** SMBIOS UUID. */
  uuid?: string;
  /** Of any of its interfaces. */
  mac?: string;
  /** An address it is expected to have been seen with; compared, never used to find it. */
  address?: string;
  /** Name of its Node; without one, the inventory's name. */
  hostname?: string;
}

/** The answers. Times in minutes, sizes in MiB or as Kubernetes quantities where they say so. */
export interface Answers {
  cluster: string;
  parts: readonly Part[];
  kubernetesVersion: string;
  registry: { address: string; annotate: boolean };
  profile: (typeof PROFILES)[number];
  registration: {
    emulateTpm: boolean;
    /** Only where the TPM is emulated: -1 gives each host a seed of its own. */
    emulatedTpmSeed?: number;
    installDevice?: string;
    ejectCd?: boolean;
    reboot: boolean;
  };
  dns: { servers: readonly string[]; place: (typeof DNS_PLACES)[number] };
  iso: {
    /** Empty: the catalog's image of the version, with `-iso` after the repository. */
    baseImage?: string;
    platform: (typeof PLATFORMS)[number];
    size: string;
    cleanupAfterMinutes: number;
    /** Absent: as the image has it. */
    statePartitionMiB?: number;
  };
  endpoint: { type: (typeof ENDPOINTS)[number]; host: string; port: number; vrid?: number };
  networks: { pods: string; services: string; join: string; hosts: readonly string[] };
  images: { dns: string; etcd: string; kubeOvn?: string };
  ssh: { authorizedKeys: readonly string[] };
  controlPlane: { replicas: number; hosts: readonly HostAnswer[] };
  workers: { replicas: number; hosts: readonly HostAnswer[] };
}

/** Answers as they come from a file or a half filled form: any of them may be missing, and of any type. */
export type Draft = Readonly<Record<string, unknown>>;

/** Whether a part is asked for. */
export function wants({ parts }: Pick<Answers, 'parts'>, part: Part): boolean {
  return parts.includes(part);
}

/** How a host is called in messages: by the first thing that is known of it. */
export function hostText({ inventory, serial, uuid, mac, hostname }: HostAnswer): string {
  if (inventory) return inventory;
  if (serial) return `serial ${serial}`;
  if (uuid) return `uuid ${uuid}`;
  if (mac) return `mac ${mac}`;
  return hostname ?? 'a host of which nothing is known';
}
