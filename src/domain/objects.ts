/**
 * The domain's objects: what metaldeck keeps of each API object it watches, whichever API version served it.
 * Every string has been sanitised (no control characters, no escapes) and every field may be absent, for a server may
 * leave out anything. Times are epoch milliseconds.
 */
import type { Kind } from './kinds.ts';
import type {
  BootstrapTemplate,
  Cluster,
  ControlPlane,
  Deployment,
  HealthCheck,
  Machine,
  MachineSet,
} from './objects/cluster-api.ts';
import type { Host, Plan, Registration, SeedImage } from './objects/host.ts';
import type { AppRelease, EventRecord } from './objects/platform.ts';
import type {
  BaremetalCluster,
  BaremetalMachine,
  BaremetalMachineTemplate,
  Catalog,
  Pool,
} from './objects/provider.ts';

export type * from './objects/cluster-api.ts';
export type * from './objects/host.ts';
export type * from './objects/meta.ts';
export type * from './objects/platform.ts';
export type * from './objects/provider.ts';

/** Which shape each kind has. */
export interface ObjectOf {
  pool: Pool;
  host: Host;
  plan: Plan;
  baremetalMachine: BaremetalMachine;
  baremetalMachineTemplate: BaremetalMachineTemplate;
  baremetalCluster: BaremetalCluster;
  registration: Registration;
  seedImage: SeedImage;
  catalog: Catalog;
  cluster: Cluster;
  controlPlane: ControlPlane;
  deployment: Deployment;
  machineSet: MachineSet;
  machine: Machine;
  bootstrapTemplate: BootstrapTemplate;
  healthCheck: HealthCheck;
  appRelease: AppRelease;
  event: EventRecord;
}

export type DomainObject = ObjectOf[Kind];

/** One difference between what was held and what the server has. */
export type Change<T extends DomainObject = DomainObject> =
  | { type: 'set'; object: T }
  | { type: 'delete'; kind: Kind; uid: string; name: string };
