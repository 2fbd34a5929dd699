import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { isSimple } from '../../src/terminal/characters.ts';
import { glyphs, toAscii } from '../../src/terminal/glyphs.ts';
import { Screen } from './screen.ts';

describe('glyphs', () => {
  const unicode = glyphs(true);
  const ascii = glyphs(false);

  it('are one cell wide, and every terminal agrees', () => {
    for (const sign of [...Object.values(unicode), ...Object.values(ascii)].flat()) {
      expect([sign, stringWidth(sign), isSimple(sign)]).toEqual([sign, 1, true]);
    }
  });

  it('are ASCII without UTF-8, and sparks differ by height', () => {
    expect(Object.values(ascii).flat().join('')).toMatch(/^[ -~]+$/);
    expect(new Set(ascii.spark).size).toBe(8);
    expect(unicode.spark).toHaveLength(8);
  });

  it('become their likenesses in a frame', () => {
    for (const name of ['topLeft', 'vertical', 'arrowUp', 'bullet', 'check', 'full'] as const) {
      expect(toAscii(unicode[name])).toBe(ascii[name]);
    }
    expect(toAscii(unicode.spark.join(''))).toBe(ascii.spark.join(''));
  });
});

describe('toAscii', () => {
  const table: [text: string, ascii: string][] = [
    ['plain', 'plain'],
    ['╭──╮\n│ü│\n╰──╯', '+--+\n|u|\n+--+'],
    ['Zürich–Genève', 'Zurich-Geneve'],
    ['e\u0301tat', 'etat'],
    ['主机 host', '???? host'],
    ['a😀b', 'a??b'],
    ['👩‍💻', '??'],
    ['Ωж', '??'],
    ['a\u200bb\u202ec', 'abc'],
    ['\x1b[31m→\x1b[39m', '\x1b[31m>\x1b[39m'],
    ['\x9b31mx', '\x1b[31mx'],
  ];
  it.each(table)('%j', (text, ascii) => expect(toAscii(text)).toBe(ascii));

  it('keeps the width of every character', () => {
    for (let code = 0xa0; code < 0x3000; code++) {
      const text = String.fromCodePoint(code);
      expect([code, stringWidth(toAscii(text))]).toEqual([code, stringWidth(text)]);
    }
  });
});

describe('characters taken to be simple', () => {
  it('are one cell wide to string-width and to a terminal', async () => {
    const screen = new Screen(20, 2);
    const wrong: string[] = [];
    for (let code = 0x20; code < 0x3000; code++) {
      const text = String.fromCodePoint(code);
      if (!isSimple(text)) continue;
      if (stringWidth(text) !== 1) wrong.push(text);
    }
    const line = Array.from({ length: 0x3000 - 0x20 }, (_, at) => String.fromCodePoint(at + 0x20)).filter(isSimple);
    for (let at = 0; at < line.length; at += 20) {
      const part = line.slice(at, at + 20).join('');
      await screen.write(`\x1b[H\x1b[K${part}`);
      if (screen.terminal.buffer.active.cursorX !== part.length) wrong.push(part);
    }
    expect(wrong).toEqual([]);
  });
});
