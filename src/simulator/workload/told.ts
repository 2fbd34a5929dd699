/** What is told of an API's objects when somebody asks, and costs nothing until then. */

import type { Api } from '../api/api.ts';
import type { KubeObject } from '../api/types.ts';

/** Keeps such objects in an API. What somebody has written on one of them, or taken away, stays so. */
export class Told {
  readonly #api: Api;
  /** What was told last, by topic and by object. */
  readonly #known = new Map<string, Map<string, { object: KubeObject; text: string }>>();

  constructor(api: Api) {
    this.#api = api;
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
      this.#api.load([found ? { ...found, status: object.status } : object]);
    }
  }
}

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
