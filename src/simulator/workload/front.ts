/**
 * One HTTPS server for the APIs of all workload clusters, each under a path of its own, as Rancher and others proxy
 * them: `https://127.0.0.1:port/clusters/<name>`. A cluster is reached with its own token, or with the administrator's.
 */

import { randomBytes } from 'node:crypto';
import { parse, stringify } from 'yaml';
import type { Transport } from '../../kube/types.ts';
import type { Api } from '../api/api.ts';
import { authority, fingerprintOf, isOwnAuthority } from '../api/certificate.ts';
import { ApiError, unauthorized } from '../api/errors.ts';
import { Faults as WireFaults } from '../api/faults.ts';
import { kubeconfig } from '../api/kubeconfig.ts';
import { type ApiServer, type Served, startApiServer } from '../api/server.ts';
import type { ApiAnswer, ApiRequest, User } from '../api/types.ts';
import { isAnonymous } from '../api/users.ts';
import type { Faults } from '../controllers/faults.ts';
import type { WorkloadApi } from './api.ts';
import { Member } from './member.ts';
import type { ClusterSettings } from './settings.ts';
import { clusterOf, decode, groupOf, unmarked, userOf } from './visitors.ts';
import { WithoutQuorum } from './without-quorum.ts';

const prefix = /^\/clusters\/([^/]+)(\/.*)?$/;

export interface WorkloadOptions {
  /** Unix time in ms, and how many times faster hosts come and go; 1 where left out. */
  now: () => number;
  speed?: number;
  newUid?: () => string;
  /** Clusters that are unreachable answer nobody from outside. */
  faults: Faults;
  /**
   * Whether a cluster whose Nodes come and go is played Pod by Pod from then on, before anybody looks. Never where left out:
   * what is found later is derived.
   */
  follows?: () => boolean;
  /** How long a request is kept waiting for an etcd without a quorum, in ms of the wall's clock; as etcd itself does where left out. */
  patience?: number;
  /** How long, in ms of the wall's clock, a Namespace that is going is left alone; not at all where left out. */
  namespaceGrace?: number;
  /** Told of what breaks in a cluster's own controllers; what a server refuses is told by an Event. */
  onError?: (error: unknown) => void;
}

interface Entry {
  member: Member;
  token: string;
  /** The authority that its kubeconfig trusts, in PEM, where it is one that certifies this server. */
  ca?: string;
}

/** All workload clusters of a datacenter. `serve` them; `close` in the end. */
export class Workloads {
  #options: WorkloadOptions;
  #entries = new Map<string, Entry>();
  #byToken = new Map<string, string>();
  /** Clusters by the fingerprints of their administrators' certificates. */
  #byCertificate = new Map<string, string>();
  #server: ApiServer | undefined;
  readonly #withoutQuorum: WithoutQuorum;
  /** What the management cluster knows of a cluster, by its name: for the objects that say it again. */
  settings: (cluster: string) => ClusterSettings = () => ({ tokens: [] });

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#withoutQuorum = new WithoutQuorum({
      ...options,
      api: (cluster) => this.of(cluster),
      settings: (cluster) => this.settings(cluster),
    });
  }

  /** The API of a cluster, made when it is first asked for. */
  of(cluster: string): WorkloadApi {
    return this.#entry(cluster).member.api;
  }

  /** What runs in a cluster is what is wanted of it, or on its way there Pod by Pod: whether it is played so. Throws KubeError. */
  readonly isPlayed = async (cluster: string): Promise<boolean> =>
    (await this.#entries.get(cluster)?.member.isPlayed()) ?? false;

  /** Changes what a cluster is to run, for a Runtime: of one that is looked at or followed its controllers replace what is there. */
  readonly rolling = async (cluster: string, change: () => void): Promise<void> => {
    const entry = this.#entries.get(cluster);
    return entry ? entry.member.rolls(change) : change();
  };

  /** As `of`: what a Runtime wants. */
  readonly transport = (cluster: string, program?: string): Transport => this.of(cluster).speaking(program);

  /** Takes away everything a cluster has: it was deleted. */
  async clear(cluster: string): Promise<void> {
    await this.#entries.get(cluster)?.member.clear();
  }

  /** Serves all clusters on 127.0.0.1, on any free port where none is named. `since`: when the first of them was made; now where left out. */
  async serve({
    tls,
    port,
    since = this.#options.now(),
  }: {
    tls: boolean;
    port?: number;
    since?: number;
  }): Promise<void> {
    const front: Served = {
      faults: new WireFaults(),
      addToken: (token) => this.#byToken.set(token, ''),
      userOf: (token) =>
        token !== undefined && this.#byToken.has(token)
          ? userOf(this.#byToken.get(token))
          : this.#account((api) => api.userOf(token)),
      handle: (request) => this.#handle(request),
      userOfCertificate: (fingerprint) => {
        const cluster = this.#byCertificate.get(fingerprint);
        return cluster === undefined ? this.#account((api) => api.userOfCertificate(fingerprint)) : userOf(cluster);
      },
    };
    const name = 'kubernetes';
    const own = tls ? { authority: { ...authority(name, since), name } } : {};
    this.#server = await startApiServer({ api: front, token: newToken(), tls, port, ...own });
  }

  /** Where a cluster is served and how to get in; undefined before `serve`. */
  access(cluster: string): { url: string; ca: string | undefined; token: string } | undefined {
    if (!this.#server) return undefined;
    const url = `${this.#server.url}/clusters/${encodeURIComponent(cluster)}`;
    return { url, ca: this.#server.ca, token: this.#entry(cluster).token };
  }

  /**
   * Lets whoever has a certificate into a cluster as its administrator. `ca`: the authority that its kubeconfig trusts. Says whether the
   * certificate is one, over TLS, and whether that authority certifies this server too.
   */
  welcome(
    cluster: string,
    { certificate, ca }: { certificate: string; ca: string },
  ): { known: boolean; trusted: boolean } {
    const fingerprint = this.#server?.ca === undefined ? undefined : fingerprintOf(certificate);
    if (fingerprint === undefined) return { known: false, trusted: false };
    this.#byCertificate.set(fingerprint, cluster);
    const trusted = isOwnAuthority(ca);
    if (trusted) this.#entry(cluster).ca = ca;
    return { known: true, trusted };
  }

  /** Text of an administrator's kubeconfig for a cluster; undefined before `serve`. */
  kubeconfig(cluster: string): string | undefined {
    const access = this.access(cluster);
    if (!access) return undefined;
    // As the kubeadm control plane names things, and block by block.
    const text = kubeconfig({ ...access, name: cluster, user: `${cluster}-admin` });
    return stringify(parse(text), { lineWidth: 0, indentSeq: false });
  }

  /** What the management cluster knows of a cluster has changed: whoever watches what runs there hears of it. */
  changed(cluster: string): void {
    this.#entries.get(cluster)?.member.changed();
  }

  /** Resolves when Kubernetes' own controllers of a cluster have looked, and have nothing to do at this moment. */
  async idle(cluster: string): Promise<void> {
    await this.#entry(cluster).member.idle();
  }

  async close(): Promise<void> {
    for (const { member } of this.#entries.values()) member.stop();
    this.#withoutQuorum.close();
    await this.#server?.close();
  }

  async #handle(request: ApiRequest): Promise<ApiAnswer> {
    const [, encoded, rest = '/'] = prefix.exec(request.path) ?? [];
    // `kubectl get --raw` leaves out the path of the server: there is but one cluster that such a token can mean.
    const cluster = encoded === undefined ? clusterOf(request.user) : decode(encoded);
    const path = encoded === undefined ? request.path : rest;
    const entry = cluster === undefined ? undefined : this.#entries.get(cluster);
    const { groups = [] } = request.user ?? {};
    const own = groups.includes(groupOf(cluster ?? '')) || groups.includes(groupOf(''));
    // Nobody in particular is a stranger wherever he asks; who is known elsewhere is not known here.
    const user = request.user && isAnonymous(request.user) && entry ? request.user : own && unmarked(request.user);
    if (!user) return refuse(unauthorized());
    if (!entry || cluster === undefined) return refuse(new ApiError(404, 'NotFound', 'there is no such cluster', {}));
    const asked = { ...request, path, user };
    const told = await this.#withoutQuorum.answer(cluster, asked);
    if (told) return told;
    const answer = await entry.member.handle(asked, () => !this.#options.faults.ofCluster(cluster).unreachable);
    this.#withoutQuorum.ends(cluster, asked, answer);
    return answer;
  }

  /** Whom a cluster knows by what it has given him itself: the token of an account, or a certificate. */
  #account(known: (api: Api) => User | undefined): User | undefined {
    for (const [cluster, { member }] of this.#entries) {
      const user = known(member.api.api);
      if (user) return { ...user, groups: [...(user.groups ?? []), groupOf(cluster)] };
    }
    return undefined;
  }

  #entry(cluster: string): Entry {
    let entry = this.#entries.get(cluster);
    if (!entry) {
      const member = new Member({
        ...this.#options,
        cluster,
        settings: () => ({ ca: this.#entries.get(cluster)?.ca ?? this.#server?.ca, ...this.settings(cluster) }),
        isServed: () => this.#server !== undefined,
        follows: () => this.#options.follows?.() ?? false,
      });
      entry = { member, token: newToken() };
      this.#entries.set(cluster, entry);
      this.#byToken.set(entry.token, cluster);
    }
    return entry;
  }
}

const newToken = (): string => randomBytes(16).toString('hex');
const refuse = (error: ApiError): ApiAnswer => ({
  status: error.code,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(error.toStatus()),
});
