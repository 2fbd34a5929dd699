/** The clusters as a tree, down to the plans of their hosts, that opens only where something deviates. */
import { refOf } from '../fleet/attention.ts';
import type { Fleet, GroupRow, HostRow, MachineRow, ObjectRef, Problem } from '../fleet/rows.ts';
import { isReady, networkRelease } from '../workload.ts';
import { nodeCount, nodeText } from '../workload-text.ts';

export interface TreeRow {
  /** Stable while it is the same node. */
  id: string;
  /** From 0. */
  depth: number;
  /** What it is, in one word or two. */
  kind: 'cluster' | 'control plane' | 'group' | 'machine set' | 'machine' | 'host' | 'plan' | 'rest';
  name: string;
  ref?: ObjectRef;
  /** How it stands. */
  text: string;
  problem?: Problem;
  waiting?: string;
  /** How many nodes are right below it. */
  children: number;
  open: boolean;
}

interface Node extends Omit<TreeRow, 'depth' | 'children' | 'open'> {
  below: Node[];
  /** It, or something below it, is not at rest. */
  deviates: boolean;
}

type Own = Omit<Node, 'below' | 'deviates' | 'id'> & { id?: string; moving?: boolean };

function node({ moving = false, ...own }: Own, below: Node[]): Node {
  const deviates =
    moving || own.problem !== undefined || own.waiting !== undefined || below.some((child) => child.deviates);
  return { ...own, id: own.id ?? `${own.kind}/${own.ref?.uid ?? own.name}`, below, deviates };
}

const words = (...parts: (string | number | undefined | false)[]) =>
  parts.filter((part) => part !== undefined && part !== '' && part !== false).join('  ');

/** Rows keep their identity while nothing about them changes: so do the nodes made of them. */
const machineNodes = new WeakMap<MachineRow, { host?: HostRow; node: Node }>();

function machineNode(fleet: Fleet, row: MachineRow): Node {
  const host = row.hostUid === undefined ? undefined : fleet.hosts.byUid.get(row.hostUid);
  const known = machineNodes.get(row);
  if (known && known.host === host) return known.node;
  const made = { host, node: makeMachine(row, host) };
  machineNodes.set(row, made);
  return made.node;
}

function makeMachine(row: MachineRow, host: HostRow | undefined): Node {
  const plan = host?.plan;
  const plans = plan
    ? [
        node(
          {
            kind: 'plan',
            name: plan.name,
            ref: { kind: 'plan', uid: plan.uid, name: plan.name },
            text: words(plan.type, plan.state.word),
            problem: plan.problem,
            moving: plan.state.word === 'pending' || plan.state.word === 'retrying',
          },
          [],
        ),
      ]
    : [];
  const hosts = host
    ? [
        node(
          {
            kind: 'host',
            name: host.name,
            ref: refOf(host),
            text: words(host.use, host.node),
            problem: host.problem,
            waiting: host.waiting,
          },
          plans,
        ),
      ]
    : [];
  return node(
    {
      kind: 'machine',
      name: row.name,
      ref: refOf(row),
      text: words(row.phase, row.version, row.nodeObject && nodeText(row.nodeObject)),
      problem: row.problem,
      waiting: row.waiting,
      moving: row.deleting || (row.nodeObject !== undefined && !isReady(row.nodeObject)),
    },
    hosts,
  );
}

function groupNode(fleet: Fleet, row: GroupRow): Node {
  const machines = row.machines.flatMap((uid) => fleet.machines.byUid.get(uid) ?? []);
  const { ready, desired } = row.replicas;
  return node(
    {
      kind: row.controlPlane ? 'control plane' : 'group',
      name: row.name,
      ref: refOf(row),
      text: words(
        `${ready ?? '?'}/${desired ?? '?'} ready`,
        row.version,
        row.rolling && 'rolling',
        row.paused && 'paused',
      ),
      problem: row.problem,
      waiting: row.waiting,
      moving: row.rolling,
    },
    row.controlPlane ? machines.map((machine) => machineNode(fleet, machine)) : setNodes(fleet, row, machines),
  );
}

/** Machines under their MachineSets; sets that are kept for a rollback and hold nothing are left out. */
function setNodes(fleet: Fleet, group: GroupRow, machines: readonly MachineRow[]): Node[] {
  const of = new Map<string, MachineRow[]>();
  for (const machine of machines) {
    const set = machine.machine?.machineSet ?? '';
    of.set(set, [...(of.get(set) ?? []), machine]);
  }
  const sets = fleet.machineSets.list
    .filter(
      ({ deployment, name, replicas }) => deployment === group.name && (of.has(name) || (replicas.desired ?? 0) > 0),
    )
    .map((set) => {
      const own = of.get(set.name) ?? [];
      of.delete(set.name);
      return node(
        {
          kind: 'machine set',
          name: set.name,
          ref: { kind: 'machineSet', uid: set.uid, name: set.name },
          text: words(`${own.length} of ${set.replicas.desired ?? '?'}`, set.version),
        },
        own.map((machine) => machineNode(fleet, machine)),
      );
    });
  return [...sets, ...[...of.values()].flat().map((machine) => machineNode(fleet, machine))];
}

/** `nodes 5/6`, where its own API was asked. */
function nodesText(fleet: Fleet, cluster: string): string | false {
  const count = nodeCount(fleet.workloads.get(cluster));
  return count !== undefined && `nodes ${count.ready}/${count.total}`;
}

/** A network plugin that is not done: no row knows of it, for it lives in the cluster itself. */
function pluginOf(fleet: Fleet, cluster: string): { problem?: Problem; waiting?: string } {
  const phase = networkRelease(fleet.workloads.get(cluster))?.phase;
  if (phase === undefined || phase === 'Success') return {};
  return /Failed|NotReady/.test(phase)
    ? { problem: { severity: 'bad', text: `Kube-OVN is ${phase}` } }
    : { waiting: `Kube-OVN: ${phase}` };
}

function build(fleet: Fleet): Node[] {
  const placed = new Set<string>();
  const groupsOf = (uids: readonly string[]) =>
    uids.flatMap((uid) => {
      const group = fleet.groups.byUid.get(uid);
      if (!group || placed.has(uid)) return [];
      placed.add(uid);
      for (const machine of group.machines) placed.add(machine);
      return [groupNode(fleet, group)];
    });
  const clusters = fleet.clusters.list.map((row) => {
    const groups = groupsOf(row.groups);
    const plugin = pluginOf(fleet, row.name);
    const loose = fleet.machines.list.filter(({ uid, cluster }) => cluster === row.name && !placed.has(uid));
    for (const { uid } of loose) placed.add(uid);
    return node(
      {
        kind: 'cluster',
        name: row.name,
        ref: refOf(row),
        // That it is provisioned is the rule, and room is short.
        text: words(
          row.phase !== 'Provisioned' && row.phase,
          row.version,
          nodesText(fleet, row.name),
          `${row.hosts} hosts`,
          row.paused && 'paused',
        ),
        problem: row.problem ?? plugin.problem,
        waiting: row.waiting ?? plugin.waiting,
      },
      [...groups, ...loose.map((machine) => machineNode(fleet, machine))],
    );
  });
  const rest = [
    ...groupsOf(fleet.groups.list.map(({ uid }) => uid)),
    ...fleet.machines.list.filter(({ uid }) => !placed.has(uid)).map((machine) => machineNode(fleet, machine)),
  ];
  return rest.length === 0
    ? clusters
    : [...clusters, node({ kind: 'rest', name: 'of no cluster that is known', text: '' }, rest)];
}

/**
 * The rows of the tree that are to be seen. `folds` holds what the operator opened (true) and folded (false), by id;
 * any other node is open where it, or something below it, deviates.
 */
export function treeOf(fleet: Fleet, folds: Readonly<Record<string, boolean>>): TreeRow[] {
  const rows: TreeRow[] = [];
  const show = ({ below, deviates, ...own }: Node, depth: number): void => {
    const open =
      below.length > 0 && (Object.hasOwn(folds, own.id) ? folds[own.id]! : below.some((one) => one.deviates));
    rows.push({ ...own, depth, children: below.length, open });
    if (open) for (const child of below) show(child, depth + 1);
  };
  for (const root of build(fleet)) show(root, 0);
  return rows;
}
