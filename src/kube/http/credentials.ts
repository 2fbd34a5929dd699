/** What proves to the API server who we are, for one request. */
export interface Credentials {
  /** Headers to add: `Authorization`, or none. */
  readonly headers: Readonly<Record<string, string>>;
  /** PEM of the client certificate and of its key: both or neither. */
  readonly cert?: string;
  readonly key?: string;
}

/** Gives credentials and, when the server refuses them, newer ones. Both methods throw KubeError `Credentials`. */
export interface CredentialSource {
  /** What to send now. May run a plugin or read files; parallel calls share one run. */
  get(): Promise<Credentials>;
  /**
   * The server refused `refused`: gives what is newer. The same object coming back means that nothing newer can be
   * had, and that trying again is useless.
   */
  renew(refused: Credentials): Promise<Credentials>;
  /** Stops what still runs. */
  close(): void;
}

/** A source that always gives the same, for a server that asks for nothing or for a credential that never changes. */
export function fixedCredentials(credentials: Credentials = { headers: {} }): CredentialSource {
  return {
    get: async () => credentials,
    renew: async () => credentials,
    close() {},
  };
}
