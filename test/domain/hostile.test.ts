import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { KINDS, type Kind } from '../../src/domain/kinds.ts';
import type { Change } from '../../src/domain/objects.ts';
import { reducePlanSecret } from '../../src/domain/project/plan-detail.ts';
import { relatedOf } from '../../src/domain/related.ts';
import { isClean } from '../../src/domain/text.ts';
import { KINDS_TABLE } from '../../src/kube/kinds.ts';
import * as raw from './fixtures.ts';
import { kindOfRaw, type Raw, smallFleet } from './fixtures.ts';

/** Every string in a value, keys included; objects met before are passed over. */
function* stringsIn(value: unknown, seen = new Set<object>()): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  for (const [key, item] of entries) {
    yield* stringsIn(key, seen);
    yield* stringsIn(item, seen);
  }
}

function expectClean(value: unknown): void {
  for (const text of stringsIn(value)) expect(isClean(text, true), JSON.stringify(text)).toBe(true);
}

/** Paths of all values in an object, the containers included. */
function paths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => paths(item, [...path, key]))];
}

function put(value: unknown, [head, ...rest]: readonly string[], what: unknown): unknown {
  if (head === undefined) return what;
  // An earlier edit may have taken the place away.
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === head ? put(item, rest, what) : item));
  return { ...(value as Raw), [head]: put((value as Raw)[head], rest, what) };
}

const samples: readonly Raw[] = [
  ...smallFleet(),
  raw.controlPlane('control-plane', 3, raw.settled(3), {
    conditions: [raw.condition('EtcdClusterHealthy', 'False', 'X', { message: 'm' })],
  }),
  raw.seedImage('image', [raw.condition('SeedImageReady', 'False', 'SeedImageBuildFailure')]),
  raw.registration('reg', [raw.condition('Ready', 'False', 'MissingTokenOrServerURL')]),
  {
    kind: 'Event',
    metadata: { name: 'e', uid: 'e' },
    involvedObject: { kind: 'Machine', name: 'w1' },
    message: 'm',
    reason: 'r',
    lastTimestamp: raw.at(0),
  },
  raw.host('h9', 'Unavailable', {
    status: { storage: { phase: 'Failed', operation: { type: 'Prepare', phase: 'Failed' } } },
  }),
  raw.bmm('w9', 'h9', 'Failed', {
    conditions: [raw.condition('ImageResolved', 'False', 'ImageCatalogMiss')],
    status: { failureMessage: 'm', failureReason: 'r' },
  }),
];

const evil = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '\x1b[2J\x1b]0;pwned\x07',
      '\u202egpj.exe',
      'a\nb\rc',
      '\x9b31m',
      '',
      '__proto__',
      'constructor',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-1, 1e308, Number.MIN_VALUE, null, true, [], {}, JSON.parse('{"__proto__":{"a":"b"}}'), [
      [[]],
    ]),
  },
);

describe('hostile objects', () => {
  it('never break a projection or the fleet, and never bring a control character in', () => {
    const places = samples.flatMap((sample, index) => paths(sample).map((path) => ({ index, path })));
    fc.assert(
      fc.property(
        fc.array(fc.record({ place: fc.constantFrom(...places), what: evil }), { minLength: 1, maxLength: 4 }),
        (edits) => {
          const broken = samples.map((sample, index) =>
            edits
              .filter(({ place }) => place.index === index)
              .reduce<unknown>((object, { place, what }) => put(object, place.path, what), sample),
          );
          const index = createFleet();
          for (const [at, object] of broken.entries()) {
            const made = KINDS_TABLE[kindOfRaw(samples[at]!)!].project(object);
            if (made) index.apply([{ type: 'set', object: made } as Change]);
          }
          const fleet = index.snapshot();
          expectClean(fleet);
          for (const { ref } of fleet.attention) expectClean(relatedOf(fleet, ref));
          for (const { list } of [fleet.hosts, fleet.pools, fleet.machines, fleet.groups, fleet.clusters]) {
            for (const row of list as readonly { problem?: { text: string } }[]) {
              expect(row.problem?.text).not.toBe('');
              expect(row.problem?.text ?? '').not.toMatch(/\n|undefined|\[object/);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of any shape at all make an object or nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Kind>(...KINDS),
        fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 }),
        evil,
        (kind, whole, part) => {
          for (const object of [
            whole,
            { metadata: whole },
            { metadata: { name: 'n', uid: 'u' }, spec: whole, status: part, data: whole },
          ]) {
            const made = KINDS_TABLE[kind].project(object);
            if (made) expectClean(made);
            expectClean(reducePlanSecret(object));
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('show an allocation state, a phase and a condition nobody knows as they are', () => {
    const { fleet } = raw.fleetOf(
      raw.pool('p', ['h1']),
      raw.host('h1', 'Teleporting', { pool: 'p' }),
      raw.bmm('w1', 'h1', 'Dreaming', {
        conditions: [raw.condition('NetworkDeviceReady', 'False', 'NetworkDeviceIsSlave')],
      }),
      raw.machine('w1', 'Hovering'),
    );
    expect(fleet.hosts.list[0]).toMatchObject({
      use: 'unknown',
      problem: { severity: 'warn', text: 'allocation state "Teleporting" is not known' },
    });
    expect(fleet.machines.list[0]).toMatchObject({
      phase: 'Dreaming',
      problem: { severity: 'warn', text: 'NetworkDeviceReady is False: NetworkDeviceIsSlave' },
    });
  });

  it('with a key __proto__ pollute nothing', () => {
    const labels = JSON.parse('{"__proto__":"evil","a":"b"}');
    const { fleet } = raw.fleetOf(raw.host('h1', 'Available', { labels }));
    expect(Object.entries(fleet.hosts.list[0]!.object.labels)).toEqual([
      ['__proto__', 'evil'],
      ['a', 'b'],
    ]);
    expect(({} as Record<string, unknown>)['evil']).toBeUndefined();
  });
});
