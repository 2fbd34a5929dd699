/** The whole program in a pseudo-terminal, on a real API server, while a recorded story is told to it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startProgram } from '../pty/program.ts';
import { type Cluster, NAMESPACE, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';
import { loadStory, type Story, seed, step } from './harness/replay.ts';
import { createHosts } from './hosts.ts';

const { assets, crds, clusterApi, recorded } = clusterEnvironment();
const folder = mkdtempSync(join(tmpdir(), 'metaldeck-program-'));

let cluster: Cluster;
let story: Story;
let program: Program;

beforeAll(async () => {
  cluster = await startCluster({ assets, crds });
  story = loadStory(recorded ?? resolve(import.meta.dirname, '../recorded', clusterApi));
  await createHosts(cluster.transport(), story);
  await seed(cluster.transport(), story);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, cluster.kubeconfig());
  writeFileSync(join(folder, 'limited'), cluster.kubeconfig('limited'));
  program = startProgram(['--kubeconfig', kubeconfig], { columns: 120, rows: 40 });
});

afterAll(async () => {
  program?.kill('SIGKILL');
  await cluster?.stop();
});

const chapter = (words: string): string => {
  const found = story.chapters.find(({ story: text }) => text.includes(words));
  if (!found) throw new Error(`the story has no chapter "${words}"`);
  return found.at;
};
/** The time a story tells of just before the next chapter begins. */
const endOf = (words: string): string => {
  const at = chapter(words);
  return story.chapters.find((each) => each.at > at)?.at ?? '9999';
};
/** How many machines the title says there are. */
const counted = (text: string) => Number(/MACHINES +(?:\d+\/)?(\d+)(?![\d?+])/.exec(text)?.[1]);
const row = (text: string, name: string) => text.split('\n').find((line) => line.includes(name)) ?? '';

describe(`the dashboard on kube-apiserver, Cluster API ${clusterApi}`, () => {
  it('shows the fleet live, with the host of the server', async () => {
    const text = await program.until(
      (screen) => / live /.test(screen) && screen.includes('prod-pool'),
      'a live overview',
    );
    expect(text).toContain(new URL(cluster.url).host);
    expect(text).toContain(NAMESPACE);
    expect(row(text, 'prod-pool')).toMatch(/ok/);
  });

  it('shows a removal: the marked machine goes, and the group counts it', async () => {
    program.send('5');
    await program.until((screen) => /prod-workers.*3\/3/.test(screen), 'three ready workers');
    await step(cluster.transport(), story, endOf('annotate'));
    await program.until((screen) => /prod-workers .*2\/2/.test(screen), 'two of two workers');
    program.send('4');
    const marked = chapter('annotate') && story.chapters[0]!.story.match(/annotate (\S+)/)![1]!;
    await program.until((screen) => counted(screen) === 5 && !screen.includes(marked), 'the marked machine gone');
  });

  it('shows the control plane upgrade to its end', async () => {
    program.send('5');
    await step(cluster.transport(), story, endOf('v1.34.5; scale'));
    await program.until((screen) => /prod-control-plane.*3\/3.*v1\.34\.5/.test(screen), 'a control plane at v1.34.5');
    await program.until((screen) => /prod-workers.*preflight/i.test(screen), 'why no fourth worker is made');
  });

  it('says stale while the server is away, and live with the newest state when it is back', async () => {
    program.send('4');
    await program.until((screen) => screen.includes('MACHINES'), 'the machines');
    await cluster.stopApiServer('SIGKILL');
    await program.until((screen) => /STALE \d+s/.test(screen), 'that it is stale');
    expect(program.text()).toContain('prod-control-plane');
    await cluster.startApiServer();
    await program.until((screen) => / live /.test(screen) && !/STALE/.test(screen), 'that it is live again', 60_000);
    await step(cluster.transport(), story);
    const machines = await names('machines');
    await program.until(
      (screen) => machines.every((name) => screen.includes(name.slice(-12))) && counted(screen) === machines.length,
      'the machines the server has',
    );
  });

  it('leaves nothing behind on the terminal', async () => {
    program.send('q');
    expect((await program.exited).exitCode).toBe(0);
    expect(program.terminal.buffer.active.type).toBe('normal');
  });

  it('ends in one sentence for a user who may read nothing', async () => {
    const limited = startProgram(['--kubeconfig', join(folder, 'limited')]);
    expect((await limited.exited).exitCode).toBe(1);
    expect(limited.text()).toContain('403');
  });

  async function names(plural: string): Promise<string[]> {
    const list = await cluster.transport().json<{ items: { metadata: { name: string } }[] }>({
      path: `/apis/cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}/${plural}`,
    });
    return list.items.map(({ metadata }) => metadata.name);
  }
});
