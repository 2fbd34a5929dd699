/** What a workload cluster says of itself, in the details of clusters, groups and machines; and how that is known. */
import type { Tone } from '../../hooks/screen.ts';
import { timeText } from '../../src/domain/age.ts';
import { KUBE_OVN_VERSION } from '../../src/domain/annotations.ts';
import { findCondition } from '../../src/domain/conditions.ts';
import { daemonLacks } from '../../src/domain/daemon-sets.ts';
import type { Fleet, GroupRow, MachineRow, ObjectRef } from '../../src/domain/fleet/rows.ts';
import {
  isKnown,
  isReady,
  NETWORK_RELEASE,
  type Node,
  networkRelease,
  pressures,
  type Reach,
  reachOf,
  readyOf,
  releaseLacks,
  type Workload,
  type WorkloadKind,
} from '../../src/domain/workload.ts';
import {
  drainText,
  nodeCount,
  nodeText,
  nodeTextSince,
  releaseText,
  secondHand,
} from '../../src/domain/workload-text.ts';
import { type DetailLine, field, section } from './line.ts';

const TONES: Partial<Record<Reach, Tone>> = {
  live: 'ok',
  syncing: 'busy',
  connecting: 'busy',
  'not asked': 'dim',
  FORBIDDEN: 'bad',
  UNREACHABLE: 'bad',
};

/** How fresh what follows is: every state has a word of its own. */
function reachLine(label: string, workload: Workload | undefined, kind: WorkloadKind): DetailLine[] {
  const { word, why, verifiedAt } = reachOf(workload, kind);
  const at = workload?.server === undefined ? '' : ` at ${workload.server}`;
  return field(label, `${word}${at}${why === undefined ? '' : `: ${why}`}`, {
    tone: TONES[word] ?? 'warn',
    since: verifiedAt,
  });
}

/** When a cluster last told of its Nodes. */
function heardLine(cluster: string, workload: Workload | undefined): DetailLine[] {
  const { word, why, verifiedAt } = reachOf(workload, 'node');
  const from = `the API of ${cluster}${workload?.server === undefined ? '' : ` at ${workload.server}`}`;
  if (word === 'live') return field('last heard', `just now, live from ${from}`, { tone: 'ok' });
  const at = verifiedAt === undefined ? 'nothing yet' : timeText(verifiedAt);
  return field('last heard', `${at}, from ${from}: ${[word, why].filter(Boolean).join(': ')}`, {
    tone: TONES[word] ?? 'warn',
    since: verifiedAt,
  });
}

const nodeTone = (node: Node): Tone | undefined => (isReady(node) ? (node.unschedulable ? 'warn' : undefined) : 'bad');

function machineRef({ machine, baremetal, uid, name }: MachineRow): ObjectRef {
  return machine
    ? { kind: 'machine', uid: machine.uid, name }
    : { kind: 'baremetalMachine', uid: baremetal?.uid ?? uid, name };
}

function secondHandLines(fleet: Fleet, cluster: string): DetailLine[] {
  const { machines, withNode, healthy } = secondHand(fleet, cluster);
  return field(
    'second-hand',
    `of ${machines} machines ${withNode} have a Node and ${healthy} say NodeHealthy: Cluster API's word`,
    {
      tone: 'dim',
    },
  );
}

/** Nodes and network plugin of a cluster. */
export function clusterWorkload(fleet: Fleet, cluster: string): DetailLine[] {
  const workload = fleet.workloads.get(cluster);
  const known = isKnown(workload, 'node');
  const count = nodeCount(workload);
  const owners = new Map(
    fleet.machines.list.flatMap((row) =>
      row.cluster === cluster && row.nodeObject ? [[row.nodeObject.uid, row]] : [],
    ),
  );
  const release = networkRelease(workload);
  const asked = fleet.clusters.list.find(({ name }) => name === cluster)?.object.annotations[KUBE_OVN_VERSION];
  const lacks = release && releaseLacks(release, asked);
  return section('ITS OWN API', [
    ...reachLine('nodes', workload, 'node'),
    ...(count === undefined ? secondHandLines(fleet, cluster) : field('ready', `${count.ready} of ${count.total}`)),
    ...(known ? workload.nodes : []).map((node) => {
      const row = owners.get(node.uid);
      return {
        id: `node/${node.uid}`,
        label: node.name,
        text: [nodeText(node), node.kubeletVersion, row ? undefined : 'of no Machine'].filter(Boolean).join('  '),
        tone: nodeTone(node),
        ref: row && machineRef(row),
      };
    }),
    ...reachLine('network plugin', workload, 'appRelease'),
    ...(release
      ? field(NETWORK_RELEASE, `${releaseText(release)}${lacks === undefined ? '' : `: ${lacks}`}`, {
          tone: lacks === undefined ? 'ok' : /Failed|NotReady/.test(release.phase ?? '') ? 'bad' : 'warn',
        })
      : isKnown(workload, 'appRelease')
        ? field(NETWORK_RELEASE, 'does not exist')
        : []),
    ...(release?.conditions ?? []).flatMap((each) =>
      each.status === 'True'
        ? []
        : [
            {
              id: `release/${each.type}`,
              label: each.type,
              text: [each.status, each.reason, each.message].filter(Boolean).join(' '),
              tone: 'warn' as const,
              since: each.since,
            },
          ],
    ),
    ...reachLine('daemons', workload, 'daemonSet'),
    ...(isKnown(workload, 'daemonSet') ? workload.daemonSets : []).flatMap((set) =>
      field(set.name, `${set.available} of ${set.desired} available, ${set.updated} updated`, {
        tone: daemonLacks(set) === undefined ? 'ok' : 'warn',
      }),
    ),
  ]);
}

/** The Node of a machine. */
export function machineNode(fleet: Fleet, row: MachineRow): DetailLine[] {
  if (row.cluster === undefined) return [];
  const workload = fleet.workloads.get(row.cluster);
  const node = row.nodeObject;
  const told = findCondition(row.machine?.conditions, 'NodeHealthy');
  const own: DetailLine[] = node
    ? [
        ...field('name', node.name),
        ...field('state', [nodeText(node), isReady(node) ? '' : readyOf(node)?.message].filter(Boolean).join(': '), {
          tone: nodeTone(node) ?? 'ok',
          since: nodeTextSince(node),
        }),
        ...field('drain', drainText(row), { tone: 'warn' }),
        ...field('kubelet', node.kubeletVersion, node.kubeletVersion === row.version ? {} : { tone: 'warn' }),
        ...field('roles', node.roles.join(' ')),
        ...field('runtime', node.runtimeVersion),
        ...field('os running', [node.osImage, node.kernelVersion].filter(Boolean).join(', ')),
        ...field('addresses', node.addresses.join(' ')),
        ...field(
          'taints',
          node.taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect ?? ''}`).join(' '),
        ),
        ...field('boot id', node.bootId),
        // What is as it should be is no news, and there is much of it.
        ...pressures(node).map((each) => ({
          id: `condition/${each.type}`,
          label: each.type,
          text: [each.status, each.reason, each.message].filter(Boolean).join(' '),
          tone: 'bad' as const,
          since: each.since,
        })),
      ]
    : isKnown(workload, 'node')
      ? field(
          'state',
          `the cluster has no Node ${row.node ?? `with provider id ${row.machine?.providerId ?? row.baremetal?.providerId ?? '(none yet)'}`}`,
          {
            tone: 'warn',
          },
        )
      : [
          ...field('second-hand', "what Cluster API says of it, as of the Machine's conditions", { tone: 'dim' }),
          ...field('name', row.node),
          ...field('kubelet', row.nodeVersion),
          ...field('NodeHealthy', told && [told.status, told.reason, told.message].filter(Boolean).join(' '), {
            since: told?.since,
          }),
        ];
  return section('NODE', [...heardLine(row.cluster, workload), ...own]);
}

/** The Nodes of a group, in one line. */
export function groupNodes(fleet: Fleet, row: GroupRow): DetailLine[] {
  const workload = row.cluster === undefined ? undefined : fleet.workloads.get(row.cluster);
  if (!isKnown(workload, 'node')) {
    return row.cluster === undefined ? [] : reachLine('nodes', workload, 'node');
  }
  const rows = row.machines.flatMap((uid) => fleet.machines.byUid.get(uid) ?? []);
  const nodes = rows.flatMap(({ nodeObject }) => nodeObject ?? []);
  const cordoned = nodes.filter(({ unschedulable }) => unschedulable).length;
  const versions = [...new Set(nodes.flatMap(({ kubeletVersion }) => kubeletVersion ?? []))].sort();
  const text = [
    `${nodes.filter(isReady).length} of ${rows.length} Ready`,
    cordoned > 0 && `${cordoned} cordoned`,
    versions.length > 0 && `kubelet ${versions.join(', ')}`,
  ];
  const { word } = reachOf(workload, 'node');
  return [
    ...(word === 'live' ? [] : reachLine('nodes known', workload, 'node')),
    ...field('nodes', text.filter(Boolean).join('  '), { tone: word === 'live' ? undefined : 'dim' }),
  ];
}
