/** An HTTP gateway before an API server: it can hold a request, or break the connection before or after it arrives. */
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

/** `before`: it never arrives. `after`: it is carried out and nobody hears of it. `hold`: it stays in the gateway. */
export type Cut = 'before' | 'after' | 'hold' | undefined;

/** What the gateway knows of a request when it decides. */
export interface Passing {
  method: string;
  /** Path and query. */
  url: string;
}

export interface Gateway {
  url: string;
  /** What becomes of a request. */
  cut: (passing: Passing) => Cut;
  /** The writes that arrived, dry runs and reviews left out. */
  writes: Passing[];
  close(): Promise<void>;
}

/** Whether a request changes something. */
export function isWrite({ method, url }: Passing): boolean {
  return method !== 'GET' && !url.includes('dryRun=') && !url.includes('selfsubjectaccessreviews');
}

/** `token`: a client sends none over a line without TLS, so that the gateway speaks for it. */
export async function startGateway(target: { url: string; token: string; ca?: string }): Promise<Gateway> {
  const to = new URL(target.url);
  const send = to.protocol === 'https:' ? httpsRequest : httpRequest;
  const server: Server = createServer((incoming: IncomingMessage, answer) => {
    const passing = { method: incoming.method ?? 'GET', url: incoming.url ?? '/' };
    const cut = gateway.cut(passing);
    const drop = () => incoming.socket.destroy();
    if (cut === 'hold') return;
    if (cut === 'before') return drop();
    if (isWrite(passing)) gateway.writes.push(passing);
    const { method, url: path } = incoming;
    const headers = { ...incoming.headers, authorization: `Bearer ${target.token}` };
    const outgoing = send(
      { hostname: to.hostname, port: to.port, method, path, headers, ca: target.ca },
      (response) => {
        if (cut === 'after') {
          response.resume().on('end', drop);
          return;
        }
        answer.writeHead(response.statusCode ?? 502, response.headers).flushHeaders();
        response.on('error', drop).pipe(answer);
      },
    );
    outgoing.on('error', drop);
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => undefined,
    writes: [],
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return gateway;
}
