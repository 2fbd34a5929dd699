import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostName, registerHost } from '../../src/simulator/controllers/elemental/register.ts';
import { kinds } from '../../src/simulator/controllers/kinds.ts';
import { planSecrets, text } from '../../src/simulator/controllers/plan-secret.ts';
import { hardwareAt } from '../../src/simulator/world/hardware.ts';
import { machineRegistration, seedImage } from '../../src/simulator/world/onboarding.ts';
import { type Lab, minute, openLab } from './harness.ts';

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
const inventory = (name: string) => lab.runtime.informer(kinds.MachineInventory).get(name);

describe('a registration', () => {
  it('gets a token and a URL that holds it', () => {
    const { status } = registration();
    expect(status?.conditions).toMatchObject([{ type: 'Ready', status: 'True', reason: 'SuccessfullyCreated' }]);
    expect(status?.registrationURL).toBe(
      `https://platform.dc1.example/elemental/registration/${status?.registrationToken}`,
    );
  });

  it('names hosts after their rack or their SMBIOS UUID, and by m-uuid where the hardware does not say', () => {
    const hardware = hardwareAt('names', 22);
    expect(hostName(registration(), hardware)).toBe('dc1-r02-u09');
    const byUuid = machineRegistration('edge-a', 'uuid');
    expect(hostName(byUuid, hardware)).toBe(`edge-a-${hardware.uuid}`);
    expect(hostName(byUuid, { ...hardware, smbios: {} })).toBe(`m-${hardware.uuid}`);
    byUuid.spec!.machineName = 'Rack_7 // Ünit--3.';
    expect(hostName(byUuid, hardware)).toBe('rack-7-nit-3.');
  });
});

describe('a host that boots the ISO', () => {
  it('becomes an inventory with labels, network, an empty plan, and Ready once the plan is applied', async () => {
    const hardware = hardwareAt('boot', 3);
    const name = await registerHost(lab.runtime, lab.client, registration(), hardware);
    await lab.run(100);
    const waiting = inventory(name)?.status?.conditions?.find(({ type }) => type === 'Ready');
    expect(waiting).toMatchObject({ status: 'False', reason: 'WaitingForPlan' });
    await lab.run(10 * minute);
    const host = inventory(name)!;
    expect(host.metadata.labels).toMatchObject({
      'pool.baremetal.alauda.io/eligible': 'true',
      'elemental.cattle.io/serial-number': hardware.smbios['System Information/Serial Number'],
    });
    expect(host.metadata.annotations).toMatchObject({ 'elemental.cattle.io/machine-uuid': hardware.uuid });
    expect(host.metadata.finalizers).toEqual(['machineinventory.elemental.cattle.io']);
    expect(host.spec?.observedNetwork).toEqual(hardware.network);
    expect(host.status?.plan).toMatchObject({ state: 'Applied', secretRef: { name, namespace: 'cpaas-system' } });
    expect(host.status?.conditions?.map(({ type, status, reason }) => `${type}=${status}/${reason}`)).toEqual([
      'Ready=True/PlanSuccessfullyApplied',
      'NetworkConfigReady=True/ReconcilingNetworkConfig',
    ]);
    const secret = planSecrets(lab.runtime).get(name)!;
    expect(secret).toMatchObject({
      type: 'elemental.cattle.io/plan',
      metadata: {
        labels: { 'elemental.cattle.io/managed': 'true' },
        annotations: { 'elemental.cattle.io/plan.type': 'empty' },
        ownerReferences: [{ kind: 'MachineInventory', name, controller: true }],
      },
    });
    expect(text(secret, 'applied-checksum')).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(text(secret, 'last-apply-time')).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d UTC 2026$/);
  });

  it('goes at once when it is deleted, unless it can be reset: then after its reset plan', async () => {
    const [plain, resettable] = [
      await registerHost(lab.runtime, lab.client, registration(), hardwareAt('boot', 4)),
      await registerHost(lab.runtime, lab.client, registration(), hardwareAt('boot', 5)),
    ];
    await lab.run(10 * minute);
    await lab.client.change(kinds.MachineInventory, inventory(resettable)!, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, 'elemental.cattle.io/resettable': 'true' };
    });
    await lab.client.remove(kinds.MachineInventory, plain);
    await lab.client.remove(kinds.MachineInventory, resettable);
    await lab.run(1000);
    expect(inventory(plain)).toBeUndefined();
    expect(planSecrets(lab.runtime).get(plain)).toBeUndefined();
    expect(inventory(resettable)?.metadata.deletionTimestamp).toBeDefined();
    expect(planSecrets(lab.runtime).get(resettable)?.metadata.annotations).toEqual({
      'elemental.cattle.io/plan.type': 'reset',
    });
    await lab.run(3 * minute);
    expect(inventory(resettable)).toBeUndefined();
  });
});

describe('a seed image', () => {
  const image = () => lab.runtime.informer(kinds.SeedImage).get('prod-registration-iso')!;
  const reason = () => image().status?.conditions?.find(({ type }) => type === 'SeedImageReady')?.reason;

  it('is built, can be downloaded, is taken away after its time, and is built again on demand', async () => {
    const reasons: (string | undefined)[] = [];
    lab.runtime.informer(kinds.SeedImage).onChange(() => {
      if (reasons.at(-1) !== reason()) reasons.push(reason());
    });
    await lab.client.create(kinds.SeedImage, seedImage('prod', 'v1.33.7-2'));
    await lab.until(() => reason() === 'SeedImageBuildSuccess', 10 * minute, 'the build');
    const { downloadURL, checksumURL, downloadToken } = image().status!;
    expect(downloadURL).toMatch(
      `https://platform.dc1.example/elemental/seedimage/${downloadToken}/prod-registration-2026-11-21T02:`,
    );
    expect(checksumURL).toBe(`${downloadURL}.sha256`);
    expect(image().status).not.toHaveProperty('state');
    await lab.run(121 * minute);
    expect(reason()).toBe('SeedImageBuildDeadline');
    expect(image().status?.downloadURL).toBeUndefined();
    await lab.client.change(kinds.SeedImage, image(), (draft) => {
      draft.spec!.retriggerBuild = true;
    });
    await lab.until(() => reason() === 'SeedImageBuildSuccess', 10 * minute, 'the second build');
    expect(image().spec?.retriggerBuild).toBe(false);
    expect(image().status?.downloadURL).not.toBe(downloadURL);
    const round = ['SeedImageBuildNotStarted', 'SeedImageBuildOngoing', 'SeedImageBuildSuccess'];
    expect(reasons.filter((one) => one !== undefined)).toEqual([...round, 'SeedImageBuildDeadline', ...round]);
  });

  it('waits for its registration', async () => {
    await lab.client.create(kinds.SeedImage, seedImage('other', 'v1.33.7-2'));
    await lab.run(minute);
    const other = () => lab.runtime.informer(kinds.SeedImage).get('other-registration-iso')!;
    expect(other().status?.conditions).toMatchObject([{ type: 'Ready', reason: 'RegistrationNotFound' }]);
    await lab.client.create(kinds.MachineRegistration, machineRegistration('other', 'uuid'));
    await lab.run(5 * minute);
    expect(other().status?.downloadURL).toBeDefined();
  });
});
