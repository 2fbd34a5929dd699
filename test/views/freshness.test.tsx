/** Stale, forbidden, absent, arriving and zero must never look alike. */
import { describe, expect, it } from 'vitest';
import { createFleet } from '../../src/domain/fleet/index.ts';
import type { Freshness, Phase } from '../../src/domain/freshness.ts';
import { commit, tick } from '../../src/store/store.ts';
import { fleetOf, NOW, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const fresh = (phase: Phase, more: Partial<Freshness> = {}): Freshness => ({
  phase,
  synced: phase === 'live' || phase === 'stale' || phase === 'auth',
  since: NOW,
  count: 0,
  ...more,
});

function hostsScreen(freshness: Freshness, withObjects: boolean) {
  const fleet = withObjects ? fleetOf(smallDatacenter()) : createFleet().snapshot();
  const screen = openScreen(fleet, { freshness: { host: freshness } });
  screen.press('3');
  return screen;
}

describe('an empty list of hosts', () => {
  const shown = {
    zero: hostsScreen(fresh('live'), false).text(),
    syncing: hostsScreen(fresh('syncing'), false).text(),
    stale: hostsScreen(fresh('stale', { verifiedAt: NOW - 47_000 }), false).text(),
    forbidden: hostsScreen(fresh('forbidden', { error: 'machineinventories is forbidden' }), false).text(),
    absent: hostsScreen(fresh('absent'), false).text(),
    waiting: hostsScreen(fresh('waiting'), false).text(),
    auth: hostsScreen(fresh('auth', { verifiedAt: NOW - 5_000 }), false).text(),
  };

  it('looks different for every reason it may be empty', () => {
    expect(new Set(Object.values(shown)).size).toBe(Object.keys(shown).length);
  });

  it('claims that there is none only when that is known', () => {
    expect(shown.zero).toContain('no host has registered yet');
    expect(shown.zero).toContain('HOSTS  0');
    for (const other of [shown.syncing, shown.forbidden, shown.absent, shown.waiting]) {
      expect(other).not.toContain('no host has registered yet');
    }
    expect(shown.forbidden).toContain('HOSTS  ?');
    expect(shown.absent).toContain('HOSTS  ?');
    expect(shown.stale).toContain('when last verified: no host has registered yet');
    expect(shown.stale).toContain('STALE 47s');
    expect(shown.forbidden).toContain('not allowed to list MachineInventory');
    expect(shown.absent).toContain('does not serve MachineInventory');
    expect(shown.auth).toContain('SIGNING IN AGAIN');
  });
});

describe('the counters', () => {
  const overview = (freshness: Freshness) => openScreen(fleetOf(smallDatacenter()), { freshness: { host: freshness } });

  it('show a figure only of what may be read', () => {
    expect(overview(fresh('live', { count: 6 })).text()).toMatch(/ hosts +6 /);
    expect(overview(fresh('forbidden')).text()).toMatch(/ hosts +forbidden/);
    expect(overview(fresh('absent')).text()).toMatch(/ hosts +absent/);
    expect(overview(fresh('waiting')).text()).toMatch(/ hosts +\?/);
    expect(overview(fresh('syncing', { count: 6 })).text()).toMatch(/ hosts +6\+/);
  });

  it('dims a stale figure and marks it', () => {
    const text = overview(fresh('stale', { verifiedAt: NOW - 60_000 })).text();
    expect(text).toMatch(/ hosts +6\?/);
    expect(text).toContain('STALE 1m');
  });

  it('never says that nothing needs attention while part of the fleet is unknown', () => {
    const empty = createFleet().snapshot();
    expect(openScreen(empty).text()).toContain(' nothing\n');
    expect(openScreen(empty, { freshness: { plan: fresh('forbidden') } }).text()).toContain('not known');
    expect(openScreen(empty, { freshness: { host: fresh('syncing') } }).text()).toContain('not known yet');
    expect(openScreen(empty, { freshness: { host: fresh('stale', { verifiedAt: NOW }) } }).text()).toContain(
      'nothing when it was last verified',
    );
  });
});

describe('the figures of pools', () => {
  const shown = (phase: 'forbidden' | 'absent' | 'live') =>
    openScreen(fleetOf(smallDatacenter()), { freshness: { baremetalMachine: fresh(phase) }, rows: 60 });
  const line = (text: string) => text.split('\n').find((each) => each.includes('prod-worker-pool'))!;

  it.each(['forbidden', 'absent'] as const)(
    'are not known where machines are %s: neither zero nor a lower bound',
    (phase) => {
      const screen = shown(phase);
      expect(line(screen.text())).toMatch(/ \d+( +\?){6} /);
      screen.press('2', 'enter');
      expect(screen.text()).toMatch(/available +\? /);
      expect(screen.text()).not.toMatch(/unavailable +0 /);
    },
  );

  it('are numbers where all may be read', () => {
    expect(line(shown('live').text())).not.toContain('?');
  });
});

it('counts the age of stale data on, by the clock alone', () => {
  const screen = hostsScreen(fresh('stale', { verifiedAt: NOW - 47_000 }), true);
  expect(screen.text()).toContain('STALE 47s');
  tick(screen.store, NOW + 3_000);
  expect(screen.text()).toContain('STALE 50s');
});

it('keeps one kind out of the others: forbidden events leave the hosts live', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { freshness: { event: fresh('forbidden') } });
  screen.press('3');
  expect(screen.text()).toContain('live (Event not)');
  expect(screen.text()).not.toContain('FORBIDDEN');
  screen.press('9');
  expect(screen.text()).toContain('FORBIDDEN Event');
});

it('shows a bar for each kind while the first lists arrive, with what is already there', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), {
    freshness: { host: fresh('syncing', { count: 2500, expected: 10_000 }), plan: fresh('syncing', { count: 77 }) },
  });
  expect(screen.text()).toMatch(/MachineInventory +█{8}░+ 2500 of 10000/);
  expect(screen.text()).toMatch(/Secret +77 so far/);
  screen.press('3');
  expect(screen.text()).toContain('rack1-u01');
});

it('does not judge a pool by hosts that are still arriving', () => {
  const screen = openScreen(fleetOf(smallDatacenter()), { freshness: { host: fresh('syncing', { count: 6 }) } });
  screen.press('2');
  expect(screen.text()).toMatch(/prod-worker-pool .* 1\+ +2\+ +0\+ +1\+ +1\+ \?/);
});

it('says why it is stale', () => {
  const screen = hostsScreen(
    fresh('stale', { verifiedAt: NOW - 9_000, error: 'the server refused the connection' }),
    true,
  );
  expect(screen.text()).toMatch(/HOSTS +1\/6\? +the server refused the connection +STALE 9s/);
});

it('marks what has just changed for a few seconds, and no longer', () => {
  const objects = smallDatacenter();
  const screen = openScreen(fleetOf(objects));
  const fewer = { ...objects, host: objects.host!.filter(({ metadata }) => metadata.name !== 'rack3-u12') };
  commit(screen.store, { fleet: fleetOf(fewer), now: NOW + 5_000 });
  expect(screen.text()).toMatch(/ hosts +5 ↓1/);
  tick(screen.store, NOW + 10_000);
  expect(screen.text()).toMatch(/ hosts +5 /);
});
