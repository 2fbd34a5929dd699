/** Since when a machine is up. */
import { findCondition } from '../conditions.ts';
import type { BaremetalMachine, Condition, Machine } from '../objects.ts';

/**
 * Since when the provider has it running: a `Ready` that is False now tells when it ceased to be ready, not when it came
 * up. Where no condition tells, since it is there.
 */
export function upSince(machine: Machine | undefined, baremetal: BaremetalMachine | undefined): number | undefined {
  const held = (conditions: readonly Condition[] | undefined, type: string) => {
    const condition = findCondition(conditions, type);
    return condition?.status === 'True' ? condition.since : undefined;
  };
  return (
    held(baremetal?.conditions, 'Ready') ??
    held(machine?.conditions, 'InfrastructureReady') ??
    held(machine?.conditions, 'Ready') ??
    baremetal?.created ??
    machine?.created
  );
}
