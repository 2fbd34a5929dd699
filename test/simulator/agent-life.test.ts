import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApi } from '../../src/simulator/api/api.ts';
import { apiTransport } from '../../src/simulator/api/transport.ts';
import { ManualClock } from '../../src/simulator/controllers/clock.ts';
import { unpackPeriodic } from '../../src/simulator/controllers/hosts/probes.ts';
import { unpackOutputs } from '../../src/simulator/controllers/hosts/run.ts';
import { registerControllers } from '../../src/simulator/controllers/index.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { checksum, encode, planSecrets, planText, text } from '../../src/simulator/controllers/plan-secret.ts';
import { outcomeOf } from '../../src/simulator/controllers/provider/plan-writer.ts';
import { Runtime } from '../../src/simulator/controllers/runtime.ts';
import type { Node } from '../../src/simulator/controllers/shapes/core.ts';
import { WorkloadApi } from '../../src/simulator/workload/api.ts';
import { loadWorld } from '../../src/simulator/world/load.ts';
import { type Lab, minute, openLab, start } from './harness.ts';
import { watchInvariants } from './invariants.ts';

let lab: Lab;
let broken: string[];
beforeEach(async () => {
  lab = await openLab({ seed: 'agents' });
  broken = watchInvariants(lab.runtime).broken;
});
afterEach(async () => {
  expect(lab.errors).toEqual([]);
  expect(broken).toEqual([]);
  await lab.stop();
});

const group = 'prod-workers';
const secretOf = (name: string) => planSecrets(lab.runtime).get(name)!;
const inventory = (name: string) => lab.runtime.informer(kinds.MachineInventory).get(name)!;
const infras = () => lab.runtime.informer(kinds.BaremetalMachine).list();
const bootID = (name: string) => inventory(name).status?.observedStorage?.bootID;

/** A worker's host that runs the older agent, or the newer one. */
function workerHost(): { host: string; node: () => Promise<Node> } {
  const infra = infras().find(
    ({ metadata, status }) => metadata.name.startsWith(group) && status?.phase === 'Running',
  )!;
  const host = infra.status!.machineInventoryRef!.name;
  return {
    host,
    node: async () => (await lab.runtime.nodes('prod')).informer.by('provider', `baremetal:///${host}`)[0]!,
  };
}

const ready = (node: Node) => node.status?.conditions?.find(({ type }) => type === 'Ready');

async function setVersion(host: string, version: string): Promise<void> {
  await lab.client.change(kinds.MachineInventory, inventory(host), (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, 'elemental.cattle.io/os.version': version };
  });
}

async function writePlan(host: string, plan: object, more: Record<string, string> = {}): Promise<void> {
  const extra = Object.fromEntries(Object.entries(more).map(([key, value]) => [key, encode(value)]));
  await lab.client.change(kinds.Secret, secretOf(host), (draft) => {
    draft.data = { ...draft.data, plan: encode(planText(plan)), ...extra };
  });
}

/** A host that is in no pool. */
const freeHost = () =>
  lab.runtime
    .informer(kinds.MachineInventory)
    .list()
    .find(({ metadata }) => !metadata.annotations?.['baremetal.alauda.io/pool'])!.metadata.name;

async function restart(host: string): Promise<void> {
  lab.faults.host(host, { off: true });
  await lab.run(minute);
  lab.faults.host(host, undefined);
}

const step = (name: string) => ({ name, command: '/bin/sh', args: ['-c', 'true'], saveOutput: true });

describe('power', () => {
  it('a host without it loses its Node after 40 s, and boots, reports and posts again with it', async () => {
    const { host, node } = workerHost();
    const before = bootID(host);
    lab.faults.host(host, { off: true });
    await lab.run(39_000);
    expect(ready(await node())?.status).toBe('True');
    await lab.run(2000);
    expect(ready(await node())).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect((await node()).spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    lab.faults.host(host, undefined);
    await lab.run(4 * minute);
    expect(ready(await node())).toMatchObject({ status: 'True', reason: 'KubeletReady' });
    expect((await node()).spec?.taints).toBeUndefined();
    expect(bootID(host)).not.toBe(before);
    expect((await node()).status?.nodeInfo?.bootID).toBe(bootID(host));
    expect(inventory(host).status?.observedStorage).toMatchObject({ sequence: 1 });
  });

  it('an agent of the older generation runs its applied plan once more after a boot, and that may fail', async () => {
    const { host } = workerHost();
    await setVersion(host, '6.1');
    const runs = () => Number(text(secretOf(host), 'success-count'));
    const before = runs();
    await restart(host);
    await lab.run(5 * minute);
    expect(runs()).toBe(before + 1);
    lab.faults.plan(host, 'reprovision', { instruction: 1, output: 'registry is gone\n' });
    await restart(host);
    await lab.run(30 * minute);
    const sum = checksum(secretOf(host));
    expect(text(secretOf(host), 'applied-checksum')).toBe(sum);
    expect(text(secretOf(host), 'failed-checksum')).toBe(sum);
    expect(text(secretOf(host), 'failure-count')).toBe('1');
    expect(outcomeOf(secretOf(host), sum)).toBe('applied');
    expect(infras().find(({ status }) => status?.machineInventoryRef?.name === host)?.status?.phase).toBe('Running');
  });

  it.each([
    ['older', '6.1', {}],
    ['newer', '6.2', { 'plan-state': 'pending' }],
  ])(
    'a plan of an operator that does not end well fails with an agent of the %s generation',
    async (_, version, more) => {
      const { host } = workerHost();
      await setVersion(host, version);
      const args = ['-c', 'echo hello; exit 3'];
      const plan = { instructions: [step('one'), { ...step('two'), args }, step('three')] };
      await writePlan(host, plan, { 'max-failures': '2', ...more });
      await lab.run(15 * minute);
      expect(text(secretOf(host), 'failure-count')).toBe('2');
      expect(text(secretOf(host), 'failed-checksum')).toBe(checksum(secretOf(host)));
      expect(text(secretOf(host), 'applied-checksum')).not.toBe(checksum(secretOf(host)));
      expect(unpackOutputs(secretOf(host), 'failed-output')).toEqual({ one: '', two: 'hello\n' });
    },
  );

  it('an agent of the newer generation leaves a plan that has succeeded', async () => {
    const { host } = workerHost();
    await setVersion(host, '6.2');
    await writePlan(host, { instructions: [step('one')] }, { 'plan-state': 'pending' });
    await lab.run(5 * minute);
    expect(text(secretOf(host), 'plan-state')).toBe('succeeded');
    const { data } = secretOf(host);
    await restart(host);
    await lab.run(5 * minute);
    expect(secretOf(host).data).toEqual(data);
  });
});

describe('a kubelet', () => {
  it('that is silent is lost after 40 s and Ready as soon as it posts again', async () => {
    const { host, node } = workerHost();
    const before = bootID(host);
    lab.faults.host(host, { silentKubelet: true });
    await lab.run(41_000);
    expect(ready(await node())?.status).toBe('Unknown');
    await lab.run(minute);
    expect(text(secretOf(host), 'probe-statuses')).toBe('{"sim-kubelet":{"failureCount":3}}');
    lab.faults.host(host, undefined);
    await lab.run(20_000);
    expect(ready(await node())?.status).toBe('True');
    await lab.run(minute);
    expect(text(secretOf(host), 'probe-statuses')).toBe('{"sim-kubelet":{"healthy":true,"successCount":1}}');
    expect(bootID(host)).toBe(before);
  });

  it('that never joins leaves its machine Reprovisioning with an applied plan, and joins when it can', async () => {
    const pool = lab.runtime.informer(kinds.MachineInventoryPool).get('prod-worker-pool')!;
    const free = pool.spec!.machineInventories!.find(
      ({ name }) => inventory(name).metadata.annotations?.['baremetal.alauda.io/allocation-state'] === 'Available',
    )!.name;
    lab.faults.host(free, { neverJoins: true });
    const deployment = lab.runtime.informer(kinds.MachineDeployment).get(group)!;
    await lab.client.change(kinds.MachineDeployment, deployment, (draft) => {
      draft.spec!.replicas = deployment.spec!.replicas! + 1;
    });
    await lab.run(20 * minute);
    const infra = () => infras().find(({ status }) => status?.machineInventoryRef?.name === free)!;
    expect(infra().status?.phase).toBe('Reprovisioning');
    expect(text(secretOf(free), 'applied-checksum')).toBe(infra().status?.lastAppliedPlanChecksum);
    lab.faults.host(free, undefined);
    await lab.run(2 * minute);
    expect(infra().status).toMatchObject({ phase: 'Running', ready: true });
  });
});

describe('an agent', () => {
  it('that is refused writes nothing, and asks again one to five minutes later', async () => {
    const host = freeHost();
    lab.faults.host(host, { unauthorized: true });
    await writePlan(host, { instructions: [step('late')] });
    const { data } = secretOf(host);
    await lab.run(20 * minute);
    expect(secretOf(host).data).toEqual(data);
    lab.faults.host(host, undefined);
    await lab.run(minute);
    expect(text(secretOf(host), 'applied-checksum')).not.toBe(checksum(secretOf(host)));
    await lab.run(6 * minute);
    expect(text(secretOf(host), 'applied-checksum')).toBe(checksum(secretOf(host)));
  });

  it('backs off for minutes when the API fails under its hands', async () => {
    const host = freeHost();
    await writePlan(host, { instructions: [step('one')] });
    await lab.run(1000);
    lab.api.faults.fail({ status: 503 }, { method: 'PATCH', resource: 'secrets' });
    await lab.run(minute);
    expect(text(secretOf(host), 'applied-checksum')).not.toBe(checksum(secretOf(host)));
    await lab.run(6 * minute);
    expect(text(secretOf(host), 'applied-checksum')).toBe(checksum(secretOf(host)));
  });

  it('fails, cools down for 30 s each time, gives up, and takes a new plan at once', async () => {
    const host = freeHost();
    lab.faults.plan(host, 'other', { instruction: 0, output: 'no\n' });
    const times: number[] = [];
    planSecrets(lab.runtime).onChange((secret) => {
      if (secret.metadata.name !== host) return;
      const at = Date.parse(text(secret, 'last-apply-time'));
      if (text(secret, 'failed-checksum') && times.at(-1) !== at) times.push(at);
    });
    await writePlan(host, { instructions: [step('one')] }, { 'max-failures': '3' });
    await lab.run(20 * minute);
    expect(text(secretOf(host), 'failure-count')).toBe('3');
    expect(times).toHaveLength(3);
    for (const [at, time] of times.slice(1).entries()) expect(time - times[at]!).toBeGreaterThan(30_000);
    lab.faults.plan(host, 'other', undefined);
    await writePlan(host, { instructions: [step('two')] });
    await lab.run(30_000);
    expect(text(secretOf(host), 'failed-checksum')).toBe('');
    expect(text(secretOf(host), 'applied-checksum')).toBe(checksum(secretOf(host)));
  });

  it('takes as many times longer as its host is slow', async () => {
    const host = freeHost();
    lab.faults.host(host, { slow: 20 });
    await writePlan(host, { instructions: [step('one')] });
    await lab.run(4 * minute);
    expect(text(secretOf(host), 'applied-checksum')).not.toBe(checksum(secretOf(host)));
    await lab.run(6 * minute);
    expect(text(secretOf(host), 'applied-checksum')).toBe(checksum(secretOf(host)));
  });

  it('runs periodic instructions at their pace', async () => {
    const host = freeHost();
    await writePlan(host, { periodicInstructions: [{ ...step('look'), periodSeconds: 120 }] });
    await lab.run(minute);
    const first = unpackPeriodic(secretOf(host))['look']!.lastSuccessfulRunTime;
    await lab.run(3 * minute);
    expect(unpackPeriodic(secretOf(host))['look']!.lastSuccessfulRunTime).not.toBe(first);
  });

  it('leaves a plan alone that it cannot read, and survives what is no plan at all', async () => {
    const host = freeHost();
    for (const plan of ['{"instructions": 7, "files": [null], "probes": []}', 'nonsense', '[]', '']) {
      await lab.client.change(kinds.Secret, secretOf(host), (draft) => {
        draft.data = {
          ...draft.data,
          plan: encode(plan),
          'applied-output': encode('x'),
          'plan-checkpoint': encode('['),
        };
      });
      await lab.run(minute);
    }
    expect(text(secretOf(host), 'failed-checksum')).toBe('');
  });
});

describe('a heartbeat', () => {
  const anyVolume = {
    name: 'data',
    source: { deviceID: 'wwn:0x1' },
    filesystem: { policy: 'InitializeIfBlank', type: 'xfs' },
    mount: { path: '/var/cpaas' },
  } as const;

  it('lets every host report at its pace, and only then', async () => {
    const world = lab.world!;
    const clock = new ManualClock(start);
    const api = createApi({ now: () => clock.now() });
    const workload = new WorkloadApi(
      () => clock.now(),
      () => 'unused',
    );
    loadWorld(world, api, () => workload);
    const management = apiTransport(api, { user: { name: 'c', groups: ['system:masters'] } });
    const runtime = new Runtime({ management, workload: () => workload, clock });
    const heartbeat = 10 * minute;
    registerControllers(runtime, undefined, ['hosts'], { heartbeat });
    await runtime.start();
    await runtime.idle();
    const sequences = () =>
      new Map(
        runtime
          .informer(kinds.MachineInventory)
          .list()
          .map(({ metadata, status }) => [metadata.name, status?.observedStorage?.sequence ?? 0]),
      );
    const before = sequences();
    while (clock.step(start + 7 * minute)) await runtime.idle();
    expect(sequences()).toEqual(before);
    while (clock.step(start + 13 * minute)) await runtime.idle();
    for (const [name, sequence] of sequences()) expect(sequence).toBe(before.get(name)! + 1);

    // Who waits for a report, to prepare volumes, does not wait for the next heartbeat.
    const somebody = runtime.clientOf(management);
    const [name] = [...before.keys()];
    const inventory = (await somebody.get(kinds.MachineInventory, name!))!;
    await somebody.change(kinds.MachineInventory, inventory, (draft) => {
      draft.spec!.storage = { volumes: [{ ...anyVolume }] };
    });
    await runtime.idle();
    while (clock.step(start + 15 * minute)) await runtime.idle();
    expect(sequences().get(name!)).toBeGreaterThan(before.get(name!)! + 1);
    await runtime.stop();
  });
});
