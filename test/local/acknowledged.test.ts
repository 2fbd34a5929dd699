import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Acknowledgement } from '../../src/domain/acknowledge.ts';
import {
  acknowledgedStamp,
  dropAcknowledged,
  keepAcknowledged,
  readAcknowledged,
} from '../../src/local/acknowledged.ts';
import { addLooked, readLooked } from '../../src/local/looked.ts';

const NOW = Date.parse('2026-11-21T03:00:00Z');
let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'metaldeck-'));
  folder = join(home, 'one');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const ack = (uid: string, more: Partial<Acknowledgement> = {}): Acknowledgement => ({
  ref: { kind: 'host', uid, name: `host ${uid}` },
  cause: 'clean-failed',
  severity: 'bad',
  text: 'clean plan failed',
  reason: 'known',
  by: 'alice',
  at: NOW,
  until: NOW + 1_000,
  ...more,
});

describe('acknowledgements on disk', () => {
  it('are for their owner only, one for each object, and can be taken back', async () => {
    await keepAcknowledged(folder, ack('../../x'));
    await keepAcknowledged(folder, ack('b'));
    await keepAcknowledged(folder, ack('b', { reason: 'known better' }));
    const found = await readAcknowledged(folder, NOW);
    expect([...found.values()].map(({ reason }) => reason).sort()).toEqual(['known', 'known better']);
    const [name = ''] = await readdir(join(folder, 'acknowledged'));
    expect((await stat(join(folder, 'acknowledged', name))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'acknowledged'))).mode & 0o777).toBe(0o700);
    const before = await acknowledgedStamp(folder);
    await dropAcknowledged(folder, 'b');
    await dropAcknowledged(folder, 'never there');
    expect([...(await readAcknowledged(folder, NOW)).keys()]).toEqual(['../../x']);
    expect(await acknowledgedStamp(folder)).not.toBe(before);
  });

  it('do not mix when many are written at once', async () => {
    const each = (at: number) => keepAcknowledged(folder, ack(`${at % 5}`, { reason: `reason ${at}` }));
    await Promise.all(Array.from({ length: 50 }, (_, at) => each(at)));
    const found = await readAcknowledged(folder, NOW);
    expect(found.size).toBe(5);
    for (const [uid, { reason }] of found) expect(Number(reason.slice(7)) % 5).toBe(Number(uid));
    expect(await readdir(join(folder, 'acknowledged'))).toHaveLength(5);
  });

  it('are cleared away a day after their end', async () => {
    await keepAcknowledged(folder, ack('a'));
    expect((await readAcknowledged(folder, NOW + 3_600_000)).size).toBe(1);
    expect((await readAcknowledged(folder, NOW + 48 * 3_600_000)).size).toBe(0);
    expect(await readdir(join(folder, 'acknowledged'))).toEqual([]);
  });

  it('are not what somebody else put in their place', async () => {
    await keepAcknowledged(folder, ack('a'));
    const inside = join(folder, 'acknowledged');
    const [name = ''] = await readdir(inside);
    const other = `${'0'.repeat(32)}.json`;
    await writeFile(join(inside, other), JSON.stringify({ v: 1, ...ack('a', { reason: 'forged' }) }));
    await writeFile(join(inside, `${'1'.repeat(32)}.json`), 'x'.repeat(100_000));
    await mkdir(join(inside, `${'2'.repeat(32)}.json`));
    await symlink(join(inside, name), join(inside, `${'3'.repeat(32)}.json`));
    await writeFile(join(inside, 'notes.txt'), 'mine');
    expect([...(await readAcknowledged(folder, NOW)).values()].map(({ reason }) => reason)).toEqual(['known']);
    await rm(inside, { recursive: true });
    await writeFile(inside, 'a file in the place of the folder');
    expect((await readAcknowledged(folder, NOW)).size).toBe(0);
    await expect(keepAcknowledged(folder, ack('a'))).rejects.toThrow();
  });
});

describe('what was looked at', () => {
  it('is not known before anybody looked, is added to, and stays small', async () => {
    expect(await readLooked(folder)).toBeUndefined();
    await addLooked(folder, new Map([['a/x', 5]]));
    await addLooked(folder, new Map([['b/y', 6]]));
    await addLooked(folder, new Map([['a/x', 0]]));
    expect(await readLooked(folder)).toEqual(
      new Map([
        ['a/x', 0],
        ['b/y', 6],
      ]),
    );
    await addLooked(folder, new Map(Array.from({ length: 3_000 }, (_, at) => [`many/${at}`, at + 100])));
    expect((await readLooked(folder))?.size).toBe(2_000);
    expect((await readLooked(folder))?.has('a/x')).toBe(false);
  });

  it('is not known where the file says nothing that can be understood', async () => {
    await mkdir(folder, { recursive: true });
    for (const text of ['', 'null', '[]', '{"v":1,"seen":7}', '\u0000', '{"v":2,"seen":{}}']) {
      await writeFile(join(folder, 'looked.json'), text);
      expect(await readLooked(folder), text).toBeUndefined();
    }
    await writeFile(join(folder, 'looked.json'), '{"v":1,"seen":{"a/x":"yes","b/y":3}}');
    expect(await readLooked(folder)).toEqual(new Map([['b/y', 3]]));
  });
});
