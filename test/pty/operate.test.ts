/** Operations by keys, on the whole program in a real pseudo-terminal. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { endedBy, isLive, type Program, startProgram } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'metaldeck-operate-'));
const running: Program[] = [];

afterEach(() => {
  for (const program of running.splice(0)) program.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An editor that runs these shell lines on its file, `$1`. */
function editor(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(path, 0o700);
  return path;
}

/** The demo, on its groups, with the cursor on the last one and its operations listed. */
async function operating(env: Record<string, string> = {}): Promise<Program> {
  const program = startProgram(['demo', '--seed', 'operate', '--speed', '20'], {
    rows: 60,
    env: { XDG_STATE_HOME: folder, VISUAL: '', ...env },
  });
  running.push(program);
  await program.until((text) => isLive(text) && text.includes('POOLS'), 'a live overview');
  program.send('5');
  await program.until((text) => text.includes('prod-workers'), 'the groups');
  program.send('G');
  await program.until((text) => /^>.*prod-workers/m.test(text), 'the cursor on the workers');
  program.send('a');
  await program.until((text) => /^>Scale /m.test(text), 'the operations');
  return program;
}

/** Types one key after the other, each seen before the next: nobody types a word in one go. */
async function type(program: Program, word: string): Promise<void> {
  for (let at = 1; at <= word.length; at += 1) {
    program.send(word[at - 1]!);
    await program.until(
      (text) =>
        text
          .split('\n')
          .at(-1)!
          .includes(`: ${word.slice(0, at)} `),
      word.slice(0, at),
    );
  }
}

it('scales a group down, by its name typed, until it is done', async () => {
  const program = await operating();
  program.send('\r');
  await program.until((text) => /Machines wanted: .*now \d+/.test(text), 'the entry');
  const from = Number(/now (\d+)/.exec(program.text())![1]);
  await type(program, String(from - 1));
  program.send('\r');
  await program.until((text) => /^ ready /m.test(text), 'the answer to the dry run');
  program.send('y');
  await program.until((text) => text.includes('type prod-workers:'), 'the question');
  // A paste with its enter confirms nothing.
  program.send('\u001b[200~prod-workers\r\u001b[201~');
  await program.until((text) => text.includes('pasted text does not confirm'), 'that a paste was refused');
  program.send('\r');
  await program.until((text) => text.includes('not that; nothing was written'), 'that nothing was typed');
  await type(program, 'prod-workers');
  program.send('\r');
  await program.until((text) => /^ sent .*done/m.test(text), 'that it is done', 60_000);
  expect(program.text()).toContain(`${from - 1} machines running`);
  program.send('o');
  await program.until((text) => /done +Scale prod-workers/.test(text), 'the list of operations');
  program.send('q');
  expect((await program.exited).exitCode).toBe(0);
}, 90_000);

it('edits a bootstrap template in the editor of the operator, as a whole document', async () => {
  const script = editor('sed', `sed -i 's/chmod 600/chmod 640/' "$1"`);
  const program = await operating({ EDITOR: script });
  program.send('jj');
  await program.until((text) => /^>Bootstrap /m.test(text), 'the cursor on it');
  program.send('\r');
  await program.until((text) => /Template +\d+ lines/.test(text), 'the document read');
  program.send('\r');
  await program.until((text) => /^ ready /m.test(text), 'the answer to the dry run');
  const text = program.text().replace(/\s+/g, ' ');
  expect(text).toContain('chmod 640 /var/lib/kubelet/config.yaml');
  expect(text).toContain('y, then type prod-workers');
  program.send('\u001b');
  await program.until((seen) => seen.includes('esc again drops what was edited'), 'the question');
  program.send('\u001b');
  await program.until((seen) => seen.includes('left; nothing was written'), 'that nothing was written');
  await endedBy(program, 'SIGTERM', 143);
}, 90_000);

it('comes back from an editor that Ctrl-C has ended, with nothing taken over', async () => {
  const script = editor('wait', 'echo EDITING', 'exec sleep 60');
  const program = await operating({ EDITOR: script, XDG_STATE_HOME: join(folder, 'apart') });
  program.send('jj');
  await program.until((text) => /^>Bootstrap /m.test(text), 'the cursor on it');
  program.send('\r');
  await program.until((text) => /Template +\d+ lines/.test(text), 'the document read');
  program.send('\r');
  await program.until((text) => text.includes('EDITING'), 'the editor');
  program.send('\u0003');
  await program.until((text) => text.includes('ended with SIGINT; nothing was taken over'), 'that it was ended');
  await program.until((text) => text.includes('still to be entered: Template'), 'that it is still wanted');
  program.send('q');
  expect((await program.exited).exitCode).toBe(0);
}, 90_000);
