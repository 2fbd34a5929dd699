/** What is asked through an API server of what runs on its Nodes: nothing listens, and that is said as real ones say it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Faults } from '../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../src/simulator/workload/front.ts';

const at = '2026-11-01T00:00:00Z';
let workloads: Workloads;

beforeAll(async () => {
  workloads = new Workloads({ now: () => Date.parse(at), faults: new Faults() });
  await workloads.serve({ tls: false });
  const node = (name: string, status: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, creationTimestamp: at },
    status: { conditions: [{ type: 'Ready', status }], addresses: [{ type: 'InternalIP', address: '10.1.0.9' }] },
  });
  workloads.of('prod').load([
    {
      ...node('cp-1', 'True'),
      metadata: { ...node('cp-1', 'True').metadata, labels: { 'node-role.kubernetes.io/control-plane': '' } },
    },
    node('w-1', 'Unknown'),
  ]);
  const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' } });
  const subsets = [{ addresses: [{ ip: '10.3.0.7' }], ports: [{ port: 8080 }] }];
  workloads.of('prod').load([
    service('web'),
    service('idle'),
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lost', namespace: 'default' } },
      ...{ spec: { nodeName: 'gone', containers: [{ name: 'c', image: 'nginx' }] } },
      status: { containerStatuses: [{ name: 'c', state: { running: { startedAt: at } } }] },
    } as never,
    { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web', namespace: 'default' }, subsets } as never,
  ]);
});
afterAll(() => workloads.close());

async function ask(path: string): Promise<string> {
  const { url, token } = workloads.access('prod')!;
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  return `${answer.status} ${await answer.text()}`;
}

describe('the way through the API server', () => {
  it.each([
    ['/api/v1/nodes/cp-1/proxy/stats/summary', /^403 Forbidden \(user=kube-apiserver-kubelet-client, verb=get, /],
    [
      '/api/v1/nodes/w-1/proxy/healthz',
      /^503 .*error trying to reach service: dial tcp 10\.1\.0\.9:10250: connect: no route to host/,
    ],
    ['/api/v1/nodes/gone/proxy/healthz', /^404 .*nodes \\"gone\\" not found/],
    ['/api/v1/namespaces/default/services/web/proxy/', /^503 .*dial tcp 10\.3\.0\.7:8080: i\/o timeout/],
    [
      '/api/v1/namespaces/default/services/http:idle:80/proxy/',
      /^503 .*no endpoints available for service \\"idle:80\\"/,
    ],
    ['/api/v1/namespaces/default/pods/lost/log', /^404 .*nodes \\"gone\\" not found/],
    ['/api/v1/namespaces/default/configmaps/kube-root-ca.crt/proxy/x', /^404 /],
  ])('ends with what is there: %s', async (path, said) => {
    expect(await ask(path)).toMatch(said);
  });
});
