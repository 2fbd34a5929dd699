/** The Secrets that lead to workload clusters. */
import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { get, request } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createApi } from '../../../src/simulator/api/api.ts';
import { certificateRequest } from '../../../src/simulator/api/certificate.ts';
import { apiTransport } from '../../../src/simulator/api/transport.ts';
import { certificateSecrets } from '../../../src/simulator/controllers/capi/certificates.ts';
import { Client } from '../../../src/simulator/controllers/client.ts';
import { Faults } from '../../../src/simulator/controllers/faults.ts';
import { kinds } from '../../../src/simulator/controllers/kinds.ts';
import type { Secret } from '../../../src/simulator/controllers/shapes/core.ts';
import { Workloads } from '../../../src/simulator/workload/front.ts';
import { type KubeconfigWriter, keepKubeconfigs } from '../../../src/simulator/workload/kubeconfigs.ts';

const transport = () => apiTransport(api, { user: { name: 'admin', groups: ['system:masters'] } });
let api = createApi();
let client: Client;
let workloads: Workloads;
let faults: Faults;
let writer: KubeconfigWriter;

beforeEach(async () => {
  api = createApi();
  client = new Client(transport(), 'cpaas-system');
  faults = new Faults();
  workloads = new Workloads({ now: Date.now, faults });
  await workloads.serve({ tls: true });
  await create('early', 'not: a kubeconfig');
  writer = await keepKubeconfigs(transport(), 'cpaas-system', workloads);
});
afterEach(async () => {
  await writer.stop();
  await workloads.close();
});

const create = (cluster: string, value: string): Promise<Secret> =>
  client.create(kinds.Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${cluster}-kubeconfig` },
    type: 'cluster.x-k8s.io/secret',
    data: { value: Buffer.from(value).toString('base64') },
  });
async function read(cluster: string) {
  const secret = await client.get(kinds.Secret, `${cluster}-kubeconfig`);
  return Buffer.from(secret?.data?.['value'] ?? '', 'base64').toString('utf8');
}

it('point to the clusters of this process, from the start and later', async () => {
  expect(await read('early')).toBe(workloads.kubeconfig('early'));
  await create('late', '');
  await expect.poll(() => read('late')).toBe(workloads.kubeconfig('late'));
  expect(workloads.kubeconfig('late')).toContain(`${workloads.access('late')?.url}`);
});

it('keep the client certificate that a real control plane looks after', async () => {
  const real = `
apiVersion: v1
kind: Config
clusters: [{name: real, cluster: {server: "https://10.1.1.10:6443", certificate-authority-data: AAAA}}]
contexts: [{name: real-admin@real, context: {cluster: real, user: real-admin}}]
current-context: real-admin@real
users: [{name: real-admin, user: {client-certificate-data: CERT, client-key-data: KEY}}]
`;
  await create('real', real);
  const { url, ca, token } = workloads.access('real')!;
  await expect.poll(() => read('real')).toContain(url);
  const config = parse(await read('real')) as Record<string, unknown>;
  expect(config).toMatchObject({
    clusters: [{ cluster: { server: url, 'certificate-authority-data': Buffer.from(ca ?? '').toString('base64') } }],
    users: [{ user: { 'client-certificate-data': 'CERT', 'client-key-data': 'KEY', token } }],
    'current-context': 'real-admin@real',
  });
});

it('are the only ones it touches', async () => {
  const other: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'prod-ca' },
    type: 'cluster.x-k8s.io/secret',
    data: {},
  };
  const { metadata } = await client.create(kinds.Secret, other);
  await create('after', '');
  await expect.poll(() => read('after')).not.toBe('');
  await writer.idle();
  expect((await client.get(kinds.Secret, 'prod-ca'))?.metadata.resourceVersion).toBe(metadata.resourceVersion);
});

it('authorities of a cluster are certificates of their own keys, and its kubeconfig is YAML', () => {
  const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'prod', creationTimestamp: born } });
  const born = '2026-11-01T00:00:00Z';
  const secrets = certificateSecrets(object('Cluster'), object('KubeadmControlPlane'));
  const text = (name: string, key: string) =>
    Buffer.from(secrets.find(({ metadata }) => metadata.name === name)?.data?.[key] ?? '', 'base64').toString();
  const prints = new Set<string>();
  // Cluster API calls all of them the same, and lets them be valid a little before they are made.
  for (const suffix of ['ca', 'etcd', 'proxy']) {
    const certificate = new X509Certificate(text(`prod-${suffix}`, 'tls.crt'));
    expect([certificate.subject, certificate.ca, certificate.verify(certificate.publicKey)]).toEqual([
      'CN=kubernetes',
      true,
      true,
    ]);
    // Cluster API counts none of them.
    expect(BigInt(`0x${certificate.serialNumber}`)).toBe(0n);
    prints.add(certificate.fingerprint256);
    expect(certificate.checkPrivateKey(createPrivateKey(text(`prod-${suffix}`, 'tls.key')))).toBe(true);
    const late = Date.parse(certificate.validFrom) - (Date.parse(born) - 300_000);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(30_000);
  }
  expect(prints.size).toBe(3);
  expect(text('prod-sa', 'tls.crt')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  expect(text('prod-kubeconfig', 'value')).toMatch(/^apiVersion: v1\nclusters:\n- cluster:\n/);
});

it('certificates of a cluster tell by which key they were signed, and authorities their own', () => {
  const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'prod' } });
  const secrets = certificateSecrets(object('Cluster'), object('KubeadmControlPlane'));
  const of = (name: string, key: string) =>
    Buffer.from(secrets.find(({ metadata }) => metadata.name === name)?.data?.[key] ?? '', 'base64').toString();
  const hex = (pem: string) => new X509Certificate(pem).raw.toString('hex');
  const authority = of('prod-ca', 'tls.crt');
  const bits = new X509Certificate(authority).publicKey.export({ type: 'pkcs1', format: 'der' });
  const id = createHash('sha1').update(bits).digest('hex');
  // Extensions 2.5.29.14 and 2.5.29.35.
  expect(hex(authority)).toContain(`551d0e04160414${id}`);
  expect(hex(authority)).not.toContain('551d23');
  const { users } = parse(of('prod-kubeconfig', 'value'));
  const client = Buffer.from(users[0].user['client-certificate-data'], 'base64').toString();
  expect(hex(client)).toContain(`551d23041830168014${id}`);
  expect(hex(client)).not.toContain('551d0e');
});

it('open the API by a client certificate of the cluster, whose authority certifies the server too', async () => {
  const object = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'prod', creationTimestamp: since } });
  const since = '2026-11-01T00:00:00Z';
  const secrets = certificateSecrets(object('Cluster'), object('KubeadmControlPlane'));
  const of = (name: string) => secrets.find(({ metadata }) => metadata.name === `prod-${name}`)?.data ?? {};
  await create('prod', Buffer.from(of('kubeconfig')['value'] ?? '', 'base64').toString());
  const { url } = workloads.access('prod')!;
  await expect.poll(() => read('prod')).toContain(url);
  const config = parse(await read('prod')) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const [{ cluster }] = config.clusters as [{ cluster: Record<string, string> }];
  const [{ user }] = config.users as [{ user: Record<string, string> }];
  expect(cluster['certificate-authority-data']).toBe(of('ca')['tls.crt']);
  expect(Object.keys(user).sort()).toEqual(['client-certificate-data', 'client-key-data']);
  const text = (data = '') => Buffer.from(data, 'base64').toString();
  const ca = text(cluster['certificate-authority-data']);
  const cert = text(user['client-certificate-data']);
  expect(new X509Certificate(cert).subject).toBe('O=system:masters\nCN=kubernetes-admin');
  expect(new X509Certificate(cert).verify(new X509Certificate(ca).publicKey)).toBe(true);
  const ask = (more: object) =>
    new Promise<{ code: number | undefined; headers: object }>((resolve, reject) => {
      const asked = get(`${url}/api/v1/nodes`, { ca, agent: false, ...more }, (answer) => {
        answer.resume();
        resolve({ code: answer.statusCode, headers: answer.headers });
      });
      asked.on('error', reject);
    });
  workloads.of('prod').load([planeNode]);
  const { code, headers } = await ask({ cert, key: text(user['client-key-data']) });
  expect(code).toBe(200);
  expect(headers).not.toHaveProperty('keep-alive');
  expect((await ask({})).code).toBe(403);
});

it('open the API, as far as he may, to whoever was given a certificate there', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  workloads.of('prod').load([planeNode]);
  const { url, ca } = workloads.access('prod')!;
  const ask = (path: string, more: object, method = 'GET', body?: object) =>
    new Promise<{ code: number | undefined; text: string }>((resolve, reject) => {
      const asked = request(`${url}${path}`, { ca, agent: false, method, ...more }, (answer) => {
        let text = '';
        answer.on('data', (piece) => {
          text += piece;
        });
        answer.on('end', () => resolve({ code: answer.statusCode, text }));
      });
      asked.on('error', reject);
      asked.end(body && JSON.stringify(body));
    });
  const admin = {
    headers: { authorization: `Bearer ${workloads.access('prod')?.token}`, 'content-type': 'application/json' },
  };
  const asks = (organization: string) => {
    const made = certificateRequest({ name: 'jane', organization }, { publicKey, privateKey });
    const spec = { request: Buffer.from(made).toString('base64'), usages: ['client auth'] };
    const metadata = { name: `jane-${organization.replace(':', '-')}` };
    const signerName = 'kubernetes.io/kube-apiserver-client';
    return {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata,
      spec: { ...spec, signerName },
    };
  };
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  expect((await ask(requests, admin, 'POST', asks('system:masters'))).text).toContain('is not allowed');
  const made = JSON.parse((await ask(requests, admin, 'POST', asks('dev'))).text);
  const approved = { type: 'Approved', status: 'True', reason: 'Yes', message: '' };
  const body = { ...made, status: { conditions: [approved] } };
  await ask(`${requests}/jane-dev/approval`, admin, 'PUT', body);
  const { status } = JSON.parse((await ask(`${requests}/jane-dev`, admin)).text);
  const cert = Buffer.from(status.certificate, 'base64').toString();
  expect(new X509Certificate(cert)).toMatchObject({ subject: 'O=dev\nCN=jane', issuer: 'CN=kubernetes' });
  expect(new X509Certificate(cert).checkPrivateKey(privateKey)).toBe(true);
  const own = { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
  expect((await ask('/api', own)).code).toBe(200);
  expect((await ask('/api/v1/nodes', own)).text).toContain('User \\"jane\\" cannot list resource');
});

it('is spoken to in HTTP/2 too, over one connection for all, which ends where the cluster cannot be reached', async () => {
  workloads.of('prod').load([planeNode]);
  const { url, ca, token } = workloads.access('prod')!;
  const session = connect(new URL(url).origin, { ca: ca! });
  session.on('error', () => {});
  const ask = (path: string) =>
    new Promise<{ code: unknown; text: string }>((resolve, reject) => {
      const asked = session.request({ ':path': `/clusters/prod${path}`, authorization: `Bearer ${token}` });
      let code: unknown;
      let text = '';
      asked.on('response', (headers) => {
        code = headers[':status'];
      });
      asked.on('data', (piece) => {
        text += piece;
      });
      asked.on('error', reject);
      asked.on('close', () => (code === undefined ? reject(new Error('cut')) : resolve({ code, text })));
    });
  const [nodes, version] = await Promise.all([ask('/api/v1/nodes'), ask('/version')]);
  expect([nodes.code, version.code]).toEqual([200, 200]);
  expect(JSON.parse(nodes.text).items).toHaveLength(1);
  faults.cluster('prod', { unreachable: true });
  await expect(ask('/api/v1/nodes')).rejects.toThrow();
  session.close();
});

const planeNode = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'cp-1',
    uid: 'uid',
    creationTimestamp: '2026-11-01T00:00:00Z',
    labels: { 'node-role.kubernetes.io/control-plane': '' },
  },
  status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.33.6' } },
};

it('the certificate of the server is as old as the first cluster, and says the names that kubeadm gives it', async () => {
  const since = Date.now() - 31 * 86_400_000;
  const served = new Workloads({ now: () => Date.now(), faults: new Faults() });
  await served.serve({ tls: true, since });
  const { port } = new URL(served.access('prod')!.url);
  const socket = connectTls({ host: '127.0.0.1', port: Number(port), ca: served.access('prod')!.ca });
  await once(socket, 'secureConnect');
  const { subject, issuer, valid_from, valid_to, subjectaltname } = socket.getPeerCertificate();
  socket.destroy();
  await served.close();
  expect([subject.CN, issuer.CN]).toEqual(['kube-apiserver', 'kubernetes']);
  expect(Math.abs(Date.parse(valid_from) - since)).toBeLessThan(1000);
  expect(Date.parse(valid_to) - Date.parse(valid_from)).toBe(365 * 86_400_000);
  expect(subjectaltname).toBe(
    [
      ...['', '.default', '.default.svc', '.default.svc.cluster.local'].map((of) => `DNS:kubernetes${of}`),
      ...['DNS:localhost', 'IP Address:10.96.0.1', 'IP Address:127.0.0.1'],
    ].join(', '),
  );
});
