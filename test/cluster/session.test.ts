/** A two-hop upgrade, driven by the command on a real API server, with the simulated datacenter's controllers beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cluster, NAMESPACE, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds, clusterApi } = clusterEnvironment();
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'metaldeck-session-'));
const kubeconfig = join(folder, 'kubeconfig');
const main = ['--import', 'tsx', join(root, 'src/main.ts')];

interface ControlPlane {
  spec: { kubeadmConfigSpec: { files: { content: string }[] } };
}

let cluster: Cluster;
let running: ChildProcess | undefined;

beforeAll(async () => {
  // With the platform's AppRelease, the gate of the provider's release is judged, not asked for.
  cluster = await startCluster({ assets, crds: [...crds, join(root, 'test/cluster/crds')] });
  writeFileSync(kubeconfig, cluster.kubeconfig());
});
afterAll(async () => {
  if (running && running.exitCode === null) {
    running.kill('SIGTERM');
    await once(running, 'exit');
  }
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the datacenter; resolves with its first line. */
function simulate(): Promise<string> {
  const flags = ['--cluster', '3+1@v1.32.11-2', '--waiting', '0', '--speed', '400', '--still'];
  running = spawn(process.execPath, [...main, 'simulate', '--against', kubeconfig, ...flags], { cwd: root });
  const child = running;
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((found, lost) => {
    createInterface({ input: child.stdout! }).once('line', found);
    child.once('close', () => lost(new Error(said)));
  });
}

async function upgrade(...words: string[]): Promise<{ code: number | null; text: string; why: string }> {
  const args = [...main, 'upgrade', ...words, '--kubeconfig', kubeconfig, '-n', NAMESPACE];
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') };
  const child = spawn(process.execPath, args, { cwd: root, env });
  let [text, why] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    why += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text, why };
}

/** The provider's release as the platform keeps it, in a phase. */
async function tellRelease(phase: string): Promise<void> {
  const api = cluster.transport();
  const name = 'cluster-api-provider-baremetal';
  const path = `/apis/operator.alauda.io/v1alpha1/namespaces/${NAMESPACE}/appreleases`;
  const chart = { name: `acp/chart-${name}`, releaseName: name, targetRevision: 'v0.0.4' };
  const body = {
    apiVersion: 'operator.alauda.io/v1alpha1',
    kind: 'AppRelease',
    metadata: { name },
    spec: { source: { charts: [chart] } },
  };
  await api.json({ method: 'POST', path, body }).catch(() => {});
  const conditions = ['Sync', 'Health'].map((type) => ({ type, status: 'True' }));
  const status = { phase, charts: { [chart.name]: { installedRevision: 'v0.0.4' } }, conditions };
  const contentType = 'application/merge-patch+json';
  await api.json({ method: 'PATCH', path: `${path}/${name}/status`, contentType, body: { status } });
}

/** Says what every gate before the next write asks for, and gives their names. */
async function sayAll(): Promise<string[]> {
  const status = JSON.parse((await upgrade('status', 'prod', '-o', 'json')).text);
  expect(status).toMatchObject({ schema: 'metaldeck.upgrade/v1', exitCode: 5, next: { what: 'answer' } });
  for (const { name, asks } of status.next.gates) {
    expect(asks).not.toBeNull();
    expect(await upgrade('confirm', 'prod', name, 'done and looked at')).toMatchObject({ code: 0 });
  }
  return status.next.gates.map(({ name }: { name: string }) => name);
}

it('goes over two minors, by words before each and confirmations given in advance', async () => {
  await simulate();
  await tellRelease('Upgrading');
  const begun = await upgrade('start', 'prod', '--to', 'v1.34.5');
  expect(begun.why).toContain('it waits for an answer');
  expect(begun.code).toBe(5);
  // Judged by what the server says: no words help.
  expect(begun.text).toContain('its phase is Upgrading');
  expect(await upgrade('confirm', 'prod', 'provider-release', 'it is fine')).toMatchObject({ code: 1 });
  await tellRelease('Success');
  expect(await sayAll()).toEqual(['platform-first', 'etcd-backup/v1.33.7-3']);
  const groups = ['prod', 'prod-control-plane', 'prod-workers'].map((name) => `--confirm=${name}`);
  const resume = () => upgrade('resume', 'prod', '--wait', '--timeout', '400', ...groups);
  // The backup of before the first hop is none of the second.
  expect(await resume()).toMatchObject({ code: 5, why: expect.stringContaining('etcd-backup/v1.34.5') });
  expect(await sayAll()).toEqual(['etcd-backup/v1.34.5']);
  const end = await resume();
  expect(end.why).toBe('');
  expect(end.code).toBe(0);
  const report = await upgrade('report', 'prod');
  expect(report.text).toContain('It is done: everything was seen');
  expect(report.text).toContain('| Nodes | pass |');
  expect((await upgrade('status', 'prod', '--to', 'v1.34.5')).code).toBe(0);
  const plane = await cluster.transport().json<ControlPlane>({
    path: `/apis/controlplane.cluster.x-k8s.io/${clusterApi}/namespaces/${NAMESPACE}/kubeadmcontrolplanes/prod-control-plane`,
  });
  const [file] = plane.spec.kubeadmConfigSpec.files;
  expect(JSON.parse(file!.content)).toHaveProperty('protectKernelDefaults', true);
}, 600_000);
