/** The scripts of package.json on a host whose own Node is too old. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const installed = ['x64', 'arm64'].find((cpu) => existsSync(join(root, `node_modules/node-linux-${cpu}/bin/node`)));

it.skipIf(!installed)('run with the Node that was installed, and not with the one of the host', () => {
  const host = mkdtempSync(join(tmpdir(), 'metaldeck-old-node-'));
  try {
    writeFileSync(join(host, 'node'), '#!/bin/sh\necho v18.20.8\n');
    chmodSync(join(host, 'node'), 0o755);
    const env = { ...process.env, PATH: `${host}:/usr/bin:/bin` };
    const version = execFileSync(join(root, 'scripts/with-node'), ['node', '--version'], { env, encoding: 'utf8' });
    expect(version).toMatch(/^v24\./);
  } finally {
    rmSync(host, { recursive: true, force: true });
  }
});

it('leaves no script to the Node of the host', () => {
  const alone = Object.entries(scripts).filter(([, line]) => /(^|&& )(node|vitest|biome|tsc) /.test(line));
  expect(alone).toEqual([]);
});

it('fetches nothing more where npm runs on a Node that the tools know', () => {
  // It would fail: there is no npm here to run.
  const env = { ...process.env, npm_node_execpath: process.execPath, npm_execpath: '/nowhere' };
  expect(execFileSync(join(root, 'scripts/complete-install'), { env, encoding: 'utf8' })).toBe('');
});
