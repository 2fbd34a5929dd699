/** The provider, its hosts and the operator on a real server: what they write has to be valid there. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubeRequest, Transport } from '../../src/kube/types.ts';
import { find } from '../../src/simulator/controllers/conditions.ts';
import { registerHost } from '../../src/simulator/controllers/elemental/register.ts';
import { Faults } from '../../src/simulator/controllers/faults.ts';
import { registerControllers } from '../../src/simulator/controllers/index.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { planSecrets, text } from '../../src/simulator/controllers/plan-secret.ts';
import { registryAnnotation } from '../../src/simulator/controllers/provider/registry.ts';
import { Runtime } from '../../src/simulator/controllers/runtime.ts';
import type { Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import type { BaremetalMachine } from '../../src/simulator/controllers/shapes/provider.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { machineInventoryPool } from '../../src/simulator/world/blueprint.ts';
import { hardwareAt } from '../../src/simulator/world/hardware.ts';
import { machineRegistration, seedImage } from '../../src/simulator/world/onboarding.ts';
import { imageCatalog } from '../../src/simulator/world/releases.ts';
import { type Cluster, startCluster } from './harness/cluster.ts';
import { clusterEnvironment } from './harness/environment.ts';

const { assets, crds, clusterApi } = clusterEnvironment();
let cluster: Cluster;
let runtime: Runtime;
const errors: string[] = [];
const faults = new Faults();
const pruned = new Set<string>();

/** Passes everything on, and notes what of a body did not come back: a server drops fields its schema does not know. */
function watchful(transport: Transport): Transport {
  return {
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
    async json<T>(request: KubeRequest): Promise<T> {
      const answer = await transport.json<T>(request);
      if (request.body !== undefined && request.method !== 'DELETE') note(request.body, answer, request.path);
      return answer;
    },
  };
}

function note(sent: unknown, got: unknown, path: string): void {
  if (sent === null || sent === undefined || typeof sent !== 'object') return;
  for (const [key, value] of Object.entries(sent)) {
    const back = (got as Record<string, unknown> | undefined)?.[key];
    const where = Array.isArray(sent) ? `${path}[]` : `${path}.${key}`;
    // Nothing is what is left of an empty list, and what a merge patch takes away.
    const empty =
      value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
    if (back === undefined && !empty) pruned.add(where);
    else note(value, back, where);
  }
}

beforeAll(async () => {
  cluster = await startCluster({ assets, crds });
  const workload = new WorkloadApi(
    () => Date.now(),
    () => crypto.randomUUID(),
  );
  runtime = new Runtime({
    management: watchful(cluster.transport()),
    workload: () => workload,
    faults,
    speed: 100,
    clusterApi,
    onError: (error, where) => errors.push(`${where}: ${String(error)}`),
  });
  // No controllers of Cluster API: the test makes what they would make.
  registerControllers(runtime, undefined, ['provider', 'hosts', 'elemental']);
  await runtime.start();
});
afterAll(async () => {
  await runtime?.stop();
  await cluster?.stop();
});

const client = () => runtime.client;
const poll = (read: () => unknown) => expect.poll(read, { timeout: 60_000, interval: 100 });

it('registers hosts, prepares their storage, makes one a node, and cleans it, with nothing refused', async () => {
  await client().create(kinds.ConfigMap, imageCatalog());
  await client().create(kinds.MachineRegistration, machineRegistration('prod', 'rack'));
  await client().create(kinds.SeedImage, seedImage('prod', 'v1.33.7-2'));
  const registration = () => runtime.informer(kinds.MachineRegistration).get('prod-registration');
  await poll(() => registration()?.status?.registrationURL).toBeTruthy();
  const inventories = runtime.informer(kinds.MachineInventory);
  const hosts: string[] = [];
  for (const index of [0, 1]) {
    hosts.push(await registerHost(runtime, client(), registration()!, hardwareAt('real', index)));
  }
  const host = hosts[0]!;
  const role = await client().get(kinds.Role, 'prod-registration');
  expect(role?.rules?.[0]?.resourceNames).toEqual(hosts);
  await poll(() => find(inventories.get(host)?.status?.conditions, 'Ready')?.status).toBe('True');
  await poll(
    () => find(runtime.informer(kinds.SeedImage).list()[0]?.status?.conditions, 'SeedImageReady')?.reason,
  ).toBe('SeedImageBuildSuccess');
  expect((await client().get(kinds.Pod, 'prod-registration-iso'))?.status?.phase).toBe('Running');

  // From the live system to the installed one, which tells the roles of disks.
  const devices = async () => (await client().get(kinds.MachineInventory, host))?.status?.observedStorage?.devices;
  const data = async () => (await devices())?.find(({ systemRole }) => systemRole === 'Data')?.id;
  await poll(data).toBeTruthy();
  const deviceID = (await data())!;
  await client().change(kinds.MachineInventory, (await client().get(kinds.MachineInventory, host))!, (draft) => {
    const filesystem = { policy: 'InitializeIfBlank', type: 'xfs' };
    const volumes = [{ name: 'data', source: { deviceID }, filesystem, mount: { path: '/var/cpaas' } }];
    draft.spec = { ...draft.spec, storage: { volumes } };
  });
  await poll(() => inventories.get(host)?.status?.storage?.phase).toBe('Prepared');

  await client().create(
    kinds.MachineInventoryPool,
    machineInventoryPool('pool', 'prod', [{ name: host, hostname: 'w-1' }]),
  );
  const pool = () => runtime.informer(kinds.MachineInventoryPool).get('pool')?.status;
  await poll(pool).toMatchObject({ total: 1, available: 1 });
  const { machine, infra } = await makeMachine();
  const infras = runtime.informer(kinds.BaremetalMachine);
  await poll(() => infras.get('w')?.status?.phase).toBe('Running');
  expect(infras.get('w')?.status).toMatchObject({ ready: true, machineInventoryRef: { name: host } });
  expect(infras.get('w')?.spec?.providerID).toBe(`baremetal:///${host}`);
  expect(find(infras.get('w')?.status?.conditions, 'StorageReady')?.reason).toBe('AllVolumesReady');
  const bootstrap = await client().get(kinds.Secret, 'w');
  expect(text(bootstrap!, 'resolved-value')).toContain('hostname: w-1');
  const { informer: nodes } = await runtime.nodes('prod');
  expect(nodes.get('w-1')?.spec?.providerID).toBe(`baremetal:///${host}`);

  await client().remove(kinds.BaremetalMachine, infra.metadata.name);
  await poll(() => infras.get('w')).toBeUndefined();
  await poll(pool).toMatchObject({ total: 1, available: 1 });
  expect(text(planSecrets(runtime).get(host)!, 'failed-checksum')).toBe('');
  await client().remove(kinds.Machine, machine.metadata.name);
  expect(errors).toEqual([]);
  expect([...pruned]).toEqual([]);
}, 180_000);

/** What Cluster API would make for one worker. */
async function makeMachine(): Promise<{ machine: Machine; infra: BaremetalMachine }> {
  const labels = { 'cluster.x-k8s.io/cluster-name': 'prod' };
  const reference = (apiVersion: string, kind: string, name: string) => ({ apiVersion, kind, name });
  await client().create(kinds.Cluster, {
    apiVersion: kinds.Cluster.apiVersion,
    kind: 'Cluster',
    metadata: { name: 'prod', annotations: { [registryAnnotation]: 'mirror.dc2.example:5000' } },
    spec: {
      infrastructureRef: reference(kinds.BaremetalCluster.apiVersion, 'BaremetalCluster', 'prod'),
      controlPlaneRef: reference(kinds.KubeadmControlPlane.apiVersion, 'KubeadmControlPlane', 'prod'),
    },
  });
  await client().create(kinds.Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'w' },
    type: 'cluster.x-k8s.io/secret',
    data: { value: Buffer.from('#cloud-config\nruncmd: []\n').toString('base64') },
  });
  const machine = await client().create<Machine>(kinds.Machine, {
    apiVersion: kinds.Machine.apiVersion,
    kind: 'Machine',
    metadata: { name: 'w', labels },
    spec: {
      clusterName: 'prod',
      version: 'v1.33.7-2',
      bootstrap: { dataSecretName: 'w' },
      infrastructureRef: reference(kinds.BaremetalMachine.apiVersion, 'BaremetalMachine', 'w'),
    },
  });
  const { uid } = machine.metadata;
  const infra = await client().create<BaremetalMachine>(kinds.BaremetalMachine, {
    apiVersion: kinds.BaremetalMachine.apiVersion,
    kind: 'BaremetalMachine',
    metadata: {
      name: 'w',
      labels,
      ownerReferences: [
        { apiVersion: machine.apiVersion, kind: 'Machine', name: 'w', uid: uid ?? '', controller: true },
      ],
    },
    spec: { machineInventoryPoolRef: { name: 'pool' } },
  });
  return { machine, infra };
}
