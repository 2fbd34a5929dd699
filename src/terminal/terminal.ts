import type { ReadStream, WriteStream } from 'node:tty';
import { type Capabilities, capabilities, type Environment } from './capabilities.ts';
import { clipboardSequence } from './clipboard.ts';
import { lastWords, watchEndings } from './endings.ts';
import { JobControl, within } from './jobcontrol.ts';
import { enterSequence, leaveSequence } from './sequences.ts';
import { writeNow } from './writenow.ts';
import { FrameWriter } from './writer.ts';

/** How long the last frame may take to reach a slow line before the screen is given away, in ms. */
const DRAIN = 500;
/** The exit code when the terminal went away: that of SIGHUP. */
const HUNG_UP = 129;
/** How long after another program ended a signal typed at it may still reach us, in ms. */
const LATE_SIGNAL = 500;

export interface TerminalOptions {
  stdin: ReadStream;
  stdout: WriteStream & { readonly fd: number };
  /** Where last words go. */
  stderr: { readonly fd: number };
  env: Environment;
  process: NodeJS.Process;
  /** Called after the screen was given back because of an error; what it returns is printed too. */
  onCrash?: (error: unknown) => string | undefined;
  /** Called after the screen was given back because of a signal or a terminal that is gone, before the exit. */
  onExit?: (reason: NodeJS.Signals | 'terminal lost') => void;
}

/** Takes the input away from whoever reads it while `body` runs: `useApp().suspendTerminal` of Ink is one. */
export type InputOwner = (body: () => Promise<void>) => Promise<unknown>;

/** The terminal in our hands. One at a time. */
export class Terminal {
  /** To be given to Ink's `render` as stdout, with `debug: true` and `interactive: true`. */
  readonly stdout: FrameWriter;
  readonly capabilities: Capabilities;
  private readonly options: TerminalOptions;
  private readonly jobs: JobControl;
  private readonly unwatch: () => void;
  private inputOwner: InputOwner | undefined;
  private closed = false;
  /** Whether the screen shows what is ours. */
  private onScreen = false;
  private held: 'stopped' | 'outside' | undefined;
  /** Signals from the keyboard are for another program. */
  private keysElsewhere = false;

  constructor(options: TerminalOptions) {
    const { stdin, stdout, process } = options;
    this.options = options;
    this.capabilities = capabilities(options.env, stdin.isTTY === true && stdout.isTTY === true);
    if (!this.capabilities.isTTY) throw new Error('Standard input and output must be a terminal.');
    this.stdout = new FrameWriter(stdout, this.capabilities);
    this.jobs = new JobControl(process, this.stopAsked, this.continuedUnasked);
    this.unwatch = watchEndings(process, {
      signal: (name, code) => this.signalled(name, code),
      crash: (error) => this.crash(error),
      exit: () => this.close(),
    });
    // These stay after close: an error that nobody listens to would be a crash.
    stdout.on('error', this.lost);
    stdin.on('error', this.lost);
    stdin.on('end', this.lost);
    stdin.on('close', this.lost);
    this.enter();
  }

  /** Says who reads the input, so that it can be silenced while somebody else has the terminal. */
  setInputOwner(owner: InputOwner | undefined): void {
    this.inputOwner = owner;
  }

  /** Draws everything anew, for when something else wrote on the screen. */
  repaint(): void {
    this.stdout.repaint();
  }

  /** Puts a text on the terminal's clipboard if it has one. Returns why it was not even tried, if so. */
  copy(text: string): 'empty' | 'too large' | undefined {
    const sequence = clipboardSequence(text, this.capabilities.multiplexer);
    if (sequence.bytes !== undefined) this.stdout.send(sequence.bytes);
    return sequence.refused;
  }

  /** Rings the terminal's bell. */
  bell(): void {
    this.stdout.send('\x07');
  }

  /** What Ctrl-Z means: gives the terminal back to the shell, stops, and takes it again on `fg`. */
  async suspend(): Promise<void> {
    if (this.held || this.closed) return;
    await this.hold('stopped', () => this.jobs.stop('group'));
  }

  /**
   * Runs something else on the terminal, such as $PAGER or $EDITOR with inherited streams, and takes it back.
   * Meanwhile Ctrl-C and Ctrl-\ are for it, not for us. Rejects as `run` does.
   * @throws Error if somebody else has the terminal, or it was closed.
   */
  async runOutside<T>(run: () => Promise<T>): Promise<T> {
    if (this.held || this.closed) throw new Error('The terminal is not free.');
    let result: { value: T } | undefined;
    await this.hold('outside', async () => {
      const { stdin } = this.options;
      const flowing = stdin.readableFlowing === true;
      this.keysElsewhere = true;
      // Node would go on reading, and take every other key from the child. It stops in the tick after.
      stdin.pause();
      await new Promise((resolve) => setImmediate(resolve));
      try {
        result = { value: await run() };
      } finally {
        if (flowing) stdin.resume();
        // The driver signals one process after the other: the news of the child's death may overtake our Ctrl-C.
        setTimeout(() => {
          this.keysElsewhere = this.held === 'outside';
        }, LATE_SIGNAL).unref();
      }
    });
    return result!.value;
  }

  /** Gives the terminal back as it was, before it returns. Only the first call does anything. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unwatch();
    this.jobs.close();
    this.leave();
    this.stdout.close();
  }

  /** Ends the process because of an error: gives the terminal back, says what happened, exits with 1. */
  crash(error: unknown): void {
    this.close();
    let more: string | undefined;
    try {
      more = this.options.onCrash?.(error);
    } catch (failure) {
      more = lastWords(failure);
    }
    writeNow(this.options.stderr.fd, lastWords(error) + (more ? `${more}\n` : ''));
    this.options.process.exit(1);
  }

  private signalled(name: NodeJS.Signals, code: number): void {
    // Typed at the program that has the terminal; the driver sends it to everybody.
    if (this.keysElsewhere && (name === 'SIGINT' || name === 'SIGQUIT')) return;
    this.close();
    this.options.onExit?.(name);
    this.options.process.exit(code);
  }

  private readonly lost = (): void => {
    if (this.closed) return;
    this.close();
    this.options.onExit?.('terminal lost');
    this.options.process.exit(HUNG_UP);
  };

  private readonly stopAsked = (): void => {
    // While another program has the terminal there is nothing to give back.
    const stop = () => this.jobs.stop('self');
    void (this.held ? stop() : this.hold('stopped', stop));
  };

  private readonly continuedUnasked = (): void => {
    if (this.held || this.closed) return;
    const raw = this.options.stdin.isRaw === true;
    // libuv does nothing when it believes the mode to be set already; the shell changed it meanwhile.
    if (raw) this.setRaw(false);
    this.take(raw);
  };

  /** Gives the terminal away while `body` runs. */
  private async hold(how: 'stopped' | 'outside', body: () => Promise<void>): Promise<void> {
    this.held = how;
    const raw = this.options.stdin.isRaw === true;
    let begun = false;
    const turn = async () => {
      begun = true;
      this.stdout.detach();
      await within(DRAIN, this.stdout.settled());
      if (this.closed) return;
      this.leave();
      try {
        await body();
      } finally {
        this.held = undefined;
        this.take(raw);
      }
    };
    try {
      await this.inputOwner?.(turn);
    } catch (error) {
      if (begun) throw error;
    }
    // The owner was not there, or not able.
    if (!begun) await turn();
  }

  private take(raw: boolean): void {
    if (this.closed) return;
    // The size may have changed while the signal that tells of it went to another process; Node looks on this event.
    this.options.process.emit('SIGWINCH', 'SIGWINCH');
    // First the mode, then the screen: in the background (`bg`) setting it stops us before we draw over the shell.
    if (raw) this.setRaw(true);
    this.enter();
  }

  private enter(): void {
    this.onScreen = true;
    this.setBlocking(false);
    this.stdout.attach(enterSequence(this.capabilities.alternateScreen));
  }

  private leave(): void {
    if (!this.onScreen) return;
    this.onScreen = false;
    this.setRaw(false);
    const { stdout } = this.options;
    const { alternateScreen, synchronizedOutput } = this.capabilities;
    const bytes = leaveSequence(alternateScreen, synchronizedOutput);
    writeNow(stdout.fd, bytes);
    // What is still queued comes out after this if the process lives on: then the screen is given back once more.
    if (stdout.writableLength > 0) stdout.write(bytes);
    else this.setBlocking(true);
  }

  /**
   * A write to a terminal blocks the whole process by default: on a slow line no key would be heard. The flag belongs
   * to the open file, which a child shares: it finds and leaves it blocking.
   */
  private setBlocking(blocking: boolean): void {
    const handle: { setBlocking?(blocking: boolean): void } | undefined = Reflect.get(this.options.stdout, '_handle');
    handle?.setBlocking?.(blocking);
  }

  private setRaw(raw: boolean): void {
    const { stdin } = this.options;
    if (stdin.isRaw !== raw) stdin.setRawMode(raw);
  }
}

/**
 * Takes the terminal: alternate screen, no cursor, output that never blocks. From here on every way the process can
 * end gives it back: close(), signals (exit code 128 + n), errors (exit code 1), process.exit, a terminal that is gone
 * (exit code 129). Raw mode is Ink's to switch on.
 * @throws Error if standard input or output is not a terminal.
 */
export function openTerminal(options: TerminalOptions): Terminal {
  return new Terminal(options);
}
