import { constants, createGzip, gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import type { Transport } from '../../../src/kube/types.ts';
import { type FakeServer, failureOf, type Handler, readAll, serve, transportTo, until } from './server.ts';

let server: FakeServer;
let transport: Transport;

afterEach(async () => {
  transport.close();
  await until(() => expect(server.sockets.size).toBe(0));
  await server.close();
});

async function start(handler: Handler): Promise<void> {
  server = await serve(handler);
  transport = transportTo(server, { compression: true });
}

const packed = { 'Content-Encoding': 'gzip' };

it('is asked for and unpacked', async () => {
  const list = { items: Array.from({ length: 2000 }, (_, index) => ({ name: `host-${index}` })) };
  await start((_, response) => response.writeHead(200, packed).end(gzipSync(JSON.stringify(list))));
  expect(await transport.json({ path: '/' })).toEqual(list);
  expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip');
});

it('gives each event of a watch at once', async () => {
  const gzip = createGzip();
  await start((_, response) => gzip.pipe(response.writeHead(200, packed)));
  gzip.write('{"event":0}\n');
  gzip.flush(constants.Z_SYNC_FLUSH);
  const stream = await transport.stream({ path: '/' });
  const pieces = stream.body[Symbol.asyncIterator]();
  for (let event = 0; event < 5; event++) {
    expect(Buffer.from((await pieces.next()).value as Uint8Array).toString()).toBe(`{"event":${event}}\n`);
    gzip.write(`{"event":${event + 1}}\n`);
    gzip.flush(constants.Z_SYNC_FLUSH);
  }
  stream.close();
});

it('keeps the connection after a body that was read to its end', async () => {
  await start((_, response) => response.writeHead(200, packed).end(gzipSync('{}')));
  await transport.json({ path: '/' });
  await readAll((await transport.stream({ path: '/' })).body);
  await transport.json({ path: '/' });
  expect(server.accepted()).toBe(1);
});

it.each([
  ['cut short', gzipSync('{"items":[]}').subarray(0, 15)],
  ['damaged', Buffer.from('this is not gzip at all')],
])('that is %s is Malformed', async (_, bytes) => {
  await start((__, response) => response.writeHead(200, packed).end(bytes));
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Malformed' });
  const stream = await transport.stream({ path: '/' });
  expect(await failureOf(readAll(stream.body))).toMatchObject({ reason: 'Malformed' });
});

it('that breaks off with its connection is Network', async () => {
  await start((_, response) => {
    response.writeHead(200, { ...packed, 'Content-Length': '1000' });
    response.write(gzipSync('{"items":[]}').subarray(0, 15), () => response.destroy());
  });
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Network' });
});

it('counts against the size limit unpacked', async () => {
  await start((_, response) => response.writeHead(200, packed).end(gzipSync(`"${'x'.repeat(1_000_000)}"`)));
  transport.close();
  transport = transportTo(server, { compression: true, maxBytes: 100_000 });
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Malformed' });
});

it('is the only packing that is understood', async () => {
  await start((_, response) => response.writeHead(200, { 'Content-Encoding': 'br' }).end('{}'));
  expect(await failureOf(transport.json({ path: '/' }))).toMatchObject({ reason: 'Malformed' });
});
