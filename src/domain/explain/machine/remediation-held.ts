import { REMEDIATE, SKIP_REMEDIATION } from '../../annotations.ts';
import { falseCondition, findCondition } from '../../conditions.ts';
import { annotationOf, conditionOf, fieldOf } from '../evidence.ts';
import { checksOf, type MachineFacts } from '../facts.ts';
import { machineRef, refTo } from '../lookup.ts';
import { describe, remedy } from '../steps.ts';
import type { Failure } from '../types.ts';

const unhealthy = ({ row: { machine } }: MachineFacts) =>
  machine?.deleting === undefined ? falseCondition(machine?.conditions, 'HealthCheckSucceeded') : undefined;

/** The health checks of its cluster that have stopped because too much is unhealthy at once. */
const stopped = ({ fleet, row }: MachineFacts) =>
  checksOf(fleet, row.cluster).filter(({ conditions }) => falseCondition(conditions, 'RemediationAllowed'));

/** A health check that finds too many unhealthy machines remediates none of them. */
export const remediationShort: Failure<MachineFacts> = {
  id: 'remediation-short-circuit',
  test(facts) {
    const condition = unhealthy(facts);
    const owed = findCondition(facts.row.machine?.conditions, 'OwnerRemediated');
    if (!condition || owed || stopped(facts).length === 0) return undefined;
    return { severity: 'bad', text: 'unhealthy, and its health check remediates nothing', since: condition.since };
  },
  tell(facts) {
    const { row } = facts;
    const checks = stopped(facts);
    const names = checks.map(({ name }) => name).join(', ');
    return {
      what: `${row.name} is unhealthy and stays so: ${names} finds too many machines unhealthy at once and remediates none.`,
      evidence: [
        conditionOf(machineRef(row), unhealthy(facts)),
        ...checks.flatMap((check) => {
          const limit = check.maxUnhealthy ?? check.unhealthyRange;
          return [
            conditionOf(refTo(check), falseCondition(check.conditions, 'RemediationAllowed')),
            fieldOf(refTo(check), 'healthy', `${check.currentHealthy ?? '?'} of ${check.expectedMachines ?? '?'}`),
            fieldOf(refTo(check), 'allowed unhealthy', limit),
          ];
        }),
      ],
      causes: [
        'what they share has failed: a switch, power, the network of the cluster',
        'maxUnhealthy is too narrow for a group of this size',
      ],
      next: [
        { text: 'look for what the unhealthy machines have in common before any of them is replaced' },
        ...checks.map((check) => describe(check)),
      ],
      remedies: [remedy('replace', machineRef(row))],
    };
  },
};

/** Its owner was asked to remediate it and says that it cannot, or not again. */
export const remediationSpent: Failure<MachineFacts> = {
  id: 'remediation-spent',
  test({ row: { machine } }) {
    const owed = machine?.deleting === undefined ? falseCondition(machine?.conditions, 'OwnerRemediated') : undefined;
    // While it waits for its turn all goes its way; a reason or a message that says no is the end of it.
    const refused =
      /CannotBeRemediated|RemediationFailed/.test(owed?.reason ?? '') || /can ?not|MaxRetry/i.test(owed?.message ?? '');
    return owed && refused ? { severity: 'bad', text: 'is not remediated any more', since: owed.since } : undefined;
  },
  tell({ row }) {
    const of = machineRef(row);
    const { conditions, annotations } = row.machine ?? {};
    return {
      what: `${row.name} is unhealthy, and its owner does not remediate it${row.controlPlane ? ': a control plane is touched only while that is safe' : ''}.`,
      evidence: [
        conditionOf(of, falseCondition(conditions, 'OwnerRemediated')),
        conditionOf(of, falseCondition(conditions, 'HealthCheckSucceeded')),
        annotationOf(of, REMEDIATE, annotations?.[REMEDIATE]),
        annotationOf(of, SKIP_REMEDIATION, annotations?.[SKIP_REMEDIATION]),
      ],
      causes: [
        'its replacement has failed as often as is allowed (maxRetry): the cause is in what they share',
        'etcd would lose its quorum',
        'another machine of the control plane is going already',
      ],
      next: [
        row.machine && describe(row.machine),
        { text: 'find out why the earlier replacements failed before one more is made' },
      ],
      remedies: [remedy('replace', of)],
    };
  },
};
