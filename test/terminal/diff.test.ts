import { describe, expect, it } from 'vitest';
import { FrameWriter, type WriterOptions } from '../../src/terminal/writer.ts';
import { FakeSink } from './screen.ts';

const OPTIONS: WriterOptions = { color: true, utf8: true, synchronizedOutput: true, scroll: true };

/** The bytes that follow when one frame is shown and another is written, at 20x6 unless told. */
function update(before: string, after: string, options: Partial<WriterOptions> = {}, columns = 20, rows = 6): string {
  const sink = new FakeSink(columns, rows);
  const writer = new FrameWriter(sink, { ...OPTIONS, ...options });
  writer.attach('');
  writer.write(before || ' ');
  sink.take();
  writer.write(after);
  return sink.take();
}

const READY = '\x1b[?25l\x1b[?7l\x1b[r\x1b[m';

describe('the bytes of an update', () => {
  const table: [what: string, before: string, after: string, bytes: string][] = [
    ['nothing', 'one\ntwo', 'one\ntwo', ''],
    ['one cell', 'one\ntwo', 'one\ntwx', '\x1b[2;3Hx'],
    ['the first cell', 'one', 'One', '\x1b[HO'],
    ['cells close together are written through', 'abcdefgh', 'AbcDefgh', '\x1b[HAbcD'],
    ['cells far apart are jumped between', 'abcdefgh', 'AbcdefgH', '\x1b[HA\x1b[6CH'],
    ['the same column one line below', 'abcd\nabcd', 'abCd\nabCd', '\x1b[1;3HC\x1b[B\bC'],
    ['the next line from its start', 'abcdef\nabcdef', 'abcdeF\nAbcdef', '\x1b[1;6HF\r\nA'],
    ['a short rest is blanked', 'abc', 'a', '\x1b[1;2H  '],
    ['a long rest is erased', 'abcdefgh', 'a', '\x1b[1;2H\x1b[K'],
    ['text added', 'abc', 'abc def', '\x1b[1;5Hdef'],
    ['several lines gone at the foot', 'a\nb\nc\nd', 'a', '\x1b[2H\x1b[J'],
    ['a line gone', 'a\nlong line\nc', 'a\n\nc', '\x1b[2H\x1b[K'],
    ['style', 'one two', 'one \x1b[1mtwo\x1b[22m', '\x1b[1;5H\x1b[1mtwo\x1b[m'],
    ['style and nothing but style', '\x1b[31mred\x1b[39m', '\x1b[32mred\x1b[39m', '\x1b[H\x1b[32mred\x1b[m'],
    ['one code of two', 'ab', '\x1b[1;31ma\x1b[22mb\x1b[39m', '\x1b[H\x1b[1;31ma\x1b[22mb\x1b[m'],
    ['colour of blanks is not sent', 'a  b', '\x1b[31ma  b\x1b[39m', '\x1b[H\x1b[31ma  b\x1b[m'],
    ['colour under blanks is', 'a  b', 'a\x1b[41m  \x1b[49mb', '\x1b[1;2H\x1b[41m  \x1b[m'],
    ['style of blanks alone is nothing', 'a  b', 'a\x1b[1;32m  \x1b[mb', ''],
    ['same looks, other codes', '\x1b[1m\x1b[31ma\x1b[m', '\x1b[31;1ma\x1b[39m\x1b[22m', ''],
    ['the last column', 'x'.repeat(20), `${'x'.repeat(19)}y`, '\x1b[1;20Hy'],
    ['a line with a wide character, from it on', 'ab主x', 'ab主y', '\x1b[1;3H\x1b[K主y'],
    ['a line with a wide character, left of it', 'ab主x', 'aB主x', '\x1b[1;2HB'],
    ['a wide character gone', 'ab主x', 'abcdx', '\x1b[1;3H\x1b[Kcdx'],
    ['a combining character', 'abe\u0301x', 'abe\u0301y', '\x1b[1;3H\x1b[Ke\u0301y'],
    ['a wide character that does not fit', 'x'.repeat(19), `${'x'.repeat(19)}主`, ''],
  ];
  it.each(table)('%s', (_what, before, after, bytes) => {
    expect(update(before, after)).toBe(bytes);
  });

  it('cuts what does not fit the screen', () => {
    const tall = Array.from({ length: 9 }, (_, y) => `line ${y} ${'x'.repeat(40)}`).join('\n');
    const bytes = update('', tall);
    expect(bytes).not.toContain('line 6');
    expect(bytes.match(/x+/g)).toEqual(Array(6).fill('x'.repeat(13)));
  });

  it('draws everything at first, erasing only what it does not write', () => {
    const sink = new FakeSink(3, 3);
    const writer = new FrameWriter(sink, OPTIONS);
    writer.write('ab\nabc');
    expect(sink.take()).toBe('');
    writer.attach('<prologue>');
    expect(sink.take()).toBe(`<prologue>${READY}\x1b[Hab\x1b[K\r\nabc\r\n\x1b[K`);
  });
});

describe('a scroll', () => {
  const names = ['alpha one', 'bravo two', 'charlie three', 'delta four', 'echo five', 'foxtrot six', 'golf seven'];
  const list = (from: number, count: number) => names.slice(from, from + count).join('\n');

  it('by one line inside fixed lines uses the margins', () => {
    const bytes = update(`head\n${list(0, 4)}\nfoot`, `head\n${list(1, 4)}\nfoot`);
    expect(bytes).toBe('\x1b[2;5r\r\n\x1b[M\x1b[r\x1b[5Hecho five');
  });

  it('back by one line inserts', () => {
    const bytes = update(`head\n${list(1, 4)}\nfoot`, `head\n${list(0, 4)}\nfoot`);
    expect(bytes).toBe('\x1b[2;5r\r\n\x1b[L\x1b[r\r\nalpha one');
  });

  it('to the bottom of the screen needs no margins', () => {
    const bytes = update(`head\n${list(0, 5)}`, `head\n${list(2, 5)}`);
    expect(bytes).toBe('\x1b[2H\x1b[2M\x1b[5Hfoxtrot six\r\ngolf seven');
  });

  it('is found when a line comes in and another goes elsewhere', () => {
    const before = `head\nnotice of trouble\n${list(0, 3)}\nfoot`;
    const after = `head\n${list(0, 3)}\n${names[3]}\nfoot`;
    expect(update(before, after)).toBe('\x1b[2;5r\r\n\x1b[M\x1b[r\x1b[5Hdelta four');
  });

  it('is not used where writing is shorter', () => {
    expect(update('h\na\nb\nc\nd\nf', 'h\nb\nc\nd\ne\nf')).toBe('\x1b[2Hb\r\nc\r\nd\r\ne');
  });

  it('is not used on a terminal without insert line', () => {
    const bytes = update(`head\n${list(0, 4)}\nfoot`, `head\n${list(1, 4)}\nfoot`, { scroll: false });
    expect(bytes).not.toMatch(/\x1b\[\d*[ML]/);
    expect(bytes).toContain('echo five');
  });
});

describe('terminals that can do less', () => {
  it('without colour: bold, underline and inverse stay', () => {
    const frame = '\x1b[1;31mA\x1b[0;4;48;5;9mB\x1b[0;7;38;2;1;2;3mC\x1b[m';
    expect(update('', frame, { color: false })).toBe('\x1b[H\x1b[1mA\x1b[0;4mB\x1b[0;7mC\x1b[m');
  });

  it('without UTF-8: likenesses of the same width', () => {
    expect(update('', '┌─ café… 主 ✓', { utf8: false })).toBe('\x1b[H+- cafe. ?? +');
  });

  it('passes 16, 256 and true colours on', () => {
    const styles = ['91', '104', '38;5;208', '48;5;17', '38;2;1;2;3', '48;2;9;8;7'];
    for (const style of styles) {
      expect(update('', `\x1b[${style}mX\x1b[m`)).toBe(`\x1b[H\x1b[${style}mX\x1b[m`);
    }
  });

  it('understands colon forms of colours and underline', () => {
    expect(update('', '\x1b[38:5:208mX\x1b[38:2::1:2:3mY\x1b[39;4:3mZ\x1b[4:0mW')).toBe(
      '\x1b[H\x1b[38;5;208mX\x1b[38;2;1;2;3mY\x1b[0;4mZ\x1b[mW',
    );
  });
});

describe('a hostile frame', () => {
  const table: [what: string, text: string, shown: string][] = [
    ['a title (OSC)', 'a\x1b]0;owned\x07b', 'ab'],
    ['a title ended by ST', 'a\x1b]2;owned\x1b\\b', 'ab'],
    ['a link', '\x1b]8;;http://x\x07ab\x1b]8;;\x07', 'ab'],
    ['a clipboard write', '\x1b]52;c;cm0=\x07ab', 'ab'],
    ['an OSC that never ends', 'a\x1b]0;b', 'a0;b'],
    ['cursor moves', 'a\x1b[5;5Hb\x1b[2Ac', 'abc'],
    ['erasing', 'a\x1b[2J\x1b[Kb', 'ab'],
    ['modes', 'a\x1b[?1049l\x1b[?25hb', 'ab'],
    ['a private form of SGR', 'a\x1b[>4;2mb\x1b[?4mc', 'abc'],
    ['DCS, APC, PM, SOS', 'a\x1bPq#0\x1b\\b\x1b_x\x1b\\c\x1b^y\x1b\\d\x1bXz\x1b\\e', 'abcde'],
    ['C1 controls', 'a\x9b2Jb\x9d0;x\x9cc\x85d', 'abcd'],
    ['C0 controls', 'a\x07b\x08c\x0ed\re\x7f\x00f', 'abcdef'],
    ['a reset', 'a\x1bcb', 'ab'],
    ['character sets', 'a\x1b(0b\x1b)Bc', 'abc'],
    ['an escape at the end', 'ab\x1b', 'ab'],
    ['a sequence cut short', 'ab\x1b[31', 'ab'],
    ['a sequence that swallows an escape', 'a\x1b[3\x1b[1mb', 'a\x1b[1mb\x1b[m'],
    ['nonsense in SGR', 'a\x1b[999;38;5;300;;38;9mb', 'ab'],
    ['a tab', 'a\tb', 'a b'],
    ['direction overrides', 'a\u202eb\u2066c\u200f', 'abc'],
    ['a pile of combining marks', `a${'\u0301'.repeat(500)}b`, 'ab'],
  ];
  it.each(table)('%s is not passed on', (_what, text, shown) => {
    const bytes = update('', text, {}, 40).replaceAll('\x1b[K', '');
    expect(bytes).toBe(`\x1b[H${shown}`);
  });

  it('does not carry style from line to line', () => {
    expect(update('', '\x1b[31ma\nb')).toBe('\x1b[H\x1b[31ma\r\n\x1b[mb');
  });

  it('survives any bytes', () => {
    const bytes = Array.from({ length: 2000 }, (_, at) => String.fromCharCode((at * 7919) % 0x3000)).join('');
    const out = update('', bytes, {}, 80);
    const allowed = /^(?:[^\x00-\x1f\x7f-\x9f]|\r|\n|[\b]|\x1b\[[\d;]*[HKJCABDm]|\x1b\[\?2026[hl])*$/;
    expect(out).toMatch(allowed);
  });
});
