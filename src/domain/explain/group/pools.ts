/** Machines of a group that get no host: their pool is not there, or has none to give. */
import { falseCondition } from '../../conditions.ts';
import type { MachineRow, PoolRow } from '../../fleet/rows.ts';
import type { Condition } from '../../objects.ts';
import { baremetalRef, conditionOf, fieldOf } from '../evidence.ts';
import type { GroupFacts } from '../facts.ts';
import { groupRef, hostRef, poolNamed, poolRef } from '../lookup.ts';
import { kubectl, open, remedy } from '../steps.ts';
import type { Failure, Match, Step } from '../types.ts';
import { waitingMachines } from './words.ts';

interface Waiting {
  row: MachineRow;
  condition: Condition;
}

/** Machines that wait for a host for one reason, by name. */
function waiting({ machines }: GroupFacts, reason: string): Waiting[] {
  return machines.flatMap((row) => {
    const condition =
      row.baremetal?.deleting === undefined && falseCondition(row.baremetal?.conditions, 'InventoryAllocated');
    return condition && condition.reason === reason ? [{ row, condition }] : [];
  });
}

function oldest(found: readonly Waiting[]): number | undefined {
  const times = found.flatMap(({ condition }) => condition.since ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

const surges = ({ row }: GroupFacts) => row.rollout.maxSurge !== undefined && !/^0+%?$/.test(row.rollout.maxSurge);
const replacing = ({ row: { replicas } }: GroupFacts) =>
  replicas.upToDate !== undefined && replicas.current !== undefined && replicas.upToDate < replicas.current;

function poolOf(facts: GroupFacts, reason: string): { name: string; row?: PoolRow } {
  const name = waiting(facts, reason)[0]?.row.pool ?? facts.row.pool ?? '?';
  return { name, row: poolNamed(facts.fleet, name) };
}

function evidenceOf(facts: GroupFacts, reason: string) {
  const { row } = facts;
  const pool = poolOf(facts, reason).row;
  const figures =
    pool &&
    Object.entries(pool.counted)
      .map(([figure, value]) => `${figure} ${value}`)
      .join(', ');
  return [
    ...waiting(facts, reason)
      .slice(0, 3)
      .map((each) => conditionOf(baremetalRef(each.row), each.condition)),
    pool && fieldOf(poolRef(pool), 'hosts counted', figures),
    fieldOf(groupRef(row), 'replicas', `${row.replicas.current ?? '?'} of ${row.replicas.desired ?? '?'} wanted`),
  ];
}

/** Hosts of the pool that could serve and do not. */
function idle(pool: PoolRow | undefined): Step[] {
  const hosts = (pool?.members ?? []).flatMap(({ host }) => host ?? []);
  const of = (use: string) => hosts.filter((host) => host.use === use);
  return [
    ...of('preparing')
      .slice(0, 3)
      .map((host) => ({ text: `${host.name} is being cleaned and is free after that`, place: hostRef(host) })),
    ...of('unavailable')
      .slice(0, 3)
      .map((host) => ({ text: `${host.name} is unavailable: see why`, place: hostRef(host) })),
  ];
}

export const poolMissing: Failure<GroupFacts> = {
  id: 'pool-missing',
  mode: 'F1',
  test(facts): Match | undefined {
    const found = waiting(facts, 'PoolMissing');
    if (found.length === 0) return undefined;
    return { severity: 'bad', text: `pool ${poolOf(facts, 'PoolMissing').name} does not exist`, since: oldest(found) };
  },
  tell(facts) {
    const { row } = facts;
    const { name } = poolOf(facts, 'PoolMissing');
    const template = facts.fleet.machineTemplates.list.find((each) => each.name === row.infraTemplate);
    return {
      what: `${waitingMachines(waiting(facts, 'PoolMissing').length, row.name)} for a host of pool ${name}, and there is no such pool.`,
      evidence: [
        ...evidenceOf(facts, 'PoolMissing'),
        template &&
          fieldOf(
            { kind: 'baremetalMachineTemplate', uid: template.uid, name: template.name },
            'machineInventoryPoolRef',
            template.pool,
          ),
      ],
      causes: [
        `the name of the pool is misspelt in template ${row.infraTemplate ?? '(not known)'}`,
        'the pool has not been made yet, or was deleted',
      ],
      next: [
        open(
          template && { kind: 'baremetalMachineTemplate', uid: template.uid, name: template.name },
          'check the pool its template names',
        ),
        { text: 'templates are not edited: move the group to a right one, or make the pool' },
      ],
      remedies: [row.controlPlane ? undefined : remedy('move', groupRef(row))],
    };
  },
};

function exhausted(
  id: string,
  mode: string,
  holds: (facts: GroupFacts) => boolean,
  tail: (facts: GroupFacts) => string,
): Failure<GroupFacts> {
  return {
    id,
    mode,
    test(facts) {
      const found = waiting(facts, 'PoolExhausted');
      if (found.length === 0 || !holds(facts)) return undefined;
      const stalls = surges(facts) && replacing(facts);
      const short = `pool ${poolOf(facts, 'PoolExhausted').name} has no free host`;
      return {
        severity: stalls ? 'bad' : 'warn',
        text: stalls ? 'stalls: maxSurge is above 0, and no host is free' : short,
        since: oldest(found),
        ...(stalls ? { decisive: true } : {}),
      };
    },
    tell(facts) {
      const { row } = facts;
      const { name, row: pool } = poolOf(facts, 'PoolExhausted');
      const count = waiting(facts, 'PoolExhausted').length;
      return {
        what: `${waitingMachines(count, row.name)} for a free host, and pool ${name} has none${tail(facts)}.`,
        evidence: [
          ...evidenceOf(facts, 'PoolExhausted'),
          surges(facts) ? fieldOf(groupRef(row), 'maxSurge', row.rollout.maxSurge) : undefined,
        ],
        causes: [
          ...(surges(facts)
            ? ['maxSurge is above 0: a rollout on bare metal has to free a host before it takes one']
            : []),
          'more machines are wanted than the pool has hosts',
          'hosts of the pool are still being cleaned, or unavailable',
        ],
        next: [
          surges(facts)
            ? {
                text: 'set maxSurge to 0 in its strategy; what waits for the extra host then goes, and one is freed (this writes)',
                command: kubectl(
                  row.object.namespace,
                  'edit',
                  row.controlPlane ? 'kubeadmcontrolplane' : 'machinedeployment',
                  row.name,
                ),
              }
            : undefined,
          open(pool && poolRef(pool), 'look at the pool'),
          ...idle(pool),
        ],
        remedies: [pool && remedy('pool-add', poolRef(pool)), remedy('scale', groupRef(row))],
      };
    },
  };
}

export const surgeStalls = exhausted(
  'surge-stalls',
  'F14',
  (facts) => surges(facts) && replacing(facts),
  () => '; with maxSurge above 0 no old machine goes before the new one is ready',
);
export const exhaustedMidRollout = exhausted(
  'exhausted-mid-rollout',
  'F15',
  replacing,
  ({ row }) => `; its rollout stands at ${row.replicas.upToDate ?? '?'} of ${row.replicas.desired ?? '?'}`,
);
export const poolExhausted = exhausted(
  'pool-exhausted',
  'F2',
  () => true,
  () => '',
);
