import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListParser } from '../../../src/kube/reflector/list-parser.ts';
import { KubeError } from '../../../src/kube/types.ts';

/** Feeds `text` in pieces of `size` bytes; gives the items, and what the list says of itself. */
function read(text: string | Uint8Array, size = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text as string);
  const parser = new ListParser();
  const items: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const item of parser.feed(bytes.subarray(at, at + size))) items.push(item);
  }
  return { items, ...parser.end() };
}

function failureOf(run: () => unknown): KubeError {
  try {
    run();
  } catch (error) {
    return error as KubeError;
  }
  throw new Error('nothing was thrown');
}

describe('ListParser', () => {
  it('gives items and metadata whatever the order of the keys', () => {
    const meta = '"metadata":{"resourceVersion":"7","continue":"next","remainingItemCount":3}';
    const items = '"items":[{"a":1},{"b":[{"items":[1]}]}]';
    const head = '"kind":"PodList","apiVersion":"v1"';
    for (const parts of [
      [head, meta, items],
      [items, meta, head],
      [meta, items, head],
    ]) {
      expect(read(`{${parts.join(',')}}`)).toEqual({
        items: [{ a: 1 }, { b: [{ items: [1] }] }],
        resourceVersion: '7',
        continue: 'next',
        remainingItemCount: 3,
      });
    }
  });

  it('takes null, missing spaces and pretty print alike', () => {
    expect(read('{"metadata":{"resourceVersion":"1"},"items":null}').items).toEqual([]);
    expect(read('{"metadata":{"resourceVersion":"1"},"items":[]}').items).toEqual([]);
    expect(read(' { "items" : [ \n ] }\n').items).toEqual([]);
    const list = { kind: 'List', metadata: { resourceVersion: '1' }, items: [{ a: { b: [] } }, { c: '"]}' }] };
    expect(read(JSON.stringify(list, null, 4), 3).items).toEqual(list.items);
  });

  it('gives an item as soon as its last byte is there', () => {
    const parser = new ListParser();
    expect([...parser.feed(Buffer.from('{"items":[{"a":1'))]).toEqual([]);
    expect([...parser.feed(Buffer.from('}'))]).toEqual([{ a: 1 }]);
    expect([...parser.feed(Buffer.from(',{"b":2},{'))]).toEqual([{ b: 2 }]);
  });

  it('is not led astray by strings that look like structure', () => {
    const items = [
      { s: '"items":[{' },
      { s: '\\' },
      { s: '\\"' },
      { s: 'x'.repeat(200) },
      { s: `${'x'.repeat(60)}\\"${'}'.repeat(90)}\\\\` },
      { '}]': ['{[', ']}'] },
    ];
    for (const size of [1, 2, 7, 64, 1_000])
      expect(read(JSON.stringify({ metadata: {}, items }), size).items).toEqual(items);
  });

  it('knows its key by meaning, and only at the top', () => {
    expect(read('{"it\\u0065ms":[{"a":1}]}').items).toEqual([{ a: 1 }]);
    expect(
      read('{"kind":"items","metadata":{"items":[{"no":1}]},"x":["items",[{"no":2}]],"items":[{"a":1}]}').items,
    ).toEqual([{ a: 1 }]);
  });

  it('decodes characters that are cut between chunks', () => {
    const items = [{ s: 'häßlich 日本語 🚢 \u2028' }];
    const text = JSON.stringify({ metadata: { resourceVersion: 'ü1' }, items });
    for (const size of [1, 2, 3, 5]) expect(read(text, size)).toMatchObject({ items, resourceVersion: 'ü1' });
  });

  it('hands on items that are no objects, for whoever reads them to complain', () => {
    expect(read('{"items":[null,1 , "a,]\\"" ,[],true]}', 1).items).toEqual([null, 1, 'a,]"', [], true]);
  });

  it.each([
    ['', 'cut short'],
    ['{"items":[{"a":1}', 'cut short'],
    ['{"items":[{"a":1', 'cut short'],
    ['{"items":[{"a":1}]', 'cut short'],
    ['{"items":[{"a":1}]}}', 'cut short'],
    ['{"items":[{"a":1}]} x', 'not JSON'],
    ['{"items":[{"a":1}{"b":2}]}', 'comma'],
    ['{"items":[{"a":1},,{"b":2}]}', 'item of the list is missing'],
    ['{"items":[{"a":1},]}', 'item of the list is missing'],
    ['{"items":[,{"a":1}]}', 'item of the list is missing'],
    ['{"items":[{"a":]}]}', 'not JSON'],
    ['{"items":[{"a":1]]}', 'not JSON'],
    ['{"items":[nope]}', 'not JSON'],
    ['{"items":[{"a":1}],"items":[{"b":1}]}', 'twice'],
    ['{"items":{"a":1}}', 'not a list'],
    ['{"kind":"PodList"}', 'not a list'],
    ['[{"items":[]}]', 'not a list'],
    ['<html>sign in</html>', 'not JSON'],
    ['{"kind":"Status","message":"boo"}', 'boo'],
  ])('calls %j malformed', (text, message) => {
    for (const size of [1, 1_000]) {
      const error = failureOf(() => read(text, size));
      expect(error).toBeInstanceOf(KubeError);
      expect(error.reason).toBe('Malformed');
    }
    expect(failureOf(() => read(text)).message).toMatch(/list/);
    expect(failureOf(() => read(text)).message).toMatch(
      message === 'cut short' ? /cut short|not JSON/ : new RegExp(message),
    );
  });

  it('does not take a body without end for a list', () => {
    expect(failureOf(() => read('x'.repeat(2_000_000), 10_000)).reason).toBe('Malformed');
    const parser = new ListParser();
    const endless = () => {
      for (const _ of parser.feed(Buffer.from('{"items":[{"a":"'))) expect.unreachable();
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      for (let n = 0; n < 100; n += 1) for (const _ of parser.feed(chunk)) expect.unreachable();
    };
    expect(failureOf(endless).message).toMatch(/too long/);
  });

  it('quotes nothing of the body in its errors: it may hold a Secret', () => {
    const error = failureOf(() => read('{"items":[{"data":{"token":hunter2}}]}'));
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(/hunter2|token/);
  });

  it('reads what JSON.parse reads, from any pieces', () => {
    const list = fc.record({
      metadata: fc.record({ resourceVersion: fc.string({ minLength: 1 }) }),
      items: fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }), {
        maxLength: 5,
      }),
      extra: fc.jsonValue({ maxDepth: 2 }),
    });
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 80 }), fc.constantFrom(undefined, 1, '\t'), (value, size, indent) => {
        const text = JSON.stringify(value, null, indent);
        const same = JSON.parse(text) as typeof value;
        expect(read(text, size)).toMatchObject({ items: same.items, resourceVersion: same.metadata.resourceVersion });
      }),
      { numRuns: 300 },
    );
  });

  it('never takes a list that was cut for a whole one', () => {
    const items = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        items,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        (value, part, size) => {
          const text = JSON.stringify({ metadata: { resourceVersion: '1' }, items: value });
          const cut = text.slice(0, Math.floor(text.length * part));
          expect(failureOf(() => read(cut, size)).reason).toBe('Malformed');
        },
      ),
      { numRuns: 300 },
    );
  });
});
