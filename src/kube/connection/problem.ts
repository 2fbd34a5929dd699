import { cleanLine } from '../../domain/text.ts';
import { causeOf } from '../http/errors.ts';
import { KubeError } from '../types.ts';
import { redacted } from './redact.ts';

/** Why there is no connection: one sentence that says what failed, what was not done, and what to try. */
export class ConnectionProblem extends Error {
  override readonly name = 'ConnectionProblem';

  /**
   * @param failed what failed, without a full stop
   * @param advice what to try
   */
  constructor(failed: string, advice: string) {
    super(`${cleanLine(failed)}: no cluster was contacted; ${cleanLine(advice)}.`);
  }
}

/**
 * Says in one sentence what failed, what was not done, and what to try.
 * @param error what was thrown: a ConnectionProblem, a KubeError or anything else
 * @param doing what was being done, `reading rack3-u12`
 */
export function describeFailure(error: unknown, doing: string): string {
  if (error instanceof ConnectionProblem) return error.message;
  const what = cleanLine(doing);
  if (!(error instanceof KubeError)) {
    const text = error instanceof Error ? error.message : String(error);
    return `${what} failed: ${sentence(redacted(text)) || 'unknown error'}; its outcome is not known; please report this.`;
  }
  if (error.reason === 'Aborted') return `${what} was given up before it was done.`;
  const [outcome, advice] = error.code === 0 ? withoutAnswer(error) : withAnswer(error);
  return `${what} failed: ${sentence(error.message) || error.reason}; ${outcome}; ${advice}.`;
}

type Consequence = readonly [outcome: string, advice: string];

const unsent = 'no request was sent';
const refused = 'the request was refused';
const unchanged = 'nothing was changed';
const unknown = 'its outcome is not known';

/** The reasons of the transport itself. */
function withoutAnswer(error: KubeError): Consequence {
  const cause = causeOf(error);
  switch (error.reason) {
    case 'Credentials':
      return [unsent, 'log in again, and see whether kubectl works with this context'];
    case 'Certificate':
      return certificate(cause.code ?? '');
    case 'Malformed':
      return [unknown, "check that the context's server is a Kubernetes API, and any proxy on the way"];
    default:
      if (!cause.unsent) return [unknown, 'check the network, look at the newest state and try again'];
      if (cause.code === 'ENOTFOUND' || cause.code === 'EAI_AGAIN') {
        return [unsent, "check the server's name in the kubeconfig and the DNS of this host"];
      }
      return [unsent, 'check that the API server runs and that this host reaches it (VPN, firewall, proxy)'];
  }
}

function certificate(code: string): Consequence {
  if (/ALERT/.test(code)) return [refused, 'get a new client certificate for this user'];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [unsent, "check the server's address in the kubeconfig, or set its tls-server-name"];
  }
  if (code === 'CERT_HAS_EXPIRED') return [unsent, "renew the server's certificate, and check the clock of this host"];
  if (code === 'CERT_NOT_YET_VALID') return [unsent, 'check the clocks of this host and of the server'];
  return [unsent, "check the cluster's certificate-authority in the kubeconfig, and that no one sits in between"];
}

/** What the API server answered, by HTTP status. */
function withAnswer(error: KubeError): Consequence {
  const { code } = error;
  if (code < 400) return [unknown, "check that the context's server is a Kubernetes API, not a login page"];
  if (code === 401) return [refused, "the server does not know this user: log in again, or check the context's user"];
  if (code === 403) return [refused, 'ask for this permission (RBAC), or use another context or --as'];
  if (code === 404 || code === 410) return [unchanged, 'it may be deleted, or its kind is not installed here'];
  if (code === 409) return [unchanged, 'look at the newest state and try again'];
  if (code === 429)
    return [unchanged, `the server is busy: try again${error.retryAfter ? ` in ${error.retryAfter} s` : ''}`];
  if (code < 500) return [unchanged, 'correct what the server objects to'];
  return [unknown, 'the server is in trouble: look at the newest state and try again'];
}

/** A message as part of a sentence: clean, and without its full stop. */
function sentence(text: string): string {
  return cleanLine(text).replace(/[.\s]+$/, '');
}
