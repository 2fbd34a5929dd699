/**
 * More hosts: a registration where there is none, an ISO that can be booted, hosts that register, a pool that takes them
 * in order and with their hostnames, a group that grows. To register only, or to put into a pool what has registered, are complete uses.
 */
import type { Kind } from '../../domain/kinds.ts';
import type { Course, Estimate, Fact, Guide, Known, Session, Stage } from '../contract.ts';
import { lengthOf, NO_TIME } from '../estimate.ts';
import { nextOf } from '../next.ts';
import { answered, sentFor, unkept, valuesOf } from '../session.ts';
import {
  arrivalStage,
  CHOSEN,
  chosenOf,
  type Draft,
  type Ground,
  imageStage,
  poolStage,
  registrationStage,
  scaleStage,
  takenBy,
} from './stages.ts';
import { type Wish, wishOf } from './wish.ts';

const KINDS: readonly Kind[] = [
  'catalog',
  'registration',
  'seedImage',
  'host',
  'pool',
  'deployment',
  'controlPlane',
  'machine',
  'baremetalMachine',
];

function titleOf({ count, pool, group, replicas, register }: Wish): string {
  const hosts = count === 1 ? '1 host' : `${count} hosts`;
  if (!pool) return register ? `Register ${hosts} by ${register.name}` : `Register ${hosts}`;
  return group ? `${hosts} into ${pool.name}, and ${group.name} to ${replicas}` : `${hosts} into ${pool.name}`;
}

function estimateOf(known: Known, { group }: Wish, { machines, done }: Draft): Estimate {
  if (machines === 0 || done) return NO_TIME;
  const { median, p95, count } = lengthOf(known, group?.cluster ?? '', 'machine-running');
  // Workers come up side by side.
  return { hosts: machines, usual: median, longest: p95, rests: [{ what: 'machine-running', count }] };
}

function stagesOf(ground: Ground): Stage[] {
  const { known, session, wish } = ground;
  const drafts = [registrationStage, imageStage, arrivalStage, poolStage, scaleStage]
    .map((stage) => stage(ground))
    .filter((one) => one !== undefined);
  const first = drafts.find(({ done }) => !done);
  return drafts.map((one): Stage => {
    const { done, written, failed, request, machines: _machines, progress, gates, ...rest } = one;
    const state = done ? 'done' : one !== first ? 'todo' : failed ? 'failed' : written ? 'running' : 'next';
    const began = sentFor(session, rest.id)[0]?.sent.at;
    return {
      ...rest,
      part: wish.pool
        ? `More hosts for ${wish.pool.name}`
        : `More hosts by ${wish.registration?.name ?? wish.register?.name ?? 'name'}`,
      state,
      gates: state === 'done' ? [] : gates.map((gate) => answered(session, gate)),
      ...(request && !done ? { request } : {}),
      outline: [],
      progress: { milestones: progress.milestones, ...(done ? { outcome: 'done' as const } : {}) },
      turns: [],
      estimate: estimateOf(known, wish, one),
      ...(began === undefined ? {} : { began }),
    };
  });
}

/** Who was chosen: the cluster tells later who is a member, and not who became one by this. */
function factsOf(session: Session): Fact[] {
  const lines = chosenOf(session);
  if (session.began === undefined || lines.length === 0) return [];
  return [{ note: 'saw', key: CHOSEN, text: `put into the pool: ${lines.join(', ')}`, data: { lines: [...lines] } }];
}

function groundOf(known: Known, session: Session): Ground | string {
  const wish = wishOf(known, session.ask, valuesOf(session), takenBy(session));
  return typeof wish === 'string' ? wish : { known, session, wish, chosen: chosenOf(session) };
}

function courseOf(ground: Ground): Course {
  const { session, wish } = ground;
  const stages = stagesOf(ground);
  const [ended, failed] = [
    stages.every(({ state }) => state === 'done'),
    stages.some(({ state }) => state === 'failed'),
  ];
  const left = stages.map(({ estimate }) => estimate).find(({ hosts }) => hosts > 0) ?? NO_TIME;
  return {
    title: titleOf(wish),
    stages,
    gates: [],
    keep: unkept(session, factsOf(session)),
    estimate: left,
    ...(ended ? { outcome: 'done' } : failed ? { outcome: 'failed' } : {}),
    next: nextOf(session, stages, []),
  };
}

/** The guide. */
export const hosts: Guide = {
  id: 'hosts',
  title: 'More hosts',
  about:
    'Boot hosts from an ISO, watch them register, put them into a pool in order, and scale the group that they are for',
  on: ['registration', 'seedImage', 'pool', 'catalog'],
  fields: [
    { name: 'hosts', title: 'How many, or which in their order', kind: 'text', initial: () => '' },
    {
      name: 'registration',
      title: 'Registration that is made where it is not there; none: the one there is',
      kind: 'text',
      initial: () => '',
      optional: true,
    },
    { name: 'tpm', title: 'Its TPM: real, or emulated', kind: 'text', initial: () => '', optional: true },
    { name: 'device', title: 'Disk it installs on', kind: 'text', initial: () => '', optional: true },
    { name: 'image', title: 'keep, or rebuild', kind: 'text', initial: () => '', optional: true },
    {
      name: 'pool',
      title: 'Pool they go into; none: registered only',
      kind: 'text',
      initial: () => '',
      optional: true,
    },
    { name: 'names', title: 'Hostnames: NAME,NAME or NAME-{1}', kind: 'text', initial: () => '', optional: true },
    { name: 'group', title: 'Group that is scaled', kind: 'text', initial: () => '', optional: true },
    { name: 'replicas', title: 'Machines of it then', kind: 'text', initial: () => '', optional: true },
  ],
  kinds: KINDS,
  needs: () => [],
  settle(known, ask) {
    const wish = wishOf(known, ask, ask.values, []);
    if (typeof wish === 'string') throw new RangeError(wish);
    // A number that is counted from the group as it is must not grow with it.
    return wish.replicas === undefined ? ask : { ...ask, values: { ...ask.values, replicas: String(wish.replicas) } };
  },
  refuse(known, session) {
    const ground = groundOf(known, session);
    return typeof ground === 'string' ? ground : undefined;
  },
  course(known, session) {
    const ground = groundOf(known, session);
    if (typeof ground === 'string') throw new RangeError(ground);
    return courseOf(ground);
  },
};
