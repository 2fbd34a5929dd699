import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulationProblem, writeKubeconfig } from '../../src/app/kubeconfig-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metaldeck-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the kubeconfig of a simulation', () => {
  it('is its owner’s alone, and may be written again', () => {
    const path = join(folder, 'config');
    expect(writeKubeconfig('one: 1\n', path).path).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeKubeconfig('two: 2\n', path).discard();
    expect(readFileSync(path, 'utf8')).toMatch(/^# .*\ntwo: 2\n$/);
  });

  it('is never written over a file of somebody else', () => {
    const path = join(folder, 'config');
    writeFileSync(path, 'apiVersion: v1\n');
    expect(() => writeKubeconfig('mine: 1\n', path)).toThrow(SimulationProblem);
    expect(() => writeKubeconfig('mine: 1\n', folder)).toThrow(SimulationProblem);
    expect(readFileSync(path, 'utf8')).toBe('apiVersion: v1\n');
    expect(() => writeKubeconfig('mine: 1\n', join(folder, 'nowhere', 'config'))).toThrow(/nowhere/);
  });

  it('replaces a link and does not follow it', () => {
    const target = join(folder, 'target');
    writeKubeconfig('old: 1\n', target);
    const link = join(folder, 'link');
    symlinkSync(target, link);
    writeKubeconfig('new: 1\n', link);
    expect(readFileSync(target, 'utf8')).toContain('old: 1');
    expect(readFileSync(link, 'utf8')).toContain('new: 1');
  });

  it('goes with the simulation where nobody has named it', () => {
    const file = writeKubeconfig('one: 1\n', undefined);
    expect(existsSync(file.path)).toBe(true);
    file.discard();
    expect(existsSync(file.path)).toBe(false);
  });
});
