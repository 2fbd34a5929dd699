/** Escape sequences that change how the terminal works, by their names in xterm's ctlseqs. */

/** DEC private mode 2026: the terminal shows nothing between the two. */
export const BEGIN_UPDATE = '\x1b[?2026h';
export const END_UPDATE = '\x1b[?2026l';

export const PASTE_ON = '\x1b[?2004h';
export const PASTE_OFF = '\x1b[?2004l';

/** What the diff builds on: no cursor, no automatic wrapping, no margins, plain style. */
export const READY = '\x1b[?25l\x1b[?7l\x1b[r\x1b[m';

const ALTERNATE_ON = '\x1b[?1049h';
const ALTERNATE_OFF = '\x1b[?1049l';

/** What takes the screen; the first frame brings the rest (READY). */
export function enterSequence(alternateScreen: boolean): string {
  return `${alternateScreen ? ALTERNATE_ON : ''}\x1b[?25l`;
}

/**
 * What gives the screen back, from whatever state it is in: a string sequence or an update cut short is ended first.
 * The screen is blanked because some terminals, such as the Linux console, know no alternate one.
 */
export function leaveSequence(alternateScreen: boolean, synchronizedOutput: boolean): string {
  return [
    '\x1b\\',
    synchronizedOutput ? END_UPDATE : '',
    PASTE_OFF,
    '\x1b[r\x1b[m\x1b[H\x1b[J',
    alternateScreen ? ALTERNATE_OFF : '',
    '\x1b[?7h\x1b[?25h',
  ].join('');
}
