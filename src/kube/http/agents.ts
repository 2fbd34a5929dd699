import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls';
import { KubeError } from '../types.ts';
import type { Credentials } from './credentials.ts';

/** How to know the server; nothing of who we are. */
export interface ServerTrust {
  /** PEM of the authorities to trust. Without it, those Node trusts. */
  ca?: string | Buffer | (string | Buffer)[];
  /** False takes any certificate. */
  rejectUnauthorized?: boolean;
  /** The name to send and to expect, when it is not the host of the URL. */
  servername?: string;
}

/**
 * Opens a raw connection to `host:port` by way of a proxy. Throws KubeError. `signal` aborts when nobody waits any more.
 */
export type Tunnel = (host: string, port: number, signal: AbortSignal) => Promise<Socket>;

/** What a request passes to the agent beside Node's own options: it reaches `createConnection` unchanged. */
export interface DialOptions {
  dialSignal?: AbortSignal;
}

/** The two ways to a socket. */
export interface Agents {
  /** Keeps connections and hands them to the next request. */
  readonly kept: http.Agent;
  /** A new connection for each request, closed after it. */
  readonly fresh: http.Agent;
}

interface Options {
  secure: boolean;
  trust?: ServerTrust;
  tunnel?: Tunnel;
  /** How many unused connections are kept. */
  maxIdle: number;
}

/**
 * TCP keep-alive, in ms: a single connection that died in silence (a NAT or a firewall forgot it) is found after
 * 5 + 3 x 3 = 14 s, which no probe on a fresh connection could do, and costs the API server nothing. An older
 * Node ignores the last two and probes each second, ten times: 15 s.
 */
const keepAliveMs = 5_000;
const keepAliveIntervalMs = 3_000;
const keepAliveCount = 3;
/** An unused connection is closed after this; API servers close theirs after 90 s, balancers often after 60. */
const unusedMs = 50_000;

/**
 * The connections to one server. They belong to one client certificate at a time: when the credentials bring another,
 * later requests get new agents, and the connections made with the old one close as soon as their request is done.
 */
export class Connections {
  readonly #options: Options;
  readonly #sockets = new Set<Socket>();
  #current?: { cert?: string; key?: string; agents: Agents };

  constructor(options: Options) {
    this.#options = options;
  }

  /** How many sockets are open or being opened. */
  get open(): number {
    return this.#sockets.size;
  }

  /** The agents for these credentials. Throws KubeError `Credentials` when certificate and key cannot be used. */
  agents({ cert, key }: Credentials): Agents {
    const current = this.#current;
    if (current && current.cert === cert && current.key === key) return current.agents;
    const agents = this.#create(cert, key);
    if (current) retire(current.agents.kept);
    this.#current = { cert, key, agents };
    return agents;
  }

  /** Closes the unused connections: when one is found dead, its idle siblings are under suspicion. */
  dropIdle(): void {
    for (const sockets of Object.values(this.#current?.agents.kept.freeSockets ?? {})) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  /** Destroys every socket. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#current = undefined;
  }

  #create(cert?: string, key?: string): Agents {
    const { secure, trust, maxIdle } = this.#options;
    const tls = secure
      ? {
          secureContext: secureContext(trust, cert, key),
          rejectUnauthorized: trust?.rejectUnauthorized ?? true,
          ...(trust?.servername ? expected(trust.servername) : {}),
        }
      : {};
    const kept = { keepAlive: true, keepAliveMsecs: keepAliveMs, maxFreeSockets: maxIdle, timeout: unusedMs };
    const make = (options: https.AgentOptions) => (secure ? new https.Agent(options) : new http.Agent(options));
    return {
      kept: this.#dialing(make({ ...tls, ...kept })),
      fresh: this.#dialing(make({ ...tls, keepAlive: false })),
    };
  }

  /** Lets the agent connect through the tunnel, if there is one, and keeps track of every socket it opens. */
  #dialing(agent: http.Agent): http.Agent {
    const { tunnel, secure } = this.#options;
    const direct = agent.createConnection.bind(agent) as (options: object) => Socket;
    agent.createConnection = (options, done) => {
      if (!tunnel) return this.#track(direct(options));
      const { dialSignal = new AbortController().signal } = options as DialOptions;
      tunnel(String(options.host), Number(options.port), dialSignal)
        .then((raw) => {
          this.#track(raw);
          return secure ? this.#track(direct({ ...options, socket: raw })) : raw;
        })
        .then(
          (socket) => done?.(null, socket),
          (error) => done?.(error, undefined as never),
        );
      return undefined;
    };
    return agent;
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs, keepAliveIntervalMs, keepAliveCount);
    socket.once('close', () => this.#sockets.delete(socket));
    // The request hears of an error by itself; this keeps one that comes when nobody listens from ending the process.
    socket.on('error', () => {});
    return socket;
  }
}

function secureContext(trust: ServerTrust | undefined, cert?: string, key?: string): SecureContext {
  try {
    return createSecureContext({ ca: trust?.ca, cert, key });
  } catch (error) {
    const { code } = error as { code?: string };
    throw new KubeError(0, 'Credentials', 'the client certificate or its key cannot be used', { cause: { code } });
  }
}

/** Connections in use finish their request; none is kept afterwards. */
function retire(agent: http.Agent): void {
  (agent as http.Agent & { keepAlive: boolean }).keepAlive = false;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

/** The name to send and to expect. An address is only expected: RFC 6066 has names alone sent, and Node warns of others. */
function expected(servername: string): https.AgentOptions {
  if (!isIP(servername)) return { servername };
  return {
    servername: '',
    checkServerIdentity: (_host: string, certificate: PeerCertificate) => checkServerIdentity(servername, certificate),
  };
}
