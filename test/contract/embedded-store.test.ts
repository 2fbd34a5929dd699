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

describe('what was written before anybody looked', () => {
  /** A store that has come to some revision, with nothing to be watched before it. */
  const settled = (revision: number) => new Store({ historyLimit: 100, revision });
  const revisionOf = (store: Store, name: string) => store.get(first, `a/${name}`)?.revision;
  const place = (store: Store, name: string, revision: number, value = 0) =>
    store.place(first, `a/${name}`, object('a', name, value), revision, revision * 1000);

  it('stands under the revision of then, and the store goes on from where it is', () => {
    const store = settled(100);
    expect(place(store, 'x', 40)).toBe(true);
    expect(revisionOf(store, 'x')).toBe(40);
    expect(store.revision).toBe(100);
    expect(shown(store.scan(first))).toEqual([['a/x', 0, '40']]);
    expect(store.put(first, 'a/y', object('a', 'y', 1)).revision).toBe(101);
  });

  it('has no revision that another has: the lowest that is free from there on is its own', () => {
    const store = settled(100);
    for (const name of ['x', 'y', 'z']) place(store, name, 40);
    place(store, 'w', 41);
    expect(['x', 'y', 'z', 'w'].map((name) => revisionOf(store, name))).toEqual([40, 41, 42, 43]);
    // A fraction of a revision is none, and there is none before the first.
    place(store, 'v', 39.9);
    place(store, 'u', -3);
    expect(['v', 'u'].map((name) => revisionOf(store, name))).toEqual([39, 1]);
  });

  it('keeps its revision where that is late enough, and takes a later one where it is not', () => {
    const store = settled(100);
    place(store, 'x', 40);
    place(store, 'x', 38, 1);
    expect(shown(store.scan(first))).toEqual([['a/x', 1, '40']]);
    place(store, 'x', 60, 2);
    expect(shown(store.scan(first))).toEqual([['a/x', 2, '60']]);
  });

  it('is refused where no revision is free any more before what may be watched', () => {
    const store = settled(3);
    expect(['x', 'y', 'z', 'w'].map((name) => place(store, name, 2))).toEqual([true, true, false, false]);
    expect(revisionOf(store, 'z')).toBeUndefined();
  });

  it('tells whoever listens what it was, what it is, and when that was', () => {
    const store = settled(100);
    const told: unknown[] = [];
    store.subscribe(({ revision, at, before, after }) => told.push([revision, at, before?.revision, after?.revision]));
    place(store, 'x', 40);
    place(store, 'x', 60);
    expect(told).toEqual([
      [40, 40_000, undefined, 40],
      [60, 60_000, 40, 60],
    ]);
  });

  it('has one revision each, never less than wanted and never beyond what may be watched, whatever is placed', () => {
    const wish = fc.record({
      name: fc.constantFrom('x', 'x-1', 'y', 'z', 'w'),
      revision: fc.integer({ min: -2, max: 14 }),
    });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 30 }), (wishes) => {
        const store = settled(12);
        for (const { name, revision } of wishes) {
          if (place(store, name, revision)) expect(revisionOf(store, name)).toBeGreaterThanOrEqual(revision);
        }
        const all = [...store.scan(first)].map(({ revision }) => revision);
        expect(new Set(all).size).toBe(all.length);
        expect(all.every((revision) => revision >= 1 && revision <= 12)).toBe(true);
        const keys = shown(store.scan(first)).map(([key]) => String(key));
        expect(keys).toEqual([...keys].sort());
      }),
    );
  });
});
