import { describe, expect, it, vi } from 'vitest';
import { FrameWriter, type WriterOptions } from '../../src/terminal/writer.ts';
import { FakeSink, Screen } from './screen.ts';

const OPTIONS: WriterOptions = { color: true, utf8: true, synchronizedOutput: true, scroll: true };

function open(columns = 20, rows = 4, options: Partial<WriterOptions> = {}) {
  const sink = new FakeSink(columns, rows);
  const writer = new FrameWriter(sink, { ...OPTIONS, ...options });
  writer.attach('');
  return { sink, writer };
}

/** A table of 48 lines between a head and a foot, at 200x50. */
function table(change: (line: string, y: number) => string = (line) => line): string {
  const body = Array.from({ length: 48 }, (_, y) =>
    change(`rack${y}-u${y * 7}  \x1b[32mReady\x1b[39m  ${'cluster-name'.repeat(13)} ${y * 977}`, y),
  );
  return ['metaldeck  prod', ...body, '/ filter'].join('\n');
}

describe('the budget of bytes at 200x50', () => {
  const { sink, writer } = open(200, 50);
  const cost = (frame: string) => {
    writer.write(table());
    sink.take();
    writer.write(frame);
    return { bytes: Buffer.byteLength(sink.writes.join('')), writes: sink.writes.length };
  };

  it('nothing changed: no byte, no write', () => {
    expect(cost(table())).toEqual({ bytes: 0, writes: 0 });
  });
  it('one cell: under 60', () => {
    expect(cost(table((line, y) => (y === 20 ? line.replace('rack20', 'rack29') : line)))).toEqual({
      bytes: '\x1b[22;6H9'.length,
      writes: 1,
    });
  });
  it('one coloured word: under 60', () => {
    const { bytes } = cost(table((line, y) => (y === 20 ? line.replace('\x1b[32mReady', '\x1b[31mError') : line)));
    expect(bytes).toBe('\x1b[22;15H\x1b[31mError\x1b[m'.length);
  });
  it('twenty cells in twenty lines: under 200', () => {
    const { bytes, writes } = cost(table((line, y) => (y < 20 ? line.replace('rack', 'rick') : line)));
    expect(bytes).toBeLessThan(200);
    expect(writes).toBe(1);
  });
  it('a scroll by one line: one line and little more', () => {
    const lines = table().split('\n');
    const scrolled = [lines[0], ...lines.slice(2, 49), 'rack48-u336  one more line', lines[49]].join('\n');
    expect(cost(scrolled).bytes).toBeLessThan(60);
  });
  it('a whole new screen: no more than the frame itself', () => {
    const frame = table((_, y) => `something else ${y} ${'-'.repeat(120)}`);
    expect(cost(frame).bytes).toBeLessThan(Buffer.byteLength(frame) + 300);
  });
});

describe('synchronized output', () => {
  it('is not worth it for a small update', () => {
    const { sink, writer } = open();
    writer.write('one');
    sink.take();
    writer.write('two');
    expect(sink.take()).toBe('\x1b[Htwo');
  });
  it('holds a large update together', () => {
    const { sink, writer } = open(100, 4);
    writer.write('one');
    sink.take();
    writer.write(`${'x'.repeat(90)}\n${'y'.repeat(90)}`);
    expect(sink.take()).toMatch(/^\x1b\[\?2026h.*\x1b\[\?2026l$/s);
  });
  it('is left out where the terminal does not know it', () => {
    const { sink, writer } = open(100, 4, { synchronizedOutput: false });
    writer.write(`${'x'.repeat(90)}\n${'y'.repeat(90)}`);
    expect(sink.take()).not.toContain('2026');
  });
});

describe('a slow line', () => {
  it('keeps the latest frame only, and compares it with what was really sent', async () => {
    const { sink, writer } = open();
    writer.write('count 0');
    sink.take();
    sink.slow = true;
    writer.write('count 1');
    expect(sink.take()).toBe('\x1b[1;7H1');
    for (const count of [2, 3, 4, 5]) writer.write(`count ${count}\nmore`);
    expect(sink.take()).toBe('');
    expect(writer.counters.dropped).toBe(3);
    sink.drain();
    expect(sink.take()).toBe('\x1b[1;7H5\r\nmore');
    sink.drain();
    expect(sink.take()).toBe('');
  });

  it('sends nothing when the screen came back to what it was', () => {
    const { sink, writer } = open();
    writer.write('a');
    sink.slow = true;
    writer.write('b');
    sink.take();
    writer.write('c');
    writer.write('b');
    sink.drain();
    expect(sink.take()).toBe('');
  });

  it("waits for somebody else's bytes too", () => {
    const { sink, writer } = open();
    sink.slow = true;
    sink.write('from elsewhere', () => {});
    sink.take();
    writer.write('a');
    expect(sink.take()).toBe('');
    sink.drain();
    expect(sink.take()).toContain('a');
  });

  it('is known by its callbacks where the sink does not tell a length', () => {
    const { sink, writer } = open();
    Object.defineProperty(sink, 'writableLength', { get: () => undefined, set: () => {} });
    sink.slow = true;
    writer.write('a');
    sink.take();
    writer.write('b');
    writer.write('c');
    expect(sink.take()).toBe('');
    sink.drain();
    expect(sink.take()).toBe('\x1b[Hc');
  });

  it('calls back when all was passed on', async () => {
    const { sink, writer } = open();
    sink.slow = true;
    const done = vi.fn();
    writer.write('a', done);
    writer.write('b', 'utf8', done);
    writer.write('', done);
    sink.drain();
    await Promise.resolve();
    expect(done).not.toHaveBeenCalled();
    sink.drain();
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(3));
  });

  it('lets nobody wait after it was closed', async () => {
    const { sink, writer } = open();
    sink.slow = true;
    const done = vi.fn();
    writer.write('a', done);
    writer.write('b', done);
    writer.close();
    writer.write('c', done);
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(3));
    sink.take();
    sink.drain();
    expect(sink.take()).toBe('');
    expect(sink.listening).toBe(0);
    expect(writer.writable).toBe(false);
  });
});

describe('the screen', () => {
  it('is drawn anew after a resize, in the new size', async () => {
    const { sink, writer } = open(20, 3);
    const screen = new Screen(20, 3);
    writer.write('one\ntwo\nthree');
    const sizes: number[][] = [];
    writer.on('resize', () => {
      sizes.push([writer.columns, writer.rows]);
      writer.write(`${writer.columns}x${writer.rows}\ntwo\nthree\nfour`);
    });
    await screen.write(sink.take());
    screen.terminal.resize(10, 4);
    sink.resize(10, 4);
    expect(sizes).toEqual([[10, 4]]);
    expect(sink.writes).toHaveLength(1);
    await screen.write(sink.take());
    expect(screen.text()).toEqual(['10x4', 'two', 'three', 'four']);
  });

  it('is drawn anew after a resize even if no new frame comes', () => {
    const { sink, writer } = open(20, 3);
    writer.write('one');
    sink.take();
    sink.resize(10, 3);
    expect(sink.take()).toContain('one');
  });

  it('is 80x24 where a serial line knows no size', () => {
    const { writer } = open(0, 0);
    expect([writer.columns, writer.rows]).toEqual([80, 24]);
  });

  it('is left alone while detached, and drawn in full after', () => {
    const { sink, writer } = open();
    writer.write('one');
    sink.take();
    writer.detach();
    writer.write('two');
    writer.send('\x07');
    writer.repaint();
    expect(sink.take()).toBe('');
    writer.attach('<again>');
    expect(sink.take()).toMatch(/^<again>.*two/s);
  });

  it('is drawn in full on demand', () => {
    const { sink, writer } = open();
    writer.write('one');
    sink.take();
    writer.repaint();
    expect(sink.take()).toContain('one');
  });
});

describe('what Ink writes besides frames', () => {
  it.each(['\x1b[?25h', '\x1b[?25l', '\x1b[?2026h', '\x1b[?1049h', '\x1b[2K\x1b[1A\x1b[2K\x1b[G', '\n', ''])(
    'swallows %j',
    (text) => {
      const { sink, writer } = open();
      writer.write('frame');
      sink.take();
      writer.write(text);
      writer.write('frame');
      expect(sink.take()).toBe('');
      expect(writer.counters.frames).toBe(2);
    },
  );

  it('keeps bracketed paste, over times off the screen too', () => {
    const { sink, writer } = open();
    writer.write('\x1b[?2004h');
    expect(sink.take()).toBe('\x1b[?2004h');
    writer.detach();
    writer.attach('');
    expect(sink.take()).toBe('\x1b[?2004h');
    writer.write('\x1b[?2004l');
    expect(sink.take()).toBe('\x1b[?2004l');
  });

  it('takes bytes as well as strings', () => {
    const { sink, writer } = open();
    writer.write(new TextEncoder().encode('säge'));
    expect(sink.take()).toContain('säge');
  });
});
