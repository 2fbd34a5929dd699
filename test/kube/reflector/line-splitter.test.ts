import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../../src/kube/reflector/fetch-watch.ts';
import { LineSplitter } from '../../../src/kube/reflector/line-splitter.ts';
import type { KubeError } from '../../../src/kube/types.ts';

function split(text: string, size: number) {
  const bytes = Buffer.from(text);
  const splitter = new LineSplitter();
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.feed(bytes.subarray(at, at + size)));
  return { lines, cut: splitter.cut };
}

describe('LineSplitter', () => {
  it('splits at line feeds and nowhere else', () => {
    const lines = ['{"a":"\u2028\u2029\u0085"}', '', '{"b":"日本 🚢"}\r', '\v\f'];
    for (const size of [1, 2, 3, 1_000]) expect(split(`${lines.join('\n')}\n`, size)).toEqual({ lines, cut: false });
  });

  it('knows when it stands in the middle of a line', () => {
    for (const size of [1, 4, 100]) expect(split('one\ntwo', size)).toEqual({ lines: ['one'], cut: true });
    expect(split('', 1)).toEqual({ lines: [], cut: false });
  });

  it('does not take a line without end', () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const endless = () => {
      for (let n = 0; n < 100; n += 1) for (const _ of splitter.feed(chunk)) expect.unreachable();
    };
    expect(endless).toThrow(/too long/);
  });
});

describe('parseEvent', () => {
  it('reads type, object and revision', () => {
    const object = { metadata: { resourceVersion: '5' } };
    expect(parseEvent(JSON.stringify({ type: 'ADDED', object }))).toEqual({
      type: 'ADDED',
      object,
      revision: '5',
      initialEnd: false,
    });
  });

  it('knows the bookmark that ends the first state', () => {
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '5', annotations } } };
    expect(parseEvent(JSON.stringify(bookmark)).initialEnd).toBe(true);
    expect(parseEvent(JSON.stringify({ ...bookmark, type: 'ADDED' })).initialEnd).toBe(false);
  });

  it.each([null, {}, { metadata: null }, { metadata: { resourceVersion: 5 } }])(
    'takes an object such as %j',
    (object) => {
      expect(parseEvent(JSON.stringify({ type: 'MODIFIED', object }))).toMatchObject({ object, revision: undefined });
    },
  );

  it.each([
    [{ kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }, 410, 'Expired'],
    [{ kind: 'Status', code: 'x' }, 500, 'HTTP500'],
    [null, 500, 'HTTP500'],
    [undefined, 500, 'HTTP500'],
  ])('throws what an ERROR event says: %j', (object, code, reason) => {
    const throwing = () => parseEvent(JSON.stringify({ type: 'ERROR', object }));
    expect(throwing).toThrow(expect.objectContaining<Partial<KubeError>>({ code, reason }));
  });
});
