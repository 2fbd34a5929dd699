/** Since when a controller of Kube-OVN has led, by the Lease that says who does. */

import { candidates, type Seen } from '../../kube-ovn/candidates.ts';
import { leaseAt } from '../../kube-ovn/lease.ts';
import { all, type Run, removed, timeOf } from '../run.ts';

/** The plurals of the kinds by which it is known who leads. */
const plurals: Readonly<Record<string, string>> = {
  ...{ Pod: 'pods', Node: 'nodes', Lease: 'leases', Deployment: 'deployments' },
};

function seenBy(run: Run): Seen {
  const of = (kind: string) => all(run, plurals[kind] ?? '');
  return {
    all: ({ kind }) => of(kind),
    find: ({ kind, metadata: { name, namespace } }) =>
      of(kind).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
    removed: (plural) => removed(run, plural),
  };
}

/**
 * When a run came to lead, Unix time in ms; undefined where it waits. `asked`: when it first asked. It goes on by the name of its Pod:
 * one that begins again leads at once, as its Lease tells. Of one that ends the Lease tells as long as nobody has taken over.
 */
export function ledSince(run: Run, asked: number): number | undefined {
  const seen = seenBy(run);
  const { spec } = leaseAt(seen, run.question.now) ?? {};
  const acquired = timeOf(spec?.['acquireTime']);
  const { name } = run.question.pod.metadata;
  const holder = spec?.['holderIdentity'];
  if (holder === '' && candidates(seen).some((one) => one.holder === name && one.ends === acquired)) return asked + 90;
  if (holder !== name || acquired > run.until) return undefined;
  // Whoever leads makes a Lease anew that somebody has taken away, and says nothing of it.
  return acquired > asked && Number(spec?.['leaseTransitions']) > 0 ? acquired : asked + 90;
}

/** When it is told to end, Unix time in ms; undefined where nobody has done so. */
export function endsAt(run: Run): number | undefined {
  const { name, deletionTimestamp } = run.question.pod.metadata;
  if (run.question.previous || !deletionTimestamp) return undefined;
  const { ends, silent } = candidates(seenBy(run)).find(({ holder }) => holder === name) ?? {};
  return silent ? undefined : ends;
}
