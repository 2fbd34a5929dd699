/** What can be wrong with a host, from specific to general. One rule, one line in the table. */
import type { Condition } from '../objects.ts';
import { CAUSE_CAP, shorten } from '../text.ts';
import { type HostFacts, isStorageFailure, isUnderway } from './host-use.ts';
import { bad, fleeting, type Rule, warn } from './problems.ts';
import type { HostUse } from './rows.ts';

export interface JudgedHost extends HostFacts {
  use: HostUse;
  ready?: Condition;
}

type HostRule = Rule<JudgedHost>;

const names = (items: readonly { name: string }[]) => items.map(({ name }) => name).join(', ');

const inTwoPools: HostRule = ({ listings }) =>
  listings.length > 1
    ? bad(shorten(`listed by ${listings.length} pools: ${names(listings.map(({ pool }) => pool))}`, CAUSE_CAP))
    : undefined;

const claimedTwice: HostRule = ({ claims }) =>
  claims.length > 1
    ? bad(
        shorten(`claimed by ${claims.length} machines: ${names(claims.map(({ baremetal }) => baremetal))}`, CAUSE_CAP),
      )
    : undefined;

/** A plan that failed for good, and any failing plan of a host that was given up, is why the host is not available. */
const planFailed: HostRule = ({ host, plan, use, ready }) => {
  if (!plan?.problem || plan.state.word === 'unknown' || isStorageFailure(host, plan.type)) return undefined;
  const since = plan.problem.since ?? (ready?.status === 'False' ? ready.since : undefined);
  const severity = use === 'unavailable' ? 'bad' : plan.problem.severity;
  return { severity, text: plan.problem.text, since, cause: undefined };
};

const planStateUnknown: HostRule = ({ plan }) => plan?.problem && { ...plan.problem, cause: undefined };

const storageFailed: HostRule = ({ host }) => {
  const { phase, type, mutationState, updated } = host.storageOperation ?? {};
  const since = updated ?? (host.storageCondition?.status === 'True' ? undefined : host.storageCondition?.since);
  if (phase === 'Failed') {
    const doubt = mutationState !== undefined && mutationState !== 'None' ? ' (disks may have changed)' : '';
    return bad(`storage ${(type ?? 'operation').toLowerCase()} failed${doubt}`, since);
  }
  return host.storagePhase === 'Failed' || host.storagePhase === 'Degraded'
    ? bad(`storage is ${host.storagePhase.toLowerCase()}`, since)
    : undefined;
};

/** Not ready, with why; skipped where the checksums say that the plan it complains of is past. */
const notReady: HostRule = ({ ready, plan }) => {
  if (ready?.status !== 'False' || isUnderway(ready)) return undefined;
  const known = plan !== undefined && plan.state.source !== 'reported' && plan.state.source !== 'unknown';
  if (ready.reason === 'PlanFailure' && known && plan.problem === undefined) return undefined;
  const why = ready.reason ?? (ready.message === undefined ? '' : shorten(ready.message, CAUSE_CAP));
  const failing = /Fail/.test(why);
  return (failing ? bad : warn)(why ? `not ready: ${why}` : 'not ready', ready.since);
};

const noPlanSecret: HostRule = ({ host, use }) =>
  host.planSecret === undefined && use !== 'unpooled' && host.deleting === undefined
    ? bad('no plan Secret: cannot be allocated', host.created)
    : undefined;

const unavailable: HostRule = ({ use, ready }) =>
  use === 'unavailable' ? bad('unavailable', ready?.status === 'False' ? ready.since : undefined) : undefined;

const ownerGone: HostRule = ({ host, claims, machinesComplete, use }) =>
  host.ownerBaremetalMachine !== undefined &&
  claims.length === 0 &&
  machinesComplete &&
  (use === 'allocated' || use === 'reprovisioning')
    ? fleeting(warn(`no BaremetalMachine ${host.ownerBaremetalMachine} holds it`))
    : undefined;

const unknownAllocation: HostRule = ({ host, use }) =>
  use === 'unknown' && host.allocation !== undefined
    ? warn(`allocation state "${host.allocation}" is not known`)
    : undefined;

const otherPool: HostRule = ({ host, listings }) =>
  host.poolAnnotation !== undefined && listings.length === 1 && listings[0]?.pool.name !== host.poolAnnotation
    ? fleeting(warn(`annotated for pool ${host.poolAnnotation}, listed by ${listings[0]?.pool.name}`))
    : undefined;

const poolGone: HostRule = ({ host, listings, annotatedPoolExists, poolsComplete }) =>
  host.poolAnnotation !== undefined && listings.length === 0 && poolsComplete && !annotatedPoolExists
    ? fleeting(warn(`its pool ${host.poolAnnotation} does not exist`))
    : undefined;

const beingDeleted: HostRule = ({ host }) =>
  host.deleting === undefined ? undefined : warn('inventory is being deleted', host.deleting);

/** The table. */
export const HOST_PROBLEMS: readonly HostRule[] = [
  inTwoPools,
  claimedTwice,
  planFailed,
  storageFailed,
  noPlanSecret,
  notReady,
  unavailable,
  ownerGone,
  beingDeleted,
  planStateUnknown,
  unknownAllocation,
  otherPool,
  poolGone,
];
