/** From nothing but machines in a rack to a running cluster, as the bare-metal documentation walks it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifest, rows, type Simulation, startSimulation } from './kubectl.ts';

const cluster = 'depot';
const version = 'v1.33.7-2';
const values: Record<string, string> = {
  'cluster-name': cluster,
  'kubernetes-version': version,
  'dns-image-tag': '1.12.4-v4.2.7',
  'etcd-image-tag': 'v3.5.25-251215',
  'kube-ovn-version': 'v4.2.24',
};

let sim: Simulation;
beforeAll(async () => {
  sim = await startSimulation('--hosts', '0', '--waiting', '6', '--speed', '400');
});
afterAll(async () => {
  await sim?.stop();
});

const ns = '-n cpaas-system';
const list = async (words: string) => (await sim.ok(words)).trim().split(/\s+/).filter(Boolean);

describe('creating a cluster', () => {
  it('begins with a platform that has neither hosts nor clusters', async () => {
    const kinds = 'machineregistrations,seedimages,machineinventories,machineinventorypools,clusters,machines';
    expect(await sim.run(`${ns} get ${kinds}`)).toMatchObject({
      code: 0,
      stderr: 'No resources found in cpaas-system namespace.\n',
    });
    const release = await sim.ok(`${ns} get appreleases`);
    expect(rows(release).map((row) => row.slice(0, 3))).toEqual([
      ['cluster-api-provider-baremetal', 'Synced', 'Ready'],
    ]);
    expect(await sim.ok(`${ns} get deployments`)).toContain('cluster-api-provider-baremetal-manager');
  });

  it('finds the version in the image catalog', async () => {
    const catalog = await sim.ok(`${ns} get configmap elemental-image-catalog -o yaml`);
    const image = new RegExp(`${version}: (\\S+)`).exec(catalog)?.[1] ?? '';
    expect(image).toContain('/tkestack/baremetal-base-image:');
    values['base-image-iso'] = image.replace('base-image:', 'base-image-iso:');
  });

  it('builds the ISO, and every machine of the rack registers', async () => {
    const made = await sim.ok('apply -f -', { input: manifest('01-registration.yaml', values) });
    expect(made.trim().split('\n')).toEqual([
      `machineregistration.elemental.cattle.io/${cluster}-registration created`,
      `seedimage.elemental.cattle.io/${cluster}-registration-iso created`,
    ]);
    await sim.ok(`${ns} wait machineregistration ${cluster}-registration --for=condition=Ready --timeout=50s`);
    await sim.ok(`${ns} wait seedimage ${cluster}-registration-iso --for=condition=SeedImageReady --timeout=50s`);
    const url = (path: string) =>
      sim.ok([
        ...ns.split(' '),
        'get',
        'seedimage',
        `${cluster}-registration-iso`,
        '-o',
        `jsonpath={.status.${path}}{"\\n"}`,
      ]);
    expect(await url('downloadURL')).toMatch(/^https:\/\/\S+\.iso\n$/);
    expect(await url('checksumURL')).toMatch(/^https:\/\/\S+\.iso\.sha256\n$/);
    const mine = `${ns} get machineinventories.elemental.cattle.io -o name`;
    const own = (text: string) => text.split('\n').filter((name) => name.includes(`/${cluster}-`));
    const names = own(await sim.until(mine, (text) => own(text).length === 6)).map((name) => name.split('/')[1]!);
    await sim.ok([
      ...ns.split(' '),
      'wait',
      '--for=condition=Ready',
      '--timeout=50s',
      ...names.map((name) => `machineinventory/${name}`),
    ]);
    for (const [at, name] of names.entries()) {
      values[`inventory-${at + 1}`] = name;
      const secret = await sim.ok(`${ns} get machineinventory ${name} -o jsonpath={.status.plan.secretRef.name}`);
      expect(secret).toBe(name);
    }
  });

  it('counts the pools', async () => {
    await sim.ok('apply -f -', { input: manifest('02-pools.yaml', values) });
    for (const pool of [`${cluster}-control-plane-pool`, `${cluster}-worker-pool`]) {
      await sim.ok(`${ns} wait machineinventorypool ${pool} --for=condition=Ready --timeout=50s`);
    }
    const pools = rows(await sim.ok(`${ns} get machineinventorypools.infrastructure.cluster.x-k8s.io`));
    const mine = pools.filter(([name]) => name?.startsWith(cluster)).map((row) => row.slice(0, 5));
    expect(mine).toEqual([
      [`${cluster}-control-plane-pool`, cluster, '3', '3', '0'],
      [`${cluster}-worker-pool`, cluster, '3', '3', '0'],
    ]);
    const pool = await sim.ok([
      ...ns.split(' '),
      'get',
      'machineinventory',
      values['inventory-1']!,
      '-o',
      'jsonpath={.metadata.annotations.baremetal\\.alauda\\.io/pool}',
    ]);
    expect(pool).toBe(`${cluster}-control-plane-pool`);
  });

  it('brings the control plane up', async () => {
    expect(await sim.ok('apply --dry-run=server -f -', { input: manifest('03-cluster.yaml', values) })).toContain(
      'server dry run',
    );
    await sim.ok('apply -f -', { input: manifest('03-cluster.yaml', values) });
    await sim.until(
      `${ns} get bmm`,
      (text) => text.includes(`${cluster}-control-plane-`) && text.includes('Reprovisioning'),
    );
    await sim.ok(`${ns} wait kubeadmcontrolplane ${cluster}-control-plane --for=condition=Available --timeout=55s`);
    await sim.until(
      `${ns} get kcp ${cluster}-control-plane -o jsonpath={.status.readyReplicas}`,
      (text) => text === '3',
    );
    await sim.ok(`${ns} wait baremetalcluster ${cluster} --for=condition=EndpointReady --timeout=50s`);
    const phases = await list(`${ns} get bmm -o jsonpath={.items[*].status.phase}`);
    expect(new Set(phases)).toEqual(new Set(['Running']));
  });

  it('brings the workers up', async () => {
    await sim.ok('apply -f -', { input: manifest('04-workers.yaml', values) });
    await sim.until(`${ns} get md ${cluster}-workers -o jsonpath={.status.readyReplicas}`, (text) => text === '2');
    await sim.ok(`${ns} wait cluster ${cluster} --for=condition=Ready --timeout=50s`);
    const pools = rows(await sim.ok(`${ns} get mip`)).filter(([name]) => name?.startsWith(cluster));
    expect(pools.map((row) => row.slice(0, 5))).toEqual([
      [`${cluster}-control-plane-pool`, cluster, '3', '0', '3'],
      [`${cluster}-worker-pool`, cluster, '3', '1', '2'],
    ]);
    const types = await list(
      `${ns} get secrets --field-selector type=elemental.cattle.io/plan -o jsonpath={.items[*].metadata.annotations.baremetal\\.alauda\\.io/plan\\.type}`,
    );
    expect(types.filter((type) => type === 'reprovision').length).toBeGreaterThanOrEqual(5);
  });

  it('shows its Nodes and its network plugin through the kubeconfig Secret', async () => {
    const encoded = await sim.ok(`${ns} get secret ${cluster}-kubeconfig -o jsonpath={.data.value}`);
    expect(await sim.ok(`${ns} get secret ${cluster}-kubeconfig -o jsonpath={.type}`)).toBe('cluster.x-k8s.io/secret');
    const kubeconfig = sim.file('workload', Buffer.from(encoded, 'base64').toString('utf8'));
    const nodes = rows(await sim.ok('get nodes -o wide', { kubeconfig }));
    expect(nodes.map(([name, status, roles, , is]) => [name, status, roles, is])).toEqual(
      [
        ...[1, 2, 3].map((at) => [`${cluster}-cp-${at}`, 'Ready', 'control-plane', version]),
        [`${cluster}-worker-1`, 'Ready', '<none>', version],
        [values['inventory-5'], 'Ready', '<none>', version],
      ].sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    );
    await sim.until(
      '-n cpaas-system get appreleases cni-kube-ovn -o jsonpath={.status.charts.*.phase}',
      (text) => text === 'Success',
      { kubeconfig },
    );
    const alive = rows(await sim.ok('-n kube-system get pods -l app=alive', { kubeconfig }));
    expect(alive.map(([, ready, status]) => [ready, status])).toEqual(Array(3).fill(['1/1', 'Running']));
    expect(await sim.ok('version -o yaml', { kubeconfig })).toContain(`gitVersion: ${version}`);
  });

  it('goes again: Machines are cleaned away and the hosts are free', async () => {
    await sim.ok(`${ns} delete cluster ${cluster} --timeout=55s`);
    const states = await sim.until(
      [
        ...ns.split(' '),
        'get',
        'mip',
        `${cluster}-control-plane-pool`,
        `${cluster}-worker-pool`,
        '-o',
        'jsonpath={.items[*].status.available}',
      ],
      (text) => text === '3 3',
    );
    expect(states).toBe('3 3');
    expect((await sim.run(`${ns} get cluster ${cluster}`)).stderr).toContain(
      `clusters.cluster.x-k8s.io "${cluster}" not found`,
    );
  });
});
