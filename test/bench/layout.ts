/** How the fleet of the bench is arranged: clusters of 400 hosts, each with five control-plane hosts and worker pools of 79. */
import { createHash } from 'node:crypto';

const CLUSTER_HOSTS = 400;
const CONTROL_PLANE_HOSTS = 5;
const POOL_HOSTS = 79;

export const VERSION = 'v1.33.7-2';
/** When everything came to be; fixed, so that ages do not depend on the day. */
export const THEN = '2026-01-15T08:00:00Z';

/** One host's place in the fleet. */
export interface HostPlace {
  index: number;
  /** Of the MachineInventory, as registrations name it: cluster and SMBIOS UUID. */
  name: string;
  uuid: string;
  cluster: string;
  pool: string;
  controlPlane: boolean;
  /** The KubeadmControlPlane or MachineDeployment. */
  group: string;
  /** The MachineSet, empty for a control plane. */
  machineSet: string;
  machine: string;
  address: string;
  /** One in two hundred has a failed plan. */
  failed: boolean;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A UUID made of a text. */
export function uuidOf(text: string): string {
  const hex = digest(text);
  return `4c4c4544-${hex.slice(0, 4)}-3${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10, 22)}`;
}

/** Hex digits made of a text. */
export function hexOf(text: string, length = 64): string {
  return digest(text).slice(0, length);
}

export function hostPlace(index: number): HostPlace {
  const cluster = `c${String(Math.floor(index / CLUSTER_HOSTS)).padStart(2, '0')}`;
  const within = index % CLUSTER_HOSTS;
  const controlPlane = within < CONTROL_PLANE_HOSTS;
  const number = Math.floor((within - CONTROL_PLANE_HOSTS) / POOL_HOSTS);
  const group = controlPlane ? `${cluster}-control-plane` : `${cluster}-workers-${number}`;
  const machineSet = controlPlane ? '' : `${group}-${hexOf(group, 5)}`;
  const uuid = uuidOf(`host ${index}`);
  return {
    index,
    name: `${cluster}-${uuid}`,
    uuid,
    cluster,
    pool: controlPlane ? `${cluster}-cp-pool` : `${cluster}-worker-pool-${number}`,
    controlPlane,
    group,
    machineSet,
    machine: `${machineSet || group}-${hexOf(`machine ${index}`, 5)}`,
    address: `10.${20 + (index >> 14)}.${(index >> 7) & 127}.${(index & 127) + 10}`,
    failed: index % 200 === 117,
  };
}

/** All places, and the same by group. */
export function layout(hosts: number): { places: HostPlace[]; groups: Map<string, HostPlace[]> } {
  const places = Array.from({ length: hosts }, (_, index) => hostPlace(index));
  return { places, groups: Map.groupBy(places, ({ group }) => group) };
}
