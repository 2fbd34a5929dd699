import { afterEach, describe, expect, it, vi } from 'vitest';
import { KubeError, type Transport } from '../../src/kube/types.ts';
import { type Api, createApi } from '../../src/simulator/api/api.ts';
import { type ApiServer, startApiServer } from '../../src/simulator/api/server.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { refused } from './client.ts';
import { httpTransport } from './http-transport.ts';

const NAMESPACES = '/api/v1/namespaces';
const MACHINES = '/apis/cluster.x-k8s.io/v1beta1/machines';
const text = (chunk: Uint8Array) => Buffer.from(chunk).toString('utf8');

interface World {
  api: Api;
  transport: Transport;
  /** A client without a kept connection. */
  fresh(): Transport;
  close(): Promise<void>;
}

const worlds: [string, () => Promise<World>][] = [
  [
    'in memory',
    async () => {
      const api = createApi();
      const fresh = () => apiTransport(api, { user: { name: 'admin' } });
      return { api, transport: fresh(), fresh, close: async () => {} };
    },
  ],
  ...[false, true].map((tls): [string, () => Promise<World>] => [
    tls ? 'over HTTPS' : 'over HTTP',
    async () => {
      const api = createApi();
      const server: ApiServer = await startApiServer({ api, token: 'secret', tls });
      const transports: Transport[] = [];
      const fresh = () => {
        const transport = httpTransport({ url: server.url, ca: server.ca, token: 'secret' });
        transports.push(transport);
        return transport;
      };
      return {
        api,
        transport: fresh(),
        fresh,
        async close() {
          for (const transport of transports) transport.close();
          await server.close();
        },
      };
    },
  ]),
];

describe.each(worlds)('faults %s', (_name, make) => {
  let world: World;
  afterEach(() => world.close());

  const list = (transport: Transport = world.transport) => transport.json<{ items: unknown[] }>({ path: NAMESPACES });
  const watch = () => world.transport.stream({ path: NAMESPACES, query: { watch: true } });

  it('answers as often as told with a status', async () => {
    world = await make();
    world.api.faults.fail({ status: 429, times: 2, retryAfterSeconds: 7 }, { resource: 'namespaces' });
    expect((await refused(list(), 429, 'TooManyRequests')).retryAfter).toBe(7);
    await world.transport.json({ path: MACHINES });
    await refused(list(), 429, 'TooManyRequests');
    expect((await list()).items).toHaveLength(4);
  });

  it('can fail watches only', async () => {
    world = await make();
    const release = world.api.faults.fail({ status: 503, times: 9 }, { watch: true });
    await list();
    await refused(watch(), 503, 'ServiceUnavailable');
    release();
    (await watch()).close();
  });

  it('denies a resource, in reviews too, and grants it again', async () => {
    world = await make();
    const release = world.api.faults.deny('machines');
    const review = async () => {
      const { status } = await world.transport.json<{ status: { allowed: boolean } }>({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: { spec: { resourceAttributes: { verb: 'list', group: 'cluster.x-k8s.io', resource: 'machines' } } },
      });
      return status.allowed;
    };
    const error = await refused(world.transport.json({ path: MACHINES }), 403, 'Forbidden');
    expect(error.message).toMatch(/^machines\.cluster\.x-k8s\.io is forbidden: User "admin" cannot list/);
    expect(await review()).toBe(false);
    release();
    await world.transport.json({ path: MACHINES });
    expect(await review()).toBe(true);
  });

  it('hides a resource from paths and discovery, ends its watches, and shows it again', async () => {
    world = await make();
    const stream = await world.transport.stream({ path: MACHINES, query: { watch: true } });
    const release = world.api.faults.hide('machines');
    for await (const _chunk of stream.body) expect.unreachable('nothing was written');
    const kinds = async () => {
      const { resources } = await world.transport.json<{ resources: { name: string }[] }>({
        path: '/apis/cluster.x-k8s.io/v1beta1',
      });
      return resources.map(({ name }) => name);
    };
    expect(await kinds()).not.toContain('machines');
    expect(await world.transport.json({ path: MACHINES }).catch((e: unknown) => e)).toMatchObject({ code: 404 });
    release();
    expect(await kinds()).toContain('machines');
    await world.transport.json({ path: MACHINES });
  });

  it('cuts a line of a watch in the middle and ends it', async () => {
    world = await make();
    world.api.faults.truncateNextLine();
    let read = '';
    for await (const chunk of (await watch()).body) read += text(chunk);
    expect(read.length).toBeGreaterThan(10);
    expect(read).not.toContain('\n');
    expect(() => JSON.parse(read)).toThrow();
  });

  it('breaks open connections, and takes new ones', async () => {
    world = await make();
    const stream = await watch();
    const pieces = stream.body[Symbol.asyncIterator]();
    await pieces.next();
    world.api.faults.dropConnections();
    const error = await pieces.next().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KubeError);
    expect(error).toMatchObject({ code: 0, reason: 'Network' });
    expect((await list(world.fresh())).items).toHaveLength(4);
  });

  it('refuses new connections while open ones live on', async () => {
    world = await make();
    const stream = await watch();
    const pieces = stream.body[Symbol.asyncIterator]();
    await pieces.next();
    const release = world.api.faults.refuseConnections();
    const error = await list(world.fresh()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 0, reason: 'Network' });
    world.api.faults.endWatches();
    expect((await pieces.next()).done).toBe(true);
    release();
    await vi.waitFor(async () => expect((await list(world.fresh())).items).toHaveLength(4));
  });

  it('half-opens: nothing arrives any more, on open connections or new ones, until released', async () => {
    world = await make();
    const stream = await watch();
    const pieces = stream.body[Symbol.asyncIterator]();
    await pieces.next();
    const release = world.api.faults.swallow();
    const heard = vi.fn();
    pieces.next().then(heard, () => {});
    const silent = new AbortController();
    const written = world.api.revision + 1;
    const body = { metadata: { name: 'later' } };
    const answered = vi.fn();
    const asked = world.fresh().json({ method: 'POST', path: NAMESPACES, body, signal: silent.signal });
    asked.then(answered, () => {});
    // The request arrives and is carried out; only its answer is lost.
    await vi.waitFor(() => expect(world.api.revision).toBe(written));
    release();
    expect((await list(world.fresh())).items).toHaveLength(5);
    silent.abort();
    await expect(asked).rejects.toMatchObject({ code: 0, reason: 'Aborted' });
    expect(answered).not.toHaveBeenCalled();
    expect(heard).not.toHaveBeenCalled();
    stream.close();
  });

  it('forgets the past on demand', async () => {
    world = await make();
    await world.transport.json({ method: 'POST', path: NAMESPACES, body: { metadata: { name: 'a' } } });
    world.api.faults.compact();
    const stream = await world.transport.stream({ path: NAMESPACES, query: { watch: true, resourceVersion: '1' } });
    let read = '';
    for await (const chunk of stream.body) read += text(chunk);
    expect(JSON.parse(read)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  it('delays, and can be aborted while it does', async () => {
    world = await make();
    const release = world.api.faults.delay(60_000);
    const control = new AbortController();
    const held = world.transport.json({ path: NAMESPACES, signal: control.signal });
    control.abort();
    await expect(held).rejects.toMatchObject({ reason: 'Aborted' });
    release();
    expect((await list()).items).toHaveLength(4);
  });
});
