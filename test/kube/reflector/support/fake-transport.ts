import {
  errorFromAnswer,
  KubeError,
  type KubeRequest,
  type KubeStream,
  type Transport,
} from '../../../../src/kube/types.ts';
import type { Answer, FakeApi } from './fake-api.ts';
import type { FakeClock } from './fake-clock.ts';

/** What is done to a request instead of answering it; `undefined` lets it pass. */
export type Fault = Answer | KubeError | 'hang' | undefined;

const READ_SIZE = 700;

/** One open body. It can be cut, held up and ended from outside. */
export class Connection {
  readonly request: KubeRequest;
  readonly #onClose: () => void;
  readonly #queue: Uint8Array[] = [];
  #wake: () => void = () => {};
  #end: 'open' | 'ended' | KubeError = 'open';
  #frozen = false;
  #dead = false;
  #endAfter: (() => void) | undefined;
  stop: () => void = () => {};

  constructor(request: KubeRequest, onClose: () => void) {
    this.request = request;
    this.#onClose = onClose;
  }

  /** The server sends text. A dead connection loses it; a frozen one delivers it later; one that has ended takes none. */
  send(text: string): void {
    if (this.#dead || this.#end !== 'open' || this.#endAfter) return;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += READ_SIZE) this.#queue.push(bytes.subarray(at, at + READ_SIZE));
    this.#wake();
  }

  /** The server ends the body. */
  end(): void {
    this.#finish('ended');
  }

  /** The connection breaks. */
  cut(error = new KubeError(0, 'Network', 'the server broke the connection')): void {
    this.#finish(error);
  }

  /** Nothing arrives until `thaw`, and nobody is told. */
  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    this.#endAfter?.();
    this.#endAfter = undefined;
    this.#wake();
  }

  /** Nothing arrives ever again, and nobody is told. */
  die(): void {
    this.#dead = true;
    this.#queue.length = 0;
  }

  abort(): void {
    this.#queue.length = 0;
    this.#close(new KubeError(0, 'Aborted', 'aborted'));
  }

  async *body(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#frozen || this.#dead ? undefined : this.#queue.shift();
        if (chunk) yield chunk;
        else if (this.#end === 'ended') return;
        else if (this.#end !== 'open') throw this.#end;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#close('ended');
    }
  }

  #finish(end: 'ended' | KubeError): void {
    if (this.#dead) return;
    if (this.#frozen) this.#endAfter = () => this.#close(end);
    else this.#close(end);
  }

  #close(end: 'ended' | KubeError): void {
    if (this.#end === 'open') {
      this.#end = end;
      this.stop();
      this.#onClose();
    }
    this.#wake();
  }
}

/** A Transport straight into a FakeApi, on a fake clock. Its network can refuse, swallow and freeze; single requests can fail. */
export class FakeTransport implements Transport {
  readonly #api: FakeApi;
  readonly #clock: FakeClock;
  readonly #open = new Set<Connection>();
  #hanging = 0;
  #network: 'up' | 'refusing' | 'swallowing' = 'up';
  readonly requests: KubeRequest[] = [];
  /** Decides what becomes of a request, before the API sees it. */
  fault: (request: KubeRequest) => Fault = () => undefined;
  /** Called with each opened connection, before the first byte. */
  onConnection: (connection: Connection) => void = () => {};

  constructor(api: FakeApi, clock: FakeClock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Connections open and requests unanswered. */
  get open(): number {
    return this.#open.size + this.#hanging;
  }

  watches(path?: string): Connection[] {
    return [...this.#open].filter(
      ({ request }) => request.query?.['watch'] === true && (path === undefined || request.path === path),
    );
  }

  /** New connections are refused and open ones break. */
  refuse(): void {
    this.#network = 'refusing';
    for (const connection of [...this.#open]) connection.cut();
  }

  /** The way to the server is cut: nothing gets through, either way, and nobody is told. */
  swallow(): void {
    this.#network = 'swallowing';
    for (const connection of this.#open) connection.freeze();
  }

  /** The way is open again. What was open has survived, or has died unseen (a firewall forgot it). */
  heal(open: 'survived' | 'died' = 'died'): void {
    this.#network = 'up';
    for (const connection of this.#open) {
      if (open === 'died') connection.die();
      else connection.thaw();
    }
  }

  close(): void {
    for (const connection of [...this.#open]) connection.abort();
  }

  async json<T>(request: KubeRequest): Promise<T> {
    const stream = await this.stream(request);
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.body) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    this.requests.push(request);
    const fault = this.fault(request);
    if (this.#network === 'refusing') throw new KubeError(0, 'Network', 'connect ECONNREFUSED');
    if (this.#network === 'swallowing' || fault === 'hang') return this.#never(request);
    if (fault instanceof KubeError) throw fault;
    const answer = fault ?? this.#api.answer(request.path, textual(request.query));
    if (answer.status >= 400 && 'body' in answer) {
      throw errorFromAnswer(answer.status, answer.body, answer.headers?.['retry-after']);
    }
    const connection = new Connection(request, () => this.#open.delete(connection));
    this.#open.add(connection);
    if (request.signal?.aborted) connection.abort();
    request.signal?.addEventListener('abort', () => connection.abort(), { once: true });
    this.onConnection(connection);
    if ('watch' in answer) {
      connection.stop = answer.watch(
        (line) => connection.send(`${line}\n`),
        () => connection.end(),
      );
    } else {
      connection.send(answer.body);
      connection.end();
    }
    return { status: answer.status, headers: {}, body: connection.body(), close: () => connection.abort() };
  }

  #never(request: KubeRequest): Promise<never> {
    this.#hanging += 1;
    return new Promise((_, reject) => {
      const fail = (error: KubeError) => {
        this.#hanging -= 1;
        this.#clock.clearTimeout(timer);
        request.signal?.removeEventListener('abort', aborted);
        reject(error);
      };
      const aborted = () => fail(new KubeError(0, 'Aborted', 'aborted'));
      const silent = new KubeError(0, 'Timeout', 'the server was silent');
      const timer = this.#clock.setTimeout(() => fail(silent), request.idleMs ?? 30_000);
      request.signal?.addEventListener('abort', aborted);
      if (request.signal?.aborted) aborted();
    });
  }
}

function textual(query: KubeRequest['query']): Record<string, string | undefined> {
  const entries = Object.entries(query ?? {}).map(([key, value]) => [
    key,
    value === undefined ? undefined : String(value),
  ]);
  return Object.fromEntries(entries);
}
