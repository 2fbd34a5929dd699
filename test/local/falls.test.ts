import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CALM_MS } from '../../src/domain/falls.ts';
import { addFalls, readFalls } from '../../src/local/falls.ts';

const NOW = Date.UTC(2026, 10, 21, 3);
const MINUTE = 60_000;
let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'metaldeck-'));
  folder = join(home, 'fleets', 'one');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const down = { at: NOW - 9 * MINUTE };
const back = { at: NOW - 9 * MINUTE, back: NOW - 8 * MINUTE };
const later = { at: NOW - 5 * MINUTE, back: NOW - 4 * MINUTE };
const read = async (now = NOW) => Object.fromEntries(await readFalls(folder, now));

describe('the falls on disk', () => {
  it('come back, for their owner only', async () => {
    await addFalls(folder, new Map([['w1', [back, later]]]), NOW);
    expect(await read()).toEqual({ w1: [back, later] });
    expect((await stat(join(folder, 'falls.json'))).mode & 0o777).toBe(0o600);
  });

  it('are of all who looked on: the same fall is one, and is over where one of them saw that', async () => {
    await addFalls(folder, new Map([['w1', [back]]]), NOW);
    await addFalls(
      folder,
      new Map([
        ['w1', [down, later]],
        ['w2', [down]],
      ]),
      NOW,
    );
    expect(await read()).toEqual({ w1: [back, later], w2: [down] });
  });

  it('go once the node was up for long enough', async () => {
    await addFalls(folder, new Map([['w1', [back, later]]]), NOW);
    expect(await read(later.back + CALM_MS - 1)).toHaveProperty('w1');
    expect(await read(later.back + CALM_MS)).toEqual({});
  });

  it.each([
    ['no file', undefined],
    ['no JSON', '{'],
    ['another version', '{"v":2,"falls":{"w1":[]}}'],
    ['times that are none', JSON.stringify({ v: 1, falls: { w1: [{ at: 'x' }, { at: 5, back: 1 }, 7], w2: 3 } })],
  ])('are none where there is %s', async (_what, text) => {
    await addFalls(folder, new Map(), NOW);
    if (text !== undefined) await writeFile(join(folder, 'falls.json'), text);
    expect(await read()).toEqual({});
  });
});
