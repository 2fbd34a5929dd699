/** What may be called live, and when: each piece of evidence by itself. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Claim } from '../../../src/kube/reflector/claim.ts';
import { DEFAULTS } from '../../../src/kube/reflector/settings.ts';
import { Standing } from '../../../src/kube/reflector/standing.ts';
import { FakeClock } from './support/fake-clock.ts';

let clock: FakeClock;
let standing: Standing;
let claim: Claim;

beforeEach(() => {
  clock = new FakeClock();
  standing = new Standing(clock, () => {});
  claim = new Claim(clock, DEFAULTS, standing);
});

const phase = () => standing.current.phase;
/** A complete list that was asked for so long ago. */
function listed(agoMs = 0): void {
  standing.set({ phase: 'syncing', synced: true });
  claim.held(clock.now() - agoMs);
}
async function live(): Promise<void> {
  listed();
  claim.opened();
  await clock.advance(1_000);
  expect(phase()).toBe('live');
}

describe('a claim', () => {
  it('needs a watch that stood for a second', async () => {
    listed();
    claim.opened();
    await clock.advance(999);
    expect(phase()).toBe('syncing');
    await clock.advance(1);
    expect(standing.current).toMatchObject({ phase: 'live', verifiedAt: clock.now() });
  });

  it('is proven by an event at once where the list is young, and not where it is old', () => {
    listed(15_000);
    claim.opened();
    claim.event();
    expect(phase()).toBe('live');
    listed(15_001);
    claim.opened();
    claim.event();
    expect(phase()).toBe('syncing');
  });

  it('is not proven by an event after a list of the future: the clock was set back', () => {
    listed(-60_000);
    claim.opened();
    claim.event();
    expect(phase()).toBe('syncing');
  });

  it('is proven by a bookmark, however old the list', () => {
    listed(3_600_000);
    claim.opened();
    claim.bookmark();
    expect(phase()).toBe('live');
  });

  it('waits for a backlog to run dry, and for bytes that are not understood yet', async () => {
    listed(60_000);
    claim.opened();
    for (let n = 0; n < 20; n += 1) {
      claim.event();
      await clock.advance(80);
    }
    expect(phase()).toBe('syncing');
    claim.received();
    await clock.advance(300);
    expect(phase()).toBe('syncing');
    claim.event();
    await clock.advance(200);
    expect(phase()).toBe('live');
  });

  it('does not wait for ever on a kind that is never quiet', async () => {
    listed(60_000);
    claim.opened();
    for (let n = 0; n < 120; n += 1) {
      claim.event();
      await clock.advance(50);
    }
    expect(phase()).toBe('live');
  });

  it('falls when the next watch brings a long backlog', async () => {
    await live();
    await clock.advance(60_000);
    claim.ended('timeout');
    claim.opened();
    for (let n = 0; n < 15; n += 1) {
      claim.event();
      await clock.advance(80);
    }
    expect(standing.current).toMatchObject({ phase: 'stale', error: 'catching up' });
  });

  it('outlives the end of a watch by a second, and no longer', async () => {
    await live();
    claim.ended('the server ended the watch');
    await clock.advance(999);
    expect(phase()).toBe('live');
    await clock.advance(1);
    expect(standing.current).toMatchObject({ phase: 'stale', error: 'the server ended the watch' });
  });

  it('does not outlive the end of a watch that proved nothing', async () => {
    await live();
    claim.ended('first');
    claim.opened();
    claim.ended('second');
    expect(phase()).toBe('stale');
  });
});

describe('vouching', () => {
  it('counts for a watch that stood when the question was asked', async () => {
    await live();
    const proven = clock.now();
    await clock.advance(5_000);
    claim.vouch(proven - 1);
    expect(standing.current.verifiedAt).toBe(proven);
    claim.vouch(proven + 3_000);
    expect(standing.current.verifiedAt).toBe(proven + 3_000);
  });

  it('counts for nothing between two watches', async () => {
    await live();
    const { verifiedAt } = standing.current;
    await clock.advance(100);
    claim.ended('timeout');
    claim.vouch(clock.now());
    claim.opened();
    claim.vouch(clock.now());
    expect(standing.current).toMatchObject({ phase: 'live', verifiedAt });
  });
});

describe('doubt', () => {
  it('shows at once wherever something complete is held, and nowhere else', async () => {
    claim.doubt('cut', 'stale');
    expect(phase()).toBe('waiting');
    standing.set({ phase: 'syncing' });
    claim.doubt('cut', 'stale');
    expect(phase()).toBe('syncing');
    claim.held(clock.now());
    expect(standing.current).toMatchObject({ phase: 'stale', error: 'cut' });
    claim.trust();
    listed();
    claim.doubt('who are you', 'auth');
    expect(standing.current).toMatchObject({ phase: 'auth', error: 'who are you' });
  });

  it('makes an event prove nothing at first: nobody knows how long it lasted', async () => {
    await live();
    claim.doubt('the clock jumped', 'stale');
    claim.trust();
    claim.opened();
    claim.event();
    expect(phase()).toBe('stale');
    await clock.advance(1_000);
    expect(phase()).toBe('live');
  });

  it('takes evidence of the future back', async () => {
    await live();
    clock.jump(-3_600_000);
    claim.doubt('the clock jumped', 'stale');
    expect(standing.current.verifiedAt).toBe(clock.now());
  });
});

describe('the end of all claims', () => {
  it('leaves no timer', async () => {
    await live();
    claim.ended('timeout');
    claim.drop();
    expect(clock.pending).toBe(0);
    claim.opened();
    claim.drop();
    expect(clock.pending).toBe(0);
  });
});
