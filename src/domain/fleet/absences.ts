/**
 * Which rows may say something else once it is known of a kind that what was not found does not exist, or is no longer
 * known. Only those that miss something: to compute the rows of ten thousand hosts anew takes a tenth of a second.
 */
import type { Kind } from '../kinds.ts';
import { baremetalOf, claimantsOf, partnerOf } from './joins.ts';
import type { Tables } from './tables.ts';
import { planKeyOf, type World } from './world.ts';

type Touch = (world: World, tables: Tables) => void;

const unlistedHosts: Touch = ({ shelves, listedBy }, { host }) => {
  for (const { uid, name } of shelves.host.all()) if (!listedBy.has(name)) host.touch(uid);
};

const rowsWithoutHost: Touch = ({ shelves, baremetalOf: owned, machinesOn }, { machine, pool }) => {
  pool.touchAll();
  for (const baremetal of shelves.baremetalMachine.all()) {
    if (baremetal.inventory === undefined || shelves.host.named(baremetal.inventory)) continue;
    machine.touch(baremetal.uid);
    machine.touchEach(machinesOn.get(baremetal.name));
    for (const { uid } of baremetal.owners) if (owned.has(uid)) machine.touch(uid);
  }
};

const rowsWithoutBaremetal: Touch = (world, { host, machine, plan }) => {
  for (const each of world.shelves.host.all()) {
    if (claimantsOf(world, each).length > 0) continue;
    host.touch(each.uid);
    plan.touchEach(world.shelves.plan.uidsNamed(planKeyOf(each)));
  }
  for (const each of world.shelves.machine.all()) if (!baremetalOf(world, each)) machine.touch(each.uid);
};

const rowsWithoutMachine: Touch = (world, { machine }) => {
  for (const each of world.shelves.baremetalMachine.all()) if (!partnerOf(world, each)) machine.touch(each.uid);
};

const TOUCHED_BY: Readonly<Partial<Record<Kind, Touch>>> = {
  pool: unlistedHosts,
  host: rowsWithoutHost,
  baremetalMachine: rowsWithoutBaremetal,
  machine: rowsWithoutMachine,
  baremetalMachineTemplate: (_, { group }) => group.touchAll(),
  bootstrapTemplate: (_, { group }) => group.touchAll(),
  baremetalCluster: (_, { cluster }) => cluster.touchAll(),
};

/** Touches what a kind's becoming complete, or incomplete, may change. */
export function touchAbsences(kind: Kind, world: World, tables: Tables): void {
  TOUCHED_BY[kind]?.(world, tables);
}
