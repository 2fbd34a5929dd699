/** The Events that are kept, as whoever recorded them wrote them into a log: the first time, and the last. */

import type { KubeObject } from '../../api/types.ts';
import { isRecord } from '../../api/types.ts';
import type { Run } from './run.ts';

/** One time that an Event was recorded. */
export interface Recorded {
  /** Unix time in ms, as exact as its name tells. */
  at: number;
  about: { kind: string; namespace: string; name: string; uid: string; apiVersion: string; resourceVersion: string };
  type: string;
  reason: string;
  message: string;
  component: string;
  host: string;
  /** Whether it was recorded before. */
  again: boolean;
  /** How often it was recorded in all. */
  count: number;
  /** `namespace/name` of its cluster, where that is known. */
  cluster?: string | undefined;
}

/**
 * All of them within a run and before its program's lines were kept, the oldest first; those of one moment in the order in
 * which they were written.
 */
export function eventsOf({ question, since, until, kept }: Run): Recorded[] {
  const found: (Recorded & { revision: number })[] = [];
  const end = Math.min(until, kept.since);
  for (const event of question.events()) {
    for (const one of timesOf(event)) if (one.at >= since && one.at <= end) found.push(one);
  }
  return found.sort((a, b) => a.at - b.at || rankOf(a) - rankOf(b) || a.revision - b.revision);
}

/** Each time that one was recorded since a program's lines are kept. */
export function keptEvents({ kept }: Run): Recorded[] {
  const seen = new Set<string>();
  return kept.entries.flatMap(({ at, about, of, event }): Recorded[] => {
    if (!event) return [];
    const key = [about.uid, event.type, event.reason, event.message].join('/');
    const again = seen.has(key);
    seen.add(key);
    // Whoever hands Events on writes of them a moment after whoever recorded them has gone on.
    return [{ ...event, at: at + 1, about, host: '', again, count: 1, cluster: of['Cluster'] }];
  });
}

/** Who moves whom: what one moment holds began with the group, and came to its Machines. */
const ranks = ['KubeadmControlPlane', 'MachineDeployment', 'MachineSet', 'Machine', 'BaremetalMachine'];
const rankOf = ({ about }: Recorded): number => (ranks.indexOf(about.kind) + ranks.length) % ranks.length;

function timesOf(event: KubeObject): (Recorded & { revision: number })[] {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const involved = isRecord(event['involvedObject']) ? event['involvedObject'] : {};
  const source = isRecord(event['source']) ? event['source'] : {};
  const { kind, namespace, name, uid, apiVersion, resourceVersion } = involved;
  const { component, host } = source;
  const about = {
    ...{ kind: text(kind), namespace: text(namespace), name: text(name) },
    ...{ uid: text(uid), apiVersion: text(apiVersion), resourceVersion: text(resourceVersion) },
  };
  const rest = {
    ...{ about, component: text(component) || text(event['reportingComponent']), host: text(host) },
    ...{ type: text(event['type']), reason: text(event['reason']), message: text(event['message']) },
    revision: Number(event.metadata.resourceVersion ?? 0),
  };
  const first = firstOf(event);
  if (Number.isNaN(first)) return [];
  const series = isRecord(event['series']) ? event['series'] : {};
  const last = Date.parse(text(series['lastObservedTime']) || text(event['lastTimestamp']));
  const count = Number(series['count'] ?? event['count'] ?? 1);
  const once = { ...rest, at: first, again: false, count };
  // A time of whole seconds says less than a name.
  const isAgain = count > 1 && last > first;
  return isAgain ? [once, { ...once, at: Math.max(first + 1, last + 5), again: true }] : [once];
}

/** When an Event was first recorded: it is named after the nanosecond. */
function firstOf(event: KubeObject): number {
  const told = Date.parse(
    String(event['eventTime'] ?? event['firstTimestamp'] ?? event.metadata.creationTimestamp ?? ''),
  );
  const named = /\.([0-9a-f]{16})$/.exec(event.metadata.name)?.[1];
  const exact = named ? Number(BigInt(`0x${named}`) / 1_000_000n) : Number.NaN;
  return Math.abs(exact - told) < 2000 ? exact : told;
}
