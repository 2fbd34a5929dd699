import { describe, expect, it } from 'vitest';
import { ClockWatch } from '../../../src/kube/reflector/clock-watch.ts';
import { Probe } from '../../../src/kube/reflector/probe.ts';
import { DEFAULTS } from '../../../src/kube/reflector/settings.ts';
import { errorFromAnswer, KubeError } from '../../../src/kube/types.ts';
import { FakeApi, refusal } from './support/fake-api.ts';
import { FakeClock, settle } from './support/fake-clock.ts';
import { FakeTransport } from './support/fake-transport.ts';

function probing() {
  const clock = new FakeClock();
  const transport = new FakeTransport(new FakeApi(clock), clock);
  const heard: string[] = [];
  const probe = new Probe({
    transport,
    clock,
    settings: DEFAULTS.probe,
    onAlive: (askedAt) => heard.push(`alive ${clock.elapsed - (clock.now() - askedAt)}`),
    onDead: (reason, phase) => heard.push(`${phase} ${clock.elapsed}: ${reason}`),
  });
  const paths = () => transport.requests.splice(0).map(({ path }) => path);
  const close = async () => {
    await probe.stop();
    expect(transport.open).toBe(0);
    expect(clock.pending).toBe(0);
  };
  return { clock, transport, heard, probe, paths, close };
}

describe('Probe', () => {
  it('asks /readyz every ten seconds, each time on a connection of its own', async () => {
    const { clock, transport, heard, probe, close } = probing();
    probe.start();
    await clock.advance(30_000);
    expect(heard).toEqual(['alive 0', 'alive 10000', 'alive 20000', 'alive 30000']);
    expect(transport.requests.every(({ path, freshConnection }) => path === '/readyz' && freshConnection)).toBe(true);
    await close();
  });

  it('gives up after five seconds and asks again soon', async () => {
    const { clock, transport, heard, probe, close } = probing();
    probe.start();
    await clock.advance(9_000);
    transport.swallow();
    await clock.advance(13_100);
    expect(heard).toEqual([
      'alive 0',
      'stale 15000: the API did not answer within 5 s',
      'stale 22000: the API did not answer within 5 s',
    ]);
    transport.heal();
    await clock.advance(2_000);
    expect(heard.at(-1)).toBe('alive 24000');
    await close();
  });

  it.each([403, 404])('asks /version where /readyz answers %i, and remembers that', async (code) => {
    const { clock, transport, heard, probe, paths, close } = probing();
    transport.fault = ({ path }) => (path === '/readyz' ? refusal(code, 'No', 'no') : undefined);
    probe.start();
    await clock.advance(1);
    expect(paths()).toEqual(['/readyz', '/version']);
    await clock.advance(10_000);
    expect(paths()).toEqual(['/version']);
    expect(heard).toEqual(['alive 0', 'alive 10000']);
    await close();
  });

  it.each([
    ['/version', 403],
    ['/version', 404],
    ['', 429],
  ])('takes a refusal for an answer (%s %i)', async (only, code) => {
    const { clock, transport, heard, probe, close } = probing();
    transport.fault = ({ path }) => refusal(path === '/readyz' && only ? 404 : code, 'No', 'no');
    probe.start();
    await clock.advance(1);
    expect(heard).toEqual(['alive 0']);
    await close();
  });

  it.each<[KubeError, string]>([
    [errorFromAnswer(401, ''), 'auth 0: the server answered 401'],
    [new KubeError(0, 'Credentials', 'SSO session expired'), 'auth 0: SSO session expired'],
    [new KubeError(0, 'Network', 'refused'), 'stale 0: refused'],
    [new KubeError(0, 'Certificate', 'has expired'), 'stale 0: has expired'],
    [errorFromAnswer(500, ''), 'stale 0: the API is not ready: the server answered 500'],
    [
      new KubeError(500, 'HTTP500', '[+]ping ok\n[-]etcd failed: reason withheld\n'),
      'stale 0: the API is not ready: etcd',
    ],
  ])('says what is wrong: %s', async (error, said) => {
    const { clock, transport, heard, probe, close } = probing();
    transport.fault = () => error;
    probe.start();
    await clock.advance(1);
    expect(heard).toEqual([said]);
    await close();
  });

  it('asks at once when told to, and forgets a question under way', async () => {
    const { clock, transport, heard, probe, close } = probing();
    probe.start();
    await clock.advance(4_000);
    probe.now();
    await clock.advance(1);
    expect(heard).toEqual(['alive 0', 'alive 4000']);
    transport.swallow();
    await clock.advance(11_000);
    transport.heal();
    probe.now();
    await clock.advance(5_000);
    expect(heard.slice(2)).toEqual(['alive 15001']);
    await close();
  });

  it('hurries when told to, but not more than every two seconds, and never gives up a question for it', async () => {
    const { clock, transport, heard, probe, close } = probing();
    probe.start();
    await clock.advance(1_000);
    probe.hurry();
    await clock.advance(2_000);
    probe.hurry();
    await clock.advance(1);
    expect(heard).toEqual(['alive 0', 'alive 3000']);
    transport.swallow();
    await clock.advance(9_999);
    for (let n = 0; n < 10; n += 1) {
      probe.hurry();
      await clock.advance(500);
    }
    expect(heard[2]).toBe('stale 18000: the API did not answer within 5 s');
    await close();
  });

  it('stops in the middle of a question', async () => {
    const { transport, heard, probe, close } = probing();
    transport.swallow();
    probe.start();
    await settle();
    expect(transport.open).toBe(1);
    await close();
    expect(heard).toEqual([]);
  });
});

describe('ClockWatch', () => {
  const watching = () => {
    const clock = new FakeClock();
    const jumps: number[] = [];
    const watch = new ClockWatch(clock, DEFAULTS, (ms) => jumps.push(ms));
    watch.start();
    return { clock, jumps, watch };
  };

  it.each([3_600_000, 5_001, -5_001, -86_400_000])('notices a jump of %i ms at the next tick, once', async (ms) => {
    const { clock, jumps, watch } = watching();
    await clock.advance(2_500);
    clock.jump(ms);
    await clock.advance(60_000);
    expect(jumps).toEqual([ms]);
    watch.stop();
    expect(clock.pending).toBe(0);
  });

  it('is not alarmed by less, nor by time that passes as it should', async () => {
    const { clock, jumps, watch } = watching();
    clock.jump(4_900);
    await clock.advance(60_000);
    clock.jump(-4_900);
    await clock.advance(60_000);
    expect(jumps).toEqual([]);
    watch.stop();
  });
});
