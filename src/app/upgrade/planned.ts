/** An upgrade on paper: the course of a session that has not begun, with what the server says to its next write. */
import type { ClusterRow } from '../../domain/fleet/rows.ts';
import { API_KIND } from '../../domain/kinds.ts';
import type { Ask, Course, Gate, Known, Rehearsed, Session, Stage } from '../../guides/contract.ts';
import { onlyPlanned, shut } from '../../guides/session.ts';
import { upgrade } from '../../guides/upgrade/index.ts';
import { type Route, routeOf } from '../../guides/upgrade/route.ts';
import { KINDS_TABLE, pathOf } from '../../kube/kinds.ts';
import { KubeError, type Transport } from '../../kube/types.ts';
import { keyOf, type Need, type Raw, type Request } from '../../operations/contract.ts';
import type { Prepared, Refused, Runner } from '../../runner/api.ts';
import { isRefused } from '../../runner/api.ts';

export interface Planned {
  known: Known;
  session: Session;
  route: Route;
  course: Course;
  /** Gates that stand in the way and that nobody can answer in words alone. */
  inTheWay: readonly Gate[];
  /** Gates that want to be answered in words before it begins. */
  toBeSaid: readonly Gate[];
}

/** What is asked for. */
export interface Wanted {
  cluster: ClusterRow;
  to: string;
  rows?: string;
  order?: string;
}

export function askOf({ cluster, to, rows, order }: Wanted): Ask {
  return {
    guide: upgrade.id,
    targets: [{ kind: 'cluster', uid: cluster.uid, name: cluster.name }],
    values: { to, ...(rows ? { rows } : {}), ...(order ? { order } : {}) },
  };
}

/** Why a course would rest on what may be old, as a sentence. */
export function notKnown({ freshness }: Pick<Known, 'freshness'>): { kind: string; why: string }[] {
  return upgrade.kinds.flatMap((kind) => {
    const { phase, synced, error } = freshness[kind];
    return phase === 'live' && synced ? [] : [{ kind: API_KIND[kind], why: error ?? phase }];
  });
}

/** Reads objects whole. An object that does not exist is null. Throws KubeError. */
async function readAll(
  transport: Pick<Transport, 'json'>,
  known: Known,
  needs: readonly Need[],
): Promise<Map<string, Raw | null>> {
  const read = async (need: Need): Promise<[string, Raw | null]> => {
    const version = known.freshness[need.kind].version ?? KINDS_TABLE[need.kind].versions[0];
    try {
      const path = pathOf(need.kind, version, known.namespace, need.name);
      return [keyOf(need), await transport.json<Raw>({ path, idleMs: 10_000 })];
    } catch (error) {
      if (error instanceof KubeError && error.code === 404) return [keyOf(need), null];
      throw error;
    }
  };
  return new Map(await Promise.all(needs.map(read)));
}

type Desk = Pick<Runner, 'prepare' | 'dryRun'>;

/** What the server says to the write that would come next. */
async function rehearse(runner: Desk, request: Request, now: number): Promise<Rehearsed> {
  const prepared: Prepared | Refused = await runner.prepare(request);
  if (isRefused(prepared)) return { at: now, refused: prepared.refused };
  const answer = await runner.dryRun(prepared);
  return { at: now, ...(answer.refused === undefined ? {} : { refused: answer.refused }) };
}

/** The writes the server can judge already: the next one, and the control plane's of the same hop, whose webhooks matter. */
function toRehearse({ stages }: Course): Stage[] {
  const next = stages.find(({ state }) => state === 'next');
  const plane = stages.find(
    ({ part, state, about }) => part === next?.part && state !== 'done' && about?.kind === 'controlPlane',
  );
  return [...new Set([next, plane])].filter((stage) => stage !== undefined);
}

/**
 * Plans it; or gives one sentence why there is no way. Without a runner the server is asked for no dry run. Throws
 * KubeError where objects cannot be read.
 */
export async function planUpgrade(
  known: Known,
  wanted: Wanted,
  transport: Pick<Transport, 'json'>,
  runner?: Desk,
): Promise<Planned | string> {
  const session = onlyPlanned(askOf(wanted));
  const bare = upgrade.refuse(known, session);
  if (bare !== undefined) return bare;
  let whole: Known = { ...known, raw: await readAll(transport, known, upgrade.needs(known, session)) };
  // With the control plane read, another way may be the better one.
  const refused = upgrade.refuse(whole, session);
  if (refused !== undefined) return refused;
  let course = upgrade.course(whole, session);
  if (runner) {
    const rehearsed = new Map<string, Rehearsed>();
    for (const { id, request } of toRehearse(course)) {
      if (request) rehearsed.set(id, await rehearse(runner, request, known.now));
    }
    whole = { ...whole, rehearsed };
    course = upgrade.course(whole, session);
  }
  const route = routeOf(whole, session.ask);
  if (typeof route === 'string') return route;
  const names = new Set<string>();
  const closed = [...course.gates, ...course.stages.flatMap(({ gates }) => gates)]
    .filter(shut)
    .filter(({ name }) => !names.has(name) && names.add(name));
  return {
    known: whole,
    session,
    route,
    course,
    inTheWay: closed.filter(({ asks }) => asks === undefined),
    toBeSaid: closed.filter(({ asks }) => asks !== undefined),
  };
}
