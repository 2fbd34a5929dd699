/**
 * Ask for another revision of the Kube-OVN chart: an annotation of the Cluster, which the provider carries to the
 * AppRelease in the workload cluster (domain §5, §6.11). The AppRelease itself is never patched.
 */

import { KUBE_OVN_VERSION } from '../domain/annotations.ts';
import { daemonsTitle } from '../domain/daemon-sets.ts';
import { findObject } from '../domain/fleet/find.ts';
import type { ClusterRow } from '../domain/fleet/rows.ts';
import { strandedShort } from '../domain/forecast/stranded.ts';
import { versionOf } from '../domain/forecast/versions.ts';
import { networkOn, releaseOn } from '../domain/network-release.ts';
import { NETWORK_RELEASE } from '../domain/workload.ts';
import type { Plan, Request, World } from './contract.ts';
import { check, defineOperation, type Refusal, refused } from './define.ts';
import { firstTarget, goingAway, rowsOf, textIn } from './find.ts';
import { goneTarget, isAfter, progressOf, writtenSight } from './progress.ts';
import { checkOfRevision, revisionChoices, revisionsText } from './revisions.ts';
import { entered } from './values.ts';
import { annotateStep } from './write.ts';

interface Found {
  row: ClusterRow;
  from?: string;
  to: string;
  /** The version of Kubernetes that an upgrade brings next; empty where none does. */
  towards: string;
}

function rowOf(world: World, { uid }: { uid: string }): ClusterRow | undefined {
  return world.fleet.clusters.byUid.get(uid);
}

function examine(world: World, request: Request, row: ClusterRow): Found | Refusal {
  const to = entered(request, 'revision');
  const towards = entered(request, 'towards');
  const known = revisionsText(revisionChoices(world, row));
  const these = known === undefined ? '' : `: ${known}`;
  if (to === '') return refused(`a revision of the chart is needed${these}`);
  if (!to.startsWith('v') || !versionOf(to)) {
    return refused(`"${to.slice(0, 60)}" is not a revision such as v4.3.11${these}`);
  }
  const from = row.object.annotations[KUBE_OVN_VERSION];
  return from === to
    ? refused(`${row.name} asks for ${to} already`)
    : { row, to, towards, ...(from === undefined ? {} : { from }) };
}

/** Groups whose machines are being replaced: their network would change below them. Nothing moves in one that cannot. */
function rolling(world: World, row: ClusterRow): string[] {
  return row.groups.flatMap((uid) => {
    const group = world.fleet.groups.byUid.get(uid);
    if (!group || strandedShort(world.fleet, group) > 0) return [];
    return group.rolling || rowsOf(world, group).some(({ deleting }) => deleting) ? [group.name] : [];
  });
}

function draft(world: World, { row, from, to, towards }: Found): Plan {
  const step = annotateStep(
    {
      id: `kube-ovn ${row.name}`,
      title: `Ask for Kube-OVN ${to} in ${row.name}`,
      why: 'the provider carries the annotation to the AppRelease cni-kube-ovn of the workload cluster',
    },
    row.object,
    KUBE_OVN_VERSION,
    to,
    from,
  );
  const busy = rolling(world, row);
  return {
    title: `Bring Kube-OVN of ${row.name} ${from === undefined ? '' : `from ${from} `}to ${to}`,
    checks: [
      busy.length > 0
        ? check('rollouts', `${busy.join(', ')} replaces machines: wait until it is done`, 'block')
        : check('rollouts', 'none under way'),
      checkOfRevision(world, row, to, towards),
      ...(row.paused ? [check('paused', `nothing of this happens before ${row.name} is resumed`, 'warn')] : []),
    ],
    steps: [step],
    expected: [
      { text: `The network plugin of ${row.name} is rolled out anew: its agents restart on every node`, tone: 'warn' },
      { text: 'No machine is replaced', tone: 'info' },
    ],
    severity: 'destructive',
    confirm: [row.name],
    undo:
      from === undefined
        ? 'No revision was asked for before: there is none to go back to'
        : `${from} can be asked for again`,
    memo: { steps: [step.id], cluster: row.uid, from: from ?? '', to },
  };
}

/** The operation. */
export const kubeOvn = defineOperation<Found>({
  id: 'kube-ovn',
  title: 'Kube-OVN',
  about: 'Bring the network plugin of a cluster to another revision of its chart',
  on: ['cluster'],
  many: false,
  fields: [
    {
      name: 'revision',
      title: 'Revision of the chart',
      kind: 'text',
      initial: () => '',
      choices(world, [target]) {
        const row = target && rowOf(world, target);
        return row ? revisionChoices(world, row) : [];
      },
    },
    { name: 'towards', title: 'Kubernetes next', kind: 'text', initial: () => '', optional: true, unasked: true },
  ],
  kinds: ['cluster', 'baremetalCluster', 'controlPlane', 'deployment', 'machine', 'catalog'],
  offer(world, [target]) {
    const row = target && rowOf(world, target);
    if (!row) return 'the cluster is not known';
    const going = goingAway(row.object);
    if (going !== undefined) return going;
    const { networkType } = row.infrastructure ?? {};
    if (!row.infrastructure) return `the BaremetalCluster of ${row.name} is not known`;
    if (networkType === 'kube-ovn') return undefined;
    return `the network of ${row.name} is ${networkType ?? 'not named'}: the provider does not manage it`;
  },
  examine(world, request, [target]) {
    const row = target && rowOf(world, target);
    return row ? examine(world, request, row) : refused('the cluster is not known');
  },
  draft: (world, _request, found) => draft(world, found),
  done(world, sent) {
    const written = writtenSight(sent);
    const ref = firstTarget(sent);
    const cluster = ref && findObject(world.fleet, ref);
    if (!cluster) return progressOf([written, goneTarget('Cluster', ref?.name ?? 'the cluster')]);
    const to = textIn(sent.memo, 'to') ?? '';
    const now = cluster.annotations[KUBE_OVN_VERSION];
    const asked = written.seen && now === to;
    const told = releaseOn(world.fleet, cluster.name, to);
    const { state, figure, daemons } = networkOn(world.fleet, cluster.name, to);
    return progressOf([
      written,
      {
        title: `${to} asked for`,
        seen: asked,
        detail: now,
        ...(now !== to && isAfter(cluster, sent) ? { overtaken: `set to ${now ?? 'no revision'} since` } : {}),
      },
      {
        title: `AppRelease ${NETWORK_RELEASE} settled`,
        seen: asked && told.state === 'settled',
        detail: figure,
        since: told.at,
        ...(asked && told.state === 'stopped' ? { bad: figure } : {}),
      },
      {
        title: daemonsTitle(daemons),
        seen: asked && state === 'settled',
        detail: told.state === 'settled' ? daemons.text : undefined,
      },
    ]);
  },
  takeBack(world, sent) {
    const [from, to] = [textIn(sent.memo, 'from'), textIn(sent.memo, 'to')];
    const ref = firstTarget(sent);
    const cluster = ref && findObject(world.fleet, ref);
    if (!from || cluster?.annotations[KUBE_OVN_VERSION] !== to) return undefined;
    return { operation: 'kube-ovn', targets: sent.request.targets, values: { revision: from } };
  },
});
