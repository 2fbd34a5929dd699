/**
 * Kubernetes' own controllers, scheduler and kubelets for one cluster, on any API. They look when they are told that
 * something may have changed, or when something of theirs is due; between the two nothing runs.
 */

import { KubeError, type KubeRequest, type Transport } from '../../../kube/types.ts';
import { isConflict, isNotFound } from '../client.ts';
import { kinds, pathOf } from '../kinds.ts';
import type { Node } from '../shapes/core.ts';
import type { KubeObject, OwnerReference } from '../shapes/meta.ts';
import { autoscalers } from './autoscalers.ts';
import { budgets } from './budgets.ts';
import { cronJobs } from './cron-jobs.ts';
import { daemonSets } from './daemon-sets.ts';
import { deployments } from './deployments.ts';
import { endpoints } from './endpoints.ts';
import { jobs } from './jobs.ts';
import { kubelets } from './kubelet.ts';
import { namespaces } from './namespaces.ts';
import { wantedBy } from './references.ts';
import { makerOf, refusal, restOf } from './refusals.ts';
import { replicaSets } from './replica-sets.ts';
import { scheduler } from './scheduler.ts';
import { type Served, served, type WorkPod } from './shapes.ts';
import { statefulSets } from './stateful-sets.ts';
import { Teller } from './teller.ts';
import { type Controller, earliest, event, everywhere, type Picture, type Program, type Request } from './turn.ts';
import { volumes } from './volumes.ts';

/** A controller is added here. */
const CONTROLLERS: readonly Controller[] = [
  namespaces,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  cronJobs,
  jobs,
  autoscalers,
  volumes,
  scheduler,
  kubelets,
  endpoints,
  budgets,
];
/** So many turns follow each other at most before others get theirs: what never comes to rest must not hold the process. */
const patience = 50;

type Outcome = 'written' | 'missed' | 'refused';
/** After how long, in ms, is looked again where somebody else was faster, and where it comes to no rest. */
const AGAIN = 1000;
export interface WorkOptions {
  /** The API, by the program that speaks. */
  transport(by: Program): Transport;
  /** Unix time in ms. */
  now(): number;
  suffix(): string;
  /** The network of Pods as a CIDR. */
  network(): string;
  /** The host of a program that is elected to lead, as far as that is known. */
  host?(by: Program): string | undefined;
  /** Which kubelets say nothing; all of them speak where left out. Asked after the network. */
  silence?: Picture['silence'];
  speed?: Picture['speed'] | undefined;
  held?: Picture['held'];
  /** What somebody else keeps: it is seen and left alone. */
  isForeign?(object: KubeObject): boolean;
  /** Whether they do nothing at the moment: nothing can be written, or none of them leads. They ask again every second; never where left out. */
  rests?(): boolean;
  /** Told what is looked at, each time. */
  seen?(picture: Picture): void;
  /** Told of every failure that is neither a conflict nor told by an Event. */
  onError?(error: unknown): void;
}

/** The work of one cluster. `soon` when something may have changed; `stop` in the end. */
export class Work {
  #options: WorkOptions;
  #timer: NodeJS.Timeout | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /** Until when those rest that were refused, by uid; one of whom something new is asked tries at once. */
  #rests = new Map<string, { until: number; ms: number; why: string; generation: number | undefined }>();
  #told = new Set<string>();
  #counts = new Map<string, number>();
  #transports = new Map<Program, Transport>();
  readonly #teller: Teller;

  constructor(options: WorkOptions) {
    this.#options = options;
    const { now, host } = options;
    this.#teller = new Teller({ speak: (by) => this.#speak(by), now, host });
  }

  /** Looks as soon as what runs at the moment is through. */
  soon(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#turning ??= this.#run().finally(() => {
      this.#turning = undefined;
      if (this.#again) this.soon();
    });
  }

  /** Resolves when nothing is left to do at this moment. */
  async idle(): Promise<void> {
    while (this.#turning) await this.#turning;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    try {
      await new Promise((resolve) => setImmediate(resolve));
      this.#again = false;
      if (this.#options.rests?.()) return this.#wake(this.#options.now() + AGAIN);
      for (let turn = 0; turn < patience && !this.#stopped; turn += 1) {
        const { wrote, again } = await this.#turn();
        if (wrote) continue;
        this.#wake(again);
        return;
      }
      this.#wake(this.#options.now() + AGAIN);
    } catch (error) {
      this.#options.onError?.(error);
      this.#wake(this.#options.now() + AGAIN);
    }
  }

  #wake(at: number | undefined): void {
    clearTimeout(this.#timer);
    if (at === undefined || this.#stopped) return;
    // Times are told in whole seconds: what is due between two of them is looked at a little later.
    this.#timer = setTimeout(() => this.soon(), Math.min(2 ** 30, Math.max(20, at - this.#options.now())));
    this.#timer.unref();
  }

  async #turn(): Promise<{ wrote: boolean; again?: number }> {
    const picture = await this.#look();
    this.#teller.look(picture.nodes);
    this.#options.seen?.(picture);
    const turns = CONTROLLERS.map((controller) => controller(picture));
    const times = turns.map(({ again }) => again);
    let wrote = false;
    let last: Outcome = 'written';
    let of: KubeObject | undefined;
    for (const write of turns.flatMap(({ writes }) => writes)) {
      if (write.of !== of) last = 'written';
      of = write.of;
      if ('told' in write) {
        if (last === 'written') await this.#teller.tell(write);
        continue;
      }
      const maker = write.method === 'POST' ? makerOf(write) : undefined;
      const rest = this.#rests.get(maker?.uid ?? '');
      const isNew = rest?.generation !== of?.metadata.generation;
      last = rest && picture.now < rest.until && !isNew ? 'refused' : await this.#write(write, maker, of);
      if (last === 'written') wrote = true;
      times.push(last === 'missed' ? picture.now + AGAIN : this.#rests.get(maker?.uid ?? '')?.until);
      // Whoever is refused for the first time says so at once.
      if (last === 'refused' && rest === undefined) times.push(picture.now);
    }
    return { wrote, again: earliest(times) };
  }

  async #look(): Promise<Picture> {
    const { now, suffix, network, isForeign = () => false, silence = () => undefined, speed = 1 } = this.#options;
    const own = <T extends KubeObject>(list: T[]) => list.filter((object) => !isForeign(object));
    const pods = await this.#list<WorkPod>(served.Pod);
    return {
      ...{ now: now(), suffix, network: network(), silence, speed, first: (what) => this.#first(what) },
      ...{ held: (image) => this.#options.held?.(image), told: (what) => this.#told.has(what) },
      rises: (what, count) => this.#rises(what, count),
      since: (what) => this.#since(what),
      refused: ({ metadata }) => this.#rests.get(metadata.uid ?? '')?.why,
      nodes: await this.#list<Node>({ ...kinds.Node }, { path: pathOf(kinds.Node, '') }),
      missing: await this.#missing(own(pods)),
      pods: own(pods),
      others: pods.filter(isForeign),
      replicaSets: own(await this.#list(served.ReplicaSet)),
      replicationControllers: own(await this.#list(served.ReplicationController)),
      deployments: own(await this.#list(served.Deployment)),
      statefulSets: own(await this.#list(served.StatefulSet)),
      daemonSets: own(await this.#list(served.DaemonSet)),
      revisions: own(await this.#list(served.ControllerRevision)),
      jobs: own(await this.#list(served.Job)),
      cronJobs: own(await this.#list(served.CronJob)),
      claims: own(await this.#list(served.PersistentVolumeClaim)),
      volumes: own(await this.#list(served.PersistentVolume)),
      classes: await this.#list(served.StorageClass),
      autoscalers: own(await this.#list(served.HorizontalPodAutoscaler)),
      services: own(await this.#list(served.Service)),
      endpoints: own(await this.#list(served.Endpoints)),
      slices: own(await this.#list(served.EndpointSlice)),
      budgets: own(await this.#list(served.PodDisruptionBudget)),
      namespaces: await this.#list(served.Namespace),
      // There may be many more that nobody here looks at.
      accounts: await this.#list(served.ServiceAccount, { name: 'default' }),
      roots: await this.#list(served.ConfigMap, { name: 'kube-root-ca.crt' }),
    };
  }

  async #list<T extends KubeObject>(kind: Served, of: { path?: string; name?: string } = {}): Promise<T[]> {
    const query = of.name === undefined ? {} : { fieldSelector: `metadata.name=${of.name}` };
    const { items } = await this.#speak('kube-controller-manager').json<{ items: T[] }>({
      ...{ path: of.path ?? everywhere(kind), query },
    });
    return items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
  }

  async #missing(pods: readonly WorkPod[]): Promise<Set<string>> {
    const missing = new Set<string>();
    for (const [key, path] of wantedBy(pods)) {
      try {
        await this.#speak('kubelet').json({ path });
      } catch (error) {
        if (!isNotFound(error)) throw error;
        missing.add(key);
      }
    }
    return missing;
  }

  #first(what: string): boolean {
    if (this.#told.has(what)) return false;
    this.#told.add(what);
    return true;
  }

  #rises(what: string, count: number): boolean {
    if (count <= (this.#counts.get(what) ?? Number.NEGATIVE_INFINITY)) return false;
    this.#counts.set(what, count);
    return true;
  }

  #since(what: string): number {
    this.#rises(`${what}/since`, this.#counts.get(`${what}/since`) ?? this.#options.now());
    return this.#counts.get(`${what}/since`)!;
  }

  #speak(by: Program): Transport {
    let transport = this.#transports.get(by);
    if (!transport) {
      transport = this.#options.transport(by);
      this.#transports.set(by, transport);
    }
    return transport;
  }

  async #write({ by, method, path, body }: Request, maker?: OwnerReference, of?: KubeObject): Promise<Outcome> {
    try {
      await this.#speak(by).json({ method, path, body } as KubeRequest);
      if (maker) this.#rests.delete(maker.uid);
      return 'written';
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      // Somebody was faster: the next look tells.
      const exists = maker !== undefined && error.reason === 'AlreadyExists';
      if (!exists && (isConflict(error) || isNotFound(error))) return 'missed';
      if (!maker) {
        this.#options.onError?.(error);
        return 'refused';
      }
      const ms = restOf(maker, this.#rests.get(maker.uid)?.ms);
      const { generation } = of?.metadata ?? {};
      this.#rests.set(maker.uid, { until: this.#options.now() + ms, ms, why: error.message, generation });
      const { apiVersion, kind, name, uid } = maker;
      const { namespace } = (body as KubeObject).metadata;
      const told = refusal(maker, body as KubeObject, error.message);
      const about = of?.metadata.uid === uid ? of : { apiVersion, kind, metadata: { name, uid, namespace } };
      await this.#teller.tell(event(by, about, told));
      return 'refused';
    }
  }
}
