/**
 * One workload cluster as it is served: what is asked there goes to its API, once its view has brought up to date what is told there; and
 * from the first write on, or the first Node that comes or goes before somebody's eyes, Kubernetes' own controllers keep it.
 */

import { randomUUID } from 'node:crypto';
import type { ApiAnswer, ApiRequest } from '../api/types.ts';
import type { Work } from '../controllers/kubernetes/manager.ts';
import { type Deed, WorkloadApi } from './api.ts';
import { workOf } from './cluster-work.ts';
import type { ClusterSettings } from './settings.ts';
import { WorkloadView } from './view.ts';
import { isOfNodes, isWrite } from './writes.ts';

export interface MemberOptions {
  /** Its name. */
  cluster: string;
  /** Unix time in ms, and how many times faster hosts come and go. */
  now: () => number;
  speed?: number | undefined;
  newUid?: (() => string) | undefined;
  namespaceGrace?: number | undefined;
  onError?: ((error: unknown) => void) | undefined;
  /** What the management cluster knows of it at the moment. */
  settings: () => ClusterSettings;
  /** Whether somebody could look at it at all. */
  isServed: () => boolean;
  /** Whether it is played Pod by Pod from then on when its Nodes come and go, before anybody looks. */
  follows: () => boolean;
}

/** One of the clusters that are served. `stop` in the end. */
export class Member {
  readonly api: WorkloadApi;
  readonly #options: MemberOptions;
  readonly #view: WorkloadView;
  /** Whether somebody has looked at more than Nodes: from then on what they have seen is carried on, Pod by Pod. */
  #looked = false;
  /** Whether it is being brought to where somebody could look. */
  #begins = false;
  /** Before it is there, there is what the view keeps. */
  #work: Work | undefined;

  constructor(options: MemberOptions) {
    this.#options = options;
    const { now, newUid = randomUUID, settings, namespaceGrace = 0 } = options;
    this.api = new WorkloadApi(now, newUid);
    this.api.namespaceGrace = namespaceGrace;
    this.api.kubeletPatch = (node) => settings().kubeletPatch?.(node);
    this.api.boot = (id) => settings().boot?.(id);
    this.#view = new WorkloadView(this.api, now, settings);
    this.#view.onNodes = (change) => this.#hears(change);
    this.api.onDeed = (deed) => this.#hearsOf(deed);
  }

  /** Answers a request of somebody from outside whom it knows. Throws where its server does not answer. */
  async handle(request: ApiRequest, isReached: () => boolean): Promise<ApiAnswer> {
    const answers = await this.#view.refresh();
    // As of an address at which nothing listens: the server cuts the line.
    if (!answers || !isReached()) throw new Error(`${this.#options.cluster} is unreachable`);
    const writes = isWrite(request);
    if (!this.#looked && !isOfNodes(request.path)) {
      this.#look();
      if (this.api.hasLost) this.#working().soon();
    }
    // Whoever deletes a Pod waits for its end: those that bring it about are there before.
    const work = writes ? this.#working() : undefined;
    const answer = await this.api.api.handle(request);
    if (work) {
      work.soon();
      // What its Node alone makes comes again by itself.
      if (request.method === 'DELETE') void this.#view.refresh().catch(() => {});
    }
    return answer;
  }

  /** What runs in it is what is wanted of it, or on its way there Pod by Pod: whether it is played so. Throws KubeError. */
  async isPlayed(): Promise<boolean> {
    if (!this.#options.isServed()) return false;
    await this.#view.refresh();
    this.#work?.soon();
    return this.#work !== undefined;
  }

  /** Changes what it is to run: where it is looked at or followed its controllers replace what is there. */
  async rolls(change: () => void): Promise<void> {
    if (!this.#looked) await this.#follow();
    else if (await this.#view.refresh()) this.#working();
    change();
    if (!this.#looked) return;
    await this.#view.refresh();
    this.#work?.soon();
  }

  /** What the management cluster knows of it has changed: whoever watches what runs there hears of it. */
  changed(): void {
    if (this.#looked) this.#view.soon();
  }

  /** Resolves when its controllers have looked, and have nothing to do at this moment. */
  async idle(): Promise<void> {
    this.#work?.soon();
    await this.#work?.idle();
  }

  /** Takes away everything that it has: it was deleted. */
  async clear(): Promise<void> {
    this.#work?.stop();
    this.#work = undefined;
    this.api.hasKubelets = false;
    this.#view.handOver(false);
    this.#view.forget();
    this.#looked = false;
    // Its Nodes go with all else, and nothing is played of them.
    this.#begins = true;
    try {
      await this.api.clear();
    } finally {
      this.#begins = false;
    }
  }

  /** Ends its controllers and all that follows it. */
  stop(): void {
    this.#work?.stop();
    this.#view.stop();
    this.api.close();
  }

  /** Kubernetes' own controllers, once somebody writes to it. */
  #working(): Work {
    if (!this.#work) {
      const { api } = this;
      this.#work = workOf({ ...this.#options, member: { api, view: this.#view } });
      api.hasKubelets = true;
      this.#view.handOver();
    }
    return this.#work;
  }

  /** A Node that comes, goes or falls silent takes Pods with it and brings others: whoever watches them sees that done by their controllers. */
  #hears(change: 'added' | 'modified' | 'deleted'): void {
    if (this.#looked && change === 'added') this.#registered();
    if (this.#work) this.#work.soon();
    else if (this.#looked && (change !== 'modified' || this.api.hasLost)) this.#working().soon();
  }

  async #hearsOf(deed: Deed): Promise<void> {
    switch (deed) {
      case 'registers':
        return this.#follow();
      // Whoever is drained next is drained of what runs there.
      case 'empties':
        if (!this.#looked) return this.#follow();
        return this.#working().soon();
      // What a release replaces is there before, and replaced by its controllers, wherever Pods are played; elsewhere it is derived.
      case 'releases':
        if (!this.#options.isServed() || !(this.#looked || this.#options.follows())) return;
        if (await this.#view.refresh()) this.#working().soon();
        return;
      case 'released':
        if (this.#work) this.#view.soon();
        return;
      case 'evicted':
        this.#work?.soon();
    }
  }

  /** What is there before a Node comes or goes is kept by its controllers when it does. */
  async #follow(): Promise<void> {
    const { isServed, follows } = this.#options;
    if (this.#looked || this.#begins || !isServed() || !follows()) return;
    // What is brought up to date now writes to Nodes itself, and must not wait for its own end.
    this.#begins = true;
    try {
      const answers = await this.#view.refresh();
      // Not before: the Nodes that are there do not come now.
      this.#look();
      // Before a cluster's first Node nobody answers, and its controllers begin with that.
      if (answers) this.#working().soon();
    } finally {
      this.#begins = false;
    }
  }

  #look(): void {
    this.#looked = true;
    this.#view.watched();
    this.#registered();
  }

  /** A kubelet tells of its drivers when it registers, whoever reads that. */
  #registered(): void {
    this.api.beforeRead('csinodes');
  }
}
