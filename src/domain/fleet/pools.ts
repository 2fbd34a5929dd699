/** What a pool's row says. */
import { falseCondition, findCondition } from '../conditions.ts';
import type { Condition, Pool, PoolCounters } from '../objects.ts';
import { CAUSE_CAP, shorten } from '../text.ts';
import { isUnderway, isWithheld, storageUnderway } from './host-use.ts';
import { bad, count, fleeting, type Rule, warn, worst } from './problems.ts';
import type { HostRow, PoolMemberRow, PoolRow, Problem } from './rows.ts';

export const FIGURES = ['total', 'available', 'allocated', 'preparing', 'reprovisioning', 'unavailable'] as const;
const PARTS = ['available', 'allocated', 'preparing', 'reprovisioning', 'unavailable'] as const;

/**
 * The figure a member counts in, from the provider's annotations and the inventory's plan; `undefined` for a host that
 * the provider has not taken in yet, or in a state we do not know. `missing`: known not to exist.
 */
export function figureOf(host: HostRow | undefined, missing: boolean): (typeof PARTS)[number] | undefined {
  if (!host) return missing ? 'unavailable' : undefined;
  const { allocation } = host.object;
  switch (allocation) {
    case 'Available':
      return isWithheld(host.object, host.ready) ? 'unavailable' : 'available';
    case 'Allocated':
      return 'allocated';
    case 'Preparing':
      return 'preparing';
    case 'Reprovisioning':
      return 'reprovisioning';
    case 'Unavailable':
      return 'unavailable';
    default:
      return undefined;
  }
}

export interface PoolFacts {
  pool: Pool;
  members: readonly PoolMemberRow[];
  counted: PoolCounters;
  /** Names listed more than once. */
  twice: readonly string[];
  /** Members that another pool lists too. */
  shared: readonly { member: string; pool: string }[];
  hostsComplete: boolean;
}

/** Whether the reported parts add up to the reported total. Parts left out count as unknown, which may still decide. */
export function sumOk(reported: Partial<PoolCounters> | undefined): boolean | undefined {
  if (reported?.total === undefined) return undefined;
  let sum = 0;
  let missing = false;
  for (const part of PARTS) {
    const value = reported[part];
    if (value === undefined) missing = true;
    else sum += value;
  }
  if (sum >= reported.total) return sum === reported.total;
  return missing ? undefined : false;
}

function mismatchOf(reported: Partial<PoolCounters> | undefined, counted: PoolCounters): (keyof PoolCounters)[] {
  return FIGURES.filter((figure) => reported?.[figure] !== undefined && reported[figure] !== counted[figure]);
}

interface JudgedPool extends PoolFacts {
  mismatch: readonly (keyof PoolCounters)[];
  sumOk?: boolean;
}

type PoolRule = Rule<JudgedPool>;

const sharedMember: PoolRule = ({ shared, members }) => {
  const [first] = shared;
  if (!first) return undefined;
  const host = members.find(({ name }) => name === first.member)?.host;
  const more = shared.length > 1 ? ` and ${count(shared.length - 1, 'more')}`.replace(/s$/, '') : '';
  return bad(
    `${first.member}${more} also in pool ${first.pool}`,
    undefined,
    host && { kind: 'host', uid: host.uid, name: host.name },
  );
};

const missingMember: PoolRule = ({ pool, members, hostsComplete }) => {
  if (!hostsComplete) return undefined;
  const missing = members.filter(({ host }) => host === undefined);
  const [first] = missing;
  if (!first) return undefined;
  const more = missing.length > 1 ? `, and ${missing.length - 1} more` : '';
  const invalid = falseCondition(pool.conditions, 'MembersValid');
  const absent = bad(`member ${first.name} does not exist${more}`, invalid?.since);
  // The provider finds so too.
  return invalid ? absent : fleeting(absent);
};

/**
 * What the pool says of its members. One whose storage is on its way is valid afterwards, and how long that takes is the
 * host's own matter: then it follows from that host.
 */
function invalid(prefix: string, condition: Condition | undefined, members: PoolRow['members']): Problem | undefined {
  if (!condition) return undefined;
  const text = shorten(`${prefix}: ${condition.message ?? condition.reason ?? ''}`, CAUSE_CAP);
  const waits = members.find(({ host: row }) => row && storageUnderway(row.object))?.host;
  if (!waits || !/storage/i.test(condition.message ?? '')) return bad(text, condition.since);
  return warn(text, condition.since, { kind: 'host', uid: waits.uid, name: waits.name });
}

const membersInvalid: PoolRule = ({ pool, members }) =>
  invalid('members not valid', falseCondition(pool.conditions, 'MembersValid'), members);

const listedTwice: PoolRule = ({ twice }) =>
  twice.length === 0 ? undefined : warn(shorten(`lists ${twice.join(', ')} twice`, CAUSE_CAP));

const notReady: PoolRule = ({ pool, members }) =>
  invalid('not ready', falseCondition(pool.conditions, 'Ready'), members);

const wrongSum: PoolRule = ({ pool, sumOk }) => {
  if (sumOk !== false) return undefined;
  const sum = PARTS.reduce((total, part) => total + (pool.reported?.[part] ?? 0), 0);
  return warn(`reported figures add up to ${sum}, total says ${pool.reported?.total}`);
};

/** While hosts change their state the provider's count comes a moment after; at rest the two must agree. */
const wrongCount: PoolRule = ({ pool, counted, mismatch }) => {
  const moving = [counted, pool.reported ?? {}].some(
    ({ preparing = 0, reprovisioning = 0 }) => preparing + reprovisioning > 0,
  );
  const [figure] = mismatch;
  if (figure === undefined || moving) return undefined;
  return warn(`reports ${pool.reported?.[figure]} ${figure}, ${counted[figure]} counted`);
};

const beingDeleted: PoolRule = ({ pool }) =>
  pool.deleting === undefined ? undefined : warn('being deleted', pool.deleting);

/** Follows from its hosts, each of which says more. */
const unavailableHosts: PoolRule = ({ counted, members }) => {
  if (counted.unavailable === 0) return undefined;
  const given = members.flatMap(({ host: row }) => (row && figureOf(row, false) === 'unavailable' ? [row] : []));
  // What comes right by itself is no trouble.
  const host = given.find((row) => !storageUnderway(row.object) && !(row.ready && isUnderway(row.ready)));
  return (
    host &&
    warn(`${count(counted.unavailable, 'host')} unavailable`, host.since, {
      kind: 'host',
      uid: host.uid,
      name: host.name,
    })
  );
};

const POOL_PROBLEMS: readonly PoolRule[] = [
  sharedMember,
  missingMember,
  membersInvalid,
  notReady,
  listedTwice,
  beingDeleted,
  wrongSum,
  wrongCount,
  unavailableHosts,
];

/** Builds the row. */
export function poolRow(facts: PoolFacts): PoolRow {
  const { pool, members, counted } = facts;
  const mismatch = facts.hostsComplete ? mismatchOf(pool.reported, counted) : [];
  const sum = sumOk(pool.reported);
  return {
    kind: 'pool',
    uid: pool.uid,
    name: pool.name,
    object: pool,
    cluster: pool.clusterName,
    members,
    reported: pool.reported,
    counted,
    mismatch,
    sumOk: sum,
    ready: findCondition(pool.conditions, 'Ready'),
    problem: worst(POOL_PROBLEMS, { ...facts, mismatch, sumOk: sum }),
  };
}
