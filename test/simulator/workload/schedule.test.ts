/** When the schedule of a CronJob comes next. */
import { expect, it } from 'vitest';
import { nextTime } from '../../../src/simulator/controllers/kubernetes/schedule.ts';

const from = '2026-11-29T05:22:53Z'; // a Sunday

it.each([
  ['* * * * *', '2026-11-29T05:23:00Z'],
  ['*/5 * * * *', '2026-11-29T05:25:00Z'],
  ['22 5 * * *', '2026-11-30T05:22:00Z'],
  ['0 3 1 * *', '2026-12-01T03:00:00Z'],
  ['30 2 * * 1-5', '2026-11-30T02:30:00Z'],
  ['0 0 * * 7', '2026-12-06T00:00:00Z'],
  ['0 0 13 * 5', '2026-12-04T00:00:00Z'],
  ['15,45 */6 * * *', '2026-11-29T06:15:00Z'],
  ['0 0 29 2 *', '2028-02-29T00:00:00Z'],
  ['@hourly', '2026-11-29T06:00:00Z'],
])('%s', (schedule, next) => {
  expect(new Date(nextTime(schedule, Date.parse(from))!).toISOString().replace('.000', '')).toBe(next);
});

it.each(['', 'daily', '60 * * * *', '* * * *', '*/0 * * * *', '5-1 * * * *', '0 0 31 2 *'])(
  '%j never comes',
  (schedule) => {
    expect(nextTime(schedule, Date.parse(from))).toBeUndefined();
  },
);
