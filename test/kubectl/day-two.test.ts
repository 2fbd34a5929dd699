/** An operator's procedures on a living cluster, each with the very writes the documentation names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rows, type Simulation, startSimulation } from './kubectl.ts';

let sim: Simulation;
beforeAll(async () => {
  sim = await startSimulation(
    '--still',
    '--hosts',
    '16',
    '--pools',
    '2',
    '--seed',
    'days',
    '--speed',
    '1000',
    '--waiting',
    '0',
  );
});
afterAll(async () => {
  await sim?.stop();
});

const ns = ['-n', 'cpaas-system'];
const ok = (words: string | string[], input?: string) =>
  sim.ok([...ns, ...(typeof words === 'string' ? words.split(' ') : words)], { input });
const until = (words: string, passes: (text: string) => boolean) => sim.until([...ns, ...words.split(' ')], passes);
const words = (text: string) => text.trim().split(/\s+/).filter(Boolean);
const patch = (what: string, type: 'json' | 'merge', body: unknown, ...more: string[]) =>
  sim.run([...ns, 'patch', ...what.split(' '), `--type=${type}`, '-p', JSON.stringify(body), ...more]);

const group = 'prod-workers';
const machines = 'cluster.x-k8s.io/deployment-name=prod-workers';
const replicas = async () => Number(await ok(`get md ${group} -o jsonpath={.spec.replicas}`));
const names = async () => words(await ok(`get machines -l ${machines} -o jsonpath={.items[*].metadata.name}`));
/** Waits until the group has so many Machines, all of them ready, and nothing beside. */
async function settle(count: number): Promise<void> {
  await until(
    `get md ${group} -o jsonpath={.status.replicas}/{.status.readyReplicas}/{.status.updatedReplicas}`,
    (text) => text === `${count}/${count}/${count}`,
  );
  await until(
    `get machines -l ${machines} -o jsonpath={.items[*].status.phase}`,
    (text) => words(text).length === count && words(text).every((phase) => phase === 'Running'),
  );
}
const counters = async (pool: string) =>
  JSON.parse(await ok(`get mip ${pool} -o jsonpath={.status}`)) as Record<string, number>;
const poolOf = async (machine: string) => ok(`get bmm ${machine} -o jsonpath={.spec.machineInventoryPoolRef.name}`);

describe('workers', () => {
  it('grow, guarded by a test', async () => {
    const before = await replicas();
    const to = (value: number) => [
      { op: 'test', path: '/spec/replicas', value: before },
      { op: 'replace', path: '/spec/replicas', value },
    ];
    expect((await patch(`md ${group}`, 'json', to(before + 1), '--dry-run=server')).code).toBe(0);
    expect(await replicas()).toBe(before);
    expect((await patch(`md ${group}`, 'json', to(before + 1))).code).toBe(0);
    expect((await patch(`md ${group}`, 'json', to(before + 2))).code).toBe(1);
    await settle(before + 1);
  });

  it('shrink by exactly those that are marked; their hosts are free and stay in the pool', async () => {
    const all = await names();
    const chosen = all.at(-1)!;
    const host = await ok(`get bmm ${chosen} -o jsonpath={.status.machineInventoryRef.name}`);
    await ok(`annotate machine ${chosen} cluster.x-k8s.io/delete-machine=true`);
    await ok(`scale md ${group} --current-replicas=${all.length} --replicas=${all.length - 1}`);
    await ok(`wait --for=delete machine/${chosen} --timeout=55s`).catch(() => {});
    await settle(all.length - 1);
    expect(await names()).toEqual(all.filter((name) => name !== chosen));
    const annotations = JSON.parse(
      await ok(`get machineinventory ${host} -o jsonpath={.metadata.annotations}`),
    ) as Record<string, string>;
    expect(annotations['baremetal.alauda.io/allocation-state']).toBe('Available');
    expect(annotations['baremetal.alauda.io/pool']).toBeDefined();
    expect(Object.keys(annotations).filter((key) => key.startsWith('baremetal.alauda.io/owner-'))).toEqual([]);
    expect(await ok(`get secret ${host} -o jsonpath={.metadata.annotations.baremetal\\.alauda\\.io/plan\\.type}`)).toBe(
      'clean',
    );
  });

  it('are replaced when one is deleted', async () => {
    const all = await names();
    const [gone = ''] = all;
    expect(await ok(`delete machine ${gone} --wait=false`)).toContain('deleted');
    await until(
      `get machines -l ${machines} -o name`,
      (text) => words(text).length === all.length && !text.includes(`/${gone}\n`),
    );
    await settle(all.length);
    const after = await names();
    expect(after.filter((name) => all.includes(name))).toHaveLength(all.length - 1);
  });

  it('get more hosts, guarded by the version that was read', async () => {
    const unpooled =
      'jsonpath={range .items[*]}{.metadata.name}{" "}{.metadata.annotations.baremetal\\.alauda\\.io/pool}{"\\n"}{end}';
    const free = (await ok(['get', 'machineinventories', '-o', unpooled]))
      .split('\n')
      .filter((line) => /^\S+ $/.test(line));
    const host = free[0]!.trim();
    const pool = await poolOf((await names())[0]!);
    const before = await counters(pool);
    const version = await ok(`get mip ${pool} -o jsonpath={.metadata.resourceVersion}`);
    const add = (resourceVersion: string) => [
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      { op: 'add', path: '/spec/machineInventories/-', value: { name: host, hostname: 'added-1' } },
    ];
    expect((await patch(`mip ${pool}`, 'json', add('1'))).code).toBe(1);
    expect((await patch(`mip ${pool}`, 'json', add(version))).code).toBe(0);
    await until(
      `get mip ${pool} -o jsonpath={.status.available}`,
      (text) => Number(text) === (before['available'] ?? 0) + 1,
    );
    await ok(`wait mip ${pool} --for=condition=MembersValid --timeout=30s`);
    expect(
      await ok(`get machineinventory ${host} -o jsonpath={.metadata.annotations.baremetal\\.alauda\\.io/pool}`),
    ).toBe(pool);
  });

  it('move to new templates one by one, and back', async () => {
    const count = await replicas();
    const pool = await poolOf((await names())[0]!);
    const old = await ok(`get md ${group} -o jsonpath={.spec.template.spec.infrastructureRef.name}`);
    const template = {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      kind: 'BaremetalMachineTemplate',
      metadata: { name: 'moved-template' },
      spec: { template: { spec: { machineInventoryPoolRef: { name: pool } } } },
    };
    expect(await ok('create -f -', JSON.stringify(template))).toContain('created');
    const before = await names();
    const swap = (name: string) =>
      patch(`md ${group}`, 'merge', { spec: { template: { spec: { infrastructureRef: { name } } } } });
    expect((await swap('moved-template')).code).toBe(0);
    await until(`get machines -l ${machines} -o name`, (text) => before.every((name) => !text.includes(name)));
    await settle(count);
    expect((await swap(old)).code).toBe(0);
    await until(`get md ${group} -o jsonpath={.status.updatedReplicas}`, (text) => text !== String(count));
    await settle(count);
    expect(words(await ok(`get machinesets -l ${machines} -o name`))).toHaveLength(2);
  });

  it('take a new bootstrap template, made of an export', async () => {
    const count = await replicas();
    const old = await ok(`get md ${group} -o jsonpath={.spec.template.spec.bootstrap.configRef.name}`);
    const whole = JSON.parse(await ok(`get kubeadmconfigtemplate ${old} -o json`)) as {
      metadata: { name: string };
      status?: unknown;
    };
    const { status: _status, ...rest } = whole;
    const fresh = { ...rest, metadata: { name: 'fresh-bootstrap', namespace: 'cpaas-system' } };
    expect(await ok('apply -f -', JSON.stringify(fresh))).toContain('created');
    const before = await names();
    const body = { spec: { template: { spec: { bootstrap: { configRef: { name: 'fresh-bootstrap' } } } } } };
    expect((await patch(`md ${group}`, 'merge', body)).code).toBe(0);
    await until(`get machines -l ${machines} -o name`, (text) => before.every((name) => !text.includes(name)));
    await settle(count);
  });
});

describe('an upgrade of one minor version', () => {
  const plane = 'prod-control-plane';
  const version = 'v1.34.5';
  const workload = async () => {
    const text = await ok('get secret prod-kubeconfig -o jsonpath={.data.value}');
    return sim.file('prod', Buffer.from(text, 'base64').toString('utf8'));
  };

  it('has its image in the catalog, also one that was added by hand', async () => {
    const add = (value: string) => [{ op: 'add', path: '/data/v1.34.5-9', value }];
    expect((await patch('cm elemental-image-catalog', 'json', add('registry.dc1.example/x:y'))).code).toBe(0);
    expect(await ok('get configmap elemental-image-catalog -o yaml')).toMatch(/v1\.34\.5: \S+/);
    expect((await patch('cm elemental-image-catalog', 'json', [{ op: 'remove', path: '/data/v1.34.5-9' }])).code).toBe(
      0,
    );
  });

  it('rolls the network plugin out first', async () => {
    const kubeconfig = await workload();
    const body = { metadata: { annotations: { 'cpaas.io/kube-ovn-version': 'v4.3.3' } } };
    expect((await patch('cluster.cluster.x-k8s.io prod', 'merge', body)).code).toBe(0);
    const release = ['get', 'apprelease', 'cni-kube-ovn', '-o'];
    await sim.until(
      [...ns, ...release, 'jsonpath={.status.charts.*.installedRevision} {.status.charts.*.phase}'],
      (text) => text === 'v4.3.3 Success',
      { kubeconfig },
    );
    expect(await sim.ok([...ns, ...release, 'jsonpath={.spec.source.charts[0].targetRevision}'], { kubeconfig })).toBe(
      'v4.3.3',
    );
    expect(await sim.ok([...ns, ...release, 'jsonpath={.status.conditions[*].status}'], { kubeconfig })).toBe(
      'True True',
    );
    const pods = await sim.ok('-n kube-system get ds kube-ovn-cni -o wide', { kubeconfig });
    expect(pods).toContain(':v4.3.3');
  });

  it('brings the control plane there, one Machine at a time', async () => {
    const body = {
      spec: {
        version,
        kubeadmConfigSpec: {
          clusterConfiguration: { dns: { imageTag: '1.14.2-v4.3.4' }, etcd: { local: { imageTag: 'v3.5.28-260325' } } },
        },
      },
    };
    await ok(`annotate kcp ${plane} controlplane.cluster.x-k8s.io/skip-coredns=`);
    expect((await patch(`kcp ${plane}`, 'merge', body, '--dry-run=server')).code).toBe(0);
    expect((await patch(`kcp ${plane}`, 'merge', body)).code).toBe(0);
    await until(
      `get kcp ${plane} -o jsonpath={.status.version}/{.status.updatedReplicas}/{.status.readyReplicas}`,
      (text) => text === `${version}/3/3`,
    );
    const shown = rows(await ok('get machines -l cluster.x-k8s.io/control-plane-name=prod-control-plane'));
    expect(shown.map((row) => row.at(-1))).toEqual([version, version, version]);
  });

  it('then the workers', async () => {
    const count = await replicas();
    expect((await patch(`md ${group}`, 'merge', { spec: { template: { spec: { version } } } })).code).toBe(0);
    await until(
      `get machines -l ${machines} -o jsonpath={.items[*].spec.version}`,
      (text) => words(text).length === count && words(text).every((one) => one === version),
    );
    await settle(count);
    const kubeconfig = await workload();
    const nodes = rows(await sim.ok('get nodes', { kubeconfig }));
    const mine = words(await ok(`get machines -l ${machines} -o jsonpath={.items[*].status.nodeRef.name}`));
    expect(nodes.filter(([name = '']) => mine.includes(name)).map((row) => row.at(-1))).toEqual(
      mine.map(() => version),
    );
    expect(nodes.every(([, status]) => status === 'Ready')).toBe(true);
  });

  it('leaves every pool with its sum, and nothing under way', async () => {
    const pools = JSON.parse(await ok('get mip -o json')) as { items: { status: Record<string, number> }[] };
    for (const { status } of pools.items) {
      const parts = ['available', 'allocated', 'preparing', 'reprovisioning', 'unavailable'].map(
        (key) => status[key] ?? 0,
      );
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(status['total']);
      expect([status['preparing'] ?? 0, status['reprovisioning'] ?? 0]).toEqual([0, 0]);
    }
    expect(sim.stderr()).toBe('');
  });
});
