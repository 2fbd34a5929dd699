/** What an operator finds who looks around with kubectl: nothing that a real cluster would not have. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KubeError } from '../../src/kube/types.ts';
import type { User } from '../../src/simulator/api/types.ts';
import { type Datacenter, startDatacenter } from '../../src/simulator/datacenter.ts';
import { seedWorld } from '../../src/simulator/world/seed.ts';
import { reportPace } from '../../src/simulator/world-use.ts';

interface Thing {
  metadata: {
    name: string;
    namespace?: string;
    creationTimestamp: string;
    resourceVersion: string;
    managedFields?: { manager: string; operation: string; subresource?: string; time: string; fieldsV1: object }[];
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  data?: Record<string, string>;
}

let datacenter: Datacenter;
beforeAll(async () => {
  datacenter = await startDatacenter({ hosts: 12, seed: 'looks', traffic: false, tls: true });
});
afterAll(() => datacenter?.stop());

const read = <T = Thing>(path: string) => datacenter.transport.json<T>({ path });
const list = async (path: string) => (await read<{ items: Thing[] }>(path)).items;
const ns = 'namespaces/cpaas-system';
const capi = `/apis/cluster.x-k8s.io/v1beta1/${ns}`;
const inventories = `/apis/elemental.cattle.io/v1beta1/${ns}/machineinventories`;
const reportOf = (status: Thing['status']) => status?.['observedStorage'] as { observedAt: string; sequence: number };
async function logOf(path: string, query: Record<string, string | number | boolean> = {}): Promise<string> {
  const { body } = await datacenter.transport.stream({ path, query });
  let text = '';
  for await (const piece of body) text += Buffer.from(piece).toString('utf8');
  return text;
}
/** What the server answers to somebody who is no administrator. */
async function asBob(method: string, path: string, body: unknown = '', user: User = { name: 'bob' }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const rest = { query: new URLSearchParams(), accept: 'application/json', contentType: 'application/json' };
  const answer = await datacenter.api.handle({ method, path, body: text, ...rest, user: admin, actAs: user });
  return answer.status;
}
const admin: User = { name: 'admin', groups: ['system:masters'] };
const refused = (request: Promise<unknown>): Promise<KubeError> =>
  request.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => (error instanceof KubeError ? error : Promise.reject(error)),
  );

describe('managedFields', () => {
  it('name the writers that a real cluster would name, of everything', async () => {
    const paths = [
      ...['clusters', 'machines', 'machinesets', 'machinedeployments'].map((plural) => `${capi}/${plural}`),
      `/apis/controlplane.cluster.x-k8s.io/v1beta1/${ns}/kubeadmcontrolplanes`,
      `/apis/infrastructure.cluster.x-k8s.io/v1beta1/${ns}/baremetalmachines`,
      ...[inventories, `/api/v1/${ns}/secrets`, `/api/v1/${ns}/configmaps`, '/api/v1/nodes', '/api/v1/pods'],
      ...['/apis/apps/v1/deployments', '/apis/coordination.k8s.io/v1/leases'],
    ];
    for (const path of paths) {
      const items = await list(path);
      expect(items.length, path).toBeGreaterThan(0);
      for (const { metadata } of items) {
        const managers = metadata.managedFields?.map(({ manager }) => manager) ?? [];
        expect(managers.length, `${path}/${metadata.name}`).toBeGreaterThan(0);
        if (metadata.namespace === 'cpaas-system') expect(managers.join()).not.toContain('simulator');
        for (const { time } of metadata.managedFields ?? []) expect(time >= metadata.creationTimestamp).toBe(true);
      }
    }
  });

  it('of a plan tell the agent from the provider', async () => {
    const [inventory] = await list(inventories);
    const { metadata } = await read(`/api/v1/${ns}/secrets/${inventory?.metadata.name}`);
    const of = (who: string) =>
      JSON.stringify(metadata.managedFields?.find(({ manager }) => manager === who)?.fieldsV1);
    expect(of('elemental-system-agent')).toContain('f:applied-checksum');
    expect(of('elemental-system-agent')).not.toContain('"f:plan"');
    expect(of('manager')).toContain('"f:plan"');
  });

  it('are of the time at which something was written, and so are resourceVersions', async () => {
    const byName = new Map((await list(inventories)).map((one) => [one.metadata.name, one]));
    const infras = await list(`/apis/infrastructure.cluster.x-k8s.io/v1beta1/${ns}/baremetalmachines`);
    const timeOf = ({ metadata }: Thing, manager: string, subresource?: string) =>
      metadata.managedFields?.find((one) => one.manager === manager && one.subresource === subresource)?.time ?? '';
    for (const infra of infras) {
      const { name } = infra.status!['machineInventoryRef'] as { name: string };
      const host = byName.get(name)!;
      // The host was marked when the machine took it, and its report is of the last minute.
      expect(timeOf(host, 'manager') >= infra.metadata.creationTimestamp).toBe(true);
      expect(timeOf(host, 'elemental-system-agent', 'status')).toBe(reportOf(host.status).observedAt);
      expect(timeOf(host, 'elemental-operator', 'status') < reportOf(host.status).observedAt).toBe(true);
      const { metadata } = await read(`/api/v1/${ns}/secrets/${name}`);
      const ran = Buffer.from((await read(`/api/v1/${ns}/secrets/${name}`)).data?.['last-apply-time'] ?? '', 'base64');
      const agent = metadata.managedFields?.find(({ manager }) => manager === 'elemental-system-agent')?.time ?? '';
      expect(Date.parse(agent)).toBe(Date.parse(`${String(ran).replace(' UTC ', ' ')} UTC`));
    }
    const old = await list(`/apis/infrastructure.cluster.x-k8s.io/v1beta1/${ns}/baremetalmachinetemplates`);
    const fresh = await list(inventories);
    const versions = (items: Thing[]) => items.map(({ metadata }) => Number(metadata.resourceVersion));
    expect(Math.max(...versions(old))).toBeLessThan(Math.min(...versions(fresh)) - 1_000_000);
    expect(new Set(versions([...old, ...fresh, ...infras])).size).toBe(old.length + fresh.length + infras.length);
    const [template] = old;
    const watch = { watch: true, resourceVersion: template!.metadata.resourceVersion };
    const path = `/apis/infrastructure.cluster.x-k8s.io/v1beta1/${ns}/baremetalmachinetemplates`;
    const { body } = await datacenter.transport.stream({ path, query: watch });
    let told = '';
    for await (const piece of body) {
      told += Buffer.from(piece).toString('utf8');
      break;
    }
    expect(JSON.parse(told)).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });

  it('are old where nobody has written since: of Clusters that were imported long ago, and their kubeconfigs', async () => {
    const clusters = await list(`${capi}/clusters`);
    for (const { metadata } of clusters) {
      expect(metadata).toMatchObject({ labels: { 'capi.cpaas.io/imported': '' } });
      const config = await read(`/api/v1/${ns}/secrets/${metadata.name}-kubeconfig`);
      expect(Buffer.from(config.data?.['value'] ?? '', 'base64').toString()).toContain('server: https://127.0.0.1:');
      for (const { metadata: one } of [{ metadata }, config]) {
        expect(Number(one.resourceVersion)).toBeLessThan(48_000_000);
        for (const { time } of one.managedFields ?? []) expect(Date.parse(time)).toBeLessThan(Date.now() - 86_400_000);
      }
    }
  });

  it('keep an apply from what others own, and count what is written', async () => {
    const path = `${capi}/machinedeployments/prod-workers`;
    const apply = (force: boolean) =>
      datacenter.transport.json<Thing>({
        method: 'PATCH',
        path,
        query: { fieldManager: 'somebody', force: String(force), dryRun: 'All' },
        contentType: 'application/apply-patch+yaml',
        body: {
          ...{ apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'MachineDeployment', metadata: { name: 'prod-workers' } },
          spec: { replicas: 1 },
        },
      });
    expect((await refused(apply(false))).message).toContain('conflict with "kubectl-create"');
    const { metadata } = await apply(true);
    const mine = metadata.managedFields?.find(({ manager }) => manager === 'somebody');
    expect(mine).toMatchObject({ operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
    const theirs = metadata.managedFields?.find(({ manager }) => manager === 'kubectl-create');
    expect(JSON.stringify(theirs)).toContain('f:clusterName');
    expect(JSON.stringify(theirs)).not.toContain('f:replicas');
  });
});

describe('the API server', () => {
  it('knows who one is', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = await datacenter.transport.json<Thing>({ method: 'POST', path, body: {} });
    expect(review.status).toEqual({
      userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
    });
  });

  it('lets others do what roles and bindings say, and acts for others only for who may', async () => {
    expect(await asBob('GET', `/api/v1/${ns}/pods`)).toBe(403);
    expect(await asBob('GET', '/apis')).toBe(200);
    expect(await asBob('GET', '/metrics')).toBe(403);
    const rbac = 'rbac.authorization.k8s.io';
    const binding = {
      ...{ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: { name: 'bob' } },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'bob' }],
    };
    await datacenter.transport.json({ method: 'POST', path: `/apis/${rbac}/v1/${ns}/rolebindings`, body: binding });
    expect(await asBob('GET', `/api/v1/${ns}/pods`)).toBe(200);
    expect(await asBob('GET', '/api/v1/pods')).toBe(403);
    expect(await asBob('GET', '/api/v1/namespaces/kube-system/pods')).toBe(403);
    expect(await asBob('GET', `/api/v1/${ns}/secrets`)).toBe(403);
    expect(await asBob('DELETE', `/api/v1/${ns}/pods/x`)).toBe(403);
    expect(await asBob('GET', '/api/v1/pods', '', { name: 'x', groups: ['system:masters'] })).toBe(200);
    const denied = await datacenter.api.handle({
      ...{ method: 'GET', path: '/api/v1/nodes', body: '', query: new URLSearchParams(), accept: '', contentType: '' },
      ...{ user: { name: 'bob' }, actAs: { name: 'admin', groups: ['system:masters'] } },
    });
    expect([denied.status, String(denied.body)]).toEqual([
      403,
      expect.stringContaining('cannot impersonate resource \\"users\\"'),
    ]);
    for (const [spec, allowed] of [
      [{ user: 'bob', resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'cpaas-system' } }, true],
      [{ user: 'bob', resourceAttributes: { verb: 'list', resource: 'pods' } }, false],
    ] as const) {
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      expect((await datacenter.transport.json<Thing>({ method: 'POST', path, body })).status).toMatchObject({
        allowed,
      });
    }
  });

  it('refuses what every server refuses', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ name: 'a' }] } };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, type: 'kubernetes.io/tls' };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { ports: [{ port: 99_999 }] } };
    for (const [method, path, body, message] of [
      ['DELETE', '/api/v1/namespaces/default', undefined, /"default" is forbidden: this namespace may not be deleted/],
      ['POST', `/api/v1/${ns}/pods`, pod, /spec\.containers\[0\]\.image: Required value$/],
      ['POST', `/api/v1/${ns}/secrets`, secret, /data\[tls\.crt\]: Required value, data\[tls\.key\]: Required value/],
      ['POST', `/api/v1/${ns}/services`, service, /spec\.ports\[0\]\.port: Invalid value: 99999: must be between/],
      ['GET', '/apis/authentication.k8s.io/v1/tokenreviews', undefined, /does not allow this method/],
    ] as const) {
      expect((await refused(datacenter.transport.json({ method, path, body }))).message).toMatch(message);
    }
  });

  it('gives every namespace its authority and an account, new ones too', async () => {
    await datacenter.transport.json({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fresh' } },
    });
    const names = (await list('/api/v1/namespaces')).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(['kube-node-lease', 'fresh']));
    for (const name of names) {
      const root = (await list(`/api/v1/namespaces/${name}/configmaps`)).find(
        ({ metadata }) => metadata.name === 'kube-root-ca.crt',
      );
      expect(root?.data?.['ca.crt'], name).toContain('BEGIN CERTIFICATE');
      const accounts = await list(`/api/v1/namespaces/${name}/serviceaccounts`);
      expect(accounts.map(({ metadata }) => metadata.name)).toContain('default');
    }
  });

  it('serves what every cluster serves', async () => {
    for (const [path, name] of [
      ['/api/v1/namespaces/default/endpoints', 'kubernetes'],
      ['/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', 'kubernetes'],
      ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'cluster-admin'],
      ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'system:controller:node-controller'],
      ['/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas', 'system-nodes'],
      ['/api/v1/namespaces/kube-system/serviceaccounts', 'generic-garbage-collector'],
      ['/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', 'kube-scheduler'],
      ['/apis/scheduling.k8s.io/v1/priorityclasses', 'system-node-critical'],
      ['/api/v1/namespaces/kube-system/services', 'kube-dns'],
    ] as const) {
      expect((await list(path)).map(({ metadata }) => metadata.name)).toContain(name);
    }
    for (const path of ['/apis/batch/v1/jobs', '/apis/storage.k8s.io/v1/storageclasses', '/api/v1/persistentvolumes']) {
      expect(await list(path)).toEqual([]);
    }
  });
});

describe('a Pod', () => {
  it('that builds an image is on a Node, and ready', async () => {
    const pod = await read(`/api/v1/${ns}/pods/prod-registration-iso`);
    const nodes = (await list('/api/v1/nodes')).map(({ metadata }) => metadata.name);
    expect(nodes).toContain(pod.spec?.['nodeName']);
    expect(pod.status).toMatchObject({ hostIP: expect.stringMatching(/^10\.1\.0\./), podIP: expect.any(String) });
    expect(pod.status?.['containerStatuses']).toMatchObject([{ name: 'serve', ready: true }]);
  });

  it('has a log, told from what is known of it, that can be asked for in part', async () => {
    const [pod] = (await list(`/api/v1/${ns}/pods`)).filter(({ metadata }) => /^elemental/.test(metadata.name));
    const path = `/api/v1/${ns}/pods/${pod?.metadata.name}/log`;
    const [host] = await list(`/apis/elemental.cattle.io/v1beta1/${ns}/machineinventories`);
    const name = host?.metadata.name;
    await datacenter.transport.json({
      ...{ method: 'PATCH', path: `/apis/elemental.cattle.io/v1beta1/${ns}/machineinventories/${name}` },
      ...{ contentType: 'application/merge-patch+json', body: { metadata: { labels: { looked: 'at' } } } },
    });
    const linesOf = async (query = {}) => (await logOf(path, query)).trimEnd().split('\n');
    await expect.poll(async () => (await linesOf()).at(-1)).toContain(name);
    const whole = await linesOf();
    expect(whole.every((line) => /^I\d{4} \d\d:\d\d:\d\d\.\d{6} {7}1 \w+\.go:\d+\] /.test(line))).toBe(true);
    expect(whole.at(-1)).toMatch(
      /"Plan successfully applied" controller="machineinventory" .*reconcileID="[\da-f-]{36}"$/,
    );
    expect(await logOf(path, { tailLines: 1 })).toBe(`${whole.at(-1)}\n`);
    const lately = await linesOf({ sinceSeconds: 600 });
    expect(lately).toEqual(whole.slice(-lately.length));
    expect(lately.length).toBeLessThan(whole.length);
    expect(await logOf(path, { timestamps: true, tailLines: 1 })).toMatch(/^\d{4}-\d\d-\d\dT\S+Z I/);
    await expect(
      datacenter.transport.json({ method: 'POST', path: path.replace(/log$/, 'exec') }),
    ).rejects.toMatchObject({
      code: 501,
    });
    const wrong = await refused(
      datacenter.transport.json({ path: `/api/v1/${ns}/pods/${pod?.metadata.name}/log`, query: { container: 'x' } }),
    );
    expect(wrong).toMatchObject({ code: 400, message: `container x is not valid for pod ${pod?.metadata.name}` });
  });

  it('is evicted unless a budget forbids it, and comes back elsewhere in time', async () => {
    const [pod] = (await list(`/api/v1/${ns}/pods`)).filter(({ metadata }) => /^elemental/.test(metadata.name));
    const name = pod?.metadata.name ?? '';
    const evict = () =>
      datacenter.transport.json<{ status: string }>({
        method: 'POST',
        path: `/api/v1/${ns}/pods/${name}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } },
      });
    const budgets = `/apis/policy/v1/${ns}/poddisruptionbudgets`;
    await datacenter.transport.json({
      method: 'POST',
      path: budgets,
      body: {
        ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'keep' } },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'elemental-operator' } } },
      },
    });
    await datacenter.transport.json({
      method: 'PATCH',
      path: `${budgets}/keep/status`,
      contentType: 'application/merge-patch+json',
      body: { status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 } },
    });
    expect(await refused(evict())).toMatchObject({
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
    });
    await datacenter.transport.json({ method: 'DELETE', path: `${budgets}/keep` });
    expect(await evict()).toMatchObject({ status: 'Success' });
    const after = (await list(`/api/v1/${ns}/pods`)).filter(({ metadata }) => /^elemental/.test(metadata.name));
    expect(after).toHaveLength(1);
    expect(after[0]?.metadata.name).not.toBe(name);
    expect(Date.now() - Date.parse(after[0]?.metadata.creationTimestamp ?? '')).toBeLessThan(60_000);
  });
});

describe('storage reports', () => {
  it('are fresh from the start, and numbered since the boot', () => {
    const now = Date.parse('2026-11-21T02:00:00Z');
    for (const { kind, status } of seedWorld({ hosts: 12, now }).objects as (Thing & { kind: string })[]) {
      if (kind !== 'MachineInventory') continue;
      const { observedAt, sequence } = reportOf(status);
      expect(now - Date.parse(observedAt)).toBeLessThanOrEqual(60_000);
      expect(sequence).toBeGreaterThan(1);
    }
  });

  it('come every minute of the clock, in large fleets less often', () => {
    const world = seedWorld({ hosts: 12, now: Date.now() });
    expect(reportPace(world, 1)).toBe(60_000);
    expect(reportPace(world, 15)).toBe(900_000);
    const large = { ...world, objects: Array.from({ length: 10_000 }, () => ({ kind: 'MachineInventory' })) as never };
    expect(reportPace(large, 1)).toBeGreaterThan(60_000);
    expect(reportPace(large, 1)).toBeLessThanOrEqual(300_000);
  });

  it('are written again, with the next number', async () => {
    const fast = await startDatacenter({ hosts: 6, seed: 'report', traffic: false, reportMs: 300 });
    try {
      const look = async () => {
        const { items } = await fast.transport.json<{ items: Thing[] }>({ path: inventories });
        return items.map(({ status }) => reportOf(status).sequence);
      };
      const before = await look();
      await vi.waitFor(async () => {
        const after = await look();
        expect(after.every((sequence, at) => sequence > (before[at] ?? 0))).toBe(true);
      }, 10_000);
    } finally {
      await fast.stop();
    }
  });
});
