import { appendFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/durations/learnt.ts';
import { addSamples, readLearnt } from '../../src/local/durations.ts';
import { siteFolder } from '../../src/local/folder.ts';

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'metaldeck-'));
  folder = join(home, 'fleets', 'one');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const sample = (id: number): Sample => ({ id: `s${id}`, at: id, cluster: 'prod', what: 'clean', ms: id });
const file = () => join(folder, 'durations.jsonl');

describe('the durations on disk', () => {
  it('come back, for their owner only', async () => {
    await addSamples(folder, [sample(1), sample(2)]);
    await addSamples(folder, [sample(3)]);
    expect((await readLearnt(folder)).samples).toEqual([sample(1), sample(2), sample(3)]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('survive two writers at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, at) => addSamples(folder, [sample(at)])));
    expect((await readLearnt(folder)).samples).toHaveLength(40);
  });

  it('are nothing where there is nothing to read, and what is not one is passed over', async () => {
    expect((await readLearnt(folder)).samples).toEqual([]);
    await addSamples(folder, [sample(1)]);
    const lines = [
      '{"v":1,"id":"s2","at":1,"cluster":"prod","what":"clean","ms":-5}',
      '{"v":1,"id":"s3","at":1,"cluster":"prod","what":"clean","ms":1e99}',
      '{"v":2,"id":"s4","at":1,"cluster":"prod","what":"clean","ms":5}',
      '{"v":1,"id":{},"at":1,"cluster":[],"what":null,"ms":"5"}',
      'null',
      '[]',
      '\u0000\u001b[2J',
      '{"v":1,"id":"torn',
    ];
    await appendFile(file(), `${lines.join('\n')}\n`);
    await addSamples(folder, [sample(5)]);
    expect((await readLearnt(folder)).samples).toEqual([sample(1), sample(5)]);
  });

  it('stay small: a file that grew is written anew', async () => {
    const many = Array.from({ length: 1_500 }, (_, at) => sample(at));
    await addSamples(folder, many);
    expect((await readLearnt(folder)).samples).toHaveLength(100);
    expect((await readFile(file(), 'utf8')).trim().split('\n')).toHaveLength(100);
    expect((await readLearnt(folder)).samples.at(-1)).toEqual(sample(1_499));
  });

  it('follow no link, and take a folder in their place for nothing', async () => {
    await mkdir(folder, { recursive: true });
    const other = join(home, 'other');
    await writeFile(other, `${JSON.stringify({ v: 1, ...sample(1) })}\n`);
    await symlink(other, file());
    expect((await readLearnt(folder)).samples).toEqual([]);
    await expect(addSamples(folder, [sample(2)])).rejects.toThrow();
    await rm(file());
    await mkdir(file());
    expect((await readLearnt(folder)).samples).toEqual([]);
  });
});

describe('where they are', () => {
  const site = { host: 'api.dc1.example:6443', namespace: 'cpaas-system', cluster: 'dc1' };
  const of = (more: object = {}) => siteFolder({ XDG_STATE_HOME: '/state' }, { ...site, ...more }, '/home/a');
  it('is one folder for each server and namespace', () => {
    expect(of()).toMatch(/^\/state\/metaldeck\/fleets\/api\.dc1\.example-6443_cpaas-system_[0-9a-f]{12}$/);
    expect(of({ cluster: 'other name' })).toBe(of());
    expect(of({ namespace: 'x' })).not.toBe(of());
    expect(of({ host: '../../etc' })).toMatch(/^\/state\/metaldeck\/fleets\/[\w.-]+$/);
    expect(siteFolder({ XDG_STATE_HOME: 'relative' }, site, '/home/a')).toContain('/home/a/.local/state/metaldeck/');
  });

  it('tells tunnels of one address apart by the name of the cluster, and the speeds of the demo', () => {
    expect(of({ host: '127.0.0.1:6443' })).not.toBe(of({ host: '127.0.0.1:6443', cluster: 'b' }));
    expect(of({ host: '127.0.0.1:1', speed: 20 })).toBe('/state/metaldeck/fleets/demo-20');
  });
});
