/** A host at rest: its inventory and its plan Secret. */

import { durations } from '../controllers/durations.ts';
import { isNewAgent } from '../controllers/elemental/agent-generation.ts';
import type { Hardware } from '../controllers/elemental/hardware.ts';
import { inventoryFinalizer, planSecret, setPlanStatus } from '../controllers/elemental/inventory.ts';
import { registeredInventory } from '../controllers/elemental/register.ts';
import type { PlanFault } from '../controllers/faults.ts';
import { endedAt } from '../controllers/hosts/plan-state.ts';
import { settledProbes } from '../controllers/hosts/probes.ts';
import { afterFailure, afterSuccess } from '../controllers/hosts/run.ts';
import { checksumOf, encode, type Plan, planText, providerPlanType, unixDate } from '../controllers/plan-secret.ts';
import { marks } from '../controllers/provider/inventory.ts';
import { planData } from '../controllers/provider/plan-writer.ts';
import { maxFailures } from '../controllers/provider/plans.ts';
import { Random } from '../controllers/random.ts';
import type { Secret } from '../controllers/shapes/core.ts';
import type { MachineInventory, MachineRegistration } from '../controllers/shapes/elemental.ts';
import { timestamp } from '../controllers/time.ts';
import { second } from './calendar.ts';
import type { Stamp } from './stamp.ts';

export interface SeededHost {
  inventory: MachineInventory;
  secret: Secret;
}

/** A host that registered at Unix time `at` in ms, was installed, and has applied its first, empty plan. */
export function registeredHost(
  registration: MachineRegistration,
  hardware: Hardware,
  at: number,
  stamp: Stamp,
): SeededHost {
  const random = new Random(stamp.seed, 'installed', hardware.uuid);
  const { least, most } = durations.installation;
  const inventory = stamp.born(registeredInventory(registration, hardware, at), at);
  inventory.metadata.finalizers = [inventoryFinalizer];
  const up = at + random.integer(least, most);
  Object.assign(inventory.status!.observedStorage!, {
    devices: hardware.devices,
    reportEpoch: 2,
    observedAt: timestamp(up),
  });
  const none = { lastTransitionTime: timestamp(at + random.integer(300, 2500)), observedGeneration: 1, message: '' };
  inventory.status!.storage = {
    phase: 'Unmanaged',
    conditions: [
      { type: 'StoragePrepared', status: 'True', reason: 'NoManagedVolumes', ...none },
      { type: 'StorageActive', status: 'False', reason: 'Inactive', ...none },
    ],
  };
  const secret = stamp.born(planSecret(inventory), at + random.integer(30, 900));
  const done = up + random.integer(3 * second, 9 * second);
  secret.data = afterSuccess(secret, done);
  setPlanStatus(inventory, secret, timestamp(done + random.integer(0, second)));
  // Of its network the operator was sure at once.
  const network = inventory.status!.conditions!.find(({ type }) => type === 'NetworkConfigReady');
  if (network) network.lastTransitionTime = timestamp(at + second);
  return { inventory, secret };
}

/** Puts a free host into a pool, at Unix time `at` in ms. */
export function pooled(host: SeededHost, pool: string, stamp: Stamp, at: number): void {
  stamp.wrote(host.inventory, 'manager', at);
  host.inventory.metadata.annotations = {
    ...host.inventory.metadata.annotations,
    [marks.pool]: pool,
    [marks.state]: 'Available',
  };
}

/** Lets a host have failed a reprovision plan for good, the last time at Unix time `at` in ms. Gives its checksum. */
export function failed(host: SeededHost, plan: Plan, fault: PlanFault, at: number): string {
  const { inventory, secret } = host;
  const body = planText(plan);
  secret.metadata.annotations = { ...secret.metadata.annotations, [providerPlanType]: 'reprovision' };
  secret.data = { ...secret.data, ...planData(body, 'reprovision') };
  for (let run = 1; run <= maxFailures; run++) secret.data = afterFailure(secret, fault, at);
  if (isNewAgent(inventory)) secret.data = { ...secret.data, ...endedAt('failed', secret) };
  setPlanStatus(inventory, secret, timestamp(at));
  return checksumOf(body);
}

/** What plans have printed, packed, by what they have in common. */
const printed = new Map<string, string>();

/**
 * Lets a host have applied a plan of the provider at Unix time `at` in ms, `runs` times in all. Gives its checksum.
 * `alike`: plans of the same word print the same.
 */
export function applied(
  host: SeededHost,
  plan: Plan,
  type: 'reprovision' | 'clean',
  at: number,
  runs: number,
  alike = '',
): string {
  const { inventory, secret } = host;
  secret.metadata.annotations = { ...secret.metadata.annotations, [providerPlanType]: type };
  const body = planText(plan);
  secret.data = { ...secret.data, ...planData(body, type) };
  secret.data = {
    ...afterSuccess(secret, at, {}, plan, { sum: checksumOf(body), printed: alike ? printed.get(alike) : undefined }),
    'probe-statuses': encode(settledProbes(plan, true)),
    'success-count': encode(String(runs)),
    'last-apply-time': encode(unixDate(at)),
  };
  if (alike) printed.set(alike, secret.data['applied-output'] ?? '');
  if (isNewAgent(inventory)) secret.data = { ...secret.data, ...endedAt('succeeded', secret, plan) };
  setPlanStatus(inventory, secret, timestamp(at));
  return inventory.status?.plan?.checksum ?? '';
}
