import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ListParser } from '../../../src/kube/reflector/list-parser.ts';
import { withoutManagedFields } from '../../../src/kube/reflector/managed-fields.ts';

const read = (item: unknown) => JSON.parse(withoutManagedFields(JSON.stringify(item)));

const MANAGED = [
  {
    manager: 'kubectl',
    operation: 'Apply',
    fieldsV1: { 'f:status': { 'k:{"type":"]Ready\\"[\\\\"}': { '.': {}, 'v:["a"]': [[]] } } },
  },
  { manager: 'manager', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': {} } },
];

it('leaves out the managed fields, wherever they stand in the metadata, and nothing else', () => {
  for (const metadata of [
    { managedFields: MANAGED },
    { managedFields: [], name: 'a' },
    { name: 'a', managedFields: MANAGED },
    { labels: { a: 'ä"]' }, managedFields: MANAGED, name: '🙂' },
  ]) {
    const { managedFields: _out, ...kept } = metadata as Record<string, unknown>;
    expect(read({ kind: 'Machine', metadata, spec: { x: [1, '}'] } })).toEqual({
      kind: 'Machine',
      metadata: kept,
      spec: { x: [1, '}'] },
    });
  }
});

it('is not taken in by text that speaks of them', () => {
  for (const item of [
    { note: '"managedFields":[' },
    { note: 'x"managedFields":[1]', 'x"managedFields': [1] },
    { managedFields: null },
    { managedFields: 'none' },
  ]) {
    expect(read(item)).toEqual(item);
  }
});

it('leaves what is cut short to the parser', () => {
  for (const text of ['{"managedFields":[', '{"managedFields":["', '{"managedFields":["\\', '{"managedFields":[[]']) {
    expect(withoutManagedFields(text)).toBe(text);
  }
});

it('reads any item as JSON does, but for them', () => {
  const value = fc.jsonValue();
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), fc.array(value), fc.dictionary(fc.string(), value), (a, out, b) => {
      const metadata = { ...a, managedFields: out, ...b };
      expect(read({ metadata })).toEqual(JSON.parse(JSON.stringify({ metadata: { ...a, ...b } })));
    }),
  );
});

it('keeps them where a kind asks for them', () => {
  const list = Buffer.from(JSON.stringify({ items: [{ metadata: { managedFields: MANAGED } }] }));
  const items = (parser: ListParser) => [...parser.feed(list)];
  expect(items(new ListParser({ managedFields: true }))).toEqual([{ metadata: { managedFields: MANAGED } }]);
  expect(items(new ListParser())).toEqual([{ metadata: {} }]);
});
