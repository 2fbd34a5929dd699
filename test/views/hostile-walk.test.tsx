/** Every screen and every detail over poisoned objects, a poisoned workload cluster among them: nothing acts, nothing breaks. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { comparable } from '../../src/domain/diff/plain.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { decodeOutput } from '../../src/domain/output/decode.ts';
import { projectAppRelease } from '../../src/domain/project/app-release.ts';
import { projectNode } from '../../src/domain/project/node.ts';
import { isClean } from '../../src/domain/text.ts';
import { commit } from '../../src/store/store.ts';
import { width } from '../../views/parts/fit.ts';
import { liveWorkload, rawNode, rawRelease } from '../domain/workloads.ts';
import { changesOf, NOW, type Raw, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const EVIL = '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b5A\u0000\u202etxt\u2066\ufeff\r\u0008';
/** Ours are colours and weights; any other control would be theirs. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

function poison(value: unknown): unknown {
  if (typeof value === 'string') return `${value}${EVIL}`;
  if (Array.isArray(value)) return value.map(poison);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poison(each)]));
  return value;
}

function world(change: (raw: Raw) => Raw) {
  const fleet = createFleet();
  const raws = Object.entries(smallDatacenter()).map(([kind, list]) => [kind, list.map(change)] as const);
  fleet.apply(changesOf(Object.fromEntries(raws)));
  return fleet;
}

function look(screen: ReturnType<typeof openScreen>, columns: number, rows: number): void {
  const text = screen.raw().replace(/\u001b\[[0-9;]*m/g, '');
  expect(text).not.toMatch(CONTROL);
  expect(text).not.toMatch(/owned|undefined|NaN|\[object/);
  const lines = text.split('\n');
  expect(lines.length).toBeLessThanOrEqual(rows);
  for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '!', 't'];

it('walks through every screen, detail, tree and comparison', () => {
  const fleet = world((raw) => {
    const bad = poison(raw) as Raw;
    // Names as they are, or nothing would be joined to anything.
    return { ...bad, metadata: { ...bad.metadata, uid: raw.metadata.uid, name: raw.metadata.name } };
  });
  const node = projectNode(poison(rawNode('rack1-u01')))!;
  const release = projectAppRelease(poison(rawRelease('DeployFailed', 'v1')))!;
  const names = [...new Set(fleet.snapshot().clusters.list.map(({ name }) => name)), 'prod'];
  const workload = {
    ...liveWorkload(),
    server: 'x:1',
    nodes: [node],
    releases: [{ ...release, name: 'cni-kube-ovn' }],
  };
  for (const cluster of names) fleet.setWorkload(cluster, { ...workload, cluster });
  for (const [columns, rows] of [
    [80, 24],
    [200, 300],
  ] as const) {
    const screen = openScreen(fleet.snapshot(), { columns, rows });
    for (const key of KEYS) {
      screen.press(key);
      look(screen, columns, rows);
      for (const step of ['enter', '=', 'escape', 'escape', 'j', 'l', '=', 'escape']) {
        screen.press(step);
        look(screen, columns, rows);
      }
    }
  }
});

it('shows any state a workload cluster can be in', () => {
  const fleet = world((raw) => raw);
  const { name } = fleet.snapshot().clusters.list[0]!;
  const phases = ['waiting', 'syncing', 'live', 'stale', 'forbidden', 'absent', 'auth'] as const;
  const accesses = ['off', 'connecting', 'no secret', 'forbidden', 'unusable', 'open'] as const;
  const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 });
  const state = fc.record({
    access: fc.constantFrom(...accesses),
    node: fc.constantFrom(...phases),
    release: fc.constantFrom(...phases),
    synced: fc.boolean(),
    spec: json,
    status: json,
    conditions: json,
    charts: json,
  });
  const screen = openScreen(fleet.snapshot(), { columns: 80, rows: 60 });
  screen.press('7', 'enter');
  fc.assert(
    fc.property(state, ({ access, node, release, synced, spec, status, conditions, charts }) => {
      const read = liveWorkload({
        nodes: [
          rawNode('a'),
          { metadata: { name: 'b', uid: 'b' }, spec, status },
          { metadata: { name: 'c', uid: 'c' }, status: { conditions } },
        ],
        releases: [{ metadata: { name: 'cni-kube-ovn', uid: 'r' }, spec: { source: { charts } }, status }],
      });
      const freshness = {
        node: { phase: node, synced, verifiedAt: NOW - 5, error: 'why' },
        appRelease: { phase: release, synced },
        daemonSet: { phase: release, synced },
      };
      fleet.setWorkload(name, { ...read, cluster: name, access, freshness });
      commit(screen.store, { fleet: fleet.snapshot(), now: NOW });
      look(screen, 80, 60);
    }),
    { numRuns: 40 },
  );
});

it('compares any two objects without a control character or a throw', () => {
  const screen = openScreen(world((raw) => raw).snapshot());
  screen.press('3', ' ', ' ', '=');
  const refs = screen.store.getState().places.at(-1)!.marked as unknown as readonly [never, never];
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }), fc.jsonValue({ stringUnit: 'binary' }), (a, b) => {
      screen.store.setState({
        compared: { refs, state: 'read', left: comparable({ a, x: EVIL }), right: comparable({ a: b, x: 1 }) },
      });
      look(screen, 80, 24);
    }),
    { numRuns: 60 },
  );
});

it('decodes any bytes of a plan Secret to clean lines', () => {
  const keys = [
    'plan',
    'applied-output',
    'failed-output',
    'applied-periodic-output',
    'probe-statuses',
    'plan-checkpoint',
    'failure-count',
    'last-apply-time',
  ];
  const gzipped = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from([0x1f, 0x8b, 8, 0, ...bytes]));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    gzipped,
    fc.json().map((text) => Buffer.from(text)),
  );
  const value = fc.oneof(
    bytes.map((one) => Buffer.from(one).toString('base64')),
    fc.string(),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), value), fc.jsonValue(), (data, metadata) => {
      const output = decodeOutput({ metadata, data });
      const texts: string[] = [];
      JSON.stringify(output, (_key, each: unknown) => {
        if (typeof each === 'string') texts.push(each);
        return each;
      });
      for (const text of texts) expect(isClean(text, true), JSON.stringify(text)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
