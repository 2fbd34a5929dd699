/**
 * The Lease by which one of several controllers of Kube-OVN leads: kube-ovn/cmd/controller, client-go/tools/leaderelection. It is brought
 * up to date when it is read. Who ends in order gives it back; of one that falls silent the others wait until it has run out. Its program
 * tells no Events of that: nobody takes up what it records.
 */

import type { Api } from '../../api/api.ts';
import type { KubeObject } from '../../api/types.ts';
import { type Outage, writable } from '../../controllers/hosts/outages.ts';
import { Random } from '../../controllers/random.ts';
import { timestamp } from '../../controllers/time.ts';
import type { Lost } from '../lease-keeper.ts';
import { decimals, within } from '../leases.ts';
import { make } from '../system.ts';
import { type Candidate, candidates, name, namespace, type Seen } from './candidates.ts';
import { joinAddress } from './network.ts';

/** Its network has to be asked for first, ms; how long others wait for one that is silent, and how often it says so, s. */
export const asks = 1900;
const duration = 30;
const pace = 6;
/** Whoever waits tries again after this at most: the first of them does sooner, ms. */
const tries = 9600;
/** A Deployment's first Pods come so soon after it, ms. */
const first = 600_000;

/** Who leads, or that nobody does: `holder` is empty then. Times are Unix time in ms. */
interface Term {
  holder: string;
  acquired: number;
  transitions: number;
}

/**
 * The Lease as it is at Unix time `now` in ms, where that has changed; nothing while no controller leads. `lost`: that somebody has taken
 * it away, where that was.
 */
export function ovnLease(seen: Seen, now: number, lost?: Lost): KubeObject[] {
  const known = seen.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } });
  const all = candidates(seen);
  if (!known) return begun(seen, all, now, lost);
  const told = Date.parse(String(known.spec?.['renewTime'] ?? 0));
  const before: Term = {
    holder: String(known.spec?.['holderIdentity'] ?? ''),
    acquired: Date.parse(String(known.spec?.['acquireTime'] ?? '')),
    transitions: Number(known.spec?.['leaseTransitions'] ?? 0),
  };
  const term = followed(before, all, now, told, seen.outages);
  if (term !== before) return [{ ...known, spec: specOf(term, now) }];
  const own = runOf(term, all);
  if (!own || (own.ends !== undefined && own.ends <= now) || now - told < pace * 1000) return [];
  return [{ ...known, spec: { ...known.spec, renewTime: within(timestamp(now), `${name}/${term.holder}`) } }];
}

/** The Lease of a cluster of which none is known. */
function begun(seen: Seen, all: readonly Candidate[], now: number, lost: Lost | undefined): KubeObject[] {
  const running = all.filter(({ ends }) => ends === undefined || ends > now);
  const [next] = running;
  const holds = lost && (running.find(({ holder }) => holder === lost.holder) ?? next);
  if (holds && lost.at > holds.since) return anew(holds.holder, lost.at, now);
  const [oldest] = all;
  if (!oldest || !next) return [];
  const deployment = seen.find({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace } });
  const made = Date.parse(deployment?.metadata.creationTimestamp ?? '') || oldest.since;
  const start = foundation(all, made);
  const term = followed(start, all, now, start.acquired, seen.outages);
  if (term.acquired > now) return [];
  const born = start.transitions > 0 ? made + 60_000 : start.acquired;
  return [make('coordination.k8s.io/v1', 'Lease', namespace, name, timestamp(born), { spec: specOf(term, now) })];
}

/** Who led first of those that are known: the one that began first. Where it is much younger than its Deployment others led before it. */
function foundation(all: readonly Candidate[], made: number): Term {
  const { holder, since } = all[0]!;
  if (since - made <= first) return { holder, acquired: since + asks, transitions: 0 };
  const drawn = new Random('ovn lease', holder, 'came after others');
  // The last of those before it went before the last of those that came did.
  const last = all.at(-1)!.since - drawn.integer(420_000, 900_000);
  return { holder, acquired: Math.max(since + asks, last), transitions: all.length > 1 ? 2 : 1 };
}

/** Who leads at `now` after one of them did, that renewed its Lease at `told` last. */
function followed(
  before: Term,
  all: readonly Candidate[],
  now: number,
  told: number,
  outages: readonly Outage[] = [],
): Term {
  let term = before;
  let last = told;
  for (;;) {
    const own = runOf(term, all);
    if (own && !(own.ends !== undefined && own.ends <= now)) return term;
    const isFree = term.holder === '';
    const ends = isFree ? term.acquired : (own?.ends ?? last);
    const isSilent = !isFree && (own === undefined || own.silent === true);
    const free = isSilent ? Math.max(ends, last) + duration * 1000 : ends;
    const next = taker(all, term.holder, free, outages);
    if (next && next.at <= now) {
      term = { holder: next.holder, acquired: next.at, transitions: term.transitions + 1 };
      last = next.at;
    } else return isFree || isSilent ? term : { holder: '', acquired: free, transitions: term.transitions };
  }
}

/** The run of who leads in which it came to do so: its Pod may have begun another since. */
function runOf({ holder, acquired }: Term, all: readonly Candidate[]): Candidate | undefined {
  const own = all.filter((one) => one.holder === holder);
  return own.filter(({ since }) => since <= acquired).at(-1) ?? own.at(-1);
}

/** Who of those that wait is the first to try once the Lease is `free`, and when. */
function taker(
  all: readonly Candidate[],
  last: string,
  free: number,
  outages: readonly Outage[],
): { holder: string; at: number } | undefined {
  return all
    .flatMap(({ holder, since, ends = Number.POSITIVE_INFINITY }) => {
      if (holder === last) return [];
      const begins = since + asks;
      const drawn = new Random('ovn lease', holder, String(free)).integer(100, tries);
      const wished = begins > free ? begins : free + drawn;
      const back = writable(wished, outages);
      // Whoever has waited for an answer tries at once when there is one.
      const at = back === wished ? wished : back + Math.floor(drawn / 6);
      return at < ends ? [{ holder, at }] : [];
    })
    .sort((a, b) => a.at - b.at)[0];
}

/** What client-go writes of it: one that is given back names nobody, and is over in a second. */
function specOf({ holder, acquired, transitions }: Term, now: number): Record<string, unknown> {
  const at = new Date(acquired).toISOString().slice(0, 23);
  const acquireTime = `${at}${decimals(`${name}/${holder}/${acquired}`, 3)}Z`;
  const isNew = holder === '' || now - acquired < pace * 1000;
  return {
    holderIdentity: holder,
    leaseDurationSeconds: holder === '' ? 1 : duration,
    leaseTransitions: transitions,
    acquireTime,
    renewTime: isNew ? acquireTime : within(timestamp(now), `${name}/${holder}`),
  };
}

/**
 * The addresses of the Nodes that went while the controller led that leads at Unix time `now` in ms: it has them on its list of released
 * ones. The next leader makes its lists anew, of what is in use. Source: kubeovn/kube-ovn, pkg/ipam/subnet.go and pkg/controller/init.go.
 */
export function releasedAddresses(api: Pick<Api, 'all' | 'find' | 'removed'>, now: number): Set<string> {
  const led = Date.parse(String(leaseAt(api, now)?.spec?.['acquireTime'] ?? ''));
  const gone = api.removed('nodes').filter(({ at }) => !(at < led));
  return new Set(gone.flatMap(({ object }) => joinAddress(object) ?? []));
}

/** The Lease at Unix time `now` in ms, whether anybody has read it or not; undefined where none has led. */
export function leaseAt(seen: Seen, now: number): KubeObject | undefined {
  const known = seen.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace } });
  return ovnLease(seen, now)[0] ?? known;
}

/** Whoever leads makes it anew at its next turn, as if nobody had led before. */
function anew(holder: string, lost: number, now: number): KubeObject[] {
  const at = lost + new Random('ovn lease', holder, String(lost)).integer(500, pace * 1000);
  if (at > now) return [];
  const spec = specOf({ holder, acquired: at, transitions: 0 }, now);
  return [make('coordination.k8s.io/v1', 'Lease', namespace, name, timestamp(at), { spec })];
}
