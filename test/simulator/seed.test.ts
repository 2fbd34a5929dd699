import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { certificateFiles } from '../../src/simulator/controllers/capi/certificates.ts';
import { userData } from '../../src/simulator/controllers/capi/user-data.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { registerControllers } from '../../src/simulator/controllers/index.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { marks } from '../../src/simulator/controllers/provider/inventory.ts';
import { resolveUserData } from '../../src/simulator/controllers/provider/user-data.ts';
import { Runtime } from '../../src/simulator/controllers/runtime.ts';
import type { Cluster, KubeadmConfig, Machine } from '../../src/simulator/controllers/shapes/capi.ts';
import type { Secret } from '../../src/simulator/controllers/shapes/core.ts';
import type { MachineInventory } from '../../src/simulator/controllers/shapes/elemental.ts';
import type { KubeObject } from '../../src/simulator/controllers/shapes/meta.ts';
import type { BaremetalMachine, MachineInventoryPool } from '../../src/simulator/controllers/shapes/provider.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { createWorld } from '../../src/simulator/world/load.ts';
import { seedWorld, type World } from '../../src/simulator/world/seed.ts';
import { minute, openLab, start } from './harness.ts';

function of<T extends KubeObject>(world: World, kind: string): T[] {
  return world.objects.filter((object) => object.kind === kind) as T[];
}

const day = 86_400_000;
interface Said {
  lastTransitionTime: string;
}

describe('a seeded world', () => {
  it('is the same for the same seed and another for another', () => {
    const seed = (value: string) => seedWorld({ hosts: 42, seed: value, now: start, trouble: true });
    expect(seed('a')).toEqual(seed('a'));
    expect(seed('a').objects).not.toEqual(seed('b').objects);
  });

  it('has one Machine in each cluster that has begun it, and lets all others join', () => {
    const configs = of<KubeadmConfig>(seedWorld({ now: start }), 'KubeadmConfig');
    const joins = configs.filter(({ spec }) => spec?.joinConfiguration?.['discovery'] !== undefined);
    const begins = configs.filter(({ spec }) => spec?.joinConfiguration === undefined);
    expect(begins.map(({ metadata }) => metadata.name.replace(/-control-plane-\w+$/, '')).sort()).toEqual([
      ...['edge-a', 'lab', 'prod'],
    ]);
    expect(joins).toHaveLength(configs.length - 3);
  });

  it('has 42 hosts in three clusters with spares, new hosts, and everything around them', () => {
    const world = seedWorld({ now: start });
    expect(of(world, 'MachineInventory')).toHaveLength(42);
    expect(of(world, 'Cluster').map(({ metadata }) => metadata.name)).toEqual(['prod', 'edge-a', 'lab']);
    const planes = of<Machine>(world, 'Machine').filter(
      ({ metadata }) => 'cluster.x-k8s.io/control-plane' in metadata.labels!,
    );
    expect(planes).toHaveLength(9);
    expect(of(world, 'MachineDeployment')).toHaveLength(4);
    expect(of(world, 'MachineHealthCheck').length).toBeGreaterThan(0);
    expect(of(world, 'SeedImage')).toHaveLength(3);
    expect(world.layout.unpooled).toHaveLength(3);
    const spare = of<MachineInventoryPool>(world, 'MachineInventoryPool').reduce(
      (sum, pool) => sum + pool.status!.available!,
      0,
    );
    expect(spare).toBeGreaterThan(5);
    const catalog = Object.keys((of(world, 'ConfigMap')[0] as { data?: object }).data ?? {});
    expect(catalog).toEqual([
      'v1.31.14-2',
      'v1.32.7',
      'v1.32.11-2',
      'v1.33.6',
      'v1.33.7-1',
      'v1.33.7-2',
      'v1.33.7-3',
      'v1.33.7-4',
      'v1.34.5',
      'v1.34.5-1',
      'v1.34.5-3',
      'v1.35.6-acp.1',
    ]);
    const names = of(world, 'MachineInventory').map(({ metadata }) => metadata.name);
    expect(names.some((name) => /^dc1-r\d\d-u\d\d$/.test(name))).toBe(true);
    expect(names.some((name) => /^edge-a-[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name))).toBe(true);
  });

  it.each([6, 7, 17, 42, 250])('of %i hosts has only references that lead somewhere', (hosts) => {
    const world = seedWorld({ hosts, seed: hosts, now: start, trouble: true });
    const byUid = new Map(world.objects.map((object) => [object.metadata.uid, object]));
    const byName = new Map(world.objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
    expect(byUid.size).toBe(world.objects.length);
    expect(byName.size).toBe(world.objects.length);
    expect(of(world, 'MachineInventory')).toHaveLength(hosts);
    for (const object of world.objects) {
      for (const { uid, kind, name } of object.metadata.ownerReferences ?? []) {
        expect(byUid.get(uid)).toMatchObject({ kind, metadata: { name } });
      }
      const at = Date.parse(object.metadata.creationTimestamp!);
      expect(at).toBeLessThan(start);
      expect(at).toBeGreaterThan(start - 90 * day);
    }
    for (const { spec, status } of of<Machine>(world, 'Machine')) {
      for (const reference of [spec?.infrastructureRef, spec?.bootstrap?.configRef]) {
        expect(byUid.get(reference?.uid)).toMatchObject({ kind: reference?.kind, metadata: { name: reference?.name } });
      }
      expect(byName.has(`Secret/${spec?.bootstrap?.dataSecretName}`)).toBe(true);
      const node = world.nodes.get(spec!.clusterName!)!.find(({ metadata }) => metadata.uid === status?.nodeRef?.uid);
      expect(node?.spec?.providerID).toBe(spec?.providerID);
    }
    const listed = of<MachineInventoryPool>(world, 'MachineInventoryPool').flatMap(
      ({ spec }) => spec!.machineInventories!,
    );
    expect(new Set(listed.map(({ name }) => name)).size).toBe(listed.length);
    for (const { name } of listed) expect(byName.has(`MachineInventory/${name}`)).toBe(true);
  });

  it("came about in the order in which such things come about, in nobody's night", () => {
    const world = seedWorld({ now: start, hosts: 120, trouble: true });
    const born = ({ metadata }: KubeObject) => Date.parse(metadata.creationTimestamp ?? '');
    const byUid = new Map(world.objects.map((object) => [object.metadata.uid, object]));
    const named = new Map(world.objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
    for (const object of world.objects) {
      for (const { uid, kind } of object.metadata.ownerReferences ?? []) {
        // Templates and configurations are there before what adopts them, and are made by whoever makes that.
        const late =
          kind === 'Machine' ||
          (kind === 'Cluster' && /^BaremetalCluster$|Template$/.test(object.kind)) ||
          object.kind === 'KubeadmControlPlane';
        if (!late) expect(born(object)).toBeGreaterThanOrEqual(born(byUid.get(uid)!));
      }
      const { conditions = [], v1beta2 } =
        (object as { status?: { conditions?: Said[]; v1beta2?: { conditions: Said[] } } }).status ?? {};
      for (const { lastTransitionTime } of [...conditions, ...(v1beta2?.conditions ?? [])]) {
        expect(Date.parse(lastTransitionTime)).toBeGreaterThanOrEqual(born(object));
        expect(Date.parse(lastTransitionTime)).toBeLessThanOrEqual(start);
      }
    }
    for (const pool of of<MachineInventoryPool>(world, 'MachineInventoryPool')) {
      for (const { name } of pool.spec!.machineInventories!) {
        expect(born(named.get(`MachineInventory/${name}`)!)).toBeLessThan(born(pool));
      }
      expect(born(pool)).toBeLessThan(born(named.get(`Cluster/${pool.spec!.clusterName}`)!));
    }
    const seconds = (kind: string) => of(world, kind).map((one) => one.metadata.creationTimestamp!.slice(14));
    const wanted = ['MachineRegistration', 'SeedImage', 'Cluster'].flatMap(seconds);
    expect(new Set([...wanted, new Date(start).toISOString().slice(14, 20)]).size).toBe(wanted.length + 1);
    for (const kind of ['MachineRegistration', 'MachineInventory', 'Cluster']) {
      for (const object of of(world, kind)) {
        const at = new Date(born(object));
        expect([0, 6], `${kind} ${at.toISOString()}`).not.toContain(at.getUTCDay());
        expect(at.getUTCHours(), `${kind} ${at.toISOString()}`).toBeGreaterThanOrEqual(6);
        expect(at.getUTCHours(), `${kind} ${at.toISOString()}`).toBeLessThan(20);
      }
    }
  });

  it('has spares that nobody has used, as no Machine has ever gone', () => {
    const world = seedWorld({ now: start, hosts: 200 });
    const secrets = new Map(of<Secret>(world, 'Secret').map((secret) => [secret.metadata.name, secret]));
    const unused = of<MachineInventory>(world, 'MachineInventory').filter(
      ({ metadata }) => metadata.annotations?.['baremetal.alauda.io/owner-baremetalmachine'] === undefined,
    );
    expect(unused.length).toBeGreaterThan(20);
    for (const { metadata, status } of unused) {
      const secret = secrets.get(metadata.name)!;
      expect(secret.metadata.annotations).toEqual({ 'elemental.cattle.io/plan.type': 'empty' });
      const text = (key: string) => Buffer.from(secret.data?.[key] ?? '', 'base64').toString();
      expect([text('plan'), text('success-count')]).toEqual(['{}', '1']);
      expect(status?.observedStorage?.reportEpoch).toBe(2);
      expect(metadata.generation).toBe(1);
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      const took = Date.parse(ready!.lastTransitionTime!) - Date.parse(metadata.creationTimestamp!);
      expect(took).toBeGreaterThan(4 * minute);
      expect(took).toBeLessThan(10 * minute);
    }
  });

  it('has hosts in use whose agents have run as often as they booted: once for each plan, and once more after it', () => {
    const world = seedWorld({ now: start, hosts: 200 });
    const secrets = new Map(of<Secret>(world, 'Secret').map((secret) => [secret.metadata.name, secret]));
    const runs = new Set<string>();
    for (const inventory of of<MachineInventory>(world, 'MachineInventory')) {
      if (inventory.metadata.annotations?.['baremetal.alauda.io/allocation-state'] !== 'Allocated') continue;
      expect(inventory.status?.observedStorage?.reportEpoch).toBe(3);
      const { data = {} } = secrets.get(inventory.metadata.name)!;
      const count = Buffer.from(data['success-count'] ?? '', 'base64').toString();
      runs.add(`${'plan-state' in data ? 'newer' : 'older'} agent: ${count}`);
    }
    expect([...runs].sort()).toEqual(['newer agent: 2', 'older agent: 3']);
  });

  it('has told of what happened in its last hour, as its controllers do', () => {
    const told = (clusterApi: 'v1beta1' | 'v1beta2') => {
      const { events } = seedWorld({ now: start, trouble: true, clusterApi });
      expect(new Set(events.map(({ metadata }) => metadata.name)).size).toBe(events.length);
      for (const event of events) {
        expect(Date.parse(event.lastTimestamp ?? event.eventTime ?? '')).toBeGreaterThan(start - 60 * minute);
        expect(Date.parse(event.lastTimestamp ?? event.eventTime ?? '')).toBeLessThanOrEqual(start);
      }
      return events
        .map(({ reason, involvedObject: { kind }, reportingComponent: by }) => `${kind} ${reason} ${by}`)
        .sort();
    };
    expect(told('v1beta1')).toEqual(
      [
        'MachineDeployment SuccessfulScale machinedeployment-controller',
        'MachineSet SuccessfulCreate machineset-controller',
        'BaremetalMachine SimAllocated sim-baremetal-provider',
        'BaremetalMachine SimReprovisionStarted sim-baremetal-provider',
        'Pod Scheduled default-scheduler',
        ...['Pulling', 'Pulled', 'Created', 'Started'].map((reason) => `Pod ${reason} kubelet`),
        'BaremetalMachine SimReprovisionFailed sim-baremetal-provider',
        ...['Pulled', 'Created', 'Started'].flatMap((reason) => Array(2).fill(`Pod ${reason} kubelet`)),
        'SeedImage SimSeedImageBuilt sim-elemental-operator',
      ].sort(),
    );
    expect(told('v1beta2')).toEqual(told('v1beta1'));
  });

  it('has plans whose checksums are those of their bytes, and one that failed', () => {
    const world = seedWorld({ now: start, trouble: true });
    const secrets = new Map(of<Secret>(world, 'Secret').map((secret) => [secret.metadata.name, secret]));
    const text = (secret: Secret, key: string) => Buffer.from(secret.data?.[key] ?? '', 'base64').toString();
    const failed: BaremetalMachine[] = [];
    for (const infra of of<BaremetalMachine>(world, 'BaremetalMachine')) {
      const secret = secrets.get(infra.status!.planSecretRef!.name)!;
      const sum = createHash('sha256').update(text(secret, 'plan')).digest('hex');
      expect(infra.status?.lastAppliedPlanChecksum).toBe(sum);
      if (infra.status?.phase === 'Failed') {
        failed.push(infra);
        expect(text(secret, 'failed-checksum')).toBe(sum);
        // sha256 of the empty plan, which it applied when it registered.
        expect(text(secret, 'applied-checksum')).toBe(
          '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
        );
      } else {
        expect(text(secret, 'applied-checksum')).toBe(sum);
      }
    }
    expect(failed).toHaveLength(1);
    const inventory = of<MachineInventory>(world, 'MachineInventory').find(
      ({ metadata }) => metadata.name === failed[0]!.status!.machineInventoryRef!.name,
    )!;
    expect(inventory.metadata.annotations?.['baremetal.alauda.io/allocation-state']).toBe('Unavailable');
    expect(inventory.status?.plan?.state).toBe('Applied');
  });

  it('has hardware whose identities are those that its makers give, each of them once', () => {
    const world = seedWorld({ now: start, hosts: 250 });
    const macs: string[] = [];
    const ids: string[] = [];
    for (const { spec, status } of of<MachineInventory>(world, 'MachineInventory')) {
      const [first = '', second = ''] = spec!.observedNetwork!.interfaces!.map(({ mac }) => mac ?? '');
      expect(Number.parseInt(second.replaceAll(':', ''), 16) - Number.parseInt(first.replaceAll(':', ''), 16)).toBe(1);
      macs.push(first, second);
      const devices = status!.observedStorage!.devices!;
      for (const { id, kind, model = '' } of devices) {
        ids.push(id);
        if (kind === 'Partition') continue;
        const maker = { SAMSUNG: '002538', INTEL: '5cd2e4', KIOXIA: '8ce38e' }[model.split(' ')[0]!];
        expect(id).toMatch(new RegExp(`^nvme-eui:(?=.*${maker})([0-9a-f]{16}){1,2}$`));
      }
      const label = (one: (typeof devices)[0]) => one.stablePaths?.at(-1)?.split('/').at(-1);
      const parts = devices.filter(({ kind }) => kind === 'Partition');
      expect(parts.map(label)).toEqual(['COS_GRUB', 'COS_OEM', 'COS_RECOVERY', 'COS_STATE', 'COS_PERSISTENT']);
      expect(parts[0]?.filesystem).toMatchObject({
        type: 'vfat',
        uuid: expect.stringMatching(/^[0-9A-F]{4}-[0-9A-F]{4}$/),
      });
      const last = parts.at(-1)!;
      expect(last.startBytes! + last.sizeBytes!).toBeLessThan(devices[0]!.sizeBytes!);
      expect(last.startBytes! + last.sizeBytes!).toBeGreaterThan(devices[0]!.sizeBytes! - 3 * 2 ** 20);
    }
    expect(new Set(macs).size).toBe(macs.length);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has endpoints in the network of the servers that share them', () => {
    const world = seedWorld({ now: start, hosts: 200 });
    const clusters = of<Cluster>(world, 'Cluster');
    expect(clusters.length).toBeGreaterThan(2);
    const planes = of<MachineInventory>(world, 'MachineInventory').filter(({ metadata }) =>
      metadata.annotations?.[marks.machine]?.includes('control-plane'),
    );
    const endpoints = clusters.map(({ metadata, spec }) => {
      const host = spec?.controlPlaneEndpoint?.host ?? '';
      const network = host.replace(/\d+$/, '');
      const own = planes.filter((one) => one.metadata.annotations?.[marks.cluster] === metadata.name);
      const addresses = own.map(({ spec: its }) => its?.observedNetwork?.interfaces?.[0]?.addresses?.[0] ?? '');
      expect(addresses.some((address) => address.startsWith(network))).toBe(true);
      expect(addresses).not.toContain(`${host}/24`);
      return host;
    });
    expect(new Set(endpoints).size).toBe(endpoints.length);
  });

  it('has for each member the user data that would be rendered for it alone', () => {
    const world = seedWorld({ now: start, hosts: 60 });
    const named = <T extends KubeObject>(kind: string) =>
      new Map(of<T>(world, kind).map((object) => [object.metadata.name, object]));
    const secrets = named<Secret>('Secret');
    const machines = named<Machine>('Machine');
    const clusters = named<Cluster>('Cluster');
    const hosts = new Map(of<BaremetalMachine>(world, 'BaremetalMachine').map((one) => [one.metadata.name, one]));
    const configs = of<KubeadmConfig>(world, 'KubeadmConfig');
    expect(configs.length).toBeGreaterThan(30);
    for (const config of configs) {
      const { name, labels, ownerReferences } = config.metadata;
      const machine = machines.get(ownerReferences?.find(({ kind }) => kind === 'Machine')?.name ?? '')!;
      const text = (key: string) => Buffer.from(secrets.get(name)?.data?.[key] ?? '', 'base64').toString();
      const cluster = labels?.['cluster.x-k8s.io/cluster-name'] ?? '';
      const plane = labels?.['cluster.x-k8s.io/control-plane'] === '';
      const certificates = plane ? certificateFiles((suffix) => secrets.get(`${cluster}-${suffix}`)) : [];
      expect(certificates).toHaveLength(plane ? 8 : 0);
      const value = userData(config, machine, clusters.get(cluster)!, certificates);
      expect(text('value')).toBe(value);
      const inventory = hosts.get(machine.metadata.name)?.status?.machineInventoryRef?.name ?? '';
      const hostname = /^hostname: (.*)$/m.exec(text('resolved-value'))?.[1] ?? '';
      expect(text('resolved-value')).toBe(resolveUserData(value, inventory, hostname));
    }
  });

  it('has one Machine of each control plane that began its cluster, and others that joined it', () => {
    const world = seedWorld({ now: start, hosts: 60 });
    const planes = new Map<string, KubeadmConfig[]>();
    for (const config of of<KubeadmConfig>(world, 'KubeadmConfig')) {
      const plane = config.metadata.labels?.['cluster.x-k8s.io/control-plane-name'];
      if (plane !== undefined) planes.set(plane, [...(planes.get(plane) ?? []), config]);
    }
    expect(planes.size).toBeGreaterThan(1);
    for (const configs of planes.values()) {
      const born = ({ metadata }: KubeadmConfig) => metadata.creationTimestamp ?? '';
      const [first, ...others] = configs.sort((a, b) => (born(a) < born(b) ? -1 : 1)).map(({ spec }) => spec);
      expect(first).toHaveProperty('initConfiguration');
      expect(first).not.toHaveProperty('joinConfiguration');
      for (const other of others) {
        expect(other).not.toHaveProperty('initConfiguration');
        expect(other).toHaveProperty('joinConfiguration.discovery.bootstrapToken.token', expect.any(String));
        expect(other).toHaveProperty('joinConfiguration.controlPlane');
      }
    }
  });

  it('tells that bootstrap data was there before the Node, and no later than its host used it', () => {
    const world = seedWorld({ now: start });
    const infras = new Map(of<BaremetalMachine>(world, 'BaremetalMachine').map((one) => [one.metadata.name, one]));
    const since = (conditions: readonly { type: string; lastTransitionTime?: string }[] | undefined, type: string) =>
      Date.parse(conditions?.find((one) => one.type === type)?.lastTransitionTime ?? '');
    const machines = of<Machine>(world, 'Machine');
    expect(machines.length).toBeGreaterThan(0);
    for (const { metadata, status } of machines) {
      const ready = since(status?.conditions, 'BootstrapReady');
      expect(since(status?.v1beta2?.conditions, 'BootstrapConfigReady')).toBe(ready);
      expect(ready).toBeLessThan(since(status?.conditions, 'NodeHealthy'));
      expect(ready).toBeLessThanOrEqual(since(infras.get(metadata.name)?.status?.conditions, 'BootstrapReady'));
    }
  });

  it('refuses too few hosts', () => {
    expect(() => seedWorld({ hosts: 5, now: start })).toThrow(RangeError);
    expect(() => seedWorld({ hosts: 20, clusters: 4, now: start })).toThrow('each needs six');
  });

  it.each([
    // hosts, pools; replicas and spares of the control plane and of each group; hosts in no pool
    [undefined, undefined, ['3+1', '6+1', '3+1'], 0],
    [12, undefined, ['3+0', '6+0', '3+0'], 0],
    [13, undefined, ['3+0', '6+1', '3+0'], 0],
    [30, undefined, ['3+3', '6+3', '3+3'], 9],
    [undefined, 1, ['3+1', '9+1'], 0],
  ])('has one cluster of a shape: %s hosts, %s pools', (hosts, pools, wanted, free) => {
    const shape = { planes: 3, workers: 9, version: 'v1.31.14-2' };
    const { layout } = seedWorld({ hosts, pools, shape, now: start });
    const { plane, workers, version } = layout.clusters[0]!;
    expect([plane, ...workers].map((one) => `${one.replicas}+${one.hosts.length - one.replicas}`)).toEqual(wanted);
    expect(layout.unpooled).toHaveLength(free);
    expect(version).toBe('v1.31.14-2');
  });

  it.each([
    [{ planes: 2, workers: 9 }, 20, '3, 5 or 7'],
    [{ planes: 3, workers: 0 }, 20, 'one worker'],
    [{ planes: 3, workers: 9 }, 11, 'too few'],
  ])('refuses a shape that cannot be: %o of %i hosts', (shape, hosts, why) => {
    const options = { hosts, now: start, shape: { ...shape, version: 'v1.31.14-2' } };
    expect(() => seedWorld(options)).toThrow(why);
  });

  it('has objects of realistic size, and leaves bootstrap data out of a large one', () => {
    const world = seedWorld({ hosts: 1200, now: start });
    const size = (kind: string) => {
      const all = of(world, kind);
      return all.reduce((sum, object) => sum + JSON.stringify(object).length, 0) / all.length;
    };
    expect(size('MachineInventory')).toBeGreaterThan(4000);
    expect(size('MachineInventory')).toBeLessThan(8000);
    expect(size('Secret')).toBeGreaterThan(3000);
    expect(of(world, 'KubeadmConfig')).toEqual([]);
    expect(of(world, 'Machine').length).toBeGreaterThan(800);
  });
});

describe('a world at rest', () => {
  it.each([6, 16, 42, 150])('of %i hosts stays as it was written when the controllers start', async (hosts) => {
    const lab = await openLab({ hosts, clusters: undefined, seed: `rest-${hosts}`, trouble: true });
    const loaded = lab.world!.objects.length + lab.world!.events.length;
    const before = createApi().revision;
    await lab.run(60 * minute);
    expect(lab.api.revision - before).toBe(loaded);
    expect(lab.errors).toEqual([]);
    await lab.stop();
  });

  it('can be created through a Transport, is valid there, and comes to rest with every Machine running', async () => {
    const clock = new ManualClock(start);
    const api = createApi({ now: () => clock.now() });
    const transport = apiTransport(api, { user: { name: 'someone', groups: ['system:masters'] } });
    const world = seedWorld({ hosts: 12, clusters: 1, now: start });
    await createWorld(world, transport);
    const workload = new WorkloadApi(
      () => clock.now(),
      () => 'unused',
    );
    workload.load(world.nodes.get('prod')!);
    const errors: unknown[] = [];
    const runtime = new Runtime({
      management: transport,
      workload: () => workload,
      clock,
      onError: (error) => errors.push(error),
    });
    registerControllers(runtime);
    await runtime.start();
    await runtime.idle();
    while (clock.step(start + 60 * minute)) await runtime.idle();
    expect(errors).toEqual([]);
    const infras = runtime.informer(kinds.BaremetalMachine).list();
    expect(infras.length).toBe(of(world, 'BaremetalMachine').length);
    expect(infras.every(({ status }) => status?.phase === 'Running')).toBe(true);
    const planBefore = of<BaremetalMachine>(world, 'BaremetalMachine').map(
      ({ status }) => status?.lastAppliedPlanChecksum,
    );
    expect(infras.map(({ status }) => status?.lastAppliedPlanChecksum).sort()).toEqual(planBefore.sort());
    await runtime.stop();
  });
});
