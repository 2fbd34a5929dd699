/** What can be wrong with a group, from specific to general. One rule, one line in the table. */
import { PAUSED } from '../annotations.ts';
import { falseCondition, findCondition } from '../conditions.ts';
import type { Condition, ControlPlane, MachineSet } from '../objects.ts';
import { CAUSE_CAP, shorten } from '../text.ts';
import {
  behindSince,
  type Group,
  isLeftBehind,
  isRolling,
  isSettled,
  refusalText,
  refusedChecks,
  waitsForPlane,
} from './group-progress.ts';
import { readiness } from './machine-readiness.ts';
import { ETCD_CHECKS, PLANE_CHECKS } from './plane-checks.ts';
import { bad, count, fleeting, type Rule, warn } from './problems.ts';
import type { MachineRow, Problem } from './rows.ts';

export interface GroupFacts {
  group: Group;
  /** By name. */
  machines: readonly MachineRow[];
  /** Its MachineSets; none for a control plane. */
  sets: readonly MachineSet[];
  /** The pool its infrastructure template draws from. */
  pool?: string;
  /** A template it names is known not to exist. */
  missingTemplate?: string;
  clusterPaused: boolean;
  /** The control plane of its cluster, for a MachineDeployment. */
  plane?: ControlPlane;
}

type GroupRule = Rule<GroupFacts>;

function because(condition: Condition): string {
  return condition.message ?? condition.reason ?? condition.status;
}

/** What its machines meet and the group must put right: an empty pool, a missing image. */
const ofItsMachines: GroupRule = ({ group, machines }) => {
  let found: Problem | undefined;
  for (const { problem } of machines) {
    if (problem?.cause?.uid !== group.uid) continue;
    if (found === undefined || (found.severity === 'warn' && problem.severity === 'bad')) found = problem;
  }
  return found && { ...found, cause: undefined };
};

/**
 * The MachineSet tells, and v1beta1 also tells in the deployment's MachineSetReady, while its Ready and Available stay
 * True. Pure v1beta2 has it only in the message of ScalingUp. A version skew stays until someone changes a version; an
 * unstable control plane may settle.
 */
const preflightFailed: GroupRule = ({ group, sets, plane }) => {
  // Machines come once the control plane is through with its own rollout, as they should.
  if (waitsForPlane(group, sets, plane)) return undefined;
  for (const { conditions } of [...sets, group]) {
    const refused = refusedChecks(conditions);
    if (!refused) continue;
    const { condition, checks } = refused;
    const text = shorten(refusalText(checks, because(condition)), CAUSE_CAP);
    const skew = checks.some((check) => check.endsWith('VersionSkew'));
    const behind = skew && plane && isLeftBehind(group, plane) ? behindSince(plane) : undefined;
    return (skew ? bad : warn)(text, behind ?? condition.since);
  }
  return undefined;
};

const cannotCreate: GroupRule = ({ group, sets }) => {
  for (const { conditions } of [...sets, group]) {
    const created = falseCondition(conditions, 'MachinesCreated');
    if (created && created.reason !== 'PreflightCheckFailed') {
      return bad(shorten(`cannot create machines: ${because(created)}`, CAUSE_CAP), created.since);
    }
  }
  return undefined;
};

const templateMissing: GroupRule = ({ missingTemplate }) =>
  missingTemplate === undefined ? undefined : fleeting(bad(`template ${missingTemplate} does not exist`));

/** Whose member leaves with it, or has yet to come: the summary of etcd speaks of them all the while. */
const onItsWay = ({ deleting, waiting }: MachineRow) => deleting || waiting !== undefined;

/** A machine comes or goes, and etcd is well on all that stay. */
function onlyChanging(machines: readonly MachineRow[]): boolean {
  const staying = machines.filter((row) => !onItsWay(row));
  if (staying.length === machines.length || staying.length === 0) return false;
  return staying.every(({ machine }) => ETCD_CHECKS.every((type) => !falseCondition(machine?.conditions, type)));
}

/** All of it is taken down, and its etcd with it. */
const isGoing = ({ group, machines }: GroupFacts): boolean =>
  group.deleting !== undefined || (machines.length > 0 && machines.every(({ deleting }) => deleting));

const etcdUnhealthy: GroupRule = (facts) => {
  const { group, machines } = facts;
  const condition = falseCondition(group.conditions, 'EtcdClusterHealthy');
  if (!condition || isGoing(facts) || onlyChanging(machines)) return undefined;
  const text = shorten(`etcd not healthy: ${because(condition)}`, CAUSE_CAP);
  return isRolling(group) ? warn(text, condition.since) : bad(text, condition.since);
};

const certificates: GroupRule = ({ group }) => {
  const condition = falseCondition(group.conditions, 'CertificatesAvailable');
  return condition && bad(shorten(`certificates: ${because(condition)}`, CAUSE_CAP), condition.since);
};

/** The text of a machine's problem, under the machine's name; its cause is where it is put right. */
const machineInTrouble: GroupRule = ({ group, machines }) => {
  const row = machines.find(({ problem }) => problem?.severity === 'bad' && problem.cause?.uid !== group.uid);
  if (!row?.problem) return undefined;
  const kind = row.machine ? 'machine' : 'baremetalMachine';
  return bad(
    shorten(`${row.name}: ${row.problem.text}`, CAUSE_CAP),
    row.problem.since,
    row.problem.cause ?? { kind, uid: row.uid, name: row.name },
  );
};

/** Nothing is under way and a machine says itself that it is not ready: the figures do not merely lag behind. */
const notReady: GroupRule = ({ group, machines }) => {
  const { desired, ready } = group.replicas;
  if (desired === undefined || ready === undefined || ready >= desired || !isSettled(group, machines)) return undefined;
  const row = machines.find(({ machine }) => machine && readiness(machine).word === 'failed');
  if (!row) return undefined;
  const why = row.problem?.text.replace(/^not ready: /, '') ?? row.name;
  return bad(shorten(`${ready} of ${desired} ready: ${why}`, CAUSE_CAP), row.problem?.since);
};

/** A part of the control plane fails on a machine that runs and stays. While machines come and go they fail by turns. */
const componentsUnhealthy: GroupRule = ({ group, machines }) => {
  if (!falseCondition(group.conditions, 'ControlPlaneComponentsHealthy') || !isSettled(group, machines))
    return undefined;
  for (const { name, machine } of machines) {
    for (const type of PLANE_CHECKS) {
      const condition = falseCondition(machine?.conditions, type);
      if (condition)
        return bad(shorten(`${type} is False on ${name}: ${because(condition)}`, CAUSE_CAP), condition.since);
    }
  }
  return undefined;
};

const remediating: GroupRule = ({ group }) => {
  const condition = findCondition(group.conditions, 'Remediating');
  return condition?.status === 'True'
    ? warn(shorten(`remediating: ${because(condition)}`, CAUSE_CAP), condition.since)
    : undefined;
};

/**
 * Its control plane went on to another minor: it runs on, and the next machine that is lost, or wanted, cannot be made.
 * Between the stages of an upgrade that is as it should be, and no time to remove a worker either.
 */
const leftBehind: GroupRule = ({ group, plane }) => {
  return plane && isLeftBehind(group, plane)
    ? warn(`no machine can be made: ${group.version} cannot join ${plane.version}`, behindSince(plane))
    : undefined;
};

/** Bare metal has no machine to add before one is taken away: a surge waits for a host that may not exist. */
const surges: GroupRule = ({ group }) => {
  const { maxSurge } = group.rollout;
  return maxSurge !== undefined && !/^0+%?$/.test(maxSurge)
    ? warn(`maxSurge is ${maxSurge}; on bare metal it must be 0`)
    : undefined;
};

const paused: GroupRule = ({ group }) =>
  Object.hasOwn(group.annotations, PAUSED) || ('rolloutPaused' in group && group.rolloutPaused)
    ? warn('paused')
    : undefined;

const machinesNeedALook: GroupRule = ({ group, machines }) => {
  const rows = machines.filter(({ problem }) => problem !== undefined && problem.cause?.uid !== group.uid);
  const [first] = rows;
  if (!first?.problem) return undefined;
  const text =
    rows.length === 1 ? `${first.name}: ${first.problem.text}` : `${count(rows.length, 'machine')} to look at`;
  const kind = first.machine ? 'machine' : 'baremetalMachine';
  return warn(
    shorten(text, CAUSE_CAP),
    first.problem.since,
    first.problem.cause ?? { kind, uid: first.uid, name: first.name },
  );
};

/** The table. */
export const GROUP_PROBLEMS: readonly GroupRule[] = [
  preflightFailed,
  templateMissing,
  cannotCreate,
  ofItsMachines,
  certificates,
  etcdUnhealthy,
  machineInTrouble,
  componentsUnhealthy,
  notReady,
  remediating,
  leftBehind,
  paused,
  surges,
  machinesNeedALook,
];
