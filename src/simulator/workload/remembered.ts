/**
 * What of a cluster its Nodes of the moment do not tell: of which members each etcd was told when its file was written, and
 * who has led since when. Kept as long as somebody looks; before that it is guessed from the Nodes that are there.
 */

import { digest } from '../controllers/digest.ts';
import type { Outage } from '../controllers/hosts/outages.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { Boots } from './boots.ts';
import { Elections, type Term } from './elections.ts';
import type { EtcdPast } from './etcd-past.ts';
import { PlaneVersions } from './plane-versions.ts';
import { runsOn } from './server-runs.ts';

/** A member of etcd, by the name and the address of its Node. */
export interface Member {
  name: string;
  address: string | undefined;
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

/** What a chart was rendered for: how many masters, and the addresses of those. */
interface Chart {
  version: string | undefined;
  masters: number | undefined;
  plane: readonly string[];
}

/** What a server was known by is collected so long after it was renewed last, at least, ms. */
const hour = 3_600_000;

/** What is remembered of one cluster. */
export class Remembered {
  readonly #members = new Map<string, readonly Member[]>();
  readonly #servers = new Map<string, Server>();
  #next = Number.POSITIVE_INFINITY;
  #configuration: { text: string; at: string | undefined } | undefined;
  #chart: Chart | undefined;
  /** What etcd has been through, where somebody has followed it. */
  etcd: EtcdPast | undefined;
  /** When the members of etcd on Nodes were removed, by the Nodes' names: their servers lead nothing without them. */
  parted: ReadonlyMap<string, number> = new Map();
  /** Who has led it. */
  readonly elections = new Elections();
  /** When its hosts were booted anew. */
  readonly boots = new Boots();
  /** When nothing could be written, and of whose kubelets nobody hears. */
  outages: readonly Outage[] = [];
  silent: (node: string) => boolean = () => false;
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
   * For how many masters the chart of Kube-OVN of a version was rendered: as many as were wanted then, whatever is wanted since; and for
   * which, by their addresses as `plane` tells them: those that were there, and who joined until there were as many. Until the next
   * version it is left as it is. Source: kubeovn/kube-ovn, charts/kube-ovn/templates/_helpers.tpl.
   */
  rendered(version: string | undefined, wanted: number | undefined, plane: readonly string[]): Chart {
    const known = this.#chart?.version === version ? this.#chart : undefined;
    const masters = known?.masters ?? wanted;
    const isWhole = known !== undefined && known.plane.length >= (masters ?? 1);
    this.#chart = {
      version,
      masters,
      plane: isWhole || plane.length < (known?.plane.length ?? 0) ? known!.plane : plane,
    };
    return this.#chart;
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
      const again =
        this.boots.ofFiles(node).length + runsOn(this.etcd, host, now).filter(({ began = now }) => began < now).length;
      this.#servers.set(host, {
        host,
        since: first,
        node,
        process: again > 0 ? `${uidOf(node)}/${again}` : uidOf(node),
      });
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
    const boots = (node: Node) => this.boots.ofFiles(node);
    const { outages, silent, parted } = this;
    return this.elections.leader(lease, { plane, born, now, boots, outages, silent, parted });
  }

  /** Something else will have changed at Unix time `at` in ms. */
  expect(at = Number.POSITIVE_INFINITY): void {
    this.#next = Math.min(this.#next, at);
  }

  /** When something changes by itself, Unix time in ms. */
  get next(): number {
    return Math.min(this.#next, this.elections.next);
  }

  /** Whether somebody has come to lead by `now` since it was last asked for. */
  due(now: number): boolean {
    return now >= this.next;
  }

  /** Begins a look at these Nodes: what went with others is forgotten. */
  look(nodes: readonly Node[]): void {
    const there = new Set(nodes.map(uidOf));
    for (const key of this.#members.keys()) if (!there.has(key)) this.#members.delete(key);
    this.#next = Number.POSITIVE_INFINITY;
    this.elections.look(nodes);
  }
}

const uidOf = ({ metadata: { uid, name } }: Node): string => uid ?? name;
const addressOf = ({ status }: Node) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
