/** The report of a session: who went and came, what failed, and nothing in it that Markdown would take for its own. */
import { describe, expect, it } from 'vitest';
import type { Course, Note, Session } from '../../src/guides/contract.ts';
import { recordedOf } from '../../src/guides/recorded.ts';
import { reportOf } from '../../src/guides/report.ts';
import { inTime } from '../../src/guides/session.ts';
import { swapsOf } from '../../src/guides/swaps.ts';

const at = Date.parse('2026-11-21T02:00:00Z');
const minute = 60_000;
const saw = (after: number, key: string, data: Record<string, unknown>, text = ''): Note => ({
  note: 'saw',
  at: at + after * minute,
  by: 'ana',
  key,
  text,
  data,
});
const machine = (after: number, uid: string, host: string, version: string) =>
  saw(after, `machine/w/${uid}`, { name: uid, host, version });

const notes: Note[] = [
  machine(0, 'a', 'h1', 'v1'),
  machine(0, 'b', 'h2', 'v1'),
  { note: 'confirmed', at, by: 'ana', gate: 'etcd-backup', words: 'at | /backup <b>\n# no heading' },
  { note: 'sent', at: at + minute, by: 'ana', stage: 'v2/w', operation: 'op', how: 'forward' },
  saw(2, 'machine/w/a/going', { name: 'a', host: 'h1', version: 'v1', since: at + 2 * minute }),
  machine(3, 'c', 'h1', 'v2'),
  saw(4, 'trouble/v2/w/c', { since: at + 3 * minute }, 'c on h1: reprovision plan failed'),
  saw(6, 'trouble/v2/w/c/over', {}, 'over: c on h1: reprovision plan failed'),
  saw(5, 'machine/w/c/going', { name: 'c', host: 'h1', version: 'v2', since: at + 5 * minute }),
  machine(6, 'd', 'h3', 'v2'),
  saw(8, 'machine/w/d/up', { name: 'd', host: 'h3', version: 'v2' }),
  saw(9, 'machine/w/b/going', { name: 'b', host: 'h2', version: 'v1', since: at + 9 * minute }),
  machine(10, 'e', 'h2', 'v2'),
  saw(12, 'machine/w/e/up', { name: 'e', host: 'h2', version: 'v2' }),
];
const session: Session = {
  ask: { guide: 'upgrade', targets: [], values: {} },
  began: at,
  notes,
  operations: new Map(),
};
const present = new Set(['d', 'e']);

describe('the notes of several journals', () => {
  it('are in the order of their times, each fact as it was seen first, each operation once', () => {
    const again = notes.map((note) => ({ ...note, at: note.at + 1 }));
    expect(
      inTime([...notes.slice(5), ...again, ...notes.slice(0, 5)]).filter(({ note }) => note !== 'confirmed'),
    ).toEqual(notes.filter(({ note }) => note !== 'confirmed').sort((a, b) => a.at - b.at));
  });
});

describe('who went and who came', () => {
  it('pairs each newcomer with the one that made room, one that failed among them', () => {
    expect(swapsOf(session, present).map(({ old, fresh, neverRan }) => [old?.name, fresh?.name, neverRan])).toEqual([
      ['a', 'c', true],
      ['c', 'd', false],
      ['b', 'e', false],
    ]);
  });

  it('gives a newcomer the one whose host it has, where several vanished unseen', () => {
    const unseen = [
      machine(0, 'a', 'h1', 'v1'),
      machine(0, 'b', 'h2', 'v1'),
      ...notes.filter(({ note }) => note === 'sent'),
      machine(3, 'c', 'h2', 'v2'),
      saw(4, 'machine/w/c/up', { name: 'c', host: 'h2', version: 'v2' }),
      machine(5, 'd', 'h1', 'v2'),
      saw(6, 'machine/w/d/up', { name: 'd', host: 'h1', version: 'v2' }),
    ];
    const swaps = swapsOf({ ...session, notes: unseen }, new Set(['c', 'd']));
    expect(swaps.map(({ old, fresh }) => [old?.name, fresh?.name])).toEqual([
      ['b', 'c'],
      ['a', 'd'],
    ]);
  });

  it('tells of one that vanished while nobody looked', () => {
    expect(swapsOf({ ...session, notes: notes.slice(0, 4) }, new Set(['a']))).toMatchObject([{ old: { name: 'b' } }]);
  });
});

describe('the report', () => {
  const basis = {
    title: 'Upgrade prod',
    id: 'id',
    server: 's',
    namespace: 'n',
    now: at + 15 * minute,
    session,
    checks: [],
    present,
    others: [{ at: at + 5 * minute, by: 'ben', title: 'Replace c of w', status: 'done' }],
  };
  const text = reportOf(basis);

  it('tells the failure, its repair and the times', () => {
    const times = '2026-11-21 02:03:00Z | 2026-11-21 02:04:00Z | 2026-11-21 02:06:00Z | 3m';
    expect(text).toContain(`| ${times} | c on h1: reprovision plan failed |`);
    expect(text).toContain('c on h1 never ran, and was replaced');
    expect(text).toContain('| w | b on h2, v1 | e on h2, v2 | 2026-11-21 02:09:00Z | 2026-11-21 02:12:00Z | 3m |');
    expect(text).toContain('Replace c of w');
  });

  it('tells when a machine was seen to go by the clock that saw another run, so that one comes after the other', () => {
    // The server writes whole seconds by its own clock: the old one would have gone before the one before it ran.
    const went = (since: number) => saw(8, 'machine/w/b/going', { name: 'b', host: 'h2', version: 'v1', since });
    const told = (since: number) => {
      const rest = notes.filter((note) => note.note !== 'saw' || note.key !== 'machine/w/b/going');
      const kept = inTime([...rest, went(since)]);
      return reportOf({ ...basis, session: { ...session, notes: kept } });
    };
    const late = told(at + 7.99 * minute);
    expect(late).toContain('| Seen to go | Seen to run |');
    expect(late).toContain('| d on h3, v2 | 2026-11-21 02:05:00Z | 2026-11-21 02:08:00Z |');
    expect(late).toContain('| e on h2, v2 | 2026-11-21 02:08:00Z | 2026-11-21 02:12:00Z | 4m |');
    // Nobody looked on for longer than clocks differ by: both times are said.
    expect(told(at + 6.5 * minute)).toContain(
      '| e on h2, v2 | 2026-11-21 02:06:30Z, seen 2026-11-21 02:08:00Z | 2026-11-21 02:12:00Z | 5m30s |',
    );
  });

  it('of a session that is over is told by what it kept, and not by the fleet of today', () => {
    const kept: Session = {
      ...session,
      notes: inTime([
        ...notes,
        saw(0, 'stage/v2/image/done', {}, 'Image of v2 in the catalog: done'),
        saw(1, 'stage/v2/w/began', {}, 'w to v2: began'),
        saw(13, 'stage/v2/w/done', {}, 'w to v2: done'),
      ]),
    };
    // The cluster is on its way elsewhere by now, and its machines are others.
    const stages = [{ id: 'v3/w', part: 'Hop 1: v2 to v3', title: 'w to v3', state: 'next' }];
    const line = { stage: 'v3/plane', text: 'the first control-plane machine of v3', crossed: false };
    const today = { stages, line, next: { what: 'wait', stage: 'v3/w', for: 'x' }, gates: [] } as unknown as Course;
    const of = { ...basis, session: kept, course: today, present: new Set<string>() };
    const over = reportOf({ ...of, closed: 'done' });
    expect(over).toContain('It is done: everything was seen');
    expect(over).toContain('| Image of v2 in the catalog | done |');
    expect(over).toContain('| w to v2 | done | 2026-11-21 02:01:00Z | 2026-11-21 02:13:00Z | 12m |');
    expect(over).not.toContain('v3');
    expect(over).toContain('| w | b on h2, v1 | e on h2, v2 |');
    expect(over).not.toMatch(/\[de\] on h\d never ran/);
    expect(recordedOf(kept)).toMatchObject({
      stages: [
        { id: 'v2/image', title: 'Image of v2 in the catalog', ended: at },
        { id: 'v2/w', title: 'w to v2', began: at + minute, ended: at + 13 * minute, writes: [{ operation: 'op' }] },
      ],
      last: at + 13 * minute,
    });
  });

  it('lets no word of others be a heading, a cell or a tag', () => {
    expect(text).toContain('at \\| /backup \\<b\\>');
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toEqual(['# Upgrade prod']);
  });
});
