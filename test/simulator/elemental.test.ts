import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KubeError, type KubeRequest, type Transport } from '../../src/kube/types.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { find } from '../../src/simulator/controllers/conditions.ts';
import { isNewAgent } from '../../src/simulator/controllers/elemental/agent-generation.ts';
import type { Hardware } from '../../src/simulator/controllers/elemental/hardware.ts';
import {
  expand,
  hostName,
  registeredInventory,
  registerHost,
} from '../../src/simulator/controllers/elemental/register.ts';
import { registerControllers } from '../../src/simulator/controllers/index.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { planSecrets, text } from '../../src/simulator/controllers/plan-secret.ts';
import { Runtime } from '../../src/simulator/controllers/runtime.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { hardwareAt } from '../../src/simulator/world/hardware.ts';
import { machineRegistration, seedImage } from '../../src/simulator/world/onboarding.ts';
import { type Lab, minute, openLab, start } from './harness.ts';

const variable = (path: string) => `\${${path}}`;

describe('the variables of a registration', () => {
  const hardware = hardwareAt('variables', 40);
  const nic = hardware.network.interfaces![0]!;
  const disks = hardware.devices.filter(({ kind }) => kind === 'DirectDisk');
  it.each<[string, string]>([
    ['System Information/UUID', hardware.uuid],
    ['BIOS Information/Version', '2.4.4'],
    ['Base Board Information/Manufacturer', hardware.smbios['System Information/Manufacturer']!],
    ['Chassis Information/Asset Tag', 'dc1-r03-u07'],
    ['Processor Information/Version', hardware.cpu!.model],
    ['Product/UUID', hardware.uuid],
    ['Product/Vendor', hardware.smbios['System Information/Manufacturer']!],
    ['BIOS/Vendor', hardware.smbios['BIOS Information/Vendor']!],
    ['Chassis/AssetTag', 'dc1-r03-u07'],
    ['Baseboard/SerialNumber', hardware.smbios['Base Board Information/Serial Number']!],
    ['Memory/TotalPhysicalBytes', String(hardware.memory)],
    ['CPU/TotalProcessors', '2'],
    ['CPU/TotalCores', String(2 * hardware.cpu!.cores)],
    ['CPU/TotalThreads', String(4 * hardware.cpu!.cores)],
    ['CPU/Processors/1/Model', hardware.cpu!.model],
    ['Network/TotalNICs', '2'],
    ['Network/NICs/0/Name', nic.name],
    ['Network/NICs/0/MacAddress', nic.mac!],
    ['Network/NICs/0/IPv4Address', nic.addresses![0]!.split('/')[0]!],
    ['System Data/CPU/Total Cores', String(2 * hardware.cpu!.cores)],
    ['System Data/Memory/Total Physical Bytes', String(hardware.memory)],
    [`System Data/Network/${nic.name}/MacAddress`, nic.mac!],
    ['System Data/Block Devices/Number Devices', String(disks.length)],
    ['System Data/Block Devices/nvme1n1/Size', String(disks[1]!.sizeBytes)],
  ])('%s', (path, value) => {
    expect(expand(`a ${variable(path)} b`, hardware)).toBe(`a ${value} b`);
  });

  it.each([
    'CPU/Processors/2/Model',
    'GPU/TotalCards',
    'Network/NICs/7/Name',
    'Network/NICs/0/IPv6Address',
    'Random/Hex/33',
    'System Data/Block Devices/sda/Size',
    'Nothing',
    'constructor',
  ])('%s is not known to this hardware', (path) => {
    expect(expand(variable(path), hardware)).toBeUndefined();
  });

  it('may be chance, which is the same for the same server and template', () => {
    expect(expand(variable('Random/Hex/8'), hardware)).toMatch(/^[0-9a-f]{8}$/);
    expect(expand(variable('Random/UUID'), hardware)).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(expand(variable('Random/Int/10'), hardware))).toBeLessThan(10);
    expect(expand(variable('Random/Hex/8'), hardware)).toBe(expand(variable('Random/Hex/8'), hardware));
    expect(expand(variable('Random/Hex/8'), hardwareAt('variables', 41))).not.toBe(
      expand(variable('Random/Hex/8'), hardware),
    );
  });

  it.each<[string, string | undefined, string]>([
    ['a template', `prod-${variable('System Information/UUID')}`, `prod-${hardware.uuid}`],
    ['what no name may hold', 'Räck 7//U_12', 'r-ck-7-u-12'],
    ['too long a text', 'x'.repeat(80), 'x'.repeat(58)],
    ['a text that ends in a dash when cut', `${'x'.repeat(57)}---yyy`, 'x'.repeat(57)],
    ['an unknown variable', `prod-${variable('GPU/Model')}`, `m-${hardware.uuid}`],
    ['nothing', undefined, `m-${hardware.uuid}`],
    ['nothing that is left', '///', `m-${hardware.uuid}`],
  ])('name a host by %s', (_, machineName, name) => {
    const registration = machineRegistration('prod', 'rack');
    registration.spec!.machineName = machineName;
    expect(hostName(registration, hardware)).toBe(name);
  });

  it('leave out labels and annotations that the hardware cannot fill', () => {
    const registration = machineRegistration('prod', 'rack');
    Object.assign(registration.spec!.machineInventoryLabels!, {
      gpu: variable('GPU/Model'),
      cpu: variable('CPU/Processors/0/Model'),
    });
    const { metadata } = registeredInventory(registration, hardware, start);
    expect(metadata.labels).not.toHaveProperty('gpu');
    expect(metadata.labels!['cpu']).toMatch(/^INTEL-R--XEON-R-/);
    expect(metadata.annotations).toMatchObject({
      'elemental.cattle.io/auth': 'tpm',
      'elemental.cattle.io/machine-uuid': hardware.uuid,
    });
  });
});

describe('the generation of an agent', () => {
  it.each<[string | undefined, boolean]>([
    ['6.1', false],
    ['6.2', true],
    ['6.2.1', true],
    ['7.0', true],
    ['5.9', false],
    ['', false],
    [undefined, false],
    ['x', false],
  ])('comes with OS %s', (version, expected) => {
    const inventory = registeredInventory(machineRegistration('prod', 'rack'), hardwareAt('a', 1), start);
    inventory.metadata.annotations = version === undefined ? {} : { 'elemental.cattle.io/os.version': version };
    expect(isNewAgent(inventory)).toBe(expected);
  });
  it('differs among hosts, most of which have the older one', () => {
    const versions = Array.from({ length: 200 }, (_, at) => hardwareAt('generations', at).osVersion);
    const newer = versions.filter((version) => version === '6.2').length;
    expect(newer).toBeGreaterThan(5);
    expect(newer).toBeLessThan(60);
  });
});

describe('the operator', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab({ empty: true });
    await lab.client.create(kinds.MachineRegistration, machineRegistration('prod', 'rack'));
    await lab.run(1000);
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    await lab.stop();
  });

  const registration = () => lab.runtime.informer(kinds.MachineRegistration).get('prod-registration')!;
  const inventory = (name: string) => lab.runtime.informer(kinds.MachineInventory).get(name)!;
  const image = () => lab.runtime.informer(kinds.SeedImage).get('prod-registration-iso')!;
  const said = () => find(image().status?.conditions, 'SeedImageReady');
  const beside = async (name = 'prod-registration-iso') => ({
    pod: await lab.client.get(kinds.Pod, name),
    service: await lab.client.get(kinds.Service, name),
    config: await lab.client.get(kinds.ConfigMap, name),
  });
  const build = () => lab.client.create(kinds.SeedImage, seedImage('prod', 'v1.33.7-2'));

  it('gives a registration an account, a token and a role for the plans of its hosts', async () => {
    const token = await lab.client.get(kinds.Secret, 'prod-registration-token');
    expect(token).toMatchObject({ type: 'kubernetes.io/service-account-token' });
    expect(await lab.client.get(kinds.ServiceAccount, 'prod-registration')).toBeDefined();
    expect((await lab.client.get(kinds.RoleBinding, 'prod-registration'))?.roleRef.name).toBe('prod-registration');
    const role = () => lab.client.get(kinds.Role, 'prod-registration');
    expect((await role())?.rules ?? []).toEqual([]);
    const name = await registerHost(lab.runtime, lab.client, registration(), hardwareAt('role', 1));
    expect((await role())?.rules).toMatchObject([{ resources: ['secrets'], resourceNames: [name] }]);
    await lab.client.remove(kinds.MachineRegistration, 'prod-registration');
    await lab.run(1000);
    expect(await role()).toBeUndefined();
    expect(await lab.client.get(kinds.ServiceAccount, 'prod-registration')).toBeUndefined();
  });

  it('builds an ISO in a Pod, and takes Pod and Service away with the ISO', async () => {
    await build();
    await lab.run(minute);
    expect(said()).toMatchObject({ status: 'False', reason: 'SeedImageBuildOngoing' });
    const { pod, service, config } = await beside();
    expect(pod).toMatchObject({
      status: { phase: 'Pending' },
      metadata: { annotations: { 'elemental.cattle.io/base-image': image().spec!.baseImage } },
    });
    expect(service).toBeDefined();
    expect(config?.data?.['registration']).toContain(registration().status!.registrationURL);
    await lab.run(5 * minute);
    expect(said()).toMatchObject({ status: 'True', reason: 'SeedImageBuildSuccess' });
    expect((await beside()).pod?.status?.phase).toBe('Running');
    expect(image().status?.downloadURL?.endsWith(`/${config?.data?.['output-name']}`)).toBe(true);
    expect(image().status).not.toHaveProperty('state');
    await lab.run(120 * minute);
    expect(said()).toMatchObject({ status: 'True', reason: 'SeedImageBuildDeadline' });
    expect(image().status).not.toHaveProperty('downloadURL');
    const after = await beside();
    expect([after.pod, after.service]).toEqual([undefined, undefined]);
  });

  it('keeps an ISO for ever where told so, and removes everything with its SeedImage', async () => {
    const wanted = seedImage('prod', 'v1.33.7-2');
    wanted.spec!.cleanupAfterMinutes = 0;
    await lab.client.create(kinds.SeedImage, wanted);
    await lab.run(300 * minute);
    expect(said()?.reason).toBe('SeedImageBuildSuccess');
    await lab.client.remove(kinds.SeedImage, 'prod-registration-iso');
    await lab.run(1000);
    expect(await beside()).toEqual({ pod: undefined, service: undefined, config: undefined });
  });

  it('says that the Pod of a build has failed, and builds again when it is told to', async () => {
    lab.faults.image('prod-registration-iso', 'build');
    await build();
    await lab.run(5 * minute);
    expect(said()).toMatchObject({ status: 'False', reason: 'SeedImageBuildFailure', message: 'pod failed' });
    // What cannot be pulled is not packed either.
    expect((await beside()).pod?.status).toMatchObject({
      phase: 'Failed',
      initContainerStatuses: [
        { name: 'baseiso', state: { terminated: { exitCode: 66, reason: 'Error' } } },
        { name: 'build', state: { waiting: { reason: 'PodInitializing' } } },
      ],
    });
    lab.faults.image('prod-registration-iso', undefined);
    await lab.run(10 * minute);
    expect(said()?.reason).toBe('SeedImageBuildFailure');
    await lab.client.change(kinds.SeedImage, image(), (draft) => {
      draft.spec!.retriggerBuild = true;
    });
    await lab.run(5 * minute);
    expect(image().spec?.retriggerBuild).toBe(false);
    expect(said()?.reason).toBe('SeedImageBuildSuccess');
  });

  it('notices a Pod that somebody has made fail, and a missing base image', async () => {
    await build();
    await lab.run(20_000);
    await lab.client.change(kinds.Pod, (await beside()).pod!, (draft) => {
      draft.status = { phase: 'Failed' };
    });
    await lab.run(20_000);
    expect(said()?.reason).toBe('SeedImageBuildFailure');
    const other = seedImage('prod', 'v1.33.7-2');
    other.metadata.name = 'without-base';
    delete other.spec!.baseImage;
    await lab.client.create(kinds.SeedImage, other);
    await lab.run(10 * minute);
    const { status } = lab.runtime.informer(kinds.SeedImage).get('without-base')!;
    expect(find(status?.conditions, 'SeedImageReady')?.reason).toBe('SeedImageBuildFailure');
  });

  it('says that it cannot expose an ISO until it can', async () => {
    lab.faults.image('prod-registration-iso', 'expose');
    await build();
    await lab.run(10 * minute);
    expect(said()).toMatchObject({ status: 'False', reason: 'SeedImageExposeFailure' });
    lab.faults.image('prod-registration-iso', undefined);
    await lab.run(minute);
    expect(said()?.reason).toBe('SeedImageBuildSuccess');
  });

  const roles = async (name: string) => {
    const found = await lab.client.get(kinds.MachineInventory, name);
    return [...new Set(found?.status?.observedStorage?.devices?.map(({ systemRole }) => systemRole))].sort();
  };

  it('hears of unknown disks from the live system, and of their roles from the installed one', async () => {
    const name = await registerHost(lab.runtime, lab.client, registration(), hardwareAt('live', 1));
    expect(await roles(name)).toEqual(['Unknown']);
    const { bootID } = inventory(name).status!.observedStorage!;
    await lab.run(10 * minute);
    expect(await roles(name)).toEqual(['Data', 'System']);
    expect(inventory(name).status?.observedStorage).toMatchObject({ reportEpoch: 2, sequence: 1 });
    expect(inventory(name).status?.observedStorage?.bootID).not.toBe(bootID);
  });

  const ready = (name: string) => find(inventory(name).status?.conditions, 'Ready');

  it('waits for the plan while hosts install themselves: the agent runs on the installed system, minutes later, and once', async () => {
    const began = lab.clock.now();
    const hosts = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        registerHost(lab.runtime, lab.client, registration(), hardwareAt('installs', at)),
      ),
    );
    const role = await lab.client.get(kinds.Role, 'prod-registration');
    expect([...(role?.rules?.[0]?.resourceNames ?? [])].sort()).toEqual([...hosts].sort());
    await lab.run(4 * minute);
    for (const name of hosts) {
      expect(ready(name)).toMatchObject({
        status: 'False',
        reason: 'WaitingForPlan',
        message: 'waiting for plan to be applied',
      });
      expect(inventory(name).status?.plan).toEqual({ secretRef: { name, namespace: 'cpaas-system' } });
      expect(planSecrets(lab.runtime).get(name)?.data).toEqual({ plan: Buffer.from('{}').toString('base64') });
    }
    await lab.run(6 * minute);
    const took = hosts.map((name) => (Date.parse(ready(name)!.lastTransitionTime!) - began) / minute);
    expect(hosts.map((name) => ready(name)?.status)).toEqual(hosts.map(() => 'True'));
    expect(Math.min(...took)).toBeLessThan(6);
    expect(Math.max(...took)).toBeGreaterThan(7.5);
    for (const name of hosts) {
      expect(text(planSecrets(lab.runtime).get(name)!, 'success-count')).toBe('1');
      expect(inventory(name).metadata.generation).toBe(1);
    }
  });

  it('hears from the live system until somebody restarts the host, where the installation does not, and it is there for plans meanwhile', async () => {
    const staying = registration();
    const config = staying.spec!.config as { elemental: { install: { reboot: boolean } } };
    const still = {
      ...staying,
      spec: { ...staying.spec, config: { ...config, elemental: { ...config.elemental, install: { reboot: false } } } },
    };
    const name = await registerHost(lab.runtime, lab.client, still, hardwareAt('live', 2));
    await lab.run(2 * minute);
    expect(ready(name)?.reason).toBe('WaitingForPlan');
    await lab.run(60 * minute);
    expect(await roles(name)).toEqual(['Unknown']);
    expect(ready(name)?.status).toBe('True');
    lab.faults.host(name, { off: true });
    await lab.run(minute);
    lab.faults.host(name, { off: false });
    await lab.run(5 * minute);
    expect(await roles(name)).toEqual(['Data', 'System']);
    expect(ready(name)?.status).toBe('True');
  });

  it('makes a plan Secret anew that somebody has deleted', async () => {
    const name = await registerHost(lab.runtime, lab.client, registration(), hardwareAt('again', 1));
    await lab.run(10 * minute);
    await lab.client.remove(kinds.Secret, name);
    await lab.run(100);
    expect(find(inventory(name).status?.conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'WaitingForPlan',
    });
    // What it said of the last plan stays until there is something else to say.
    expect(inventory(name).status?.plan?.state).toBe('Applied');
    await lab.run(minute);
    expect(text(planSecrets(lab.runtime).get(name)!, 'applied-checksum')).not.toBe('');
    expect(find(inventory(name).status?.conditions, 'Ready')?.status).toBe('True');
  });

  it('says that the first plan of a host has failed', async () => {
    const hardware: Hardware = hardwareAt('failing', 1);
    lab.faults.plan(hostName(registration(), hardware), 'empty', { instruction: 0, output: 'no' });
    const name = await registerHost(lab.runtime, lab.client, registration(), hardware);
    await lab.until(() => inventory(name).status?.plan?.state !== undefined, 12 * minute, 'the first plan');
    expect(find(inventory(name).status?.conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'PlanFailure' });
    expect(inventory(name).status?.plan?.state).toBe('Failed');
  });
});

describe('an operator', () => {
  async function reasonWith(serverUrl: string, spoil: (request: KubeRequest) => void): Promise<string | undefined> {
    const clock = new ManualClock(start);
    const plain = apiTransport(createApi({ now: () => clock.now() }), {
      user: { name: 'c', groups: ['system:masters'] },
    });
    const management: Transport = {
      json: async (request) => {
        spoil(request);
        return plain.json(request);
      },
      stream: (request) => plain.stream(request),
      close: () => plain.close(),
    };
    const workload = new WorkloadApi(
      () => clock.now(),
      () => 'unused',
    );
    const runtime = new Runtime({ management, workload: () => workload, clock });
    registerControllers(runtime, serverUrl);
    await runtime.start();
    await runtime.client.create(kinds.MachineRegistration, machineRegistration('prod', 'rack'));
    await runtime.idle();
    const { status } = runtime.informer(kinds.MachineRegistration).get('prod-registration')!;
    await runtime.stop();
    return find(status?.conditions, 'Ready')?.reason;
  }

  it('without a server URL says so', async () => {
    expect(await reasonWith('', () => {})).toBe('MissingTokenOrServerURL');
  });

  it('that may not make roles says so', async () => {
    const refuse = ({ method, path }: KubeRequest) => {
      if (method === 'POST' && path.endsWith('/roles')) throw new KubeError(403, 'Forbidden', 'roles is forbidden');
    };
    expect(await reasonWith('https://p.example', refuse)).toBe('RbacCreationFailure');
  });

  it('on a server without such kinds goes on without them', async () => {
    const unserved = ({ path }: KubeRequest) => {
      if (/\/(roles|rolebindings|serviceaccounts)(\/|$)/.test(path))
        throw new KubeError(404, 'NotFound', 'no such path');
    };
    expect(await reasonWith('https://p.example', unserved)).toBe('SuccessfullyCreated');
  });
});
