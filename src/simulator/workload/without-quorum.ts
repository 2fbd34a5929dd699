/**
 * What who asks the API server of a cluster is told while its etcd has no quorum: what has to be written or read there is waited for until
 * etcd gives up, what the server knows itself is answered, and once the server is gone nobody answers. Source: k8s.io/apiserver 1.31,
 * storage/cacher (what is kept ready is so no more when the watch of etcd has ended) and etcd 3.5, etcdserver/v3_server.go.
 */

import { errorAnswer, plain } from '../api/answers.ts';
import { checksOf } from '../api/discovery/health.ts';
import { ApiError, internal } from '../api/errors.ts';
import { pathParts } from '../api/target.ts';
import type { ApiAnswer, ApiRequest } from '../api/types.ts';
import type { Faults } from '../controllers/faults.ts';
import type { Outage } from '../controllers/hosts/outages.ts';
import { minorOf } from '../controllers/kubernetes-version.ts';
import type { WorkloadApi } from './api.ts';
import { anyServes, lastAnswer } from './server-runs.ts';
import type { ClusterSettings } from './settings.ts';
import { rolesOf } from './summary.ts';

/** etcd gives up a request after so long: 5 s and two elections, ms of the client's clock. */
const etcdPatience = 7000;
/** A watch of etcd ends so long after the leader has gone, and with it those of the server, ms. */
const watchPatience = 3000;

const REVIEWS = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

/** What a server does with a request: it answers at once (`own`), with an error, or asks etcd for it (`etcd`). */
type Way = 'own' | 'etcd' | ApiAnswer;

/** Which way a request goes in a server of a minor version. */
function wayOf({ method, path, query }: Pick<ApiRequest, 'method' | 'path' | 'query'>, minor: number): Way {
  const ill = unwell(path, query, minor);
  if (ill) return ill;
  const parts = pathParts(path);
  if (!parts || REVIEWS.has(parts.group)) return 'own';
  const isKept = parts.name === undefined && method === 'GET' && !query.has('limit');
  if (minor >= 31 && (isWatch(query) || isKept)) return errorAnswer(initializing());
  return 'etcd';
}

const initializing = (): ApiError =>
  new ApiError(429, 'TooManyRequests', 'storage is (re)initializing', { details: { retryAfterSeconds: 1 } });

const isWatch = (query: URLSearchParams): boolean => ['1', 'true'].includes(query.get('watch') ?? '');

/** What the health endpoints say that look at etcd; undefined for other paths. */
function unwell(path: string, query: URLSearchParams, minor: number): ApiAnswer | undefined {
  const [, endpoint, check] = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path) ?? [];
  if (endpoint === undefined) return undefined;
  const excluded = new Set(query.getAll('exclude'));
  const fails = (name: string) => name === 'etcd' || name === 'etcd-readiness';
  if (check !== undefined)
    return fails(check) ? plain('internal server error: context deadline exceeded\n', 500) : undefined;
  const checks = checksOf(endpoint, minor);
  if (!checks.some((name) => fails(name) && !excluded.has(name))) return undefined;
  const lines = checks.map((name) => {
    if (excluded.has(name)) return `[+]${name} excluded: ok`;
    return fails(name) ? `[-]${name} failed: reason withheld` : `[+]${name} ok`;
  });
  return plain(`${lines.join('\n')}\n${endpoint} check failed\n`, 500);
}

interface Options {
  /** Unix time in ms. */
  now: () => number;
  faults: Faults;
  /** How long etcd is waited for, in ms of the wall's clock. */
  patience?: number;
  api(cluster: string): WorkloadApi;
  settings(cluster: string): Pick<ClusterSettings, 'outages' | 'silentSince'>;
}

/** Who answers for the servers of clusters while these have no quorum. */
export class WithoutQuorum {
  readonly #options: Options;
  /** What goes on once it is time, by its cluster. */
  readonly #waiting = new Map<() => void, string>();
  /** What ends answers that are still open, each with its cluster, and whether it is a watch. */
  readonly #open = new Map<() => void, { of: string; watches: boolean }>();
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
    options.faults.onCluster((cluster) => {
      if (!options.faults.ofCluster(cluster).noQuorum) this.#go(cluster);
      // What it knows of a cluster that is about to go may be gone.
      else this.#endOpen(cluster).catch(() => {});
    });
  }

  /**
   * What a cluster's server answers by itself; undefined where it has its etcd, or has it again by the time that it would have given up.
   * Throws where nobody listens.
   */
  async answer(cluster: string, request: ApiRequest): Promise<ApiAnswer | undefined> {
    const outage = this.#outage(cluster);
    if (!outage) return undefined;
    const api = this.#options.api(cluster);
    if (!this.#serves(cluster, outage)) throw new Error(`nothing listens in ${cluster}`);
    const way = wayOf(request, minorOf(api.version) ?? 33);
    if (way === 'own') return api.api.handle(request);
    if (way !== 'etcd') return way;
    await this.#wait(cluster, this.#options.patience ?? etcdPatience);
    if (this.#isClosed) throw new Error('closed');
    const now = this.#outage(cluster);
    if (now && !this.#serves(cluster, now)) throw new Error(`nothing listens in ${cluster} any more`);
    return now && errorAnswer(internal('etcdserver: request timed out'));
  }

  /** An answer that stays open may end with the quorum, as watches do, or with the server: what follows a log. */
  ends(cluster: string, { query }: Pick<ApiRequest, 'query'>, answer: ApiAnswer): void {
    const close = answer.close?.bind(answer);
    if (!close) return;
    const end = () => {
      this.#open.delete(end);
      close();
    };
    this.#open.set(end, { of: cluster, watches: isWatch(query) });
    answer.close = end;
  }

  /** Ends what waits. */
  close(): void {
    this.#isClosed = true;
    this.#go();
  }

  #outage(cluster: string): Outage | undefined {
    if (!this.#options.faults.ofCluster(cluster).noQuorum) return undefined;
    const last = this.#options.settings(cluster).outages?.at(-1);
    return last?.to === undefined ? last : undefined;
  }

  /** Whether a server of the cluster can be asked that has power. */
  #serves(cluster: string, outage: Outage): boolean {
    return anyServes(outage, this.#hosts(cluster), this.#options.now());
  }

  /** The hosts of its control plane that have power. */
  #hosts(cluster: string): string[] {
    const { silentSince } = this.#options.settings(cluster);
    const nodes = this.#options.api(cluster).api.all({ apiVersion: 'v1', kind: 'Node' });
    const hosts = nodes.filter((node) => rolesOf(node).includes('control-plane')).map(({ metadata }) => metadata.name);
    return hosts.filter((host) => silentSince?.(host) === undefined);
  }

  async #endOpen(cluster: string): Promise<void> {
    await this.#wait(cluster, Math.min(watchPatience, this.#options.patience ?? watchPatience));
    const outage = this.#outage(cluster);
    if (this.#isClosed || !outage) return;
    for (const [end, { of, watches }] of [...this.#open]) if (of === cluster && watches) end();
    const last = lastAnswer(outage, this.#hosts(cluster));
    await this.#wait(cluster, Math.max(0, last - this.#options.now()));
    if (this.#isClosed || this.#outage(cluster)?.from !== outage.from) return;
    for (const [end, { of }] of [...this.#open]) if (of === cluster) end();
  }

  /** Resolves after `ms`, or as soon as a cluster is let go. */
  #wait(cluster: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms).unref();
      this.#waiting.set(done, cluster);
    });
  }

  /** Lets those go that wait for a cluster, or for any where none is named. */
  #go(cluster?: string): void {
    for (const [done, of] of [...this.#waiting]) if (cluster === undefined || of === cluster) done();
  }
}
