/** Rules of operator, agent and provider that no story comes past. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { find } from '../../src/simulator/controllers/conditions.ts';
import { planSecret, setPlanStatus } from '../../src/simulator/controllers/elemental/inventory.ts';
import { registeredInventory } from '../../src/simulator/controllers/elemental/register.ts';
import { afterPeriodic, unpackPeriodic } from '../../src/simulator/controllers/hosts/probes.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { checksum, encode, planSecrets, providerPlanType, text } from '../../src/simulator/controllers/plan-secret.ts';
import { marks, stateOf, unfitness } from '../../src/simulator/controllers/provider/inventory.ts';
import type { MachineInventory } from '../../src/simulator/controllers/shapes/elemental.ts';
import { machineInventoryPool } from '../../src/simulator/world/blueprint.ts';
import { hardwareAt } from '../../src/simulator/world/hardware.ts';
import { machineRegistration } from '../../src/simulator/world/onboarding.ts';
import { type Lab, minute, openLab } from './harness.ts';

const host = (): MachineInventory => ({
  apiVersion: kinds.MachineInventory.apiVersion,
  kind: 'MachineInventory',
  metadata: { name: 'rack1-u01', namespace: 'cpaas-system' },
});
const at = '2026-11-21T02:00:00Z';

describe('the operator', () => {
  it('goes on to show the last plan as applied while a new one waits, and even when it fails', () => {
    const secret = planSecret(host());
    const draft = host();
    secret.data = { ...secret.data, 'applied-checksum': encode(checksum(secret)) };
    setPlanStatus(draft, secret, at);
    const old = draft.status!.plan!.checksum;
    secret.data = { ...secret.data, plan: encode('{"instructions":[]}') };
    setPlanStatus(draft, secret, at);
    secret.data = { ...secret.data, 'failed-checksum': encode(checksum(secret)) };
    setPlanStatus(draft, secret, at);
    expect(draft.status!.plan).toMatchObject({ state: 'Applied', checksum: old });
    expect(find(draft.status!.conditions, 'Ready')).toMatchObject({
      status: 'True',
      reason: 'PlanSuccessfullyApplied',
    });
  });

  it('keeps to the Secret that a host was given first', () => {
    const draft = { ...host(), status: { plan: { secretRef: { name: 'older', namespace: 'cpaas-system' } } } };
    setPlanStatus(draft, planSecret(host()), at);
    expect(draft.status.plan.secretRef.name).toBe('older');
  });

  it('leaves out an annotation that the hardware cannot fill', () => {
    const registration = machineRegistration('prod', 'rack');
    const unknown = `\${${'System Information/Nothing'}}`;
    registration.spec!.machineInventoryAnnotations = { 'example.org/a': unknown, 'example.org/b': 'b' };
    const { annotations } = registeredInventory(registration, hardwareAt('x', 1), 0).metadata;
    expect(annotations).toMatchObject({ 'example.org/b': 'b' });
    expect(annotations).not.toHaveProperty('example.org/a');
  });
});

describe('a periodic instruction', () => {
  it('counts failures in a row: one success ends them, and the time of the last stays', () => {
    const secret = planSecret(host());
    const instruction = { name: 'check', command: 'true', args: [], periodSeconds: 60 };
    const run = (fails: boolean, when: number) => {
      const fault = fails ? { instruction: 0, output: 'no' } : undefined;
      secret.data = afterPeriodic(secret, instruction, fault, when);
      return unpackPeriodic(secret)['check']!;
    };
    run(true, 0);
    const failed = run(true, 60_000);
    expect(failed).toMatchObject({ failures: 2, exitCode: 1, lastSuccessfulRunTime: '' });
    expect(run(false, 120_000)).toMatchObject({
      ...{ failures: 0, exitCode: 0 },
      lastFailedRunTime: failed.lastFailedRunTime,
    });
  });
});

describe('a host', () => {
  const ready = (more: MachineInventory['status'] = {}): MachineInventory => ({
    ...host(),
    spec: { storage: { volumes: [{ name: 'data' }] } } as MachineInventory['spec'],
    status: {
      plan: { secretRef: { name: 'rack1-u01', namespace: 'cpaas-system' } },
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at }],
      ...more,
    } as MachineInventory['status'],
  });
  const operation = { type: 'Prepare', phase: 'Running' };
  it.each<[string, MachineInventory, string | undefined]>([
    ['that is prepared', ready({ storage: { phase: 'Prepared' } } as MachineInventory['status']), undefined],
    [
      'whose storage is being worked on',
      ready({ storage: { phase: 'Prepared', operation } } as MachineInventory['status']),
      'has storage that is not Prepared (Prepared)',
    ],
    [
      'that is being deleted',
      { ...ready(), metadata: { name: 'x', deletionTimestamp: at } } as MachineInventory,
      'is being deleted',
    ],
  ])('%s', (_, inventory, problem) => {
    expect(unfitness(inventory)).toBe(problem);
  });
});

describe('in a datacenter', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await openLab({ seed: 'rules' });
  });
  afterEach(async () => {
    expect(lab.errors).toEqual([]);
    await lab.stop();
  });

  const inventory = (name: string) => lab.runtime.informer(kinds.MachineInventory).get(name)!;
  const infras = () => lab.runtime.informer(kinds.BaremetalMachine);
  const fresh = () =>
    infras()
      .list()
      .find(({ status }) => !status?.ready);
  const pool = (name = 'prod-worker-pool') => lab.runtime.informer(kinds.MachineInventoryPool).get(name)!;
  const free = () =>
    pool()
      .spec!.machineInventories!.map(({ name }) => name)
      .find((name) => stateOf(inventory(name)) === 'Available')!;
  async function scale(by: number): Promise<void> {
    const group = lab.runtime.informer(kinds.MachineDeployment).get('prod-workers')!;
    await lab.client.change(kinds.MachineDeployment, group, (draft) => {
      draft.spec!.replicas = group.spec!.replicas! + by;
    });
  }

  it('a machine that runs has said of each step that it is done, and has the addresses of its Node', async () => {
    await scale(1);
    await lab.run(1000);
    const { name } = fresh()!.metadata;
    await lab.until(() => infras().get(name)?.status?.phase === 'Running', 20 * minute, 'the machine');
    const { conditions, addresses, machineInventoryRef } = infras().get(name)!.status!;
    for (const type of ['InventoryAllocated', 'BootstrapReady', 'ImageResolved']) {
      expect([type, find(conditions, type)?.status]).toEqual([type, 'True']);
    }
    const own = inventory(machineInventoryRef!.name).spec!.observedNetwork!.interfaces!;
    const [first] = own.flatMap(({ addresses: list = [] }) => list);
    expect(addresses).toContainEqual({ type: 'InternalIP', address: first!.split('/')[0] });
  });

  it('a plan that works after it had been given up leaves no failure behind', async () => {
    const name = free();
    // Or the machine would be replaced before its host gives up.
    for (const { metadata } of lab.runtime.informer(kinds.MachineHealthCheck).list()) {
      await lab.client.remove(kinds.MachineHealthCheck, metadata.name);
    }
    lab.faults.plan(name, 'reprovision', { instruction: 0, output: 'no route to host', times: 3 });
    await scale(1);
    await lab.until(() => fresh()?.status?.phase === 'Failed', 20 * minute, 'the failure');
    expect(fresh()!.status).toMatchObject({ failureReason: 'SimReprovisionFailed' });
    lab.faults.plan(name, 'reprovision', undefined);
    const secret = planSecrets(lab.runtime).get(name)!;
    await lab.client.change(kinds.Secret, secret, (draft) => {
      draft.data = { ...draft.data, 'max-failures': encode('9') };
    });
    const machine = fresh()!.metadata.name;
    await lab.until(() => infras().get(machine)?.status?.phase === 'Running', 30 * minute, 'the machine');
    expect(infras().get(machine)!.status).not.toHaveProperty('failureReason');
    expect(infras().get(machine)!.status).not.toHaveProperty('failureMessage');
  });

  it('a host that was never given a plan is let go without one', async () => {
    const name = free();
    const before = planSecrets(lab.runtime).get(name)!;
    lab.faults.cluster('prod', { unreachable: true });
    await scale(1);
    await lab.run(minute);
    expect(find(fresh()?.status?.conditions, 'BootstrapReady')?.reason).toBe('BootstrapWaiting');
    expect(stateOf(inventory(name))).toBe('Allocated');
    await scale(-1);
    await lab.run(minute);
    expect(stateOf(inventory(name))).toBe('Available');
    const after = planSecrets(lab.runtime).get(name)!;
    expect(after.metadata.annotations?.[providerPlanType]).toBe(before.metadata.annotations?.[providerPlanType]);
    expect(text(after, 'plan')).toBe(text(before, 'plan'));
  });

  it('a host that its pool lists no longer is claimed by the next that does', async () => {
    const name = free();
    await lab.client.create(kinds.MachineInventoryPool, machineInventoryPool('second', 'prod', [{ name }]));
    await lab.run(1000);
    expect(pool('second').status?.available).toBe(0);
    await lab.client.change(kinds.MachineInventoryPool, pool(), (draft) => {
      draft.spec!.machineInventories = draft.spec!.machineInventories!.filter((member) => member.name !== name);
    });
    await lab.run(2 * minute);
    expect(inventory(name).metadata.annotations?.[marks.pool]).toBe('second');
    expect(pool('second').status?.available).toBe(1);
  });

  it('a BaremetalCluster stays until the last of its machines has gone', async () => {
    await lab.client.remove(kinds.BaremetalCluster, 'prod');
    await lab.run(minute);
    expect(lab.runtime.informer(kinds.BaremetalCluster).get('prod')?.metadata.deletionTimestamp).toBeDefined();
  });

  it('a registration keeps its token', async () => {
    const registrations = lab.runtime.informer(kinds.MachineRegistration);
    await lab.client.change(kinds.MachineRegistration, registrations.get('prod-registration')!, (draft) => {
      draft.status!.registrationToken = 'kept';
    });
    await lab.run(1000);
    await lab.client.change(kinds.MachineRegistration, registrations.get('prod-registration')!, (draft) => {
      draft.metadata.annotations = { look: 'again' };
    });
    await lab.run(1000);
    expect(registrations.get('prod-registration')!.status).toMatchObject({
      registrationToken: 'kept',
      registrationURL: expect.stringMatching(/\/kept$/) as string,
    });
  });
});
