/** What a machine's row says. */
import { findCondition } from '../conditions.ts';
import type { MachineFacts } from './machine-facts.ts';
import { MACHINE_PROBLEMS } from './machine-problems.ts';
import { machineWaiting } from './machine-waiting.ts';
import { worst } from './problems.ts';
import type { MachineRow } from './rows.ts';
import { upSince } from './up-since.ts';

/** The provider's phase, which knows more; the Machine's own where the provider's says no more than up or unborn. */
function phaseOf({ machine, baremetal }: MachineFacts): string {
  if (baremetal?.phase === 'Failed' || machine?.phase === 'Failed') return 'Failed';
  if (machine?.deleting !== undefined || baremetal?.deleting !== undefined) {
    return baremetal?.phase === 'Preparing' ? 'Preparing' : 'Deleting';
  }
  if (baremetal?.phase === 'Running' && machine) return machine.phase ?? 'Running';
  return baremetal?.phase ?? machine?.phase ?? 'Unknown';
}

function sinceOf({ machine, baremetal }: MachineFacts, phase: string): number | undefined {
  const transition = (type: string) => findCondition(baremetal?.conditions, type)?.since;
  const ready = findCondition(machine?.conditions, 'Ready')?.since;
  switch (phase) {
    case 'Deleting':
    case 'Preparing':
      return machine?.deleting ?? baremetal?.deleting;
    case 'Running':
      return upSince(machine, baremetal);
    case 'Reprovisioning':
      return (
        transition('BootstrapReady') ??
        transition('ImageResolved') ??
        transition('InventoryAllocated') ??
        baremetal?.created
      );
    case 'Allocated':
      return transition('InventoryAllocated') ?? baremetal?.created;
    case 'Failed':
      return transition('ImageResolved') ?? transition('Ready') ?? ready;
    default:
      return machine?.created ?? baremetal?.created;
  }
}

/** Builds the row; `undefined` where there is neither a Machine nor a BaremetalMachine. */
export function machineRow(facts: MachineFacts): MachineRow | undefined {
  const { machine, baremetal, host } = facts;
  const first = machine ?? baremetal;
  if (!first) return undefined;
  const phase = phaseOf(facts);
  return {
    kind: 'machine',
    uid: first.uid,
    name: first.name,
    machine,
    baremetal,
    phase,
    deleting: machine?.deleting !== undefined || (machine === undefined && baremetal?.deleting !== undefined),
    host: baremetal?.inventory,
    hostUid: host?.uid,
    pool: baremetal?.pool,
    cluster: machine?.clusterName ?? baremetal?.clusterName,
    group: facts.groupName,
    groupUid: facts.group?.uid,
    controlPlane: machine?.controlPlane ?? Object.hasOwn(baremetal?.labels ?? {}, 'cluster.x-k8s.io/control-plane'),
    version: machine?.version,
    node: machine?.node,
    nodeVersion: machine?.nodeVersion,
    nodeObject: facts.node,
    planState: facts.plan?.state,
    waiting: machineWaiting(facts),
    since: sinceOf(facts, phase),
    problem: worst(MACHINE_PROBLEMS, facts),
  };
}
