/** A running member of a group: Machine, BaremetalMachine, KubeadmConfig, bootstrap Secret, Node, and their host. */

import { machineFinalizer } from '../controllers/capi/common.ts';
import { bootstrapSecret, fillSettings, setReady } from '../controllers/capi/kubeadmconfig.ts';
import { adoptInto } from '../controllers/capi/machine.ts';
import { configFor, infraFor, type MachineOrder, machineFor } from '../controllers/capi/machine-create.ts';
import { syncNode } from '../controllers/capi/node-sync.ts';
import { say } from '../controllers/conditions.ts';
import { isNewAgent } from '../controllers/elemental/agent-generation.ts';
import type { PlanFault } from '../controllers/faults.ts';
import { runningNode } from '../controllers/hosts/node.ts';
import { givesAway, paceOfUse } from '../controllers/hosts/outputs.ts';
import { configuredRegistration } from '../controllers/hosts/registration.ts';
import { annotate } from '../controllers/owners.ts';
import { checksumOf, encode } from '../controllers/plan-secret.ts';
import { marks } from '../controllers/provider/inventory.ts';
import { setFailed, setRunning } from '../controllers/provider/machine.ts';
import { baremetalMachineFinalizer } from '../controllers/provider/names.ts';
import { reprovisionPlan } from '../controllers/provider/plans.ts';
import { nodeIdentity } from '../controllers/provider/reprovision.ts';
import { Random } from '../controllers/random.ts';
import type { BootstrapFile, Cluster, KubeadmConfig, Machine } from '../controllers/shapes/capi.ts';
import type { Node, Secret } from '../controllers/shapes/core.ts';
import type { BaremetalMachine } from '../controllers/shapes/provider.ts';
import { timestamp } from '../controllers/time.ts';
import { second } from './calendar.ts';
import { foundingOf } from './founding.ts';
import { applied, failed, type SeededHost } from './host.ts';
import { imageOfVersion } from './releases.ts';
import type { Stamp } from './stamp.ts';
import { memberData, tokenOf } from './user-data-mold.ts';

export interface SeededMember {
  machine: Machine;
  infra: BaremetalMachine;
  config: KubeadmConfig;
  /** Makes the Secret with its bootstrap data. */
  bootstrap: () => Secret;
  /** Undefined where it never joined. */
  node: Node | undefined;
  /** When, Unix times in ms, it was made, its bootstrap data was there, its plan was written, and it was up or given up. */
  dates: { made: number; data: number; planned: number; done: number; joined?: number };
}

/** That something is so is heard of one level up after so long, ms: from host to Machine, from there to its set, and on. */
export const upward = 90;

export interface MemberOptions {
  order: MachineOrder;
  cluster: Cluster;
  host: SeededHost;
  pool: string;
  /** The Node's name. */
  hostname: string;
  /** Unix time in ms at which the Machine was made. */
  born: number;
  stamp: Stamp;
  /** What a Machine of a control plane brings. */
  certificates?: readonly BootstrapFile[];
  /** Whether its Node is the first of its cluster: it waits for the network. */
  founds?: boolean;
}

/** Takes a host into use; the Machine has been running since some minutes after it was made. */
export function runningMember(options: MemberOptions): SeededMember {
  const { host, born, stamp } = options;
  const { objects, data, planned, identity, plan, alike, random } = plannedMember(options);
  const { machine, infra } = objects;
  // The plan was applied, the host booted, its agent applied the plan once more, and its kubelet joined.
  const booted = born + random.integer(255 * second, 395 * second);
  const again = booted + random.integer(7 * second, 21 * second);
  const joined = again + random.integer(9 * second, 38 * second);
  const usual = joined + random.integer(8 * second, 27 * second);
  const ready = options.founds ? foundingOf(options.cluster, joined).ready : usual;
  // The empty plan, this one, and this one again after the boot: an agent that knows `plan-state` leaves that out.
  const runs = isNewAgent(host.inventory) ? 2 : 3;
  infra.status!.lastAppliedPlanChecksum = applied(host, plan, 'reprovision', again, runs, alike);
  const storage = host.inventory.status?.observedStorage;
  Object.assign(storage ?? {}, {
    bootID: random.uuid(),
    reportEpoch: 3,
    sequence: 1,
    observedAt: timestamp(booted),
  });
  annotate(host.inventory, { [marks.state]: 'Allocated' });

  const times = { joined: timestamp(joined), ready: timestamp(ready) };
  const registration = configuredRegistration(objects.config.spec);
  const node = runningNode(identity, host.inventory, storage?.bootID ?? '', times, registration);
  stamp.born(node, joined);
  syncNode(node, machine, stamp.namespace, stamp.clusterApi);
  setRunning(infra, node);
  machine.spec!.providerID = identity.providerID;
  const done = ready + random.integer(200, 1800);
  // Its address was written when it had its host; that it runs, when it did, and its Machine hears of that.
  stamp.wrote(host.inventory, 'manager', done);
  stamp.wrote(infra, 'manager/status', done);
  stamp.wrote(machine, 'manager', done + upward);
  return { ...objects, node, dates: { made: born, data, planned, done, joined } };
}

/** Takes a host into use on which the plan failed as often as it may, the last time at Unix time `failedAt` in ms. */
export function failedMember(options: MemberOptions, failedAt: number): SeededMember {
  const { host, stamp } = options;
  const { objects, data, planned, plan } = plannedMember(options);
  const fault: PlanFault = {
    instruction: 1,
    output:
      'INFO[0000] Starting elemental version v2.2.0 on commit 4f1c2d7\nERRO[0003] failed to pull image: Get "https://registry.dc1.example/v2/": ' +
      'dial tcp 10.1.0.5:443: connect: connection refused\n',
  };
  objects.infra.status!.lastAppliedPlanChecksum = failed(host, plan, fault, failedAt);
  annotate(host.inventory, { [marks.state]: 'Unavailable' });
  setFailed(objects.infra, host.inventory.metadata.name);
  stamp.wrote(host.inventory, 'manager', failedAt + 700);
  stamp.wrote(objects.infra, 'manager/status', failedAt + 700);
  return { ...objects, node: undefined, dates: { made: options.born, data, planned, done: failedAt + 900 } };
}

/** A member whose plan has just been written. */
function plannedMember(options: MemberOptions) {
  const { order, cluster, host, pool, hostname, born, stamp, certificates } = options;
  const { config, infra, machine } = machineObjects(options);
  const random = new Random(stamp.seed, 'member', order.name);
  const data = born + random.integer(300, 2900);
  const planned = data + random.integer(300, 2500);
  const at = timestamp(planned);
  fillSettings(config, cluster, machine, stamp.seed);
  setReady(config, timestamp(data));
  machine.spec!.bootstrap!.dataSecretName = config.metadata.name;

  const name = host.inventory.metadata.name;
  const { value, resolved: userData } = memberData(
    { config, machine, cluster, inventory: name, hostname, certificates },
    order.bootstrap,
  );
  const bootstrap = (): Secret => {
    const secret = stamp.born(bootstrapSecret(config, cluster, value), data);
    secret.data = { ...secret.data, 'resolved-value': encode(userData) };
    return secret;
  };
  const identity = nodeIdentity(machine, host.inventory, hostname);
  const image = imageOfVersion(identity.version);
  const plan = reprovisionPlan({ identity, image, userData, use: infra.metadata.uid ?? '' });
  annotate(host.inventory, {
    [marks.pool]: pool,
    [marks.cluster]: order.cluster,
    [marks.machine]: machine.metadata.name,
    [marks.baremetalMachine]: infra.metadata.name,
  });
  stamp.wrote(host.secret, 'manager', planned);
  infra.spec = { ...infra.spec, providerID: identity.providerID };
  infra.metadata.generation = 2;
  stamp.wrote(infra, 'manager', planned);
  infra.status = {
    phase: 'Reprovisioning',
    ready: false,
    conditions: allocationConditions(at, image),
    machineInventoryRef: { name },
    planSecretRef: { name },
    lastAppliedBootstrapHash: checksumOf(userData),
  };
  // Who gives a token away prints what nobody else does.
  const token = tokenOf(config) ?? '';
  const alike = token === '' || givesAway(token) ? '' : `reprovision ${image} ${paceOfUse(infra.metadata.uid ?? '')}`;
  return { objects: { machine, infra, config, bootstrap }, data, planned, identity, plan, alike, random };
}

/** The objects of an order, made and adopted, before anything has happened to them. */
export function machineObjects({ order, born, stamp }: MemberOptions) {
  const infra = stamp.born(infraFor(order), born);
  const config = stamp.born(configFor(order), born, 2);
  const machine = stamp.born(machineFor(order, infra, config), born, 3);
  adoptInto(infra, machine);
  adoptInto(config, machine);
  machine.metadata.finalizers = [machineFinalizer];
  infra.metadata.finalizers = [baremetalMachineFinalizer];
  return { infra, config, machine };
}

/** The conditions of a BaremetalMachine that has its host, its data and its image. */
export function allocationConditions(at: string, image: string) {
  return say(
    [],
    [
      { type: 'InventoryAllocated', status: 'True', reason: 'SimInventoryAllocated' },
      { type: 'BootstrapReady', status: 'True', reason: 'SimBootstrapReady' },
      { type: 'ImageResolved', status: 'True', reason: 'SimImageResolved', message: image },
    ],
    at,
    2,
  );
}
