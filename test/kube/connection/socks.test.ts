import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tunnelThrough } from '../../../src/kube/connection/proxy.ts';
import type { Transport } from '../../../src/kube/types.ts';
import { socksProxy } from '../http/proxies.ts';
import { type FakeServer, failureOf, listen, pem, sendJson, serve, transportTo, until } from '../http/server.ts';

let server: FakeServer;
let proxy: Omit<FakeServer, 'requests'>;
let transport: Transport;

beforeEach(async () => {
  server = await serve((request, response) => sendJson(response, { path: request.url }), { cert: 'server' });
});

afterEach(async () => {
  transport.close();
  await until(() => expect(server.sockets.size).toBe(0));
  await Promise.all([server.close(), proxy.close()]);
});

async function through(url: URL): Promise<Transport> {
  const name = { url: new URL('https://api.test:6443') };
  return transportTo(name, { trust: { ca: pem('ca.crt') }, tunnel: await tunnelThrough(url) });
}

it.each(['socks5', 'socks5h'])('a %s proxy resolves the name itself, and its connection is kept', async (scheme) => {
  const socks = await socksProxy(server);
  proxy = socks;
  transport = await through(new URL(`${scheme}://127.0.0.1:${proxy.port}`));
  expect(await transport.json({ path: '/version' })).toEqual({ path: '/version' });
  expect(await transport.json({ path: '/api' })).toEqual({ path: '/api' });
  expect(socks.targets).toEqual(['api.test:6443']);
});

it('a SOCKS proxy that closes is a Network error without its password', async () => {
  proxy = await listen(createServer((socket) => socket.once('data', () => socket.end())));
  transport = await through(new URL(`socks5://me:sesame@127.0.0.1:${proxy.port}`));
  const error = await failureOf(transport.json({ path: '/' }));
  expect(error).toMatchObject({ code: 0, reason: 'Network', cause: { unsent: true } });
  expect(JSON.stringify([error.message, error.cause])).not.toContain('sesame');
  expect(error.message).toContain(`the proxy 127.0.0.1:${proxy.port}`);
});

it('a SOCKS proxy that says nothing does not hold an aborted request', async () => {
  proxy = await listen(createServer((socket) => socket.resume()));
  transport = await through(new URL(`socks5://127.0.0.1:${proxy.port}`));
  const abort = new AbortController();
  const failing = failureOf(transport.json({ path: '/', signal: abort.signal }));
  await until(() => expect(proxy.sockets.size).toBe(1));
  abort.abort();
  expect(await failing).toMatchObject({ reason: 'Aborted' });
});
