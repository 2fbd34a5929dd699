import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText, intern, internName, isClean, shorten } from '../../src/domain/text.ts';

describe('cleanLine', () => {
  it.each([
    ['plain text', 'rack3-u12', 'rack3-u12'],
    ['colours', '\x1b[31mred\x1b[0m', 'red'],
    ['a window title', 'a\x1b]0;pwned\x07b', 'ab'],
    ['a hyperlink', '\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['a clipboard write', '\x1b]52;c;cm0gLXJm\x07ok', 'ok'],
    ['a device control string', 'a\x1bP1$r0m\x1b\\b', 'ab'],
    ['C1 forms of the same', 'a\x9b31mb\x9d0;t\x9cc', 'abc'],
    ['an escape left open', 'a\x1b]0;half', 'a0;half'],
    ['an escape made by removing one', '\x1b\x1b[31m[31mx', '31mx'],
    ['cursor movement', 'a\x1b[2J\x1b[1;1Hb', 'ab'],
    ['other controls', 'a\x00\x07\x08b\x7f', 'ab'],
    ['line ends and tabs', 'two\r\n  lines\tand', 'two lines and'],
    ['bidi overrides', 'abc\u202edcba\u202c', 'abcdcba'],
    ['isolates and marks', '\u2066a\u2069\u200e\u061cb', 'ab'],
    ['zero-width characters', 'a\u200bb\u200dc\ufeffd\u00ade', 'abcde'],
    ['tag characters', 'a\u{e0041}\u{e007f}b', 'ab'],
    ['variation selectors and fillers', 'a\ufe0f\u3164b', 'ab'],
    ['half a surrogate pair', 'a\ud800b', 'ab'],
    ['other scripts', 'служба 設備 é', 'служба 設備 é'],
    ['a tower of marks', `e${'\u0301'.repeat(20)}`, `e${'\u0301'.repeat(4)}`],
    ['surrounding space', '  x  ', 'x'],
  ])('makes %s safe', (_, sent, shown) => {
    expect(cleanLine(sent)).toBe(shown);
  });

  it('cuts at a whole character and says so', () => {
    expect(cleanLine('abcdef', 4)).toBe('abc…');
    expect(cleanLine(`ab${'😀'.repeat(10)}`, 6)).toBe('ab😀…');
    expect(cleanLine('x'.repeat(1_000_000), 10)).toHaveLength(10);
  });
});

describe('cleanText', () => {
  it('keeps lines and spreads tabs', () => {
    expect(cleanText('a\r\nb\rc\n\x1b[1m\td')).toBe('a\nb\nc\n  d');
  });
});

describe('any text', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(fc.constantFrom('\x1b', '[', ']', '31m', '\x9b', '\x07', '\u202e', 'a', '\n', '\ud83d', ';', 'P', '\\'), {
        maxLength: 30,
      })
      .map((parts) => parts.join('')),
  );
  it('comes out clean, and clean text comes out as it is', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const line = cleanLine(text);
        expect(isClean(line)).toBe(true);
        expect(cleanLine(line)).toBe(line);
        expect(isClean(cleanText(text), true)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('shorten', () => {
  it('cuts at a word where one ends nearby', () => {
    expect(shorten('waiting for the control plane', 20)).toBe('waiting for the…');
    expect(shorten('short', 20)).toBe('short');
    expect(shorten('averyveryverylongword', 10)).toBe('averyvery…');
  });
});

describe('interning', () => {
  it('gives equal text back, however much it has seen', () => {
    for (let index = 0; index < 40_000; index += 1) intern(`word ${index}`);
    for (let index = 0; index < 140_000; index += 1) internName(`name ${index}`);
    expect(intern('word 1')).toBe('word 1');
    expect(internName('name 1')).toBe('name 1');
  });
});
