import { FrameWriter, type WriterOptions } from '../../src/terminal/writer.ts';
import { FakeSink, printed, Screen } from './screen.ts';

/** A small generator of random numbers that gives the same for the same seed (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Random = (below: number) => number;

const SGR = ['', '0', '1', '2', '1;2', '3', '4', '5', '7', '8', '9', '22', '24', '27', '31', '42', '91', '103', '39'];
const MORE_SGR = ['49', '38;5;208', '48;5;17', '38;2;1;2;3', '48;2;200;0;9', '1;31;44', '7;32'];
const ALL_SGR = [...SGR, ...MORE_SGR];
const WORDS = ['rack3-u12', 'Ready', 'prod', '42', '  ', '     ', 'x', '─────', '█▇▂', 'añb', 'e\u0301', 'Ωж'];
const WIDE = ['主机', '故障', 'サーバ', '한국', '😀', '✔', '한', '漢', '⚠'];
/** The emulator takes these to be of another width than string-width does, as real terminals do now and then. */
const DISPUTED = ['👍🏽', '👩‍💻', '✔️', '🇨🇭'];

type Alphabet = 'narrow' | 'wide' | 'disputed';

function pick<T>(next: Random, from: readonly T[]): T {
  return from[next(from.length)]!;
}

function line(next: Random, columns: number, alphabet: Alphabet): string {
  let out = '';
  // Where a line with characters of disputed width meets the right margin is disputed too.
  const most = alphabet === 'disputed' ? Math.min(3, columns / 20) : Math.ceil(columns / 6);
  const parts = next(1 + most);
  for (let at = 0; at < parts; at++) {
    if (next(3) === 0) out += `\x1b[${pick(next, ALL_SGR)}m`;
    out += pick(next, WORDS);
    if (alphabet === 'wide' && next(8) === 0) out += pick(next, WIDE);
    if (alphabet === 'disputed' && next(2) === 0) out += pick(next, DISPUTED);
    if (next(4) === 0) out += ' '.repeat(next(12));
  }
  // Now and then exactly up to the right margin, or past it.
  return next(12) === 0 && alphabet !== 'disputed' ? out + '='.repeat(columns) : out;
}

/** A frame much like the one before, as a dashboard's are: some cells change, lists scroll, views change. */
function change(next: Random, lines: readonly string[], columns: number, rows: number, alphabet: Alphabet): string[] {
  const out = [...lines];
  const kind = next(10);
  if (kind === 0) return Array.from({ length: next(rows + 3) }, () => line(next, columns, alphabet));
  if (kind <= 4) {
    const top = next(rows);
    const height = 2 + next(rows);
    const band = out.splice(top, height);
    const by = 1 + next(3);
    const fresh = () => Array.from({ length: by }, () => line(next, columns, alphabet));
    const moved = kind <= 2 ? [...band.slice(by), ...fresh()] : [...fresh(), ...band.slice(0, -by)];
    out.splice(top, 0, ...moved.slice(0, band.length));
  }
  for (let times = next(4); times > 0; times--) {
    const y = next(rows);
    const old = out[y] ?? '';
    const plain = !old.includes('\x1b') && old !== '';
    const at = next(old.length + 1);
    out[y] =
      plain && next(2) ? `${old.slice(0, at)}${pick(next, WORDS)}${old.slice(at + 5)}` : line(next, columns, alphabet);
  }
  return Array.from({ length: Math.min(out.length, rows) }, (_, y) => (out[y] ?? '').toWellFormed());
}

export interface FuzzOptions {
  seed: number;
  frames: number;
  options?: Partial<WriterOptions>;
  alphabet?: Alphabet;
  /** Largest size. */
  columns?: number;
  rows?: number;
}

/**
 * Draws random frames through a FrameWriter into a terminal emulator: on a line that is now fast, now slow, with
 * resizes and times off the screen. After each time that everything was sent, the screen must show the latest frame.
 * @returns the number of comparisons, and the writer's counters.
 * @throws Error with the frame before, the frame and the bytes, where the screen shows something else.
 */
export async function fuzz(given: FuzzOptions): Promise<{ compared: number; dropped: number; sent: number }> {
  const next = random(given.seed);
  const { alphabet = 'narrow' } = given;
  const [mostColumns, mostRows] = [given.columns ?? 60, given.rows ?? 16];
  const sink = new FakeSink(mostColumns, mostRows);
  const writer = new FrameWriter(sink, {
    color: true,
    utf8: true,
    synchronizedOutput: true,
    scroll: true,
    ...given.options,
  });
  const screen = new Screen(sink.columns, sink.rows);
  writer.attach('');
  let lines: string[] = [];
  let settled = '';
  let compared = 0;
  let log = '';
  const pass = async () => {
    const bytes = sink.take();
    log += bytes;
    await screen.write(bytes);
  };
  for (let at = 0; at < given.frames; at++) {
    const event = next(60);
    if (event === 0 && alphabet !== 'disputed') {
      await pass();
      const [columns, rows] = [4 + next(mostColumns - 3), 2 + next(mostRows - 1)];
      screen.terminal.resize(columns, rows);
      sink.resize(columns, rows);
    } else if (event === 1) {
      writer.detach();
      sink.drain();
      await pass();
      await screen.write('\x1b[41mleft by another program\r\n\x1b[m');
      writer.attach('');
    } else if (event < 12) {
      sink.slow = !sink.slow;
    }
    lines = change(next, lines, sink.columns, sink.rows, alphabet);
    const frame = lines.join('\n');
    writer.write(frame);
    if (sink.slow && next(3)) continue;
    while (sink.writableLength > 0) sink.drain();
    await pass();
    if (frame === '' || frame === '\n') continue;
    compared++;
    const [shown, wanted] = [screen.cells(), await printed(frame, sink.columns, sink.rows)];
    for (const [y, cells] of wanted.entries()) {
      if (shown[y] === cells) continue;
      const report = { seed: given.seed, at, y, shown: shown[y], wanted: cells, before: settled, frame, bytes: log };
      throw new Error(`The screen shows something else: ${JSON.stringify(report, null, 1)}`);
    }
    settled = frame;
    log = '';
  }
  screen.terminal.dispose();
  return { compared, ...writer.counters };
}
