/** What changed between two pictures of the fleet: the history that no API keeps, from the moment we look on. */
import { refOf } from '../fleet/attention.ts';
import { differences } from '../fleet/bucket-map.ts';
import type { Fleet, GroupRow, HostRow, MachineRow, ObjectRef, PlanRow, Rows } from '../fleet/rows.ts';
import { byName } from '../fleet/sorted.ts';

/** One change that was seen to happen. */
export interface Observed {
  /** When it was seen, epoch ms: a little after it happened. */
  at: number;
  /** Uid of the row. */
  uid: string;
  ref: ObjectRef;
  text: string;
  /** For a BaremetalMachine's phase: the one it came to. */
  stage?: string;
  tone?: 'ok' | 'warn' | 'bad';
}

/** Most that are kept; the oldest go. */
const KEPT = 4_000;

/** The changes kept, with what is new; the same list where nothing is. */
export function keepObserved(kept: readonly Observed[], fresh: readonly Observed[]): readonly Observed[] {
  return fresh.length === 0 ? kept : [...kept, ...fresh].slice(-KEPT);
}

/** Every change of hosts, machines, plans, groups, pools and clusters worth telling. Rows that did not change cost nothing. */
export function changesBetween(before: Fleet, after: Fleet, at: number): Observed[] {
  return [
    ...diff(before.hosts, after.hosts, (row, old) => hostChanges(row, old)).map(({ row, ...one }) => ({
      ...one,
      at,
      uid: row.uid,
      ref: { kind: 'host' as const, uid: row.uid, name: row.name },
    })),
    ...diff(before.machines, after.machines, (row, old) => machineChanges(row, old)).map(({ row, ...one }) => ({
      ...one,
      at,
      uid: row.uid,
      ref: { kind: row.machine ? ('machine' as const) : ('baremetalMachine' as const), uid: row.uid, name: row.name },
    })),
    ...diff(before.plans, after.plans, (row, old) => planChanges(row, old)).map(({ row, ...one }) => ({
      ...one,
      at,
      uid: row.uid,
      ref: { kind: 'plan' as const, uid: row.uid, name: row.name },
    })),
    ...[
      ...diff(before.groups, after.groups, groupChanges),
      ...diff(before.pools, after.pools, (row, old) => [problemMoved(old, row)]),
      ...diff(before.clusters, after.clusters, (row, old) => [
        moved('phase', old.phase, row.phase),
        problemMoved(old, row),
      ]),
    ].map(({ row, ...one }) => ({ ...one, at, uid: row.uid, ref: refOf(row) })),
  ];
}

type Said = Pick<Observed, 'text' | 'stage' | 'tone'>;

function diff<T extends { uid: string; name: string }>(
  before: Rows<T>,
  after: Rows<T>,
  say: (row: T, old: T) => (Said | undefined)[],
): (Said & { row: T })[] {
  const found: (Said & { row: T })[] = [];
  for (const { before: old, after: row } of differences(before.byUid, after.byUid)) {
    if (!row) found.push({ ...GONE, row: old! });
    else for (const said of old ? say(row, old) : [APPEARED]) if (said) found.push({ ...said, row });
  }
  // Each row's own words keep their order.
  return found.sort((a, b) => byName(a.row, b.row));
}

const APPEARED: Said = { text: 'appeared' };
const GONE: Said = { text: 'is gone' };

function moved(what: string, from: string | undefined, to: string | undefined): Said | undefined {
  return from === to ? undefined : { text: `${what}: ${from ?? 'none'} -> ${to ?? 'none'}` };
}

function problemMoved(old: { problem?: { text: string } }, row: { problem?: { text: string; severity: string } }) {
  if (old.problem?.text === row.problem?.text) return undefined;
  if (!row.problem) return { text: `no longer: ${old.problem?.text}`, tone: 'ok' as const };
  return { text: row.problem.text, tone: row.problem.severity === 'bad' ? ('bad' as const) : ('warn' as const) };
}

function hostChanges(row: HostRow, old: HostRow): (Said | undefined)[] {
  const rebooted = old.object.bootId !== undefined && row.object.bootId !== undefined;
  return [
    moved('use', old.use, row.use),
    moved('machine', old.machine, row.machine),
    moved('pool', old.pool, row.pool),
    moved('node', old.node, row.node),
    moved('storage', old.object.storagePhase, row.object.storagePhase),
    rebooted && old.object.bootId !== row.object.bootId ? { text: 'rebooted: its boot id is another one' } : undefined,
    problemMoved(old, row),
  ];
}

function machineChanges(row: MachineRow, old: MachineRow): (Said | undefined)[] {
  const stage = moved('provider phase', old.baremetal?.phase, row.baremetal?.phase);
  return [
    stage && { ...stage, stage: row.baremetal?.phase },
    moved('machine phase', old.machine?.phase, row.machine?.phase),
    moved('host', old.host, row.host),
    moved('node', old.node, row.node),
    moved('node version', old.nodeVersion, row.nodeVersion),
    !old.deleting && row.deleting ? { text: 'deletion was asked for', tone: 'warn' } : undefined,
    problemMoved(old, row),
  ];
}

function groupChanges(row: GroupRow, old: GroupRow): (Said | undefined)[] {
  const figure = ({ replicas: { ready, desired } }: GroupRow) => `${ready ?? '?'} of ${desired ?? '?'}`;
  return [
    moved('ready', figure(old), figure(row)),
    moved('version', old.version, row.version),
    old.rolling === row.rolling ? undefined : { text: row.rolling ? 'a rollout began' : 'the rollout is over' },
    old.paused === row.paused ? undefined : { text: row.paused ? 'paused' : 'resumed' },
    problemMoved(old, row),
  ];
}

function planChanges(row: PlanRow, old: PlanRow): (Said | undefined)[] {
  // What was read of a Secret comes and goes with the screen: only what is known in the same way is a change.
  const alike = row.state.source === old.state.source && old.state.word !== 'unknown' && row.state.word !== 'unknown';
  const attempts = alike && row.attempts !== old.attempts && (row.attempts ?? 0) > 0;
  return [
    moved('plan', old.type, row.type),
    alike ? moved('plan state', old.state.word, row.state.word) : undefined,
    attempts ? { text: `plan failed ${row.attempts} times`, tone: 'warn' } : undefined,
  ];
}
