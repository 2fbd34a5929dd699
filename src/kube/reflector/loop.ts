import type { Freshness } from '../freshness.ts';
import { KubeError } from '../types.ts';
import { type Clock, orAborted, sleep } from './clock.ts';
import { Copy } from './copy.ts';
import { Course, wentBack } from './course.ts';
import { messageOf } from './failure.ts';
import { Pacer } from './pacer.ts';
import type { Reflector, ReflectorOptions } from './reflector.ts';
import { Session } from './session.ts';
import { DEFAULTS } from './settings.ts';
import { Slots } from './slots.ts';
import type { Source } from './source.ts';

/** The reflector's engine: what comes next, and what to do when it fails. Its promises stand in `reflector.ts`. */
export class Loop<T> implements Reflector {
  readonly #options: ReflectorOptions<T>;
  readonly #clock: Clock;
  readonly #pause: number;
  readonly #course: Course;
  readonly #copy: Copy<T>;
  readonly #session: Session<T>;

  #running: Promise<void> | undefined;
  #stopped = false;
  #attempt = new AbortController();
  #source: Source<T> | undefined;
  /** An answer from memory will not do when the source is looked up. */
  #fresh = false;
  /** When the source was last looked up at once, instead of being called absent. */
  #lookedUpAt = Number.NEGATIVE_INFINITY;
  /** Doubt was cast on the attempt under way. */
  #tainted = false;

  constructor(options: ReflectorOptions<T>) {
    const { transport, clock, settings = DEFAULTS, random = Math.random, pacer = new Pacer(settings.turnMs) } = options;
    this.#options = options;
    this.#clock = clock;
    this.#pause = settings.deniedRetryMs[0];
    this.#course = new Course(settings, clock, random);
    this.#copy = new Copy({
      clock,
      settings,
      onChanges: (changes) => {
        if (!this.#stopped) options.onChanges(changes);
      },
      onFreshness: (freshness) => this.#tell(() => options.onFreshness(freshness)),
      onBroken: (ref, error) => this.#tell(() => options.onBroken?.(ref, error)),
    });
    this.#session = new Session({
      needs: { transport, clock, settings, pacer },
      slots: options.slots ?? new Slots(settings.lists),
      course: this.#course,
      copy: this.#copy,
    });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#attempt.abort();
    await this.#running;
    await this.#session.settled();
    this.#copy.claim.drop();
  }

  poke(reason: string): void {
    this.#copy.claim.trust();
    this.#course.refresh();
    // A large list over a slow line would never end if each poke began it anew.
    if (this.#session.listing && !this.#tainted) return;
    if (this.#tainted) this.#course.suspect = true;
    this.#copy.claim.ended(reason);
    this.#attempt.abort();
  }

  doubt(reason: string, phase: 'stale' | 'auth' = 'stale'): void {
    this.#tainted = true;
    this.#copy.claim.doubt(reason, phase);
  }

  vouch(at: number): void {
    this.#copy.claim.vouch(at);
  }

  freshness(): Freshness {
    return this.#copy.standing.current;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#attempt = new AbortController();
      this.#tainted = false;
      const { signal } = this.#attempt;
      const error = await this.#cycle(signal).catch((thrown: unknown) => thrown);
      const lost = this.#flush() ?? (signal.aborted ? undefined : error);
      if (lost !== undefined && !this.#stopped) await this.#setback(lost, signal);
    }
  }

  async #cycle(signal: AbortSignal): Promise<void> {
    this.#session.stage = 'resolve';
    this.#copy.standing.set({ retryAt: undefined });
    this.#copy.flush();
    const source = await this.#find(signal);
    if (this.#course.next !== 'watch') {
      if (this.#course.watchList) return this.#session.watchList(source, signal);
      await this.#session.list(source, signal);
    }
    if (this.#course.suspect) await this.#session.look(source, signal);
    await this.#session.watch(source, signal);
  }

  async #find(signal: AbortSignal): Promise<Source<T>> {
    const { source, kind } = this.#options;
    if (typeof source !== 'function') {
      this.#source = source;
    } else if (this.#source === undefined) {
      const found = await orAborted(source({ fresh: this.#fresh, signal }), signal);
      if (found === undefined) throw new KubeError(404, 'NotFound', `${kind ?? 'this kind'} is not served`);
      this.#source = found;
      this.#fresh = false;
      if (this.#course.next === 'watch') this.#course.next = 'list';
    }
    if (signal.aborted) throw new KubeError(0, 'Aborted', 'aborted');
    this.#copy.use(this.#source!);
    return this.#source!;
  }

  async #setback(error: unknown, signal: AbortSignal): Promise<void> {
    const { phase, waitMs } = this.#course.failed(error, this.#session.stage, this.#copy.unprovenSinceList);
    const message = messageOf(error);
    this.#copy.claim.lost();
    if (wentBack(error)) this.#copy.distrustRevisions();
    const dynamic = typeof this.#options.source === 'function';
    const retryAt = this.#clock.now() + waitMs;
    if (phase === 'absent' && dynamic && this.#session.stage !== 'resolve' && this.#mayLookUp()) {
      // Perhaps only this version is gone: look where the kind is now before calling it absent.
      this.#forgetSource();
      this.#notLive('stale', message);
      return;
    }
    if (phase === 'absent' || phase === 'forbidden') {
      if (dynamic) this.#forgetSource();
      try {
        this.#copy.empty({ phase, error: message, retryAt });
      } catch {
        // Said by the copy; the next cycle begins with what is pending.
      }
    } else {
      this.#notLive(phase, message, waitMs > 0 ? retryAt : undefined);
    }
    if (waitMs > 0) await sleep(this.#clock, waitMs, signal);
  }

  /** Not live: stale where something is held, otherwise still waiting. */
  #notLive(phase: 'stale' | 'auth', error: string, retryAt?: number): void {
    const held = this.#copy.synced || this.#copy.size > 0;
    this.#copy.standing.set({ phase: phase === 'stale' && !held ? 'waiting' : phase, error, retryAt });
  }

  /** Not more often than an absent kind is asked for: a server may list a kind and then not know it. */
  #mayLookUp(): boolean {
    const now = this.#clock.now();
    const long = Math.abs(now - this.#lookedUpAt) >= this.#pause;
    if (long) this.#lookedUpAt = now;
    return long;
  }

  #forgetSource(): void {
    this.#source = undefined;
    this.#fresh = true;
  }

  /** Delivers what is pending; gives the error of a consumer that throws. */
  #flush(): unknown {
    try {
      this.#copy.flush();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Calls back unless stopped. Whatever a listener throws must not end the loop. */
  #tell(run: () => void): void {
    if (this.#stopped) return;
    try {
      run();
    } catch (error) {
      this.#options.onError?.(error);
    }
  }
}
