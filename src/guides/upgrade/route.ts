/** What an upgrade is about: the cluster, its groups in their order, and the hops, from what was asked. */
import type { ClusterRow, GroupRow, MachineRow } from '../../domain/fleet/rows.ts';
import { planeOf } from '../../domain/forecast/preflight.ts';
import { inOrder, type MatrixRow } from '../../domain/matrix.ts';
import { keyOf, type Raw } from '../../operations/contract.ts';
import { groupOf, rowsOf } from '../../operations/find.ts';
import { tagsOf } from '../../operations/plane-edit.ts';
import type { Ask, Known } from '../contract.ts';
import { begunRow, leftBehind } from './behind.ts';
import { type Hop, hopsTo, minorsBetween, rowNamed } from './hops.ts';

/** An upgrade, as far as it is settled. */
export interface Route {
  cluster: ClusterRow;
  plane: GroupRow;
  /** The control plane as the server sent it; absent until it was read. */
  planeRaw?: Raw;
  /** In the order in which they are upgraded. */
  workers: readonly GroupRow[];
  /** What it began with. */
  from: string;
  hops: readonly Hop[];
}

const words = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter((word) => word !== '');

/** The groups in the order asked for, the others behind them by name; or what is wrong with that order. */
function inAskedOrder(groups: readonly GroupRow[], names: readonly string[]): GroupRow[] | string {
  const chosen: GroupRow[] = [];
  for (const name of names) {
    const group = groups.find((each) => each.name === name);
    if (!group) return `there is no group ${name} in this cluster`;
    if (chosen.includes(group)) return `${name} is in the order twice`;
    chosen.push(group);
  }
  return [...chosen, ...groups.filter((group) => !chosen.includes(group))];
}

function chosenRows(matrix: readonly MatrixRow[], names: readonly string[]): MatrixRow[] | string {
  const rows: MatrixRow[] = [];
  for (const name of names) {
    const row = rowNamed(matrix, name);
    if (!row) return `${name} is no release and no Kubernetes version of the support matrix`;
    rows.push(row);
  }
  return rows;
}

/**
 * The hops of a session that has begun: what was settled then, whatever the cluster has become. Where the control plane
 * has done the first already, workers may be more than a minor behind: their machines are made anew.
 */
function settledHops(from: string, rows: readonly MatrixRow[], plane: string): Hop[] | string {
  const hops: Hop[] = [];
  for (const [at, row] of rows.entries()) {
    const before = at === 0 ? from : (rows[at - 1]?.kubernetes ?? from);
    const minors = minorsBetween(before, row.kubernetes);
    const begun = at === 0 && (minors ?? 0) > 1 && (minorsBetween(row.kubernetes, plane) ?? -1) >= 0;
    if (minors !== 0 && minors !== 1 && !begun)
      return `from ${before} to ${row.kubernetes} it is not one minor version`;
    // A stage is known by the version it leads to.
    if (hops.some((hop) => hop.row.kubernetes === row.kubernetes)) return `${row.kubernetes} is on the way twice`;
    hops.push({ row, from: before });
  }
  return hops;
}

/**
 * The way on, with the rest of a hop that was begun before it: workers that an earlier upgrade of the control plane left
 * behind come to its minor first, since a control plane goes on only when the workers have followed it. A way that begins
 * within that minor takes them along anyway.
 */
function withRest(
  { matrix }: Known,
  { cluster, plane, workers }: Pick<Route, 'cluster' | 'plane' | 'workers'>,
  present: string,
  way: readonly MatrixRow[],
): { from: string; rows: MatrixRow[] } | string {
  const behind = leftBehind(workers, present);
  const [lowest] = behind;
  const [first] = way;
  if (!lowest?.version || !first) return { from: present, rows: [...way] };
  if (first.kubernetes === present) return { from: lowest.version, rows: [...way] };
  if (minorsBetween(present, first.kubernetes) === 0) return { from: present, rows: [...way] };
  const begun = begunRow(matrix, present, cluster);
  if (begun) return { from: lowest.version, rows: [begun, ...way] };
  const names = behind.map(({ name, version }) => `${name} (${version})`).join(', ');
  return `${names} did not follow ${plane.name} to ${present}, which is in no row of the support matrix: bring them there first, with the operation upgrade-workers`;
}

function routeHops(
  known: Known,
  ask: Ask,
  groups: Pick<Route, 'cluster' | 'plane' | 'workers'>,
  raw: Raw | undefined,
): { from: string; hops: Hop[] } | string {
  const to = ask.values['to'] ?? '';
  if (to === '') return 'a Kubernetes version or a release to go to is needed';
  const target = rowNamed(known.matrix, to);
  if (!target) return `${to} is no release and no Kubernetes version of the support matrix`;
  const rows = chosenRows(known.matrix, words(ask.values['rows']));
  if (typeof rows === 'string') return rows;
  const { plane } = groups;
  const present = plane.version;
  if (present === undefined) return `the version of ${plane.name} is not known`;
  if (ask.values['from']) {
    const { from } = ask.values;
    const hops = settledHops(from, rows.length > 0 ? rows : [target], present);
    return typeof hops === 'string' ? hops : { from, hops };
  }
  const images = known.fleet.catalog?.images ?? {};
  const has = (version: string) => Object.hasOwn(images, version);
  const start = { kubernetes: present, coredns: raw && tagsOf(raw).coredns };
  const way = hopsTo(known.matrix, start, target, rows, has);
  if (typeof way === 'string') return way;
  const whole = withRest(
    known,
    groups,
    present,
    way.map(({ row }) => row),
  );
  if (typeof whole === 'string') return whole;
  const hops = settledHops(whole.from, whole.rows, present);
  return typeof hops === 'string' ? hops : { from: whole.from, hops };
}

/** What an upgrade is about, or one sentence why there is none. */
export function routeOf(known: Known, ask: Ask): Route | string {
  const [target] = ask.targets;
  const cluster = target && known.fleet.clusters.byUid.get(target.uid);
  if (!cluster) return target ? `${target.name} is gone` : 'a cluster is needed';
  const plane = planeOf(known.fleet, cluster.name);
  if (plane?.object.kind !== 'controlPlane') return `the control plane of ${cluster.name} is not known`;
  const groups = cluster.groups
    .flatMap((uid) => groupOf(known, { uid }) ?? [])
    .filter(({ controlPlane }) => !controlPlane);
  const workers = inAskedOrder(groups, words(ask.values['order']));
  if (typeof workers === 'string') return workers;
  const planeRaw = known.raw.get(keyOf(plane.object)) ?? undefined;
  const way = routeHops(known, ask, { cluster, plane, workers }, planeRaw);
  if (typeof way === 'string') return way;
  return { cluster, plane, workers, ...(planeRaw ? { planeRaw } : {}), ...way };
}

/** Where a version lies on a route: the number of the last hop that has reached it; -1 before the first. */
export function reached({ hops }: Route, version: string | undefined): number {
  if (version === undefined) return -1;
  const exact = hops.findLastIndex(({ row }) => row.kubernetes === version);
  if (exact >= 0) return exact;
  // Between the rows, as after a patch by other hands: what counts is the minor.
  return hops.findLastIndex(({ row }) => (minorsBetween(row.kubernetes, version) ?? -1) > 0);
}

/** Whether the control plane has reached the hop with this number, or was begun to be brought there. */
export function isBegun(route: Route, at: number): boolean {
  return reached(route, route.plane.version) >= at;
}

/** Release of the platform a version belongs to on this matrix, the newest. */
export function releaseOf(matrix: readonly MatrixRow[], version: string | undefined): string | undefined {
  return inOrder(matrix).findLast(({ kubernetes }) => kubernetes === version)?.acp;
}

/** The machines of a group. */
export function machinesIn(known: Known, group: GroupRow): MachineRow[] {
  return rowsOf(known, group);
}
