import { randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest } from 'node:http2';
import { type AddressInfo, createServer as createNet, type Socket } from 'node:net';
import type { Api } from './api.ts';
import { type Credentials, certified, selfSigned } from './certificate.ts';
import { type Acquaintances, actingAs, requester } from './credentials.ts';
import { kubeconfig } from './kubeconfig.ts';
import { escapedJson, escapedPieces, presented } from './presenting.ts';
import { jsonOfProtobuf, PROTOBUF } from './protobuf-body.ts';
import { pump, readBody, sendPieces, sendText, tooLarge } from './sending.ts';
import type { ApiAnswer } from './types.ts';

/** What a server needs of an API: one of them, or several behind one address. A `handle` that throws cuts the line. */
export type Served = Pick<Api, 'handle' | 'userOf' | 'addToken' | 'faults'> & Acquaintances;

export interface ServerOptions {
  api: Served;
  /** 0, the default, for any free port. */
  port?: number;
  /** The bearer token of the administrator. */
  token: string;
  /** Speak TLS with a certificate made for the occasion. kubectl needs it: it sends no token over plain HTTP. */
  tls?: boolean;
  /** Who certifies it; itself where left out. */
  authority?: Credentials & { name: string };
}

export interface ApiServer {
  url: string;
  port: number;
  /** PEM to trust; undefined without TLS. */
  ca: string | undefined;
  /** Text of a kubeconfig for this server. */
  kubeconfig: string;
  /** Ends open watches and connections, and stops listening. */
  close(): Promise<void>;
}

const ADMIN = { name: 'admin', groups: ['system:masters'] };
/** How long a server that closes waits for clients that do not read, in ms. */
const FAREWELL_MS = 500;

/**
 * Serves an API on 127.0.0.1.
 *
 * With `tls`, and the kubeconfig given back, kubectl can do with it what test/kubectl does; none of it needs
 * `--validate=false`. Of bodies in protobuf, those of the kinds in protobuf-body.ts are read; others get a 415.
 */
export async function startApiServer({
  api,
  port = 0,
  token,
  tls = false,
  authority,
}: ServerOptions): Promise<ApiServer> {
  api.addToken(token, ADMIN);
  const credentials = tls ? (authority ? certifiedBy(authority) : selfSigned()) : undefined;
  const ca = authority?.certificate ?? credentials?.certificate;
  const asks = api.userOfCertificate !== undefined;
  const wire = new Wire(api);
  const onRequest = (request: IncomingMessage, response: ServerResponse) => void wire.exchange(request, response);
  const web =
    credentials === undefined
      ? createHttp(onRequest)
      : createSecureServer(
          {
            ...{ key: credentials.key, cert: credentials.certificate, allowHTTP1: true },
            // Whoever comes with a certificate is known by it, and whoever has none by a token.
            ...{ requestCert: asks, rejectUnauthorized: false },
          },
          // Both are asked and answered in the same way: that is what Node's compatibility API is for.
          onRequest as unknown as (request: Http2ServerRequest) => void,
        );
  Object.assign(web, { keepAliveTimeout: 60_000 });
  // A listener of our own decides what happens to a connection before HTTP sees it.
  const listener = createNet((socket) => {
    wire.accept(socket);
    web.emit('connection', socket);
  });
  const listen = async (at: number) => {
    listener.listen(at, '127.0.0.1');
    await once(listener, 'listening');
  };
  await listen(port);
  const bound = (listener.address() as AddressInfo).port;
  const unsubscribe = api.faults.subscribe((what) => {
    if (what.type === 'drop') wire.drop();
    if (what.type === 'swallowing' && what.on) wire.swallow();
    if (what.type === 'refusing' && what.on) listener.close();
    if (what.type === 'refusing' && !what.on) void listen(bound);
  });

  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${bound}`;
  return {
    url,
    port: bound,
    ca: tls ? ca : undefined,
    kubeconfig: kubeconfig({ url, token, namespace: 'cpaas-system', ca: tls ? ca : undefined }),
    async close() {
      unsubscribe();
      const closed = listener.listening ? once(listener, 'close') : undefined;
      listener.close();
      await wire.finish();
      web.close();
      wire.drop();
      await closed;
    },
  };
}

const day = 86_400_000;

/**
 * What a server of an authority's shows, as kubeadm makes it: valid since its authority is, and for a year from when it was renewed last,
 * which upgrades do. Source: k8s.io/kubernetes, cmd/kubeadm/app/util/pkiutil. One server speaks for all clusters here: names and addresses
 * of one of them are not in it, and that at which it is reached is.
 */
function certifiedBy(authority: Credentials & { name: string }): Credentials {
  // Clocks that tests move may be ahead.
  const from = Math.min(Date.parse(new X509Certificate(authority.certificate).validFrom), Date.now() - 60_000);
  const renewals = Math.max(0, Math.floor((Date.now() - from) / (200 * day)));
  const names = ['', '.default', '.default.svc', '.default.svc.cluster.local'].map((of) => `kubernetes${of}`);
  const hosts = [...names, 'localhost', '10.96.0.1', '127.0.0.1'];
  return certified({ name: 'kube-apiserver', hosts, from, until: from + (renewals * 200 + 365) * day }, authority);
}

/** The connections of one server, and what goes over them. */
class Wire {
  readonly #api: Served;
  readonly #sockets = new Set<Socket>();
  /** Ports of clients whose connections are half-open: under TLS requests come on another socket object. */
  readonly #dead = new Set<number>();
  readonly #open = new Map<ApiAnswer, Promise<void>>();

  constructor(api: Served) {
    this.#api = api;
  }

  accept(socket: Socket): void {
    const client = socket.remotePort ?? 0;
    this.#sockets.add(socket);
    if (this.#api.faults.wire.swallowing) this.#dead.add(client);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#dead.delete(client);
    });
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  swallow(): void {
    for (const { remotePort } of this.#sockets) this.#dead.add(remotePort ?? 0);
  }

  /** Ends what is open and waits, for a moment, until the clients have it all. */
  async finish(): Promise<void> {
    for (const answer of this.#open.keys()) answer.close?.();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FAREWELL_MS);
    });
    await Promise.race([Promise.allSettled(this.#open.values()), patience]);
    clearTimeout(timer);
  }

  /** Answers one request, unless its connection is dead: then nothing is ever written. */
  async exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // From the start: a client may be gone before its answer is there.
    const gone = new Promise<void>((resolve) => response.on('close', resolve));
    try {
      const { path, query } = placeOf(request);
      const { accept = '', 'user-agent': userAgent = '' } = request.headers;
      const viewer = { path, query, accept, userAgent };
      const answer = await presented(await this.#answer(request), viewer, isWatch(request));
      this.#open.set(answer, gone);
      gone.then(() => {
        answer.close?.();
        this.#open.delete(answer);
      });
      await this.#send(answer, request, response);
    } catch {
      this.#cut(request, response);
    }
  }

  /** Ends a connection in the middle of whatever goes over it: without the words by which HTTP/2 ends one. */
  #cut(request: IncomingMessage, response: ServerResponse): void {
    const { remotePort } = request.socket;
    const shared = (request as unknown as Partial<Http2ServerRequest>).stream !== undefined;
    const socket = shared ? [...this.#sockets].find((one) => one.remotePort === remotePort) : undefined;
    if (socket) socket.destroy();
    else response.destroy();
  }

  async #answer(request: IncomingMessage): Promise<ApiAnswer> {
    const { path, query } = placeOf(request);
    const { accept = '', 'content-type': contentType = '', 'user-agent': userAgent } = request.headers;
    const body = await readBody(request);
    if (body === undefined) return tooLarge();
    const translated = contentType.startsWith(PROTOBUF) ? jsonOfProtobuf(body) : undefined;
    return this.#api.handle({
      method: request.method ?? 'GET',
      path,
      query,
      accept,
      contentType: translated === undefined ? contentType : 'application/json',
      body: translated ?? body.toString('utf8'),
      userAgent,
      user: requester(request, this.#api),
      actAs: actingAs(request),
    });
  }

  async #send({ status, headers, body }: ApiAnswer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isDead = () => this.#dead.has(request.socket.remotePort ?? 0);
    if (isDead()) return;
    const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    response.statusCode = status;
    // Go's servers say nothing of keeping connections, and keep them.
    response.removeHeader('connection');
    const always = { 'audit-id': randomUUID(), 'cache-control': 'no-cache, private' };
    for (const [name, value] of Object.entries({ ...headers, ...always })) {
      response.setHeader(canonical(name), value);
    }
    if (request.method === 'HEAD') return void response.end();
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    if (body instanceof Uint8Array) return sendText(body, gzip, response);
    if (typeof body === 'string') return sendText(isJson ? escapedJson(body) : body, gzip, response);
    const pieces = isJson ? escapedPieces(body) : body;
    if (isWatch(request)) {
      response.flushHeaders();
      await pump(pieces, response, isDead);
    } else await sendPieces(pieces, gzip, response, isDead);
    if (!isDead()) response.end();
  }
}

/** Where a request goes to. */
function placeOf({ url = '/' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const { pathname: path, searchParams: query } = new URL(url, 'http://server');
  return { path, query };
}

/** Whether each piece is waited for: a watch, or a log that is followed. */
const isWatch = ({ url = '' }: IncomingMessage): boolean =>
  /[?&]watch=(?!0|false)|\/v1[^/?]*\/watch\/|\/log\?(?:.*&)?follow=(?:true|1)/.test(url);

/** As Go writes the names of headers. */
const canonical = (name: string): string => name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
