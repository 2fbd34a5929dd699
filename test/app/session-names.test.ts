/** What is said where an upgrade goes on as soon as somebody gives the names that its writes want. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Datacenter } from '../../src/simulator/datacenter.ts';
import { openPlace, type Place } from '../runner/place.ts';
import type { Home } from '../runner/program.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let place: Place;
let datacenter: Datacenter;
let home: Home;

beforeAll(async () => {
  place = await openPlace({ hosts: 9, seed: 5, speed: 0.01 });
  ({ datacenter, home } = place);
});
afterAll(() => place?.close());

/** Both of its outputs as they come on a terminal, one after the other. */
async function together(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const path = home.file('both', '');
  const both = openSync(path, 'w');
  const env = { ...process.env, HOME: home.folder, KUBECONFIG: join(home.folder, 'kubeconfig') };
  const state = { XDG_STATE_HOME: join(home.folder, 'state'), XDG_CONFIG_HOME: join(home.folder, 'config') };
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), ...args], {
    cwd: ROOT,
    env: { ...env, ...state },
    stdio: ['ignore', both, both],
  });
  const code = await new Promise<number | null>((done) => {
    child.once('close', done);
  });
  closeSync(both);
  return { code, lines: readFileSync(path, 'utf8').trimEnd().split('\n') };
}

interface Said {
  next: { what: string; gates?: { name: string; asks: string | null }[] };
}

it('says first which names are missing and the command that gives them, then how it stands; the write is shown by --dry-run', async () => {
  const { items } = await datacenter.transport.json<{ items: { metadata: { name: string } }[] }>({
    path: '/apis/cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/clusters',
  });
  const { name } = items[0]!.metadata;
  const begun = await home.run('upgrade', 'start', name, '--to', 'v1.34.5', '-o', 'json');
  let said = JSON.parse(begun.out) as Said;
  for (let turn = 0; said.next.what === 'answer' && turn < 9; turn += 1) {
    const gate = said.next.gates!.find(({ asks }) => asks !== null)!;
    const answer = await home.run('upgrade', 'confirm', name, gate.name, 'it was done, and read back', '-o', 'json');
    said = JSON.parse(answer.out) as Said;
  }
  expect(said.next.what).toBe('send');

  const { code, lines } = await together('upgrade', 'resume', name);
  expect(code).toBe(5);
  expect(lines[0]).toMatch(/^metaldeck: .*: say --confirm=\S+ to write it/);
  expect(lines[1]).toMatch(new RegExp(`^ {2}metaldeck upgrade resume ${name} --confirm=\\S+.* --wait$`));
  expect(lines[2]).toMatch(/^Upgrade /);
  expect(lines.slice(3).join('\n')).toMatch(/^now /);
  expect(lines.length).toBeLessThan(10);
  expect(lines.filter((line) => /^Writes|^Then|^Taking it back|dry run/.test(line))).toEqual([]);

  const shown = await together('upgrade', 'resume', name, '--dry-run');
  expect(shown.code).toBe(0);
  expect(shown.lines).toEqual(expect.arrayContaining(['Writes', 'Then']));
});
