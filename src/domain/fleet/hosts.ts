/** What a host's row says. */
import { falseCondition, findCondition } from '../conditions.ts';
import type { Condition, Host } from '../objects.ts';
import { shorten } from '../text.ts';
import { HOST_PROBLEMS } from './host-problems.ts';
import { type Claim, type HostFacts, hostUse, isUnderway, isWithheld, type Listing, UNDERWAY } from './host-use.ts';
import { deletionWaiting } from './machine-waiting.ts';
import { worst } from './problems.ts';
import type { HostRow, HostUse, PlanRow } from './rows.ts';
import { upSince } from './up-since.ts';

function planPhrase(plan: PlanRow | undefined, type: string): string {
  if (plan?.type !== type) return `${type} plan`;
  switch (plan.state.word) {
    case 'pending':
      return `${type} plan pending`;
    case 'retrying':
      return `${type} plan, retried`;
    case 'applied':
      return type === 'reprovision' ? 'reboot and node' : `release after the ${type} plan`;
    default:
      return `${type} plan`;
  }
}

function storagePhrase({ storageOperation }: Host): string | undefined {
  const { phase, type } = storageOperation ?? {};
  return phase === 'Pending' || phase === 'Running' ? `storage ${(type ?? 'operation').toLowerCase()}` : undefined;
}

function goingOf(claim: Claim | undefined, host: Host): string | undefined {
  return claim && deletionWaiting({ machine: claim.machine, baremetal: claim.baremetal, host });
}

/** Whether a host in such use is as it was while its machine goes. */
const goes = (use: HostUse): boolean => use === 'running' || use === 'allocated';

function waitingOf({ host, plan, claims, machinesComplete }: HostFacts, use: HostUse): string | undefined {
  if (use === 'preparing') return storagePhrase(host) ?? planPhrase(plan, 'clean');
  if (use === 'reprovisioning') return planPhrase(plan, 'reprovision');
  // It is as it was until its machine is let go, and what is done to that may take long: a drain, volumes, a hook.
  const going = goes(use) ? goingOf(claims[0], host) : undefined;
  if (going !== undefined) return `its machine goes: ${going}`;
  if (use === 'allocated') {
    const claim = claims[0];
    // Whether its machine runs is not known where BaremetalMachines may not be read, or still arrive.
    if (!claim && !machinesComplete) return undefined;
    if (claim?.machine?.bootstrapReady === false || falseCondition(claim?.baremetal.conditions, 'BootstrapReady')) {
      return 'bootstrap data';
    }
    return planPhrase(plan, 'reprovision');
  }
  const storage = storagePhrase(host);
  if (storage) return storage;
  const ready = falseCondition(host.conditions, 'Ready');
  if (ready?.reason !== undefined && isUnderway(ready)) return UNDERWAY[ready.reason];
  if (host.planSecret === undefined && use === 'unpooled') return 'plan Secret';
  if (use === 'unknown' && host.allocation === undefined) return 'the provider to take it in';
  return undefined;
}

/**
 * Since when nobody uses it: since it was cleaned, where the time of that was read; else, never told to do anything, since
 * it is there and its pool too. When a pool took in a member nothing says, only that it has those it was made with: a
 * generation after the first may have brought it.
 */
function freeSince({ host, plan, listings }: HostFacts): number | undefined {
  if (plan?.type === 'clean') return plan.state.word === 'applied' ? plan.since : undefined;
  if (plan?.state.word !== 'none') return undefined;
  const pool = listings[0]?.pool;
  return pool?.generation === 1 ? latest(host.created, pool.created) : undefined;
}

/** Since when no pool lists it: since it is there, if none ever did; when it was taken out nothing says. */
function unpooledSince({ allocation, poolAnnotation, created }: Host): number | undefined {
  return allocation === undefined && poolAnnotation === undefined ? created : undefined;
}

function sinceOf(facts: HostFacts, use: HostUse, ready: Condition | undefined): number | undefined {
  const { host, claims } = facts;
  const { baremetal, machine } = claims[0] ?? {};
  const transition = (type: string) => findCondition(baremetal?.conditions, type)?.since;
  // Beside what it waits for stands how long it waits, not how long it ran before.
  if (goes(use) && goingOf(claims[0], host) !== undefined) return machine?.deleting ?? baremetal?.deleting;
  if (use === 'free' && ready?.status === 'False' && isUnderway(ready)) return ready.since ?? host.created;
  switch (use) {
    case 'preparing':
      return baremetal?.deleting ?? machine?.deleting;
    case 'reprovisioning':
      // The plan is written when the last of them is there: a host that was long waited for has only begun.
      return latest(transition('BootstrapReady'), transition('ImageResolved'), transition('InventoryAllocated'));
    case 'allocated':
      return transition('InventoryAllocated') ?? baremetal?.created;
    case 'running':
      return upSince(machine, baremetal);
    case 'free':
      return freeSince(facts);
    case 'unavailable':
      return ready?.status === 'False' ? ready.since : undefined;
    case 'unpooled':
      return unpooledSince(host);
    default:
      return undefined;
  }
}

function latest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The listing that counts: of two pools the one the provider's annotation names, or else the first by name. */
function listingOf({ host, listings }: HostFacts): Listing | undefined {
  return listings.find(({ pool }) => pool.name === host.poolAnnotation) ?? listings[0];
}

/** Builds the row. */
export function hostRow(facts: HostFacts): HostRow {
  const { host, plan, claims } = facts;
  const listing = listingOf(facts);
  const claim = claims[0];
  const stands = hostUse(facts);
  const ready = findCondition(host.conditions, 'Ready');
  const waiting = waitingOf(facts, stands);
  const problem = worst(HOST_PROBLEMS, { ...facts, use: stands, ready });
  // `free` reads as ready to serve. The provider's annotation goes on saying Available of what it does not give away.
  const withheld = stands === 'free' && problem !== undefined && isWithheld(host, ready);
  const use = withheld ? 'unavailable' : stands;
  return {
    kind: 'host',
    uid: host.uid,
    name: host.name,
    object: host,
    use,
    pool: listing?.pool.name ?? host.poolAnnotation,
    poolUid: listing?.pool.uid,
    position: listing?.position,
    hostname: listing?.hostname,
    cluster:
      host.ownerCluster ?? claim?.machine?.clusterName ?? claim?.baremetal.clusterName ?? listing?.pool.clusterName,
    machine: claim?.baremetal.name ?? host.ownerBaremetalMachine,
    machineUid: claim?.rowUid,
    node: claim?.machine?.node,
    plan,
    ready,
    waiting: waiting && shorten(waiting, 80),
    since: sinceOf(facts, use, ready) ?? (use === 'unavailable' ? problem?.since : undefined),
    problem,
  };
}
