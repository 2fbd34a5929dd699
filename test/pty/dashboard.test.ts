/** The whole program on the simulated datacenter, in a real pseudo-terminal. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endedBy, isLive, type Program, ROOT, startProgram } from './program.ts';

const running: Program[] = [];
const start: typeof startProgram = (...args) => {
  const program = startProgram(...args);
  running.push(program);
  return program;
};

afterEach(() => {
  for (const program of running.splice(0)) program.kill('SIGKILL');
});

const live = (text: string) => isLive(text) && text.includes('POOLS');
const shellSees = (program: Program) => program.terminal.buffer.active.type === 'normal';

describe('the demo', () => {
  it('becomes a live dashboard, walks its screens, and gives the terminal back on q with 0', async () => {
    const program = start(['demo', '--seed', 'pty']);
    await program.until(live, 'a live overview');
    expect(program.terminal.buffer.active.type).toBe('alternate');
    program.send('3');
    await program.until((text) => text.includes('HOSTS'), 'the hosts');
    program.send('\r');
    await program.until((text) => text.includes('MachineInventory ') && text.includes('allocation'), 'a host');
    program.send('y');
    await program.until((text) => text.includes('apiVersion: elemental.cattle.io/v1beta1'), 'its YAML');
    expect(program.text()).not.toContain('managedFields');
    program.send('\u001b');
    await program.until((text) => text.includes('allocation'), 'the host again');
    program.send(':pools\r');
    await program.until((text) => text.includes('POOL ') && text.includes('FREE'), 'the pools');
    program.send('q');
    expect((await program.exited).exitCode).toBe(0);
    expect(shellSees(program)).toBe(true);
  });

  it("shows what a plan's instructions printed, and gives the terminal to a pager, takes it back, and leaves it on SIGHUP", async () => {
    const program = start(['demo', '--seed', 'pty'], { env: { PAGER: 'sed -n 1p; echo PAGED; read line </dev/tty' } });
    await program.until(live, 'a live overview');
    program.send(':hosts state:running\r');
    await program.until((text) => text.includes('/state:running'), 'the hosts that run');
    program.send('O');
    const shown = await program.until((text) => text.includes('1. sim-cloud-init-clean: done'), 'the output');
    expect(shown).toContain('reprovision: applied');
    program.send('p');
    await program.until((text) => text.includes('PAGED') && text.includes('reprovision: applied'), 'the pager');
    expect(shellSees(program)).toBe(true);
    program.send('\r');
    await program.until((text) => text.includes('OUTPUT OF') && !text.includes('PAGED'), 'the output again');
    program.send('\u001b');
    await program.until((text) => text.includes('HOSTS'), 'the hosts again');
    await endedBy(program, 'SIGHUP', 129);
  });

  it('watches until it is interrupted, and ends with the last verdict', async () => {
    const program = start(['snapshot', '--demo', '--watch', '--seed', 'pty'], { columns: 160, rows: 50 });
    await program.until((text) => text.includes('ATTENTION') && text.includes('POOLS'), 'the snapshot');
    program.send('\u0003');
    expect((await program.exited).exitCode).toBe(1);
  });

  it('follows the size of its terminal, says when it is too small, and gives it back on SIGINT', async () => {
    const program = start(['demo']);
    await program.until(live, 'a live overview');
    program.resize(200, 50);
    await program.until((text) => text.split('\n')[49]!.includes('quit'), 'a bar on line 50');
    program.resize(50, 10);
    await program.until((text) => text.includes('too small'), 'that it is too small');
    program.resize(120, 40);
    await program.until((text) => text.split('\n')[39]!.includes('quit'), 'a bar on line 40');
    await endedBy(program, 'SIGINT', 130);
  });
});

const config = (server: string) =>
  `{apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: c}}], clusters: [{name: c, cluster: {server: "${server}"}}]}`;
const folder = mkdtempSync(join(tmpdir(), 'metaldeck-pty-'));
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

it('gives the screen back before it says why it ends, with an exit code that is not 0', async () => {
  const program = start(['--kubeconfig', file('down2', config('http://127.0.0.1:1'))]);
  expect((await program.exited).exitCode).toBe(1);
  expect(shellSees(program)).toBe(true);
  expect(program.text()).toContain('127.0.0.1:1');
});

interface Printed {
  stdout: string;
  stderr: string;
  status: number | null;
}

/** Runs a command to its end. */
function print(command: string, ...args: string[]): Promise<Printed> {
  return new Promise((done) => {
    const child = execFile(command, args, { cwd: ROOT, timeout: 60_000, maxBuffer: 2 ** 26 }, (_, stdout, stderr) =>
      done({ stdout, stderr, status: child.exitCode }),
    );
  });
}

// They mostly wait: beside each other they take no longer than one.
describe.concurrent('without a terminal', () => {
  const metaldeck = (...args: string[]) => print(resolve(ROOT, 'bin/metaldeck'), ...args);

  it('the demo prints the same screen as text, and exits with 0', async () => {
    const printed = await metaldeck('demo', '--seed', 'pipe');
    expect(printed.status).toBe(0);
    expect(printed.stdout).toContain('ATTENTION');
    expect(printed.stdout).toContain('POOLS');
    expect(printed.stdout).not.toContain('\u001b');
  });

  it('a snapshot is data that says what it is, and exits by what it found', async () => {
    const { stdout, status } = await metaldeck('snapshot', '--demo', '--view', 'hosts', '-o', 'json');
    const data = JSON.parse(stdout) as Record<string, unknown> & { counters: { hosts: number }; hosts: unknown[] };
    expect(data.schema).toBe('metaldeck.snapshot/v1');
    expect(data.hosts).toHaveLength(data.counters.hosts);
    expect(data.couldNotKnow).toEqual([]);
    expect(status).toBe({ healthy: 0, attention: 1, unknown: 2 }[data.verdict as 'healthy' | 'attention' | 'unknown']);
  });

  it('a snapshot ends as it would where its reader goes first', async () => {
    const left = await print('bash', '-c', 'set -o pipefail; bin/metaldeck snapshot --demo -o json | true');
    expect(left.stderr).toBe('');
    expect([0, 1]).toContain(left.status);
  });

  it('a snapshot says what could not be written', async () => {
    const full = await print('bash', '-c', 'bin/metaldeck snapshot --demo >/dev/full');
    expect(full.stderr).toBe('What was printed is not complete (ENOSPC).\n');
    expect(full.status).toBe(2);
  });

  it.each(['--help', '--list-scenarios', 'run', 'journal list --all-servers'])(
    '%s on a full disk has failed',
    async (words) => {
      const full = await print('bash', '-c', `bin/metaldeck ${words} >/dev/full`);
      expect([full.stderr, full.status]).toEqual(['What was printed is not complete (ENOSPC).\n', 2]);
      const left = await print('bash', '-c', `set -o pipefail; bin/metaldeck ${words} | true`);
      expect([left.stderr, left.status]).toEqual(['', 0]);
    },
  );

  it('the list of operations of a context that there is not is none', async () => {
    const asked = await print(
      'bin/metaldeck',
      'journal',
      'list',
      '--kubeconfig',
      file('ok', config('http://127.0.0.1:1')),
      '--context',
      'nope',
    );
    expect([asked.stdout, asked.status]).toEqual(['', 2]);
    expect(asked.stderr).toMatch(/nope/);
  });

  it.each([
    ['a missing file', ['--kubeconfig', join(folder, 'none')], /none/],
    ['bad YAML', ['--kubeconfig', file('bad', '{ : [')], /bad/],
    ['an unknown context', ['--kubeconfig', file('ok', config('http://127.0.0.1:1')), '--context', 'nope'], /nope/],
    ['an unreachable server', ['--kubeconfig', file('down', config('http://127.0.0.1:1'))], /127\.0\.0\.1:1/],
  ])('%s ends it in one sentence', async (_name, args, words) => {
    const { stderr, stdout, status } = await metaldeck('snapshot', ...args);
    expect(stdout).toBe('');
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(words);
  });

  it('a command that there is not is refused', async () => {
    const { stderr, status } = await metaldeck('frobnicate');
    expect(status).toBe(2);
    expect(stderr).toContain('there is no command "frobnicate"');
  });

  it('a Node that is too old is told in plain words', async () => {
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.0' } });`;
    const bundle = JSON.stringify(resolve(ROOT, 'dist/start.mjs'));
    const { stderr, status } = await print(process.execPath, '-e', `${old} import(${bundle})`);
    expect(stderr).toMatch(/^metaldeck needs Node 22 or newer/);
    expect(status).toBe(1);
  });
});
