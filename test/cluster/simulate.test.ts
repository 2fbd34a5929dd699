/** `metaldeck simulate --against` on a real API server: the program as a user starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Transport } from '../../src/kube/types.ts';
import { httpTransport } from '../contract/http-transport.ts';
import { type Cluster, NAMESPACE, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';
import { awaited } from './harness/until.ts';

const { assets, crds, clusterApi } = clusterEnvironment();
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'metaldeck-against-'));
const kubeconfig = join(folder, 'kubeconfig');

let cluster: Cluster;
let api: Transport;
let running: ChildProcess | undefined;

beforeAll(async () => {
  cluster = await startCluster({ assets, crds });
  api = cluster.transport();
  writeFileSync(kubeconfig, cluster.kubeconfig());
});
afterEach(stop);
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function stop(): Promise<number | null> {
  const child = running;
  running = undefined;
  if (!child) return null;
  if (child.exitCode !== null) return child.exitCode;
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** Starts the program; gives its first line, or how it ended and what it said. */
function start(...flags: string[]): Promise<{ line?: string; code?: number; said: string }> {
  const args = ['--import', 'tsx', join(root, 'src/main.ts'), 'simulate', '--against', kubeconfig, '--hosts', '12'];
  const child = spawn(process.execPath, [...args, '--pools', '1', '--waiting', '0', '--speed', '400', ...flags], {
    cwd: root,
  });
  running = child;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((found) => {
    createInterface({ input: child.stdout }).once('line', (line) => found({ line, said }));
    child.once('close', (code) => found({ code: code ?? -1, said }));
  });
}

interface Thing {
  metadata: { name: string; uid: string; labels?: Record<string, string> };
  spec: { replicas?: number };
  status?: { phase?: string; readyReplicas?: number };
}
const group = (name: string, version = clusterApi as string) => `/apis/${name}/${version}/namespaces/${NAMESPACE}`;
const capi = group('cluster.x-k8s.io');
const infra = group('infrastructure.cluster.x-k8s.io', 'v1beta1');
const hosts = `${group('elemental.cattle.io', 'v1beta1')}/machineinventories`;
const configurations = async (): Promise<string[]> =>
  (await list('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations')).map(
    ({ metadata }) => metadata.name,
  );
const list = async (path: string, at: Transport = api) => (await at.json<{ items: Thing[] }>({ path })).items;
const until = <T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> =>
  awaited(look, holds, (value) => `what was awaited did not come: ${brief(value)}`);

const brief = (value: unknown): string =>
  Array.isArray(value)
    ? (value as Thing[]).map(({ metadata, status }) => `${metadata.name} ${JSON.stringify(status)}`).join('\n')
    : String(value);

async function nodesOf(name: string): Promise<string[]> {
  const secret = await api.json<{ data: { value: string } }>({
    path: `/api/v1/namespaces/${NAMESPACE}/secrets/${name}-kubeconfig`,
  });
  const config = parse(Buffer.from(secret.data.value, 'base64').toString('utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
    users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
  };
  const { server, 'certificate-authority-data': ca } = config.clusters[0]!.cluster;
  const { origin, pathname } = new URL(server);
  const text = (data: string) => Buffer.from(data, 'base64').toString();
  const transport = httpTransport({
    url: origin,
    ca: text(ca),
    cert: text(config.users[0]!.user['client-certificate-data']),
    key: text(config.users[0]!.user['client-key-data']),
  });
  try {
    return (await list(`${pathname}/api/v1/nodes`, transport)).map(({ metadata }) => metadata.name);
  } finally {
    transport.close();
  }
}

describe(`a simulation on kube-apiserver, Cluster API ${clusterApi}`, () => {
  it('makes a world, plays it, and goes on with it after a restart', async () => {
    const first = await start();
    expect(first.said).toBe('');
    expect(first.line).toContain(`Playing 12 hosts in ${NAMESPACE}@`);
    expect(first.line).toContain(clusterApi);
    const inventories = await list(hosts);
    expect(inventories).toHaveLength(12);
    expect(inventories.every(({ metadata }) => metadata.labels?.['metaldeck.io/simulated'] === 'true')).toBe(true);
    const [workers] = await list(`${capi}/machinedeployments`);
    const { name } = workers!.metadata;
    const wanted = (workers!.spec.replicas ?? 0) + 1;
    const patch = (replicas: number) =>
      api.json({
        method: 'PATCH',
        path: `${capi}/machinedeployments/${name}`,
        contentType: 'application/merge-patch+json',
        body: { spec: { replicas } },
      });
    await patch(wanted);
    const running = (items: Thing[]) => items.filter(({ status }) => status?.phase === 'Running').length;
    const before = (await list(`${infra}/baremetalmachines`)).length;
    const machines = await until(
      () => list(`${infra}/baremetalmachines`),
      (items) => items.length >= before && running(items) === items.length && items.length === wanted + 3,
    );
    const plane = `${group('controlplane.cluster.x-k8s.io', clusterApi)}/kubeadmcontrolplanes/prod-control-plane`;
    const refusal = (path: string) =>
      api
        .json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: { spec: { replicas: 4 } } })
        .then(
          () => 'taken',
          (error: Error) => error.message,
        );
    expect(await refusal(plane)).toContain('cannot be an even number when etcd is stacked');
    expect(await refusal(`${plane}/scale`)).toContain('cannot be an even number when using managed etcd');
    expect(await configurations()).toContain('capi-validating-webhook-configuration');
    const nodes = await nodesOf('prod');
    expect(nodes).toHaveLength(machines.length);
    expect(await stop()).toBe(0);
    expect(await configurations()).toEqual([]);

    const second = await start('--seed', 'other');
    expect(second.line).toContain('Going on with 12 hosts');
    const again = await list(`${infra}/baremetalmachines`);
    const identities = (items: Thing[]) =>
      items.map(({ metadata, status }) => `${metadata.uid} ${status?.phase}`).sort();
    expect(identities(again)).toEqual(identities(machines));
    expect((await nodesOf('prod')).sort()).toEqual(nodes.sort());
    await patch(wanted - 1);
    await until(
      () => list(`${infra}/baremetalmachines`),
      (items) => items.length === wanted + 2 && running(items) === items.length,
    );
    expect(await stop()).toBe(0);
  });

  it('keeps away from real hosts unless it is told their very name', async () => {
    const real = {
      apiVersion: 'elemental.cattle.io/v1beta1',
      kind: 'MachineInventory',
      metadata: { name: 'real' },
      spec: {},
    };
    expect((await start()).line).toBeDefined();
    await api.json({ method: 'POST', path: hosts, body: real });
    const [code] = (await once(running!, 'exit')) as [number];
    expect(code).toBe(2);

    const refused = await start();
    expect(refused.code).toBe(2);
    expect(refused.line).toBeUndefined();
    const place = `${NAMESPACE}@${new URL(cluster.url).host}`;
    expect(refused.said).toContain('real');
    expect(refused.said).toContain(`--among-real-hosts ${place}`);
    const wrong = await start('--among-real-hosts', 'yes');
    expect(wrong.code).toBe(2);
    expect(wrong.said).toContain(place);
    expect((await start('--among-real-hosts', place)).line).toContain('Going on');
    expect(await stop()).toBe(0);
  });

  it('leaves Machines to real controllers where it does not play Cluster API', async () => {
    const namespace = 'beside';
    const { line } = await start('--namespace', namespace, '--controllers', 'provider,hosts,elemental');
    expect(line).toContain('controllers elemental,hosts,provider');
    const there = (path: string) => list(path.replace(NAMESPACE, namespace));
    expect(await there(`${capi}/clusters`)).toHaveLength(1);
    expect(await there(`${capi}/machines`)).toEqual([]);
    const free = await until(
      async () => {
        const pools = (await there(`${infra}/machineinventorypools`)) as (Thing & {
          status?: { available?: number };
        })[];
        return pools.reduce((sum, { status }) => sum + (status?.available ?? 0), 0);
      },
      (sum) => sum === 12,
    );
    expect(free).toBe(12);
    expect(await stop()).toBe(0);
  });
});
