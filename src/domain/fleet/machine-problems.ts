/** What can be wrong with a machine, from specific to general. One rule, one line in the table. */
import { PAUSED } from '../annotations.ts';
import { falseCondition, findCondition } from '../conditions.ts';
import { nodeWords } from '../node-words.ts';
import type { Condition } from '../objects.ts';
import { CAUSE_CAP, shorten } from '../text.ts';
import { storageUnderway } from './host-use.ts';
import type { MachineFacts } from './machine-facts.ts';
import { readiness } from './machine-readiness.ts';
import { isRunning } from './plans.ts';
import { bad, fleeting, type Rule, warn } from './problems.ts';
import type { ObjectRef } from './rows.ts';

type MachineRule = Rule<MachineFacts>;

function because(condition: Condition): string {
  return condition.message ?? condition.reason ?? condition.status;
}

function hostRef({ host }: MachineFacts): ObjectRef | undefined {
  return host && { kind: 'host', uid: host.uid, name: host.name };
}

/** All of a group's new machines meet the same catalog and the same pool: their group is where it is put right. */
const imageNotResolved: MachineRule = ({ baremetal, machine, group }) => {
  const condition = falseCondition(baremetal?.conditions, 'ImageResolved');
  if (!condition) return undefined;
  const version = machine?.version ?? 'its version';
  if (condition.reason === 'ImageCatalogMiss') return bad(`image catalog has no ${version}`, condition.since, group);
  if (condition.reason === 'ImageRegistryMissing') return bad('image registry is not known', condition.since, group);
  return bad(shorten(`image not resolved: ${because(condition)}`, CAUSE_CAP), condition.since, group);
};

const notAllocated: MachineRule = ({ baremetal, group }) => {
  const condition = falseCondition(baremetal?.conditions, 'InventoryAllocated');
  if (!condition || baremetal?.deleting !== undefined) return undefined;
  const pool = baremetal?.pool ?? '?';
  if (condition.reason === 'PoolMissing') return bad(`pool ${pool} does not exist`, condition.since, group);
  if (condition.reason === 'PoolExhausted') return warn(`pool ${pool} has no free host`, condition.since, group);
  return warn(shorten(`no host allocated: ${because(condition)}`, CAUSE_CAP), condition.since);
};

const claimedTwice: MachineRule = (facts) =>
  facts.rivals.length > 0
    ? bad(
        shorten(`${facts.baremetal?.inventory} is also claimed by ${facts.rivals.join(', ')}`, CAUSE_CAP),
        undefined,
        hostRef(facts),
      )
    : undefined;

const planFailed: MachineRule = (facts) => {
  const { plan, baremetal } = facts;
  if (!plan?.problem || !baremetal || isRunning(baremetal)) return undefined;
  const { severity, text, since } = plan.problem;
  return { severity, text: `${text} on ${plan.host ?? plan.name}`, since, cause: hostRef(facts) };
};

const hostUnknown: MachineRule = ({ baremetal, host, hostsComplete }) =>
  baremetal?.inventory !== undefined && host === undefined && hostsComplete
    ? fleeting(bad(`its host ${baremetal.inventory} does not exist`))
    : undefined;

const infrastructureGone: MachineRule = ({ machine, baremetal, baremetalComplete }) =>
  machine?.infrastructureReady === true && machine.deleting === undefined && !baremetal && baremetalComplete
    ? fleeting(bad('its BaremetalMachine is gone'))
    : undefined;

const orphan: MachineRule = ({ machine, baremetal, machinesComplete }) =>
  baremetal?.inventory !== undefined && !machine && machinesComplete && baremetal.deleting === undefined
    ? fleeting(warn(`no Machine uses it, and it holds ${baremetal.inventory}`))
    : undefined;

const failed: MachineRule = ({ baremetal, machine }) => {
  const failure = baremetal?.failure ?? machine?.failure;
  if (!failure && baremetal?.phase !== 'Failed' && machine?.phase !== 'Failed') return undefined;
  const why = [failure?.reason, failure?.message].filter(Boolean).join(': ');
  return bad(
    shorten(why ? `failed: ${why}` : 'failed', CAUSE_CAP),
    findCondition(baremetal?.conditions, 'Ready')?.since,
  );
};

const storageNotReady: MachineRule = ({ baremetal, host }) => {
  const condition = falseCondition(baremetal?.conditions, 'StorageReady');
  if (!condition || baremetal?.deleting !== undefined) return undefined;
  const text = shorten(`storage not ready: ${because(condition)}`, CAUSE_CAP);
  if (baremetal?.phase === 'Running' || baremetal?.phase === 'Failed') return bad(text, condition.since);
  // Between the reboot and the first report nothing is mounted as far as anybody knows.
  return host && storageUnderway(host) ? undefined : warn(text, condition.since);
};

const bootstrapWaiting: MachineRule = ({ baremetal }) => {
  const condition = falseCondition(baremetal?.conditions, 'BootstrapReady');
  if (!condition || baremetal?.deleting !== undefined) return undefined;
  // Every machine waits for it at its beginning: only when it lasts is it trouble, and that is told with the time.
  if (condition.reason === 'BootstrapWaiting') return undefined;
  return warn(shorten(`bootstrap data: ${because(condition)}`, CAUSE_CAP), condition.since);
};

/** A node that was up and is not. Where the Machine is going or coming, its node's absence is normal. */
const nodeNotReady: MachineRule = ({ machine }) => {
  if (machine?.phase !== 'Running' || machine.deleting !== undefined) return undefined;
  const ready = findCondition(machine.conditions, 'NodeReady') ?? findCondition(machine.conditions, 'NodeHealthy');
  if (ready?.status === 'False') return bad(shorten(nodeWords(ready), CAUSE_CAP), ready.since);
  if (ready?.status === 'Unknown' && machine.node !== undefined) {
    return warn(shorten(nodeWords(ready), CAUSE_CAP), ready.since);
  }
  const healthy = falseCondition(machine.conditions, 'NodeHealthy');
  return healthy && bad(shorten(nodeWords(healthy), CAUSE_CAP), healthy.since);
};

/** Its node is up and a check of Cluster API's says no: the group's figures count it as not ready. */
const notReady: MachineRule = ({ machine, group }) => {
  if (machine?.phase !== 'Running' || machine.deleting !== undefined) return undefined;
  const { word, condition } = readiness(machine);
  if (word !== 'failed' || !condition) return undefined;
  return warn(shorten(`not ready: ${because(condition).replaceAll('* ', '')}`, CAUSE_CAP), condition.since, group);
};

const drainFails: MachineRule = ({ machine }) => {
  if (machine?.deleting === undefined) return undefined;
  const drain = falseCondition(machine.conditions, 'DrainingSucceeded');
  if (drain?.reason === 'DrainingFailed')
    return warn(shorten(`drain fails: ${because(drain)}`, CAUSE_CAP), drain.since);
  const deleting = findCondition(machine.conditions, 'Deleting');
  return deleting?.reason === 'InternalError'
    ? bad(shorten(`deletion fails: ${because(deleting)}`, CAUSE_CAP), deleting.since)
    : undefined;
};

const healthCheckFailed: MachineRule = ({ machine }) => {
  const condition = falseCondition(machine?.conditions, 'HealthCheckSucceeded');
  if (!condition || machine?.deleting !== undefined) return undefined;
  return warn(shorten(`health check failed: ${because(condition)}`, CAUSE_CAP), condition.since);
};

const KNOWN_TO_OTHERS: ReadonlySet<string> = new Set([
  'InventoryAllocated',
  'BootstrapReady',
  'ImageResolved',
  'StorageReady',
  'Ready',
  'Available',
]);

/** Conditions of builds newer than us (`NetworkConfigValid`, ...): shown as they are, never hidden. */
const anyOtherCondition: MachineRule = ({ baremetal }) => {
  if (!baremetal || baremetal.deleting !== undefined) return undefined;
  const condition = baremetal.conditions.find(
    ({ type, status }) =>
      status === 'False' &&
      !KNOWN_TO_OTHERS.has(type) &&
      /(?:Ready|Valid|Resolved|Allocated|Healthy|Succeeded)$/.test(type),
  );
  return condition && warn(shorten(`${condition.type} is False: ${because(condition)}`, CAUSE_CAP), condition.since);
};

const paused: MachineRule = ({ machine, baremetal }) =>
  Object.hasOwn(machine?.annotations ?? {}, PAUSED) || Object.hasOwn(baremetal?.annotations ?? {}, PAUSED)
    ? warn('paused')
    : undefined;

/** A mark left behind is honoured by whatever scale-down comes next. */
const markedForDeletion: MachineRule = ({ machine }) =>
  machine?.deleteMark && machine.deleting === undefined
    ? warn('marked delete-machine: the next scale-down takes it')
    : undefined;

/** The table. */
export const MACHINE_PROBLEMS: readonly MachineRule[] = [
  imageNotResolved,
  notAllocated,
  claimedTwice,
  planFailed,
  hostUnknown,
  infrastructureGone,
  storageNotReady,
  drainFails,
  failed,
  nodeNotReady,
  notReady,
  bootstrapWaiting,
  healthCheckFailed,
  anyOtherCondition,
  orphan,
  paused,
  markedForDeletion,
];
