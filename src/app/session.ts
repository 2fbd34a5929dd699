/** Opens what a command looks at: a real API server, or the simulated datacenter. */
import { homedir } from 'node:os';
import type { Options } from '../cli.ts';
import { KubeError, type Transport } from '../kube/types.ts';
import type { Session } from '../store/state.ts';

export interface Opened {
  session: Session;
  transport: Transport;
  close(): Promise<void>;
}

/** What is shown until the connection is known. */
export function pendingSession(options: Options): Session {
  return {
    context: options.context ?? '',
    cluster: '',
    host: '',
    namespace: options.namespace ?? 'cpaas-system',
    demo: options.command === 'demo',
  };
}

const FIRST_ANSWER_MS = 10_000;
/** The longest an exec plugin or an identity provider may take, ms; --timeout may shorten it. */
const CREDENTIALS_MS = 30_000;

/**
 * Asks what needs network, TLS and credentials to be right, and whether the namespace is there: an empty fleet in a
 * mistyped namespace would look healthy. Throws KubeError, or NoNamespace.
 */
export async function firstAnswer({ transport, session }: Opened, ms = FIRST_ANSWER_MS): Promise<void> {
  await transport.json({ path: '/version', idleMs: ms });
  try {
    await transport.json({ path: `/api/v1/namespaces/${encodeURIComponent(session.namespace)}`, idleMs: ms });
  } catch (error) {
    // Who may not read namespaces may still read what is in one.
    if (!(error instanceof KubeError) || error.code !== 404) return;
    throw new NoNamespace(session);
  }
}

/** The namespace to look at does not exist. */
export class NoNamespace extends Error {
  override readonly name = 'ConnectionProblem';

  constructor({ namespace, host }: Session) {
    super(`Namespace ${namespace} does not exist on ${host}; nothing was shown; check --namespace and --context.`);
  }
}

/** Which context and namespace of a kubeconfig the flags name, and as whom: for whoever opens a connection. */
export const askedFor = ({ context, namespace, as, asGroups }: Options, version: string) => ({
  ...{ context, namespace, as, asGroups, version },
  env: process.env,
  homedir: homedir(),
});

/** Opens the cluster the kubeconfig and the flags name. Throws ConnectionProblem, in one sentence. */
export async function openCluster(options: Options, version: string): Promise<Opened> {
  const { openConnection } = await import('../kube/connection/open.ts');
  const connection = await openConnection({
    ...askedFor(options, version),
    kubeconfig: options.kubeconfig,
    credentialsMs: Math.min(CREDENTIALS_MS, options.timeout),
  });
  return {
    session: {
      context: connection.context,
      cluster: connection.cluster,
      user: connection.user,
      host: connection.host,
      namespace: connection.namespace,
      demo: false,
      impersonating: connection.impersonating?.user,
    },
    transport: connection.transport,
    close: async () => connection.transport.close(),
  };
}
