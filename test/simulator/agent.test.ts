import { describe, expect, it } from 'vitest';
import {
  advance,
  checkpointOf,
  nextStep,
  type StateStep,
  stateOfPlan,
} from '../../src/simulator/controllers/hosts/plan-state.ts';
import {
  afterPeriodic,
  settledProbes,
  settleTime,
  unpackPeriodic,
  untilDue,
} from '../../src/simulator/controllers/hosts/probes.ts';
import { afterFailure, afterSuccess, decide, unpackOutputs } from '../../src/simulator/controllers/hosts/run.ts';
import { checksum, encode, type Plan, planText, text } from '../../src/simulator/controllers/plan-secret.ts';
import { cleanPlan, reprovisionPlan } from '../../src/simulator/controllers/provider/plans.ts';
import type { Secret } from '../../src/simulator/controllers/shapes/core.ts';

const now = Date.parse('2026-11-21T02:00:00Z');
const never = Number.POSITIVE_INFINITY;

function step(name: string) {
  return { name, command: '/bin/sh', args: ['-c', 'true'], saveOutput: true };
}

function secretOf(plan: Plan | string, data: Record<string, string> = {}): Secret {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)]));
  const body = typeof plan === 'string' ? plan : planText(plan);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'h' }, data: { plan: encode(body), ...encoded } };
}

const planA: Plan = { instructions: [step('one'), step('two')] };
const sumA = checksum(secretOf(planA));

describe('what the legacy agent does with a plan', () => {
  const run = (again: boolean, attempt: number) => ({ do: 'run', again, attempt });
  const failed = (count: string, more = {}) => ({ 'failed-checksum': sumA, 'failure-count': count, ...more });
  const at = { 'last-apply-time': 'Sat Nov 21 01:59:50 UTC 2026' };
  it.each<[string, Secret, boolean, number, object]>([
    ['runs a new one', secretOf(planA), false, never, run(false, 1)],
    ['leaves an applied one', secretOf(planA, { 'applied-checksum': sumA }), false, never, { do: 'nothing' }],
    ['runs an applied one again after a start', secretOf(planA, { 'applied-checksum': sumA }), true, 0, run(true, 1)],
    ['cools down', secretOf(planA, failed('1', at)), false, 10_000, { do: 'wait', ms: 20_000 }],
    ['tries again then', secretOf(planA, failed('1', at)), false, 30_000, run(false, 2)],
    ['does not cool down after a start', secretOf(planA, failed('1', at)), true, 1, run(false, 2)],
    ['tries without end where no limit is set', secretOf(planA, failed('99', at)), false, never, run(false, 100)],
    [
      'gives up at the limit',
      secretOf(planA, failed('3', { ...at, 'max-failures': '3' })),
      false,
      never,
      { do: 'nothing' },
    ],
    [
      'gives up at the limit, started or not',
      secretOf(planA, failed('3', { 'max-failures': '3' })),
      true,
      never,
      { do: 'nothing' },
    ],
    [
      'takes a limit that is no number for none',
      secretOf(planA, failed('3', { 'max-failures': 'x' })),
      false,
      never,
      run(false, 4),
    ],
    ['ends a cool-down for a new plan', secretOf({ instructions: [] }, failed('1', at)), false, 1, run(false, 1)],
    [
      'leaves an applied one whose last rerun failed',
      secretOf(planA, failed('1', { ...at, 'applied-checksum': sumA })),
      false,
      never,
      { do: 'nothing' },
    ],
    ['leaves what it cannot read', secretOf('{"instructions":'), false, never, { do: 'nothing' }],
    [
      'counts a byte more as another plan',
      secretOf(`${planText(planA)}\n`, { 'applied-checksum': sumA }),
      false,
      never,
      run(false, 1),
    ],
  ])('%s', (_, secret, forced, since, expected) => {
    expect(decide(secret, forced, since)).toEqual(expected);
  });
});

describe('what the legacy agent books', () => {
  it('keeps output of earlier plans beside that of the new one', () => {
    const first = secretOf({ instructions: [step('old')] });
    const second = { ...first, data: { ...afterSuccess(first, now), plan: encode(planText(planA)) } };
    const after = { ...second, data: afterSuccess(second, now) };
    expect(Object.keys(unpackOutputs(after, 'applied-output'))).toEqual(['old', 'one', 'two']);
    expect(text(after, 'applied-checksum')).toBe(sumA);
    expect(text(after, 'success-count')).toBe('2');
    expect(text(after, 'last-apply-time')).toBe('Sat Nov 21 02:00:00 UTC 2026');
  });

  it('aborts at the first failure, counts, and leaves the applied checksum; success clears what failed', () => {
    const good = secretOf({ instructions: [step('old')] });
    const next = { ...good, data: { ...afterSuccess(good, now), plan: encode(planText(planA)) } };
    const oldSum = text(next, 'applied-checksum');
    let broken: Secret = { ...next, data: afterFailure(next, { instruction: 0, output: 'no\n' }, now) };
    expect(unpackOutputs(broken, 'failed-output')).toEqual({ one: 'no\n' });
    // The header is the one that Go's gzip writes: no time, no system that it knows.
    const packed = Buffer.from(broken.data?.['failed-output'] ?? '', 'base64');
    expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    broken = { ...broken, data: afterFailure(broken, { instruction: 1, output: 'nor this\n' }, now) };
    expect(unpackOutputs(broken, 'failed-output')).toEqual({ one: '', two: 'nor this\n' });
    expect(text(broken, 'failure-count')).toBe('2');
    expect(text(broken, 'success-count')).toBe('0');
    expect(text(broken, 'applied-checksum')).toBe(oldSum);
    const healed = { ...broken, data: afterSuccess(broken, now) };
    expect([text(healed, 'failed-checksum'), text(healed, 'failed-output'), text(healed, 'failure-count')]).toEqual([
      '',
      '',
      '0',
    ]);
  });

  it('begins the failed output anew for another plan', () => {
    const first = secretOf({ instructions: [step('old')] });
    const failed = {
      ...first,
      data: { ...afterFailure(first, { instruction: 0, output: 'x' }, now), plan: encode(planText(planA)) },
    };
    const again = { ...failed, data: afterFailure(failed, { instruction: 0, output: 'y' }, now) };
    expect(unpackOutputs(again, 'failed-output')).toEqual({ one: 'y' });
    expect(text(again, 'failure-count')).toBe('1');
  });

  it('saves nothing of instructions without a name or without saveOutput', () => {
    const quiet = secretOf({ instructions: [{ ...step('one'), saveOutput: false }, step('')] });
    expect(unpackOutputs({ ...quiet, data: afterSuccess(quiet, now) }, 'applied-output')).toEqual({});
  });

  it('prints what real tools print: colours, many lines, and now and then a token', () => {
    const identity = { cluster: 'c', node: 'n', providerID: 'baremetal:///n', version: 'v1.33.7', controlPlane: false };
    const outputs = (token: string) => {
      const plan = reprovisionPlan({
        identity,
        image: 'registry.example/os:1',
        userData: `token: ${token}\n`,
        use: 'u',
      });
      const secret = secretOf(plan);
      return unpackOutputs({ ...secret, data: afterSuccess(secret, now) }, 'applied-output');
    };
    const careless = outputs('habcde.0123456789abcdef');
    expect(Object.keys(careless)).toEqual(['sim-cloud-init-clean', 'sim-elemental-upgrade']);
    expect(careless['sim-cloud-init-clean']).toContain('habcde.0123456789abcdef');
    expect(careless['sim-elemental-upgrade']).toContain('\u001b[36m');
    expect(careless['sim-elemental-upgrade']).toContain('Pulling registry.example/os:1');
    expect(careless['sim-elemental-upgrade']!.split('\n').length).toBeGreaterThan(10);
    expect(JSON.stringify(outputs('abcdef.0123456789abcdef'))).not.toContain('abcdef.0123456789abcdef');
    expect(planText(cleanPlan('u'))).not.toContain('storage');
  });
});

describe('probes', () => {
  const plan: Plan = {
    probes: {
      kubelet: { httpGet: { url: 'http://127.0.0.1:10248/healthz' }, successThreshold: 2, initialDelaySeconds: 10 },
      other: { httpGet: { url: 'https://127.0.0.1/x' } },
      nothing: {},
    },
  };
  it('settle at their thresholds', () => {
    expect(JSON.parse(settledProbes(plan, true))).toEqual({
      kubelet: { healthy: true, successCount: 2 },
      other: { healthy: true, successCount: 1 },
      nothing: { failureCount: 3 },
    });
    expect(JSON.parse(settledProbes(plan, false))).toMatchObject({
      kubelet: { failureCount: 3 },
      other: { healthy: true },
    });
    expect(settledProbes({}, true)).toBe('{}');
  });
  it('settle at the pace the plan asks for', () => {
    expect(settleTime(secretOf(plan), plan)).toBe(25_000);
    expect(settleTime(secretOf(plan, { 'probe-period-seconds': '20' }), plan)).toBe(70_000);
  });
});

describe('a periodic instruction', () => {
  const periodic = { name: 'p', command: 'x', args: [], periodSeconds: 60, saveStderrOutput: true };
  it('is due at once and then at its period, and says how it went', () => {
    const secret = secretOf({ periodicInstructions: [periodic] });
    expect(untilDue(secret, periodic, now, 1)).toBe(0);
    const ran = { ...secret, data: afterPeriodic(secret, periodic, undefined, now) };
    expect(untilDue(ran, periodic, now + 20_000, 1)).toBe(40_000);
    expect(untilDue(ran, periodic, now + 2000, 30)).toBe(0);
    expect(unpackPeriodic(ran)['p']).toMatchObject({
      exitCode: 0,
      failures: 0,
      lastSuccessfulRunTime: 'Sat Nov 21 02:00:00 UTC 2026',
      lastFailedRunTime: '',
    });
    const failed = { ...ran, data: afterPeriodic(ran, periodic, { instruction: 0, output: 'bad' }, now + 60_000) };
    expect(unpackPeriodic(failed)['p']).toMatchObject({
      exitCode: 1,
      failures: 1,
      stderr: encode('bad'),
      lastSuccessfulRunTime: 'Sat Nov 21 02:00:00 UTC 2026',
      lastFailedRunTime: 'Sat Nov 21 02:01:00 UTC 2026',
    });
  });
});

describe('the agent that knows plan-state', () => {
  const annotated = (secret: Secret, annotations: Record<string, string>): Secret => ({
    ...secret,
    metadata: { ...secret.metadata, annotations },
  });
  const written = (secret: Secret, next: StateStep): Secret => {
    if (next.do !== 'write') throw new Error(`it wants to ${next.do}`);
    return { ...secret, data: next.data };
  };
  const advanced = (secret: Secret, fault?: Parameters<typeof advance>[1]): Secret => ({
    ...secret,
    data: advance(secret, fault, now),
  });
  const pending = () => secretOf(planA, { 'plan-state': 'pending', 'max-failures': '2' });
  const started = () => written(pending(), nextStep(pending(), never));

  it('goes from pending through its instructions to succeeded, with checkpoints', () => {
    let secret = started();
    expect([stateOfPlan(secret), text(secret, 'plan-revision')]).toEqual(['in-progress', '1']);
    expect(nextStep(secret, never)).toEqual({ do: 'instruction', index: 0, total: 2, attempt: 1 });
    secret = advanced(secret);
    expect(checkpointOf(secret)).toMatchObject({ checksum: sumA, completedInstructions: 1, totalInstructions: 2 });
    secret = advanced(secret);
    expect([stateOfPlan(secret), text(secret, 'applied-checksum')]).toEqual(['succeeded', sumA]);
    expect(nextStep(secret, never)).toEqual({ do: 'nothing' });
  });

  it('pauses between instructions and goes on where it stood', () => {
    const halfway = advanced(started());
    const asked = annotated(halfway, { 'plan.cattle.io/paused': 'true' });
    const paused = written(asked, nextStep(asked, never));
    expect(stateOfPlan(paused)).toBe('paused');
    expect(checkpointOf(paused)).toMatchObject({ paused: true, resumeState: 'in-progress', completedInstructions: 1 });
    expect(nextStep(paused, never)).toEqual({ do: 'nothing' });
    const free = annotated(paused, {});
    const resumed = written(free, nextStep(free, never));
    expect([stateOfPlan(resumed), checkpointOf(resumed).paused]).toEqual(['in-progress', false]);
    expect(nextStep(resumed, never)).toMatchObject({ index: 1 });
  });

  it('is canceled for good, unless it has ended', () => {
    const asked = annotated(started(), { 'plan.cattle.io/canceled': 'true' });
    const canceled = written(asked, nextStep(asked, never));
    expect(stateOfPlan(canceled)).toBe('canceled');
    expect(nextStep(annotated(canceled, {}), never)).toEqual({ do: 'nothing' });
    const done = annotated(advanced(advanced(started())), { 'plan.cattle.io/canceled': 'true' });
    expect(nextStep(done, never)).toEqual({ do: 'nothing' });
  });

  it('fails at its instruction, cools down, tries again from the start and gives up at the limit', () => {
    const fault = { instruction: 1, output: 'no\n' };
    let secret = advanced(started(), fault);
    expect(stateOfPlan(secret)).toBe('in-progress');
    secret = advanced(secret, fault);
    expect([stateOfPlan(secret), text(secret, 'failure-count'), text(secret, 'failed-checksum')]).toEqual([
      'failed',
      '1',
      sumA,
    ]);
    expect(nextStep(secret, 10_000)).toEqual({ do: 'wait', ms: 20_000 });
    secret = written(secret, nextStep(secret, 30_000));
    expect(nextStep(secret, never)).toEqual({ do: 'instruction', index: 0, total: 2, attempt: 2 });
    secret = advanced(advanced(secret, fault), fault);
    expect(text(secret, 'failure-count')).toBe('2');
    expect(nextStep(secret, never)).toEqual({ do: 'nothing' });
  });

  it('ends a plan without instructions, and leaves a state it does not know', () => {
    const empty = secretOf('{}', { 'plan-state': 'in-progress' });
    expect(stateOfPlan(advanced(empty))).toBe('succeeded');
    expect(nextStep(secretOf(planA, { 'plan-state': 'later' }), never)).toEqual({ do: 'nothing' });
  });
});
