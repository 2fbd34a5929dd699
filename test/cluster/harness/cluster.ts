import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Transport } from '../../../src/kube/types.ts';
import { httpTransport } from '../../contract/http-transport.ts';
import { installDefinitions, readDefinitions } from './crds.ts';
import { freePorts, type Managed, start } from './process.ts';
import { until } from './until.ts';

export const NAMESPACE = 'cpaas-system';
/** The user of `tokens.limited`: authenticated, with no rights until a test grants some. */
export const LIMITED_USER = 'limited';

export interface ClusterOptions {
  /** Folder with `kube-apiserver` and `etcd`. */
  assets: string;
  /** Folders of CRD YAML; later ones replace definitions of earlier ones. */
  crds: readonly string[];
  /** Further kube-apiserver flags. */
  flags?: readonly string[];
}

export interface Cluster {
  url: string;
  /** PEM certificates to trust. */
  ca: string;
  tokens: { admin: string; limited: string };
  /** Text of a kubeconfig for one of the two users. */
  kubeconfig(user?: 'admin' | 'limited'): string;
  transport(user?: 'admin' | 'limited'): Transport;
  /** An existing namespace. */
  namespace: string;
  /** Makes etcd forget everything before now. Watches may still go back as far as the API server's cache. */
  compact(): Promise<void>;
  /** Stops the API server only: etcd and its data stay. */
  stopApiServer(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Ends both processes and removes their files. */
  stop(): Promise<void>;
}

/** Starts etcd and a kube-apiserver, installs the CRDs and creates the namespace cpaas-system. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const dir = mkdtempSync(path.join(tmpdir(), 'metaldeck-cluster-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  process.on('exit', remove);
  const [client, peer, port] = (await freePorts(3)) as [number, number, number];
  const tokens = { admin: randomBytes(16).toString('hex'), limited: randomBytes(16).toString('hex') };
  writeCredentials(dir, tokens);

  const etcd = start(path.join(options.assets, 'etcd'), [
    `--data-dir=${dir}/etcd`,
    `--listen-client-urls=http://127.0.0.1:${client}`,
    `--advertise-client-urls=http://127.0.0.1:${client}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
  ]);
  const url = `https://127.0.0.1:${port}`;
  const ca = () => readFileSync(`${dir}/certs/apiserver.crt`, 'utf8');
  let server: Managed | undefined;

  const cluster: Cluster = {
    url,
    tokens,
    get ca() {
      return ca();
    },
    kubeconfig: (user = 'admin') => kubeconfigText(url, ca(), tokens[user]),
    transport: (user = 'admin') => httpTransport({ url, ca: ca(), token: tokens[user] }),
    async startApiServer() {
      const started = start(path.join(options.assets, 'kube-apiserver'), [
        `--etcd-servers=http://127.0.0.1:${client}`,
        `--secure-port=${port}`,
        ...serverFlags(dir),
        ...(options.flags ?? []),
      ]);
      server = started;
      await until(async () => isReady(url, ca(), tokens.admin), {
        limitMs: 90_000,
        alive: () => started.running() && etcd.running(),
        failure: () => `kube-apiserver did not become ready:\n${started.output()}\n${etcd.output()}`,
      });
    },
    namespace: NAMESPACE,
    compact: () => compactEtcd(`http://127.0.0.1:${client}`),
    async stopApiServer(signal) {
      await server?.stop(signal);
    },
    async stop() {
      await server?.stop('SIGKILL');
      await etcd.stop('SIGKILL');
      remove();
      process.off('exit', remove);
    },
  };
  try {
    await cluster.startApiServer();
    const admin = cluster.transport();
    await installDefinitions(admin, readDefinitions(options.crds));
    await admin.json({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    });
    admin.close();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

function serverFlags(dir: string): string[] {
  return [
    '--bind-address=127.0.0.1',
    `--cert-dir=${dir}/certs`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${dir}/sa.pub`,
    `--service-account-signing-key-file=${dir}/sa.key`,
    `--token-auth-file=${dir}/tokens.csv`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--disable-admission-plugins=ServiceAccount',
  ];
}

function writeCredentials(dir: string, tokens: Cluster['tokens']): void {
  mkdirSync(`${dir}/certs`);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(`${dir}/sa.pub`, publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(`${dir}/sa.key`, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const rows = [`${tokens.admin},admin,admin,system:masters`, `${tokens.limited},${LIMITED_USER},${LIMITED_USER},`];
  writeFileSync(`${dir}/tokens.csv`, `${rows.join('\n')}\n`, { mode: 0o600 });
}

/** Through etcd's JSON gateway: its revision is the API server's resourceVersion. */
async function compactEtcd(url: string): Promise<void> {
  const call = async (path: string, body: unknown): Promise<{ header: { revision: string } }> => {
    const answer = await fetch(`${url}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { header: { revision: string } };
  };
  const { header } = await call('range', { key: Buffer.from('x').toString('base64') });
  await call('compaction', { revision: header.revision, physical: true });
}

async function isReady(url: string, ca: string, token: string): Promise<boolean> {
  const transport = httpTransport({ url, ca, token });
  try {
    const answer = await transport.stream({ path: '/readyz' });
    answer.close();
    return answer.status === 200;
  } finally {
    transport.close();
  }
}

function kubeconfigText(server: string, ca: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: NAMESPACE } }],
    'current-context': 'test',
  });
}
