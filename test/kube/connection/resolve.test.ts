import { describe, expect, it } from 'vitest';
import { mergeKubeconfigs } from '../../../src/kube/connection/merge.ts';
import { ConnectionProblem } from '../../../src/kube/connection/problem.ts';
import { resolveContext } from '../../../src/kube/connection/resolve.ts';
import { kubeconfig } from './files.ts';

const target = (text: string, wanted?: string) =>
  resolveContext(mergeKubeconfigs([{ path: '/etc/kube/config', text }]), wanted);
const server = 'https://api:6443';

it('takes every field kubectl knows, with paths from the directory of the file', () => {
  const found = target(
    kubeconfig(
      {
        server,
        'certificate-authority': 'pki/ca.crt',
        'insecure-skip-tls-verify': false,
        'tls-server-name': 'api.internal',
        'proxy-url': 'socks5://127.0.0.1:1080',
        'disable-compression': true,
        extensions: [
          { name: 'other', extension: 1 },
          { name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } },
        ],
      },
      {
        'client-certificate': 'me.crt',
        'client-key': '/abs/me.key',
        tokenFile: '../token',
        as: 'bob',
        'as-uid': '7',
        'as-groups': ['ops'],
        'as-user-extra': { scope: ['a', 'b'] },
      },
    ),
  );
  expect(found).toMatchObject({
    context: 'prod',
    inCluster: false,
    cluster: {
      name: 'c',
      server,
      caFile: '/etc/kube/pki/ca.crt',
      skipTLSVerify: false,
      tlsServerName: 'api.internal',
      proxyUrl: 'socks5://127.0.0.1:1080',
      disableCompression: true,
      execConfig: { audience: 'a' },
    },
    user: {
      name: 'u',
      certFile: '/etc/kube/me.crt',
      keyFile: '/abs/me.key',
      tokenFile: '/etc/token',
      impersonation: { user: 'bob', uid: '7', groups: ['ops'], extra: { scope: ['a', 'b'] } },
    },
  });
});

it.each([
  ['bin/login', '/etc/kube/bin/login'],
  ['./login', '/etc/kube/login'],
  ['/usr/bin/login', '/usr/bin/login'],
  ['login', 'login'],
])('looks for the plugin %s at %s', (command, expected) => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, args: null, env: [{ name: 'A', value: 'b' }] };
  expect(target(kubeconfig({ server }, { exec })).user?.exec).toMatchObject({
    command: expected,
    args: [],
    env: { A: 'b' },
  });
});

it('finds a context by name, also where the current one is missing', () => {
  const text = kubeconfig({ server }, undefined, { 'current-context': 'gone' });
  expect(target(text, 'prod').context).toBe('prod');
});

describe('says in one sentence', () => {
  const contexts = (context: unknown) => ({ contexts: [{ name: 'prod', context }] });
  const twice = [
    { name: 'c', cluster: { server } },
    { name: 'c', cluster: { server: 'https://other' } },
  ];
  it.each([
    ['an unknown context', kubeconfig({ server }), 'stage', 'no context "stage"'],
    [
      'no current context',
      kubeconfig({ server }, undefined, { 'current-context': '' }),
      undefined,
      'no current context',
    ],
    ['a context without cluster', kubeconfig({ server }, {}, contexts({ user: 'u' })), undefined, 'names no cluster'],
    ['a context that is empty', kubeconfig({ server }, {}, contexts(null)), undefined, 'names no cluster'],
    ['a missing cluster', kubeconfig({ server }, {}, contexts({ cluster: 'x' })), undefined, '"x", which is missing'],
    [
      'a missing user',
      kubeconfig({ server }, {}, contexts({ cluster: 'c', user: 'x' })),
      undefined,
      '"x", which is missing',
    ],
    ['no server', kubeconfig({}), undefined, 'has no server'],
    ['a cluster named twice', kubeconfig({}, undefined, { clusters: twice }), undefined, 'two entries for cluster "c"'],
    [
      'exec and auth-provider',
      kubeconfig({ server }, { exec: { command: 'a', apiVersion: 'b' }, 'auth-provider': {} }),
      undefined,
      'both exec',
    ],
    [
      'token and password',
      kubeconfig({ server }, { token: 'sesame', username: 'u' }),
      undefined,
      'both a token and a password',
    ],
    [
      'groups without a user to act as',
      kubeconfig({ server }, { 'as-groups': ['x'] }),
      undefined,
      'groups but no user',
    ],
    ['a token that is a number', kubeconfig({ server }, { token: 4711 }), undefined, '"token" of user "u" is not text'],
    [
      'a flag that is text',
      kubeconfig({ server, 'insecure-skip-tls-verify': 'yes' }),
      undefined,
      'is not true or false',
    ],
    [
      'args that are text',
      kubeconfig({ server }, { exec: { command: 'a', apiVersion: 'b', args: 'x' } }),
      undefined,
      'list of texts',
    ],
    ['exec without command', kubeconfig({ server }, { exec: {} }), undefined, 'lacks command or apiVersion'],
  ])('%s', (_, text, wanted, words) => {
    const act = () => target(text, wanted);
    expect(act).toThrow(ConnectionProblem);
    expect(act).toThrow(words);
    expect(act).toThrow(/^[^;]+: no cluster was contacted; [^;]+\.$/);
    expect(act).not.toThrow(/sesame|4711/);
  });

  it('which contexts there are, without the escapes someone put into their names', () => {
    const names = ['dev', 'st\u001b[31mage\u0007'].map((name) => ({ name, context: {} }));
    expect(() => target(kubeconfig({ server }, undefined, { contexts: names }), 'x')).toThrow(
      /choose one with --context: dev, stage\.$/,
    );
  });
});
