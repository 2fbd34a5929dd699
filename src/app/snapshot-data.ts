import type { Acknowledgement } from '../domain/acknowledge.ts';
import { saidOf } from '../domain/explain/attention.ts';
import { API_KIND, KINDS, type Kind } from '../domain/kinds.ts';
import { attentionOf } from '../store/attention.ts';
import type { Figure } from '../store/history.ts';
import { FIGURE_KINDS, isKnown } from '../store/panels.ts';
import type { State } from '../store/state.ts';
import { SNAPSHOT_SCHEMA, unknownKinds, VIEW_KINDS, verdictOf } from './verdict.ts';
import { nodeData, workloadData } from './workload-data.ts';

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

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
        nextVersion: row.nextVersion,
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

/** An acknowledgement, for scripts. */
export function acknowledgedData(ack: Acknowledgement | undefined) {
  return ack && { by: ack.by, reason: ack.reason, at: iso(ack.at), until: iso(ack.until) };
}

function problemData(problem: { severity: string; text: string; since?: number } | undefined) {
  return problem && { severity: problem.severity, text: problem.text, since: iso(problem.since) };
}
