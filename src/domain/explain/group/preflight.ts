import { findCondition } from '../../conditions.ts';
import { behindSince, isLeftBehind, refusalText, refusedChecks, waitsForPlane } from '../../fleet/group-progress.ts';
import { conditionOf, fieldOf } from '../evidence.ts';
import { type GroupFacts, upgradeOf } from '../facts.ts';
import { groupRef, refTo } from '../lookup.ts';
import { open, quoted, remedy } from '../steps.ts';
import type { Failure, Follow } from '../types.ts';

/** v1beta1 tells it in the MachineSet and in the deployment, pure v1beta2 in the message of ScalingUp. */
function refusal({ row, sets }: GroupFacts) {
  for (const each of [...sets, row.object]) {
    const refused = refusedChecks(each.conditions);
    if (refused) return { of: refTo(each), ...refused };
  }
  return undefined;
}

const plane = ({ fleet, row }: GroupFacts) =>
  fleet.groups.list.find((each) => each.controlPlane && each.cluster === row.cluster);

/** New machines wait for a control plane that moves or is not well: what it waits for is the cause. */
export const planeUnstable: Follow<GroupFacts> = {
  follow(facts) {
    const found = refusal(facts);
    const control = plane(facts);
    return found && control && !/VersionSkew/.test(found.condition.message ?? '') ? [groupRef(control)] : [];
  },
};

/** Cluster API makes no machine while a check says that it could not join (MachineSet preflight checks). */
export const preflight: Failure<GroupFacts> = {
  id: 'preflight-refuses',
  test(facts) {
    const found = refusal(facts);
    const control = plane(facts)?.object;
    // The rollout of its own control plane goes on: nothing is wrong.
    const own = control?.kind === 'controlPlane' && waitsForPlane(facts.row.object, facts.sets, control);
    if (!found || own) return undefined;
    const { checks } = found;
    const skew = /VersionSkew/.test(found.condition.message ?? '');
    const text = refusalText(checks, found.condition.reason ?? 'a check failed');
    const behind = skew && control?.kind === 'controlPlane' && isLeftBehind(facts.row.object, control);
    const since = (behind ? behindSince(control) : undefined) ?? found.condition.since;
    return { severity: skew ? 'bad' : 'warn', text, since };
  },
  tell(facts) {
    const { row } = facts;
    const found = refusal(facts);
    const control = plane(facts);
    return {
      what: `${row.name} makes no new machine: a preflight check of Cluster API refuses it.`,
      evidence: [
        found && conditionOf(found.of, found.condition),
        fieldOf(groupRef(row), 'version', row.version),
        control && fieldOf(groupRef(control), 'version', control.version),
      ],
      causes: [
        'its version is another minor than that of the control plane: after an upgrade of the control plane no worker of the old minor can join',
        'the control plane is being upgraded, scaled or is not healthy',
      ],
      next: [
        open(control && groupRef(control), 'look at the control plane'),
        { text: 'where the versions differ, upgrade the workers to the minor of the control plane' },
      ],
      remedies: [
        control?.object.kind === 'controlPlane' && isLeftBehind(row.object, control.object)
          ? remedy('upgrade-workers', groupRef(row))
          : undefined,
      ],
    };
  },
};

const UNDER_WAY = { decisive: true, expected: true } as const;

/** Nothing asks for a machine yet, and none could be made. */
export const leftBehind: Failure<GroupFacts> = {
  id: 'workers-behind',
  test(facts) {
    const control = plane(facts)?.object;
    if (control?.kind !== 'controlPlane' || !isLeftBehind(facts.row.object, control)) return undefined;
    // Its last machine is still to come up: nobody is to begin with the workers before.
    const { desired, ready } = control.replicas;
    if (desired !== undefined && ready !== undefined && ready < desired) return undefined;
    const text = `no machine can be made: ${facts.row.version} cannot join ${control.version}`;
    const since = behindSince(control);
    const upgrade = upgradeOf(facts, facts.row.cluster);
    // An upgrade goes through this as it should: whoever drives it knows, and nobody else is to begin another.
    if (upgrade)
      return {
        severity: 'warn',
        text: `its turn comes in "${upgrade.title}"; until then ${text}`,
        since,
        ...UNDER_WAY,
      };
    return { severity: 'warn', text, since };
  },
  tell(facts) {
    const { row } = facts;
    const control = plane(facts);
    const upgrade = upgradeOf(facts, row.cluster);
    return {
      what: `${row.name} runs on with ${row.version}, but Cluster API makes it no machine: a worker joins only a control plane of its own minor. What is lost now is not replaced.`,
      evidence: [
        fieldOf(groupRef(row), 'version', row.version),
        control && fieldOf(groupRef(control), 'version', control.version),
        control && conditionOf(groupRef(control), findCondition(control.object.conditions, 'RollingOut')),
      ],
      causes: [
        upgrade
          ? `${upgrade.title} is under way, begun by ${upgrade.by}: these workers have their turn in it`
          : 'the control plane was upgraded, and the workers have yet to follow',
      ],
      next: [
        upgrade
          ? {
              text: 'leave it to that session, and look where it stands',
              command: `metaldeck upgrade status ${quoted(row.cluster ?? '')}`,
            }
          : { text: 'upgrade the workers to the minor of the control plane' },
        { text: 'until then remove no machine of it, and scale nothing up' },
      ],
      remedies: upgrade ? [] : [remedy('upgrade-workers', groupRef(row))],
    };
  },
};
