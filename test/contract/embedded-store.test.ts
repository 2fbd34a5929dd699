import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { servedResources } from '../../src/simulator/api/resources.ts';
import { keyOf, Store } from '../../src/simulator/api/store.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import type { KubeObject } from '../../src/simulator/api/types.ts';

const [first, second] = servedResources().filter(({ custom }) => custom) as [
  ReturnType<typeof servedResources>[number],
  ReturnType<typeof servedResources>[number],
];

const object = (namespace: string, name: string, value: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace },
  spec: { value },
});

const shown = (stored: Iterable<{ object: KubeObject }>) =>
  [...stored].map(({ object: { metadata, spec } }) => [
    `${metadata.namespace}/${metadata.name}`,
    spec?.['value'],
    metadata.resourceVersion,
  ]);

describe('the store', () => {
  const write = fc.record({
    resource: fc.constantFrom(first, second),
    namespace: fc.constantFrom('a', 'a-b', 'b'),
    name: fc.constantFrom('x', 'x-1', 'y', 'z'),
    value: fc.option(fc.nat(9), { nil: undefined }),
  });

  it('tells every moment of its history as it was, whole or in part', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (writes, historyLimit) => {
        const store = new Store({ historyLimit });
        const moments: { revision: number; all: unknown; part: unknown }[] = [];
        const remember = () =>
          moments.push({
            revision: store.revision,
            all: shown(store.scan(first)),
            part: shown(store.scan(first, { prefix: 'a/', after: 'a/x' })),
          });
        remember();
        for (const { resource, namespace, name, value } of writes) {
          const key = keyOf(namespace, name);
          if (value === undefined) store.remove(resource, key);
          else store.put(resource, key, object(namespace, name, value));
          remember();
        }
        for (const { revision, all, part } of moments) {
          if (revision < store.history.floor) continue;
          expect(shown(store.scanAt(first, revision))).toEqual(all);
          expect(shown(store.scanAt(first, revision, { prefix: 'a/', after: 'a/x' }))).toEqual(part);
        }
        expect(store.revision - store.history.floor).toBeLessThanOrEqual(historyLimit);
      }),
    );
  });

  it('gives every write a revision of its own, and tells of it once', () => {
    const store = new Store({ historyLimit: 9 });
    const told: number[] = [];
    const stop = store.subscribe(({ revision }) => told.push(revision));
    store.put(first, 'a/x', object('a', 'x', 1));
    store.put(second, 'a/x', object('a', 'x', 1));
    store.remove(first, 'a/x');
    expect(store.remove(first, 'a/x')).toBeUndefined();
    stop();
    store.put(first, 'a/x', object('a', 'x', 2));
    expect(told).toEqual([2, 3, 4]);
    expect(store.revision).toBe(5);
  });
});

describe('a long list', () => {
  it('lets others have their turn, and shows the moment it began', async () => {
    const api = createApi({ managedFields: false });
    const transport = apiTransport(api, { user: { name: 'admin' } });
    const path = '/api/v1/namespaces/default/configmaps';
    const data = { long: 'x'.repeat(2000) };
    for (let i = 0; i < 500; i++)
      await transport.json({ method: 'POST', path, body: { metadata: { name: `c${i}` }, data } });
    let done = false;
    const list = transport.json<{ items: unknown[] }>({ path }).finally(() => {
      done = true;
    });
    await transport.json({ method: 'DELETE', path: `${path}/c0` });
    expect(done).toBe(false);
    expect((await list).items).toHaveLength(500);
    expect((await transport.json<{ items: unknown[] }>({ path })).items).toHaveLength(499);
  });
});
