/** The journal on a real disk, with real processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../src/journal/entries.ts';
import { createJournal, type OpenOperation } from '../../src/journal/journal.ts';
import { parseLines } from '../../src/journal/ledger.ts';
import { processes } from '../../src/journal/process.ts';
import { beginning } from './fixtures.ts';

let folder: string;
const children: ChildProcess[] = [];
const held: OpenOperation[] = [];
/** Lets go of it after the test. */
function hold(operation: OpenOperation): OpenOperation {
  held.push(operation);
  return operation;
}

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'metaldeck-journal-')), 'journal');
});
afterEach(async () => {
  for (const operation of held.splice(0)) await operation.release();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

function child(...args: string[]): ChildProcess {
  const script = resolve(import.meta.dirname, 'writer.ts');
  const started = spawn(process.execPath, [script, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(started);
  return started;
}

describe('the journal on disk', () => {
  it('is for its owner only', async () => {
    const journal = createJournal({ folder });
    const { id } = hold(await journal.begin(beginning()));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, `${id}.jsonl`)).mode & 0o777).toBe(0o600);
    chmodSync(folder, 0o755);
    hold(await journal.begin(beginning()));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('keeps every line whole when two processes append at once', async () => {
    const journal = createJournal({ folder });
    const { id } = hold(await journal.begin(beginning()));
    const both = [child('append', id, '100'), child('append', id, '100')];
    const ends = await Promise.all(both.map((one) => once(one, 'exit')));
    expect(ends).toEqual([
      [0, null],
      [0, null],
    ]);
    const { entries, broken } = parseLines(readFileSync(join(folder, `${id}.jsonl`), 'utf8'));
    expect(broken).toBe(0);
    const steps = (entries as Entry[]).flatMap((entry) => (entry.type === 'answered' ? [entry.step] : []));
    expect(new Set(steps).size).toBe(200);
    for (const { pid } of both) {
      const own = steps.filter((name) => name.startsWith(`${pid}-`)).map((name) => Number(name.split('-')[1]));
      expect(own).toEqual(Array.from({ length: 100 }, (_, at) => at));
    }
  });

  it('knows what a killed process left in doubt, and lets another go on', async () => {
    const writer = child('hang');
    const [line] = (await once(writer.stdout!, 'data')) as [Buffer];
    const id = line.toString().trim();
    const journal = createJournal({ folder });
    expect(await journal.read(id)).toMatchObject({ status: 'writing', holder: { process: { pid: writer.pid } } });
    await expect(journal.claim(id)).rejects.toThrow(`Process ${writer.pid} on`);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    expect((await journal.read(id))!.status).toBe('in doubt');
    hold(await journal.claim(id));
    expect((await journal.read(id))!.holder!.process.pid).toBe(process.pid);
  });

  it('is empty before the first operation, and made by it', async () => {
    const journal = createJournal({ folder });
    expect(await journal.list()).toEqual([]);
    expect(await journal.read('20261121T020000Z-abcdef')).toBeUndefined();
    hold(await journal.begin(beginning()));
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('processes', () => {
  it('are told apart by number, begin, boot and host', () => {
    const { self, isGone } = processes;
    expect(isGone(self)).toBe(false);
    expect(isGone({ ...self, started: '1' })).toBe(true);
    expect(isGone({ ...self, boot: 'an earlier one' })).toBe(true);
    expect(isGone({ ...self, pid: 2 ** 22 + 1 })).toBe(true);
    expect(isGone({ ...self, pid: -1 })).toBe(true);
    expect(isGone({ ...self, host: 'elsewhere', pid: 2 ** 22 + 1 })).toBe(false);
  });
});
