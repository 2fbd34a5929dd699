import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectTunnel } from '../../../src/kube/http/tunnel.ts';
import type { Transport } from '../../../src/kube/types.ts';
import { connectProxy } from './proxies.ts';
import { type FakeServer, failureOf, listen, pem, sendJson, serve, transportTo, until } from './server.ts';

type Proxy = Omit<FakeServer, 'requests'>;
let server: FakeServer;
let proxy: Proxy;
let transport: Transport;

beforeEach(async () => {
  server = await serve((request, response) => sendJson(response, { path: request.url }), { cert: 'server' });
});

afterEach(async () => {
  transport.close();
  await until(() => expect(proxy.sockets.size).toBe(0));
  await until(() => expect(server.sockets.size).toBe(0));
  await Promise.all([server.close(), proxy.close()]);
});

/** A transport to a name that only the proxy can reach. */
function through(url: URL, more: Parameters<typeof transportTo>[1] = {}): Transport {
  const name = { url: new URL('https://api.test:6443') };
  return transportTo(name, { trust: { ca: pem('ca.crt') }, tunnel: connectTunnel(url), ...more });
}

describe('an HTTP proxy', () => {
  it('is asked to connect, sees no request, and its connection is kept', async () => {
    const connecting = await connectProxy(server);
    proxy = connecting;
    transport = through(proxy.url);
    expect(await transport.json({ path: '/version' })).toEqual({ path: '/version' });
    expect(await transport.json({ path: '/api' })).toEqual({ path: '/api' });
    expect(connecting.targets).toEqual(['api.test:6443']);
  });

  it('gets user and password', async () => {
    proxy = await connectProxy(server, { password: 'me:p@ss' });
    transport = through(new URL(`http://me:p%40ss@127.0.0.1:${proxy.port}`));
    expect(await transport.json({ path: '/' })).toEqual({ path: '/' });
  });

  it('that refuses is a Network error that shows no password', async () => {
    proxy = await connectProxy(server, { password: 'me:right' });
    transport = through(new URL(`http://me:wrong-word@127.0.0.1:${proxy.port}`));
    const error = await failureOf(transport.json({ path: '/' }));
    expect(error).toMatchObject({ code: 0, reason: 'Network', cause: { unsent: true } });
    expect(error.message).toBe(`the proxy 127.0.0.1:${proxy.port} does not accept the user or the password in its URL`);
    await transport.close();
    transport = through(new URL(`http://127.0.0.1:${proxy.port}`));
    expect((await failureOf(transport.json({ path: '/' }))).message).toBe(
      `the proxy 127.0.0.1:${proxy.port} wants a user and a password`,
    );
  });

  it('that is down is a Network error that names the proxy', async () => {
    proxy = await connectProxy(server);
    await proxy.close();
    transport = through(proxy.url);
    const error = await failureOf(transport.json({ path: '/' }));
    expect(error).toMatchObject({ reason: 'Network', message: `the proxy ${proxy.url.host} refused the connection` });
  });

  it('that says nothing is Timeout, and its socket is freed', async () => {
    proxy = await listen(createServer((socket) => socket.resume()));
    transport = through(proxy.url, { connectMs: 50 });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
      reason: 'Timeout',
      cause: { unsent: true },
    });
    await until(() => expect(proxy.sockets.size).toBe(0));
  });

  it('that says nothing does not hold an aborted request, nor its socket', async () => {
    proxy = await listen(createServer((socket) => socket.resume()));
    transport = through(proxy.url);
    const abort = new AbortController();
    const failing = failureOf(transport.json({ path: '/', signal: abort.signal }));
    await until(() => expect(proxy.sockets.size).toBe(1));
    abort.abort();
    expect(await failing).toMatchObject({ reason: 'Aborted' });
    await until(() => expect(proxy.sockets.size).toBe(0));
  });

  it.each(['garbage\r\n\r\n', ''])('that answers %j and closes is an error', async (bytes) => {
    proxy = await listen(createServer((socket) => socket.once('data', () => socket.end(bytes))));
    transport = through(proxy.url);
    expect(['Network', 'Malformed']).toContain((await failureOf(transport.json({ path: '/' }))).reason);
  });

  it('does not weaken the check of the server', async () => {
    proxy = await connectProxy(server);
    transport = through(proxy.url, { trust: { ca: pem('other-ca.crt') } });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Certificate' });
  });

  it('carries plain HTTP as well', async () => {
    const plain = await serve((_, response) => sendJson(response, { plain: true }));
    proxy = await connectProxy(plain);
    transport = transportTo({ url: new URL('http://api.test:8001') }, { tunnel: connectTunnel(proxy.url) });
    expect(await transport.json({ path: '/' })).toEqual({ plain: true });
    await plain.close();
  });
});

it('an HTTPS proxy that is not trusted is a Certificate error', async () => {
  proxy = await connectProxy(server, { tls: true });
  transport = through(proxy.url);
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
    reason: 'Certificate',
    message: `the certificate of the proxy ${proxy.url.host} is not signed by an authority that is trusted here`,
  });
});
