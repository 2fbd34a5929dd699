import { afterEach, expect, it, vi } from 'vitest';
import type { CredentialSource, Credentials } from '../../../src/kube/http/credentials.ts';
import { KubeError, type Transport } from '../../../src/kube/types.ts';
import { type FakeServer, failureOf, readAll, sendJson, serve, transportTo, until } from './server.ts';

let server: FakeServer;
let transport: Transport;

afterEach(async () => {
  transport.close();
  await until(() => expect(server.sockets.size).toBe(0));
  await server.close();
});

const bearer = (token: string): Credentials => ({ headers: { Authorization: `Bearer ${token}` } });

/** A server that takes the token `good` only, and a client whose source gives the tokens one after the other. */
async function start(tokens: string[], renew?: () => Promise<Credentials>) {
  server = await serve((request, response) => {
    const good = request.headers.authorization === 'Bearer good';
    sendJson(
      response,
      good ? { ok: true } : { kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' },
      good ? 200 : 401,
    );
  });
  const given = tokens.map(bearer);
  let index = 0;
  const source: CredentialSource = {
    get: async () => given[index] as Credentials,
    renew: async () => {
      if (renew) return renew();
      index = Math.min(index + 1, given.length - 1);
      return given[index] as Credentials;
    },
    close: vi.fn(),
  };
  transport = transportTo(server, { credentials: source });
  return source;
}

it('a 401 renews the credentials and repeats the request', async () => {
  await start(['old', 'good']);
  expect(await transport.json({ path: '/' })).toEqual({ ok: true });
  expect(server.requests).toHaveLength(2);
});

it('a 401 of a stream and of a write is repeated too', async () => {
  await start(['old', 'good']);
  expect(await readAll((await transport.stream({ path: '/' })).body)).toBe('{"ok":true}');
  transport.close();
  await server.close();
  await start(['old', 'good']);
  expect(await transport.json({ path: '/', method: 'POST', body: {} })).toEqual({ ok: true });
});

it('is repeated once only', async () => {
  await start(['old', 'older', 'good']);
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ code: 401, reason: 'Unauthorized' });
  expect(server.requests).toHaveLength(2);
});

it('is not repeated when nothing newer can be had', async () => {
  await start(['old']);
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ code: 401 });
  expect(server.requests).toHaveLength(1);
});

it('gives the reason why there are no newer credentials', async () => {
  await start(['old'], () => Promise.reject(new KubeError(0, 'Credentials', 'the session has ended')));
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
    reason: 'Credentials',
    message: 'the session has ended',
  });
});

it('an abort does not wait for the credentials', async () => {
  await start(['old'], () => new Promise(() => {}));
  const abort = new AbortController();
  const failing = failureOf(transport.json({ path: '/', signal: abort.signal }));
  await until(() => expect(server.requests).toHaveLength(1));
  abort.abort();
  expect(await failing).toMatchObject({ reason: 'Aborted' });
});

it('a token that HTTP cannot carry is a Credentials error that does not show it', async () => {
  await start(['se\u0000same']);
  const error = await failureOf(transport.json({ path: '/' }));
  expect(error).toMatchObject({ code: 0, reason: 'Credentials' });
  expect(error.message).not.toContain('same');
});

it('closing the transport closes the source', async () => {
  const source = await start(['good']);
  transport.close();
  expect(source.close).toHaveBeenCalled();
});
