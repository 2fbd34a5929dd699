/** Who belongs to whom. Every answer depends only on the objects present, never on the order in which they came. */
import type { BaremetalMachine, ControlPlane, Deployment, Host, Machine, MachineSet, Plan } from '../objects.ts';
import type { Claim, Listing } from './host-use.ts';
import type { ObjectRef } from './rows.ts';
import { byName, compareText } from './sorted.ts';
import { groupKey, groupKeyOf, planKeyOf, type World } from './world.ts';

function present<T>(uids: Iterable<string>, get: (uid: string) => T | undefined): T[] {
  const found: T[] = [];
  for (const uid of uids) {
    const object = get(uid);
    if (object !== undefined) found.push(object);
  }
  return found;
}

/** The host of a plan Secret: its owner, or else a host that points to it. */
export function hostOfPlan(world: World, plan: Plan): Host | undefined {
  const { host } = world.shelves;
  const owner = plan.owners.find(({ apiKind }) => apiKind === 'MachineInventory');
  const owned = owner && host.get(owner.uid);
  if (owned && planKeyOf(owned) === plan.name) return owned;
  return present(world.hostsOfPlan.get(plan.name), (uid) => host.get(uid)).sort(byName)[0];
}

/** The plan Secret of a host. */
export function planOfHost(world: World, host: Host | undefined): Plan | undefined {
  return host && world.shelves.plan.named(planKeyOf(host));
}

/** The Machine of a BaremetalMachine: of those that refer to it the one that owns it, or else the first by name. */
export function machineOf(world: World, baremetal: BaremetalMachine): Machine | undefined {
  const { machine } = world.shelves;
  const owner = baremetal.owners.find(({ apiKind }) => apiKind === 'Machine');
  const owning = owner && machine.get(owner.uid);
  if (owning && (owning.infrastructure === undefined || owning.infrastructure.name === baremetal.name)) return owning;
  return present(world.machinesOn.get(baremetal.name), (uid) => machine.get(uid)).sort(byName)[0];
}

/** The BaremetalMachine of a Machine: the one it refers to, or else one it owns. */
export function baremetalOf(world: World, machine: Machine): BaremetalMachine | undefined {
  const { baremetalMachine } = world.shelves;
  const candidate = machine.infrastructure
    ? baremetalMachine.named(machine.infrastructure.name)
    : present(world.baremetalOf.get(machine.uid), (uid) => baremetalMachine.get(uid)).sort(byName)[0];
  // Both must mean each other, or a BaremetalMachine would stand in two rows or in none.
  return candidate && machineOf(world, candidate)?.uid === machine.uid ? candidate : undefined;
}

/** The Machine that a BaremetalMachine shares a row with. */
export function partnerOf(world: World, baremetal: BaremetalMachine): Machine | undefined {
  const machine = machineOf(world, baremetal);
  return machine && baremetalOf(world, machine)?.uid === baremetal.uid ? machine : undefined;
}

/** The BaremetalMachines that claim a host: by their status, or, before they have one, by the host's annotation. */
export function claimantsOf(world: World, host: Host): BaremetalMachine[] {
  const { baremetalMachine } = world.shelves;
  const found = present(world.claims.get(host.name), (uid) => baremetalMachine.get(uid));
  if (found.length > 0) return found.sort(byName);
  const owner = baremetalMachine.named(host.ownerBaremetalMachine);
  return owner && owner.inventory === undefined ? [owner] : [];
}

export function claimsOf(world: World, host: Host): Claim[] {
  return claimantsOf(world, host).map((baremetal) => {
    const machine = partnerOf(world, baremetal);
    return { baremetal, machine, rowUid: machine?.uid ?? baremetal.uid };
  });
}

/** The pools that list a host, by name. */
export function listingsOf(world: World, host: Host): Listing[] {
  const found: Listing[] = [];
  for (const uid of world.listedBy.get(host.name)) {
    const pool = world.shelves.pool.get(uid);
    const link = world.members.get(uid)?.links.get(host.name);
    if (pool && link) found.push({ pool, position: link.position, hostname: link.hostname });
  }
  return found.sort((a, b) => byName(a.pool, b.pool));
}

/** The group of a machine by key: what it says itself, or what its MachineSet belongs to. */
export function groupKeyFor(
  world: World,
  machine: Machine | undefined,
  baremetal: BaremetalMachine | undefined,
): string | undefined {
  const own = machine && groupKeyOf(machine);
  if (own) return own;
  const set = world.shelves.machineSet.named(machine?.machineSet);
  if (set?.deployment) return groupKey('deployment', set.deployment);
  return baremetal && groupKeyOf(baremetal);
}

/** The object behind a group key. */
export function groupOf(world: World, key: string | undefined): ControlPlane | Deployment | undefined {
  if (key === undefined) return undefined;
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  return key.startsWith('controlPlane/')
    ? world.shelves.controlPlane.named(name)
    : world.shelves.deployment.named(name);
}

export function groupRef(group: ControlPlane | Deployment | undefined): ObjectRef | undefined {
  return group && { kind: group.kind, uid: group.uid, name: group.name };
}

/** The MachineSets of a deployment, newest revision first. */
export function setsOf(world: World, deployment: string): MachineSet[] {
  return present(world.setsOf.get(deployment), (uid) => world.shelves.machineSet.get(uid)).sort(
    (a, b) => (b.revision ?? 0) - (a.revision ?? 0) || compareText(a.name, b.name) || compareText(a.uid, b.uid),
  );
}
