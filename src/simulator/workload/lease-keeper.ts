/**
 * Keeps the Leases of a cluster as their holders do, when they are read, and for as long as somebody watches them: between the two
 * nothing runs. What somebody takes away its holder makes anew at its next turn.
 */

import type { Api } from '../api/api.ts';
import type { KubeObject } from '../api/types.ts';
import { Random } from '../controllers/random.ts';
import type { Node } from '../controllers/shapes/core.ts';
import { timestamp } from '../controllers/time.ts';
import { renewal } from './lease-times.ts';
import { decimals } from './leases.ts';
import { readyOf } from './summary.ts';

interface Wanted {
  lease: KubeObject;
  /** Whether its holder goes on renewing it. */
  live: boolean;
  /** Its holder was silent when it was looked at last. */
  silent?: boolean;
  /** When its holder renewed it because it speaks again, as Kubernetes writes it: between two of its turns. */
  spoke?: string;
  /** Since when it is gone, Unix ms, because somebody has deleted it. */
  gone?: number;
  /** When its holder made it anew, and how often the lead had changed until then. */
  again?: { at: number; uid: string; acquireTime: string; transitions: number };
}

/** One that somebody has taken away: when, Unix ms, and who held it. */
export interface Lost {
  at: number;
  holder: string;
}

const kind = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' } as const;
/** No sooner than so long after a look is the next one, ms: many Leases are renewed together. */
const pause = 100;

/** The Leases of one API, but for those that others write. */
export class LeaseKeeper {
  readonly #api: Api;
  readonly #now: () => number;
  readonly #silentSince: (node: string) => number | undefined;
  readonly #wanted = new Map<string, Wanted>();
  /** Those that others write, and somebody has taken away. */
  readonly #lost = new Map<string, Lost>();
  #follows = false;
  #timer: NodeJS.Timeout | undefined;
  #revivals = 0;

  /** `now` is Unix time in ms; so is since when the kubelet of a Node is silent, where it is and that is known. */
  constructor(api: Api, now: () => number, silentSince: (node: string) => number | undefined = () => undefined) {
    this.#api = api;
    this.#now = now;
    this.#silentSince = silentSince;
  }

  /**
   * Tells which Leases are held at this moment: those whose `renewTime` is that of the last turn of their holders go on. Those that are not
   * told any more are no longer renewed, and are taken away where `whole` says that these are all.
   */
  want(leases: readonly KubeObject[], whole = true): void {
    this.#follow();
    const now = this.#now();
    const left = new Set(this.#wanted.keys());
    for (const lease of [...leases].sort(byTurn)) {
      const key = keyOf(lease);
      left.delete(key);
      const known = this.#wanted.get(key);
      const live = lease.spec?.['renewTime'] === renewal(lease, this.#until(lease, now)).last || isFresh(lease);
      if (known && known.lease.metadata.uid === lease.metadata.uid) Object.assign(known, { lease, live });
      else {
        this.#wanted.set(key, { lease, live });
        this.#makeRoom(lease);
        this.#api.load([lease]);
      }
    }
    for (const key of left) {
      const gone = this.#wanted.get(key)!;
      gone.live = false;
      if (!whole) continue;
      this.#wanted.delete(key);
      this.#api.drop(gone.lease);
    }
    this.renew();
  }

  /** Writes what their holders have written by now. Says when the next of them does, Unix ms. */
  renew(): number {
    const { told, next } = this.due();
    this.#api.load(told);
    return next;
  }

  /** What their holders have written by now and is not there yet, each at its own moment, and when the next of them writes, Unix ms. */
  due(): { told: KubeObject[]; next: number } {
    const now = this.#now();
    let next = Number.POSITIVE_INFINITY;
    const told: KubeObject[] = [];
    for (const wanted of this.#wanted.values()) {
      if (this.#isLost(wanted.lease)) continue;
      const until = this.#until(wanted.lease, now);
      const speaks = wanted.live && until === now;
      // It cannot have renewed it while it was silent: that is the first thing that it does.
      if (speaks && wanted.silent) wanted.spoke = micros(now - 1, keyOf(wanted.lease));
      wanted.silent = !speaks;
      if (speaks) next = Math.min(next, renewal(wanted.lease, now).next);
      if (wanted.gone !== undefined) this.#revive(wanted, wanted.gone, now);
      if (wanted.gone !== undefined) continue;
      const found = this.#api.find(wanted.lease);
      const spec = forwards(specOf(wanted, until), found, now);
      if (!found || same(found.spec, spec)) continue;
      const { labels, annotations } = found.metadata;
      const { metadata } = identified(wanted);
      const kept = { ...metadata, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
      told.push({ ...wanted.lease, metadata: kept, spec });
    }
    return { told: told.sort(byTurn), next };
  }

  /** Whether it is that of a kubelet of which nobody hears any more: whoever tells which Leases are held may not know that yet. */
  #isLost({ metadata: { namespace, name } }: KubeObject): boolean {
    if (namespace !== 'kube-node-lease') return false;
    const node = this.#api.find({ apiVersion: 'v1', kind: 'Node', metadata: { name } }) as unknown as Node | undefined;
    return node !== undefined && readyOf(node) === 'Unknown';
  }

  /** Until when a Lease can have been renewed at Unix time `now` in ms: no longer than its holder speaks. */
  #until({ metadata: { namespace, name } }: KubeObject, now: number): number {
    const silent = namespace === 'kube-node-lease' ? this.#silentSince(name) : undefined;
    return Math.min(now, silent ?? now);
  }

  /** That somebody has taken away one that others write, the last time; undefined where nobody has. */
  lost(namespace: string, name: string): Lost | undefined {
    return this.#lost.get(`${namespace}/${name}`);
  }

  /** Somebody watches: `look` is called whenever one of them is due, until nobody does. */
  watched(look: () => void): void {
    if (this.#timer) return;
    const turn = () => {
      this.#timer = undefined;
      if (!this.#api.isWatched('leases')) return;
      look();
      const wait = Math.max(pause + this.#wanted.size / 10, this.renew() - this.#now());
      this.#timer = setTimeout(turn, Math.min(wait, 10_000)).unref();
    };
    this.#timer = setTimeout(turn, pause).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The cluster is no more. */
  forget(): void {
    this.stop();
    this.#timer = undefined;
    this.#wanted.clear();
  }

  #follow(): void {
    if (this.#follows) return;
    this.#follows = true;
    this.#api.follow(kind, ({ before, after }) => {
      if (after !== undefined || before === undefined) return;
      const wanted = this.#wanted.get(keyOf(before.object));
      if (wanted) wanted.gone = this.#now();
      else {
        const holder = String((before.object as KubeObject).spec?.['holderIdentity'] ?? '');
        this.#lost.set(keyOf(before.object), { at: this.#now(), holder });
      }
    });
  }

  #makeRoom(lease: KubeObject): void {
    const found = this.#api.find(lease);
    if (found && found.metadata.uid !== lease.metadata.uid) this.#api.drop(found);
    const wanted = this.#wanted.get(keyOf(lease));
    if (wanted) delete wanted.gone;
  }

  #revive(wanted: Wanted, gone: number, now: number): void {
    const { next, last } = renewal(wanted.lease, gone);
    if (!wanted.live || next > this.#until(wanted.lease, now)) return;
    delete wanted.gone;
    // Somebody else has made it meanwhile.
    if (this.#api.has(wanted.lease)) return;
    const acquireTime = renewal(wanted.lease, next).last;
    const uid = new Random('lease', keyOf(wanted.lease), last, this.#revivals++).uuid();
    wanted.again = { at: next, uid, acquireTime, transitions: Number(wanted.lease.spec?.['leaseTransitions'] ?? 0) };
    this.#api.load([{ ...identified(wanted), spec: specOf(wanted, now) }]);
  }
}

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace}/${name}`;

const turnOf = ({ spec }: KubeObject): string => String(spec?.['renewTime']);
const byTurn = (a: KubeObject, b: KubeObject): number => (turnOf(a) < turnOf(b) ? -1 : turnOf(a) > turnOf(b) ? 1 : 0);

/** Whether it was only just acquired, and not renewed yet. */
const isFresh = ({ spec }: KubeObject): boolean =>
  spec?.['acquireTime'] !== undefined && spec['acquireTime'] === spec['renewTime'];

function identified({ lease, again }: Wanted): KubeObject {
  if (!again) return lease;
  const { at, uid } = again;
  return { ...lease, metadata: { ...lease.metadata, uid, creationTimestamp: timestamp(at) } };
}

function specOf({ lease, live, again, spoke = '' }: Wanted, now: number): Record<string, unknown> {
  const { leaseTransitions, acquireTime, renewTime, ...spec } = lease.spec ?? {};
  const led =
    acquireTime === undefined
      ? {}
      : again && again.acquireTime > String(acquireTime)
        ? { leaseTransitions: 0, acquireTime: again.acquireTime }
        : { leaseTransitions: Number(leaseTransitions) - (again?.transitions ?? 0), acquireTime };
  const last = live ? renewal(lease, now).last : String(renewTime);
  // Who has just acquired it has not renewed it.
  const floor = 'acquireTime' in led ? String(led.acquireTime) : spoke;
  return { ...spec, ...led, renewTime: last > floor ? last : floor };
}

/** What a holder writes: never a time before the one that it wrote last. Whoever else has written one to come is overwritten. */
function forwards(spec: Record<string, unknown>, found: KubeObject | undefined, now: number): Record<string, unknown> {
  const renewTime = String(found?.spec?.['renewTime'] ?? '');
  const isOwn = found?.spec?.['holderIdentity'] === spec['holderIdentity'];
  const isLater = renewTime > String(spec['renewTime']) && Date.parse(renewTime) <= now;
  return isOwn && isLater ? { ...spec, renewTime } : spec;
}

/** A time with microseconds, as Kubernetes writes it. */
const micros = (ms: number, key: string): string =>
  `${new Date(ms).toISOString().slice(0, 23)}${decimals(`${key}/${ms}`, 3)}Z`;

const same = (a: object | undefined, b: Record<string, unknown>): boolean =>
  a !== undefined && Object.entries(b).every(([key, value]) => (a as Record<string, unknown>)[key] === value);
