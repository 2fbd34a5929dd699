/** What a detail screen says of a pool: its figures twice, its members in the order of allocation. */
import type { Fleet, ObjectRef } from '../../src/domain/fleet/rows.ts';
import { type DetailLine, field, section } from './line.ts';
import { problemLines } from './shared.ts';

export function poolLines(fleet: Fleet, ref: ObjectRef, known: boolean): DetailLine[] {
  const row = fleet.pools.byUid.get(ref.uid);
  if (!row) return [];
  const counters = ['total', 'available', 'allocated', 'preparing', 'reprovisioning', 'unavailable'] as const;
  return [
    ...problemLines(row),
    ...field('cluster', row.cluster),
    ...section(
      'COUNTERS',
      counters.map((key) => {
        const reported = row.reported?.[key];
        const counted = known || key === 'total' ? String(row.counted[key]) : '?';
        const differs = counted !== '?' && row.mismatch.includes(key);
        return {
          id: key,
          label: key,
          text: `${counted.padStart(5)}   ${reported === undefined ? 'not reported' : String(reported).padStart(5)}${differs ? '   differs' : ''}`,
          tone: differs ? ('warn' as const) : undefined,
        };
      }),
      'counted here, then as the provider reports',
    ),
    ...field(
      'sum',
      row.sumOk === undefined
        ? 'cannot be judged: the provider left figures out'
        : row.sumOk
          ? 'adds up to total'
          : 'does not add up to total',
      {
        tone: row.sumOk === false ? 'warn' : undefined,
      },
    ),
    ...section(
      'MEMBERS',
      row.members.map((member, index) => ({
        id: `${index}/${member.name}`,
        label: member.name,
        text: member.host
          ? [member.host.use, member.hostname, member.host.machine, member.host.problem?.text ?? member.host.waiting]
              .filter(Boolean)
              .join('  ')
          : 'no such MachineInventory',
        tone: member.host ? (member.host.problem ? ('warn' as const) : undefined) : ('bad' as const),
        ref: member.host ? { kind: 'host' as const, uid: member.host.uid, name: member.host.name } : undefined,
      })),
      'in declaration order: the order of allocation',
    ),
  ];
}
