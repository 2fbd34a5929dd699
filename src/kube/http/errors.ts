import { KubeError, type LocalReason } from '../types.ts';

/** What a KubeError of this transport carries as `cause`: never the library's error, which may hold a password. */
export interface NetworkCause {
  /** Node's, OpenSSL's or zlib's error code. */
  code?: string;
  /** The kept connection had died before this request used it. */
  stale?: boolean;
  /** The request never left: connecting, the TLS handshake or the proxy failed. */
  unsent?: boolean;
}

type Text = (host: string) => string;

const notTrusted: Text = (host) => `the certificate of ${host} is not signed by an authority that is trusted here`;
const unresolved: Text = (host) => `the name in ${host} cannot be resolved`;
const noTls: Text = (host) => `${host} does not speak TLS, or a version that is too old`;
const broke: Text = (host) => `${host} broke the connection`;
const noRoute: Text = (host) => `there is no network route to ${host}`;

/** Node's error codes, from its `errors` documentation and OpenSSL's X509_verify_cert_error. */
const known: Readonly<Record<string, readonly [LocalReason, Text]>> = {
  ECONNREFUSED: ['Network', (host) => `${host} refused the connection`],
  ENOTFOUND: ['Network', unresolved],
  EAI_AGAIN: ['Network', unresolved],
  EHOSTUNREACH: ['Network', noRoute],
  ENETUNREACH: ['Network', noRoute],
  EHOSTDOWN: ['Network', noRoute],
  ECONNRESET: ['Network', broke],
  ECONNABORTED: ['Network', broke],
  EPIPE: ['Network', broke],
  ERR_STREAM_PREMATURE_CLOSE: ['Network', broke],
  ETIMEDOUT: ['Timeout', (host) => `${host} did not answer in time`],
  EMFILE: ['Network', () => 'this host has no file descriptors left for another connection'],
  CERT_HAS_EXPIRED: ['Certificate', (host) => `the certificate of ${host} has expired`],
  CERT_NOT_YET_VALID: ['Certificate', (host) => `the certificate of ${host} is not valid yet, or this clock is wrong`],
  CERT_REVOKED: ['Certificate', (host) => `the certificate of ${host} has been revoked`],
  CERT_UNTRUSTED: ['Certificate', notTrusted],
  CERT_SIGNATURE_FAILURE: ['Certificate', notTrusted],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['Certificate', (host) => `the certificate of ${host} is self-signed and not trusted`],
  SELF_SIGNED_CERT_IN_CHAIN: ['Certificate', notTrusted],
  UNABLE_TO_GET_ISSUER_CERT: ['Certificate', notTrusted],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['Certificate', notTrusted],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['Certificate', notTrusted],
  ERR_TLS_CERT_ALTNAME_INVALID: ['Certificate', (host) => `the certificate of ${host} is for another name`],
  EPROTO: ['Network', noTls],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ['Certificate', (host) => `${host} wants a client certificate`],
  ERR_INVALID_CHAR: ['Credentials', () => 'the credentials hold characters that HTTP cannot carry'],
  ERR_UNESCAPED_CHARACTERS: ['Malformed', () => 'the request path holds characters that HTTP cannot carry'],
};

function explain(code: string): readonly [LocalReason, Text] {
  const exact = known[code];
  if (exact) return exact;
  // A TLS alert is the other side's verdict; those that reach us after the handshake are about our certificate.
  if (/^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/.test(code)) {
    return ['Certificate', (host) => `${host} refused our client certificate`];
  }
  if (/^ERR_(SSL|TLS)_/.test(code)) return ['Network', noTls];
  if (code.startsWith('ERR_OSSL_')) return ['Credentials', () => 'the client certificate or its key cannot be used'];
  if (code.startsWith('HPE_')) return ['Malformed', (host) => `the answer of ${host} is not HTTP`];
  if (code.startsWith('Z_')) return ['Malformed', (host) => `the answer of ${host} is damaged: it cannot be unpacked`];
  return ['Network', (host) => `the connection to ${host} failed`];
}

/**
 * Turns whatever a socket, TLS, HTTP or zlib threw into a KubeError with one short human sentence. A KubeError comes
 * back as it is.
 * @param host how the server is shown, `api.dc1:6443`
 */
export function networkError(error: unknown, host: string, more: Omit<NetworkCause, 'code'> = {}): KubeError {
  if (error instanceof KubeError) return error;
  const raw = (error as { code?: unknown } | null | undefined)?.code;
  const code = typeof raw === 'string' ? raw : undefined;
  const [reason, text] = explain(code ?? '');
  return new KubeError(0, reason, text(host), { cause: { code, ...more } satisfies NetworkCause });
}

/** The cause this transport put into a KubeError; empty for any other error. */
export function causeOf(error: unknown): NetworkCause {
  const cause = error instanceof KubeError ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null ? (cause as NetworkCause) : {};
}

/** The error of a request whose signal was aborted, or whose transport was closed. */
export function abortedError(what = 'the request was given up'): KubeError {
  return new KubeError(0, 'Aborted', what);
}
