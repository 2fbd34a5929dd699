import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPublisher } from '../../src/app/publisher.ts';
import { createFleet } from '../../src/domain/fleet/index.ts';
import { createAppStore } from '../../src/store/store.ts';
import { changesOf, fleetOf, host, NOW, smallDatacenter } from '../views/fixtures.ts';
import { live } from '../views/screen.tsx';

const session = { context: 'prod', cluster: 'c', host: 'api:6443', namespace: 'cpaas-system', demo: false };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function world() {
  const fleet = createFleet();
  const store = createAppStore(session, fleet.snapshot(), NOW);
  const published = vi.fn();
  return { fleet, store, published, publisher: createPublisher(fleet, store, published) };
}

/** The turns of the event loop in which a picture is made. */
const turns = () => vi.advanceTimersByTimeAsync(5);

it('shows a change at once, with the freshness that speaks of it, and never in the turn in which it came', async () => {
  const { fleet, store, published, publisher } = world();
  fleet.apply(changesOf(smallDatacenter()));
  publisher.publish(live(fleetOf(smallDatacenter())));
  expect(published).not.toHaveBeenCalled();
  await turns();
  expect(store.getState().fleet.counters.hosts).toBe(6);
  expect(store.getState().freshness.host.phase).toBe('live');
  expect(published).toHaveBeenCalledTimes(1);
});

it('draws fewer pictures while first lists arrive, and loses nothing of what was said meanwhile', async () => {
  const { fleet, store, published, publisher } = world();
  const syncing = { phase: 'syncing', synced: false, since: NOW, count: 1 } as const;
  publisher.publish({ host: syncing });
  await turns();
  fleet.apply(changesOf(smallDatacenter()));
  publisher.publish({ pool: { ...syncing, phase: 'live', synced: true } });
  publisher.publish({ host: { ...syncing, count: 6 } });
  expect(published).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(published).toHaveBeenCalledTimes(2);
  expect(store.getState().freshness.pool.phase).toBe('live');
  expect(store.getState().freshness.host.count).toBe(6);
  expect(store.getState().fleet.counters.hosts).toBe(6);
});

it('shows nothing more once it was stopped', async () => {
  const { published, publisher } = world();
  const syncing = { phase: 'syncing', synced: false, since: NOW, count: 1 } as const;
  publisher.publish({ host: syncing });
  await turns();
  publisher.publish({ host: syncing });
  publisher.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(published).toHaveBeenCalledTimes(1);
});

it('tidies up once, after all first lists, and not while somebody types', async () => {
  const fleet = createFleet();
  const store = createAppStore(session, fleet.snapshot(), NOW);
  const tidy = vi.fn();
  const publisher = createPublisher(fleet, store, () => {}, tidy);
  const all = live(fleetOf(smallDatacenter()));
  const { host: last, ...first } = all;
  publisher.publish(first);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(tidy).not.toHaveBeenCalled();
  publisher.publish({ host: last });
  for (let keys = 0; keys < 10; keys += 1) {
    await vi.advanceTimersByTimeAsync(500);
    store.setState(({ places }) => ({ places: [...places] }));
  }
  expect(tidy).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5_000);
  publisher.publish({ host: { ...last, count: 7 } });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(tidy).toHaveBeenCalledTimes(1);
  publisher.stop();
});

it('answers what comes between two slices before it goes on', async () => {
  const objects = smallDatacenter();
  for (let index = 0; index < 3_000; index += 1) objects.host!.push(host(`rack9-u${index}`, 'Available'));
  const { fleet, published, publisher } = world();
  fleet.apply(changesOf(objects));
  // A clock on which every look takes longer than a slice.
  let clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    clock += 100;
    return clock;
  });
  publisher.publish();
  let between = 0;
  while (published.mock.calls.length === 0) {
    vi.advanceTimersToNextTimer();
    between += 1;
  }
  expect(between).toBeGreaterThan(20);
  vi.restoreAllMocks();
});

it('computes the same picture in slices as in one go', () => {
  const objects = smallDatacenter();
  for (let index = 0; index < 1_000; index += 1) objects.host!.push(host(`rack9-u${index}`, 'Available'));
  const sliced = createFleet();
  sliced.apply(changesOf(objects));
  let slices = 1;
  while (!sliced.settle(() => true)) slices += 1;
  expect(slices).toBeGreaterThan(3);
  const picture = sliced.snapshot();
  const whole = fleetOf(objects);
  expect(picture.counters).toEqual(whole.counters);
  expect(picture.attention.map(({ text }) => text)).toEqual(whole.attention.map(({ text }) => text));
  expect(picture.hosts.list.map(({ name, use }) => [name, use])).toEqual(
    whole.hosts.list.map(({ name, use }) => [name, use]),
  );
});
