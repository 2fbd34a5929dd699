/**
 * What the simulator's controllers share: informers, a work queue, delays, chance and events. One object is reconciled
 * at a time, in the order in which it became due, so that the same seed and the same clock tell the same story. Between
 * changes nothing runs; only timers that somebody set.
 */

import { KubeError, type Transport } from '../../kube/types.ts';
import { Departures } from './capi/departures.ts';
import { Client, isConflict, isNotFound } from './client.ts';
import { type Clock, wallClock } from './clock.ts';
import { Delays } from './delays.ts';
import { EventRecorder } from './events.ts';
import { Faults } from './faults.ts';
import { HostBoots } from './hosts/boots.ts';
import { Outages } from './hosts/outages.ts';
import { Silences } from './hosts/silences.ts';
import { type Change, Informer, type InformerOptions } from './informer.ts';
import { type Entry, Journal } from './journal.ts';
import type { ClusterApiVersion, Kind } from './kinds.ts';
import { type NodeAccess, WorkloadNodes } from './node-access.ts';
import { paced } from './paced.ts';
import { Programs } from './programs.ts';
import { type Reconcile, WorkQueue } from './queue.ts';
import { Random } from './random.ts';
import type { Node } from './shapes/core.ts';
import type { KubeObject } from './shapes/meta.ts';
import { timestamp } from './time.ts';
import { wireOf } from './versions/wire.ts';

export interface RuntimeOptions {
  /** The API of the management cluster. */
  management: Transport;
  /** The API of a workload cluster, where its Nodes are, for a program that writes there: whoever it is where none is named. */
  workload: (cluster: string, program?: string) => Transport;
  namespace?: string;
  /** The version in which the management API serves Cluster API; v1beta1 unless told. */
  clusterApi?: ClusterApiVersion;
  clock?: Clock;
  /** How many times faster than real every duration passes; timestamps stay those of the clock. 1 unless told. */
  speed?: number;
  seed?: string | number;
  /**
   * Makes a mess of the order, repeatably: whatever is due at one moment is done in an order drawn under this seed, and
   * every wait of the simulated world takes up to a half more or less. Without it the order is fixed.
   */
  disorder?: string | number;
  /** Lets everything take exactly as long as it does on average. */
  even?: boolean;
  faults?: Faults;
  /**
   * Brings what runs in a workload cluster up to what is wanted of it, and says whether it is played Pod by Pod, at the pace of the
   * clock; what is not played is there at once. None is where left out.
   */
  isPlayed?: (cluster: string) => Promise<boolean>;
  /** Whether a registry has an image; nobody knows where left out. */
  held?: (image: string) => boolean | undefined;
  /** Changes what a workload cluster is to run, where that is seen: what is there before is kept by its controllers, and replaced. */
  rolling?: (cluster: string, change: () => void) => Promise<void>;
  /** Where the random ends of generated names come from; chance of the seed where left out. */
  names?: { suffix(): string };
  /** Told about every failure that is not part of the game (conflicts are). */
  onError?: (error: unknown, where: string) => void;
}

/** Adds objects of one controller to the queue. */
export interface Controller {
  readonly name: string;
  enqueue(object: string | undefined): void;
  /** Enqueues `ms` simulated milliseconds from now. */
  enqueueAfter(object: string, ms: number): void;
}

/** Everything a controller needs. Register controllers, then `start` and in the end `stop` it; one use only. */
export class Runtime {
  readonly namespace: string;
  /** Which Cluster API this is: with v1beta2 the controllers also speak as those of 1.12 do. */
  readonly clusterApi: ClusterApiVersion;
  readonly clock: Clock;
  readonly speed: number;
  readonly seed: string;
  readonly client: Client;
  readonly delays: Delays;
  readonly faults: Faults;
  /** What control planes have taken leave of. */
  readonly departures = new Departures();
  readonly silences = new Silences();
  readonly boots = new HostBoots();
  readonly outages = new Outages();
  /** The tag of CoreDNS that the control plane of a cluster has written there last, by the name of the cluster. */
  readonly coreDns = new Map<string, string>();
  /** The stream names are drawn from. */
  readonly names: { suffix(): string };
  readonly isPlayed: NonNullable<RuntimeOptions['isPlayed']>;
  readonly held: NonNullable<RuntimeOptions['held']>;
  readonly rolling: NonNullable<RuntimeOptions['rolling']>;
  /** What the controllers write into the logs of their programs. */
  readonly journal: Journal;
  #options: RuntimeOptions;
  #queue: WorkQueue;
  #events: EventRecorder;
  #informers = new Map<string, Informer<KubeObject>>();
  readonly #nodes: WorkloadNodes;
  #programs = new Programs();

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.namespace = options.namespace ?? 'cpaas-system';
    this.clusterApi = options.clusterApi ?? 'v1beta1';
    this.clock = options.clock ?? wallClock;
    this.speed = options.speed ?? 1;
    this.seed = String(options.seed ?? 1);
    this.faults = options.faults ?? new Faults();
    this.faults.onCluster((cluster) => {
      const has = this.faults.ofCluster(cluster).noQuorum ? 'begin' : 'end';
      this.outages[has](cluster, this.clock.now());
    });
    this.journal = new Journal(this.clock.now());
    this.isPlayed = options.isPlayed ?? (async () => false);
    this.held = options.held ?? (() => undefined);
    this.rolling = options.rolling ?? (async (_cluster, change) => change());
    this.names = options.names ?? new Random(this.seed, 'names');
    const { disorder } = options;
    const stretch = disorder === undefined ? undefined : new Random(disorder, 'stretch');
    this.delays = new Delays(this.clock, this.speed, stretch && (() => stretch.around(1, 0.5)));
    const wire = wireOf(this.clusterApi);
    this.client = new Client(options.management, this.namespace, (kind) => this.#known(kind), wire);
    this.#events = new EventRecorder(this.client, this.clock, new Random(this.seed, 'events'), this.speed);
    this.#nodes = new WorkloadNodes({
      ...{ workload: options.workload, namespace: this.namespace },
      recorder: (cluster) => {
        const random = new Random(this.seed, 'events', cluster);
        return (client) => new EventRecorder(client, this.clock, random, this.speed);
      },
    });
    const failed = (error: unknown, where: string) => {
      if (isConflict(error) || isNotFound(error)) return;
      this.#failed(error, where.slice(where.indexOf('/') + 1));
      options.onError?.(error, where);
    };
    const shuffle = disorder === undefined ? undefined : new Random(disorder, 'order');
    this.#queue = new WorkQueue(this.clock, this.speed, failed, shuffle);
  }

  /** The informer of a kind; controllers of one runtime share it. Ask for it before `start`. */
  informer<T extends KubeObject>(kind: Kind<T>, options?: InformerOptions<T>): Informer<T> {
    const key = `${kind.apiVersion}/${kind.plural}`;
    let informer = this.#informers.get(key) as Informer<T> | undefined;
    if (!informer) {
      informer = new Informer(this.#options.management, kind, this.namespace, options, wireOf(this.clusterApi));
      this.#informers.set(key, informer as unknown as Informer<KubeObject>);
    }
    return informer;
  }

  /** A client for somebody else at the same API; it too sees its own writes in the informers before it goes on. */
  clientOf(transport: Transport): Client {
    return new Client(transport, this.namespace, (kind) => this.#known(kind), wireOf(this.clusterApi));
  }

  /** Registers a controller. It reconciles an object no more than once in `pace` simulated ms. */
  controller(name: string, reconcile: Reconcile, pace = 0): Controller {
    this.#programs.joins(name);
    const run = pace > 0 ? paced(reconcile, () => this.clock.now() * this.speed, pace) : reconcile;
    return {
      name,
      enqueue: (object) => {
        if (object !== undefined) this.#queue.add(name, object, run);
      },
      enqueueAfter: (object, ms) => this.#queue.addAfter(name, object, run, ms),
    };
  }

  /** The controllers that `register` registers are parts of a program: they run while it does. */
  within(program: string, register: () => void): void {
    this.#programs.within(program, register);
  }

  /** Lets a program run, or not; each runs until told otherwise. What it has to do meanwhile it does when it runs again. */
  run(program: string, runs: boolean): void {
    for (const controller of this.#programs.run(program, runs)) this.#queue.run(controller, runs);
  }

  /** Whether a program runs. */
  runs(program: string): boolean {
    return this.#programs.runs(program);
  }

  /** The Nodes of a workload cluster and the client to write them. The first call reads them all. */
  nodes(cluster: string): Promise<NodeAccess> {
    return this.#nodes.of(cluster);
  }

  /** The API of a workload cluster, for what is not a Node; `program`: who writes there. */
  workload(cluster: string, program?: string): Transport {
    return this.#options.workload(cluster, program);
  }

  /** Calls `handler` on every change of a Node of any workload cluster asked for through `nodes`. */
  onNode(handler: (node: Node, cluster: string, change: Change) => void): void {
    this.#nodes.onChange(handler);
  }

  /** Writes a Kubernetes Event about `object`. Never throws: an Event is not worth a failure. */
  async event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, by: string) {
    this.log(object, '', '', {}, { event: { type, reason, message, component: by } });
    await this.#events.record(object, { type, reason, message, component: by });
  }

  /**
   * Writes a line about `object` into the log of the program whose controller's turn it is: from which `place` of its
   * source, what, and names with values. Nothing where it is nobody's turn.
   */
  log(
    object: KubeObject,
    place: string,
    message: string,
    values: Entry['values'] = {},
    more: Partial<Entry> = {},
  ): void {
    const { working: controller = '', turn } = this.#queue;
    const program = this.#programs.of(controller);
    const entry = { place, message, values, controller, turn, ...more };
    if (program !== undefined) this.journal.write(program, this.clock.now(), object, entry);
  }

  /** What a server refused a controller stands in its log; of one that is not reached nobody can be told. */
  #failed(error: unknown, name: string): void {
    if (!(error instanceof KubeError) || error.reason === 'Network') return;
    const object = { apiVersion: '', kind: '', metadata: { name, namespace: this.namespace } };
    this.log(object, 'controller.go:316', 'Reconciler error', { err: error.message }, { level: 'E' });
  }

  /** Chance bound to what it is for, whenever it is drawn. */
  random(...what: (string | number)[]): Random {
    const random = new Random(this.seed, ...what);
    random.even = this.#options.even ?? false;
    return random;
  }

  /** Runs `run` after `ms` simulated milliseconds; the answer calls it off. */
  after(ms: number, run: () => void): () => void {
    return this.clock.after(ms / this.speed, run);
  }

  /** The clock's time as Kubernetes writes it. */
  timestamp(): string {
    return timestamp(this.clock.now());
  }

  /**
   * Simulated milliseconds since a timestamp, at the least; 0 where it cannot be read. A timestamp has whole seconds, and
   * at a speed one of them is minutes: a Node would be ill for longer than it has been there.
   */
  since(at: string | undefined): number {
    const from = Date.parse(at ?? '');
    if (Number.isNaN(from)) return 0;
    const unsure = 1000 * (1 - 1 / Math.max(1, this.speed));
    return Math.max(0, this.clock.now() - from - unsure) * this.speed;
  }

  /** Starts all informers, waits for their first lists, and begins to reconcile. */
  async start(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.start()));
    this.#queue.start();
  }

  /** Resolves when nothing is left to reconcile at this moment of the clock. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** The controller whose turn it is: one at a time. */
  get working(): string | undefined {
    return this.#queue.working;
  }

  /** Calls `look` after every reconcile: for tests that check what must hold at all times. */
  onStep(look: (controller: string, object: string) => void): void {
    this.#queue.onStep.push(look);
  }

  /** Ends all watches and timers and waits for the reconcile that is under way. */
  async stop(): Promise<void> {
    for (const informer of this.#informers.values()) informer.stop();
    this.#nodes.stop();
    await this.#queue.stop();
  }

  #known<T extends KubeObject>(kind: Kind<T>): Informer<T> | undefined {
    return this.#informers.get(`${kind.apiVersion}/${kind.plural}`) as Informer<T> | undefined;
  }
}
