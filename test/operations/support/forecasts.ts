/**
 * Forecasts against what happens. A seeded life makes states by chance: marks, scalings, deletions that hang, hosts that
 * break, nodes that fall silent, rollouts. In each state one operation is foretold, carried out, and compared with what
 * the simulated controllers do with no time passing, or as little as they need: nothing else can happen then.
 */

import type { GroupRow } from '../../../src/domain/fleet/rows.ts';
import { forecastHosts } from '../../../src/domain/forecast/hosts.ts';
import { forecastRollout } from '../../../src/domain/forecast/rollout.ts';
import { forecastScale } from '../../../src/domain/forecast/scale.ts';
import { machinesOf } from '../../../src/domain/forecast/sets.ts';
import type { World } from '../../../src/operations/contract.ts';
import { remove } from '../../../src/operations/remove.ts';
import { replace } from '../../../src/operations/replace.ts';
import { restart } from '../../../src/operations/restart.ts';
import { scale } from '../../../src/operations/scale.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import { Random } from '../../../src/simulator/controllers/random.ts';
import { type Lab, minute, openLab } from '../../simulator/harness.ts';
import { carryOut, pictureOf, withNeeds } from './datacenter.ts';

/** How forecasts fared. */
export interface Verdict {
  /** Forecasts compared. */
  compared: number;
  /** By operation. */
  by: Record<string, number>;
  /** States in which an operation was refused, by sentence with its names left out. */
  refused: number;
  /** Where forecast and world differ, with the state. */
  differences: string[];
  errors: string[];
}

type Disturbance = (lab: Lab, random: Random) => Promise<unknown> | unknown;

const deployments = (lab: Lab) => lab.runtime.informer(kinds.MachineDeployment).list();
const machines = (lab: Lab) => lab.runtime.informer(kinds.Machine).list();
const workers = (lab: Lab) =>
  machines(lab).filter(({ metadata }) => !metadata.labels?.['cluster.x-k8s.io/control-plane-name']);

const disturbances: Record<string, Disturbance> = {
  async mark(lab, random) {
    const machine = random.pick(machines(lab));
    await lab.client.change(kinds.Machine, machine, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, 'cluster.x-k8s.io/delete-machine': '' };
    });
  },
  async remove(lab, random) {
    const all = workers(lab);
    if (all.length === 0) return;
    const machine = random.pick(all);
    lab.faults.hangDrain(machine.metadata.name, random.integer(0, 1) === 0);
    await lab.client.remove(kinds.Machine, machine.metadata.name);
  },
  async resize(lab, random) {
    await lab.client.change(kinds.MachineDeployment, random.pick(deployments(lab)), (draft) => {
      draft.spec!.replicas = random.integer(1, 6);
    });
  },
  async policy(lab, random) {
    await lab.client.change(kinds.MachineDeployment, random.pick(deployments(lab)), (draft) => {
      const rolling = {
        ...draft.spec!.strategy?.rollingUpdate,
        deletePolicy: random.pick(['Random', 'Oldest', 'Newest']),
      };
      draft.spec!.strategy = { ...draft.spec!.strategy, rollingUpdate: rolling };
    });
  },
  silence(lab, random) {
    const host = random.pick(lab.runtime.informer(kinds.MachineInventory).list()).metadata.name;
    lab.faults.host(host, random.integer(0, 2) === 0 ? undefined : { silentKubelet: true });
  },
  breakPlan(lab, random) {
    const host = random.pick(lab.runtime.informer(kinds.MachineInventory).list()).metadata.name;
    const type = random.pick(['clean', 'reprovision']);
    lab.faults.plan(host, type, { instruction: 1, output: 'broken\n', times: random.integer(1, 3) });
  },
  async upgrade(lab, random) {
    await lab.client.change(kinds.MachineDeployment, random.pick(deployments(lab)), (draft) => {
      const version = draft.spec!.template!.spec!.version!;
      draft.spec!.template!.spec!.version = version.endsWith('-2')
        ? version.replace(/-2$/, '-3')
        : version.replace(/-\d$/, '-2');
    });
  },
  async free(lab) {
    for (const machine of machines(lab)) lab.faults.hangDrain(machine.metadata.name, false);
  },
};

/** Now and then a rollout, which is then seen half done; mostly what does not begin one. */
const menu = [
  'mark',
  'mark',
  'remove',
  'resize',
  'policy',
  'silence',
  'breakPlan',
  'free',
  'mark',
  'resize',
  'remove',
  'upgrade',
  'upgrade',
];

/** Rollouts, and what they meet on their way. */
const rollouts = ['upgrade', 'upgrade', 'mark', 'remove', 'silence', 'policy', 'free', 'breakPlan'];

interface State {
  deleting: Set<string>;
  names: Set<string>;
  hosts: Set<string>;
}

function stateOf(lab: Lab): State {
  const all = machines(lab);
  const going = all.filter(({ metadata }) => metadata.deletionTimestamp);
  const infras = lab.runtime.informer(kinds.BaremetalMachine).list();
  return {
    deleting: new Set(going.map(({ metadata }) => metadata.uid!)),
    names: new Set(all.map(({ metadata }) => metadata.uid!)),
    hosts: new Set(infras.flatMap(({ status }) => status?.machineInventoryRef?.name ?? [])),
  };
}

const news = (before: Set<string>, after: Set<string>) => [...after].filter((each) => !before.has(each)).sort();

/** Whose deletion has begun, and may be over: what has no Node and no host goes at once. */
const going = (before: State, after: State) =>
  [...before.names]
    .filter((uid) => !before.deleting.has(uid) && (after.deleting.has(uid) || !after.names.has(uid)))
    .sort();

const cameAndWent = (before: State, after: State) => ({
  goes: going(before, after),
  made: news(before.names, after.names).length,
});

function describeGroup(world: World, group: GroupRow): string {
  const list = machinesOf(world.fleet, group).map(
    ({ name, deleting, deleteMark, node }) =>
      `${name}${deleting === undefined ? '' : ' deleting'}${deleteMark ? ' marked' : ''}${node === undefined ? ' no node' : ''}`,
  );
  const sets = world.fleet.machineSets.list.filter(({ deployment }) => deployment === group.name);
  const counts = sets.map(({ name, replicas }) => `${name} ${JSON.stringify(replicas)}`);
  return `${group.name} of ${group.replicas.desired}: ${list.join(', ')}; ${counts.join(', ')}`;
}

/** Cluster API of v1beta2 looks at an object once a second at most: at a group, and then at its MachineSets. */
const paces = 2000;

/** What is to be seen after a plan was carried out, which is waited for as long as the controllers pause. */
async function seenOf<T>(lab: Lab, told: T, see: () => T): Promise<T> {
  const pauses = lab.runtime.clusterApi === 'v1beta2' ? paces : 0;
  for (let waited = 0; waited < pauses && JSON.stringify(see()) !== JSON.stringify(told); waited += 100) {
    await lab.run(100);
  }
  return see();
}

type Compared = 'refused' | { compared: true; difference?: string; rolling?: boolean };

async function compareScale(lab: Lab, world: World, random: Random): Promise<Compared> {
  const group = random.pick(world.fleet.groups.list.filter(({ controlPlane }) => !controlPlane));
  const replicas = random.integer(0, 7);
  const target = { kind: group.object.kind, uid: group.uid, name: group.name };
  const request = { operation: 'scale', targets: [target], values: { replicas: String(replicas) } };
  if (scale.refuse(world, request) !== undefined) return 'refused';
  const plan = scale.plan(world, request);
  const found = forecastScale(world.fleet, group, replicas, world.now);
  if ('problem' in found) throw new Error('a plan without a forecast');
  const { forecast } = found;
  const hosts = forecastHosts(world.fleet, group.pool, forecast.now, forecast.later, forecast.going);
  const before = stateOf(lab);
  await carryOut(lab, plan);
  const told = {
    goes: forecast.goes.map(({ machine }) => machine.uid).sort(),
    made: forecast.blocked ? 0 : forecast.now,
    served: forecast.blocked ? [] : (hosts?.serve ?? []).map(({ name }) => name).sort(),
  };
  const may = new Set(forecast.mayGo.map(({ uid }) => uid));
  const seen = await seenOf(lab, told, () => {
    const after = stateOf(lab);
    return {
      goes: going(before, after).filter((uid) => !may.has(uid)),
      made: news(before.names, after.names).length,
      served: news(before.hosts, after.hosts),
    };
  });
  const outcome = compared(world, group, `to ${replicas}${forecast.rolling ? ', rolling' : ''}`, told, seen);
  return outcome === 'refused' ? outcome : { ...outcome, rolling: forecast.rolling !== undefined };
}

function compared(world: World, group: GroupRow, what: string, told: unknown, seen: unknown): Compared {
  if (JSON.stringify(told) === JSON.stringify(seen)) return { compared: true };
  const state = `${describeGroup(world, group)}; ${what}`;
  return { compared: true, difference: `${state}\n  told ${JSON.stringify(told)}\n  seen ${JSON.stringify(seen)}` };
}

/** Exactly the chosen ones go, and none comes. */
async function compareRemove(lab: Lab, world: World, random: Random): Promise<Compared> {
  const group = random.pick(world.fleet.groups.list);
  const all = machinesOf(world.fleet, group);
  const count = group.controlPlane ? 2 : random.integer(1, Math.max(1, all.length));
  const left = [...all];
  const chosen = Array.from({ length: Math.min(count, left.length) }, () => {
    const machine = random.pick(left);
    left.splice(left.indexOf(machine), 1);
    return machine;
  });
  const targets = chosen.map(({ kind, uid, name }) => ({ kind, uid, name }));
  const request = { operation: 'remove', targets, values: {} };
  if (remove.refuse(world, request) !== undefined) return 'refused';
  const before = stateOf(lab);
  await carryOut(lab, remove.plan(world, request));
  const told = { goes: chosen.map(({ uid }) => uid).sort(), made: 0 };
  const seen = await seenOf(lab, told, () => cameAndWent(before, stateOf(lab)));
  return compared(world, group, `remove ${chosen.map(({ name }) => name).join(', ')}`, told, seen);
}

/** The machine goes, no other one, and none comes before it is gone. */
async function compareReplace(lab: Lab, picture: World, random: Random): Promise<Compared> {
  const group = random.pick(picture.fleet.groups.list);
  const all = machinesOf(picture.fleet, group);
  if (all.length === 0) return 'refused';
  const { kind, uid, name } = random.pick(all);
  const request = { operation: 'replace', targets: [{ kind, uid, name }], values: {} };
  const world = await withNeeds(lab, picture, replace, request);
  if (replace.refuse(world, request) !== undefined) return 'refused';
  const before = stateOf(lab);
  await carryOut(lab, replace.plan(world, request));
  const told = { goes: [uid], made: 0 };
  const seen = await seenOf(lab, told, () => cameAndWent(before, stateOf(lab)));
  return compared(world, group, `replace ${name}`, told, seen);
}

/** The first of the order go, and none comes before they are gone. */
async function compareRestart(lab: Lab, picture: World, random: Random): Promise<Compared> {
  const group = random.pick(picture.fleet.groups.list);
  const target = { kind: group.object.kind, uid: group.uid, name: group.name };
  const request = { operation: 'restart', targets: [target], values: {} };
  const world = await withNeeds(lab, picture, restart, request);
  if (restart.refuse(world, request) !== undefined) return 'refused';
  const plan = restart.plan(world, request);
  const found = forecastRollout(world.fleet, group, world.now);
  if ('problem' in found) throw new Error('a plan without a forecast');
  const { order, first } = found.forecast;
  const before = stateOf(lab);
  await carryOut(lab, plan);
  const told = {
    goes: order
      .slice(0, first)
      .map(({ machine }) => machine.uid)
      .sort(),
    made: 0,
  };
  const seen = await seenOf(lab, told, () => cameAndWent(before, stateOf(lab)));
  return compared(world, group, 'restart', told, seen);
}

/** What is compared how often: a rollout keeps its group busy for long. */
const often = ['scale', 'scale', 'scale', 'remove', 'remove', 'remove', 'replace', 'replace', 'restart'];

const operations: Record<string, (lab: Lab, world: World, random: Random) => Promise<Compared>> = {
  scale: compareScale,
  remove: compareRemove,
  replace: compareReplace,
  restart: compareRestart,
};

export interface Setting {
  /** Hosts of the datacenter. */
  hosts: number;
  /** The longest time between two disturbances, in minutes: what takes its time is more often seen half done. */
  pace: number;
  clusterApi?: 'v1beta1' | 'v1beta2';
  /** Nothing but scalings in the middle of rollouts. */
  rolling?: boolean;
}

/** Compares `count` forecasts in one datacenter of a seed. */
export async function compareForecasts(
  seed: number,
  count: number,
  { hosts, pace, clusterApi, rolling }: Setting,
): Promise<Verdict> {
  const random = new Random('forecasts', seed);
  const lab = await openLab({ seed, hosts, clusters: 2, clusterApi });
  const verdict: Verdict = { compared: 0, by: {}, refused: 0, differences: [], errors: lab.errors };
  try {
    for (let tries = 0; verdict.compared < count && tries < count * 20; tries++) {
      for (let acts = random.integer(1, 3); acts > 0; acts--) {
        await disturbances[random.pick(rolling ? rollouts : menu)]!(lab, random);
        await lab.run(random.integer(1, pace) * minute);
      }
      const world = await pictureOf(lab);
      const name = rolling ? 'scale' : random.pick(often);
      const outcome = await operations[name]!(lab, world, random);
      if (outcome === 'refused') verdict.refused += 1;
      else {
        verdict.compared += 1;
        const what = outcome.rolling ? `${name} while rolling` : name;
        verdict.by[what] = (verdict.by[what] ?? 0) + 1;
        if (outcome.difference !== undefined) verdict.differences.push(`seed ${seed}, ${name}: ${outcome.difference}`);
      }
    }
    return verdict;
  } finally {
    await lab.stop();
  }
}
