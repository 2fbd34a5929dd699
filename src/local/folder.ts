/** Where this user's metaldeck keeps what it knows of one server and namespace, beside the journal. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface Site {
  /** `api.dc1.example:6443` */
  host: string;
  namespace: string;
  /** The cluster's name in the kubeconfig: tells apart what is reached through tunnels of one address. */
  cluster: string;
  /** How fast a simulated datacenter goes; absent for a real one. */
  speed?: number;
}

const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/;

/**
 * `$XDG_STATE_HOME/metaldeck/fleets/<server>_<namespace>_<hash>`, by default under `~/.local/state` (XDG Base Directory
 * Specification: a relative value is ignored). Of the demo, one for each speed: its port is another one each time.
 */
export function siteFolder(env: NodeJS.ProcessEnv, site: Site, home = homedir()): string {
  const given = env['XDG_STATE_HOME'];
  const state = given && isAbsolute(given) ? given : join(home, '.local', 'state');
  return join(state, 'metaldeck', 'fleets', nameOf(site));
}

function nameOf({ host, namespace, cluster, speed }: Site): string {
  if (speed !== undefined) return `demo-${speed}`;
  const parts = LOOPBACK.test(host) ? [host, namespace, cluster] : [host, namespace];
  const readable = [host, namespace].map((part) => part.replace(/[^\w.-]+/g, '-').slice(0, 60)).join('_');
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
  return `${readable}_${hash}`;
}
