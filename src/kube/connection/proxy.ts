import type { Tunnel } from '../http/agents.ts';
import { connectTunnel } from '../http/tunnel.ts';
import type { Env } from './load.ts';
import type { KubeCluster } from './model.ts';
import { bypassesProxy } from './noproxy.ts';
import { ConnectionProblem } from './problem.ts';

/**
 * The proxy on the way to a server: the cluster's `proxy-url`, which nothing overrides; else that of the environment
 * (`HTTPS_PROXY` for https, `HTTP_PROXY` for http, `NO_PROXY`; the lower-case names count where the upper-case ones are
 * empty).
 * @throws ConnectionProblem when the proxy's address cannot be used
 */
export function proxyFor(server: URL, cluster: KubeCluster, env: Env): URL | undefined {
  if (cluster.proxyUrl) return readProxy(cluster.proxyUrl, `proxy-url of cluster "${cluster.name}"`);
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const address = variable(env, name);
  if (!address) return undefined;
  const port = Number(server.port) || (server.protocol === 'https:' ? 443 : 80);
  if (bypassesProxy(variable(env, 'NO_PROXY'), server.hostname, port)) return undefined;
  return readProxy(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`, name);
}

/** The way through a proxy. What speaks SOCKS is loaded only now. */
export async function tunnelThrough(proxy: URL): Promise<Tunnel> {
  if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return connectTunnel(proxy);
  const { socksTunnel } = await import('./socks.ts');
  return socksTunnel(proxy);
}

const schemes = ['http:', 'https:', 'socks5:', 'socks5h:'];

/** The address is never quoted: it may hold a password. */
function readProxy(address: string, where: string): URL {
  const advice = 'correct it: http, https or socks5, as in http://proxy.example:3128';
  if (!URL.canParse(address)) throw new ConnectionProblem(`The ${where} is not an address`, advice);
  const proxy = new URL(address);
  if (!schemes.includes(proxy.protocol) || !proxy.hostname) {
    throw new ConnectionProblem(`The ${where} is not the address of a proxy that can be used`, advice);
  }
  try {
    decodeURIComponent(proxy.username + proxy.password);
  } catch {
    throw new ConnectionProblem(`The user or password in ${where} is wrongly encoded`, 'write a % in it as %25');
  }
  return proxy;
}

function variable(env: Env, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}
