import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Condition, PlanDetail } from '../../src/domain/objects.ts';
import { derivePlanState } from '../../src/domain/plan.ts';
import { parseUnixDate, reducePlanSecret } from '../../src/domain/project/plan-detail.ts';

const detail = (more: Partial<PlanDetail>): PlanDetail => ({
  resourceVersion: '1',
  checksum: 'sum',
  instructions: [],
  ...more,
});
const sha = (text: string) => createHash('sha256').update(text).digest('hex');

describe('derivePlanState with the data of the Secret', () => {
  it.each<[string, Partial<PlanDetail>, string, string]>([
    ['nothing written', { checksum: undefined }, 'none', 'checksum'],
    ['the empty plan', { checksum: sha('{}'), appliedChecksum: sha('{}') }, 'none', 'checksum'],
    ['the empty plan as Go writes it', { checksum: sha('{}\n') }, 'none', 'checksum'],
    ['not yet looked at', {}, 'pending', 'checksum'],
    ['an earlier plan applied', { appliedChecksum: 'old' }, 'pending', 'checksum'],
    ['an earlier plan failed', { failedChecksum: 'old', failureCount: 9, maxFailures: 3 }, 'pending', 'checksum'],
    ['applied', { appliedChecksum: 'sum', failedChecksum: undefined }, 'applied', 'checksum'],
    ['applied, last re-run failed', { appliedChecksum: 'sum', failedChecksum: 'sum' }, 'rerun-failed', 'checksum'],
    ['failed, tries without end', { failedChecksum: 'sum', failureCount: 50 }, 'retrying', 'checksum'],
    ['failed, tries left', { failedChecksum: 'sum', failureCount: 2, maxFailures: 3 }, 'retrying', 'checksum'],
    ['failed, count unknown', { failedChecksum: 'sum', maxFailures: 3 }, 'retrying', 'checksum'],
    ['failed for good', { failedChecksum: 'sum', failureCount: 3, maxFailures: 3 }, 'failed', 'checksum'],
    [
      'failed while an earlier one is applied',
      { appliedChecksum: 'old', failedChecksum: 'sum', failureCount: 1, maxFailures: 1 },
      'failed',
      'checksum',
    ],
    ['agent: pending', { agentState: 'pending', appliedChecksum: 'sum' }, 'pending', 'agent'],
    ['agent: in progress', { agentState: 'in-progress' }, 'pending', 'agent'],
    [
      'agent: again after a failure',
      { agentState: 'in-progress', failedChecksum: 'sum', failureCount: 1 },
      'retrying',
      'agent',
    ],
    [
      'agent: the one before failed',
      { agentState: 'in-progress', failedChecksum: 'old', failureCount: 3 },
      'pending',
      'agent',
    ],
    ['agent: succeeded', { agentState: 'succeeded' }, 'applied', 'agent'],
    ['agent: failed', { agentState: 'failed' }, 'failed', 'agent'],
    ['agent: failed, tries left', { agentState: 'failed', failureCount: 1, maxFailures: 3 }, 'retrying', 'agent'],
    ['agent: canceled', { agentState: 'canceled' }, 'canceled', 'agent'],
    ['agent: paused', { agentState: 'paused' }, 'paused', 'agent'],
    ['agent: a word of the future', { agentState: 'dreaming' }, 'unknown', 'agent'],
    ['agent: a word that every object has', { agentState: 'constructor' }, 'unknown', 'agent'],
  ])('%s', (_, more, word, source) => {
    expect(derivePlanState(detail(more), { state: 'Applied', checksum: 'sum' })).toEqual({ word, source });
  });
});

describe('derivePlanState with only the inventory’s word', () => {
  const ready = (reason: string): Condition => ({ type: 'Ready', status: 'False', reason, generation: 'plain' });
  it.each([
    ['nothing', {}, 'unknown', 'unknown'],
    ['Applied', { state: 'Applied', checksum: 'x' }, 'applied', 'reported'],
    ['Applied, and it was the empty plan', { state: 'Applied', checksum: sha('{}') }, 'none', 'reported'],
    [
      'Applied while a new plan runs: that may be the old one',
      { state: 'Applied', checksum: 'x', inFlight: true },
      'unknown',
      'reported',
    ],
    ['Failed', { state: 'Failed' }, 'failed', 'reported'],
    ['waiting, with a state left over', { state: 'Applied', ready: ready('WaitingForPlan') }, 'pending', 'reported'],
    ['plan failure', { state: 'Applied', ready: ready('PlanFailure') }, 'failed', 'reported'],
    ['a state we do not know', { state: 'Sleeping' }, 'unknown', 'reported'],
  ])('%s', (_, reported, word, source) => {
    expect(derivePlanState(undefined, reported)).toEqual({ word, source });
  });
});

describe('reducePlanSecret', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const plan = JSON.stringify({
    files: [{ path: '/etc/kubernetes/pki/ca.key', content: base64('PRIVATE') }],
    instructions: [
      { name: 'install', args: ['--token', 'abcdef.0123456789abcdef'], env: ['PASSWORD=hunter2'], command: '/bin/sh' },
      { command: 'secret-script' },
      { name: '\x1b[31mevil' },
    ],
  });
  const secret = {
    metadata: {
      name: 'h1',
      uid: 'u',
      resourceVersion: '42',
      annotations: { 'baremetal.alauda.io/plan.type': 'reprovision' },
    },
    data: {
      plan: base64(plan),
      'applied-checksum': base64('old'),
      'failed-checksum': base64(sha(plan)),
      'failure-count': base64('2'),
      'success-count': base64('0'),
      'max-failures': base64('3'),
      'last-apply-time': base64('Sat Nov 21 01:02:03 UTC 2026'),
      'failed-output': base64('all the secrets'),
    },
  };

  it('keeps checksums, counts and names', () => {
    expect(reducePlanSecret(secret)).toEqual({
      resourceVersion: '42',
      planType: 'reprovision',
      checksum: sha(plan),
      appliedChecksum: 'old',
      failedChecksum: sha(plan),
      agentState: undefined,
      failureCount: 2,
      successCount: 0,
      maxFailures: 3,
      lastApplied: Date.UTC(2026, 10, 21, 1, 2, 3),
      instructions: ['install', 'instruction 2', 'evil'],
      size: Buffer.byteLength(plan),
    });
    expect(derivePlanState(reducePlanSecret(secret))).toEqual({ word: 'retrying', source: 'checksum' });
  });

  it('keeps nothing that is secret', () => {
    const kept = JSON.stringify(reducePlanSecret(secret));
    for (const part of [
      'PRIVATE',
      base64('PRIVATE'),
      'abcdef.0123456789abcdef',
      'hunter2',
      'secret-script',
      'all the secrets',
      'ca.key',
    ]) {
      expect(kept).not.toContain(part);
    }
  });

  it('tells the plan a new host has from no plan at all', () => {
    const data = { plan: base64('{}'), 'applied-checksum': base64(''), 'failed-checksum': base64('') };
    expect(reducePlanSecret({ metadata: {}, data })).toMatchObject({
      checksum: sha('{}'),
      appliedChecksum: undefined,
      failedChecksum: undefined,
    });
    expect(reducePlanSecret({ metadata: {}, data: {} }).checksum).toBeUndefined();
    expect(reducePlanSecret({ metadata: {}, data: { plan: '' } }).checksum).toBeUndefined();
  });

  it.each([
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { data: 7 },
    { data: { plan: 5, 'failure-count': {} } },
    { data: { plan: base64('{"instructions":7}') } },
    { data: { plan: base64('not json') } },
  ])('survives %j', (raw) => {
    expect(reducePlanSecret(raw).instructions).toEqual([]);
  });
});

describe('parseUnixDate', () => {
  it.each([
    ['Mon Jan  2 15:04:05 UTC 2006', Date.UTC(2006, 0, 2, 15, 4, 5)],
    ['Sat Nov 21 01:02:03 GMT 2026', Date.UTC(2026, 10, 21, 1, 2, 3)],
    ['Sat Nov 21 01:02:03 +0530 2026', Date.UTC(2026, 10, 20, 19, 32, 3)],
    ['Sat Nov 21 01:02:03 -03 2026', Date.UTC(2026, 10, 21, 4, 2, 3)],
    ['Sat Nov 21 01:02:03 CST 2026', undefined],
    ['Sat Foo 21 01:02:03 UTC 2026', undefined],
    ['2026-11-21T01:02:03Z', undefined],
    ['', undefined],
  ])('%s', (text, ms) => {
    expect(parseUnixDate(text)).toBe(ms);
  });
});
