import { falseCondition, findCondition } from '../../conditions.ts';
import { allocationOf, baremetalRef, conditionOf, fieldOf, planOf } from '../evidence.ts';
import type { HostFacts } from '../facts.ts';
import { LIMITS, late } from '../limits.ts';
import { hostRef, machineRef } from '../lookup.ts';
import { agentJournal, kubectl, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

// Without bootstrap data no plan was written that an agent could be silent about. And a machine that has had its Node, or
// goes, waits for no installation: its plan was applied, and is only not read again.
const isPending = ({ plan, row, machine }: HostFacts): boolean =>
  falseCondition(machine?.baremetal?.conditions, 'BootstrapReady') === undefined &&
  machine?.baremetal?.phase !== 'Failed' &&
  machine?.deleting !== true &&
  row.node === undefined &&
  plan?.type === 'reprovision' &&
  (plan.state.word === 'pending' || plan.state.word === 'unknown') &&
  (row.use === 'reprovisioning' || row.use === 'allocated');

/** The agent gives no sign while it works, so only time tells that it will not: no checksum has come for too long. */
export const agentSilent: Failure<HostFacts> = {
  id: 'agent-silent',
  mode: 'F22',
  test(facts) {
    if (!isPending(facts)) return undefined;
    const { cluster, since } = facts.row;
    const wait = { cluster, what: 'reprovision', since, limit: LIMITS.agent };
    return late(facts, { ...wait, text: 'agent says nothing of its plan' });
  },
  tell({ row, plan, machine }) {
    const { object } = row;
    return {
      what: `${machine?.name ?? 'Its machine'} waits for ${row.name} to take up its reprovision plan, and its agent reports neither success nor failure.`,
      evidence: [
        planOf(plan),
        fieldOf(hostRef(row), 'status.plan.state (of the plan before)', object.reportedPlanState),
        conditionOf(hostRef(row), row.ready),
        allocationOf(row),
        machine && conditionOf(baremetalRef(machine), findCondition(machine.baremetal?.conditions, 'BootstrapReady')),
      ],
      causes: [
        'the API refuses its agent (401 or 403): the token was rotated, or its Role does not name the Secret',
        'the host is off, hangs, or has lost its network',
        'the agent cannot verify the certificate of the server it was registered with (after a disaster recovery: its address)',
        'the plan is only slow: an image pulled over a thin line',
      ],
      next: [
        agentJournal(object),
        {
          text: 'see whether the Role of the agent still names its plan Secret',
          command: kubectl(object.namespace, 'get', 'role', '-o', 'wide'),
        },
        { text: 'look at the host itself: power, boot order, console' },
      ],
      remedies: [machine && remedy('replace', machineRef(machine))],
    };
  },
};
