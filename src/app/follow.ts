/** The one way data takes: caches of the API -> the joined fleet -> one commit to the store per batch. */
import { findObject } from '../domain/fleet/find.ts';
import { createFleet } from '../domain/fleet/index.ts';
import type { PlanRow } from '../domain/fleet/rows.ts';
import { KINDS, type Kind } from '../domain/kinds.ts';
import type { Change, DomainObject } from '../domain/objects.ts';
import { isCountable } from '../kube/freshness.ts';
import { KINDS_TABLE, pathOf } from '../kube/kinds.ts';
import { createPlanReader } from '../kube/plan-reader.ts';
import { createResourceCache, type ResourceCache } from '../kube/reflector/cache.ts';
import { discover, remembering } from '../kube/reflector/discovery.ts';
import type { Source } from '../kube/reflector/source.ts';
import type { Transport } from '../kube/types.ts';
import type { State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { followCompared } from './compared.ts';
import { followDocument } from './document.ts';
import { createInSight } from './in-sight.ts';
import { followOutput } from './output.ts';
import { createPublisher } from './publisher.ts';
import { followWorkloads } from './workloads.ts';

export interface Following {
  cache: ResourceCache;
  /** Ends every request; resolves when nothing is left open. */
  stop(): Promise<void>;
}

export interface FollowOptions {
  store: Store;
  transport: Transport;
  namespace: string;
  /** The plans that are read although they are at rest; those on screen by default. The same list while they are the same. */
  reads?(state: State): readonly PlanRow[];
  /** Something that should never happen, for the log. */
  onError(error: unknown): void;
}

/** Plan details that arrive together are shown together. */
const DETAILS_MS = 100;
/** Plans that are merely scrolled past are not read. */
const RESTS_MS = 150;

const SELECTORS = (kind: Kind) =>
  KINDS_TABLE[kind].fieldSelector ? { fieldSelector: KINDS_TABLE[kind].fieldSelector } : undefined;

/** Begins to list and watch every kind into the store. */
export function follow({ store, transport, namespace, reads, onError }: FollowOptions): Following {
  const fleet = createFleet();
  const api = remembering(transport, Date.now);
  const versions = new Map<Kind, string>();
  let known = store.getState().freshness;
  const inSight = reads ?? createInSight();
  const wantedPlans = createWanted(inSight);

  const sourceOf = async (kind: Kind, fresh: boolean): Promise<Source<DomainObject> | undefined> => {
    const watched = KINDS_TABLE[kind];
    if (fresh) api.forget();
    const served = await discover(api, watched.group, watched.resource, watched.versions);
    if (served === 'absent') return undefined;
    versions.set(kind, served.version);
    return {
      kind,
      path: pathOf(kind, served.version, namespace),
      query: SELECTORS(kind),
      metadataOnly: watched.metadataOnly,
      managedFields: watched.managedFields,
      project: watched.project,
      cap: watched.keep,
    };
  };

  const plans = createPlanReader({
    transport,
    namespace,
    onDetail(uid, detail) {
      fleet.setPlanDetail(uid, detail);
      // Shown with the next batch, or soon: a detail that arrives in a quiet fleet must not wait for one.
      detailsDue ??= setTimeout(() => {
        detailsDue = undefined;
        publisher.publish();
      }, DETAILS_MS).unref();
    },
    onRefused(plansRefused) {
      if (store.getState().plansRefused !== plansRefused) store.setState({ plansRefused });
    },
  });
  let detailsDue: NodeJS.Timeout | undefined;
  const publisher = createPublisher(fleet, store, () => plans.want(wantedPlans(store.getState())));

  const cache = createResourceCache<DomainObject>({
    kinds: KINDS,
    transport,
    resolve: (kind, hint) => sourceOf(kind as Kind, hint.fresh),
    onChange(batch) {
      const changes: Change[] = [];
      for (const [kind, list] of batch.changes) {
        for (const change of list) {
          changes.push(
            change.type === 'set'
              ? { type: 'set', object: change.object }
              : {
                  type: 'delete',
                  kind: kind as Kind,
                  uid: change.uid,
                  name: change.name,
                },
          );
        }
      }
      const freshness = Object.fromEntries(batch.freshness) as Partial<State['freshness']>;
      if (batch.freshness.size > 0) {
        // Not the store's: what was said in the batch before may still wait to be shown.
        known = { ...known, ...freshness };
        // Only of a kind that was listed whole can it be said that an object does not exist.
        fleet.setComplete(new Set(KINDS.filter((kind) => isCountable(known[kind]))));
      }
      if (changes.length > 0) fleet.apply(changes);
      publisher.publish(freshness);
    },
    onError,
  });

  const stopDocument = followDocument({
    store,
    transport,
    namespace,
    versionOf: (state, ref) => findObject(state.fleet, ref)?.resourceVersion,
    servedVersion: (_state, ref) => versions.get(ref.kind),
  });
  const stopOutput = followOutput({ store, transport, namespace });
  const stopCompared = followCompared({ store, transport, namespace, servedVersion: ({ kind }) => versions.get(kind) });
  const workloads = followWorkloads({
    store,
    fleet,
    publish: () => publisher.publish(),
    transport,
    namespace,
    onError,
  });
  // A plan that comes on screen is read although it is at rest.
  let seen = inSight(store.getState());
  let restsDue: NodeJS.Timeout | undefined;
  const stopWatching = store.subscribe((state) => {
    const now = inSight(state);
    if (now === seen) return;
    seen = now;
    clearTimeout(restsDue);
    restsDue = setTimeout(() => plans.want(wantedPlans(store.getState())), RESTS_MS).unref();
  });

  cache.start();
  return {
    cache,
    async stop() {
      clearTimeout(detailsDue);
      clearTimeout(restsDue);
      publisher.stop();
      stopWatching();
      stopDocument();
      stopOutput();
      stopCompared();
      plans.stop();
      await Promise.all([cache.stop(), workloads.stop()]);
    },
  };
}

/** Plans in flight or failed, and those on screen; looked for anew only where the plans or the screen are others. */
function createWanted(inSight: (state: State) => readonly PlanRow[]) {
  let last: { plans: State['fleet']['plans']['list']; seen: readonly PlanRow[]; wanted: PlanRow[] } | undefined;
  return (state: State) => {
    const seen = inSight(state);
    const plans = state.fleet.plans.list;
    if (last?.plans !== plans || last.seen !== seen) {
      const uids = new Set(seen.map(({ uid }) => uid));
      last = { plans, seen, wanted: plans.filter((row) => row.wantsDetail || uids.has(row.uid)) };
    }
    return last.wanted.map(({ uid, name, object }) => ({ uid, name, resourceVersion: object.resourceVersion }));
  };
}
