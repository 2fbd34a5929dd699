/**
 * The one door to a Kubernetes API. The HTTP transport, the embedded datacenter and the tests' scripted servers all
 * implement it, so that nothing behind it knows which world it talks to.
 */

/** One request. `path` starts with `/` and holds no query. */
export interface KubeRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** Undefined values are left out. */
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Defaults to `application/json`. */
  accept?: string;
  /** Content type of `body`; defaults to `application/json`. A patch must name its kind. */
  contentType?: string;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  /** The longest silence, in ms, before the headers and between two chunks of the body. */
  idleMs?: number;
  /** Use a connection of its own, never a kept one: for the liveness probe. */
  freshConnection?: boolean;
}

/** A successful response whose body arrives piece by piece. */
export interface KubeStream {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Ends on a clean end; throws a KubeError of reason `Network` when the connection breaks, `Timeout` on silence. */
  body: AsyncIterable<Uint8Array>;
  /** Lets the connection go. Safe to call more than once. */
  close(): void;
}

/** Sends requests. Every failure is a KubeError; an abort through `signal` is one too (reason `Aborted`). */
export interface Transport {
  /** Sends a request and parses the whole answer as JSON. Throws KubeError on any status of 400 and above. */
  json<T = unknown>(request: KubeRequest): Promise<T>;
  /** Sends a request and gives its body as it arrives. Throws KubeError on any status of 400 and above. */
  stream(request: KubeRequest): Promise<KubeStream>;
  /** Closes what is open. */
  close(): void;
}

/** The reasons metaldeck itself adds to those the API server sends in a Status. */
export type LocalReason =
  /** Could not connect, or the connection broke. */
  | 'Network'
  /** The server was silent for longer than `idleMs`. */
  | 'Timeout'
  /** The server's certificate is not trusted, or ours was refused. */
  | 'Certificate'
  /** The exec plugin or a token file could not give credentials. */
  | 'Credentials'
  /** The body is not what was asked for: not JSON, cut short, not a list. */
  | 'Malformed'
  | 'Aborted';

/** Any failure of a request: what the server said, or why there was no answer. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** HTTP status; 0 where no answer came. */
  readonly code: number;
  /** `Status.reason` of the server (`Expired`, `Conflict`, ...), or a LocalReason. */
  readonly reason: string;
  /** Seconds the server asked us to wait, from `Retry-After` or `details.retryAfterSeconds`. */
  readonly retryAfter?: number;
  /** The server's Status object, where it sent one. */
  readonly status?: unknown;

  constructor(
    code: number,
    reason: LocalReason | (string & {}),
    message: string,
    more: { retryAfter?: number; status?: unknown; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.reason = reason;
    this.retryAfter = more.retryAfter;
    this.status = more.status;
  }
}

/** Builds the KubeError for an answer of 400 and above. `body` is the text of the answer, a Status object or not. */
export function errorFromAnswer(code: number, body: string, retryAfterHeader?: string): KubeError {
  let status: { reason?: string; message?: string; details?: { retryAfterSeconds?: number } } | undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && (parsed as { kind?: unknown }).kind === 'Status') {
      status = parsed as typeof status;
    }
  } catch {
    // Proxies answer in HTML; the code alone must do.
  }
  const seconds = Number(retryAfterHeader ?? status?.details?.retryAfterSeconds);
  // Not every refusal is a Status: /readyz tells in plain text which of its checks failed.
  const plain = /^\s*[<{]/.test(body)
    ? ''
    : body
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('[+]'))
        .join(' ')
        .slice(0, 200);
  const message =
    status?.message || (plain === '' ? `the server answered ${code}` : `the server answered ${code}: ${plain}`);
  return new KubeError(code, status?.reason || `HTTP${code}`, message, {
    retryAfter: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
    status,
  });
}
