/** What is told of an API's objects when somebody asks, and costs nothing until then. */

import type { Api } from '../api/api.ts';
import type { KubeObject } from '../api/types.ts';
import { timestamp } from '../controllers/time.ts';
import type { Noted } from '../world/stamp.ts';
import { network } from '../world/writers.ts';

/** Keeps such objects in an API. What somebody has written on one of them, or taken away, stays so. */
export class Told {
  readonly #api: Api;
  readonly #now: () => number;
  readonly #writes: Noted | undefined;
  /** What was told last, by topic and by object. */
  readonly #known = new Map<string, Map<string, { object: KubeObject; text: string }>>();

  /** `now`: Unix time in ms; `writes` hears of who reports then on an object that says nothing of its writers itself. */
  constructor({ api, writes }: { api: Api; writes?: Noted | undefined }, now: () => number) {
    this.#api = api;
    this.#writes = writes;
    this.#now = now;
  }

  /**
   * Brings the objects of a topic up to date: those that are new come, those that are no more go, of others their status changes. One that
   * has another identity under the same name is new.
   */
  tell(topic: string, objects: readonly KubeObject[]): void {
    const before = this.#known.get(topic) ?? new Map();
    const after = new Map(objects.map((object) => [keyOf(object), { object, text: JSON.stringify(object) }]));
    this.#known.set(topic, after);
    for (const [key, { object }] of before) if (!after.has(key)) this.#api.drop(object);
    for (const [key, { object, text }] of after) {
      const last = before.get(key);
      if (last?.text === text) continue;
      if (last && last.object.metadata.uid !== object.metadata.uid) {
        this.#api.drop(last.object);
        this.#api.load([object]);
        continue;
      }
      const found = last && this.#api.find(object);
      if (last && !found) continue;
      this.#api.load([found ? this.#reported(found, object, last.object) : object]);
    }
  }

  /** An object of which its controller wants or reports something else now than it did before. */
  #reported({ metadata, ...object }: KubeObject, told: KubeObject, before: KubeObject): KubeObject {
    const time = timestamp(this.#now());
    const { spec, status } = told;
    if (JSON.stringify(spec) !== JSON.stringify(before.spec)) {
      this.#writes?.note(metadata.uid ?? '', network, this.#now());
      const managedFields = metadata.managedFields?.map((entry) =>
        entry.subresource === undefined ? { ...entry, time } : entry,
      );
      const labels = { ...metadata.labels, ...told.metadata.labels };
      const generation = (metadata.generation ?? 1) + 1;
      const after = { ...metadata, labels, generation, ...(managedFields ? { managedFields } : {}) };
      return { ...object, metadata: after, spec, ...(status ? { status } : {}) } as KubeObject;
    }
    this.#writes?.note(metadata.uid ?? '', `${network}/status`, this.#now());
    const managedFields = metadata.managedFields?.map((entry) =>
      entry.subresource === 'status' ? { ...entry, time } : entry,
    );
    return { ...object, metadata: { ...metadata, ...(managedFields ? { managedFields } : {}) }, status };
  }
}

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
