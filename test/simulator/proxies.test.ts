/** What is asked through an API server of what runs on its Nodes: nothing listens, and that is said as real ones say it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Faults } from '../../src/simulator/controllers/faults.ts';
import { Workloads } from '../../src/simulator/workload/front.ts';

const at = '2026-11-01T00:00:00Z';
let workloads: Workloads;
let now = Date.parse(at) + 60_000;

beforeAll(async () => {
  workloads = new Workloads({ now: () => now, faults: new Faults() });
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
  const service = (name: string, ...ports: object[]) => ({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' } },
    spec: { ports },
  });
  const endpoints = (name: string, addresses: object, ...ports: object[]) => ({
    ...{ apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace: 'default' } },
    subsets: [{ ...addresses, ports }],
  });
  const there = { addresses: [{ ip: '10.3.0.7' }] };
  const named = [
    { name: 'dns', port: 53 },
    { name: 'metrics', port: 9153 },
  ];
  workloads.of('prod').load([
    service('web', { port: 80 }),
    service('idle', { port: 80 }),
    service('waiting', { port: 80 }),
    service('names', named[0]!, { name: 'metrics', port: 9090, targetPort: 9153 }),
    endpoints('waiting', { notReadyAddresses: there.addresses }, { port: 8080 }) as never,
    endpoints('names', there, ...named) as never,
    endpoints('web', there, { port: 8080 }) as never,
    {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lost', namespace: 'default' } },
      ...{ spec: { nodeName: 'gone', containers: [{ name: 'c', image: 'nginx' }] } },
      status: { containerStatuses: [{ name: 'c', state: { running: { startedAt: at } } }] },
    } as never,
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
    [
      '/api/v1/nodes/w-1/proxy/healthz',
      /^503 .*error trying to reach service: dial tcp 10\.1\.0\.9:10250: connect: no route to host/,
    ],
    ['/api/v1/nodes/gone/proxy/healthz', /^404 .*nodes \\"gone\\" not found/],
    ['/api/v1/namespaces/default/services/web/proxy/', /^503 .*dial tcp 10\.3\.0\.7:8080: i\/o timeout/],
    ['/api/v1/namespaces/default/services/http:idle:80/proxy/', /^503 .*no endpoints available for service \\"idle\\"/],
    [
      '/api/v1/namespaces/default/services/http:waiting:80/proxy/',
      /^503 .*no endpoints available for service \\"http:waiting:80\\"/,
    ],
    ['/api/v1/namespaces/default/services/web:80/proxy/', /^503 .*dial tcp 10\.3\.0\.7:8080: i\/o timeout/],
    ['/api/v1/namespaces/default/services/web:81/proxy/', /^503 .*no service port 81 found for service \\"web\\"/],
    [
      '/api/v1/namespaces/default/services/names:metrics/proxy/metrics',
      /^503 .*dial tcp 10\.3\.0\.7:9153: i\/o timeout/,
    ],
    ['/api/v1/namespaces/default/services/names:9090/proxy/', /^503 .*dial tcp 10\.3\.0\.7:9153: i\/o timeout/],
    ['/api/v1/namespaces/default/services/names/proxy/', /^503 .*no endpoints available for service \\"names\\"/],
    [
      '/api/v1/namespaces/kube-system/services/kube-dns:metrics/proxy/metrics',
      /^503 .*dial tcp [\d.]+:9153: i\/o timeout/,
    ],
    ['/api/v1/namespaces/default/pods/lost/log', /^404 .*nodes \\"gone\\" not found/],
    ['/api/v1/namespaces/default/configmaps/kube-root-ca.crt/proxy/x', /^404 /],
  ])('ends with what is there: %s', async (path, said) => {
    expect(await ask(path)).toMatch(said);
  });

  it('leads to kubelets: what may be read is told of what runs there, and goes on as time does', async () => {
    const kubelet = '/api/v1/nodes/cp-1/proxy';
    expect(await ask(`${kubelet}/healthz`)).toBe('200 ok');
    expect(await ask(`${kubelet}/nothing`)).toBe('404 404 page not found\n');
    const read = async (path: string) => JSON.parse((await ask(`${kubelet}${path}`)).replace(/^200 /, ''));
    const { kubeletconfig } = await read('/configz');
    expect(kubeletconfig).toMatchObject({ clusterDNS: ['10.96.0.10'], cgroupDriver: 'systemd', syncFrequency: '1m0s' });
    const { items } = await read('/pods');
    const etcd = items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === 'etcd-cp-1');
    expect(etcd.metadata.uid).toBe(etcd.metadata.annotations['kubernetes.io/config.hash']);
    const { node, pods } = await read('/stats/summary');
    expect(pods.map(({ podRef }: { podRef: { name: string } }) => podRef.name)).toContain('kube-apiserver-cp-1');
    expect(node).toMatchObject({ nodeName: 'cp-1', memory: { workingSetBytes: expect.any(Number) } });
    now += 60_000;
    const later = (await read('/stats/summary')).node.cpu;
    const used = (later.usageCoreNanoSeconds - node.cpu.usageCoreNanoSeconds) / 60;
    // What was used in between is what is said to be used at a time.
    expect(used / later.usageNanoCores).toBeGreaterThan(0.7);
    expect(used / later.usageNanoCores).toBeLessThan(1.3);
    expect(await ask(`${kubelet}/metrics/resource`)).toContain(
      'container_memory_working_set_bytes{container="etcd",namespace="kube-system",pod="etcd-cp-1"}',
    );
    expect(await ask(`${kubelet}/metrics`)).toContain('kubelet_running_pods ');
    expect(await ask(`${kubelet}/containerLogs/kube-system/etcd-cp-1/etcd?tailLines=1`)).toMatch(/^200 \{/);
    expect(await ask(`${kubelet}/logs/pods/kube-system_etcd-cp-1_${etcd.metadata.uid}/etcd/0.log`)).toContain(
      ' stderr F ',
    );
    const { url, token } = workloads.access('prod')!;
    const write = { method: 'POST', headers: { authorization: `Bearer ${token}` } };
    const refused = await fetch(`${url}${kubelet}/run/kube-system/etcd-cp-1/etcd`, write);
    expect([refused.status, await refused.text()]).toEqual([501, expect.stringMatching(/^sim: /)]);
  });

  it('lists below /var/log of a Node what its Pods mount there, with the files that they are told to write', async () => {
    const at = '/api/v1/nodes/cp-1/proxy/logs';
    expect(await ask(`${at}/`)).not.toContain('kube-ovn/');
    const args = ['--alsologtostderr=true', '--log_file=/var/log/kube-ovn/kube-ovn-cni.log'];
    const mounts = ['kube-ovn', 'openvswitch', 'pods'].map((name) => ({
      name,
      hostPath: { path: `/var/log/${name}` },
    }));
    workloads.of('prod').load([
      {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'cni', namespace: 'default', uid: 'cni' } },
        spec: { nodeName: 'cp-1', volumes: mounts, containers: [{ name: 'cni-server', image: 'nginx', args }] },
        status: {
          containerStatuses: [{ name: 'cni-server', state: { running: { startedAt: '2026-11-01T00:00:00Z' } } }],
        },
      } as never,
    ]);
    const listed = await ask(`${at}/`);
    const links = [...listed.matchAll(/<a href="([^"]+)"/g)].map(([, link]) => link);
    expect(links).toEqual(['containers/', 'kube-ovn/', 'openvswitch/', 'pods/']);
    expect(await ask(`${at}/kube-ovn/`)).toContain('<a href="kube-ovn-cni.log">');
    expect(await ask(`${at}/kube-ovn/kube-ovn-cni.log`)).toMatch(/^200 /);
    expect(await ask(`${at}/kube-ovn/other.log`)).toMatch(/^404 /);
  });
});
