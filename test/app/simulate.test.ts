/** `metaldeck simulate` as a process: what it says, and how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const start = (...flags: string[]) =>
  spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'simulate', '--hosts', '6', '--still', ...flags], {
    cwd: root,
  });

it('keeps its kubeconfig to itself and takes it away when the terminal goes', async () => {
  const child = start();
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const path = /KUBECONFIG=([^;]+);/.exec(line)?.[1] ?? '';
  expect(statSync(path).mode & 0o777).toBe(0o600);
  child.kill('SIGHUP');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(path)).toBe(false);
});

it('says in one sentence why it was not started', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const child = start('--port', String(port));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  taken.close();
  expect(code).toBe(2);
  expect(said).toBe(`Port ${port} is in use; nothing was started; name another with --port.\n`);
});
