import { describe, expect, it } from 'vitest';
import { Client, CONTENT, type Connection, causeFields, refused } from './client.ts';

interface Scale {
  kind: string;
  apiVersion: string;
  metadata: { name: string; uid: string; resourceVersion: string };
  spec: { replicas: number };
  status: { replicas: number; selector?: string };
}

export function scaleContract(connection: () => Connection): void {
  describe('scale subresource', () => {
    async function deployment() {
      const client = new Client(connection());
      const version = connection().clusterApi;
      const name = `${client.id}-md`;
      const infrastructure =
        version === 'v1beta1'
          ? { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', kind: 'BaremetalMachineTemplate', name: 't' }
          : { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'BaremetalMachineTemplate', name: 't' };
      const body = {
        apiVersion: `cluster.x-k8s.io/${version}`,
        kind: 'MachineDeployment',
        metadata: { name },
        spec: {
          clusterName: 'prod',
          replicas: 3,
          selector: { matchLabels: { a: 'b' } },
          template: {
            metadata: { labels: { a: 'b' } },
            spec: { clusterName: 'prod', bootstrap: { dataSecretName: 's' }, infrastructureRef: infrastructure },
          },
        },
      };
      await client.json({ method: 'POST', path: client.path('machinedeployments'), body });
      const path = client.path('machinedeployments', name, 'scale');
      const patch = (content: keyof typeof CONTENT, document: unknown, query = {}) =>
        client.json<Scale>({ method: 'PATCH', path, contentType: CONTENT[content], body: document, query });
      return { client, path, name, patch, get: () => client.json<Scale>({ path }) };
    }

    it('shows replicas wanted and reported', async () => {
      const { client, name, get } = await deployment();
      const status = client.path('machinedeployments', name, 'status');
      const body = { status: { replicas: 2, selector: 'a=b' } };
      await client.json({ method: 'PATCH', path: status, contentType: CONTENT.merge, body });
      const scale = await get();
      expect(scale).toMatchObject({
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: { name },
        spec: { replicas: 3 },
        status: { replicas: 2, selector: 'a=b' },
      });
    });

    it('changes replicas of the object, by merge, by JSON patch with a test, and by PUT', async () => {
      const { client, path, name, patch, get } = await deployment();
      expect((await patch('merge', { spec: { replicas: 5 } })).spec.replicas).toBe(5);
      const step = (from: number, to: number) => [
        { op: 'test', path: '/spec/replicas', value: from },
        { op: 'replace', path: '/spec/replicas', value: to },
      ];
      expect((await patch('json', step(5, 6))).spec.replicas).toBe(6);
      await refused(patch('json', step(5, 7)), 422, 'Invalid');
      const scale = await get();
      const put = (body: unknown) => client.json<Scale>({ method: 'PUT', path, body });
      expect((await put({ ...scale, spec: { replicas: 7 } })).spec.replicas).toBe(7);
      await refused(put({ ...scale, spec: { replicas: 8 } }), 409, 'Conflict');
      const object = await client.json({ path: client.path('machinedeployments', name) });
      expect(object).toMatchObject({ spec: { replicas: 7, clusterName: 'prod' }, metadata: { generation: 4 } });
    });

    it('refuses a negative number and a stale resourceVersion, and only tries with dryRun', async () => {
      const { patch, get } = await deployment();
      expect(causeFields(await refused(patch('merge', { spec: { replicas: -1 } }), 422, 'Invalid'))).toEqual([
        '.spec.replicas',
      ]);
      await refused(patch('merge', { metadata: { resourceVersion: '1' }, spec: { replicas: 4 } }), 409, 'Conflict');
      expect((await patch('merge', { spec: { replicas: 9 } }, { dryRun: 'All' })).spec.replicas).toBe(9);
      expect((await get()).spec.replicas).toBe(3);
    });

    it('lets no write of the object itself ask for a negative or an absurd number either', async () => {
      const { client, name, get } = await deployment();
      const path = client.path('machinedeployments', name);
      const ask = (replicas: unknown, query = {}) =>
        client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body: { spec: { replicas } }, query });
      const because = async (write: Promise<unknown>) => {
        const { status } = await refused(write, 422, 'Invalid');
        return (status as { details: { causes: unknown[] } }).details.causes;
      };
      const why = (value: number, words: string) => ({
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${value}: ${words}`,
        field: '.spec.replicas',
      });
      expect(await because(ask(-3))).toEqual([why(-3, 'should be a non-negative integer')]);
      expect(await because(ask(-3, { dryRun: 'All' }))).toHaveLength(1);
      expect(await because(ask(3_000_000_000))).toEqual([
        why(3_000_000_000, 'should be less than or equal to 2147483647'),
      ]);
      const object = await client.json({ path });
      const put = { ...object, spec: { ...object.spec, replicas: -1 } };
      expect(await because(client.json({ method: 'PUT', path, body: put }))).toHaveLength(1);
      const post = { ...put, metadata: { name: `${name}-new` } };
      expect(
        await because(client.json({ method: 'POST', path: client.path('machinedeployments'), body: post })),
      ).toHaveLength(1);
      const applied = { apiVersion: put.apiVersion, kind: put.kind, metadata: { name }, spec: { replicas: -1 } };
      const apply = client.json({
        method: 'PATCH',
        path,
        contentType: CONTENT.apply,
        body: applied,
        query: { fieldManager: 'other', force: true },
      });
      expect(await because(apply)).toHaveLength(1);
      expect((await get()).spec.replicas).toBe(3);
    });

    it('lets no status report a negative number', async () => {
      const { client, name } = await deployment();
      const path = client.path('machinedeployments', name, 'status');
      const body = { status: { replicas: -2 } };
      const fields = causeFields(
        await refused(client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body }), 422, 'Invalid'),
      );
      expect(fields).toEqual(['.status.replicas']);
    });

    it('is neither deleted nor found where there is no object or no such subresource', async () => {
      const { client, path } = await deployment();
      await refused(client.json({ method: 'DELETE', path }), 405, 'MethodNotAllowed');
      await refused(client.json({ path: client.path('machinedeployments', 'nope', 'scale') }), 404, 'NotFound');
      await client.createPool('a');
      const none = client.json({ path: client.path('machineinventorypools', `${client.id}-a`, 'scale') });
      expect(await none.catch((error: unknown) => error)).toMatchObject({ code: 404 });
    });
  });
}
