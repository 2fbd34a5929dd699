import { falseCondition } from '../../conditions.ts';
import { baremetalRef, conditionOf, fieldOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { LIMITS, lateness } from '../limits.ts';
import { hostRef, machineRef } from '../lookup.ts';
import { agentJournal, describe, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

const storageReady = ({ machine }: HostFacts) =>
  machine?.baremetal?.deleting === undefined
    ? falseCondition(machine?.baremetal?.conditions, 'StorageReady')
    : undefined;

/** The reboot after a reprovision plan is when volumes are mounted: what is missing then keeps the machine waiting. */
export const mountFailed: Failure<HostFacts> = {
  id: 'storage-not-ready',
  mode: 'F9',
  test(facts) {
    const { row, plan, machine, now } = facts;
    const condition = storageReady(facts);
    const since = condition?.since ?? row.object.storageCondition?.since;
    if (row.object.storagePhase === 'Degraded') return { severity: 'bad', text: 'storage is degraded', since };
    // Before the plan is applied volumes are not there yet, and after the reboot it takes a report to see them.
    if (!condition || plan?.state.word !== 'applied') return undefined;
    const running = machine?.baremetal?.phase === 'Running' || machine?.baremetal?.phase === 'Failed';
    const severity = running ? 'bad' : lateness(plan.since ?? since, LIMITS.join, now);
    return severity && { severity, text: 'its volumes are not ready', since };
  },
  tell(facts) {
    const { row, machine } = facts;
    const { object } = row;
    const of = hostRef(row);
    const who = machine?.name ?? 'its machine';
    return {
      what: `${who} waits for the volumes of ${row.name}, which are not mounted as declared.`,
      evidence: [
        machine && conditionOf(baremetalRef(machine), storageReady(facts)),
        conditionOf(of, object.storageCondition),
        fieldOf(of, 'status.storage.phase', object.storagePhase),
        fieldOf(
          of,
          'status.observedStorage.observedAt',
          object.bootId && `boot ${object.bootId}`,
          object.storageObservedAt,
        ),
      ],
      causes: [
        'the mount unit fails: the UUID is not found, or the filesystem is damaged',
        'the disk is gone or has another name since the reboot',
        'no fresh report has come since the reboot',
      ],
      next: [
        { text: 'on the host: the state of its mount units', command: 'systemctl --failed --type=mount' },
        agentJournal(object),
        describe(object, 'compare the declared with the observed devices'),
      ],
      remedies: [machine && remedy('replace', machineRef(machine))],
    };
  },
};
