/** Who comes with which credentials. */

import type { Certified } from './signing.ts';
import type { User } from './types.ts';

/** Those whom a server knows by a token or a certificate. */
export class Identities {
  readonly #tokens: Map<string, { user: User; holds?: () => boolean }>;
  /** Who was given a certificate, by its fingerprint. */
  readonly #certified = new Map<string, Certified>();
  readonly #now: () => number;

  /** `tokens`: those that hold for ever; `now`: Unix time in ms. */
  constructor(tokens: Readonly<Record<string, User>>, now: () => number) {
    this.#tokens = new Map(Object.entries(tokens).map(([token, user]) => [token, { user }]));
    this.#now = now;
  }

  /** The bearer of a token, if it is a known one that still holds. */
  userOf(token: string | undefined): User | undefined {
    const { user, holds } = (token === undefined ? undefined : this.#tokens.get(token)) ?? {};
    return holds?.() === false ? undefined : user;
  }

  /** Who was given the certificate of a fingerprint, while it holds. */
  userOfCertificate(fingerprint: string): User | undefined {
    const { user, until = 0 } = this.#certified.get(fingerprint) ?? {};
    return this.#now() < until ? user : undefined;
  }

  /** Makes a token known, for as long as it `holds`. */
  addToken(token: string, user: User, holds?: () => boolean): void {
    this.#tokens.set(token, { user, ...(holds ? { holds } : {}) });
  }

  /** Makes a certificate known, by its fingerprint. */
  addCertificate(fingerprint: string, certified: Certified): void {
    this.#certified.set(fingerprint, certified);
  }
}
