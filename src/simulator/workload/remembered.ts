/**
 * What of a cluster its Nodes of the moment do not tell: of which members each etcd was told when its file was written, and
 * who has led since when. Kept as long as somebody looks; before that it is guessed from the Nodes that are there.
 */

import { digest } from '../controllers/digest.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { containerStatus, runningSince } from './containers.ts';
import type { EtcdPast } from './etcd-past.ts';
import { PlaneVersions } from './plane-versions.ts';
import { startOf } from './pod-times.ts';
import { readyOf } from './summary.ts';

/** A member of etcd, by the name and the address of its Node. */
export interface Member {
  name: string;
  address: string | undefined;
}

/** That a Node leads, from a moment on; times are Unix time in ms. */
export interface Term {
  node: Node;
  acquired: number;
  /** How often the lead has changed until then. */
  transitions: number;
  /** When its container began, that has a new identity each time. */
  running: number;
  /** Since when nobody has heard of its Node. */
  gone?: number;
}

/** An API server, by its Node. */
export interface Server {
  host: string;
  /** Since when it has served, under whatever Node, as Kubernetes writes it. */
  since: string;
  node?: Node;
  /** What tells its process from those before it, the last one's where it is gone. */
  process: string;
  /** Since when it is gone, Unix time in ms; undefined while it is there. */
  gone?: number;
}

/** Whoever is older than its cluster by less is one of its first Nodes; ms. */
const joining = 300_000;
/** A first election, and one by a container that has begun again or after another went: so long after, at least, ms. */
const elected = 3000;
/** The first of a cluster leads so long before there is a Node, ms: by it its objects are made. */
const founded = 6500;
const over = 15_000;
/** A roll takes the last of the old Nodes so long after the last of the new ones came, about, ms. */
const last = 100_000;
/** Servers forget Events after that, ms. */
const hour = 3_600_000;

/** What is remembered of one cluster. */
export class Remembered {
  readonly #members = new Map<string, readonly Member[]>();
  readonly #terms = new Map<string, Term>();
  readonly #servers = new Map<string, Server>();
  #past: { lease: string; term: Term; until: number }[] = [];
  #next = Number.POSITIVE_INFINITY;
  /** Since when there is the cluster, Unix time in ms. */
  #born = Number.NEGATIVE_INFINITY;
  #configuration: { text: string; at: string | undefined } | undefined;
  #chart: { version: string | undefined; masters: number } | undefined;
  /** What etcd has been through, where somebody has followed it. */
  etcd: EtcdPast | undefined;
  /** When the members of etcd on Nodes were removed, by the Nodes' names: their servers lead nothing without them. */
  parted: ReadonlyMap<string, number> = new Map();
  /** Since when its control plane has which version. */
  readonly versions = new PlaneVersions();

  /**
   * When kubeadm's configuration was written anew as it is now, RFC 3339: where nobody has looked before at `rewritten`, if
   * that is known, and later with each of its changes, at `now` at the latest. Undefined of what kubeadm itself wrote.
   */
  rewritten(text: string | undefined, rewritten: string | undefined, now: string): string | undefined {
    const known = this.#configuration;
    if (text === undefined || known?.text === text) return known?.at;
    const since = known?.at ?? '';
    const changed = rewritten !== undefined && rewritten > since ? rewritten : now;
    const at = known === undefined ? rewritten : changed;
    this.#configuration = { text, at };
    return at;
  }

  /**
   * For how many masters the chart of Kube-OVN of a version was rendered: as many as were wanted then, whatever is wanted since. Until the
   * next version it is left as it is. Source: kubeovn/kube-ovn, charts/kube-ovn/templates/_helpers.tpl.
   */
  rendered(version: string | undefined, wanted: number | undefined): number | undefined {
    if (wanted !== undefined && this.#chart?.version !== version) this.#chart = { version, masters: wanted };
    return this.#chart?.masters;
  }

  /** Of which members the etcd of a Node was told, itself the last: those of its join. `plane`: the oldest first. */
  members(node: Node, plane: readonly Node[]): readonly Member[] {
    const key = uidOf(node);
    const known = this.#members.get(key);
    if (known) return known;
    const at = plane.findIndex((one) => uidOf(one) === key);
    const members = [
      ...this.#goneBefore(node),
      ...plane.slice(0, Math.max(0, at) + 1).map((one) => ({ name: one.metadata.name, address: addressOf(one) })),
    ];
    // Before a Node tells its address there is no file.
    if (members.every(({ address }) => address !== undefined)) this.#members.set(key, members);
    return members;
  }

  /**
   * The servers of a control plane, those among them that are gone: what they are known by is collected, every hour, once it was
   * not renewed for an hour. A host that serves again within that time goes on with what it was known by.
   */
  servers(plane: readonly Node[], now: number): readonly Server[] {
    const there = new Set(plane.map(({ metadata }) => metadata.name));
    for (const node of plane) {
      const { name: host, creationTimestamp: since = timestamp(now) } = node.metadata;
      const first = this.#servers.get(host)?.since ?? this.#servedSince(host, since);
      this.#servers.set(host, { host, since: first, node, process: uidOf(node) });
    }
    for (const [host, server] of this.#servers) {
      if (there.has(host)) continue;
      const { node: _node, ...gone } = { gone: now, ...server };
      const collected =
        gone.gone + hour + (Number.parseInt(digest(`${host}/${server.since}`).slice(0, 6), 16) / 2 ** 24) * hour;
      if (now >= collected) this.#servers.delete(host);
      else {
        this.#servers.set(host, gone);
        this.#next = Math.min(this.#next, collected);
      }
    }
    return [...this.#servers.values()];
  }

  /** Since when a host has served that nobody has looked at before, by what etcd has been through; `since`: its Node. */
  #servedSince(host: string, since: string): string {
    let first = Date.parse(since);
    for (const { name, removed, added } of [...(this.etcd?.members ?? [])].reverse()) {
      const isBefore = name === host && added < first && removed !== undefined && removed + hour > first;
      if (isBefore) first = added;
    }
    return first === Date.parse(since) ? since : timestamp(first);
  }

  /** Whoever was a member of etcd when a Node came, and is not any more. */
  #goneBefore({ metadata: { name, creationTimestamp = '' } }: Node): Member[] {
    const born = Date.parse(creationTimestamp);
    const members = this.etcd?.members ?? [];
    return members.filter(
      (one) => one.name !== name && one.since < born && one.removed !== undefined && one.removed > born,
    );
  }

  /** Who leads by a Lease at `now`; undefined before the first has been elected. `born`: since when there is the cluster. */
  leader(lease: string, plane: readonly Node[], born: number, now: number): Term | undefined {
    this.#born = born;
    const before = this.#terms.get(lease) ?? this.#first(lease, plane, born, now);
    const term = before && this.#follow(lease, before, plane, now);
    if (term) this.#terms.set(lease, term);
    return term;
  }

  /** Who led before, and did so within the last hour. */
  past(now: number): readonly { lease: string; term: Term }[] {
    this.#past = this.#past.filter(({ until }) => until > now - hour);
    return this.#past;
  }

  /** Whether somebody has come to lead by `now` since it was last asked for. */
  due(now: number): boolean {
    return now >= this.#next;
  }

  /** Begins a look at these Nodes: what went with others is forgotten. */
  look(nodes: readonly Node[]): void {
    const there = new Set(nodes.map(uidOf));
    for (const key of this.#members.keys()) if (!there.has(key)) this.#members.delete(key);
    this.#next = Number.POSITIVE_INFINITY;
  }

  #first(lease: string, plane: readonly Node[], born: number, now: number): Term | undefined {
    const ranked = byRun(lease, plane, now, born);
    const [oldest] = ranked;
    if (!oldest) return undefined;
    const { node, running, restarts } = oldest;
    const isFounder = Date.parse(node.metadata.creationTimestamp ?? '') - born < joining;
    if (Date.parse(node.metadata.creationTimestamp ?? '') <= born && restarts === 0) {
      const acquired = born - founded + Math.floor(spread(lease, node) / 4);
      return this.#reached(acquired, now) ? { node, acquired, running, transitions: 0 } : undefined;
    }
    const rolled = ranked.at(-1)!.running + last;
    // Whoever has begun again has led until then.
    const lost = Math.max(...ranked.map((one) => (one.restarts > 0 ? one.running : Number.NEGATIVE_INFINITY)));
    const all = ranked.reduce((sum, one) => sum + one.restarts, 0);
    const own = lost > running ? lost + elected : running + (isFounder && restarts === 0 ? founded : over);
    const acquired = (!isFounder && all === 0 && rolled <= now ? rolled : own) + spread(lease, node);
    return this.#reached(acquired, now)
      ? { node, acquired, running, transitions: (isFounder ? 0 : 3) + all }
      : undefined;
  }

  /** A leader leads on while its Node is there; when it goes, the survivor takes over that has run longest. */
  #follow(lease: string, term: Term, plane: readonly Node[], now: number): Term {
    const ranked = byRun(lease, plane, now, this.#born);
    const own = ranked.find(({ node }) => uidOf(node) === uidOf(term.node));
    const parted = own && this.#partedAt(own);
    const silent = own && (parted !== undefined || readyOf(own.node) === 'Unknown');
    if (own && !silent) {
      const kept: Term = { ...term, node: own.node };
      delete kept.gone;
      if (own.running <= term.running) return kept;
      // It has begun again, and waits until what it led by before is over.
      const acquired = own.running + over + spread(lease, own.node);
      return this.#reached(acquired, now) ? this.#change(lease, term, { ...own, acquired }) : kept;
    }
    const gone = term.gone ?? Math.max(term.acquired, Math.min(now, parted ?? ((silent && changeOf(own.node)) || now)));
    const next = ranked.find(
      (one) => one.node !== own?.node && readyOf(one.node) !== 'Unknown' && this.#partedAt(one) === undefined,
    );
    if (!next) return { ...term, gone };
    const wait = spread(lease, next.node);
    const acquired = Math.max(gone + over, next.running + elected) + wait;
    return this.#reached(acquired, now) ? this.#change(lease, term, { ...next, acquired }) : { ...term, gone };
  }

  /** When the member of etcd of a Node was removed; not one that it had when it was here before. */
  #partedAt({ node, running }: { node: Node; running: number }): number | undefined {
    const at = this.parted.get(node.metadata.name);
    return at !== undefined && at > running ? at : undefined;
  }

  #change(lease: string, before: Term, { node, running, acquired }: Omit<Term, 'transitions'>): Term {
    this.#past.push({ lease, term: before, until: acquired });
    return { node, running, acquired, transitions: before.transitions + 1 };
  }

  #reached(acquired: number, now: number): boolean {
    if (acquired > now) this.#next = Math.min(this.#next, acquired);
    return acquired <= now;
  }
}

const uidOf = ({ metadata: { uid, name } }: Node): string => uid ?? name;
const addressOf = ({ status }: Node) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
const changeOf = ({ status }: Node): number =>
  Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');

/** Everybody asks again every two seconds, and a little: up to 3 s, ms. */
const spread = (lease: string, node: Node): number =>
  Number.parseInt(digest(`${lease}/${uidOf(node)}`).slice(0, 6), 16) % 3000;

/** Since when the containers of a program have run on these Nodes, the longest first. */
function byRun(
  program: string,
  plane: readonly Node[],
  at: number,
  born: number,
): { node: Node; running: number; restarts: number }[] {
  const now = timestamp(at);
  return plane
    .map((node) => {
      const { name, creationTimestamp: since = now } = node.metadata;
      const pod = `${program}-${name}`;
      const { started } = startOf({ pod, node, since, now }, false, Date.parse(since) <= born);
      const status = containerStatus({ name: program, image: '', pod, since, now, started, ready: true });
      const running = Date.parse(runningSince(status) ?? started);
      return { node, running, restarts: Number(status['restartCount']) };
    })
    .sort((a, b) => a.running - b.running);
}
