import { describe, expect, it } from 'vitest';
import {
  type Acknowledgement,
  acknowledgementText,
  holds,
  parseEntered,
  readAcknowledgement,
} from '../../src/domain/acknowledge.ts';
import type { Cause } from '../../src/domain/explain/attention.ts';
import { createHealing } from '../../src/domain/healed.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-21T03:00:00Z');
const ref = { kind: 'host' as const, uid: 'u1', name: 'rack3-u12' };
const cause: Cause = { ref, id: 'clean-failed', severity: 'warn', text: 'clean plan fails, try 2 of 3' };
const ack: Acknowledgement = {
  ref,
  cause: 'clean-failed',
  severity: 'warn',
  text: 'clean plan fails, try 1 of 3',
  reason: 'disk is on its way',
  by: 'alice',
  at: NOW - HOUR,
  until: NOW + HOUR,
};

describe('an acknowledgement', () => {
  it.each<[string, boolean, Partial<Cause>, Partial<Acknowledgement>]>([
    ['holds for the same cause, however often it was tried', true, {}, {}],
    ['holds when it gets better', true, {}, { severity: 'bad' }],
    ['holds whatever the server adds behind the colon', true, { text: 'not ready: b' }, { text: 'not ready: a' }],
    ['ends when its time is over', false, {}, { until: NOW }],
    ['ends when it gets worse', false, { severity: 'bad' }, {}],
    ['ends when the cause is another one', false, { id: 'reprovision-failed' }, {}],
    ['ends when more of it is wrong', false, { text: '1 of 3 ready: x' }, { text: '2 of 3 ready: x' }],
    [
      'ends when another member is missing',
      false,
      { text: 'member h2 does not exist' },
      { text: 'member h1 does not exist' },
    ],
    ['is of one object', false, {}, { ref: { ...ref, uid: 'u2' } }],
    ['of a clock that was far ahead is none', false, {}, { at: NOW + 100 * HOUR, until: NOW + 101 * HOUR }],
  ])('%s', (_, expected, now, kept) => {
    expect(holds({ ...ack, ...kept }, { ...cause, ...now }, NOW)).toBe(expected);
  });

  it.each([
    ['disk is on its way', { ms: 8 * HOUR, reason: 'disk is on its way' }],
    ['30m disk', { ms: HOUR / 2, reason: 'disk' }],
    [' 2d  it waits ', { ms: 48 * HOUR, reason: 'it waits' }],
    ['1.5h x', { ms: 1.5 * HOUR, reason: 'x' }],
    ['3 disks are broken', { ms: 8 * HOUR, reason: '3 disks are broken' }],
    ['8hours', { ms: 8 * HOUR, reason: '8hours' }],
    ['  ', { withdraw: true }],
    ['8h ', { refused: expect.stringContaining('why') }],
    ['9d forever', { refused: 'at most 7d' }],
    ['0m now', { refused: 'at least 1m' }],
    ['1h \u001b[31mred\nline', { ms: HOUR, reason: 'red line' }],
  ])('is entered as %j', (line, expected) => {
    expect(parseEntered(line)).toEqual(expected);
  });

  it('keeps no token that was pasted into its reason', () => {
    const entered = parseEntered('2h join with abcdef.0123456789abcdef');
    expect(JSON.stringify(entered)).not.toContain('0123456789abcdef');
  });

  it('is read back as it was kept, and as nothing where it was not kept by us', () => {
    expect(readAcknowledgement(acknowledgementText(ack))).toEqual(ack);
    const hostile: unknown[] = [
      '',
      '{',
      'null',
      '[]',
      '7',
      JSON.stringify({ v: 1 }),
      JSON.stringify({ v: 1, ...ack, until: 'tomorrow' }),
      JSON.stringify({ v: 1, ...ack, until: NOW + 1e12 }),
      JSON.stringify({ v: 1, ...ack, reason: { toString: 1 } }),
      JSON.stringify({ v: 1, ...ack, ref: null }),
      JSON.stringify({ v: 1, ...ack, severity: 'none' }),
      JSON.stringify({ v: 1, ...ack, by: 'x'.repeat(5_000) }),
    ];
    for (const text of hostile) expect(readAcknowledgement(String(text)), String(text).slice(0, 80)).toBeUndefined();
    const escaped = readAcknowledgement(
      JSON.stringify({ v: 1, ...ack, reason: 'a\u001b]0;x\u0007\nb', by: '\u001b[2Jeve' }),
    );
    expect(`${escaped?.reason}|${escaped?.by}`).toBe('a b|eve');
  });
});

describe('what was well for a while', () => {
  it('is told after a minute of being seen to be gone, and flapping or not seeing is not being well', () => {
    const healing = createHealing();
    const look = (seconds: number, there: string[], live = true) =>
      healing.look(['a', 'b'], new Set(there), live, seconds * 1000);
    expect(look(0, ['a', 'b'])).toEqual([]);
    expect(look(10, ['b'])).toEqual([]);
    expect(look(60, ['a', 'b'])).toEqual([]);
    expect(look(75, ['b'])).toEqual([]);
    expect(look(100, [], false)).toEqual([]);
    expect(look(140, ['b'])).toEqual([]);
    expect(look(199, ['b'])).toEqual([]);
    expect(look(200, ['b'])).toEqual(['a']);
  });
});
