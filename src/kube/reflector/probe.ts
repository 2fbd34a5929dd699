/**
 * One liveness probe for all kinds: does the API answer on a connection that did not exist before? An open watch says
 * nothing for a minute at a time, and says just as little when the way to the server is cut.
 */
import { KubeError, type Transport } from '../types.ts';
import { type Clock, sleep } from './clock.ts';
import { messageOf } from './failure.ts';
import type { ProbeSettings } from './settings.ts';

export interface ProbeOptions {
  transport: Transport;
  clock: Clock;
  settings: ProbeSettings;
  /** The API answered a question asked at `askedAt` (epoch ms). */
  onAlive(askedAt: number): void;
  /** It did not, or not as it should. `auth`: it does not know who we are. */
  onDead(reason: string, phase: 'stale' | 'auth'): void;
}

type Outcome = { alive: true } | { alive: false; reason: string; phase: 'stale' | 'auth' };

/** `/readyz` sees a dead etcd, which `/version` does not; but not everybody may read it. */
const PATHS = ['/readyz', '/version'] as const;

export class Probe {
  readonly #options: ProbeOptions;
  #path: (typeof PATHS)[number] = PATHS[0];
  #running: Promise<void> | undefined;
  #stopped = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Aborted to begin the next question at once, whatever is under way. */
  #turn = new AbortController();
  /** Aborted to end the pause between two questions. */
  #pause = new AbortController();

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.now();
    await this.#running;
  }

  /** Asks now. A question under way does not count: it may be older than the reason for asking. */
  now(): void {
    this.#turn.abort();
    this.#pause.abort();
  }

  /**
   * Ends the pause before the next question: somebody has met an error. A question under way goes on, lest a row of errors
   * keep it from ever running out of time; and there are never more questions than while the API is dead.
   */
  hurry(): void {
    const { clock, settings } = this.#options;
    if (Math.abs(clock.now() - this.#askedAt) >= settings.retryMs) this.#pause.abort();
  }

  async #run(): Promise<void> {
    const { clock, settings } = this.#options;
    while (!this.#stopped) {
      this.#turn = new AbortController();
      this.#pause = new AbortController();
      const { signal } = this.#turn;
      const askedAt = clock.now();
      this.#askedAt = askedAt;
      const outcome = await this.#ask(signal);
      if (signal.aborted) continue;
      if (outcome.alive) this.#options.onAlive(askedAt);
      else this.#options.onDead(outcome.reason, outcome.phase);
      // Counted from the question, so that a slow answer does not make the next one late.
      const took = Math.max(0, clock.now() - askedAt);
      const pause = outcome.alive ? Math.max(0, settings.everyMs - took) : settings.retryMs;
      await sleep(clock, pause, this.#pause.signal);
    }
  }

  async #ask(signal: AbortSignal): Promise<Outcome> {
    const { clock, settings } = this.#options;
    const inner = new AbortController();
    let late = false;
    const abort = () => inner.abort();
    signal.addEventListener('abort', abort);
    const timer = clock.setTimeout(() => {
      late = true;
      abort();
    }, settings.timeoutMs);
    try {
      return await this.#askFor(this.#path, inner.signal);
    } catch (error) {
      const reason = late ? `the API did not answer within ${settings.timeoutMs / 1000} s` : reasonOf(error);
      return { alive: false, reason, phase: !late && isUnknownUser(error) ? 'auth' : 'stale' };
    } finally {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  async #askFor(path: (typeof PATHS)[number], signal: AbortSignal): Promise<Outcome> {
    try {
      const { transport, settings } = this.#options;
      const idleMs = settings.timeoutMs + 1_000;
      const stream = await transport.stream({ path, accept: '*/*', freshConnection: true, signal, idleMs });
      try {
        for await (const _ of stream.body) if (signal.aborted) break;
      } finally {
        stream.close();
      }
      return { alive: true };
    } catch (error) {
      if (signal.aborted || !(error instanceof KubeError)) throw error;
      if (path === '/readyz' && (error.code === 403 || error.code === 404)) {
        this.#path = '/version';
        return await this.#askFor('/version', signal);
      }
      // Refused or throttled, yet by a server that answers: the way to it is open.
      if (path === '/version' && (error.code === 403 || error.code === 404)) return { alive: true };
      if (error.code === 429) return { alive: true };
      throw error;
    }
  }
}

function isUnknownUser(error: unknown): boolean {
  return error instanceof KubeError && (error.code === 401 || error.reason === 'Credentials');
}

/** `/readyz` names the failed checks in lines such as `[-]etcd failed: reason withheld`. */
function reasonOf(error: unknown): string {
  const failed = error instanceof Error ? [...error.message.matchAll(/\[-\](\S+)/g)].map(([, check]) => check) : [];
  if (failed.length > 0) return messageOf(`the API is not ready: ${failed.join(', ')}`);
  if (error instanceof KubeError && error.code >= 500) return `the API is not ready: ${messageOf(error)}`;
  return messageOf(error);
}
