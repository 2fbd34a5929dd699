import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CredentialSource, Credentials } from '../../../src/kube/http/credentials.ts';
import { fixedCredentials } from '../../../src/kube/http/credentials.ts';
import type { Transport } from '../../../src/kube/types.ts';
import {
  type FakeServer,
  failureOf,
  type Handler,
  pem,
  readAll,
  sendJson,
  serve,
  transportTo,
  until,
} from './server.ts';

let server: FakeServer;
let transport: Transport;

afterEach(async () => {
  transport.close();
  await until(() => expect(server.sockets.size).toBe(0));
  await server.close();
});

const trust = { ca: pem('ca.crt') };
const identity = (name: string): Credentials => ({ headers: {}, cert: pem(`${name}.crt`), key: pem(`${name}.key`) });
const whoAsks: Handler = (request, response) => {
  const subject = (request.socket as TLSSocket).getPeerCertificate().subject;
  sendJson(response, { name: subject?.CN ?? 'nobody' });
};

describe('the certificate of the server', () => {
  it('is taken when the authority is the right one', async () => {
    server = await serve(whoAsks, { cert: 'server' });
    transport = transportTo(server, { trust });
    expect(await transport.json({ path: '/' })).toEqual({ name: 'nobody' });
  });

  it('is compared with an address, which is not sent as a name', async () => {
    // Node warns once a process: this is the first address here.
    const warned = vi.spyOn(process, 'emitWarning');
    server = await serve(whoAsks, { cert: 'server' });
    transport = transportTo(server, { trust: { ...trust, servername: '127.0.0.1' } });
    expect(await transport.json({ path: '/' })).toEqual({ name: 'nobody' });
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    ['of an unknown authority', 'server', { ca: pem('other-ca.crt') }, 'not signed by an authority'],
    ['of an authority that is not named', 'server', {}, 'not signed by an authority'],
    ['that has expired', 'expired', trust, 'has expired'],
    ['for another name', 'elsewhere', trust, 'for another name'],
    ['for another tls-server-name', 'server', { ...trust, servername: 'elsewhere.test' }, 'for another name'],
    ['for another address', 'server', { ...trust, servername: '192.0.2.1' }, 'for another name'],
  ] as const)('%s is a Certificate error, and nothing is sent', async (_, cert, trusting, text) => {
    server = await serve(whoAsks, { cert });
    transport = transportTo(server, { trust: trusting });
    const error = await failureOf(transport.json({ path: '/' }));
    expect(error).toMatchObject({ code: 0, reason: 'Certificate', cause: { unsent: true } });
    expect(error.message).toContain(text);
    expect(server.requests).toHaveLength(0);
  });

  it('is compared with tls-server-name where one is set', async () => {
    server = await serve(whoAsks, { cert: 'elsewhere' });
    transport = transportTo(server, { trust: { ...trust, servername: 'elsewhere.test' } });
    expect(await transport.json({ path: '/' })).toEqual({ name: 'nobody' });
  });

  it('does not matter where verification is off', async () => {
    server = await serve(whoAsks, { cert: 'expired' });
    transport = transportTo(server, { trust: { rejectUnauthorized: false } });
    expect(await transport.json({ path: '/' })).toEqual({ name: 'nobody' });
  });
});

describe('the certificate of the client', () => {
  it('is shown to the server', async () => {
    server = await serve(whoAsks, { cert: 'server', client: 'demanded' });
    transport = transportTo(server, { trust, credentials: fixedCredentials(identity('alice')) });
    expect(await transport.json({ path: '/' })).toEqual({ name: 'alice' });
  });

  it('that does not fit its key is a Credentials error', async () => {
    server = await serve(whoAsks, { cert: 'server' });
    const broken = { ...identity('alice'), key: pem('server.key') };
    transport = transportTo(server, { trust, credentials: fixedCredentials(broken) });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ code: 0, reason: 'Credentials' });
  });

  it('that the server misses is fetched once, and the request repeated', async () => {
    server = await serve(whoAsks, { cert: 'server', client: 'demanded' });
    const source = rotating({ headers: {} }, identity('alice'));
    transport = transportTo(server, { trust, credentials: source });
    expect(await transport.json({ path: '/' })).toEqual({ name: 'alice' });
    expect(source.renewals()).toBe(1);
  });

  it('that the server misses for good is a Certificate error', async () => {
    server = await serve(whoAsks, { cert: 'server', client: 'demanded' });
    transport = transportTo(server, { trust });
    expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({
      code: 0,
      reason: 'Certificate',
      message: `${server.url.host} wants a client certificate`,
    });
  });

  it('when renewed, is shown by new connections, and those of the old one are dropped when done', async () => {
    let end = () => {};
    server = await serve(
      (request, response) => {
        if (request.url === '/watch') {
          response.flushHeaders();
          end = () => response.end();
        } else if (request.url === '/first' || request.headers.authorization === 'Bearer new')
          whoAsks(request, response);
        else sendJson(response, {}, 401);
      },
      { cert: 'server', client: 'asked' },
    );
    const source = rotating(identity('alice'), {
      ...identity('alice-renewed'),
      headers: { Authorization: 'Bearer new' },
    });
    transport = transportTo(server, { trust, credentials: source });
    const watch = await transport.stream({ path: '/watch' });
    expect(await transport.json({ path: '/first' })).toEqual({ name: 'alice' });
    expect(await transport.json({ path: '/second' })).toEqual({ name: 'alice-renewed' });
    expect(server.accepted()).toBe(3);
    // The watch and the new connection stay; the unused one of the old certificate goes.
    await until(() => expect(server.sockets.size).toBe(2));
    end();
    await readAll(watch.body);
    await until(() => expect(server.sockets.size).toBe(1));
  });
});

/** Gives `first` until it is refused, and then `second`. */
function rotating(first: Credentials, second: Credentials): CredentialSource & { renewals(): number } {
  let renewals = 0;
  return {
    get: async () => (renewals === 0 ? first : second),
    renew: async () => {
      renewals++;
      return second;
    },
    renewals: () => renewals,
    close() {},
  };
}
