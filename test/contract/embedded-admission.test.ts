import { describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../src/simulator/api/api.ts';
import type { Review, Webhook } from '../../src/simulator/api/core.ts';
import { ApiError, cause, invalid } from '../../src/simulator/api/errors.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { Client, CONTENT, causeFields, refused } from './client.ts';

function clientOf(api: Api): Client {
  const transport = apiTransport(api, { user: { name: 'alice' } });
  const connection = { namespace: 'cpaas-system', clusterApi: 'v1beta1' as const, compact: async () => {} };
  return new Client({ ...connection, transport, limited: transport });
}

describe('admission', () => {
  it('refuses a write with its own words, dry or not, and stores nothing', async () => {
    const words = 'admission webhook "validation.example.com" denied the request: spec.clusterName: never';
    const api = createApi({
      admission: [({ object }) => (object?.spec?.['clusterName'] === 'never' ? words : undefined)],
    });
    const client = clientOf(api);
    await client.createPool('a');
    const revision = api.revision;
    for (const query of [{}, { dryRun: 'All' }]) {
      const error = await refused(
        client.patchPool('a', 'merge', { spec: { clusterName: 'never' } }, { query }),
        403,
        'Forbidden',
      );
      expect(error.message).toBe(words);
    }
    expect(api.revision).toBe(revision);
  });

  it('may refuse with a whole error', async () => {
    const error = invalid('MachineInventoryPool', '', 'x', [cause.forbidden('spec', 'is frozen')]);
    const client = clientOf(
      createApi({ admission: [({ operation }) => (operation === 'UPDATE' ? error : undefined)] }),
    );
    await client.createPool('a');
    const refusal = await refused(client.patchPool('a', 'merge', { spec: { clusterName: 'b' } }), 422, 'Invalid');
    expect(causeFields(refusal)).toEqual(['spec']);
  });

  it('sees who writes what, through which subresource, over what', async () => {
    const seen: Review[] = [];
    const client = clientOf(
      createApi({
        admission: [
          (review) => {
            seen.push(review);
            return undefined;
          },
        ],
      }),
    );
    await client.createPool('a');
    await client.patchPool('a', 'merge', { spec: { clusterName: 'b' } }, { query: { dryRun: 'All' } });
    const status = client.path('machineinventorypools', `${client.id}-a`, 'status');
    const body = { status: { total: 1 } };
    await client.json({ method: 'PATCH', path: status, contentType: 'application/merge-patch+json', body });
    await client.deletePool('a');
    const told = seen.map(({ operation, subresource, dryRun, user, object, old }) => [
      operation,
      subresource,
      dryRun,
      user.name,
      object?.spec?.['clusterName'],
      old?.spec?.['clusterName'],
    ]);
    expect(told).toEqual([
      ['CREATE', undefined, false, 'alice', 'prod', undefined],
      ['UPDATE', undefined, true, 'alice', 'b', 'prod'],
      ['UPDATE', 'status', false, 'alice', 'prod', 'prod'],
      ['DELETE', undefined, false, 'alice', undefined, 'prod'],
    ]);
  });

  it('is not asked about a write that is refused anyway', async () => {
    const client = clientOf(createApi({ admission: [() => 'never asked'] }));
    await refused(client.createPool('a', {}, { clusterName: 5 }), 422, 'Invalid');
  });
});

describe('admission webhooks', () => {
  const pools = { group: 'infrastructure.cluster.x-k8s.io', resources: ['machineinventorypools'] };
  const hook = (more: Partial<Webhook>): Webhook => ({
    name: 'sim.example.com',
    ...pools,
    operations: ['CREATE', 'UPDATE'],
    ...more,
  });

  it('change what is written before it is checked, and validate what came of it', async () => {
    const seen: unknown[] = [];
    const client = clientOf(
      createApi({
        admission: [
          hook({
            mutate: ({ object, operation }) => {
              if (object === undefined || operation !== 'CREATE') return undefined;
              const labels = { ...object.metadata.labels, defaulted: 'yes' };
              const metadata = { ...object.metadata, name: 'other', labels };
              return { object: { ...object, metadata, spec: { ...object.spec, clusterName: 'filled' } } };
            },
            validate: ({ object }) => {
              seen.push(object?.spec?.['clusterName']);
              return undefined;
            },
          }),
        ],
      }),
    );
    const made = await client.createPool('a', {}, { clusterName: undefined });
    expect(made).toMatchObject({ metadata: { name: `${client.id}-a`, labels: { defaulted: 'yes' } } });
    expect(made.spec['clusterName']).toBe('filled');
    expect(seen).toEqual(['filled']);
  });

  it('cannot get past the schema', async () => {
    const client = clientOf(
      createApi({
        admission: [hook({ mutate: ({ object }) => ({ object: { ...object!, spec: { clusterName: 7 } } }) })],
      }),
    );
    const error = await refused(client.createPool('a'), 422, 'Invalid');
    expect(causeFields(error)).toContain('spec.clusterName');
  });

  it('refuse as a real server words it: with causes, with words, or with a Status', async () => {
    const answers = [
      [cause.forbidden('spec.clusterName', 'field is immutable')],
      'not today',
      new ApiError(400, 'BadRequest', 'no object'),
      [],
    ];
    const client = clientOf(
      createApi({ admission: [hook({ operations: ['UPDATE'], validate: () => answers.shift() })] }),
    );
    await client.createPool('a');
    const write = () => client.patchPool('a', 'merge', { spec: { clusterName: 'b' } });
    const subject = 'MachineInventoryPool.infrastructure.cluster.x-k8s.io';
    const asked = 'admission webhook "sim.example.com" denied the request';
    const first = await refused(write(), 422, 'Invalid');
    expect(first.message).toBe(
      `${asked}: ${subject} "${client.id}-a" is invalid: spec.clusterName: Forbidden: field is immutable`,
    );
    expect(first.status).toMatchObject({
      details: { kind: 'MachineInventoryPool', causes: [{ reason: 'FieldValueForbidden', field: 'spec.clusterName' }] },
    });
    expect((await refused(write(), 403, 'Forbidden')).message).toBe(`${asked}: not today`);
    expect((await refused(write(), 400, 'BadRequest')).message).toBe(`${asked}: no object`);
    expect((await write()).spec['clusterName']).toBe('b');
  });

  it('are asked only about what they are registered for', async () => {
    const client = clientOf(
      createApi({
        admission: [
          hook({ operations: ['DELETE'], validate: () => 'never deleted' }),
          hook({ resources: ['machineinventorypools/status'], validate: () => 'never reported' }),
          hook({ group: 'example.com', validate: () => 'never asked' }),
        ],
      }),
    );
    await client.createPool('a');
    await client.patchPool('a', 'merge', { spec: { clusterName: 'b' } });
    const path = client.path('machineinventorypools', `${client.id}-a`, 'status');
    const report = client.json({ method: 'PATCH', path, contentType: CONTENT.merge, body: { status: { total: 1 } } });
    expect((await refused(report, 403, 'Forbidden')).message).toContain('never reported');
    expect((await refused(client.deletePool('a'), 403, 'Forbidden')).message).toContain('never deleted');
  });
});

describe('defaults', () => {
  it('are filled in where the CRDs have them', async () => {
    const client = clientOf(createApi());
    const body = {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      kind: 'BaremetalCluster',
      metadata: { name: 'prod' },
      spec: { controlPlaneLoadBalancer: { host: '10.0.0.1', port: 6443 } },
    };
    const created = await client.json({ method: 'POST', path: client.path('baremetalclusters'), body });
    expect(created.spec['controlPlaneLoadBalancer']).toEqual({ host: '10.0.0.1', port: 6443, type: 'Internal' });
  });
});

describe('deterministic worlds', () => {
  it('come from an injected clock, injected chance and injected uids', async () => {
    let uid = 0;
    const api = createApi({
      now: () => Date.parse('2026-02-03T04:05:06.789Z'),
      random: () => 0.5,
      newUid: () => `uid-${uid++}`,
    });
    const client = clientOf(api);
    const { metadata } = await client.createPool('', { name: undefined, generateName: 'pool-' });
    expect(metadata).toMatchObject({ name: 'pool-rrrrr', uid: 'uid-4', creationTimestamp: '2026-02-03T04:05:06Z' });
  });
});
