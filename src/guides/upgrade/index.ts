/** The guide of Kubernetes upgrades. */
import { clusterRef } from '../../domain/explain/lookup.ts';
import type { Need } from '../../operations/contract.ts';
import { rolloutKinds } from '../../operations/rollout.ts';
import type { Ask, Course, Fact, Gate, Guide, Known, Line, Session, Stage } from '../contract.ts';
import { sumOf } from '../estimate.ts';
import { nextOf } from '../next.ts';
import { answered, unkept, valuesOf } from '../session.ts';
import type { Draft, Ground } from './draft.ts';
import { gatesOf } from './gates/index.ts';
import { controlPlaneStage, workersStage } from './group-stages.ts';
import { reordered } from './order.ts';
import { outlinesOf } from './outline.ts';
import { catalogStage, kubeOvnStage } from './platform-stages.ts';
import { machinesIn, routeOf } from './route.ts';
import { storageFacts } from './storage.ts';
import { targetsOf } from './targets.ts';
import { machineFacts } from './turns.ts';

function groundOf(known: Known, session: Session): Ground | string {
  const route = routeOf(known, { ...session.ask, values: valuesOf(session) });
  return typeof route === 'string' ? route : { known, session, route, outlines: outlinesOf(known, route) };
}

function draftsOf(ground: Ground): Draft[] {
  return ground.route.hops.flatMap((hop, at) => [
    catalogStage(ground, at, hop),
    kubeOvnStage(ground, at, hop),
    controlPlaneStage(ground, at, hop),
    ...ground.route.workers.map((group) => workersStage(ground, at, hop, group)),
  ]);
}

function stateOf(draft: Draft, first: Draft | undefined): Stage['state'] {
  if (draft.done) return 'done';
  if (draft.failed !== undefined) return 'failed';
  if (draft !== first) return draft.written ? 'running' : 'todo';
  return draft.written ? 'running' : 'next';
}

/** The groups whose stage is under way. */
function busyOf(drafts: readonly Draft[]): Set<string> {
  return new Set(drafts.flatMap(({ written, done, group }) => (written && !done && group ? [group.uid] : [])));
}

function stagesOf(ground: Ground, drafts: readonly Draft[]): Stage[] {
  const busy = busyOf(drafts);
  const first = drafts.find(({ done }) => !done);
  return drafts.map((draft): Stage => {
    const {
      sort,
      hop: _hop,
      group: _group,
      written: _written,
      done: _done,
      failed: _failed,
      request,
      ...stage
    } = draft;
    const state = stateOf(draft, first);
    const gates =
      state === 'done' ? [] : gatesOf({ ...ground, busy, stage: draft }).map((gate) => answered(ground.session, gate));
    return { ...stage, state, gates, ...(request && sort !== 'catalog' ? { request } : {}) };
  });
}

/**
 * From the first control-plane machine of a hop's version on there is no way back for that hop: the line of the hop that
 * is under way, its workers included, or of the next one between two hops.
 */
function lineOf({ known, route, session }: Ground, drafts: readonly Draft[]): Line | undefined {
  const planes = drafts.filter(({ sort }) => sort === 'control-plane');
  const present = drafts.find(({ done }) => !done)?.hop;
  const current = planes.find(({ hop }) => hop === present) ?? planes.at(-1);
  if (!current) return undefined;
  const version = current.hop.row.kubernetes;
  const rows = machinesIn(known, route.plane).filter((row) => row.version === version);
  const first = rows.sort((a, b) => (a.machine?.created ?? 0) - (b.machine?.created ?? 0))[0];
  const noted = session.notes.find((note) => note.note === 'saw' && note.key === `line/${version}`);
  return {
    stage: current.id,
    text: `the first control-plane machine of ${version}`,
    crossed: first !== undefined || noted !== undefined,
    ...(first
      ? { by: { kind: first.machine ? 'machine' : 'baremetalMachine', uid: first.uid, name: first.name } }
      : {}),
    ...(first?.machine?.created === undefined ? (noted ? { at: noted.at } : {}) : { at: first.machine.created }),
  };
}

function factsOf(ground: Ground, stages: readonly Stage[], line: Line | undefined): Fact[] {
  if (ground.session.began === undefined) return [];
  const { known, route } = ground;
  const at = (stage: Stage, what: string): Fact => ({
    note: 'saw',
    key: `stage/${stage.id}/${what}`,
    text: `${stage.title}: ${what}`,
    data: {},
  });
  return [
    ...storageFacts(known, route),
    ...[route.plane, ...route.workers].flatMap((group) => machineFacts(known, ground.session, group)),
    ...(line?.crossed
      ? [
          {
            note: 'saw' as const,
            key: `line/${route.hops.find(({ row }) => line.text.endsWith(row.kubernetes))?.row.kubernetes ?? ''}`,
            text: `from here on forward only: ${line.text}${line.by ? ` is ${line.by.name}` : ''}`,
            data: {},
          },
        ]
      : []),
    ...stages.flatMap((stage) =>
      stage.state === 'running' ? [at(stage, 'began')] : stage.state === 'done' ? [at(stage, 'done')] : [],
    ),
  ];
}

function courseOf(ground: Ground): Course {
  const { session, route } = ground;
  const drafts = draftsOf(ground);
  const stages = stagesOf(ground, drafts);
  const over = stages.every(({ state }) => state === 'done');
  const gates: Gate[] = over ? [] : gatesOf({ ...ground, busy: busyOf(drafts) }).map((gate) => answered(session, gate));
  const line = lineOf(ground, drafts);
  const last = route.hops.at(-1)?.row.kubernetes ?? '';
  return {
    title: `Upgrade ${route.cluster.name} from ${route.from} to ${last}`,
    stages,
    gates,
    ...(line ? { line } : {}),
    keep: unkept(session, factsOf(ground, stages, line)),
    estimate: sumOf(stages.map(({ estimate }) => estimate)),
    ...(over ? { outcome: 'done' as const } : {}),
    next: nextOf(session, stages, gates),
  };
}

function needsOf(known: Known, session: Session): Need[] {
  const route = routeOf(known, { ...session.ask, values: valuesOf(session) });
  if (typeof route === 'string') return [];
  const templates = route.workers.flatMap(({ bootstrapTemplate }) => bootstrapTemplate ?? []);
  return [
    { kind: 'controlPlane', name: route.plane.name },
    ...[...new Set(templates)].map((name): Need => ({ kind: 'bootstrapTemplate', name })),
  ];
}

function settle(known: Known, ask: Ask): Ask {
  const route = routeOf(known, ask);
  if (typeof route === 'string') throw new RangeError(route);
  const { from, hops, workers, cluster } = route;
  return {
    ...ask,
    targets: [clusterRef(cluster)],
    values: {
      to: hops.at(-1)?.row.acp ?? '',
      from,
      rows: hops.map(({ row }) => row.acp).join(','),
      order: workers.map(({ name }) => name).join(','),
    },
  };
}

export const upgrade: Guide = {
  id: 'upgrade',
  title: 'Upgrade',
  about: 'Bring a cluster to another Kubernetes version, hop by hop',
  on: ['cluster'],
  fields: [
    {
      name: 'to',
      title: 'Kubernetes version or release to go to',
      kind: 'choice',
      initial: () => '',
      choices: (world, [target]) => {
        const found = target && targetsOf(world as Known, target);
        if (!found || typeof found === 'string') return [];
        return found.targets.map(({ row: { acp, kubernetes }, refused }) => ({
          value: kubernetes,
          title: `${kubernetes} (${acp}${kubernetes === found.from ? ', the workers' : ''})`,
          ...(refused === undefined ? {} : { disabled: refused }),
        }));
      },
    },
    { name: 'rows', title: 'Rows to go over, in between', kind: 'text', initial: () => '', optional: true },
    { name: 'order', title: 'Groups, in their order', kind: 'lines', initial: () => '', optional: true },
  ],
  kinds: [
    ...new Set([
      ...rolloutKinds,
      'controlPlane',
      'cluster',
      'baremetalCluster',
      'bootstrapTemplate',
      'healthCheck',
    ] as const),
  ],
  needs: needsOf,
  settle,
  refuse(known, session) {
    const ground = groundOf(known, session);
    return typeof ground === 'string' ? ground : undefined;
  },
  choose: (known, session, values) => reordered(known, session, values, (other) => upgrade.course(known, other)),
  course(known, session) {
    const ground = groundOf(known, session);
    if (typeof ground === 'string') throw new RangeError(ground);
    return courseOf(ground);
  },
};
