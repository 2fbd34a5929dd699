/** A runner on an embedded datacenter whose line can be cut between any two bytes, with a journal in memory. */
import { createFleet } from '../../src/domain/fleet/index.ts';
import type { ObjectRef } from '../../src/domain/fleet/rows.ts';
import type { Freshness } from '../../src/domain/freshness.ts';
import { KINDS, type Kind, OPTIONAL_KINDS } from '../../src/domain/kinds.ts';
import type { Change } from '../../src/domain/objects.ts';
import { createJournal, type Journal } from '../../src/journal/journal.ts';
import { KINDS_TABLE, pathOf } from '../../src/kube/kinds.ts';
import type { KubeRequest, Transport } from '../../src/kube/types.ts';
import type { Operation, Raw, Request, World } from '../../src/operations/contract.ts';
import { operations as real } from '../../src/operations/index.ts';
import { annotateStep } from '../../src/operations/write.ts';
import { createRunner, isRefused, type Prepared, type Refused, type Runner, type Sight } from '../../src/runner/api.ts';
import type { RunnerClock } from '../../src/runner/types.ts';
import { MemoryFiles, MemoryProcesses } from '../journal/fixtures.ts';
import { type Lab, openLab } from '../simulator/harness.ts';

export const NAMESPACE = 'cpaas-system';
export const MARK = 'cluster.x-k8s.io/delete-machine';

/** Marks machines, one step each: a small operation with as many steps as targets. */
export const mark: Operation = {
  id: 'mark',
  title: 'Mark',
  about: 'Marks machines for deletion',
  on: ['machine'],
  many: true,
  fields: [{ name: 'value', title: 'Value', kind: 'text', initial: () => 'true' }],
  kinds: ['machineSet'],
  refuse(world, { targets }) {
    const gone = targets.find(({ uid }) => !world.fleet.machines.byUid.get(uid)?.machine);
    return gone && `${gone.name} is gone`;
  },
  plan(world, { targets, values }) {
    const machines = targets.map(({ uid }) => world.fleet.machines.byUid.get(uid)!.machine!);
    const to = values['value'] === '' ? null : (values['value'] ?? 'true');
    return {
      title: `Mark ${machines.length} machines`,
      checks: [],
      steps: machines.map((machine) => {
        const words = { id: `mark ${machine.name}`, title: `Mark ${machine.name}`, why: 'it was asked for' };
        return annotateStep(words, machine, MARK, to, machine.annotations[MARK]);
      }),
      expected: [],
      severity: 'reversible',
      confirm: [],
      undo: 'Marks can be taken off',
      memo: { value: to },
    };
  },
  done(world, { request, memo }) {
    const milestones = request.targets.map(({ uid, name }) => {
      const seen = world.fleet.machines.byUid.get(uid)?.machine?.annotations[MARK] === memo['value'];
      return { title: name, state: seen ? ('done' as const) : ('now' as const) };
    });
    return { milestones, outcome: milestones.every(({ state }) => state === 'done') ? 'done' : undefined };
  },
  takeBack: (_world, { request, written }) => ({
    operation: 'mark',
    targets: request.targets.filter(({ name }) => written.includes(`mark ${name}`)),
    values: { value: '' },
  }),
};

/** What is done to one request: throw before it arrives, after it was carried out, or nothing. */
export interface Fault {
  before?: unknown;
  after?: unknown;
  /** Something that happens just before it arrives. */
  first?(): Promise<unknown>;
}

export class Line implements Pick<Transport, 'json'> {
  readonly sent: KubeRequest[] = [];
  fault: (request: KubeRequest, write: number) => Fault | undefined = () => undefined;
  readonly #to: Transport;
  #writes = 0;

  constructor(to: Transport) {
    this.#to = to;
  }

  async json<T>(request: KubeRequest): Promise<T> {
    this.sent.push(request);
    const fault = this.fault(request, isWriteOf(request) ? ++this.#writes : 0);
    await fault?.first?.();
    if (fault?.before) throw fault.before;
    const answer = await this.#to.json<T>(request);
    if (fault?.after) throw fault.after;
    return answer;
  }

  /** The writes that were sent, dry runs and reviews left out. */
  get writes(): KubeRequest[] {
    return this.sent.filter(isWriteOf);
  }

  /** Counts writes from here. */
  restart(): void {
    this.#writes = 0;
    this.sent.length = 0;
  }
}

export function isWriteOf({ method = 'GET', query, path }: KubeRequest): boolean {
  return method !== 'GET' && query?.['dryRun'] === undefined && !path.includes('selfsubjectaccessreviews');
}

/** Short waits pass at once and are written down; long ones pass when a test says so. */
export class QuickClock implements RunnerClock {
  readonly waited: number[] = [];
  readonly #late: { at: number; then: () => void }[] = [];
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, then: () => void): () => void {
    if (ms >= 120_000) {
      const timer = { at: this.#now + ms, then };
      this.#late.push(timer);
      return () => this.#late.splice(this.#late.indexOf(timer) >>> 0, 1);
    }
    this.waited.push(ms);
    const timer = setImmediate(then);
    return () => clearImmediate(timer);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#late]) if (timer.at <= this.#now) timer.then();
  }
}

/** The picture of an API, taken when a test says so. */
export class Pictures implements Sight {
  freshness: Record<Kind, Freshness>;
  readonly #transport: Transport;
  readonly #listeners = new Set<() => void>();
  readonly #clusterApi: string;
  #picture: Omit<World, 'raw'>;
  #now: () => number;

  constructor(transport: Transport, now: () => number, clusterApi = 'v1beta1') {
    this.#transport = transport;
    this.#clusterApi = clusterApi;
    this.#now = now;
    const live: Freshness = { phase: 'live', synced: true, since: now(), count: 1, version: undefined };
    this.freshness = Object.fromEntries(KINDS.map((kind) => [kind, live])) as Record<Kind, Freshness>;
    this.#picture = this.#with(createFleet().snapshot());
  }

  #with(fleet: World['fleet']) {
    return { fleet, freshness: this.freshness, namespace: NAMESPACE, now: this.#now() };
  }

  picture = () => ({ ...this.#picture, freshness: this.freshness });

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async refresh(): Promise<void> {
    const fleet = createFleet();
    fleet.setComplete(new Set(KINDS));
    for (const kind of KINDS) {
      // Not every management cluster serves it, and the lab's does not.
      if (OPTIONAL_KINDS.includes(kind)) continue;
      const { versions, fieldSelector, project } = KINDS_TABLE[kind];
      const version = versions.find((one) => one === this.#clusterApi) ?? versions[versions.length - 1]!;
      this.freshness = { ...this.freshness, [kind]: { ...this.freshness[kind], version } };
      const list = await this.#transport.json<{ items: Raw[] }>({
        path: pathOf(kind, version, NAMESPACE),
        query: { fieldSelector },
      });
      const objects = list.items.flatMap((raw) => project(raw) ?? []);
      fleet.apply(objects.map((object): Change => ({ type: 'set', object })));
    }
    this.#picture = this.#with(fleet.snapshot());
    for (const listener of [...this.#listeners]) listener();
  }
}

export interface Room {
  lab: Lab;
  line: Line;
  sight: Pictures;
  clock: QuickClock;
  files: MemoryFiles;
  gone: Set<number>;
  journal: Journal;
  runner: Runner;
  rung: number;
  errors: unknown[];
  /** A second metaldeck on the same jump host. */
  second(pid: number, more?: { readOnly?: string }): { journal: Journal; runner: Runner };
  /** Refs of the machines of a group, by name. */
  machines(): ObjectRef[];
  marks(): Promise<Record<string, string | undefined>>;
  /** Somebody else changes an object. */
  meddle(kind: Kind, name: string, body: Raw, subresource?: string): Promise<Raw>;
  get(kind: Kind, name: string): Promise<Raw | undefined>;
}

export async function openRoom(operations: readonly Operation[] = [mark, ...real]): Promise<Room> {
  const lab = await openLab();
  const line = new Line(lab.management);
  const clock = new QuickClock(lab.clock.now());
  const sight = new Pictures(lab.management, () => lab.clock.now());
  const files = new MemoryFiles();
  const gone = new Set<number>();
  await sight.refresh();
  const pathTo = (kind: Kind, name: string) => pathOf(kind, sight.freshness[kind].version!, NAMESPACE, name);
  const room: Omit<Room, 'journal' | 'runner'> = {
    lab,
    line,
    sight,
    clock,
    files,
    gone,
    rung: 0,
    errors: [],
    second(pid, { readOnly } = {}) {
      const journal = createJournal({
        folder: '/journal',
        files,
        processes: new MemoryProcesses(pid, gone),
        now: () => clock.now(),
      });
      const runner = createRunner({
        transport: line,
        sight,
        journal,
        operations,
        who: { user: { os: 'oncall' }, context: 'test', server: 'api.test:6443' },
        readOnly,
        clock,
        bell: () => {
          room.rung += 1;
        },
        onError: (error) => room.errors.push(error),
      });
      return { journal, runner };
    },
    machines() {
      const { groups, machines } = sight.picture().fleet;
      const group = groups.list.find(({ controlPlane }) => !controlPlane)!;
      return group.machines.map((uid) => ({ kind: 'machine', uid, name: machines.byUid.get(uid)!.name }));
    },
    async marks() {
      const names = room.machines().map(({ name }) => name);
      const all = await Promise.all(names.map((name) => room.get('machine', name)));
      return Object.fromEntries(
        all.map((raw, at) => [
          names[at]!,
          (raw?.['metadata'] as { annotations?: Record<string, string> } | undefined)?.annotations?.[MARK],
        ]),
      );
    },
    meddle: (kind, name, body, subresource) =>
      lab.management.json({
        method: 'PATCH',
        path: pathTo(kind, name) + (subresource ? `/${subresource}` : ''),
        contentType: 'application/merge-patch+json',
        body,
      }),
    get: (kind, name) => lab.management.json<Raw>({ path: pathTo(kind, name) }).catch(() => undefined),
  };
  return Object.assign(room, room.second(1));
}

/** The plan of a request that must not be refused. */
export async function planned(runner: Runner, request: Request): Promise<Prepared> {
  return accepted(await runner.prepare(request));
}

export function accepted(plan: Prepared | Refused): Prepared {
  if (isRefused(plan)) throw new Error(`refused: ${plan.refused}`);
  return plan;
}

/** Prepares, rehearses and runs. */
export async function go(runner: Runner, request: Request, options: Parameters<Runner['run']>[2] = {}) {
  const plan = await planned(runner, request);
  const rehearsed = await runner.dryRun(plan);
  return runner.run(plan, rehearsed, { confirm: plan.plan.confirm, ...options });
}

export function askMark(targets: readonly ObjectRef[], value = 'true'): Request {
  return { operation: 'mark', targets, values: { value } };
}
