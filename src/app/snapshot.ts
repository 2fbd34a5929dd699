/** What the dashboard would show, once, as text or data, and whether all of it could be known. */
import { stringify } from 'yaml';
import type { Lists } from '../../hooks/lists.ts';
import type { Column, Look, Screen } from '../../hooks/screen.ts';
import { cut, fitText, width } from '../../views/parts/fit.ts';
import type { Acknowledgement } from '../domain/acknowledge.ts';
import { timeText } from '../domain/age.ts';
import { saidOf } from '../domain/explain/attention.ts';
import type { Freshness } from '../domain/freshness.ts';
import { API_KIND, KINDS, type Kind } from '../domain/kinds.ts';
import { attentionCount, attentionOf } from '../store/attention.ts';
import type { Figure } from '../store/history.ts';
import { FIGURE_KINDS, isKnown } from '../store/panels.ts';
import type { State } from '../store/state.ts';
import { nodeData, workloadData } from './workload-data.ts';

/** Version of the JSON document's shape: fields are added under the same number, never renamed or removed. */
export const SNAPSHOT_SCHEMA = 'metaldeck.snapshot/v1';

/** 0 healthy, 1 attention needed, 2 could not know. */
export type Verdict = 0 | 1 | 2;

/** Kinds that a healthy verdict cannot do without; the others may be absent on an older server. */
const NEEDED: readonly Kind[] = [
  'pool',
  'host',
  'plan',
  'baremetalMachine',
  'machine',
  'machineSet',
  'deployment',
  'controlPlane',
  'cluster',
];

/** The kind without which a view's rows say nothing. */
const VIEW_KINDS: Readonly<Record<string, readonly Kind[]>> = {
  pools: ['pool', 'host'],
  hosts: ['host'],
  machines: ['machine', 'baremetalMachine'],
  groups: ['deployment', 'controlPlane'],
  plans: ['plan'],
  clusters: ['cluster'],
  onboarding: ['registration', 'seedImage', 'catalog'],
  events: ['event'],
};

/** Kinds of which something needed is not known, and why. */
export function unknownKinds(freshness: Readonly<Record<Kind, Freshness>>): { kind: Kind; why: string }[] {
  return NEEDED.flatMap((kind) => {
    const fresh = freshness[kind];
    if (fresh.phase === 'live' && fresh.synced) return [];
    return [{ kind, why: fresh.error ?? fresh.phase }];
  });
}

/** The exit code of a snapshot. */
export function verdictOf(state: State): Verdict {
  if (unknownKinds(state.freshness).length > 0) return 2;
  return attentionOf(state).length > 0 ? 1 : 0;
}

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

function cellText(cell: ReturnType<Column<unknown>['cell']>): string {
  // One line a row, whatever a message holds.
  return (typeof cell === 'string' ? cell : cell.text).replace(/\s*\n\s*/g, ' ');
}

/** Widest cell of a plain table: one long cause must not push what stands behind it out of sight on every row. */
const CELL = 120;

/**
 * A screen's rows as plain columns, each as wide as it needs to be. `wide` adds the columns narrow terminals leave out, and
 * cuts nothing.
 */
export function tableText(screen: Screen, lists: Lists, state: State, wide: boolean): string {
  const place = { screen: screen.id, index: 0, filter: '', descending: false, yaml: false };
  const look: Look = { now: state.now, utf8: false };
  const offered = screen.layout?.(state, place) ?? screen.columns;
  const columns = offered.filter((column) => column.title !== '' && (wide || column.rank <= 4));
  const sign = screen.columns.find((column) => column.key === 'sign');
  const rows = lists.view(state, place).rows.map((row) => {
    const cells = columns.map((column) => {
      const text = cellText(column.cell(row, look, state));
      return wide ? text : cut(text, CELL, column.cut, false);
    });
    return sign ? [cellText(sign.cell(row, look, state)), ...cells] : cells;
  });
  if (rows.length === 0 && !isKnown(state.freshness, VIEW_KINDS[screen.id] ?? screen.kinds))
    return 'not known: see above\n';
  if (rows.length === 0) return `${screen.empty}\n`;
  const heads = sign ? ['', ...columns.map((column) => column.title)] : columns.map((column) => column.title);
  const table = [heads, ...rows];
  const widths = heads.map((_, index) => Math.max(...table.map((cells) => width(cells[index]!))));
  const note = screen.note?.(state);
  return `${note ? `${note}\n` : ''}${table
    .map((cells) =>
      cells
        .map((cell, index) => fitText(cell, widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

/** The documented JSON shape (see README). */
export function snapshotData(state: State, view: string): Record<string, unknown> {
  const { fleet, session, freshness } = state;
  const verdict = verdictOf(state);
  const known = (kinds: readonly Kind[]) => isKnown(freshness, kinds);
  const figures = Object.keys(fleet.counters) as Figure[];
  const rows: Record<string, () => unknown> = {
    pools: () =>
      fleet.pools.list.map((row) => ({
        name: row.name,
        cluster: row.cluster,
        counted: known(FIGURE_KINDS.inUse) ? row.counted : null,
        reported: row.reported,
        mismatch: known(FIGURE_KINDS.inUse) ? row.mismatch : null,
        sumOk: row.sumOk,
        ready: row.ready?.status,
        members: row.members.map((member) => ({
          name: member.name,
          hostname: member.hostname,
          exists: member.host !== undefined,
        })),
        problem: problemData(row.problem),
      })),
    hosts: () =>
      fleet.hosts.list.map((row) => ({
        name: row.name,
        uid: row.uid,
        use: row.use,
        pool: row.pool,
        cluster: row.cluster,
        machine: row.machine,
        node: row.node,
        plan: row.plan && { type: row.plan.type, state: row.plan.state.word, judgedBy: row.plan.state.source },
        waitingOn: row.waiting,
        since: iso(row.since),
        problem: problemData(row.problem),
      })),
    machines: () =>
      fleet.machines.list.map((row) => ({
        name: row.name,
        uid: row.uid,
        phase: row.phase,
        deleting: row.deleting,
        version: row.version,
        host: row.host,
        node: row.node,
        nodeStatus: row.nodeObject && nodeData(row.nodeObject),
        group: row.group,
        cluster: row.cluster,
        pool: row.pool,
        waitingOn: row.waiting,
        since: iso(row.since),
        problem: problemData(row.problem),
      })),
    groups: () =>
      fleet.groups.list.map((row) => ({
        name: row.name,
        role: row.controlPlane ? 'control-plane' : 'worker',
        cluster: row.cluster,
        version: row.version,
        replicas: row.replicas,
        rolling: row.rolling,
        done: row.done,
        paused: row.paused,
        pool: row.pool,
        infraTemplate: row.infraTemplate,
        bootstrapTemplate: row.bootstrapTemplate,
        waitingOn: row.waiting,
        problem: problemData(row.problem),
      })),
    plans: () =>
      fleet.plans.list.map((row) => ({
        name: row.name,
        host: row.host,
        type: row.type,
        state: row.state.word,
        judgedBy: row.state.source,
        attempts: row.attempts,
        maxAttempts: row.maxAttempts,
        lastApplied: iso(row.detail?.lastApplied),
        problem: problemData(row.problem),
      })),
    clusters: () =>
      fleet.clusters.list.map((row) => ({
        name: row.name,
        phase: row.phase,
        paused: row.paused,
        version: row.version,
        endpoint: row.endpoint,
        controlPlane: row.controlPlane,
        workers: row.workers,
        hosts: row.hosts,
        workload: workloadData(fleet.workloads.get(row.name)),
        waitingOn: row.waiting,
        problem: problemData(row.problem),
      })),
    onboarding: () => ({
      registrations: fleet.registrations.list.map((row) => ({
        name: row.name,
        ready: row.ready?.status,
        url: row.object.url,
        problem: problemData(row.problem),
      })),
      seedImages: fleet.seedImages.list.map((row) => ({
        name: row.name,
        state: row.state,
        downloadUrl: row.object.downloadUrl,
        checksumUrl: row.object.checksumUrl,
        problem: problemData(row.problem),
      })),
      imageCatalog: fleet.catalog?.images,
    }),
    events: () =>
      fleet.events.list.map((event) => ({
        type: event.type,
        reason: event.reason,
        about: event.about && { kind: event.about.apiKind, name: event.about.name },
        message: event.message,
        count: event.occurrences,
        lastSeen: iso(event.lastSeen),
      })),
  };
  const wanted = view === 'overview' ? ['pools'] : rows[view] ? [view] : [];
  return {
    schema: SNAPSHOT_SCHEMA,
    at: iso(state.now),
    server: session.host,
    context: session.context,
    namespace: session.namespace,
    verdict: ['healthy', 'attention', 'unknown'][verdict],
    couldNotKnow: unknownKinds(freshness).map(({ kind, why }) => ({ kind: API_KIND[kind], why })),
    freshness: Object.fromEntries(
      KINDS.map((kind) => [
        kind,
        {
          phase: freshness[kind].phase,
          objects: freshness[kind].synced ? freshness[kind].count : null,
          verifiedAt: iso(freshness[kind].verifiedAt),
        },
      ]),
    ),
    counters: Object.fromEntries(
      figures.map((figure) => [figure, known(FIGURE_KINDS[figure]) ? fleet.counters[figure] : null]),
    ),
    attention: attentionOf(state).map((item) => ({
      kind: API_KIND[item.ref.kind],
      name: item.ref.name,
      severity: item.severity,
      text: saidOf(item),
      since: iso(item.since),
      cause: item.id,
      usual: item.usual && { medianMs: item.usual.median, p95Ms: item.usual.p95, count: item.usual.count },
      acknowledged: acknowledgedData(item.acknowledged),
    })),
    // Rows of a kind that may not be read are not known to be none.
    ...Object.fromEntries(wanted.map((name) => [name, known(VIEW_KINDS[name] ?? []) ? rows[name]!() : null])),
  };
}

/** What a snapshot that could not be taken says to a script. */
export function failureText(options: { output: string; namespace?: string; context?: string }, why: string): string {
  const document = {
    schema: SNAPSHOT_SCHEMA,
    context: options.context,
    namespace: options.namespace ?? 'cpaas-system',
    verdict: 'unknown',
    couldNotKnow: [{ kind: '*', why }],
  };
  return options.output === 'json'
    ? `${JSON.stringify(document, null, 2)}\n`
    : stringify(JSON.parse(JSON.stringify(document)));
}

/** An acknowledgement, for scripts. */
export function acknowledgedData(ack: Acknowledgement | undefined) {
  return ack && { by: ack.by, reason: ack.reason, at: iso(ack.at), until: iso(ack.until) };
}

function problemData(problem: { severity: string; text: string; since?: number } | undefined) {
  return problem && { severity: problem.severity, text: problem.text, since: iso(problem.since) };
}

/** The snapshot of one view in the wanted format. */
export function snapshotText(
  state: State,
  lists: Lists,
  view: string,
  format: 'table' | 'wide' | 'json' | 'yaml' | 'text',
): string {
  if (format === 'json') return `${JSON.stringify(snapshotData(state, view), null, 2)}\n`;
  if (format === 'yaml') return stringify(JSON.parse(JSON.stringify(snapshotData(state, view))));
  const unknown = unknownKinds(state.freshness).map(({ kind, why }) => `not known: ${API_KIND[kind]} (${why})\n`);
  const byId = (id: string) => lists.screens.find((screen) => screen.id === id)!;
  if (view !== 'overview') return unknown.join('') + tableText(byId(view), lists, state, format === 'wide');
  const figure = (label: string, name: Figure) =>
    `${label} ${isKnown(state.freshness, FIGURE_KINDS[name]) ? state.fleet.counters[name] : '?'}`;
  const figures = [
    figure('hosts', 'hosts'),
    figure('in use', 'inUse'),
    figure('free', 'free'),
    figure('busy', 'busy'),
    figure('bad', 'bad'),
    figure('no pool', 'unpooled'),
    figure('machines', 'machines'),
    figure('plans running', 'plansRunning'),
    figure('plans bad', 'plansBad'),
  ];
  const count = attentionCount(attentionOf(state));
  const items = unknown.length > 0 ? `${count} known` : count;
  return [
    `${state.session.host}  ${state.session.namespace}  ${timeText(state.now)}\n`,
    ...unknown,
    `${figures.join('  ')}\n\n`,
    `ATTENTION ${items}\n`,
    tableText(byId('attention'), lists, state, format === 'wide'),
    '\nPOOLS\n',
    tableText(byId('pools'), lists, state, format === 'wide'),
  ].join('');
}
