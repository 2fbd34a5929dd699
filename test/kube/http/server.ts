import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { join } from 'node:path';
import { vi } from 'vitest';
import { fixedCredentials } from '../../../src/kube/http/credentials.ts';
import { type HttpTransportOptions, httpTransport } from '../../../src/kube/http/transport.ts';
import { KubeError } from '../../../src/kube/types.ts';

/** A test certificate or key, by file name. */
export function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, '..', 'certs', name), 'utf8');
}

export interface FakeServer {
  url: URL;
  port: number;
  /** Sockets open now. */
  sockets: Set<Socket>;
  /** How many connections were ever made. */
  accepted(): number;
  /** What was asked, in order. */
  requests: http.IncomingMessage[];
  close(): Promise<void>;
}

interface Options {
  /** Serves TLS with this certificate. */
  cert?: 'server' | 'elsewhere' | 'expired';
  /** Asks the client for a certificate. */
  client?: 'asked' | 'demanded';
}

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** An HTTP or HTTPS server on a free port of 127.0.0.1. */
export async function serve(handler: Handler, options: Options = {}): Promise<FakeServer> {
  const requests: http.IncomingMessage[] = [];
  const listener: Handler = (request, response) => {
    requests.push(request);
    handler(request, response);
  };
  const { cert, client } = options;
  const server = cert
    ? https.createServer(
        {
          cert: pem(`${cert}.crt`),
          key: pem(`${cert}.key`),
          ca: pem('ca.crt'),
          requestCert: client !== undefined,
          rejectUnauthorized: client === 'demanded',
        },
        listener,
      )
    : http.createServer(listener);
  server.keepAliveTimeout = 60_000;
  return { ...(await listen(server, cert ? 'https' : 'http')), requests };
}

/** Listens on a free port of 127.0.0.1 and keeps track of the sockets. */
export async function listen(server: NetServer, scheme = 'http'): Promise<Omit<FakeServer, 'requests'>> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${scheme}://127.0.0.1:${port}`),
    port,
    sockets,
    accepted: () => accepted,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A transport to a fake server. */
export function transportTo(server: { url: URL }, more: Partial<HttpTransportOptions> = {}) {
  return httpTransport({ server: server.url, credentials: fixedCredentials(), userAgent: 'test/1', ...more });
}

/** Answers with JSON. */
export function sendJson(response: http.ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** The KubeError that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<KubeError> {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof KubeError) return error;
  throw error;
}

/** Waits until `check` no longer throws, for longer than a busy machine needs. */
export function until<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 });
}

/** Reads a body to its end as text. */
export async function readAll(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of body) text += Buffer.from(chunk).toString('utf8');
  return text;
}
