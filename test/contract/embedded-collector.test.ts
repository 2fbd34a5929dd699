import { beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { Client, type Item, refused } from './client.ts';

function connect(options: Parameters<typeof createApi>[0] = {}): Client {
  const api = createApi(options);
  const transport = apiTransport(api, { user: { name: 'admin' } });
  return new Client({
    transport,
    limited: transport,
    namespace: 'cpaas-system',
    clusterApi: 'v1beta1',
    compact: async () => api.faults.compact(),
  });
}

const ownedBy = (owner: Item, more: Record<string, unknown> = {}) => ({
  ownerReferences: [
    { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, ...more },
  ],
});

describe('the garbage collector', () => {
  let client: Client;
  beforeEach(() => {
    client = connect();
  });
  const left = async () => (await client.listPools()).items.map(({ metadata }) => metadata.name.split('-')[1]);

  it('deletes dependents of a gone owner, and theirs', async () => {
    const owner = await client.createPool('owner');
    const child = await client.createPool('child', ownedBy(owner));
    await client.createPool('grandchild', ownedBy(child));
    await client.createPool('stranger');
    await client.deletePool('owner');
    expect(await left()).toEqual(['stranger']);
  });

  it('waits until the owner is really gone, and leaves dependents with finalizers going', async () => {
    const owner = await client.createPool('owner', { finalizers: ['example.com/hold'] });
    await client.createPool('child', { ...ownedBy(owner), finalizers: ['example.com/hold'] });
    await client.deletePool('owner');
    expect((await client.getPool('child')).metadata.deletionTimestamp).toBeUndefined();
    await client.patchPool('owner', 'merge', { metadata: { finalizers: null } });
    expect((await client.getPool('child')).metadata.deletionTimestamp).toBeTruthy();
  });

  it('keeps a dependent that another owner still has, without the gone one', async () => {
    const one = await client.createPool('one');
    const two = await client.createPool('two');
    const both = [...ownedBy(one).ownerReferences, ...ownedBy(two).ownerReferences];
    await client.createPool('child', { ownerReferences: both });
    await client.deletePool('one');
    const child = (await client.getPool('child')).metadata as { ownerReferences?: { uid: string }[] };
    expect(child.ownerReferences?.map(({ uid }) => uid)).toEqual([two.metadata.uid]);
    await client.deletePool('two');
    expect(await left()).toEqual([]);
  });

  it('deletes dependents first in the foreground, and waits for those that block', async () => {
    const owner = await client.createPool('owner');
    await client.createPool('child', {
      ...ownedBy(owner, { blockOwnerDeletion: true }),
      finalizers: ['example.com/hold'],
    });
    await client.deletePool('owner', { query: { propagationPolicy: 'Foreground' } });
    expect((await client.getPool('owner')).metadata.finalizers).toEqual(['foregroundDeletion']);
    expect((await client.getPool('child')).metadata.deletionTimestamp).toBeTruthy();
    await client.patchPool('child', 'merge', { metadata: { finalizers: null } });
    expect(await left()).toEqual([]);
  });

  it('sets dependents free when they are to be orphaned', async () => {
    const owner = await client.createPool('owner');
    await client.createPool('child', ownedBy(owner));
    await client.deletePool('owner', { body: { propagationPolicy: 'Orphan' } });
    expect(await left()).toEqual(['child']);
    expect((await client.getPool('child')).metadata).not.toHaveProperty('ownerReferences');
  });

  it('tells a watch of the owner before its dependents', async () => {
    const owner = await client.createPool('owner');
    await client.createPool('child', ownedBy(owner));
    const { metadata } = await client.listPools();
    const events = await client.watchPools(
      { resourceVersion: metadata.resourceVersion },
      { enough: (seen) => seen.length === 2, act: () => client.deletePool('owner') },
    );
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name.split('-')[1]}`)).toEqual([
      'DELETED owner',
      'DELETED child',
    ]);
  });

  it('can be switched off', async () => {
    client = connect({ garbageCollection: false });
    await client.createPool('child', ownedBy(await client.createPool('owner')));
    await client.deletePool('owner');
    expect(await left()).toEqual(['child']);
  });

  it('empties a namespace that is deleted, and takes nothing new into it', async () => {
    await client.createPool('a', { finalizers: ['example.com/hold'] });
    await client.createPool('b');
    const path = '/api/v1/namespaces/cpaas-system';
    const going = await client.json<{ status: { phase: string } }>({ method: 'DELETE', path });
    expect(going.status.phase).toBe('Terminating');
    expect(await left()).toEqual(['a']);
    await refused(client.createPool('c'), 403, 'Forbidden');
    await client.patchPool('a', 'merge', { metadata: { finalizers: null } });
    await refused(client.json({ path }), 404, 'NotFound');
  });
});
