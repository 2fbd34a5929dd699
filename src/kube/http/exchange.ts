import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { KubeError } from '../types.ts';
import type { DialOptions } from './agents.ts';
import { decoded, pieces, type Source } from './body.ts';
import { abortedError, type NetworkCause, networkError } from './errors.ts';

/** One request on the wire. */
export interface ExchangeOptions {
  url: { secure: boolean; hostname: string; port: number; path: string };
  /** How errors name the server. */
  host: string;
  method: string;
  headers: http.OutgoingHttpHeaders;
  body?: string;
  agent: http.Agent;
  /** Longest time, in ms, to have a connection ready, TLS and proxy included. */
  connectMs: number;
  /** Longest silence, in ms, before the headers and between two pieces of the body. */
  idleMs: number;
  signal?: AbortSignal;
}

/** An answer whose body is still arriving. */
export interface Exchange {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** The unpacked body; to be read once. Throws KubeError: a body that ends early never looks like one that ended. */
  body: AsyncIterable<Uint8Array>;
  /** Gives the connection up unless the body was read to its end. */
  close(): void;
}

/**
 * Sends one request and resolves when the headers of the answer are there, whatever the status. It does not retry and
 * follows no redirect. When it rejects, always with a KubeError, its socket is destroyed.
 */
export function exchange(options: ExchangeOptions): Promise<Exchange> {
  const { host, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortedError());
      return;
    }
    const dial = new AbortController();
    let request: http.ClientRequest | undefined;
    let answer: Source | undefined;
    let failure: KubeError | undefined;
    let timer: NodeJS.Timeout | undefined;
    let connected = false;
    let over = false;

    const release = () => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    /** Ends the exchange, in whichever phase it is; the first reason is the one reported. */
    const fail = (error: KubeError) => {
      if (over) return;
      failure = error;
      release();
      reject(failure);
      dial.abort();
      // Before the request: destroying that empties the body, which must not look read to its end.
      answer?.stream.destroy(failure);
      request?.destroy();
    };
    const abort = () => fail(abortedError());
    const close = () => fail(abortedError('the answer was not read to its end'));
    const limit = (ms: number, text: string) => {
      clearTimeout(timer);
      if (over) return;
      timer = setTimeout(() => fail(new KubeError(0, 'Timeout', text, { cause: { unsent: !connected } })), ms);
    };
    const silent = `${host} was silent for ${seconds(options.idleMs)}`;

    signal?.addEventListener('abort', abort, { once: true });
    limit(options.connectMs, `${host} took no connection within ${seconds(options.connectMs)}`);
    try {
      request = send(options, dial.signal);
    } catch (error) {
      fail(networkError(error, host, { unsent: true }));
      return;
    }
    const sent = request;
    /** What a failure says of the request: a kept connection may have died before it was used again. */
    const lost = (): Omit<NetworkCause, 'code'> => {
      if (answer) return {};
      return sent.reusedSocket ? { stale: true } : { unsent: !connected };
    };
    sent.on('error', (error) => fail(networkError(error, host, lost())));
    sent.on('close', () => {
      // Once there is an answer, its body tells whether it was cut.
      if (!answer) fail(networkError({ code: 'ECONNRESET' }, host, lost()));
    });
    sent.on('socket', (socket) => {
      whenReady(socket, options.url.secure && !sent.reusedSocket, () => {
        connected = true;
        limit(options.idleMs, silent);
      });
    });
    sent.on('response', (response) => {
      clearTimeout(timer);
      try {
        answer = decoded(response, host);
      } catch (error) {
        fail(networkError(error, host));
        return;
      }
      const body = pieces(answer, {
        arm: () => limit(options.idleMs, silent),
        disarm: () => clearTimeout(timer),
        failed: (error) => failure ?? networkError(error, host),
        over: (clean) => (clean ? release() : close()),
      });
      resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), body, close });
    });
    sent.end(options.body);
  });
}

function send(options: ExchangeOptions, dialSignal: AbortSignal): http.ClientRequest {
  const { url, agent, method, headers } = options;
  const wire: https.RequestOptions & DialOptions = {
    agent,
    host: url.hostname,
    port: url.port,
    path: url.path,
    method,
    headers,
    dialSignal,
  };
  return (url.secure ? https : http).request(wire);
}

/** Calls `ready` when bytes of the request can flow. */
function whenReady(socket: Duplex, handshake: boolean, ready: () => void): void {
  const tcp = socket as TLSSocket;
  if (handshake) tcp.once('secureConnect', ready);
  else if (tcp.connecting) tcp.once('connect', ready);
  else ready();
}

/** Node joins repeated headers itself, except `set-cookie`, which no API server sends. */
function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
