/** What a host is used for, from the provider's annotations and the BaremetalMachines that claim it. */
import type { BaremetalMachine, Condition, Host, Machine, Pool } from '../objects.ts';
import { isRunning } from './plans.ts';
import type { HostUse, PlanRow } from './rows.ts';

/** A pool that lists the host, and where. */
export interface Listing {
  pool: Pool;
  position: number;
  hostname?: string;
}

/** A BaremetalMachine that claims the host, with its Machine. */
export interface Claim {
  baremetal: BaremetalMachine;
  machine?: Machine;
  /** Uid of the MachineRow. */
  rowUid: string;
}

export interface HostFacts {
  host: Host;
  plan?: PlanRow;
  /** The pools that list it, by name. */
  listings: readonly Listing[];
  /** The pool its annotation names is there, whether or not it lists the host. */
  annotatedPoolExists: boolean;
  /** By name of the BaremetalMachine. */
  claims: readonly Claim[];
  /** All pools are known, so that one not found is not there. */
  poolsComplete: boolean;
  /** All BaremetalMachines are known. */
  machinesComplete: boolean;
}

const USES: Readonly<Record<string, HostUse>> = {
  Available: 'free',
  Preparing: 'preparing',
  Reprovisioning: 'reprovisioning',
  Unavailable: 'unavailable',
};

/** Whether it is known that no pool lists the host. An annotation stands in for a pool that cannot be seen. */
function isUnpooled({ host, listings, annotatedPoolExists, poolsComplete }: HostFacts): boolean {
  if (listings.length > 0) return false;
  if (host.poolAnnotation !== undefined) return annotatedPoolExists || poolsComplete;
  return poolsComplete || host.allocation === undefined;
}

/** What the host is used for: the provider's allocation state first, since a removed member may still be in use. */
export function hostUse(facts: HostFacts): HostUse {
  const { allocation } = facts.host;
  if (allocation === 'Allocated')
    return facts.claims.some(({ baremetal }) => isRunning(baremetal)) ? 'running' : 'allocated';
  const use = allocation !== undefined && Object.hasOwn(USES, allocation) ? USES[allocation] : undefined;
  if (use !== undefined && use !== 'free') return use;
  if (isUnpooled(facts)) return 'unpooled';
  return use ?? 'unknown';
}

const STORAGE_UNDERWAY: readonly string[] = ['Validating', 'Preparing', 'Activating', 'Deactivating', 'Releasing'];

/** Whether its managed storage is on its way to where it should be: not there yet, and nothing has failed. */
export function storageUnderway({ storagePhase = '', storageOperation }: Host): boolean {
  return STORAGE_UNDERWAY.includes(storagePhase) && storageOperation?.phase !== 'Failed';
}

/**
 * Whether its managed storage keeps a host that nobody uses from serving: what is declared must be prepared, with no
 * operation left (domain F3, §6.9). In use the volumes are the machine's, and come and go.
 */
export function storageHolds(host: Host): boolean {
  if ((host.storageDeclared ?? 0) === 0) return storageUnderway(host);
  return host.storagePhase !== 'Prepared' || host.storageOperation !== undefined;
}

/** Whether the provider does not give away a host although it calls it Available (domain F3, F4). */
export function isWithheld(host: Host, ready: Condition | undefined): boolean {
  return (
    host.planSecret === undefined ||
    host.reportedPlanState === 'Failed' ||
    ready?.status === 'False' ||
    storageHolds(host)
  );
}

/** In-progress reasons of `Ready=False`: the host is on its way, nothing is wrong. */
export const UNDERWAY: Readonly<Record<string, string>> = {
  WaitingForPlan: 'first plan',
  ReconcilingNetworkConfig: 'network configuration',
  WaitingForIPAddress: 'an IP address',
  WaitingToBeAdopted: 'adoption',
  ValidatingAdoption: 'adoption',
};

/** Whether `Ready=False` has a reason that passes by itself. */
export function isUnderway(ready: Condition): boolean {
  return ready.reason !== undefined && Object.hasOwn(UNDERWAY, ready.reason);
}

/** Whether a plan of this type is the storage operation's own, and the operation has failed: then the plan is no cause beside it. */
export function isStorageFailure({ storageOperation }: Host, type: string | undefined): boolean {
  return storageOperation?.phase === 'Failed' && (type?.startsWith('storage-') ?? false);
}
