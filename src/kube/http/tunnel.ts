import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { KubeError } from '../types.ts';
import type { Tunnel } from './agents.ts';
import { abortedError, networkError } from './errors.ts';

/**
 * A tunnel through an HTTP proxy, by its CONNECT method (RFC 9110 §9.3.6). Plain-HTTP servers go through it too, so that
 * the proxy sees no request.
 *
 * Node's own CONNECT is used and not `https-proxy-agent`: that one can neither be interrupted while the proxy is silent
 * nor does it listen for errors of a socket it has given up.
 * @param proxy `http:` or `https:`, with user and password if it asks for them
 */
export function connectTunnel(proxy: URL): Tunnel {
  return (host, port, signal) =>
    new Promise<Socket>((resolve, reject) => {
      const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      const request = (proxy.protocol === 'https:' ? https : http).request({
        method: 'CONNECT',
        host: proxy.hostname.replace(/^\[|\]$/g, ''),
        port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
        path: target,
        headers: { Host: target, ...authorization(proxy) },
        agent: false,
        signal,
      });
      request.once('connect', (response, socket: Socket, head) => {
        socket.on('error', () => {});
        if (response.statusCode !== 200) {
          socket.destroy();
          reject(refusal(proxy, target, response.statusCode ?? 0));
          return;
        }
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.on('error', (error) => {
        reject(signal.aborted ? abortedError() : networkError(error, `the proxy ${proxy.host}`, { unsent: true }));
      });
      request.end();
    });
}

function refusal(proxy: URL, target: string, status: number): KubeError {
  const text =
    status === 407
      ? proxy.username || proxy.password
        ? `the proxy ${proxy.host} does not accept the user or the password in its URL`
        : `the proxy ${proxy.host} wants a user and a password`
      : `the proxy ${proxy.host} answered ${status} instead of connecting to ${target}`;
  return new KubeError(0, 'Network', text, { cause: { unsent: true } });
}

function authorization(proxy: URL): Record<string, string> {
  if (!proxy.username && !proxy.password) return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
