/** Plans that fail, drag on, or whose outcome is never heard of. */

import { deleteAnnotation } from '../controllers/capi/delete-order.ts';
import { kinds } from '../controllers/kinds.ts';
import { otherPatchOf } from '../controllers/kubernetes-version.ts';
import { annotate } from '../controllers/owners.ts';
import { encode, text } from '../controllers/plan-secret.ts';
import { edit, freeHosts, type Group, hostOf, machinesOf, scaleFor, takeGroup } from './operator.ts';
import { minute, NotHere, type Scenario, type Stage } from './scenario.ts';

export const noSpace =
  'INFO[0000] Starting elemental version v2.2.0 on commit 4f1c2d7\nERRO[0003] write /.snapshots/2/snapshot: no space left on device\n';
const noRegistry =
  'INFO[0000] Starting elemental version v2.2.0 on commit 4f1c2d7\nERRO[0003] failed to pull image: Get "https://registry.dc1.example/v2/": ' +
  'dial tcp 10.1.0.5:443: connect: connection refused\n';
const noRuntime =
  'time="2026-11-21T02:00:00Z" level=fatal msg="connect: unix:///run/containerd/containerd.sock: ' +
  'context deadline exceeded"\n';

/** Lets plans of a type fail on a host until the scenario is healed. */
export function failPlans(stage: Stage, host: string, type: string, output: string): void {
  stage.onHeal(async () => stage.faults.plan(host, type, undefined));
  stage.faults.plan(host, type, { instruction: 1, output });
}

/** Marks the last Machine of a group and takes it out by scaling down. Gives its name and its host. */
export async function removeLast(stage: Stage, group: Group): Promise<{ machine: string; host: string }> {
  const machine = (await machinesOf(stage, group.name)).at(-1);
  const host = hostOf(machine);
  if (!machine || !host) throw new NotHere(`${group.name} has no machine on a host`);
  const { name } = machine.metadata;
  await edit(stage, kinds.Machine, name, (draft) => annotate(draft, { [deleteAnnotation]: 'true' }));
  await scaleFor(stage, group, group.replicas - 1);
  return { machine: name, host };
}

const reprovisionFails: Scenario = {
  name: 'reprovision-fails',
  failureMode: 'F8',
  about: 'A new host fails its reprovision plan until its agent gives up.',
  lookFor: 'the plan Failed, then the BaremetalMachine Failed and its host Unavailable; failed-output names the cause',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1, unchecked: true });
    failPlans(stage, group.free[0]!, 'reprovision', noSpace);
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${group.name} grew by one, and the disk of ${group.free[0]} is full` };
  },
};

const registryDown: Scenario = {
  name: 'registry-down',
  failureMode: 'F8',
  about: 'The hosts of one rack cannot reach the image registry.',
  lookFor: 'several reprovision plans Failed with the same output, all of one rack',
  async *start(stage) {
    const group = await takeLargest(stage, 3);
    const rack = await rackOf(stage, group.free[0]!);
    const free = (await freeHosts(stage, group.pool, 8)).slice(0, 8);
    const hit: string[] = [];
    for (const host of free) if ((await rackOf(stage, host)) === rack) hit.push(host);
    for (const host of hit) failPlans(stage, host, 'reprovision', noRegistry);
    const count = Math.min(3, hit.length);
    await scaleFor(stage, group, group.replicas + count);
    yield { did: `${group.name} grew by ${count}, and rack network ${rack} has lost the registry` };
  },
};

/** A group without a health check that can grow by so many, or by as many as there is one for. */
async function takeLargest(stage: Stage, most: number): Promise<Group> {
  for (let free = most; free > 1; free--) {
    const group = await takeGroup(stage, { free, unchecked: true }).catch(() => undefined);
    if (group) return group;
  }
  return takeGroup(stage, { free: 1, unchecked: true });
}

/** The network of a host's rack: racks have one of their own each. */
async function rackOf({ operator }: Stage, host: string): Promise<string> {
  const inventory = await operator.get(kinds.MachineInventory, host);
  const addresses = inventory?.spec?.observedNetwork?.interfaces?.flatMap((one) => one.addresses ?? []) ?? [];
  return `${(addresses[0] ?? '').split('.').slice(0, 3).join('.')}.0/24`;
}

/** The agent gives up after so many failures: raising the limit is what makes it try again. */
async function tryAgain(stage: Stage, host: string): Promise<void> {
  await edit(stage, kinds.Secret, host, (draft) => {
    const failures = Number(text(draft, 'failure-count') || 0);
    const limit = Number(text(draft, 'max-failures') || 0);
    if (limit > 0 && failures >= limit) draft.data = { ...draft.data, 'max-failures': encode(String(failures + 3)) };
  });
}

const cleanFails: Scenario = {
  name: 'clean-fails',
  failureMode: 'F10',
  about: 'A host that is to be released fails its clean plan, which holds its Machine back.',
  lookFor: 'a Machine stuck Deleting, its BaremetalMachine Preparing, the host Unavailable, the clean plan Failed',
  async *start(stage) {
    const group = await takeGroup(stage, { replicas: 2 });
    const last = hostOf((await machinesOf(stage, group.name)).at(-1)) ?? '';
    stage.onHeal(() => tryAgain(stage, last));
    failPlans(stage, last, 'clean', noRuntime);
    const { machine, host } = await removeLast(stage, group);
    yield { did: `${machine} was removed, and ${host} cannot clean itself` };
  },
};

const slowClean: Scenario = {
  name: 'slow-clean',
  late: 15 * minute,
  begins: 2 * minute,
  about: 'A host takes very long to clean itself.',
  lookFor: 'a host that stays Preparing; where a Machine was deleted, its replacement waits for it',
  async *start(stage) {
    const group = await takeGroup(stage, { replicas: 2 });
    const host = hostOf((await machinesOf(stage, group.name)).at(-1)) ?? '';
    stage.onHeal(async () => stage.faults.host(host, undefined));
    // Too long by the clock, however fast the world runs.
    stage.faults.host(host, { slow: 60 * Math.max(1, stage.speed) });
    const { machine } = await removeLast(stage, group);
    yield { did: `${machine} was removed, and ${host} takes its time` };
  },
};

const unauthorized: Scenario = {
  name: 'agent-unauthorized',
  late: 15 * minute,
  begins: 2 * minute,
  failureMode: 'F22',
  about: "The API answers a host's agent with 401, so nobody learns what became of its plan.",
  lookFor: 'a reprovision plan that stays pending, while the MachineInventory still reports the state of the last one',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1, unchecked: true });
    const host = group.free[0]!;
    stage.onHeal(async () => stage.faults.host(host, undefined));
    stage.faults.host(host, { unauthorized: true });
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `the token of ${host} is no longer valid, and ${group.name} grew by one` };
  },
};

const badHostInUpgrade: Scenario = {
  name: 'upgrade-bad-host',
  failureMode: 'F8',
  about: 'A rolling upgrade meets a host that cannot be reprovisioned, and freezes there.',
  lookFor: 'a rollout that does not go on: one new Machine Failed, its host Unavailable, old Machines left alone',
  stays: 'the group is at the new patch version afterwards',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1, replicas: 2, unchecked: true });
    const version = await otherPatch(stage, group);
    const host = await nextHost(stage, group);
    stage.onHeal(() => replaceFailed(stage, group.name));
    failPlans(stage, host, 'reprovision', noSpace);
    await edit(stage, kinds.MachineDeployment, group.name, (draft) => {
      draft.spec!.template!.spec!.version = version;
    });
    yield { did: `${group.name} rolls to ${version}, and ${host} is bad` };
  },
};

/** Another patch version of the same minor, from the catalog. */
async function otherPatch({ operator }: Stage, { deployment, name }: Group): Promise<string> {
  const catalog = (await operator.get(kinds.ConfigMap, 'elemental-image-catalog'))?.data ?? {};
  const other = otherPatchOf(deployment.spec?.template?.spec?.version ?? '', Object.keys(catalog));
  if (!other) throw new NotHere(`the catalog has no other patch version for ${name}`);
  return other;
}

/** The host the first new Machine of a rollout will get: the first, in the pool's order, of those free or freed. */
async function nextHost(stage: Stage, group: Group): Promise<string> {
  const freed = hostOf((await machinesOf(stage, group.name))[0]);
  const pool = await stage.operator.get(kinds.MachineInventoryPool, group.pool);
  const members = pool?.spec?.machineInventories ?? [];
  return members.find(({ name }) => name === freed || name === group.free[0])?.name ?? group.free[0]!;
}

/** Deletes the Machines of a group that have failed for good: they are replaced. */
export async function replaceFailed(stage: Stage, group: string): Promise<void> {
  for (const { metadata, status } of await machinesOf(stage, group)) {
    if (status?.failureReason && !metadata.deletionTimestamp) {
      await stage.operator.remove(kinds.Machine, metadata.name);
    }
  }
}

const neverJoins: Scenario = {
  name: 'never-joins',
  late: 12 * minute,
  begins: 8 * minute,
  failureMode: 'F11',
  about: 'A host reboots after its reprovision plan into a state in which its kubelet never joins.',
  lookFor: 'the plan Applied, but the BaremetalMachine stays Reprovisioning and there is no Node',
  async *start(stage) {
    const group = await takeGroup(stage, { free: 1, unchecked: true });
    const host = group.free[0]!;
    stage.onHeal(async () => stage.faults.host(host, undefined));
    stage.faults.host(host, { neverJoins: true });
    await scaleFor(stage, group, group.replicas + 1);
    yield { did: `${group.name} grew by one, and ${host} will not find the way to the API server` };
  },
};

const flapping: Scenario = {
  name: 'host-flapping',
  about: 'The kubelet of a host falls silent and comes back, again and again.',
  lookFor: 'a Machine whose NodeHealthy and NodeReady change every few minutes; the transition times stay young',
  async *start(stage) {
    const group = await takeGroup(stage);
    const host = hostOf((await machinesOf(stage, group.name))[0]);
    if (!host) throw new NotHere(`${group.name} has no machine on a host`);
    stage.onHeal(async () => stage.faults.host(host, undefined));
    for (let round = 1; round <= 20; round++) {
      stage.faults.host(host, { silentKubelet: true });
      yield { did: `${host} fell silent (${round})`, next: 'it comes back', after: 2 * minute };
      stage.faults.host(host, { silentKubelet: false });
      yield { did: `${host} came back (${round})`, next: 'it falls silent again', after: 2 * minute };
    }
    stage.faults.host(host, { silentKubelet: true });
    yield { did: `${host} fell silent for good` };
  },
};

export const planScenarios: readonly Scenario[] = [
  reprovisionFails,
  registryDown,
  cleanFails,
  slowClean,
  unauthorized,
  badHostInUpgrade,
  neverJoins,
  flapping,
];
