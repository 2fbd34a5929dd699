import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../../src/kube/types.ts';
import { failureOf, listen, readAll, sendJson, serve, transportTo, until } from './server.ts';

/** A server of raw TCP: `talk` is called for each connection. */
async function raw(talk: (socket: Socket) => void) {
  return listen(
    createServer((socket) => {
      // Without reading, the end of the connection would go unseen.
      socket.resume();
      talk(socket);
    }),
  );
}

type Server = Awaited<ReturnType<typeof raw>>;
let server: Server;
let transport: Transport;

afterEach(async () => {
  transport.close();
  await until(() => expect(server.sockets.size).toBe(0));
  await server.close();
});

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

/** Answers each request that comes with the same bytes, and then does `after`. */
function answering(bytes: string, after: (socket: Socket) => void = () => {}) {
  return (socket: Socket) => socket.on('data', () => socket.write(bytes, () => after(socket)));
}

describe('a connection that cannot be made', () => {
  it('because nobody listens is Network, and nothing was sent', async () => {
    server = await raw(() => {});
    await server.close();
    transport = transportTo(server);
    const error = await failureOf(transport.json({ path: '/' }));
    expect(error).toMatchObject({ code: 0, reason: 'Network', cause: { code: 'ECONNREFUSED', unsent: true } });
    expect(error.message).toBe(`${server.url.host} refused the connection`);
  });

  it('because the name is unknown is Network', async () => {
    server = await raw(() => {});
    transport = transportTo({ url: new URL('http://no-such-host.invalid:6443') });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
      reason: 'Network',
      message: 'the name in no-such-host.invalid:6443 cannot be resolved',
    });
  });

  it('because TLS never begins is Timeout, within the time to connect', async () => {
    server = await raw(() => {});
    const url = new URL(`https://127.0.0.1:${server.port}`);
    transport = transportTo({ url }, { connectMs: 50, idleMs: 60_000 });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
      reason: 'Timeout',
      cause: { unsent: true },
    });
  });

  it('because the server does not speak TLS is Network', async () => {
    server = await raw(answering('HTTP/1.1 400 Bad Request\r\n\r\n'));
    transport = transportTo({ url: new URL(`https://127.0.0.1:${server.port}`) });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
      reason: 'Network',
      message: `127.0.0.1:${server.port} does not speak TLS, or a version that is too old`,
    });
  });
});

describe('a server that', () => {
  it('accepts and says nothing is Timeout after the idle time of the request', async () => {
    server = await raw(() => {});
    transport = transportTo(server, { idleMs: 60_000 });
    const error = await failureOf(transport.json({ path: '/', idleMs: 40 }));
    expect(error).toMatchObject({ code: 0, reason: 'Timeout', cause: { unsent: false } });
    expect(error.message).toContain('silent');
  });

  it('closes without an answer is Network', async () => {
    server = await raw((socket) => socket.on('data', () => socket.end()));
    transport = transportTo(server);
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Network' });
  });

  it('does not speak HTTP is Malformed', async () => {
    server = await raw(answering('SSH-2.0-OpenSSH_9.6\r\n'));
    transport = transportTo(server);
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Malformed' });
  });

  it.each([
    ['a chunk that is cut', `${head}Transfer-Encoding: chunked\r\n\r\n20\r\n{"items":[`],
    ['chunks without the last', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n`],
    ['less than Content-Length', `${head}Content-Length: 100\r\n\r\n{}`],
  ])('closes after %s is Network for json() and stream() alike', async (_, bytes) => {
    server = await raw(answering(bytes, (socket) => socket.end()));
    transport = transportTo(server);
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Network' });
    const stream = await transport.stream({ path: '/' });
    expect(await failureOf(readAll(stream.body))).toMatchObject({ reason: 'Network' });
  });

  it('resets in the middle of a watch is Network, after the events that came', async () => {
    let reset = () => {};
    server = await raw((socket) => {
      socket.on('data', () => socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n`));
      reset = () => socket.resetAndDestroy();
    });
    transport = transportTo(server);
    const { body } = await transport.stream({ path: '/' });
    const pieces = body[Symbol.asyncIterator]();
    expect(Buffer.from((await pieces.next()).value as Uint8Array).toString()).toBe('{}\n');
    reset();
    expect(await failureOf(pieces.next())).toMatchObject({ reason: 'Network' });
  });

  it('falls silent in the middle of a body is Timeout', async () => {
    server = await raw(answering(`${head}Content-Length: 100\r\n\r\n{}`));
    transport = transportTo(server, { idleMs: 700 });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Timeout' });
    const stream = await transport.stream({ path: '/' });
    expect(await failureOf(readAll(stream.body))).toMatchObject({ reason: 'Timeout' });
  });

  it('breaks its chunks is Malformed', async () => {
    server = await raw(answering(`${head}Transfer-Encoding: chunked\r\n\r\nnot a size\r\n`));
    transport = transportTo(server);
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Malformed' });
  });
});

describe('a kept connection that died unused', () => {
  /** Answers the first request of each connection, and breaks it off at the second. */
  function once(socket: Socket): void {
    let asked = 0;
    socket.on('data', () => {
      if (asked++ === 0) socket.write(`${head}Content-Length: 2\r\n\r\n{}`);
      else socket.resetAndDestroy();
    });
  }

  it('is replaced for a GET, which nobody notices', async () => {
    server = await raw(once);
    transport = transportTo(server);
    for (let i = 0; i < 4; i++) expect(await transport.json({ path: '/' })).toEqual({});
  });

  it('is never used for a write', async () => {
    server = await raw(once);
    transport = transportTo(server);
    await transport.json({ path: '/' });
    expect(await transport.json({ path: '/', method: 'DELETE' })).toEqual({});
    expect(server.accepted()).toBe(2);
  });
});

it('after a silence the other kept connections are not trusted either', async () => {
  const fake = await serve((request, response) => {
    if (request.url !== '/silent') sendJson(response, {});
  });
  server = fake;
  transport = transportTo(fake);
  await Promise.all([transport.json({ path: '/' }), transport.json({ path: '/' }), transport.json({ path: '/' })]);
  await until(() => expect(fake.sockets.size).toBe(3));
  await failureOf(transport.json({ path: '/silent', idleMs: 40 }));
  await until(() => expect(fake.sockets.size).toBe(0));
});

describe('an abort frees the socket', () => {
  it('before anything is sent', async () => {
    server = await raw(() => {});
    transport = transportTo(server);
    const error = await failureOf(transport.json({ path: '/', signal: AbortSignal.abort() }));
    expect(error.reason).toBe('Aborted');
    expect(server.accepted()).toBe(0);
  });

  it.each(['http', 'https'])('while the server is silent (%s)', async (scheme) => {
    server = await raw(() => {});
    transport = transportTo({ url: new URL(`${scheme}://127.0.0.1:${server.port}`) });
    const abort = new AbortController();
    const failing = failureOf(transport.json({ path: '/', signal: abort.signal }));
    await until(() => expect(server.sockets.size).toBe(1));
    abort.abort();
    expect(await failing).toMatchObject({ code: 0, reason: 'Aborted' });
    await until(() => expect(server.sockets.size).toBe(0));
  });

  it('while a body is read', async () => {
    server = await raw(answering(`${head}Content-Length: 100\r\n\r\n{}`));
    transport = transportTo(server);
    const abort = new AbortController();
    const stream = await transport.stream({ path: '/', signal: abort.signal });
    const reading = failureOf(readAll(stream.body));
    abort.abort();
    expect(await reading).toMatchObject({ reason: 'Aborted' });
    await until(() => expect(server.sockets.size).toBe(0));
  });

  it('while a stream waits to be read, also when its whole body has come', async () => {
    server = await raw(answering(`${head}Content-Length: 2\r\n\r\n{}`));
    transport = transportTo(server);
    const abort = new AbortController();
    const stream = await transport.stream({ path: '/', signal: abort.signal });
    abort.abort();
    expect(await failureOf(readAll(stream.body))).toMatchObject({ reason: 'Aborted' });
    await until(() => expect(server.sockets.size).toBe(0));
  });

  it('when the reader leaves the loop', async () => {
    server = await raw(answering(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n`));
    transport = transportTo(server);
    for await (const _ of (await transport.stream({ path: '/' })).body) break;
    await until(() => expect(server.sockets.size).toBe(0));
  });

  it('while waiting for its turn', async () => {
    server = await raw(() => {});
    transport = transportTo(server, { parallel: 1 });
    const first = failureOf(transport.json({ path: '/' }));
    const abort = new AbortController();
    const second = failureOf(transport.json({ path: '/', signal: abort.signal }));
    abort.abort();
    expect(await second).toMatchObject({ reason: 'Aborted' });
    transport.close();
    expect(await first).toMatchObject({ reason: 'Aborted' });
  });
});
