/** Looks on while the dashboard runs, and keeps how long things took. */
import { createLearner } from '../domain/durations/learner.ts';
import { withSamples } from '../domain/durations/learnt.ts';
import { addSamples, readLearnt } from '../local/durations.ts';
import { type Site, siteFolder } from '../local/folder.ts';
import type { State } from '../store/state.ts';
import type { Store } from '../store/store.ts';

/** Which fleet a session is about; `speed` is the simulation's. */
export function siteOf({ session }: Pick<State, 'session'>, speed: number): Site {
  const { host, namespace, cluster, demo } = session;
  return { host, namespace, cluster, ...(demo ? { speed } : {}) };
}

/** Puts what was learnt before into the store. Never throws. */
export async function recall(store: Store, site: Site): Promise<void> {
  const { samples } = await readLearnt(siteFolder(process.env, site));
  store.setState(({ learnt }) => ({ learnt: withSamples(learnt, samples) }));
}

/** Learns until it is stopped. What cannot be written is known until metaldeck ends. Returns a function that stops it. */
export function followDurations(store: Store, site: Site): () => void {
  const learner = createLearner();
  const folder = siteFolder(process.env, site);
  void recall(store, site);
  return store.subscribe(({ fleet, freshness }, before) => {
    if (fleet === before.fleet && freshness === before.freshness) return;
    const samples = learner.look({ fleet, freshness, wall: Date.now(), steady: performance.now() });
    if (samples.length === 0) return;
    addSamples(folder, samples).catch(() => {});
    store.setState(({ learnt }) => ({ learnt: withSamples(learnt, samples) }));
  });
}
