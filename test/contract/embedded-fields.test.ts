import { describe, expect, it } from 'vitest';
import type { KubeError } from '../../src/kube/types.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { schemaOf, wholeSchemaOf } from '../../src/simulator/api/kinds/schemas.ts';
import { servedResources } from '../../src/simulator/api/resources.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { violations } from '../../src/simulator/api/validation/check.ts';
import { cleanerOf } from '../../src/simulator/api/validation/clean.ts';
import { unknownFields } from '../../src/simulator/api/validation/unknown.ts';
import { seedWorld } from '../../src/simulator/world/seed.ts';
import { Client, CONTENT, causeFields, refused } from './client.ts';

function open() {
  const transport = apiTransport(createApi(), { user: { name: 'admin' } });
  const connection = { namespace: 'cpaas-system', clusterApi: 'v1beta1' as const, compact: async () => {} };
  return { transport, client: new Client({ ...connection, transport, limited: transport }) };
}

/** What a server of 1.27 and newer does about fields it does not know; the one in the contract is older. */
describe('fieldValidation', () => {
  const unknown = { extra: 1, machineInventories: [{ name: 'a', more: true }] };
  const words = 'unknown field "spec.extra", unknown field "spec.machineInventories[0].more"';

  it('Strict refuses a body, and a patch, that holds such fields', async () => {
    const { client } = open();
    const body = client.pool('a', {}, { machineInventories: unknown.machineInventories, extra: 1 });
    const post = { method: 'POST', path: client.path('machineinventorypools'), body } as const;
    const strict = { fieldValidation: 'Strict' };
    const error = await refused(client.json({ ...post, query: strict }), 400, 'BadRequest');
    expect(error.message).toBe(
      'MachineInventoryPool in version "v1beta1" cannot be handled as a MachineInventoryPool: strict decoding error: unknown field "spec.machineInventories[0].more", unknown field "spec.extra"',
    );
    await client.createPool('a');
    const patch = { spec: { extra: 1 } };
    const refusal = await refused(client.patchPool('a', 'merge', patch, { query: strict }), 422, 'Invalid');
    expect(refusal.message).toContain('strict decoding error: unknown field "spec.extra"');
    expect(causeFields(refusal)).toEqual(['patch']);
  });

  it('Warn, the default, tells of them in a header and prunes them; Ignore says nothing', async () => {
    const { client, transport } = open();
    const send = async (suffix: string, query = {}) => {
      const body = client.pool(suffix, { madeUp: 1 }, unknown);
      const stream = await transport.stream({
        method: 'POST',
        path: client.path('machineinventorypools'),
        body,
        query,
      });
      stream.close();
      return stream.headers['warning'];
    };
    const metadata = '299 - "unknown field \\"metadata.madeUp\\""';
    const told = words.split(', ').map((one) => `299 - ${JSON.stringify(one)}`);
    expect((await send('a'))?.split(', ').sort()).toEqual([metadata, ...told].sort());
    expect(await send('b', { fieldValidation: 'Ignore' })).toBeUndefined();
    const { spec } = await client.getPool('a');
    expect(spec).toEqual({ clusterName: 'prod', machineInventories: [{ name: 'a' }] });
  });

  it('knows the fields of kinds of Kubernetes itself too, and never keeps others', async () => {
    const { client, transport } = open();
    const path = '/apis/apps/v1/namespaces/cpaas-system/deployments';
    const containers = [{ name: 'web', image: 'x', imagee: 'y' }];
    const template = { metadata: { labels: { a: 'b' }, more: 1 }, spec: { containers } };
    const body = {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', namespace: 'cpaas-system' } },
      spec: { extra: 1, selector: { matchLabels: { a: 'b' } }, template },
    };
    const strict = client.json({ method: 'POST', path, body, query: { fieldValidation: 'Strict' } });
    expect((await refused(strict, 400, 'BadRequest')).message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.extra", unknown field "spec.template.metadata.more", unknown field "spec.template.spec.containers[0].imagee"',
    );
    const made = await client.json({ method: 'POST', path, body, query: { fieldValidation: 'Ignore' } });
    expect(JSON.stringify(made.spec)).not.toMatch(/extra|more|imagee/);
    const query = { fieldManager: 'one' };
    const apply = transport.json({ method: 'PATCH', path: `${path}/d`, contentType: CONTENT.apply, body, query });
    const error = (await apply.catch((thrown) => thrown)) as KubeError;
    expect(error.message).toBe(
      'failed to create typed patch object (cpaas-system/d; apps/v1, Kind=Deployment): errors:\n  .spec.extra: field not declared in schema\n  .spec.template.metadata.more: field not declared in schema\n  .spec.template.spec.containers[name="web"].imagee: field not declared in schema',
    );
  });

  it('lets no apply hold such fields, whatever it says', async () => {
    const { client } = open();
    const body = client.pool('a', {}, { extra: 1 });
    const query = { fieldManager: 'one', fieldValidation: 'Ignore' };
    const error = (await client.patchPool('a', 'apply', body, { query }).catch((thrown) => thrown)) as KubeError;
    expect(error.code).toBe(500);
    expect(error.message).toContain('.spec.extra: field not declared in schema');
  });
});

describe('schemas', () => {
  it('describe every kind that is served, in words of ours', () => {
    for (const clusterApi of ['v1beta1', 'v1beta2'] as const) {
      for (const resource of servedResources(clusterApi)) {
        const { description = '' } = schemaOf(resource);
        expect(description, resource.kind).toMatch(new RegExp(`^An? ${resource.kind} `));
      }
    }
  });

  it('copy nothing that needs no cleaning', () => {
    const schema = schemaOf({ plural: 'machineinventorypools', version: 'v1beta1' });
    const clean = cleanerOf(schema);
    const value = { spec: { clusterName: 'a', machineInventories: [{ name: 'b' }] }, status: { total: 1 } };
    expect(clean(value)).toBe(value);
    const dirty = { ...value, status: { total: 1, more: 1 } };
    expect((clean(dirty) as typeof dirty).spec).toBe(value.spec);
    expect(dirty.status).toEqual({ total: 1, more: 1 });
  });

  it('take whatever they are given', () => {
    for (const resource of servedResources()) {
      const schema = schemaOf(resource);
      for (const value of [null, 1, 'x', [], [null], { spec: null, status: [] }, { spec: [{}], status: 7 }]) {
        expect(Array.isArray(violations(schema, cleanerOf(schema)(value)))).toBe(true);
      }
    }
  });

  it('know every field of a seeded world, and find nothing wrong with it', () => {
    const resources = servedResources();
    const now = Date.parse('2026-01-01T00:00:00Z');
    for (const object of seedWorld({ seed: 'schemas', now, trouble: true }).objects) {
      const resource = resources.find(({ kind }) => kind === object.kind)!;
      const schema = schemaOf(resource);
      const label = `${object.kind} ${object.metadata.name}`;
      expect(unknownFields(wholeSchemaOf(resource), object), label).toEqual([]);
      expect(violations(schema, object), label).toEqual([]);
    }
  });
});

describe('status reports', () => {
  it('are pruned and refused like any other write', async () => {
    const { client } = open();
    await client.createPool('a');
    const path = client.path('machineinventorypools', `${client.id}-a`, 'status');
    const report = (status: unknown) =>
      client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body: { status } });
    expect((await report({ total: 1, more: 2 })).status).toEqual({ total: 1 });
    const error = await refused(report({ total: '1' }), 422, 'Invalid');
    expect(error.status).toMatchObject({
      details: { causes: [{ reason: 'FieldValueTypeInvalid', field: 'status.total' }] },
    });
  });
});
