import http from 'node:http';
import https from 'node:https';
import { errorFromAnswer, KubeError, type KubeRequest, type KubeStream, type Transport } from '../../src/kube/types.ts';

/** Where a server is and who asks, by a token or by a certificate. `ca`, `cert` and `key` are PEM text; a server without TLS needs none. */
export interface Endpoint {
  url: string;
  token?: string;
  ca?: string;
  cert?: string;
  key?: string;
}

/**
 * A Transport over node:http(s), with as little between the tests and the server as can be: no retries, no gzip, no
 * idle limits. The contract is judged through it rather than through the client that metaldeck ships.
 */
export function httpTransport({ url, token, ca, cert, key }: Endpoint): Transport {
  const secure = url.startsWith('https:');
  const agent = secure ? new https.Agent({ keepAlive: true, ca, cert, key }) : new http.Agent({ keepAlive: true });

  function stream(request: KubeRequest): Promise<KubeStream> {
    const target = new URL(request.path, url);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) target.searchParams.set(key, String(value));
    }
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers: Record<string, string> = { accept: request.accept ?? 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (body !== undefined) {
      headers['content-type'] = request.contentType ?? 'application/json';
      headers['content-length'] = String(Buffer.byteLength(body));
    }
    const options = { method: request.method ?? 'GET', headers, agent, signal: request.signal };
    return new Promise((resolve, reject) => {
      const sent = (secure ? https : http).request(target, options);
      sent.on('error', (cause) => {
        reject(new KubeError(0, request.signal?.aborted ? 'Aborted' : 'Network', String(cause), { cause }));
      });
      sent.on('response', async (answer) => {
        const status = answer.statusCode ?? 0;
        if (status >= 400) {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk);
          reject(errorFromAnswer(status, Buffer.concat(chunks).toString('utf8'), answer.headers['retry-after']));
          return;
        }
        resolve({
          status,
          headers: Object.fromEntries(Object.entries(answer.headers).map(([k, v]) => [k, String(v)])),
          body: read(answer, request.signal),
          close: () => answer.destroy(),
        });
      });
      sent.end(body);
    });
  }

  return {
    stream,
    async json<T>(request: KubeRequest): Promise<T> {
      const { body } = await stream(request);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
    },
    close: () => agent.destroy(),
  };
}

async function* read(answer: http.IncomingMessage, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer) yield chunk;
  } catch (cause) {
    throw new KubeError(0, signal?.aborted ? 'Aborted' : 'Network', String(cause), { cause });
  }
}
