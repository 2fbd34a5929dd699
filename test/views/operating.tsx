/** The dashboard with real operations over the fixtures, and a runner that does what a test says. */

import { createOperator } from '../../src/app/operator.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import type { Fleet } from '../../src/domain/fleet/rows.ts';
import { KINDS, type Kind } from '../../src/domain/kinds.ts';
import type { OperationRecord } from '../../src/journal/replay.ts';
import type { Plan, Request } from '../../src/operations/contract.ts';
import { operations } from '../../src/operations/index.ts';
import type {
  HalfDone,
  Prepared,
  Refused,
  Rehearsed,
  Runner,
  RunResult,
  Sight,
  Underway,
} from '../../src/runner/api.ts';
import { commit } from '../../src/store/store.ts';
import { changesOf, NOW, type Raw, raw, smallDatacenter } from './fixtures.ts';
import { live, openScreen } from './screen.tsx';

export type Objects = Partial<Record<Kind, Raw[]>>;

/** A datacenter in which machines can be taken out: three run, and one host is free. */
export function calmDatacenter(replicas = 3): Objects {
  const objects = smallDatacenter();
  const ready = (each: Raw) =>
    JSON.parse(
      JSON.stringify(each).replaceAll('"Reprovisioning"', '"Running"').replaceAll('"Provisioning"', '"Running"'),
    ) as Raw;
  const deployment = objects.deployment!.map((each) => ({ ...each, spec: { ...(each['spec'] as object), replicas } }));
  const { template } = deployment[0]!.spec as { template?: unknown };
  return {
    ...objects,
    machine: objects.machine!.map(ready),
    baremetalMachine: objects.baremetalMachine!.map(ready),
    deployment,
    catalog: [raw('ConfigMap', 'elemental-image-catalog', { data: { 'v1.33.7-2': 'registry.example/base:1' } })],
    machineSet: objects.machineSet!.map((each) => ({ ...each, spec: { ...(each['spec'] as object), template } })),
  };
}

/** The whole fleet of raw objects: nothing is missing from it. */
export function wholeFleet(objects: Objects): Fleet {
  const fleet = createFleet();
  fleet.setComplete(new Set(KINDS));
  fleet.apply(changesOf(objects));
  return fleet.snapshot();
}

/** Plans with the real operations; what the server says is up to the test. */
export class ScriptedRunner implements Runner {
  readonly alone = {
    hold: async () => ({ state: 'mine' as const }),
    letGo: async () => {},
    look: async () => ({ state: 'none' as const }),
  };
  readOnly: string | undefined;
  readonly ran: { prepared: Prepared; words: readonly string[] }[] = [];
  rehearsal: (plan: Plan) => Promise<Rehearsed> = async ({ steps }) => ({
    steps: steps.map(({ id }) => ({ step: id, result: 'accepted' })),
    missing: [],
  });
  outcome: (plan: Plan, tell: (step: string) => void) => Promise<RunResult> = async ({ steps }, tell) => {
    for (const { id } of steps) tell(id);
    return { id: 'op-1', result: 'written', steps: [] };
  };
  underway: Underway[] = [];
  broken: HalfDone[] = [];
  readonly #sight: Sight;
  readonly #listeners = new Set<() => void>();

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  plan(request: Request): Prepared | Refused {
    const operation = operations.find(({ id }) => id === request.operation)!;
    const world = { ...this.#sight.picture(), raw: new Map() };
    const refused = operation.refuse(world, request);
    if (refused !== undefined) return { refused };
    const plan = operation.plan(world, request);
    return { request, operation, plan, objects: new Map(), raw: new Map(), already: [] };
  }

  prepare = async (request: Request) => this.plan(request);

  watch(request: Request, onPlan: (plan: Prepared | Refused) => void): () => void {
    onPlan(this.plan(request));
    return this.#sight.subscribe(() => onPlan(this.plan(request)));
  }

  dryRun = ({ plan }: Prepared) => this.rehearsal(plan);

  async run(prepared: Prepared, _rehearsed: Rehearsed, options: Parameters<Runner['run']>[2] = {}): Promise<RunResult> {
    this.ran.push({ prepared, words: options.confirm ?? [] });
    return this.outcome(prepared.plan, (step) => options.onProgress?.({ step, index: 0, state: 'written' }));
  }

  tray: Runner['tray'] = {
    list: () => this.underway,
    subscribe: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
    load: async () => {},
    follow: async () => {},
    dismiss: () => {},
    stop: () => {},
  };

  /** Puts operations into the tray, as the journal would. */
  follow(...underway: Underway[]): void {
    this.underway = underway;
    for (const listener of this.#listeners) listener();
  }

  halfDone = async () => this.broken;
  leave = async () => {};
  past = async (): Promise<OperationRecord[]> => [];
  record = async () => undefined;
  stop(): void {}
}

export interface Desk extends ReturnType<typeof openScreen> {
  runner: ScriptedRunner;
  copied: string[];
  /** What $EDITOR does to a document. */
  editor: (text: string) => Promise<string | undefined>;
  /** Another picture of the fleet arrives. */
  become(objects: Objects): void;
  /** Lets everything that was answered arrive. */
  settle(): Promise<void>;
  stop(): void;
}

export function openDesk(objects: Objects, size: { columns?: number; rows?: number; readOnly?: string } = {}): Desk {
  const listeners = new Set<() => void>();
  const copied: string[] = [];
  let runner: ScriptedRunner | undefined;
  let stop = () => {};
  const desk: Partial<Desk> = { editor: async () => undefined };
  const screen = openScreen(wholeFleet(objects), {
    ...size,
    operator(store) {
      const sight: Sight = {
        picture() {
          const { fleet, freshness, session } = store.getState();
          return { fleet, freshness, namespace: session.namespace, now: NOW };
        },
        subscribe: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
      runner = new ScriptedRunner(sight);
      runner.readOnly = size.readOnly;
      const operator = createOperator({
        store,
        runner,
        operations,
        sight,
        copy(text) {
          copied.push(text);
          return undefined;
        },
        edit: (text) => desk.editor!(text),
        now: () => NOW,
      });
      stop = () => operator.stop();
      return operator;
    },
  });
  return Object.assign(desk, screen, {
    runner: runner!,
    copied,
    become(next: Objects) {
      const fleet = wholeFleet(next);
      commit(screen.store, { fleet, freshness: live(fleet), now: NOW });
      for (const listener of [...listeners]) listener();
    },
    settle: async () => {
      for (let round = 0; round < 20; round += 1) await Promise.resolve();
    },
    stop: () => stop(),
  }) as Desk;
}
