import { EventEmitter } from 'node:events';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { proxies } from 'proxy-agent';
import type { Tunnel } from '../http/agents.ts';
import { abortedError, networkError } from '../http/errors.ts';

/** Longest time for the proxy to make the connection, in ms: the library cannot be interrupted earlier. */
const socksMs = 10_000;

/**
 * A tunnel through a SOCKS5 proxy. The proxy resolves the server's name, as with kubectl: behind a jump host, nobody
 * else can.
 */
export function socksTunnel(proxy: URL): Tunnel {
  const address = new URL(proxy.href.replace(/^socks5:/, 'socks5h:'));
  return async (host, port, signal) => {
    if (signal.aborted) throw abortedError();
    const SocksProxyAgent = await proxies.socks5h[1]();
    const agent = new SocksProxyAgent(address.href, { timeout: socksMs });
    // The agent tells the request of its steps; there is none yet, as ours begins when the socket is there.
    const nobody = Object.assign(new EventEmitter(), { destroy() {} }) as unknown as ClientRequest;
    let socket: Socket;
    try {
      socket = (await agent.connect(nobody, { host, port, secureEndpoint: false })) as Socket;
    } catch (error) {
      throw networkError(error, `the server through the proxy ${proxy.host}`, { unsent: true });
    }
    // The agent's time limit is meant for the handshake; it must not end a quiet watch.
    socket.removeAllListeners('timeout');
    socket.setTimeout(0);
    if (!signal.aborted) return socket;
    socket.on('error', () => {});
    socket.destroy();
    throw abortedError();
  };
}
