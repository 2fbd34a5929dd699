/** The small parts that decide who waits, and for how long. */
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../../src/kube/reflector/backoff.ts';
import { between, orAborted, sleep } from '../../../src/kube/reflector/clock.ts';
import { Pacer } from '../../../src/kube/reflector/pacer.ts';
import { compareRevisions, isOlder, newer } from '../../../src/kube/reflector/revision.ts';
import { boundMs, DEFAULTS } from '../../../src/kube/reflector/settings.ts';
import { Slots } from '../../../src/kube/reflector/slots.ts';
import { FakeClock, settle } from './support/fake-clock.ts';

describe('Backoff', () => {
  const delays = (random: () => number, count: number, clock = new FakeClock()) => {
    const backoff = new Backoff(DEFAULTS.backoff, clock, random);
    return Array.from({ length: count }, () => backoff.next());
  };

  it('doubles from 800 ms to 30 s', () => {
    expect(delays(() => 0, 8)).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('adds up to as much again at random', () => {
    expect(delays(() => 0.5, 2)).toEqual([1_200, 2_400]);
    expect(Math.max(...delays(() => 0.999, 100))).toBeLessThan(60_000);
  });

  it('starts over after two healthy minutes, not before, and when told to', async () => {
    const clock = new FakeClock();
    const backoff = new Backoff(DEFAULTS.backoff, clock, () => 0);
    backoff.next();
    await clock.advance(120_000);
    expect(backoff.next()).toBe(1_600);
    await clock.advance(120_001);
    expect(backoff.next()).toBe(800);
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(800);
  });
});

describe('settings', () => {
  it('bound a lie to 15 s', () => {
    expect(boundMs(DEFAULTS)).toBe(15_000);
  });
});

describe('revisions', () => {
  it.each([
    ['9', '10', -1],
    ['10', '9', 1],
    ['10', '10', 0],
    ['99999999999999999998', '99999999999999999999', -1],
    ['abc', '9', undefined],
    ['9', '', undefined],
    ['007', '8', undefined],
    [undefined, '8', undefined],
  ])('%s against %s', (a, b, sign) => {
    const order = compareRevisions(a, b);
    expect(order === undefined ? undefined : Math.sign(order)).toBe(sign);
    expect(isOlder(a, b)).toBe(sign === -1);
  });

  it('keeps the newer, and the later where nobody can tell', () => {
    expect([newer('5', '6'), newer('6', '5'), newer(undefined, '1'), newer('x', '1')]).toEqual(['6', '6', '1', '1']);
  });
});

describe('sleep', () => {
  it('ends in time, or with the signal, and leaves no timer', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const ended: string[] = [];
    void sleep(clock, 100, abort.signal).then(() => ended.push('time'));
    void sleep(clock, 1_000, abort.signal).then(() => ended.push('signal'));
    await clock.advance(100);
    expect(ended).toEqual(['time']);
    abort.abort();
    await settle();
    expect(ended).toEqual(['time', 'signal']);
    await sleep(clock, 1_000, abort.signal);
    expect(clock.pending).toBe(0);
  });

  it('draws between two bounds', () => {
    expect([between([30, 60], () => 0), between([30, 60], () => 0.5)]).toEqual([30, 45]);
  });
});

describe('orAborted', () => {
  it('gives the result, the failure, or the abort, whichever is first', async () => {
    const abort = new AbortController();
    const never = orAborted(new Promise(() => {}), abort.signal);
    expect(await orAborted(Promise.resolve(7), abort.signal)).toBe(7);
    await expect(orAborted(Promise.reject(new Error('no')), abort.signal)).rejects.toThrow('no');
    abort.abort();
    await expect(never).rejects.toMatchObject({ reason: 'Aborted' });
    await expect(orAborted(Promise.reject(new Error('late')), abort.signal)).rejects.toMatchObject({
      reason: 'Aborted',
    });
  });
});

describe('Slots', () => {
  it('gives out so many places, in order, and passes on what is given back', async () => {
    const slots = new Slots(2);
    const { signal } = new AbortController();
    const order: string[] = [];
    const take = async (name: string) => {
      const giveBack = await slots.take(signal);
      order.push(name);
      return giveBack;
    };
    const first = await take('a');
    void take('b');
    void take('c');
    void take('d');
    await settle();
    expect(order).toEqual(['a', 'b']);
    first();
    first(); // no second place for it
    await settle();
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('lets whoever gives up leave the queue', async () => {
    const slots = new Slots(1);
    const giveBack = await slots.take(new AbortController().signal);
    const abort = new AbortController();
    const gone = slots.take(abort.signal);
    const next = slots.take(new AbortController().signal);
    abort.abort();
    (await gone)(); // has no place to give back
    let served = false;
    void next.then(() => {
      served = true;
    });
    await settle();
    expect(served).toBe(false);
    giveBack();
    await settle();
    expect(served).toBe(true);
  });
});

describe('Pacer', () => {
  it('serves one worker a turn, in the order in which they came, and each for its share only', async () => {
    let now = 0;
    const turns: (() => void)[] = [];
    const pacer = new Pacer(
      8,
      () => now,
      (run) => turns.push(run),
    );
    const log: string[] = [];
    const work = async (name: string, items: number) => {
      const worker = pacer.join();
      for (let item = 0; item < items; item += 1) {
        if (worker.due()) await worker.rest();
        now += 4;
        log.push(name);
      }
    };
    const all = Promise.all([work('big', 6), work('small', 1), work('other', 3)]);
    const shares: string[] = [];
    while (log.length < 10) {
      shares.push(log.splice(0).join(' '));
      turns.shift()?.();
      await settle(1);
      if (turns.length === 0) break;
    }
    shares.push(log.join(' '));
    await all;
    expect(shares).toEqual(['big big', 'big big', 'small', 'other other', 'big big', 'other', '']);
  });
});
