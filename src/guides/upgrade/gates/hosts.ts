/** The hosts of the pool a stage draws from: none bad, and one to spare. */

import { findCondition } from '../../../domain/conditions.ts';
import { poolRef } from '../../../domain/explain/lookup.ts';
import type { GroupRow, PoolMemberRow } from '../../../domain/fleet/rows.ts';
import { poolNamed, viewPool } from '../../../domain/forecast/pool.ts';
import type { Gate } from '../../contract.ts';
import { few, not, objectSays, open, type Rule, says } from './gate.ts';

function groupOfStage({ stage }: { stage?: { group?: GroupRow } }): GroupRow | undefined {
  return stage?.group;
}

function ill({ name, host }: PoolMemberRow): string | undefined {
  if (!host) return 'there is no such MachineInventory';
  if (host.use === 'unavailable') return host.problem?.text ?? 'it is Unavailable';
  if (host.problem?.severity === 'bad') return host.problem.text;
  return host.object.deleting === undefined ? undefined : `${name} is being deleted`;
}

export const noBadHosts: Rule = (view) => {
  const group = groupOfStage(view);
  if (!group) return [];
  const pool = poolNamed(view.known.fleet, group.pool);
  const name = `bad-hosts/${group.pool ?? group.name}`;
  const title = `hosts of ${group.pool ?? 'its pool'}`;
  if (!pool) {
    const remedy = { text: `look at the BaremetalMachineTemplate ${group.infraTemplate ?? ''}` };
    return [not('unknown', name, title, `the pool of ${group.name} is not known`, remedy, { override: 'never' })];
  }
  const bad = pool.members.flatMap((member) => {
    const why = ill(member);
    return why === undefined ? [] : [{ member, why }];
  });
  const valid = findCondition(pool.object.conditions, 'MembersValid');
  const gates: Gate[] = [];
  if (bad.length > 0) {
    const evidence = bad.map(({ member, why }) =>
      member.host
        ? objectSays(member.host.object, why, member.host.problem?.since)
        : says(poolRef(pool), `${member.name}: ${why}`),
    );
    const remedy = {
      text: `mend them first: a new machine may get one, or wait for it; metaldeck explain host ${bad[0]?.member.name ?? ''}`,
    };
    gates.push(
      not('block', name, title, few(bad.map(({ member, why }) => `${member.name}: ${why}`)), remedy, { evidence }),
    );
  } else if (valid?.status === 'False') {
    const evidence = [
      objectSays(pool.object, `MembersValid False ${valid.reason ?? ''} ${valid.message ?? ''}`.trim(), valid.since),
    ];
    gates.push(
      not(
        'block',
        name,
        title,
        valid.message ?? 'the provider holds a member invalid',
        { text: 'mend the member it names' },
        { evidence },
      ),
    );
  } else gates.push(open(name, title, `${pool.members.length}, none bad`));
  return gates;
};

export const spareHosts: Rule = (view) => {
  const group = groupOfStage(view);
  const pool = group && poolNamed(view.known.fleet, group.pool);
  if (!group || !pool) return [];
  const { free, waiting } = viewPool(view.known.fleet, pool);
  const name = `spare-hosts/${pool.name}`;
  const title = `spare hosts in ${pool.name}`;
  const spare = free.length - waiting.length;
  const desired = view.known.fleet.groups.list
    .filter((each) => each.pool === pool.name)
    .reduce((sum, { replicas }) => sum + (replicas.desired ?? 0), 0);
  const evidence = [
    objectSays(
      pool.object,
      `${pool.members.length} members, ${free.length} free, ${waiting.length} waited for; ${desired} machines are wanted of it`,
    ),
  ];
  if (pool.members.length < desired || spare < 0) {
    const remedy = { text: 'add a host to the pool', operation: { id: 'pool-add', target: poolRef(pool) } };
    return [
      not(
        'block',
        name,
        title,
        `${pool.members.length} members for ${desired} machines, ${waiting.length} already waiting`,
        remedy,
        { evidence },
      ),
    ];
  }
  if (spare > 0) return [open(name, title, `${spare} free, 1 recommended`)];
  const remedy = {
    text: 'a host that does not come back clean stops the rollout; one host to spare avoids that',
    operation: { id: 'pool-add', target: poolRef(pool) },
  };
  return [
    not('warn', name, title, '0 free, 1 recommended: each new machine waits for the host of the one before', remedy, {
      evidence,
    }),
  ];
};
