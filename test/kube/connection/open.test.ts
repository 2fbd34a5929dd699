import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, type ConnectionOptions, openConnection } from '../../../src/kube/connection/open.ts';
import { ConnectionProblem, describeFailure } from '../../../src/kube/connection/problem.ts';
import { connectProxy } from '../http/proxies.ts';
import { type FakeServer, failureOf, type Handler, pem, sendJson, serve, until } from '../http/server.ts';
import { kubeconfig, put, script, tempDir } from './files.ts';

const ca = Buffer.from(pem('ca.crt')).toString('base64');
let server: FakeServer;
const opened: Connection[] = [];

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.transport.close();
  await until(() => expect(server.sockets.size).toBe(0));
  await server.close();
});

const asked: Handler = (request, response) => {
  const { authorization, 'accept-encoding': encoding, 'user-agent': agent } = request.headers;
  sendJson(response, { authorization, encoding, agent, groups: request.headersDistinct['impersonate-group'] });
};

/** A TLS server, and a connection to it made from a kubeconfig. */
async function start(
  user: object | undefined,
  options: Partial<ConnectionOptions> = {},
  handler = asked,
  cluster = {},
) {
  server = await serve(handler, { cert: 'server' });
  const dir = tempDir();
  const file = await put(
    dir,
    'config',
    kubeconfig({ server: server.url.href, 'certificate-authority-data': ca, ...cluster }, user),
  );
  return { dir, file, connection: await open({ kubeconfig: file, ...options }) };
}

async function open(options: Partial<ConnectionOptions>): Promise<Connection> {
  const connection = await openConnection({ env: { PATH: process.env['PATH'] }, homedir: '/nowhere', ...options });
  opened.push(connection);
  return connection;
}

describe('a connection', () => {
  it('tells where it goes', async () => {
    const { connection } = await start({ token: 't' });
    expect(connection).toMatchObject({
      context: 'prod',
      cluster: 'c',
      user: 'u',
      namespace: 'cpaas-system',
      host: server.url.host,
      inCluster: false,
      impersonating: undefined,
      proxy: undefined,
    });
    expect(connection.server.href).toBe(server.url.href);
    expect(server.accepted()).toBe(0);
  });

  it('sends who we are, and asks for no packing on this host', async () => {
    const { connection } = await start(
      { token: 't' },
      { version: '1.2.3', as: 'bob', asGroups: ['a', 'b'], namespace: 'other' },
    );
    const heard = await connection.transport.json<Record<string, unknown>>({ path: '/' });
    expect(heard).toMatchObject({ authorization: 'Bearer t', groups: ['a', 'b'] });
    expect(heard['encoding']).toBeUndefined();
    expect(heard['agent']).toMatch(/^metaldeck\/1\.2\.3 \(linux\/(amd64|arm64)\)$/);
    expect(connection).toMatchObject({ impersonating: { user: 'bob', groups: ['a', 'b'] }, namespace: 'other' });
  });

  it('sends who else we are, where that is another program', async () => {
    const { connection } = await start({ token: 't' }, { version: '1.2.3', program: 'metaldeck-simulator' });
    const heard = await connection.transport.json<Record<string, unknown>>({ path: '/' });
    expect(heard['agent']).toMatch(/^metaldeck-simulator\/1\.2\.3 /);
  });

  it.each([
    [{}, 'gzip'],
    [{ 'disable-compression': true }, undefined],
  ])('to another host asks for gzip unless the kubeconfig forbids it: %j', async (cluster, expected) => {
    server = await serve(asked, { cert: 'server' });
    const proxy = await connectProxy(server);
    const text = kubeconfig({
      server: 'https://api.test',
      'certificate-authority-data': ca,
      'proxy-url': proxy.url.href,
      ...cluster,
    });
    const connection = await open({ kubeconfig: await put(tempDir(), 'config', text) });
    expect(connection).toMatchObject({ host: 'api.test', proxy: proxy.url.host });
    expect((await connection.transport.json<Record<string, unknown>>({ path: '/' }))['encoding']).toBe(expected);
    connection.transport.close();
    await proxy.close();
  });

  it('finds its files beside the kubeconfig each of them is named in', async () => {
    server = await serve(asked, { cert: 'server' });
    const dir = tempDir();
    await put(dir, 'a/ca.crt', pem('ca.crt'));
    await put(dir, 'b/token', 'from-b');
    const first = await put(
      dir,
      'a/config',
      JSON.stringify({
        'current-context': 'x',
        clusters: [{ name: 'c', cluster: { server: server.url.href, 'certificate-authority': 'ca.crt' } }],
      }),
    );
    const second = await put(
      dir,
      'b/config',
      JSON.stringify({
        'current-context': 'y',
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        users: [{ name: 'u', user: { tokenFile: 'token' } }],
      }),
    );
    const connection = await open({ env: { KUBECONFIG: [join(dir, 'none'), first, second].join(delimiter) } });
    expect(connection.context).toBe('x');
    expect(await connection.transport.json({ path: '/' })).toMatchObject({ authorization: 'Bearer from-b' });
  });

  it('to plain http sends no credentials, as kubectl does', async () => {
    server = await serve(asked);
    const text = kubeconfig({ server: server.url.href }, { token: 'sesame', as: 'bob' });
    const connection = await open({ kubeconfig: await put(tempDir(), 'config', text) });
    expect(await connection.transport.json({ path: '/' })).not.toHaveProperty('authorization');
    expect(server.requests[0]?.headers['impersonate-user']).toBe('bob');
  });

  it('inside a cluster uses the service account', async () => {
    server = await serve(asked, { cert: 'server' });
    const dir = tempDir();
    await put(dir, 'token', 'pod-token\n');
    await put(dir, 'ca.crt', pem('ca.crt'));
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(server.port) };
    const connection = await open({ env, serviceAccountDir: dir });
    expect(connection).toMatchObject({ context: 'in-cluster', inCluster: true, namespace: 'cpaas-system' });
    expect(await connection.transport.json({ path: '/' })).toMatchObject({ authorization: 'Bearer pod-token' });
  });
});

describe('a kubeconfig that changes while we run', () => {
  const picky: Handler = (request, response) => {
    sendJson(response, {}, request.headers.authorization === 'Bearer new' ? 200 : 401);
  };
  const written = (cluster: object, user: object, more = {}) =>
    kubeconfig({ 'certificate-authority-data': ca, ...cluster }, user, more);

  it('gives new credentials for the same user of the same server', async () => {
    const { connection, file } = await start({ token: 'old' }, {}, picky);
    await writeFile(file, written({ server: server.url.href }, { token: 'new' }));
    expect(await connection.transport.json({ path: '/' })).toEqual({});
  });

  it.each<[string, (url: string) => string]>([
    ['points to another server', () => written({ server: 'https://other.test' }, { token: 'new' })],
    [
      'means another user',
      (url) => {
        const contexts = [{ name: 'prod', context: { cluster: 'c', user: 'v' } }];
        return written({ server: url }, {}, { contexts, users: [{ name: 'v', user: { token: 'new' } }] });
      },
    ],
    ['is half written', () => '{"clusters": ['],
  ])('is left alone when it %s', async (_, text) => {
    const { connection, file } = await start({ token: 'old' }, {}, picky);
    await writeFile(file, text(server.url.href));
    expect(await failureOf(connection.transport.json({ path: '/' }))).toMatchObject({ code: 401 });
    expect(connection.server.href).toBe(server.url.href);
    expect(server.requests.every((request) => request.headers.authorization === 'Bearer old')).toBe(true);
  });

  it('may change its current context without any effect', async () => {
    const { connection, file } = await start({ token: 'old' }, {}, picky);
    const contexts = [
      { name: 'prod', context: { cluster: 'c', user: 'u' } },
      { name: 'stage', context: { cluster: 'gone' } },
    ];
    await writeFile(
      file,
      written({ server: server.url.href }, { token: 'new' }, { 'current-context': 'stage', contexts }),
    );
    expect(await connection.transport.json({ path: '/' })).toEqual({});
    expect(connection.context).toBe('prod');
  });
});

it('a plugin whose token is refused runs once more, for fourteen watches together', async () => {
  const dir = tempDir();
  const runs = join(dir, 'runs');
  await script(
    dir,
    'bin/login',
    `const fs = require('node:fs');
     fs.appendFileSync(${JSON.stringify(runs)}, 'x');
     const token = 'token-' + fs.readFileSync(${JSON.stringify(runs)}, 'utf8').length;
     console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } }));`,
  );
  let valid = 'Bearer token-1';
  server = await serve(
    (request, response) => {
      if (request.headers.authorization !== valid) sendJson(response, {}, 401);
      else response.end('{}');
    },
    { cert: 'server' },
  );
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/login', interactiveMode: 'Never' };
  const file = await put(
    dir,
    'config',
    kubeconfig({ server: server.url.href, 'certificate-authority-data': ca }, { exec }),
  );
  const { transport } = await open({ kubeconfig: file });
  const fourteen = () => Promise.all(Array.from({ length: 14 }, () => transport.json({ path: '/' })));
  await fourteen();
  expect(await readFile(runs, 'utf8')).toBe('x');
  valid = 'Bearer token-2';
  expect(await fourteen()).toHaveLength(14);
  expect(await readFile(runs, 'utf8')).toBe('xx');
});

describe('what cannot be opened is told in one sentence', () => {
  const problem = async (options: Partial<ConnectionOptions>): Promise<string> => {
    const error: unknown = await open(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionProblem);
    const text = describeFailure(error, 'x');
    expect(text).toMatch(/^[^;\n]+: no cluster was contacted; [^;\n]+\.$/);
    return text;
  };
  const config = async (cluster: object, user?: object) => ({
    kubeconfig: await put(tempDir(), 'config', kubeconfig(cluster, user)),
  });

  it('no kubeconfig anywhere, and never a guess at localhost', async () => {
    server = await serve(asked);
    expect(await problem({ homedir: '/nowhere' })).toContain('no kubeconfig (looked for /nowhere/.kube/config)');
    expect(await problem({ env: { KUBECONFIG: '/gone/a:/gone/b' } })).toContain('/gone/a, /gone/b');
  });

  it.each<[string, object, object | undefined, Partial<ConnectionOptions>, string]>([
    ['an unknown context', { server: 'https://a' }, undefined, { context: 'stage' }, 'no context "stage"'],
    ['a server that is no address', { server: 'https://' }, undefined, {}, 'not an http or https address'],
    ['a server of another protocol', { server: 'ftp://a' }, undefined, {}, 'not an http or https address'],
    [
      'an authority that is missing',
      { server: 'https://a', 'certificate-authority': '/gone/ca.crt' },
      undefined,
      {},
      '/gone/ca.crt does not exist',
    ],
    [
      'an authority that is none',
      { server: 'https://a', 'certificate-authority-data': 'eHg=' },
      undefined,
      {},
      'holds no certificate',
    ],
    [
      'an authority and no verification',
      { server: 'https://a', 'certificate-authority-data': ca, 'insecure-skip-tls-verify': true },
      undefined,
      {},
      'has both',
    ],
    [
      'a proxy that is none',
      { server: 'https://a', 'proxy-url': 'gopher://p' },
      undefined,
      {},
      'proxy-url of cluster "c"',
    ],
    ['groups without a user', { server: 'https://a' }, undefined, { asGroups: ['x'] }, 'without a user'],
  ])('%s', async (_, cluster, user, options, words) => {
    server = await serve(asked);
    expect(await problem({ ...(await config(cluster, user)), ...options })).toContain(words);
  });

  it('a server without scheme is https where TLS is spoken of, else http', async () => {
    server = await serve(asked);
    expect((await open(await config({ server: '10.0.0.1:6443', 'certificate-authority-data': ca }))).server.href).toBe(
      'https://10.0.0.1:6443/',
    );
    expect((await open(await config({ server: 'api.dc1:8001' }))).server.href).toBe('http://api.dc1:8001/');
  });
});
