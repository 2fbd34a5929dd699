/** Scale a MachineDeployment or a control plane up or down (domain §6.1, §6.2). */

import type { GroupRow } from '../domain/fleet/rows.ts';
import { isOutdated, planeIllness } from '../domain/forecast/control-plane.ts';
import { forecastHosts, type HostForecast } from '../domain/forecast/hosts.ts';
import { forecastScale, type ScaleForecast } from '../domain/forecast/scale.ts';
import { machinesOf, setsOf } from '../domain/forecast/sets.ts';
import type { Check, Plan, Request, Sent, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { firstTarget, goingAway, groupOf, namesIn, numberIn, ownedElsewhere, rowsOf } from './find.ts';
import { goneSight, goneTarget, isAfter, isUp, progressOf, type Sight, waitOf, writtenSight } from './progress.ts';
import {
  checkOfHosts,
  checkOfImage,
  checkOfPause,
  checksOfRivals,
  oldMarks,
  saysOfHosts,
  saysOfScale,
} from './says.ts';
import { entered, machineCount, machines } from './values.ts';
import { replaceStep } from './write.ts';

/** More than a pool of a datacenter holds: what is beyond is a slip of the finger. */
const MOST = 5_000;
const MIN_SIZE = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size';
const MAX_SIZE = 'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size';

interface Found {
  group: GroupRow;
  from: number;
  to: number;
  /** The number that stood before a scale-down that is to be taken back; 0 where none is. */
  back: number;
  forecast: ScaleForecast;
  hosts?: HostForecast;
}

/** The last change of a group that its controller has not seen: on top of it nothing can be foretold. */
export function unseen({ object, name }: GroupRow): string | undefined {
  const { generation, observedGeneration } = object;
  if (generation === undefined || observedGeneration === undefined || observedGeneration >= generation)
    return undefined;
  return `the controller of ${name} has not seen its last change yet`;
}

/** What keeps a control plane from being scaled, as a sentence. */
export function planeProblem(world: World, group: GroupRow): string | undefined {
  const all = machinesOf(world.fleet, group);
  const going = all.find(({ deleting }) => deleting !== undefined);
  if (going) return `${going.name} is being deleted: a control plane takes one step at a time`;
  const { desired } = group.replicas;
  if (desired !== undefined && all.length !== desired) {
    return `${group.name} has ${all.length} of ${machines(desired)}: a control plane takes one step at a time`;
  }
  const old = all.find((machine) => isOutdated(machine, group.version));
  if (old) return `${group.name} is rolling out: ${old.name} is still to be replaced`;
  const ill = all.map(planeIllness).find((text) => text !== undefined);
  return ill && `${group.name} is not healthy: ${ill}`;
}

function offer(world: World, group: GroupRow | undefined): string | undefined {
  if (!group) return 'the group is not known';
  const going = goingAway(group.object) ?? ownedElsewhere(group.object);
  if (going !== undefined) return going;
  if (group.replicas.desired === undefined) return `replicas of ${group.name} are not known`;
  if (!group.paused && unseen(group) !== undefined) return unseen(group);
  if (group.controlPlane) return planeProblem(world, group);
  const sets = setsOf(world.fleet, group);
  return 'problem' in sets ? sets.problem : undefined;
}

/** What a control plane's webhook and the provider hold of a number. */
export function planeNumber(to: number): string | undefined {
  if (to < 3)
    return `${to} control-plane ${to === 1 ? 'machine is' : 'machines are'} too few: the provider needs at least 3`;
  return to % 2 === 0 ? `${to} control-plane machines are an even number: etcd needs an odd one` : undefined;
}

function examine(world: World, request: Request, group: GroupRow): Found | Refusal {
  const from = group.replicas.desired ?? 0;
  const to = machineCount(entered(request, 'replicas'), MOST);
  if (typeof to === 'string') return refused(to);
  if (to === from) return refused(`${group.name} has ${machines(from)} already`);
  const odd = group.controlPlane ? planeNumber(to) : undefined;
  if (odd !== undefined) return refused(odd);
  const found = forecastScale(world.fleet, group, to, world.now);
  if ('problem' in found) return refused(found.problem);
  const { forecast } = found;
  const { rolling = [] } = forecast;
  const leave = to < from || rolling.length > 0 ? forecast.goes.map(({ machine }) => machine) : [];
  // What a rollout still takes gives its host back before what comes instead is made.
  const going = [...forecast.going, ...leave, ...rolling];
  const hosts = forecastHosts(world.fleet, group.pool, forecast.now, forecast.later, going);
  if (to > from && !hosts) return refused(`the pool of ${group.name} is not known`);
  const back = machineCount(entered(request, 'back') || '0', MOST);
  if (typeof back === 'string') return refused(back);
  return { group, from, to, back, forecast, hosts };
}

function autoscaler({ object }: GroupRow, to: number): Check[] {
  const [min, max] = [MIN_SIZE, MAX_SIZE].map((key) => object.annotations[key]);
  if (min === undefined && max === undefined) return [];
  const outside = (min !== undefined && to < Number(min)) || (max !== undefined && to > Number(max));
  return [check('autoscaler', `${min ?? '?'} to ${max ?? '?'} machines${outside ? `, ${to} is outside` : ''}`, 'warn')];
}

/**
 * Nothing is scaled up while a rollout is in flight (domain §6.1). A scale-down is taken back all the same: its way back is
 * the number before, and the longer it waits the more is gone (§6.2).
 */
function checkOfFlight(world: World, group: GroupRow, isBack: boolean): Check[] {
  const sets = group.controlPlane ? undefined : setsOf(world.fleet, group);
  if (!sets || 'problem' in sets || sets.old.length === 0) return [];
  const left = sets.old.reduce(
    (total, { machines: { length }, set }) => total + (length || (set.replicas.desired ?? 0)),
    0,
  );
  const old = `${machines(left)} of an older template`;
  if (group.rollout.type === 'OnDelete')
    return [check('rollout', `${old} stay until they are deleted (OnDelete)`, 'warn')];
  return [
    isBack
      ? check('rollout', `${old} still to go: it goes on towards the number before`, 'warn')
      : check('rollout', `${old} still to go: scale up once it is done`, 'block'),
  ];
}

function checksOf(world: World, { group, from, to, back, forecast, hosts }: Found): Check[] {
  const checks: Check[] = [check('replicas', `${from} now, ${to} wanted`)];
  if (to > from && hosts) {
    checks.push(...checkOfFlight(world, group, to <= back));
    checks.push(checkOfHosts(hosts, forecast.now, 'block'));
    if (forecast.later > 0) {
      const figure = `${hosts.serveLater.length} for ${machines(forecast.later)}, if the hosts that are freed before come back clean`;
      checks.push(check('hosts for later ones', figure, hosts.serveLater.length < forecast.later ? 'block' : 'warn'));
    }
    if (forecast.blocked) checks.push(check('preflight', forecast.blocked.why, 'block'));
    else if (!group.controlPlane) checks.push(check('preflight', 'control plane stable, versions fit'));
    checks.push(checkOfImage(world, group.version));
  }
  if (to < from) {
    const marked = new Set(
      forecast.goes.filter(({ ground }) => ground === 'marked').map(({ machine }) => machine.name),
    );
    const marks = oldMarks(world, group);
    if (marks.length > 0) {
      const left = marks.filter((name) => !marked.has(name));
      const tail = left.length > 0 ? `; left for the next time: ${left.join(', ')}` : '';
      checks.push(check('marked for deletion', `${[...marked].join(', ') || 'none'} goes by its mark${tail}`, 'warn'));
    }
    if (to === 0) checks.push(check('machines left', 'none', 'warn'));
  }
  return [...checks, ...autoscaler(group, to), ...checkOfPause(group), ...checksOfRivals(world, group)];
}

function draft(world: World, _request: Request, found: Found): Plan {
  const { group, from, to, forecast, hosts } = found;
  const down = to < from;
  const title = `Scale ${group.name} from ${from} to ${to}`;
  const step = replaceStep(
    { id: `scale ${group.name}`, title, why: down ? 'fewer machines are wanted' : 'more machines are wanted' },
    group.object,
    ['spec', 'replicas'],
    from,
    to,
  );
  const gone = forecast.goes.length;
  return {
    title,
    checks: checksOf(world, found),
    steps: [step],
    expected: [
      ...saysOfScale(world, forecast),
      ...(hosts && !down ? saysOfHosts(hosts) : []),
      ...(gone > 0
        ? [
            {
              text: 'A deletion that has begun cannot be called off; local data of those hosts does not come back',
              tone: 'bad' as const,
            },
          ]
        : []),
    ],
    severity: down ? 'destructive' : 'reversible',
    confirm: down ? [group.name, ...(from - to > 1 ? [`${from - to}`] : [])] : [],
    undo: down
      ? `Scaling back to ${from} makes new machines; those that have begun to go still go`
      : `Scaling back to ${from} removes machines by the deletion order, those without a Node first`,
    memo: {
      from,
      to,
      steps: [step.id],
      goes: forecast.goes.map(({ machine }) => machine.uid),
      names: forecast.goes.map(({ machine }) => machine.name),
    },
  };
}

/** Which number somebody has set since, as a phrase. */
export function numberSince({ object, replicas: { desired } }: GroupRow, sent: Sent): string | undefined {
  const { memo } = sent;
  if (desired === undefined || desired === numberIn(memo, 'to')) return undefined;
  // What was before is no news: the watch may not have brought the change yet.
  const since = isAfter(object, sent) ?? desired !== numberIn(memo, 'from');
  return since ? `set to ${desired} since` : undefined;
}

function done(world: World, sent: Sent) {
  const to = numberIn(sent.memo, 'to') ?? 0;
  const target = firstTarget(sent);
  const group = target && groupOf(world, target);
  const sights: Sight[] = [writtenSight(sent)];
  if (!group) return progressOf([...sights, goneTarget('Group', target?.name ?? 'the group')]);
  const { desired } = group.replicas;
  const overtaken = numberSince(group, sent);
  if (overtaken !== undefined) return progressOf([...sights, { title: `${to} wanted`, seen: false, overtaken }]);
  sights.push({
    title: 'Seen by its controller',
    seen: sights[0]?.seen === true && desired === to && unseen(group) === undefined,
  });
  const names = namesIn(sent.memo, 'names');
  const rows = rowsOf(world, group);
  // The number is reached: whoever was foretold and is still there stays, because another one was ill when it came to it.
  const reached = sights.every(({ seen }) => seen) && rows.length === to && !rows.some(({ deleting }) => deleting);
  sights.push(
    ...namesIn(sent.memo, 'goes').map((uid, at): Sight => {
      const name = names[at] ?? uid;
      const gone = goneSight(world, uid, name);
      return reached && !gone.seen ? { title: `${name} stays: another one went`, seen: true } : gone;
    }),
  );
  const up = rows.filter(isUp).length;
  const waiting = rows.find((row) => !isUp(row));
  const all = sights.every(({ seen }) => seen) && rows.length === to && up === to;
  sights.push({
    title: `${machines(to)} running`,
    seen: all,
    ...waitOf(waiting),
    detail: waitOf(waiting).detail ?? `${up} of ${to}`,
  });
  return progressOf(sights);
}

/** The operation. */
export const scale = defineOperation<Found>({
  id: 'scale',
  title: 'Scale',
  about: 'Change the number of machines of a group',
  on: ['deployment', 'controlPlane'],
  many: false,
  fields: [
    {
      name: 'replicas',
      title: 'Machines wanted',
      kind: 'number',
      initial: (world, [target]) => String((target && groupOf(world, target))?.replicas.desired ?? ''),
    },
    { name: 'back', title: 'Number before', kind: 'number', initial: () => '', optional: true, unasked: true },
  ],
  kinds: [
    'machine',
    'machineSet',
    'baremetalMachine',
    'baremetalMachineTemplate',
    'pool',
    'host',
    'cluster',
    'controlPlane',
    'deployment',
    'catalog',
  ],
  offer: (world, [target]) => offer(world, target && groupOf(world, target)),
  examine(world, request, [target]) {
    const group = target && groupOf(world, target);
    return group ? examine(world, request, group) : refused('the group is not known');
  },
  draft,
  done,
  // Hosts are cleaned on the way down, and provisioned on the way up.
  sort: ({ from, to }) => (Number(to) < Number(from) ? 'down' : 'up'),
  takeBack(world, sent) {
    const target = firstTarget(sent);
    const group = target && groupOf(world, target);
    const from = numberIn(sent.memo, 'from');
    if (!target || from === undefined || group?.replicas.desired !== numberIn(sent.memo, 'to')) return undefined;
    return { operation: 'scale', targets: [target], values: { replicas: String(from), back: String(from) } };
  },
});
