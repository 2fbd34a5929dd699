/** Kinds that a healthy verdict cannot do without; the others may be absent on an older server. */
export const NEEDED_KINDS = [
  'pool',
  'host',
  'plan',
  'baremetalMachine',
  'machine',
  'machineSet',
  'deployment',
  'controlPlane',
  'cluster',
] as const;

/** The kinds of object metaldeck watches, in the order progress is shown while a fleet syncs. */
export const KINDS = [
  ...NEEDED_KINDS,
  'baremetalCluster',
  'baremetalMachineTemplate',
  'bootstrapTemplate',
  'healthCheck',
  'registration',
  'seedImage',
  'catalog',
  'appRelease',
  'event',
] as const;

export type Kind = (typeof KINDS)[number];

/** Kinds a management cluster may well lack or hide: without them nothing of the fleet is in doubt. */
export const OPTIONAL_KINDS: readonly Kind[] = ['appRelease'];

/** What a kind is called in the API (`MachineInventory`), for headings, YAML and messages. */
export const API_KIND: Record<Kind, string> = {
  pool: 'MachineInventoryPool',
  host: 'MachineInventory',
  plan: 'Secret',
  baremetalMachine: 'BaremetalMachine',
  machine: 'Machine',
  machineSet: 'MachineSet',
  deployment: 'MachineDeployment',
  controlPlane: 'KubeadmControlPlane',
  cluster: 'Cluster',
  baremetalCluster: 'BaremetalCluster',
  baremetalMachineTemplate: 'BaremetalMachineTemplate',
  bootstrapTemplate: 'KubeadmConfigTemplate',
  healthCheck: 'MachineHealthCheck',
  registration: 'MachineRegistration',
  seedImage: 'SeedImage',
  catalog: 'ConfigMap',
  appRelease: 'AppRelease',
  event: 'Event',
};

/** The kind an API kind name stands for; plan Secrets and the catalog's ConfigMap included. */
export function kindOfApi(apiKind: string): Kind | undefined {
  return KINDS.find((kind) => API_KIND[kind] === apiKind);
}
