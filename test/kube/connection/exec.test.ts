import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runExecPlugin } from '../../../src/kube/connection/exec.ts';
import type { ExecSpec, KubeCluster } from '../../../src/kube/connection/model.ts';
import { failureOf, pem, until } from '../http/server.ts';
import { put, script, tempDir } from './files.ts';

const v1 = 'client.authentication.k8s.io/v1';
const cluster: KubeCluster = {
  name: 'c',
  server: 'https://api:6443',
  skipTLSVerify: false,
  caData: Buffer.from('ca').toString('base64'),
  execConfig: { audience: 'prod' },
};

/** Runs a plugin whose Node source is `body`. */
async function run(body: string, more: Partial<ExecSpec> = {}, timeoutMs = 20_000, signal?: AbortSignal) {
  const command = await script(tempDir(), 'login', body);
  const base: ExecSpec = {
    apiVersion: v1,
    command,
    args: [],
    env: {},
    provideClusterInfo: false,
    interactiveMode: 'Never',
  };
  return runExecPlugin({ spec: { ...base, ...more }, cluster, env: process.env, timeoutMs, signal });
}

const gives = (status: object, apiVersion = v1) =>
  `console.log(${JSON.stringify(JSON.stringify({ apiVersion, kind: 'ExecCredential', status }))});`;

describe('a plugin gives', () => {
  it.each([v1, 'client.authentication.k8s.io/v1beta1'])('a token and its end, in %s', async (apiVersion) => {
    const status = { token: 't', expirationTimestamp: '2030-01-01T00:00:00Z' };
    expect(await run(gives(status, apiVersion), { apiVersion })).toEqual({
      token: 't',
      expiresAt: Date.UTC(2030, 0, 1),
    });
  });

  it('a certificate and its key', async () => {
    const status = { clientCertificateData: pem('alice.crt'), clientKeyData: pem('alice.key') };
    expect(await run(gives(status))).toEqual({ cert: pem('alice.crt'), key: pem('alice.key') });
  });
});

describe('a plugin gets', () => {
  const echo = `
    const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
    const input = require('node:fs').readFileSync(0, 'utf8');
    const token = JSON.stringify({ info, args: process.argv.slice(2), extra: process.env.EXTRA, path: !!process.env.PATH, input });
    console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: 'ExecCredential', status: { token } }));`;
  const heard = async (more: Partial<ExecSpec>) => JSON.parse((await run(echo, more)).token ?? '');

  it('its arguments, our environment and its own, an end of input, and no terminal to ask on', async () => {
    expect(await heard({ args: ['--a', 'b c'], env: { EXTRA: 'yes' } })).toEqual({
      info: { apiVersion: v1, kind: 'ExecCredential', spec: { interactive: false } },
      args: ['--a', 'b c'],
      extra: 'yes',
      path: true,
      input: '',
    });
  });

  it('the cluster when it asks for it', async () => {
    expect((await heard({ provideClusterInfo: true })).info.spec.cluster).toEqual({
      server: 'https://api:6443',
      'certificate-authority-data': cluster.caData,
      config: { audience: 'prod' },
    });
  });

  it('no way to the terminal', async () => {
    const tty = `require('node:fs').openSync('/dev/tty', 'r');`;
    expect((await failureOf(run(tty))).message).toContain('failed (exit 1)');
  });
});

describe('a plugin that', () => {
  it.each([
    [
      'fails',
      `console.error('starting'); console.error('\\u001b[31mSSO session expired\\u001b[0m\\n'); process.exit(3)`,
      'the plugin login failed (exit 3): SSO session expired',
    ],
    [
      'is killed',
      `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`,
      'the plugin login failed (SIGTERM)',
    ],
    ['says nothing', '', 'wrote something that is not a credential'],
    ['writes no JSON', `console.log('token: sesame')`, 'wrote something that is not a credential'],
    [
      'writes another kind',
      `console.log('{"kind":"Secret","token":"sesame"}')`,
      'wrote something that is not a credential',
    ],
    [
      'answers in another version',
      gives({ token: 'sesame' }, 'client.authentication.k8s.io/v1beta1'),
      'answered in another version',
    ],
    ['gives nothing', gives({}), 'gave neither a token nor a client certificate'],
    ['gives a token of the wrong kind', gives({ token: 5 }), 'gave neither a token nor a client certificate'],
    ['gives half a pair', gives({ clientCertificateData: 'sesame' }), 'without its key'],
    [
      'writes without end',
      `const s = 'sesame'.repeat(10000); const w = () => process.stdout.write(s, w); w()`,
      'far more than a credential',
    ],
  ])('%s is a Credentials error that shows nothing of what it gave', async (_, body, words) => {
    const error = await failureOf(run(body));
    expect(error).toMatchObject({ code: 0, reason: 'Credentials' });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('sesame');
  });

  it('complains with a secret in its words does not have it shown', async () => {
    const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl`;
    const body = `console.error('denied for Bearer ${jwt} password=sesame at https://me:sesame@idp.test/x'); process.exit(1)`;
    const { message } = await failureOf(run(body));
    expect(message).toContain('denied for');
    expect(message).toContain('https://idp.test/x');
    expect(message).not.toMatch(/eyJ|sesame/);
  });

  it('is missing says how to install it', async () => {
    const spec = { command: 'no-such-plugin-here', installHint: 'Get it from\nhttps://plugins.test.' };
    expect((await failureOf(run('', spec))).message).toBe(
      'the plugin no-such-plugin-here was not found, or cannot be started: Get it from https://plugins.test',
    );
  });

  it('may not be run', async () => {
    const command = await put(tempDir(), 'login', 'text');
    expect((await failureOf(run('', { command }))).message).toBe('the plugin login cannot be started (EACCES)');
  });

  it('wants a terminal is not run', async () => {
    const error = await failureOf(run(gives({ token: 't' }), { interactiveMode: 'Always' }));
    expect(error.message).toContain('wants to ask questions on the terminal');
  });

  it('is of a version that left Kubernetes is not run', async () => {
    const error = await failureOf(run('', { apiVersion: 'client.authentication.k8s.io/v1alpha1' }));
    expect(error.message).toContain('v1alpha1, which is not supported');
  });
});

describe('a plugin that hangs', () => {
  /** Starts a child, writes both process ids to a file, and waits for ever. */
  const hanging = (file: string) =>
    script(
      tempDir(),
      'login',
      `sleep 1000 &\necho "open https://idp.test/device to log in" >&2\necho "$$ $!" >${file}\nwait\n`,
      '/bin/sh',
    );
  const pidsIn = async (file: string) => (await readFile(file, 'utf8')).trim().split(' ').map(Number);
  const alive = (pid: number) => {
    try {
      // A process that is dead and not yet reaped by its parent still answers to signal 0.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };

  it('is ended after its time with its children, and its last words are told', async () => {
    const file = join(tempDir(), 'pids');
    const error = await failureOf(run('', { command: await hanging(file) }, 3000));
    expect(error.message).toBe('the plugin login gave nothing within 3 s: open https://idp.test/device to log in');
    const pids = await pidsIn(file);
    expect(pids).toHaveLength(2);
    await until(() => expect(pids.filter(alive)).toEqual([]));
  });

  it('is ended when metaldeck ends', async () => {
    const file = join(tempDir(), 'pids');
    const abort = new AbortController();
    const failing = failureOf(run('', { command: await hanging(file) }, 20_000, abort.signal));
    const pids = await until(async () => {
      const found = await pidsIn(file);
      expect(found.map(alive)).toEqual([true, true]);
      return found;
    });
    abort.abort();
    expect((await failing).message).toContain('was stopped');
    await until(() => expect(pids.filter(alive)).toEqual([]));
  });

  it('only in a child it left behind, is not waited for', async () => {
    const file = join(tempDir(), 'pid');
    const body = `
      const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['300'], { stdio: 'inherit', detached: true });
      child.unref();
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid));
      ${gives({ token: 't' })}`;
    expect(await run(body)).toEqual({ token: 't' });
    const pids = await pidsIn(file);
    expect(pids.map(alive)).toEqual([true]);
    for (const pid of pids) process.kill(pid);
  });
});
