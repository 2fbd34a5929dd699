import { describe, expect, it } from 'vitest';
import { ConnectionProblem, describeFailure } from '../../../src/kube/connection/problem.ts';
import { networkError } from '../../../src/kube/http/errors.ts';
import { errorFromAnswer, KubeError } from '../../../src/kube/types.ts';

const host = 'api.dc1:6443';
const net = (code: string, more = {}) => networkError({ code }, host, more);
const answer = (code: number, message: string, header?: string) =>
  errorFromAnswer(code, JSON.stringify({ kind: 'Status', reason: 'R', message }), header);

describe('a failure is told in one sentence', () => {
  it.each([
    [
      net('ECONNREFUSED', { unsent: true }),
      'api.dc1:6443 refused the connection; no request was sent; check that the API server runs',
    ],
    [net('ENOTFOUND', { unsent: true }), "cannot be resolved; no request was sent; check the server's name"],
    [net('ECONNRESET', { unsent: false }), 'broke the connection; its outcome is not known; check the network'],
    [net('CERT_HAS_EXPIRED'), "has expired; no request was sent; renew the server's certificate"],
    [net('SELF_SIGNED_CERT_IN_CHAIN'), "no request was sent; check the cluster's certificate-authority"],
    [net('ERR_TLS_CERT_ALTNAME_INVALID'), "for another name; no request was sent; check the server's address"],
    [net('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'refused our client certificate; the request was refused'],
    [new KubeError(0, 'Credentials', 'the plugin x failed'), 'the plugin x failed; no request was sent; log in again'],
    [new KubeError(0, 'Timeout', 'silent', { cause: { unsent: true } }), 'silent; no request was sent'],
    [new KubeError(0, 'Timeout', 'silent'), 'silent; its outcome is not known'],
    [new KubeError(0, 'Malformed', 'not JSON'), 'not JSON; its outcome is not known'],
    [
      new KubeError(302, 'Malformed', 'a redirect'),
      "check that the context's server is a Kubernetes API, not a login page",
    ],
    [answer(401, 'Unauthorized'), 'Unauthorized; the request was refused; the server does not know this user'],
    [
      answer(403, 'hosts is forbidden: User "u" cannot list.'),
      'cannot list; the request was refused; ask for this permission',
    ],
    [answer(404, 'not found'), 'not found; nothing was changed; it may be deleted'],
    [answer(409, 'modified'), 'nothing was changed; look at the newest state'],
    [answer(422, 'is invalid'), 'nothing was changed; correct what the server objects to'],
    [answer(429, 'slow', '7'), 'nothing was changed; the server is busy: try again in 7 s'],
    [answer(503, 'etcd'), 'its outcome is not known; the server is in trouble'],
    [new TypeError('x is undefined.'), 'x is undefined; its outcome is not known'],
    ['text', 'failed: text; its outcome'],
    [undefined, 'failed: undefined; its outcome'],
  ])('%s', (error, words) => {
    const text = describeFailure(error, 'reading rack3');
    expect(text).toMatch(/^reading rack3 failed: [^\n]+\.$/);
    expect(text).toContain(words);
  });

  it('an abort is no failure', () => {
    expect(describeFailure(new KubeError(0, 'Aborted', 'x'), 'reading a')).toBe(
      'reading a was given up before it was done.',
    );
  });

  it('a ConnectionProblem speaks for itself', () => {
    expect(describeFailure(new ConnectionProblem('The file is gone', 'look for it'), 'x')).toBe(
      'The file is gone: no cluster was contacted; look for it.',
    );
  });

  it('without the escapes a server put into it', () => {
    const text = describeFailure(answer(500, 'a\u001b[2Jb\u0007\nc'), 'x');
    expect(text).toContain('ab c');
    expect(text).not.toMatch(/[\u0000-\u001f]/);
  });

  it('without a secret that an unexpected error holds', () => {
    const text = describeFailure(new Error('bad header Authorization: Bearer abc.def at https://u:sesame@h/'), 'x');
    expect(text).not.toMatch(/abc|sesame/);
  });
});
