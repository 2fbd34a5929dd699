import { readFile } from 'node:fs/promises';
import type { CredentialSource, Credentials } from '../http/credentials.ts';
import { KubeError } from '../types.ts';
import { runExecPlugin } from './exec.ts';
import { type Env, unreadable } from './load.ts';
import type { KubeCluster, KubeUser } from './model.ts';
import { OidcTokens } from './oidc.ts';
import { credentialsError, readToken, tokenFileMs } from './tokenfile.ts';

/** What `userCredentials` needs. */
export interface UserCredentialsOptions {
  user: KubeUser;
  cluster: KubeCluster;
  env: Env;
  /** The longest a plugin or an identity provider may take, in ms. */
  timeoutMs?: number;
  /** Reads the same user of the same server again, from files that may have changed; undefined where that failed. */
  reread?: () => Promise<KubeUser | undefined>;
  /** Epoch ms. */
  now?: () => number;
  /** Refused credentials are renewed at most this often, in ms. */
  renewEveryMs?: number;
  /** After a failure nothing is tried for this long, in ms: fourteen watches must not start a plugin each. */
  failureMs?: number;
}

/** Credentials are renewed this long before they end, in ms, or at half of a shorter life. */
const skewMs = 60_000;

interface Loaded {
  credentials: Credentials;
  /** When to look for newer ones, epoch ms. */
  until: number;
  /** When they end, epoch ms. */
  end: number;
}

/**
 * The credentials of a kubeconfig user. Precedence as in client-go: a token file over a token, either over a plugin;
 * data in the kubeconfig over a file.
 */
export function userCredentials(options: UserCredentialsOptions): CredentialSource {
  return new UserCredentials(options);
}

class UserCredentials implements CredentialSource {
  readonly #options: UserCredentialsOptions;
  readonly #now: () => number;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  #user: KubeUser;
  #oidc?: OidcTokens;
  #current?: Loaded;
  #loading?: Promise<Credentials>;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #failed?: { error: unknown; until: number };

  constructor(options: UserCredentialsOptions) {
    this.#options = options;
    this.#user = options.user;
    this.#now = options.now ?? Date.now;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
  }

  async get(): Promise<Credentials> {
    if (!this.#loading && this.#current && this.#now() < this.#current.until) return this.#current.credentials;
    return this.#refresh(false);
  }

  async renew(refused: Credentials): Promise<Credentials> {
    if (this.#loading) return this.#loading;
    const current = this.#current?.credentials;
    if (current && current !== refused) return current;
    if (current && this.#now() < this.#renewedAt + (this.#options.renewEveryMs ?? 10_000)) return current;
    return this.#refresh(true);
  }

  close(): void {
    this.#closing.abort();
  }

  /** One at a time; whoever asks meanwhile shares the result. */
  #refresh(refused: boolean): Promise<Credentials> {
    if (this.#failed && this.#now() < this.#failed.until) return Promise.reject(this.#failed.error);
    this.#loading ??= this.#load(refused)
      .catch((error: unknown) => {
        const pause = this.#now() + (this.#options.failureMs ?? 5_000);
        const current = this.#current;
        // What has not ended and was not refused is good, even if nothing newer can be had just now.
        if (!refused && current && pause < current.end) {
          this.#current = { ...current, until: pause };
          return current.credentials;
        }
        this.#failed = { error, until: pause };
        throw error;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  async #load(refused: boolean): Promise<Credentials> {
    // A login may have been renewed by kubectl, which writes it to the file and so ends the refresh token we know.
    if (refused || this.#oidc) this.#user = (await this.#options.reread?.()) ?? this.#user;
    const loaded = await this.#read(this.#user);
    if (refused) this.#renewedAt = this.#now();
    const known = this.#current?.credentials;
    // Unchanged credentials stay the same object: that is how the transport sees that a second try is useless.
    this.#current = known && same(known, loaded.credentials) ? { ...loaded, credentials: known } : loaded;
    return this.#current.credentials;
  }

  async #read(user: KubeUser): Promise<Loaded> {
    const { cert, key } = await certificate(user);
    const file = { cert, key };
    if (user.tokenFile) {
      const token = await readToken(user.tokenFile).catch((error: unknown) => {
        if (user.token) return user.token;
        throw error;
      });
      const credentials = { ...file, headers: bearer(token) };
      return { credentials, until: this.#now() + tokenFileMs, end: Number.POSITIVE_INFINITY };
    }
    if (user.token) return lasting({ ...file, headers: bearer(user.token) });
    if (user.username) {
      const pair = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
      return lasting({ ...file, headers: { Authorization: `Basic ${pair}` } });
    }
    if (user.exec) {
      const given = await runExecPlugin({
        spec: user.exec,
        cluster: this.#options.cluster,
        env: this.#options.env,
        timeoutMs: this.#timeoutMs,
        signal: this.#closing.signal,
      });
      const own = given.cert ? { cert: given.cert, key: given.key } : file;
      return this.#ending({ ...own, headers: given.token ? bearer(given.token) : {} }, given.expiresAt);
    }
    if (user.authProvider) {
      if (!this.#oidc?.serves(user))
        this.#oidc = new OidcTokens(this.#options.cluster, user, this.#options.env, this.#timeoutMs);
      const { token, expiresAt } = await this.#oidc.get();
      return this.#ending({ ...file, headers: bearer(token) }, expiresAt);
    }
    return lasting({ ...file, headers: {} });
  }

  #ending(credentials: Credentials, end: number | undefined): Loaded {
    if (end === undefined) return lasting(credentials);
    return { credentials, end, until: end - Math.min(skewMs, Math.max(0, end - this.#now()) / 2) };
  }
}

function lasting(credentials: Credentials): Loaded {
  return { credentials, until: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
}

function bearer(token: string): Record<string, string> {
  if (!/^[\x21-\x7e]+$/.test(token.trim())) {
    throw new KubeError(0, 'Credentials', 'the token holds characters that HTTP cannot carry');
  }
  return { Authorization: `Bearer ${token.trim()}` };
}

function same(a: Credentials, b: Credentials): boolean {
  return a.headers['Authorization'] === b.headers['Authorization'] && a.cert === b.cert && a.key === b.key;
}

/** The client certificate of a user, from data or from files, read anew each time: they are rotated in place. */
async function certificate(user: KubeUser): Promise<{ cert?: string; key?: string }> {
  const cert = await pem(user.certData, user.certFile, 'client certificate');
  const key = await pem(user.keyData, user.keyFile, 'client key');
  if (cert && !key) throw credentialsError(`the user ${user.name} has a client certificate without its key`);
  if (key && !cert) throw credentialsError(`the user ${user.name} has a client key without its certificate`);
  return { cert, key };
}

async function pem(data: string | undefined, file: string | undefined, what: string): Promise<string | undefined> {
  if (!data && !file) return undefined;
  let text: string;
  try {
    text = data ? Buffer.from(data, 'base64').toString('utf8') : await readFile(file as string, 'utf8');
  } catch (error) {
    throw credentialsError(`the ${what} ${file} ${unreadable((error as NodeJS.ErrnoException).code)}`);
  }
  if (!text.includes('-----BEGIN ')) throw credentialsError(`the ${what}${file ? ` ${file}` : ''} is not PEM`);
  return text;
}
