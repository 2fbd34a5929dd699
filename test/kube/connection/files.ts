import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory for one test, removed after it. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'metaldeck-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes a file, with the directories above it. */
export async function put(dir: string, name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

/** Writes an executable script, of Node where nothing else is said. */
export async function script(dir: string, name: string, body: string, runner = process.execPath): Promise<string> {
  const path = await put(dir, name, `#!${runner}\n${body}`);
  await chmod(path, 0o755);
  return path;
}

/** A kubeconfig with one context `prod` of cluster `c` and user `u`; JSON is YAML too. */
export function kubeconfig(cluster: object, user?: object, more: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prod',
    contexts: [{ name: 'prod', context: { cluster: 'c', ...(user ? { user: 'u' } : {}) } }],
    clusters: [{ name: 'c', cluster }],
    users: user ? [{ name: 'u', user }] : [],
    ...more,
  });
}
