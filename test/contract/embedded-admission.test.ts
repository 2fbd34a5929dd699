import { describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../src/simulator/api/api.ts';
import type { Review } from '../../src/simulator/api/core.ts';
import { cause, invalid } from '../../src/simulator/api/errors.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { Client, causeFields, refused } from './client.ts';

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
