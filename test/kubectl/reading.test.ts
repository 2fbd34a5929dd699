/** What kubectl shows of a datacenter at rest, in every form it can be asked for. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientVersion, header, rows, type Simulation, startSimulation } from './kubectl.ts';

let sim: Simulation;
beforeAll(async () => {
  sim = await startSimulation('--still', '--hosts', '30', '--seed', 'reading', '--speed', '100');
});
afterAll(async () => {
  await sim?.stop();
});

const get = (words: string) => sim.ok(`-n cpaas-system get ${words}`);
const words = (text: string) => text.trim().split(/\s+/).filter(Boolean);

describe('the simulation', () => {
  it('says in one line where it is and how to use it', () => {
    expect(sim.line).toContain('https://127.0.0.1:');
    expect(sim.line).toContain(`KUBECONFIG=${sim.kubeconfig}`);
    expect(statSync(sim.kubeconfig).mode & 0o777).toBe(0o600);
  });

  it('names its version, its groups and its resources', async () => {
    expect(await sim.ok('version')).toMatch(/Server Version.*v1\.\d+/);
    expect(words(await sim.ok('api-versions'))).toEqual(
      expect.arrayContaining(['v1', 'cluster.x-k8s.io/v1beta1', 'elemental.cattle.io/v1beta1']),
    );
    const kinds = await sim.ok('api-resources -o wide --no-headers');
    expect(kinds).toMatch(
      /^machineinventorypools +mip +infrastructure\.cluster\.x-k8s\.io\/v1beta1 +true +MachineInventoryPool/m,
    );
    expect(kinds).toMatch(/^machinedeployments +md +cluster\.x-k8s\.io\/v1beta1 +true +MachineDeployment/m);
    expect(await sim.ok('get --raw /readyz')).toBe('ok');
  });
});

describe('tables', () => {
  it.each([
    ['bmc', ['NAME', 'ENDPOINT', 'READY', 'AGE']],
    ['bmm', ['NAME', 'POOL', 'PHASE', 'INVENTORY', 'READY', 'AGE']],
    ['bmmt', ['NAME', 'POOL', 'AGE']],
    ['mip', ['NAME', 'CLUSTER', 'TOTAL', 'AVAILABLE', 'ALLOCATED', 'AGE']],
    ['machineinventories.elemental.cattle.io', ['NAME', 'AGE']],
    ['machineregistrations', ['NAME', 'AGE']],
    ['seedimages', ['NAME', 'AGE']],
    ['clusters.cluster.x-k8s.io', ['NAME', 'CLUSTERCLASS', 'PHASE', 'AGE', 'VERSION']],
    ['machines.cluster.x-k8s.io', ['NAME', 'CLUSTER', 'NODENAME', 'PROVIDERID', 'PHASE', 'AGE', 'VERSION']],
    ['md', ['NAME', 'CLUSTER', 'REPLICAS', 'READY', 'UPDATED', 'UNAVAILABLE', 'PHASE', 'AGE', 'VERSION']],
    ['secrets', ['NAME', 'TYPE', 'DATA', 'AGE']],
    ['configmaps', ['NAME', 'DATA', 'AGE']],
  ])('of %s have the columns its definition prints', async (kind, columns) => {
    const table = await get(kind);
    expect(header(table)).toEqual(columns);
    expect(rows(table).length).toBeGreaterThan(0);
  });

  it('get wider on demand, across kinds and namespaces', async () => {
    const plane = header(await get('kubeadmcontrolplanes.controlplane.cluster.x-k8s.io -o wide'));
    expect(plane).toContain('DESIRED');
    expect(header(await get('md -o wide'))).toContain('DESIRED');
    expect(header(await sim.ok('get mip -A'))[0]).toBe('NAMESPACE');
    const both = await get('mip,bmc');
    expect(both).toContain('machineinventorypool.infrastructure.cluster.x-k8s.io/');
    expect(both).toContain('baremetalcluster.infrastructure.cluster.x-k8s.io/');
  });

  it('are sorted, selected and labelled', async () => {
    const names = rows(await get('mip --sort-by=.metadata.name')).map(([name]) => name);
    expect(names).toEqual([...names].sort());
    const totals = words(await get('mip --sort-by=.status.total -o jsonpath={.items[*].status.total}')).map(Number);
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    const machines = await get('machines -l cluster.x-k8s.io/cluster-name=prod,cluster.x-k8s.io/control-plane -o name');
    expect(words(machines)).toHaveLength(3);
    const workers = await get('machines -l !cluster.x-k8s.io/control-plane -L cluster.x-k8s.io/deployment-name');
    expect(header(workers).at(-1)).toBe('DEPLOYMENT-NAME');
    expect(await get('machines --field-selector metadata.name=nobody')).toBe('');
    const plans = await get('secrets --field-selector type=elemental.cattle.io/plan -o name');
    expect(words(plans)).toHaveLength(30);
  });
});

describe('objects', () => {
  it('come as name, YAML, JSON, columns, JSONPath and templates', async () => {
    const [pool = ''] = words(await get('mip -o name'));
    expect(pool).toMatch(/^machineinventorypool\.infrastructure\.cluster\.x-k8s\.io\//);
    expect(await get(`${pool} -o yaml`)).toMatch(
      /^apiVersion: infrastructure\.cluster\.x-k8s\.io\/v1beta1\nkind: MachineInventoryPool\n/,
    );
    const { spec, status } = JSON.parse(await get(`${pool} -o json`)) as {
      spec: { machineInventories: unknown[] };
      status: { total: number };
    };
    expect(status.total).toBe(spec.machineInventories.length);
    const columns = await get('bmm -o custom-columns=NAME:.metadata.name,HOST:.status.machineInventoryRef.name');
    expect(header(columns)).toEqual(['NAME', 'HOST']);
    const template = await sim.ok([
      '-n',
      'cpaas-system',
      'get',
      'bmm',
      '-o',
      'go-template={{range .items}}{{.status.phase}} {{end}}',
    ]);
    expect(new Set(words(template))).toEqual(new Set(['Running']));
    const [host = ''] = words(await get('machineinventories -o jsonpath={.items[0].metadata.name}'));
    expect(await get(`machineinventory ${host} -o jsonpath={.status.plan.state}`)).toBe('Applied');
  });

  it('that are not there are not found', async () => {
    const { code, stderr } = await sim.run('-n cpaas-system get mip nothing');
    expect(code).toBe(1);
    expect(stderr).toContain('machineinventorypools.infrastructure.cluster.x-k8s.io "nothing" not found');
    expect((await sim.run('get nonsense')).stderr).toContain('doesn\'t have a resource type "nonsense"');
  });

  it('are described with their events', async () => {
    const described = await sim.ok('-n cpaas-system describe mip prod-worker-pool');
    expect(described).toMatch(/^Name: +prod-worker-pool$/m);
    expect(described).toMatch(/^Kind: +MachineInventoryPool$/m);
    await sim.ok('-n cpaas-system scale machinedeployment edge-a-workers --replicas=1');
    const about = '-n cpaas-system get events --field-selector involvedObject.kind=BaremetalMachine';
    const events = await sim.until(about, (text) => rows(text).length > 0);
    expect(header(events)).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']);
    await sim.ok('-n cpaas-system scale machinedeployment edge-a-workers --replicas=2');
    const phase = 'jsonpath={.items[?(@.status.phase=="Reprovisioning")].metadata.name}';
    const fresh = await sim.until(['-n', 'cpaas-system', 'get', 'bmm', '-o', phase], (text) => text !== '');
    const [machine = ''] = words(fresh);
    const told = await sim.until(`-n cpaas-system describe bmm ${machine}`, (text) => /^ +Normal +Sim/m.test(text));
    expect(told).toMatch(/^Events:\n +Type +Reason +Age +From +Message$/m);
  });

  it('are explained', async () => {
    expect(await sim.ok('explain mip.spec.machineInventories')).toMatch(/hostname/);
    expect(await sim.ok('explain bmm.status.phase')).toMatch(/phase/i);
    expect(await sim.ok('explain machinedeployment.spec.strategy')).toMatch(/rollingUpdate/);
    expect(await sim.ok('explain deployment.spec')).toMatch(
      /^FIELD: spec <DeploymentSpec>$[\s\S]*^ +template\t<PodTemplateSpec> -required-$/m,
    );
    expect(await sim.ok('explain deployment.spec.template.metadata.labels')).toMatch(/<map\[string\]string>/);
  });

  it('are allowed or not', async () => {
    expect((await sim.ok('-n cpaas-system auth can-i patch machinedeployments.cluster.x-k8s.io')).trim()).toBe('yes');
    expect(
      (
        await sim.ok(
          '-n cpaas-system auth can-i update machineinventories.elemental.cattle.io --subresource=storageinitialize',
        )
      ).trim(),
    ).toBe('yes');
    expect(await sim.ok('-n cpaas-system auth can-i --list')).toMatch(/\*\.\*/);
  });

  it('are watched', async () => {
    const watch = spawn('kubectl', ['-n', 'cpaas-system', 'get', 'md', 'prod-workers', '-w', '--no-headers'], {
      env: { ...process.env, HOME: sim.folder, KUBECONFIG: sim.kubeconfig },
    });
    try {
      const lines: string[] = [];
      const seen = new Promise<void>((done) => {
        createInterface({ input: watch.stdout }).on('line', (line) => {
          lines.push(line);
          if (lines.length === 1) void sim.run('-n cpaas-system scale md prod-workers --replicas=2');
          if (/\b2 +2\b/.test(line)) done();
        });
      });
      await seen;
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.every((line) => line.startsWith('prod-workers'))).toBe(true);
    } finally {
      watch.kill();
    }
  });
});

describe('a workload cluster', () => {
  it('answers behind its kubeconfig Secret, and nobody without its certificate', async () => {
    const [major, minor] = await clientVersion(sim);
    const text = Buffer.from(await get('secret edge-a-kubeconfig -o jsonpath={.data.value}'), 'base64').toString(
      'utf8',
    );
    const kubeconfig = sim.file('edge-a', text);
    const nodes = await sim.ok('get nodes', { kubeconfig });
    expect(header(nodes)).toEqual(['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION']);
    const names = words(
      await get('machines -l cluster.x-k8s.io/cluster-name=edge-a -o jsonpath={.items[*].status.nodeRef.name}'),
    );
    expect(rows(nodes).map(([name]) => name)).toEqual(names.sort());
    expect(header(await sim.ok('-n kube-system get pods -o wide', { kubeconfig }))).toEqual([
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ]);
    const [node = ''] = names;
    const described = await sim.ok(`describe node ${node}`, { kubeconfig });
    expect(described).toContain('KubeletReady');
    expect(described).not.toContain('(-');
    expect(described).toMatch(/kube-proxy-\w+/);
    await sim.ok(`cordon ${node}`, { kubeconfig });
    expect(await sim.ok(`get node ${node}`, { kubeconfig })).toContain('Ready,SchedulingDisabled');
    await sim.ok(`uncordon ${node}`, { kubeconfig });
    expect(await sim.ok('-n kube-node-lease get leases -o name', { kubeconfig })).toContain(node);
    const stolen = text.replace(/client-certificate-data: \S+\n\s*client-key-data: \S+/, 'token: guessed');
    expect(stolen).not.toBe(text);
    const refused = await sim.run('get nodes', { kubeconfig: sim.file('guessed', stolen) });
    expect(refused.stderr).toMatch(/Unauthorized|logged in/);
    const other = text.replaceAll('/clusters/edge-a', '/clusters/prod');
    expect((await sim.run('get nodes', { kubeconfig: sim.file('other', other) })).code).toBe(1);
    expect(major).toBe(1);
    expect(minor).toBeGreaterThan(0);
  });
});
