import { EventEmitter } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTerminal, type Terminal, type TerminalOptions } from '../../src/terminal/terminal.ts';
import { writeNow } from '../../src/terminal/writenow.ts';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b\\\x1b[?2026l\x1b[?2004l\x1b[r\x1b[m\x1b[H\x1b[J\x1b[?1049l\x1b[?7h\x1b[?25h';

class FakeStdin extends EventEmitter {
  isTTY = true;
  isRaw = false;
  readableFlowing: boolean | null = null;
  readonly modes: boolean[] = [];
  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    this.modes.push(raw);
    return this;
  }
  pause(): this {
    return this;
  }
  resume(): this {
    return this;
  }
}

/** Its writes go to a file, where those past the stream, to the descriptor, come in the right place between them. */
class FakeStdout extends EventEmitter {
  isTTY = true;
  columns = 20;
  rows = 3;
  writableLength = 0;
  readonly fd: number;
  blocking: boolean | undefined;
  readonly _handle = {
    setBlocking: (blocking: boolean) => {
      this.blocking = blocking;
    },
  };
  constructor(fd: number) {
    super();
    this.fd = fd;
  }
  write(bytes: string, done?: () => void): boolean {
    writeSync(this.fd, bytes);
    done?.();
    return true;
  }
}

class FakeProcess extends EventEmitter {
  readonly pid = 4321;
  readonly codes: number[] = [];
  readonly kills: [pid: number, signal: string][] = [];
  exit(code: number): void {
    this.codes.push(code);
  }
  kill(pid: number, signal: string): true {
    this.kills.push([pid, signal]);
    return true;
  }
}

let directory: string;
let stdin: FakeStdin;
let stdout: FakeStdout;
let fake: FakeProcess;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'terminal-'));
  stdin = new FakeStdin();
  stdout = new FakeStdout(openSync(join(directory, 'out'), 'a'));
  fake = new FakeProcess();
});

afterEach(() => rmSync(directory, { recursive: true }));

const written = () => readFileSync(join(directory, 'out'), 'utf8');
const said = () => readFileSync(join(directory, 'err'), 'utf8');

function open(more: Partial<TerminalOptions> = {}): Terminal {
  return openTerminal({
    stdin: stdin as unknown as TerminalOptions['stdin'],
    stdout: stdout as unknown as TerminalOptions['stdout'],
    stderr: { fd: openSync(join(directory, 'err'), 'a') },
    env: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    process: fake as unknown as NodeJS.Process,
    ...more,
  });
}

describe('opening and closing', () => {
  it('takes the screen, and gives it back once', () => {
    const terminal = open();
    expect(written()).toBe(ENTER);
    stdin.setRawMode(true);
    terminal.close();
    terminal.close();
    fake.emit('exit');
    expect(written()).toBe(ENTER + LEAVE);
    expect(stdin.modes).toEqual([true, false]);
  });

  it('never blocks on a write while the screen is ours', async () => {
    const terminal = open();
    expect(stdout.blocking).toBe(false);
    await terminal.runOutside(async () => expect(stdout.blocking).toBe(true));
    expect(stdout.blocking).toBe(false);
    terminal.close();
    expect(stdout.blocking).toBe(true);
  });

  it('draws nothing after it was closed', () => {
    const terminal = open();
    terminal.close();
    terminal.stdout.write('a frame');
    terminal.copy('text');
    terminal.repaint();
    expect(written()).toBe(ENTER + LEAVE);
  });

  it('leaves no listener that acts', () => {
    open().close();
    expect(fake.eventNames()).toEqual([]);
    stdout.emit('error', new Error('EIO'));
    stdin.emit('end');
    expect(fake.codes).toEqual([]);
  });

  it('uses no alternate screen on a dumb terminal', () => {
    open({ env: { TERM: 'dumb' } }).close();
    expect(written()).not.toContain('1049');
  });

  it.each(['stdin', 'stdout'])('is refused if %s is not a terminal', (name) => {
    (name === 'stdin' ? stdin : stdout).isTTY = false;
    expect(() => open()).toThrow('must be a terminal');
    expect(written()).toBe('');
    expect(fake.eventNames()).toEqual([]);
  });

  it('gives the screen back again behind bytes that were still queued', () => {
    const terminal = open();
    stdout.writableLength = 100;
    terminal.close();
    expect(written()).toBe(ENTER + LEAVE + LEAVE);
  });
});

describe('endings', () => {
  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGTERM', 143],
  ] as const)('%s exits with %i and tells', (signal, code) => {
    const onExit = vi.fn(() => expect(written()).toBe(ENTER + LEAVE));
    open({ onExit });
    fake.emit(signal, signal);
    expect(fake.codes).toEqual([code]);
    expect(onExit).toHaveBeenCalledExactlyOnceWith(signal);
  });

  it.each([
    ['stdout cannot be written', () => stdout.emit('error', Object.assign(new Error('EPIPE'), { code: 'EPIPE' }))],
    ['stdin cannot be read', () => stdin.emit('error', Object.assign(new Error('EIO'), { code: 'EIO' }))],
    ['stdin ends', () => stdin.emit('end')],
    ['stdin closes', () => stdin.emit('close')],
  ])('%s: exits quietly', (_what, happen) => {
    const onExit = vi.fn();
    open({ onExit });
    happen();
    happen();
    expect(fake.codes).toEqual([129]);
    expect(said()).toBe('');
    expect(onExit).toHaveBeenCalledExactlyOnceWith('terminal lost');
  });

  it('an error: says what happened after the screen was given back', () => {
    const seen: unknown[] = [];
    open({
      onCrash: (error) => {
        expect(written()).toBe(ENTER + LEAVE);
        seen.push(error);
        return 'A report is in report.json.';
      },
    });
    const error = new Error('bad \x1b]0;x\x07thing');
    fake.emit('uncaughtException', error);
    expect(seen).toEqual([error]);
    expect(fake.codes).toEqual([1]);
    expect(said()).toMatch(/^metaldeck stopped on an error it did not expect: bad \]0;xthing\nError: bad/);
    expect(said()).toMatch(/at .*terminal\.test\.ts/);
    expect(said()).toMatch(/A report is in report\.json\.\n$/);
  });

  it('an error while the report is written is told too', () => {
    open({
      onCrash: () => {
        throw new Error('disk full');
      },
    });
    fake.emit('unhandledRejection', 'a mere string');
    expect(said()).toContain('did not expect: a mere string\n');
    expect(said()).toContain('disk full');
    expect(fake.codes).toEqual([1]);
  });
});

describe('the clipboard', () => {
  it('gets its sequence between two frames', () => {
    const terminal = open();
    expect(terminal.copy('rack3-u12')).toBeUndefined();
    expect(written()).toBe(`${ENTER}\x1b]52;c;cmFjazMtdTEy\x07`);
  });
  it('says why not', () => {
    const terminal = open();
    expect(terminal.copy('')).toBe('empty');
    expect(terminal.copy('x'.repeat(100_000))).toBe('too large');
    expect(written()).toBe(ENTER);
  });
});

describe('giving the terminal away for a while', () => {
  it('silences the reader of the input, and takes the screen after', async () => {
    const terminal = open();
    terminal.stdout.write('frame');
    stdin.setRawMode(true);
    const order: string[] = [];
    terminal.setInputOwner(async (body) => {
      order.push('silent');
      stdin.setRawMode(false);
      await body();
      order.push('heard');
    });
    const value = await terminal.runOutside(async () => {
      order.push('child');
      expect(written().endsWith(LEAVE)).toBe(true);
      expect(stdin.isRaw).toBe(false);
      terminal.stdout.write('drawn meanwhile');
      return 42;
    });
    expect(value).toBe(42);
    expect(order).toEqual(['silent', 'child', 'heard']);
    expect(stdin.isRaw).toBe(true);
    const after = written().split(LEAVE)[1];
    expect(after).toMatch(/^\x1b\[\?1049h/);
    expect(after).toContain('drawn meanwhile');
  });

  it('takes the screen after a failure too', async () => {
    const terminal = open();
    await expect(terminal.runOutside(() => Promise.reject(new Error('no pager')))).rejects.toThrow('no pager');
    expect(written()).toBe(ENTER + LEAVE + ENTER);
    await expect(terminal.runOutside(async () => 'again')).resolves.toBe('again');
  });

  it('works where the owner of the input cannot', async () => {
    const terminal = open();
    terminal.setInputOwner(() => Promise.reject(new Error('unmounted')));
    await expect(terminal.runOutside(async () => 'ran')).resolves.toBe('ran');
  });

  it('gives it to one at a time', async () => {
    const terminal = open();
    await terminal.runOutside(async () => {
      await expect(terminal.runOutside(async () => 1)).rejects.toThrow('not free');
      await terminal.suspend();
      expect(fake.kills).toEqual([]);
    });
    terminal.close();
    await expect(terminal.runOutside(async () => 1)).rejects.toThrow('not free');
  });

  it('leaves keys that are meant for the child to it, and other signals end us', async () => {
    const terminal = open();
    await terminal.runOutside(async () => {
      fake.emit('SIGINT', 'SIGINT');
      fake.emit('SIGQUIT', 'SIGQUIT');
      expect(fake.codes).toEqual([]);
      fake.emit('SIGTERM', 'SIGTERM');
      expect(fake.codes).toEqual([143]);
    });
    expect(written()).toBe(ENTER + LEAVE);
  });

  it('does not take a Ctrl-C for itself that comes after the child died of it', async () => {
    const terminal = open();
    await terminal.runOutside(async () => {});
    fake.emit('SIGINT', 'SIGINT');
    expect(fake.codes).toEqual([]);
    await vi.waitFor(
      () => {
        fake.emit('SIGINT', 'SIGINT');
        expect(fake.codes).toEqual([130]);
      },
      { timeout: 10_000 },
    );
  });

  it('stops with the child when that is stopped', async () => {
    const terminal = open();
    await terminal.runOutside(async () => {
      fake.emit('SIGTSTP', 'SIGTSTP');
      expect(fake.kills).toEqual([[4321, 'SIGTSTP']]);
      expect(fake.listenerCount('SIGTSTP')).toBe(0);
      fake.emit('SIGCONT', 'SIGCONT');
      await vi.waitFor(() => expect(fake.listenerCount('SIGTSTP')).toBe(1));
      expect(written()).toBe(ENTER + LEAVE);
    });
  });

  it('Ctrl-Z stops the whole process group', async () => {
    const terminal = open();
    const suspended = terminal.suspend();
    await vi.waitFor(() => expect(fake.kills).toEqual([[0, 'SIGTSTP']]));
    expect(written()).toBe(ENTER + LEAVE);
    fake.emit('SIGCONT', 'SIGCONT');
    await suspended;
    expect(written()).toBe(ENTER + LEAVE + ENTER);
  });

  it('sets mode and screen again when it was stopped behind its back', () => {
    const terminal = open();
    terminal.stdout.write('frame');
    stdin.setRawMode(true);
    const before = written();
    fake.emit('SIGCONT', 'SIGCONT');
    expect(stdin.modes).toEqual([true, false, true]);
    expect(written().slice(before.length)).toMatch(/^\x1b\[\?1049h.*frame/s);
  });

  it('looks at the size of the screen again afterwards', async () => {
    const terminal = open();
    fake.on('SIGWINCH', () => {
      stdout.columns = 40;
      stdout.emit('resize');
    });
    await terminal.runOutside(async () => {});
    expect(terminal.stdout.columns).toBe(40);
  });
});

describe('writeNow', () => {
  const failure = (code: string) => Object.assign(new Error(code), { code });

  it('goes on where a part was written or the line is full for now', () => {
    const out: string[] = [];
    let calls = 0;
    writeNow(9, 'äbcdef', ((fd: number, bytes: Buffer) => {
      expect(fd).toBe(9);
      calls++;
      if (calls % 2) throw failure('EAGAIN');
      out.push(bytes.subarray(0, 3).toString());
      return Math.min(3, bytes.length);
    }) as typeof writeSync);
    expect(out.join('')).toBe('äbcdef');
  });

  it('gives up on a line that is gone', () => {
    const write = vi.fn(() => {
      throw failure('EIO');
    });
    writeNow(9, 'text', write as unknown as typeof writeSync);
    expect(write).toHaveBeenCalledOnce();
  });
});
