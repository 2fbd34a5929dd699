import type { RequestOptions } from 'node:https';
import { cleanLine } from '../../domain/text.ts';
import type { Env } from './load.ts';
import { isObject } from './merge.ts';
import type { KubeCluster, KubeUser } from './model.ts';
import { asCredentialsError, type OidcConfig, refreshTokens } from './oidc-refresh.ts';
import { credentialsError } from './tokenfile.ts';

/** A token of an identity provider, and when it ends (epoch ms). */
export interface OidcToken {
  token: string;
  expiresAt?: number;
}

/**
 * Tokens of the `oidc` auth-provider: client-node applies them, after an ended one was renewed. What is renewed stays
 * in memory: the kubeconfig file is never written. The other auth-providers have left kubectl and are refused.
 */
export class OidcTokens {
  readonly #cluster: KubeCluster;
  readonly #user: KubeUser;
  readonly #env: Env;
  readonly #timeoutMs: number;
  #config: OidcConfig;

  constructor(cluster: KubeCluster, user: KubeUser, env: Env, timeoutMs: number) {
    this.#cluster = cluster;
    this.#user = user;
    this.#env = env;
    this.#timeoutMs = timeoutMs;
    this.#config = isObject(user.authProvider?.config) ? user.authProvider.config : {};
  }

  /** Whether a user read later has the same login, so that what was renewed in memory stays good. */
  serves(user: KubeUser): boolean {
    return JSON.stringify(user.authProvider) === JSON.stringify(this.#user.authProvider);
  }

  /**
   * A token to send now.
   * @throws KubeError `Credentials`
   */
  async get(): Promise<OidcToken> {
    const provider: unknown = this.#user.authProvider;
    const name =
      isObject(provider) && typeof provider['name'] === 'string' ? cleanLine(provider['name']) : 'without name';
    if (name !== 'oidc') {
      throw credentialsError(`the auth-provider ${name} is no longer supported by Kubernetes; its exec plugin is`);
    }
    if (hasEnded(this.#config['id-token'])) {
      try {
        const { idToken, refreshToken } = await refreshTokens(this.#config, this.#env, this.#timeoutMs);
        this.#config = { ...this.#config, 'id-token': idToken, 'refresh-token': refreshToken };
      } catch (error) {
        throw asCredentialsError(error);
      }
    }
    const token = await this.#applied();
    return { token, expiresAt: endOf(token) };
  }

  /** The token as client-node sends it. */
  async #applied(): Promise<string> {
    const { KubeConfig } = await import('./clientnode.ts');
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [this.#cluster],
      // Without its refresh token it does not try to renew by itself. It writes into what it gets: hence a copy.
      users: [
        { name: this.#user.name, authProvider: { name: 'oidc', config: { ...this.#config, 'refresh-token': '' } } },
      ],
      contexts: [{ name: 'pinned', cluster: this.#cluster.name, user: this.#user.name }],
      currentContext: 'pinned',
    });
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options).catch(() => {
      throw credentialsError('the ID token in the kubeconfig cannot be read');
    });
    const header = (options.headers as Record<string, unknown> | undefined)?.['Authorization'];
    if (typeof header === 'string' && header.startsWith('Bearer ')) return header.slice('Bearer '.length);
    throw credentialsError('the identity provider gave a token that has ended');
  }
}

function hasEnded(token: unknown): boolean {
  if (typeof token !== 'string') return true;
  const end = endOf(token);
  return end === undefined || end - 10_000 < Date.now();
}

/** The `exp` claim of a JWT, in epoch ms. The signature is the server's to check. */
function endOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const end = isObject(claims) ? Number(claims['exp']) : Number.NaN;
    return Number.isFinite(end) ? end * 1000 : undefined;
  } catch {
    return undefined;
  }
}
