/**
 * From bare hosts to a running cluster, as the document walks it: registration and ISO, hosts, pools, control plane,
 * workers, and at the end its list of expected results. Where it stands is read from the cluster alone, so that it goes
 * on wherever it was left, by whoever has the answers.
 */

import type { Duration } from '../../domain/durations/spread.ts';
import { objectByName } from '../../domain/fleet/by-name.ts';
import type { ObjectRef } from '../../domain/fleet/rows.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Progress, Request } from '../../operations/contract.ts';
import { progressOf, type Sight } from '../../operations/progress.ts';
import type { Course, Estimate, Gate, Guide, Known as Picture, Session, Stage } from '../contract.ts';
import { lengthOf, NO_TIME, sumOf } from '../estimate.ts';
import { nextOf } from '../next.ts';
import { answered, sentFor, valuesOf } from '../session.ts';
import { type Answers, type Part, wants } from './answers.ts';
import { gateOf, hostGates } from './gates.ts';
import { changesOf, operationIdOf } from './operations.ts';
import { expectsHosts, hostSights, planeSights, poolSights, registrationSights, workerSights } from './stages.ts';
import { verificationSights } from './verify.ts';
import { isUnsound, needsOf, unsoundText, type Wish, wantedOf, wishOf } from './wish.ts';

const KINDS: readonly Kind[] = [
  'catalog',
  'registration',
  'seedImage',
  'host',
  'plan',
  'pool',
  'cluster',
  'baremetalCluster',
  'controlPlane',
  'deployment',
  'machine',
  'baremetalMachine',
];

const answersOf = (session: Session) => valuesOf(session)['answers'] ?? '';

interface Draft {
  id: string;
  title: string;
  part?: Part;
  sights: readonly Sight[];
  gates: readonly Gate[];
  about?: ObjectRef;
  hosts?: number;
}

/** The guide. */
export const create: Guide = {
  id: 'create',
  title: 'Create a cluster',
  about: 'From bare hosts to a running cluster: registration, ISO, hosts, pools, control plane, workers',
  on: [],
  fields: [{ name: 'answers', flag: 'from', title: 'Answers', kind: 'editor', initial: () => '' }],
  kinds: KINDS,
  needs(known, session) {
    const wish = wishOf(answersOf(session), known);
    if (isUnsound(wish)) return [];
    // What is not there need not be read to know that.
    return needsOf(wish).filter(({ kind, name }) => objectByName(known.fleet, { kind, name }) !== undefined);
  },
  refuse(known, session) {
    const text = answersOf(session);
    if (text === '') return 'a file of answers is needed';
    const wish = wishOf(text, known);
    return isUnsound(wish) ? unsoundText(wish) : undefined;
  },
  // Answers are complete: nothing is left open that a moving fleet would fill in otherwise.
  settle: (_known, ask) => ask,
  course(known, session) {
    const wish = wishOf(answersOf(session), known);
    if (isUnsound(wish)) throw new RangeError(unsoundText(wish));
    return courseOf(known, session, wish);
  },
};

/** Where a wish stands. */
export function courseOf(picture: Picture, session: Session, wish: Wish): Course {
  const { answers } = wish;
  const drafts = draftsOf(picture, wish);
  let open = true;
  const stages = drafts.map((draft) => {
    const stage = stageOf(picture, session, wish, draft, open);
    if (stage.state !== 'done') open = false;
    return stage;
  });
  const ended = stages.every(({ state }) => state === 'done');
  const failed = stages.some(({ state }) => state === 'failed');
  return {
    title: titleOf(answers),
    stages,
    gates: [],
    keep: [],
    estimate: sumOf(stages.filter(({ state }) => state !== 'done').map(({ estimate }) => estimate)),
    ...(ended ? { outcome: 'done' } : failed ? { outcome: 'failed' } : {}),
    next: nextOf(session, stages, []),
  };
}

function titleOf(answers: Answers): string {
  if (wants(answers, 'controlPlane')) return `Create ${answers.cluster} with ${answers.kubernetesVersion}`;
  if (wants(answers, 'registration')) return `Register hosts for ${answers.cluster}`;
  return wants(answers, 'pools') ? `Make the pools of ${answers.cluster}` : `Add workers to ${answers.cluster}`;
}

function draftsOf(picture: Picture, wish: Wish): Draft[] {
  const { answers, known } = wish;
  const named = (kind: Kind, name: string): ObjectRef | undefined => {
    const object = objectByName(picture.fleet, { kind, name });
    return object && { kind, uid: object.uid, name };
  };
  const { cluster } = answers;
  const all: (Draft | false)[] = [
    wants(answers, 'registration') && {
      id: 'registration',
      title: 'Registration and ISO',
      part: 'registration',
      sights: registrationSights(picture, answers),
      gates: [],
      about: named('registration', `${cluster}-registration`),
    },
    expectsHosts(answers) && {
      id: 'hosts',
      title: 'Hosts booted from the ISO',
      sights: hostSights(picture, answers, known.hosts ?? []),
      gates: [],
    },
    wants(answers, 'pools') && {
      id: 'pools',
      title: 'Pools',
      part: 'pools',
      sights: poolSights(picture, answers),
      gates: hostGates(wish),
      about: named('pool', `${cluster}-control-plane-pool`),
    },
    wants(answers, 'controlPlane') && {
      id: 'control-plane',
      title: 'Control plane',
      part: 'controlPlane',
      sights: planeSights(picture, answers),
      gates: gateOf(wish, picture, 'controlPlane'),
      about: named('cluster', cluster),
      hosts: answers.controlPlane.replicas,
    },
    wants(answers, 'workers') && {
      id: 'workers',
      title: 'Workers',
      part: 'workers',
      sights: workerSights(picture, answers),
      gates: gateOf(wish, picture, 'workers'),
      about: named('deployment', `${cluster}-workers`),
      hosts: answers.workers.replicas,
    },
    wants(answers, 'controlPlane') && {
      id: 'verification',
      title: 'Verification',
      sights: verificationSights(picture, answers),
      gates: [],
      about: named('cluster', cluster),
    },
  ];
  return all.filter((draft) => draft !== false);
}

function stageOf(picture: Picture, session: Session, wish: Wish, draft: Draft, open: boolean): Stage {
  const { id, title, part, sights, about, hosts = 0 } = draft;
  const progress = progressOf(sights);
  const missing = part !== undefined && lacks(picture, wish, part);
  const request: Request | undefined =
    part && missing
      ? { operation: operationIdOf(part), targets: [], values: { answers: answersOf(session) } }
      : undefined;
  const state = stateOf(progress, missing, open, part === undefined);
  const left = sights.filter(({ seen }) => !seen).length;
  const length = lengthOf(picture, wish.answers.cluster, 'machine-running');
  const machines = Math.min(hosts, left);
  const [first] = sentFor(session, id);
  return {
    id,
    part: wish.answers.cluster,
    title,
    ...(about ? { about } : {}),
    state,
    gates: draft.gates.map((gate) => answered(session, gate)),
    ...(request ? { request } : {}),
    outline: [],
    progress: { milestones: progress.milestones, ...(state === 'done' ? { outcome: 'done' as const } : {}) },
    turns: [],
    // The control plane comes up one by one; workers do so side by side.
    estimate: estimateOf(machines, part === 'workers' ? 1 : machines, length),
    ...(first ? { began: first.sent.at } : {}),
  };
}

/** Whether something of a part is not there, or not as it is wanted. */
function lacks(picture: Picture, wish: Wish, part: Part): boolean {
  const manifest = wish.manifests.filter((one) => one.part === part);
  if (manifest.some(({ missing }) => missing !== undefined)) return true;
  const wanted = wantedOf(wish, part);
  if (wanted.some(({ kind, name }) => !objectByName(picture.fleet, { kind, name }))) return true;
  const read = changesOf(picture, wish, part).filter(({ wanted }) => picture.raw.has(`${wanted.kind}/${wanted.name}`));
  return read.length > 0;
}

/** `waits`: nobody writes anything in this stage, so that it begins by itself. */
function stateOf({ outcome }: Progress, missing: boolean, open: boolean, waits: boolean): Stage['state'] {
  if (outcome === 'done' && !missing) return 'done';
  if (!open) return 'todo';
  if (missing) return 'next';
  if (outcome === 'failed') return 'failed';
  return waits || !missing ? 'running' : 'next';
}

function estimateOf(hosts: number, rounds: number, { median, p95, count }: Duration): Estimate {
  if (hosts === 0) return NO_TIME;
  return { hosts, usual: rounds * median, longest: rounds * p95, rests: [{ what: 'machine-running', count }] };
}
