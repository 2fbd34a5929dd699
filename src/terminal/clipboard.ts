import type { Capabilities } from './capabilities.ts';

/** The longest base64 text that terminals and multiplexers are known to take in one OSC 52 sequence. */
export const MOST_ENCODED = 74_994;

/** GNU screen cuts a string sequence at 768 bytes: longer ones go in pieces. */
const SCREEN_PIECE = 640;

export type ClipboardSequence =
  | { readonly bytes: string; readonly refused?: undefined }
  | { readonly bytes?: undefined; readonly refused: 'empty' | 'too large' };

/** tmux passes a DCS on whose escapes are doubled, if `allow-passthrough` is on. */
function throughTmux(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
}

/** screen passes the inside of every DCS on as it is. */
function throughScreen(sequence: string): string {
  let out = '';
  for (let at = 0; at < sequence.length; at += SCREEN_PIECE) {
    out += `\x1bP${sequence.slice(at, at + SCREEN_PIECE)}\x1b\\`;
  }
  return out;
}

/**
 * The bytes that ask the terminal to put a text on its clipboard (xterm ctlseqs, OSC 52). Whether it does cannot be
 * known: many terminals have it off.
 * @param text what to copy; its UTF-8 form is sent in base64.
 */
export function clipboardSequence(text: string, multiplexer: Capabilities['multiplexer']): ClipboardSequence {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  if (encoded === '') return { refused: 'empty' };
  if (encoded.length > MOST_ENCODED) return { refused: 'too large' };
  // BEL as the end: ST holds an escape, which would end screen's DCS early.
  const sequence = `\x1b]52;c;${encoded}\x07`;
  if (multiplexer === 'screen') return { bytes: throughScreen(sequence) };
  // tmux takes the plain form where `set-clipboard` is on, and drops whichever of the two it is not set up for.
  return { bytes: multiplexer === 'tmux' ? sequence + throughTmux(sequence) : sequence };
}
