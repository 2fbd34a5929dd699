import { describe, expect, it } from 'vitest';
import { ACCEPT, Client, type Connection, refused, type WatchEvent } from './client.ts';

const types = (events: WatchEvent[]) => events.map(({ type }) => type);

export function watchContract(connection: () => Connection): void {
  describe('watch', () => {
    it('tells writes in their order, from the revision of a list on', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const { metadata } = await client.listPools();
      const events = await client.watchPools(
        { resourceVersion: metadata.resourceVersion },
        {
          enough: (seen) => seen.length === 4,
          act: async () => {
            await client.createPool('b');
            await client.patchPool('a', 'merge', { spec: { clusterName: 'x' } });
            await client.patchPool('a', 'merge', { spec: { clusterName: 'x' } });
            await client.deletePool('b');
            await client.deletePool('a');
          },
        },
      );
      expect(types(events)).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'DELETED']);
      const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
      expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
      expect(new Set(revisions).size).toBe(4);
      expect(events[1]?.object.spec['clusterName']).toBe('x');
      expect(events[3]?.object).toMatchObject({ metadata: { name: `${client.id}-a` }, spec: { clusterName: 'x' } });
    });

    it('tells what happened before it began, when it begins in the past', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      await client.createPool('b');
      await client.deletePool('a');
      const query = { resourceVersion: metadata.resourceVersion };
      const events = await client.watchPools(query, { enough: (seen) => seen.length === 2 });
      expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
        `ADDED ${client.id}-b`,
        `DELETED ${client.id}-a`,
      ]);
    });

    it.each([[{}], [{ resourceVersion: '0' }]])('begins with what there is, given %j', async (query) => {
      const client = new Client(connection());
      await client.createPool('a');
      await client.createPool('b');
      const events = await client.watchPools(query, {
        enough: (seen) => seen.length === 3,
        act: () => client.patchPool('b', 'merge', { metadata: { annotations: { x: 'y' } } }),
      });
      expect(types(events).filter((type) => type === 'ADDED').length).toBeGreaterThanOrEqual(2);
      expect(events.at(-1)?.object.metadata.annotations).toEqual({ x: 'y' });
    });

    it('adds and deletes what starts and stops matching the selector', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a', { labels: { color: 'red' } });
      const relabel = (color: string) => client.patchPool('a', 'merge', { metadata: { labels: { color } } });
      const events = await client.watchPools(
        { resourceVersion: metadata.resourceVersion, labelSelector: `test=${client.id},color=red` },
        {
          enough: (seen) => seen.length === 3,
          act: async () => {
            await relabel('blue');
            await client.patchPool('a', 'merge', { spec: { clusterName: 'unseen' } });
            await relabel('red');
            await client.deletePool('a');
          },
        },
      );
      expect(types(events)).toEqual(['DELETED', 'ADDED', 'DELETED']);
      expect(events[0]?.object.metadata.labels?.['color']).toBe('red');
      expect(Number(events[0]?.object.metadata.resourceVersion)).toBeGreaterThan(Number(metadata.resourceVersion));
    });

    it('shows a deletion that finalizers hold as a change, and the end of it in the last state', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a', { finalizers: ['example.com/hold'] });
      const events = await client.watchPools(
        { resourceVersion: metadata.resourceVersion },
        {
          enough: (seen) => seen.length === 2,
          act: async () => {
            await client.deletePool('a');
            await client.patchPool('a', 'merge', { metadata: { finalizers: null } });
          },
        },
      );
      expect(types(events)).toEqual(['MODIFIED', 'DELETED']);
      expect(events[0]?.object.metadata.deletionTimestamp).toBeTruthy();
      expect(events[1]?.object.metadata.finalizers).toEqual(['example.com/hold']);
    });

    it('sends a bookmark that a watch can go on from', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      const events = await client.watchPools(
        // The real server sends one two seconds before the end, once it has something to tell.
        { resourceVersion: metadata.resourceVersion, allowWatchBookmarks: true, timeoutSeconds: 4 },
        { enough: (seen) => types(seen).includes('BOOKMARK'), act: () => client.createPool('b') },
      );
      const bookmark = events.find(({ type }) => type === 'BOOKMARK')!;
      expect(bookmark.object.kind).toBe('MachineInventoryPool');
      const from = bookmark.object.metadata.resourceVersion;
      expect(Number(from)).toBeGreaterThanOrEqual(Number(events[0]?.object.metadata.resourceVersion));
      const later = await client.watchPools(
        { resourceVersion: from },
        { enough: (seen) => seen.length === 1, act: () => client.createPool('c') },
      );
      expect(later[0]?.object.metadata.name).toBe(`${client.id}-c`);
    });

    it('ends by itself after timeoutSeconds', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      const query = { resourceVersion: metadata.resourceVersion, timeoutSeconds: 1 };
      expect(await client.watchPools(query, { enough: () => false })).toEqual([]);
    });

    it('answers a forgotten revision with a 410 ERROR event, and ends', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      await connection().compact();
      const events = await client.watchPools({ resourceVersion: '1' }, { enough: () => false });
      expect(types(events)).toEqual(['ERROR']);
      expect(events[0]?.object).toMatchObject({ kind: 'Status', code: 410, reason: 'Expired' });
    });

    it('refuses resourceVersionMatch without sendInitialEvents', async () => {
      const client = new Client(connection());
      const query = { resourceVersion: '1', resourceVersionMatch: 'NotOlderThan' };
      await refused(client.watchPools(query, { enough: () => true }), 422, 'Invalid');
    });

    it('shows objects as PartialObjectMetadata', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const events = await client.watchPools({}, { enough: (seen) => seen.length === 1, accept: ACCEPT.partial });
      expect(events[0]?.object).toMatchObject({
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: `${client.id}-a` },
      });
      expect(events[0]?.object).not.toHaveProperty('spec');
    });

    it('shows objects as rows of a Table, with the columns in the first event only', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const events = await client.watchPools(
        {},
        { enough: (seen) => seen.length === 2, act: () => client.createPool('b'), accept: ACCEPT.table },
      );
      expect(events.map(({ object }) => object.kind)).toEqual(['Table', 'Table']);
      expect(events[0]?.object.columnDefinitions?.length).toBeGreaterThan(1);
      expect(events[1]?.object.columnDefinitions).toBeNull();
      expect(events[1]?.object.rows).toMatchObject([{ object: { metadata: { name: `${client.id}-b` } } }]);
    });
  });
}
