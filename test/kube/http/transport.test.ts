import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../../src/kube/types.ts';
import { type FakeServer, failureOf, type Handler, readAll, sendJson, serve, transportTo, until } from './server.ts';

let server: FakeServer;
let transport: Transport;

afterEach(async () => {
  transport.close();
  await until(() => expect(server.sockets.size).toBe(0));
  await server.close();
});

async function start(handler: Handler, more: Parameters<typeof transportTo>[1] = {}): Promise<void> {
  server = await serve(handler);
  transport = transportTo(server, more);
}

describe('a request', () => {
  it('carries path, query, identity and accepted type, and leaves undefined out', async () => {
    await start((_, response) => sendJson(response, { kind: 'PodList' }), {
      headers: { 'Impersonate-User': 'bob', 'Impersonate-Group': ['ops', 'dev'] },
    });
    const query = { limit: 500, continue: undefined, watch: false, labelSelector: 'a=b,c in (d)' };
    const answer = await transport.json({ path: '/api/v1/pods', query, accept: 'application/json;as=Table' });
    expect(answer).toEqual({ kind: 'PodList' });
    const [request] = server.requests;
    const url = new URL(request?.url ?? '', server.url);
    expect(url.pathname).toBe('/api/v1/pods');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      limit: '500',
      watch: 'false',
      labelSelector: 'a=b,c in (d)',
    });
    expect(request?.headers).toMatchObject({
      accept: 'application/json;as=Table',
      'user-agent': 'test/1',
      host: server.url.host,
      'impersonate-user': 'bob',
    });
    expect(request?.headersDistinct['impersonate-group']).toEqual(['ops', 'dev']);
    expect(request?.headers['accept-encoding']).toBeUndefined();
  });

  it('goes below the path of the server', async () => {
    await start((_, response) => sendJson(response, {}));
    transport.close();
    transport = transportTo({ url: new URL('/k8s/clusters/c-1/', server.url) });
    await transport.json({ path: '/version' });
    expect(server.requests[0]?.url).toBe('/k8s/clusters/c-1/version');
  });

  it('sends a body as JSON with its content type and length', async () => {
    const bodies: string[] = [];
    await start((request, response) => {
      void readAll(request).then((text) => {
        bodies.push(text);
        sendJson(response, { ok: true });
      });
    });
    const body = { metadata: { name: 'größe' } };
    await transport.json({ method: 'PATCH', path: '/x', contentType: 'application/merge-patch+json', body });
    expect(JSON.parse(bodies[0] ?? '')).toEqual(body);
    expect(server.requests[0]?.headers).toMatchObject({
      'content-type': 'application/merge-patch+json',
      'content-length': String(Buffer.byteLength(JSON.stringify(body))),
    });
  });

  it('that HTTP cannot carry is refused, not thrown', async () => {
    await start((_, response) => sendJson(response, {}));
    expect(await failureOf(transport.json({ path: '/a b' }))).toMatchObject({ code: 0, reason: 'Malformed' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('an answer', () => {
  it('of 400 and above is the Status the server sent', async () => {
    const status = {
      kind: 'Status',
      reason: 'TooManyRequests',
      message: 'slow down',
      details: { retryAfterSeconds: 7 },
    };
    await start((_, response) => sendJson(response, status, 429));
    const expected = { code: 429, reason: 'TooManyRequests', message: 'slow down', retryAfter: 7 };
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject(expected);
    expect(await failureOf(transport.stream({ path: '/' }))).toMatchObject(expected);
  });

  it('of 400 and above without a Status keeps its code and Retry-After', async () => {
    await start((_, response) => response.writeHead(503, { 'Retry-After': '3' }).end('<html>'));
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
      code: 503,
      reason: 'HTTP503',
      retryAfter: 3,
    });
  });

  it('that never ends is still an error of its code', async () => {
    await start((_, response) => response.writeHead(500).write('partial'), { idleMs: 700 });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ code: 500, reason: 'HTTP500' });
  });

  it('that redirects is not followed, and its target is named without path or query', async () => {
    await start((_, response) => response.writeHead(302, { Location: 'https://sso.test/in?t=sesame' }).end());
    const error = await failureOf(transport.json({ path: '/' }));
    expect(error).toMatchObject({ code: 302, reason: 'Malformed' });
    expect(error.message).toContain('sso.test');
    expect(error.message).not.toContain('sesame');
    expect(server.requests).toHaveLength(1);
  });

  it.each([['<html>secret-word</html>'], ['{"cut": "secret-word'], ['']])(
    'that is not JSON is Malformed: %j',
    async (text) => {
      await start((_, response) => response.end(text));
      const error = await failureOf(transport.json({ path: '/' }));
      expect(error).toMatchObject({ code: 0, reason: 'Malformed' });
      expect(JSON.stringify(error.cause ?? '') + error.message).not.toContain('secret-word');
    },
  );

  it('larger than the limit is refused', async () => {
    await start((_, response) => sendJson(response, { text: 'x'.repeat(5000) }), { maxBytes: 4000 });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Malformed' });
    await until(() => expect(server.sockets.size).toBe(0));
  });

  it('comes piece by piece from stream(), with lower-case headers, to a clean end', async () => {
    let push: (text: string) => void = () => {};
    let end = () => {};
    await start((_, response) => {
      response.writeHead(200, { 'X-Kind': 'Watch' }).flushHeaders();
      push = (text) => response.write(text);
      end = () => response.end();
    });
    const answer = await transport.stream({ path: '/', query: { watch: true } });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-kind': 'Watch' } });
    const pieces = answer.body[Symbol.asyncIterator]();
    for (const text of ['one\n', 'two\n']) {
      push(text);
      expect(Buffer.from((await pieces.next()).value as Uint8Array).toString()).toBe(text);
    }
    end();
    expect((await pieces.next()).done).toBe(true);
    answer.close();
    answer.close();
  });
});

describe('connections', () => {
  it('are kept for the next GET', async () => {
    await start((_, response) => sendJson(response, {}));
    for (let i = 0; i < 5; i++) await transport.json({ path: '/' });
    expect(server.accepted()).toBe(1);
  });

  it('are kept after a stream that ended, and after an error', async () => {
    await start((request, response) => sendJson(response, {}, request.url === '/missing' ? 404 : 200));
    await readAll((await transport.stream({ path: '/' })).body);
    await failureOf(transport.json({ path: '/missing' }));
    await transport.json({ path: '/' });
    expect(server.accepted()).toBe(1);
  });

  it('are new and not kept for a probe and for a write', async () => {
    await start((_, response) => sendJson(response, {}));
    await transport.json({ path: '/' });
    await transport.json({ path: '/', freshConnection: true });
    await transport.json({ path: '/', method: 'POST', body: {} });
    await transport.json({ path: '/' });
    expect(server.accepted()).toBe(3);
    await until(() => expect(server.sockets.size).toBe(1));
  });

  it('are shared by lists, while each stream has its own', async () => {
    const waiting: (() => void)[] = [];
    await start(
      (request, response) => {
        if (request.url === '/watch') response.flushHeaders();
        else waiting.push(() => sendJson(response, {}));
      },
      { parallel: 3 },
    );
    const streams = await Promise.all(Array.from({ length: 5 }, () => transport.stream({ path: '/watch' })));
    const lists = Array.from({ length: 9 }, () => transport.json({ path: '/list' }));
    for (let answered = 0; answered < 9; answered++) {
      await until(() => expect(waiting.length).toBeGreaterThan(0));
      expect(waiting.length).toBeLessThanOrEqual(3);
      waiting.shift()?.();
    }
    await Promise.all(lists);
    expect(server.accepted()).toBeLessThanOrEqual(5 + 3);
    for (const stream of streams) stream.close();
    await until(() => expect(server.sockets.size).toBeLessThanOrEqual(3));
  });

  it('all go when the transport closes, and what is under way fails as Aborted', async () => {
    await start((request, response) => {
      if (request.url === '/watch') response.flushHeaders();
    });
    const stream = await transport.stream({ path: '/watch' });
    const reading = failureOf(readAll(stream.body));
    const listing = failureOf(transport.json({ path: '/silent' }));
    await until(() => expect(server.requests).toHaveLength(2));
    transport.close();
    expect(await reading).toMatchObject({ reason: 'Aborted' });
    expect(await listing).toMatchObject({ reason: 'Aborted' });
    await until(() => expect(server.sockets.size).toBe(0));
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Aborted' });
  });
});
