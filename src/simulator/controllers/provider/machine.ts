/**
 * The BaremetalMachine controller: Pending -> Allocated -> Reprovisioning -> Running, and Failed where the image or the
 * plan is at fault. How it lets a host go is in `release.ts`.
 */

import { onClusterTurn } from '../capi/clusters.ts';
import { isControlPlane, isPaused } from '../capi/common.ts';
import { machineInformer } from '../capi/machine.ts';
import { nodeReady } from '../capi/machine-status.ts';
import { type Saying, say } from '../conditions.ts';
import { kinds } from '../kinds.ts';
import { addFinalizer, clusterOf, ownerName } from '../owners.ts';
import { checksumOf, encode, planSecrets, text } from '../plan-secret.ts';
import type { Runtime } from '../runtime.ts';
import type { Machine } from '../shapes/capi.ts';
import type { Node, Secret } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import type { BaremetalMachine } from '../shapes/provider.ts';
import { catalogInformer, imageOf } from './catalog.ts';
import { inventoryInformer, isFree, marks, setMarks, stateOf } from './inventory.ts';
import { baremetalMachineFinalizer, providerComponent } from './names.ts';
import { outcomeOf, writePlan } from './plan-writer.ts';
import { type NodeIdentity, reprovisionPlan } from './plans.ts';
import { poolInformer } from './pool.ts';
import { release } from './release.ts';

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
  onClusterTurn(rt, (cluster) => enqueue(infras.by('cluster', cluster)));

  async function reconcile(name: string): Promise<undefined> {
    const infra = infras.get(name);
    const cluster = clusters.get(infra && clusterOf(infra));
    if (!infra || isPaused(cluster, infra)) return;
    if (infra.metadata.deletionTimestamp) {
      await release(rt, infra, inventories, secrets);
      return;
    }
    const machine = machines.get(ownerName(infra, 'Machine'));
    if (!machine || machine.metadata.deletionTimestamp) return;
    await change(name, (draft) => {
      addFinalizer(draft, baremetalMachineFinalizer);
      draft.status = { phase: 'Pending', ready: false, ...draft.status };
    });
    const inventory = await allocate(name, machine);
    if (!inventory) return;
    if (!now(name).status?.lastAppliedPlanChecksum && !(await startReprovision(name, machine, inventory))) return;
    await follow(name, machine);
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
    if (has) return inventories.get(has);
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

  /** Writes the reprovision plan once bootstrap data and image are there. Says whether it is written. */
  async function startReprovision(name: string, machine: Machine, inventory: MachineInventory): Promise<boolean> {
    const data = machine.spec?.bootstrap?.dataSecretName;
    const bootstrap = data ? await rt.client.get(kinds.Secret, data) : undefined;
    if (!bootstrap) {
      const message = `Machine ${machine.metadata.name} has no bootstrap data yet`;
      await speak(name, [{ type: 'BootstrapReady', status: 'False', reason: 'BootstrapWaiting', message }]);
      return false;
    }
    const ready: Saying = { type: 'BootstrapReady', status: 'True', reason: 'SimBootstrapReady' };
    const version = machine.spec?.version ?? '';
    const image = imageOf(catalog, version);
    if (!image) {
      const message = `no entry for ${version} in ConfigMap elemental-image-catalog`;
      const failed = now(name).status?.phase === 'Failed';
      await speak(
        name,
        [ready, { type: 'ImageResolved', status: 'False', reason: 'ImageCatalogMiss', message }],
        (d) => {
          d.status!.phase = 'Failed';
        },
      );
      if (!failed) await rt.event(now(name), 'Warning', 'ImageCatalogMiss', message, providerComponent);
      return false;
    }
    const secret = secrets.get(inventory.status?.plan?.secretRef?.name);
    if (!secret) return false;
    const userData = await resolve(bootstrap, inventory, hostname(now(name), inventory));
    const identity = identityOf(machine, inventory, hostname(now(name), inventory));
    const plan = reprovisionPlan(identity, image, userData, now(name).metadata.uid ?? name);
    const sum = await writePlan(rt, secret, plan, 'reprovision');
    await setMarks(rt, inventories.get(inventory.metadata.name)!, { [marks.state]: 'Reprovisioning' });
    await speak(name, [ready, { type: 'ImageResolved', status: 'True', reason: 'SimImageResolved' }], (draft) => {
      Object.assign(draft.status!, {
        phase: 'Reprovisioning',
        planSecretRef: { name: secret.metadata.name },
        lastAppliedBootstrapHash: checksumOf(userData),
        lastAppliedPlanChecksum: sum,
      });
    });
    const message = `wrote reprovision plan for ${inventory.metadata.name}, image ${image}`;
    await rt.event(now(name), 'Normal', 'SimReprovisionStarted', message, providerComponent);
    return true;
  }

  function hostname(infra: BaremetalMachine, inventory: MachineInventory): string {
    const members = pools.get(poolName(infra))?.spec?.machineInventories ?? [];
    return members.find(({ name }) => name === inventory.metadata.name)?.hostname || inventory.metadata.name;
  }

  /** The normalised user data, kept beside the original for debugging as the provider does. */
  async function resolve(bootstrap: Secret, inventory: MachineInventory, host: string): Promise<string> {
    const resolved = resolveUserData(text(bootstrap, 'value'), inventory.metadata.name, host);
    await rt.client.change(kinds.Secret, bootstrap, (draft) => {
      draft.data = { ...draft.data, 'resolved-value': encode(resolved) };
    });
    return resolved;
  }

  /** Follows the plan and then the Node. */
  async function follow(name: string, machine: Machine): Promise<void> {
    const infra = now(name);
    const status = infra.status ?? {};
    const inventory = inventories.get(status.machineInventoryRef?.name);
    const secret = secrets.get(status.planSecretRef?.name);
    if (status.ready || !inventory) return;
    const outcome = outcomeOf(secret, status.lastAppliedPlanChecksum ?? '');
    if (outcome === 'failed' || outcome === 'given up') {
      await fail(infra, inventory, outcome === 'given up');
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
    if (!node || !nodeReady(node)) return;
    await setMarks(rt, inventories.get(inventory.metadata.name)!, { [marks.state]: 'Allocated' });
    await change(name, (draft) => setRunning(draft, node));
    await rt.event(now(name), 'Normal', 'SimRunning', `Node ${node.metadata.name} is Ready`, providerComponent);
  }

  async function fail(infra: BaremetalMachine, inventory: MachineInventory, forGood: boolean): Promise<void> {
    const first = infra.status?.phase !== 'Failed';
    if (stateOf(inventory) !== 'Unavailable') await setMarks(rt, inventory, { [marks.state]: 'Unavailable' });
    const after = await change(infra.metadata.name, (draft) => setFailed(draft, inventory.metadata.name, forGood));
    const message = failureMessage(inventory.metadata.name);
    if (first) await rt.event(after, 'Warning', 'SimReprovisionFailed', message, providerComponent);
  }
}

const poolName = (infra: BaremetalMachine): string => infra.spec?.machineInventoryPoolRef?.name ?? '';

/** What the plan tells the host about the node it becomes. */
export function identityOf(machine: Machine, inventory: MachineInventory, node: string): NodeIdentity {
  return {
    cluster: machine.spec?.clusterName ?? '',
    node,
    providerID: `baremetal:///${inventory.metadata.name}`,
    version: machine.spec?.version ?? '',
    controlPlane: isControlPlane(machine),
  };
}

/** User data with the fields the provider fills in (documented: hostname, provider-id, criSocket). */
export function resolveUserData(value: string, inventory: string, host: string): string {
  const lines = [
    value.trimEnd(),
    `hostname: ${host}`,
    'sim_normalized:',
    `  provider-id: baremetal:///${inventory}`,
    '  criSocket: unix:///var/run/containerd/containerd.sock',
    '',
  ];
  return lines.join('\n');
}

const failureMessage = (inventory: string): string => `reprovision plan failed on inventory ${inventory}`;

/** Writes into `draft` that its plan failed; `forGood` where the host has given it up. */
export function setFailed(draft: BaremetalMachine, inventory: string, forGood: boolean): void {
  draft.status = { ...draft.status, phase: 'Failed', ready: false };
  if (!forGood) return;
  draft.status.failureReason = 'SimReprovisionFailed';
  draft.status.failureMessage = failureMessage(inventory);
}

/** Writes into `draft` that its Node is up. */
export function setRunning(draft: BaremetalMachine, node: Node): void {
  draft.status = { ...draft.status, phase: 'Running', ready: true, addresses: node.status?.addresses ?? [] };
}
