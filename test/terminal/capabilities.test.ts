import { describe, expect, it } from 'vitest';
import { capabilities } from '../../src/terminal/capabilities.ts';

const of = (env: Record<string, string>, isTTY = true) => capabilities({ TERM: 'xterm-256color', ...env }, isTTY);

describe('UTF-8', () => {
  const table: [env: Record<string, string>, utf8: boolean][] = [
    [{}, false],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'de_DE.ISO-8859-1' }, false],
    [{ LANG: 'en_US.UTF-8', LC_CTYPE: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
    [{ LC_ALL: 'POSIX', LC_CTYPE: 'en_US.UTF-8', LANG: 'en_US.UTF-8' }, false],
    [{ LC_ALL: '', LC_CTYPE: '', LANG: 'en_US.UTF-8' }, true],
    [{ LC_MESSAGES: 'en_US.UTF-8', LANG: 'C' }, false],
  ];
  it.each(table)('%j: %s', (env, utf8) => expect(of(env).utf8).toBe(utf8));
});

describe('colour', () => {
  const table: [env: Record<string, string>, isTTY: boolean, level: number][] = [
    [{}, true, 2],
    [{ TERM: 'xterm' }, true, 1],
    [{ TERM: 'linux' }, true, 1],
    [{ COLORTERM: 'truecolor' }, true, 3],
    [{ TERM: 'xterm-direct' }, true, 3],
    [{ TERM: 'dumb' }, true, 0],
    [{}, false, 0],
    [{ NO_COLOR: '1' }, true, 0],
    [{ NO_COLOR: '' }, true, 2],
    [{ NO_COLOR: '1', FORCE_COLOR: '3' }, true, 0],
    [{ FORCE_COLOR: '0' }, true, 0],
    [{ FORCE_COLOR: 'false' }, true, 0],
    [{ FORCE_COLOR: '' }, true, 2],
    [{ FORCE_COLOR: '1', TERM: 'dumb' }, true, 1],
    [{ FORCE_COLOR: '2' }, false, 2],
    [{ FORCE_COLOR: 'true' }, false, 1],
  ];
  it.each(table)('%j, tty %s: level %i', (env, isTTY, level) => {
    expect(of(env, isTTY)).toMatchObject({ colorLevel: level, color: level > 0 });
  });
});

describe('multiplexers', () => {
  it.each([
    [{}, undefined],
    [{ TMUX: '/tmp/tmux-1000/default,1,0', TERM: 'screen-256color' }, 'tmux'],
    [{ TERM: 'tmux-256color' }, 'tmux'],
    [{ TERM: 'screen.xterm-256color' }, 'screen'],
    [{ STY: '1234.pts-0.host' }, 'screen'],
  ])('%j: %s', (env, multiplexer) => expect(of(env as Record<string, string>).multiplexer).toBe(multiplexer));
});

describe('the screen', () => {
  it.each([
    ['xterm-256color', true, true, true],
    ['tmux-256color', true, true, true],
    ['screen', true, false, true],
    ['linux', true, false, true],
    ['vt220', true, false, true],
    ['vt100', true, false, false],
    ['dumb', false, false, false],
    ['', false, false, false],
  ])('TERM=%s: alternate %s, synchronized %s, scroll %s', (TERM, alternateScreen, synchronizedOutput, scroll) => {
    expect(of({ TERM })).toMatchObject({ isTTY: true, alternateScreen, synchronizedOutput, scroll });
  });

  it('is none where there is no terminal', () => {
    expect(of({}, false)).toMatchObject({
      isTTY: false,
      alternateScreen: false,
      synchronizedOutput: false,
      scroll: false,
    });
  });

  it('does not trouble a terminal known not to synchronize', () => {
    expect(of({ TERM_PROGRAM: 'Apple_Terminal' }).synchronizedOutput).toBe(false);
  });
});
