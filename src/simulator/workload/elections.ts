/**
 * Who of a control plane has led by which Lease, from its beginning: the one story that its Leases, the restarts of its Pods, their logs
 * and Events tell. What was before the first look is guessed from the Nodes that are there, and from then on followed. Source:
 * client-go, tools/leaderelection: a leader that could not renew its Lease for ten seconds ends, and after fifteen another has it.
 */

import { digest } from '../controllers/digest.ts';
import { type Outage, writable } from '../controllers/hosts/outages.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import type { Boot } from './boots.ts';
import { begunAgain } from './containers.ts';
import { startOf } from './pod-times.ts';
import { readyOf } from './summary.ts';

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

/** The Nodes of a control plane at Unix time `now` in ms; `born`: since when there is the cluster. */
export interface Plane {
  plane: readonly Node[];
  born: number;
  now: number;
  /** When the members of etcd on Nodes were removed, by the Nodes' names: their servers lead nothing without them. */
  parted: ReadonlyMap<string, number>;
  /** When hosts were booted anew, and all that ran there with them; never where left out. */
  boots?: (node: Node) => readonly Boot[];
  /** When nothing could be written; never where left out. */
  outages?: readonly Outage[];
  /** Whether nobody hears of the kubelet of a Node; as the Node says where left out. */
  silent?: (node: string) => boolean;
}

interface Running {
  node: Node;
  /** When its container began the last time, Unix time in ms. */
  running: number;
}

/** Whoever is older than its cluster by less is one of its first Nodes; ms. */
const joining = 300_000;
/** A first election, and one by a container that has begun again or after another went: so long after, at least, ms. */
const elected = 3000;
/** The first of a cluster leads so long before there is a Node, ms: by it its objects are made. */
const founded = 6500;
const over = 15_000;
/** Whoever has ended asks again and waits until nobody has renewed what it led by, ms. Others have waited since it was renewed last. */
const again = 17_000;
const afterEnd = 4000;
/** A leader tries for so long to renew its Lease, ms. */
const renewing = 10_000;
/** A roll takes the last of the old Nodes so long after the last of the new ones came, about, ms. */
const last = 100_000;
/** Servers forget Events after that, ms. */
const hour = 3_600_000;
const day = 24 * hour;
/** A leader is disturbed after so many days, at least and at most. */
const quiet = { least: 4, most: 44 };
/** So many terms of each Lease are remembered. */
const most = 60;

/** The elections of one control plane. */
export class Elections {
  readonly #terms = new Map<string, readonly Term[]>();
  /** When containers ended because they led no more, by Lease and Node; Unix times in ms. */
  readonly #ends = new Map<string, number[]>();
  #next = Number.POSITIVE_INFINITY;

  /** When somebody will have come to lead that was not told of since the last `look`, Unix time in ms. */
  get next(): number {
    return this.#next;
  }

  /** Begins a look at these Nodes: what went with others is forgotten. */
  look(nodes: readonly Node[]): void {
    const there = new Set(nodes.map(uidOf));
    for (const key of this.#ends.keys()) if (!there.has(key.slice(key.indexOf('/') + 1))) this.#ends.delete(key);
    this.#next = Number.POSITIVE_INFINITY;
  }

  /** Who leads by a Lease; undefined before the first has been elected. */
  leader(lease: string, at: Plane): Term | undefined {
    const known = this.#terms.get(lease) ?? this.#before(lease, at);
    const before = known.at(-1);
    const term = before && this.#follow(lease, before, at);
    if (!term) return undefined;
    // A term that goes on takes its own place.
    const isNew = term.acquired !== before.acquired || term.running !== before.running;
    this.#terms.set(lease, [...(isNew ? known : known.slice(0, -1)), term].slice(-most));
    return term;
  }

  /** Who has led by a Lease, in order, whoever does so now the last. */
  terms(lease: string): readonly Term[] {
    return this.#terms.get(lease) ?? [];
  }

  /** Who led before, and did so within the last hour. */
  past(now: number): { lease: string; term: Term }[] {
    return [...this.#terms].flatMap(([lease, terms]) =>
      terms.flatMap((term, index) => ((terms[index + 1]?.acquired ?? 0) > now - hour ? [{ lease, term }] : [])),
    );
  }

  /** When the container of a program on a Node ended, each time, Unix times in ms: because it led by that Lease, and could not any more. */
  ends(lease: string, node: Node): readonly number[] {
    return this.#ends.get(`${lease}/${uidOf(node)}`) ?? [];
  }

  /** Who led until now as far as the Nodes that are there can tell: leaders that were disturbed ended, and others took over. */
  #before(lease: string, at: Plane): Term[] {
    const first = this.#first(lease, at);
    const terms = first ? [first] : [];
    for (let term = first; term; ) {
      const lost = disturbed(lease, term);
      // Nothing has happened lately that Events would tell of.
      if (lost > at.now - day || leaves({ ...at, ...term }) < lost + 60_000) break;
      const ends = [...this.ends(lease, term.node), lost];
      this.#ends.set(`${lease}/${uidOf(term.node)}`, ends);
      const others = this.#byRun(lease, at).filter(
        (one) => one.node !== term!.node && one.running + over < lost && leaves({ ...at, ...one }) > lost + 60_000,
      );
      const drawn = ({ node }: Running) => share(`${lease}/${uidOf(node)}/${lost}`);
      const [other] = others.sort((a, b) => drawn(a) - drawn(b));
      const running = other?.running ?? begunAgain(lost, ends.length);
      const { node } = other ?? term;
      const acquired = (other ? lost + afterEnd : running + again) + spread(lease, node);
      term = { node, running, acquired, transitions: term.transitions + 1 };
      terms.push(term);
    }
    return terms;
  }

  #first(lease: string, at: Plane): Term | undefined {
    const { born, now } = at;
    const ranked = this.#byRun(lease, at);
    const [oldest] = ranked;
    if (!oldest) return undefined;
    const { node, running } = oldest;
    const joined = Date.parse(node.metadata.creationTimestamp ?? '');
    const isFounder = joined - born < joining;
    if (joined <= born) {
      const acquired = born - founded + Math.floor(spread(lease, node) / 4);
      return this.#reached(acquired, now) ? { node, acquired, running, transitions: 0 } : undefined;
    }
    const rolled = ranked.at(-1)!.running + last;
    const own = running + (isFounder ? founded : over);
    const acquired = (!isFounder && rolled <= now ? rolled : own) + spread(lease, node);
    return this.#reached(acquired, now) ? { node, acquired, running, transitions: isFounder ? 0 : 3 } : undefined;
  }

  /** A leader leads on while its Node is there; when it goes, the survivor takes over that has run longest. */
  #follow(lease: string, term: Term, at: Plane): Term {
    const { now, outages = [], boots } = at;
    const isSilent = (node: Node) => readyOf(node) === 'Unknown' || at.silent?.(node.metadata.name) === true;
    const failed = this.#failed(lease, term, at);
    const ranked = this.#byRun(lease, at);
    const own = ranked.find(({ node }) => uidOf(node) === uidOf(term.node));
    const parted = own && partedAt(own, at);
    const silent = own && (parted !== undefined || readyOf(own.node) === 'Unknown');
    // Another process has another identity: it does not go on with what the one before it led by.
    const cut = own && own.running > term.running + 1000 ? boots?.(own.node).at(-1)?.cut : undefined;
    const ended = failed ?? cut;
    if (own && !silent && ended === undefined) {
      const kept: Term = { ...term, node: own.node };
      delete kept.gone;
      return kept;
    }
    const left = ended ?? parted ?? ((silent && changeOf(own.node)) || now);
    const gone = term.gone ?? Math.max(term.acquired, Math.min(now, left));
    const isOther = ({ node }: Running) => ended !== undefined || node !== own?.node;
    const next = ranked.find((one) => isOther(one) && !isSilent(one.node) && partedAt(one, at) === undefined);
    if (!next) return { ...term, gone };
    const due = Math.max(gone + over, next.running + elected);
    // Whoever waits tries again as soon as somebody answers.
    const acquired = writable(due, outages) + spread(lease, next.node) + (due === writable(due, outages) ? 0 : 900);
    if (!this.#reached(acquired, now)) return { ...term, gone };
    return { node: next.node, running: next.running, acquired, transitions: term.transitions + 1 };
  }

  /** When a leader could renew no more for want of a quorum, and its container ended where its host had power; undefined where it could. */
  #failed(lease: string, { node, acquired }: Term, { now, outages = [], boots, silent }: Plane): number | undefined {
    const outage = outages.find(({ from, to = now }) => acquired < from && to - from > renewing);
    if (!outage) return undefined;
    const end = Math.floor((outage.from + renewing) / 1000) * 1000;
    const key = `${lease}/${uidOf(node)}`;
    const known = this.#ends.get(key) ?? [];
    const isOff = silent?.(node.metadata.name) || boots?.(node).some(({ booted }) => booted > outage.from);
    if (!isOff && !known.includes(end)) this.#ends.set(key, [...known, end]);
    return outage.from;
  }

  #reached(acquired: number, now: number): boolean {
    if (acquired > now) this.#next = Math.min(this.#next, acquired);
    return acquired <= now;
  }

  /** Since when the containers of a program have run on these Nodes, the longest first. */
  #byRun(lease: string, { plane, now, born, boots }: Plane): Running[] {
    return plane
      .map((node) => {
        const { name, creationTimestamp: since = timestamp(now) } = node.metadata;
        const place = { pod: `${lease}-${name}`, node, since, now: timestamp(now) };
        const ends = this.ends(lease, node);
        const { started } = startOf(place, false, Date.parse(since) <= born);
        const running = ends.length > 0 ? begunAgain(ends.at(-1)!, ends.length) : Date.parse(started);
        return { node, running: Math.max(running, boots?.(node).at(-1)?.booted ?? running) };
      })
      .sort((a, b) => a.running - b.running);
  }
}

const uidOf = ({ metadata: { uid, name } }: Node): string => uid ?? name;
const changeOf = ({ status }: Node): number =>
  Date.parse(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');

/** When the member of etcd of a Node was removed; not one that it had when it was here before. */
function partedAt({ node, running }: Running, { parted }: Pick<Plane, 'parted'>): number | undefined {
  const at = parted.get(node.metadata.name);
  return at !== undefined && at > running ? at : undefined;
}

/** When a Node could lead no more: its member of etcd was removed, or nobody heard of it; never, of one that is well. */
function leaves({ node, running, parted }: Running & Pick<Plane, 'parted'>): number {
  const silent = readyOf(node) === 'Unknown' ? changeOf(node) : Number.NaN;
  return partedAt({ node, running }, { parted }) ?? (Number.isNaN(silent) ? Number.POSITIVE_INFINITY : silent);
}

/** A number from 0 up to 1: the same for the same text. */
const share = (of: string): number => Number.parseInt(digest(of).slice(0, 12), 16) / 2 ** 48;

/** When a leader could not renew its Lease for ten seconds, in whole seconds as its kubelet tells them. */
function disturbed(lease: string, { node, acquired }: Term): number {
  const days = quiet.least + share(`${lease}/${uidOf(node)}/${acquired}`) * (quiet.most - quiet.least);
  return Math.floor((acquired + days * day) / 1000) * 1000;
}

/** Everybody asks again every two seconds, and a little: up to 3 s, ms. */
const spread = (lease: string, node: Node): number =>
  Number.parseInt(digest(`${lease}/${uidOf(node)}`).slice(0, 6), 16) % 3000;
