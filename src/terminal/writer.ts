import { EventEmitter } from 'node:events';
import type { Row } from './cells.ts';
import { diff } from './diff.ts';
import { bracketedPaste, isFrame, parseFrame } from './frame.ts';
import { BEGIN_UPDATE, END_UPDATE, PASTE_OFF, PASTE_ON, READY } from './sequences.ts';

/** What the writer needs of the real stdout: a tty.WriteStream has it. */
export interface Sink {
  readonly columns?: number;
  readonly rows?: number;
  /** Bytes accepted and not yet passed on. */
  readonly writableLength?: number;
  write(bytes: string, done: (error?: Error | null) => void): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface WriterOptions {
  /** False drops colours. */
  color: boolean;
  /** False replaces what is not ASCII. */
  utf8: boolean;
  /** Whether the terminal draws what stands between BSU and ESU at once (DEC private mode 2026). */
  synchronizedOutput: boolean;
  /** Whether the terminal can insert and delete lines. */
  scroll: boolean;
}

/** From this size on an update could be seen half drawn, and the 16 bytes that prevent it are worth it. */
const SYNCHRONIZE_FROM = 128;

type Callback = (error?: Error | null) => void;

/**
 * The stdout to give to Ink with `debug: true`, which then writes one whole frame for each commit. Only what differs
 * from the terminal's contents goes to the sink, in one write. While the sink has unsent bytes, only the latest
 * frame is kept: a slow line sees fewer frames, never stale ones, and nothing waits for it.
 *
 * Emits `resize`, as a tty.WriteStream does.
 */
export class FrameWriter extends EventEmitter {
  readonly isTTY = true;
  readonly writableEnded = false;
  destroyed = false;
  /** Since the beginning: frames Ink wrote, frames never drawn because a newer one came, bytes sent. */
  readonly counters = { frames: 0, dropped: 0, sent: 0 };

  private readonly sink: Sink;
  private readonly options: WriterOptions;
  /** What the terminal shows; undefined where nobody knows. */
  private lines: (Row | undefined)[] = [];
  private latest: string | undefined;
  /** Whether `latest` has yet to be compared with what the terminal shows. */
  private pending = false;
  /** Bytes that go out before the next update. */
  private controls = '';
  private attached = false;
  private busy = false;
  private paste = false;
  private waiting: Callback[] = [];

  constructor(sink: Sink, options: WriterOptions) {
    super();
    this.sink = sink;
    this.options = options;
    // Every component that follows the size listens.
    this.setMaxListeners(0);
    sink.on('resize', this.resized);
  }

  /** A serial line may report a size of 0: then it is taken for 80x24. */
  get columns(): number {
    return this.sink.columns || 80;
  }

  get rows(): number {
    return this.sink.rows || 24;
  }

  get writable(): boolean {
    return !this.destroyed;
  }

  /**
   * Takes a frame: lines parted by LF, styled by SGR sequences only; anything else in it is dropped.
   * @param callback called when everything written so far was passed on or replaced.
   * @returns true: the caller never has to wait.
   */
  write(chunk: string | Uint8Array, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    if (isFrame(text)) this.frame(text);
    else this.mode(text);
    this.flush();
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done) this.whenSettled(done);
    return true;
  }

  /** Does nothing but call back: the terminal closes the writer. */
  end(...rest: unknown[]): this {
    const done = rest.find((value) => typeof value === 'function') as Callback | undefined;
    if (done) this.whenSettled(done);
    return this;
  }

  /** Begins to draw: sends `prologue`, then all of the latest frame. */
  attach(prologue: string): void {
    if (this.destroyed) return;
    this.attached = true;
    this.controls += prologue + (this.paste ? PASTE_ON : '');
    this.repaint();
  }

  /** Stops drawing; frames are remembered and not sent. What is on its way stays so: see `settled`. */
  detach(): void {
    this.attached = false;
    this.controls = '';
    this.settle();
  }

  /** Stops drawing for good. */
  close(): void {
    this.detach();
    this.destroyed = true;
    this.sink.off('resize', this.resized);
    this.settle();
  }

  /** Draws the latest frame anew, whatever is on the screen. */
  repaint(): void {
    this.lines = [];
    this.pending = this.latest !== undefined;
    this.flush();
  }

  /** Sends bytes that are no frame, such as a clipboard sequence, between two updates. Nothing while detached. */
  send(bytes: string): void {
    if (!this.attached) return;
    this.controls += bytes;
    this.flush();
  }

  /** Resolves when everything was passed on, or at once if nothing is drawn at present and nothing is on its way. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.whenSettled(() => resolve()));
  }

  private frame(text: string): void {
    this.counters.frames++;
    if (this.pending) this.counters.dropped++;
    this.pending = this.pending || text !== this.latest;
    this.latest = text;
  }

  private mode(text: string): void {
    const paste = bracketedPaste(text);
    if (paste === undefined || paste === this.paste) return;
    this.paste = paste;
    if (this.attached) this.controls += paste ? PASTE_ON : PASTE_OFF;
  }

  private readonly resized = (): void => {
    // Nobody knows what a terminal shows after it changed size. Ink writes a frame of the new size in this event.
    this.lines = [];
    this.emit('resize');
    if (this.lines.length === 0) this.repaint();
  };

  private flush(): void {
    if (!this.attached || this.busy || this.destroyed) return;
    if (this.controls === '' && !this.pending) {
      this.settle();
      return;
    }
    // Somebody else's bytes are on their way: an empty write tells when they are gone.
    const bytes = this.sink.writableLength ? '' : this.next();
    if (bytes === '' && !this.sink.writableLength) {
      this.settle();
      return;
    }
    this.busy = true;
    this.counters.sent += Buffer.byteLength(bytes);
    this.sink.write(bytes, () => {
      this.busy = false;
      if (this.attached) this.flush();
      else this.settle();
    });
  }

  /** The bytes of the next update; from here on they count as shown. */
  private next(): string {
    const controls = this.controls;
    this.controls = '';
    if (!this.pending || this.latest === undefined) return controls;
    this.pending = false;
    const { columns, rows } = this;
    const { color, utf8, scroll, synchronizedOutput } = this.options;
    const afresh = this.lines.length !== rows;
    if (afresh) this.lines = new Array<Row | undefined>(rows).fill(undefined);
    const wanted = parseFrame(this.latest, rows, this.lines, { columns, color, utf8 });
    const update = (afresh ? READY : '') + diff({ columns, lines: this.lines }, wanted, { scroll });
    this.lines = wanted;
    const synchronize = synchronizedOutput && update.length >= SYNCHRONIZE_FROM;
    return controls + (synchronize ? BEGIN_UPDATE + update + END_UPDATE : update);
  }

  private whenSettled(done: Callback): void {
    this.waiting.push(done);
    this.settle();
  }

  private settle(): void {
    if (this.busy && !this.destroyed) return;
    if (this.attached && (this.pending || this.controls !== '')) return;
    const waiting = this.waiting;
    if (waiting.length === 0) return;
    this.waiting = [];
    for (const done of waiting) process.nextTick(done);
  }
}
