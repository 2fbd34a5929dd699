/**
 * Which of the platform's programs run: those that have a ready Pod. One that has just come works once it leads, as it waits
 * until the lease of the last is over; its webhooks answer at once. Source: client-go's leader election.
 */

import type { KubeObject } from '../../api/types.ts';
import { isRecord } from '../../api/types.ts';
import type { Clock } from '../../controllers/clock.ts';
import { isTrue } from '../../controllers/conditions.ts';
import { Random } from '../../controllers/random.ts';
import { selects } from '../../controllers/selector.ts';
import type { Condition } from '../../controllers/shapes/meta.ts';
import { type Manager, managers } from './managers.ts';

/** How long after its begin a Pod leads, and for how long a lease holds that nobody renews, ms. */
const leading = 17_000;
const lease = 15_000;

/** Who leads a program, or led it last. */
export interface Leader {
  pod: string;
  /** As a lease names it. */
  identity: string;
  /** Since when it leads, Unix time in ms. */
  acquired: number;
  /** How often it went to another. */
  transitions: number;
  /** When it said so last, Unix time in ms; undefined while it does. */
  silent?: number;
}

interface State {
  leader?: Leader;
  /** Whether a Pod of it is ready. */
  ready: boolean;
  works: boolean;
}

/** Told that a program works now, led by whom, or no longer does. */
export type OnWork = (manager: Manager, works: boolean, leader: Leader | undefined) => void;

export interface LeadershipOptions {
  now(): number;
  /** Runs `run` once, so many ms from now; without it is looked only when Pods are told. */
  after?: Clock['after'] | undefined;
  /** Told of every program that begins to work or no longer does. */
  onWork?: OnWork | undefined;
}

/** The programs of one management cluster. `seen` whenever Pods may have changed. */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #states = new Map<string, State>(managers.map(({ name }) => [name, { ready: true, works: true }]));
  #pods: readonly KubeObject[] = [];

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** Whether the webhooks of an owner answer. */
  answers(owner: string): boolean {
    const manager = managers.find((one) => one.owner === owner);
    return manager === undefined || this.#states.get(manager.name)!.ready;
  }

  /** Who leads a program, or led it last; undefined before a Pod of it was seen. */
  leaderOf({ name }: Manager): Leader | undefined {
    return this.#states.get(name)?.leader;
  }

  /** Tells which Pods there are. */
  seen(pods: readonly KubeObject[]): void {
    this.#pods = pods;
    for (const manager of managers) this.#look(manager, this.#states.get(manager.name)!);
  }

  #look(manager: Manager, state: State): void {
    const { now, after, onWork } = this.#options;
    const ready = this.#pods.filter((pod) => isOf(manager, pod) && isReady(pod));
    const { leader } = state;
    state.ready = ready.length > 0;
    const begun = ready.map((pod) => ({ pod, life: lifeOf(pod) })).sort((a, b) => a.life.since - b.life.since);
    const still = begun.find(({ pod, life }) => identityOf(pod, life) === leader?.identity);
    const next = begun[0];
    if (leader && !still) leader.silent ??= now();
    else if (leader) delete leader.silent;
    if (!still && next) {
      const { pod, life } = next;
      state.leader = {
        ...{ pod: pod.metadata.name, identity: identityOf(pod, life) },
        acquired: Math.max(life.since + leading, (leader?.silent ?? Number.NEGATIVE_INFINITY) + lease),
        transitions: leader ? leader.transitions + 1 : life.restarts,
      };
    }
    const wait = state.leader && next ? state.leader.acquired - now() : 0;
    const works = next !== undefined && wait <= 0;
    if (next && wait > 0) after?.(wait, () => this.#look(manager, state));
    if (works === state.works) return;
    state.works = works;
    onWork?.(manager, works, state.leader);
  }
}

const isOf = ({ chosen }: Manager, { metadata }: KubeObject): boolean =>
  metadata.namespace === 'cpaas-system' &&
  metadata.deletionTimestamp === undefined &&
  selects({ matchLabels: chosen }, metadata.labels);

const isReady = ({ status }: KubeObject): boolean => isTrue(status?.['conditions'] as Condition[] | undefined, 'Ready');

interface Life {
  /** When its container last began, Unix time in ms, and how often it had to. */
  since: number;
  restarts: number;
}

function lifeOf({ status, metadata }: KubeObject): Life {
  const [first] = (status?.['containerStatuses'] ?? []) as Record<string, unknown>[];
  const { running } = (isRecord(first?.['state']) ? first['state'] : {}) as { running?: { startedAt?: string } };
  const since = Date.parse(running?.startedAt ?? metadata.creationTimestamp ?? '');
  return { since, restarts: Number(first?.['restartCount'] ?? 0) };
}

/** A program draws another identity each time it begins. */
const identityOf = ({ metadata: { name, uid = '' } }: KubeObject, { since }: Life): string =>
  `${name}_${new Random('leader', uid, since).uuid()}`;
