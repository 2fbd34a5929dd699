/**
 * The way into a workload cluster: the kubeconfig that Cluster API keeps in a Secret. It comes from the API and not from
 * the operator, so it may name no program to run and no file of this host, and nothing of it is quoted but names.
 */
import type { Env } from '../connection/load.ts';
import { mergeKubeconfigs } from '../connection/merge.ts';
import type { KubeUser, Target } from '../connection/model.ts';
import { connectTo } from '../connection/open.ts';
import { ConnectionProblem } from '../connection/problem.ts';
import { resolveContext } from '../connection/resolve.ts';
import type { Transport } from '../types.ts';

/** Where a kubeconfig came from: `Secret prod-kubeconfig`. */
export interface KubeconfigText {
  origin: string;
  text: string;
}

export interface WorkloadConnection {
  transport: Transport;
  /** `host:port` */
  host: string;
}

/** A Secret holds 1 MB at most; a Node of a large cluster some 30 KB. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Opens what a kubeconfig names. Nothing is sent yet. `reread` gives the present text when the credentials are refused:
 * they are renewed in the Secret long before they end. Throws ConnectionProblem.
 */
export async function connectWorkload(
  given: KubeconfigText,
  options: { env: Env; version?: string; reread(): Promise<KubeconfigText | undefined> },
): Promise<WorkloadConnection> {
  const target = targetOf(given);
  const { transport, server } = await connectTo(target, {
    env: options.env,
    version: options.version,
    parallel: 4,
    maxBytes: MAX_BYTES,
    reread: async (): Promise<KubeUser | undefined> => {
      try {
        const again = await options.reread();
        const found = again && targetOf(again);
        return found?.cluster.server === target.cluster.server ? found.user : undefined;
      } catch {
        return undefined;
      }
    },
  });
  return { transport, host: server.host };
}

/** The current context of a kubeconfig that refers to nothing outside of itself. Throws ConnectionProblem. */
function targetOf({ origin, text }: KubeconfigText): Target {
  const target = resolveContext(mergeKubeconfigs([{ path: origin, text }]));
  const { cluster, user } = target;
  const outside =
    (user?.exec && 'a program') ??
    (user?.authProvider && 'a login provider') ??
    ((user?.tokenFile ?? user?.certFile ?? user?.keyFile ?? cluster.caFile) && 'files');
  if (outside) throw new ConnectionProblem(`The kubeconfig in ${origin} names ${outside}`, 'put the credentials in it');
  return target;
}

/** The first half of a connection problem's sentence: the rest tells what to do about one's own kubeconfig. */
export function phraseOf(error: ConnectionProblem): string {
  return error.message.replace(/: no cluster was contacted;.*$/s, '');
}
