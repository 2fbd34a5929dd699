/**
 * The hosts: on each a system agent that applies the plan in its Secret, a machine that reboots, and a kubelet that
 * joins what the plan told it to. What a host remembers is in memory; after a restart of the simulator it is derived
 * from the plan Secret and the Node.
 */

import { durations } from '../durations.ts';
import { kinds } from '../kinds.ts';
import { checksum, parseObject, parsePlan, parseUnixDate, planSecrets, planTypeOf, text } from '../plan-secret.ts';
import { inventoryInformer } from '../provider/inventory.ts';
import { identityPath, type NodeIdentity } from '../provider/plans.ts';
import type { Runtime } from '../runtime.ts';
import type { Secret } from '../shapes/core.ts';
import type { MachineInventory } from '../shapes/elemental.ts';
import { joinedNode, readyConditions } from './node.ts';
import { afterFailure, afterSuccess } from './run.ts';

/** Registers the controller that plays all hosts. */
export function hostController(rt: Runtime): void {
  const inventories = inventoryInformer(rt);
  const secrets = planSecrets(rt);
  const controller = rt.controller('host', reconcile);
  const key = (name: string) => `host/${name}`;
  secrets.onChange((secret, change) => {
    if (change === 'deleted') rt.delays.forget(key(secret.metadata.name));
    else controller.enqueue(secret.metadata.name);
  });
  inventories.onChange((inventory, change) => {
    if (change === 'added') controller.enqueue(inventory.metadata.name);
  });

  async function reconcile(name: string): Promise<number | undefined> {
    const secret = secrets.get(name);
    const inventory = inventories.get(name);
    if (!secret || !inventory) return undefined;
    const sum = checksum(secret);
    if (text(secret, 'applied-checksum') !== sum) return apply(secret, sum);
    return planTypeOf(secret) === 'reprovision' ? becomeNode(secret, inventory, sum) : undefined;
  }

  const left = (name: string, what: string, mean: number): number =>
    rt.delays.left(key(name), what, () => rt.random('host', name, what).around(mean));

  /** Runs the plan, after the cool-down of a run that failed. Gives the ms until it is done. */
  async function apply(secret: Secret, sum: string): Promise<number | undefined> {
    const name = secret.metadata.name;
    const type = planTypeOf(secret);
    const failed = text(secret, 'failed-checksum') === sum;
    const count = failed ? Number(text(secret, 'failure-count') || 0) : 0;
    const run = `run ${sum} ${count}`;
    if (failed && !rt.delays.has(key(name), run)) {
      const limit = Number(text(secret, 'max-failures') || Number.NaN);
      if (count >= limit) return undefined;
      const rest = durations.cooldown - rt.since(timeOf(secret));
      if (rest > 0) return rest;
    }
    const still = left(name, run, durations.plan[type] ?? durations.plan['other']!);
    if (still > 0) return still;
    rt.delays.forget(key(name));
    const fault = rt.faults.failureOf(name, type);
    await rt.client.change(kinds.Secret, secret, (draft) => {
      const now = rt.clock.now();
      draft.data = fault ? afterFailure(draft, fault, now) : afterSuccess(draft, now);
    });
    return undefined;
  }

  /** After an applied reprovision plan: reboot, forced rerun, kubeadm, network. Nothing to do where the Node is Ready. */
  async function becomeNode(secret: Secret, inventory: MachineInventory, sum: string): Promise<number | undefined> {
    const name = secret.metadata.name;
    const identity = identityOf(secret);
    if (!identity) return undefined;
    const nodes = await rt.nodes(identity.cluster);
    const node = nodes.informer.get(identity.node);
    if (node?.spec?.providerID === identity.providerID) {
      if (node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) return undefined;
      const network = left(name, `network ${sum}`, durations.network);
      if (network > 0) return network;
      await nodes.client.change(kinds.Node, node, (draft) => {
        draft.status = { ...draft.status, conditions: readyConditions(draft.status?.conditions, rt.timestamp()) };
      });
      rt.delays.forget(key(name));
      return undefined;
    }
    const reboot = left(name, `reboot ${sum}`, durations.reboot);
    if (reboot > 0) return reboot;
    const boot = `booted ${sum}`;
    if (!rt.delays.has(key(name), boot)) await reportBoot(inventory, sum);
    rt.delays.left(key(name), boot, () => 0);
    const rerun = left(name, `rerun ${sum}`, durations.rerun);
    if (rerun > 0) return rerun;
    const again = `reran ${sum}`;
    if (!rt.delays.has(key(name), again)) {
      rt.delays.left(key(name), again, () => 0);
      // The agent applies its plan once more after every start; it had worked, so it works again.
      await rt.client.change(kinds.Secret, secret, (draft) => {
        draft.data = afterSuccess(draft, rt.clock.now());
      });
    }
    const join = left(name, `join ${sum}`, durations.join);
    if (join > 0) return join;
    const bootID = inventories.get(name)?.status?.observedStorage?.bootID ?? '';
    const made = joinedNode(identity, inventory, bootID, rt.timestamp());
    await nodes.client.create(kinds.Node, made);
    return 0;
  }

  /** A boot gives the host a new boot ID and its storage observer a new session. */
  async function reportBoot(inventory: MachineInventory, sum: string): Promise<void> {
    const epoch = inventory.status?.observedStorage?.reportEpoch ?? 0;
    await rt.client.change(kinds.MachineInventory, inventory, (draft) => {
      draft.status ??= {};
      draft.status.observedStorage = {
        ...draft.status.observedStorage,
        bootID: rt.random('boot', inventory.metadata.name, sum).uuid(),
        reportEpoch: epoch + 1,
        sequence: 1,
        observedAt: rt.timestamp(),
      };
    });
  }
}

function timeOf(secret: Secret): string | undefined {
  const at = parseUnixDate(text(secret, 'last-apply-time'));
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** What a reprovision plan tells its host to become; undefined where the plan is not the provider's. */
export function identityOf(secret: Secret): NodeIdentity | undefined {
  const file = parsePlan(secret).files?.find(({ path }) => path === identityPath);
  if (!file) return undefined;
  const { cluster, node, providerID, version, controlPlane } = parseObject(
    Buffer.from(file.content, 'base64').toString('utf8'),
  );
  if (typeof cluster !== 'string' || typeof node !== 'string' || typeof providerID !== 'string') return undefined;
  return { cluster, node, providerID, version: String(version ?? ''), controlPlane: controlPlane === true };
}
