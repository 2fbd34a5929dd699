import { describe, expect, it } from 'vitest';
import { ConnectionProblem } from '../../../src/kube/connection/problem.ts';
import { proxyFor } from '../../../src/kube/connection/proxy.ts';

const https = new URL('https://api.dc1:6443');
const http = new URL('http://api.dc1:8001');
const find = (server: URL, env: Record<string, string>, proxyUrl?: string) =>
  proxyFor(server, { name: 'c', server: server.href, skipTLSVerify: false, proxyUrl }, env)?.href;

describe('the proxy is', () => {
  it.each([
    ['none', https, {}, undefined],
    ['HTTPS_PROXY for https', https, { HTTPS_PROXY: 'http://p:3128', HTTP_PROXY: 'http://q' }, 'http://p:3128/'],
    ['HTTP_PROXY for http', http, { HTTPS_PROXY: 'http://p:3128', HTTP_PROXY: 'http://q:1' }, 'http://q:1/'],
    ['not HTTP_PROXY for https', https, { HTTP_PROXY: 'http://q' }, undefined],
    ['https_proxy', https, { https_proxy: 'http://p:3128' }, 'http://p:3128/'],
    ['the upper-case one of two', https, { HTTPS_PROXY: 'http://up:1', https_proxy: 'http://low:1' }, 'http://up:1/'],
    [
      'the lower-case one where the other is empty',
      https,
      { HTTPS_PROXY: '', https_proxy: 'http://low:1' },
      'http://low:1/',
    ],
    ['http where no scheme is given', https, { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['SOCKS', https, { HTTPS_PROXY: 'socks5://p:1080' }, 'socks5://p:1080'],
    ['none for a server in NO_PROXY', https, { HTTPS_PROXY: 'http://p', NO_PROXY: 'dc1:6443' }, undefined],
    ['none for a server in no_proxy', https, { HTTPS_PROXY: 'http://p', no_proxy: '*' }, undefined],
    ['none for this host', new URL('https://127.0.0.1:6443'), { HTTPS_PROXY: 'http://p' }, undefined],
  ])('%s', (_, server, env, expected) => {
    expect(find(server, env)).toBe(expected);
  });

  it('proxy-url before the environment, and whatever NO_PROXY says', () => {
    const env = { HTTPS_PROXY: 'http://env:1', NO_PROXY: '*' };
    expect(find(https, env, 'https://own:8443')).toBe('https://own:8443/');
    expect(find(new URL('https://localhost:6443'), env, 'https://own:8443')).toBe('https://own:8443/');
  });
});

it.each([
  ['no address at all', 'http://me:sesame@[oops'],
  ['another protocol', 'ftp://me:sesame@p:21'],
  ['no host', 'socks5://'],
  ['a wrongly encoded password', 'http://me:sesame%zz@p:3128'],
])('a proxy-url that is %s is refused without showing it', (_, address) => {
  const act = () => find(https, {}, address);
  expect(act).toThrow(ConnectionProblem);
  expect(act).toThrow('proxy-url of cluster "c"');
  expect(act).not.toThrow(/sesame/);
});
