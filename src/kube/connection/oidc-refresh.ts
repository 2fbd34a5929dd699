import { Connections } from '../http/agents.ts';
import { readText } from '../http/body.ts';
import { exchange } from '../http/exchange.ts';
import { KubeError } from '../types.ts';
import type { Env } from './load.ts';
import { isObject } from './merge.ts';
import { isLoopback } from './noproxy.ts';
import { ConnectionProblem } from './problem.ts';
import { proxyFor, tunnelThrough } from './proxy.ts';
import { credentialsError } from './tokenfile.ts';
import { serverTrust } from './trust.ts';

/** The settings of the `oidc` auth-provider, by their kubeconfig names. */
export type OidcConfig = Readonly<Record<string, unknown>>;

/** What a refresh brought. */
export interface RefreshedTokens {
  idToken: string;
  /** The next refresh token; the provider may have ended the one before. */
  refreshToken: string;
}

const maxBytes = 1_000_000;

/**
 * Gets a new ID token for a refresh token (OpenID Connect Core §12, OAuth 2.0 §6). client-node 2.0 has this too, but
 * fails before it asks: it hands its OpenID library texts where that wants a URL and a Response, and leaves the client
 * secret out.
 * @throws KubeError `Credentials`, `Network`, `Timeout` or `Certificate`
 */
export async function refreshTokens(config: OidcConfig, env: Env, timeoutMs: number): Promise<RefreshedTokens> {
  const issuer = setting(config, 'idp-issuer-url');
  const refreshToken = setting(config, 'refresh-token');
  const clientId = setting(config, 'client-id');
  if (!issuer || !refreshToken || !clientId) {
    throw credentialsError('the login at the identity provider has ended, and there is nothing to renew it with');
  }
  const provider = await Provider.at(issuer, config, env, timeoutMs);
  try {
    const about = await provider.ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const endpoint = about.status === 200 ? about.answer['token_endpoint'] : undefined;
    if (typeof endpoint !== 'string')
      throw credentialsError('the identity provider does not say where to renew a login');
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId };
    const { status, answer } = await redeem(provider, endpoint, form, setting(config, 'client-secret'));
    if (status !== 200)
      throw credentialsError(`the identity provider does not renew the login (${reasonIn(answer, status)})`);
    if (typeof answer['id_token'] !== 'string') throw credentialsError('the identity provider gave no ID token');
    const next = answer['refresh_token'];
    return { idToken: answer['id_token'], refreshToken: typeof next === 'string' && next ? next : refreshToken };
  } finally {
    provider.close();
  }
}

/** With a secret, providers want it in a header or in the form; as Go's oauth2, the header is tried first. */
async function redeem(provider: Provider, endpoint: string, form: Record<string, string>, secret: string | undefined) {
  if (!secret) return provider.ask(endpoint, form);
  const pair = `${encodeURIComponent(form['client_id'] ?? '')}:${encodeURIComponent(secret)}`;
  const first = await provider.ask(endpoint, form, { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
  return first.status === 200 ? first : provider.ask(endpoint, { ...form, client_secret: secret });
}

/** OAuth's error codes are words of the standard; a longer text is not repeated. */
function reasonIn(answer: Record<string, unknown>, status: number): string {
  const error = answer['error'];
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : String(status);
}

function setting(config: OidcConfig, name: string): string | undefined {
  const value = config[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** One identity provider, and the way to it. */
class Provider {
  readonly #connections: Connections;
  readonly #origin: string;
  readonly #timeoutMs: number;

  private constructor(connections: Connections, origin: string, timeoutMs: number) {
    this.#connections = connections;
    this.#origin = origin;
    this.#timeoutMs = timeoutMs;
  }

  static async at(issuer: string, config: OidcConfig, env: Env, timeoutMs: number): Promise<Provider> {
    const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
    if (!url || !isPrivate(url)) throw credentialsError('the idp-issuer-url in the kubeconfig is not an https address');
    const known = {
      name: 'the identity provider',
      server: url.href,
      skipTLSVerify: false,
      caData: setting(config, 'idp-certificate-authority-data'),
      caFile: setting(config, 'idp-certificate-authority'),
    };
    try {
      const proxy = proxyFor(url, known, env);
      const tunnel = proxy && (await tunnelThrough(proxy));
      const trust = await serverTrust(known);
      return new Provider(
        new Connections({ secure: url.protocol === 'https:', trust, tunnel, maxIdle: 1 }),
        url.origin,
        timeoutMs,
      );
    } catch (error) {
      if (!(error instanceof ConnectionProblem)) throw error;
      throw credentialsError('the idp-certificate-authority in the kubeconfig, or the proxy, cannot be used');
    }
  }

  async ask(address: string, form?: Record<string, string>, headers: Record<string, string> = {}) {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    // Tokens go nowhere but to the provider that the kubeconfig names; some serve the endpoint from a sibling host.
    if (!url || !isPrivate(url) || url.protocol !== new URL(this.#origin).protocol) {
      throw credentialsError('the identity provider names an address that cannot be used');
    }
    const body = form && new URLSearchParams(form).toString();
    const answer = await exchange({
      url: {
        secure: url.protocol === 'https:',
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
        path: url.pathname + url.search,
      },
      host: `the identity provider ${url.host}`,
      method: form ? 'POST' : 'GET',
      headers: {
        Host: url.host,
        Accept: 'application/json',
        ...(body === undefined
          ? {}
          : { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) }),
        ...headers,
      },
      body,
      agent: this.#connections.agents({ headers: {} }).fresh,
      connectMs: this.#timeoutMs,
      idleMs: this.#timeoutMs,
    });
    return { status: answer.status, answer: parse(await readText(answer.body, maxBytes)) };
  }

  close(): void {
    this.#connections.close();
  }
}

function isPrivate(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return url.protocol === 'https:' || (url.protocol === 'http:' && (host === 'localhost' || isLoopback(host)));
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    // An error page; the status says enough, and the text may hold a token.
    return {};
  }
}

/** Turns any failure of a refresh into the reason why there are no credentials. */
export function asCredentialsError(error: unknown): KubeError {
  if (!(error instanceof KubeError)) return credentialsError('the identity provider gave no new token');
  return error.reason === 'Credentials' ? error : credentialsError(`the login was not renewed, as ${error.message}`);
}
