import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Screen } from './screen.ts';

const FIXTURE = fileURLToPath(new URL('fixture.ts', import.meta.url));
const PROGRAM = `'${process.execPath}' '${FIXTURE}'`;
const PATIENT = { timeout: 15_000, interval: 20 };

/** A program on a real terminal device, in front of an emulator. */
class Session {
  readonly screen = new Screen(80, 24);
  readonly pty: IPty;
  bytes = '';
  exited: { exitCode: number; signal?: number } | undefined;

  constructor(file: string, args: string[]) {
    const env = {
      ...process.env,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      CI: 'false',
      PS1: 'prompt> ',
    };
    this.pty = spawn(file, args, { cols: 80, rows: 24, env });
    this.pty.onData((data) => {
      this.bytes += data;
      this.screen.terminal.write(data);
    });
    this.pty.onExit((exit) => {
      this.exited = exit;
    });
    sessions.push(this);
  }

  get text(): string {
    return this.screen.text().join('\n');
  }

  get alternate(): boolean {
    return this.screen.terminal.buffer.active.type === 'alternate';
  }

  async shows(text: string | RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.text).toMatch(text), PATIENT);
  }

  /** Waits for the fixture's frame, and gives its process id. */
  async started(): Promise<number> {
    await this.shows(/pid \d+\.\nkeys \./);
    expect(this.alternate).toBe(true);
    return Number(/pid (\d+)\./.exec(this.text)?.[1]);
  }

  /** Types keys. */
  type(keys: string): void {
    this.pty.write(keys);
  }

  async ended(): Promise<void> {
    await vi.waitFor(() => expect(this.exited).toBeDefined(), PATIENT);
    // The last bytes may come after the news of the exit.
    await vi.waitFor(() => expect(this.bytes).toMatch(/\x1b\[\?1049l/), PATIENT);
  }

  /** The screen is the shell's again: alternate screen left once for each time entered, modes as they were. */
  restored(): void {
    expect(this.alternate).toBe(false);
    expect(count(this.bytes, '\x1b[?1049h')).toBe(count(this.bytes, '\x1b[?1049l'));
    expect(this.bytes.lastIndexOf('\x1b[?25h')).toBeGreaterThan(this.bytes.lastIndexOf('\x1b[?25l'));
    const { modes } = this.screen.terminal;
    expect(modes).toMatchObject({ bracketedPasteMode: false, wraparoundMode: true });
  }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

const sessions: Session[] = [];

afterEach(() => {
  for (const session of sessions.splice(0)) {
    if (!session.exited) session.pty.kill('SIGKILL');
    session.screen.terminal.dispose();
  }
});

/** The fixture in a shell that tells its exit code and the terminal's mode afterwards. */
function inShell(): Session {
  const modes = `stty -a | tr ' ;' '\\n\\n' | grep -x -e -icanon -e icanon -e -echo -e echo | tr '\\n' ' '`;
  return new Session('sh', ['-c', `echo before; ${PROGRAM}; echo "code=$?"; ${modes}; echo; echo that is all`]);
}

async function expectGivenBack(session: Session, code: number): Promise<void> {
  await session.shows(/^that is all/m);
  session.restored();
  expect(session.screen.history()[0]).toBe('before');
  expect(session.text).toContain(`code=${code}`);
  expect(session.text).toMatch(/icanon echo|echo icanon/);
  expect(session.text).not.toMatch(/-icanon|-echo/);
}

describe('the terminal is given back', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('on %s, exit code %i', async (signal, code) => {
    const session = inShell();
    process.kill(await session.started(), signal);
    await expectGivenBack(session, code);
    expect(session.text).not.toContain('Error');
  });

  it('on an exception, with its message and stack, exit code 1', async () => {
    const session = inShell();
    await session.started();
    session.type('t');
    await expectGivenBack(session, 1);
    expect(session.text).toContain('stopped on an error it did not expect: thrown in a timer [2J');
    expect(session.text).toMatch(/at .*fixture\.ts/s);
    expect(session.text).toContain('the report is in /nowhere');
  });

  it('on a rejection nobody handles, exit code 1', async () => {
    const session = inShell();
    await session.started();
    session.type('r');
    await expectGivenBack(session, 1);
    expect(session.text).toContain('nobody listens');
  });

  it('on an error in render, exit code 1', async () => {
    const session = inShell();
    await session.started();
    session.type('e');
    await expectGivenBack(session, 1);
    expect(session.screen.history().join('\n')).toContain('thrown in render');
  });

  it('on process.exit, with its code', async () => {
    const session = inShell();
    await session.started();
    session.type('x');
    await expectGivenBack(session, 7);
  });

  it('at a normal end, exit code 0 and nothing left behind', async () => {
    const session = inShell();
    await session.started();
    session.type('q');
    await expectGivenBack(session, 0);
    expect(session.screen.text().filter(Boolean).slice(0, 2)).toEqual(['before', 'code=0']);
  });

  it('on a line that takes nothing more, without waiting for it', async () => {
    const session = new Session(process.execPath, [FIXTURE]);
    const pid = await session.started();
    session.pty.pause();
    session.type('f');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), PATIENT);
    session.pty.resume();
    await vi.waitFor(() => expect(session.exited?.exitCode).toBe(8), PATIENT);
  });

  it('and no process stays behind when the terminal goes away', async () => {
    const session = new Session(process.execPath, [FIXTURE]);
    const pid = await session.started();
    (session.pty as IPty & { destroy(): void }).destroy();
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), PATIENT);
  });
});

describe('job control', () => {
  /** An interactive shell, and in it the fixture as a child of another process, as with `npm start`. */
  async function job(): Promise<{ session: Session; pid: number }> {
    const session = new Session('sh', ['-i']);
    await session.shows(/prompt>/);
    session.pty.write(`sh -c "${PROGRAM}; exit \\$?"\r`);
    return { session, pid: await session.started() };
  }

  async function expectShell(session: Session): Promise<void> {
    await vi.waitFor(() => expect(session.alternate).toBe(false), PATIENT);
    session.restored();
    session.pty.write("stty -a | grep -c -e ' icanon' ; echo shell answers\r");
    await session.shows(/\b1\nshell answers/);
  }

  async function expectBack(session: Session, keys: string): Promise<void> {
    await vi.waitFor(() => expect(session.alternate).toBe(true), PATIENT);
    session.pty.write('k');
    await session.shows(new RegExp(`pid \\d+\\.\\nkeys ${keys}k\\.`));
    session.pty.write('q');
    await vi.waitFor(() => expect(session.alternate).toBe(false), PATIENT);
    session.pty.write('echo "code=$?"\r');
    await session.shows(/code=0/);
  }

  it('Ctrl-Z gives the terminal to the shell, and fg takes it again', async () => {
    const { session } = await job();
    session.pty.write('\x1a');
    await expectShell(session);
    session.pty.write('fg\r');
    await expectBack(session, 'z');
  });

  it('the size may change meanwhile', async () => {
    const { session } = await job();
    session.pty.write('\x1a');
    await expectShell(session);
    session.screen.terminal.resize(60, 10);
    session.pty.resize(60, 10);
    session.pty.write('fg\r');
    await session.shows(/^60x10$/m);
    await expectBack(session, 'z');
  });

  it('SIGTSTP from elsewhere does the same', async () => {
    const session = new Session('sh', ['-i']);
    await session.shows(/prompt>/);
    session.pty.write(`${PROGRAM}\r`);
    process.kill(await session.started(), 'SIGTSTP');
    await expectShell(session);
    session.pty.write('fg\r');
    await expectBack(session, '');
  });

  it('after a SIGSTOP, which cannot be caught, the screen is drawn again', async () => {
    const session = new Session('sh', ['-i']);
    await session.shows(/prompt>/);
    session.pty.write(`${PROGRAM}\r`);
    process.kill(await session.started(), 'SIGSTOP');
    await session.shows(/prompt> $/m);
    // Not every shell sets the terminal's mode back: then only LF ends a line.
    session.pty.write('echo scribble\n');
    await session.shows(/scribble/);
    session.pty.write('fg\n');
    await session.shows(/^pid \d+\.\nkeys \.\n80x24\n\n/);
    await expectBack(session, '');
  });

  it('where no shell could continue it, Ctrl-Z stops nothing', async () => {
    const session = new Session(process.execPath, [FIXTURE]);
    await session.started();
    session.pty.write('\x1a');
    await vi.waitFor(() => expect(count(session.bytes, '\x1b[?1049h')).toBe(2), PATIENT);
    session.pty.write('k');
    await session.shows(/keys zk\./);
  });
});

describe('another program on the terminal', () => {
  it('gets every key, and the screen comes back after it', async () => {
    const session = inShell();
    await session.started();
    session.type('o');
    await session.shows(/^outside/m);
    expect(session.alternate).toBe(false);
    session.pty.write('first line\r');
    session.pty.write('second line\r');
    await session.shows(/child read first line and second line/);
    session.pty.write('\r');
    await session.shows(/pid \d+\.\nkeys o\./);
    expect(session.alternate).toBe(true);
    session.pty.write('k');
    await session.shows(/keys ok\./);
    session.pty.write('\x1b[200~pasted\x1b[201~');
    await session.shows(/keys ok<pasted>\./);
    session.pty.write('q');
    await expectGivenBack(session, 0);
  });

  it('does not make our writes block afterwards', async () => {
    const session = new Session(process.execPath, [FIXTURE]);
    const pid = await session.started();
    session.type('o');
    await session.shows(/^outside/m);
    session.pty.write('\r\r\r');
    await session.shows(/pid \d+\.\nkeys o\./);
    session.pty.pause();
    session.type('f');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), PATIENT);
  });

  it('takes Ctrl-C, and we live on', async () => {
    const session = new Session(process.execPath, [FIXTURE]);
    await session.started();
    session.type('o');
    await session.shows(/^outside/m);
    session.pty.write('\x03');
    await session.shows(/pid \d+\.\nkeys o\./);
    session.pty.write('q');
    await session.ended();
    expect(session.exited?.exitCode).toBe(0);
    session.restored();
  });
});
