import { describe, expect, it } from 'vitest';
import { Client, type Connection, causeFields, type List, names, refused } from './client.ts';

export function listContract(connection: () => Connection): void {
  describe('list', () => {
    async function five(): Promise<Client> {
      const client = new Client(connection());
      for (const n of [1, 2, 3, 4, 5]) {
        await client.createPool(`p${n}`, { labels: { n: String(n), ...(n % 2 ? { odd: '' } : {}) } });
      }
      return client;
    }
    const suffixes = (client: Client, list: List) => names(list).map((name) => name.slice(client.id.length + 1));

    it('gives objects in the order of their names, with kind and apiVersion on each', async () => {
      const client = await five();
      const list = await client.listPools();
      expect(list.kind).toBe('MachineInventoryPoolList');
      expect(suffixes(client, list)).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
      expect(list.items[0]).toMatchObject({ kind: 'MachineInventoryPool', apiVersion: list.apiVersion });
    });

    it('leaves kind and apiVersion out of the items of a core list', async () => {
      const client = new Client(connection());
      const body = { metadata: { name: `${client.id}-s`, labels: { test: client.id } }, stringData: { a: 'b' } };
      await client.json({ method: 'POST', path: client.path('secrets'), body });
      const query = { labelSelector: `test=${client.id}` };
      const list = await client.json<List>({ path: client.path('secrets'), query });
      expect(list.kind).toBe('SecretList');
      expect(list.items[0]?.data).toEqual({ a: 'Yg==' });
      expect(list.items[0]).not.toHaveProperty('kind');
      expect(list.items[0]).not.toHaveProperty('apiVersion');
    });

    it('shows one moment on all its pages, whatever is written between them', async () => {
      const client = await five();
      const first = await client.listPools({ limit: 2 });
      await client.deletePool('p4');
      await client.createPool('p31');
      await client.patchPool('p5', 'merge', { spec: { clusterName: 'changed' } });
      const second = await client.listPools({ limit: 2, continue: first.metadata.continue });
      const third = await client.listPools({ limit: 2, continue: second.metadata.continue });
      expect([first, second, third].map((page) => suffixes(client, page))).toEqual([
        ['p1', 'p2'],
        ['p3', 'p4'],
        ['p5'],
      ]);
      expect(third.items[0]?.spec['clusterName']).toBe('prod');
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      expect(third.metadata.continue || undefined).toBeUndefined();
      expect(suffixes(client, await client.listPools())).toEqual(['p1', 'p2', 'p3', 'p31', 'p5']);
    });

    it('counts what remains only without a selector', async () => {
      const client = await five();
      expect((await client.listPools({ limit: 2 })).metadata.remainingItemCount).toBeUndefined();
      const all = await client.listPools({ limit: 2, labelSelector: undefined });
      expect(all.metadata.remainingItemCount).toBeGreaterThanOrEqual(3);
    });

    it('answers a continue token of a forgotten moment with 410 and a token to go on inconsistently', async () => {
      const client = await five();
      const first = await client.listPools({ limit: 2 });
      await client.createPool('p6');
      await connection().compact();
      const error = await refused(client.listPools({ limit: 2, continue: first.metadata.continue }), 410, 'Expired');
      const token = (error.status as { metadata: { continue?: string } }).metadata.continue;
      expect(token).toBeTruthy();
      const rest = await client.listPools({ limit: 9, continue: token });
      expect(suffixes(client, rest)).toEqual(['p3', 'p4', 'p5', 'p6']);
      expect(Number(rest.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    });

    it('refuses a token that it did not give, and a resourceVersion beside a token', async () => {
      const client = await five();
      await refused(client.listPools({ limit: 2, continue: 'zzz' }), 400, 'BadRequest');
      const first = await client.listPools({ limit: 2 });
      const both = { limit: 2, continue: first.metadata.continue, resourceVersion: first.metadata.resourceVersion };
      await refused(client.listPools(both), 400, 'BadRequest');
    });

    it.each([
      ['n=3', ['p3']],
      ['n==3', ['p3']],
      ['n!=3', ['p1', 'p2', 'p4', 'p5']],
      ['n in (1, 2)', ['p1', 'p2']],
      ['n notin (1,2)', ['p3', 'p4', 'p5']],
      ['odd', ['p1', 'p3', 'p5']],
      ['odd=', ['p1', 'p3', 'p5']],
      ['!odd', ['p2', 'p4']],
      ['odd,n!=1', ['p3', 'p5']],
      ['n>3', ['p4', 'p5']],
      ['n in ()', []],
    ])('selects by label: %s', async (selector, expected) => {
      const client = await five();
      const list = await client.listPools({ labelSelector: `test=${client.id},${selector}` });
      expect(suffixes(client, list)).toEqual(expected);
    });

    it.each(['n in (1', '=x', 'n=1,,odd', 'n=1 2', 'A_/b'])('refuses the label selector %s', async (selector) => {
      const client = new Client(connection());
      await refused(client.listPools({ labelSelector: selector }), 400, 'BadRequest');
    });

    it('selects by the fields that a kind offers, and refuses others', async () => {
      const client = await five();
      const by = async (fieldSelector: string) => suffixes(client, await client.listPools({ fieldSelector }));
      expect(await by(`metadata.name=${client.id}-p2`)).toEqual(['p2']);
      expect(await by(`metadata.name!=${client.id}-p2`)).toEqual(['p1', 'p3', 'p4', 'p5']);
      expect(await by(`metadata.namespace=${connection().namespace},metadata.name=${client.id}-p1`)).toEqual(['p1']);
      expect(await by('metadata.namespace=elsewhere')).toEqual([]);
      await refused(by('spec.clusterName=prod'), 400, 'BadRequest');
      await refused(by('metadata.name'), 400, 'BadRequest');
    });

    it('selects secrets by type and events by what they are about', async () => {
      const client = new Client(connection());
      const metadata = { labels: { test: client.id } };
      const post = (plural: string, body: unknown) => client.json({ method: 'POST', path: client.path(plural), body });
      const type = 'elemental.cattle.io/plan';
      await post('secrets', { metadata: { ...metadata, name: `${client.id}-a` }, type, data: { plan: 'e30=' } });
      await post('secrets', { metadata: { ...metadata, name: `${client.id}-b` } });
      for (const name of ['one', 'two']) {
        const involvedObject = { kind: 'Machine', name, namespace: connection().namespace };
        await post('events', { metadata: { ...metadata, name: `${client.id}-${name}` }, involvedObject, reason: 'R' });
      }
      const list = (plural: string, fieldSelector: string) =>
        client.json<List>({ path: client.path(plural), query: { labelSelector: `test=${client.id}`, fieldSelector } });
      expect(names(await list('secrets', `type=${type}`))).toEqual([`${client.id}-a`]);
      expect(names(await list('secrets', 'type=Opaque'))).toEqual([`${client.id}-b`]);
      expect(names(await list('events', 'involvedObject.kind=Machine,involvedObject.name=two'))).toEqual([
        `${client.id}-two`,
      ]);
      await refused(list('configmaps', 'type=Opaque'), 400, 'BadRequest');
    });

    it('reads resourceVersion as the real server does', async () => {
      const client = await five();
      const before = await client.listPools();
      await client.createPool('p6');
      const revision = before.metadata.resourceVersion;
      const count = async (query: Record<string, string | number>) => (await client.listPools(query)).items.length;
      expect(await count({ resourceVersion: revision, resourceVersionMatch: 'Exact' })).toBe(5);
      expect(await count({ resourceVersion: revision, limit: 9 })).toBe(5);
      expect(await count({ resourceVersion: revision, resourceVersionMatch: 'NotOlderThan' })).toBe(6);
      expect(await count({ resourceVersion: revision })).toBe(6);
      expect(await count({ resourceVersion: 0, limit: 2 })).toBe(6);
    });

    it('answers a revision it has not reached with 504 and ResourceVersionTooLarge', async () => {
      const client = await five();
      const error = await refused(client.listPools({ resourceVersion: '999999999' }), 504, 'Timeout');
      expect(error.status).toMatchObject({ details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
      expect(error.retryAfter).toBe(1);
      const path = client.path('machineinventorypools', `${client.id}-p1`);
      await refused(client.json({ path, query: { resourceVersion: '999999999' } }), 504, 'Timeout');
    });

    it('answers a forgotten exact revision with 410', async () => {
      const client = await five();
      const before = await client.listPools();
      await client.createPool('p6');
      await connection().compact();
      const query = { resourceVersion: before.metadata.resourceVersion, resourceVersionMatch: 'Exact' };
      await refused(client.listPools(query), 410, 'Expired');
      expect((await client.listPools({ resourceVersion: before.metadata.resourceVersion })).items).toHaveLength(6);
    });

    it.each([
      [{ resourceVersionMatch: 'Exact' }],
      [{ resourceVersionMatch: 'Exact', resourceVersion: '0' }],
      [{ resourceVersionMatch: 'Nonsense', resourceVersion: '1' }],
    ])('refuses the list options %j', async (query) => {
      const error = await refused(new Client(connection()).listPools(query), 422, 'Invalid');
      expect(causeFields(error)).toEqual(['resourceVersionMatch']);
    });

    it('refuses a limit that is no number', async () => {
      await refused(new Client(connection()).listPools({ limit: 'abc' }), 400, 'BadRequest');
    });

    it('lists a namespace that does not exist as empty', async () => {
      const client = new Client(connection());
      const path = client.path('machineinventorypools').replace(connection().namespace, 'no-such-namespace');
      expect((await client.json<List>({ path })).items).toEqual([]);
    });
  });
}
