/** One workload cluster, followed on the simulated datacenter over TLS: every way it can fail looks different. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { daemonLacks, networkDaemons } from '../../../src/domain/daemon-sets.ts';
import { isLive, reachOf, WORKLOAD_KINDS, type Workload } from '../../../src/domain/workload.ts';
import { DEFAULTS } from '../../../src/kube/reflector/settings.ts';
import { KubeError, type KubeRequest, type KubeStream, type Transport } from '../../../src/kube/types.ts';
import { type Following, followWorkload } from '../../../src/kube/workload/follow.ts';
import { type Datacenter, startDatacenter } from '../../../src/simulator/datacenter.ts';

let datacenter: Datacenter;
let cluster: string;
const open: Following[] = [];
beforeAll(async () => {
  datacenter = await startDatacenter({ hosts: 12, traffic: false });
  cluster = datacenter.layout.clusters[0]!.name;
});
afterEach(async () => {
  datacenter.faults.cluster(cluster, undefined);
  await Promise.all(open.splice(0).map((each) => each.stop()));
});
afterAll(() => datacenter.stop());

/** As the defaults, with less patience. */
const settings = { ...DEFAULTS, probe: { everyMs: 200, retryMs: 100, timeoutMs: 500 } };

function follow(transport: Transport = datacenter.transport) {
  const seen: Workload[] = [];
  const errors: unknown[] = [];
  open.push(
    followWorkload({
      cluster,
      transport,
      namespace: 'cpaas-system',
      env: {},
      settings,
      onChange: (workload) => seen.push(workload),
      onError: (error) => errors.push(error),
    }),
  );
  const until = async (met: (workload: Workload) => boolean): Promise<Workload> => {
    for (;;) {
      const last = seen.at(-1);
      if (last && met(last)) return last;
      expect(errors).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { seen, until };
}

/** The management cluster with another kubeconfig in the Secret, or a failure in its place. */
function withSecret(change: (config: Record<string, unknown>) => unknown): Transport {
  const { transport } = datacenter;
  return {
    json: (request) => transport.json(request),
    close: () => {},
    async stream(request: KubeRequest): Promise<KubeStream> {
      const secret = await transport.json<{ data: { value: string } }>({ path: request.path });
      const config = parse(Buffer.from(secret.data.value, 'base64').toString()) as Record<string, unknown>;
      const text = change(config);
      const value = typeof text === 'string' ? text : stringify(config);
      const body = JSON.stringify({ ...secret, data: { value: Buffer.from(value).toString('base64') } });
      return {
        status: 200,
        headers: {},
        close() {},
        body: (async function* () {
          yield Buffer.from(body);
        })(),
      };
    },
  };
}

const refusing = (code: number): Transport => ({
  json: (request) => datacenter.transport.json(request),
  stream: () => Promise.reject(new KubeError(code, 'Refused', 'secrets is forbidden: sim')),
  close() {},
});

type Entry = { cluster: Record<string, unknown>; user: Record<string, unknown> };
const first = (config: Record<string, unknown>, list: string) => (config[list] as Entry[])[0]!;

const isWhole = (workload: Workload): boolean => WORKLOAD_KINDS.every((kind) => isLive(workload, kind));

describe('a workload cluster', () => {
  it('tells its Nodes and its network plugin, from its own API', async () => {
    const { until, seen } = follow();
    const workload = await until((each) => isLive(each, 'node') && isLive(each, 'appRelease'));
    expect(workload.nodes.length).toBeGreaterThan(2);
    expect(workload.nodes[0]).toMatchObject({ kind: 'node', unschedulable: false });
    expect(workload.nodes[0]!.providerId).toMatch(/^baremetal:\/\/\//);
    expect(workload.releases).toMatchObject([{ name: 'cni-kube-ovn', phase: 'Success' }]);
    expect(workload.server).toMatch(/^127\.0\.0\.1:\d+$/);
    const words = seen.map((each) => reachOf(each, 'node').word);
    expect(words[0]).toBe('connecting');
    expect(words.at(-1)).toBe('live');
  });

  it('follows a Node that is cordoned, and does not speak of heartbeats', async () => {
    const { until, seen } = follow();
    const { nodes } = await until(isWhole);
    const { name } = nodes[0]!;
    const api = datacenter.workloads.of(cluster);
    const path = `/api/v1/nodes/${name}`;
    const said = seen.length;
    const node = await api.json<{ status: { conditions: object[] } }>({ path });
    const conditions = node.status.conditions.map((each) => ({ ...each, lastHeartbeatTime: '2031-01-01T00:00:00Z' }));
    await api.json({
      method: 'PUT',
      path: `${path}/status`,
      body: { ...node, status: { ...node.status, conditions } },
    });
    const patch = { method: 'PATCH', path, contentType: 'application/merge-patch+json' } as const;
    await api.json({ ...patch, body: { spec: { unschedulable: true } } });
    const after = await until((each) => each.nodes.some(({ unschedulable }) => unschedulable));
    expect(after.nodes.find((each) => each.name === name)?.unschedulable).toBe(true);
    // The heartbeat came first, and made no state of its own.
    expect(seen.slice(said)).toHaveLength(1);
    expect(after.nodes[1]).toBe(nodes[1]);
    await api.json({ ...patch, body: { spec: { unschedulable: null } } });
  });

  it('tells the DaemonSets of its system, and how many of their Pods there are', async () => {
    const { daemonSets } = await follow().until(isWhole);
    expect(daemonSets.filter(({ network }) => network).map(({ name }) => name)).toEqual([
      ...['kube-ovn-cni', 'kube-ovn-pinger', 'ovs-ovn'],
    ]);
    expect(daemonSets.map(({ name }) => name)).toContain('kube-proxy');
    expect(daemonSets.flatMap((set) => daemonLacks(set) ?? [])).toEqual([]);
    expect(daemonSets[0]!.desired).toBeGreaterThan(2);
  });

  it('has them forbidden where the kubeconfig may not list them, and tells the rest', async () => {
    const api = datacenter.workloads.of(cluster);
    const metadata = { name: 'reader' };
    const make = <T>(path: string, body: object) => api.json<T>({ method: 'POST', path, body });
    await make('/api/v1/namespaces/default/serviceaccounts', { metadata });
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const verbs = ['get', 'list', 'watch'];
    await make(`${rbac}/clusterroles`, {
      metadata,
      rules: [
        { apiGroups: [''], resources: ['nodes'], verbs },
        { apiGroups: ['operator.alauda.io'], resources: ['appreleases'], verbs },
      ],
    });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' };
    const subjects = [{ kind: 'ServiceAccount', name: 'reader', namespace: 'default' }];
    await make(`${rbac}/clusterrolebindings`, { metadata, roleRef, subjects });
    const asking = '/api/v1/namespaces/default/serviceaccounts/reader/token';
    const { status } = await make<{ status: { token: string } }>(asking, { spec: {} });
    const transport = withSecret((config) => {
      first(config, 'users').user = { token: status.token };
    });
    const seen = await follow(transport).until((each) => reachOf(each, 'daemonSet').word === 'FORBIDDEN');
    expect(networkDaemons(seen)).toMatchObject({ state: 'alone', doubt: expect.stringContaining('FORBIDDEN') });
    const whole = await follow(transport).until((each) => isLive(each, 'node') && isLive(each, 'appRelease'));
    expect(whole.daemonSets).toEqual([]);
  });

  it('is unreachable when nothing answers, and stale when that comes later, with what it last said', async () => {
    datacenter.faults.cluster(cluster, { unreachable: true });
    const dead = follow();
    const silent = await dead.until((each) => reachOf(each, 'node').word === 'UNREACHABLE');
    expect(silent.nodes).toEqual([]);
    expect(reachOf(silent, 'node').why).toBeTruthy();
    datacenter.faults.cluster(cluster, undefined);
    const live = await dead.until((each) => isLive(each, 'node'));
    datacenter.faults.cluster(cluster, { unreachable: true });
    const stale = await dead.until((each) => reachOf(each, 'node').word === 'STALE');
    expect(stale.nodes).toEqual(live.nodes);
    expect(reachOf(stale, 'node').verifiedAt).toBeGreaterThan(0);
    expect(isLive(stale, 'node')).toBe(false);
  });

  it.each([
    [404, 'NO KUBECONFIG'],
    [403, 'FORBIDDEN'],
    [500, 'UNUSABLE KUBECONFIG'],
  ] as const)('where its Secret gives %i it is %s', async (code, word) => {
    const workload = await follow(refusing(code)).until((each) => reachOf(each, 'node').word === word);
    expect(reachOf(workload, 'node').why).toContain(`${cluster}-kubeconfig`);
  });

  it('runs no program and reads no file that the Secret names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metaldeck-'));
    const trap = { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: [join(folder, 'ran')] };
    const users: Record<string, unknown>[] = [
      { exec: trap },
      { tokenFile: '/etc/passwd' },
      { 'client-certificate': '/etc/passwd', 'client-key': '/etc/passwd' },
      { 'auth-provider': { name: 'oidc' } },
    ];
    for (const user of users) {
      const transport = withSecret((config) => {
        first(config, 'users').user = user;
      });
      const workload = await follow(transport).until((each) => each.access === 'unusable');
      expect(workload.why).toMatch(/names (a program|files|a login provider)/);
    }
    const ca = withSecret((config) => {
      const { cluster: entry } = first(config, 'clusters');
      delete entry['certificate-authority-data'];
      entry['certificate-authority'] = '/etc/passwd';
    });
    expect((await follow(ca).until((each) => each.access === 'unusable')).why).toContain('names files');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says nothing of what a kubeconfig holds when it cannot be used', async () => {
    const mark = 'MARKED-SECRET';
    const bad = ['{', `token: ${mark}\n  - x: [`, mark, '', `current-context: a\ncontexts: ${mark}`];
    for (const text of bad) {
      const { until } = follow(withSecret(() => text));
      const workload = await until((each) => each.access === 'unusable');
      expect(JSON.stringify(workload)).not.toContain(mark);
    }
  });

  it('trusts the authority in the kubeconfig and no other', async () => {
    const transport = withSecret((config) => {
      delete first(config, 'clusters').cluster['certificate-authority-data'];
    });
    const workload = await follow(transport).until((each) => reachOf(each, 'node').word === 'UNREACHABLE');
    expect(reachOf(workload, 'node').why).toMatch(/certificate|issuer/i);
  });

  it('holds nothing of the kubeconfig in what it tells', async () => {
    const token = datacenter.workloads.access(cluster)!.token;
    const { until, seen } = follow();
    await until((each) => isLive(each, 'node'));
    expect(JSON.stringify(seen)).not.toContain(token);
  });
});
