/** A cluster of three and three from an empty datacenter, by keys alone, on the whole program in a pseudo-terminal. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { KEY } from '../guides/create/fixtures.ts';
import { isLive, type Program, startProgram } from '../pty/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'metaldeck-create-'));
let program: Program | undefined;

afterAll(() => {
  program?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Goes to the line that holds the words. */
async function goTo(to: Program, words: string): Promise<void> {
  const isThere = () => to.lines().some((line) => line.startsWith('>') && line.includes(words));
  to.send('g');
  await to.until((text) => /CREATE A CLUSTER +1\//.test(text), 'the first line');
  for (let line = 1; !isThere(); line += 1) {
    to.send('j');
    await to.until((text) => new RegExp(`CREATE A CLUSTER +${line + 1}/`).test(text), `line ${line + 1}, for ${words}`);
  }
}

async function answer(to: Program, words: string, typed: string): Promise<void> {
  await goTo(to, words);
  to.send('\r');
  await to.until((text) => text.split('\n').at(-1)!.startsWith(words.slice(0, 8)), `the line of ${words}`);
  to.send('\u0005\u0015');
  to.send(typed);
  await to.until((text) => text.split('\n').at(-1)!.includes(typed.slice(-8)), typed);
}

/** Reads the plan whole, writes it and comes back. */
async function write(to: Program, what: string): Promise<void> {
  await to.until((text) => text.includes(`${what}: read what would be written`), `that ${what} is next`, 60_000);
  await goTo(to, 'read what would');
  to.send('\r');
  await to.until((text) => /^ ready /m.test(text), 'the answer to the dry run');
  const unread = (text: string) => /lines? not shown: PgDn/.test(text);
  const sent = (text: string) => /^ sent /m.test(text);
  // A screen half drawn may hide that there is more to read: then y only says so, and reading goes on.
  for (let page = 0; !sent(to.text()); page += 1) {
    const before = to.text();
    if (unread(before)) {
      to.send('\u001b[6~');
      await to.until((text) => text !== before, `page ${page}`);
    } else {
      to.send('y');
      await to.until((text) => sent(text) || unread(text), 'that it is written');
    }
  }
  to.send('\u001b');
  await to.until((text) => text.includes('CREATE A CLUSTER'), 'the board');
}

it('is asked for, checked, written and followed until all six nodes are Ready', async () => {
  const to = startProgram(['demo', '--hosts', '0', '--waiting', '6', '--speed', '150'], {
    rows: 60,
    env: { XDG_STATE_HOME: folder },
  });
  program = to;
  await to.until(isLive, 'a live overview');
  to.send('C');
  await to.until((text) => text.includes('Name of the cluster'), 'the questions');
  await answer(to, 'Name of the cluster', 'global');
  await to.until((text) => text.includes('"global" is the management'), 'what is wrong, while it is typed');
  to.send('\u0005\u0015');
  to.send('depot');
  await to.until((text) => !text.split('\n').at(-1)!.includes('management'), 'that it is right');
  to.send('\r');
  const answers: [string, string][] = [
    ['Kubernetes version', 'v1.33.7-2'],
    ['Address of the control plane', '10.20.1.200'],
    ['Network of the pods', '10.99.0.0/16'],
    ['Network of the services', '10.100.0.0/16'],
    ['Join network', '100.65.0.0/16'],
    ['SSH keys', KEY],
    ['File of answers', join(folder, 'depot.yaml')],
  ];
  for (const [words, typed] of answers) {
    await answer(to, words, typed);
    to.send('\r');
    await to.until((text) => text.includes('CREATE A CLUSTER'), 'the answers');
  }
  await write(to, 'Registration and ISO');
  await to.until((text) => text.includes('name the 6 hosts'), 'six hosts', 60_000);
  await to.until((text) => /Hosts booted from the ISO 6 of 6/.test(text), 'six hosts that are Ready', 60_000);
  await goTo(to, 'name the 6 hosts');
  to.send('\r');
  await write(to, 'Pools');
  await write(to, 'Control plane');
  await write(to, 'Workers');
  await to.until((text) => /done +Verification 6 of 6/.test(text), 'the verification', 120_000);
  to.send('7');
  await to.until((text) => /depot +Provisioned.*3\/3/.test(text), 'the cluster among the others');
  expect(readFileSync(join(folder, 'depot.yaml'), 'utf8')).toContain('hostname: depot-worker-3');
  to.send('q');
  expect((await to.exited).exitCode).toBe(0);
}, 240_000);
