/** Move a MachineDeployment to another pool: a new BaremetalMachineTemplate, then the swap (domain §6.5). */

import { findCondition } from '../domain/conditions.ts';
import type { GroupRow, PoolRow } from '../domain/fleet/rows.ts';
import { poolNamed, rivals, viewPool } from '../domain/forecast/pool.ts';
import { at, get, rec } from '../domain/read.ts';
import type { Plan, Raw, Request, Sent, Step, World } from './contract.ts';
import { keyOf } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { groupOf, textIn } from './find.ts';
import {
  checksElsewhere,
  doneWithRollout,
  memoOfRollout,
  rolloutKinds,
  rolloutProblem,
  saysOfRollout,
  turnsOfRollout,
} from './rollout.ts';
import { entered, nameProblem } from './values.ts';
import { mergeStep } from './write.ts';

interface Found {
  group: GroupRow;
  pool: PoolRow;
  template: string;
  /** What is created; absent where the template is there already. */
  body?: Raw;
}

/** A name for the template of a group on a pool. */
function templateName(group: GroupRow, pool: string): string {
  const stem = pool.startsWith(`${group.cluster}-`) ? pool : `${group.name}-${pool}`;
  return `${stem.replace(/-pool$/, '')}-template`.slice(0, 253);
}

function examine(world: World, request: Request, group: GroupRow): Found | Refusal {
  const name = entered(request, 'pool');
  const pool = poolNamed(world.fleet, name);
  if (name === '') return refused('a pool is needed');
  if (!pool) return refused(`there is no pool ${name.slice(0, 60)}`);
  if (pool.name === group.pool) return refused(`${group.name} is on ${pool.name} already`);
  if (pool.object.deleting !== undefined) return refused(`${pool.name} is being deleted`);
  if (pool.cluster !== group.cluster)
    return refused(
      `${pool.name} is of ${pool.cluster ?? 'no cluster'}, ${group.name} of ${group.cluster ?? 'no cluster'}`,
    );
  const plane = world.fleet.groups.list.find((each) => each.controlPlane && each.pool === pool.name);
  if (plane) return refused(`${pool.name} is the pool of ${plane.name}: its hosts are kept for the control plane`);
  const template = entered(request, 'template') || templateName(group, pool.name);
  const problem = nameProblem(template);
  if (problem !== undefined) return refused(problem);
  const known = world.fleet.machineTemplates.list.find((each) => each.name === template);
  if (known?.deleting !== undefined) return refused(`${template} is being deleted`);
  if (known && known.pool !== pool.name)
    return refused(`${template} exists already and points at ${known.pool ?? 'no pool'}`);
  if (known) return { group, pool, template };
  const old = group.infraTemplate;
  if (old === undefined) return refused(`the template of ${group.name} is not known`);
  const raw = world.raw.get(keyOf({ kind: 'baremetalMachineTemplate', name: old }));
  if (!raw) return refused(`BaremetalMachineTemplate ${old} does not exist`);
  return { group, pool, template, body: templateBody(world, raw, template, pool.name) };
}

/** A template as the old one, of another name and pool. */
function templateBody(world: World, raw: Raw, name: string, pool: string): Raw {
  const spec = rec(at(raw, 'spec', 'template', 'spec'));
  const labels = at(raw, 'metadata', 'labels');
  return {
    apiVersion: get(raw, 'apiVersion') ?? 'infrastructure.cluster.x-k8s.io/v1beta1',
    kind: 'BaremetalMachineTemplate',
    metadata: { name, namespace: world.namespace, ...(labels === undefined ? {} : { labels }) },
    spec: {
      ...rec(get(raw, 'spec')),
      template: { ...rec(at(raw, 'spec', 'template')), spec: { ...spec, machineInventoryPoolRef: { name: pool } } },
    },
  };
}

function stepsOf({ group, pool, template, body }: Found): Step[] {
  const steps: Step[] = [];
  if (body) {
    steps.push({
      id: `create ${template}`,
      title: `Create BaremetalMachineTemplate ${template}`,
      why: 'templates do not change: another pool needs another one',
      write: { verb: 'create', kind: 'baremetalMachineTemplate', name: template, body },
      diff: [{ path: 'spec.template.spec.machineInventoryPoolRef.name', from: group.pool, to: pool.name }],
    });
  }
  const path = 'spec.template.spec.infrastructureRef.name';
  steps.push(
    mergeStep(
      {
        id: `swap ${group.name}`,
        title: `Let ${group.name} use ${template}`,
        why: 'a new template makes its machines anew',
      },
      group.object,
      { spec: { template: { spec: { infrastructureRef: { name: template } } } } },
      [{ path, from: group.infraTemplate, to: template }],
    ),
  );
  return steps;
}

function draft(world: World, found: Found): Plan {
  const { group, pool, template } = found;
  const replicas = group.replicas.desired ?? 0;
  const view = viewPool(world.fleet, pool);
  const spare = Math.max(0, view.free.length - view.waiting.length);
  const ready = findCondition(pool.object.conditions, 'Ready');
  const needed = Math.min(1, replicas);
  const others = world.fleet.machines.list.filter((row) => row.pool === pool.name && row.groupUid !== group.uid);
  const room = pool.members.length - others.length;
  const steps = stepsOf(found);
  return {
    title: `Move ${group.name} from ${group.pool ?? '?'} to ${pool.name}`,
    checks: [
      check(
        `${pool.name} ready`,
        ready ? `${ready.status}${ready.reason ? `, ${ready.reason}` : ''}` : 'not known',
        ready?.status === 'True' ? undefined : 'block',
      ),
      ...(room < replicas
        ? [
            check(
              `room in ${pool.name}`,
              `${pool.members.length} hosts, ${pool.members.length - room} of them with other groups: the rollout stops after ${room} of ${replicas} unless hosts are added`,
              'warn',
            ),
          ]
        : []),
      check(
        `spare hosts in ${pool.name}`,
        `${spare} free, ${needed} needed to begin, ${replicas} in the end`,
        spare < needed ? 'block' : spare < replicas ? 'warn' : undefined,
      ),
      ...(found.body ? [] : [check('template', `${template} is there already and is used`)]),
      ...checksElsewhere(world, group),
      ...rivals(world.fleet, pool, group.uid).map((text) => check('others on the pool', text, 'warn')),
    ],
    steps,
    expected: [
      ...saysOfRollout(world, group),
      {
        text: `Hosts that serve: ${
          view.free
            .slice(view.waiting.length, view.waiting.length + replicas)
            .map(({ name }) => name)
            .join(', ') || 'none'
        }`,
        tone: 'info',
      },
      { text: `Freed hosts go back to ${group.pool ?? 'their pool'}`, tone: 'info' },
      { text: 'Local data of the old hosts does not follow', tone: 'bad' },
    ],
    severity: 'destructive',
    confirm: [group.name],
    undo: `Moving back to ${group.pool ?? 'the old pool'} is another rollout, machine by machine`,
    memo: { ...memoOfRollout(group, steps), template, old: group.infraTemplate ?? '', pool: group.pool ?? '' },
  };
}

function takeBack(world: World, sent: Sent): Request | undefined {
  const [target] = sent.request.targets;
  const group = target && groupOf(world, target);
  const pool = textIn(sent.memo, 'pool');
  const old = textIn(sent.memo, 'old');
  if (!target || !pool || !old || group?.infraTemplate !== textIn(sent.memo, 'template')) return undefined;
  return { operation: 'move', targets: [target], values: { pool, template: old } };
}

/** The operation. */
export const move = defineOperation<Found>({
  id: 'move',
  title: 'Move',
  about: 'Move the machines of a group to another pool',
  on: ['deployment'],
  many: false,
  fields: [
    {
      name: 'pool',
      title: 'Pool',
      kind: 'choice',
      initial: () => '',
      choices(world, [target]) {
        const group = target && groupOf(world, target);
        return world.fleet.pools.list
          .filter(({ cluster, name }) => cluster === group?.cluster && name !== group?.pool)
          .map((pool) => {
            const free = viewPool(world.fleet, pool).free.length;
            const title = `${pool.name}, ${free} free`;
            const plane = world.fleet.groups.list.find((each) => each.controlPlane && each.pool === pool.name);
            if (plane) return { value: pool.name, title, disabled: `kept for ${plane.name}` };
            return free > 0 ? { value: pool.name, title } : { value: pool.name, title, disabled: 'no host is free' };
          });
      },
    },
    { name: 'template', title: 'Name of the template', kind: 'text', initial: () => '', optional: true },
  ],
  kinds: rolloutKinds,
  needs(world, { targets: [target] }) {
    const name = target && groupOf(world, target)?.infraTemplate;
    return name === undefined ? [] : [{ kind: 'baremetalMachineTemplate', name }];
  },
  offer: (world, [target]) => rolloutProblem(world, target && groupOf(world, target)),
  examine(world, request, [target]) {
    const group = target && groupOf(world, target);
    return group ? examine(world, request, group) : refused('the group is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  turns: turnsOfRollout,
  done: (world, sent) =>
    doneWithRollout(world, sent, ({ infraTemplate }) =>
      infraTemplate === textIn(sent.memo, 'template') ? undefined : `template ${infraTemplate ?? '?'}`,
    ),
  takeBack,
});
