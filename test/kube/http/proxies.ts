import * as http from 'node:http';
import * as https from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { listen, pem } from './server.ts';

/** An HTTP proxy that knows CONNECT, and sends every tunnel to `to`, whatever name is asked for. */
export async function connectProxy(to: { port: number }, { tls = false, password = '' } = {}) {
  const targets: string[] = [];
  const server = tls ? https.createServer({ cert: pem('server.crt'), key: pem('server.key') }) : http.createServer();
  server.on('connect', (request: http.IncomingMessage, client: Socket) => {
    targets.push(request.url ?? '');
    client.on('error', () => {});
    const given = Buffer.from(request.headers['proxy-authorization']?.split(' ')[1] ?? '', 'base64').toString();
    if (password && given !== password) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const upstream = connect(to.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  return { ...(await listen(server, tls ? 'https' : 'http')), targets };
}

/** A SOCKS5 proxy without authentication (RFC 1928), which sends everything to `to`. */
export async function socksProxy(to: { port: number }) {
  const targets: string[] = [];
  const server = createServer((client) => {
    client.once('data', () => {
      client.write(Buffer.from([5, 0]));
      client.once('data', (ask: Buffer) => {
        // Version, command, reserved, kind of address: 3 is a name, 1 an IPv4 address.
        const name = ask[3] === 3 ? ask.subarray(5, 5 + (ask[4] ?? 0)).toString() : [...ask.subarray(4, 8)].join('.');
        targets.push(`${name}:${ask.readUInt16BE(ask.length - 2)}`);
        const upstream = connect(to.port, '127.0.0.1', () => {
          client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          upstream.pipe(client).pipe(upstream);
        });
        upstream.on('error', () => client.destroy());
        client.on('close', () => upstream.destroy());
        upstream.on('close', () => client.destroy());
      });
    });
  });
  return { ...(await listen(server, 'socks5')), targets };
}
