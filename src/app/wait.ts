/** Waits for the picture to be whole. */
import type { PlanRow } from '../domain/fleet/rows.ts';
import { KINDS } from '../domain/kinds.ts';
import { WORKLOAD_KINDS } from '../domain/workload.ts';
import type { State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { wantedWorkloads } from './wanted-workloads.ts';

/** Every kind is either held whole and verified, or known to be out of reach. */
export function settled(state: State): boolean {
  return (
    KINDS.every((kind) => {
      const { phase, synced } = state.freshness[kind];
      return (phase === 'live' && synced) || phase === 'forbidden' || phase === 'absent';
    }) &&
    plansTold(
      state,
      state.fleet.plans.list.filter(({ wantsDetail }) => wantsDetail),
    )
  );
}

/** Each of these plans was read, or cannot be. */
export function plansTold({ freshness, plansRefused }: State, plans: readonly PlanRow[]): boolean {
  return (
    freshness.plan.phase !== 'live' || plansRefused !== undefined || plans.every(({ detail }) => detail !== undefined)
  );
}

/** Waits until `done`, or until `ms` are over. Gives whether it came true. */
export function waitFor(store: Store, done: (state: State) => boolean, ms: number): Promise<boolean> {
  if (done(store.getState())) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (met: boolean) => {
      clearTimeout(timer);
      unsubscribe();
      resolve(met);
    };
    const timer = setTimeout(() => finish(false), ms);
    const unsubscribe = store.subscribe((state) => {
      if (done(state)) finish(true);
    });
  });
}

/** Has the APIs of some clusters asked, besides those that are asked anyway, and waits until each has told or failed to. */
export async function waitForWorkloads(store: Store, asked: readonly string[], ms: number): Promise<boolean> {
  store.setState({ asked });
  return waitFor(store, (state) => wantedWorkloads(state).every((cluster) => hasTold(state, cluster)), Math.max(0, ms));
}

function hasTold({ fleet }: State, cluster: string): boolean {
  const workload = fleet.workloads.get(cluster);
  if (!workload || workload.access === 'off' || workload.access === 'connecting') return false;
  if (workload.access !== 'open') return true;
  return WORKLOAD_KINDS.every((kind) => {
    const { phase, error } = workload.freshness[kind];
    return phase === 'live' || error !== undefined || phase === 'forbidden' || phase === 'absent';
  });
}
