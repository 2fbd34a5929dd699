import { describe, expect, it } from 'vitest';
import { Client, CONTENT, type Connection, causeFields, type Item, refused } from './client.ts';

export function writeContract(connection: () => Connection): void {
  describe('create', () => {
    it('fills system metadata in and ignores what a client says of it', async () => {
      const client = new Client(connection());
      const lies = {
        uid: 'mine',
        creationTimestamp: '2001-01-01T00:00:00Z',
        generation: 9,
        deletionTimestamp: '2001-01-01T00:00:00Z',
      };
      const { metadata } = await client.createPool('a', lies);
      expect(metadata.uid).not.toBe('mine');
      expect(metadata.generation).toBe(1);
      expect(metadata.creationTimestamp).not.toContain('2001');
      expect(metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(metadata).not.toHaveProperty('deletionTimestamp');
      expect(Number(metadata.resourceVersion)).toBeGreaterThan(0);
    });

    it('makes a name from generateName', async () => {
      const client = new Client(connection());
      const { metadata } = await client.createPool('', { name: undefined, generateName: `${client.id}-` });
      expect(metadata.name).toMatch(new RegExp(`^${client.id}-[a-z0-9]{5}$`));
    });

    it('drops the status of a kind with a status subresource', async () => {
      const client = new Client(connection());
      const body = { ...client.pool('a'), status: { total: 3 } };
      const created = await client.json({ method: 'POST', path: client.path('machineinventorypools'), body });
      expect(created.status).toBeUndefined();
    });

    it('refuses a name that is taken', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const error = await refused(client.createPool('a'), 409, 'AlreadyExists');
      expect(error.status).toMatchObject({ details: { name: `${client.id}-a`, kind: 'machineinventorypools' } });
    });

    it('refuses what the schema forbids, and names every field', async () => {
      const client = new Client(connection());
      const missing = client.createPool('a', {}, { clusterName: undefined, machineInventories: undefined });
      const error = await refused(missing, 422, 'Invalid');
      expect(causeFields(error).sort()).toEqual(['spec.clusterName', 'spec.machineInventories']);
      const typed = await refused(client.createPool('a', {}, { clusterName: 5 }), 422, 'Invalid');
      expect(causeFields(typed)).toEqual(['spec.clusterName']);
      const inner = await refused(client.createPool('a', {}, { machineInventories: [{ name: '' }] }), 422, 'Invalid');
      expect(causeFields(inner)).toEqual(['spec.machineInventories.name']);
    });

    it('refuses bad names, labels and annotations', async () => {
      const client = new Client(connection());
      const fields = async (metadata: Record<string, unknown>) =>
        new Set(causeFields(await refused(client.createPool('a', metadata), 422, 'Invalid')));
      expect(await fields({ name: 'Bad_Name' })).toEqual(new Set(['metadata.name']));
      expect(await fields({ labels: { ok: 'not ok' } })).toEqual(new Set(['metadata.labels']));
      expect(await fields({ annotations: { 'not ok': '' } })).toEqual(new Set(['metadata.annotations']));
      expect(await fields({ name: undefined })).toEqual(new Set(['metadata.name']));
      await refused(client.createPool('a', { labels: { a: 1 } }), 400, 'BadRequest');
    });

    it('refuses bodies of another kind, version, namespace or media type', async () => {
      const client = new Client(connection());
      const post = (body: unknown, contentType?: string) =>
        client.json({ method: 'POST', path: client.path('machineinventorypools'), body, contentType });
      await refused(post({ ...client.pool('a'), kind: 'Other' }), 422, 'Invalid');
      await refused(post({ ...client.pool('a'), kind: undefined }), 400, 'BadRequest');
      await refused(post({ ...client.pool('a'), apiVersion: 'infrastructure.cluster.x-k8s.io/v9' }), 400, 'BadRequest');
      await refused(post(client.pool('a', { namespace: 'elsewhere' })), 400, 'BadRequest');
      await refused(post(client.pool('a'), 'text/plain'), 415, 'UnsupportedMediaType');
    });

    it('refuses a namespace that does not exist', async () => {
      const client = new Client(connection());
      const path = client.path('machineinventorypools').replace(connection().namespace, 'no-such-namespace');
      const error = await refused(client.json({ method: 'POST', path, body: client.pool('a') }), 404, 'NotFound');
      expect(error.message).toBe('namespaces "no-such-namespace" not found');
    });

    it('takes core kinds without kind and apiVersion, and secrets as plain text', async () => {
      const client = new Client(connection());
      const body = { metadata: { name: `${client.id}-s` }, stringData: { a: 'hello' } };
      const secret = await client.json({ method: 'POST', path: client.path('secrets'), body });
      expect(secret).toMatchObject({ kind: 'Secret', apiVersion: 'v1', type: 'Opaque', data: { a: 'aGVsbG8=' } });
      expect(secret).not.toHaveProperty('stringData');
      const bad = { metadata: { name: `${client.id}-t` }, data: { a: '!!' } };
      await refused(client.json({ method: 'POST', path: client.path('secrets'), body: bad }), 400, 'BadRequest');
    });
  });

  describe('update', () => {
    const put = (client: Client, body: Item | Record<string, unknown>, suffix = 'a', subresource?: string) =>
      client.json({
        method: 'PUT',
        path: client.path('machineinventorypools', `${client.id}-${suffix}`, subresource),
        body,
      });

    it('replaces, and counts a generation for the specification only', async () => {
      const client = new Client(connection());
      const created = await client.createPool('a');
      const labelled = await put(client, { ...created, metadata: { ...created.metadata, annotations: { x: 'y' } } });
      expect(labelled.metadata.generation).toBe(1);
      const changed = await put(client, { ...labelled, spec: { ...labelled.spec, clusterName: 'x' } });
      expect(changed.metadata.generation).toBe(2);
      expect(changed.metadata.uid).toBe(created.metadata.uid);
    });

    it('stores nothing when nothing changes', async () => {
      const client = new Client(connection());
      const created = await client.createPool('a');
      expect((await put(client, created)).metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    });

    it('refuses a stale resourceVersion with 409', async () => {
      const client = new Client(connection());
      const created = await client.createPool('a');
      await client.patchPool('a', 'merge', { spec: { clusterName: 'x' } });
      const error = await refused(put(client, created), 409, 'Conflict');
      expect(error.message).toContain('the object has been modified');
    });

    it('refuses a custom resource without resourceVersion, another name, another uid, and a missing object', async () => {
      const client = new Client(connection());
      const created = await client.createPool('a');
      const withMeta = (metadata: Record<string, unknown>) => ({
        ...created,
        metadata: { ...created.metadata, ...metadata },
      });
      const error = await refused(put(client, withMeta({ resourceVersion: undefined })), 422, 'Invalid');
      expect(causeFields(error)).toEqual(['metadata.resourceVersion']);
      await refused(put(client, withMeta({ name: 'other' })), 400, 'BadRequest');
      await refused(put(client, withMeta({ uid: 'other' })), 409, 'Conflict');
      const missing = { name: `${client.id}-b`, uid: undefined };
      await refused(put(client, withMeta(missing), 'b'), 404, 'NotFound');
      await refused(put(client, withMeta({ ...missing, uid: created.metadata.uid }), 'b'), 409, 'Conflict');
    });

    it('overwrites a core kind without resourceVersion', async () => {
      const client = new Client(connection());
      const metadata = { name: `${client.id}-c` };
      await client.json({ method: 'POST', path: client.path('configmaps'), body: { metadata, data: { a: '1' } } });
      const path = client.path('configmaps', metadata.name);
      const changed = await client.json({ method: 'PUT', path, body: { metadata, data: { b: '2' } } });
      expect(changed.data).toEqual({ b: '2' });
      expect(changed.metadata).not.toHaveProperty('generation');
    });

    it('never changes the type of a secret', async () => {
      const client = new Client(connection());
      const metadata = { name: `${client.id}-s` };
      await client.json({ method: 'POST', path: client.path('secrets'), body: { metadata } });
      const path = client.path('secrets', metadata.name);
      const change = client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body: { type: 'other' } });
      expect(causeFields(await refused(change, 422, 'Invalid'))).toEqual(['type']);
    });
  });

  describe('status subresource', () => {
    it('changes status only, and the object itself everything but status', async () => {
      const client = new Client(connection());
      await client.createPool('a', { labels: { keep: 'me' } });
      const path = client.path('machineinventorypools', `${client.id}-a`, 'status');
      const body = { status: { total: 4 }, spec: { clusterName: 'zz' }, metadata: { labels: { keep: 'not' } } };
      const reported = await client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body });
      expect(reported).toMatchObject({ status: { total: 4 }, spec: { clusterName: 'prod' } });
      expect(reported.metadata.labels?.['keep']).toBe('me');
      expect(reported.metadata.generation).toBe(1);
      const changed = await client.patchPool('a', 'merge', { status: { total: 9 }, spec: { clusterName: 'x' } });
      expect(changed).toMatchObject({ status: { total: 4 }, spec: { clusterName: 'x' }, metadata: { generation: 2 } });
      expect(await client.json({ path })).toMatchObject({ status: { total: 4 } });
    });

    it('is PUT with the same rules as the object', async () => {
      const client = new Client(connection());
      const created = await client.createPool('a');
      const path = client.path('machineinventorypools', `${client.id}-a`, 'status');
      const send = (body: unknown) => client.json({ method: 'PUT', path, body });
      const reported = await send({ ...created, status: { total: 1 } });
      expect(reported.status).toEqual({ total: 1 });
      await refused(send({ ...created, status: { total: 2 } }), 409, 'Conflict');
    });

    it('validates what is reported', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const path = client.path('machineinventorypools', `${client.id}-a`, 'status');
      const body = { status: { total: 'many', conditions: [{ type: 'Ready', status: 'Maybe' }] } };
      const error = await refused(
        client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body }),
        422,
        'Invalid',
      );
      expect(causeFields(error)).toEqual(
        expect.arrayContaining(['status.total', 'status.conditions.status', 'status.conditions.reason']),
      );
    });

    it('can neither be posted nor deleted', async () => {
      const client = new Client(connection());
      await client.createPool('a');
      const path = client.path('machineinventorypools', `${client.id}-a`, 'status');
      await refused(client.json({ method: 'DELETE', path }), 405, 'MethodNotAllowed');
      await refused(client.json({ method: 'POST', path, body: {} }), 405, 'MethodNotAllowed');
    });

    it('is not offered where the kind has none', async () => {
      const client = new Client(connection());
      const name = `${client.id}-t`;
      const template = {
        apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
        kind: 'BaremetalMachineTemplate',
        metadata: { name },
        spec: { template: { spec: { machineInventoryPoolRef: { name: 'pool' } } } },
      };
      await client.json({ method: 'POST', path: client.path('baremetalmachinetemplates'), body: template });
      const path = client.path('baremetalmachinetemplates', name, 'status');
      const error = await client.json({ path }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 404 });
    });
  });
}
