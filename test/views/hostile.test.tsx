/** What a server sends ends up on an operator's terminal: nothing of it may act there. */
import { expect, it } from 'vitest';
import { fleetOf, host, type Raw, raw, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const EVIL = '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u009b5A\u0000\u202etxt';

function poison(value: unknown): unknown {
  if (typeof value === 'string') return `${value}${EVIL}`;
  if (Array.isArray(value)) return value.map(poison);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poison(each)]));
  return value;
}

it('shows no control sequence of theirs on any screen', () => {
  const objects = smallDatacenter();
  const poisoned = Object.fromEntries(
    Object.entries(objects).map(([kind, list]) => [
      kind,
      list.map((each) => ({
        ...(poison(each) as Raw),
        metadata: { ...(poison(each.metadata) as Raw['metadata']), uid: each.metadata.uid },
      })),
    ]),
  );
  poisoned['event'] = [
    poison(
      raw('Event', 'e', {
        type: 'Warning',
        reason: 'Bad',
        message: 'x',
        involvedObject: { kind: 'Machine', name: 'm', uid: 'u' },
      }),
    ) as Raw,
  ];
  const screen = openScreen(fleetOf(poisoned));
  for (const key of ['1', '2', '3', '4', '5', '6', '7', '8', '9', '!', '3', 'enter', 'escape', '2', 'enter']) {
    screen.press(key);
    // Colours and weights are ours; every other escape, control or direction mark would be theirs.
    const rest = screen.raw().replace(/\u001b\[[0-9;]*m/g, '');
    expect(rest).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(rest).not.toContain('owned');
  }
});

it('keeps a message of many lines in its row, where no part of it looks like another', () => {
  const objects = smallDatacenter();
  const message = Array.from({ length: 40 }, (_, index) => `x FORGED ROW ${index}`).join('\n');
  const about = { kind: 'MachineInventory', name: 'rack1-u01', uid: 'uid-MachineInventory-rack1-u01' };
  const event = raw('Event', 'e', { type: 'Warning', reason: 'Lines', message, involvedObject: about });
  const screen = openScreen(fleetOf({ ...objects, event: [event] }));
  screen.press('9');
  const [row, ...below] = screen.lines().filter((line) => line.includes('FORGED'));
  expect(row).toContain('rack1-u01');
  for (const line of below) expect(line).toMatch(/^ {20}/);
  screen.press('3', 'enter');
  expect(screen.lines().length).toBeLessThanOrEqual(24);
  expect(screen.lines().some((line) => line.startsWith('x FORGED') || line.startsWith(' x FORGED'))).toBe(false);
});

it('draws objects that lack everything', () => {
  const bare = (kind: string) => [{ metadata: { name: `bare-${kind}`, uid: `uid-bare-${kind}` } }];
  const kinds = [
    'pool',
    'host',
    'plan',
    'baremetalMachine',
    'machine',
    'machineSet',
    'deployment',
    'controlPlane',
    'cluster',
    'baremetalCluster',
    'registration',
    'seedImage',
    'catalog',
    'event',
  ] as const;
  const screen = openScreen(fleetOf(Object.fromEntries(kinds.map((kind) => [kind, bare(kind)]))));
  for (const key of ['1', '2', '3', '4', '5', '6', '7', '8', '9', '!']) {
    screen.press(key);
    expect(screen.text()).not.toMatch(/undefined|NaN|\[object/);
    screen.press('enter');
    expect(screen.text()).not.toMatch(/undefined|NaN|\[object/);
  }
});

it('keeps wide and combining characters inside the screen', () => {
  const objects = smallDatacenter();
  objects.host!.push(host('機架一', 'Available'), host('e\u0301e\u0301e\u0301', 'Preparing'));
  const screen = openScreen(fleetOf(objects));
  screen.press('3');
  expect(screen.text()).toContain('機架一');
  expect(screen.lines().length).toBeLessThanOrEqual(24);
});
