/**
 * A server, a network and a clock that misbehave at random, and a witness. The server keeps the truth with its times; at
 * every step of the clock the witness compares it with what the cache has delivered and claims.
 */
import { type Freshness, isCountable } from '../../../../src/kube/freshness.ts';
import { createResourceCache, type ResourceCache } from '../../../../src/kube/reflector/cache.ts';
import { boundMs, DEFAULTS, type Settings } from '../../../../src/kube/reflector/settings.ts';
import { FakeApi, refusal, statusBody } from './fake-api.ts';
import { FakeClock, seededRandom } from './fake-clock.ts';
import { FakeTransport } from './fake-transport.ts';
import { Held, type Thing, thingOf } from './world.ts';

export interface ChaosOptions {
  seed: number;
  /** How long it goes on, in ms of the fake clock. */
  forMs: number;
  /** Single connections die in silence, while new ones get through: the bound is then that of the idle limit. */
  singleDeaths?: boolean;
  /** The wall clock jumps, as after sleep. */
  jumps?: boolean;
  settings?: Partial<Settings>;
}

export interface Outcome {
  steps: number;
  /** Of all steps of all kinds: at how many the kind claimed to be live, and of how many that is. */
  live: number;
  share: number;
  /** The oldest truth that was held by a kind that claimed to be live, in ms. */
  worstAge: number;
  requests: number;
}

const KINDS = ['x', 'y', 'z'] as const;
const pathOf = (kind: string) => `/apis/test/v1/namespaces/ns/${kind}`;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

export class Chaos {
  readonly clock = new FakeClock();
  readonly api = new FakeApi(this.clock, () => this.clock.elapsed);
  readonly transport = new FakeTransport(this.api, this.clock);
  readonly cache: ResourceCache;
  readonly outcome: Outcome = { steps: 0, live: 0, share: 0, worstAge: 0, requests: 0 };
  readonly #options: ChaosOptions;
  readonly #settings: Settings;
  readonly #random: () => number;
  readonly #held = new Map(KINDS.map((kind) => [kind as string, new Held()]));
  readonly #bound: number;
  readonly #began = this.clock.now();
  /** What was done, for the report of a violation. */
  readonly #story: string[] = [];
  #calm = false;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULTS, ...options.settings };
    this.#random = seededRandom(options.seed);
    const { idleMs, graceMs, flushMs } = this.#settings;
    this.#bound =
      (options.singleDeaths ? Math.max(boundMs(this.#settings), idleMs + graceMs) : boundMs(this.#settings)) + flushMs;
    for (const kind of KINDS) {
      this.api.serve(pathOf(kind));
      for (const name of NAMES.slice(0, 3)) this.api.put(pathOf(kind), name);
    }
    this.cache = createResourceCache<Thing>({
      kinds: KINDS,
      resolve: async (kind) => ({ kind, path: pathOf(kind), project: thingOf }),
      transport: this.transport,
      clock: this.clock,
      settings: this.#settings,
      random: this.#random,
      onChange: (batch) => {
        for (const [kind, changes] of batch.changes) this.#held.get(kind)?.take(changes);
      },
    });
    this.clock.onStep = () => this.#witness();
  }

  /** Runs the storm, then a calm in which all must become live and true; throws at the first lie. */
  async run(): Promise<Outcome> {
    this.cache.start();
    const until = this.clock.elapsed + this.#options.forMs;
    this.#write();
    while (this.clock.elapsed < until) {
      await this.clock.advance(100 + this.#random() * 8_000);
      await this.#strike();
    }
    this.#calm = true;
    this.transport.fault = () => undefined;
    this.api.readyz = { status: 200, body: 'ok' };
    this.api.cacheLag = 0;
    this.transport.heal('survived');
    await this.clock.advance(200_000);
    for (const kind of KINDS) {
      const { phase } = this.cache.freshness()[kind]!;
      if (phase !== 'live') this.#lie(kind, `is ${phase} after the storm`);
      if (keyOf(this.#held.get(kind)!.states) !== keyOf(this.api.truth(pathOf(kind))))
        this.#lie(kind, 'has not converged');
    }
    await this.cache.stop();
    if (this.transport.open || this.api.watches || this.clock.pending) this.#lie('all', 'left something open');
    this.outcome.requests = this.transport.requests.length;
    this.outcome.share = this.outcome.live / (this.outcome.steps * KINDS.length);
    return this.outcome;
  }

  /** Changes the truth, now and then and in bursts. */
  #write(): void {
    if (this.#calm) return;
    const path = pathOf(this.#pick(KINDS));
    for (let n = this.#random() < 0.1 ? 30 : 1; n > 0; n -= 1) {
      const name = this.#pick(NAMES);
      if (this.#random() < 0.25) this.api.remove(path, name);
      else this.api.put(path, name, { n: this.#random() });
    }
    this.clock.setTimeout(() => this.#write(), 30 + this.#random() ** 3 * 12_000);
  }

  async #strike(): Promise<void> {
    const strikes: Record<string, () => unknown> = {
      'watches end': () => this.api.endWatches(),
      'the log is compacted': () => this.api.compact(),
      'expiry is told in another way': () => {
        this.api.expireBy = this.#random() < 0.5 ? 'status' : 'event';
      },
      'the server is down': () => this.#down(),
      'the way is cut': () => this.#cut(),
      'a connection breaks': () => this.#connection()?.cut(),
      'a line is cut': () => {
        const connection = this.#connection();
        connection?.send('{"type":"MODIFIED","obj');
        connection?.end();
      },
      'a line is garbage': () => this.#connection()?.send('}{\n'),
      'an ERROR event comes': () => this.#connection()?.send(errorEvent(this.#pick([410, 429, 500, 504]))),
      'requests fail': () => this.#refuse(),
      'etcd is down': () => this.#unready(),
      'the watch cache lags': () => {
        this.api.cacheLag = Math.floor(this.#random() * 3);
      },
      'bookmarks change': () => {
        this.api.bookmarkMs = this.#random() < 0.3 ? undefined : 60_000;
      },
      'somebody asks to reconnect': () => this.cache.poke(),
    };
    if (this.#options.jumps) strikes['the clock jumps'] = () => this.#jump();
    if (this.#options.singleDeaths) strikes['a connection dies unseen'] = () => this.#connection()?.die();
    const unseen = this.#options.singleDeaths && this.#random() < 0.2;
    const name = unseen ? 'a connection dies unseen' : this.#pick(Object.keys(strikes));
    this.#story.push(`${(this.clock.elapsed / 1000).toFixed(1)} ${name}`);
    await strikes[name]?.();
  }

  async #down(): Promise<void> {
    this.transport.refuse();
    await this.clock.advance(this.#random() ** 2 * 60_000);
    this.transport.heal();
  }

  /** A hole that no probe falls into must leave the connections alive: nobody could know otherwise. */
  async #cut(): Promise<void> {
    this.transport.swallow();
    const length = this.#random() ** 2 * 90_000;
    await this.clock.advance(length);
    const seen = length > this.#settings.probe.everyMs + 100;
    this.transport.heal(seen && this.#random() < 0.7 ? 'died' : 'survived');
  }

  async #refuse(): Promise<void> {
    const code = this.#pick([400, 401, 403, 404, 410, 429, 500, 503, 504]);
    const only = this.#random() < 0.5 ? undefined : pathOf(this.#pick(KINDS));
    this.transport.fault = ({ path }) => {
      const exempt = path === '/readyz' || path === '/version' ? code !== 401 : only !== undefined && path !== only;
      return exempt ? undefined : refusal(code, `Reason${code}`, 'refused');
    };
    if (this.#random() < 0.7) this.api.endWatches();
    await this.clock.advance(this.#random() ** 2 * 40_000);
    this.transport.fault = () => undefined;
  }

  async #unready(): Promise<void> {
    this.api.readyz = { status: 500, body: '[-]etcd failed' };
    await this.clock.advance(this.#random() * 30_000);
    this.api.readyz = { status: 200, body: 'ok' };
  }

  /** The machine sleeps: the world goes on, and no connection outlives it. */
  #jump(): void {
    this.clock.jump(this.#pick([-3_600_000, 8_000, 60_000, 7_200_000]));
    for (const connection of this.transport.watches()) connection.die();
    this.api.put(pathOf(this.#pick(KINDS)), this.#pick(NAMES), { slept: true });
  }

  #connection() {
    const watches = this.transport.watches();
    return watches.length > 0 ? this.#pick(watches) : undefined;
  }

  /** Compares every claim with the truth. */
  #witness(): void {
    this.outcome.steps += 1;
    for (const kind of KINDS) {
      const freshness = this.cache.freshness()[kind]!;
      const held = this.#held.get(kind)!.states;
      if (freshness.phase === 'forbidden' || freshness.phase === 'absent') {
        if (held.size > 0 || freshness.count > 0 || isCountable(freshness))
          this.#lie(kind, `is ${freshness.phase} and holds something`);
      } else if (freshness.phase === 'live') {
        this.outcome.live += 1;
        const age = this.#ageOf(kind, held);
        this.outcome.worstAge = Math.max(this.outcome.worstAge, age);
        if (!freshness.synced) this.#lie(kind, 'is live without a complete list');
        if (age > this.#bound) this.#lie(kind, `is live with a truth of ${age} ms ago`);
        if (freshness.count !== held.size) this.#lie(kind, `counts ${freshness.count} and has delivered ${held.size}`);
      }
      this.#checkVerified(kind, freshness, held);
    }
  }

  /** What is held must be as true as `verifiedAt` says, in whatever phase. */
  #checkVerified(kind: string, { phase, synced, verifiedAt }: Freshness, held: ReadonlyMap<string, string>): void {
    if (this.#options.jumps || !synced || verifiedAt === undefined || phase === 'syncing') return;
    const verified = verifiedAt - this.#began;
    if (verified > this.clock.elapsed) this.#lie(kind, 'was verified in the future');
    const age = this.#ageOf(kind, held);
    if (this.clock.elapsed - age < verified - this.#bound) this.#lie(kind, `was not true at ${verified / 1000}`);
  }

  /** How long ago what is held was last the server's truth, in ms. */
  #ageOf(kind: string, held: ReadonlyMap<string, string>): number {
    const history = this.api.history(pathOf(kind));
    const key = keyOf(held);
    let trueUntil = this.clock.elapsed;
    for (let at = history.length - 1; at >= 0; at -= 1) {
      const entry = history[at]!;
      if (keyOf(entry.objects) === key) return this.clock.elapsed - trueUntil;
      trueUntil = entry.at;
    }
    return Number.POSITIVE_INFINITY;
  }

  #lie(kind: string, what: string): never {
    const told = JSON.stringify(this.cache.freshness()[kind]);
    const story = this.#story.slice(-12).join('\n  ');
    throw new Error(`seed ${this.#options.seed}, ${this.clock.elapsed / 1000} s: ${kind} ${what}\n${told}\n  ${story}`);
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!;
  }
}

const keys = new WeakMap<ReadonlyMap<string, string>, string>();

/** A text that is the same for maps with the same content. History entries never change, so theirs is remembered. */
function keyOf(objects: ReadonlyMap<string, string>): string {
  const known = keys.get(objects);
  if (known !== undefined) return known;
  const key = [...objects]
    .map(([uid, state]) => `${uid}=${state}`)
    .sort()
    .join('\n');
  keys.set(objects, key);
  return key;
}

function errorEvent(code: number): string {
  return `${JSON.stringify({ type: 'ERROR', object: JSON.parse(statusBody(code, `Reason${code}`, 'an error')) })}\n`;
}
