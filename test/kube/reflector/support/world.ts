import { expect } from 'vitest';
import type { Freshness, Phase } from '../../../../src/kube/freshness.ts';
import { Loop } from '../../../../src/kube/reflector/loop.ts';
import type { Reflector, ReflectorOptions } from '../../../../src/kube/reflector/reflector.ts';
import { DEFAULTS, type Settings } from '../../../../src/kube/reflector/settings.ts';
import type { Change, ItemRef, Source } from '../../../../src/kube/reflector/source.ts';
import { FakeApi, type FakeObject, stateOf } from './fake-api.ts';
import { FakeClock, seededRandom } from './fake-clock.ts';
import { FakeTransport } from './fake-transport.ts';

export const PATH = '/apis/test/v1/namespaces/ns/things';

/** What the tests keep of an object: enough to compare it with the server's. */
export interface Thing {
  uid: string;
  name: string;
  state: string;
  spec: unknown;
}

export function thingOf(raw: unknown): Thing {
  const object = raw as FakeObject;
  return { uid: object.metadata.uid, name: object.metadata.name, state: stateOf(object), spec: object.spec };
}

export const THINGS: Source<Thing> = { kind: 'thing', path: PATH, project: thingOf };

/** What a consumer of changes holds: the sum of all it was told. */
export class Held {
  readonly objects = new Map<string, Thing>();

  take(changes: readonly Change<Thing>[]): void {
    for (const change of changes) {
      if (change.type === 'set') this.objects.set(change.uid, change.object);
      else this.objects.delete(change.uid);
    }
  }

  get names(): string[] {
    return [...this.objects.values()].map(({ name }) => name).sort();
  }

  /** uid to state, as `FakeApi.truth`. */
  get states(): Map<string, string> {
    return new Map([...this.objects].map(([uid, { state }]) => [uid, state]));
  }
}

export interface WorldOptions {
  settings?: Partial<Settings>;
  source?: ReflectorOptions<Thing>['source'];
  /** Is asked before each delivery; may throw. */
  onChanges?(changes: Change<Thing>[]): void;
  names?: readonly string[];
}

/** A reflector, a server with things, and everything the reflector ever said. */
export class World {
  readonly clock = new FakeClock();
  readonly api = new FakeApi(this.clock);
  readonly transport = new FakeTransport(this.api, this.clock);
  readonly reflector: Reflector;
  readonly held = new Held();
  /** Each delivery, in short: `+a` and `-a`. */
  readonly deliveries: string[][] = [];
  /** Each phase that was shown, in order. */
  readonly phases: Phase[] = [];
  readonly shown: Freshness[] = [];
  readonly broken: ItemRef[] = [];

  constructor({ settings, source = THINGS, onChanges, names = ['a', 'b'] }: WorldOptions = {}) {
    this.api.serve(PATH);
    for (const name of names) this.api.put(PATH, name);
    this.reflector = new Loop<Thing>({
      source,
      kind: 'thing',
      transport: this.transport,
      clock: this.clock,
      settings: { ...DEFAULTS, ...settings },
      random: seededRandom(1),
      onChanges: (changes) => {
        onChanges?.(changes);
        this.deliveries.push(changes.map((change) => `${change.type === 'set' ? '+' : '-'}${change.name}`));
        this.held.take(changes);
      },
      onFreshness: (freshness) => {
        this.shown.push(freshness);
        if (freshness.phase !== this.phases.at(-1)) this.phases.push(freshness.phase);
      },
      onBroken: (ref) => this.broken.push(ref),
    });
  }

  get freshness(): Freshness {
    return this.reflector.freshness();
  }

  get phase(): Phase {
    return this.freshness.phase;
  }

  run(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Starts, and goes on until the kind is live. What happened so far is forgotten. */
  async live(): Promise<this> {
    this.reflector.start();
    await this.run(2_000);
    expect(this.phase).toBe('live');
    this.forget();
    return this;
  }

  /** Forgets what was said and asked so far, so that a test sees only what comes. */
  forget(): void {
    this.phases.length = 0;
    this.shown.length = 0;
    this.deliveries.length = 0;
    this.transport.requests.length = 0;
  }

  /** The requests since `forget`, in short: `list rv=0`, `peek`, `watch rv=103`. */
  get asked(): string[] {
    return this.transport.requests.map(({ path, query = {} }) => {
      if (path !== PATH) return path;
      const revision = query['resourceVersion'] === undefined ? '' : ` rv=${query['resourceVersion']}`;
      if (query['watch']) return `${query['sendInitialEvents'] ? 'watchlist' : 'watch'}${revision}`;
      if (query['limit'] === 1) return 'peek';
      return query['continue'] ? 'list continue' : `list${revision}`;
    });
  }

  /** What is held is what the server has. */
  expectTruth(): void {
    expect(this.held.states).toEqual(this.api.truth(PATH));
    expect(this.freshness.count).toBe(this.held.objects.size);
  }

  /** Stops, and expects nothing to be left: no connection, no timer, no callback. */
  async close(): Promise<void> {
    await this.reflector.stop();
    this.forget();
    expect(this.transport.open).toBe(0);
    expect(this.api.watches).toBe(0);
    expect(this.clock.pending).toBe(0);
    this.api.put(PATH, 'after-stop');
    await this.run(120_000);
    expect(this.phases).toEqual([]);
    expect(this.transport.requests).toEqual([]);
  }
}
