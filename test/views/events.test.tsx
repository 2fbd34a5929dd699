/** What opens from the list of Events. */
import { expect, it } from 'vitest';
import { fleetOf, raw, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

function openEvents(uid: string) {
  const about = { kind: 'MachineInventory', name: 'rack1-u01', uid };
  const event = raw('Event', 'e', { reason: 'SimReleased', message: 'let go of it', involvedObject: about });
  const screen = openScreen(fleetOf({ ...smallDatacenter(), event: [event] }));
  screen.press('9', 'enter');
  return screen;
}

it('is what an Event is about', () => {
  expect(openEvents('uid-MachineInventory-rack1-u01').text()).toContain('MachineInventory rack1-u01');
});

it('is the Event itself where that is there no more: it is all that tells of it', () => {
  const text = openEvents('uid-of-one-that-went').text();
  expect(text).not.toContain('is not there any more');
  expect(text).toContain('Event e');
  expect(text).toContain('let go of it');
});
