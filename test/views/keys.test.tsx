/** What keys do, seen on the screen. */
import { describe, expect, it } from 'vitest';
import { keyNames } from '../../hooks/keys.ts';
import { commit } from '../../src/store/store.ts';
import { fleetOf, host, NOW, smallDatacenter } from './fixtures.ts';
import { openScreen } from './screen.tsx';

const open = () => {
  const screen = openScreen(fleetOf(smallDatacenter()));
  screen.press('3');
  return screen;
};

describe('the cursor', () => {
  it('moves by arrows and letters, page keys and ends', () => {
    const screen = open();
    expect(screen.underCursor()).toContain('rack1-u01');
    screen.press('down', 'j');
    expect(screen.underCursor()).toContain('rack1-u03');
    screen.press('k');
    expect(screen.underCursor()).toContain('rack1-u02');
    screen.press('G');
    expect(screen.underCursor()).toContain('rack3-u12');
    screen.press('g');
    expect(screen.underCursor()).toContain('rack1-u01');
    screen.press('up');
    expect(screen.underCursor()).toContain('rack1-u01');
  });

  it('stays on its object when rows appear above it', () => {
    const screen = open();
    screen.press('down', 'down');
    const objects = smallDatacenter();
    objects.host!.push(host('rack0-u00', 'Available'));
    commit(screen.store, { fleet: fleetOf(objects), now: NOW });
    expect(screen.text()).toContain('rack0-u00');
    expect(screen.underCursor()).toContain('rack1-u03');
  });

  it('says that its row went away, and opens nothing in its place unasked', () => {
    const screen = open();
    screen.press('down', 'down');
    const objects = smallDatacenter();
    objects.host = objects.host!.filter(({ metadata }) => metadata.name !== 'rack1-u03');
    commit(screen.store, { fleet: fleetOf(objects), now: NOW });
    expect(screen.text()).toContain('the row under the cursor went away');
    screen.press('enter');
    expect(screen.text()).toContain('HOSTS');
    expect(screen.underCursor()).toContain('rack2-u01');
    screen.press('enter');
    expect(screen.text()).toContain('MachineInventory rack2-u01');
  });

  it('comes back to its object from a detail', () => {
    const screen = open();
    screen.press('down', 'enter');
    expect(screen.text()).toContain('MachineInventory rack1-u02');
    screen.press('escape');
    expect(screen.underCursor()).toContain('rack1-u02');
  });
});

describe('a text', () => {
  const lines = (screen: ReturnType<typeof open>) => screen.text().split('\n').slice(2, -2);

  it('is paged at once by a page key, with a line that stays, and comes back', () => {
    const screen = open();
    screen.press('down', 'enter');
    const first = lines(screen);
    screen.press('pagedown');
    const second = lines(screen);
    expect(second[0]?.slice(1)).toBe(first.at(-1)?.slice(1));
    expect(screen.underCursor()).toBe(second[0]);
    screen.press('up');
    expect(lines(screen)[1]?.slice(1)).toBe(first.at(-1)?.slice(1));
    screen.press('pageup');
    expect(lines(screen)).toEqual(first);
  });

  it('ends at its last line, whatever the keys', () => {
    const screen = open();
    screen.press('down', 'enter', 'G');
    const end = lines(screen);
    screen.press('pagedown');
    expect(lines(screen)).toEqual(end);
    screen.press('g', 'pagedown', 'pagedown', 'pagedown', 'pagedown', 'pagedown', 'pagedown');
    expect(lines(screen)).toEqual(end);
    screen.press('pageup', 'pageup', 'pageup', 'pageup', 'pageup', 'pageup');
    expect(screen.underCursor()).toBe(lines(screen)[0]);
  });
});

describe('the filter', () => {
  it('narrows as it is typed and shows the live count', () => {
    const screen = open();
    screen.press('/');
    screen.type('rack1');
    expect(screen.text()).toContain('3 of 6');
    expect(screen.text()).not.toContain('rack2-u01');
    screen.press('enter');
    expect(screen.text()).toContain('/rack1');
    screen.press('escape');
    expect(screen.text()).toContain('rack2-u01');
  });

  it.each([
    ['!rack1', 3],
    ['state:free', 1],
    ['state:reprovisioning', 1],
    ['-l rack=rack2', 2],
    ['nowhere', 0],
  ])('%s shows %i', (filter, count) => {
    const screen = open();
    screen.press('/');
    screen.type(filter);
    screen.press('enter');
    expect(screen.text()).toContain(`${count} of 6`);
  });

  it('goes back to the filter before on escape', () => {
    const screen = open();
    screen.press('/');
    screen.type('rack1');
    screen.press('enter', '/');
    screen.type('x');
    expect(screen.text()).toContain('0 of 6');
    screen.press('escape');
    expect(screen.text()).toContain('3 of 6');
  });

  it('is shown at home, with how many of how many', () => {
    const screen = openScreen(fleetOf(smallDatacenter()));
    const [, all] = /ATTENTION (\d+)/.exec(screen.text())!;
    const [, pools] = /POOLS (\d+)/.exec(screen.text())!;
    screen.press('/');
    screen.type('nowhere');
    screen.press('enter');
    expect(screen.text()).toContain(`ATTENTION 0 of ${all}  /nowhere`);
    expect(screen.text()).toContain(`POOLS 0 of ${pools}  /nowhere`);
    expect(screen.text()).not.toContain('no pool exists');
    expect(screen.text().match(/nothing matches the filter/g)).toHaveLength(2);
    screen.press('escape');
    expect(screen.text()).not.toMatch(/(ATTENTION|POOLS) \d+ of/);
  });

  it('opens the row it found: filter, enter, enter', () => {
    const screen = open();
    screen.press('G', '/');
    screen.type('u03');
    screen.press('enter', 'enter');
    expect(screen.text()).toContain('MachineInventory rack1-u03');
  });

  it('takes a heading for a column, and says when there is no such column', () => {
    const screen = open();
    screen.press('/');
    screen.type('use:free');
    expect(screen.text()).toContain('1 of 6');
    screen.press('ctrl-u');
    screen.type('usage:free');
    screen.press('enter');
    expect(screen.text()).toContain('no column "usage" here');
  });

  it('takes letters that are keys elsewhere', () => {
    const screen = open();
    screen.press('/');
    screen.type('q?:j');
    expect(screen.events).toEqual([]);
    expect(screen.text()).toContain('/q?:j');
  });
});

describe('the order', () => {
  it('goes by any column, either way, and says which', () => {
    const screen = open();
    screen.press(':');
    screen.type('sort state');
    screen.press('enter');
    expect(screen.text()).toContain('by state');
    expect(screen.lines()[3]).toContain('free');
    screen.press('r');
    expect(screen.lines()[3]).toContain('unpooled');
    expect(screen.text()).toContain('reversed');
  });

  it('puts problems first when sorted by the sign', () => {
    const screen = open();
    screen.press('s');
    expect(screen.lines()[3]).toContain('rack2-u02');
  });
});

describe('getting about', () => {
  it('opens screens by name, by the beginning of a name, and refuses what there is not', () => {
    const screen = open();
    screen.press(':');
    screen.type('mach');
    screen.press('enter');
    expect(screen.text()).toContain('MACHINES');
    screen.press(':');
    screen.type('mip');
    screen.press('enter');
    expect(screen.text()).toContain('POOLS');
    screen.press(':');
    screen.type('pods');
    screen.press('enter');
    expect(screen.text()).toContain('no screen "pods"');
  });

  it('remembers each screen as it was left', () => {
    const screen = open();
    screen.press('down', 'down', '4', '3');
    expect(screen.underCursor()).toContain('rack1-u03');
  });

  it('follows relations there and back', () => {
    const screen = open();
    screen.press('enter', '/');
    screen.type('> prod-worker-pool');
    screen.press('enter', 'G', 'enter');
    expect(screen.text()).toContain('MachineInventoryPool prod-worker-pool');
    screen.press('escape');
    expect(screen.text()).toContain('MachineInventory rack1-u01');
  });

  it('quits by q, ctrl-c and :q', () => {
    const screen = open();
    screen.press('q', 'ctrl-c', ':');
    screen.type('q');
    screen.press('enter');
    expect(screen.events).toEqual(['quit', 'quit', 'quit']);
  });

  it('shows every key in the help, made of the keymap', () => {
    const screen = openScreen(fleetOf(smallDatacenter()), { columns: 120, rows: 100 });
    screen.press('?');
    for (const word of ['next row', 'filter:', 'YAML', 'suspend', 'worth a look'])
      expect(screen.text()).toContain(word);
    screen.press('escape');
    expect(screen.text()).toContain('ATTENTION');
  });

  it('says why a key does nothing here', () => {
    const screen = open();
    screen.press('y');
    expect(screen.text()).toContain('open one first');
  });
});

describe('keys that arrive together', () => {
  it('are handled one by one', () => {
    const screen = open();
    screen.pressTogether('j', 'j', 'k');
    expect(screen.underCursor()).toContain('rack1-u02');
  });

  it('never quit or suspend', () => {
    const screen = open();
    screen.pressTogether('j', 'q', 'ctrl-z', 'ctrl-c');
    screen.pressTogether(':', 'q', 'u', 'i', 't', 'enter');
    expect(screen.events).toEqual([]);
  });

  it('open the prompt and type into it', () => {
    const screen = open();
    screen.pressTogether(':', 'p', 'o', 'o', 'l', 's', 'enter');
    expect(screen.text()).toContain('POOLS');
  });
});

describe('pasted text', () => {
  it('does nothing outside of a prompt, and says so', () => {
    const screen = open();
    const before = screen.store.getState().places;
    screen.paste('q\ryyydelete');
    expect(screen.events).toEqual([]);
    expect(screen.store.getState().places).toBe(before);
    expect(screen.text()).toContain('pasted text was ignored');
  });

  it('goes into a prompt as one line, without running it', () => {
    const screen = open();
    screen.press(':');
    screen.paste('pools\r\nquit\u001b[31m');
    expect(screen.events).toEqual([]);
    expect(screen.text()).toContain(':pools quit');
    expect(screen.store.getState().prompt?.text).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('key names', () => {
  const none = {
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    pageDown: false,
    pageUp: false,
    home: false,
    end: false,
    return: false,
    escape: false,
    ctrl: false,
    shift: false,
    tab: false,
    backspace: false,
    delete: false,
    meta: false,
    super: false,
    hyper: false,
    capsLock: false,
    numLock: false,
  };
  it.each([
    ['jjk', {}, ['j', 'j', 'k']],
    [':q\r', {}, [':', 'q', 'enter']],
    ['', { upArrow: true }, ['up']],
    ['c', { ctrl: true }, ['ctrl-c']],
    ['', {}, []],
    ['q', { meta: true }, ['escape', 'q']],
    ['\u007f', {}, ['backspace']],
    ['ü漢', {}, ['ü', '漢']],
  ])('%j %j', (input, key, names) => {
    expect(keyNames(input, { ...none, ...key })).toEqual(names);
  });
});

it('says a long sentence in both lines at the bottom', () => {
  const screen = openScreen(fleetOf(smallDatacenter()));
  const text = `${'word '.repeat(18)}end`;
  screen.store.setState({ notice: { text, tone: 'warn', until: NOW + 1_000 } });
  const [above, below] = screen.lines().slice(-2);
  expect(`${above} ${below}`.replace(/\s+/g, ' ').trim()).toBe(text);
});
