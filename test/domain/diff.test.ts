/** Comparing two trees of plain data, and what objects were. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../src/domain/diff/lines.ts';
import { keepPast, type Past } from '../../src/domain/diff/past.ts';
import { comparable, comparableObject } from '../../src/domain/diff/plain.ts';
import { diffOf } from '../../src/domain/diff/structure.ts';
import { at, fleetOf, host, machine, set, T0 } from './fixtures.ts';

const shown = (before: unknown, after: unknown, open = false) =>
  diffLines(diffOf(before, after), () => open).map(({ sign, text }) => `${sign}${text}`);

describe('a difference', () => {
  it('names what changed, came and went, and folds the rest', () => {
    const before = { a: 1, b: { c: 'x', d: 2 }, e: [1, 2], gone: 'g' };
    const after = { a: 1, b: { c: 'y', d: 2 }, e: [1, 2], fresh: { f: 1 } };
    expect(shown(before, after)).toEqual([
      ' b:',
      '-  c: x',
      '+  c: y',
      '   + 1 the same: d',
      '-gone: g',
      '+fresh:',
      '+  f: 1',
      ' + 2 the same: a, e',
    ]);
    expect(shown(before, after, true)).toContain('   a: 1');
  });

  it('follows items of a list by what they are called', () => {
    const ready = { type: 'Ready', status: 'True' };
    const lines = shown(
      { conditions: [ready, { type: 'Old', status: 'False' }] },
      {
        conditions: [
          { type: 'New', status: 'True' },
          { ...ready, status: 'False' },
        ],
      },
    );
    expect(lines).toEqual([
      ' conditions:',
      '   - [Ready]',
      '-    status: "True"',
      '+    status: "False"',
      '     + 1 the same: type',
      '-  - type: Old',
      '-    status: "False"',
      '+  - type: New',
      '+    status: "True"',
    ]);
  });

  it('of the same is nothing but a fold', () => {
    expect(shown({ a: [{ name: 'x' }] }, { a: [{ name: 'x' }] })).toEqual([' + 1 the same: a']);
    expect(shown(null, undefined)).toEqual([]);
  });

  it('stands any two values, and finds none exactly between equal ones', () => {
    const json = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(json, json, (a, b) => {
        const nodes = diffOf({ v: a }, { v: b });
        const lines = diffLines(nodes, () => true);
        const same = nodes.every(({ change }) => change === 'same');
        expect(lines.some(({ sign }) => sign !== ' ')).toBe(!same);
        expect(same).toBe(JSON.stringify(a) === JSON.stringify(b) || same);
        expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
        for (const { text } of lines) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
      { numRuns: 300 },
    );
  });

  it('shows no secret, nor what differs by nature', () => {
    const secret = {
      kind: 'Secret',
      metadata: {
        name: 's',
        uid: 'u',
        resourceVersion: '1',
        managedFields: [1],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"k":"TUFSSw=="}}' },
      },
      data: { value: Buffer.from('MARKED').toString('base64') },
    };
    const text = JSON.stringify(comparable(secret));
    expect(text).not.toMatch(/MARKED|TUFSSw|managedFields|"uid"|resourceVersion/);
    expect(text).toContain('"name":"s"');
  });

  it('keeps both generations of conditions apart, and tells times as text', () => {
    const raw = machine('m', 'Running', {
      conditions: [{ type: 'Ready', status: 'False', severity: 'Warning', lastTransitionTime: at(0) }],
      status: { v1beta2: { conditions: [{ type: 'Ready', status: 'True' }] } },
    });
    const object = fleetOf(raw).fleet.machines.list[0]!.machine!;
    const plain = comparableObject(object) as Record<string, { severity?: string; since?: string }[]>;
    expect(plain['conditions (v1beta1)']?.[0]).toMatchObject({
      severity: 'Warning',
      since: new Date(T0).toISOString(),
    });
    expect(plain['conditions (v1beta2)']).toHaveLength(1);
  });
});

describe('the past', () => {
  const states = ['Available', 'Allocated', 'Reprovisioning'] as const;

  it('holds each state an object was in, oldest first, until it changed', () => {
    const { index } = fleetOf(host('h', states[0], { meta: { resourceVersion: '1' } }));
    let past: Past = new Map();
    let before = index.snapshot();
    for (const [step, state] of states.slice(1).entries()) {
      index.apply([set(host('h', state, { meta: { resourceVersion: `${step + 2}` } }))]);
      const after = index.snapshot();
      past = keepPast(past, before, after, T0 + step);
      before = after;
    }
    const versions = past.get('MachineInventory/h')!;
    expect(versions.map(({ object, until }) => [object.kind === 'host' && object.allocation, until - T0])).toEqual([
      ['Available', 0],
      ['Allocated', 1],
    ]);
    expect(keepPast(past, before, before, T0)).toBe(past);
  });

  it('is bounded, keeps the first state, and forgets those that changed longest ago', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => n);
    const raws = (revision: number) =>
      many.map((n) => host(`h${n}`, 'Available', { meta: { resourceVersion: `${revision}` } }));
    const { index } = fleetOf(...raws(1));
    let past: Past = new Map();
    let before = index.snapshot();
    const step = (changed: ReturnType<typeof raws>, until: number) => {
      index.apply(changed.map(set));
      const after = index.snapshot();
      past = keepPast(past, before, after, until);
      before = after;
    };
    step(raws(2), 1);
    expect(past.size).toBe(1_500);
    for (let revision = 3; revision < 40; revision += 1) step(raws(revision).slice(1_999), revision);
    const versions = past.get('MachineInventory/h1999')!;
    expect(versions).toHaveLength(12);
    expect(versions.map(({ until }) => until)).toEqual([1, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
  });
});
