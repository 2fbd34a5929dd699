import { describe, expect, it } from 'vitest';
import { Client, type Connection, causeFields, type List, refused } from './client.ts';

export function deleteContract(connection: () => Connection): void {
  describe('delete', () => {
    it('removes at once what nothing holds, and says whose uid it was', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      expect(await client.deletePool('a')).toMatchObject({
        kind: 'Status',
        status: 'Success',
        details: { name: metadata.name, kind: 'machineinventorypools', uid: metadata.uid },
      });
      await refused(client.getPool('a'), 404, 'NotFound');
      await refused(client.deletePool('a'), 404, 'NotFound');
    });

    it('waits for finalizers, and counts the deletion as a generation', async () => {
      const client = new Client(connection());
      await client.createPool('a', { finalizers: ['example.com/one', 'example.com/two'] });
      const held = await client.deletePool('a');
      expect(held).toMatchObject({ kind: 'MachineInventoryPool', metadata: { generation: 2 } });
      expect(held.metadata.deletionTimestamp).toBeTruthy();
      expect((await client.deletePool('a')).metadata.resourceVersion).toBe(held.metadata.resourceVersion);
      await client.patchPool('a', 'merge', { metadata: { finalizers: ['example.com/two'] } });
      expect((await client.getPool('a')).metadata.finalizers).toEqual(['example.com/two']);
      await client.patchPool('a', 'merge', { metadata: { finalizers: null } });
      await refused(client.getPool('a'), 404, 'NotFound');
    });

    it('lets no finalizer be added to what is going', async () => {
      const client = new Client(connection());
      await client.createPool('a', { finalizers: ['example.com/one'] });
      await client.deletePool('a');
      const add = client.patchPool('a', 'merge', { metadata: { finalizers: ['example.com/one', 'example.com/two'] } });
      expect(causeFields(await refused(add, 422, 'Invalid'))).toContain('metadata.finalizers');
      await client.patchPool('a', 'merge', { metadata: { finalizers: null } });
    });

    it('holds to preconditions of uid and resourceVersion', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      const { uid, resourceVersion } = metadata;
      const attempt = (preconditions: unknown) => client.deletePool('a', { body: { preconditions } });
      const error = await refused(attempt({ uid: 'other' }), 409, 'Conflict');
      expect(error.message).toContain('the UID in the precondition (other) does not match');
      await refused(attempt({ uid, resourceVersion: '1' }), 409, 'Conflict');
      await attempt({ uid, resourceVersion });
      await refused(client.getPool('a'), 404, 'NotFound');
      await refused(attempt({ uid }), 404, 'NotFound');
    });

    it('takes a foreground or orphan policy as a finalizer', async () => {
      const client = new Client(connection());
      for (const [suffix, policy] of [
        ['a', 'Foreground'],
        ['b', 'Orphan'],
      ] as const) {
        await client.createPool(suffix, { finalizers: ['example.com/hold'] });
        const held = await client.deletePool(suffix, { query: { propagationPolicy: policy } });
        const finalizer = policy === 'Orphan' ? 'orphan' : 'foregroundDeletion';
        expect(held.metadata.finalizers).toEqual(['example.com/hold', finalizer]);
        await client.patchPool(suffix, 'merge', { metadata: { finalizers: null } });
        await refused(client.getPool(suffix), 404, 'NotFound');
      }
    });

    it('reads options from the body alone where there is one: a dry run in the query then is none', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      const preconditions = { uid: metadata.uid };
      await client.deletePool('a', { query: { dryRun: 'All' }, body: { dryRun: ['All'], preconditions } });
      expect((await client.getPool('a')).metadata.deletionTimestamp).toBeUndefined();
      await client.deletePool('a', { query: { dryRun: 'All' }, body: { preconditions } });
      await refused(client.getPool('a'), 404, 'NotFound');
    });

    it('refuses options that it does not know', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const policy = await refused(client.deletePool('a', { query: { propagationPolicy: 'x' } }), 422, 'Invalid');
      expect(causeFields(policy)).toEqual(['propagationPolicy']);
      const dryRun = await refused(client.deletePool('a', { query: { dryRun: 'x' } }), 422, 'Invalid');
      expect(causeFields(dryRun)).toEqual(['dryRun']);
      const body = { kind: 'DeleteOptions' };
      await refused(client.deletePool('a', { body, contentType: 'text/plain' }), 415, 'UnsupportedMediaType');
    });

    it('deletes a collection by selector and gives what it deleted', async () => {
      const client = new Client(connection());
      for (const suffix of ['a', 'b', 'c'])
        await client.createPool(suffix, { labels: { kept: String(suffix === 'c') } });
      const path = client.path('machineinventorypools');
      const query = { labelSelector: `test=${client.id},kept=false` };
      const dry = await client.json<List>({ method: 'DELETE', path, query: { ...query, dryRun: 'All' } });
      expect(dry.items).toHaveLength(2);
      expect((await client.listPools()).items).toHaveLength(3);
      expect((await client.json<List>({ method: 'DELETE', path, query })).items).toHaveLength(2);
      expect((await client.listPools()).items.map(({ metadata }) => metadata.name)).toEqual([`${client.id}-c`]);
    });
  });

  describe('dry run', () => {
    it('tells what a write would do, refuses what it would refuse, and stores nothing', async () => {
      const client = new Client(connection());
      const dryRun = { query: { dryRun: 'All' } };
      const path = client.path('machineinventorypools');
      const post = (body: unknown) => client.json({ method: 'POST', path, body, ...dryRun });
      expect((await post(client.pool('z'))).metadata).toMatchObject({ name: `${client.id}-z`, generation: 1 });
      await refused(client.getPool('z'), 404, 'NotFound');

      const created = await client.createPool('a', { finalizers: ['example.com/hold'] });
      await refused(post(client.pool('a')), 409, 'AlreadyExists');
      const change = { spec: { clusterName: 'x' } };
      const patched = await client.patchPool('a', 'merge', change, dryRun);
      expect(patched).toMatchObject({ spec: { clusterName: 'x' }, metadata: { generation: 2 } });
      expect(patched.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
      const put = { ...created, spec: { ...created.spec, clusterName: 'y' } };
      const replaced = await client.json({ method: 'PUT', path: `${path}/${client.id}-a`, body: put, ...dryRun });
      expect(replaced.spec['clusterName']).toBe('y');
      await refused(client.patchPool('a', 'merge', { spec: { clusterName: null } }, dryRun), 422, 'Invalid');
      expect((await client.deletePool('a', dryRun)).metadata.deletionTimestamp).toBeTruthy();
      await client.deletePool('a', { body: { dryRun: ['All'] } });
      expect(await client.getPool('a')).toEqual(created);
    });

    it('must say All', async () => {
      const client = new Client(connection());
      const error = await refused(
        client.json({
          method: 'POST',
          path: client.path('machineinventorypools'),
          body: client.pool('a'),
          query: { dryRun: 'Some' },
        }),
        422,
        'Invalid',
      );
      expect(causeFields(error)).toEqual(['dryRun']);
    });
  });
}
