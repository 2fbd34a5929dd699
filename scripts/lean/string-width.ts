// Takes the place of string-width in the bundle. Ink measures every line of every frame; nearly all of them are made of
// characters whose width needs no grapheme segmentation, which takes a hundred times as long.
import stringWidth, { type Options } from 'string-width';

// Printable ASCII, the ellipsis and arrows metaldeck draws, lines, blocks and Braille: each one cell wide, none combines.
const narrow = /^[\x20-\x7e\u2026\u2190-\u2193\u2500-\u25a0\u2800-\u28ff]*$/;
const colours = new RegExp(`${'\u001b'}\\[[\\d;]*m`, 'g');

/** The cells that `text` takes, as string-width counts them with its default options. */
export default function width(text: string, options?: Options): number {
  if (options === undefined && typeof text === 'string') {
    if (narrow.test(text)) return text.length;
    const bare = text.includes('\u001b') ? text.replace(colours, '') : text;
    if (narrow.test(bare)) return bare.length;
  }
  return stringWidth(text, options);
}
