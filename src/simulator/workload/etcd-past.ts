/**
 * What the etcd of a cluster has been through: who came and went, and who led. It is followed as long as somebody looks;
 * what was before is guessed from the Nodes that are there. Source: Cluster API 1.10, controlplane/kubeadm: before a Machine
 * is deleted its member hands the lead to the newest, and it is removed once its Node has been drained.
 */

import type { Departure } from '../controllers/capi/departures.ts';
import { digest } from '../controllers/digest.ts';
import { type Outage, writable } from '../controllers/hosts/outages.ts';
import type { Node } from '../controllers/shapes/core.ts';
import type { Boot } from './boots.ts';
import { within } from './log-times.ts';
import { startOf } from './pod-times.ts';
import { readyOf } from './summary.ts';
import { make } from './system.ts';

/** A member, by its Node; times are Unix time in ms. */
export interface EtcdMember {
  id: string;
  name: string;
  address: string;
  /** When it was added, and since when it runs. */
  added: number;
  since: number;
  removed?: number;
  /** When its Node was gone: nothing runs there any more. */
  gone?: number;
  /** The tag of its image, where that is known. */
  version?: string;
}

/** That a member leads, from a moment on. */
export interface EtcdTerm {
  term: number;
  /** Who leads, and from whom it came, by their identities. */
  leader: string;
  before?: string;
  at: number;
  /** The first election of a cluster; the lead handed over; a leader that was not heard of any more; a quorum again; nobody knows. */
  cause: 'first' | 'transfer' | 'silence' | 'quorum' | 'unknown';
}

/** That there was no quorum: from when, until when, and which members were lost. */
export interface EtcdOutage extends Outage {
  lost: readonly string[];
}

export interface EtcdPast {
  /** What the cluster is known by. */
  cluster: string;
  /** All that are known, the oldest first, and terms in the order of time. */
  members: readonly EtcdMember[];
  terms: readonly EtcdTerm[];
  outages?: readonly EtcdOutage[];
  /** When hosts of members lost power, by their identities, and when they ran again; as far as that is known. */
  cuts?: ReadonlyMap<string, readonly Outage[]>;
}

export interface EtcdLook {
  /** The Nodes of the control plane. */
  plane: readonly Node[];
  /** The uid of the cluster's namespace kube-system. */
  cluster: string;
  /** Since when there is the cluster, and what time it is: Unix time in ms. */
  born: number;
  now: number;
  departures?: readonly Departure[] | undefined;
  /** When there was no quorum. */
  outages?: readonly Outage[] | undefined;
  /** Since when the kubelet of a Node says nothing, where that is known. */
  silentSince?: ((node: string) => number | undefined) | undefined;
  /** When the host of a Node was booted anew. */
  boots?: ((node: Node) => readonly Boot[]) | undefined;
}

/** Whoever is older than its cluster by less is one of its first Nodes; ms. */
const founding = 300_000;
/** After so long without a word a Node's state is unknown, about; and after so long without a word members elect anew, ms. */
const grace = 44_000;
/** So long after its Node the container of a member begins, at most, ms. */
const late = 4500;
/** Those that have gone, and terms, are remembered up to so many. */
const most = 40;

/** The past of one cluster, followed from look to look. */
export class EtcdHistory {
  #past: EtcdPast | undefined;
  /** By the uid of its Node. */
  readonly #byNode = new Map<string, EtcdMember>();

  get past(): EtcdPast | undefined {
    return this.#past;
  }

  /** Takes up which images members run, by the names of their Nodes. */
  see(images: ReadonlyMap<string, string>): void {
    for (const member of this.#byNode.values()) {
      const version = images.get(member.name);
      if (version !== undefined) member.version = version;
    }
  }

  /** Takes up what has become of the Nodes since the last look. */
  look(at: EtcdLook): EtcdPast | undefined {
    const nodes = at.plane.filter((node) => addressOf(node) !== '').sort(byAge);
    if (nodes.length === 0) return this.#past;
    if (!this.#past) {
      this.#past = guessed({ ...at, plane: nodes });
      for (const [index, node] of nodes.entries()) {
        this.#byNode.set(uidOf(node), this.#past.members.at(index - nodes.length)!);
      }
    }
    const members = [...this.#past.members];
    const terms = [...this.#past.terms];
    for (const node of nodes) {
      if (this.#byNode.has(uidOf(node))) continue;
      const member = memberOf(at.cluster, node, false);
      this.#byNode.set(uidOf(node), member);
      members.push(member);
    }
    for (const { node, asked, left } of at.departures ?? []) {
      const member = members.findLast(({ name, since }) => name === node && since < (asked ?? left ?? 0));
      if (!member) continue;
      // Whoever has come has its vote before the next one goes, however fast all that is.
      const voted = Math.max(...members.map((one) => (one.since < (left ?? asked ?? 0) + late ? promotedOf(one) : 0)));
      if (asked !== undefined) handOver(terms, members, member, Math.max(asked, voted + 250));
      if (left === undefined || member.removed !== undefined) continue;
      member.removed = Math.max(left, voted + 400);
      handOver(terms, members, member, member.removed);
    }
    const there = new Set(nodes.map(uidOf));
    for (const [uid, member] of this.#byNode) {
      if (there.has(uid)) continue;
      this.#byNode.delete(uid);
      member.gone = at.now;
      // Nobody saw it go.
      if (member.removed !== undefined) continue;
      handOver(terms, members, member, at.now);
      member.removed = at.now;
    }
    this.#elect(terms, nodes, at);
    const outages = this.#outages(terms, nodes, at);
    this.#past = { cluster: at.cluster, members: members.slice(-most), terms: terms.slice(-most), outages };
    this.#past.cuts = new Map(nodes.map((node) => [this.#byNode.get(uidOf(node))!.id, cutsOf(node, at)]));
    return this.#past;
  }

  /** Members that no longer hear of their leader elect another, where they are enough. */
  #elect(terms: EtcdTerm[], nodes: readonly Node[], { silentSince, outages = [] }: EtcdLook): void {
    const last = terms.at(-1)!;
    const of = (node: Node) => this.#byNode.get(uidOf(node))!;
    const silent = nodes.find((node) => of(node).id === last.leader && readyOf(node) === 'Unknown');
    const left = nodes.filter((node) => readyOf(node) !== 'Unknown' && of(node).removed === undefined);
    if (!silent || left.length * 2 <= nodes.length) return;
    const since = silentSince?.(silent.metadata.name);
    const at = Math.max(
      last.at + 1,
      since === undefined ? changeOf(silent) - grace : since + 1100 + share(last.leader, 800),
    );
    // Where they are too few nobody is elected.
    if (writable(at, outages) !== at) return;
    const next = of(left[share(`${last.leader}/${at}`, left.length)]!);
    terms.push({ ...{ term: last.term + 1, leader: next.id, before: last.leader, at }, cause: 'silence' });
  }

  /** When they were too few; as soon as they are enough again, who was there all the time is elected: it has what the others lack. */
  #outages(terms: EtcdTerm[], nodes: readonly Node[], { outages = [], silentSince, boots }: EtcdLook): EtcdOutage[] {
    return outages.map((outage): EtcdOutage => {
      const { from, to } = outage;
      const known = this.#past?.outages?.find((one) => one.from === from && one.to !== undefined);
      if (known) return known;
      const isLost = (node: Node) =>
        silentSince?.(node.metadata.name) !== undefined || boots?.(node).some(({ booted }) => booted >= from) === true;
      const of = (node: Node) => this.#byNode.get(uidOf(node))!;
      const lost = nodes.filter(isLost).map((node) => of(node).id);
      const next = nodes.find((node) => !isLost(node) && of(node).removed === undefined);
      const last = terms.at(-1)!;
      if (to !== undefined && next) {
        const at = Math.max(last.at + 1, to - 500);
        terms.push({ ...{ term: last.term + 1, leader: of(next).id, before: last.leader, at }, cause: 'quorum' });
      }
      return { ...outage, lost };
    });
  }
}

/** When the host of a Node lost power, and ran again. */
function cutsOf(node: Node, { silentSince, boots }: EtcdLook): Outage[] {
  const from = readyOf(node) === 'Unknown' ? silentSince?.(node.metadata.name) : undefined;
  const over = (boots?.(node) ?? []).map(({ cut, began }) => ({ from: cut, to: began }));
  return from === undefined ? over : [...over, { from }];
}

/** The past as far as the Nodes and those that went tell it: `plane` is what there is. */
export function guessed({ plane, cluster, born, now, departures = [] }: EtcdLook): EtcdPast {
  const nodes = [...plane].sort(byAge);
  const isFounder = (node: Node) => bornOf(node) - born < founding;
  const gone = departures.flatMap(({ node, machine, left }): EtcdMember[] => {
    const same = nodes.find(({ metadata }) => metadata.name === node);
    if (left === undefined || (same && bornOf(same) < left)) return [];
    const address = same ? addressOf(same) : '';
    // Its host is cleaned at once.
    return [
      { id: identity(`${cluster}/${machine}`), name: node, address, added: born, since: born, gone: left + 3000 },
    ];
  });
  const members = [...gone, ...nodes.map((node, at) => memberOf(cluster, node, at === 0 && isFounder(node)))];
  const first = members[0]!;
  if (gone.length > 0) return { cluster, members, terms: [{ term: 2, leader: first.id, at: born, cause: 'unknown' }] };
  if (isFounder(nodes[0]!)) {
    const at = first.since + 1100 + share(`${cluster}/first`, 700);
    return { cluster, members, terms: [{ term: 2, leader: first.id, at, cause: 'first' }] };
  }
  // A roll leaves the lead with the first of the new ones.
  const at = Math.min(now, first.since + 90_000);
  const term = 3 + share(`${cluster}/term`, 4);
  const before = identity(`${cluster}/before`);
  const known: EtcdTerm = { term, leader: first.id, at, cause: 'unknown' };
  return { cluster, members, terms: [{ ...known, term: term - 1, leader: before, at: 0 }, known] };
}

/** Who led at a moment. */
export const termAt = ({ terms }: EtcdPast, at: number): EtcdTerm =>
  terms.findLast((term) => term.at <= at) ?? terms[0]!;

/** Who has a vote at a moment: whoever has just come learns first. */
export const votersAt = ({ members }: EtcdPast, at: number): EtcdMember[] =>
  members.filter((member) => promotedOf(member) <= at && !(member.removed !== undefined && member.removed <= at));

/** When a member got its vote. */
export const promotedOf = ({ id, added, since }: EtcdMember): number =>
  added >= since ? since : since + 900 + share(`${id}/promoted`, 1500);

/** The lead goes to the newest of those that stay, where it is with one that is about to go. */
function handOver(terms: EtcdTerm[], members: readonly EtcdMember[], from: EtcdMember, by: number): void {
  const last = terms.at(-1)!;
  if (last.leader !== from.id) return;
  const at = Math.max(last.at + 1, by - 90 - share(`${from.id}/moved`, 60));
  const stay = members.filter(
    (one) => one !== from && one.since < at && !(one.removed !== undefined && one.removed <= at),
  );
  const next = stay.at(-1);
  if (next) terms.push({ ...{ term: last.term + 1, leader: next.id, before: from.id, at }, cause: 'transfer' });
}

/** `founds`: it begins the cluster, and is added by nobody. */
function memberOf(cluster: string, node: Node, founds: boolean): EtcdMember {
  const { name, creationTimestamp: born = '' } = node.metadata;
  const since = sinceOf(node, founds);
  return {
    ...{ id: identity(`${cluster}/${name}/${born}`), name, address: addressOf(node), since },
    added: founds ? since : since - 1200 - share(`${name}/${born}/added`, 1400),
  };
}

/** When the container of its etcd began: as its log says it. */
function sinceOf(node: Node, founds: boolean): number {
  const { name, creationTimestamp: since = '' } = node.metadata;
  const pod = `etcd-${name}`;
  const { started } = startOf({ pod, node, since, now: since }, false, founds);
  const { uid } = make('v1', 'Pod', 'kube-system', pod, since, {}).metadata;
  return Date.parse(started) + within(`${uid}/etcd/${Date.parse(started)}`);
}

/** Sixteen digits at most, as etcd writes them: without zeros in front. */
export const identity = (of: string): string => digest(of).slice(0, 16).replace(/^0+/, '');

const share = (of: string, below: number): number => Number.parseInt(digest(of).slice(0, 8), 16) % below;
const uidOf = ({ metadata: { uid, name } }: Node): string => uid ?? name;
const bornOf = ({ metadata }: Node): number => Date.parse(metadata.creationTimestamp ?? '');
const byAge = (a: Node, b: Node): number => bornOf(a) - bornOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
const addressOf = ({ status }: Node): string =>
  status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
const changeOf = ({ status }: Node): number =>
  Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');
