import type { OutgoingHttpHeaders } from 'node:http';
import { errorFromAnswer, KubeError, type KubeRequest, type KubeStream, type Transport } from '../types.ts';
import { Connections, type ServerTrust, type Tunnel } from './agents.ts';
import { readText } from './body.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { abortedError, causeOf } from './errors.ts';
import { type Exchange, exchange } from './exchange.ts';
import { Gate, waitFor } from './gate.ts';

/** What `httpTransport` needs. */
export interface HttpTransportOptions {
  /** `http:` or `https:`; its path, if any, goes before that of every request (Rancher and other gateways). */
  server: URL;
  credentials: CredentialSource;
  trust?: ServerTrust;
  /** Goes by way of a proxy. */
  tunnel?: Tunnel;
  /** Sent with every request: impersonation. An array is sent as repeated headers. */
  headers?: Readonly<Record<string, string | string[]>>;
  /** Asks for gzip. */
  compression?: boolean;
  /** `metaldeck/1.2.3 (linux/amd64)`. */
  userAgent: string;
  /** Longest time to have a connection ready, in ms. */
  connectMs?: number;
  /** Longest silence where the request names none, in ms. */
  idleMs?: number;
  /** How many `json` requests may be under way at once; a stream has a connection of its own beside them. */
  parallel?: number;
  /** The largest answer `json` takes, in bytes after unpacking. */
  maxBytes?: number;
}

const defaults = { connectMs: 10_000, idleMs: 30_000, parallel: 8, maxBytes: 512_000_000 };
/** A Status object is small; a proxy's error page need not be read whole. */
const maxErrorBytes = 1_000_000;

/**
 * The door to a real API server: HTTP/1.1 over node:https or node:http.
 *
 * - A 401, or a TLS alert about our client certificate, renews the credentials and repeats the request once: the
 *   server has not carried it out.
 * - A GET whose kept connection turns out dead is repeated once on a new one. Any other method never uses a kept
 *   connection: if that broke, nobody could say whether the write had arrived.
 * - Redirects are not followed: a token must not travel to another server.
 *
 * It throws KubeErrors only, and no error is left uncaught.
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions & typeof defaults;
  readonly #connections: Connections;
  readonly #gate: Gate;
  readonly #closing = new AbortController();

  constructor(options: HttpTransportOptions) {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#options = { ...defaults, ...(given as unknown as HttpTransportOptions) };
    const { server, trust, tunnel, parallel } = this.#options;
    this.#gate = new Gate(parallel);
    this.#connections = new Connections({ secure: server.protocol === 'https:', trust, tunnel, maxIdle: parallel });
  }

  async json<T = unknown>(request: KubeRequest): Promise<T> {
    const signal = this.#signalFor(request);
    const leave = this.#kept(request) ? await this.#gate.enter(signal) : () => {};
    try {
      return await this.#perform(request, signal, async (answer) => {
        const text = await readText(answer.body, this.#options.maxBytes);
        return parse(text, this.#options.server.host) as T;
      });
    } finally {
      leave();
    }
  }

  async stream(request: KubeRequest): Promise<KubeStream> {
    return this.#perform(request, this.#signalFor(request), async (answer) => answer);
  }

  close(): void {
    this.#closing.abort();
    this.#connections.close();
    this.#options.credentials.close();
  }

  /** Runs the request with credentials, and once more with newer ones when they are refused. */
  async #perform<T>(request: KubeRequest, signal: AbortSignal, use: (answer: Exchange) => Promise<T>): Promise<T> {
    const { credentials: source } = this.#options;
    if (this.#closing.signal.aborted) throw abortedError('the connection is closed');
    const credentials = await waitFor(source.get(), signal);
    try {
      return await this.#attempt(request, credentials, signal, use);
    } catch (error) {
      if (!refused(error)) throw error;
      const newer = await waitFor(source.renew(credentials), signal);
      if (newer === credentials) throw error;
      return await this.#attempt(request, newer, signal, use);
    }
  }

  async #attempt<T>(
    request: KubeRequest,
    credentials: Credentials,
    signal: AbortSignal,
    use: (answer: Exchange) => Promise<T>,
  ): Promise<T> {
    const kept = this.#kept(request);
    try {
      const answer = await this.#send(request, credentials, signal, kept).catch((error: unknown) => {
        if (!kept || !causeOf(error).stale || (error as KubeError).reason !== 'Network') throw error;
        return this.#send(request, credentials, signal, false);
      });
      try {
        if (answer.status < 200 || answer.status >= 300) throw await failure(answer, this.#options.server.host);
        return await use(answer);
      } catch (error) {
        answer.close();
        throw error;
      }
    } catch (error) {
      if (error instanceof KubeError && (error.reason === 'Network' || error.reason === 'Timeout')) {
        this.#connections.dropIdle();
      }
      throw error;
    }
  }

  #send(request: KubeRequest, credentials: Credentials, signal: AbortSignal, kept: boolean): Promise<Exchange> {
    const { server, connectMs, idleMs } = this.#options;
    const secure = server.protocol === 'https:';
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const agents = this.#connections.agents(credentials);
    return exchange({
      url: {
        secure,
        hostname: server.hostname.replace(/^\[|\]$/g, ''),
        port: Number(server.port) || (secure ? 443 : 80),
        path: server.pathname.replace(/\/+$/, '') + request.path + queryOf(request),
      },
      host: server.host,
      method: request.method ?? 'GET',
      headers: this.#headersFor(request, credentials, body),
      body,
      agent: kept ? agents.kept : agents.fresh,
      connectMs,
      idleMs: request.idleMs ?? idleMs,
      signal,
    });
  }

  #headersFor(request: KubeRequest, credentials: Credentials, body: string | undefined): OutgoingHttpHeaders {
    const { userAgent, compression, headers } = this.#options;
    return {
      Host: this.#options.server.host,
      Accept: request.accept ?? 'application/json',
      'User-Agent': userAgent,
      ...(compression ? { 'Accept-Encoding': 'gzip' } : {}),
      ...(body === undefined
        ? {}
        : {
            'Content-Type': request.contentType ?? 'application/json',
            'Content-Length': Buffer.byteLength(body),
          }),
      ...headers,
      ...credentials.headers,
    };
  }

  #kept(request: KubeRequest): boolean {
    return !request.freshConnection && (request.method ?? 'GET') === 'GET';
  }

  #signalFor(request: KubeRequest): AbortSignal {
    return request.signal ? AbortSignal.any([request.signal, this.#closing.signal]) : this.#closing.signal;
  }
}

function queryOf(request: KubeRequest): string {
  const given = Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return query && `?${query}`;
}

/** Whether the server said that it does not take our credentials, and so did nothing. */
function refused(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return error.code === 401 || (error.reason === 'Certificate' && /ALERT/.test(causeOf(error).code ?? ''));
}

/** The error for an answer that is not a success. */
async function failure(answer: Exchange, host: string): Promise<KubeError> {
  const { status, headers } = answer;
  if (status < 400) {
    return new KubeError(status, 'Malformed', `${host} answered ${status}${target(headers['location'])}`);
  }
  const body = await readText(answer.body, maxErrorBytes, 'give').catch(() => '');
  return errorFromAnswer(status, body, headers['retry-after']);
}

function target(location: string | undefined): string {
  const url = location === undefined || !URL.canParse(location) ? undefined : new URL(location);
  return url ? `, a redirect to ${url.host}, which is not followed` : ', which is not an answer of the Kubernetes API';
}

function parse(text: string, host: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a Secret.
    throw new KubeError(0, 'Malformed', `the answer of ${host} is not JSON, or was cut short`);
  }
}
