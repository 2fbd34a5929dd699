import { describe, expect, it } from 'vitest';
import type { KubeError } from '../../src/kube/types.ts';
import { Client, type Connection, type Item, refused } from './client.ts';

/** Who owns which field of an object, as managedFields tells it, and what that means to server-side apply. */
export function ownershipContract(connection: () => Connection): void {
  describe('ownership of fields', () => {
    const owned = (item: Item) =>
      (item.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));
    const machines = () => {
      const { namespace, clusterApi } = connection();
      return `/apis/cluster.x-k8s.io/${clusterApi}/namespaces/${namespace}/machines`;
    };
    const machine = (client: Client, spec: Record<string, unknown>) => ({
      apiVersion: `cluster.x-k8s.io/${connection().clusterApi}`,
      kind: 'Machine',
      metadata: { name: `${client.id}-m` },
      spec,
    });
    const whole = {
      clusterName: 'c',
      bootstrap: {},
      infrastructureRef: { apiGroup: 'x.io', kind: 'Any', name: 'any' },
      readinessGates: [{ conditionType: 'A' }],
    };
    const apply = (client: Client, fieldManager: string, spec: Record<string, unknown>) =>
      client.json<Item>({
        method: 'PATCH',
        path: `${machines()}/${client.id}-m`,
        contentType: 'application/apply-patch+yaml',
        body: machine(client, spec),
        query: { fieldManager },
      });

    it('is told leaf by leaf, with the maps that a writer made', async () => {
      const client = new Client(connection());
      const metadata = { name: `${client.id}-a`, labels: { test: client.id }, finalizers: ['a.b/c'] };
      const body = { ...client.pool('a'), metadata };
      const path = client.path('machineinventorypools');
      const made = await client.json<Item>({ method: 'POST', path, body, query: { fieldManager: 'maker' } });
      const maker = {
        manager: 'maker',
        operation: 'Update',
        fieldsV1: {
          'f:metadata': {
            'f:finalizers': { '.': {}, 'v:"a.b/c"': {} },
            'f:labels': { '.': {}, 'f:test': {} },
          },
          'f:spec': { '.': {}, 'f:clusterName': {}, 'f:machineInventories': {} },
        },
      };
      expect(owned(made)).toEqual([maker]);
      const reported = await client.json<Item>({
        method: 'PATCH',
        path: client.path('machineinventorypools', metadata.name, 'status'),
        contentType: 'application/merge-patch+json',
        body: { status: { total: 1 } },
        query: { fieldManager: 'reporter' },
      });
      expect(owned(reported)).toEqual([
        maker,
        { manager: 'reporter', operation: 'Update', fieldsV1: { 'f:status': { '.': {}, 'f:total': {} } } },
      ]);
      const taken = await client.patchPool(
        'a',
        'merge',
        { spec: { clusterName: 'x' } },
        { query: { fieldManager: 'taker' } },
      );
      expect(owned(taken).find(({ manager }) => manager === 'taker')?.fieldsV1).toEqual({
        'f:spec': { 'f:clusterName': {} },
      });
      expect(owned(taken).find(({ manager }) => manager === 'maker')?.fieldsV1).toMatchObject({
        'f:spec': { '.': {}, 'f:machineInventories': {} },
      });
      await client.patchPool('a', 'merge', { metadata: { finalizers: null } });
    });

    it('knows members of keyed lists apart, and merges them', async () => {
      const client = new Client(connection());
      await client.json({
        method: 'POST',
        path: machines(),
        body: machine(client, whole),
        query: { fieldManager: 'maker' },
      });
      const gate = { conditionType: 'B', polarity: 'Positive' };
      const added = await apply(client, 'one', { readinessGates: [gate] });
      expect(added.spec['readinessGates']).toEqual([{ conditionType: 'A' }, gate]);
      expect(owned(added).find(({ manager }) => manager === 'one')?.fieldsV1).toEqual({
        'f:spec': {
          'f:readinessGates': { 'k:{"conditionType":"B"}': { '.': {}, 'f:conditionType': {}, 'f:polarity': {} } },
        },
      });
      const moved = await apply(client, 'one', { readinessGates: [{ conditionType: 'A', polarity: 'Negative' }] });
      expect(moved.spec['readinessGates']).toEqual([{ conditionType: 'A', polarity: 'Negative' }]);
      const other = apply(client, 'two', { readinessGates: [{ conditionType: 'A', polarity: 'Positive' }] });
      const { message } = await refused(other, 409, 'Conflict');
      expect(message).toBe(
        'Apply failed with 1 conflict: conflict with "one": .spec.readinessGates[conditionType="A"].polarity',
      );
    });

    it('meets a conflict over a whole where a whole is owned', async () => {
      const client = new Client(connection());
      await client.json({
        method: 'POST',
        path: machines(),
        body: machine(client, whole),
        query: { fieldManager: 'maker' },
      });
      const isNew = connection().clusterApi === 'v1beta2';
      const other = { ...(isNew ? { apiGroup: 'x.io' } : {}), kind: 'Any', name: 'other' };
      const error = await refused(apply(client, 'one', { infrastructureRef: other }), 409, 'Conflict');
      expect(error.message).toBe(
        `Apply failed with 1 conflict: conflict with "maker" using cluster.x-k8s.io/${connection().clusterApi}: .spec.infrastructureRef${isNew ? '.name' : ''}`,
      );
    });

    it('refuses to apply what the kind does not know', async () => {
      const client = new Client(connection());
      const body = { ...client.pool('a'), spec: { clusterName: 'x', machineInventories: [], extra: 1 } };
      const error = client.patchPool('a', 'apply', body, { query: { fieldManager: 'one' } });
      const refusal = await error.catch((thrown: unknown) => thrown as KubeError);
      expect(refusal).toMatchObject({ code: 500 });
      expect((refusal as KubeError).message).toMatch(
        /^failed to create typed patch object.*: \.spec\.extra: field not declared in schema$/,
      );
    });
  });
}
