/** What the journal keeps, what it tells of it later, and who may go on with what. */
import { describe, expect, it } from 'vitest';
import { durationOf } from '../../src/journal/durations.ts';
import { journalFolder } from '../../src/journal/folder.ts';
import { createJournal } from '../../src/journal/journal.ts';
import type { Memo } from '../../src/operations/contract.ts';
import { move } from '../../src/operations/move.ts';
import { scale } from '../../src/operations/scale.ts';
import { at, beginning, MemoryFiles, MemoryProcesses, planOf, request, step } from './fixtures.ts';

function open(pid = 1, files = new MemoryFiles(), gone = new Set<number>(), host = 'jump') {
  let now = at;
  const processes = new MemoryProcesses(pid, gone, host);
  const journal = createJournal({ folder: '/j', files, processes, now: () => (now += 1_000) });
  return { journal, files, gone };
}

describe('the journal', () => {
  it('keeps who, where, what and every answer, and tells how far it came', async () => {
    const { journal } = open();
    const operation = await journal.begin(beginning());
    expect((await journal.read(operation.id))!.status).toBe('writing');
    await operation.note({ type: 'sending', step: 'a', resourceVersion: '7' });
    await operation.note({ type: 'answered', step: 'a', result: 'written', from: 'answer', resourceVersion: '8' });
    await operation.note({ type: 'ended', result: 'half done', why: 'stopped' });
    await operation.release();
    const [record] = await journal.list();
    expect(record).toMatchObject({
      status: 'half done',
      began: { user: { os: 'oncall', kubernetes: 'jane' }, server: 'api.dc1.example:6443', request, withheld: [] },
      steps: [
        { id: 'a', state: 'written', answer: { resourceVersion: '8' } },
        { id: 'b', state: 'not sent' },
      ],
    });
    expect(record!.holder).toBeUndefined();
    expect(record!.sentAt).toBeGreaterThan(at);
  });

  it.each<[string, Parameters<Awaited<ReturnType<ReturnType<typeof open>['journal']['begin']>>['note']>[0][]]>([
    ['nothing written', []],
    ['in doubt', [{ type: 'sending', step: 'a' }]],
    [
      'nothing written',
      [
        { type: 'sending', step: 'a' },
        { type: 'answered', step: 'a', result: 'refused', from: 'answer', code: 403 },
      ],
    ],
    [
      'written',
      [
        { type: 'answered', step: 'a', result: 'written', from: 'answer' },
        { type: 'answered', step: 'b', result: 'written', from: 're-read' },
      ],
    ],
    ['failed', [{ type: 'outcome', outcome: 'failed', took: 5 }]],
    [
      'left',
      [
        { type: 'answered', step: 'a', result: 'written', from: 'answer' },
        { type: 'resolved', how: 'left' },
      ],
    ],
  ])('says %s of a dead process that noted %#', async (status, events) => {
    const { journal, gone } = open(7);
    const operation = await journal.begin(beginning());
    for (const event of events) await operation.note(event);
    gone.add(7);
    expect((await journal.read(operation.id))!.status).toBe(status);
  });

  it('reads past a torn last line, and does not let the next line become part of it', async () => {
    const { journal, files, gone } = open(1);
    const operation = await journal.begin(beginning());
    await operation.note({ type: 'sending', step: 'a' });
    const [path] = files.texts.keys();
    files.texts.set(path!, `${files.texts.get(path!)}{"v":1,"at":"2026-11-21T02:0`);
    gone.add(1);
    expect(await journal.read(operation.id)).toMatchObject({ status: 'in doubt', broken: 1 });
    const next = await open(2, files, gone).journal.claim(operation.id);
    await next.note({ type: 'answered', step: 'a', result: 'written', from: 're-read' });
    expect(await journal.read(operation.id)).toMatchObject({
      status: 'writing',
      broken: 1,
      steps: [{ state: 'written' }, {}],
    });
  });

  it('goes on after a line that the disk cut short', async () => {
    const { journal, files } = open();
    const operation = await journal.begin(beginning());
    files.failing.push('ENOSPC');
    await expect(operation.note({ type: 'sending', step: 'a' })).rejects.toThrow(/disk is full/);
    await operation.note({ type: 'ended', result: 'nothing written' });
    expect(await journal.read(operation.id)).toMatchObject({ broken: 1, ended: { result: 'nothing written' } });
  });

  it('throws where it may not write, before anything else happens', async () => {
    const { journal, files } = open();
    files.denied = 'EACCES';
    await expect(journal.begin(beginning())).rejects.toThrow(
      'Writing to the journal in /j failed: it may not be written',
    );
    files.denied = undefined;
    files.failing.push('ENOSPC');
    await expect(journal.begin(beginning())).rejects.toThrow(/disk is full/);
    expect(await journal.list()).toEqual([]);
  });

  it('lets one of two go on, and the other once the first is gone', async () => {
    const files = new MemoryFiles();
    const gone = new Set<number>();
    const first = await open(1, files, gone).journal.begin(beginning());
    const [second, third] = [open(2, files, gone).journal, open(3, files, gone).journal];
    await expect(second.claim(first.id)).rejects.toThrow('Process 1 on jump holds');
    gone.add(1);
    const claims = await Promise.allSettled([second.claim(first.id), third.claim(first.id)]);
    expect(claims.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const claim of claims) if (claim.status === 'fulfilled') await claim.value.release();
    await expect(third.claim(first.id)).resolves.toMatchObject({ id: first.id });
  });

  it('takes nothing from a process on another host unless a person says so', async () => {
    const files = new MemoryFiles();
    const far = await open(1, files, new Set([1]), 'other').journal.begin(beginning());
    const here = open(1, files, new Set([1])).journal;
    const refused = await here.claim(far.id).catch((error: unknown) => error as { holder: { token: string } });
    expect(refused).toMatchObject({ holder: { process: { host: 'other' } } });
    await expect(
      open(2, files).journal.claim(far.id, (refused as { holder: { token: string } }).holder.token),
    ).resolves.toBeTruthy();
  });

  it('keeps no secrets, and says what it could not keep', async () => {
    const { journal, files } = open();
    const secret = 'kubeadm join --token abcdef.0123456789abcdef';
    const write = {
      verb: 'create',
      kind: 'bootstrapTemplate',
      name: 'new',
      body: { spec: { files: [{ path: '/etc/x.key', content: 'hunter2' }], postKubeadmCommands: [secret] } },
    } as const;
    const patch = {
      verb: 'patch',
      kind: 'host',
      name: 'h',
      type: 'json',
      body: [{ op: 'add', path: '/spec/password', value: 'hunter2' }],
      seen: { uid: 'u', resourceVersion: '1' },
    } as const;
    const plan = planOf(
      step('a', { write, diff: [{ path: '/spec/token', from: 'hunter2', to: secret }] }),
      step('b', { write: patch }),
    );
    const values = { document: `commands:\n- ${secret}\n`, name: 'new' };
    const { id } = await journal.begin(
      beginning({ ...plan, memo: { token: 'hunter2' } }, { request: { ...request, values } }),
    );
    const text = [...files.texts.values()].join('');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('0123456789abcdef');
    expect((await journal.read(id))!.began).toMatchObject({
      withheld: ['document', 'memo', 'steps'],
      request: { values: { name: 'new' } },
    });
  });

  it('takes no path for an id', async () => {
    const { journal } = open();
    await expect(journal.read('../../etc/passwd')).rejects.toThrow('not the id of an operation');
  });

  it('survives files that are no journal', async () => {
    const { journal, files } = open();
    for (const [at, text] of [
      '',
      '\u0000\u0000',
      '[]\n{"v":1}\nnull',
      '{"v":1,"at":"x","type":"began"}',
      '{"v":2}',
    ].entries()) {
      files.texts.set(`/j/20261121T02000${at}Z-00000${at}.jsonl`, text);
    }
    files.texts.set('/j/notes.txt', 'mine');
    expect(await journal.list()).toEqual([]);
  });

  it('learns how long operations take', async () => {
    const { journal } = open();
    const note = async (memo: Memo, outcome: 'done' | 'failed' | 'overtaken', took: number) =>
      (await journal.begin(beginning({ ...planOf(step('a')), memo }))).note({ type: 'outcome', outcome, took });
    for (const took of [40, 10, 30, 20, 1_000]) await note({ from: 3, to: 5 }, 'done', took);
    await note({ from: 5, to: 3 }, 'done', 7);
    await note({ from: 3, to: 5 }, 'failed', 99_999);
    await note({ from: 3, to: 5 }, 'overtaken', 99_999);
    const records = await journal.list();
    // Up and down take differently long, and are told apart.
    expect(durationOf(records, scale, { from: 1, to: 2 })).toEqual({ median: 30, p95: 1_000, count: 5 });
    expect(durationOf(records, scale, { from: 2, to: 1 })).toEqual({ median: 7, p95: 7, count: 1 });
    expect(durationOf(records, move, {})).toBeUndefined();
  });

  it('learns of a rollout how long a turn of it takes', async () => {
    const { journal } = open();
    const rolled = async (machines: number, took: number, atOnce?: number) => {
      const memo: Memo = { before: Array.from({ length: machines }, (_, at) => `m${at}`), atOnce };
      const began = beginning({ ...planOf(step('a')), memo });
      const { note } = await journal.begin({ ...began, request: { ...began.request, operation: 'move' } });
      await note({ type: 'outcome', outcome: 'done', took });
    };
    await rolled(3, 30, 1);
    await rolled(4, 20, 2);
    await rolled(5, 50);
    const records = await journal.list();
    const machines = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(durationOf(records, move, { before: machines, atOnce: 1 })).toEqual({ median: 60, p95: 60, count: 3 });
    expect(durationOf(records, move, { before: machines, atOnce: 3 })).toEqual({ median: 20, p95: 20, count: 3 });
    expect(durationOf(records, move, {})).toEqual({ median: 10, p95: 10, count: 3 });
  });
});

describe('its folder', () => {
  it('follows the XDG rules, and keeps what is done to a simulation apart', () => {
    expect(journalFolder({ XDG_STATE_HOME: '/state' }, false, '/home/a')).toBe('/state/metaldeck/journal');
    expect(journalFolder({ XDG_STATE_HOME: 'relative' }, true, '/home/a')).toBe(
      '/home/a/.local/state/metaldeck/journal-demo',
    );
  });
});
