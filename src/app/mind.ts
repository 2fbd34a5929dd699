/** What this user knows of the fleet's trouble, between the store and the disk: acknowledged, and looked at before. */
import type { Mind } from '../../hooks/binding.ts';
import { say } from '../../hooks/navigation.ts';
import { createHealing } from '../domain/healed.ts';
import { acknowledgedStamp, dropAcknowledged, keepAcknowledged, readAcknowledged } from '../local/acknowledged.ts';
import { type Site, siteFolder } from '../local/folder.ts';
import { addLooked, readLooked } from '../local/looked.ts';
import { attentionOf, lookKey } from '../store/attention.ts';
import { here, type State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { osUser } from './runner.ts';
import { unknownKinds } from './verdict.ts';

/** Another metaldeck's acknowledgements are seen so soon, ms. */
const POLL_MS = 2_000;
const LISTS: readonly string[] = ['overview', 'attention'];
/** What is read of single plans arrives after the lists, ms. */
const SETTLING_MS = 5_000;

/** Who acknowledges: to the cluster and to this computer. */
function whoIs({ session }: State): string {
  const kubernetes = session.impersonating ?? session.user;
  return kubernetes ? `${kubernetes} (${osUser()})` : osUser();
}

/** Puts what was acknowledged into the store, for a command that prints once. Never throws. */
export async function recallAcknowledged(store: Store, site: Site): Promise<void> {
  store.setState({ acknowledged: await readAcknowledged(siteFolder(process.env, site), Date.now()) });
}

/** How many of the list have certainly been on screen, top down. */
function inSight(state: State): number {
  const { screen, index } = here(state);
  const room = screen === 'attention' ? state.rows - 5 : Math.floor(((state.rows - 7) * 2) / 3) - 1;
  return Math.max(room, index + 1);
}

/** Minds the trouble until it is stopped. */
export function openMind(store: Store, site: Site): Mind & { stop(): Promise<void> } {
  const folder = siteFolder(process.env, site);
  const healing = createHealing();
  let stamp: number | undefined;
  let stopped = false;
  let ready = false;
  const failed = (what: string) => (error: unknown) =>
    say(store, `${what}: ${error instanceof Error ? error.message : String(error)}`, 'warn');

  const read = async (force = false): Promise<void> => {
    const now = await acknowledgedStamp(folder);
    if (!force && now === stamp) return;
    const acknowledged = await readAcknowledged(folder, Date.now());
    stamp = now;
    if (!stopped) store.setState({ acknowledged });
  };

  /** What was in sight was looked at; the first time ever, all there is. */
  const look = async (state: State, all = false): Promise<void> => {
    if (!ready || !state.settledAt) return;
    const items = attentionOf(state);
    const now = Date.now();
    const seen = items
      .filter((item, index) => (all || index < inSight(state)) && (item.fresh || state.looked === undefined))
      .map((item): [string, number] => [lookKey(item), now]);
    if (seen.length === 0 && state.looked !== undefined) return;
    store.setState({ looked: new Map([...(state.looked ?? []), ...seen]) });
    await addLooked(folder, new Map(seen)).catch(() => {});
  };

  const heal = (state: State): void => {
    const live = state.settledAt !== undefined && unknownKinds(state.freshness).length === 0;
    const there = new Set(attentionOf(state).map(lookKey));
    const acks = new Map([...state.acknowledged.values()].map((ack) => [`${ack.ref.uid}/${ack.cause}`, ack]));
    const seen = [...(state.looked ?? [])].filter(([, at]) => at > 0).map(([key]) => key);
    const healed = healing.look(new Set([...acks.keys(), ...seen]), there, live, performance.now());
    if (healed.length === 0) return;
    const forgotten = healed
      .filter((key) => (state.looked?.get(key) ?? 0) > 0)
      .map((key): [string, number] => [key, 0]);
    const acknowledged = new Map(state.acknowledged);
    for (const key of healed) {
      const ack = acks.get(key);
      if (!ack) continue;
      acknowledged.delete(ack.ref.uid);
      dropAcknowledged(folder, ack.ref.uid).catch(() => {});
    }
    store.setState({
      ...(acknowledged.size < state.acknowledged.size ? { acknowledged } : {}),
      ...(forgotten.length > 0 ? { looked: new Map([...(state.looked ?? []), ...forgotten]) } : {}),
    });
    if (forgotten.length > 0) addLooked(folder, new Map(forgotten)).catch(() => {});
  };

  void read(true);
  void readLooked(folder).then((looked) => {
    if (stopped) return;
    ready = true;
    if (looked) store.setState({ looked });
  });
  const timer = setInterval(() => void read(), POLL_MS).unref();
  let beat = 0;
  const unsubscribe = store.subscribe((state, before) => {
    if (ready && state.looked === undefined && state.now - (state.settledAt ?? state.now) > SETTLING_MS)
      void look(state, true);
    const left = here(state).screen !== here(before).screen || here(state).ref !== here(before).ref;
    if (left && LISTS.includes(here(before).screen)) void look({ ...before, looked: state.looked });
    const second = Math.floor(state.now / 1_000);
    if (second === beat) return;
    beat = second;
    heal(store.getState());
  });
  return {
    acknowledge(item, ms, reason) {
      const at = Date.now();
      const { ref, id: cause, severity, text } = item;
      const ack = { ref, cause, severity, text, reason, by: whoIs(store.getState()), at, until: at + ms };
      keepAcknowledged(folder, ack)
        .then(() => read(true))
        .catch(failed('the acknowledgement could not be kept'));
    },
    withdraw({ ref }) {
      dropAcknowledged(folder, ref.uid)
        .then(() => read(true))
        .then(() => say(store, `${ref.name} is not acknowledged any more`))
        .catch(failed('the acknowledgement could not be taken back'));
    },
    async stop() {
      const state = store.getState();
      stopped = true;
      clearInterval(timer);
      unsubscribe();
      if (LISTS.includes(here(state).screen)) await look(state);
    },
  };
}
