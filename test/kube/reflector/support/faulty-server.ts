import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from '../../../../src/kube/reflector/clock.ts';
import { type Answer, FakeApi } from './fake-api.ts';

/** One answer that is under way on a real socket. */
export interface Exchange {
  path: string;
  query: Readonly<Record<string, string | undefined>>;
  socket: Socket;
  response: ServerResponse;
}

/** A FakeApi behind a real HTTP server on a real port, whose connections can be broken in every way sockets break. */
export class FaultyServer {
  readonly api = new FakeApi(systemClock);
  readonly #server = http.createServer((request, response) => this.#serve(request, response));
  readonly #sockets = new Set<Socket>();
  readonly #exchanges = new Set<Exchange>();
  /** Sockets whose answers go nowhere, while the connection stays open. */
  readonly #dead = new WeakSet<Socket>();
  #swallowing = false;
  #port = 0;
  /** Every request answered, in order. */
  readonly requests: { path: string; query: Exchange['query'] }[] = [];
  /** Decides what becomes of a request, before the API sees it. */
  fault: (path: string, query: Exchange['query']) => Answer | 'hang' | undefined = () => undefined;

  constructor() {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
  }

  /** Listens; the second time on the same port. Gives the URL. */
  async listen(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return new URL(`http://127.0.0.1:${this.#port}`);
  }

  /** Connections open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  get watches(): Exchange[] {
    return [...this.#exchanges].filter(({ query }) => query['watch'] === 'true');
  }

  /** Refuses new connections and resets those that are open. */
  async down(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /** The way to the server is cut, unseen: connections stay open and carry nothing, new ones get no answer. */
  swallow(): void {
    this.#swallowing = true;
    for (const socket of this.#sockets) this.#dead.add(socket);
  }

  /** The way is open for new connections; those of before stay dead. */
  heal(): void {
    this.#swallowing = false;
  }

  /** This connection carries nothing any more, and nobody is told. */
  kill(exchange: Exchange): void {
    this.#dead.add(exchange.socket);
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.down();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://server');
    const query = Object.fromEntries(url.searchParams);
    const { socket } = request;
    response.on('error', () => {});
    if (this.#swallowing) this.#dead.add(socket);
    if (this.#dead.has(socket)) return;
    this.requests.push({ path: url.pathname, query });
    const fault = this.fault(url.pathname, query);
    if (fault === 'hang') return;
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    const answer = fault ?? this.api.answer(url.pathname, query, token);
    const exchange = { path: url.pathname, query, socket, response };
    this.#exchanges.add(exchange);
    response.on('close', () => this.#exchanges.delete(exchange));
    const headers = { 'content-type': 'application/json', ...('headers' in answer ? answer.headers : {}) };
    response.writeHead(answer.status, headers);
    if (!('watch' in answer)) {
      response.end(answer.body);
      return;
    }
    response.flushHeaders();
    const stop = answer.watch(
      (line) => !this.#dead.has(socket) && response.write(`${line}\n`),
      () => !this.#dead.has(socket) && response.end(),
    );
    response.on('close', stop);
  }
}
