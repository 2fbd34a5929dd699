import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type UserCredentialsOptions, userCredentials } from '../../../src/kube/connection/credentials.ts';
import type { KubeUser } from '../../../src/kube/connection/model.ts';
import { failureOf, pem } from '../http/server.ts';
import { put, script, tempDir } from './files.ts';

const cluster = { name: 'c', server: 'https://api:6443', skipTLSVerify: false };
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A source with a clock that stands until it is moved. */
function sourceOf(user: Partial<KubeUser>, more: Partial<UserCredentialsOptions> = {}) {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const source = userCredentials({
    user: { name: 'u', ...user },
    cluster,
    env: process.env,
    now: () => clock.now,
    ...more,
  });
  return { source, clock };
}

describe('the credentials of a user with', () => {
  it.each<[string, Partial<KubeUser>, string | undefined]>([
    ['nothing', {}, undefined],
    ['a token', { token: ' t\n' }, 'Bearer t'],
    ['a password', { username: 'me', password: 'p:w' }, `Basic ${base64('me:p:w')}`],
    ['a name and no password', { username: 'me' }, `Basic ${base64('me:')}`],
  ])('%s', async (_, user, authorization) => {
    expect((await sourceOf(user).source.get()).headers['Authorization']).toBe(authorization);
  });

  it('a client certificate in the kubeconfig, which counts more than a file', async () => {
    const user = {
      certData: base64(pem('alice.crt')),
      keyData: base64(pem('alice.key')),
      certFile: '/no/such',
      keyFile: '/no/such',
    };
    expect(await sourceOf(user).source.get()).toEqual({ headers: {}, cert: pem('alice.crt'), key: pem('alice.key') });
  });

  it.each<[string, Partial<KubeUser>, string]>([
    [
      'a certificate that is missing',
      { certFile: '/no/such.crt', keyFile: '/no/such.key' },
      '/no/such.crt does not exist',
    ],
    ['a certificate alone', { certData: base64(pem('alice.crt')) }, 'without its key'],
    ['a key alone', { keyData: base64(pem('alice.key')) }, 'without its certificate'],
    ['a certificate that is none', { certData: base64('sesame'), keyData: base64('sesame') }, 'is not PEM'],
    ['a token file that is missing', { tokenFile: '/no/such' }, 'the token file /no/such does not exist'],
    ['a token that HTTP cannot carry', { token: 'se\u0000same' }, 'characters that HTTP cannot carry'],
    [
      'a provider that has left Kubernetes',
      { authProvider: { name: 'gcp', config: { 'access-token': 'sesame' } } },
      'auth-provider gcp is no longer',
    ],
  ])('%s are a Credentials error', async (_, user, words) => {
    const error = await failureOf(sourceOf(user).source.get());
    expect(error).toMatchObject({ code: 0, reason: 'Credentials' });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('same');
  });
});

describe('a token file', () => {
  it('counts more than a token, and the token stands in for it', async () => {
    const tokenFile = await put(tempDir(), 'token', 'from-file\n');
    const { source, clock } = sourceOf({ tokenFile, token: 'own' });
    expect((await source.get()).headers['Authorization']).toBe('Bearer from-file');
    await rm(tokenFile);
    clock.now += 60_000;
    expect((await source.get()).headers['Authorization']).toBe('Bearer own');
  });

  it('is read again after a minute, and at once when its token is refused', async () => {
    const tokenFile = await put(tempDir(), 'token', 'one');
    const { source, clock } = sourceOf({ tokenFile });
    const one = await source.get();
    await writeFile(tokenFile, 'two');
    clock.now += 59_000;
    expect(await source.get()).toBe(one);
    clock.now += 1_000;
    const two = await source.get();
    expect(two.headers['Authorization']).toBe('Bearer two');
    await writeFile(tokenFile, 'three');
    expect((await source.renew(two)).headers['Authorization']).toBe('Bearer three');
  });

  it('that cannot be read for a moment leaves its token good, until the server refuses it', async () => {
    const tokenFile = await put(tempDir(), 'token', 'one');
    const { source, clock } = sourceOf({ tokenFile });
    const one = await source.get();
    await rm(tokenFile);
    clock.now += 60_000;
    expect(await source.get()).toBe(one);
    expect((await failureOf(source.renew(one))).message).toContain('does not exist');
  });

  it('that has not changed gives the same object: trying again is useless', async () => {
    const tokenFile = await put(tempDir(), 'token', 'one');
    const { source } = sourceOf({ tokenFile });
    const one = await source.get();
    expect(await source.renew(one)).toBe(one);
  });
});

describe('a client certificate that is refused', () => {
  it('is read again from its files', async () => {
    const dir = tempDir();
    const certFile = await put(dir, 'me.crt', pem('alice.crt'));
    const keyFile = await put(dir, 'me.key', pem('alice.key'));
    const { source } = sourceOf({ certFile, keyFile });
    const first = await source.get();
    await writeFile(certFile, pem('alice-renewed.crt'));
    await writeFile(keyFile, pem('alice-renewed.key'));
    expect(await source.get()).toBe(first);
    expect(await source.renew(first)).toMatchObject({ cert: pem('alice-renewed.crt'), key: pem('alice-renewed.key') });
  });

  it('is taken from a kubeconfig that has changed', async () => {
    const { source } = sourceOf({ token: 'old' }, { reread: async () => ({ name: 'u', token: 'new' }) });
    const old = await source.get();
    expect((await source.renew(old)).headers['Authorization']).toBe('Bearer new');
  });
});

describe('a plugin', () => {
  /** Counts its runs in a file, and gives `token-<run>`. */
  async function plugin(expiresAfterMs?: number, fails = false) {
    const dir = tempDir();
    const runs = join(dir, 'runs');
    const end =
      expiresAfterMs === undefined ? undefined : new Date(Date.UTC(2026, 0, 1) + expiresAfterMs).toISOString();
    const command = await script(
      dir,
      'login',
      `const fs = require('node:fs');
       fs.appendFileSync(${JSON.stringify(runs)}, 'x');
       if (${fails} && !fs.existsSync(${JSON.stringify(join(dir, 'works'))})) { console.error('no session'); process.exit(1); }
       const status = { token: 'token-' + fs.readFileSync(${JSON.stringify(runs)}, 'utf8').length, expirationTimestamp: ${JSON.stringify(end)} };
       console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }));`,
    );
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command,
      args: [],
      env: {},
      provideClusterInfo: false,
      interactiveMode: 'Never',
    };
    return { exec, dir, runs: async () => (await readFile(runs, 'utf8')).length };
  }

  it('runs once for all who ask at the same time, and once for all who were refused', async () => {
    const { exec, runs } = await plugin();
    const { source } = sourceOf({ exec }, { renewEveryMs: 0 });
    const fourteen = Array.from({ length: 14 });
    const first = await Promise.all(fourteen.map(() => source.get()));
    expect(await runs()).toBe(1);
    const renewed = await Promise.all(first.map((credentials) => source.renew(credentials)));
    expect(await runs()).toBe(2);
    expect(new Set(renewed.map((credentials) => credentials.headers['Authorization']))).toEqual(
      new Set(['Bearer token-2']),
    );
    // Someone who comes late with the old ones gets the new ones.
    expect(await source.renew(first[0]!)).toBe(renewed[0]);
    expect(await runs()).toBe(2);
  });

  it('is not run again and again while what it gives is refused', async () => {
    const { exec, runs } = await plugin();
    const { source, clock } = sourceOf({ exec }, { renewEveryMs: 10_000 });
    const second = await source.renew(await source.get());
    expect(await source.renew(second)).toBe(second);
    expect(await runs()).toBe(2);
    clock.now += 10_000;
    expect(await source.renew(second)).not.toBe(second);
    expect(await runs()).toBe(3);
  });

  it.each([
    ['a minute before its token ends', 600_000, 540_000],
    ['at half of a short life', 40_000, 20_000],
  ])('runs again %s', async (_, life, until) => {
    const { exec, runs } = await plugin(life);
    const { source, clock } = sourceOf({ exec });
    await source.get();
    clock.now += until - 1;
    await source.get();
    expect(await runs()).toBe(1);
    clock.now += 1;
    await source.get();
    expect(await runs()).toBe(2);
  });

  it('that failed is left alone for a moment, and then asked again', async () => {
    const { exec, runs, dir } = await plugin(undefined, true);
    const { source, clock } = sourceOf({ exec }, { failureMs: 5_000 });
    expect((await failureOf(source.get())).message).toContain('no session');
    expect((await failureOf(source.get())).message).toContain('no session');
    expect(await runs()).toBe(1);
    await put(dir, 'works', '');
    clock.now += 5_000;
    expect((await source.get()).headers['Authorization']).toBe('Bearer token-2');
  });

  it('that fails before its token has ended leaves the token good until then', async () => {
    const { exec, runs, dir } = await plugin(600_000, true);
    await put(dir, 'works', '');
    const { source, clock } = sourceOf({ exec });
    const token = await source.get();
    await rm(join(dir, 'works'));
    clock.now += 540_000;
    expect(await source.get()).toBe(token);
    expect(await source.get()).toBe(token);
    expect(await runs()).toBe(2);
    clock.now += 60_000;
    expect((await failureOf(source.get())).message).toContain('no session');
  });

  it('is not run for a user who has a token', async () => {
    const { source } = sourceOf({ exec: (await plugin()).exec, token: 't' });
    expect((await source.get()).headers['Authorization']).toBe('Bearer t');
  });

  it('is stopped by close()', async () => {
    const command = await script(tempDir(), 'login', 'setInterval(() => {}, 1000)');
    const { exec } = await plugin();
    const { source } = sourceOf({ exec: { ...exec, command } });
    const failing = failureOf(source.get());
    source.close();
    expect((await failing).message).toContain('was stopped');
  });
});
