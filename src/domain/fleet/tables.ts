import type {
  AppRelease,
  BaremetalCluster,
  BaremetalMachineTemplate,
  BootstrapTemplate,
  EventRecord,
  HealthCheck,
  MachineSet,
} from '../objects.ts';
import type {
  ClusterRow,
  GroupRow,
  HostRow,
  MachineRow,
  PlanRow,
  PoolRow,
  RegistrationRow,
  SeedImageRow,
} from './rows.ts';
import { byName, compareText } from './sorted.ts';
import { Table } from './table.ts';

/** Newest first; one that tells no time comes last. */
function newestFirst(a: EventRecord, b: EventRecord): number {
  return (b.lastSeen ?? 0) - (a.lastSeen ?? 0) || compareText(a.uid, b.uid);
}

/** All rows of the fleet. */
export function createTables() {
  return {
    plan: new Table<PlanRow>(byName),
    host: new Table<HostRow>(byName),
    /** Keyed by Machine uid, or by BaremetalMachine uid where that has no Machine. */
    machine: new Table<MachineRow>(byName),
    group: new Table<GroupRow>(byName),
    pool: new Table<PoolRow>(byName),
    cluster: new Table<ClusterRow>(byName),
    machineSet: new Table<MachineSet>(byName),
    registration: new Table<RegistrationRow>(byName),
    seedImage: new Table<SeedImageRow>(byName),
    baremetalCluster: new Table<BaremetalCluster>(byName),
    baremetalMachineTemplate: new Table<BaremetalMachineTemplate>(byName),
    bootstrapTemplate: new Table<BootstrapTemplate>(byName),
    healthCheck: new Table<HealthCheck>(byName),
    appRelease: new Table<AppRelease>(byName),
    event: new Table<EventRecord>(newestFirst),
  };
}

export type Tables = ReturnType<typeof createTables>;
