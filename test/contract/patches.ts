import { describe, expect, it } from 'vitest';
import type { KubeError } from '../../src/kube/types.ts';
import { Client, type Connection, causeFields, refused } from './client.ts';

export function patchContract(connection: () => Connection): void {
  describe('merge patch', () => {
    it('sets, removes with null, and replaces lists whole', async () => {
      const client = new Client(connection());
      await client.createPool('a', { annotations: { x: '1', y: '2' } });
      const patched = await client.patchPool('a', 'merge', {
        metadata: { annotations: { x: null, z: '3' } },
        spec: { machineInventories: [{ name: 'host-2' }] },
      });
      expect(patched.metadata.annotations).toEqual({ y: '2', z: '3' });
      expect(patched.spec['machineInventories']).toEqual([{ name: 'host-2' }]);
      expect(patched.metadata.generation).toBe(2);
    });

    it('is refused where its resourceVersion is stale or its uid another', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      await client.patchPool('a', 'merge', { spec: { clusterName: 'x' } });
      const stale = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { clusterName: 'y' } };
      await refused(client.patchPool('a', 'merge', stale), 409, 'Conflict');
      const other = { metadata: { uid: 'other' }, spec: { clusterName: 'y' } };
      expect(causeFields(await refused(client.patchPool('a', 'merge', other), 422, 'Invalid'))).toContain(
        'metadata.uid',
      );
      expect((await client.getPool('a')).spec['clusterName']).toBe('x');
    });

    it('cannot rename, break the schema, or turn an object into another kind', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      await refused(client.patchPool('a', 'merge', { metadata: { name: 'other' } }), 400, 'BadRequest');
      const empty = await refused(client.patchPool('a', 'merge', { spec: { clusterName: null } }), 422, 'Invalid');
      expect(causeFields(empty)).toEqual(['spec.clusterName']);
      await refused(client.patchPool('a', 'merge', { kind: 'Other' }), 422, 'Invalid');
      // 422 until the fields of patches were validated, 400 since.
      const list = await client.patchPool('a', 'merge', []).catch((thrown: unknown) => thrown);
      expect([400, 422]).toContain((list as KubeError).code);
      await refused(client.patchPool('nope', 'merge', {}), 404, 'NotFound');
    });

    it('keeps the creation and deletion times that the server set', async () => {
      const client = new Client(connection());
      await client.createPool('a', { finalizers: ['example.com/hold'] });
      await client.deletePool('a');
      const patched = await client.patchPool('a', 'merge', { metadata: { deletionTimestamp: null, generation: 40 } });
      expect(patched.metadata.deletionTimestamp).toBeTruthy();
      expect(patched.metadata.generation).toBe(2);
      await client.patchPool('a', 'merge', { metadata: { finalizers: null } });
    });
  });

  describe('JSON patch', () => {
    it('applies its operations in order when its tests hold', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      const patched = await client.patchPool('a', 'json', [
        { op: 'test', path: '/metadata/uid', value: metadata.uid },
        { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
        { op: 'test', path: '/spec/machineInventories/0/name', value: 'host-1' },
        { op: 'add', path: '/spec/machineInventories/-', value: { name: 'host-2' } },
        { op: 'replace', path: '/spec/clusterName', value: 'x' },
        { op: 'add', path: '/metadata/annotations', value: { 'example.com/a.b': '1' } },
        { op: 'replace', path: '/metadata/annotations/example.com~1a.b', value: '2' },
        { op: 'remove', path: '/metadata/labels/test' },
      ]);
      expect(patched.spec).toEqual({ clusterName: 'x', machineInventories: [{ name: 'host-1' }, { name: 'host-2' }] });
      expect(patched.metadata.annotations).toEqual({ 'example.com/a.b': '2' });
      expect(patched.metadata.labels).toBeUndefined();
    });

    it.each([
      ['a test that does not hold', [{ op: 'test', path: '/spec/clusterName', value: 'nope' }]],
      ['a test of a missing path', [{ op: 'test', path: '/spec/nope', value: 1 }]],
      ['a removal of nothing', [{ op: 'remove', path: '/spec/nope' }]],
      ['an addition below nothing', [{ op: 'add', path: '/metadata/annotations/x', value: '1' }]],
      ['an index beyond the end', [{ op: 'add', path: '/spec/machineInventories/7', value: { name: 'b' } }]],
      ['an unknown operation', [{ op: 'zzz', path: '/spec/clusterName', value: 'x' }]],
    ])('is refused whole for %s', async (_what, operations) => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('a');
      const first = { op: 'replace', path: '/spec/machineInventories', value: [] };
      await refused(client.patchPool('a', 'json', [first, ...operations]), 422, 'Invalid');
      expect((await client.getPool('a')).metadata.resourceVersion).toBe(metadata.resourceVersion);
    });

    it('adds a key that it is told to replace', async () => {
      const client = new Client(connection());
      await client.createPool('a', { annotations: { x: '1' } });
      const operations = [{ op: 'replace', path: '/metadata/annotations/y', value: '2' }];
      expect((await client.patchPool('a', 'json', operations)).metadata.annotations).toEqual({ x: '1', y: '2' });
    });

    it('must be a list, and may not write a stale resourceVersion', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      await refused(client.patchPool('a', 'json', {}), 400, 'BadRequest');
      const stale = [{ op: 'replace', path: '/metadata/resourceVersion', value: '1' }];
      await refused(client.patchPool('a', 'json', stale), 409, 'Conflict');
    });
  });

  describe('server-side apply', () => {
    const config = (client: Client, spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) => {
      const { apiVersion, kind } = client.pool('a');
      return { apiVersion, kind, metadata: { name: `${client.id}-a`, ...metadata }, spec };
    };
    const apply = (client: Client, fieldManager: string, body: unknown, query: Record<string, unknown> = {}) =>
      client.patchPool('a', 'apply', body, { query: { fieldManager, ...(query as Record<string, string>) } });
    const hosts = [{ name: 'host-1' }];

    it('creates what is not there, and changes nothing when applied again', async () => {
      const client = new Client(connection());
      const body = config(client, { clusterName: 'a', machineInventories: hosts }, { labels: { test: client.id } });
      const created = await apply(client, 'one', body);
      expect(created.metadata.managedFields).toMatchObject([{ manager: 'one', operation: 'Apply' }]);
      const again = await apply(client, 'one', body);
      expect(again.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    });

    it('refuses to change what another manager owns, unless forced', async () => {
      const client = new Client(connection());
      await apply(client, 'one', config(client, { clusterName: 'a', machineInventories: hosts }));
      const error = await refused(apply(client, 'two', config(client, { clusterName: 'b' })), 409, 'Conflict');
      expect(error.status).toMatchObject({
        details: {
          causes: [{ reason: 'FieldManagerConflict', field: '.spec.clusterName', message: 'conflict with "one"' }],
        },
      });
      const forced = await apply(client, 'two', config(client, { clusterName: 'b' }), { force: true });
      expect(forced.spec).toEqual({ clusterName: 'b', machineInventories: hosts });
      await refused(
        apply(client, 'one', config(client, { clusterName: 'a', machineInventories: hosts })),
        409,
        'Conflict',
      );
    });

    it('shares what has the same value, and takes away what its manager no longer applies', async () => {
      const client = new Client(connection());
      const spec = { clusterName: 'a', machineInventories: hosts };
      await apply(client, 'one', config(client, spec, { annotations: { x: '1', y: '2' } }));
      await apply(client, 'two', config(client, { clusterName: 'a' }, { annotations: { y: '2' } }));
      const left = await apply(client, 'one', config(client, spec));
      expect(left.metadata.annotations).toEqual({ y: '2' });
    });

    it('meets a conflict with what was patched since', async () => {
      const client = new Client(connection());
      const body = config(client, { clusterName: 'a', machineInventories: hosts });
      await apply(client, 'one', body);
      await client.patchPool('a', 'merge', { spec: { clusterName: 'b' } }, { query: { fieldManager: 'patcher' } });
      const error = await refused(apply(client, 'one', body), 409, 'Conflict');
      expect(error.message).toContain('conflict with "patcher"');
    });

    it('needs a field manager, no managedFields, and the right version; force is for apply only', async () => {
      const client = new Client(connection());
      const spec = { clusterName: 'a', machineInventories: hosts };
      await refused(client.patchPool('a', 'apply', config(client, spec)), 422, 'Invalid');
      await refused(
        apply(client, 'one', config(client, spec, { managedFields: [{ manager: 'x' }] })),
        400,
        'BadRequest',
      );
      await refused(apply(client, 'one', { ...config(client, spec), apiVersion: 'v1' }), 400, 'BadRequest');
      await refused(apply(client, 'one', config(client, spec, { name: 'other' })), 400, 'BadRequest');
      await client.createPool('a');
      await refused(client.patchPool('a', 'merge', {}, { query: { force: true } }), 422, 'Invalid');
    });
  });

  describe('strategic merge patch', () => {
    it('is refused for custom resources', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      await refused(client.patchPool('a', 'strategic', {}), 415, 'UnsupportedMediaType');
      const path = client.path('machineinventorypools', `${client.id}-a`);
      await refused(client.json({ method: 'PATCH', path, body: {} }), 415, 'UnsupportedMediaType');
    });

    it('unites finalizers and owners of core kinds', async () => {
      const client = new Client(connection());
      const owner = (kind: string, uid: string) => ({ apiVersion: 'v1', kind, name: 'n', uid });
      const metadata = { name: `${client.id}-c`, ownerReferences: [owner('A', '1')] };
      await client.json({ method: 'POST', path: client.path('configmaps'), body: { metadata, data: { a: '1' } } });
      const patched = await client.json<{ metadata: { ownerReferences: { uid: string }[] }; data: unknown }>({
        method: 'PATCH',
        path: client.path('configmaps', metadata.name),
        contentType: 'application/strategic-merge-patch+json',
        body: { metadata: { ownerReferences: [owner('B', '2')] }, data: { a: null, b: '2' } },
      });
      expect(patched.metadata.ownerReferences.map(({ uid }) => uid).sort()).toEqual(['1', '2']);
      expect(patched.data).toEqual({ b: '2' });
    });
  });
}
