import { ApiError, noSuchPath } from './errors.ts';
import type { PathParts } from './target.ts';

/** Ends a fault. Safe to call more than once. */
export type Release = () => void;

/** Which requests a fault is about: all that match every given part. */
export interface FaultFilter {
  method?: string;
  /** The plural name of a resource. */
  resource?: string;
  /** Only watches, or only what is none. */
  watch?: boolean;
}

export interface Failure {
  /** HTTP status. */
  status: number;
  /** How many requests; once if not given. */
  times?: number;
  reason?: string;
  message?: string;
  /** Seconds, sent as Retry-After and in the Status. */
  retryAfterSeconds?: number;
}

/** What a request is, as far as faults look at it. */
export interface FaultSubject {
  method: string;
  path: string;
  parts: PathParts | undefined;
  watch: boolean;
}

/** How the wire misbehaves; read by the socket server. */
export interface WireFaults {
  /** New connections are refused. */
  refusing: boolean;
  /** Connections stay open, but nothing is answered on them any more, now or later. */
  swallowing: boolean;
}

/**
 * Everything that can be broken on purpose, for tests and for scenarios. One object serves an API and its servers:
 * what concerns answers works for every transport, what concerns the wire only for sockets.
 */
export class Faults {
  readonly wire: WireFaults = { refusing: false, swallowing: false };
  readonly #failures = new Set<{ left: number; failure: Failure; filter: FaultFilter }>();
  readonly #delays = new Set<{ ms: number; filter: FaultFilter }>();
  readonly #denied = new Map<string, number>();
  readonly #hidden = new Map<string, number>();
  readonly #listeners = new Set<(what: WireEvent) => void>();
  #truncations = 0;

  /** Answers the next matching requests with an error. */
  fail(failure: Failure, filter: FaultFilter = {}): Release {
    const entry = { left: failure.times ?? 1, failure, filter };
    this.#failures.add(entry);
    return () => this.#failures.delete(entry);
  }

  /** Holds matching requests up by `ms` before they are looked at. */
  delay(ms: number, filter: FaultFilter = {}): Release {
    const entry = { ms, filter };
    this.#delays.add(entry);
    return () => this.#delays.delete(entry);
  }

  /** 403 for everything about a resource, whoever asks. */
  deny(resource: string): Release {
    return hold(this.#denied, resource);
  }

  /** Makes a resource unknown, as if its CRD were not installed; its watches end. */
  hide(resource: string): Release {
    const release = hold(this.#hidden, resource);
    this.#tell({ type: 'end-watches', resource });
    return release;
  }

  isHidden(resource: string): boolean {
    return this.#hidden.has(resource);
  }

  isDenied(resource: string | undefined): boolean {
    return resource !== undefined && this.#denied.has(resource);
  }

  /** Forgets the past: what is older than the last write can no longer be watched, listed or continued. */
  compact(): void {
    this.#tell({ type: 'compact' });
  }

  /** Ends open watches cleanly: all, or those of one resource. */
  endWatches(resource?: string): void {
    this.#tell({ type: 'end-watches', resource });
  }

  /** Cuts the next line of a watch in the middle and ends that watch there. */
  truncateNextLine(): void {
    this.#truncations++;
  }

  /** True once for each truncation that is due. */
  takeTruncation(): boolean {
    if (this.#truncations === 0) return false;
    this.#truncations--;
    return true;
  }

  /** Stops listening; open connections live on. */
  refuseConnections(): Release {
    return this.#toggle('refusing');
  }

  /** Breaks every open connection. */
  dropConnections(): void {
    this.#tell({ type: 'drop' });
  }

  /** Half-opens: open connections, and new ones until released, never carry another byte to the client. */
  swallow(): Release {
    return this.#toggle('swallowing');
  }

  /** Tells a server, or the API, of things to do at once. */
  subscribe(listener: (what: WireEvent) => void): Release {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits out the delays of a request, then throws what it is to be answered with, if anything. */
  async meet(subject: FaultSubject): Promise<void> {
    for (const { ms, filter } of this.#delays) {
      if (matches(filter, subject)) await new Promise((resolve) => setTimeout(resolve, ms));
    }
    for (const entry of this.#failures) {
      if (!matches(entry.filter, subject)) continue;
      entry.left--;
      if (entry.left <= 0) this.#failures.delete(entry);
      throw failureError(entry.failure);
    }
    if (subject.parts !== undefined && this.#hidden.has(subject.parts.plural)) throw noSuchPath(subject.path);
  }

  #toggle(what: keyof WireFaults): Release {
    this.wire[what] = true;
    this.#tell({ type: what, on: true });
    return () => {
      if (!this.wire[what]) return;
      this.wire[what] = false;
      this.#tell({ type: what, on: false });
    };
  }

  #tell(what: WireEvent): void {
    for (const listener of this.#listeners) listener(what);
  }
}

export type WireEvent =
  | { type: 'drop' }
  | { type: 'compact' }
  | { type: 'end-watches'; resource?: string }
  | { type: 'refusing' | 'swallowing'; on: boolean };

/** Counts holders, so that two faults on one resource do not release each other. */
function hold(held: Map<string, number>, resource: string): Release {
  held.set(resource, (held.get(resource) ?? 0) + 1);
  let released = false;
  return () => {
    if (released) return;
    released = true;
    const left = (held.get(resource) ?? 1) - 1;
    if (left > 0) held.set(resource, left);
    else held.delete(resource);
  };
}

function matches({ method, resource, watch }: FaultFilter, subject: FaultSubject): boolean {
  return (
    (method === undefined || method === subject.method) &&
    (resource === undefined || resource === subject.parts?.plural) &&
    (watch === undefined || watch === subject.watch)
  );
}

const REASONS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function failureError({ status, reason, message, retryAfterSeconds }: Failure): ApiError {
  return new ApiError(status, reason ?? REASONS[status], message ?? `the server answered ${status} on purpose`, {
    details: retryAfterSeconds === undefined ? undefined : { retryAfterSeconds },
  });
}
