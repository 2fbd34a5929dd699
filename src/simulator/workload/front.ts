/**
 * One HTTPS server for the APIs of all workload clusters, each under a path of its own, as Rancher and others proxy
 * them: `https://127.0.0.1:port/clusters/<name>`. A cluster is reached with its own token, or with the administrator's.
 */

import { randomBytes, randomUUID } from 'node:crypto';
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
import type { Work } from '../controllers/kubernetes/manager.ts';
import { WorkloadApi } from './api.ts';
import { workOf } from './cluster-work.ts';
import type { ClusterSettings } from './settings.ts';
import { WorkloadView } from './view.ts';
import { clusterOf, decode, groupOf, unmarked, userOf } from './visitors.ts';
import { WithoutQuorum } from './without-quorum.ts';
import { isOfNodes, isWrite } from './writes.ts';

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

interface Member {
  api: WorkloadApi;
  view: WorkloadView;
  /** Whether somebody has looked at more than Nodes: from then on what they have seen is carried on, Pod by Pod. */
  looked?: boolean;
  /** Whether it is being brought to where somebody could look. */
  begins?: boolean;
  /** From the first write on, or the first Node that comes or goes before such eyes: before it there is what the view keeps. */
  work?: Work;
  token: string;
  /** The authority that its kubeconfig trusts, in PEM, where it is one that certifies this server. */
  ca?: string;
}

/** All workload clusters of a datacenter. `serve` them; `close` in the end. */
export class Workloads {
  #options: WorkloadOptions;
  #members = new Map<string, Member>();
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
    return this.#member(cluster).api;
  }

  /** What runs in a cluster is what is wanted of it, or on its way there Pod by Pod: whether it is played so. Throws KubeError. */
  readonly isPlayed = async (cluster: string): Promise<boolean> => {
    const member = this.#members.get(cluster);
    if (!member || !this.#server) return false;
    await member.view.refresh();
    member.work?.soon();
    return member.work !== undefined;
  };

  /** Changes what a cluster is to run, for a Runtime: of one that is looked at or followed its controllers replace what is there. */
  readonly rolling = async (cluster: string, change: () => void): Promise<void> => {
    const member = this.#members.get(cluster);
    if (!member) return change();
    if (!member.looked) await this.#follow(cluster, member);
    else if (await member.view.refresh()) this.#working(cluster, member);
    change();
    if (!member.looked) return;
    await member.view.refresh();
    member.work?.soon();
  };

  /** As `of`: what a Runtime wants. */
  readonly transport = (cluster: string, program?: string): Transport => this.of(cluster).speaking(program);

  /** Takes away everything a cluster has: it was deleted. */
  async clear(cluster: string): Promise<void> {
    const member = this.#members.get(cluster);
    if (!member) return;
    member.work?.stop();
    member.work = undefined;
    member.api.hasKubelets = false;
    member.view.handOver(false);
    member.view.forget();
    member.looked = false;
    this.#watchNodes(cluster, member);
    member.api.onEviction = () => {};
    // Its Nodes go with all else, and nothing is played of them.
    member.begins = true;
    try {
      await member.api.clear();
    } finally {
      member.begins = false;
    }
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
    return { url, ca: this.#server.ca, token: this.#member(cluster).token };
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
    if (trusted) this.#member(cluster).ca = ca;
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
    const member = this.#members.get(cluster);
    if (member?.looked) member.view.soon();
  }

  /** Resolves when Kubernetes' own controllers of a cluster have looked, and have nothing to do at this moment. */
  async idle(cluster: string): Promise<void> {
    const { work } = this.#member(cluster);
    work?.soon();
    await work?.idle();
  }

  async close(): Promise<void> {
    for (const { api, view, work } of this.#members.values()) {
      work?.stop();
      view.stop();
      api.close();
    }
    this.#withoutQuorum.close();
    await this.#server?.close();
  }

  async #handle(request: ApiRequest): Promise<ApiAnswer> {
    const [, encoded, rest = '/'] = prefix.exec(request.path) ?? [];
    // `kubectl get --raw` leaves out the path of the server: there is but one cluster that such a token can mean.
    const cluster = encoded === undefined ? clusterOf(request.user) : decode(encoded);
    const path = encoded === undefined ? request.path : rest;
    const member = cluster === undefined ? undefined : this.#members.get(cluster);
    const { groups = [] } = request.user ?? {};
    const own = groups.includes(groupOf(cluster ?? '')) || groups.includes(groupOf(''));
    // Nobody in particular is a stranger wherever he asks; who is known elsewhere is not known here.
    const user = request.user && isAnonymous(request.user) && member ? request.user : own && unmarked(request.user);
    if (!user) return refuse(unauthorized());
    if (!member || cluster === undefined) return refuse(new ApiError(404, 'NotFound', 'there is no such cluster', {}));
    const told = await this.#withoutQuorum.answer(cluster, { ...request, path, user });
    if (told) return told;
    const answers = await member.view.refresh();
    // As of an address at which nothing listens: the server cuts the line.
    if (!answers || this.#options.faults.ofCluster(cluster).unreachable) throw new Error(`${cluster} is unreachable`);
    const writes = isWrite({ ...request, path });
    if (!member.looked && !isOfNodes(path)) {
      this.#look(member);
      if (member.api.hasLost) this.#working(cluster, member).soon();
    }
    // Whoever deletes a Pod waits for its end: those that bring it about are there before.
    const work = writes ? this.#working(cluster, member) : undefined;
    const answer = await member.api.api.handle({ ...request, path, user });
    this.#withoutQuorum.ends(cluster, request, answer);
    if (work) {
      work.soon();
      // What its Node alone makes comes again by itself.
      if (request.method === 'DELETE') void member.view.refresh().catch(() => {});
    }
    return answer;
  }

  /** Whom a cluster knows by what it has given him itself: the token of an account, or a certificate. */
  #account(known: (api: Api) => User | undefined): User | undefined {
    for (const [cluster, { api }] of this.#members) {
      const user = known(api.api);
      if (user) return { ...user, groups: [...(user.groups ?? []), groupOf(cluster)] };
    }
    return undefined;
  }

  /** Kubernetes' own controllers of a cluster that somebody writes to. */
  #working(cluster: string, member: Member): Work {
    if (!member.work) {
      const work = workOf({ ...this.#options, cluster, member, settings: () => this.settings(cluster) });
      member.work = work;
      member.view.onNodes = () => work.soon();
      member.api.onEviction = () => work.soon();
      member.api.hasKubelets = true;
      member.view.handOver();
    }
    return member.work;
  }

  /** A Node that comes, goes or falls silent takes Pods with it and brings others: whoever watches them sees that done by their controllers. */
  #watchNodes(cluster: string, member: Member): void {
    member.view.onNodes = (change) => {
      if (member.looked && (change !== 'modified' || member.api.hasLost)) this.#working(cluster, member).soon();
    };
    // What a release replaces is there before, and replaced by its controllers, wherever Pods are played; elsewhere it is derived.
    member.api.onRelease = async () => {
      if (!this.#server || !(member.looked || this.#options.follows?.())) return;
      if (await member.view.refresh()) this.#working(cluster, member).soon();
    };
    member.api.onReleased = () => {
      if (member.work) member.view.soon();
    };
    member.api.onRegister = () => this.#follow(cluster, member);
    // Whoever is drained next is drained of what runs there.
    member.api.onCordon = async () => {
      if (member.looked) this.#working(cluster, member).soon();
      else await this.#follow(cluster, member);
    };
  }

  /** What is there before a Node comes or goes is kept by its controllers when it does. */
  async #follow(cluster: string, member: Member): Promise<void> {
    if (member.looked || member.begins || !this.#server || !this.#options.follows?.()) return;
    // What is brought up to date now writes to Nodes itself, and must not wait for its own end.
    member.begins = true;
    try {
      const answers = await member.view.refresh();
      // Not before: the Nodes that are there do not come now.
      this.#look(member);
      // Before a cluster's first Node nobody answers, and its controllers begin with that.
      if (answers) this.#working(cluster, member).soon();
    } finally {
      member.begins = false;
    }
  }

  #look(member: Member): void {
    member.looked = true;
    member.view.watched();
  }

  #member(cluster: string): Member {
    let member = this.#members.get(cluster);
    if (!member) {
      const api = new WorkloadApi(this.#options.now, this.#options.newUid ?? randomUUID);
      const settings = () => ({ ca: this.#members.get(cluster)?.ca ?? this.#server?.ca, ...this.settings(cluster) });
      member = { api, view: new WorkloadView(api, this.#options.now, settings), token: newToken() };
      api.namespaceGrace = this.#options.namespaceGrace ?? 0;
      api.kubeletPatch = (node) => this.settings(cluster).kubeletPatch?.(node);
      this.#members.set(cluster, member);
      this.#watchNodes(cluster, member);
      this.#byToken.set(member.token, cluster);
    }
    return member;
  }
}

const newToken = (): string => randomBytes(16).toString('hex');
const refuse = (error: ApiError): ApiAnswer => ({
  status: error.code,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(error.toStatus()),
});
