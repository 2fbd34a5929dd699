import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { ACCEPT, Client, causeFields, collect, refused, type WatchEvent } from './client.ts';

function connect(options: Parameters<typeof createApi>[0] = {}) {
  const api = createApi(options);
  const transport = apiTransport(api, { user: { name: 'admin' } });
  const client = new Client({
    transport,
    limited: transport,
    namespace: 'cpaas-system',
    clusterApi: 'v1beta1',
    compact: async () => api.faults.compact(),
  });
  return { api, client };
}

const types = (events: WatchEvent[]) => events.map(({ type }) => type);
const WATCH_LIST = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true };

afterEach(() => {
  vi.useRealTimers();
});

describe('sendInitialEvents', () => {
  it('sends what there is, a bookmark that says so, and what comes', async () => {
    const { client, api } = connect();
    await client.createPool('a');
    await client.createPool('b');
    const revision = String(api.revision);
    const events = await client.watchPools(WATCH_LIST, {
      enough: (seen) => seen.length === 4,
      act: () => client.createPool('c'),
    });
    expect(types(events)).toEqual(['ADDED', 'ADDED', 'BOOKMARK', 'ADDED']);
    expect(events[2]?.object.metadata).toMatchObject({
      resourceVersion: revision,
      annotations: { 'k8s.io/initial-events-end': 'true' },
    });
  });

  it('does so for metadata only', async () => {
    const { client } = connect();
    await client.createPool('a');
    const enough = (seen: WatchEvent[]) => seen.length === 2;
    const events = await client.watchPools(WATCH_LIST, { enough, accept: ACCEPT.partial });
    expect(events.map(({ object }) => object.kind)).toEqual(['PartialObjectMetadata', 'PartialObjectMetadata']);
  });

  it('sends nothing of the past when false', async () => {
    const { client } = connect();
    await client.createPool('a');
    const query = { sendInitialEvents: false, resourceVersionMatch: 'NotOlderThan' };
    const events = await client.watchPools(query, {
      enough: (seen) => seen.length === 1,
      act: () => client.createPool('b'),
    });
    expect(events[0]?.object.metadata.name).toBe(`${client.id}-b`);
  });

  it('is refused by a server that does not have it, and without its match rule', async () => {
    const enough = () => true;
    const old = connect({ watchList: false });
    const error = await refused(old.client.watchPools(WATCH_LIST, { enough }), 422, 'Invalid');
    expect(error.message).toContain('sendInitialEvents is forbidden for watch');
    const loose = connect().client.watchPools({ sendInitialEvents: true }, { enough });
    expect(causeFields(await refused(loose, 422, 'Invalid'))).toEqual(['resourceVersionMatch']);
    await refused(connect().client.listPools(WATCH_LIST), 422, 'Invalid');
  });
});

describe('bookmarks', () => {
  it('come once a minute, and shortly before the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    const { client } = connect();
    const { metadata } = await client.createPool('a');
    const query = { allowWatchBookmarks: true, resourceVersion: metadata.resourceVersion, timeoutSeconds: 150 };
    const told: WatchEvent[] = [];
    const done = client.watchPools(query, {
      enough: (seen) => {
        told.splice(0, told.length, ...seen);
        return false;
      },
    });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(types(told)).toEqual([]);
    await vi.advanceTimersByTimeAsync(62_000);
    expect(types(told)).toEqual(['BOOKMARK', 'BOOKMARK']);
    await vi.advanceTimersByTimeAsync(28_000);
    expect(types(told)).toEqual(['BOOKMARK', 'BOOKMARK', 'BOOKMARK']);
    await vi.advanceTimersByTimeAsync(2000);
    expect(types(await done)).toHaveLength(3);
  });

  it('are not sent to those who did not ask', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
    const { client } = connect();
    const { metadata } = await client.createPool('a');
    const query = { resourceVersion: metadata.resourceVersion, timeoutSeconds: 300 };
    const done = client.watchPools(query, { enough: () => false });
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await done).toEqual([]);
  });
});

describe('a watch', () => {
  it('ends when its reader is too slow', async () => {
    const { client } = connect({ watchBuffer: 3 });
    const { metadata } = await client.createPool('a');
    const stream = await client.connection.transport.stream({
      path: client.path('machineinventorypools'),
      query: { watch: true, resourceVersion: metadata.resourceVersion },
    });
    for (const suffix of ['b', 'c', 'd', 'e']) await client.createPool(suffix);
    const chunks = await collect(stream.body);
    expect(chunks).toEqual([]);
  });

  it('reaches back as far as the history goes, and no further', async () => {
    const { client, api } = connect({ historyLimit: 3 });
    await client.createPool('a');
    const first = api.revision;
    for (const suffix of ['b', 'c', 'd']) await client.createPool(suffix);
    const from = (revision: number) =>
      client.watchPools(
        { resourceVersion: String(revision), timeoutSeconds: 1 },
        { enough: (seen) => seen.length === 3 },
      );
    expect(types(await from(first))).toEqual(['ADDED', 'ADDED', 'ADDED']);
    expect(types(await from(first - 1))).toEqual(['ERROR']);
  });

  it('is told of events that have grown too old', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const { client } = connect({ eventTtlMs: 60_000, now: () => now });
    const event = (name: string) => ({
      method: 'POST' as const,
      path: client.path('events'),
      body: {
        metadata: { name },
        involvedObject: { kind: 'Machine', name: 'm', namespace: 'cpaas-system' },
        reason: 'R',
      },
    });
    const created = await client.json(event('old'));
    expect(created.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
    now += 61_000;
    await client.json(event('new'));
    const list = await client.json<{ items: { metadata: { name: string } }[] }>({ path: client.path('events') });
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['new']);
  });
});
