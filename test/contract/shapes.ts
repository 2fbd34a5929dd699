import { describe, expect, it } from 'vitest';
import { ACCEPT, Client, type Connection, type Item, refused } from './client.ts';

interface Table {
  kind: string;
  apiVersion: string;
  metadata: { resourceVersion?: string; continue?: string };
  columnDefinitions: { name: string; type: string; format: string; priority: number }[];
  rows: { cells: unknown[]; object: Item | null }[];
}

export function shapeContract(connection: () => Connection): void {
  describe('representations', () => {
    async function two(): Promise<Client> {
      const client = new Client(connection());
      await client.createPool('a');
      await client.createPool('b');
      const path = client.path('machineinventorypools', `${client.id}-b`, 'status');
      const body = { status: { total: 7 } };
      await client.json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
      return client;
    }

    it('lists metadata only', async () => {
      const client = await two();
      const list = await client.listPools({ limit: 1 }, ACCEPT.partialList);
      expect(list).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
      expect(list.metadata.continue).toBeTruthy();
      expect(list.items).toHaveLength(1);
      expect(list.items[0]).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: `${client.id}-a` } });
      expect(list.items[0]).not.toHaveProperty('spec');
    });

    it('lists metadata of secrets without their data', async () => {
      const client = new Client(connection());
      const metadata = { name: `${client.id}-s`, labels: { test: client.id } };
      await client.json({ method: 'POST', path: client.path('secrets'), body: { metadata, stringData: { a: 'b' } } });
      const list = await client.json<{ items: Item[] }>({
        path: client.path('secrets'),
        query: { labelSelector: `test=${client.id}` },
        accept: ACCEPT.partialList,
      });
      expect(list.items[0]?.metadata.name).toBe(metadata.name);
      expect(list.items[0]).not.toHaveProperty('data');
      expect(list.items[0]).not.toHaveProperty('type');
    });

    it('gets metadata only, and refuses it for a list', async () => {
      const client = await two();
      const path = client.path('machineinventorypools', `${client.id}-a`);
      const one = await client.json({ path, accept: ACCEPT.partial });
      expect(Object.keys(one).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
      await refused(client.listPools({}, ACCEPT.partial), 406, 'NotAcceptable');
    });

    it('lists a Table with the columns of the kind and metadata in its rows', async () => {
      const client = await two();
      const table = (await client.listPools({}, `${ACCEPT.table},application/json`)) as unknown as Table;
      expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
      expect(Number(table.metadata.resourceVersion)).toBeGreaterThan(0);
      const shown = table.columnDefinitions.map(({ name, type, format, priority }) => [name, type, format, priority]);
      expect(shown).toEqual([
        ['Name', 'string', 'name', 0],
        ['Cluster', 'string', '', 0],
        ['Total', 'integer', '', 0],
        ['Available', 'integer', '', 0],
        ['Allocated', 'integer', '', 0],
        ['Age', 'date', '', 0],
      ]);
      expect(table.rows.map(({ cells }) => cells.slice(0, 5))).toEqual([
        [`${client.id}-a`, 'prod', null, null, null],
        [`${client.id}-b`, 'prod', 7, null, null],
      ]);
      expect(table.rows[0]?.cells[5]).toMatch(/^\d+s$/);
      expect(table.rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata' });
    });

    it('puts whole objects, or none, into the rows if asked', async () => {
      const client = await two();
      const rows = async (includeObject: string) =>
        ((await client.listPools({ includeObject }, ACCEPT.table)) as unknown as Table).rows;
      expect((await rows('Object'))[1]?.object).toMatchObject({ kind: 'MachineInventoryPool', status: { total: 7 } });
      expect((await rows('None'))[1]?.object).toBeNull();
      await refused(rows('Nonsense'), 400, 'BadRequest');
    });

    it('gets one object as a Table, and core kinds with their own columns', async () => {
      const client = await two();
      const path = client.path('machineinventorypools', `${client.id}-b`);
      expect((await client.json<Table>({ path, accept: ACCEPT.table })).rows).toHaveLength(1);
      const columns = async (at: string) =>
        (await client.json<Table>({ path: at, accept: ACCEPT.table })).columnDefinitions.map(({ name }) => name);
      expect(await columns(client.path('secrets'))).toEqual(['Name', 'Type', 'Data', 'Age']);
      expect(await columns(client.path('configmaps'))).toEqual(['Name', 'Data', 'Age']);
      expect(await columns('/api/v1/namespaces')).toEqual(['Name', 'Status', 'Age']);
      expect((await columns(client.path('events'))).slice(0, 4)).toEqual(['Last Seen', 'Type', 'Reason', 'Object']);
      const inventories = `/apis/elemental.cattle.io/v1beta1/namespaces/${connection().namespace}/machineinventories`;
      expect(await columns(inventories)).toEqual(['Name', 'Age']);
    });

    it('refuses what it cannot speak', async () => {
      const client = await two();
      await refused(client.listPools({}, 'application/xml'), 406, 'NotAcceptable');
      await refused(client.listPools({}, 'application/json;as=Table;g=meta.k8s.io;v=v99'), 406, 'NotAcceptable');
    });
  });
}
