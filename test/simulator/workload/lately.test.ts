/** What a cluster tells of what runs there by itself, and of the kubelets that have joined. */
import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { toldOf } from '../../../src/simulator/workload/lately.ts';
import { signingRequests } from '../../../src/simulator/workload/signing-requests.ts';
import { systemObjects } from '../../../src/simulator/workload/system.ts';
import { nodeNamed } from './node.ts';

const now = Date.parse('2026-11-21T02:00:00Z');
const nodeOf = (name: string, joined: string, controlPlane = false) =>
  nodeNamed(name, { joined, controlPlane, uid: `uid-${name}-${joined}` });
const nodes = [
  nodeOf('cp-1', '2026-11-01T00:00:00Z', true),
  nodeOf('cp-2', '2026-11-21T01:40:00Z', true),
  nodeOf('w-1', '2026-11-21T01:50:00Z'),
];
const version = 'v1.33.7-2';

it('tells for an hour how Pods came up, that proxies have begun and who began to lead', () => {
  const objects = systemObjects({ nodes, version, renewed: '2026-11-21T02:00:00Z', settings: { tokens: [] } });
  type Told = { reason: string; message: string; involvedObject: { kind: string; name: string; uid: string } };
  const told = toldOf(objects, now) as unknown as Told[];
  const of = (name: string) =>
    told.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason);
  expect(of('etcd-cp-2')).toEqual(['Pulled', 'Created', 'Started']);
  expect(of('etcd-cp-1')).toEqual([]);
  // Who describes the mirror of a file asks for what is told of the file.
  const mirror = objects.find(({ metadata }) => metadata.name === 'etcd-cp-2')!.metadata.annotations;
  expect(told.find(({ involvedObject }) => involvedObject.name === 'etcd-cp-2')?.involvedObject.uid).toBe(
    mirror?.['kubernetes.io/config.mirror'],
  );
  expect(of('w-1')).toEqual(['Starting']);
  const proxy = told.find(({ involvedObject }) => involvedObject.name.startsWith('kube-proxy-'))!.involvedObject.name;
  expect(of(proxy)).toEqual(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']);
  expect(told.find(({ reason }) => reason === 'Scheduled')).toMatchObject({
    ...{ action: 'Binding', firstTimestamp: null, reportingInstance: 'default-scheduler-cp-1' },
  });
  expect(toldOf(objects, now + 3_600_000)).toEqual([]);
  const alone = systemObjects({ nodes: [nodes[1]!], version, renewed: '2026-11-21T02:00:00Z' });
  const led = (toldOf(alone, now) as unknown as Told[]).filter(({ reason }) => reason === 'LeaderElection');
  expect(led.map(({ message }) => message)).toEqual(
    Array(2).fill(expect.stringMatching(/^cp-2_[0-9a-f-]{36} became leader$/)),
  );
});

it('who comes to lead registers the Nodes that it finds, in its first round', () => {
  const alone = systemObjects({ nodes: [nodes[1]!], version, renewed: '2026-11-21T02:00:00Z' });
  const lease = alone.find(({ kind, metadata }) => kind === 'Lease' && metadata.name === 'kube-controller-manager')!;
  const led = Date.parse(String(lease.spec?.['acquireTime']));
  const old = nodeOf('w-0', '2026-11-01T00:00:00Z');
  const told = toldOf(alone, now, { nodes: [old, nodeOf('w-9', '2026-11-21T01:59:00Z')] }) as unknown as {
    reason: string;
    involvedObject: object;
    firstTimestamp: string;
    count: number;
  }[];
  const registered = told.filter(({ reason }) => reason === 'RegisteredNode');
  expect(registered).toMatchObject([{ count: 1, source: { component: 'node-controller' } }]);
  expect(registered[0]!.involvedObject).toEqual({ apiVersion: 'v1', kind: 'Node', name: 'w-0', uid: old.metadata.uid });
  const late = Date.parse(registered[0]!.firstTimestamp) - led;
  expect(late).toBeGreaterThan(1000);
  expect(late).toBeLessThan(6000);
});

it('keeps for an hour how kubelets got their certificates, that of the first Node aside', () => {
  const requests = signingRequests(nodes, [{ token: 'abcdef.0123456789abcdef', expires: now }], now);
  expect(requests.map(({ metadata }) => metadata.creationTimestamp)).toEqual([
    '2026-11-21T01:39:58Z',
    '2026-11-21T01:49:58Z',
  ]);
  expect(requests[1]).toMatchObject({
    spec: { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', username: 'system:bootstrap:abcdef' },
    status: { conditions: [{ type: 'Approved', status: 'True', reason: 'AutoApproved' }] },
  });
  const certificate = new X509Certificate(Buffer.from(String(requests[1]!.status?.['certificate']), 'base64'));
  expect([certificate.subject, certificate.issuer]).toEqual(['O=system:nodes\nCN=system:node:w-1', 'CN=kubernetes']);
  // It is for the key that was asked for, and says what Go would: PrintableStrings, and of a key that signs no more than that.
  const request = Buffer.from(String(requests[1]!.spec?.['request']), 'base64').toString();
  const asked = Buffer.from(request.replace(/-----[A-Z ]+-----/g, ''), 'base64');
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(asked.includes(certificate.publicKey.export({ type: 'spki', format: 'der' }))).toBe(true);
  for (const said of ['system:nodes', 'system:node:w-1', 'kubernetes']) {
    expect(certificate.raw[certificate.raw.indexOf(said) - 2], said).toBe(0x13);
  }
  expect(certificate.raw.toString('hex')).toContain('0603551d0f0101ff040403020780');
  expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(365 * 86_400_000);
  // The same again: nobody makes keys for each look.
  expect(signingRequests(nodes, [], now)).toEqual(requests);
  expect(signingRequests(nodes, [], now + 3_600_000)).toEqual([]);
});

it('runs the control plane of each Node by what it was made with', () => {
  const extraArgs = { apiServer: { 'audit-log-maxage': '7' } };
  const made = { 'cp-1': { extraArgs: { apiServer: {} }, etcd: 'v3.5' }, 'cp-2': { extraArgs, etcd: 'v3.6' } };
  const settings = { tokens: [], version, extraArgs, etcd: 'v3.6', made };
  const objects = systemObjects({ nodes, version, renewed: '2026-11-21T02:00:00Z', settings });
  const flags = (name: string) => JSON.stringify(objects.find(({ metadata }) => metadata.name === name)?.spec);
  expect(flags('kube-apiserver-cp-1')).not.toContain('audit-log-maxage');
  expect(flags('kube-apiserver-cp-2')).toContain('--audit-log-maxage=7');
  expect(flags('etcd-cp-1')).toContain('/etcd:v3.5"');
  expect(flags('etcd-cp-2')).toContain('/etcd:v3.6"');
});
