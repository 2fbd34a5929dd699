/** What the journal of a session keeps, and who may drive it. */
import { describe, expect, it } from 'vitest';
import type { Note } from '../../src/guides/contract.ts';
import { createSessions, keptNote, type SessionBeginning } from '../../src/journal/sessions.ts';
import { at, MemoryFiles, MemoryProcesses } from './fixtures.ts';

const beginning: SessionBeginning = {
  user: { os: 'ana', kubernetes: 'admin' },
  context: 'prod',
  server: 'api.dc1.example:6443',
  namespace: 'cpaas-system',
  title: 'Upgrade prod to v1.34.5-3',
  ask: { guide: 'upgrade', targets: [{ kind: 'cluster', uid: 'u', name: 'prod' }], values: { to: 'v1.34.5-3' } },
};

function open(pid = 1, files = new MemoryFiles(), gone = new Set<number>(), host = 'jump') {
  let now = at;
  const processes = new MemoryProcesses(pid, gone, host);
  return { sessions: createSessions({ folder: '/j', files, processes, now: () => (now += 1_000) }), files, gone };
}

const said = (gate: string, words = 'taken and read back'): Note => ({
  note: 'confirmed',
  at,
  by: 'ana',
  gate,
  words,
});

describe('the journal of sessions', () => {
  it('keeps what was asked and every note in their order, in a folder beside the operations', async () => {
    const { sessions, files } = open();
    const session = await sessions.begin(beginning);
    await session.note({ type: 'noted', note: said('etcd-backup') });
    await session.note({ type: 'noted', note: { note: 'held', at, by: 'ana', how: 'stage', why: 'lunch' } });
    await sessions.add(session.id, { type: 'noted', note: { note: 'went on', at, by: 'ben' } });
    const record = await sessions.read(session.id);
    expect(record).toMatchObject({ status: 'open', began: beginning, holder: { process: { pid: 1 } }, broken: 0 });
    expect(record!.notes.map(({ note }) => note)).toEqual(['confirmed', 'held', 'went on']);
    expect([...files.texts.keys()]).toEqual([`/j/sessions/${session.id}.jsonl`]);
    await session.note({ type: 'closed', how: 'done', by: 'ana' });
    await session.release();
    expect(await sessions.list()).toMatchObject([{ status: 'done', holder: undefined }]);
  });

  it('lets one drive at a time; one that was killed holds nothing; one elsewhere is declared dead by hand', async () => {
    const files = new MemoryFiles();
    const gone = new Set<number>();
    const mine = await open(1, files, gone).sessions.begin(beginning);
    const { sessions: second } = open(2, files, gone);
    await expect(second.claim(mine.id)).rejects.toThrow('Process 1 on jump holds');
    gone.add(1);
    await (await second.claim(mine.id)).release();
    const { sessions: far } = open(3, files, gone, 'other');
    // From there nobody can tell that the first is dead: a person has to say so.
    await expect(far.claim(mine.id)).rejects.toThrow('Process 1 on jump holds');
    const there = await far.claim(mine.id, (await far.read(mine.id))!.holder!.token);
    await expect(second.claim(mine.id)).rejects.toThrow('Process 3 on other holds');
    const { holder } = (await second.read(mine.id))!;
    await expect(second.claim(mine.id, holder!.token)).resolves.toMatchObject({ id: there.id });
  });

  it('survives hostile content, torn lines and notes of no known shape', async () => {
    const { sessions, files } = open();
    const session = await sessions.begin(beginning);
    const words = 'a\n{"v":1,"type":"closed","how":"done"}\n\u001b[2J\u202e';
    await session.note({ type: 'noted', note: said('etcd-backup', words) });
    for (const odd of [
      null,
      7,
      'x',
      {},
      { note: 'confirmed' },
      { note: 'nonsense', at, by: 'x' },
      { note: 'constructor', at, by: 'x' },
    ]) {
      await session.note({ type: 'noted', note: odd as unknown as Note });
    }
    const [path] = files.texts.keys();
    files.texts.set(path!, `${files.texts.get(path!)}{"v":1,"at":"2026-`);
    const record = await sessions.read(session.id);
    expect(record).toMatchObject({ status: 'open', broken: 8 });
    expect(record!.notes).toEqual([said('etcd-backup', words)]);
  });

  it('keeps no secrets of what was entered, chosen or seen', async () => {
    const { sessions, files } = open();
    const session = await sessions.begin({
      ...beginning,
      ask: { ...beginning.ask, values: { to: 'v1', password: 'hunter2' } },
    });
    const notes: Note[] = [
      { note: 'chose', at, by: 'ana', values: { token: 'hunter2', order: 'a b' } },
      { note: 'saw', at, by: 'ana', key: 'k', text: 't', data: { password: 'hunter2', name: 'n' } },
    ];
    for (const note of notes) await session.note({ type: 'noted', note: keptNote(note) });
    expect([...files.texts.values()].join('')).not.toContain('hunter2');
    expect(await sessions.read(session.id)).toMatchObject({
      began: { withheld: ['password'], ask: { values: { to: 'v1' } } },
      notes: [{ values: { order: 'a b' } }, { key: 'k', data: { name: 'n' } }],
    });
  });
});
