import { errorFromAnswer, KubeError, type KubeRequest, type KubeStream, type Transport } from '../../kube/types.ts';
import type { Api } from './api.ts';
import type { WireEvent } from './faults.ts';
import type { ApiAnswer, ObjectList, User } from './types.ts';

/** As whom a transport speaks: somebody, or whoever brings a token. */
export type Speaker = ({ user: User } | { token: string }) & {
  /** What it calls itself, asked at each request; `metaldeck-simulator` where left out. Writes are booked under it. */
  program?: () => string;
  /** Objects come as they are kept, without what is worked out for who looks at them: for controllers. */
  bare?: boolean;
};

/**
 * A Transport straight to an embedded API: the same handlers as over sockets, without sockets. What comes back is
 * parsed from JSON, so that callers may do with it what they like; but what lists give to who is bare is what the API keeps,
 * and only its metadata is the caller's. Faults of the wire are felt here too.
 */
export function apiTransport(api: Api, as: Speaker): Transport {
  const open = new Set<Line>();
  const unsubscribe = api.faults.subscribe((what) => {
    for (const line of open) line.hear(what);
  });

  async function send(request: KubeRequest): Promise<{ answer: ApiAnswer; line: Line }> {
    const line = new Line(request, api.faults.wire.swallowing);
    if (api.faults.wire.refusing) throw new KubeError(0, 'Network', 'connect ECONNREFUSED (simulated)');
    open.add(line);
    line.onClose(() => open.delete(line));
    try {
      const answer = await line.wait(
        api.handle({
          method: request.method ?? 'GET',
          path: request.path,
          query: queryOf(request),
          accept: request.accept ?? 'application/json',
          contentType: request.body === undefined ? '' : (request.contentType ?? 'application/json'),
          body: request.body === undefined ? '' : JSON.stringify(request.body),
          bare: as.bare,
          userAgent: as.program?.() ?? 'metaldeck-simulator',
          user: 'user' in as ? as.user : api.userOf(as.token),
        }),
        (late) => late.close?.(),
      );
      line.onClose(() => answer.close?.());
      return { answer, line };
    } catch (error) {
      line.close();
      throw error;
    }
  }

  async function text({ body }: ApiAnswer, line: Line): Promise<string> {
    if (typeof body === 'string') return body;
    if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
    const pieces: string[] = [];
    for await (const piece of line.read(body)) pieces.push(piece);
    return pieces.join('');
  }

  async function gather({ head, items }: ObjectList, line: Line): Promise<unknown> {
    const gathered: unknown[] = [];
    for await (const some of line.read(items)) gathered.push(...some);
    return { ...head, items: gathered };
  }

  async function succeed(request: KubeRequest): Promise<{ answer: ApiAnswer; line: Line }> {
    const sent = await send(request);
    if (sent.answer.status < 400) return sent;
    try {
      const { status, headers } = sent.answer;
      throw errorFromAnswer(status, await text(sent.answer, sent.line), headers['retry-after']);
    } finally {
      sent.line.close();
    }
  }

  return {
    async json<T>(request: KubeRequest): Promise<T> {
      const { answer, line } = await succeed(request);
      try {
        if (answer.objects !== undefined) return (await gather(answer.objects, line)) as T;
        const body = await text(answer, line);
        try {
          return JSON.parse(body) as T;
        } catch (cause) {
          throw new KubeError(answer.status, 'Malformed', 'the answer is not JSON', { cause });
        }
      } finally {
        line.close();
      }
    },
    async stream(request: KubeRequest): Promise<KubeStream> {
      const { answer, line } = await succeed(request);
      const { status, headers, body } = answer;
      return {
        status,
        headers,
        body: bytes(typeof body === 'string' || body instanceof Uint8Array ? [body] : body, line),
        close: () => line.close(),
      };
    },
    close() {
      for (const line of open) line.break(new KubeError(0, 'Aborted', 'the transport was closed'));
      unsubscribe();
    },
  };
}

type Pieces = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

async function* bytes(body: Pieces, line: Line): AsyncGenerator<Uint8Array> {
  for await (const piece of line.read(body)) yield Buffer.from(piece);
}

function queryOf({ query = {} }: KubeRequest): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) params.set(key, String(value));
  return params;
}

/** What a connection is to a request: it can be silent, break, be given up, and be closed. */
class Line {
  readonly #idleMs: number | undefined;
  readonly #closers: (() => void)[] = [];
  /** Who waits for something now. Not one promise for all: those who raced it would be held for as long as it lives. */
  readonly #waiting = new Set<(error: KubeError) => void>();
  #broken: KubeError | undefined;
  #dead: boolean;
  #closed = false;

  constructor({ signal, idleMs }: KubeRequest, dead: boolean) {
    this.#idleMs = idleMs;
    this.#dead = dead;
    const abort = () => this.break(new KubeError(0, 'Aborted', 'the request was aborted'));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    this.onClose(() => signal?.removeEventListener('abort', abort));
  }

  hear(what: WireEvent): void {
    if (what.type === 'drop') this.break(new KubeError(0, 'Network', 'read ECONNRESET (simulated)'));
    if (what.type === 'swallowing' && what.on) this.#dead = true;
  }

  break(error: KubeError): void {
    this.#broken ??= error;
    for (const fail of [...this.#waiting]) fail(this.#broken);
    this.close();
  }

  onClose(closer: () => void): void {
    if (this.#closed) closer();
    else this.#closers.push(closer);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const closer of this.#closers) closer();
  }

  /** Waits for something, no longer than the line lives and speaks. `late` disposes of what comes too late. */
  wait<T>(promise: Promise<T>, late?: (value: T) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const waiting = this.#waiting;
      const fail = (error: unknown) => {
        end();
        reject(error);
      };
      function end(): void {
        waiting.delete(fail);
        clearTimeout(timer);
      }
      waiting.add(fail);
      if (this.#idleMs !== undefined) {
        const idle = this.#idleMs;
        timer = setTimeout(() => fail(new KubeError(0, 'Timeout', `silent for ${idle} ms`)), idle);
      }
      promise.then((value) => {
        const wanted = waiting.has(fail);
        if (wanted && !this.#dead) {
          end();
          resolve(value);
        } else late?.(value);
      }, fail);
      if (this.#broken) fail(this.#broken);
    });
  }

  async *read<T>(body: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
    const pieces = toAsync(body);
    try {
      for (;;) {
        const next = await this.wait(pieces.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      this.close();
    }
  }
}

async function* toAsync<T>(body: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* body;
}
