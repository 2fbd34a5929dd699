import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import type { Sink } from '../../src/terminal/writer.ts';

/** A terminal emulator to write to; `read` tells what it shows. */
export class Screen {
  readonly terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 50 });
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = '11';
  }

  write(bytes: string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(bytes, resolve));
  }

  /** The lines as text, without trailing blanks. */
  text(): string[] {
    return Array.from({ length: this.terminal.rows }, (_, y) => this.line(y)?.translateToString(true) ?? '');
  }

  /** The lines as text, those scrolled off included. */
  history(): string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
  }

  /** Every cell of the first `columns` columns, characters and looks, as comparable strings; one a line. */
  cells(columns = this.terminal.cols): string[] {
    const cell = this.terminal.buffer.active.getNullCell();
    return Array.from({ length: this.terminal.rows }, (_, y) => {
      const line = this.line(y);
      let out = '';
      for (let x = 0; x < columns; x++) {
        line?.getCell(x, cell);
        const wide = cell.getWidth();
        // A wide character that does not fit shows as a blank.
        const text = wide === 2 && x + 2 > columns ? ' ' : wide === 0 ? '' : cell.getChars() || ' ';
        const seen = [cell.isInverse(), cell.isUnderline(), cell.isStrikethrough()].map(Number).join('');
        const background = `${cell.getBgColorMode()}:${cell.getBgColor()}`;
        out += `|${text}/${seen}/${background}`;
        if (text !== ' ' || cell.isInverse()) {
          const more = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isBlink(), cell.isInvisible()];
          // On a blank nothing but the colours shows.
          if (text !== ' ') out += `/${more.map((flag) => (flag ? 1 : 0)).join('')}`;
          out += `/${cell.getFgColorMode()}:${cell.getFgColor()}`;
        }
      }
      return out;
    });
  }

  private line(y: number) {
    const { active } = this.terminal.buffer;
    return active.getLine(active.baseY + y);
  }
}

/** What a frame looks like when it is simply printed: each line on its own, in a terminal wide enough for it. */
export async function printed(frame: string, columns: number, rows: number): Promise<string[]> {
  const screen = new Screen(columns + 200, rows);
  const lines = ['\x1b[?7l', ...frame.split('\n').slice(0, rows)];
  await screen.write(lines.map((line, y) => `\x1b[m\x1b[${y}H${line}`).join(''));
  const cells = screen.cells(columns);
  screen.terminal.dispose();
  return cells;
}

/** A stdout in memory whose line can be made slow: then writes end only when `drain` says so. */
export class FakeSink implements Sink {
  columns: number;
  rows: number;
  writableLength = 0;
  slow = false;
  readonly writes: string[] = [];
  private queue: { bytes: string; done: (error?: Error | null) => void }[] = [];
  private listeners = new Set<() => void>();

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(bytes: string, done: (error?: Error | null) => void): boolean {
    this.writes.push(bytes);
    if (this.slow) {
      this.queue.push({ bytes, done });
      this.writableLength += bytes.length;
    } else {
      done();
    }
    return !this.slow;
  }

  /** Lets everything that is queued go. */
  drain(): void {
    const queue = this.queue;
    this.queue = [];
    this.writableLength = 0;
    for (const { done } of queue) done();
  }

  /** Everything written since the last call. */
  take(): string {
    return this.writes.splice(0).join('');
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.listeners) listener();
  }

  on(_event: 'resize', listener: () => void): this {
    this.listeners.add(listener);
    return this;
  }

  off(_event: 'resize', listener: () => void): this {
    this.listeners.delete(listener);
    return this;
  }

  get listening(): number {
    return this.listeners.size;
  }
}
