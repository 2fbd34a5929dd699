/**
 * With what the tokens of ServiceAccounts are signed, and how others learn to trust them: OpenID Connect Discovery, as
 * k8s.io/kubernetes/pkg/serviceaccount serves it. The key is made when it is first needed.
 */

import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
export const ISSUER_PATHS = { configuration: '/.well-known/openid-configuration', keys: '/openid/v1/jwks' } as const;

interface Key {
  secret: KeyObject;
  /** The hash of the public half: by that it is named. */
  id: string;
}

const keys = new WeakMap<object, Key>();

/** The key of a server, by whatever stands for the server. */
function keyOf(server: object): Key {
  const known = keys.get(server);
  if (known) return known;
  const { privateKey: secret, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const made = { secret, id: createHash('sha256').update(der).digest('base64url') };
  keys.set(server, made);
  return made;
}

/** A JSON Web Token with these claims. */
export function signedToken(server: object, claims: object): string {
  const { secret, id } = keyOf(server);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: id })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), secret).toString('base64url')}`;
}

/** One of the two documents; undefined for any other path. `address`: where the server is reached. */
export function issuerDocument(
  path: string,
  server: object,
  address = '',
): { body: unknown; contentType: string } | undefined {
  if (path === ISSUER_PATHS.configuration) {
    const body = {
      issuer: ISSUER,
      jwks_uri: `https://${address}${ISSUER_PATHS.keys}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
    return { body, contentType: 'application/json' };
  }
  if (path !== ISSUER_PATHS.keys) return undefined;
  const { secret, id } = keyOf(server);
  const { kty, n, e } = createPublicKey(secret).export({ format: 'jwk' });
  return {
    body: { keys: [{ use: 'sig', kty, kid: id, alg: 'RS256', n, e }] },
    contentType: 'application/jwk-set+json',
  };
}
