import { formatAge } from '../../age.ts';
import { IMPORTED } from '../../annotations.ts';
import type { EventRecord } from '../../objects.ts';
import { eventOf, fieldOf } from '../evidence.ts';
import { type ClusterFacts, eventsAbout } from '../facts.ts';
import { clusterRef, machineRef, machinesOf } from '../lookup.ts';
import { describe, kubectl, open } from '../steps.ts';
import type { Failure } from '../types.ts';
import { nodesEvidence, reachEvidence, workloadOf } from '../workload-evidence.ts';

/** An import that hangs is tried again all the time: older words are of one that is done. */
const FRESH = 10 * 60_000;

/** So many tries of a cluster that is marked as taken in may be missed before it is believed. */
const MISSED = 3;
const LEAST_FRESH = 30_000;

/** How long the platform's word holds: of a cluster that is marked as taken in only while it is said again and again. */
function freshFor({ row }: ClusterFacts, { occurrences, firstSeen, lastSeen }: EventRecord): number {
  if (!Object.hasOwn(row.object.labels, IMPORTED)) return FRESH;
  if (occurrences < 2 || firstSeen === undefined || lastSeen === undefined) return FRESH;
  const pace = (lastSeen - firstSeen) / (occurrences - 1);
  return Math.min(FRESH, Math.max(LEAST_FRESH, MISSED * pace));
}

/** The fresh word of the platform that its agent's account is missing. */
export function importHangs(facts: ClusterFacts): EventRecord | undefined {
  const { fleet, row, now } = facts;
  if (row.object.deleting !== undefined) return undefined;
  return eventsAbout(fleet, { uid: row.uid, name: row.name, apiKind: 'Cluster' }).find(
    (event) =>
      /ServiceAccount "?sentry"? not found/i.test(event.message ?? '') &&
      now - (event.lastSeen ?? Number.NEGATIVE_INFINITY) <= freshFor(facts, event),
  );
}

const waiting = (facts: ClusterFacts) =>
  facts.groups.flatMap((group) =>
    machinesOf(facts.fleet, group).filter(
      ({ waiting: what, planState, deleting }) => what !== undefined && !deleting && planState?.word === 'applied',
    ),
  );

/** Provisioned is not usable: until the platform has taken a cluster in, its network is not rolled out. */
export const importIncomplete: Failure<ClusterFacts> = {
  id: 'import-incomplete',
  mode: 'F19',
  test(facts) {
    const event = importHangs(facts);
    return event && { severity: 'bad', text: 'its import by the platform does not end', since: event.firstSeen };
  },
  tell(facts) {
    const { row } = facts;
    const event = importHangs(facts);
    const machines = waiting(facts);
    const labels = Object.keys(row.object.labels).filter((key) => key.startsWith('capi.cpaas.io/'));
    return {
      what: `${row.name} is ${row.phase ?? 'there'}, and the platform has not taken it in: new nodes stay NotReady for want of their network.`,
      evidence: [
        eventOf(event),
        nodesEvidence(clusterRef(row), workloadOf(facts.fleet, row.name)),
        reachEvidence(clusterRef(row), workloadOf(facts.fleet, row.name), 'node'),
        fieldOf(clusterRef(row), 'labels of the import', labels.join(' ') || 'none'),
        ...machines.slice(0, 3).map((each) => fieldOf(machineRef(each), 'waits for', each.waiting, each.since)),
      ],
      causes: [
        "the platform's agent could not be brought to the cluster: its ServiceAccount sentry is missing",
        'a required annotation or label of the Cluster is missing',
        `the platform cannot reach the API of the cluster${event ? ` (last word ${formatAge(facts.now - (event.lastSeen ?? facts.now))} ago)` : ''}`,
      ],
      next: [
        {
          text: `see whether the account is there (in ${row.name})`,
          command: kubectl('cpaas-system', 'get', 'serviceaccount', 'sentry'),
        },
        describe(row.object, 'compare its annotations and labels with those required at creation'),
        ...machines.slice(0, 1).map((each) => open(machineRef(each), `look at ${each.name}`)),
      ],
    };
  },
};
