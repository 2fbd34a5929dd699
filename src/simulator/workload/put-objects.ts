/** What a view has put into its cluster's API, and keeps there: what others keep it leaves to them, once they are there. */

import type { KubeObject } from '../api/types.ts';
import { isMirror } from '../controllers/mirror.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { KubeObject as Plain } from '../controllers/shapes/meta.ts';
import { reborn } from '../world/management/reborn.ts';
import { renewerOf } from '../world/writers.ts';
import type { WorkloadApi } from './api.ts';
import { endedPod } from './ending.ts';
import { referring } from './event-reference.ts';
import { toldFor } from './lately.ts';
import { isOfSet, type Made, madeOf, pathOfObject, signed } from './made.ts';
import { containers } from './summary.ts';
import { isOfItsNode, isRuled } from './system.ts';
import { Upkeep } from './upkeep.ts';

/** The objects of one view. */
export class PutObjects {
  readonly #cluster: WorkloadApi;
  readonly #now: () => number;
  /** By path: as it was told, as JSON, and the template in it. */
  #made = new Map<string, Made>();
  /** The identities of mirrors that were made again, by path. */
  #births = new Map<string, KubeObject['metadata']>();
  /** Pods that were left to the collector of Pods, by path. */
  #left = new Map<string, KubeObject>();
  #revivals = 0;
  /** What servers make again. */
  readonly upkeep: Upkeep;
  /** Whether there is a cluster. */
  #isThere = false;
  /** Whether Kubernetes' own controllers keep what Deployments and DaemonSets own. */
  handedOver = false;
  /** Since when, Unix time in ms. */
  handedOverAt: number | undefined;
  /** Whether somebody watches more than its Nodes. */
  watched = false;

  /** `now`: Unix time in ms. */
  constructor(cluster: WorkloadApi, now: () => number) {
    this.#cluster = cluster;
    this.#now = now;
    this.upkeep = new Upkeep(cluster.api, now, (object) =>
      this.#isThere ? this.#made.get(pathOfObject(object))?.object : undefined,
    );
  }

  /** From now on, or no longer, they do. */
  handOver(over: boolean): void {
    if (over !== this.handedOver) this.handedOverAt = over ? this.#now() : undefined;
    this.handedOver = over;
  }

  /** From now on somebody watches: Pods of Deployments say who has written them. */
  watch(): void {
    this.watched = true;
    const own = [...this.#made.values()].filter(({ object }) => isOfSet(object) && this.#cluster.api.has(object));
    this.#cluster.api.recall(own.map(({ object }) => this.#as(object)));
  }

  /** The cluster is no more. */
  forget(): void {
    this.watched = false;
    this.#isThere = false;
    this.#left.clear();
    this.upkeep.forget();
  }

  /** Whether somebody has deleted what users run, other than by a drain of its Machine: its kubelet ends it. */
  isDeleted(object: KubeObject): boolean {
    if (!object.metadata.deletionTimestamp || isMirror(object)) return false;
    const made = this.#made.get(pathOfObject(object));
    return made !== undefined && made.object.metadata.deletionTimestamp === undefined;
  }

  /** Whether what users run on a Node was there and is not, or is on its way out: what becomes of its Node changes nothing of that. */
  #isAway(object: KubeObject): boolean {
    if (!isOfItsNode(object) || isMirror(object)) return false;
    const found = this.#cluster.api.find(object);
    return found === undefined || this.isDeleted(found);
  }

  /** Brings what is kept up to date with what there is to be: new objects come, others change, those that are no more go. */
  async update(objects: readonly KubeObject[]): Promise<void> {
    this.#isThere = true;
    const kept = this.handedOver ? objects.filter((object) => !isRuled(object)) : objects;
    const wanted = new Map(kept.map((object) => [pathOfObject(object), object]));
    const gone = [...this.#made].filter(([path, { object }]) => !wanted.has(path) && !this.#isToldOf(object));
    for (const [path, { ruled }] of gone) {
      if (this.handedOver && ruled) continue;
      this.#made.delete(path);
      this.#births.delete(path);
    }
    // Whoever signs with a token has seen that it is gone before he signs with it no longer.
    const tokens = gone.filter(([, { object }]) => object.kind === 'Secret');
    for (const [path] of tokens) await this.#remove(path);
    let fresh: KubeObject[] = [];
    // All at once: what was written first comes first.
    const load = () => {
      this.#cluster.load(fresh as Plain[]);
      fresh = [];
    };
    for (const [path, object] of wanted) {
      const before = this.#made.get(path);
      const made = madeOf(object);
      if (before?.text === made.text) continue;
      const { template } = made;
      const isAway = before !== undefined && this.#isAway(object);
      this.#made.set(path, made);
      if (isAway) continue;
      if (before === undefined) this.#cluster.makeRoom(object);
      else this.#noteWriter(object);
      if (!this.handedOver || template === undefined) fresh.push(this.#as(object));
      else if (before === undefined) fresh.push({ ...object, status: {} });
      else if (before.template !== template) {
        load();
        await this.#change(path, object);
      }
    }
    load();
    this.#endLeft();
    for (const [path, { ruled, object }] of gone) {
      const left = this.handedOver && this.#cluster.isLeft(object);
      if (left) this.#left.set(path, object);
      if (left || object.kind === 'Secret' || (this.handedOver && ruled)) continue;
      // What users run has ended by the time that its drain is done: nobody is left to end it.
      if (isOfItsNode(object) && !isMirror(object)) this.#end(object);
      else await this.#remove(path);
    }
  }

  /** Whoever watches hears from its kubelet that it has ended. */
  #end(object: KubeObject): void {
    const { api } = this.#cluster;
    const found = api.find(object);
    const metadata = { name: String(object.spec?.['nodeName'] ?? '') };
    const node = api.find({ apiVersion: 'v1', kind: 'Node', metadata }) as unknown as Node | undefined;
    const ended = found && endedPod(found, node, this.#now());
    if (ended) api.load([ended]);
    api.drop(object);
  }

  /**
   * A host that serves again, under its name, before the collector of Pods has come by: its new kubelet runs nothing of
   * what was deleted there, and says so (k8s.io/kubernetes/pkg/kubelet: a Pod without containers that is to end has).
   */
  #endLeft(): void {
    for (const [path, object] of this.#left) {
      const found = this.#cluster.api.find(object);
      if (found?.metadata.uid === object.metadata.uid && this.#cluster.isLeft(object)) continue;
      this.#left.delete(path);
      if (found?.metadata.uid === object.metadata.uid) this.#cluster.api.drop(object);
    }
  }

  /** Who writes to an object now that says nothing of its writers itself. */
  #noteWriter(object: KubeObject): void {
    const writer = renewerOf(object);
    if (writer) this.#cluster.writes.note(object.metadata.uid ?? '', writer, this.#now());
  }

  /** Whether an Event is to be had still, whatever has become of what it is about. */
  #isToldOf({ kind, lastTimestamp, eventTime }: KubeObject): boolean {
    return kind === 'Event' && Date.parse(String(lastTimestamp ?? eventTime)) > this.#now() - toldFor;
  }

  /** The platform's next image for what somebody may have changed otherwise, or taken away; a chart says how many, too. */
  async #change(path: string, { metadata, spec }: KubeObject): Promise<void> {
    const template = spec?.['template'] as { spec?: { initContainers?: object[] } } | undefined;
    const { initContainers } = template?.spec ?? {};
    const wanted = { containers: containers(template?.spec), ...(initContainers ? { initContainers } : {}) };
    const isOfChart = metadata.labels?.['component'] === 'network' && spec?.['replicas'] !== undefined;
    const body = { spec: { ...(isOfChart ? { replicas: spec['replicas'] } : {}), template: { spec: wanted } } };
    const contentType = 'application/strategic-merge-patch+json';
    await this.#cluster
      .as('manager')
      .json({ method: 'PATCH', path, body, contentType })
      .catch(() => {});
  }

  /** The mirror of a Pod from a file that somebody has taken away is made again by its kubelet. */
  revive(): void {
    for (const [path, made] of this.#made) {
      if (!isMirror(made.object) || this.#cluster.isLeft(made.object) || this.#cluster.api.has(made.object)) continue;
      this.#births.set(path, reborn(made.object, this.#now(), `${path}/${this.#revivals++}`).metadata);
      this.#cluster.load([this.#as(made.object) as Plain]);
    }
  }

  /** A mirror that was made again keeps its later identity. */
  #as(object: KubeObject): KubeObject {
    if (this.watched && isOfSet(object)) return signed(object);
    if (object.kind === 'Event') return referring(object, this.#cluster.api);
    const born = isMirror(object) && this.#births.get(pathOfObject(object));
    if (!born) return this.upkeep.identified(object);
    const { uid, creationTimestamp } = born;
    return { ...object, metadata: { ...object.metadata, uid, creationTimestamp } };
  }

  async #remove(path: string): Promise<void> {
    // Somebody else may have been faster.
    await this.#cluster.json({ method: 'DELETE', path }).catch(() => {});
  }
}
