/**
 * A deletion that was asked for and that no controller has taken up: they do not run, or hang. Nothing of the object says
 * so, since who would say it is who is missing.
 */
import { PAUSED } from '../../annotations.ts';
import { findCondition } from '../../conditions.ts';
import type { Meta } from '../../objects/meta.ts';
import { baremetalRef, fieldOf } from '../evidence.ts';
import { heldAt, type MachineFacts } from '../facts.ts';
import { isLate, LIMITS } from '../limits.ts';
import { machineRef } from '../lookup.ts';
import { describe, kubectl } from '../steps.ts';
import type { Failure, Match } from '../types.ts';
import { stageOf } from './deletion.ts';

/** Where the platform runs the controllers, whatever namespace their objects are in. */
const NAMESPACE = 'cpaas-system';

/** An object in a pause is left as it is, as it should be. */
const isHeld = ({ cluster }: MachineFacts, object: Meta): boolean =>
  cluster?.paused === true || Object.hasOwn(object.annotations, PAUSED);

const unheard = (facts: MachineFacts, object: Meta, kind: 'machine' | 'baremetalMachine', who: string) =>
  !isHeld(facts, object) && isLate(object.deleting, LIMITS.takenUp, heldAt(facts, kind))
    ? ({
        severity: 'bad',
        text: `was asked to go, and nobody has taken it up: does ${who} run?`,
        since: object.deleting,
        decisive: true,
      } satisfies Match)
    : undefined;

const asked = (object: Meta | undefined) =>
  object?.deleting === undefined ? undefined : new Date(object.deleting).toISOString();

/**
 * The Machine controller says `Deleting` with the first thing it does to a Machine that is to go: as the phase, and as a
 * condition (Cluster API, internal/controllers/machine, reconcilePhase and reconcileDelete).
 */
export const deletionIgnored: Failure<MachineFacts> = {
  id: 'deletion-ignored',
  test(facts) {
    const { row } = facts;
    const { machine } = row;
    const taken =
      /^Delet/.test(machine?.phase ?? '') ||
      findCondition(machine?.conditions, 'Deleting')?.status === 'True' ||
      stageOf(row) !== undefined;
    return machine && !taken ? unheard(facts, machine, 'machine', "Cluster API's controller") : undefined;
  },
  tell({ row }) {
    const of = machineRef(row);
    return {
      what: `${row.name} was asked to go, and nobody has taken it up: Cluster API's controller does not run, or hangs.`,
      evidence: [
        fieldOf(of, 'metadata.deletionTimestamp', asked(row.machine), row.machine?.deleting),
        fieldOf(of, 'status.phase', row.machine?.phase ?? 'not set'),
        fieldOf(of, 'metadata.finalizers', row.machine?.finalizers.join(' ') || 'none'),
      ],
      causes: [
        'capi-controller-manager has no Pod that runs: scaled to none, evicted, its image cannot be pulled',
        'no Pod of it holds the Lease: it cannot reach the API server',
        'it hangs, or its queue is far behind: its log has stood still',
      ],
      next: [
        {
          text: 'see whether it runs, and who holds its Lease',
          command: kubectl(
            NAMESPACE,
            ...['get', 'deploy/capi-controller-manager', 'lease/controller-leader-election-capi'],
          ),
        },
        {
          text: 'read its log',
          command: kubectl(NAMESPACE, 'logs', 'deploy/capi-controller-manager', '--tail=50'),
        },
        row.machine && describe(row.machine),
      ],
    };
  },
};

/** Phases of a BaremetalMachine that the provider has not begun to take back: with that it becomes `Preparing`. */
const UNTOUCHED = /^(?:Pending|Allocated|Reprovisioning|Running)$/;

/** The same of a BaremetalMachine. Where storage is to be let go of first, its phase waits for that. */
export const releaseIgnored: Failure<MachineFacts> = {
  id: 'release-ignored',
  test(facts) {
    const { row, host, plan } = facts;
    const { baremetal } = row;
    if (!baremetal || !UNTOUCHED.test(baremetal.phase ?? '') || plan?.type === 'clean') return undefined;
    if (!host || host.object.storageDeclared !== undefined) return undefined;
    return unheard(facts, baremetal, 'baremetalMachine', 'the bare-metal provider');
  },
  tell({ row, host }) {
    const of = baremetalRef(row);
    return {
      what: `The BaremetalMachine of ${row.name} was asked to go, and nobody has taken it up: the bare-metal provider does not run, or hangs.`,
      evidence: [
        fieldOf(of, 'metadata.deletionTimestamp', asked(row.baremetal), row.baremetal?.deleting),
        fieldOf(of, 'status.phase', row.baremetal?.phase),
        fieldOf(of, 'plan type of its host', host?.plan?.type ?? 'none'),
      ],
      causes: [
        'the provider has no Pod that runs, or none that holds its Lease',
        'it meets an error before it can write the clean plan, and repeats it: its log names it',
      ],
      next: [
        {
          text: 'see whether the provider runs, and who holds its Lease',
          command: kubectl(NAMESPACE, 'get', 'deploy,lease'),
        },
        {
          text: 'read its log',
          command: kubectl(NAMESPACE, 'logs', 'deploy/cluster-api-provider-baremetal-manager', '--tail=50'),
        },
        row.baremetal && describe(row.baremetal),
      ],
    };
  },
};
