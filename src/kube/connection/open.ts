import { fixedCredentials } from '../http/credentials.ts';
import { httpTransport } from '../http/transport.ts';
import type { Transport } from '../types.ts';
import { userCredentials } from './credentials.ts';
import { impersonationHeaders, impersonationOf } from './impersonation.ts';
import { inClusterTarget } from './incluster.ts';
import { type Env, kubeconfigPaths, loadKubeconfig } from './load.ts';
import type { Impersonation, KubeCluster, KubeUser, Target } from './model.ts';
import { isLoopback } from './noproxy.ts';
import { ConnectionProblem } from './problem.ts';
import { proxyFor, tunnelThrough } from './proxy.ts';
import { resolveContext } from './resolve.ts';
import { serverTrust } from './trust.ts';

/** The only namespace whose objects the bare-metal provider and its operator reconcile. */
export const defaultNamespace = 'cpaas-system';

/** What the command line and the surroundings say about the connection. */
export interface ConnectionOptions {
  /** `--kubeconfig` */
  kubeconfig?: string;
  /** `--context` */
  context?: string;
  /** `--namespace` */
  namespace?: string;
  /** `--as` */
  as?: string;
  /** `--as-group`, which may be repeated */
  asGroups?: readonly string[];
  /** `process.env` */
  env: Env;
  /** `os.homedir()` */
  homedir: string;
  /** Our version, for the User-Agent. */
  version?: string;
  /** Who we are in it: the server takes it as the field manager of writes that name none. Default: `metaldeck`. */
  program?: string;
  /** The longest an exec plugin or an identity provider may take, in ms. */
  credentialsMs?: number;
  /** Where a pod's service account is mounted. */
  serviceAccountDir?: string;
}

/** One API server and who we are there. Neither changes while metaldeck runs, whatever is written to the kubeconfig. */
export interface Connection {
  readonly context: string;
  readonly cluster: string;
  /** The kubeconfig's name for the user; absent where the context names none. */
  readonly user?: string;
  readonly namespace: string;
  readonly server: URL;
  /** How to show the server, `api.dc1:6443`. */
  readonly host: string;
  readonly transport: Transport;
  readonly impersonating?: Impersonation;
  readonly inCluster: boolean;
  /** The proxy on the way, `proxy.dc1:3128`, if there is one. */
  readonly proxy?: string;
}

/**
 * Finds the cluster to work with the way kubectl does, and makes the transport to it. Nothing is sent yet, and no
 * plugin runs before the first request.
 *
 * The context's own namespace is not used: metaldeck's objects live in `cpaas-system` alone.
 * @throws ConnectionProblem
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const target = await findTarget(options);
  const { cluster, user } = target;
  const impersonating = impersonationOf(options, user?.impersonation);
  const { server, transport, proxy } = await connectTo(target, {
    ...options,
    impersonating,
    reread: () => rereadUser(options, target),
  });
  return {
    context: target.context,
    cluster: cluster.name,
    user: user?.name,
    namespace: options.namespace || defaultNamespace,
    server,
    host: server.host,
    transport,
    impersonating,
    inCluster: target.inCluster,
    proxy: proxy?.host,
  };
}

/** What a transport needs to know beside its target. */
export interface ConnectOptions extends Pick<ConnectionOptions, 'env' | 'version' | 'program' | 'credentialsMs'> {
  impersonating?: Impersonation;
  /** Reads the same user again where its credentials were refused. */
  reread(): Promise<KubeUser | undefined>;
  /** How many requests may be under way at once. */
  parallel?: number;
  /** The largest answer taken, in bytes. */
  maxBytes?: number;
}

/** The transport to one context's server. Nothing is sent yet. Throws ConnectionProblem. */
export async function connectTo(
  target: Target,
  options: ConnectOptions,
): Promise<{ server: URL; transport: Transport; proxy?: URL }> {
  const { cluster, user } = target;
  const server = serverUrl(target);
  const secure = server.protocol === 'https:';
  const trust = secure ? await serverTrust(cluster) : undefined;
  const proxy = proxyFor(server, cluster, options.env);
  const transport = httpTransport({
    server,
    // Over plain HTTP nothing secret is sent, as with kubectl: `kubectl proxy` needs nothing.
    credentials:
      user && secure
        ? userCredentials({
            user,
            cluster,
            env: options.env,
            timeoutMs: options.credentialsMs,
            reread: options.reread,
          })
        : fixedCredentials(),
    trust,
    tunnel: proxy && (await tunnelThrough(proxy)),
    headers: impersonationHeaders(options.impersonating),
    compression: !cluster.disableCompression && !isThisHost(server),
    userAgent: userAgent(options),
    parallel: options.parallel,
    maxBytes: options.maxBytes,
  });
  return { server, transport, proxy };
}

async function findTarget(options: ConnectionOptions): Promise<Target> {
  const config = await loadKubeconfig(options);
  if (config) return resolveContext(config, options.context);
  const files = kubeconfigPaths(options).join(', ');
  if (options.kubeconfig !== undefined) {
    throw new ConnectionProblem(`The kubeconfig ${files} is empty`, 'name another with --kubeconfig');
  }
  const own = await inClusterTarget(options.env, options.serviceAccountDir);
  if (!own)
    throw new ConnectionProblem(
      `There is no kubeconfig (looked for ${files})`,
      'name one with --kubeconfig or KUBECONFIG',
    );
  if (options.context && options.context !== own.context) {
    throw new ConnectionProblem(
      `There is no kubeconfig with context "${options.context}"`,
      'leave --context out inside a cluster',
    );
  }
  return own;
}

/** The user again, from the same files: only if the context still means the same user of the same server. */
async function rereadUser(options: ConnectionOptions, pinned: Target): Promise<KubeUser | undefined> {
  if (pinned.inCluster) return undefined;
  try {
    const config = await loadKubeconfig(options);
    const found = config && resolveContext(config, pinned.context);
    return found?.cluster.server === pinned.cluster.server && found.user?.name === pinned.user?.name
      ? found.user
      : undefined;
  } catch {
    // Someone may be writing the file just now; what we have stays.
    return undefined;
  }
}

/** The server as a URL. Without a scheme it is https where TLS is spoken of, else http (client-go, `DefaultServerURL`). */
function serverUrl({ cluster, user }: Target): URL {
  const tls = cluster.caData || cluster.caFile || cluster.skipTLSVerify || user?.certData || user?.certFile;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(cluster.server)
    ? cluster.server
    : `${tls ? 'https' : 'http'}://${cluster.server}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw badServer(cluster);
  }
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url;
}

function badServer(cluster: KubeCluster): ConnectionProblem {
  return new ConnectionProblem(
    `The server of cluster "${cluster.name}" is not an http or https address`,
    'correct it in the kubeconfig, as in https://api.example:6443',
  );
}

/** Whether a URL is of this host. */
export function isThisHost({ hostname }: URL): boolean {
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

/** `metaldeck/1.2.3 (linux/amd64)`: system and processor by Go's names, as in kubectl's. */
function userAgent({ program = 'metaldeck', version = 'dev' }: Pick<ConnectOptions, 'program' | 'version'>): string {
  const processor = process.arch === 'x64' ? 'amd64' : process.arch;
  return `${program}/${version} (${process.platform}/${processor})`;
}
