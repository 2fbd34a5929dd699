/**
 * The BaremetalMachine controller: Pending -> Allocated -> Reprovisioning -> Running, and Failed where the image or the
 * plan is at fault. How it lets a host go is in `release.ts`.
 */

import { onClusterTurn } from '../capi/clusters.ts';
import { isPaused } from '../capi/common.ts';
import { machineInformer } from '../capi/machine.ts';
import { nodeReady } from '../capi/machine-status.ts';
import { find, type Saying, say } from '../conditions.ts';
import { durations } from '../durations.ts';
import { kinds } from '../kinds.ts';
import { addFinalizer, clusterOf, ownerName } from '../owners.ts';
import { checksum, planSecrets } from '../plan-secret.ts';
import type { Runtime } from '../runtime.ts';
import type { Machine } from '../shapes/capi.ts';
import type { Node } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import type { BaremetalMachine } from '../shapes/provider.ts';
import { catalogInformer } from './catalog.ts';
import { inventoryInformer, isFree, marks, setMarks, stateOf } from './inventory.ts';
import { baremetalMachineFinalizer, providerComponent } from './names.ts';
import { outcomeOf } from './plan-writer.ts';
import { poolInformer } from './pool.ts';
import { registryAnnotation } from './registry.ts';
import { release } from './release.ts';
import { reprovision } from './reprovision.ts';

/** Registers the controller. */
export function baremetalMachineController(rt: Runtime): void {
  const infras = rt.informer(kinds.BaremetalMachine);
  const machines = machineInformer(rt);
  const clusters = rt.informer(kinds.Cluster);
  const inventories = inventoryInformer(rt);
  const pools = poolInformer(rt);
  const secrets = planSecrets(rt);
  const catalog = catalogInformer(rt);
  infras.index('inventory', (infra) => [infra.status?.machineInventoryRef?.name ?? '']);
  infras.index('waiting', (infra) => [infra.status?.machineInventoryRef ? '' : poolName(infra)]);
  infras.index('provider', (infra) => (infra.spec?.providerID ? [infra.spec.providerID] : []));
  infras.index('cluster', (infra) => [clusterOf(infra) ?? '']);

  const controller = rt.controller('baremetalmachine', reconcile);
  const enqueue = (list: readonly BaremetalMachine[]) => {
    for (const infra of list) controller.enqueue(infra.metadata.name);
  };
  infras.onChange((infra) => controller.enqueue(infra.metadata.name));
  machines.onChange((machine) => controller.enqueue(machine.spec?.infrastructureRef?.name));
  secrets.onChange((secret) => enqueue(infras.by('inventory', secret.metadata.name)));
  inventories.onChange((inventory) => {
    enqueue(infras.by('inventory', inventory.metadata.name));
    for (const pool of pools.by('member', inventory.metadata.name)) enqueue(infras.by('waiting', pool.metadata.name));
  });
  pools.onChange((pool) => enqueue(infras.by('waiting', pool.metadata.name)));
  catalog.onChange(() => enqueue(infras.list().filter((infra) => infra.status?.phase === 'Failed')));
  rt.onNode((node) => enqueue(infras.by('provider', node.spec?.providerID)));
  // Who names a registry at last is heard.
  const registries = new Map<string, string | undefined>();
  clusters.onChange(({ metadata: { name, annotations } }) => {
    const registry = annotations?.[registryAnnotation];
    if (registries.get(name) === registry) return;
    registries.set(name, registry);
    enqueue(infras.by('cluster', name));
  });
  onClusterTurn(rt, (cluster) => enqueue(infras.by('cluster', cluster)));

  async function reconcile(name: string): Promise<number | undefined> {
    const infra = infras.get(name);
    const cluster = clusters.get(infra && clusterOf(infra));
    if (!infra || isPaused(cluster, infra)) return undefined;
    if (infra.metadata.deletionTimestamp) {
      await release(rt, infra, inventories, secrets);
      return undefined;
    }
    const machine = machines.get(ownerName(infra, 'Machine'));
    if (!machine || machine.metadata.deletionTimestamp) return undefined;
    await change(name, (draft) => {
      addFinalizer(draft, baremetalMachineFinalizer);
      draft.status = { phase: 'Pending', ready: false, ...draft.status };
    });
    const inventory = await allocate(name, machine);
    if (!inventory) return undefined;
    if (needsPlan(name, inventory)) {
      if (!now(name).status?.ready && awaitsClaim(inventory)) return undefined;
      const again = await startReprovision(name, machine, inventory);
      if (again !== true) return again || undefined;
    }
    await follow(name, machine);
    return undefined;
  }

  const now = (name: string): BaremetalMachine => infras.get(name)!;

  function change(name: string, edit: (draft: BaremetalMachine) => void): Promise<BaremetalMachine> {
    return rt.client.change(kinds.BaremetalMachine, now(name), edit);
  }

  function speak(name: string, sayings: Saying[], edit: (draft: BaremetalMachine) => void = () => {}) {
    return change(name, (draft) => {
      draft.status ??= {};
      draft.status.conditions = say(draft.status.conditions, sayings, rt.timestamp(), draft.metadata.generation);
      edit(draft);
    });
  }

  /** The host of a machine: the one it has, or the first free one in the order of its pool. */
  async function allocate(name: string, machine: Machine): Promise<MachineInventory | undefined> {
    const infra = now(name);
    const has = infra.status?.machineInventoryRef?.name;
    if (has) {
      const found = inventories.get(has);
      const message = `inventory ${has} is gone`;
      if (!found)
        await speak(name, [{ type: 'InventoryAllocated', status: 'False', reason: 'SimInventoryGone', message }]);
      return found;
    }
    const pool = pools.get(poolName(infra));
    const no = (reason: string, message: string) =>
      speak(name, [{ type: 'InventoryAllocated', status: 'False', reason, message }]);
    let inventory = inventories.by('owner', name)[0];
    if (!pool && !inventory) {
      await no('PoolMissing', `MachineInventoryPool ${poolName(infra)} does not exist`);
      return undefined;
    }
    const members = pool?.spec?.machineInventories ?? [];
    inventory ??= members.map((member) => inventories.get(member.name)).find((one) => isFree(one, poolName(infra)));
    if (!inventory) {
      const before = infra.status?.conditions?.some(({ reason }) => reason === 'PoolExhausted');
      const message = `no Available inventory in pool ${poolName(infra)}`;
      await no('PoolExhausted', message);
      if (!before) await rt.event(infra, 'Warning', 'PoolExhausted', message, providerComponent);
      return undefined;
    }
    const taken = await setMarks(rt, inventory, {
      [marks.pool]: poolName(infra),
      [marks.state]: 'Allocated',
      [marks.cluster]: machine.spec?.clusterName,
      [marks.machine]: machine.metadata.name,
      [marks.baremetalMachine]: name,
    });
    const host = taken.metadata.name;
    await speak(name, [{ type: 'InventoryAllocated', status: 'True', reason: 'SimInventoryAllocated' }], (draft) => {
      draft.status!.phase = 'Allocated';
      draft.status!.machineInventoryRef = { name: host };
      draft.spec = { ...draft.spec, providerID: `baremetal:///${host}` };
    });
    await rt.event(now(name), 'Normal', 'SimAllocated', `allocated inventory ${host}`, providerComponent);
    return taken;
  }

  /** Writes the reprovision plan once everything for it is there. Gives the ms until another try, or that it is done. */
  async function startReprovision(name: string, machine: Machine, inventory: MachineInventory): Promise<number | true> {
    const failed = now(name).status?.phase === 'Failed';
    const outcome = await reprovision(rt, catalog, {
      machine,
      cluster: clusters.get(machine.spec?.clusterName),
      inventory,
      secret: secrets.get(inventory.status?.plan?.secretRef?.name),
      hostname: hostname(now(name), inventory),
      use: now(name).metadata.uid ?? name,
    });
    if (!outcome.written) {
      const misses = outcome.missing === 'ImageCatalogMiss';
      const known = now(name).status?.conditions?.some(({ reason }) => reason === outcome.missing);
      await speak(name, outcome.sayings, (draft) => {
        // Only a version nobody knows is a failure; everything else is waited for.
        if (misses) draft.status!.phase = 'Failed';
        else if (failed && !draft.status!.planSecretRef) draft.status!.phase = 'Allocated';
      });
      const worth = misses || outcome.missing === 'ImageRegistryMissing';
      if (worth && !known) await rt.event(now(name), 'Warning', outcome.missing, outcome.message, providerComponent);
      return outcome.missing === 'ImageRegistryMissing' ? durations.registryRetry : 0;
    }
    await setMarks(rt, inventories.get(inventory.metadata.name)!, { [marks.state]: 'Reprovisioning' });
    await speak(name, outcome.sayings, (draft) => {
      Object.assign(draft.status!, {
        phase: 'Reprovisioning',
        planSecretRef: { name: inventory.status?.plan?.secretRef?.name },
        lastAppliedBootstrapHash: outcome.bootstrapHash,
        lastAppliedPlanChecksum: outcome.planChecksum,
      });
    });
    const message = `wrote reprovision plan for ${inventory.metadata.name}, image ${outcome.image}`;
    await rt.event(now(name), 'Normal', 'SimReprovisionStarted', message, providerComponent);
    return true;
  }

  function hostname(infra: BaremetalMachine, inventory: MachineInventory): string {
    const members = pools.get(poolName(infra))?.spec?.machineInventories ?? [];
    return members.find(({ name }) => name === inventory.metadata.name)?.hostname || inventory.metadata.name;
  }

  /** Whether the plan has to be written: it never was, or somebody else has put another in its place. */
  function needsPlan(name: string, inventory: MachineInventory): boolean {
    const { lastAppliedPlanChecksum, ready, planSecretRef } = now(name).status ?? {};
    if (!lastAppliedPlanChecksum) return true;
    const secret = secrets.get(planSecretRef?.name ?? inventory.status?.plan?.secretRef?.name);
    return !ready && secret !== undefined && checksum(secret) !== lastAppliedPlanChecksum;
  }

  /** Managed volumes are claimed for the machine before its plan is written. */
  const awaitsClaim = ({ status }: MachineInventory): boolean =>
    (status?.storage?.appliedVolumes?.length ?? 0) > 0 && status?.storage?.operation?.type !== 'Activate';

  /** Follows the plan and then the Node. */
  async function follow(name: string, machine: Machine): Promise<void> {
    const infra = now(name);
    const status = infra.status ?? {};
    const inventory = inventories.get(status.machineInventoryRef?.name);
    const secret = secrets.get(status.planSecretRef?.name);
    if (!inventory) return;
    if (status.ready) {
      await sayStorage(name, inventory);
      return;
    }
    const outcome = outcomeOf(secret, status.lastAppliedPlanChecksum ?? '');
    // A plan that failed and may be tried again is under way: its instructions are idempotent.
    if (outcome === 'given up') {
      await fail(infra, inventory);
      return;
    }
    if (status.phase === 'Failed') {
      await setMarks(rt, inventory, { [marks.state]: 'Reprovisioning' });
      await change(name, (draft) => {
        draft.status!.phase = 'Reprovisioning';
        delete draft.status!.failureReason;
        delete draft.status!.failureMessage;
      });
    }
    if (outcome !== 'applied' || !machine.spec?.clusterName) return;
    const nodes = await rt.nodes(machine.spec.clusterName);
    const node = nodes.informer.by('provider', infra.spec?.providerID)[0];
    const mounted = await sayStorage(name, inventory);
    if (!node || !nodeReady(node) || !mounted) return;
    await setMarks(rt, inventories.get(inventory.metadata.name)!, { [marks.state]: 'Allocated' });
    await change(name, (draft) => setRunning(draft, node));
    await rt.event(now(name), 'Normal', 'SimRunning', `Node ${node.metadata.name} is Ready`, providerComponent);
  }

  /** Says how the volumes of the host are, where it has any. True where nothing keeps the machine from running. */
  async function sayStorage(name: string, inventory: MachineInventory): Promise<boolean> {
    const saying = storageSaying(inventory);
    if (!saying) return true;
    await speak(name, [saying]);
    return saying.status === 'True';
  }

  async function fail(infra: BaremetalMachine, inventory: MachineInventory): Promise<void> {
    const first = infra.status?.phase !== 'Failed';
    if (stateOf(inventory) !== 'Unavailable') await setMarks(rt, inventory, { [marks.state]: 'Unavailable' });
    const after = await change(infra.metadata.name, (draft) => setFailed(draft, inventory.metadata.name));
    const message = failureMessage(inventory.metadata.name);
    if (first) await rt.event(after, 'Warning', 'SimReprovisionFailed', message, providerComponent);
  }
}

const poolName = (infra: BaremetalMachine): string => infra.spec?.machineInventoryPoolRef?.name ?? '';

/** The condition StorageReady for a host; undefined where no volumes of it are managed. */
function storageSaying({ status }: MachineInventory): Saying | undefined {
  const { phase, appliedVolumes, conditions } = status?.storage ?? {};
  if (!appliedVolumes?.length) return undefined;
  if (phase === 'Active') return { type: 'StorageReady', status: 'True', reason: 'AllVolumesReady' };
  const active = find(conditions, 'StorageActive');
  const message = active?.message || `waiting for the volumes to be mounted after the reboot (${phase ?? 'unknown'})`;
  const reason = phase === 'Degraded' || phase === 'Failed' ? 'SimVolumesNotMounted' : 'SimWaitingForVolumes';
  return { type: 'StorageReady', status: 'False', reason, message };
}

const failureMessage = (inventory: string): string => `reprovision plan failed on inventory ${inventory}`;

/** Writes into `draft` that its plan failed for good: the host has given it up. */
export function setFailed(draft: BaremetalMachine, inventory: string): void {
  draft.status = {
    ...draft.status,
    phase: 'Failed',
    ready: false,
    failureReason: 'SimReprovisionFailed',
    failureMessage: failureMessage(inventory),
  };
}

/** Writes into `draft` that its Node is up. */
export function setRunning(draft: BaremetalMachine, node: Node): void {
  draft.status = { ...draft.status, phase: 'Running', ready: true, addresses: node.status?.addresses ?? [] };
}
