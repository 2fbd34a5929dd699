import { afterEach, describe, expect, it } from 'vitest';
import { OidcTokens } from '../../../src/kube/connection/oidc.ts';
import { type FakeServer, failureOf, pem, readAll, sendJson, serve } from '../http/server.ts';

const cluster = { name: 'c', server: 'https://api:6443', skipTLSVerify: false };
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
let idp: FakeServer | undefined;

afterEach(async () => {
  await idp?.close();
  idp = undefined;
});

/** An ID token; its signature is nobody's, as only the API server checks it. */
function idToken(claims: object): string {
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}

const tokens = (config: object, timeoutMs = 10_000) =>
  new OidcTokens(cluster, { name: 'u', authProvider: { name: 'oidc', config } }, {}, timeoutMs);
const fresh = (sub: string) => idToken({ sub, exp: inSeconds(600) });
const subjectOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).sub;

type Form = URLSearchParams;

/** An identity provider with discovery and token endpoint; `grant` decides about a form and the header with it. */
async function provider(grant: (form: Form, authorization: string | undefined) => object | undefined) {
  idp = await serve(
    (request, response) => {
      const issuer = idp!.url.origin;
      if (request.url === '/.well-known/openid-configuration') {
        sendJson(response, { issuer, token_endpoint: `${issuer}/token` });
        return;
      }
      void readAll(request).then((body) => {
        const given = grant(new URLSearchParams(body), request.headers.authorization);
        if (given) sendJson(response, { access_token: 'a', token_type: 'Bearer', expires_in: 3600, ...given });
        else sendJson(response, { error: 'invalid_grant', error_description: 'r-sesame has ended' }, 400);
      });
    },
    { cert: 'server' },
  );
  return {
    'idp-issuer-url': idp.url.origin,
    'client-id': 'metaldeck',
    'idp-certificate-authority-data': Buffer.from(pem('ca.crt')).toString('base64'),
  };
}

describe('the oidc auth-provider', () => {
  it('gives an ID token that is still good, and when it ends', async () => {
    const exp = inSeconds(600);
    const token = idToken({ exp });
    expect(await tokens({ 'id-token': token }).get()).toEqual({ token, expiresAt: exp * 1000 });
  });

  it.each([
    ['that has ended', { 'id-token': idToken({ exp: inSeconds(-10) }) }],
    ['that is missing', {}],
    ['that is no JWT', { 'id-token': 'x' }],
  ])('renews an ID token %s, and keeps the next refresh token in memory', async (_, more) => {
    const seen: string[] = [];
    const config = await provider((form) => {
      seen.push(`${form.get('grant_type')} ${form.get('client_id')} ${form.get('refresh_token')}`);
      return {
        id_token: seen.length === 1 ? idToken({ sub: 'short', exp: inSeconds(5) }) : fresh('me'),
        refresh_token: 'r2',
      };
    });
    const given = { ...config, ...more, 'refresh-token': 'r1' };
    const source = tokens(given);
    expect(subjectOf((await source.get()).token)).toBe('short');
    const second = await source.get();
    expect(subjectOf(second.token)).toBe('me');
    expect(second.expiresAt).toBeGreaterThan(Date.now());
    expect(await source.get()).toEqual(second);
    expect(seen).toEqual(['refresh_token metaldeck r1', 'refresh_token metaldeck r2']);
    // What was read from the kubeconfig is not changed.
    expect(given['refresh-token']).toBe('r1');
  });

  it.each(['header', 'form'])('proves itself with the client secret in the %s', async (where) => {
    const config = await provider((form, authorization) => {
      const given =
        where === 'form'
          ? form.get('client_secret')
          : Buffer.from(authorization?.split(' ')[1] ?? '', 'base64').toString();
      return given === (where === 'form' ? 's:1' : 'metaldeck:s%3A1') ? { id_token: fresh('me') } : undefined;
    });
    const { token } = await tokens({ ...config, 'refresh-token': 'r', 'client-secret': 's:1' }).get();
    expect(subjectOf(token)).toBe('me');
  });

  it.each<[string, object, string]>([
    ['a login that has ended for good', {}, 'does not renew the login (invalid_grant)'],
    [
      'an authority that did not sign the provider',
      { 'idp-certificate-authority-data': Buffer.from(pem('other-ca.crt')).toString('base64') },
      'not signed by an authority',
    ],
    ['an authority that is none', { 'idp-certificate-authority-data': 'eA==' }, 'cannot be used'],
    ['no refresh token', { 'refresh-token': undefined }, 'nothing to renew it with'],
    ['a provider on plain http', { 'idp-issuer-url': 'http://idp.test' }, 'not an https address'],
    ['a provider that is not there', { 'idp-issuer-url': 'https://127.0.0.1:1' }, 'refused the connection'],
  ])('with %s is a Credentials error that shows no token', async (_, more, words) => {
    const config = await provider(() => undefined);
    const error = await failureOf(tokens({ ...config, 'refresh-token': 'r-sesame', ...more }).get());
    expect(error).toMatchObject({ code: 0, reason: 'Credentials' });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('sesame');
  });

  it('that gives no ID token is a Credentials error', async () => {
    const config = await provider(() => ({}));
    expect((await failureOf(tokens({ ...config, 'refresh-token': 'r' }).get())).message).toContain('no ID token');
  });

  it('that does not answer is not waited for', async () => {
    const config = await provider(() => ({}));
    await idp!.close();
    idp = await serve(() => {}, { cert: 'server' });
    const late = { ...config, 'idp-issuer-url': idp.url.origin, 'refresh-token': 'r' };
    expect((await failureOf(tokens(late, 1000).get())).message).toMatch(
      /was silent for 1 s|took no connection within 1 s/,
    );
  });
});
