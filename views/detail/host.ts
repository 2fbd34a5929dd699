/** What a detail screen says of a host. */
import type { Fleet, HostRow, ObjectRef, PlanRow } from '../../src/domain/fleet/rows.ts';
import { planDoubt, planText } from '../../src/domain/plan-words.ts';
import { planStateTone } from '../parts/cells.ts';
import { type DetailLine, field, section } from './line.ts';
import { problemLines } from './shared.ts';

/** The plan in a line, with what makes its state doubtful. */
export function planField(plan: PlanRow | undefined, refused: string | undefined): DetailLine[] {
  if (!plan) return [];
  const doubt = planDoubt(plan.state, refused);
  return field('plan', `${planText(plan)}${doubt ? `: ${doubt}` : ''}`, { tone: planStateTone(plan.state) });
}

/** Its pool with its place there; of a host that no pool lists any longer, the one that its annotation still names. */
function poolText({ use, pool, position }: HostRow): string | undefined {
  if (pool === undefined) return undefined;
  if (use === 'unpooled') return `none; its annotation still says ${pool}`;
  return `${pool}${position === undefined ? '' : `, place ${position + 1}`}`;
}

export function hostLines(fleet: Fleet, ref: ObjectRef, refused: string | undefined): DetailLine[] {
  const row = fleet.hosts.byUid.get(ref.uid);
  if (!row) return [];
  const host = row.object;
  return [
    ...problemLines(row),
    ...field('use', row.use, { since: row.since }),
    ...planField(row.plan, refused),
    ...field('pool', poolText(row)),
    ...field('hostname', row.hostname),
    ...field('machine', row.machine),
    ...field('node', row.node),
    ...field('cluster', row.cluster),
    ...field('allocation', host.allocation ?? 'not set'),
    ...field('serial', host.serial),
    ...field('machine uuid', host.machineUuid),
    ...field('os', host.os && `${host.os}, as it registered; its Node tells what runs`),
    ...field('registered from', host.registrationIp),
    ...field('boot id', host.bootId),
    ...section(
      'NETWORK',
      host.interfaces.map((each) => ({
        id: each.name,
        label: each.name,
        text: [each.addresses.join(' '), each.mac].filter(Boolean).join('  '),
      })),
    ),
  ];
}
