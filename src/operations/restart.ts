/**
 * Restart a group: every machine made before now is replaced, one after the other, with nothing else changed. The field
 * is `spec.rolloutAfter` in v1beta1 and `spec.rollout.after` in v1beta2 (domain §4.1, §4.5).
 */

import type { GroupRow } from '../domain/fleet/rows.ts';
import { machinesOf } from '../domain/forecast/sets.ts';
import { at, str } from '../domain/read.ts';
import type { Plan, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { groupOf } from './find.ts';
import {
  checksOfRollout,
  doneWithRollout,
  memoOfRollout,
  rolloutKinds,
  rolloutProblem,
  saysOfRollout,
  turnsOfRollout,
} from './rollout.ts';
import { mergeStep } from './write.ts';

interface Found {
  group: GroupRow;
  path: readonly string[];
  from?: string;
}

const PATHS: Readonly<Record<string, readonly string[]>> = {
  v1beta1: ['spec', 'rolloutAfter'],
  v1beta2: ['spec', 'rollout', 'after'],
};

function examine(world: World, group: GroupRow): Found | Refusal {
  const { kind, name } = group.object;
  const version = world.freshness[kind].version;
  const path = version === undefined ? undefined : PATHS[version];
  if (!path) return refused(`in which version ${name} is served is not known`);
  const raw = world.raw.get(keyOf({ kind, name }));
  if (!raw) return refused(`${name} is gone`);
  if ((group.replicas.desired ?? 0) === 0) return refused(`${name} has no machines to restart`);
  // clusterctl refuses it too: the time would pass unseen.
  if (group.paused) return refused(`${name} is paused: resume it first`);
  return { group, path, from: str(at(raw, ...path)) };
}

/** A time as the API writes it, whole seconds. */
function timestamp(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  const [key = '', ...rest] = path;
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

/**
 * The time before which all machines of a group were made: Cluster API compares with `before`, in whole seconds. Not the
 * present: a plan that is another one every second could never be read and confirmed.
 */
function madeBefore(world: World, group: GroupRow): number {
  const made = machinesOf(world.fleet, group).map(({ created }) => created ?? world.now);
  return made.length === 0 ? world.now : Math.floor(Math.max(...made) / 1000) * 1000 + 1000;
}

function draft(world: World, { group, path, from }: Found): Plan {
  const to = timestamp(madeBefore(world, group));
  const step = mergeStep(
    {
      id: `restart ${group.name}`,
      title: `Let ${group.name} replace what was made before ${to}`,
      why: 'machines are made anew with nothing else changed',
    },
    group.object,
    nested(path, to),
    [{ path: path.join('.'), ...(from === undefined ? {} : { from }), to }],
  );
  const planned = from !== undefined && Date.parse(from) > world.now;
  return {
    title: `Restart all machines of ${group.name}`,
    checks: [
      ...(planned ? [check('rollout planned', `for ${from}: it is brought forward`, 'warn')] : []),
      ...checksOfRollout(world, group),
    ],
    steps: [step],
    expected: [...saysOfRollout(world, group), { text: 'Local data of the hosts is not kept', tone: 'bad' }],
    severity: 'destructive',
    confirm: [group.name],
    undo: 'It cannot be taken back: machines that have begun to go still go',
    memo: memoOfRollout(group, [step]),
  };
}

/** The operation. */
export const restart = defineOperation<Found>({
  id: 'restart',
  title: 'Restart',
  about: 'Replace all machines of a group, one after the other',
  on: ['deployment', 'controlPlane'],
  many: false,
  fields: [],
  kinds: rolloutKinds,
  needs: (_world, { targets }) => targets.map(({ kind, name }) => ({ kind, name })),
  offer: (world, [target]) => rolloutProblem(world, target && groupOf(world, target)),
  examine(world, _request, [target]) {
    const group = target && groupOf(world, target);
    return group ? examine(world, group) : refused('the group is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  turns: turnsOfRollout,
  done: (world, sent) => doneWithRollout(world, sent, () => undefined),
});
