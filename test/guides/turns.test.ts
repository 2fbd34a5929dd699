/** Who goes and who comes in a stage, where an earlier hop had to do with the same machines. */
import { expect, it } from 'vitest';
import { NOTHING_LEARNT } from '../../src/domain/durations/learnt.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import type { Known, Note, Session } from '../../src/guides/contract.ts';
import { type Begun, machineFacts, turnsOf } from '../../src/guides/upgrade/turns.ts';
import { workerFleet } from '../operations/support/fleets.ts';
import { but, withObject, worldOf } from '../operations/support/world.ts';

const [FROM, TO] = ['v1.33.7-2', 'v1.34.5'];
const known: Known = { ...worldOf(workerFleet()), matrix: PUBLISHED, learnt: NOTHING_LEARNT };
const workers = known.fleet.groups.list.find(({ name }) => name === 'workers')!;
const ask: Session['ask'] = { guide: 'upgrade', targets: [], values: {} };
const since = known.now - 600_000;

/** What a session wrote down of a machine that is gone now; `noted`: when it was seen to go, by this host's clock. */
function gone(name: string, version: string, noted: number | undefined): Note[] {
  const data = { name, host: 'h9', version };
  const saw = { note: 'saw', by: 'test', text: '', data } as const;
  const key = `machine/workers/uid-${name}`;
  const came: Note = { ...saw, at: since - 60_000, key };
  if (noted === undefined) return [came];
  return [came, { ...saw, at: noted, key: `${key}/going`, data: { ...data, since: noted } }];
}

/** One that vanished between two looks. */
function missed(name: string, at: number): Note[] {
  const [came] = gone(name, FROM, undefined);
  return [came!, { ...came!, at, key: `machine/workers/uid-${name}/missed` } as Note];
}

it('notes once who is gone unseen, and nobody while the machines are not known', () => {
  const session = (notes: Note[]): Session => ({ ask, notes, operations: new Map() });
  const unseen = (notes: Note[], at: Known = known) =>
    machineFacts(at, session(notes), workers).flatMap(({ key, text }) => (key.endsWith('/missed') ? text : []));
  expect(unseen(gone('bad', FROM, undefined))).toEqual(['bad on h9 is gone, and was not seen to go']);
  expect(unseen(missed('bad', since))).toEqual([]);
  expect(unseen(gone('old', FROM, since))).toEqual([]);
  expect(unseen(gone('bad', FROM, undefined), { ...known, freshness: but('machine', 'stale') })).toEqual([]);
});

it.each<[string, Note[], Begun, string[]]>([
  ['nothing is begun: the bad machine replaced in the hop before', gone('bad', FROM, since), false, ['w', 'w', 'w']],
  ['begun after it had gone', gone('bad', FROM, since), since + 1_000, ['w', 'w', 'w']],
  ['begun before it went', gone('old', FROM, since), since - 1_000, ['old', 'w', 'w', 'w']],
  ['begun by somebody, some time', gone('old', FROM, since), true, ['old', 'w', 'w', 'w']],
  ['begun, and nobody saw it go', gone('old', FROM, undefined), since, ['old', 'w', 'w', 'w']],
  ['begun after it was missed', missed('bad', since), since + 1_000, ['w', 'w', 'w']],
  ['begun before it was missed', missed('old', since), since - 1_000, ['old', 'w', 'w', 'w']],
  ['a machine of two hops ago', gone('older', 'v1.32.11-2', since), true, ['w', 'w', 'w']],
])('%s', (_, notes, begun, expected) => {
  const session: Session = { ask, notes, operations: new Map() };
  const turns = turnsOf(known, session, workers, TO, FROM, begun);
  expect(turns.map(({ old }) => (old?.name.startsWith('w') ? 'w' : old?.name))).toEqual(expected);
});

it('of one look notes who runs before who goes: the next goes because the one before runs', () => {
  const raws = withObject(workerFleet(), 'Machine', 'w1', (raw) => {
    const metadata = raw['metadata'] as Record<string, unknown>;
    return { ...raw, metadata: { ...metadata, deletionTimestamp: '2026-11-21T01:30:00Z' } };
  });
  const at: Known = { ...worldOf(raws), matrix: PUBLISHED, learnt: NOTHING_LEARNT };
  const group = at.fleet.groups.list.find(({ name }) => name === 'workers')!;
  const keys = machineFacts(at, { ask, notes: [], operations: new Map() }, group).map(({ key }) => key);
  expect(keys.filter((key) => /going|up$/.test(key)).map((key) => key.split('/').at(-1))).toEqual([
    'up',
    'up',
    'going',
  ]);
});
